"""What can be done with a questionnaire in the making; `forms.editing` does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Starter = Literal[
    "choice", "multi", "rank", "agree", "satisfied", "yes_no", "from_0_to_10", "matrix",
    "text", "line", "number", "month", "allocate", "place", "pictures", "consent", "info",
    "computed", "sorted",
]  # fmt: skip
"""What a new question can begin as: a kind, or a kind with a scale that is often wanted. `place`: one of
the areas of whoever asks. `computed`, `sorted`: a number, an answer that is reckoned from earlier ones."""
STARTERS: tuple[Starter, ...] = (
    "satisfied", "agree", "yes_no", "from_0_to_10", "choice", "multi", "rank", "matrix",
    "text", "line", "number", "month", "allocate", "place", "pictures", "consent", "info",
    "computed", "sorted",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What an operation is about, and its id: see `parts`."""

    kind: Literal["form", "page", "entry", "scale", "answer", "step", "must", "scoring"]
    id: str = ""


FORM = Part("form")
SCORING = Part("scoring")


@dataclass(frozen=True)
class AddPage:
    """A page with this title, after the page `after`, or last."""

    language: str
    title: str
    after: str = ""


@dataclass(frozen=True)
class AddQuestion:
    """A question that asks these words, last on the page. `answers`: to begin with, where it has its own."""

    page: str
    starter: Starter
    language: str
    words: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class AddRow:
    matrix: str
    language: str
    words: str


@dataclass(frozen=True)
class AddScale:
    """A scale with these answers, the lowest first; their points are spread evenly from 0 to 100."""

    language: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class AddMust:
    """A demand on the answer to a question: a condition, and by language what is said when it is not met."""

    entry: str
    condition: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class Change:
    """Other `fields` for a part; None takes a field away. Fields that are not named stay.

    Of a page, with its `module` also its `label`: what that is called, where it is new.
    Of `SCORING`: `index`, `labels` (names of its objects, by id; None: no more) and `items` (where each
    question counts, by id; None: nowhere).
    """

    part: Part
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Move:
    """One place up (-1) or down (1); a question at the edge of its page goes over to the next."""

    part: Part
    by: Literal[-1, 1]


@dataclass(frozen=True)
class MoveTo:
    """A question to the end of another page."""

    entry: str
    page: str


@dataclass(frozen=True)
class Copy:
    """A copy of a page, a question or a scale right after it. It has ids of its own, and so no answers behind
    it."""

    part: Part


@dataclass(frozen=True)
class Delete:
    part: Part


@dataclass(frozen=True)
class Join:
    """The pages of a module of the house, last. Its questions keep their ids, where those are free."""

    module: str


@dataclass(frozen=True)
class Say:
    """Texts in one language, by address: (what stood there, what shall). Others than these stay.

    Raises Elsewhere when somebody else changed one of them to something else meanwhile.
    """

    language: str
    texts: Mapping[str, tuple[str, str]]


Operation = (
    AddPage | AddQuestion | AddRow | AddScale | AddMust | Change | Move | MoveTo | Copy | Delete | Join | Say
)
