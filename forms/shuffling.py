"""Another order for each tenant, and the same one whenever that tenant comes back.

Only what is shown changes place: conditions, answers and bytes keep the order in which the questionnaire is
written. Nothing of the order is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TypeVar

from forms.questionnaire import Choice, Item, Matrix, Page

Entries = tuple[tuple[Matrix | None, tuple[Item, ...]], ...]
Thing = TypeVar("Thing")


def shuffles(page: Page) -> bool:
    """Whether anything on the page changes place."""
    rows = [row for entry in page.items for row in (entry.rows if isinstance(entry, Matrix) else (entry,))]
    return page.shuffle or any(entry.shuffle for entry in page.items) or any(row.shuffle for row in rows)


def shuffled(page: Page, entries: Entries, seed: str) -> Entries:
    """What is seen of the page in the order of `seed`; '' is the order in which it is written."""
    if not seed:
        return entries
    own = [
        (matrix, tuple(_item(item, seed) for item in _rows(matrix, items, seed))) for matrix, items in entries
    ]
    return tuple(_mixed(own, _name, seed) if page.shuffle else own)


def _rows(matrix: Matrix | None, items: tuple[Item, ...], seed: str) -> Sequence[Item]:
    shuffled = matrix is not None and matrix.shuffle
    return _mixed(items, lambda item: item.id, seed) if shuffled else items


def _name(entry: tuple[Matrix | None, tuple[Item, ...]]) -> str:
    matrix, items = entry
    return items[0].id if matrix is None else matrix.id


def _item(item: Item, seed: str) -> Item:
    """With its choices in the order of `seed`; those that stand alone or off the scale stay last."""
    if not item.shuffle:
        return item
    last = [choice for choice in item.choices if _stays(choice)]
    others = [choice for choice in item.choices if not _stays(choice)]
    return item.model_copy(
        update={"choices": (*_mixed(others, lambda c: f"{item.id}/{c.code}", seed), *last)}
    )


def _stays(choice: Choice) -> bool:
    return choice.exclusive or choice.off_scale


def _mixed(things: Sequence[Thing], name: Callable[[Thing], str], seed: str) -> list[Thing]:
    # By a hash and not by `random`, whose shuffle is not the same in every version of Python.
    return sorted(things, key=lambda thing: blake2b(f"{seed}/{name(thing)}".encode()).digest())
