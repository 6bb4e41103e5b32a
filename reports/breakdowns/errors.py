"""What can go wrong when numbers by group are asked for.

NumbersRefused              409  nothing is told; `key` and `values` word the reason
├── NoSuchThing             404  the round has no such question, background or answer
└── NothingToTell           409  every number would say too much, also for wider places
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.breakdowns.instead import Instead


class NumbersRefused(Exception):
    """Nothing is told. `key` is one of the catalogue of the commands.

    `instead`: what may be had, when the request was one that the ledger judged.
    """

    status = 409
    instead: Instead | None = None

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{key} {values}")


class NoSuchThing(NumbersRefused):
    status = 404


class NothingToTell(NumbersRefused):
    """Every number would say too much."""
