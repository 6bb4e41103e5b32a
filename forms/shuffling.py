"""Another order for each answer, and the same one whenever its owner comes back.

Which order it is, is a number from 1 to 24 that is drawn by lot and kept with the answers, as `ORDER`: so it
is the same on every page, and can be looked at afterwards. It says nothing of who answered: every
number falls to one in 24, and no two drawings have to do with each other.

Only what is shown changes place: conditions, answers and bytes keep the order in which the questionnaire is
written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

from forms.questionnaire import Choice, Item, Matrix, Page, Questionnaire

ORDER = "order"
"""Where the number stands among the answers; no item is called so."""
ORDERS = 24
"""So few that nobody is known by theirs, and enough that two, three, four, six and eight things come in each
place equally often."""

Entries = tuple[tuple[Matrix | None, tuple[Item, ...]], ...]
Thing = TypeVar("Thing")


def shuffles(page: Page) -> bool:
    """Whether anything on the page changes place."""
    rows = [row for entry in page.items for row in (entry.rows if isinstance(entry, Matrix) else (entry,))]
    return page.shuffle or any(entry.shuffle for entry in page.items) or any(row.shuffle for row in rows)


def any_shuffled(questionnaire: Questionnaire) -> bool:
    """Whether answers to it have an order."""
    return any(shuffles(page) for page in questionnaire.pages)


def order_in(answers: Mapping[str, object]) -> int:
    """The number among the answers; 0 when there is none, or it is no number of an order."""
    found = answers.get(ORDER)
    return found if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= ORDERS else 0


def shuffled(page: Page, entries: Entries, order: int) -> Entries:
    """What is seen of the page in this order, 1 to `ORDERS`; 0 is the order in which it is written.

    What comes and goes with other answers does not move the rest about.
    """
    if not order:
        return entries
    written = {entry.id: entry for entry in page.items}
    own = [
        (matrix, tuple(_item(item, written.get(item.id), order) for item in _rows(matrix, items, order)))
        for matrix, items in entries
    ]
    if not page.shuffle:
        return tuple(own)
    return tuple(_mixed(own, _name, [entry.id for entry in page.items], page.id, order))


def _rows(matrix: Matrix | None, items: tuple[Item, ...], order: int) -> Sequence[Item]:
    if matrix is None or not matrix.shuffle:
        return items
    return _mixed(items, lambda item: item.id, [row.id for row in matrix.rows], matrix.id, order)


def _name(entry: tuple[Matrix | None, tuple[Item, ...]]) -> str:
    matrix, items = entry
    return items[0].id if matrix is None else matrix.id


def _item(item: Item, written: Item | Matrix | None, order: int) -> Item:
    """With its choices in this order; those that stand alone or off the scale stay last."""
    if not item.shuffle or not isinstance(written, Item):
        return item
    last = [choice for choice in item.choices if _stays(choice)]
    others = [choice for choice in item.choices if not _stays(choice)]
    names = [choice.value for choice in written.choices if not _stays(choice)]
    mixed = _mixed(others, lambda choice: choice.value, names, item.id, order)
    return item.model_copy(update={"choices": (*mixed, *last)})


def _stays(choice: Choice) -> bool:
    return choice.exclusive or choice.off_scale


def _mixed(
    things: Sequence[Thing], name: Callable[[Thing], str], names: Sequence[str], of: str, order: int
) -> list[Thing]:
    """The things in this order of all the `names` that there could be.

    As many orders as there are names are turns of one drawn by a hash (not by `random`, whose shuffle is not
    the same in every version of Python): over them each stands once in each place.
    """
    if not names:  # all of them stay where they are
        return list(things)
    block, turn = divmod(order - 1, len(names))
    drawn = sorted(names, key=lambda each: blake2b(f"{block}/{of}/{each}".encode()).digest())
    place = {each: (at + turn) % len(names) for at, each in enumerate(drawn)}
    return sorted(things, key=lambda thing: place[name(thing)])
