"""How many lines a text takes, without laying it out: for pages that must stay one page.

Widths are those of Open Sans, in hundredths of its size; of other scripts what letters of theirs take in the
mean, in the typefaces that come with the code.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from markupsafe import Markup

_REGULAR = (
    "26 27 40 65 57 82 73 22 30 30 55 57 25 32 27 37 57 57 57 57 57 57 57 57 57 57 27 27 57 57 57 43 90 63 65"
    " 63 73 56 52 73 74 28 27 61 52 90 75 78 60 78 62 55 55 73 60 93 58 56 57 33 37 33 54 45 58 56 61 48 61"
    " 56 34 55 61 25 25 52 25 93 61 60 61 61 41 48 35 61 50 78 52 50 47 38 55 38 57"
)
_BOLD = (
    "26 29 47 65 57 90 75 27 34 34 54 57 29 32 29 41 57 57 57 57 57 57 57 57 57 57 29 29 57 57 57 48 90 69 67"
    " 64 74 56 55 72 77 33 33 66 56 94 81 80 63 80 66 55 58 76 65 97 67 62 58 33 41 33 53 41 61 60 63 51 63"
    " 59 39 56 66 31 31 62 31 98 66 62 63 63 45 50 43 66 57 86 58 57 49 39 55 39 57"
)
_ASCII = {bold: [int(n) / 100 for n in table.split()] for bold, table in ((False, _REGULAR), (True, _BOLD))}
_SCRIPTS = ((0x0400, 0x052F, 0.62, 0.68), (0x0600, 0x06FF, 0.52, 0.57), (0x1200, 0x139F, 0.67, 0.72))
"""First and last letter, and what one takes in the mean, regular and bold."""
_OTHER = 0.65, 0.7


@lru_cache(maxsize=4096)
def letter(sign: str, *, bold: bool) -> float:
    """Width of one letter, of its size."""
    base = unicodedata.normalize("NFKD", sign)[0]
    if 32 <= ord(base) < 127:
        return _ASCII[bold][ord(base) - 32]
    if unicodedata.category(sign) in ("Mn", "Cf"):
        return 0.0
    for first, last, *widths in _SCRIPTS:
        if first <= ord(sign) <= last:
            return widths[bold]
    return _OTHER[bold]


def lines(text: str, size: float, width: float, *, bold: bool = False) -> int:
    """Lines that `text` takes in letters of `size` on a column of `width`, both in one unit; at least one.
    Words that are wider than the column are broken."""
    words = str(Markup(text).striptags()).split()
    space = letter(" ", bold=bold) * size
    count, used = 1, 0.0
    for word in words:
        wide = sum(letter(sign, bold=bold) for sign in word) * size
        if used and used + space + wide > width:
            count, used = count + 1, 0.0
        elif used:
            used += space
        used += wide
        while used > width:
            count, used = count + 1, used - width
    return count
