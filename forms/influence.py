"""What a round declares of itself: why it asks, and what the answers can change ("handlingsrom").

Short texts by language; what is not said is left out. Written by whoever asks, frozen when the round opens,
read by tenants before they answer and by readers of the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forms.languages import WRITTEN

Field = Literal["purpose", "open", "decided", "who", "when", "paid", "contact"]
FIELDS: tuple[Field, ...] = ("purpose", "open", "decided", "who", "when", "paid", "contact")
"""Why we ask; what is open for change, what is already decided, who decides, when; who ordered the survey and
pays for it, and whom to ask about it (AAPOR Code of Professional Ethics and Practices, III A: told of any
survey that is published)."""
LONGEST = 200
"""Characters of one text: the first page of a tenant on an old phone has room for that."""

Declared = Mapping[str, Mapping[str, str]]
"""Language, then field, to what is said; neither holds anything empty."""


@dataclass(frozen=True)
class Signed:
    """The residents' council agreed to the questions. `content`: the first 8 hexadecimal digits of the hash
    of what it agreed to; `same`: that this is what was asked."""

    council: str
    person: str
    signed_on: date
    content: str
    same: bool


@dataclass(frozen=True)
class Told:
    """What one reader is shown, in one language."""

    language: str
    texts: tuple[tuple[Field, str], ...]


def told(declared: Declared, language: str) -> Told | None:
    """In the reader's language, else in the first that something is written in; None when nothing is."""
    order: Sequence[str] = (language, *WRITTEN, *sorted(declared))
    for one in order:
        texts = declared.get(one, {})
        if any(texts.get(field) for field in FIELDS):
            return Told(one, tuple((field, texts[field]) for field in FIELDS if texts.get(field)))
    return None


def within(declared: Declared, languages: Sequence[str]) -> dict[str, dict[str, str]]:
    """What is said in these languages, without what is empty."""
    kept: dict[str, dict[str, str]] = {
        language: {field: text for field, text in declared[language].items() if field in FIELDS and text}
        for language in languages
        if language in declared
    }
    return {language: texts for language, texts in kept.items() if texts}
