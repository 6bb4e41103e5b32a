"""Texts that are not what they look like: marks that turn the direction of writing, hidden signs, markup.

Nothing of it can do harm where it is shown, since texts are escaped; but `<b>` would stand there as `<b>`,
and a text with marks of direction reads otherwise than it is stored, counted and translated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from forms.errors import Fault
from forms.questionnaire import Questionnaire
from forms.texts import whole

_ALLOWED = frozenset("\n\t\u00ad\u200c\u200d\u200e\u200f")
"""Lines, soft hyphens, joiners and the marks of languages that are written from the right."""
_MARKUP = re.compile(
    r"<[ ]*/?[ ]*[A-Za-z!][^<>]{0,300}>|<script\b|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});"
)


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    for place, text in whole(questionnaire):
        for language, words in text.root.items():
            signs = set() if words.isprintable() else set(words) - _ALLOWED
            if hidden := {sign for sign in signs if _is_hidden(sign)}:
                codes = ", ".join(f"U+{ord(sign):04X}" for sign in sorted(hidden))
                yield Fault.error(place.at(named=language), "text_hidden", codes=codes)
            if markup := _MARKUP.search(words):
                yield Fault.error(place.at(named=language), "text_markup", found=(markup[0][:40],))


def visible(words: str) -> str:
    """The words for somebody who is to mend them: every sign that nobody sees as '[U+202E]'."""
    if words.isprintable():
        return words
    return "".join(
        f"[U+{ord(sign):04X}]" if sign not in _ALLOWED and _is_hidden(sign) else sign for sign in words
    )


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
