"""Documents on an area for tenants and planners tell what was found there, and nothing of other places."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from uuid import UUID

import docx
import pytest

from reports.areas.narrowed import of_area
from reports.documents import plan_annex, plan_docx, points, residents
from reports.findings.listing import findings_list
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Before, Goal, Heard, Loop, Measure, PlanInReport, Quote, Reply, Tie
from reports.results import Results
from tests.samples import areas
from tests.samples.areas import LARGE, SMALL

YEARS = (2027, 2030)
GOAL = Goal("Områdeplan", "omradeplan", *YEARS, "1.1", "Alle skal bo trygt.")
PLAN = PlanInReport("Områdeplan", "omradeplan", YEARS, (GOAL,))


@cache
def listed() -> FindingsList:
    return findings_list(areas.found())


def first(level: str, place: str = "") -> FoundResult:
    return next(one for one in listed().findings if (one.place.level, one.place.id) == (level, place))


def measure(number: int, title: str, *findings: str) -> Measure:
    day = date(2027, 3, 1)
    return Measure(
        UUID(int=number), title, "utleier", "system", "Drift", day, "", "planned", "Bedre", findings
    )


@cache
def loop() -> Loop:
    """Something about all, about the large area, about an estate of it, and about an estate elsewhere."""
    ids = [first(*at).id for at in (("all",), ("area", LARGE), ("estate", "n1"), ("estate", "h1"))]
    names = ("alle", "området", "gården", "en annen gård")
    return Loop(
        replies={id: Reply("delvis", f"Svar om {name}") for id, name in zip(ids, names, strict=True)},
        heard={id: Heard(6, 1, 0, (f"Sagt om {name}",)) for id, name in zip(ids, names, strict=True)},
        measures=tuple(
            measure(at, f"Tiltak for {name}", id)
            for at, (id, name) in enumerate(zip(ids, names, strict=True))
        ),
        ties=tuple(Tie(id, GOAL, "", f"Grunn for {name}") for id, name in zip(ids, names, strict=True)),
        quotes=(
            Quote("Svar", "Ord fra gården", False, "fritt_bedre", "n1"),
            Quote("Svar", "Ord fra området", False, "fritt_bedre", area_id="x", area=LARGE),
            Quote("Svar", "Ord fra alle", False, "fritt_bedre"),
            Quote("Svar", "Ord fra en annen gård", False, "fritt_bedre", "h1"),
        ),
        before=Before(
            "Høsten 2024",
            (measure(11, "Sist i området", ids[1]), measure(12, "Sist i en annen gård", ids[3])),
            (first("area", LARGE), first("estate", "h1")),
        ),
    )


def annexed(area: str = LARGE) -> tuple[Results, Mapping[str, Results], FindingsList, Loop]:
    results = areas.results(area)
    every = areas.found().estates
    estates = {place.estate_id: every[place.estate_id] for place in results.coverage}
    return results, estates, *of_area(results, listed(), loop())


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<body")[2] or html).split())


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_annex_on_an_area_has_what_was_said_of_it_and_of_its_estates_alone(language: str) -> None:
    made = plan_annex.html(*annexed(), PLAN, language)
    said = words_of(made)
    for own in (
        "Grunn for området",
        "Svar om gården",
        "Tiltak for området",
        "Ord fra området",
        "Sist i området",
    ):
        assert own in said, own
    for other in ("alle", "en annen gård"):
        for kind in ("Grunn for", "Svar om", "Sagt om", "Tiltak for", "Ord fra", "Sist i"):
            assert f"{kind} {other}" not in said, (kind, other)
    for name, place in (("Havnegata 22", "h1"), ("Kirkegata 7", "s1")):
        assert name not in said, place
    assert LARGE in plan_annex.title(areas.results(LARGE), PLAN, language)
    assert said.count(LARGE) >= 2 and "Elvegata 14" in said


def test_the_annex_for_word_processors_tells_what_an_area_is_made_of() -> None:
    written = docx.Document(io.BytesIO(plan_docx.docx(*annexed(), PLAN, "nb")))
    said = "\n".join(paragraph.text for paragraph in written.paragraphs)
    assert "regnet ut av tallene i rapportene om leiegårdene der" in said
    assert "Grunn for området" in said and "Grunn for alle" not in said


def test_an_area_of_which_nobody_has_said_anything_says_so() -> None:
    said = words_of(plan_annex.html(*annexed(SMALL), PLAN, "nb"))
    assert "Grunn for" not in said and "Ord fra" not in said and "Sist i" not in said


@pytest.mark.parametrize("language", ["nb", "nn", "en", "se", "pl", "ar", "uk", "so", "ti"])
def test_tenants_of_an_area_read_what_was_found_of_it_in_every_language(language: str) -> None:
    results = areas.results(LARGE)
    made = residents.html(results, listed(), loop(), language)
    _, own = points.of_place(results, listed())
    assert own and {one.place.name for one in own} == {LARGE}
    assert LARGE in residents.title(results, language)
    said = words_of(made)
    assert "Svar om området" in said and "Sist i området" in said
    assert "en annen gård" not in said and "Svar om alle" not in said
    assert areas.found().organisation not in residents.title(results, language)


def test_the_list_of_an_area_is_refused_for_another_round() -> None:
    results = replace(areas.results(LARGE), wave_hash="0" * 64)
    with pytest.raises(ValueError, match="other answers"):
        residents.html(results, listed(), loop(), "nb")
