"""A reader who adds up the options of one question: with n people and so many choices each, what is told of
the others must not tell how few chose the one that is hidden; solved in whole numbers over all reports."""

from __future__ import annotations

import os

import numpy as np
import pytest

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.compute import compute_each
from reports.disclosure import share_step
from reports.results import Results
from reports.scope import Groundwork
from reports.waves import Estate, Wave
from tests.attack.solving import Known
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

ROUNDS = int(os.environ.get("BOSTEMME_ATTACKS", "0")) // 4 or 12
KEPT = 4


def _form(kind: str, options: int, size: int = 3, alone: bool = False) -> Questionnaire:
    choices = [
        {
            "code": c,
            "value": f"v{c}",
            "text": dict.fromkeys(("nb", "nn", "en"), f"v{c}"),
            "exclusive": alone and c == options,
        }
        for c in range(1, options + 1)
    ]
    ranked = {"rank_size": size} if kind == "rank" else {}
    return questionnaire(
        item("helhet", role="overall"),
        item("m", kind=kind, scale=None, specials=[], choices=choices, **ranked),
        index=False,
    )


def _wave(form: Questionnaire, people: dict[str, list[list[int]]]) -> Wave:
    answers: dict[str, list[Answers]] = {
        name: [{"helhet": 1 + k % 5, "m": own} for k, own in enumerate(rows)] for name, rows in people.items()
    }
    places = [Estate(name, name, "Nord", len(rows) + 10) for name, rows in people.items()]
    return wave_of(form, places, answers)


def _reports(wave: Wave) -> tuple[Results, dict[str, Results]]:
    return compute_each(Groundwork.of(wave), None, ())


