"""What a new version corrects, told to whoever reads: in her language where somebody wrote it in that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OFFICE = "no"
"""The first words are the office's own: Norwegian, of either form."""


@dataclass(frozen=True)
class Told:
    """`language`: of these words, as a page marks it."""

    text: str
    language: str


@dataclass(frozen=True)
class Erratum:
    """`first`: as the office wrote it, '' where nothing was corrected. `others`: the same by language, ''
    where nobody has written it."""

    first: str
    others: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.first.strip())

    def told(self, language: str) -> Told:
        own = self.others.get(language, "").strip()
        return Told(own, language) if own and self else Told(self.first.strip(), OFFICE)


def erratum_of(row: dict[str, Any]) -> Erratum:
    """Taken out of a row of the database, columns and all."""
    return Erratum(row.pop("erratum"), {"nn": row.pop("erratum_nn"), "en": row.pop("erratum_en")})
