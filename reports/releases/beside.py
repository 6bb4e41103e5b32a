"""What a release tells beside the reports: the bars and scores of all, less the records, are what is blanked.

A report tells of all estates together, a release of each question in nearly every estate, to the person. Take
the one from the other, and what is left is the estate that was left out, or blanked for being of one mind. So
further questions of further estates are blanked, until every count of 1 to 4, or of everybody, of what was
not to be told keeps five numbers beside the reports and the records together: by the same engine as the
scores of the reports (`disclosure/worlds.py`, whole numbers) where it can be solved, else as their totals are
reckoned (`disclosure/segments.py`, `disclosure/sums.py`). What is blanked last is what the reports hide
themselves, and those hold without a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from reports.bars import Bar, kept_back
from reports.columns import cuts_of, good_answers
from reports.cut_bars import Spans
from reports.disclosure import MINIMUM, segments_of_each
from reports.disclosure import worlds as solving
from reports.disclosure.segments import still_stands
from reports.disclosure.sums import Room, Score, Sums
from reports.disclosure.worlds import Question, Worlds, can_be_solved
from reports.openness import parts_made, total_of
from reports.options import withheld
from reports.scope import Groundwork
from reports.waves import Wave

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

MOST_UNKNOWN, MOST_ESTATES = 1_500, 40
"""Counts not told by reports and records together, and estates, up to which they are solved for."""


PATIENCE = 3
"""Rounds in which one question is blanked for each that lacks; then all that can help it."""


@dataclass(frozen=True)
class Column:
    """What can be blanked at once: one question, or one option of several. `hidden`: E, where it is."""

    item_id: str
    names: tuple[str, ...]
    hidden: Flags
    code: int | None = None
    """Of an option of a question with several answers."""


@dataclass(frozen=True)
class _Asked:
    """One bar. `column`: its place among the columns, None where the release has none of it."""

    column: int | None
    question: Question
    bar: solving.Bar | None


def also_blanked(ground: Groundwork, columns: Sequence[Column], pooled: Flags, named: Flags) -> list[Flags]:
    """Of each column the estates (E) where it must be blanked too, for what reports and records tell
    together.

    `pooled`: estates whose records are put together, `named`: that have records of their own. Others are left
    out. Source: our own rule, docs/methods.md.
    """
    return _Release(ground, columns, pooled, named).blanked()


class _Release:
    def __init__(self, ground: Groundwork, columns: Sequence[Column], pooled: Flags, named: Flags) -> None:
        self.ground, self.columns, self.pooled = ground, columns, pooled
        # Of a pool the records tell the sum: as much as of one estate, and so it is taken to be told.
        self.named = named | pooled
        made = parts_made(ground)
        self.asked = _asked(ground, columns, made.items, made.questions)
        more = len(self.asked) - len(made.items)
        self.scores = [
            Score(np.pad(own.weights, ((0, 0), (0, more))), own.inside, own.down, own.up)
            for own in made.scores
        ]
        self.told = [ground.open.estates[key] for key in made.keys] if made.scores else []
        self.totals = [total_of(ground, key, made.shares[key]) for key in made.keys] if made.scores else []
        self.first = [column.hidden | ~self.named for column in columns]
        """What is not to be told, and must not follow."""
        self.hidden = [own.copy() for own in self.first]
        self.ranges: dict[tuple[int, int, int], tuple[int, int]] = {}
        """Estate, question, answer -> between what it is seen to lie."""
        self.rounds = 0
        self.lost: set[tuple[int, int]] = set()
        """Estate, question: what the reports alone do not leave its range, no blank will."""

    def blanked(self) -> list[Flags]:
        if len(self.named) > 1 and any(own.any() for own in self.first):
            while not self._one_more():
                pass
        return [now & ~before for now, before in zip(self.hidden, self.first, strict=True)]

    def _one_more(self) -> bool:
        """Blank what is lacking, once round. True when nothing is, or nothing more can be blanked."""
        questions = [self._seen(own) for own in self.asked]
        if len(self.named) <= MOST_ESTATES and can_be_solved(questions, MOST_UNKNOWN):
            return not self._solved(questions)
        if not any(_unknown(own) for own in questions):
            return True
        return not self._reckoned(questions)

    # ------------------------------------------------------------ what is known, and blanked

    def _records_tell(self, own: _Asked) -> Flags:
        """E: where the records tell this question to the person."""
        if own.column is None:
            return np.zeros(len(self.named), np.bool_)
        return self.named & ~self.hidden[own.column]

    def _secret(self, place: int, estate: int) -> bool:
        """Whether this was not to be told. What is blanked for its sake alone could have been: found out, it
        is no more than what the records tell of others."""
        column = self.asked[place].column
        return column is None or bool(self.first[column][estate])

    def _seen(self, own: _Asked) -> Question:
        """With the records, too; of estates that no total counts, nothing."""
        size = own.question.counts.shape[1]
        singly = tuple((place, place + 1) for place in range(size))
        records = self._records_tell(own)
        told = [singly if shown else t for shown, t in zip(records, own.question.told, strict=True)]
        return replace(own.question, counts=_large(own.question.counts), told=told)

    def _blank(self, column: int, estate: int) -> None:
        """The records of an estate in a pool are no others than those of the pool."""
        self.hidden[column][self.pooled if self.pooled[estate] else estate] = True

    def _beside_it(self, place: int) -> bool:
        """Blank the same question in the smallest further estate that its bar hides some of; False: none."""
        own = self.asked[place]
        if own.column is None:
            return False
        n = own.question.counts.sum(axis=1)
        size = own.question.counts.shape[1]
        here = self._records_tell(own) & (n >= MINIMUM)
        if own.bar is not None:
            here &= (own.bar.per_answer > 0) | ~(own.bar.per_answer > 0).any()
        can = [e for e in np.flatnonzero(here).tolist() if _merges(own.question.told[e], size)]
        if not can:
            return False
        self._blank(own.column, min(can, key=lambda e: (n[e], e)))
        return True

    def _within(self, place: int, estate: int, score: Score) -> bool:
        """Blank another question of the same score in this estate; the one that gives way farthest for what
        it holds. False: none."""
        can = []
        for other in np.flatnonzero(score.weights[estate] > 0).tolist():
            own = self.asked[other]
            if other == place or own.column is None or not self._records_tell(own)[estate]:
                continue
            if _merges(own.question.told[estate], own.question.counts.shape[1]):
                can.append((-_way(own.question, estate) * score.weights[estate, other], other, own.column))
        if not can:
            return False
        self._blank(min(can)[2], estate)
        return True

    # ------------------------------------------------------------ solved

    def _solved(self, questions: Sequence[Question]) -> bool:
        """Whether something was lacking, and something blanked for it."""
        worlds = Worlds(questions, [own.bar for own in self.asked], self.scores, self.totals)
        self._bind(worlds)
        cells = list(zip(worlds.estate.tolist(), worlds.question.tolist(), worlds.code.tolist(), strict=True))
        # The more is blanked, the more can be otherwise: what was seen before stays seen.
        for cell, place in enumerate(cells):
            low, high = self.ranges.get(place, (worlds.low[cell], worlds.high[cell]))
            worlds.low[cell], worlds.high[cell] = low, high
        of_all = [total.allowed for total in self.totals]
        lacking = worlds.first_lacking(self.told, of_all)
        self.ranges = {
            place: (int(worlds.low[cell]), int(worlds.high[cell])) for cell, place in enumerate(cells)
        }
        none, nowhere = [False] * len(of_all), [np.zeros_like(own) for own in self.told]
        self.rounds += 1
        done = False
        for cell in lacking:
            estate, place, _ = cells[cell]
            if self.rounds > 1 and not self._reports_keep(cells[cell]):
                self.lost.add((estate, place))
                done = True
                continue
            inside = [
                score
                for score, told in list(zip(self.scores, self.told, strict=True))[::-1]
                if told[estate] and score.weights[estate, place] > 0
            ]
            if inside and worlds.keeps(cell, nowhere, none, noted=False):
                more = any(self._within(place, estate, score) for score in inside)
                while (
                    more
                    and self.rounds > PATIENCE
                    and any(self._within(place, estate, score) for score in inside)
                ):
                    pass
                done |= more
                if more:
                    continue
            near = next((q for q in (place, *self._others(place)) if self._beside_it(q)), None)
            while near is not None and self.rounds > PATIENCE and self._beside_it(near):
                pass
            done |= near is not None
        return done

    @cached_property
    def _reports(self) -> tuple[Worlds, dict[tuple[int, int, int], int]]:
        """What the reports tell without any records."""
        alone = [replace(own.question, counts=_large(own.question.counts)) for own in self.asked]
        worlds = Worlds(alone, [own.bar for own in self.asked], self.scores, self.totals)
        cells = zip(worlds.estate.tolist(), worlds.question.tolist(), worlds.code.tolist(), strict=True)
        return worlds, {place: cell for cell, place in enumerate(cells)}

    def _reports_keep(self, place: tuple[int, int, int]) -> bool:
        worlds, cells = self._reports
        return worlds.keeps(cells[place], self.told, [total.allowed for total in self.totals])

    def _others(self, place: int) -> list[int]:
        """Questions of the same scores, from the narrowest."""
        found: list[int] = []
        for score in self.scores[::-1]:
            if (score.weights[:, place] > 0).any():
                found += [
                    q for q in np.flatnonzero((score.weights > 0).any(axis=0)).tolist() if q not in found
                ]
        return found

    def _bind(self, worlds: Worlds) -> None:
        """What follows from the blanks besides: of who is of one mind that they are."""
        rows, down, up = [], [], []
        for place, own in enumerate(self.asked):
            if own.column is None:
                continue
            cells = np.flatnonzero(worlds.question == place)
            alike = self.columns[own.column].hidden
            for estate in np.flatnonzero(alike & self.named).tolist():
                counts = own.question.counts[estate]
                n, code = int(counts.sum()), int(counts.argmax())
                if self.pooled[estate] or counts[code] < fewest_alike(n):  # a pool is of one mind together
                    continue
                mine = cells[(worlds.estate[cells] == estate) & (worlds.code[cells] == code)]
                if mine.size:
                    rows.append(np.isin(np.arange(worlds.truth.size), mine).astype(np.float64))
                    down.append(float(counts[code] - fewest_alike(n)))
                    up.append(float(n - counts[code]))
        if rows:
            worlds.bind(np.array(rows), np.array(down), np.array(up))

        kept = [
            self._secret(int(worlds.question[cell]), int(worlds.estate[cell]))
            and (int(worlds.estate[cell]), int(worlds.question[cell])) not in self.lost
            for cell in worlds.secrets.tolist()
        ]
        worlds.secrets = worlds.secrets[np.array(kept, np.bool_)]

    # ------------------------------------------------------------ reckoned

    def _reckoned(self, questions: Sequence[Question]) -> bool:
        """The same, where there is too much to solve."""
        done = False
        self.rounds += 1
        for place, (own, seen) in enumerate(zip(self.asked, questions, strict=True)):
            while own.bar is not None and self._bar_lacks(own.bar, seen) and self._beside_it(place):
                done, seen = True, self._seen(own)
        if not self.scores:
            return done
        room = Room.of([(own.counts, own.told, own.scores) for own in questions])
        stand = Sums(self.scores, room, self.told).told
        for score, told, still in zip(self.scores, self.told, stand, strict=True):
            for estate in np.flatnonzero(told & ~still).tolist():
                more = self._within(-1, estate, score)
                done |= more
                while more and self.rounds > PATIENCE:
                    more = self._within(-1, estate, score)
        return done

    def _bar_lacks(self, bar: solving.Bar, seen: Question) -> bool:
        places = np.flatnonzero(bar.per_answer > 0)
        if places.size < 2:
            return False
        spans: Spans = tuple(pairwise([0, *bar.cuts, seen.counts.shape[1]]))
        told = [seen.told[e] for e in places.tolist()]
        return bool(still_stands(spans, seen.counts[places], told, bar.per_answer[places]))


def fewest_alike(n: int) -> int:
    """Of so many answers, how many alike make an estate one of (nearly) one mind: all but fewer than MINIMUM,
    and more than half.

    Source: our own rule, docs/methods.md.
    """
    return max(n - MINIMUM + 1, n // 2 + 1)


def _large(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of estates that no total counts, nothing."""
    found: NDArray[np.int64] = np.where(counts.sum(axis=1)[:, None] >= MINIMUM, counts, 0)
    return found


