"""From a wave to results: the one way to a published number. Protection happens inside, never after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from forms.questionnaire import Item, Questionnaire
from forms.versions import comparable, comparable_cells, compare
from reports import cells as matrices
from reports.associations import associations, outcome_of
from reports.bounds import bounds_of
from reports.cells import Matrix, matrix_of, with_rest
from reports.collecting import not_collecting
from reports.contrasts import Contrast, contrasts, standings_by_estate
from reports.disclosure import FEW, MINIMUM, total_whole_counts, whole_counts
from reports.each import EachEstate
from reports.estates import index_by_estate, overall_by_estate
from reports.findings.headlines import findings, of_answers
from reports.index import Key
from reports.items import item_result
from reports.order import with_earlier
from reports.representation import weighting
from reports.results import Cell, Coverage, ItemResult, Results, Standing
from reports.scales import scales, turned_of_all
from reports.scope import Groundwork, Scope
from reports.trends import with_changes as with_item_changes
from reports.waves import Estate, Wave
from reports.ways import ways_of


def compute(wave: Wave, estate_id: str | None, previous: Wave | None = None) -> Results:
    """All that a report on one estate (or on all: `estate_id` None) may show.

    `previous`: the wave before in the same series, for changes. UnknownEstate when the round has no
    such estate.
    """
    ground = Groundwork.of(wave)
    before = Before.of(ground, Groundwork.of(previous)) if previous else None
    return _compute(ground, estate_id, before, standings_by_estate(contrasts(ground)))


def compute_each(
    ground: Groundwork, then: Groundwork | None, compared: Sequence[Contrast]
) -> tuple[Results, dict[str, Results]]:
    """The report on all estates and those on each, by id, as `compute` makes them one by one.

    `then`: of the wave before. `compared`: the `contrasts` of the ground.
    """
    with not_collecting():
        before = None if then is None else Before.of(ground, then, EachEstate(then))
        each, standings = EachEstate(ground), standings_by_estate(compared)
        whole = _compute(ground, None, before, standings)
        estates = {e.id: _compute(ground, e.id, before, standings, each) for e in ground.wave.estates}
        return whole, estates


@dataclass(frozen=True)
class Before:
    """The wave before. `comparable`: item of now -> the item then that it can be compared with."""

    ground: Groundwork
    comparable: Mapping[str, Item]
    cells: Collection[Key]
    """Scores that are made of the same items in both waves."""
    asked_otherwise: tuple[str, ...]
    """Items of now that were asked then, in another way."""
    each: EachEstate | None

    @classmethod
    def of(cls, now: Groundwork, then: Groundwork, each: EachEstate | None = None) -> Before:
        forms = then.wave.questionnaire, now.wave.questionnaire
        changed = [change.after for change in compare(*forms).broken]
        asked_otherwise = tuple(item.id for item in forms[1].items() if item.id in changed and item.one_of)
        return cls(then, _comparable(forms[1], forms[0]), comparable_cells(*forms), asked_otherwise, each)

    def items(self, scope: Scope) -> dict[str, ItemResult]:
        """Results of the scope then, by the id the item has now."""
        return {name: _item(scope, item, self.each) for name, item in self.comparable.items()}


def _compute(
    ground: Groundwork,
    estate_id: str | None,
    then: Before | None,
    standings: Mapping[str, Mapping[Key, Standing]],
    each: EachEstate | None = None,
) -> Results:
    """`each`: the figures of all estates, where they are at hand."""
    scope = Scope.of(ground, estate_id)
    before = _same_scope(scope, estate_id, then.ground) if then is not None else None
    items = _items(scope, each)
    matrix = _matrix(scope, each)
    if then is not None and before is not None:
        grades = {i.id for i in ground.wave.questionnaire.items() if i.role == "participation_grade"}
        earlier = then.items(before)
        items = with_item_changes(items, earlier, grades)
        if scope.single:
            items = with_earlier(items, earlier, _population(before, estate_id))
        matrix = matrices.with_changes(matrix, _matrix(before, then.each), then.cells)
    if estate_id is not None:
        matrix = with_rest(matrix, standings.get(estate_id, {}))
    by_estate = _by_estate(ground, standings, matrix) if scope.members and not scope.single else ()
    against_half = each.against_half(scope.members[0]) if each and scope.single and scope.members else None
    results = _results(scope, estate_id, items, matrix, by_estate, before, against_half)
    if then is None:
        return results
    if before is None:
        return replace(results, weighted_otherwise=_weighted_otherwise(scope, estate_id, then.ground))
    return replace(results, asked_otherwise=then.asked_otherwise if results.items else ())


FEWEST_OPEN = 5


def _results(
    scope: Scope,
    estate_id: str | None,
    items: dict[str, ItemResult],
    matrix: Matrix,
    by_estate: tuple[tuple[str, Cell], ...],
    before: Scope | None,
    against_half: Mapping[str, float] | None,
) -> Results:
    ground, wave = scope.ground, scope.ground.wave
    shown = bool(scope.members)
    own = _estates(ground, estate_id)
    name = wave.organisation if estate_id is None else own[0].name
    index = matrix.index()
    cells = (*((index,) if index is not None else ()), *matrix.objects(), *matrix.matrix())
    goes_with = associations(scope)
    bounds = _bounds(scope, items) if shown else None
    previous = before.ground.wave.campaign if before is not None else None
    excluded = 0 if scope.single else len(wave.estates) - len(scope.members)
    coverage = _coverage(scope, estate_id)
    missing = of_answers(coverage)
    return Results(
        organisation=wave.organisation,
        fictitious=wave.fictitious,
        campaign=wave.campaign,
        scope=name,
        estate_id=estate_id,
        questionnaire=wave.questionnaire,
        wave_hash=wave.content_hash,
        opens_on=wave.opens_on,
        closes_on=wave.last_day,
        results_on=wave.results_on,
        languages=wave.languages,
        modes=_modes(scope),
        invited=_invited(scope, estate_id),
        dwellings=_dwellings(scope, estate_id),
        n=int(sum(ground.counts.responses[i] for i in scope.members)),
        hidden=None if shown else FEW,
        coverage=coverage,
        items=items if shown else {},
        matrix=matrix.matrix() if shown else (),
        objects=matrix.objects() if shown else (),
        index=index if shown else None,
        by_estate=by_estate,
        associations=goes_with,
        findings=findings(name, wave.questionnaire, items, cells, goes_with, previous, missing, against_half)
        if shown
        else (),
        nonresponse_bounds=bounds[0] if bounds else None,
        nonresponse_limits=bounds is not None and bounds[1],
        previous_campaign=previous,
        excluded_estates=excluded,
        few_everywhere=not shown and estate_id is None and int(ground.counts.responses.sum()) >= MINIMUM,
        declared_grade=wave.declared_grade,
        declared=wave.declared,
        signed=wave.signed,
        open_answers=_open_answers(wave, estate_id),
        scales=scales(scope) if shown else (),
        turned_of_all=turned_of_all(scope) if shown else (),
        weighting=weighting(scope) if shown else None,
        ways=ways_of(scope) if shown else None,
    )


def _open_answers(wave: Wave, estate_id: str | None) -> int | None:
    """What may be said of how many came by open links: estates with a few of them add nothing to a total."""
    wanted = wave.open_answers.keys() if estate_id is None else wave.open_answers.keys() & {estate_id}
    found = [wave.open_answers[estate] for estate in wanted]
    return sum(n for n in found if n >= FEWEST_OPEN) or (None if found else 0)


def _by_estate(
    ground: Groundwork, standings: Mapping[str, Mapping[Key, Standing]], matrix: Matrix
) -> tuple[tuple[str, Cell], ...]:
    """The index of every estate; where there is none, shares of good overall answers (0..1)."""
    if ground.wave.questionnaire.index is None:
        return overall_by_estate(ground)
    index = matrix.index()
    # Limits about a total that is weighted to the register, and figures drawn towards it, would set estates
    # that are not weighted against what weighting did.
    weighted = Scope.of(ground, None).weights is not None
    return index_by_estate(ground, standings, index.score if index and not weighted else None)


def _items(scope: Scope, each: EachEstate | None) -> dict[str, ItemResult]:
    if not scope.members:
        return {}
    if each and scope.single:
        return each.items(scope.members[0])
    form = scope.ground.wave.questionnaire
    return {item.id: item_result(scope, item) for item in form.items() if item.counted}


def _item(scope: Scope, item: Item, each: EachEstate | None) -> ItemResult:
    return each.item(item.id, scope.members[0]) if each and scope.single else item_result(scope, item)


def _matrix(scope: Scope, each: EachEstate | None) -> Matrix:
    return each.matrix(scope.members[0]) if each and scope.single and scope.members else matrix_of(scope)


def _same_scope(scope: Scope, estate_id: str | None, then: Groundwork | None) -> Scope | None:
    """The same estates in the wave before, None when they are not all there with 5 answers or more.

    A total over other estates would show who moved in and out of the total, not what changed; one that is
    weighted to other things, what weighting does.
    """
    if then is None or not scope.members:
        return None
    if estate_id is not None and estate_id not in then.places:
        return None
    before = Scope.of(then, estate_id)
    if _weighted_by(scope) != _weighted_by(before):
        return None
    return before if before.estate_ids == scope.estate_ids else None


def _weighted_otherwise(scope: Scope, estate_id: str | None, then: Groundwork) -> bool:
    """Whether nothing but its weights keeps a total from being compared with the wave before."""
    if scope.single or not scope.members:
        return False
    before = Scope.of(then, estate_id)
    return before.estate_ids == scope.estate_ids and _weighted_by(scope) != _weighted_by(before)


def _weighted_by(scope: Scope) -> tuple[str, ...]:
    """Meanings of the questions of background that a total is weighted to."""
    if scope.weights is None:
        return ()
    form, margins = scope.ground.wave.questionnaire, scope.ground.wave.margins
    return tuple(sorted(form.item(margin.item).meaning for margin in margins))


def _comparable(now: Questionnaire, then: Questionnaire) -> dict[str, Item]:
    """Items then by the id they have now, of what `forms.versions` lets be compared."""
    items = {item.id: item for item in then.items()}
    return {name: items[old] for name, old in comparable(then, now).items() if items[old].one_of}


def _modes(scope: Scope) -> dict[str, int]:
    counts = scope.ground.counts
    own = [{mode: int(by_estate[i]) for mode, by_estate in counts.modes.items()} for i in scope.members]
    return whole_counts(own[0]) if scope.single and own else total_whole_counts(own)


def _estates(ground: Groundwork, estate_id: str | None) -> tuple[Estate, ...]:
    estates = ground.wave.estates
    return estates if estate_id is None else (estates[ground.places[estate_id]],)


def _invited(scope: Scope, estate_id: str | None) -> int | None:
    """Dwellings asked in the estates that count; for a hidden estate its own, which is no secret."""
    return _sum_known([estate.invited for estate in _that_count(scope, estate_id)])


def _population(scope: Scope, estate_id: str | None) -> int | None:
    """Dwellings that the answers of these estates are a part of."""
    counted = _that_count(scope, estate_id)
    if estate_id is not None:
        return counted[0].finite
    return _sum_known([estate.population for estate in counted])


def _dwellings(scope: Scope, estate_id: str | None) -> int | None:
    """Dwellings in these estates, where not all of them were asked."""
    counted = _that_count(scope, estate_id)
    if all(estate.dwellings is None for estate in counted):
        return None
    return _population(scope, estate_id)


def _that_count(scope: Scope, estate_id: str | None) -> list[Estate]:
    estates = scope.ground.wave.estates
    if estate_id is not None:
        return [estates[scope.ground.places[estate_id]]]
    # Of a round with too few answers everywhere, all who were asked: that is no secret.
    return [estates[i] for i in scope.members or range(len(estates))]


def _sum_known(numbers: Sequence[int | None]) -> int | None:
    return None if None in numbers else sum(n for n in numbers if n is not None)


def _coverage(scope: Scope, estate_id: str | None) -> tuple[Coverage, ...]:
    rows = []
    for estate in _estates(scope.ground, estate_id):
        n = int(scope.ground.counts.responses[scope.ground.places[estate.id]])
        answers = n if n >= MINIMUM else None
        rows.append(
            Coverage(
                estate.id,
                estate.name,
                estate.area,
                estate.invited,
                answers,
                estate.dwellings,
                estate.elsewhere,
                estate.others,
                estate.pool,
            )
        )
    return tuple(rows)


def _bounds(scope: Scope, items: dict[str, ItemResult]) -> tuple[tuple[float, float], bool] | None:
    outcome = outcome_of(scope.ground.wave.questionnaire)
    return None if outcome is None else bounds_of(scope, outcome, items[outcome.id].favourable)
