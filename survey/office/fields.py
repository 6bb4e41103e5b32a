"""What the forms of the console share: a problem tied to its field; how names, dates and numbers are read."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})


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
    """What was typed without spaces around, with single spaces within, and without signs that nobody sees:
    such can turn the order of what stands beside them."""
    seen = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) not in UNSEEN)
    return " ".join(seen.split())


def day_of(text: str) -> date | None:
    """A date as browsers send it, or as 30.9.2026; None for anything else."""
    for way in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text.strip(), way).date()
    return None


def whole_of(text: str) -> int | None:
    """A whole number written with digits 0-9 (spaces between thousands allowed), None for anything else."""
    digits = "".join(text.split())
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
