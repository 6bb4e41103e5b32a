"""Wording for people: gettext catalogues read once, one folder of `messages/{nb,nn,en}.po` per room.

Message ids are names ('phone.start.title'), so that bokmål is edited like any other language.
Placeholders are those of `str.format`: 'Side {page} av {pages}'.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

from babel.messages.pofile import read_po


class Translate(Protocol):
    def __call__(self, key: str, /, **values: object) -> str: ...


class MissingMessage(KeyError):
    """A key that the catalogue of this language lacks; a mistake in the code, caught by the tests."""


@cache
def read_catalogue(folder: Path, language: str) -> dict[str, str]:
    with (folder / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def translator(folder: Path, language: str) -> Translate:
    """A function from message id and values to the sentence in `language`."""
    messages = read_catalogue(folder, language)

    def translate(key: str, /, **values: object) -> str:
        if key not in messages:
            raise MissingMessage(f"message '{key}' is missing in {folder}/{language}.po")
        return messages[key].format(**values) if values else messages[key]

    return translate
