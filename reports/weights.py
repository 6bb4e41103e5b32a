"""Weights for totals over estates, from what the register knows of everybody: raked, trimmed, or refused.

Estates keep their dwellings: they are a margin beside those of the register. Only answers of estates that
totals are made of have a weight. Rules, all of them in `reports/inference/settings.py`:

- who left a question of background out, or gave an answer that the register has no number for, is a group by
  itself that keeps its part
- a group with fewer than FEWEST_IN_MARGIN answers is put together with its neighbour in the questionnaire
- no answer counts for more than MOST_WEIGHT times what its estate makes it count for, or less than as small
  a part
- where a group has more answers than the register has of it, nothing is weighted
- where one answer made out more than TOO_HEAVY of the whole, or no weights fit, nothing is weighted, and the
  report says why
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forms.questionnaire import Questionnaire
from reports.disclosure import MINIMUM, rounded_base, share_step
from reports.errors import BadDesign, DoesNotConverge, NoEstimate
from reports.inference import Interval
from reports.inference.settings import FEWEST_IN_MARGIN, LEVEL, TOO_HEAVY
from reports.inference.weighting import Margin, Sample
from reports.results import Weighting
from reports.rounding import half_up
from reports.waves import RegisterMargin, Wave

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CODES = 256


@dataclass(frozen=True, eq=False)
class Weights:
    """Unprotected: for use inside this room only. `place`: of every row of the frame among the answers of
    the sample, -1 for those of estates that no total is made of."""

    sample: Sample
    place: Ints

    @property
    def of_rows(self) -> Floats:
        """Weight of every row of the frame, 0 for those that are in no total."""
        found: Floats = np.where(self.place >= 0, self.sample.weights[self.place], 0.0)
        return found

    def step(self, inside: Flags) -> float | None:
        """To what weighted shares of these rows must be rounded; None: nothing is coarse enough.

        Source: see `disclosure.share_step`.
        """
        own = self.of_rows[inside]
        return share_step(own / own.sum()) if own.sum() > 0 else None

    def share(self, mark: Flags, inside: Flags, level: float = LEVEL) -> Interval:
        """Of these rows of the frame, with the mark.

        Source: see `inference.weighting.Sample.share`.
        """
        return self.sample.share(self._own(mark * 1.0), level, self._own(inside))

    def mean(self, values: Floats, inside: Flags, level: float = LEVEL) -> Interval | None:
        """Mean of scores of these rows; None where the weights leave no spread to reckon with.

        Source: see `inference.weighting.Sample.mean`.
        """
        found = self.sample.mean(self._own(np.where(inside, values, 0.0)), self._own(inside))
        return found.score_interval(level) if found.error > 0 else None

    def _own(self, column: NDArray[np.generic]) -> NDArray[np.generic]:
        return column[self.place >= 0]


def weights_of(
    wave: Wave, estate_of: Ints, members: Sequence[int]
) -> tuple[Weights | None, Weighting | None]:
    """The weights with what is told of them. No Weights: totals are by dwellings; then there is no Weighting
    either when the register said nothing, else one with the reason.

    Source: see `inference.weighting.Sample.raked_within`; the limits: `inference/settings.py`.
    """
    if not wave.margins or not members:
        return None, None
    variables = tuple(margin.item for margin in wave.margins)
    if any(wave.estates[i].population is None for i in members):
        return None, Weighting(variables, refused="weighting.unknown")
    inside = np.isin(estate_of, members)
    rows = np.flatnonzero(inside)
    stratum = np.searchsorted(np.asarray(members), estate_of[rows])
    n = np.bincount(stratum, minlength=len(members))
    others = np.asarray([wave.estates[i].others for i in members])
    homes = np.asarray([wave.estates[i].population for i in members], np.float64)
    sizes = np.where(others, np.maximum(homes, n), homes)
    try:
        # What has answers of others among its own counts for its homes and is no part of them.
        chances = (n / sizes)[stratum] if others.any() else None
        base = Sample.of(stratum, np.where(others, np.inf, sizes), chances)
        margins = [Margin(stratum, sizes)]
        for margin in wave.margins:
            made = _margin(wave.questionnaire, margin, wave.frame[margin.item].to_numpy()[rows], base)
            if made is not None:
                margins.append(made)
        if len(margins) == 1:
            return None, Weighting(variables, refused="weighting.few")
        trimmed = base.raked_within(margins)
    except DoesNotConverge:
        return None, Weighting(variables, refused="weighting.search")
    except (BadDesign, NoEstimate):
        return None, Weighting(variables, refused="weighting.design")
    if trimmed.sample.weights.max() > TOO_HEAVY * trimmed.sample.weights.sum():
        return None, Weighting(variables, refused="weighting.heavy")
    place = np.full(estate_of.size, -1)
    place[rows] = np.arange(rows.size)
    return Weights(trimmed.sample, place), _told(variables, trimmed.sample, trimmed.at_limit, trimmed.gap)


def _told(variables: tuple[str, ...], sample: Sample, at_limit: Flags, gap: float) -> Weighting:
    held = int(at_limit.sum())
    n = sample.weights.size
    return Weighting(
        variables,
        design_effect=half_up(sample.kish, 1),
        effective=rounded_base(int(n / sample.kish)),
        trimmed=None if 0 < held < MINIMUM else rounded_base(held),
        gap=float(half_up(gap, 2)),
    )


def merged(
    form: Questionnaire, margin: RegisterMargin, counts: Ints, fewest: int
) -> list[tuple[tuple[int, ...], int]]:
    """The groups of a margin in the order of the questionnaire, each put together with the next (the last
    with the one before) until it has `fewest` of `counts` (by code).

    Source: collapsing of cells, Kalton and Flores-Cervantes 2003, Journal of Official Statistics 19, 81-97.
    """
    order = {choice.code: place for place, choice in enumerate(form.choices(form.item(margin.item)))}
    rows = sorted(margin.groups, key=lambda row: min(order[code] for code in row[0]))
    found: list[tuple[tuple[int, ...], int]] = []
    waiting: tuple[tuple[int, ...], int] = ((), 0)
    for codes, number in rows:
        waiting = (*waiting[0], *codes), waiting[1] + number
        if counts[list(waiting[0])].sum() >= fewest:
            found.append(waiting)
            waiting = (), 0
    if waiting[0] and found:
        codes, number = found.pop()
        waiting = (*codes, *waiting[0]), number + waiting[1]
    return [*found, *([waiting] if waiting[0] else [])]


def _margin(
    form: Questionnaire, margin: RegisterMargin, column: NDArray[np.uint8], base: Sample
) -> Margin | None:
    """The margin of these answers, its numbers as parts of the dwellings that they stand for; None when there
    are not two groups with answers enough."""
    counts = np.bincount(column, minlength=CODES)
    for codes, number in margin.groups:
        if (few := int(counts[list(codes)].sum())) > number:
            raise BadDesign(f"{few} answers from a group of {number} in the register; correct the register")
    groups = merged(form, margin, counts, FEWEST_IN_MARGIN)
    if len(groups) < 2:
        return None
    group_of = np.full(CODES, len(groups))
    for number, (codes, _) in enumerate(groups):
        group_of[list(codes)] = number
    own = group_of[column]
    # Nobody knows what they are who did not say: they keep the part that they have.
    part = np.bincount(own, base.weights, len(groups) + 1)
    numbers = np.asarray([number for _, number in groups], np.float64)
    totals = np.append(numbers / numbers.sum() * part[:-1].sum(), part[-1])
    if not part[-1]:
        totals = totals[:-1]
    return Margin(own, totals)
