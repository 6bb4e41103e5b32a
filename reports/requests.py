"""What may be asked of numbers: for whom, and for which places. Plain data, so that commands can name it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Level = Literal["estate", "area", "all"]
LEVELS: tuple[Level, ...] = ("estate", "area", "all")
"""From the finest to the widest."""
MINIMUM = 5
"""No result may be about, or differ from another by, fewer people."""


@dataclass(frozen=True)
class Profile:
    """Who reads it, and so what is told. All counts are of people."""

    name: str
    fewest: int = MINIMUM
    breakdown: int = 2 * MINIMUM
    sensitive: int = 4 * MINIMUM
    range_kept: int = MINIMUM
    """The attacker's interval of every hidden cell is at least this wide. Five, and not four: what is known
    to lie between 0 and 4 is known to be few, and a group of four could be told apart by its sum."""
    empty_is_few: bool = True
    """Whether a base of nobody is hidden like one of four. That nobody of a place answered tells who did
    not."""
    no_answer_is_few: bool = False
    """Whether an answer that nobody gave is hidden like one that few gave."""
    rounding: int = 1
    """Shown numbers are rounded to multiples of this."""
    noise: int = 0
    """Shown numbers are up to this much off, each by itself, so that totals do not add up."""
    agreed: bool = False
    """Whether its readers have signed: what they were told is not taken to be known to anybody else."""


PROFILES = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("standard"),
            # Agreed users, who have signed: groups from five. What can be subtracted is hidden all the same.
            Profile("forskning", breakdown=MINIMUM, agreed=True),
            Profile("microdata", noise=5),
            Profile("offentlig", rounding=MINIMUM),
        )
    }
)
