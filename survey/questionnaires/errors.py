"""What can go wrong with a questionnaire in the making.

DraftError
├── NoSuchDraft        404  no draft with this id in this organisation
├── NoSuchPart         404  no such page, question or scale in the draft (any more)
├── PartChanged        409  somebody else changed this very part since it was shown
├── TextsChanged       409  somebody else changed some of these texts since they were shown
├── MovedOn            409  the last step is another than the one that was to be taken back
├── NothingToUndo      409  there is no step to take back, or to do again
├── Refused            409  what `forms.editing` refuses; `key` says why
├── TooManyDrafts      409  so many are kept already
└── NotReady           409  with errors no round starts from it
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from forms import editing
from forms.lint import size


class DraftError(Exception):
    status: int = 409
    key: str = "error.draft"

    def __init__(self, **values: object) -> None:
        super().__init__(self.key, values)
        self.values = values


class NoSuchDraft(DraftError):
    status, key = 404, "error.not_found"


class NoSuchPart(DraftError):
    status, key = 404, "error.draft.no_such_part"


class PartChanged(DraftError):
    key = "error.draft.part_changed"


class TextsChanged(DraftError):
    """`texts`: what stands there now, by address."""

    key = "error.draft.texts_changed"

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.texts = texts


class MovedOn(DraftError):
    key = "error.draft.moved_on"


class NothingToUndo(DraftError):
    key = "error.draft.nothing_to_undo"


class Refused(DraftError):
    def __init__(self, key: str) -> None:
        limits = {"MOST_PAGES": size.MOST_PAGES, "MOST_QUESTIONS": size.MOST_QUESTIONS}
        super().__init__(**limits if key == editing.TooMuch.key else {})
        self.key = key


class TooManyDrafts(DraftError):
    key = "error.draft.too_many"


class NotReady(DraftError):
    """`id`: of the draft, whose check tells what is wrong."""

    key = "error.draft.not_ready"

    def __init__(self, id: UUID, name: str) -> None:
        super().__init__(name=name)
        self.id = id
