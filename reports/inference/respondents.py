"""Who answered, and how: what those missing could change, respondents beside the register, ways of answering.

- bounds without any assumption: Manski 1989
- respondents beside the register: hypergeometric test of each group; R-indicator,
  Schouten, Cobben and Bethlehem 2009; where homes were drawn: shares over all dwellings beside it
- ways of answering: differences within estates (fixed effects; Searle 1971), Holm over the ways
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike
from scipy import special

from reports.errors import BadDesign, TooFewAnswers, TooManyGroups
from reports.inference.differences import difference
from reports.inference.estimates import Floats, Interval, Ints
from reports.inference.multiplicity import holm
from reports.inference.settings import FEWEST_OF_A_WAY, LEVEL, MOST_GROUPS
from reports.inference.stratified import stratified_share


def nonresponse_bounds(
    good: Sequence[int], answered: Sequence[int], asked: Sequence[int]
) -> tuple[float, float]:
    """What the share 0..1 of good answers could be among all, had all others answered badly, or well.

    Estate h has k good of r answers of N asked: sum k / N .. sum k / N + 1 - sum r / N (Manski 1989), each
    estate with its own response. Of more answers than asked: everybody has answered, and no more. No
    assumption, no level. BadDesign: nobody asked, or more good answers than answers.

    Source: Manski 1989, Journal of Human Resources 24, 343-360.
    """
    if any(not 0 <= k <= r for k, r in zip(good, answered, strict=True)):
        raise BadDesign("more good answers than answers")
    everybody = sum(max(r, size) for r, size in zip(answered, asked, strict=True))
    if everybody == 0:
        raise BadDesign("nobody was asked")
    return sum(good) / everybody, 1 - (sum(answered) - sum(good)) / everybody


def sample_bounds(
    good: Sequence[int],
    answered: Sequence[int],
    drawn: Sequence[int],
    population: Sequence[int | None],
    level: float = LEVEL,
) -> tuple[float, float]:
    """The same where only a sample was asked: what could be true of all dwellings, those that were drawn and
    would not answer on either side, and what sampling leaves open besides.

    Estate h has k good of r answers of n drawn of N. Of all dwellings a part would answer well if asked, and
    a part badly: stratified shares k / n and (r - k) / n of those drawn. The bounds are the lower limit of
    the first, and 1 less the lower limit of the second. Each holds when a limit of (1 + level) / 2 does.

    Source: Manski 1989, Journal of Human Resources 24, 343-360; limits: see `stratified_share`.
    """
    asked = [max(r, size) for r, size in zip(answered, drawn, strict=True)]
    bad = [r - k for k, r in zip(good, answered, strict=True)]
    well = stratified_share(list(good), asked, list(population), level)
    badly = stratified_share(bad, asked, list(population), level)
    return well.low, 1 - badly.low


@dataclass(frozen=True)
class Represented:
    """One group of the register. `p`: of such a number or a rarer one, had all been as likely to answer."""

    name: str
    answered: int
    register: int
    share: float
    register_share: float
    rate: float
    p: float
    standing: str
    """'more', 'fewer' or 'same' than its part of the register, after Holm."""


@dataclass(frozen=True)
class Representation:
    groups: tuple[Represented, ...]
    indicator: float
    """1 - 2 sd of the groups' response rates: 1 is wholly even (R-indicator)."""


def representation(
    answered: Mapping[str, int], register: Mapping[str, int], level: float = LEVEL
) -> Representation:
    """Respondents by group beside all dwellings by group.

    Group g of N_g dwellings has r_g of all n answers: hypergeometric(N, N_g, n) if all are as likely to
    answer; two-sided p = twice the smaller tail. BadDesign: a group with more answers than dwellings, or
    that the register does not have. TooManyGroups: more than MOST_GROUPS. TooFewAnswers: none.

    Source: Schouten, Cobben and Bethlehem 2009, Survey Methodology 35, 101-113; `holm`.
    """
    if len(register) > MOST_GROUPS:
        raise TooManyGroups(f"{len(register)} groups; merge them to {MOST_GROUPS} or fewer")
    if strangers := set(answered) - set(register):
        raise BadDesign(f"the register has no group {', '.join(sorted(strangers))}")
    r = np.asarray([answered.get(name, 0) for name in register], np.int64)
    sizes = np.asarray(list(register.values()), np.int64)
    if over := [name for name, few, all_ in zip(register, r, sizes, strict=True) if few > all_]:
        raise BadDesign(f"more answers than dwellings in {', '.join(over)}; correct the register")
    n, whole = int(r.sum()), int(sizes.sum())
    if n == 0:
        raise TooFewAnswers("nobody has answered")
    lower, upper = (
        scipy.stats.hypergeom.cdf(r, whole, sizes, n),
        scipy.stats.hypergeom.sf(r - 1, whole, sizes, n),
    )
    p = np.minimum(1.0, 2 * np.minimum(lower, upper))
    stands = holm(p.tolist(), level)
    share, expected = r / n, sizes / whole
    rates = np.where(sizes > 0, r / np.maximum(sizes, 1), 0.0)
    spread = float(np.sqrt((expected * (rates - n / whole) ** 2).sum() * whole / max(whole - 1, 1)))
    groups = tuple(
        Represented(
            name,
            int(r[i]),
            int(sizes[i]),
            float(share[i]),
            float(expected[i]),
            float(rates[i]),
            float(p[i]),
            "same" if not stands[i] else "more" if share[i] > expected[i] else "fewer",
        )
        for i, name in enumerate(register)
    )
    return Representation(groups, 1 - 2 * spread)


