"""How good answers to the overall question go with the answers to others. Association, never cause."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Item, Questionnaire
from forms.scoring import favourable_codes
from reports.bars import kept_back
from reports.columns import cuts_of, good_answers
from reports.counts import CODES
from reports.disclosure import MINIMUM, each_keeps_its_range, rounded_base, segments_of_each
from reports.inference import gamma, holm, stratified_share
from reports.inference.clusters import shares_apart
from reports.inference.settings import FEWEST_UNITS
from reports.left_out import left_out, most_left_out
from reports.results import Association, Estimate, LeftOut
from reports.rounding import half_up, outward, percent
from reports.scope import Scope
from reports.widths import p_of

Ints = NDArray[np.int64]
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Common:
    """Of two questions, what nobody can subtract an estate's hidden answers from.

    `estates`: places of those whose own bars tell good answers to both from others. `rows`, `columns`: the
    inner cuts that all of these bars show, of the factor and of the outcome, both from bad to good.
    """

    estates: tuple[int, ...]
    rows: frozenset[int]
    columns: frozenset[int]


def outcome_of(questionnaire: Questionnaire) -> Item | None:
    """The overall question, when it has good answers.

    Source: a definition; nothing is estimated.
    """
    for item in questionnaire.items():
        if item.role == "overall" and favourable_codes(questionnaire, item):
            return item
    return None


def associations(scope: Scope) -> tuple[Association, ...]:
    """Strongest first. Only for all estates together: estates could be subtracted from one another's tables.
    Of these, the answers in estates that show both questions, cut where all of them do (`common`).

    Factors: ordered questions that are not about the person. `distinguishable`: `apart` differs from 0 at
    95 % after Holm over all factors, by what is told of it: with estates as units, and noise in its width
    (`widths`), so that neither tells what single estates answered; of one estate by gamma. All is of those
    who answered: an answer counts as one, also where homes were drawn. The rows are about the people of these
    very estates, so their intervals count people.

    Source: see `inference.gamma`, `inference.clusters.shares_apart` and `inference.holm`.
    """
    form = scope.ground.wave.questionnaire
    outcome = outcome_of(form)
    if outcome is None or scope.single or not scope.members:
        return ()
    found = []
    for factor in form.items():
        if factor.id != outcome.id and _is_ordered(form, factor):
            made = _association(scope, factor, outcome)
            if made is not None:
                found.append(made)
    sure = holm([p for _, p in found])
    made_sure = [replace(own, distinguishable=stands) for (own, _), stands in zip(found, sure, strict=True)]
    return tuple(sorted(made_sure, key=lambda a: (-abs(a.gamma), a.factor)))


def _is_ordered(form: Questionnaire, item: Item) -> bool:
    if item.kind != "choice" or item.background or item.sensitive or item.scale is None or item.choices:
        return False
    scale = form.scale(item.scale)
    return scale.ordinal and len(scale.choices) > 1 and bool(item.level or item.scoring or scale.favourable)


def common(scope: Scope, factor: Item, outcome: Item) -> Common | None:
    """Where a table of these two questions may come from, and where it may be cut.

    What its rows and columns add up to is then told by the estates themselves, and a table less their bars
    says nothing of an estate that shows less. Cut so far only that, beside those bars, every estate keeps its
    own table to itself (`each_keeps_its_range`). None where a question is kept back, where a single estate of
    several would be left, or where it cannot be cut at all.

    Source: our own rule, docs/methods.md.
    """
    own = scope.estate_ids if scope.single else None
    if any(item.sensitive or kept_back(scope.ground, own, item.id) for item in (factor, outcome)):
        return None
    cuts = [_cuts_by_estate(scope, item) for item in (factor, outcome)]
    estates = tuple(i for i in scope.members if i in cuts[0] and i in cuts[1])
    if len(estates) < min(2, len(scope.members)):
        return None
    rows, columns = (frozenset.intersection(*(shown[i] for i in estates)) for shown in cuts)
    form = scope.ground.wave.questionnaire
    tables = crossed_by_estate(scope, factor, outcome)[list(estates)]
    between = [cuts_of(_good_upwards(form, item)) for item in (factor, outcome)]
    for allowed in ((rows, columns), (rows, between[1]), (between[0], between[1])):
        found = _cut_safely(form, factor, outcome, tables, allowed)
        if found is not None:
            return Common(estates, *found)
    return None


def _cut_safely(
    form: Questionnaire,
    factor: Item,
    outcome: Item,
    tables: Ints,
    allowed: tuple[Collection[int], Collection[int]],
) -> tuple[frozenset[int], frozenset[int]] | None:
    """The cuts of the table of all, where estates may be cut so."""
    parts = merged_parts(form, factor, outcome, tables.sum(axis=0), allowed)
    if parts is None:
        return None
    for axis, own in enumerate(parts, 1):
        tables = np.add.reduceat(tables, [first for first, _ in own], axis=axis)
    if len(tables) > 1 and not each_keeps_its_range(tables):
        return None
    rows, columns = (frozenset(first for first, _ in own if first) for own in parts)
    return rows, columns


def _cuts_by_estate(scope: Scope, item: Item) -> dict[int, frozenset[int]]:
    """Inner cuts of the bars of estates that show one, with good answers apart; from bad to good."""
    known = scope.ground.cuts
    if item.id in known:
        return known[item.id]
    form = scope.ground.wave.questionnaire
    codes = [choice.code for choice in form.steps(item)]
    wanted = cuts_of(good_answers(form, item))
    turned = upwards(form, item, codes) != codes
    large = scope.ground.large_enough
    rows = segments_of_each(scope.ground.counts.codes[item.id][np.ix_(large, codes)], wanted)
    found: dict[int, frozenset[int]] = {}
    of_kind: dict[Spans, frozenset[int]] = {}  # of hundreds of estates there are few kinds
    for i, spans_told in zip(large, rows, strict=True):
        if spans_told not in of_kind:
            cuts = frozenset(first for first, _ in spans_told if first)
            seen = cuts if cuts.issuperset(wanted) else frozenset[int]()
            of_kind[spans_told] = frozenset(len(codes) - cut for cut in seen) if turned else seen
        if of_kind[spans_told]:
            found[i] = of_kind[spans_told]
    known[item.id] = found
    return found


def crossed(scope: Scope, factor: Item, outcome: Item, estates: Collection[int]) -> Ints:
    """Answers in these estates by step of the factor and step of the outcome, both from bad to good.

    Source: a definition; nothing is estimated.
    """
    found: Ints = crossed_by_estate(scope, factor, outcome)[list(estates)].sum(axis=0)
    return found


def crossed_by_estate(scope: Scope, factor: Item, outcome: Item) -> Ints:
    """The same of every estate of the wave.

    Source: a definition; nothing is estimated.
    """
    ground = scope.ground
    pair = factor.id, outcome.id
    if pair not in ground.crossed:
        if outcome.id not in ground.placed:
            columns = _steps_upwards(scope, outcome)
            # In the order of the steps of the one question, for it is crossed with every other.
            ground.placed[outcome.id] = ground.estate_of * columns.width + columns.of_answers()
        rows, columns = _steps_upwards(scope, factor), _steps_upwards(scope, outcome)
        places = rows.of_answers()
        places += ground.placed[outcome.id] * rows.width
        shape = len(ground.wave.estates), columns.width, rows.width
        counts = np.bincount(places, minlength=shape[0] * shape[1] * shape[2]).reshape(shape)
        ground.crossed[pair] = counts[:, :-1, :-1].transpose(0, 2, 1).copy()
    return ground.crossed[pair]


@dataclass(frozen=True)
class _Steps:
    """Steps from bad to good, and one more for everybody who stands on none. `of_codes`: CODES."""

    of_codes: Ints
    width: int
    codes: NDArray[np.uint8]

    def of_answers(self) -> Ints:
        return self.of_codes.take(self.codes)


def _steps_upwards(scope: Scope, item: Item) -> _Steps:
    form = scope.ground.wave.questionnaire
    codes = upwards(form, item, [choice.code for choice in form.steps(item)])
    step = np.full(CODES, len(codes))
    step[codes] = np.arange(len(codes))
    return _Steps(step, len(codes) + 1, scope.ground.wave.frame[item.id].to_numpy())


def _good_upwards(form: Questionnaire, item: Item) -> list[bool]:
    """Of each step from bad to good, whether it is a good answer."""
    good = favourable_codes(form, item)
    return [code in good for code in upwards(form, item, [choice.code for choice in form.steps(item)])]


def _association(scope: Scope, factor: Item, outcome: Item) -> tuple[Association, float] | None:
    """The association and the p of no difference (`apart`); None when too little may be shown of it."""
    ground = scope.ground
    form = ground.wave.questionnaire
    shared = common(scope, factor, outcome)
    if shared is None:
        return None
    # Higher is better for both, so that a positive gamma reads the same whatever way a scale runs.
    rows = upwards(form, factor, [choice.code for choice in form.steps(factor)])
    tables = crossed_by_estate(scope, factor, outcome)[list(shared.estates)]
    table = tables.sum(axis=0)
    good = np.asarray(_good_upwards(form, outcome))
    pairs = np.stack([table[:, good].sum(axis=1), table[:, ~good].sum(axis=1)], axis=1)
    parts = spans(pairs, cuts_of(_good_upwards(form, factor)), shared.rows)
    # Of the merged table: of few people, one number of a finer one could tell what its parts are made of.
    measure = gamma(merged(form, factor, outcome, tables, (shared.rows, shared.columns)))
    if len(parts) < 2 or measure is None:
        return None
    # Where some answered only one of the two, this table less the items' own would show those few.
    n = int(table.sum())
    own = [int(ground.counts.substantive(i.id)[list(shared.estates)].sum()) for i in (factor, outcome)]
    exact = own == [n, n]
    shown = tuple((tuple(sorted(rows[i:j])), _row(pairs[i:j].sum(axis=0), exact)) for i, j in parts)
    units = int(tables.any(axis=(1, 2)).sum())
    apart, half = _apart(tables, parts, good, shown, exact, ground.widths.wider(units, ("apart", factor.id)))
    missing = missing_from(scope, (factor, outcome), shared.estates)
    found = Association(factor.id, outcome.id, shown, half_up(measure[0].value, 2), False, apart, missing)
    # That of one estate alone is of its own table: gamma, which uses more of it, tells of no other.
    return found, measure[1] if units < FEWEST_UNITS else p_of(apart.value or 0.0, half, units)


def missing_from(scope: Scope, items: Iterable[Item], estates: Collection[int]) -> LeftOut:
    """Who is left out where answers to these questions are looked at together in these estates alone: of each
    question by itself, for how many answered it the reports tell, and not how many answered all of them.

    Source: our own rule, docs/methods.md.
    """
    ground = scope.ground
    inside = sorted(estates)
    homes = [ground.homes[i] for i in inside]
    figures = []
    for item in items:
        base = ground.counts.substantive(item.id)
        n, answers = int(base[inside].sum()), int(base[base >= MINIMUM].sum())
        figures.append(left_out(len(inside), len(base), n, answers, homes, ground.homes))
    return most_left_out(*figures)


def _apart(
    tables: Ints,
    parts: Spans,
    good: NDArray[np.bool_],
    shown: tuple[tuple[tuple[int, ...], Estimate], ...],
    exact: bool,
    wider: float,
) -> tuple[Estimate, float]:
    """The last row less the first, both as they are shown, in an interval `wider` times as wide as it is; and
    how far it then reaches towards nothing at all, before it is rounded."""
    lowest, highest = (
        np.stack([own[:, good].sum(axis=1), own.sum(axis=1)], axis=1)
        for own in (tables[:, i:j].sum(axis=1) for i, j in (parts[0], parts[-1]))
    )
    found = shares_apart(highest, lowest, wider=wider)
    last, first = shown[-1][1], shown[0][1]
    if last.value is None or first.value is None:
        raise ValueError("a row of an association has a share")
    # About what is shown, and as far out as the two rows may have been rounded.
    value, rounded = last.value - first.value, 0.0 if exact else 0.01
    below, above = (arm + rounded for arm in (found.value - found.low, found.high - found.value))
    low, high = outward((value - below) * 100, (value + above) * 100, 1)
    told = Estimate(value, max(low / 100, -1.0), min(high / 100, 1.0), last.n + first.n)
    return told, below if value > 0 else above


def upwards(form: Questionnaire, item: Item, codes: list[int]) -> list[int]:
    """Codes from bad to good, where the scale says which is which.

    Source: a definition; nothing is estimated.
    """
    good = [i for i, code in enumerate(codes) if code in favourable_codes(form, item)]
    middle = (len(codes) - 1) / 2
    return codes[::-1] if good and sum(good) / len(good) < middle else codes


def merged(
    form: Questionnaire,
    factor: Item,
    outcome: Item,
    tables: Ints,
    allowed: tuple[Collection[int] | None, Collection[int] | None] = (None, None),
) -> Ints:
    """Tables of estates (estates x steps x steps) by the parts of `merged_parts` of all of them together.
    ValueError: there are none.

    Source: our own rule, docs/methods.md.
    """
    parts = merged_parts(form, factor, outcome, tables.sum(axis=0), allowed)
    if parts is None:
        raise ValueError("fewer than five people in a corner of the table: nothing can be told of it")
    coarse: Ints = tables
    for axis, own in enumerate(parts, 1):
        coarse = np.add.reduceat(coarse, [first for first, _ in own], axis=axis)
    return coarse


def merged_parts(
    form: Questionnaire,
    factor: Item,
    outcome: Item,
    table: Ints,
    allowed: tuple[Collection[int] | None, Collection[int] | None] = (None, None),
) -> tuple[Spans, Spans] | None:
    """Neighbouring answers merged until 5 people or more gave each pair of answers; good answers never with
    others. Rows (the factor) as the association tells them, then columns as fine as can be.

    `table`: steps of the factor x steps of the outcome, both from bad to good. `allowed`: where each may be
    cut at all. None: it cannot be done.

    Source: our own rule, docs/methods.md.
    """
    good = [np.asarray(_good_upwards(form, item)) for item in (factor, outcome)]
    pairs = np.stack([table[:, good[1]].sum(axis=1), table[:, ~good[1]].sum(axis=1)], axis=1)
    rows = spans(pairs, cuts_of(good[0].tolist()), allowed[0])
    if not rows:
        return None
    coarse = np.add.reduceat(table, [first for first, _ in rows], axis=0)
    columns = spans(coarse.T, cuts_of(good[1].tolist()), allowed[1])
    return (rows, columns) if columns else None


def spans(
    pairs: Ints, cuts: Collection[int] = (), allowed: Collection[int] | None = None
) -> tuple[tuple[int, int], ...]:
    """Neighbouring rows merged until each has 5 answers or more in every column; as many as can be.

    `cuts`: where good answers and others meet. None is merged across: neither-nor never stands among those
    who agree. `allowed`: where rows may be cut at all; None: everywhere. () when that cannot be done.

    Source: our own rule, docs/methods.md.
    """

    @cache
    def best(end: int) -> tuple[tuple[int, int], ...] | None:
        if end == 0:
            return ()
        ways = [
            (*before, (start, end))
            for start in range(end)
            if (start == 0 or allowed is None or start in allowed)
            and not any(start < cut < end for cut in cuts)
            and pairs[start:end].sum(axis=0).min() >= MINIMUM
            and (before := best(start)) is not None
        ]
        return max(ways, key=len, default=None)

    return best(len(pairs)) or ()


def _row(pair: Ints, exact: bool) -> Estimate:
    good, n = int(pair[0]), int(pair.sum())
    found = stratified_share([good], [n], [None])
    if exact:
        return Estimate(found.value, found.low, found.high, n)
    low, high = outward(found.low * 100, found.high * 100, 1)
    return Estimate(percent(found.value) / 100, low / 100, high / 100, rounded_base(n))
