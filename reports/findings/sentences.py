"""Findings in plain language: one sentence or two, with the interval that bears them.

Variants, and the relation of the interval that each is made of:

    strong, grade_high      share at_least 50      weak, participation_low, grade_low   share at_most 50
                            (matters_... too; told as the farthest of PARTS that the printed interval bears)
    change_up, grade_up, score_up            above 0    change_down, grade_down, score_down   below 0
    better_than_rest                         above 0    worse_than_rest, below_its_area       below 0
    influence, matters_weak, matters_strong  above 0    felt_below, felt_above         share at_least 50
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.documents.words import Words
from reports.few_people import borne_by_more
from reports.findings.model import Place
from reports.results import LeftOut

FALLS = frozenset({"change_down", "grade_down", "score_down", "worse_than_rest", "below_its_area"})
BOTH_TIMES = frozenset({"change_up", "change_down", "grade_up", "grade_down", "score_up", "score_down"})
BESIDE_OTHERS = frozenset({"better_than_rest", "worse_than_rest", "below_its_area"})
AT_LEAST = frozenset({"strong", "grade_high", "felt_below", "felt_above", "matters_strong"})
AT_MOST = frozenset({"weak", "participation_low", "grade_low", "matters_weak"})
PARTS = {"at_least": (95, 90, 75, 67, 50), "at_most": (5, 10, 25, 33, 50)}
"""Per cent that have words of their own, the farthest from half first: nearly all, nine in ten, three
quarters, two thirds, half; and their mirror."""
LANGUAGES = ("nb", "nn", "en")
ROUNDED_TO = 5


def sentence(
    words: Words,
    variant: str,
    items: Sequence[Item],
    thing: tuple[str | None, str | None],
    interval: tuple[float, float],
    values: Mapping[str, str | int | float],
    rounded: bool,
) -> str:
    """`thing`: as object and facet of `FoundResult`. `interval`: as printed. `values`: as
    `FoundResult.values`, with `scope` and `n` besides. `rounded`: whether bases are, to fives."""
    filled: dict[str, object] = {
        name: words.number(value) if isinstance(value, int) else value for name, value in values.items()
    }
    bases = [int(values[name]) for name in ("n_low", "n_high") if name in values] or [int(values["n"])]
    filled["about"] = about(words, bases) if rounded else ""
    low, high = interval
    if variant in FALLS:
        low, high = -high, -low
    if items:
        filled["item"] = words.quote(words.item(items[0]))
        filled["outcome"] = words.quote(words.item(items[-1]))
        good = sorted(favourable_codes(words.questionnaire, items[0]))
        filled["answers"] = words.quoted_codes(items[0], good)
        steps = [step.code for step in words.questionnaire.steps(items[0])]
        filled["step"] = 1 + min((place for place, code in enumerate(steps) if code in good), default=0)
    if thing[0] is not None:
        filled["object"] = words.score_name(*thing)
    for name in ("low_codes", "high_codes"):
        if name in values:
            codes = [int(code) for code in str(values[name]).split("+")]
            filled[name] = words.quoted_codes(items[0], codes)
    if isinstance(values.get("strength"), float):
        filled["strength"] = words.decimal(float(values["strength"]))
        filled["strength_interval"] = words.t(
            "number.between", low=words.decimal(low), high=words.decimal(high)
        )
        low, high = float(values["low"]), float(values["high"])
    filled["interval"] = between(words, int(low), int(high))
    filled |= _how_sure(words, variant, (int(low), int(high)), everybody=bool(values.get("everybody")))
    if "before" in values and "percent" in values:
        filled |= then_and_now(words, values)
    if "percent" in values:
        ends = int(low), int(high)
        filled["figure"] = _figure(words, int(values["percent"]), *ends, everybody="everybody" in values)
        if variant in AT_LEAST | AT_MOST:
            filled["part"] = part(words, variant, int(values["percent"]), ends, int(values["n"]))
            filled["part_lower"] = words.lower(str(filled["part"]))
    some = words.questionnaire.put_to_some()
    if any(item.id in some for item in items):
        filled["everybody"] = f"{filled['everybody']}{words.t('said.put_to_some')} "
    return words.t(f"said.{variant}", **filled)


def _how_sure(words: Words, variant: str, interval: tuple[int, int], *, everybody: bool) -> dict[str, object]:
    """What is 'probably' so, and what all have answered: `likely` before a claim, `span` for an interval that
    is the claim, `beside` for one that stands beside its figure, `everybody` for a sentence of its own."""
    told = between(words, *interval)
    if not everybody:
        likely = words.t("said.likely", what=told)
        return {
            "likely": words.t("said.likely", what=""),
            "span": likely,
            "beside": f", {likely}",
            "everybody": "",
        }
    asked = "both" if variant in BOTH_TIMES else "there" if variant in BESIDE_OTHERS else "here"
    return {
        "likely": "",
        "span": told,
        "beside": f", {told}" if interval[0] < interval[1] else "",
        "everybody": words.t(f"said.everybody_{asked}"),
    }


def part(words: Words, variant: str, percent: int, interval: tuple[int, int], n: int) -> str:
    """'At most a quarter': the farthest part that all of the printed interval bears, and that would stand if
    two of the n had answered otherwise (`few_people`). Half, which the finding itself claims, always does."""
    over = variant in AT_LEAST
    relation = "at_least" if over else "at_most"
    borne = (
        limit
        for limit in PARTS[relation]
        if (interval[0] >= limit if over else interval[1] <= limit)
        and borne_by_more((percent - limit) / 100, n)
    )
    return words.t(f"said.{relation}.{next(borne, 50)}")


def _figure(words: Words, percent: int, low: int, high: int, *, everybody: bool) -> str:
    """A share with its interval. Of nobody, or of all who answered, the interval alone: a few answers all
    alike tell less of the others than '0 %' sounds."""
    key = "exact" if everybody or low == high else "end" if percent in (0, 100) else ""
    interval = between(words, low, high, "_percent")
    return words.t(f"said.figure{key and '_'}{key}", percent=percent, percent_interval=interval)


def then_and_now(words: Words, values: Mapping[str, object]) -> dict[str, str]:
    """Two shares, `before` and `percent`. 0 and 100 are of those who answered: a few answers all alike tell
    less of the others than '0 %' sounds, unless everybody answered."""
    ends = {} if values.get("everybody") else {0: "number.none_of_answers", 100: "number.all_of_answers"}
    return {
        name: words.t(ends[share]) if share in ends else words.t("number.exactly_percent", value=share)
        for name, share in (("then", int(str(values["before"]))), ("now", int(str(values["percent"]))))
    }


def about(words: Words, bases: Sequence[int]) -> str:
    """'om lag ' before bases that may be rounded, to fives; '' where one is not."""
    return words.t("said.about") if all(n % ROUNDED_TO == 0 for n in bases) else ""


def scope_of(words: Words, place: Place, missing: LeftOut) -> str:
    """Whom a sentence is about: the place, or the estates of it that can be shown."""
    return place.name if missing == "nobody" else words.t("said.shown_only", scope=place.name)


def between(words: Words, low: int, high: int, unit: str = "") -> str:
    """'mellom 57 og 70'; one number when both ends are the same."""
    if low == high:
        return words.t(f"number.exactly{unit}", value=low)
    return words.t(f"number.between{unit}", low=low, high=high)
