"""The list of findings of a round, ranked, for all estates, each area and each estate.

The three findings that a report prints large come first where the list can bear them; the others follow by
how far the near end of their interval is from saying nothing, the second of a variant weighing half, the
third a third.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from forms.questionnaire import Item, Questionnaire
from reports.contrasts import Contrast
from reports.disclosure import FEW, MINIMUM, PROFILES, Profile
from reports.documents.words import Words
from reports.errors import UnknownEstate
from reports.findings import places
from reports.findings.everywhere import Driver, Everywhere, headline_cells
from reports.findings.headlines import every, of_answers
from reports.findings.model import (
    FindingsList,
    FoundResult,
    Kind,
    Level,
    Measure,
    Multiplicity,
    Place,
    PlaceResult,
    Relation,
    identity,
)
from reports.findings.sentences import LANGUAGES, scope_of, sentence
from reports.inference import Difference, Interval, benjamini_hochberg, difference, holm
from reports.inference.settings import LEVEL
from reports.left_out import LARGE_PART_OF_ANSWERS
from reports.results import Finding, LeftOut, Results
from reports.rounding import half_up, percent

LARGE = 3
"""As many as a report prints large."""
MATTERS, APART, ALONE = 0.1, 0.2, 0.15
"""What importance, being unlike others, and that of a facet alone weigh beside the size of what was found."""

Values = dict[str, str | int | float]


@dataclass(frozen=True)
class _Lead:
    """A finding before it has a rank and words. Numbers as printed."""

    kind: Kind
    variant: str
    measure: Measure
    relation: Relation
    reference: float
    estimate: float
    low: float
    high: float
    n: int
    weight: float
    multiplicity: Multiplicity
    family: str
    items: tuple[str, ...] = ()
    """Ids in the questionnaire."""
    object: str | None = None
    facet: str | None = None
    """Of the object; None: the whole of it."""
    values: Values = field(default_factory=dict)
    about: str = ""
    """What else tells it from others: the estate of an area."""
    left_out: LeftOut = "nobody"
    """Of the place. Where it is somebody, the sentence is about the estates that can be shown."""

    @property
    def thing(self) -> str:
        """The score it is about, for its identity: '' the index, '-' none."""
        return "-" if self.object is None else self.object + (f".{self.facet}" if self.facet else "")

    @property
    def borne(self) -> bool:
        return {
            "at_least": self.low >= self.reference,
            "above": self.low > self.reference,
            "at_most": self.high <= self.reference,
            "below": self.high < self.reference,
        }[self.relation]


def findings_list(
    found: Everywhere, profile: Profile = PROFILES["standard"], only: tuple[Level, str] | None = None
) -> FindingsList:
    """Every finding that stands. `only`: of the place with this level and id; UnknownEstate when the round
    has no such place. ValueError: a profile with noise, of which no sentence could be true."""
    if profile.noise:
        raise ValueError(f"profile {profile.name} adds noise to numbers; findings cannot be made of it")
    form = found.whole.questionnaire
    speak = [Words.of(form, language) for language in LANGUAGES]
    gaps = _grade_gaps(found)
    unequal = _unequal(found)
    results: list[FoundResult] = []
    summaries: list[PlaceResult] = []
    for place in places_of(found):
        if only not in (None, (place.level, place.id)):
            continue
        if place.level == "area":
            able = _large(found.areas[place.id])
            answers = sum(report.n for report in able)
            reports = found.areas[place.id]
            own = [*_area_levels(form, reports), *_area_changes(form, reports), *unequal.get(place.id, ())]
            leads = _ranked([], own)
        else:
            report = found.estates[place.id] if place.id else found.whole
            answers = report.n
            more = gaps.get(place.id, []) if place.id else [*gaps.get("", ()), *_matters(found)]
            contrasts = [row for row in found.contrasts if row.estate_id == place.id]
            leads = _of_report(report, contrasts, more)
        results += [
            _finished(found, form, speak, profile, place, rank, lead) for rank, lead in enumerate(leads, 1)
        ]
        several = place.level != "estate" and len(found.estates) > 1
        summaries.append(_summary(speak, profile, place, answers, len(leads), several))
    if not summaries:
        raise UnknownEstate(f"round '{found.campaign}' has no place {only}")
    compared = any(report.previous_campaign for report in (found.whole, *found.estates.values()))
    return FindingsList(
        organisation=found.organisation,
        campaign_id=found.campaign_id,
        campaign=found.campaign,
        wave=found.wave_hash,
        wave_before=found.before_hash if compared else "",
        profile=profile.name,
        level=LEVEL,
        places=tuple(summaries),
        findings=tuple(results),
    )


def places_of(found: Everywhere) -> tuple[Place, ...]:
    """All that findings are made about: all estates together, areas by name, estates as in the round."""
    able = len(_large(found.estates.values()))
    return (
        Place(level="all", id="", name=found.organisation, of=able),
        *(
            Place(level="area", id=area, name=area, of=len(_large(reports)))
            for area, reports in found.areas.items()
        ),
        *(Place(level="estate", id=id, name=report.scope, of=1) for id, report in found.estates.items()),
    )


def _large(reports: Iterable[Results]) -> list[Results]:
    return [report for report in reports if report.hidden is None]


def _base(n: int, profile: Profile) -> int:
    return int(half_up(n / profile.rounding) * profile.rounding)


def _summary(
    speak: list[Words], profile: Profile, place: Place, n: int, findings: int, several: bool
) -> PlaceResult:
    """`several`: the place is made of estates, not one of them."""
    few = n < MINIMUM or not place.of
    reason = None if findings else FEW if few else "none"
    key = "said.few" if few else "said.none_of_several" if several else "said.none"
    said = (
        {w.language: w.t(key, scope=place.name, part=percent(LARGE_PART_OF_ANSWERS)) for w in speak}
        if reason
        else {}
    )
    return PlaceResult(
        place=place, n=None if few else _base(n, profile), findings=findings, reason=reason, sentences=said
    )


def _finished(
    found: Everywhere,
    form: Questionnaire,
    speak: list[Words],
    profile: Profile,
    place: Place,
    rank: int,
    lead: _Lead,
) -> FoundResult:
    items = [form.item(name) for name in lead.items]
    meanings = tuple(item.meaning for item in items)
    n = _base(lead.n, profile)
    bases = {key: _base(int(value), profile) for key, value in lead.values.items() if key.startswith("n_")}
    values: Values = {**lead.values, **bases}
    if lead.left_out != "nobody":
        values["left_out"] = lead.left_out
    spoken: Values = {**values, "n": n}
    before = found.before_hash if lead.kind == "changed" else ""
    more = f"{lead.thing}/{lead.about}"
    return FoundResult(
        id=identity(found.campaign_id, found.wave_hash, before, place, lead.variant, meanings, more),
        rank=rank,
        kind=lead.kind,
        variant=lead.variant,
        place=place,
        items=meanings,
        object=lead.object,
        facet=lead.facet,
        tags=_tags(items, lead.object, lead.facet),
        measure=lead.measure,
        estimate=lead.estimate,
        low=lead.low,
        high=lead.high,
        relation=lead.relation,
        reference=lead.reference,
        n=n,
        multiplicity=lead.multiplicity,
        family=lead.family,
        values=values,
        sentences={
            w.language: sentence(
                w,
                lead.variant,
                items,
                (lead.object, lead.facet),
                (lead.low, lead.high),
                {**spoken, "scope": scope_of(w, place, lead.left_out)},
            )
            for w in speak
        },
    )


def _tags(items: list[Item], *parts: str | None) -> tuple[str, ...]:
    found = {tag for item in items for tag in item.tags}
    found |= {item.level for item in items if item.level}
    for item in items:
        if item.scoring:
            found |= {item.scoring.object, item.scoring.facet}
    return tuple(sorted(found | {part for part in parts if part}))


def _ranked(head: list[_Lead], rest: Iterable[_Lead]) -> list[_Lead]:
    """`head` in its order; the others by weight, later ones of a variant weighing less."""

    def order(lead: _Lead) -> tuple[object, ...]:
        return -lead.weight, lead.variant, lead.items, lead.thing, lead.about

    seen = {(lead.variant, lead.items, lead.thing, lead.about) for lead in head}
    places_taken: dict[str, int] = {}
    weighed = []
    for lead in sorted((lead for lead in rest if lead.borne), key=order):
        if (lead.variant, lead.items, lead.thing, lead.about) not in seen:
            places_taken[lead.variant] = place = places_taken.get(lead.variant, 0) + 1
            weighed.append((lead.weight / place, lead))
    weighed.sort(key=lambda pair: (-pair[0], *order(pair[1])[1:]))
    return [*head, *(lead for _, lead in weighed)]


# --- what the report on a place tells


def _of_report(report: Results, contrasts: Iterable[Contrast], more: Iterable[_Lead]) -> list[_Lead]:
    if report.hidden is not None:
        return []
    unlike = {
        (lead.object, lead.facet): lead for row in contrasts if row.sure for lead in (_unlike(report, row),)
    }
    large = [_of_headline(report, finding, unlike) for finding in report.findings[:LARGE]]
    told = [_of_headline(report, finding, unlike) for finding in every(report)]
    rest = [lead for lead in told if lead.kind != "unlike"]
    return _ranked([lead for lead in large if lead.borne], [*rest, *unlike.values(), *more])


LEVELS: Mapping[str, tuple[Kind, str]] = {
    "strong": ("strong", "strong"),
    "weak": ("weak", "weak"),
    "participation_low": ("weak", "participation_low"),
    "grade": ("participation", "grade"),
}


def _of_headline(
    report: Results, finding: Finding, unlike: Mapping[tuple[str | None, str | None], _Lead]
) -> _Lead:
    """A finding of the report as one of the list."""
    values = finding.values
    if finding.kind in ("better_than_rest", "worse_than_rest"):
        return unlike[str(values["object"]), str(values["facet"]) if "facet" in values else None]
    if finding.kind in LEVELS:
        share = int(values["percent"]), int(values["low"]), int(values["high"])
        n = int(values["n"])
        return _level(finding.kind, finding.item_ids, share, n, finding.weight, finding.left_out)
    if finding.kind == "influence":
        return _influence(report, finding)
    up = finding.kind.endswith("_up")
    score = finding.kind.startswith("score")
    kept: tuple[str, ...] = ("before", "previous", "score" if score else "percent")
    points = int(values["points"])
    return _Lead(
        kind="changed",
        variant=finding.kind,
        measure="score_difference" if score else "share_difference",
        relation="above" if up else "below",
        reference=0,
        estimate=points,
        # The printed change is that between two printed figures, which may lie just outside.
        low=min(int(values["low"]), points),
        high=max(int(values["high"]), points),
        n=int(values["n"]),
        weight=finding.weight,
        multiplicity="holm",
        family="scores of the place" if score else "questions of the place",
        items=finding.item_ids,
        object=str(values["object"]) if score else None,
        values={name: values[name] for name in kept} | {"points": abs(points)},
        left_out=finding.left_out,
    )


def _level(
    variant: str,
    items: tuple[str, ...],
    share: tuple[int, int, int],
    n: int,
    weight: float,
    missing: LeftOut,
) -> _Lead:
    """`share`: in per cent, with its printed interval, which leaves out half."""
    value, low, high = share
    kind, name = LEVELS[variant]
    over = low >= 50
    if variant == "grade":
        name = "grade_high" if over else "grade_low"
    return _Lead(
        kind=kind,
        variant=name,
        measure="share",
        relation="at_least" if over else "at_most",
        reference=50,
        estimate=value,
        low=low,
        high=high,
        n=n,
        weight=weight,
        multiplicity="benjamini_hochberg",
        family="questions of the place",
        items=items,
        values={"percent": value},
        left_out=missing,
    )


def _influence(report: Results, finding: Finding) -> _Lead:
    values = finding.values
    rows = next(a.rows for a in report.associations if (a.factor, a.outcome) == finding.item_ids)
    return _Lead(
        kind="importance",
        variant="influence",
        measure="share_difference",
        relation="above",
        reference=0,
        estimate=int(values["percent_high"]) - int(values["percent_low"]),
        low=int(values["low"]),
        high=int(values["high"]),
        n=int(values["n_low"]) + int(values["n_high"]),
        weight=finding.weight,
        multiplicity="holm",
        family="questions about influence and the scored ones",
        items=finding.item_ids,
        values={name: values[name] for name in ("percent_low", "percent_high", "n_low", "n_high")}
        | {"low_codes": _codes(rows[0][0]), "high_codes": _codes(rows[-1][0])},
        left_out=finding.left_out,
    )


def _codes(codes: tuple[int, ...]) -> str:
    return "+".join(map(str, codes))


def _unlike(report: Results, row: Contrast) -> _Lead:
    told = {
        (cell.object, cell.facet): cell.score for cell in (*headline_cells(report).values(), *report.matrix)
    }
    score = told[row.object, row.facet].value or 0.0
    up = row.low > 0
    return _Lead(
        kind="unlike",
        variant="better_than_rest" if up else "worse_than_rest",
        measure="score_difference",
        relation="above" if up else "below",
        reference=0,
        estimate=row.points,
        low=row.low,
        high=row.high,
        n=row.n,
        weight=(APART if row.facet is None else ALONE) + max(row.low, -row.high) / 100,
        multiplicity="holm",
        family="estates x scores of the round"
        if row.facet is None
        else "estates x scores and facets of the round",
        object=row.object or "",
        facet=row.facet,
        values={"score": int(score), "points": abs(row.points)},
    )


# --- what goes with satisfaction, beside what the answers are


def _matters(found: Everywhere) -> Iterator[_Lead]:
    """Weak answers, and strong ones, to what goes with satisfaction as much as half of the questions do."""
    if not found.drivers:
        return
    middle = median(driver.strength for driver in found.drivers)
    levels = {finding.item_ids[0]: finding for finding in every(found.whole) if finding.kind in LEVELS}
    for driver in found.drivers:
        level = levels.get(driver.item_id)
        if driver.sure and driver.low > 0 and driver.strength >= middle and level and level.kind != "grade":
            yield _driver(driver, found.whole, level)


def _driver(driver: Driver, whole: Results, level: Finding) -> _Lead:
    overall = next(a.outcome for a in whole.associations if a.factor == driver.item_id)
    share = {name: level.values[name] for name in ("percent", "low", "high")}
    gap = abs(int(share["percent"]) - 50) / 100
    return _Lead(
        kind="importance",
        variant="matters_strong" if level.kind == "strong" else "matters_weak",
        measure="association",
        relation="above",
        reference=0,
        estimate=driver.strength,
        low=driver.low,
        high=driver.high,
        n=driver.n,
        weight=MATTERS + driver.low * gap,
        multiplicity="holm",
        family="questions beside the overall one",
        items=(driver.item_id, overall),
        values={**share, "strength": driver.strength, "n_share": level.values["n"]},
        left_out=level.left_out,
    )


# --- the grade of participation that tenants feel, beside the one that the landlord declared


def _grade_gaps(found: Everywhere) -> dict[str, list[_Lead]]:
    """By estate id, '' for all. Holm over all estates; that of all together is one claim by itself."""
    form, declared = found.whole.questionnaire, found.whole.declared_grade
    item = next((item for item in form.items() if item.role == "participation_grade"), None)
    if item is None or declared is None:
        return {}
    cut = {
        (estate_id, way): counts
        for estate_id, report in found.estates.items()
        for way in ("felt_below", "felt_above")
        if (counts := _beside(report, item, declared, way)) is not None
    }
    shares = {key: places.counted([row]).interval for key, row in cut.items()}
    stands = holm([difference(share, Interval(0.5, 0.5, 0.5, share.n)).p for share in shares.values()])
    sure = {key: share for (key, share), stand in zip(shares.items(), stands, strict=True) if stand}
    for way in ("felt_below", "felt_above"):
        rows = [row for (_, own), row in cut.items() if own == way]
        # A total only of estates that all show it: one that does not could be subtracted.
        if len(rows) > 1 and len(rows) == len(_large(found.estates.values())):
            sure["", way] = places.counted(rows).interval
    missing = of_answers(found.whole.excluded_estates, len(found.estates))
    gaps: dict[str, list[_Lead]] = {}
    for (estate_id, way), share in sure.items():
        if not estate_id and missing == "many":
            continue
        low, high = math.floor(share.low * 100 + 1e-9), math.ceil(share.high * 100 - 1e-9)
        if low >= 50:
            lead = _Lead(
                kind="grade_gap",
                variant=way,
                measure="share",
                relation="at_least",
                reference=50,
                estimate=percent(share.value),
                low=low,
                high=high,
                n=share.n,
                weight=APART + share.low - 0.5,
                multiplicity="holm",
                family="estates of the round" if estate_id else "this claim alone",
                items=(item.id,),
                values={"percent": percent(share.value), "declared": declared},
                left_out="nobody" if estate_id else missing,
            )
            gaps.setdefault(estate_id, []).append(lead)
    return gaps


def _beside(report: Results, item: Item, declared: int, way: str) -> tuple[int, int, int | None] | None:
    """k of n on a lower (higher) step than the declared one, and the dwellings; None when the bars of the
    estate do not show the cut."""
    result = report.items.get(item.id)
    if result is None or result.hidden or not result.segments:
        return None
    order = {step.code: place for place, step in enumerate(report.questionnaire.steps(item))}
    at = order.get(declared)
    if at is None:
        return None
    k = 0
    for segment in result.segments:
        outside = [order[code] < at if way == "felt_below" else order[code] > at for code in segment.codes]
        if any(outside) and not all(outside):
            return None
        k += segment.n if all(outside) else 0
    return k, result.n, places.dwellings(report, item.id)


# --- areas


def _area_levels(form: Questionnaire, reports: Sequence[Results]) -> Iterator[_Lead]:
    pooled = {
        item.id: found for item in _asked(form) if (found := places.share(reports, item.id)) is not None
    }
    shares = {name: found.interval for name, found in pooled.items()}
    apart = [difference(share, Interval(0.5, 0.5, 0.5, share.n)) for share in shares.values()]
    stands = benjamini_hochberg([d.p for d in apart])
    for (name, share), sure in zip(shares.items(), stands, strict=True):
        low, high = math.floor(share.low * 100 + 1e-9), math.ceil(share.high * 100 - 1e-9)
        if sure and (low >= 50 or high <= 50):
            item = form.item(name)
            weak = "participation_low" if item.level else "weak"
            variant = "grade" if item.role == "participation_grade" else "strong" if low >= 50 else weak
            weight = max(share.low - 0.5, 0.5 - share.high)
            told = percent(share.value), low, high
            yield _level(variant, (name,), told, share.n, weight, pooled[name].left_out)


def _area_changes(form: Questionnaire, reports: Sequence[Results]) -> Iterator[_Lead]:
    previous = next((report.previous_campaign for report in reports if report.previous_campaign), None)
    found = {item.id: made for item in _asked(form) if (made := places.change(reports, item.id)) is not None}
    stands = holm([apart.p for _, apart, _ in found.values()])
    for (name, (change, _, now)), sure in zip(found.items(), stands, strict=True):
        points, low, high = places.outward_points(change)
        if previous is None or not sure or low <= 0 <= high:
            continue
        up = low > 0
        grade = form.item(name).role == "participation_grade"
        share = percent(now.interval.value)
        yield _Lead(
            kind="changed",
            variant=("grade_" if grade else "change_") + ("up" if up else "down"),
            measure="share_difference",
            relation="above" if up else "below",
            reference=0,
            estimate=points,
            low=low,
            high=high,
            n=now.interval.n,
            weight=2 * max(change.low, -change.high),
            multiplicity="holm",
            family="questions of the place",
            items=(name,),
            values={"percent": share, "before": share - points, "previous": previous, "points": abs(points)},
            left_out=change.left_out,
        )


def _asked(form: Questionnaire) -> list[Item]:
    return [
        item for item in form.items() if item.kind == "choice" and not item.background and not item.sensitive
    ]


def _unequal(found: Everywhere) -> dict[str, list[_Lead]]:
    """Estates that surely lie below the rest of their area, which its mean hides. Holm over all areas."""
    rows: list[tuple[str, str | None, Results, Difference, int, LeftOut]] = [
        (area, name, report, apart, n, missing)
        for area, reports in found.areas.items()
        for name in headline_cells(found.whole)
        for report, apart, n, missing in places.below_the_rest(reports, name)
    ]
    stands = holm([apart.p for *_, apart, _, _ in rows])
    unequal: dict[str, list[_Lead]] = {}
    for (area, name, report, apart, n, missing), sure in zip(rows, stands, strict=True):
        points, low, high = int(half_up(apart.value)), math.floor(apart.low), math.ceil(apart.high)
        if sure and high < 0:
            lead = _Lead(
                kind="hidden_inequality",
                variant="below_its_area",
                measure="score_difference",
                relation="below",
                reference=0,
                estimate=points,
                low=low,
                high=high,
                n=n,
                weight=APART - apart.high / 100,
                multiplicity="holm",
                family="estates of areas x scores",
                object=name or "",
                values={"points": abs(points), "estate": report.scope},
                about=report.estate_id or "",
                left_out=missing,
            )
            unequal.setdefault(area, []).append(lead)
    return unequal
