"""What one question tells of another because the questionnaire ties them: by a condition, or by reckoning.

How many answered a question that is put to those alone who said yes, is how many said yes; it must not be
told where that is hidden. So such a question is told only where the report says already how many were asked:

    one question decides      in estates where all answers that its bar tells as one part lead the same way
    one option of several     in estates where every option of that question is told
    numbers decide            in estates where 5 or more were not asked: it is a bar of two parts
    worked out from numbers   everywhere: of numbers nothing else is told
    else                      nowhere, see `forms.entangled`

In other estates nobody has answered it, for all that leaves this room. A question of consent decides nothing
here: who does not consent has not answered. What the bar of a sensitive question would tell of an estate is
told of none, so nothing that follows from it is either. `forms.lint.telling` says so beforehand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forms.answers import Layout
from forms.entangled import Telling, outcome, telling
from forms.questionnaire import UNANSWERED, Item
from forms.scoring import favourable_codes
from forms.ties import Decided, decided
from reports.counts import Counts, count
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
    form = wave.questionnaire
    ties, rule = {tie.item.id: tie for tie in decided(form)}, telling(form)
    bound = ties.keys() | rule.never.keys() | rule.whole
    if not bound:
        return wave, {}
    told = _Told(wave, where)
    for item in form.items():
        if item.id in bound:
            told.decide(item, ties.get(item.id), rule)
    blank = {
        slot.name: np.isin(where, list(told.kept_back[slot.item_id]))
        for slot in Layout.of(form).slots
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

    def decide(self, item: Item, tie: Decided | None, rule: Telling) -> None:
        """In which estates it is kept back. `tie`: what decides about it."""
        there = self._answered(item)
        safe = np.full(self.size, item.id not in rule.never)
        if tie is not None and item.id not in rule.never:
            safe &= self._follows(tie, there)
        if item.id in rule.whole:
            safe &= self._all_options(item)
        self.kept_back[item.id] = frozenset(np.flatnonzero((there > 0) & ~safe).tolist())

    def _follows(self, tie: Decided, there: Ints) -> Flags:
        """Of each estate, whether how many answered it follows from what is told."""
        deciding = [self.form.item(name) for name in sorted(tie.deciding)]
        if deciding[0].kind == "choice":
            return self._leads_one_way(deciding[0], tie)
        if deciding[0].kind == "multi":
            return self._all_options(deciding[0])
        if tie.reckoned is not None:
            return np.ones(self.size, np.bool_)
        enough: Flags = (self.responses - there >= MINIMUM) & (not any(item.sensitive for item in deciding))
        return enough

    def _leads_one_way(self, item: Item, tie: Decided) -> Flags:
        ways = [outcome(self.form, tie, choice.code) for choice in self.form.steps(item)]
        return np.array(
            [bool(spans) and all(len({*ways[first:last]}) == 1 for first, last in spans)
             for spans in self._bars(item)]
        )  # fmt: skip

    def _all_options(self, item: Item) -> Flags:
        """Of each estate, whether every option of a question with several answers is told."""
        n, chosen = self._counts.substantive(item.id), np.stack([*self._counts.chosen[item.id].values()])
        told: Flags = ((chosen >= MINIMUM) & (n - chosen >= MINIMUM)).all(axis=0) & ~self._silent(item)
        return told

    @cached_property
    def _counts(self) -> Counts:
        return count(self.wave, self.where)

    def _answered(self, item: Item) -> Ints:
        return np.bincount(self.where[self._codes(item.id) != UNANSWERED], minlength=self.size)

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
