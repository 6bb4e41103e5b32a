"""Which answers lead where: conditions tried with every way their items can be answered.

Only the items a condition depends on are tried, and of their words only those that are named somewhere, with
one that stands for all the rest: to a condition the rest are alike. On the route an item also depends on the
conditions it is shown under, and is unanswered where they do not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations
from math import inf, prod
from typing import TypeVar

from forms import computed
from forms.condition_tree import (
    And,
    Compare,
    Each,
    In,
    Literal,
    Name,
    Negative,
    Node,
    Several,
    Some,
    Sum,
    held,
    names,
    results,
    walk,
)
from forms.errors import ConditionFault
from forms.expressions import normal
from forms.logic import Condition, Seen, compile_condition, kinds, seen_as
from forms.measures import YEARS
from forms.questionnaire import Choice, Item, Matrix, Questionnaire

T = TypeVar("T")
MOST_TRIED = 20_000
"""Conditions evaluated for one question, some 0.15 s."""
MOST_TRIED_IN_ALL = 200_000
"""For a whole questionnaire: what is left then is not decided."""
LONG = 120
"""Characters of a condition that cost as much again to evaluate: three or four comparisons."""
MOST_ITEMS = 100
"""That one question may depend on."""
MOST_RANGES = 1_000
"""Ways to answer all numbers and months that are reckoned with, up to which every one of them is tried."""


@dataclass(frozen=True)
class Found:
    """`outcomes` that some answers bring about. `all_tried`: there are no others."""

    outcomes: frozenset[bool]
    all_tried: bool


@dataclass(frozen=True)
class _Way:
    """One way an item can be answered: what conditions see, and the words that must be on offer."""

    seen: Seen | None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Facts:
    """What one condition holds its items against, which of them stand against each other or are reckoned
    with, and the lists that are written out."""

    held: tuple[tuple[str, str | float], ...]
    mixed: frozenset[str]
    lists: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=4096)
def _facts(source: str) -> _Facts:
    whole = compile_condition(source).node
    mixed: set[str] = set()
    lists: list[tuple[str, tuple[str, ...]]] = []
    for node in walk(whole):
        if isinstance(node, Compare | In):
            if not (_simple(node.left) and _simple(node.right)) or (names(node.left) and names(node.right)):
                mixed |= names(node)
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, Name) and isinstance(other, Several):
                    lists.append((one.item, tuple(map(str, other.values))))
        elif isinstance(node, Some) and names(node.body):
            mixed |= names(node)
    for leaf in results(whole):
        if isinstance(leaf, Name | Sum | Negative):  # a computed answer follows it, whatever it is
            mixed |= names(leaf)
    return _Facts(tuple(dict.fromkeys(held(whole))), frozenset(mixed), tuple(lists))


def _simple(node: Node) -> bool:
    return isinstance(node, Name | Literal | Several | Each) or (
        isinstance(node, Negative) and isinstance(node.part, Literal)
    )


@lru_cache(maxsize=4096)
def _conjuncts(source: str) -> tuple[Condition, ...]:
    """What all has to hold for the condition to hold."""
    whole = compile_condition(source)
    if not isinstance(whole.node, And):
        return (whole,)
    try:
        return tuple(compile_condition(normal(part)) for part in whole.node.parts)
    except ConditionFault:  # written out, a part may be longer than a condition can be
        return (whole,)


class _Enough(Exception):
    """So many have been tried that the rest must be left."""


class Reach:
    """The ways through one questionnaire, whose conditions can be read and fit their items.

    `shown`: the conditions an item is shown under: of its page, its matrix and its own.
    """

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.kinds = kinds(questionnaire)
        self.computed = computed.conditions(questionnaire)
        self.items = {item.id: item for item in questionnaire.items()}
        self._order = {item_id: place for place, item_id in enumerate(self.items)}
        self.shown: dict[str, tuple[str, ...]] = {}
        for page in questionnaire.pages:
            for entry in page.items:
                for row in entry.rows if isinstance(entry, Matrix) else (entry,):
                    stands = (page.show_if, entry.show_if, row.show_if if row is not entry else None)
                    self.shown[row.id] = tuple(source for source in stands if source is not None)
        self.left = MOST_TRIED_IN_ALL
        self._known: dict[tuple[tuple[str, ...], bool, tuple[str, str] | None, bool], Found] = {}

    def tried(
        self,
        sources: Sequence[str],
        *,
        on_route: bool,
        unsaid: tuple[str, str] | None = None,
        demanded: bool = False,
    ) -> Found:
        """Whether all of `sources` hold together. `on_route`: only as far as somebody can get there.

        `unsaid`: an item and the word that nobody answers it with. `demanded`: only with answers that meet
        what is demanded of them by themselves. On the route the search ends when one way is found.
        """
        key = (tuple(sources), on_route, unsaid, demanded)
        if key not in self._known:
            conditions = [compile_condition(source) for source in sources]
            self._known[key] = _Search(self, conditions, on_route, unsaid, demanded).found
        return self._known[key]

    def demands(self, item_id: str) -> list[Condition]:
        """What is demanded of this answer alone: where it must fit others, those can be changed later."""
        found = (compile_condition(must.condition) for must in self.items[item_id].must)
        return [condition for condition in found if condition.references == {item_id}]

    def depends(
        self, conditions: Sequence[Condition], on_route: bool, demanded: bool = False
    ) -> tuple[list[str], list[Condition]]:
        """The items these depend on in order, and every condition that plays a part."""
        needed: set[str] = set()
        playing = list(conditions)
        for condition in playing:
            for item_id in sorted(condition.references - needed):
                needed.add(item_id)
                if item_id in self.computed:
                    playing.append(self.computed[item_id])
                if demanded:
                    playing += self.demands(item_id)
                if on_route:
                    playing += [compile_condition(source) for source in self._behind(item_id)]
        return sorted(needed, key=self._order.__getitem__), playing

    def _behind(self, item_id: str) -> list[str]:
        choices = self.questionnaire.choices(self.items[item_id])
        return [*self.shown[item_id], *(choice.show_if for choice in choices if choice.show_if)]


class _Search:
    def __init__(
        self,
        reach: Reach,
        conditions: Sequence[Condition],
        on_route: bool,
        unsaid: tuple[str, str] | None,
        demanded: bool,
    ) -> None:
        self._reach = reach
        self._unsaid = unsaid
        self._demanded = demanded
        self._on_route = on_route
        self._needed, self._playing = reach.depends(conditions, on_route, demanded)
        self._decided = _by_last(
            [part for whole in conditions for part in _conjuncts(whole.source)], self._needed
        )
        self._whole = True
        self._left = MOST_TRIED
        self._outcomes: set[bool] = set()
        facts = [_facts(condition.source) for condition in self._playing]
        self._mixed = frozenset[str]().union(*(each.mixed for each in facts))
        self._written = [pair for each in facts for pair in each.lists]
        self._held: dict[str, list[str | float]] = {item_id: [] for item_id in self._needed}
        for item_id, value in dict.fromkeys(pair for each in facts for pair in each.held):
            self._held[item_id].append(value)
        self._ranged = self._in_full()

    @cached_property
    def found(self) -> Found:
        try:
            if len(self._needed) > MOST_ITEMS:
                raise _Enough
            ways = [
                [way for way in self._ways(self._reach.items[item_id]) if self._said(item_id, way)]
                for item_id in self._needed
            ]
            done = self._hopeless(ways) or not self._walk(ways, 0, {})
        except _Enough:
            done = False
        return Found(frozenset(self._outcomes), self._whole and done)

    def _walk(self, ways: list[list[_Way]], place: int, seen: dict[str, Seen]) -> bool:
        """Every way from here. True when nothing more is to be learnt.

        What all have to hold is tried as soon as the last it reads is answered: where it does not, the rest
        can be answered as it may.
        """
        if not all(self._holds(condition, seen) for condition in self._decided[place]):
            return self._learnt(False)
        if place == len(ways):
            return self._learnt(True)
        item = self._reach.items[self._needed[place]]
        for way in self._open(item, ways[place], seen):
            after = dict(seen)
            if way.seen is not None:
                after[item.id] = way.seen
            if self._walk(ways, place + 1, after):
                return True
        return False

    def _hopeless(self, ways: list[list[_Way]]) -> bool:
        """Whether one question can be answered in no way that its part of the conditions takes, whatever is
        said to the others: to walk through those would find out the same, too late."""
        for item_id, own in zip(self._needed, ways, strict=True):
            parts = [
                part
                for part in self._decided[self._needed.index(item_id) + 1]
                if part.references == {item_id} and item_id not in self._reach.computed
            ]
            if parts and not any(self._alone(item_id, way, parts) for way in own):
                self._outcomes.add(False)
                return True
        return False

    def _alone(self, item_id: str, way: _Way, parts: Sequence[Condition]) -> bool:
        seen = {} if way.seen is None else {item_id: way.seen}
        return all(self._holds(part, seen) for part in parts)

    def _learnt(self, outcome: bool) -> bool:
        self._outcomes.add(outcome)
        return len(self._outcomes) == 2 or (self._on_route and True in self._outcomes)

    def _said(self, item_id: str, way: _Way) -> bool:
        """Whether anybody answers so."""
        if (item_id, way.seen) == self._unsaid:
            return False
        item = self._reach.items[item_id]
        if not self._demanded or way.seen is None or way.seen == self._blank(item):
            return True
        if set(way.words) & set(item.specials):
            return True
        return all(
            demand.outcome({item_id: way.seen}) is not False for demand in self._reach.demands(item_id)
        )

    def _in_full(self) -> frozenset[str]:
        """Numbers and months that are reckoned with, when they are few enough to be tried one and all."""
        measured = [name for name in self._needed if self._reach.items[name].kind in ("number", "month")]
        reckoned = self._mixed.intersection(measured) - self._reach.computed.keys()
        ways = prod(_size(self._reach.items[name]) for name in reckoned)
        return reckoned if ways <= MOST_RANGES else frozenset()

    def _holds(self, condition: Condition, seen: dict[str, Seen]) -> bool:
        self._spend(1 + len(condition.source) // LONG)
        return condition.holds(seen)

    def _spend(self, cost: int = 1) -> None:
        self._left -= cost
        self._reach.left -= cost
        if self._left < 0 or self._reach.left < 0:
            raise _Enough

    def _open(self, item: Item, ways: list[_Way], seen: dict[str, Seen]) -> Iterator[_Way]:
        """The ways that are open to somebody who has answered as `seen`."""
        if item.id in self._reach.computed:
            shown = map(compile_condition, self._reach.shown[item.id])
            there = not self._on_route or all(self._holds(condition, seen) for condition in shown)
            yield _Way(self._computed(item, seen) if there else self._blank(item))
            return
        if not self._on_route:
            yield from ways
            return
        shown = map(compile_condition, self._reach.shown[item.id])
        if not all(self._holds(condition, seen) for condition in shown):
            yield _Way(self._blank(item))
            return
        hidden = {
            choice.value
            for choice in self._reach.questionnaire.choices(item)
            if choice.show_if is not None and not self._holds(compile_condition(choice.show_if), seen)
        }
        yield from (way for way in ways if not hidden.intersection(way.words))

    def _computed(self, item: Item, seen: dict[str, Seen]) -> Seen | None:
        self._spend()
        questionnaire = self._reach.questionnaire
        answer = computed.value(questionnaire, item, self._reach.computed[item.id], seen)
        return seen_as(questionnaire, item, answer)

    def _blank(self, item: Item) -> Seen | None:
        return seen_as(self._reach.questionnaire, item, None)

    def _ways(self, item: Item) -> Iterator[_Way]:
        if item.id in self._reach.computed:
            return  # worked out from the ways of others
        kind = self._reach.kinds[item.id]
        choices = self._reach.questionnaire.choices(item)
        if choices and kind == "number":
            for choice in choices:
                yield _Way(choice.number, (choice.value,))
        elif kind == "number":
            yield from map(_Way, self._or_all(item, _numbers(item, self._held[item.id]), _all_numbers))
        elif kind == "month":
            yield from map(_Way, self._or_all(item, _months(item, self._held[item.id]), _all_months))
        elif kind == "word":
            for word in self._apart(item, [choice.value for choice in choices]):
                yield _Way(word, (word,))
        elif kind == "words":
            yield from self._lists(item, choices)
        else:
            self._whole = self._whole and item.id not in self._mixed
            named = self._named(item)
            other = next(word for word in ("x" * n for n in range(1, len(named) + 2)) if word not in named)
            for word in (*named, other):
                yield _Way(word)
        yield _Way(self._blank(item))

    def _or_all(self, item: Item, beside: list[T], every: Callable[[Item], Iterator[T]]) -> Iterable[T]:
        """Those beside what it is held against, first of all there are where they are few."""
        if item.id in self._ranged:
            return dict.fromkeys([*beside, *every(item)])
        self._whole = self._whole and item.id not in self._mixed
        return beside

    def _lists(self, item: Item, choices: Sequence[Choice]) -> Iterator[_Way]:
        alone = {choice.value for choice in choices if choice.exclusive} | set(item.specials)
        words = self._apart(item, [choice.value for choice in choices])
        together = [word for word in words if word not in alone]
        most = item.rank_size if item.kind == "rank" else len(together)
        self._whole = self._whole and item.id not in self._mixed
        for item_id, several in self._written:
            if item_id != item.id:
                continue
            if len(several) <= most and set(several) <= set(together) and len(set(several)) == len(several):
                yield _Way(list(several), several)
        for word in words:
            if word in alone:
                yield _Way([word], (word,))
        for size in range(1, min(most, len(together)) + 1):
            for several in combinations(together, size):
                yield _Way(list(several), several)
                self._spend()

    def _apart(self, item: Item, offered: list[str]) -> list[str]:
        """Words that conditions tell apart: those they name, and one for the rest that all can choose."""
        words = [*offered, *item.specials]
        if item.id in self._mixed:
            return words
        named = set(self._named(item))
        rest = [word for word in words if word not in named]
        choices = self._reach.questionnaire.choices(item)
        for_all = {choice.value for choice in choices if choice.show_if is None and not choice.exclusive}
        kept = named | set([word for word in rest if word in for_all][:1] or rest)
        return [word for word in words if word in kept]

    def _named(self, item: Item) -> list[str]:
        return [value for value in self._held[item.id] if isinstance(value, str)]


def _numbers(item: Item, against: Sequence[str | float]) -> list[float]:
    """Numbers it can be answered with, on both sides of what it is held against, and some others."""
    step = Decimal(1).scaleb(-item.decimals)
    cuts = [
        *(value for value in against if isinstance(value, float)),
        0.0,
        2.0,
        10.0,
        1_000.0,
        1_000_000.0,
        item.minimum,
    ]
    if item.maximum is not None:
        cuts.append(item.maximum)
    beside = (Decimal(repr(cut)) // step * step + step * side for cut in cuts for side in (-1, 0, 1))
    return [
        value
        for value in dict.fromkeys(map(float, beside))
        if value >= item.minimum and (item.maximum is None or value <= item.maximum)
    ]


def _all_numbers(item: Item) -> Iterator[float]:
    step = Decimal(1).scaleb(-item.decimals)
    return (float(Decimal(repr(item.minimum)) + step * place) for place in range(int(_size(item))))


def _all_months(item: Item) -> Iterator[str]:
    first, _ = _span(item)
    return (_month_beside(first, place) for place in range(int(_size(item))))


def _size(item: Item) -> float:
    """How many numbers or months there are to answer with; infinite without an upper limit."""
    if item.kind == "month":
        (first, last) = (int(month[:4]) * 12 + int(month[5:]) for month in _span(item))
        return max(0, last - first + 1)
    if item.maximum is None:
        return inf
    return max(0, int((Decimal(repr(item.maximum)) - Decimal(repr(item.minimum))).scaleb(item.decimals)) + 1)


def _span(item: Item) -> tuple[str, str]:
    return item.earliest or f"{YEARS[0]}-01", item.latest or f"{YEARS[1]}-12"


def _by_last(conditions: Sequence[Condition], needed: Sequence[str]) -> list[list[Condition]]:
    """Conditions by how many of the needed are answered before they can be tried."""
    order = {name: place for place, name in enumerate(needed, start=1)}
    found: list[list[Condition]] = [[] for _ in range(len(needed) + 1)]
    for condition in conditions:
        found[max((order[name] for name in condition.references), default=0)].append(condition)
    return found


def _months(item: Item, against: Sequence[str | float]) -> list[str]:
    first, last = _span(item)
    cuts = [first, last, *(value for value in against if isinstance(value, str))]
    beside = (_month_beside(cut, side) for cut in cuts for side in (-1, 0, 1))
    return [month for month in dict.fromkeys(beside) if first <= month <= last]


def _month_beside(month: str, side: int) -> str:
    year, of_year = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + side, 12)
    return f"{year:04}-{of_year + 1:02}"
