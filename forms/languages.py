"""The languages of the house: what each calls itself, and which way it is written.

Everything that shows or prints a language reads it here: pages of tenants, the console, paper, codebooks and
files for other programs. Codes are those of BCP 47 and of CLDR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    """What it calls itself."""
    direction: Direction = "ltr"


_ALL = (
    Language("nb", "Bokmål"),
    Language("nn", "Nynorsk"),
    Language("en", "English"),
    Language("se", "Davvisámegiella"),
    Language("pl", "Polski"),
    Language("ar", "العربية", "rtl"),
    Language("uk", "Українська"),
    Language("so", "Soomaali"),
    Language("ti", "ትግርኛ"),
)
KNOWN = {language.code: language for language in _ALL}
WRITTEN = ("nb", "nn", "en")
"""Everything is said in these: console, letters, messages, reports."""
DRAFTED = ("se", "pl", "ar", "uk", "so", "ti")
"""The short form, on paper too, the pages of tenants and what invites to them are said in these as well, by
people who do not speak them: drafts, and marked as such wherever they are shown, until somebody who does has
read them. A text message alone has no room for that; the page that it leads to says it."""
SPOKEN = (*WRITTEN, *DRAFTED)
"""What the pages of tenants speak."""


def name(code: str) -> str:
    """What the language calls itself; the code of one that we do not know."""
    return KNOWN[code].name if code in KNOWN else code


def direction(code: str) -> Direction:
    """Which way its lines run; from the left for one that we do not know."""
    return KNOWN[code].direction if code in KNOWN else "ltr"


def written_to(codes: Sequence[str]) -> tuple[str, ...]:
    """What those who may answer in `codes` are written to in: first what somebody has read, bokmål where that
    is none of them, then the drafts. Whoever is not known to read another one is written to in the first."""
    read = tuple(code for code in codes if code in WRITTEN) or WRITTEN[:1]
    return (*read, *(code for code in codes if code in DRAFTED))
