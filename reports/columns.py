"""Scores of several questions, made of what the bars tell: of each estate the mean of its questions' means.

Every question counts with those who answered it. So beside the bars of the questions a score tells their
means, and nothing of who answered what to two of them: not what the one person said who left a question out.
The doubt about it is reckoned in the same way. Of each question it is what its bar tells (answers of one part
as the bar of all parts them, else evenly), and how answers go together is told of all estates or not at
all (`together`); where it is not, they are taken to go together as closely as can be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import UNANSWERED, Item, Questionnaire
from forms.scoring import favourable_codes
from reports.alphas import moves_little, together_told
from reports.bars import bar_told_of_all, estate_shares
from reports.disclosure import MINIMUM, Told, counted_mean_may_be_shown, segments_of_each, share_step
from reports.disclosure.worlds import Bar, Question
from reports.index import Key
from reports.inference import Strata
from reports.inference.reliability import covariance_of_codes
from reports.inference.settings import FEWEST_FOR_RELIABILITY
from reports.inference.strata import combined, domain_size, spread_as_told
from reports.likeness import ALL, lasting

if TYPE_CHECKING:
    from reports.scope import Groundwork

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INDEX: Key = (None, None)
HALF_OF_IT = 0.5
"""Of what an index is made of: with less of it told, nothing is said of how all of it goes together."""


@dataclass(frozen=True)
class Spread:
    """Scores in one cell. `places`: of the estates that have one, in the order of the wave, and these as
    `strata`. `alone`: E, whether the mean could be shown if nothing else were."""

    places: Ints
    strata: Strata
    alone: Flags

    def among(self, estates: Sequence[int]) -> tuple[list[int], Strata]:
        """Those of these estates."""
        inside = np.flatnonzero(np.isin(self.places, estates))
        return self.places[inside].tolist(), self.strata.at(inside)


@dataclass(frozen=True)
class Column:
    """One scored question in E estates. `bar`: of all; None where it is not told. `whole`: V, how that parts
    the answers; None also where totals are weighted to the register. `seen`: how large a part of those it is
    about have answered it, 0 where not known."""

    question: Question
    bar: Bar | None
    whole: Floats | None
    seen: Floats

    @cached_property
    def n(self) -> Ints:
        found: Ints = self.question.counts.sum(axis=1)
        return found

    @property
    def there(self) -> Flags:
        """Where enough have answered for anybody to be told how many."""
        found: Flags = self.n >= MINIMUM
        return found

    @cached_property
    def mean(self) -> Floats:
        found: Floats = self.question.counts @ self.question.scores / np.maximum(self.n, 1)
        return found

    @cached_property
    def as_told(self) -> tuple[Floats, Floats]:
        """Mean and variance as the bars tell them; where an estate shows none, it is taken to vary within as
        those do that show theirs."""
        own = self.question
        means, variances = spread_as_told(own.counts, own.told, own.scores, self.whole)
        shown = Told.of(own.told).shown
        if np.count_nonzero(shown) > 1:
            freedom = np.maximum(self.n - 1, 0) * shown
            variances = np.where(shown, variances, (freedom * variances).sum() / max(1, freedom.sum()))
        return means, variances


def good_answers(form: Questionnaire, item: Item) -> list[bool]:
    """Of each step of a question, whether it is a good answer."""
    favourable = favourable_codes(form, item)
    return [choice.code in favourable for choice in form.steps(item)]


def cuts_of(good: Sequence[bool]) -> tuple[int, ...]:
    """Positions where good answers and others meet."""
    return tuple(i for i in range(1, len(good)) if good[i] != good[i - 1])


def column_of(ground: Groundwork, name: str) -> Column:
    """Source: the part that is seen: Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, ch.
    5.8 (domains)."""
    question = _question(ground, name)
    whole = None
    bar = _bar_told(ground, name, question)
    # Weighted to the register the bar of all tells other numbers.
    if bar is not None and ground.weighted[0] is None:
        whole = _as_told(question, bar)
    n = question.counts.sum(axis=1).astype(np.float64)
    sizes = np.asarray(ground.finite(name), np.float64)
    if (parts := ground.parts(name)) is not None:
        sizes = domain_size(sizes, n, parts)
    seen = np.where(np.isnan(sizes), 0.0, np.minimum(1.0, n / np.maximum(sizes, 1)))
    return Column(question, bar, whole, seen)


def _question(ground: Groundwork, name: str) -> Question:
    form, wave = ground.wave.questionnaire, ground.wave
    item = form.item(name)
    codes = [choice.code for choice in form.steps(item) if choice.code in ground.scored[name].scores]
    counts = ground.counts.codes[name][:, codes]
    whole = len(codes) == len(list(form.steps(item))) and not item.sensitive
    back = wave.repeated if lasting(item) else frozenset()
    cuts = cuts_of(good_answers(form, item))
    kept_back = np.full(len(counts), not whole or ALL in back)
    if back:
        kept_back |= np.array([estate.id in back for estate in wave.estates])
    spans = segments_of_each(counts, cuts).without(kept_back)
    scores = np.array([ground.scored[name].scores[code] for code in codes])
    return Question(counts, spans, scores)


def _bar_told(ground: Groundwork, name: str, question: Question) -> Bar | None:
    """How the bar of all estates is told; where it is weighted to the register, as it were without. None:
    it is not told, or some of its answers have no score."""
    form, wave = ground.wave.questionnaire, ground.wave
    item = form.item(name)
    counts, base = question.counts, question.counts.sum(axis=1)
    good = good_answers(form, item)
    if len(good) > counts.shape[1] or (lasting(item) and ALL in wave.repeated):
        return None
    large = [i for i in ground.large_enough if base[i] >= MINIMUM]
    asked, parts = ground.populations(name), ground.parts(name)
    places, spans, exact = bar_told_of_all(
        ground, name, counts, large, Told.of(question.told).at(large), cuts_of(good)
    )
    if not spans:
        return None
    per_answer = np.zeros(len(base))
    per_answer[places] = estate_shares(places, base, asked, parts) / base[places]
    step = 0.0 if exact else share_step(per_answer[places]) or 1.0
    return Bar(per_answer, tuple(last for _, last in spans[:-1]), step)


def _as_told(question: Question, bar: Bar) -> Floats:
    """Shares of all answers as the bar of all tells them, evenly within its parts."""
    size = question.scores.size
    below = np.concatenate([[0.0], np.cumsum(bar.per_answer @ question.counts)])
    below /= below[-1]
    if bar.step:
        below = np.floor(below / bar.step + 0.5 + 1e-9) * bar.step
    cuts = [0, *bar.cuts, size]
    shares = [(below[last] - below[first]) / (last - first) for first, last in pairwise(cuts)]
    found: Floats = np.repeat(np.maximum(shares, 0.0), np.diff(cuts))
    return found


def parts_of(ground: Groundwork, key: Key) -> Floats:
    """Estates x questions of the score: what each weighs in it, 1 together; 0 where fewer than MINIMUM have
    answered it, and everywhere where that is so of too many of them, by the rules for a person's score."""
    rules, items = ground.wave.questionnaire.index, ground.scores.items[key]
    least = rules.min_answered if rules is not None else 0.0
    if key[0] is not None or rules is None:
        there = np.stack([ground.column(name).there for name in items], axis=1)
        return _shared(there.astype(np.float64), there, least)
    names = [name for name in rules.objects if (name, None) in ground.scores.items]
    objects = [parts_of(ground, (name, None)) for name in names]
    there = np.stack([own.any(axis=1) for own in objects], axis=1)
    shares = _shared(there * np.array([rules.weights.get(name, 1.0) for name in names]), there, least)
    found = np.zeros((len(there), len(items)))
    for place, name in enumerate(names):
        columns = [items.index(item) for item in ground.scores.items[name, None]]
        found[:, columns] += shares[:, place : place + 1] * objects[place]
    return found


