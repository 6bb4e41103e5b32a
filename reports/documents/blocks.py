"""What a document says, part by part, before anybody knows whether it becomes a page or a text file.

A planner reads the same annex as PDF, on the web and in a word processor: it is put into words once, as
these parts, and each way of showing it goes through them in order. All texts are plain; none holds markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from reports.documents.rows import Row


@dataclass(frozen=True)
class Text:
    """`warn`: something is missing, and what to do about it. `opens`: each point after it goes on from it."""

    text: str
    style: Literal["plain", "lead", "note", "warn", "opens"] = "plain"


@dataclass(frozen=True)
class Sub:
    """A heading within a chapter. `level` 3 or 4."""

    title: str
    id: str = ""
    level: int = 3


@dataclass(frozen=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names and what is said of each. `caption`: what the table is about."""

    caption: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """The first cell of a row is its heading. `shares`: of the width for each column, in hundredths;
    `numbers`: columns of figures."""

    id: str
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    numbers: frozenset[int] = frozenset()

    @property
    def heads_rows(self) -> bool:
        """Whether the first cells are headings to a reader: not where a table has more heads than data."""
        return len(self.rows) * (len(self.head) - 1) >= len(self.rows) + len(self.head)

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in (*self.rows, self.shares)):
            raise ValueError(f"table {self.id}: a row has other cells than the heading")


@dataclass(frozen=True)
class Dots:
    """Figures with intervals, drawn on paper and screen. `first` and `unit`: heads of the first and the last
    column."""

    id: str
    caption: str
    rows: tuple[Row, ...]
    first: str
    unit: str


@dataclass(frozen=True)
class Drawing:
    """A figure that stands alone; the table after it tells the same."""

    markup: Markup


@dataclass(frozen=True)
class Pair:
    """A short word and what is said under it: 'Svar fra utleier', 'Delvis innfridd. Vi …'."""

    title: str
    text: str
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One finding and what has come of it. `equals`: what residents, practice and research know, as columns
    of one width."""

    id: str
    title: str
    kind: str
    kind_name: str
    sentence: str
    base: str
    tags: str
    before: tuple[Pair, ...]
    """Why it bears on the goal or the law."""
    equals: tuple[Pair, ...]
    after: tuple[Pair, ...]
    """What was said of it and replied to it, and what will be done."""


@dataclass(frozen=True)
class Seen:
    """A finding that stands in full elsewhere. `id`: of that."""

    id: str
    title: str
    sentence: str
    before: tuple[Pair, ...]


@dataclass(frozen=True)
class Became:
    """What was agreed before under the heading above, what it led to, and what is said now."""

    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Quoted:
    text: str
    source: str


Block = Text | Sub | Points | Facts | Table | Dots | Drawing | Claim | Seen | Became | Quoted


@dataclass(frozen=True)
class Chapter:
    """`whole`: short enough to stand on one page."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    whole: bool = False


@dataclass(frozen=True)
class Said:
    """A whole document: what stands on its cover, and its chapters."""

    title: str
    kind: str
    heading: str
    sub: str
    cover: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]


def kinds(block: Block) -> str:
    """What a template calls the block: 'text', 'table'."""
    return type(block).__name__.lower()


def texts(said: Said) -> Iterator[str]:
    """Every text of the chapters in the order in which it is read."""
    for chapter in said.chapters:
        yield chapter.title
        for block in chapter.blocks:
            yield from _texts(block)


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Text(text=text) | Sub(title=text):
            yield text
        case Points(items=items):
            yield from items
        case Facts(caption=caption, rows=facts):
            yield caption
            for name, text in facts:
                yield from (name, text)
        case Table(caption=caption, head=head, rows=rows):
            yield caption
            for cells in (head, *rows):
                yield from cells
        case Dots(caption=caption, rows=dots):
            yield caption
            for row in dots:
                yield from (row.text, row.value, row.interval)
        case Claim():
            yield from (block.title, block.sentence, block.base, block.tags)
            for pair in (*block.before, *block.equals, *block.after):
                yield from (pair.title, pair.text, *pair.points)
        case Seen(title=title, sentence=sentence, before=before):
            yield from (title, sentence)
            for pair in before:
                yield from (pair.title, pair.text)
        case Became(pairs=pairs):
            for pair in pairs:
                yield from (pair.title, pair.text, *pair.points)
        case Quoted(text=text, source=source):
            yield from (text, source)
