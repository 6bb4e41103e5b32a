"""Symbols that people read, write and say aloud: codes of letters and receipts.

29 of them, digits and capitals without those that are taken for each other on paper or in the ear (0 O, 1 I
L, U V's twin, W that is read as two V). The last symbol of a word is a check: with weights 1, 2, 3 ... the
symbols add up to a multiple of 29, a prime, so that any one wrong symbol and any two that have changed places
are noticed (ISO 7064's reasoning), as long as the word is shorter than 29.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVXYZ"
PRIME = len(ALPHABET)
GROUP = 6


def spelt(drawn: Sequence[int]) -> str:
    """'K7Q2FA9M3XTB': values 0 to 28, with their check at the end."""
    check = -_weighed(drawn) * pow(len(drawn) + 1, -1, PRIME) % PRIME
    return "".join(ALPHABET[value] for value in [*drawn, check])


def grouped(word: str) -> str:
    """'K7Q2FA-9M3XTB': as it is printed."""
    return "-".join(word[place : place + GROUP] for place in range(0, len(word), GROUP))


def read(written: str, length: int) -> str | None:
    """The word somebody typed or pasted; forgiven are small and wide letters, whatever is neither letter nor
    digit, and what a colon ends before it ('Kode: K7Q2FA-9M3XTB'). None when it is not one."""
    bare = _bare(written)
    if len(bare) != length or any(symbol not in ALPHABET for symbol in bare):
        return None
    return bare if _weighed([ALPHABET.index(symbol) for symbol in bare]) % PRIME == 0 else None


def length_of(written: str) -> int:
    """How many symbols somebody typed, what is forgiven left out."""
    return len(_bare(written))


def out_of(pasted: str) -> str:
    """What may be a code or a token in what somebody pasted: a whole link, with whatever a messenger hung on
    it, or 'Kode: K7Q2FA-9M3XTB'; wide letters and signs of no width forgiven."""
    plain = _plain(pasted)
    return re.split(r"[?#]", plain, maxsplit=1)[0].rstrip("/ ").rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def _plain(pasted: str) -> str:
    wide = unicodedata.normalize("NFKC", pasted[:1000])
    return "".join(sign for sign in wide if unicodedata.category(sign) != "Cf")


def _bare(written: str) -> str:
    last = _plain(written).rstrip(": \n\r\t").rsplit(":", 1)[-1]
    return "".join(sign for sign in last.upper() if sign.isalnum())


def _weighed(values: Sequence[int]) -> int:
    return sum(weight * value for weight, value in enumerate(values, start=1))
