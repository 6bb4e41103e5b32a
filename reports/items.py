"""Results of single items in a scope: bars, shares of good answers, means; protected on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.disclosure import (
    FEW,
    MINIMUM,
    PROTECTED,
    UNSCORED,
    Span,
    estate_segments,
    mean_may_be_shown,
    published_interval,
    small_counts_left_out,
    total_mean_may_be_shown,
    total_segments,
    total_small_counts,
)
from reports.inference import Interval, Stratum, mean_interval, stratified_share, weights
from reports.results import Estimate, ItemResult, Segment
from reports.rounding import half_up, outward, percent
from reports.scope import Scope

Ints = NDArray[np.int64]


def hidden(reason: str, n: int = 0) -> Estimate:
    return Estimate(None, None, None, n, reason)


class Distribution:
    """Counts of one item (or of chosen / not chosen) in a scope, and how much of them may be shown."""

    def __init__(self, scope: Scope, item_id: str, table: Ints, wanted: Sequence[int]) -> None:
        """`table`: E x positions; `wanted`: the cuts that matter most."""
        base = table.sum(axis=1)
        places = [i for i in scope.members if base[i] >= MINIMUM]
        self.wanted = frozenset(wanted)
        shown = {i: estate_segments(table[i].tolist(), wanted) for i in places}
        ways = [places]
        if not scope.single:
            # Estates below 10 answers can show no bar of their own; alone they would forbid the total's.
            ways.append([i for i in places if base[i] >= 2 * MINIMUM])
        best: tuple[tuple[bool, int, int], list[int], tuple[Span, ...], bool] | None = None
        for way in ways:
            if not way:
                continue
            strata = self._strata(scope, item_id, way, base)
            if scope.single:
                spans, exact = shown[way[0]], True
            else:
                per_answer = weights(strata) / base[way]
                spans, exact = total_segments(table[way], [shown[i] for i in way], per_answer, wanted)
            worth = (self.wanted <= _edges(spans), len(spans), int(base[way].sum()))
            if best is None or worth > best[0]:
                best = worth, way, spans, exact
        self.places = best[1] if best else []
        self.spans = best[2] if best else ()
        self.exact = best[3] if best else True
        self.table = table[self.places]
        self.base = base[self.places]
        self.n = int(self.base.sum())
        self.populations = [scope.ground.population(i, item_id) for i in self.places]
        self.weights = (
            weights(self._strata(scope, item_id, self.places, base)) if self.places else np.zeros(0)
        )

    @staticmethod
    def _strata(scope: Scope, item_id: str, places: list[int], base: Ints) -> list[Stratum]:
        return [Stratum(int(base[i]), 0.0, 0.0, scope.ground.population(i, item_id)) for i in places]

    def share(self, first: int, last: int) -> float:
        """Weighted share of positions first..last - 1, rounded where it must be."""
        share = float((self.table[:, first:last].sum(axis=1) / self.base * self.weights).sum())
        return share if self.exact else percent(share) / 100

    def segments(self, codes: Sequence[int]) -> tuple[Segment, ...]:
        parts = []
        for first, last in self.spans:
            share = self.share(first, last)
            n = int(self.table[:, first:last].sum()) if self.exact else int(half_up(share * self.n))
            parts.append(Segment(tuple(codes[first:last]), n, share))
        return tuple(parts)

    def estimate(self, positions: Sequence[int]) -> Estimate:
        """Share of these positions with its interval, hidden when its cuts are not shown."""
        if not self.places:
            return hidden(FEW)
        if not self.spans or not self.wanted <= _edges(self.spans):
            return hidden(PROTECTED, self.n)
        k = self.table[:, list(positions)].sum(axis=1).tolist()
        found = stratified_share(k, self.base.tolist(), self.populations)
        value, low, high = found.value, found.low, found.high
        if not self.exact:
            value = percent(value) / 100
            low, high = (edge / 100 for edge in outward(low * 100, high * 100, 1))
        return Estimate(value, low, high, self.n)


def _edges(spans: Sequence[Span]) -> frozenset[int]:
    return frozenset(first for first, _ in spans)


def cuts_of(good: Sequence[bool]) -> tuple[int, ...]:
    """Positions where good answers and others meet."""
    return tuple(i for i in range(1, len(good)) if good[i] != good[i - 1])


def item_result(scope: Scope, item: Item) -> ItemResult:
    """Everything that may be shown of one closed item."""
    ground = scope.ground
    if item.kind != "choice":
        return _chosen_result(scope, item)
    codes = [choice.code for choice in ground.wave.questionnaire.choices(item)]
    favourable = favourable_codes(ground.wave.questionnaire, item)
    good = [code in favourable for code in codes]
    found = Distribution(scope, item.id, ground.counts.codes[item.id][:, codes], cuts_of(good))
    if not found.places:
        return ItemResult(item.id, 0, _special(scope, item), (), hidden(FEW), hidden(FEW), hidden=FEW)
    share = found.estimate([i for i, yes in enumerate(good) if yes]) if any(good) else None
    return ItemResult(
        item_id=item.id,
        n=found.n,
        special=_special(scope, item),
        segments=found.segments(codes),
        favourable=share or hidden(UNSCORED, found.n),
        mean=_mean(scope, item, found.n),
        hidden=None if found.spans else PROTECTED,
    )


def _special(scope: Scope, item: Item) -> dict[int, int]:
    own = [scope.ground.counts.special(item.id, i) for i in scope.members]
    if scope.single:
        return small_counts_left_out(own[0]) if own else {}
    return total_small_counts(own)


@dataclass(frozen=True)
class ItemScores:
    """Scores of one scored item in a scope. `scores`: by position, NaN where an answer has none."""

    scope: Scope
    item: Item
    scores: NDArray[np.float64]
    counts: Ints
    step: float

    @classmethod
    def of(cls, scope: Scope, item: Item) -> ItemScores | None:
        """None when the item has no scores to take a mean of."""
        scored = scope.ground.scored.get(item.id)
        if scored is None:
            return None
        codes = [choice.code for choice in scope.ground.wave.questionnaire.choices(item)]
        scores = np.asarray([scored.scores.get(code, np.nan) for code in codes])
        levels = np.unique(scores[~np.isnan(scores)])
        if levels.size < 2:
            return None
        step = float(np.diff(levels).max())
        return cls(scope, item, scores, scope.ground.counts.codes[item.id][:, codes], step)

    def values(self, estate: int) -> NDArray[np.float64]:
        own = np.repeat(self.scores, self.counts[estate])
        kept: NDArray[np.float64] = own[~np.isnan(own)]
        return kept

    def visible(self, estate: int) -> bool:
        """May one estate show its mean beside the bars it shows?"""
        form = self.scope.ground.wave.questionnaire
        favourable = favourable_codes(form, self.item)
        good = [choice.code in favourable for choice in form.choices(self.item)]
        row = self.counts[estate]
        spans = estate_segments(row.tolist(), cuts_of(good))
        if spans and all(last - first == 1 for first, last in spans):
            return True  # the bars show every answer already
        least, most = float(np.nanmin(self.scores)), float(np.nanmax(self.scores))
        if spans and not np.isnan(self.scores).any():
            parts = [(int(row[first:last].sum()), self.scores[first:last]) for first, last in spans]
            n = sum(held for held, _ in parts)
            least = sum(held * float(own.min()) for held, own in parts) / n
            most = sum(held * float(own.max()) for held, own in parts) / n
        return mean_may_be_shown(self.values(estate), self.step, least, most)

    def mean(self) -> tuple[Estimate, Interval | None]:
        places = [i for i in self.scope.members if self.values(i).size >= MINIMUM]
        strata = {
            i: Stratum.of(self.values(i), self.scope.ground.population(i, self.item.id)) for i in places
        }
        return protected_mean(self.scope, strata, {i: self.visible(i) for i in places})


def _mean(scope: Scope, item: Item, n: int) -> Estimate:
    scores = ItemScores.of(scope, item)
    return hidden(UNSCORED, n) if scores is None else scores.mean()[0]


def protected_mean(
    scope: Scope, strata: dict[int, Stratum], visible: dict[int, bool]
) -> tuple[Estimate, Interval | None]:
    """The mean over the estates as it may be shown, and exactly (for comparisons inside this room).

    Both are withheld together.
    """
    if not strata:
        return hidden(FEW), None
    parts = list(strata.values())
    n = sum(part.n for part in parts)
    if scope.single or len(parts) == 1:
        allowed = all(visible.values())
    else:
        allowed = total_mean_may_be_shown(list(visible.values()), weights(parts))
    if not allowed:
        return hidden(PROTECTED, n), None
    exact = mean_interval(parts)
    return Estimate(*published_interval(exact.value, exact.low, exact.high, n), n), exact


def _chosen_result(scope: Scope, item: Item) -> ItemResult:
    """Multi and rank items: the share that chose each code."""
    counts = scope.ground.counts
    base = counts.substantive(item.id)
    special = _special(scope, item)
    if not any(base[i] >= MINIMUM for i in scope.members):
        return ItemResult(item.id, 0, special, (), hidden(FEW), hidden(FEW), hidden=FEW)
    chosen = {
        code: Distribution(scope, item.id, np.stack([base - k, k], axis=1), (1,)).estimate([1])
        for code, k in counts.chosen[item.id].items()
    }
    n = int(sum(base[i] for i in scope.members if base[i] >= MINIMUM))
    none = hidden(UNSCORED, n)
    reason = None if any(estimate.hidden is None for estimate in chosen.values()) else PROTECTED
    return ItemResult(item.id, n, special, (), none, none, chosen=chosen, hidden=reason)