class _Reader:
    """His unknowns are how many of each estate chose each option. `rule`: he knows for what size each count
    is hidden, and takes what is not hidden for its size to be anything."""

    def __init__(self, form: Questionnaire, people: dict[str, list[list[int]]], *, rule: bool) -> None:
        self.options = [choice.code for choice in form.choices(form.item("m"))]
        self.alone = [choice.exclusive for choice in form.choices(form.item("m"))]
        several = len(self.options) - sum(self.alone)
        self.size = form.item("m").rank_size if form.item("m").kind == "rank" else several
        self.n = [len(rows) for rows in people.values()]
        self.truth = np.array(
            [[sum(c in row for row in rows) for c in self.options] for rows in people.values()]
        )
        self.rows: list[np.ndarray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        whole, estates = _reports(_wave(form, people))
        self.told = np.array(
            [[estates[name].items["m"].chosen[c].value is not None for c in self.options] for name in people]
        )
        for h, n in enumerate(self.n):
            self._tied(h, n)
            for o in range(len(self.options)):
                own = int(self.truth[h, o])
                if self.told[h, o]:
                    self._learn({(h, o): 1.0}, own, own)
                elif rule and own <= KEPT:
                    self._learn({(h, o): 1.0}, 0, KEPT)
                elif rule and own >= n - KEPT:
                    self._learn({(h, o): 1.0}, n - KEPT, n)
        if len(self.n) > 1:
            homes = np.array(self.n) + 10
            weigh = homes / homes.sum() / np.array(self.n)
            for o, code in enumerate(self.options):
                share = whole.items["m"].chosen[code].value
                if share is not None:
                    blur = 1e-9 if self.told[:, o].all() else (share_step(weigh) or 1.0) / 2 + 1e-9
                    self._learn({(h, o): float(w) for h, w in enumerate(weigh)}, share - blur, share + blur)

    def _tied(self, h: int, n: int) -> None:
        alone = [o for o, own in enumerate(self.alone) if own]
        others = [o for o, own in enumerate(self.alone) if not own]
        once = {(h, o): 1.0 for o in others}
        self._learn(once | {(h, o): 1.0 for o in alone}, n, np.inf)
        self._learn(once | {(h, o): float(self.size) for o in alone}, -np.inf, self.size * n)
        for o in others:
            self._learn({(h, o): 1.0} | {(h, p): 1.0 for p in alone}, -np.inf, n)

    def _learn(self, row: dict[tuple[int, int], float], low: float, high: float) -> None:
        dense = np.zeros(self.truth.shape)
        for place, weight in row.items():
            dense[place] = weight
        assert low - 1e-6 <= float((dense * self.truth).sum()) <= high + 1e-6, "he believes what is not so"
        self.rows.append(dense.ravel())
        self.low.append(low)
        self.high.append(high)

    def found(self) -> list[tuple[int, int]]:
        """Estate and option of the people he finds."""
        rest = np.array(self.n)[:, None] - self.truth
        few = ((self.truth > 0) & (self.truth <= KEPT)) | ((rest > 0) & (rest <= KEPT))
        cells = np.argwhere(few)
        if not len(cells):
            return []
        wanted = np.zeros((len(cells), self.truth.size))
        wanted[np.arange(len(cells)), cells @ [self.truth.shape[1], 1]] = 1.0
        known = Known(self.rows, self.low, self.high, max(self.n))
        low, high = known.ranges(wanted, KEPT, self.truth.ravel().astype(float))
        return [(int(h), int(o)) for (h, o), a, b in zip(cells, low, high, strict=True) if b - a < KEPT]


def _drawn(rng: np.random.Generator, form: Questionnaire, n: int, full: float) -> list[list[int]]:
    """People of whom this part chooses as many as can be; some options are liked by few."""
    question = form.item("m")
    options = [c.code for c in form.choices(question) if not c.exclusive]
    alone = [c.code for c in form.choices(question) if c.exclusive]
    most = question.rank_size if question.kind == "rank" else len(options)
    liked = rng.choice([0.05, 0.3, 1.0, 1.0], len(options)) + 0.01
    rows = []
    for _ in range(n):
        if alone and rng.random() < 0.15:
            rows.append(alone[:1])
            continue
        size = most if rng.random() < full else int(rng.integers(1, most + 1))
        rows.append([int(c) for c in rng.choice(options, size, replace=False, p=liked / liked.sum())])
    return rows


def test_a_hidden_theme_does_not_follow_from_the_nine_that_are_told() -> None:
    """Thirty-six people with up to three choices: nine themes that sum to 106 leave two for the tenth."""
    rng = np.random.default_rng(3)
    rows = [[int(c) for c in rng.choice(np.arange(1, 10), 3, replace=False)] for _ in range(36)]
    rows[0][0] = rows[1][0] = 10
    reader = _Reader(_form("rank", 10), {"a": rows}, rule=True)
    assert reader.truth[0, 9] == 2 and not reader.told[0, 9]
    assert reader.found() == []
    assert reader.told.sum() == 8, "one more is enough"


def test_how_many_chose_none_of_these_does_not_follow_from_those_who_chose_something() -> None:
    rows = [[1]] * 10 + [[2]] * 10 + [[3]] * 6 + [[4]] * 4
    reader = _Reader(_form("multi", 4, alone=True), {"a": rows}, rule=True)
    assert reader.found() == []
    assert reader.told.any()


@pytest.mark.parametrize("kind", ["rank", "multi"])
def test_nobody_is_found_by_adding_up_options_in_one_estate_or_in_all(kind: str) -> None:
    rng = np.random.default_rng(7)
    hidden = told = 0
    for turn in range(ROUNDS):
        form = _form(
            kind, int(rng.integers(3, 8)), int(rng.integers(1, 4)), alone=kind == "multi" and turn % 2 == 0
        )
        estates = 1 + turn % 3
        people = {
            f"e{h}": _drawn(rng, form, int(rng.integers(10, 45)), rng.choice([0.2, 0.9, 1.0]))
            for h in range(estates)
        }
        reader = _Reader(form, people, rule=estates == 1)
        assert reader.found() == [], (turn, reader.truth.tolist(), reader.told.tolist())
        hidden += int((~reader.told).sum())
        told += int(reader.told.sum())
    assert hidden > ROUNDS and told > ROUNDS
