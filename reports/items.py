"""Results of single items in a scope: bars, shares of good answers, means; protected on the way out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import UNANSWERED, Item
from reports.bars import Bar, kept_back
from reports.columns import cuts_of, good_answers
from reports.disclosure import (
    MINIMUM,
    PROFILES,
    PROTECTED,
    SENSITIVE,
    UNSCORED,
    Span,
    published_interval,
    small_counts_left_out,
    small_counts_of_all,
)
from reports.few_people import nothing_estimated
from reports.inference import Interval, Strata, counted, mean_interval, stratified_share
from reports.inference.told import ToldShare, told_mean, told_weighted_mean
from reports.left_out import most_left_out
from reports.options import withheld
from reports.results import Estimate, ItemResult
from reports.scope import Scope
from reports.weights import Weights

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@lru_cache(maxsize=10_000)
def hidden(reason: str, n: int = 0) -> Estimate:
    return Estimate(None, None, None, n, reason)


class Distribution(Bar):
    """The same with shares by the register's weights where totals are weighted to it: always rounded so far
    that two answers do not show."""

    def __init__(
        self,
        scope: Scope,
        item_id: str,
        table: Ints,
        wanted: Sequence[int],
        at: Ints | None = None,
        withheld: Collection[int] = (),
    ) -> None:
        """`table`: E x positions; `wanted`: the cuts that matter most. `at`: the position of every row of
        the frame, -1 for none; None: this is never weighted. `withheld`: see `Bar`."""
        super().__init__(scope.ground, scope.members, scope.single, item_id, table, wanted, withheld)
        self.why_nothing = scope.ground.why_nothing(item_id, scope.members)
        self.weighted = _Weighted.of(scope, at, self.places)
        if self.weighted is not None:
            self.step = max(self.step, self.weighted.step)

    def _below(self, position: int) -> float:
        return super()._below(position) if self.weighted is None else self.weighted.below(position)

    def estimate(self, positions: Sequence[int]) -> Estimate:
        """Share of these positions with its interval, hidden when its cuts are not shown."""
        if not self.places:
            return hidden(self.why_nothing)
        if not self.spans or not self.wanted <= edges(self.spans):
            return hidden(PROTECTED, self.n)
        if self.step:
            told = self.told_share(positions)
            found = told.by_dwellings() if self.weighted is None else told.weighted(self.weighted.parts)
        else:
            k = self.table[:, list(positions)].sum(axis=1).tolist()
            found = stratified_share(
                k, self.base.tolist(), self.populations, others=self.others, parts=self.parts
            )
        return Estimate(found.value, found.low, found.high, self.n, step=found.step, left_out=self.left_out)

    def told_share(self, positions: Sequence[int]) -> ToldShare:
        """Of a bar that is rounded: what is told of the share of these positions, where its parts begin and
        end."""
        good = np.isin(np.arange(self.table.shape[1]), positions)
        value = sum(self.share(*span) for span in self.spans if good[span[0]])
        # Each edge that the share begins or ends at may have been rounded by half a step.
        off = np.count_nonzero(good[1:] != good[:-1]) * self.step / 2
        none = np.zeros(self.base.size)
        strata = Strata.made_of(self.base, none, none, self.populations, self.others, self.parts)
        least, most = self.between(positions)
        return ToldShare(value, max(0.0, value - off), min(1.0, value + off), strata, least, most)

    def mean(self, middles: Floats) -> Interval:
        """Mean of one score a position: of a bar that is rounded from what is told of it, else exactly, for
        use inside this room only."""
        if not self.step:
            return mean_interval(counted(middles, self.table, self.populations, self.others, self.parts))
        value = sum(self.share(first, last) * float(middles[first]) for first, last in self.spans)
        scores = middles[[first for first, _ in self.spans]]
        # Edges may have been rounded by half a step each; what lies before one, moves to the next part.
        off = self.step / 2 * float(np.abs(np.diff(scores)).sum())
        variance = sum(self.share(*span) * (float(middles[span[0]]) - value) ** 2 for span in self.spans)
        variance += self.step / 2 * float(np.abs(np.diff((scores - value) ** 2)).sum())
        most = float(np.ptp(scores)) ** 2 / 4
        if self.weighted is not None:
            return told_weighted_mean(value, off, variance, most, self.weighted.parts)
        edges_of_all = edges(self.spans)
        known = np.array([edges_of_all <= edges(kind) for kind in self.own.kinds])[self.own.rows]
        counts = counted(middles, self.table, self.populations, self.others, self.parts)
        return told_mean(value, off, variance, most, counts, known)


class _Weighted:
    """The same answers, each with its weight, `whole` together. `parts`: what is told of the weights."""

    def __init__(self, weights: Weights, at: Ints, inside: NDArray[np.bool_], step: float) -> None:
        self.step, self.parts = step, weights.parts(inside)
        own = weights.of_rows[inside]
        self.whole = float(own.sum())
        self._cumulative = np.concatenate([[0.0], np.bincount(at[inside], own).cumsum()]) / self.whole

    @classmethod
    def of(cls, scope: Scope, at: Ints | None, places: Sequence[int]) -> _Weighted | None:
        """None where totals are by dwellings, or one answer would weigh too much to be rounded away."""
        weights = scope.weights
        if weights is None or at is None or not places:
            return None
        inside = (at >= 0) & np.isin(scope.ground.estate_of, places)
        step = weights.step(inside)
        return None if step is None else cls(weights, at, inside, step)

    def below(self, position: int) -> float:
        """Share of the positions before this one."""
        return float(self._cumulative[min(position, self._cumulative.size - 1)])


def edges(spans: Sequence[Span]) -> frozenset[int]:
    """Where the parts of a bar begin."""
    return frozenset(first for first, _ in spans)


def distribution(scope: Scope, item: Item) -> Distribution:
    """The answers to a choice item, cut first of all where its good answers begin; of all estates once."""
    kept = scope.ground.answers_of_all
    if not scope.everybody:
        return _distribution(scope, item)
    if item.id not in kept:
        kept[item.id] = _distribution(scope, item)
    return kept[item.id]


def _distribution(scope: Scope, item: Item) -> Distribution:
    form = scope.ground.wave.questionnaire
    codes = [choice.code for choice in form.steps(item)]
    cuts = cuts_of(good_answers(form, item))
    at = None
    # Who answered is told as it is: weighted to the register it would be the register. (The weights are made
    # of these bars: background comes first.)
    if not item.background and scope.weights is not None:
        position = np.full(256, -1)
        position[codes] = np.arange(len(codes))
        at = position[scope.ground.wave.frame[item.id].to_numpy()]
    return Distribution(scope, item.id, scope.ground.counts.codes[item.id][:, codes], cuts, at)


def item_result(scope: Scope, item: Item) -> ItemResult:
    """Everything that may be shown of one closed item."""
    ground = scope.ground
    if item.sensitive and not _sensitive_may_be_told(scope, item):
        return ItemResult(item.id, 0, {}, (), hidden(SENSITIVE), hidden(SENSITIVE), hidden=SENSITIVE)
    if item.kind != "choice":
        return _chosen_result(scope, item)
    codes = [choice.code for choice in ground.wave.questionnaire.steps(item)]
    good = good_answers(ground.wave.questionnaire, item)
    found = distribution(scope, item)
    if not found.places:
        return _nothing(scope, item)
    share = found.estimate([i for i, yes in enumerate(good) if yes]) if any(good) else None
    return ItemResult(
        item_id=item.id,
        n=found.n,
        special=_special(scope, item),
        segments=found.segments(codes),
        favourable=share or hidden(UNSCORED, found.n),
        mean=bar_mean(scope, item, found)[0],
        hidden=None if found.spans else PROTECTED,
        left_out=found.left_out,
    )


def _nothing(scope: Scope, item: Item) -> ItemResult:
    why = scope.ground.why_nothing(item.id, scope.members)
    return ItemResult(item.id, 0, _special(scope, item), (), hidden(why), hidden(why), hidden=why)


def _sensitive_may_be_told(scope: Scope, item: Item) -> bool:
    answered = scope.ground.counts.substantive(item.id)[list(scope.members)]
    return len(scope.members) > 1 and int(answered.sum()) >= PROFILES["standard"].sensitive


def _special(scope: Scope, item: Item) -> dict[int, int]:
    if kept_back(scope.ground, scope.estate_ids if scope.single else None, item.id):
        return {}
    counts = scope.ground.counts
    if scope.single:
        return small_counts_left_out(counts.special(item.id, scope.members)[0]) if scope.members else {}
    codes = sorted(counts.outside[item.id])
    return small_counts_of_all(codes, counts.codes[item.id][np.ix_(scope.members, codes)])


def bar_mean(scope: Scope, item: Item, found: Distribution) -> tuple[Estimate, Interval | None]:
    """Mean score of one item as its bars tell it, and exactly so (for comparisons inside this room).

    Answers merged into one bar count as the middle of their scores, so the mean says nothing that the bars do
    not. The interval is widened by the most that this can be off. Of all estates it is reckoned once, for the
    question and for a score of it alone.
    """
    kept = scope.ground.means_of_all
    if not scope.everybody:
        return _bar_mean(scope, item, found)
    if item.id not in kept:
        kept[item.id] = _bar_mean(scope, item, found)
    return kept[item.id]


def _bar_mean(scope: Scope, item: Item, found: Distribution) -> tuple[Estimate, Interval | None]:
    by_code = scope.ground.scores_by_code(item.id)
    codes = [choice.code for choice in scope.ground.wave.questionnaire.steps(item)]
    if len({*by_code.values()}) < 2 or not set(codes) <= by_code.keys():
        return hidden(UNSCORED, found.n), None
    if not found.spans:
        return hidden(PROTECTED if found.places else found.why_nothing, found.n), None
    scores = np.asarray([by_code[code] for code in codes])
    middles, doubt, value = scores.copy(), 0.0, 0.0
    for first, last in found.spans:
        own = scores[first:last]
        middles[first:last] = (own.min() + own.max()) / 2
        doubt += found.share(first, last) * float(own.max() - own.min()) / 2
        value += found.share(first, last) * float(middles[first])
    sampled = found.mean(middles)
    if found.exact and found.weighted is None:
        value = sampled.value
    doubt += abs(value - sampled.value)
    low, high = max(0.0, sampled.low - doubt), min(100.0, sampled.high + doubt)
    exact = Interval(min(max(value, low), high), low, high, found.n, sampled.freedom)
    shown = published_interval(exact.value, low, high, found.n)
    known = nothing_estimated((exact,))
    return Estimate(*shown, found.n, left_out=found.left_out, everybody=known), exact


def _chosen_result(scope: Scope, item: Item) -> ItemResult:
    """Multi and rank items: the share that chose each code."""
    counts = scope.ground.counts
    base = counts.substantive(item.id)
    special = _special(scope, item)
    if not any(base[i] >= MINIMUM for i in scope.members):
        return _nothing(scope, item)
    n = int(sum(base[i] for i in scope.members if base[i] >= MINIMUM))
    back = withheld(scope.ground, item)
    chosen = {
        code: hidden(PROTECTED, n)
        if code in back.of_all and not scope.single
        else Distribution(
            scope,
            item.id,
            np.stack([base - k, k], axis=1),
            (1,),
            _chose(scope, item, code),
            back.estates[code],
        ).estimate([1])
        for code, k in counts.chosen[item.id].items()
    }
    none = hidden(UNSCORED, n)
    reason = None if any(estimate.hidden is None for estimate in chosen.values()) else PROTECTED
    missing = most_left_out(*(estimate.left_out for estimate in chosen.values()))
    return ItemResult(item.id, n, special, (), none, none, chosen=chosen, hidden=reason, left_out=missing)


def _chose(scope: Scope, item: Item, code: int) -> Ints | None:
    """Of every row 1 where this was chosen, 0 where not, -1 where the question has no answer on its scale;
    None where totals are by dwellings."""
    if scope.weights is None or item.background:
        return None
    frame = scope.ground.wave.frame
    if item.kind == "rank":
        places = [frame[f"{item.id}__r{place}"].to_numpy() for place in range(1, item.rank_size + 1)]
        first, chose = places[0], np.any([place == code for place in places], axis=0)
    else:
        order = [choice.code for choice in scope.ground.wave.questionnaire.choices(item)].index(code)
        first = frame[item.id].to_numpy()
        chose = (frame[f"{item.id}__m{order // 8}"].to_numpy() >> (order % 8)) & 1 == 1
    answered = ~np.isin(first, [UNANSWERED, *scope.ground.counts.outside[item.id]])
    return np.where(answered, chose.astype(np.int64), -1)
