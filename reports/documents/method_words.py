"""What the page of methods tells of the numbers of this round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from forms import influence
from reports.disclosure import MINIMUM
from reports.documents.words import Words
from reports.inference.settings import FEW_UNITS, FEWEST_UNITS, LEVEL
from reports.results import Estimate, Results
from reports.rounding import percent
from reports.widths import on_average


def good_answers_named(words: Words) -> str:
    """What counts as a good answer, on the scale that most questions use: '«litt enig» eller «helt enig»'."""
    form = words.questionnaire
    scales = [item.scale for item in form.items() if item.scale and form.scale(item.scale).favourable]
    if not scales:
        return ""
    scale = form.scale(Counter(scales).most_common(1)[0][0])
    item = next(item for item in form.items() if item.scale == scale.id)
    return words.quoted_codes(item, scale.favourable)


@dataclass(frozen=True)
class ScaleRow:
    title: str
    text: str


def scale_rows(words: Words, results: Results) -> tuple[ScaleRow, ...]:
    """How well the questions of each theme hang together, and which of them go against the others; of themes
    whose figures may not be told, only the latter."""
    rows = []
    for scale in results.scales:
        told = [
            words.t(f"method.scales_{name}", value=value, interval=interval)
            for name, estimate in (("alpha", scale.alpha), ("omega", scale.omega))
            if estimate is not None and (value := _decimal(words, estimate.value))
            for interval in (_decimals(words, estimate),)
        ]
        if scale.alpha is not None and scale.omega is None and scale.items > 2:
            told.append(words.t("method.scales_no_omega"))
        texts = [words.t("method.scales_row", items=scale.items, measures=", ".join(told))] if told else []
        if scale.turned:
            names = words.join(words.quote(words.item(words.questionnaire.item(i))) for i in scale.turned)
            texts.append(words.t("method.scales_turned", items=names))
        if texts:
            rows.append(ScaleRow(words.label(scale.object), " ".join(texts)))
    return tuple(rows)


def scales_text(words: Words, results: Results) -> str:
    """What alpha and omega are, where some are told, and why others are not; '' where there is none."""
    told = any(scale.alpha is not None for scale in results.scales)
    few = [words.lower(words.label(scale.object)) for scale in results.scales if scale.alpha is None]
    if few and sum(place.n is not None for place in results.coverage) < 2:
        return words.t("method.scales_one_estate")
    texts = [words.t("method.scales_text" if told else "method.scales_none")] if results.scales else []
    if few:
        texts.append(words.t("method.scales_few", objects=words.join(few)))
    return " ".join(texts)


def _decimal(words: Words, value: float | None) -> str:
    return "" if value is None else words.decimal(value, "0.0#")


def _decimals(words: Words, estimate: Estimate) -> str:
    low, high = _decimal(words, estimate.low), _decimal(words, estimate.high)
    return words.t("number.between", low=low, high=high)


ASKED_BY = ("paid", "contact")
"""What a round declares that stands with the facts of the round, and not with what can be influenced."""


@dataclass(frozen=True)
class DeclaredRow:
    """`language`: of the text, which is that of the reader only where it was written in it."""

    title: str
    text: str
    language: str


def declared_rows(words: Words, results: Results) -> tuple[DeclaredRow, ...]:
    """Why the round asked and what its answers could change, as tenants read it before they answered."""
    said, signed = influence.told(results.declared, words.language), results.signed
    texts = said.texts if said else ()
    language = said.language if said else words.language
    rows = [
        DeclaredRow(words.t(f"declared.{field}"), text, language)
        for field, text in texts
        if field not in ASKED_BY
    ]
    if signed:
        who = f"{signed.council}, {signed.person}" if signed.person else signed.council
        key = "declared.signed_text" if signed.same else "declared.signed_other"
        text = words.t(key, who=who, day=words.day(signed.signed_on), content=signed.content)
        rows.append(DeclaredRow(words.t("declared.signed"), text, words.language))
    if rows and results.declared_grade is not None:
        grade = words.t(f"grade.{results.declared_grade}")
        rows.append(DeclaredRow(words.t("declared.grade"), grade, words.language))
    return tuple(rows)


def asked_by(words: Words, results: Results) -> tuple[DeclaredRow, ...]:
    """Who ordered and paid and whom to ask, as the round declared it, or that none told who pays."""
    said = influence.told(results.declared, words.language)
    texts, language = (dict(said.texts), said.language) if said else ({}, words.language)
    paid, contact = texts.get("paid"), texts.get("contact")
    landlord = results.organisation
    rows = [DeclaredRow(words.t("method.contact"), f"{landlord}. {contact}", language)] if contact else []
    if paid:
        return (DeclaredRow(words.t("method.paid"), f"{landlord}. {paid}", language), *rows)
    unsaid = words.t("method.paid_unsaid", organisation=landlord)
    return (DeclaredRow(words.t("method.paid"), unsaid, words.language), *rows)


def widths_text(words: Words, results: Results) -> str:
    """That the widths of what is told of several questions at once bear noise; '' where none does."""
    if not results.associations or sum(place.n is not None for place in results.coverage) < FEWEST_UNITS:
        return ""
    more = {
        name: percent(on_average(units) - 1) for name, units in (("few", FEWEST_UNITS), ("many", FEW_UNITS))
    }
    values = {"units": FEWEST_UNITS, "more_units": FEW_UNITS}
    return words.t("method.widths", **values, **more)


def method_values(words: Words, results: Results) -> dict[str, object]:
    """The settings that the numbers were made with, for the sentences that tell of them."""
    rules = results.questionnaire.index
    return {
        "level": percent(LEVEL),
        "tail": words.decimal((1 - LEVEL) / 2, "0.###"),
        "part": percent(rules.min_answered) if rules else 0,
        "themes": _themes(words, results),
        "few": MINIMUM,
    }


def _themes(words: Words, results: Results) -> str:
    """How themes count in the index."""
    rules = results.questionnaire.index
    weights = {thing: rules.weights.get(thing, 1.0) for thing in rules.objects} if rules else {}
    if len({*weights.values()}) < 2:
        return words.t("method.index_alike")
    told = (f"{words.lower(words.label(thing))} {words.decimal(w, '0.##')}" for thing, w in weights.items())
    return words.t("method.index_weights", weights=words.join(told))


Way = Literal["one", "everybody", "unknown", "several", "answers", "weighted"]
"""How the figures of a report are reckoned: of one estate, some or everybody having answered, or of how many
not being known; of several by their homes, by their answers, or by weights from the register."""


def way_of(results: Results) -> Way:
    """What was done to make the figures of this report.

    Source: a definition; nothing is estimated.
    """
    inside = [place for place in results.coverage if place.n is not None]
    sizes = [place.population for place in inside]
    if len(inside) > 1:
        if results.weighting is not None and results.weighting.refused is None:
            return "weighted"
        return "several" if None not in sizes else "answers"
    if None in sizes:
        return "unknown"
    return "everybody" if all(place.n == size for place, size in zip(inside, sizes, strict=True)) else "one"


@dataclass(frozen=True)
class Made:
    """How shares and scores were made, and the formulas of their intervals."""

    shares: str
    shares_formula: str
    means: str
    means_formula: str


def made(words: Words, results: Results) -> Made:
    """Of this very report: one estate or several, by homes or by answers, weighted or not, drawn or not."""
    way, settings = way_of(results), method_values(words, results)
    formula = "one" if way == "everybody" else way
    homes = words.t("method.homes_all" if results.sampled else "method.homes_asked")
    return Made(
        words.t("method.shares_good", how=words.t(f"method.shares_{way}", **settings)),
        words.t(f"method.shares_formula_{formula}", **settings, homes=homes),
        words.t("method.means_near", how=words.t(f"method.means_{way}")),
        words.t(f"method.means_formula_{formula}"),
    )
