"""What can be wrong with a questionnaire or with answers to it.

    FormsError
    ├── QuestionnaireFault     the file cannot be used as a questionnaire (all faults at once)
    ├── UnknownInstrument      no questionnaire of that name is shipped
    ├── ConditionFault         a condition broke while it was evaluated
    ├── UnknownPage            no page of that name
    └── AnswerFault            the answers do not fit the questionnaire (all faults at once)

`status` is the HTTP status a room with a door answers with, `key` the id of the sentence in its catalogue.
`str(error)` is English, for logs; `sentence(language)` is for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from forms.catalogue import Message, Translate, translator

Severity = Literal["error", "warning", "note"]
MESSAGES = Path(__file__).parent / "messages"
LONGEST_NAME, LONGEST_VALUE = 120, 300
"""Characters of a name in a place, and of a word in a message: what stands in a file is quoted, and a name
of 5,000 letters would bury what is said of it."""


def wording(language: str) -> Translate:
    """The sentences of this room in `language` ('nb', 'nn' or 'en')."""
    return translator(MESSAGES, language)


@dataclass(frozen=True)
class Place:
    """Where something stands, from the outside in: `at(page="huset", item="heis").at(field="text")`."""

    steps: tuple[Message, ...] = ()

    def at(self, **steps: object) -> Place:
        """A place inside this one. The steps are the messages 'place.page', 'place.item' and so on."""
        inner = (Message.of(f"place.{kind}", name=_cut(name, LONGEST_NAME)) for kind, name in steps.items())
        return Place((*self.steps, *inner))

    def within(self, outer: Place) -> Place:
        return Place((*outer.steps, *self.steps))

    def words(self, language: str) -> str:
        return ", ".join(step.worded(wording(language)) for step in self.steps)


at = Place().at


@dataclass(frozen=True)
class Fault:
    """One thing to mend, always told in the same order: where, what, why it matters, how to mend it.

    The message has a line each for what, why (may be empty) and how; its key is the kind of the fault.
    """

    place: Place
    message: Message
    severity: Severity = "error"

    @classmethod
    def error(cls, place: Place, kind: str, /, **values: object) -> Fault:
        return cls(place, _said(kind, values))

    @classmethod
    def warning(cls, place: Place, kind: str, /, **values: object) -> Fault:
        return cls(place, _said(kind, values), "warning")

    @classmethod
    def note(cls, place: Place, kind: str, /, **values: object) -> Fault:
        """Nothing is wrong: what follows from it, for who would not guess."""
        return cls(place, _said(kind, values), "note")

    @property
    def kind(self) -> str:
        return self.message.key

    def sentence(self, language: str) -> str:
        """'side «huset», spørsmål «heis»: Det er ingen svar å velge mellom. ...', on one line."""
        said = " ".join(self.message.worded(wording(language)).split())
        return f"{self.place.words(language)}: {said[:1].upper()}{said[1:]}"

    def __str__(self) -> str:
        return self.sentence("en")


def _said(kind: str, values: dict[str, object]) -> Message:
    return Message.of(kind, **{name: _cut(value, LONGEST_VALUE) for name, value in values.items()})


def _cut(value: object, most: int) -> object:
    if isinstance(value, tuple):
        return tuple(_cut(one, most) for one in value)
    return value[: most - 1] + "…" if isinstance(value, str) and len(value) > most else value


class FormsError(Exception):
    """Anything this room refuses."""

    status: ClassVar[int] = 500
    key: ClassVar[str] = "error.forms"

    def __init__(self, *said: Fault | Message) -> None:
        self._said = said
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """All that is wrong, a line for each."""
        t = wording(language)
        return "\n".join(
            one.sentence(language) if isinstance(one, Fault) else one.worded(t) for one in self._said
        )


class _Faulty(FormsError):
    """An error that carries every fault found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(*self.faults)


class QuestionnaireFault(_Faulty):
    status = 422
    key = "error.questionnaire"


class AnswerFault(_Faulty):
    status = 422
    key = "error.answers"


class UnknownInstrument(FormsError):
    status = 404
    key = "error.unknown_instrument"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        super().__init__(Message.of("instrument_unknown", name=name, known=", ".join(known)))


class UnknownPage(FormsError):
    status = 404
    key = "error.unknown_page"

    def __init__(self, page_id: str) -> None:
        self.page_id = page_id
        super().__init__(Message.of("page_unknown", page=page_id))


class ConditionFault(FormsError):
    """`reason`: a phrase of the catalogue, 'reason.syntax' and the like."""

    status = 500
    key = "error.condition"

    def __init__(self, source: str, reason: Message) -> None:
        self.source = source
        self.reason = reason
        super().__init__(Message.of("condition_broke", condition=source, reason=reason))
