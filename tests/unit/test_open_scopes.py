"""Open answers are read only of places with enough who wrote, and no list less another leaves too few."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from reports.coding.scopes import Place, closed, least

wrote = st.integers(0, 45)


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Place, dict[str, Place], dict[str, Place]]:
    """A round of up to three areas with up to three estates each, and answers kept without an estate."""
    areas, estates, total = {}, {}, draw(st.integers(0, 15))
    for area in range(draw(st.integers(1, 3))):
        sizes = draw(st.lists(wrote, min_size=1, max_size=3))
        whole = sum(sizes) + draw(st.integers(0, 12))
        areas[f"a{area}"] = Place("area", f"a{area}", whole, "all")
        for number, n in enumerate(sizes):
            estates[f"a{area}e{number}"] = Place("estate", f"a{area}e{number}", n, f"a{area}")
        total += whole
    return Place("all", "all", total), areas, estates


@given(rounds(), st.booleans())
def test_whatever_lists_are_taken_from_one_another_nobody_or_enough_are_left(
    one: tuple[Place, dict[str, Place], dict[str, Place]], sensitive: bool
) -> None:
    """Of every open list, any choice of open lists within it that do not overlap is taken away."""
    whole, areas, estates = one
    shut = closed(whole, areas, estates, sensitive=sensitive)
    fewest = least(sensitive)
    for place in (whole, *areas.values(), *estates.values()):
        if place.id not in shut:
            assert place.wrote >= fewest
    if sensitive:
        assert set(estates) <= set(shut)

    for around in (whole, *areas.values()):
        if around.id in shut:
            continue
        inner = [area for area in areas.values() if around.level == "all" or area.id == around.id]
        ways = [_taken(area, list(estates.values()), shut, alone=around.id == area.id) for area in inner]
        for taken in product(*ways):
            rest = around.wrote - sum(taken)
            assert rest == 0 or rest >= fewest, (around, taken, shut)


def _taken(area: Place, estates: list[Place], shut: Mapping[str, str], *, alone: bool) -> set[int]:
    """How many can be taken away within an area: none, any of its open estates, or all that it holds."""
    own = [one.wrote for one in estates if one.within == area.id and one.id not in shut]
    sums = {sum(some) for size in range(len(own) + 1) for some in combinations(own, size)}
    return sums | ({area.wrote} if area.id not in shut and not alone else set())


def test_the_smallest_place_goes_with_those_that_would_be_left() -> None:
    areas = {"a": Place("area", "a", 47, "all")}
    estates = {name: Place("estate", name, n, "a") for name, n in (("liten", 4), ("midt", 13), ("stor", 30))}
    shut = closed(Place("all", "all", 47), areas, estates, sensitive=False)
    assert shut == {"liten": "few", "midt": "rest"}


def test_ten_are_enough_and_of_a_sensitive_question_twenty() -> None:
    def of(n: int, *, sensitive: bool) -> dict[str, str]:
        areas = {"a": Place("area", "a", n, "all")}
        found = closed(
            Place("all", "all", n), areas, {"e": Place("estate", "e", n, "a")}, sensitive=sensitive
        )
        return {key: str(why) for key, why in found.items()}

    assert of(9, sensitive=False) == {"all": "few", "a": "few", "e": "few"}
    assert of(10, sensitive=False) == {}
    assert of(19, sensitive=True) == {"all": "few", "a": "few", "e": "few"}
    assert of(20, sensitive=True) == {"e": "sensitive"}
