"""What a round says of itself where the office has written nothing else: words of the house."""

from __future__ import annotations

from collections.abc import Sequence

from forms.influence import FIELDS, Declared, Told
from forms.languages import WRITTEN
from survey.wording import words


def suggested(languages: Sequence[str]) -> Declared:
    """What holds for most rounds, in the languages the house writes; to be changed to what is true here."""
    return {
        language: {field: words(language)(f"declared.suggested.{field}") for field in FIELDS}
        for language in languages
        if language in WRITTEN
    }


def is_suggested(told: Told) -> bool:
    """Whether all of it stands as it was suggested."""
    ours = suggested([told.language]).get(told.language, {})
    return all(ours.get(field) == text for field, text in told.texts)
