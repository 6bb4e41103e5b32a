"""What can be wrong with a questionnaire or with answers to it.

    FormsError
    ├── QuestionnaireFault     the file cannot be used as a questionnaire (all faults at once)
    ├── UnknownInstrument      no questionnaire of that name is shipped
    ├── ConditionFault         a condition broke while it was evaluated
    ├── UnknownPage            no page of that name
    └── AnswerFault            the answers do not fit the questionnaire (all faults at once)

`status` is the HTTP status a room with a door answers with, `key` the id of the sentence in its catalogue.
`str(error)` is English, for logs and the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Fault:
    """One thing to mend, always told in the same order: where, what, why it matters, how to mend it.

    Each part is a phrase without full stop; `str` makes sentences of them.
    """

    where: str
    what: str
    why: str
    mend: str
    severity: Severity = "error"

    def __str__(self) -> str:
        sentences = (part[:1].upper() + part[1:] for part in (self.what, self.why, self.mend) if part)
        ended = (part if part.endswith(("?", ".", "!")) else f"{part}." for part in sentences)
        return f"{self.where}: " + " ".join(ended)


class FormsError(Exception):
    """Anything this room refuses."""

    status: ClassVar[int] = 500
    key: ClassVar[str] = "error.forms"


class _Faulty(FormsError):
    """An error that carries every fault found, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


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
        super().__init__(f"No questionnaire named '{name}' is shipped. Choose one of: {', '.join(known)}.")


class UnknownPage(FormsError):
    status = 404
    key = "error.unknown_page"

    def __init__(self, page_id: str) -> None:
        self.page_id = page_id
        super().__init__(f"The questionnaire has no page '{page_id}'.")


class ConditionFault(FormsError):
    status = 500
    key = "error.condition"

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(
            f"The condition {source} could not be evaluated: {reason}. "
            "Run 'bostemme questionnaire check' on the questionnaire."
        )
