"""How wide words are, and how they are broken into lines: no text may leave its figure on anybody's machine.

The same drawing is set in Open Sans on paper and in whatever the reader's machine has on a screen. So letters
are taken to be as wide as in the widest typeface that a page names: DejaVu Sans, which is as wide as Verdana.
What is reckoned to fit then fits everywhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = {
    0.3: "'IJijlÌÍÎÏìíîïĪīĮįİıłІЇЈіїј|",
    0.35: " \u00a0\u202f,.:;·’",
    0.4: "()-/[]\\ftţť",
    0.45: "!r²³¹ŕř",
    0.5: '"_ªº–',
    0.55: "?csz§¿çćčśşšźżž“”гзсэєѕґ",
    0.6: "*FLkvxy´ýÿĹĽŁ•втухьў",
    0.65: "$0123456789EPSTYabdeghnopqu«»ÈÉÊËÝßàáâãäåèéêëðñòóôõöøùúûüþăąďđēėęěğģńņňŋōőŚŞŠŢŤŦŧūůűų"
    "ЄГЕЗРТУабеийклорчяёҐ",
    0.7: "ABCKRVXZÀÁÂÃÄÅÇĂĄĆČŔŘŹŻŽАБВСХЧЬЯднпцџ",
    0.75: "UÙÚÛÜŪŮŰŲКъ",
    0.8: "&DGHNOQÐÑÒÓÔÕÖØĎĐĞĢŃŅŇŊŌŐДИЙЛНОПЦмы",
    0.85: "#+<=>~±×÷−≥≤→Ъю",
    0.95: "wMФЫМжфшщ",
    1.0: "%@Wm©®½ÆæЖШЩ—…",
    1.1: "œŒЮ",
}
"""Advance widths of DejaVu Sans or Open Sans, the wider, of the size of the letters; rounded up."""
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
_SCRIPTS = ((0x0600, 0x06FF, 0.85), (0x1200, 0x139F, 1.05))
"""Arabic as its letters stand in words, and Ethiopic, of the typefaces that come with the code."""
_OTHER = 1.1
SPACES = re.compile(r"[^\S\u00a0\u202f]+")
BOLD = 1.16
"""Bold letters beside ordinary ones, at the most over a word."""
ISOLATE = "\u2067{}\u2069"


@lru_cache(maxsize=20_000)
def width_of(text: str, size: float, bold: bool = False) -> float:
    """At most so wide, in the units of `size`."""
    return sum(map(_letter, text)) * size * (BOLD if bold else 1.0)


@lru_cache(maxsize=2_000)
def _letter(letter: str) -> float:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc"):
        return 0.0
    code = ord(letter)
    return next((width for first, last, width in _SCRIPTS if first <= code <= last), _OTHER)


def from_the_right(text: str) -> bool:
    """Whether it has letters that are written from the right."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def isolated(text: str) -> str:
    """As a drawing whose lines run from the left takes it: words from the right keep their own order."""
    return ISOLATE.format(text) if from_the_right(text) else text


def wrapped(text: str, width: float, size: float, *, bold: bool = False, most: int = 99) -> tuple[str, ...]:
    """Lines no wider than `width`; a word that is, is broken. Past `most` lines the rest is '…'.

    No lines of no text.
    """
    lines: list[str] = []
    line = ""
    for word in _words(text):
        candidate = f"{line} {word}" if line else word
        if width_of(candidate, size, bold) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *whole, line = _pieces(word, width, size, bold)
        lines += whole
    if line:
        lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and width_of(f"{last}…", size, bold) > width:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _words(text: str) -> list[str]:
    """Between spaces at which a line may end: '62 %' is one, with its space that holds it together."""
    return [word for word in SPACES.split(text) if word]


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word in parts that fit; at least a letter each."""
    pieces, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size, bold) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def broken(text: str, width: float, size: float, *, bold: bool = False) -> bool:
    """Whether a word of it is wider than `width`, so that it would have to be broken."""
    return any(width_of(word, size, bold) > width for word in _words(text))


def in_whole_words(
    text: str, width: float, sizes: tuple[float, ...], *, bold: bool = False, most: int = 99
) -> tuple[tuple[str, ...], float]:
    """Lines, and the first of the `sizes` (largest first) in which no word is broken; else the last."""
    size = next((size for size in sizes if not broken(text, width, size, bold=bold)), sizes[-1])
    return wrapped(text, width, size, bold=bold, most=most), size


def widest(lines: tuple[str, ...], size: float, bold: bool = False) -> float:
    return max((width_of(line, size, bold) for line in lines), default=0.0)
