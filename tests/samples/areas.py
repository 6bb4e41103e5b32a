"""A made-up landlord with areas: one of six estates, one of four of which two are small, and one alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from uuid import UUID

import numpy as np

from forms.loading import shipped
from forms.questionnaire import Questionnaire
from reports.areas.report import area_report
from reports.findings.everywhere import Everywhere, everywhere
from reports.results import Results
from reports.waves import Estate, Wave
from tests.samples.waves import drawn_answers, wave_of

LARGE, SMALL, ALONE = "Nordbyen", "Sentrum", "Havna"
PLACES = (
    ("n1", "Bjørkelia 2", LARGE, 70, 52, -0.9),
    ("n2", "Elvegata 14", LARGE, 60, 41, 0.5),
    ("n3", "Fjordgløtt", LARGE, 48, 30, 0.3),
    ("n4", "Granheim", LARGE, 55, 36, 0.4),
    ("n5", "Nordlysgata 4-18", LARGE, 90, 63, 0.2),
    ("n6", "Solbakken", LARGE, 40, 25, 0.6),
    ("s1", "Kirkegata 7", SMALL, 44, 31, 0.5),
    ("s2", "Storgata 12", SMALL, 52, 34, 0.3),
    ("s3", "Torget 3", SMALL, 12, 7, 0.2),
    ("s4", "Brygga 1", SMALL, 9, 4, 0.0),
    ("h1", "Havnegata 22", ALONE, 38, 26, 0.1),
)
"""Id, name, area, homes, answers and how people lean."""
ESTATES = tuple(Estate(id, name, area, homes) for id, name, area, homes, _, _ in PLACES)


def drawn(form: Questionnaire, seed: int, more: float = 0.0, campaign: str = "Høsten 2025") -> Wave:
    """`more`: how much farther people in the largest area lean."""
    rng = np.random.default_rng(seed)
    answers = {
        id: drawn_answers(form, n, rng, lean + (more if area == LARGE else 0.0), skip=0.04)
        for id, _, area, _, n, lean in PLACES
    }
    return wave_of(form, ESTATES, answers, campaign)


@cache
def waves() -> tuple[Wave, Wave]:
    """Of two years; people of the largest area are better content in the second."""
    form = shipped("boindeks")
    first = drawn(form, 5, -0.5, "Høsten 2024")
    first = replace(
        first,
        campaign_id=UUID(int=3),
        opens_on=date(2024, 9, 1),
        closes_on=date(2024, 9, 21),
        results_on=date(2024, 10, 15),
    )
    return first, drawn(form, 7)


@cache
def found() -> Everywhere:
    first, second = waves()
    return everywhere(second, first)


@cache
def results(area: str) -> Results:
    """The second year's report on an area."""
    return area_report(found(), area)
