"""Homes named in a text field, a line an estate: 'Havneveien 1-9: 3, 7, 12'."""

from __future__ import annotations

import re

from survey.campaigns.links import Home
from survey.campaigns.rounds import Round

_LINE = re.compile(r"(.+):\s*([\d,;\s]+)")


def read(written: str, round: Round) -> tuple[frozenset[Home], str]:
    """The homes, and the first line that names none of this round ('' when all do)."""
    estates = {estate.name.casefold(): estate for estate in round.estates}
    found: set[Home] = set()
    for line in filter(None, (line.strip() for line in written.splitlines())):
        parts = _LINE.fullmatch(line)
        estate = estates.get(parts[1].strip().casefold()) if parts else None
        numbers = [int(number) for number in re.findall(r"\d+", parts[2])] if parts else []
        if estate is None or not numbers or not all(1 <= n <= (estate.invited or 0) for n in numbers):
            return frozenset(), line
        found |= {(estate.id, number) for number in numbers}
    return frozenset(found), ""