def _merges(told: Spans, size: int) -> bool:
    return len(told) < size


def _unknown(question: Question) -> bool:
    return can_be_solved([question], question.counts.size)


def _way(question: Question, estate: int) -> float:
    """How far its mean can move, in points, for what its own bar tells."""
    room = Room.of([(question.counts[[estate]], [question.told[estate]], question.scores)])
    return float(min(room.down[0, 0], room.up[0, 0]))


def _asked(
    ground: Groundwork, columns: Sequence[Column], items: Sequence[str], questions: Sequence[Question]
) -> list[_Asked]:
    """Scored questions first, in their order, then others that the release has and reports tell of."""
    form = ground.wave.questionnaire
    whole = {column.item_id: place for place, column in enumerate(columns) if column.code is None}
    found = [
        _Asked(whole.get(name), question, ground.column(name).bar)
        for name, question in zip(items, questions, strict=True)
    ]
    for place, column in enumerate(columns):
        item = form.item(column.item_id)
        if column.item_id in items or (item.id not in ground.counts.codes and item.kind == "choice"):
            continue
        if item.kind == "choice":
            codes = [choice.code for choice in form.steps(item)]
            cuts = cuts_of(good_answers(form, item))
            found.append(_bar(ground, item, place, ground.counts.codes[item.id][:, codes], cuts))
        elif item.id in ground.counts.chosen:
            base = ground.counts.substantive(item.id)
            back = withheld(ground, item)
            for code, k in ground.counts.chosen[item.id].items():
                if column.code in (None, code):
                    table = np.stack([base - k, k], axis=1)
                    one = _bar(ground, item, place, table, (1,), back.estates[code])
                    found.append(replace(one, bar=None) if code in back.of_all else one)
    return found


