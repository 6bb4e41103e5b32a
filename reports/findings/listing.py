"""The list of findings of a round, ranked, for all estates, each area and each estate.

The three findings that a report prints large come first where the list can bear them; the others follow by
how far the near end of their interval is from saying nothing, the second of a variant weighing half, the
third a third.
"""

from __future__ import annotations

from typing import Any

from forms.questionnaire import Item, Questionnaire
from reports.disclosure import FEW, MINIMUM, PROFILES, PROTECTED, Profile
from reports.documents.register_words import weighted_beside
from reports.documents.who import overfull, overfull_said
from reports.documents.words import Words
from reports.errors import UnknownEstate
from reports.findings.areas import area_changes, area_levels, unequal_places
from reports.findings.everywhere import Everywhere, answering
from reports.findings.grades import grade_gaps
from reports.findings.importance import matters
from reports.findings.leads import Lead, Values, ranked
from reports.findings.model import (
    FindingsList,
    FoundResult,
    Level,
    NotCompared,
    Place,
    PlaceResult,
    identity,
)
from reports.findings.nothing import Seen
from reports.findings.of_reports import of_report
from reports.findings.sentences import LANGUAGES, scope_of, sentence
from reports.inference.settings import LEVEL
from reports.rounding import half_up


def findings_list(
    found: Everywhere, profile: Profile = PROFILES["standard"], only: tuple[Level, str] | None = None
) -> FindingsList:
    """Every finding that stands; where there is one estate those of the landlord, which are its own.

    `only`: of the place with this level and id; UnknownEstate when the round has no such place. ValueError: a
    profile with noise, of which no sentence could be true."""
    if profile.noise:
        raise ValueError(f"profile {profile.name} adds noise to numbers; findings cannot be made of it")
    form = found.whole.questionnaire
    speak = [Words.of(form, language) for language in LANGUAGES]
    gaps = grade_gaps(found)
    unequal = unequal_places(found)
    results: list[FoundResult] = []
    summaries: list[PlaceResult] = []
    for place in places_of(found):
        twice = place.level == "estate" and len(found.estates) == 1
        if only != (place.level, place.id) and (only is not None or twice):
            continue
        if place.level == "area":
            reports = found.areas[place.id]
            answers = sum(report.n for report in answering(reports))
            own = [*area_levels(form, reports), *area_changes(form, reports), *unequal.get(place.id, ())]
            leads = ranked([], own)
        else:
            report = found.estates[place.id] if place.id else found.whole
            answers = report.n
            more = gaps.get(place.id, [])
            if not place.id:
                more = [*more, *unequal.get("", ()), *matters(found)]
            contrasts = [row for row in found.contrasts if row.estate_id == place.id]
            leads = of_report(report, contrasts, more)
        results += [
            _finished(found, form, speak, profile, place, rank, lead) for rank, lead in enumerate(leads, 1)
        ]
        summaries.append(_summary(found, speak, profile, place, answers, len(leads)))
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
        notes=_notes(found, speak),
        not_compared=_not_compared(found, speak),
        places=tuple(summaries),
        findings=tuple(results),
    )


def places_of(found: Everywhere) -> tuple[Place, ...]:
    """All that findings are made about: all estates together, areas by name, estates as in the round."""
    able = len(answering(found.estates.values()))
    return (
        Place(level="all", id="", name=found.organisation, of=able),
        *(
            Place(level="area", id=area, name=area, of=len(answering(reports)))
            for area, reports in found.areas.items()
        ),
        *(Place(level="estate", id=id, name=report.scope, of=1) for id, report in found.estates.items()),
    )


def _base(n: int, profile: Profile) -> int:
    return int(half_up(n / profile.rounding) * profile.rounding)


def _summary(
    found: Everywhere, speak: list[Words], profile: Profile, place: Place, n: int, findings: int
) -> PlaceResult:
    few = n < MINIMUM or not place.of
    base = None if few else _base(n, profile)
    if findings:
        return PlaceResult(place=place, n=base, findings=findings, reason=None, sentences={})
    seen = Seen.of(found, place)
    return PlaceResult(
        place=place,
        n=base,
        findings=0,
        reason=FEW if few else "none" if seen.anything else PROTECTED,
        sentences={w.language: seen.none(w, place, few) for w in speak},
    )


def _notes(found: Everywhere, speak: list[Words]) -> tuple[dict[Any, str], ...]:
    notes: list[dict[Any, str]] = []
    if overfull(found.whole):
        notes.append({w.language: overfull_said(w, found.whole) for w in speak})
    beside: dict[Any, str] = {w.language: weighted_beside(w, found.whole) for w in speak}
    if all(beside.values()):
        notes.append(beside)
    turned = [item for item in found.whole.questionnaire.items() if item.id in found.whole.turned]
    if turned:
        notes.append(
            {w.language: w.t("found.turned", items=w.join(w.quote(w.item(i)) for i in turned)) for w in speak}
        )
    return tuple(notes)


def _not_compared(found: Everywhere, speak: list[Words]) -> tuple[NotCompared, ...]:
    """What a report of the round says was asked otherwise last time, and why as far as that is known."""
    reports = (found.whole, *found.estates.values())
    previous = next((report.previous_campaign for report in reports if report.previous_campaign), None)
    names = {name for report in reports for name in report.asked_otherwise}
    told = []
    for item in found.whole.questionnaire.items():
        if item.id not in names:
            continue
        change = found.changed.get(item.id)
        said = {
            w.language: w.t(
                "found.not_compared",
                item=w.quote(w.item(item)),
                previous=previous,
                why=change.for_readers(w.language) if change else w.t("found.not_compared_why"),
            )
            for w in speak
        }
        told.append(NotCompared(item=item.meaning, sentences=said))
    return tuple(told)


def _finished(
    found: Everywhere,
    form: Questionnaire,
    speak: list[Words],
    profile: Profile,
    place: Place,
    rank: int,
    lead: Lead,
) -> FoundResult:
    # Where everybody answered, what width an interval has comes of rounding.
    low, high = (lead.estimate, lead.estimate) if lead.everybody else (lead.low, lead.high)
    items = [form.item(name) for name in lead.items]
    meanings = tuple(item.meaning for item in items)
    n = _base(lead.n, profile)
    bases = {key: _base(int(value), profile) for key, value in lead.values.items() if key.startswith("n_")}
    values: Values = {**lead.values, **bases}
    if lead.left_out != "nobody":
        values["left_out"] = lead.left_out
    if lead.everybody:
        values["everybody"] = 1
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
        low=low,
        high=high,
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
                (low, high),
                {**spoken, "scope": scope_of(w, place, lead.left_out)},
                profile.rounding > 1 or lead.kind == "importance",
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
