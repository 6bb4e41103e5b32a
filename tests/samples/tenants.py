"""What tenants' documents are made of, for tests: findings, replies and measures, at their extremes too."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from reports.findings.model import FindingsList, FoundResult, Place, PlaceResult
from reports.loop import Before, Loop, Measure, Reply
from reports.results import Results
from tests.samples import report_results as samples

DAY = date(2026, 3, 1)
LONG_NAME = "Øvrekirkegårdsbakkenborettslagogomsorgsboligerbyggatilfvedstrandpromenadenvestresidenavelva"
LONG = "Vi bytter vinduer i to av oppgangene i år, og resten tar vi når pengene er der. " * 12


def estate(**changes: Any) -> Results:
    return replace(samples.eksempelvik(), **changes)


def place_of(results: Results) -> Place:
    level = "estate" if results.estate_id else "all"
    return Place(level=level, id=results.estate_id or "", name=results.scope, of=1)


SHARES = {"strong", "weak", "participation_low", "felt_below", "felt_above", "grade_high", "grade_low"}
UP = {"change_up", "score_up", "better_than_rest"}


def finding(
    results: Results,
    variant: str,
    about: str,
    low: float,
    value: float,
    high: float,
    *,
    n: int = 90,
    rank: int = 1,
    **values: Any,
) -> FoundResult:
    """`about`: the meaning of a question; of a score '/bolig', of the index '/'."""
    share = variant in SHARES
    score = about.startswith("/")
    if share:
        relation, reference = ("at_least", 50) if low >= 50 else ("at_most", 50)
    else:
        relation, reference = ("above", 0) if variant in UP else ("below", 0)
    return FoundResult(
        id=hashlib.sha256(f"{variant} {about}".encode()).hexdigest()[:20],
        rank=rank,
        kind="strong" if share else "changed",
        variant=variant,
        place=place_of(results),
        items=() if score else (about,),
        object=about[1:] if score else None,
        facet=None,
        tags=(),
        measure="share" if share else "score_difference" if score else "share_difference",
        estimate=value,
        low=low,
        high=high,
        relation=relation,
        reference=reference,
        n=n,
        multiplicity="holm",
        family="test",
        values=values,
        sentences={"nb": "x", "nn": "x", "en": "x"},
    )


def listed(results: Results, found: Sequence[FoundResult], reason: str | None = None) -> FindingsList:
    ranked = tuple(one.model_copy(update={"rank": rank}) for rank, one in enumerate(found, 1))
    return FindingsList(
        organisation=results.organisation,
        campaign_id=UUID(int=2),
        campaign=results.campaign,
        wave=results.wave_hash,
        wave_before="",
        profile="offentlig",
        level=0.95,
        not_compared=(),
        places=(
            PlaceResult(
                place=place_of(results),
                n=95,
                findings=len(ranked),
                reason=reason or (None if ranked else "none"),
                sentences={},
            ),
        ),
        findings=ranked,
    )


def usual(results: Results | None = None) -> FindingsList:
    """Three of each sort, borne and not borne by their intervals, in the words of every kind."""
    own = results or estate()
    return listed(
        own,
        [
            finding(own, "strong", "bomiljo_trygg_hjemme", 76, 84, 90),
            finding(own, "weak", "bomiljo_stoy", 9, 15, 20),
            finding(own, "strong", "bolig_hjem", 57, 70, 82),
            finding(own, "participation_low", "nytter_a_si_fra", 15, 22, 31),
            finding(own, "change_up", "utleier_henvendelse", 3, 12, 21, before=40, percent=52, points=12),
            finding(own, "worse_than_rest", "/bomiljo", -14, -8, -2, score=50, points=8),
            finding(own, "score_up", "/bolig", 1, 5, 9, before=60, score=65, points=5),
            finding(own, "strong", "kontrakt_kostnad", 55, 66, 77),
        ],
    )


def measure(number: int, *findings: str, **more: Any) -> Measure:
    base = Measure(
        id=UUID(int=number),
        title="Nye vinduer i oppgang A",
        owner="utleier",
        level="system",
        unit="Driften",
        due_on=DAY,
        budget_line="4711-12",
        status="under_way",
        hoped="Mindre støy",
        findings=findings,
    )
    return replace(base, **more)


def loop(found: FindingsList, *, text: str = "Vi gjør det i vår.", measures: int = 2) -> Loop:
    """A reply of every kind as far as there are findings, measures, and what was agreed before."""
    ids = [one.id for one in found.findings]
    kinds = ("delvis", "parkert", "alternativ", "grunn", "innfridd")
    return Loop(
        replies={
            id: Reply(kind, text, alternative=text, place="Møtet om budsjettet", due_on=DAY)
            for id, kind in zip(ids, kinds, strict=False)
        },
        measures=tuple(
            measure(at, ids[at % len(ids)], title=f"{text} {at}") for at in range(measures if ids else 0)
        ),
        before=Before(
            "Beboerundersøkelsen 2024",
            tuple(
                measure(100 + at, title=text, status="done", outcome=text, effect="better", verdict="end")
                for at in range(measures)
            ),
        ),
    )
