"""How much may be tried before a table is refused, counted in work and not in seconds.

The same table must be protected in the same way everywhere: a clock would tell it on a fast machine and
refuse it on a slow one.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.disclosure.errors import TooMuchWork


@dataclass
class Effort:
    """`left`: work that may still be done, in cells that a program or a walk looks at; `spare`: for the
    cautious way (`cautious.py`) when that is used up, 0 where it is not wanted."""

    left: int
    spare: int = 0

    def spend(self, work: int) -> None:
        """TooMuchWork when there is not so much left.

        Source: a definition; nothing is estimated.
        """
        self.left -= work
        if self.left < 0:
            raise TooMuchWork("proving this would take too long; ask for fewer groups")

    def take_spare(self) -> None:
        """What is left from here on is what was spare.

        TooMuchWork when nothing was.

        Source: a definition; nothing is estimated.
        """
        if self.spare <= 0:
            raise TooMuchWork("proving this would take too long; ask for fewer groups")
        self.left, self.spare = self.spare, 0
