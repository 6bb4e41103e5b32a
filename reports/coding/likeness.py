"""Whether the same was said before in nearly the same words.

Two publications that quote the same words under different names of places tell where the speaker lives
(002:646): so what was let through once is not let through anew somewhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import TypeVar

ALIKE = 0.8
"""Share of words in common, in their order, from which on two texts are nearly the same."""
SHORTEST_PART = 8
"""Words in a row of one text that stand in the other: as good as the whole."""

Key = TypeVar("Key")


def words_of(text: str) -> tuple[str, ...]:
    """Lower case, without accents, signs and what was masked: what is compared.

    >>> words_of('Det er TRIVELIG her, sier [navn]!')
    ('det', 'er', 'trivelig', 'her', 'sier')
    """
    plain = re.sub(r"\[[^\]]*\]", " ", unicodedata.normalize("NFKC", text)).casefold()
    return tuple(re.findall(r"\w+", plain))


def alike(one: str, other: str) -> bool:
    """Whether the two are the same or nearly so, or a good part of one stands in the other."""
    a, b = words_of(one), words_of(other)
    if not a or not b:
        return False
    if a == b:
        return True
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if min(len(a), len(b)) > 2 and matcher.ratio() >= ALIKE:
        return True
    return matcher.find_longest_match().size >= SHORTEST_PART


def said_before(text: str, earlier: Iterable[tuple[Key, str]]) -> Key | None:
    """The first of the earlier ones that says nearly the same; None when none does."""
    return next((key for key, other in earlier if alike(text, other)), None)