def beside_register(
    shares: Sequence[Interval], register: Sequence[float], level: float = LEVEL
) -> tuple[str, ...]:
    """Of shares over all dwellings, by group: 'more', 'fewer' or the 'same' as the register's part 0..1.

    For samples with unlike chances: each estate counts as it does in a total, so that only who answers within
    the estates is tested, and not which homes were drawn. Holm over the groups, p from the interval itself,
    and the interval leaves the register's part out.

    Source: see `stratified_share`, `difference` and `holm`.
    """
    apart = [
        difference(own, Interval(part, part, part, 0), level)
        for own, part in zip(shares, register, strict=True)
    ]
    stands = holm([one.p for one in apart], level)
    return tuple(
        "same" if not sure or one.low <= 0 <= one.high else "more" if one.value > 0 else "fewer"
        for one, sure in zip(apart, stands, strict=True)
    )


@dataclass(frozen=True)
class WayEffect:
    """People who answered this way beside those who answered the main way, within the same estates.

    The difference mixes the way itself with who chooses it, and is never taken out of the results.
    """

    way: str
    difference: Interval
    sure: bool


def way_effects(
    scores: ArrayLike,
    ways: Sequence[str],
    estates: ArrayLike,
    main: str,
    level: float = LEVEL,
    *,
    variance: float | None = None,
) -> tuple[WayEffect, ...]:
    """Difference in score of each way (mode, with a helper, by proxy) from the `main` one, Holm over them.

    Least squares with one level an estate: sum d y / sum d^2, d the way less its share in the estate; t on
    n - estates - 1 degrees of freedom. Ways of fewer than FEWEST_OF_A_WAY answers, or never in one estate
    with the main way, are left out. `variance`: of the scores within ways and estates; None: that of what is
    left. TooManyGroups: more than MOST_GROUPS ways. TooFewAnswers: nobody by the
    main way.

    Source: Searle 1971, Linear Models (least squares within estates); `holm`.
    """
    y, where = np.asarray(scores, np.float64), np.unique(np.asarray(estates), return_inverse=True)[1].ravel()
    way = np.asarray(ways, str)
    if not y.shape == way.shape == where.shape:
        raise BadDesign("each answer needs a score, a way and an estate")
    there = ~np.isnan(y)
    y, way, where = y[there], way[there], where[there]
    names = sorted(set(way.tolist()))
    if len(names) > MOST_GROUPS:
        raise TooManyGroups(f"{len(names)} ways of answering; merge them to {MOST_GROUPS} or fewer")
    if np.count_nonzero(way == main) < FEWEST_OF_A_WAY:
        raise TooFewAnswers(f"fewer than {FEWEST_OF_A_WAY} answers by '{main}' to set the others beside")
    found: dict[str, tuple[Interval, float]] = {}
    for name in names:
        both = (way == name) | (way == main)
        if name != main and np.count_nonzero(way == name) >= FEWEST_OF_A_WAY:
            made = _within(y[both], (way[both] == name).astype(np.float64), where[both], level, variance)
            if made is not None:
                found[name] = made
    stands = holm([p for _, p in found.values()], level)
    return tuple(
        WayEffect(name, interval, sure)
        for (name, (interval, _)), sure in zip(found.items(), stands, strict=True)
    )


def _within(
    y: Floats, mark: Floats, where: Ints, level: float, variance: float | None
) -> tuple[Interval, float] | None:
    """The difference within estates with its p; None when no estate has both ways."""
    size = np.bincount(where)
    used = np.count_nonzero(size)
    means = [np.bincount(where, values) / np.maximum(size, 1) for values in (mark, y)]
    d, left = mark - means[0][where], y - means[1][where]
    information = float((d**2).sum())
    freedom = y.size - used - 1
    if information <= 1e-9 or freedom < 1:
        return None
    value = float((d * y).sum()) / information
    of_one = float(((left - value * d) ** 2).sum()) / freedom if variance is None else variance
    error = float(np.sqrt(of_one / information))
    half = float(special.stdtrit(freedom, 1 - (1 - level) / 2)) * error
    p = 2 * float(special.stdtr(freedom, -abs(value) / error)) if error > 0 else float(value == 0)
    return Interval(value, value - half, value + half, int(mark.sum())), p
