"""Estates beside one another without ranks: a funnel, and its numbers as a table.

Of the index where there is one: with the verdict of `reports.contrasts`, which the reports and the findings
tell too. Else of the share of good answers to the overall question, with the verdict of the funnel itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from markupsafe import Markup

from forms.questionnaire import Item
from reports.associations import outcome_of
from reports.disclosure import FEW
from reports.documents.register_words import weighted_beside
from reports.documents.words import Words
from reports.errors import TooFewAnswers
from reports.few_people import borne_by_more
from reports.figures.canvas import PHONE
from reports.figures.funnels import Funnel as Field
from reports.figures.funnels import FunnelPlace, funnel_of_places
from reports.figures.voice import SCORE, SHARE, Voice
from reports.findings import places
from reports.findings.everywhere import Everywhere
from reports.inference.funnel import Funnel, Placed, share_funnel
from reports.inference.settings import FEWEST_ESTATES
from reports.results import Cell, Limits, Results, Standing
from reports.rounding import outward, percent, whole
from reports.trends import interval_of

PLACES: dict[Standing, str] = {"better": "above", "worse": "below", "unknown": "unknown"}


@dataclass(frozen=True)
class FunnelRow:
    name: str
    n: str
    value: str
    inner: str
    outer: str
    place: str


@dataclass(frozen=True)
class FunnelPart:
    """`lead`: '' when nothing is shown, and `none` says why. `figure`: empty with fewer than FEWEST_ESTATES
    estates, or about a total that is weighted. `head`: of the values. `hidden`: estates that show none;
    `hidden_said`: and why, a sentence for each reason."""

    lead: str
    none: str
    key: str
    head: str
    figure: Markup = field(default_factory=Markup)
    rows: tuple[FunnelRow, ...] = ()
    hidden: tuple[str, ...] = ()
    hidden_said: tuple[str, ...] = ()
    no_figure: str = ""
    """Why there is none."""


def of_round(words: Words, found: Everywhere) -> FunnelPart:
    """Of the index where the questionnaire has one, else of the overall question."""
    return of_shares(words, found) if words.questionnaire.index is None else of_index(words, found.whole)


def of_index(words: Words, results: Results) -> FunnelPart:
    """From the report on all estates alone."""
    shown = sorted(
        ((name, cell) for name, cell in results.by_estate if cell.score.value is not None),
        key=lambda row: words.sorting(row[0]),
    )
    hidden = {name: cell.score.hidden for name, cell in results.by_estate if cell.score.value is None}
    about = results.index.score.value if results.index else None
    limited = [(name, cell) for name, cell in shown if cell.limits]
    figure = Markup()
    if limited and about is not None:
        places = tuple(_place(name, cell) for name, cell in limited)
        differing = sum(place.differs for place in places)
        said = words.t("funnel.figure_index", estates=len(places), whole=whole(about), differing=differing)
        figure = _drawn(words, Field(said, places, about, SCORE, near=True))
    return FunnelPart(
        lead=words.t("funnel.lead_index") if shown else "",
        none=words.t("funnel.none_index"),
        key=f"{words.t('funnel.key')} {words.t('area.funnel_key' if results.area else 'funnel.key_index')}",
        head=words.t("table.score"),
        figure=figure,
        rows=tuple(_index_row(words, name, cell) for name, cell in shown),
        hidden=tuple(sorted(hidden, key=words.sorting)),
        hidden_said=_hidden_said(words, hidden),
        no_figure=words.t("funnel.weighted") if weighted_beside(words, results) else _few(words),
    )


def _few(words: Words) -> str:
    return words.t("funnel.few", fewest=FEWEST_ESTATES)


def _place(name: str, cell: Cell) -> FunnelPlace:
    inner, outer = cell.limits
    differs = cell.versus_rest in ("better", "worse")
    return FunnelPlace(name, cell.score.n, cell.score.value or 0.0, inner, outer, differs)


def _drawn(words: Words, field_: Field) -> Markup:
    return funnel_of_places(field_, Voice.of(words.language), key="trakt", width=PHONE)


def _index_row(words: Words, name: str, cell: Cell) -> FunnelRow:
    score = cell.score.value or 0.0
    inner, outer = (words.score_interval(*limit) for limit in cell.limits) if cell.limits else ("", "")
    place = PLACES.get(cell.versus_rest) or _within(cell.limits, score)
    return FunnelRow(
        name, words.number(cell.score.n), str(whole(score)), inner, outer, words.t(f"funnel.{place}")
    )


def _within(limits: Limits, value: float) -> str:
    """Of what cannot be told apart: inside what chance gives 95 times in 100, or at the edge."""
    if not limits:
        return "within"
    low, high = limits[0]
    return "within" if low - 1e-9 <= value <= high + 1e-9 else "between"


def of_shares(words: Words, found: Everywhere) -> FunnelPart:
    """Of good answers to the overall question, from what each estate shows."""
    item = outcome_of(words.questionnaire)
    rows = [] if item is None else _overall(found, item.id)
    names = {name for name, *_ in rows}
    hidden = {
        report.scope: _why(report, item) for report in found.estates.values() if report.scope not in names
    }
    rows.sort(key=lambda row: words.sorting(row[0]))
    drawn: Funnel | None = None
    with suppress(TooFewAnswers):
        drawn = share_funnel([k for _, k, _, _ in rows], [n for _, _, n, _ in rows], [N for *_, N in rows])
    about = words.quote(words.item(item)) if item is not None else ""
    return FunnelPart(
        lead=words.t("funnel.lead", item=about) if rows else "",
        none=words.t("funnel.none"),
        key=words.t("funnel.key"),
        head=words.t("table.good"),
        figure=_share_figure(words, drawn, [name for name, *_ in rows], about) if drawn else Markup(),
        rows=tuple(_share_row(words, name, k, n, drawn, at) for at, (name, k, n, _) in enumerate(rows)),
        hidden=tuple(sorted(hidden, key=words.sorting)),
        hidden_said=_hidden_said(words, hidden),
        no_figure=_few(words),
    )


def _why(report: Results, item: Item | None) -> str | None:
    """Why an estate does not show its share."""
    if report.hidden is not None or item is None or item.id not in report.items:
        return report.hidden
    return report.items[item.id].favourable.hidden


def _hidden_said(words: Words, hidden: Mapping[str, str | None]) -> tuple[str, ...]:
    """Too few answers is one thing, and answers that could give people away another."""
    names = sorted(hidden, key=words.sorting)
    few = [name for name in names if hidden[name] == FEW]
    others = [name for name in names if hidden[name] != FEW]
    return tuple(
        words.t(f"funnel.hidden_{why}", names=words.join(own))
        for why, own in (("few", few), ("protected", others))
        if own
    )


def _overall(found: Everywhere, item_id: str) -> list[tuple[str, int, int, int | None]]:
    """(estate, k good of n answers, dwellings) of those that show them."""
    return [
        (report.scope, round(share.value * share.n), share.n, places.dwellings(report, item_id))
        for report in found.estates.values()
        if item_id in report.items and (share := interval_of(report.items[item_id].favourable))
    ]


def _share_row(words: Words, name: str, k: int, n: int, drawn: Funnel | None, at: int) -> FunnelRow:
    if drawn is None:
        return FunnelRow(name, words.number(n), words.share(k / n), "", "", "")
    placed = drawn.placed[at]
    inner, outer = (words.share_interval(*limit) for limit in placed.limits)
    place = words.t(f"funnel.{_verdict(placed)}")
    return FunnelRow(name, words.number(n), words.share(k / n), inner, outer, place)


def _verdict(placed: Placed) -> str:
    """What the printed figure and the printed limits bear: above or below only where both say so, the funnel
    itself does, and more than two people make it; else within, or between the limits."""
    inner, outer = _printed(placed.limits)
    value = percent(placed.value) / 100
    beyond = max(outer[0] - value, value - outer[1])
    if placed.place != "within" and beyond > 0 and borne_by_more(beyond, placed.n):
        return placed.place
    return _within((inner, outer), value)


def _printed(limits: Limits) -> Limits:
    """As the table has them: whole per cent, outwards."""
    return tuple(
        (low / 100, high / 100) for low, high in (outward(low * 100, high * 100, 1) for low, high in limits)
    )


def _share_figure(words: Words, drawn: Funnel, names: list[str], about: str) -> Markup:
    places = []
    for name, p in zip(names, drawn.placed, strict=True):
        inner, outer = _printed(p.limits)
        differs = _verdict(p) in ("above", "below")
        places.append(FunnelPlace(name, p.n, p.value, inner, outer, differs))
    said = words.t(
        "funnel.figure",
        item=about,
        estates=len(places),
        whole=words.share(drawn.whole),
        differing=sum(place.differs for place in places),
    )
    return _drawn(words, Field(said, tuple(places), drawn.whole, SHARE))
