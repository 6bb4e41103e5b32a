"""What one question tells of another because the questionnaire ties them: by a condition, or by reckoning.

How many answered a question that is put to those alone who said yes, is how many said yes; it must not be
told where that is hidden. So of each estate such a question is told only where it follows from what the bars
of the questions before it tell. In other estates nobody has answered it, for all that leaves this room.

    one question decides      all answers that its bar tells as one part lead the same way
    several do, or one that   each of those with a bar tells every answer apart, and whoever said what lets
    has no bar of its own     her on, but is not among those who answered, is not one of 1 to 4
    it is reckoned            of one question with a bar: as above; of several, or of options: nothing is told

Words and numbers have no bar, and nobody is told how many gave them: what decides about them decides about
all that hangs on them.

A question of consent decides nothing here: who does not consent has not answered. What the bar of a sensitive
question would tell of an estate is told of none, so nothing that follows from it is either; so with all that
tells nothing of an estate. `forms.lint.telling` says so to who makes the questionnaire.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forms import computed
from forms.answers import Layout
from forms.logic import Seen, seen_as
from forms.questionnaire import UNANSWERED, Item
from forms.scoring import favourable_codes
from forms.ties import Decided, decided
from reports.disclosure import MINIMUM, Span, segments_of_each
from reports.likeness import ALL, lasting
from reports.waves import Wave

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
CODES = 256


def untied(wave: Wave, where: Ints) -> tuple[Wave, dict[str, frozenset[int]]]:
    """The wave as anything may be told of it, and of each question that is tied the estates, by their place,
    where it is kept back although somebody answered. `where`: as from `estate_index`.

    Source: our own rule, docs/methods.md; attacked in tests/attack/test_tied_questions.py.
    """
    found = decided(wave.questionnaire)
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

    def decide(self, tie: Decided) -> None:
        answered = self._codes(tie.item.id) != UNANSWERED
        there = np.bincount(self.where[answered], minlength=self.size)
        safe = self._follows(tie, answered, there)
        self.kept_back[tie.item.id] = frozenset(np.flatnonzero((there > 0) & ~safe).tolist())

    def _follows(self, tie: Decided, answered: Flags, there: Ints) -> Flags:
        """Of each estate, whether how many answered it follows from what is told."""
        deciding = [self.form.item(name) for name in sorted(tie.deciding)]
        if len(deciding) == 1 and deciding[0].kind == "choice" and tie.by == tie.deciding:
            return self._leads_one_way(deciding[0], lambda seen: self._outcome(tie, seen))
        safe = np.full(self.size, not any(item.counted for item in deciding if item.id in tie.parts))
        for item in deciding:
            # Of numbers it is reckoned from nothing is told: what they come to is an answer like others.
            if item.id not in tie.parts:
                safe &= self._leaves_enough(item, answered, there)
        return safe

    def _outcome(self, tie: Decided, seen: Mapping[str, Seen]) -> Hashable:
        """What these answers lead to; alike for answers that lead the same way."""
        asked = tuple(condition.holds(seen) for condition in tie.conditions)
        if tie.reckoned is None:
            return asked
        return asked, computed.value(self.form, tie.item, tie.reckoned, seen)

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
            enough: Flags = (self._answers(item) - there >= MINIMUM) & ~self._silent(item)
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
        good = favourable_codes(self.form, item)
        cuts = [
            place for place in range(1, len(codes)) if (codes[place] in good) != (codes[place - 1] in good)
        ]
        table = self._table(item.id, np.ones(self.where.size, np.bool_))[:, codes]
        told = zip(segments_of_each(table, cuts), self._silent(item), strict=True)
        return [() if silent else spans for spans, silent in told]

    def _silent(self, item: Item) -> Flags:
        """Of which estates nothing is told of it."""
        again = self.wave.repeated if lasting(item) else frozenset()
        silent = np.array([item.sensitive or ALL in again or own.id in again for own in self.wave.estates])
        silent[list(self.kept_back.get(item.id, ()))] = True
        return silent

    def _table(self, item_id: str, rows: Flags) -> Ints:
        cells = self.where[rows] * CODES + self._codes(item_id)[rows]
        return np.bincount(cells, minlength=self.size * CODES).reshape(self.size, CODES)

    def _codes(self, item_id: str) -> Ints:
        item = self.form.item(item_id)
        name = f"{item_id}__r1" if item.kind == "rank" else item_id
        codes: Ints = self.wave.frame[name].to_numpy().astype(np.int64)
        return codes