def _shared(weights: Floats, there: Flags, least: float) -> Floats:
    many, whole = there.sum(axis=1), weights.sum(axis=1)
    enough = (many >= least * there.shape[1]) & (whole > 0)
    found: Floats = np.where(enough[:, None], weights / np.where(whole > 0, whole, 1.0)[:, None], 0.0)
    return found


def spread_of(ground: Groundwork, key: Key) -> Spread:
    """The scores of every estate. As answers of an estate count those that each of its questions has, on the
    average (harmonic, down to whole ones); the spread is such that the standard error is that of the score.

    Source: variance of a sum of means, Cochran 1977, Sampling Techniques, 3rd ed., ch. 2; how they go
    together: `together`.
    """
    parts = parts_of(ground, key)
    places = np.flatnonzero(parts.any(axis=1))
    alone = np.zeros(len(parts), np.bool_)
    if places.size:
        alone[places] = _alone(ground, key, parts[places], [[place] for place in places.tolist()])
    columns = [ground.column(name) for name in ground.scores.items[key]]
    parts = parts[places]
    many, means, variances, seen = (
        np.stack([column[places] for column in kind], axis=1).astype(np.float64)
        for kind in (
            [own.n for own in columns],
            [own.mean for own in columns],
            [own.as_told[1] for own in columns],
            [own.seen for own in columns],
        )
    )
    per_answer = np.where(parts > 0, parts / np.maximum(many, 1), 0.0).sum(axis=1)
    n = np.floor(1 / per_answer + 1e-9)
    mean = (parts * means).sum(axis=1)
    errors = parts * np.sqrt(np.where(parts > 0, variances / np.maximum(many, 1), 0.0))
    endless, finite = (_error(ground, key, own) for own in (errors, errors * np.sqrt(1 - seen)))
    part_seen = np.where(
        endless > 0, 1 - finite**2 / np.where(endless > 0, endless, 1.0) ** 2, (parts * seen).sum(axis=1)
    )
    return Spread(places, _strata(ground, key, places, n, mean, n * endless**2, part_seen), alone)


