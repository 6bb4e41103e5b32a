"""What of a journey depends on the questionnaire alone: worked out once, then walked for every tenant.

Thousands answer the same questionnaire, which never changes: its conditions, what they read and which codes
count are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from forms import piping
from forms.logic import Condition, Seen, all_seen, compile_conditions
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Page, Questionnaire
from forms.shuffling import any_shuffled, shuffles

KEPT_PLANS = 64


@dataclass(frozen=True)
class VisiblePage:
    """A page on the route, with what is seen of it.

    `entries`: groups in order, (None, (item,)) for a question of its own and (matrix, rows) for a matrix.
    Items have only the choices that are seen; rows carry the scale of their matrix.
    """

    page: Page
    entries: tuple[tuple[Matrix | None, tuple[Item, ...]], ...]

    @property
    def id(self) -> str:
        return self.page.id

    @property
    def items(self) -> tuple[Item, ...]:
        """The questions seen, rows of matrices among them."""
        return tuple(item for _, items in self.entries for item in items)


@dataclass(frozen=True)
class PlannedItem:
    """`id`, `stored`, `counted` and `asks` are the item's own; asked anew of each item for each tenant, they
    would be dear.

    `codes`: of its choices. `alone`: those and the special codes, each of which can be the whole answer.

    `hideable`: some choice has a condition. `read`: some condition of the questionnaire looks at the answer.
    `computed`: what the answer is worked out by, of an item that nobody is shown.
    """

    item: Item
    id: str
    stored: bool
    counted: bool
    asks: bool
    show_if: Condition | None
    choices: tuple[tuple[Choice, Condition | None], ...]
    codes: frozenset[int]
    alone: frozenset[int]
    hideable: bool
    read: bool
    computed: Condition | None


@dataclass(frozen=True)
class PlannedEntry:
    """A question of its own (no matrix, one item), or a matrix with its rows and its own condition."""

    matrix: Matrix | None
    show_if: Condition | None
    items: tuple[PlannedItem, ...]


@dataclass(frozen=True)
class PlannedPage:
    """`items`: of all its entries. `fixed`: the page as everybody sees it, if nothing that it shows can be
    hidden.

    `piped`: the items whose answers stand in its texts.
    """

    page: Page
    show_if: Condition | None
    entries: tuple[PlannedEntry, ...]
    items: tuple[PlannedItem, ...]
    fixed: VisiblePage | None
    piped: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """`blank`: what conditions see before anything is answered. `places`: of the pages, from 0.

    `shuffled`: something comes in another order for each answer.
    """

    pages: tuple[PlannedPage, ...]
    blank: Mapping[str, Seen]
    places: Mapping[str, int]
    shuffled: bool


def plan_of(questionnaire: Questionnaire) -> Plan:
    """QuestionnaireFault lists the conditions that cannot be read."""
    return _plan(_Same(questionnaire))


class _Same:
    """A questionnaire as a key: the very same object, whatever is in it."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire

    def __hash__(self) -> int:
        return id(self.questionnaire)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.questionnaire is self.questionnaire


@lru_cache(maxsize=KEPT_PLANS)
def _plan(same: _Same) -> Plan:
    questionnaire = same.questionnaire
    conditions = compile_conditions(questionnaire)
    named = frozenset[str]().union(*(condition.references for condition in conditions.values()))

    def condition(source: str | None) -> Condition | None:
        return None if source is None else conditions[source]

    def item(planned: Item) -> PlannedItem:
        choices = questionnaire.choices(planned)
        codes = frozenset(choice.code for choice in choices)
        return PlannedItem(
            planned,
            planned.id,
            planned.stored,
            planned.counted,
            planned.asks,
            condition(planned.show_if),
            tuple((choice, condition(choice.show_if)) for choice in choices),
            codes,
            codes | frozenset(SPECIAL_CODES.values()),
            any(choice.show_if is not None for choice in choices),
            planned.id in named,
            condition(planned.computed),
        )

    def entry(planned: Item | Matrix) -> PlannedEntry:
        if isinstance(planned, Matrix):
            rows = tuple(item(row) for row in questionnaire.rows(planned))
            return PlannedEntry(planned, condition(planned.show_if), rows)
        return PlannedEntry(None, None, (item(planned),))

    def planned_page(page: Page) -> PlannedPage:
        entries = tuple(entry(each) for each in page.items)
        items = tuple(item for entry in entries for item in entry.items)
        hides = any(entry.show_if for entry in entries)
        hides = hides or any(item.show_if or item.hideable for item in items)
        seen = tuple(
            (entry.matrix, tuple(each.item for each in entry.items))
            for entry in entries
            if entry.matrix is not None or entry.items[0].computed is None
        )
        piped = piping.named(page)
        fixed = None if hides or piped or shuffles(page) else VisiblePage(page, seen)
        return PlannedPage(page, condition(page.show_if), entries, items, fixed, piped)

    pages = tuple(planned_page(page) for page in questionnaire.pages)
    return Plan(
        pages,
        all_seen(questionnaire, {}),
        {page.id: place for place, page in enumerate(questionnaire.pages)},
        any_shuffled(questionnaire),
    )
