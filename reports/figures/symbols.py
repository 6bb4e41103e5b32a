"""Drawings of what a finding is about, for those who would rather see than read.

Plain outlines of our own, 64 by 64; colours are attributes, as in all figures. Each has words beside it,
or as its title: none means anything by its colour.
"""

from __future__ import annotations

from markupsafe import Markup

from reports.figures.drawing import draw
from reports.figures.palette import ACCENT_SOFT, WHITE

_HOUSE = '<path fill="SOFT" d="M12 30 L32 12 L52 30 V54 H12 z"/>'
_PERSON = (
    '<circle fill="SOFT" cx="{x}" cy="22" r="7"/><path fill="SOFT" d="M{a} 54 V42 a10 10 0 0 1 20 0 V54 z"/>'
)


def _person(x: int) -> str:
    return _PERSON.format(x=x, a=x - 10)


DRAWN: dict[str, str] = {
    "whole": f'{_HOUSE}<path fill="PAPER" d="M26 54 V40 h12 V54"/><path fill="none" d="M6 54 H58"/>',
    "home": f'{_HOUSE}<path fill="PAPER" d="M32 48 L22 38 a6 6 0 0 1 10 -7 a6 6 0 0 1 10 7 z"/>',
    "dwelling": f'{_HOUSE}<path fill="PAPER" d="M18 34 h10 v8 h-10 z M36 34 h10 V54 H36 z"/>',
    "surroundings": '<path fill="SOFT" d="M6 54 V34 L20 22 L34 34 V54 z"/><path fill="PAPER" d="M16 54 '
    'V42 h8 V54"/>'
    '<circle fill="SOFT" cx="47" cy="26" r="11"/><path fill="none" d="M47 30 V54 M2 54 H62"/>',
    "tools": '<path fill="SOFT" d="M40 10 a13 13 0 0 0 -12 18 L9 47 a5 5 0 0 0 8 8 L36 36 a13 13 0 0 0 17 -16'
    ' l-8 8 l-9 -2 l-2 -9 l8 -7 z"/>',
    "thermometer": '<path fill="SOFT" d="M26 36 V14 a6 6 0 0 1 12 0 V36 a11 11 0 1 1 -12 0 z"/>'
    '<path fill="none" d="M32 46 V22 M44 14 h6 M44 22 h6 M44 30 h6"/><circle fill="INK" '
    'cx="32" cy="46" r="4"/>',
    "power": '<path fill="SOFT" d="M36 6 L14 36 h14 L24 58 L50 26 H34 z"/>',
    "space": '<path fill="SOFT" d="M8 8 H56 V56 H8 z"/>'
    '<path fill="none" d="M18 18 L28 28 M18 18 h8 M18 18 v8 M46 46 L36 36 M46 46 h-8 M46 46 v-8'
    ' M46 18 L36 28 M46 18 h-8 M46 18 v8 M18 46 L28 36 M18 46 h8 M18 46 v-8"/>',
    "wheelchair": '<circle fill="SOFT" cx="28" cy="10" r="5"/><path fill="none" d="M28 17 V36 H44 L50 '
    '50 h6 M28 25 H42"/>'
    '<path fill="none" d="M22 29 a14 14 0 1 0 19 18"/>',
    "bench": '<path fill="SOFT" d="M8 26 H56 V34 H8 z M8 38 H56 V44 H8 z"/><path fill="none" '
    'd="M14 44 V56 M50 44 V56 M14 26 V18 M50 26 V18"/>',
    "noise": '<path fill="SOFT" d="M8 24 H20 L34 12 V52 L20 40 H8 z"/>'
    '<path fill="none" d="M42 24 a11 11 0 0 1 0 16 M48 16 a22 22 0 0 1 0 32"/>',
    "conflict": f'{_person(15)}{_person(49)}<path fill="none" d="M36 6 L28 16 H36 L28 28"/>',
    "neighbours": f'{_person(19)}{_person(45)}<path fill="none" d="M4 54 H60"/>',
    "children": '<circle fill="SOFT" cx="22" cy="18" r="7"/><path fill="none" d="M22 25 V40 M22 40 '
    "L14 54 M22 40 L30 54"
    ' M10 30 L22 32 L36 24"/><circle fill="SOFT" cx="48" cy="46" r="8"/><path fill="none" d="M40 46 H56"/>',
    "lock": '<path fill="SOFT" d="M14 28 H50 V56 H14 z"/><path fill="none" d="M20 28 V20 a12 12 0 '
    '0 1 24 0 V28"/>'
    '<circle fill="INK" cx="32" cy="40" r="4"/><path fill="none" d="M32 42 V48"/>',
    "shield": '<path fill="SOFT" d="M32 6 L54 14 V30 C54 44 44 54 32 58 C20 54 10 44 10 30 V14 z"/>'
    '<path fill="none" d="M22 32 L30 40 L44 24"/>',
    "lamp": '<path fill="SOFT" d="M20 22 L26 8 H38 L44 22 z"/><path fill="none" d="M32 22 V56 M22 '
    '56 H42 M14 28 L10 34 M32 30 V30 M50 28 L54 34"/>',
    "stairs": '<path fill="SOFT" d="M6 56 V46 H20 V36 H34 V26 H48 V16 H58 V56 z"/>',
    "coins": '<path fill="SOFT" d="M8 44 h30 v12 h-30 z M8 32 h30 v12 h-30 z"/>'
    '<circle fill="PAPER" cx="44" cy="24" r="14"/><path fill="none" d="M44 17 V31 M39 20 h8 M39 28 h10"/>',
    "paper": '<path fill="SOFT" d="M14 6 H42 L52 16 V58 H14 z"/><path fill="none" d="M22 24 H44 '
    'M22 34 H44 M22 44 H34 M42 6 V16 H52"/>',
    "scales": '<path fill="none" d="M32 8 V54 M20 54 H44 M12 18 H52"/>'
    '<path fill="SOFT" d="M4 38 L12 18 L20 38 a8 6 0 0 1 -16 0 z M44 38 L52 18 L60 38 a8 6 0 0 1 -16 0 z"/>',
    "calendar": '<path fill="SOFT" d="M8 14 H56 V56 H8 z"/><path fill="none" d="M8 26 H56 M20 8 V18 M44 8 V18'
    ' M18 36 h6 M30 36 h6 M42 36 h6 M18 46 h6 M30 46 h6"/>',
    "key": '<circle fill="SOFT" cx="18" cy="32" r="12"/><circle fill="PAPER" cx="18" cy="32" r="4"/>'
    '<path fill="none" d="M30 32 H58 M50 32 V42 M42 32 V40"/>',
    "landlord": f'{_person(22)}<circle fill="PAPER" cx="46" cy="30" r="8"/>'
    '<path fill="none" d="M46 38 V56 M46 48 h7 M46 54 h5"/>',
    "letter": '<path fill="SOFT" d="M6 14 H58 V50 H6 z"/><path fill="none" d="M6 14 L32 36 L58 14"/>',
    "heart": '<path fill="SOFT" d="M32 54 L10 30 a12 12 0 0 1 22 -14 a12 12 0 0 1 22 14 z"/>',
    "speech": '<path fill="SOFT" d="M6 10 H58 V42 H34 L20 56 V42 H6 z"/><path fill="none" d="M16 22 '
    'H48 M16 31 H38"/>',
    "meeting": '<ellipse fill="SOFT" cx="32" cy="36" rx="18" ry="9"/><circle fill="PAPER" cx="32" '
    'cy="14" r="6"/>'
    '<circle fill="PAPER" cx="8" cy="34" r="6"/><circle fill="PAPER" cx="56" cy="34" r="6"/>'
    '<circle fill="PAPER" cx="20" cy="54" r="6"/><circle fill="PAPER" cx="44" cy="54" r="6"/>',
    "town": '<path fill="SOFT" d="M6 24 L32 8 L58 24 z M8 50 H56 V57 H8 z"/><path fill="none" '
    'd="M16 28 V46 M26 28 V46 M38 28 V46 M48 28 V46"/>',
    "question": '<circle fill="SOFT" cx="32" cy="32" r="26"/><path fill="none" d="M24 25 a8 8 0 1 1 '
    '11 8 q-3 2 -3 6"/>'
    '<circle fill="INK" cx="32" cy="46" r="2"/>',
    "up": '<path fill="SOFT" d="M32 6 L56 32 H42 V58 H22 V32 H8 z"/>',
    "down": '<path fill="SOFT" d="M32 58 L8 32 H22 V6 H42 V32 H56 z"/>',
    "smile": '<circle fill="SOFT" cx="32" cy="32" r="26"/><circle fill="INK" cx="23" cy="26" r="2.5"/>'
    '<circle fill="INK" cx="41" cy="26" r="2.5"/><path fill="none" d="M19 38 a14 12 0 0 0 26 0"/>',
    "frown": '<circle fill="SOFT" cx="32" cy="32" r="26"/><circle fill="INK" cx="23" cy="26" r="2.5"/>'
    '<circle fill="INK" cx="41" cy="26" r="2.5"/><path fill="none" d="M20 46 a13 11 0 0 1 24 0"/>',
    "tick": '<path fill="none" stroke-width="7" d="M10 34 L26 50 L54 14"/>',
}

