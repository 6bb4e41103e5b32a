"""What can go wrong when answers are imported.

    ImportRefused                  400  the file or the order cannot be used; nothing was stored
    ├── FileUnreadable             400  not a file we can read: kind, size, encoding, delimiter, header
    │   └── QuestionnaireFaulty    400  the questionnaire has errors; carries all that its check says
    ├── RowsRefused                422  the file is readable, rows in it are not; carries every bad row
    └── RoundConflict              409  the round exists, the organisation does not, ...

Each carries a message key of `survey/responses/messages` and its values; `sentence(translate)` words it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from forms.catalogue import Translate, translator
from forms.errors import Fault

MESSAGES = Path(__file__).parent / "messages"


def wording(language: str) -> Translate:
    """The sentences of this room in `language` ('nb', 'nn' or 'en')."""
    return translator(MESSAGES, language)


@dataclass(frozen=True)
class Complaint:
    """One thing said about the file as a whole: a message key with its values."""

    key: str
    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, key: str, **values: object) -> Complaint:
        return cls(key, tuple(values.items()))

    def sentence(self, translate: Translate) -> str:
        return translate(self.key, **dict(self.values))


@dataclass(frozen=True)
class BadCell:
    """One reason why one row cannot be imported. `line` is as the user sees it, the header being line 1."""

    line: int
    column: str
    value: str
    complaint: Complaint

    def sentence(self, translate: Translate) -> str:
        """'Linje 7, kolonne «alder», «9»: ...'; a long value is cut: a terminal is no place for an answer."""
        shown = self.value if len(self.value) <= 40 else self.value[:39] + "…"
        return translate(
            "row.where" if self.column else "row.where_line",
            line=self.line,
            column=self.column,
            value=shown,
            reason=self.complaint.sentence(translate),
        )


class ImportRefused(Exception):
    """The file or the order cannot be used; nothing was stored."""

    status = 400

    def __init__(self, *complaints: Complaint) -> None:
        self.complaints = complaints
        super().__init__("; ".join(complaint.key for complaint in complaints))

    def sentences(self, language: str) -> list[str]:
        translate = wording(language)
        return [complaint.sentence(translate) for complaint in self.complaints]


class FileUnreadable(ImportRefused):
    """Kind, size, encoding, delimiter or header of the file is wrong."""


class QuestionnaireFaulty(FileUnreadable):
    """The questionnaire of the answers has errors: numbers made with it could mean nothing. `faults`: all of
    them, as the check tells them."""

    def __init__(self, name: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(Complaint.of("questionnaire.faulty", name=name))

    def sentences(self, language: str) -> list[str]:
        return [*super().sentences(language), *(fault.sentence(language) for fault in self.faults)]


class RowsRefused(ImportRefused):
    """Rows of the file are wrong. `bad` has every reason, in file order; `total` rows were read."""

    status = 422

    def __init__(self, bad: tuple[BadCell, ...], total: int) -> None:
        self.bad = bad
        self.total = total
        lines = len({cell.line for cell in bad})
        super().__init__(Complaint.of("rows.refused", lines=lines, total=total))


class RoundConflict(ImportRefused):
    """What the order asks for clashes with what the database has."""

    status = 409
