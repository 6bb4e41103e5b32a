"""What the forms of the console share: a problem tied to its field; how names, dates and numbers are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Problem:
    """One thing to mend: the id of the field and a message key with its values."""

    field: str
    key: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Problems:
    """What a page shows of its problems: all in a summary, the first of a field beside the field."""

    all: tuple[Problem, ...] = ()

    @property
    def status(self) -> int:
        """Of the page that shows them."""
        return 422 if self.all else 200

    def at(self, field: str) -> Problem | None:
        return next((problem for problem in self.all if problem.field == field), None)


def name_of(text: str) -> str:
    """What was typed without spaces around and with single spaces within."""
    return " ".join(text.split())


def day_of(text: str) -> date | None:
    """A date as browsers send it, None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def whole_of(text: str) -> int | None:
    """A whole number written with digits 0-9 (spaces between thousands allowed), None for anything else."""
    digits = "".join(text.split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
