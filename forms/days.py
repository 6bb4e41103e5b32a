"""A day as people write it in each of the languages of tenants."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date

_NORWEGIAN = "d. MMMM y"
_PATTERNS = {"nb": _NORWEGIAN, "nn": _NORWEGIAN, "se": "MMMM d. 'b.' y"}


@lru_cache(maxsize=1024)
def long_date(day: date, language: str, weekday: bool = False) -> str:
    """'14. mars 2027', '14 March 2027', 'njukčamánu 14. b. 2027'; `weekday`: 'søndag 14. mars 2027'. With
    the digits 0 to 9 in every language: see docs/tenant.md."""
    pattern = _PATTERNS.get(language, "d MMMM y")
    if weekday:
        pattern = f"EEEE{',' if language == 'se' else ''} {pattern}"
    said = format_date(day, pattern, locale="en_GB" if language == "en" else language)
    # A day of a month is 'of March' in Northern Sámi; CLDR knows its months by their names alone.
    return said.replace("mánnu ", "mánu ") if language == "se" else said
