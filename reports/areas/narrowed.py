"""What was found of an area and its estates, and what came of it: what documents on the area are made of."""

from __future__ import annotations

from dataclasses import replace

from reports.findings.model import FindingsList, FoundResult
from reports.loop import Before, Loop
from reports.results import Results


def of_area(results: Results, found: FindingsList, loop: Loop) -> tuple[FindingsList, Loop]:
    """Of a whole round's findings, those of the area that `results` are on and of its estates, and what came
    of these. What is tied to findings about all estates is told in the documents on all.

    Source: our own rule, docs/methods.md.
    """
    inside = {("area", results.area), *(("estate", place.estate_id) for place in results.coverage)}

    def here(one: FoundResult) -> bool:
        return (one.place.level, one.place.id) in inside

    own = tuple(one for one in found.findings if here(one))
    ids = {one.id for one in own}
    listed = found.model_copy(
        update={
            "findings": own,
            "places": tuple(one for one in found.places if (one.place.level, one.place.id) in inside),
        }
    )
    estates = {place.estate_id for place in results.coverage}
    before = loop.before and _before(loop.before, {one.id for one in loop.before.findings if here(one)})
    return listed, replace(
        loop,
        replies={id: reply for id, reply in loop.replies.items() if id in ids},
        knowledge={id: known for id, known in loop.knowledge.items() if id in ids},
        heard={id: heard for id, heard in loop.heard.items() if id in ids},
        measures=tuple(one for one in loop.measures if ids.intersection(one.findings)),
        ties=tuple(tie for tie in loop.ties if tie.finding in ids),
        quotes=tuple(
            quote for quote in loop.quotes if quote.estate_id in estates or quote.area == results.area
        ),
        before=before,
    )


def _before(before: Before, ids: set[str]) -> Before | None:
    """What was agreed about these findings; None where that is nothing."""
    agreed = tuple(one for one in before.measures if ids.intersection(one.findings))
    told = tuple(one for one in before.findings if one.id in ids)
    return Before(before.campaign, agreed, told) if agreed else None
