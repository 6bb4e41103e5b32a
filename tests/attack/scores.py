"""A reader who knows what scores are made of: bars, means of questions, scores of several of them, those of
all and every comparison; solved in whole numbers for each count that no bar tells.

His unknowns are how many of each estate gave each answer to each question. All have answered everything, and
he knows it: then a score is the mean of the means of its questions, and he knows most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.compute import compute_each
from reports.contrasts import contrasts
from reports.disclosure import MINIMUM, share_step
from reports.index import Key
from reports.results import Estimate, Results
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.attack.solving import Known
from tests.samples.waves import wave_of

CODES = 5
SCORES = np.arange(CODES) * 25.0
HALF = 0.5 + 1e-6
Row = NDArray[np.float64]


@dataclass
class Reader:
    """`table`: estates x questions x answers, the truth, which he is held to know nothing of."""

    form: Questionnaire
    invited: list[int | None]
    table: NDArray[np.int64]
    rows: list[Row] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = [item.id for item in self.form.items()]
        self.sizes = self.table[:, 0].sum(axis=1)
        self.seen = [i for i, n in enumerate(self.sizes) if n >= MINIMUM]

    def learn(self, row: Row, low: float, high: float) -> None:
        truth = float((row * self.table).sum())
        assert low - 1e-6 <= truth <= high + 1e-6, "he believes what is not so"
        self.rows.append(row.ravel())
        self.low.append(low)
        self.high.append(high)

    def none(self) -> Row:
        return np.zeros(self.table.shape)

    def count(self, estate: int, item: int, codes: list[int]) -> Row:
        row = self.none()
        row[estate, item, codes] = 1
        return row

    def mean(self, shares: dict[int, float], parts: dict[int, float]) -> Row:
        """Of a score made of these questions, over estates with these weights."""
        row = self.none()
        for estate, share in shares.items():
            for item, part in parts.items():
                row[estate, item] = share * part * SCORES / self.sizes[estate]
        return row

    def weights(self, inside: list[int]) -> dict[int, float]:
        known = [self.invited[i] for i in inside]
        sizes = [
            float(self.sizes[i]) if None in known else float(max(self.sizes[i], self.invited[i] or 0))
            for i in inside
        ]
        return {i: size / sum(sizes) for i, size in zip(inside, sizes, strict=True)}

    def parts(self, key: Key) -> dict[int, float]:
        """The questions of a score and what each weighs in it."""
        assert self.form.index is not None
        scoring = [item.scoring for item in self.form.items()]
        if key[0] is not None:
            own = [i for i, s in enumerate(scoring) if s and s.object == key[0] and key[1] in (None, s.facet)]
            return dict.fromkeys(own, 1 / len(own))
        names = [n for n in self.form.index.objects if any(s and s.object == n for s in scoring)]
        share = {n: self.form.index.weights.get(n, 1.0) for n in names}
        found: dict[int, float] = {}
        for name in names:
            whole = share[name] / sum(share.values())
            found |= {i: part * whole for i, part in self.parts((name, None)).items()}
        return found

    # ------------------------------------------------------------ what is published

    def read(self, wave: Wave) -> None:
        """All reports and all comparisons."""
        ground = Groundwork.of(wave)
        compared = contrasts(ground)
        whole, estates = compute_each(ground, None, compared)
        for i in self.seen:
            for item in range(len(self.ids)):
                self.learn(self.count(i, item, list(range(CODES))), self.sizes[i], self.sizes[i])
            self._report(estates[wave.estates[i].id], [i])
        if len(self.seen) > 1:
            self._report(whole, self.seen)
        for row in compared:
            own = [estate.id for estate in wave.estates].index(row.estate_id)
            others = self.weights([i for i in self.seen if i != own])
            parts = self.parts((row.object, row.facet))
            apart = self.mean({own: 1.0}, parts) - self.mean(others, parts)
            # From printed scores, each half a point off.
            blur = HALF + 1 / (1 - self.weights(self.seen)[own])
            self.learn(apart, row.points - blur, row.points + blur)

    def _report(self, report: Results, inside: list[int]) -> None:
        if report.hidden:
            return
        for number, name in enumerate(self.ids):
            self._bars(report, number, name, inside)
        index = [report.index] if report.index is not None else []
        for cell in (*index, *report.objects, *report.matrix):
            parts = self.parts((cell.object, cell.facet))
            if len(parts) > 1:
                self._score(cell.score, self.mean(self.weights(inside), parts))

    def _score(self, score: Estimate, row: Row) -> None:
        if score.value is not None:
            self.learn(row, score.value - HALF, score.value + HALF)

    def _bars(self, report: Results, number: int, name: str, inside: list[int]) -> None:
        found = report.items[name]
        if not found.segments:
            return
        for least in (MINIMUM, 2 * MINIMUM):
            own = [i for i in inside if self.sizes[i] >= least]
            if sum(self.sizes[own]) == found.n:
                break
        share = {i: w / float(self.sizes[i]) for i, w in self.weights(own).items()}
        step = share_step(np.array(list(share.values()))) or 1.0
        rounded = all(abs(part.share / step - round(part.share / step)) < 1e-9 for part in found.segments)
        blur = (step / 2 if rounded and len(own) > 1 else 0.0) + 1e-7
        edge, row = 0.0, self.none()
        for part in found.segments:
            edge += part.share
            for i in own:
                row[i, number, [code - 1 for code in part.codes]] = share[i]
            self.learn(row.copy(), edge - blur, edge + blur)

    # ------------------------------------------------------------ what he makes of it

    def found(self, least: int) -> list[tuple[tuple[int, int, int], int, tuple[int, int]]]:
        """(estate, question, answer), how many gave it, and the range in which he knows that, where it is
        narrower than `least`; of answers that 1 to 4 gave, and of those that everybody gave."""
        wanted = [
            (int(i), int(q), int(c))
            for i, q, c in np.argwhere(self.table > 0)
            if i in self.seen and (self.table[i, q, c] < MINIMUM or self.table[i, q, c] == self.sizes[i])
        ]
        rows = np.array([self.count(i, q, [c]).ravel() for i, q, c in wanted]).reshape(-1, self.table.size)
        known = Known(self.rows, self.low, self.high, float(self.sizes.max()), seconds=10)
        low, high = known.ranges(rows, least, self.table.ravel().astype(float))
        return [
            (wanted[k], int(self.table[wanted[k]]), (int(low[k]), int(high[k])))
            for k in np.flatnonzero(high - low < least)
        ]


def house(
    form: Questionnaire, table: NDArray[np.int64], invited: list[int | None], random: np.random.Generator
) -> Wave:
    """Answers by lot with these counts: who said one thing says the other by chance."""
    ids = [item.id for item in form.items()]
    names = [f"e{i}" for i in range(len(table))]
    answers: dict[str, list[Answers]] = {}
    for name, own in zip(names, table, strict=True):
        columns = [random.permutation(np.repeat(np.arange(1, CODES + 1), row)) for row in own]
        answers[name] = [dict(zip(ids, map(int, row), strict=True)) for row in zip(*columns, strict=True)]
    estates = [Estate(n, n.upper(), "Sentrum", size) for n, size in zip(names, invited, strict=True)]
    return wave_of(form, estates, answers)
