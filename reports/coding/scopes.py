"""Of which places open answers may be read and quoted: trust, section 2.

From ten who wrote, and twenty where the question is sensitive, then never by estate. And never of a place
whose answers, taken away from those of the place around it, leave fewer than that: whoever reads both lists
would hold the answers of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["all", "area", "estate"]
LEVELS: tuple[Level, ...] = ("all", "area", "estate")
Why = Literal["few", "rest", "sensitive"]
"""few        fewer wrote than must have
rest       enough wrote, but those around it would be left with too few
sensitive  a sensitive question is not told by estate"""
FEWEST, FEWEST_SENSITIVE = 10, 20


@dataclass(frozen=True)
class Place:
    """`within`: the area of an estate, the whole of an area; None for the whole. `wrote`: how many wrote
    something there, in all that it holds."""

    level: Level
    id: str
    wrote: int
    within: str | None = None


def least(sensitive: bool) -> int:
    return FEWEST_SENSITIVE if sensitive else FEWEST


def closed(
    whole: Place, areas: Mapping[str, Place], estates: Mapping[str, Place], *, sensitive: bool
) -> dict[str, Why]:
    """Places, by id, whose answers may not be read, and why. All others may.

    Whatever lists are read and taken from one another, what is left are the answers of nobody or of `least`
    at the least: an estate is open only where its area is.
    """
    fewest = least(sensitive)
    if whole.wrote < fewest:
        return dict.fromkeys((whole.id, *areas, *estates), "few")
    found = dict(_closed_within(whole, list(areas.values()), fewest))
    for area in areas.values():
        own = [estate for estate in estates.values() if estate.within == area.id]
        if sensitive:
            found.update(dict.fromkeys((estate.id for estate in own), "sensitive"))
        elif area.id in found:
            found.update((estate.id, "few" if estate.wrote < fewest else "rest") for estate in own)
        else:
            found.update(_closed_within(area, own, fewest))
    return found


def _closed_within(around: Place, parts: list[Place], fewest: int) -> Iterator[tuple[str, Why]]:
    """The smallest are closed until those without a list of their own are none or enough."""
    shown = sorted((part for part in parts if part.wrote >= fewest), key=lambda part: (part.wrote, part.id))
    yield from ((part.id, "few") for part in parts if part.wrote < fewest)
    rest = around.wrote - sum(part.wrote for part in shown)
    while shown and 0 < rest < fewest:
        smallest = shown.pop(0)
        rest += smallest.wrote
        yield smallest.id, "rest"
