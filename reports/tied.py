"""What one question tells of another because the questionnaire ties them: by a condition, or by reckoning.

How many answered a question that is put to those alone who said yes, is how many said yes; it must not be
told where that is hidden. So of each estate such a question is told only where it follows from what the bars
of the questions before it tell. In other estates nobody has answered it, for all that leaves this room.

    one question decides      all answers that its bar tells as one part lead the same way
    several do, or one that   each of those with a bar tells every answer apart, and whoever said what lets
    has no bar of its own     her on, but is not among those who answered, is not one of 1 to 4
    it is reckoned            of one question with a bar: as above; of several: nothing is told

A question of consent decides nothing here: who does not consent has not answered. What the bar of a sensitive
question would tell of an estate is told of none, so nothing that follows from it is either.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forms import computed
from forms.answers import Layout
from forms.logic import Condition, Seen, compile_condition, seen_as
from forms.questionnaire import UNANSWERED, Item, Matrix, Questionnaire
from forms.scoring import favourable_codes
from reports.disclosure import MINIMUM, Span, segments_of_each
from reports.likeness import ALL, lasting
from reports.waves import Wave

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
CODES = 256


@dataclass(frozen=True)
class Tie:
    """A question with codes that answers to others decide about. `by`: these, in no order; consents are not
    among them."""

    item: str
    by: frozenset[str]
    conditions: tuple[Condition, ...]
    """It is asked where all of these hold; those of its answers, which decide what can be chosen."""
    reckoned: Condition | None
    """What it is reckoned by, instead of being asked."""

    def outcome(self, form: Questionnaire, seen: Mapping[str, Seen]) -> Hashable:
        """What these answers lead to; alike for answers that lead the same way."""
        asked = tuple(condition.holds(seen) for condition in self.conditions)
        if self.reckoned is None:
            return asked
        return asked, computed.value(form, form.item(self.item), self.reckoned, seen)


def ties(form: Questionnaire) -> tuple[Tie, ...]:
    """In the order of the questionnaire: what decides about a question stands before it.

    Source: our own rule, docs/methods.md.
    """
    return tuple(tie for tie in _all(form) if tie.by)


def _all(form: Questionnaire) -> Iterator[Tie]:
    reckoned = computed.conditions(form)
    items = {item.id: item for item in form.items()}
    for page in form.pages:
        for entry in page.items:
            for item in entry.rows if isinstance(entry, Matrix) else (entry,):
                if not item.counted:
                    continue
                stand = [page.show_if, entry.show_if, item.show_if]
                stand += [choice.show_if for choice in form.choices(item)]
                conditions = tuple(compile_condition(source) for source in dict.fromkeys(stand) if source)
                own = reckoned.get(item.id)
                names = {name for one in (*conditions, *([own] if own else [])) for name in one.references}
                by = frozenset(name for name in names if not items[name].consent)
                yield Tie(item.id, by, conditions, own)


def untied(wave: Wave, where: Ints) -> tuple[Wave, dict[str, frozenset[int]]]:
    """The wave as anything may be told of it, and of each question that is tied the estates, by their place,
    where it is kept back although somebody answered. `where`: as from `estate_index`.

    Source: our own rule, docs/methods.md; attacked in tests/attack/test_tied_questions.py.
    """
    found = ties(wave.questionnaire)
    if not found:
        return wave, {}
    told = _Told(wave, where)
    for tie in found:
        told.decide(tie)
    blank = {
        slot.name: np.isin(where, list(told.kept_back[slot.item_id]))
        for slot in Layout.of(wave.questionnaire).slots
        if told.kept_back.get(slot.item_id)
    }
    columns = [
        pl.Series(name, np.where(rows, UNANSWERED, wave.frame[name].to_numpy()), wave.frame[name].dtype)
        for name, rows in blank.items()
    ]
    return replace(wave, frame=wave.frame.with_columns(columns)), told.kept_back


class _Told:
    """What the bars of single estates tell, question by question."""

    def __init__(self, wave: Wave, where: Ints) -> None:
        self.wave, self.where = wave, where
        self.form = wave.questionnaire
        self.size = len(wave.estates)
        self.responses = np.bincount(where, minlength=self.size)
        self.kept_back: dict[str, frozenset[int]] = {}

    def decide(self, tie: Tie) -> None:
        answered = self._codes(tie.item) != UNANSWERED
        there = np.bincount(self.where[answered], minlength=self.size)
        safe = self._follows(tie, answered, there)
        self.kept_back[tie.item] = frozenset(np.flatnonzero((there > 0) & ~safe).tolist())

    def _follows(self, tie: Tie, answered: Flags, there: Ints) -> Flags:
        """Of each estate, whether how many answered it follows from what is told."""
        deciding = [self.form.item(name) for name in sorted(tie.by)]
        with_bars = [item for item in deciding if item.kind == "choice"]
        read = {
            name
            for one in (*tie.conditions, *([tie.reckoned] if tie.reckoned else []))
            for name in one.references
        }
        if len(deciding) == 1 and with_bars and read == tie.by:
            return self._leads_one_way(with_bars[0], lambda seen: tie.outcome(self.form, seen))
        if tie.reckoned is not None:
            # Of numbers it is a question like others: what they are is told nowhere.
            return np.full(self.size, not with_bars)
        safe = np.ones(self.size, np.bool_)
        for item in deciding:
            safe &= self._leaves_enough(item, answered, there)
        return safe

    def _leads_one_way(self, item: Item, outcome: Callable[[Mapping[str, Seen]], Hashable]) -> Flags:
        ways = []
        for choice in self.form.steps(item):
            seen = seen_as(self.form, item, choice.code)
            ways.append(outcome({} if seen is None else {item.id: seen}))
        return np.array(
            [bool(spans) and all(len({*ways[first:last]}) == 1 for first, last in spans)
             for spans in self._bars(item)]
        )  # fmt: skip

    def _leaves_enough(self, item: Item, answered: Flags, there: Ints) -> Flags:
        if item.kind != "choice":
            enough: Flags = self._answers(item) - there >= MINIMUM
            return enough
        codes = [choice.code for choice in self.form.steps(item)]
        table = self._table(item.id, np.ones(answered.size, np.bool_))[:, codes]
        let_on = np.where(self._table(item.id, answered)[:, codes] > 0, table, 0).sum(axis=1)
        left = let_on - there
        told = np.array([len(spans) == len(codes) for spans in self._bars(item)])
        safe: Flags = told & ((left <= 0) | (left >= MINIMUM))
        return safe

    def _answers(self, item: Item) -> Ints:
        """How many of each estate have answered a question without a bar of its own: of words and numbers
        nobody is told, so it may be all."""
        if not item.counted:
            return self.responses
        given = self._codes(item.id) != UNANSWERED
        return np.bincount(self.where[given], minlength=self.size)

    def _bars(self, item: Item) -> list[tuple[Span, ...]]:
        """Of each estate, in which parts its report tells the answers."""
        codes = [choice.code for choice in self.form.steps(item)]
        if item.sensitive or (lasting(item) and ALL in self.wave.repeated):
            return [()] * self.size
        good = favourable_codes(self.form, item)
        cuts = [
            place for place in range(1, len(codes)) if (codes[place] in good) != (codes[place - 1] in good)
        ]
        table = self._table(item.id, np.ones(self.where.size, np.bool_))[:, codes]
        back = self.kept_back.get(item.id, frozenset())
        told = segments_of_each(table, cuts)
        return [
            () if place in back or (lasting(item) and estate.id in self.wave.repeated) else spans
            for place, (estate, spans) in enumerate(zip(self.wave.estates, told, strict=True))
        ]

    def _table(self, item_id: str, rows: Flags) -> Ints:
        cells = self.where[rows] * CODES + self._codes(item_id)[rows]
        return np.bincount(cells, minlength=self.size * CODES).reshape(self.size, CODES)

    def _codes(self, item_id: str) -> Ints:
        item = self.form.item(item_id)
        name = f"{item_id}__r1" if item.kind == "rank" else item_id
        codes: Ints = self.wave.frame[name].to_numpy().astype(np.int64)
        return codes
