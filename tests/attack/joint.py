"""A reader who lays side by side what is told of two questions at once: bars, scores, totals, how answers go
with the overall one, ways of answering, and what the model says of those it rests on; he solves it in whole
numbers.

His unknowns are how many people of each kind live in each estate: the way they answered, and what they
answered to each question. All have answered everything, and he knows it. (What those said who did not, no
score tells: `test_scores.py`.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from forms.answers import Answers, Layout
from forms.questionnaire import Questionnaire
from reports.associations import common, crossed, merged_parts, outcome_of
from reports.disclosure import MINIMUM, share_step
from reports.findings.everywhere import Everywhere, everywhere
from reports.results import Association, Results, Ways
from reports.scope import Groundwork, Scope
from reports.waves import Estate, Wave, assemble, to_frame
from tests.attack.solving import Known
from tests.samples.waves import info

CODES = 5
GOOD = (4, 5)
SCORES = np.arange(CODES) * 25.0
HALF = 0.5 + 1e-6
WAYS = ("web", "paper")
Row = NDArray[np.float64]
People = NDArray[np.int64]
Cell = tuple[tuple[int, ...], ...]
"""Of every axis of the table the places that are meant; () for all."""


@dataclass
class Reader:
    """`people`: estates x ways x answers to each question, the truth, which he is held to know nothing of.
    `generous`: the whole table that a strength rests on is told him, cell by cell, though only one number of
    it is printed."""

    form: Questionnaire
    invited: list[int | None]
    people: People
    generous: bool = True
    rows: list[Row] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = [item.id for item in self.form.items()]
        self.sizes = self.people.reshape(len(self.people), -1).sum(axis=1)
        self.seen = [i for i, n in enumerate(self.sizes) if n >= MINIMUM]

    def of(self, cell: Cell) -> Row:
        """How many people stand in a cell, as a row over all unknowns."""
        row = np.ones(self.people.shape)
        for axis, places in enumerate(cell):
            if places:
                inside = np.isin(np.arange(self.people.shape[axis]), places)
                row *= inside.reshape([-1 if own == axis else 1 for own in range(row.ndim)])
        return row

    def where(self, estates: Sequence[int] = (), ways: Sequence[int] = (), **answers: Sequence[int]) -> Cell:
        """`answers`: by question the codes that are meant."""
        codes = [tuple(code - 1 for code in answers.get(name, ())) for name in self.ids]
        return (tuple(estates), tuple(ways), *codes)

    def learn(self, row: Row, low: float, high: float) -> None:
        truth = float((row * self.people).sum())
        assert low - 1e-6 <= truth <= high + 1e-6, "he believes what is not so"
        self.rows.append(row.ravel())
        self.low.append(low)
        self.high.append(high)

    # ------------------------------------------------------------ what is published

    def read(self, wave: Wave) -> Everywhere:
        """All reports, and what is told of all estates together alone."""
        found = everywhere(wave)
        for i in self.seen:
            self.learn(self.of(self.where([i])), self.sizes[i], self.sizes[i])
            self._report(found.estates[wave.estates[i].id], [i])
        self._report(found.whole, self.seen)
        for association in found.whole.associations:
            self._association(association, found)
            if self.generous:
                self._strength(association, wave)
        if found.whole.ways is not None:
            self._ways(found.whole.ways, found)
        if found.together is not None:
            self._model(found)
        return found

    def _report(self, report: Results, inside: list[int]) -> None:
        if report.hidden:
            return
        for name in self.ids:
            self._bars(report, name, inside)
        for way, n in report.modes.items():
            self.learn(self.of(self.where(inside, [WAYS.index(way)])), n, n)
        index = [report.index] if report.index is not None else []
        for cell in (*index, *report.objects, *report.matrix):
            made_of = self._made_of(cell.object, cell.facet)
            if len(made_of) > 1 and cell.score.value is not None:
                row = self._mean(self._weights(inside), made_of)
                self.learn(row, cell.score.value - HALF, cell.score.value + HALF)

    def _weights(self, inside: list[int]) -> dict[int, float]:
        known = [self.invited[i] for i in inside]
        sizes = [
            float(self.sizes[i]) if None in known else float(max(self.sizes[i], self.invited[i] or 0))
            for i in inside
        ]
        return {i: size / sum(sizes) for i, size in zip(inside, sizes, strict=True)}

    def _made_of(self, object: str | None, facet: str | None) -> list[str]:
        """The questions of a score; there is one object, so the index is made like it."""
        scoring = {item.id: item.scoring for item in self.form.items()}
        return [
            name
            for name, own in scoring.items()
            if own is not None and object in (None, own.object) and facet in (None, own.facet)
        ]

    def _mean(self, shares: dict[int, float], made_of: list[str], ways: Sequence[int] = ()) -> Row:
        """Of the people of these ways in estates that weigh so much."""
        row = np.zeros(self.people.shape)
        for estate, share in shares.items():
            n = float((self.of(self.where([estate], ways)) * self.people).sum())
            for name in made_of:
                for code, score in enumerate(SCORES, 1):
                    here = self.of(self.where([estate], ways, **{name: [code]}))
                    row += share * score / len(made_of) / n * here
        return row

    def _bars(self, report: Results, name: str, inside: list[int]) -> None:
        found = report.items[name]
        if not found.segments:
            return
        for least in (MINIMUM, 2 * MINIMUM):
            own = [i for i in inside if self.sizes[i] >= least]
            if sum(self.sizes[own]) == found.n:
                break
        share = {i: w / float(self.sizes[i]) for i, w in self._weights(own).items()}
        step = share_step(np.array(list(share.values()))) or 1.0
        rounded = all(abs(part.share / step - round(part.share / step)) < 1e-9 for part in found.segments)
        blur = (step / 2 if rounded and len(own) > 1 else 0.0) + 1e-7
        edge, row = 0.0, np.zeros(self.people.shape)
        for part in found.segments:
            edge += part.share
            for i in own:
                row += share[i] * self.of(self.where([i], **{name: part.codes}))
            self.learn(row.copy(), edge - blur, edge + blur)

    def _showing(self, found: Everywhere, *names: str) -> list[int]:
        """Estates whose bars tell good answers to these questions from others: of them an association is."""
        if len(self.seen) == 1:
            return self.seen
        return [
            i
            for i, report in enumerate(found.estates.values())
            if i in self.seen and all(_cut(report, name) for name in names)
        ]

    def _association(self, told: Association, found: Everywhere) -> None:
        inside = self._showing(found, told.factor, told.outcome)
        for codes, share in told.rows:
            self.row_of(told, codes, inside, share.n, round((share.value or 0.0) * share.n))

    def row_of(
        self, told: Association, codes: Sequence[int], inside: Sequence[int], n: int, good: int
    ) -> None:
        """`n` people gave these answers to the factor, `good` of them good ones to the overall question."""
        self.learn(self.of(self.where(inside, **{told.factor: codes})), n, n)
        row = self.of(self.where(inside, **{told.factor: codes, told.outcome: GOOD}))
        self.learn(row, good, good)

    def _strength(self, told: Association, wave: Wave) -> None:
        scope = Scope.of(Groundwork.of(wave), None)
        items = self.form.item(told.factor), self.form.item(told.outcome)
        shared = common(scope, *items)
        assert shared is not None
        table = crossed(scope, *items, shared.estates)
        parts = merged_parts(self.form, *items, table, (shared.rows, shared.columns))
        assert parts is not None
        rows, columns = parts
        for first, last in rows:
            for start, end in columns:
                row = self.of(
                    self.where(
                        shared.estates,
                        **{
                            told.factor: range(first + 1, last + 1),
                            told.outcome: range(start + 1, end + 1),
                        },
                    )
                )
                n = int(table[first:last, start:end].sum())
                self.learn(row, n, n)

    def _ways(self, told: Ways, found: Everywhere) -> None:
        """He counts the ways of each estate in its report, and finds in which a way stands beside the main
        one."""
        main = WAYS.index(told.main)
        by_way = self.people.reshape(*self.people.shape[:2], -1).sum(axis=2)
        index = self._made_of(None, None)
        reports = list(found.estates.values())
        for beside in told.rows:
            way = WAYS.index(beside.way)
            inside = [
                i
                for i in self.seen
                if len(reports[i].modes) > 1
                and (own := reports[i].index) is not None
                and own.score.value is not None
                and by_way[i, [way, main]].min() >= MINIMUM
            ]
            share = {i: by_way[i, way] * by_way[i, main] / by_way[i, [way, main]].sum() for i in inside}
            share = {i: float(own / sum(share.values())) for i, own in share.items()}
            apart = self._mean(share, index, [way]) - self._mean(share, index, [main])
            self.learn(apart, beside.difference - HALF, beside.difference + HALF)

    def _model(self, found: Everywhere) -> None:
        """He knows how many it rests on, and that five or more gave each pair of its answers."""
        assert found.together is not None
        parts: dict[str, list[tuple[int, ...]]] = {}
        for row in found.together.rows:
            own = parts.setdefault(row.factor, [row.lowest])
            own.append(row.codes)
        inside = self._showing(found, found.together.outcome, *parts)
        n = int(self.sizes[inside].sum())
        assert abs(n - found.together.n) <= MINIMUM / 2
        for one, other in combinations(parts, 2):
            for a in parts[one]:
                for b in parts[other]:
                    self.learn(self.of(self.where(inside, **{one: a, other: b})), MINIMUM, n)

    # ------------------------------------------------------------ what he makes of it

    def wanted(self, found: Everywhere) -> Iterator[Cell]:
        """What nobody may know within less: answers that 1 to 4 people of an estate gave, or all; pairs of
        answers of parts that its bars tell, to a question and the overall one, of 1 to 4, or of all who gave
        one of them; what 1 to 4 who answered in one way said, or all of them."""
        outcome = outcome_of(self.form)
        assert outcome is not None
        for i in self.seen:
            report = list(found.estates.values())[i]
            for name in self.ids:
                yield from self._worth((self.where([i]),), [{name: [c]} for c in range(1, CODES + 1)], i)
                for way in range(len(WAYS)):
                    whole = self.where([i], [way])
                    yield from self._worth(
                        (whole,), [{name: [c]} for c in range(1, CODES + 1)], i, ways=[way]
                    )
                if name != outcome.id:
                    for a in report.items[name].segments:
                        for b in report.items[outcome.id].segments:
                            sides = (
                                self.where([i], **{name: a.codes}),
                                self.where([i], **{outcome.id: b.codes}),
                            )
                            yield from self._worth(sides, [{name: a.codes, outcome.id: b.codes}], i)

    def _worth(
        self,
        sides: Sequence[Cell],
        answers: Sequence[dict[str, Sequence[int]]],
        estate: int,
        ways: Sequence[int] = (),
    ) -> Iterator[Cell]:
        for own in answers:
            cell = self.where([estate], ways, **own)
            n = self.count(cell)
            if 0 < n < MINIMUM or (n and n in map(self.count, sides)):
                yield cell

    def count(self, cell: Cell) -> int:
        return int((self.of(cell) * self.people).sum())

    def found(self, cells: Sequence[Cell], least: int) -> list[tuple[Cell, int, tuple[int, int]]]:
        """Which of them he knows within a narrower range than `least`, how many there are, and the range."""
        rows = np.array([self.of(cell).ravel() for cell in cells]).reshape(len(cells), self.people.size)
        known = Known(self.rows, self.low, self.high, float(self.sizes.max()), seconds=10)
        low, high = known.ranges(rows, least, self.people.ravel().astype(float))
        return [
            (cells[k], self.count(cells[k]), (int(low[k]), int(high[k])))
            for k in np.flatnonzero(high - low < least)
        ]


def _cut(report: Results, name: str) -> bool:
    """Does the bar of this question tell good answers from others, and show more than one part?"""
    parts = [] if report.hidden else [set(part.codes) for part in report.items[name].segments]
    return bool(parts) and all(part <= set(GOOD) or not part & set(GOOD) for part in parts)


def house(form: Questionnaire, people: People, invited: list[int | None]) -> Wave:
    """Answers of these people."""
    layout = Layout.of(form)
    ids = [item.id for item in form.items()]
    groups = []
    for estate, by_way in enumerate(people):
        for way, own in zip(WAYS, by_way, strict=True):
            answers: list[Answers] = [
                dict(zip(ids, (int(code) + 1 for code in place), strict=True))
                for place, n in np.ndenumerate(own)
                for _ in range(n)
            ]
            if answers:
                codes = b"".join(map(layout.pack, answers))
                groups.append(
                    {"estate": f"e{estate}", "language": "nb", "mode": way, "n": len(answers), "codes": codes}
                )
    estates = [Estate(f"e{i}", f"E{i}", "Sentrum", size) for i, size in enumerate(invited)]
    return assemble(info(form, estates), to_frame(groups, form))
