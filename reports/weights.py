"""Weights for totals over estates, from what the register knows of everybody: raked, trimmed, or refused.

Estates keep their dwellings: they are a margin beside those of the register. Only answers of estates that
totals are made of have a weight. Rules, all of them in `reports/inference/settings.py`:

- who left a question of background out, or gave an answer that the register has no number for, is a group by
  itself that keeps its part
- groups are those that the bars of the report show; one with fewer than FEWEST_IN_MARGIN answers is put
  together with its neighbour in the questionnaire
- no answer counts for more than MOST_WEIGHT times what its estate makes it count for, or less than as small
  a part
- where a group has more answers than the register has of it, or one answer made out more than TOO_HEAVY of
  the whole, nothing is weighted, and the report says why
- where no weights meet all the numbers, those within the limits that come near
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reports.bars import Bar
from reports.columns import cuts_of, good_answers
from reports.disclosure import MINIMUM, rounded_base, share_step
from reports.errors import BadDesign, NoEstimate
from reports.inference.settings import FEWEST_IN_MARGIN, SEED, TOO_HEAVY
from reports.inference.told import Parts
from reports.inference.weighting import Estimated, Margin, Sample, Trimmed
from reports.register_groups import Group, put_together, told_groups
from reports.results import Weighting
from reports.rounding import half_up
from reports.waves import RegisterMargin

if TYPE_CHECKING:
    from reports.scope import Groundwork

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CODES = 256
HEAVIEST = 1.25
"""How much heavier an answer may be than the heaviest of those that are made up from the bars."""


@dataclass(frozen=True, eq=False)
class Weights:
    """Unprotected: for use inside this room only. `place`: of every row of the frame among the answers of
    the sample, -1 for those of estates that no total is made of. `told`: the weights that made-up answers
    get which the bars tell as these (`_as_told`), of the same estates in the same order."""

    sample: Sample
    told: Sample
    place: Ints

    @property
    def of_rows(self) -> Floats:
        """Weight of every row of the frame, 0 for those that are in no total."""
        found: Floats = np.where(self.place >= 0, self.sample.weights[self.place], 0.0)
        return found

    def step(self, inside: Flags, part: float = 1.0) -> float | None:
        """To what weighted shares of these rows, or of this part of them, must be rounded; None: nothing is
        coarse enough. By what is told of the weights: an edge of the rounding must tell nothing of an answer.

        Source: see `disclosure.share_step`.
        """
        own = self._own(inside)
        several = self.told.population.size
        there, all_of_them = (np.bincount(self.told.strata[rows], minlength=several) for rows in (own, ...))
        homes = np.bincount(self.told.strata, self.told.weights, several)
        whole = part * float((homes * there / np.maximum(all_of_them, 1)).sum())
        return share_step(np.array([self.told.weights.max() / whole])) if whole > 0 else None

    def parts(self, inside: Flags) -> Parts:
        """What intervals of shares and means of these rows rest on: only what is told of the weights.

        Source: see `inference.told.Parts.of_weights`.
        """
        own = self._own(inside)
        many = np.bincount(self.told.strata[own], minlength=self.told.population.size)
        among = (many > 0)[self.told.strata]
        n = int(many.sum())
        freedom = n - int(np.count_nonzero(many))
        return Parts.of_weights(self.told.weights[among], n / max(1, int(among.sum())), freedom)

    def estimated(self, values: Floats, inside: Flags) -> Estimated:
        """Mean of what these rows have.

        Source: see `inference.weighting.Sample.mean`.
        """
        return self.sample.mean(self._own(np.where(inside, values, 0.0)), self._own(inside))

    def _own(self, column: NDArray[np.generic]) -> NDArray[np.generic]:
        return column[self.place >= 0]


def weights_of(ground: Groundwork) -> tuple[Weights | None, Weighting | None]:
    """The weights with what is told of them. No Weights: totals are by dwellings; then there is no Weighting
    either when the register said nothing, else one with the reason.

    Whoever gives the register's numbers chooses them, once, and could choose them so that what is told lies
    just beside a count that is hidden. So groups are those of the bars, and reasons, design effect, held
    weights and gap are reckoned from what the bars tell (`_as_told`), never from the answers.

    Source: see `inference.weighting.Sample.raked_within`; the limits: `inference/settings.py`.
    """
    wave, members = ground.wave, ground.large_enough
    if not wave.margins or not members:
        return None, None
    variables = tuple(margin.item for margin in wave.margins)
    if any(wave.estates[i].population is None for i in members):
        return None, Weighting(variables, refused="weighting.unknown")
    inside = np.isin(ground.estate_of, members)
    rows = np.flatnonzero(inside)
    stratum = np.searchsorted(np.asarray(members), ground.estate_of[rows])
    n = np.bincount(stratum, minlength=len(members))
    others = np.asarray([wave.estates[i].others for i in members])
    homes = np.asarray([wave.estates[i].population for i in members], np.float64)
    sizes = np.where(others, np.maximum(homes, n), homes)
    try:
        # What has answers of others among its own counts for its homes and is no part of them.
        chances = (n / sizes)[stratum] if others.any() else None
        base = Sample.of(stratum, np.where(others, np.inf, sizes), chances)
        groups = [(margin.item, found) for margin in wave.margins if (found := _groups(ground, margin))]
        if not groups:
            return None, Weighting(variables, refused="weighting.few")
        told = _fitted(base, sizes, groups, _as_told([own for _, own in groups], stratum))
        columns = [_column(wave.frame[item].to_numpy()[rows], own) for item, own in groups]
        sample = _fitted(base, sizes, groups, columns).sample
    except (BadDesign, NoEstimate):
        return None, Weighting(variables, refused="weighting.design")
    heaviest = told.sample.weights.max()
    if heaviest > TOO_HEAVY * told.sample.weights.sum():
        return None, Weighting(variables, refused="weighting.heavy")
    # Shares are rounded by the heaviest weight that is told.
    sample = replace(sample, weights=np.minimum(sample.weights, HEAVIEST * heaviest))
    place = np.full(ground.estate_of.size, -1)
    place[rows] = np.arange(rows.size)
    return Weights(sample, told.sample, place), _told(variables, told.sample, told.at_limit, told.gap)


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


def _groups(ground: Groundwork, margin: RegisterMargin) -> list[Group]:
    """The groups of a margin that answers are fitted to; [] when there are not two with answers enough.

    BadDesign when the bars tell of more answers from a group than the register has of it.
    """
    form = ground.wave.questionnaire
    item = form.item(margin.item)
    if item.sensitive:
        return []  # its bars are told under rules of their own
    codes = [choice.code for choice in form.steps(item)]
    table = ground.counts.codes[item.id][:, codes]
    bar = Bar(ground, ground.large_enough, False, item.id, table, cuts_of(good_answers(form, item)))
    found = told_groups(bar, codes, margin)
    for group in found:
        if (least := group.n - bar.step * bar.n) > group.register:
            raise BadDesign(
                f"{least:.0f} answers from a group of {group.register} in the register; correct the register"
            )
    groups = put_together(found, lambda group: group.n >= FEWEST_IN_MARGIN)
    return groups if len(groups) > 1 else []


def _as_told(margins: Sequence[Sequence[Group]], stratum: Ints) -> list[Ints]:
    """Made-up answers: as many of each group as the bars tell, spread by lot over the estates and over the
    groups of the other margins, always alike. Of each margin the group of every answer; who is in no bar said
    nothing."""
    lots = np.random.default_rng(SEED)
    columns = []
    for groups in margins:
        told = np.repeat(np.arange(len(groups)), [group.n for group in groups])[: stratum.size]
        column = np.full(stratum.size, len(groups))
        column[: told.size] = told
        columns.append(lots.permutation(column))
    return columns


def _column(answers: NDArray[np.uint8], groups: Sequence[Group]) -> Ints:
    """The group of every answer; who is in none said nothing that the register knows."""
    group_of = np.full(CODES, len(groups))
    for number, group in enumerate(groups):
        group_of[list(group.codes)] = number
    return group_of[answers]


def _fitted(
    base: Sample, sizes: Floats, margins: Sequence[tuple[str, Sequence[Group]]], columns: Sequence[Ints]
) -> Trimmed:
    """The answers fitted to their estates' dwellings and to every margin, its numbers as parts of the
    dwellings that its answers stand for. Nobody knows what they are who did not say: they keep their part."""
    found = [Margin(base.strata, sizes)]
    for (_, groups), own in zip(margins, columns, strict=True):
        part = np.bincount(own, base.weights, len(groups) + 1)
        numbers = np.asarray([group.register for group in groups], np.float64)
        totals = np.append(numbers / numbers.sum() * part[:-1].sum(), part[-1])
        found.append(Margin(own, totals if part[-1] else totals[:-1]))
    return base.raked_within(found)