def _strata(
    ground: Groundwork, key: Key, places: Ints, n: Floats, mean: Floats, variance: Floats, seen: Floats
) -> Strata:
    estates = [ground.wave.estates[i] for i in places]
    homes = np.asarray([own.population for own in estates], np.float64)
    part = np.ones(places.size)
    if ground.put_to_some.issuperset(ground.scores.items[key]):
        answered = ground.counts.responses[places]
        homes = homes - (answered - n)
        part = n / answered
    whole = np.where(seen > 1e-12, n / np.maximum(seen, 1e-12), np.nan)
    # `Strata.fractions` of these is what has been seen; homes are whole.
    finite = np.ceil((whole - n * (1 - part)) / part - 1e-6)
    return Strata(n, mean, variance, homes, finite, part)


def _error(ground: Groundwork, key: Key, errors: Floats) -> Floats:
    """Standard error of the score of each estate, from what its questions add (estates x questions)."""
    return joined(ground, key, list(ground.scores.items[key]), errors)


def joined(ground: Groundwork, key: Key, items: Sequence[str], errors: Floats) -> Floats:
    """What the doubt of these questions (rows x questions), each times its part of the score, comes to: as
    closely together as is told of an object; as closely as can be where nothing is, in facets, and between
    objects, where not less is told of the whole index."""

    def known(name: str | None) -> float:
        return ground.together[name].value if name in ground.together else 1.0

    if key[0] is not None:
        whole = ground.scores.items[key[0], None] == ground.scores.items[key]
        return combined(errors, known(key[0]) if whole else 1.0)
    found = np.zeros(len(errors))
    for name, facet in ground.scores.items:
        if name is not None and facet is None:
            own = ground.scores.items[name, None]
            columns = [place for place, item in enumerate(items) if item in own]
            found += combined(errors[:, columns], known(name))
    return np.minimum(found, combined(errors, known(None)))


@dataclass(frozen=True)
class Correlation:
    """How closely the answers to any two questions go together, of all estates, as it is told. `sure`: five
    people who answer otherwise hardly move it."""

    value: float
    sure: bool


def together(ground: Groundwork) -> Mapping[str | None, Correlation]:
    """Of the questions of each object, and (None) of the index, within estates; not where all stands on one.

    From the sum of the covariances that alpha is made of, which bears noise (`alphas.together_told`), rather
    too large by as much as that noise, less what the bars tell of how estates differ; of the questions alone
    whose bars of all are told, half of them at the least. What five exchanges change is not much less likely,
    whatever was answered; that of the index bears twice the noise, since each question is in both.

    Source: see `alphas.together_told`; a mean correlation, Cronbach 1951, Psychometrika 16, 297-334.
    """
    if len(ground.large_enough) < 2:
        return {}
    wanted: dict[str | None, dict[str, float]] = {}
    known = [own for own in ground.scores.items if own[1] is None]
    for key, items in ground.scores.items.items():
        # An index of one object is that object: it is told in the same interval.
        one_object = key[0] is None and any(own[0] and items == ground.scores.items[own] for own in known)
        if key[1] is None and len(items) > 1 and not one_object:
            told = [name for name in items if _bar_is_told(ground, name)]
            weights = nominal_parts(ground, key)
            if len(told) > 1 and sum(weights[name] for name in told) >= HALF_OF_IT:
                # To scale: a question of the same weight as all others counts with its own points.
                wanted[key[0]] = {name: weights[name] * len(items) for name in told}
    names = [name for name in ground.scored if any(name in weights for weights in wanted.values())]
    if not names:
        return {}
    pairs, covariance = _covariance(ground, names)
    found: dict[str | None, Correlation] = {}
    for about, weights in wanted.items():
        places = np.ix_(*([names.index(name) for name in weights] for _ in range(2)))
        own = _correlation(ground, about, weights, int(pairs[places].min()), covariance[places])
        if own is not None:
            found[about] = own
    return found


