"""Who answered beside the register: the groups that the register knows the size of, as the bars tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forms.questionnaire import Item
from reports.disclosure import MINIMUM
from reports.errors import NoEstimate
from reports.few_people import borne_by_more
from reports.inference import Interval
from reports.inference.respondents import beside_register, representation
from reports.items import Distribution, distribution
from reports.register_groups import Group, put_together, told_groups
from reports.results import BesideRegister, Weighting
from reports.scope import Scope
from reports.waves import RegisterMargin


def weighting(scope: Scope) -> Weighting | None:
    """How totals are weighted to the register, with those who answered beside it; None in the report on one
    estate, and where the register's margins were not given.

    Source: see `inference.respondents.representation` and `beside_register`.
    """
    told = None if scope.single else scope.ground.weighted[1]
    if told is None:
        return None
    return replace(told, beside=tuple(row for m in scope.ground.wave.margins for row in _beside(scope, m)))


def _beside(scope: Scope, margin: RegisterMargin) -> tuple[BesideRegister, ...]:
    """Groups of one margin that neither bars nor the register would give a small number of away."""
    form = scope.ground.wave.questionnaire
    item = form.item(margin.item)
    if item.sensitive:
        return ()
    codes = [choice.code for choice in form.steps(item)]
    found = distribution(scope, item)
    groups = put_together(told_groups(found, codes, margin), lambda group: group.register >= MINIMUM)
    if len(groups) < 2 or not sum(n for _, n, _ in groups):
        return ()
    # By the same list that says so on the page: `Results.sampled`.
    drawn = any(estate.dwellings is not None for estate in scope.ground.wave.estates)
    rows = _of_drawn(item, codes, found, groups) if drawn else _of_all(item, groups)
    everybody = sum(n for _, n, _ in groups)
    return tuple(
        row if borne_by_more(row.share - row.register_share, everybody) else replace(row, standing="same")
        for row in rows
    )


def _of_all(item: Item, groups: Sequence[Group]) -> tuple[BesideRegister, ...]:
    """All homes were asked: answers as they came, and a test of whether all were as likely to answer."""
    try:
        compared = representation(
            {str(place): n for place, (_, n, _) in enumerate(groups)},
            {str(place): number for place, (*_, number) in enumerate(groups)},
        )
    except NoEstimate:
        return ()  # more answers than the register has of it: nothing is weighted then, and that is told
    return tuple(
        BesideRegister(item.id, part, row.answered, row.share, row.register_share, row.standing)  # type: ignore[arg-type]
        for (part, _, _), row in zip(groups, compared.groups, strict=True)
    )


def _of_drawn(
    item: Item, codes: Sequence[int], found: Distribution, groups: Sequence[Group]
) -> tuple[BesideRegister, ...]:
    """Homes were drawn: ten of 400 here and 90 of 100 there are no picture of the 500, whoever answers. So
    each estate counts with all its homes, as in the bars; tested are these shares with their intervals."""
    shares = []
    for part, _, _ in groups:
        own = found.estimate([codes.index(code) for code in part])
        if own.value is None or own.low is None or own.high is None:
            return ()
        shares.append(Interval(own.value, own.low, own.high, own.n))
    whole = sum(number for *_, number in groups)
    register = [number / whole for *_, number in groups]
    rows = zip(groups, shares, register, beside_register(shares, register), strict=True)
    return tuple(
        BesideRegister(item.id, part, n, own.value, of_register, standing)  # type: ignore[arg-type]
        for (part, n, _), own, of_register, standing in rows
    )
