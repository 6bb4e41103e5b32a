"""Wording for people: gettext catalogues read once, one folder of `messages/{nb,nn,en}.po` per room.

A part of a room may keep its words in files of its own, `messages/{nb,nn,en}.part.po`; a message stands in
one of them only.

Message ids are names ('phone.start.title'), so that bokmål is edited like any other language.
Placeholders are those of `str.format`: 'Side {page} av {pages}'. What is counted has its words beside it, for
one and for many: '{homes:bolig|boliger} på {pages:side|sider}'; the number is written before the word, but
not before what begins with `=`: '{n:=Én ting|ting}' is 'Én ting' and '2 ting'.

What goes wrong is found far from whoever reads of it: it travels as a `Message`, worded where it is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from babel.messages.pofile import read_po

PLURAL = re.compile(r"\{\w+:[^{}|]*\|[^{}|]*\}")


class _Counted:
    """A value that knows which of two words follows it: '{n:bolig|boliger}'."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __format__(self, words: str) -> str:
        one, bar, many = words.partition("|")
        if not bar:
            return format(self.value, words)
        if one.startswith("="):
            return one[1:] if str(self.value) == "1" else f"{self.value} {many}"
        return f"{self.value} {one if str(self.value) == '1' else many}"


class Translate(Protocol):
    def __call__(self, key: str, /, **values: object) -> str: ...


class MessageTwice(ValueError):
    """A key that two files of one catalogue have; a mistake in the code, caught by the tests."""


class MissingMessage(KeyError):
    """A key that the catalogue of this language lacks; a mistake in the code, caught by the tests."""


@dataclass(frozen=True)
class Message:
    """A key of a catalogue and what fills its placeholders.

    A value that is a Message is worded in the same language; a tuple of words is listed in the quotation
    marks of the language (message 'quoted'); anything else stands as it is.
    """

    key: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, key: str, /, **values: object) -> Message:
        return cls(key, tuple(values.items()))

    def worded(self, translate: Translate) -> str:
        return translate(self.key, **{name: _worded(value, translate) for name, value in self.values})


def _worded(value: object, translate: Translate) -> object:
    if isinstance(value, Message):
        return value.worded(translate)
    if isinstance(value, tuple):
        return ", ".join(translate("quoted", text=word) for word in value)
    return value


@cache
def read_catalogue(folder: Path, language: str, *further: Path) -> dict[str, str]:
    """Every message of the room in `language`, and of the `further` rooms whose words it speaks as well.

    MessageTwice when two of their files have the same one.
    """
    messages: dict[str, str] = {}
    for room in (folder, *further):
        for path in (room / f"{language}.po", *sorted(room.glob(f"{language}.*.po"))):
            own = _read(path)
            if double := sorted(messages.keys() & own.keys()):
                raise MessageTwice(f"{path} has messages that another file has: {', '.join(double)}")
            messages |= own
    return messages


def _read(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in catalogue if message.id and message.string}


def translator(folder: Path, language: str, *further: Path) -> Translate:
    """A function from message id and values to the sentence in `language`; see `read_catalogue`."""
    messages = read_catalogue(folder, language, *further)

    def translate(key: str, /, **values: object) -> str:
        if key not in messages:
            raise MissingMessage(f"message '{key}' is missing in {folder}/{language}.po")
        if not values:
            return messages[key]
        if PLURAL.search(messages[key]):
            return messages[key].format(**{name: _Counted(value) for name, value in values.items()})
        return messages[key].format(**values)

    return translate