def _covariance(ground: Groundwork, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Of the questions of all objects at once: people who answered each two, and pairwise covariances."""
    inside, frame = np.isin(ground.estate_of, ground.large_enough), ground.wave.frame
    columns = [np.where(inside, frame[name].to_numpy(), np.uint8(UNANSWERED)) for name in names]
    return covariance_of_codes(columns, [ground.scored[name].scores for name in names])


def _correlation(
    ground: Groundwork, about: str | None, weights: Mapping[str, float], n: int, covariance: Floats
) -> Correlation | None:
    """`n`: people who answered both, the fewest of any pair; `covariance`: of questions as they stand."""
    between, most = _between_and_most(ground, weights)
    if n < FEWEST_FOR_RELIABILITY or most <= 0:
        return None
    part = np.array([*weights.values()])
    covariance = covariance * np.outer(part, part)
    ranges = [
        float(np.ptp([*ground.scored[name].scores.values()])) * weight for name, weight in weights.items()
    ]
    lot, more = ground.widths.lots.laplace(("alpha", about)), 1.0 if about is not None else 2.0
    own = together_told(covariance, ranges, n, lot, more)
    value = float(np.clip(2 * (own.value + own.noise - between) / most, 0.0, 1.0))
    return Correlation(value, moves_little(own, float(np.trace(covariance)), len(weights)))


def _between_and_most(ground: Groundwork, weights: Mapping[str, float]) -> tuple[float, float]:
    """Of the sum of covariances what lies between the estates, and twice the most that lies within them, as
    the bars tell both."""
    columns = [ground.column(name) for name in weights]
    n = np.stack([column.n * column.there for column in columns])
    mean, variance = (np.stack([column.as_told[place] for column in columns]) for place in (0, 1))
    several = n.sum(axis=1, keepdims=True)
    part = np.array([*weights.values()])[:, None]
    apart = (mean - (n * mean).sum(axis=1, keepdims=True) / np.maximum(several, 1)) * part * (n > 0)
    between = (n.mean(axis=0) * (apart.sum(axis=0) ** 2 - (apart**2).sum(axis=0))).sum() / 2
    freedom = np.maximum(n - 1, 0)
    within = part[:, 0] * np.sqrt((freedom * variance).sum(axis=1) / np.maximum(freedom.sum(axis=1), 1))
    return float(between / max(1.0, n.mean(axis=0).sum() - 1)), float(within.sum() ** 2 - (within**2).sum())


def _bar_is_told(ground: Groundwork, name: str) -> bool:
    if ground.wave.questionnaire.item(name).sensitive:
        return False
    return ground.column(name).bar is not None


def nominal_parts(ground: Groundwork, key: Key) -> dict[str, float]:
    """What each question weighs in the score of somebody who answered everything."""
    rules, items = ground.wave.questionnaire.index, ground.scores.items[key]
    if key[0] is not None or rules is None:
        return dict.fromkeys(items, 1 / len(items))
    objects = [name for name in rules.objects if (name, None) in ground.scores.items]
    whole = sum(rules.weights.get(name, 1.0) for name in objects)
    return {
        item: rules.weights.get(name, 1.0) / whole * part
        for name in objects
        for item, part in nominal_parts(ground, (name, None)).items()
    }


def told_means(ground: Groundwork, key: Key, places: Sequence[int], whole: float) -> Floats:
    """The scores of these estates as they are printed; of those that hide theirs that of all, `whole`."""
    shown = ground.open.estates[key][places]
    spread = ground.spread(key)
    own = spread.strata.mean[np.searchsorted(spread.places, places)]
    found: Floats = np.where(shown, np.floor(own + 0.5 + 1e-9), whole)
    return found


def together_may_be_shown(ground: Groundwork, key: Key, estates: Sequence[int]) -> bool:
    """Whether the score of these estates together could be shown; not when there are none."""
    parts = parts_of(ground, key)
    inside = [i for i in estates if parts[i].any()]
    if not inside:
        return False
    there = parts[inside].any(axis=0)
    whole = np.where(there, 1 / np.count_nonzero(there), 0.0)[None, :]
    return bool(_alone(ground, key, whole, [inside])[0])


def _alone(ground: Groundwork, key: Key, parts: Floats, groups: Sequence[Sequence[int]]) -> Flags:
    """Whether the scores of groups of estates could be shown by themselves. `parts`: groups x questions."""
    columns = [ground.column(name) for name in ground.scores.items[key]]
    rows = np.array([place for group in groups for place in group])
    starts = np.cumsum([0, *map(len, groups)])[:-1]
    unlike, sums, n = (np.zeros(parts.shape) for _ in range(3))
    for place, column in enumerate(columns):
        counts = np.add.reduceat(column.question.counts[rows] * column.there[rows, None], starts)
        n[:, place] = counts.sum(axis=1)
        unlike[:, place] = n[:, place] - counts.max(axis=1)
        sums[:, place] = counts @ column.question.scores
    return counted_mean_may_be_shown(parts, n, sums, unlike, step_of(ground, key, parts))


def step_of(ground: Groundwork, key: Key, parts: Floats) -> Floats:
    """How far one answer, moved to the next choice, moves the score of one person of each group. `parts`:
    groups x questions."""
    found: Floats = ground.scores.step[key] * parts.shape[1] / np.maximum((parts > 0).sum(axis=1), 1)
    return found
