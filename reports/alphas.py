"""Alpha and omega of an object as they may be told: never so that they tell how many gave two answers.

Both rest on how the answers to the questions go together, S, the sum of the covariances of all pairs; how
many gave each answer to one question, and so V, the sum of the variances, is told by the bars. When two
people exchange their answers to one question the bars stay, and S moves by `step` at most. Of two yes/no
questions S tells how many said no to both. So S bears noise by that step before alpha is made of it: what
five exchanges change is at most e^2 = 7.4 times less likely, whatever was answered, and no answers are
ruled out (see `widths`). All else, whether it is told at all too, follows from that S. Omega rests on each
covariance by itself: it bears noise of its own, and is told only where five exchanges move it little.

Source: Dwork, McSherry, Nissim and Smith 2006, TCC, LNCS 3876, 265-284; our own rule, docs/methods.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.disclosure import MINIMUM
from reports.inference.estimates import Floats, Interval
from reports.inference.reliability import alpha_interval, omega_total
from reports.inference.settings import LEVEL, RELIABILITY_MOVED
from reports.results import Estimate
from reports.rounding import half_up, outward

STEP = 0.1
"""To what both are told."""
UNLIKELY = 2.0
"""By e to this, at most, are answers less likely that lie MINIMUM exchanges away."""
FAR = -math.log(1 - LEVEL)
"""Beyond so many times its scale lies 1 - LEVEL of the noise."""


def step(ranges: Sequence[float], n: int) -> float:
    """How far the sum of the covariances moves at most when two people exchange their answers to a question.

    Their answers to it differ by its range at most, and those to every other question by that one's: the sum
    of products of a pair moves by the product, and its covariance by one part in n - 1 of that. `ranges`: of
    the scores that can be given to each question. `n`: people who answered both, the fewest of any pair.

    Source: our own, docs/methods.md.
    """
    return max(own * (sum(ranges) - own) for own in ranges) / (n - 1)


def alpha_of(together: float, variances: float, items: int) -> float:
    """Alpha of S and V; minus infinity where the sum of the items has no variance left.

    Source: Cronbach 1951, see `inference.reliability.reliability`.
    """
    whole = variances + 2 * together
    return items / (items - 1) * (1 - variances / whole) if whole > 0 else -math.inf


def told_alpha(covariance: Floats, ranges: Sequence[float], n: int, lot: float) -> Estimate | None:
    """Alpha in tenths, with its interval; None where MINIMUM exchanges may move it by more than
    RELIABILITY_MOVED. `lot`: of Laplace's law with scale 1, always the same for the same answers.

    Source: see `together_told`, `alpha_of`, `inference.reliability.alpha_interval`; the law of this module.
    """
    items, variances = len(ranges), float(np.trace(covariance))
    together = together_told(covariance, ranges, n, lot)
    if not moves_little(together, variances, items):
        return None
    value, least, most = (
        alpha_of(together.value + more * together.noise, variances, items) for more in (0.0, -FAR, FAR)
    )
    if math.isinf(least):
        return None
    return _told(value, alpha_interval(least, n, items), alpha_interval(most, n, items))


@dataclass(frozen=True)
class Together:
    """The sum of the covariances of all pairs, with noise of this scale. `far`: how far MINIMUM exchanges of
    answers to one question move it at most."""

    value: float
    noise: float
    far: float


def together_told(
    covariance: Floats, ranges: Sequence[float], n: int, lot: float, more: float = 1.0
) -> Together:
    """S with its noise, as alpha is made of it, and what widths of scores are reckoned from (`columns`).
    `more`: so many times the noise.

    Source: see `step`; the law of this module.
    """
    one = step(ranges, n)
    noise = more * MINIMUM * one / UNLIKELY
    together = (float(covariance.sum()) - float(np.trace(covariance))) / 2 + noise * lot
    return Together(together, noise, MINIMUM * one)


def moves_little(together: Together, variances: float, items: int) -> bool:
    """Whether MINIMUM exchanges move alpha by RELIABILITY_MOVED at most.

    Alpha is concave in S: nowhere is it steeper than on the way down, so that way decides.

    Source: see `alpha_of`, `step`.
    """
    value, moved = (alpha_of(together.value - far, variances, items) for far in (0.0, together.far))
    return value - moved <= RELIABILITY_MOVED


def told_omega(covariance: Floats, ranges: Sequence[float], n: int, lot: float) -> Estimate | None:
    """Omega in the same way, of three items or more; its interval is Feldt's, which is omega's own where all
    questions lean alike on what they share.

    Source: see `moved_omega`, `inference.reliability.omega_total`, `inference.reliability.alpha_interval`.
    """
    items = len(ranges)
    if items < 3 or moved_omega(covariance, ranges, n) > RELIABILITY_MOVED:
        return None
    noise = RELIABILITY_MOVED / UNLIKELY
    value = float(omega_total(covariance[None])[0]) + noise * lot
    return _told(
        value,
        alpha_interval(value - FAR * noise, n, items),
        alpha_interval(value + FAR * noise, n, items),
    )


def moved_omega(covariance: Floats, ranges: Sequence[float], n: int) -> float:
    """How far MINIMUM exchanges of answers to one question may move omega.

    An exchange moves the covariances of that question with the others, each as far as `step` says; nothing
    bounds what one factor makes of that, so it is reckoned there: each covariance alone, added up over those
    of the question, and all of them at once, each the way that moves omega up, or down.

    Source: our own, docs/methods.md.
    """
    items = len(ranges)
    most = MINIMUM * np.outer(ranges, ranges) / (n - 1)
    pairs = [(i, j) for i in range(items) for j in range(i)]
    alone = np.zeros((2 * len(pairs), items, items))
    for row, (i, j) in enumerate(pairs):
        alone[2 * row, [i, j], [j, i]] = most[i, j]
    alone[1::2] = -alone[::2]
    now = float(omega_total(covariance[None])[0])
    ends = (omega_total(covariance + alone) - now).reshape(-1, 2)
    reach, up = np.zeros((items, items)), np.zeros((items, items))
    for (i, j), (more, less) in zip(pairs, ends, strict=True):
        reach[[i, j], [j, i]] = max(abs(more), abs(less))
        up[[i, j], [j, i]] = np.sign(more - less)
    together = np.zeros((2 * items, items, items))
    for i in range(items):
        together[2 * i, i] = together[2 * i, :, i] = up[i] * most[i]
    together[1::2] = -together[::2]
    at_once = np.abs(omega_total(covariance + together) - now).max()
    return float(max(reach.sum(axis=1).max(), at_once))


def may_be_called_turned(columns: Floats, ranges: Sequence[float], n: int) -> tuple[bool, ...]:
    """Of each item: whether it may be said that it surely goes against the others.

    That is said below a threshold of its correlation with them; of few answers next to nothing may lie below
    it. So MINIMUM exchanges must fit between the threshold and the least that the bars allow: people who
    stand high on it stand low on all others. Decided by the bars alone. `columns`: items x people.

    Source: see `step`; our own rule, docs/methods.md.
    """
    low = np.empty((len(columns), n))
    for own, row in zip(low, columns, strict=True):
        own[:] = spread_over(row[~np.isnan(row)], n)
        own -= own.mean()
    spread = np.sqrt(np.array([(own**2).sum() for own in low]) / (n - 1))
    against = low @ low[:, ::-1].T / (n - 1)
    sure = float(special.ndtri(1 - (1 - LEVEL) / 2)) / math.sqrt(max(n - 3, 1))
    # The threshold is lowest where all others go together.
    threshold = -math.tanh(sure) * spread * (spread.sum() - spread)
    least = against.sum(axis=1) - np.diag(against)
    room = np.array([own * (sum(ranges) - own) for own in ranges]) / (n - 1) * MINIMUM
    return tuple(bool(enough) for enough in threshold - least >= room)


def spread_over(answers: Floats, n: int) -> Floats:
    """The same answers as n people would have given them, in order: quantiles by the inverted distribution,
    sorted once. (numpy's `quantile` looks for all n of them by partition, which takes 100 times as long.)

    Source: Hyndman and Fan 1996, The American Statistician 50, 361-365, definition 1.
    """
    many = answers.size
    places = np.ceil((np.arange(n) + 0.5) / n * many - 1e-9).astype(np.int64) - 1
    found: Floats = np.sort(answers)[np.clip(places, 0, many - 1)]
    return found


def _told(value: float, lower: Interval, upper: Interval) -> Estimate:
    low, high = outward(lower.low, upper.high, STEP)
    base = lower.n // MINIMUM * MINIMUM
    return Estimate(min(half_up(value, 1), 1.0), round(low, 1), min(round(high, 1), 1.0), base)
