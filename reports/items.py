"""Results of single items in a scope: bars, shares of good answers, means; protected on the way out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.disclosure import (
    FEW,
    MINIMUM,
    PROFILES,
    PROTECTED,
    SENSITIVE,
    UNSCORED,
    Span,
    estate_segments,
    published_interval,
    share_step,
    small_counts_left_out,
    total_mean_may_be_shown,
    total_segments,
    total_small_counts,
)
from reports.inference import Interval, Stratum, counted, mean_interval, stratified_share, weights
from reports.results import Estimate, ItemResult, Segment
from reports.rounding import half_up, outward
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
        asked = {i: scope.ground.population(i, item_id) for i in places}
        strata = {i: Stratum(int(base[i]), 0.0, 0.0, asked[i]) for i in places}
        ways = [places]
        if not scope.single:
            # Estates below 10 answers can show no bar of their own; alone they would forbid the total's.
            ways.append([i for i in places if base[i] >= 2 * MINIMUM])
        best: tuple[tuple[bool, int, int], list[int], tuple[Span, ...], bool] | None = None
        for way in ways:
            if not way:
                continue
            if scope.single:
                spans, exact = shown[way[0]], True
            else:
                per_answer = weights([strata[i] for i in way]) / base[way]
                spans, exact = total_segments(table[way], [shown[i] for i in way], per_answer, wanted)
            worth = (self.wanted <= _edges(spans), len(spans), int(base[way].sum()))
            if best is None or worth > best[0]:
                best = worth, way, spans, exact
        self.places = best[1] if best else []
        self.spans = best[2] if best else ()
        self.exact = best[3] if best else True
        self.step = 0.0
        self.table = table[self.places]
        self.base = base[self.places]
        self.n = int(self.base.sum())
        self.populations = [asked[i] for i in self.places]
        self.weights = weights([strata[i] for i in self.places]) if self.places else np.zeros(0)
        if self.places and not self.exact:
            self.step = share_step(self.weights / self.base) or 1.0

    def share(self, first: int, last: int) -> float:
        """Weighted share of positions first..last - 1, rounded where it must be.

        Not the shares but the edges of the bars are rounded: two shares that both round up would add up to
        more than the whole and so tell that they lay exactly between.
        """
        return self._edge(last) - self._edge(first)

    def _edge(self, position: int) -> float:
        edge = float((self.table[:, :position].sum(axis=1) / self.base * self.weights).sum())
        return half_up(edge / self.step) * self.step if self.step else edge

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
        if self.step:
            value = sum(self.share(*span) for span in self.spans if span[0] in positions)
            low, high = outward(low, high, self.step)
            low, high = max(0.0, min(low, value)), min(1.0, max(high, value))
        return Estimate(value, low, high, self.n, step=found.step)


def _edges(spans: Sequence[Span]) -> frozenset[int]:
    return frozenset(first for first, _ in spans)


def cuts_of(good: Sequence[bool]) -> tuple[int, ...]:
    """Positions where good answers and others meet."""
    return tuple(i for i in range(1, len(good)) if good[i] != good[i - 1])


def distribution(scope: Scope, item: Item) -> Distribution:
    """The answers to a choice item, cut first of all where its good answers begin."""
    form = scope.ground.wave.questionnaire
    codes = [choice.code for choice in form.steps(item)]
    favourable = favourable_codes(form, item)
    cuts = cuts_of([code in favourable for code in codes])
    return Distribution(scope, item.id, scope.ground.counts.codes[item.id][:, codes], cuts)


def item_result(scope: Scope, item: Item) -> ItemResult:
    """Everything that may be shown of one closed item."""
    ground = scope.ground
    if item.sensitive and not _sensitive_may_be_told(scope, item):
        return ItemResult(item.id, 0, {}, (), hidden(SENSITIVE), hidden(SENSITIVE), hidden=SENSITIVE)
    if item.kind != "choice":
        return _chosen_result(scope, item)
    codes = [choice.code for choice in ground.wave.questionnaire.steps(item)]
    favourable = favourable_codes(ground.wave.questionnaire, item)
    good = [code in favourable for code in codes]
    found = distribution(scope, item)
    if not found.places:
        return ItemResult(item.id, 0, _special(scope, item), (), hidden(FEW), hidden(FEW), hidden=FEW)
    share = found.estimate([i for i, yes in enumerate(good) if yes]) if any(good) else None
    return ItemResult(
        item_id=item.id,
        n=found.n,
        special=_special(scope, item),
        segments=found.segments(codes),
        favourable=share or hidden(UNSCORED, found.n),
        mean=bar_mean(scope, item, found)[0],
        hidden=None if found.spans else PROTECTED,
    )


def _sensitive_may_be_told(scope: Scope, item: Item) -> bool:
    answered = scope.ground.counts.substantive(item.id)[list(scope.members)]
    return len(scope.members) > 1 and int(answered.sum()) >= PROFILES["standard"].sensitive


def _special(scope: Scope, item: Item) -> dict[int, int]:
    own = [scope.ground.counts.special(item.id, i) for i in scope.members]
    if scope.single:
        return small_counts_left_out(own[0]) if own else {}
    return total_small_counts(own)


def bar_mean(scope: Scope, item: Item, found: Distribution) -> tuple[Estimate, Interval | None]:
    """Mean score of one item as its bars tell it, and exactly so (for comparisons inside this room).

    Answers merged into one bar count as the middle of their scores, so the mean says nothing that the bars do
    not. The interval is widened by the most that this can be off.
    """
    scored = scope.ground.scored.get(item.id)
    codes = [choice.code for choice in scope.ground.wave.questionnaire.steps(item)]
    if scored is None or len({*scored.scores.values()}) < 2 or not set(codes) <= scored.scores.keys():
        return hidden(UNSCORED, found.n), None
    if not found.spans:
        return hidden(PROTECTED if found.places else FEW, found.n), None
    scores = np.asarray([scored.scores[code] for code in codes])
    middles, doubt, value = scores.copy(), 0.0, 0.0
    for first, last in found.spans:
        own = scores[first:last]
        middles[first:last] = (own.min() + own.max()) / 2
        doubt += found.share(first, last) * float(own.max() - own.min()) / 2
        value += found.share(first, last) * float(middles[first])
    sampled = mean_interval(counted(middles, found.table, found.populations))
    if found.exact:
        value = sampled.value
    doubt += abs(value - sampled.value)
    low, high = max(0.0, sampled.low - doubt), min(100.0, sampled.high + doubt)
    exact = Interval(min(max(value, low), high), low, high, found.n, sampled.freedom)
    return Estimate(*published_interval(exact.value, low, high, found.n), found.n), exact


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