def _bar(
    ground: Groundwork,
    item: Item,
    column: int,
    table: NDArray[np.int64],
    cuts: Sequence[int],
    hiding: frozenset[int] = frozenset(),
) -> _Asked:
    bar = Bar(ground, ground.large_enough, False, item.id, table, tuple(cuts), hiding)
    back = kept_back(ground, None, item.id)
    told: list[Spans] = [
        () if estate.id in back or place in hiding else spans
        for place, (estate, spans) in enumerate(
            zip(ground.wave.estates, segments_of_each(table, tuple(cuts)), strict=True)
        )
    ]
    question = Question(table, told, np.zeros(table.shape[1]))
    if not bar.spans:
        return _Asked(column, question, None)
    per_answer = np.zeros(len(table))
    per_answer[bar.places] = bar.weights / bar.base
    return _Asked(column, question, solving.Bar(per_answer, tuple(e for _, e in bar.spans[:-1]), bar.step))


def blank_beside(
    wave: Wave,
    columns: Mapping[str, NDArray[np.int16]],
    of_item: Mapping[str, Sequence[str]],
    estate: NDArray[np.int16],
    codes: Mapping[str, int],
    pool: int,
    hidden: int,
) -> int:
    """Blank what reports and records together would tell. In place; returns in how many (estate, column).

    `columns`: of the items, one answer a record, `hidden` where they are blanked; `of_item`: question -> its
    columns. `estate`: code of each record; `codes`: estate -> code, `pool` where several are put together.
    """
    ground = Groundwork.of(wave)
    form = wave.questionnaire
    code_of = [codes.get(place.id) for place in wave.estates]
    pooled = np.array([code == pool for code in code_of])
    named = np.array([code is not None and code != pool for code in code_of])
    rows = {code: estate == code for code in {*codes.values()}}
    units: list[tuple[str, tuple[str, ...], int | None]] = []
    for name, own in of_item.items():
        item = form.item(name)
        if item.kind == "multi":
            choices = [choice.code for choice in form.choices(item)]
            units += [(name, (column,), code) for column, code in zip(own, choices, strict=True)]
        else:
            units.append((name, tuple(own), None))
    told = [
        Column(
            name,
            own,
            np.array(
                [
                    code is not None and all((columns[c][rows[code]] == hidden).all() for c in own)
                    for code in code_of
                ]
            ),
            option,
        )
        for name, own, option in units
    ]
    blanked = 0
    for column, more in zip(told, also_blanked(ground, told, pooled, named), strict=True):
        for code in {
            code for code, here in zip(code_of, more.tolist(), strict=True) if here and code is not None
        }:
            for name in column.names:
                columns[name][rows[code]] = hidden
                blanked += 1
    return blanked
