"""Who has the records of a release and all reports of its round finds nothing that was left out or blanked.

He solves in whole numbers for every count that the records do not tell. BOSTEMME_ATTACKS says how many rounds
are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from reports.disclosure import MINIMUM
from reports.releases.beside import fewest_alike
from reports.releases.dataset import HIDDEN, Dataset, protect
from reports.waves import Wave
from tests.attack.scores import CODES, Reader, house
from tests.attack.solving import Known
from tests.attack.test_scores import FORMS, RANGE
from tests.attack.test_tables import DRAWN

ROUNDS = DRAWN or 12


@dataclass
class Researcher(Reader):
    """A reader of all reports who has the records too."""

    def study(self, wave: Wave, released: Dataset) -> list[tuple[int, int, int]]:
        """Learn what the records tell; returns (estate, question, answer) of what was not to be told (of
        estates that are left out, and of one mind), that 1 to 4 gave, or everybody. What is blanked for the
        sake of those alone may be found: it is no more than the records tell of others."""
        self.read(wave)
        labels = next(v for v in released.variables if v.name == "estate").values
        codes = {label.split(" (")[0]: code for code, label in labels.items()}
        told = np.zeros(self.n.shape, np.bool_)
        for i, estate in enumerate(wave.estates):
            rows = released.frame.filter(estate=codes.get(estate.name, 0))
            for q, name in enumerate(self.ids):
                answers = rows[name].to_list() if estate.name in codes else [HIDDEN]
                if HIDDEN in answers:
                    continue
                told[i, q] = True
                for code in range(CODES):
                    number = answers.count(code + 1)
                    self.learn(self.count(i, q, [code]), number, number)
        return [
            (i, q, c)
            for i, q, c in np.argwhere(self.table > 0).tolist()
            if i in self.seen
            and not told[i, q]
            and (wave.estates[i].name not in codes or self.table[i, q].max() >= fewest_alike(self.n[i, q]))
            and (self.table[i, q, c] < MINIMUM or self.table[i, q, c] == self.n[i, q])
        ]

    def narrow(self, wanted: list[tuple[int, int, int]]) -> list[tuple[tuple[int, int, int], int, int]]:
        rows = np.array([self.count(i, q, [c]).ravel() for i, q, c in wanted])
        known = Known(self.rows, self.low, self.high, float(self.sizes.max()), seconds=10)
        low, high = known.ranges(rows, RANGE, self.table.ravel().astype(float))
        return [(wanted[k], int(low[k]), int(high[k])) for k in np.flatnonzero(high - low < RANGE)]


def _harsh(random: np.random.Generator, questions: int) -> tuple[NDArray[np.int64], list[int | None]]:
    """Some bars of one mind, and mostly one to three estates of 5 to 9, which are left out."""
    sizes = random.choice([10, 12, 16, 24, 30, 45], int(random.integers(2, 5))).tolist()
    if random.random() < 0.7:
        sizes += random.integers(MINIMUM, 10, int(random.choice([1, 1, 2, 3]))).tolist()
    table = np.zeros((len(sizes), questions, CODES), np.int64)
    for own, n in zip(table, sizes, strict=True):
        for row in own:
            lean = random.dirichlet(np.ones(CODES) * random.choice([0.3, 1, 3]))
            agree = random.random() < 0.15
            row[:] = n * np.eye(CODES, dtype=np.int64)[4] if agree else random.multinomial(n, lean)
    rate = random.choice([1.0, 1.3, 2.0])
    return table, [round(n * rate) for n in sizes]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_records_less_the_reports_tell_nothing_of_who_is_left_out_or_of_one_mind(seed: int) -> None:
    random = np.random.default_rng(seed)
    form = FORMS[random.choice(sorted(FORMS))]
    table, invited = _harsh(random, len(list(form.items())))
    reader = Researcher(form, invited, table)
    wave = house(form, table, invited, np.random.default_rng(seed))
    wanted = reader.study(wave, protect(wave))
    assert not wanted or not reader.narrow(wanted)
