"""A reader who knows what scores are made of: bars, means of questions, scores of several of them, those of
all and every comparison; solved in whole numbers for each count that no bar tells.

His unknowns are how many of each estate gave each answer to each question. Some leave questions out, and he
knows how many have answered each, as far as that is told: a score is the mean of the means of its questions.
What two questions were answered at once is no unknown of his: nothing of a score tells of it, see
`test_scores.py`.
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
        self.n = self.table.sum(axis=2)
        self.sizes = self.n.max(axis=1)
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

    def mean(self, shares: dict[int, float], key: Key) -> Row:
        """Of a score, over estates with these weights."""
        row = self.none()
        for estate, share in shares.items():
            for item, part in self.parts(key, estate).items():
                row[estate, item] = share * part * SCORES / self.n[estate, item]
        return row

    def weights(self, inside: list[int], n: NDArray[np.int64] | None = None) -> dict[int, float]:
        many = self.sizes if n is None else n
        known = [self.invited[i] for i in inside]
        sizes = [
            float(many[i]) if None in known else float(max(many[i], self.invited[i] or 0)) for i in inside
        ]
        return {i: size / sum(sizes) for i, size in zip(inside, sizes, strict=True)}

    def shares(self, key: Key, inside: list[int]) -> dict[int, float]:
        """What each estate weighs in a score: by its homes, else by the answers its questions have on the
        average."""
        own = [i for i in inside if self.parts(key, i)]
        n = np.zeros(len(self.table), np.int64)
        for i in own:
            n[i] = int(1 / sum(part / self.n[i, q] for q, part in self.parts(key, i).items()) + 1e-9)
        return self.weights(own, n)

    def parts(self, key: Key, estate: int) -> dict[int, float]:
        """The questions of a score of an estate and what each weighs in it: those that enough have answered,
        half of them at the least."""
        assert self.form.index is not None
        scoring = [item.scoring for item in self.form.items()]
        if key[0] is not None:
            own = [i for i, s in enumerate(scoring) if s and s.object == key[0] and key[1] in (None, s.facet)]
            there = [i for i in own if self.n[estate, i] >= MINIMUM]
            enough = there and len(there) >= self.form.index.min_answered * len(own)
            return dict.fromkeys(there, 1 / len(there)) if enough else {}
        names = [n for n in self.form.index.objects if any(s and s.object == n for s in scoring)]
        objects = {name: found for name in names if (found := self.parts((name, None), estate))}
        if not objects or len(objects) < self.form.index.min_answered * len(names):
            return {}
        whole = sum(self.form.index.weights.get(name, 1.0) for name in objects)
        return {
            i: part * self.form.index.weights.get(name, 1.0) / whole
            for name, own in objects.items()
            for i, part in own.items()
        }

    # ------------------------------------------------------------ what is published

    def read(self, wave: Wave) -> None:
        """All reports and all comparisons."""
        ground = Groundwork.of(wave)
        compared = contrasts(ground)
        whole, estates = compute_each(ground, None, compared)
        for i in self.seen:
            for item in range(len(self.ids)):
                told = self.n[i, item] >= MINIMUM
                low, high = (self.n[i, item],) * 2 if told else (0, MINIMUM - 1)
                self.learn(self.count(i, item, list(range(CODES))), low, high)
            self._report(estates[wave.estates[i].id], [i])
        if len(self.seen) > 1:
            self._report(whole, self.seen)
        for row in compared:
            own = [estate.id for estate in wave.estates].index(row.estate_id)
            key = row.object, row.facet
            others = self.shares(key, [i for i in self.seen if i != own])
            apart = self.mean({own: 1.0}, key) - self.mean(others, key)
            # From printed scores, each half a point off.
            blur = HALF + 1 / (1 - self.shares(key, self.seen)[own])
            self.learn(apart, row.points - blur, row.points + blur)

    def _report(self, report: Results, inside: list[int]) -> None:
        if report.hidden:
            return
        for number, name in enumerate(self.ids):
            self._bars(report, number, name, inside)
        index = [report.index] if report.index is not None else []
        for cell in (*index, *report.objects, *report.matrix):
            key = cell.object, cell.facet
            scoring = [item.scoring for item in self.form.items()]
            if sum(bool(s) and key[0] in (None, s.object) and key[1] in (None, s.facet) for s in scoring) > 1:
                self._score(cell.score, self.mean(self.shares(key, inside), key))

    def _score(self, score: Estimate, row: Row) -> None:
        if score.value is not None:
            self.learn(row, score.value - HALF, score.value + HALF)

    def _bars(self, report: Results, number: int, name: str, inside: list[int]) -> None:
        found = report.items[name]
        if not found.segments:
            return
        for least in (MINIMUM, 2 * MINIMUM):
            n = self.n[:, number]
            own = [i for i in inside if n[i] >= least]
            if sum(n[own]) == found.n:
                break
        share = {i: w / float(n[i]) for i, w in self.weights(own, n).items()}
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
            if i in self.seen and (self.table[i, q, c] < MINIMUM or self.table[i, q, c] == self.n[i, q])
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
    """Answers by lot with these counts: who said one thing says the other by chance. Of a question with fewer
    answers than others some leave it out, by chance too."""
    ids = [item.id for item in form.items()]
    names = [f"e{i}" for i in range(len(table))]
    answers: dict[str, list[Answers]] = {}
    for name, own in zip(names, table, strict=True):
        people = own.sum(axis=1).max()
        columns = [
            random.permutation(np.repeat(np.arange(CODES + 1), [people - row.sum(), *row])) for row in own
        ]
        answers[name] = [
            {item: int(code) for item, code in zip(ids, row, strict=True) if code}
            for row in zip(*columns, strict=True)
        ]
    estates = [Estate(n, n.upper(), "Sentrum", size) for n, size in zip(names, invited, strict=True)]
    return wave_of(form, estates, answers)
