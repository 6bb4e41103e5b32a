"""The form by which an edition is sent to people: who they are, what they get, for how long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from survey.delivery.contact_file import read_email
from survey.loop.editions import File
from survey.loop.shares import DAYS, LONGEST_NAME, SUGGESTED_DAYS
from survey.office.door import Form
from survey.office.errors import Unreadable
from survey.office.fields import Problem, name_of, whole_of
from survey.office.pages import LANGUAGES

MOST_AT_ONCE = 20
"""Recipients of one form."""
_ADDRESS = re.compile(r"^(?P<name>.*?)[\s,;<]*(?P<address>[^\s,;<>]*@[^\s,;<>]*)[\s>]*$")


@dataclass(frozen=True)
class Recipient:
    """`address`: '' where the link is copied."""

    name: str
    address: str


@dataclass(frozen=True)
class Choice:
    """What can be chosen of an edition, in its order. `places`: (key, name)."""

    documents: tuple[str, ...]
    languages: tuple[str, ...]
    places: tuple[tuple[str, str], ...]

    @staticmethod
    def of(files: Sequence[File]) -> Choice:
        wanted = [file.wanted for file in files]
        return Choice(
            tuple(dict.fromkeys(one.document for one in wanted)),
            tuple(dict.fromkeys(one.language for one in wanted)),
            tuple(dict.fromkeys((place_key(file), file.wanted.place_name) for file in files)),
        )


@dataclass(frozen=True)
class SharingForm:
    """As typed. `once`: of the page it was typed on, so that a form that is sent twice makes links once."""

    recipients: str
    language: str
    days: int
    with_code: bool
    documents: tuple[str, ...]
    tongues: tuple[str, ...]
    places: tuple[str, ...]
    once: UUID

    @staticmethod
    def new(choice: Choice, language: str) -> SharingForm:
        every = tuple(key for key, _ in choice.places)
        return SharingForm(
            "", language, SUGGESTED_DAYS, False, choice.documents, choice.languages, every, uuid4()
        )

    @staticmethod
    def read(form: Form) -> SharingForm:
        """Raises Unreadable for what the page does not offer."""
        days, language = whole_of(form.one("days")), form.one("language")
        if days not in DAYS or language not in LANGUAGES:
            raise Unreadable()
        try:
            once = UUID(form.one("once"))
        except ValueError:
            raise Unreadable() from None
        return SharingForm(
            form.one("recipients"),
            language,
            days,
            form.one("code") == "1",
            form.all("document"),
            form.all("tongue"),
            form.all("place"),
            once,
        )

    @property
    def named(self) -> list[Recipient]:
        return [_recipient(line) for line in self.recipients.splitlines() if line.strip()]

    def chosen(self, files: Sequence[File]) -> list[int]:
        """The numbers of the files that document, language and place agree on."""
        return [
            file.number
            for file in files
            if file.wanted.document in self.documents
            and file.wanted.language in self.tongues
            and place_key(file) in self.places
        ]

    def problems(self, files: Sequence[File]) -> Iterator[Problem]:
        named = self.named
        if not named:
            yield Problem("recipients", "problem.sharing.nobody")
        if len(named) > MOST_AT_ONCE:
            yield Problem("recipients", "problem.sharing.many", {"most": MOST_AT_ONCE, "there": len(named)})
        for one in named[:MOST_AT_ONCE]:
            if len(one.name) > LONGEST_NAME:
                yield Problem(
                    "recipients", "problem.sharing.name", {"name": one.name[:40], "most": LONGEST_NAME}
                )
            if one.address and read_email(one.address) is None:
                yield Problem("recipients", "problem.sharing.address", {"address": one.address[:60]})
        names = Counter(one.name.casefold() for one in named)
        if twice := next((one.name for one in named if names[one.name.casefold()] > 1), ""):
            yield Problem("recipients", "problem.sharing.twice", {"name": twice[:40]})
        if not self.chosen(files):
            yield Problem("document", "problem.sharing.nothing")


def place_key(file: File) -> str:
    return f"{file.wanted.level}:{file.wanted.place}"


def _recipient(line: str) -> Recipient:
    """'Kari Nordmann <kari@b.no>', 'Kari Nordmann, kari@b.no', 'kari@b.no', 'Eldrerådet'."""
    written = name_of(line)
    found = _ADDRESS.match(written)
    if found is None:
        return Recipient(written, "")
    address = read_email(found["address"]) or found["address"]
    return Recipient(found["name"].strip('" ') or address, address)