OF_THEME: dict[str, str] = {
    "whole": "whole", "bolig": "dwelling", "bomiljo": "surroundings", "kontrakt": "paper",
    "utleier": "landlord", "upkeep": "tools", "standard": "dwelling", "climate": "thermometer",
    "power": "power", "space": "space", "access": "wheelchair", "home": "home", "commons": "bench",
    "noise": "noise", "conflict": "conflict", "neighbours": "neighbours", "children": "children",
    "safe_home": "shield", "safe_house": "stairs", "safe_out": "lamp", "cost": "coins", "rights": "paper",
    "fairness": "scales", "lasting": "calendar", "response": "tools", "information": "letter",
    "respect": "heart", "influence": "speech", "meetings": "meeting", "allocation": "key",
    "municipality": "town", "medvirkning": "speech",
}  # fmt: skip
"""Themes and objects of the index; any other is drawn as a question mark."""


def symbol(name: str, *, key: str, title: str) -> Markup:
    """One of DRAWN. `title`: what it shows, in words. KeyError: no such drawing."""
    drawing = DRAWN[name].replace("SOFT", ACCENT_SOFT).replace("PAPER", WHITE)
    return draw("symbol.svg", 64, key=key, title=title, drawing=Markup(drawing))


def of_theme(theme: str) -> str:
    return OF_THEME.get(theme, "question")
