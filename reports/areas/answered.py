"""Who answered in an area: counts of its estates added up, as far as each of them tells its own."""

from __future__ import annotations

from collections.abc import Sequence

from forms.questionnaire import Questionnaire
from reports.findings import places
from reports.results import Coverage, ItemResult, Results

Bounds = tuple[tuple[float, float], bool]


def area_modes(reports: Sequence[Results]) -> dict[str, int]:
    """Ways of answering that every estate tells; where an estate tells of everybody, nobody answered there in
    any other. `reports`: on the estates that tell anything.

    Source: our own rule, docs/methods.md.
    """
    whole = [sum(report.modes.values()) == report.n for report in reports]
    ways = sorted({way for report in reports for way in report.modes})
    return {
        way: sum(report.modes.get(way, 0) for report in reports)
        for way in ways
        if all(way in report.modes or all_told for report, all_told in zip(reports, whole, strict=True))
    }


def area_open_answers(reports: Sequence[Results]) -> int | None:
    """Answers by open links, at least so many; None: a few.

    Source: a definition; nothing is estimated.
    """
    told = sum(report.open_answers or 0 for report in reports)
    return told or (None if any(report.open_answers is None for report in reports) else 0)


def sum_known(numbers: Sequence[int | None]) -> int | None:
    """None where one is not known.

    Source: a definition; nothing is estimated.
    """
    return None if None in numbers else sum(n for n in numbers if n is not None)


def dwellings_of(counted: Sequence[Coverage]) -> int | None:
    """Dwellings of these estates, where not all of them were asked.

    Source: a definition; nothing is estimated.
    """
    if all(place.dwellings is None for place in counted):
        return None
    return sum_known([place.population for place in counted])


def area_bounds(
    form: Questionnaire, reports: Sequence[Results], items: dict[str, ItemResult]
) -> Bounds | None:
    """Share of good answers to the overall question had all who did not answer it said no, or yes; and
    whether these are limits only. Of the estates whose answers are in the share, each with its homes.

    Source: see `inference.respondents.nonresponse_bounds`.
    """
    overall = next((item.id for item in form.items() if item.role == "overall"), "")
    share = items[overall].favourable.value if overall in items else None
    if share is None:
        return None
    able = [r for r in reports if overall in r.items and r.items[overall].favourable.value is not None]
    told = [(report.nonresponse_bounds, places.dwellings(report, overall)) for report in able]
    ends = [(bounds, homes) for bounds, homes in told if bounds is not None and homes]
    if len(ends) < len(able) or not ends:
        return None
    whole = sum(homes for _, homes in ends)
    low, high = (sum(bounds[end] * homes for bounds, homes in ends) / whole for end in (0, 1))
    return (min(low, share), max(high, share)), any(report.nonresponse_limits for report in able)
