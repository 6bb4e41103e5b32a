"""Numbers and months as people write them, and as they are stored: text, so that no number is ever a code.

    number   "2", "2.5", "-3": digits with a point, no zeros at the end; 254 kroner is not 254 "don't know"
    month    "2024-05"

What does not fit is told by one of these keys, which the pages of tenants word as `problem.<key>`:

    number_unreadable   not a number                               (no placeholders)
    number_whole        decimals where a whole number is wanted    (no placeholders)
    number_decimals     more decimals than are taken               {decimals}
    number_low          below the least                            {least}
    number_high         above the most                             {most}
    month_half          month without year, or year without month  (no placeholders)
    month_unreadable    no such month, or a year before 1900 or after 2100   (no placeholders)
    month_early         before the earliest                        {earliest}
    month_late          after the latest                           {latest}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from forms.questionnaire import Item

YEARS = (1900, 2100)
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:[.,][0-9]{1,6})?")
_GROUPS = re.compile(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True)
class Misfit:
    """Why a text is no answer: key and placeholders."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


def written(number: float) -> str:
    """The number as it is stored: 2.50 is '2.5'."""
    return _plain(Decimal(repr(number)))


def number(item: Item, typed: str) -> str | Misfit:
    """The number as it is stored. Takes comma or point, and blanks between thousands."""
    bare = _GROUPS.sub("", typed.strip().replace("\u2212", "-"))
    if not _NUMBER.fullmatch(bare):
        return Misfit("number_unreadable")
    value = Decimal(bare.replace(",", "."))
    # Zeros count too: '1.000' is a thousand to some, and must not become 1.
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > item.decimals:
        return (
            Misfit("number_decimals", {"decimals": item.decimals})
            if item.decimals
            else Misfit("number_whole")
        )
    if value < Decimal(repr(item.minimum)):
        return Misfit("number_low", {"least": written(item.minimum)})
    if item.maximum is not None and value > Decimal(repr(item.maximum)):
        return Misfit("number_high", {"most": written(item.maximum)})
    return _plain(value)


def month(item: Item, typed: str) -> str | Misfit:
    """The month as it is stored. Takes a month of one digit."""
    year, _, of_year = typed.strip().rpartition("-")
    if not year or not of_year:
        return Misfit("month_half")
    text = f"{year}-{of_year.zfill(2)}"
    found = _MONTH.fullmatch(text)
    if not found or not 1 <= int(found[2]) <= 12 or not YEARS[0] <= int(found[1]) <= YEARS[1]:
        return Misfit("month_unreadable")
    if item.earliest is not None and text < item.earliest:
        return Misfit("month_early", {"earliest": item.earliest})
    if item.latest is not None and text > item.latest:
        return Misfit("month_late", {"latest": item.latest})
    return text


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
