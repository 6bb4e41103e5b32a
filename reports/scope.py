"""What a report is about: one estate, or all estates of the landlord that have at least 5 answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from forms.places import ladder, themes
from forms.scoring import ScoredItem, scored_items
from reports.bars import BarOfAll
from reports.columns import Column, Correlation, Spread, column_of, spread_of, together, together_may_be_shown
from reports.counts import Counts, count, estate_index
from reports.disclosure import FEW, MINIMUM, PROTECTED
from reports.errors import UnknownEstate
from reports.index import Key, Scores, respondent_scores
from reports.openness import Openness, openness
from reports.options import Withheld
from reports.results import Weighting
from reports.tied import untied
from reports.waves import Wave, slot_names
from reports.weights import Weights, weights_of
from reports.widths import Lots, Widths

if TYPE_CHECKING:
    from reports.inference import Interval
    from reports.items import Distribution
    from reports.results import Estimate


@dataclass(frozen=True)
class Groundwork:
    """Everything counted once for a wave, unprotected: for use inside this room only."""

    wave: Wave
    estate_of: NDArray[np.int64]
    counts: Counts
    scores: Scores
    scored: dict[str, ScoredItem]
    tied: dict[str, frozenset[int]]
    """Question -> places of the estates where others would be told by it, see `tied.py`: it counts as not
    answered there."""
    spreads: dict[Key, Spread] = field(default_factory=dict, repr=False)
    """See `spread`; filled as they are asked for."""
    columns: dict[str, Column] = field(default_factory=dict, repr=False)
    """Of scored questions; the same."""
    cuts: dict[str, dict[int, frozenset[int]]] = field(default_factory=dict, repr=False)
    """Question -> place of an estate -> where its bar is cut, see `associations`; the same."""
    crossed: dict[tuple[str, str], NDArray[np.int64]] = field(default_factory=dict, repr=False)
    """Answers to two questions by estate, step and step; the same."""
    placed: dict[str, NDArray[np.int64]] = field(default_factory=dict, repr=False)
    """Question -> of every answer its estate and step as one number; the same."""
    populations_by_item: dict[str, list[int | None]] = field(default_factory=dict, repr=False)
    """The same."""
    bars_of_all: dict[str, BarOfAll] = field(default_factory=dict, repr=False)
    """The same."""
    answers_of_all: dict[str, Distribution] = field(default_factory=dict, repr=False)
    """Choice question -> its answers over all estates, see `items.distribution`; the same."""
    means_of_all: dict[str, tuple[Estimate, Interval | None]] = field(default_factory=dict, repr=False)
    """The same of their means, see `items.bar_mean`."""
    options: dict[str, Withheld] = field(default_factory=dict, repr=False)
    """Question with several answers each -> which of its options are not told; the same."""
    turned: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Object -> questions of it that go against the others, of all estates; the same."""

    @classmethod
    def of(cls, wave: Wave) -> Groundwork:
        where = estate_index(wave)
        wave, tied = untied(wave, where)
        scored = {item.item_id: item for item in scored_items(wave.questionnaire)}
        counts = count(wave, where)
        sized = wave_of_sizes_that_can_be(wave, counts.responses)
        return cls(sized, where, counts, respondent_scores(wave), scored, tied)

    @cached_property
    def large_enough(self) -> tuple[int, ...]:
        """Places of the estates that anything may be said about."""
        return tuple(np.flatnonzero(self.counts.responses >= MINIMUM).tolist())

    def why_nothing(self, item_id: str, members: Iterable[int]) -> str:
        """Why a question has no answers in these estates that could be told."""
        return FEW if self.tied.get(item_id, frozenset()).isdisjoint(members) else PROTECTED

    @cached_property
    def places(self) -> dict[str, int]:
        """Id of an estate -> its place in the wave."""
        return {estate.id: place for place, estate in enumerate(self.wave.estates)}

    @cached_property
    def ladders(self) -> Mapping[str, Mapping[int, float]]:
        """Themes of the place around -> 0-100 by code: they have means, but no part in the index."""
        form = self.wave.questionnaire
        return {item.id: ladder(form, item) for item in themes(form)}

    def scores_by_code(self, item_id: str) -> Mapping[int, float]:
        """0-100; empty for a question that has no mean."""
        scored = self.scored.get(item_id)
        return self.ladders.get(item_id, {}) if scored is None else scored.scores

    def column(self, name: str) -> Column:
        """The answers to a scored question, as they go into scores."""
        if name not in self.columns:
            self.columns[name] = column_of(self, name)
        return self.columns[name]

    @cached_property
    def together(self) -> Mapping[str | None, Correlation]:
        """How closely the questions of an object, or of the index, are told to go together."""
        return together(self)

    def may_be_shown(self, key: Key, estates: Iterable[int]) -> bool:
        """Whether the score of these estates together could be shown; not when there are none."""
        return together_may_be_shown(self, key, list(estates))

    def spread(self, key: Key) -> Spread:
        """The scores of every estate."""
        if key not in self.spreads:
            self.spreads[key] = spread_of(self, key)
        return self.spreads[key]

    def visible(self, key: Key, estate: int) -> bool:
        """Whether one estate may show the mean of these scores, made of two questions or more."""
        return bool(self.open.estates[key][estate])

    @cached_property
    def weighted(self) -> tuple[Weights | None, Weighting | None]:
        """The weights of totals over all estates, and what is told of them; see `weights_of`."""
        return weights_of(self)

    @cached_property
    def widths(self) -> Widths:
        """Noise that only who holds the salt of the round and all its answers can draw. Of their bytes, and
        not of the sealed file: to write that anew takes eight times as long."""
        frame = self.wave.frame
        slots = (frame[name].to_numpy().tobytes() for name in slot_names(self.wave.questionnaire))
        return Widths(Lots.of(b"bostemme width", self.wave.salt, *slots))

    @cached_property
    def open(self) -> Openness:
        """Which scores of several questions may be told."""
        return openness(self)

    def populations(self, item_id: str) -> list[int | None]:
        """E: how many the answers to one item stand for in each estate, None where not known.

        Those who said that a question is not theirs (don't know and the like) leave the population, but only
        as far as their number is shown: an interval must not give a small number away. Where a question is
        put to some only, all who have no answer on its scale leave it, together, as its base tells.
        """
        if item_id not in self.populations_by_item:
            self.populations_by_item[item_id] = self._population_of(item_id)
        return self.populations_by_item[item_id]

    def _population_of(self, item_id: str) -> list[int | None]:
        if item_id in self.put_to_some:
            left = (self.counts.responses - self.counts.substantive(item_id)).tolist()
        else:
            special = self.counts.codes[item_id][:, list(self.counts.outside[item_id])]
            left = np.where(special >= MINIMUM, special, 0).sum(axis=1).tolist()
        return [None if homes is None else homes - gone for homes, gone in zip(self.homes, left, strict=True)]

    def parts(self, item_id: str) -> NDArray[np.float64] | None:
        """E: of those who answered at all, the part that answered this question; None where it was put to
        all. By numbers that are told: how many were asked it and said nothing is not.

        Source: see `inference.strata.domain_size`.
        """
        if item_id not in self.put_to_some:
            return None
        return self.counts.substantive(item_id) / np.maximum(self.counts.responses, 1)

    @cached_property
    def put_to_some(self) -> frozenset[str]:
        """Questions that not everybody was asked: by a condition of their own, or of their page."""
        return self.wave.questionnaire.put_to_some()

    @cached_property
    def homes(self) -> list[int | None]:
        """E: homes that the answers of each estate stand for, None where not known."""
        return [estate.population for estate in self.wave.estates]

    def finite(self, item_id: str) -> list[int | None]:
        """E: the same for what is said of each estate by itself: None too where answers of others are among
        its own."""
        return [
            None if estate.others else size
            for estate, size in zip(self.wave.estates, self.populations(item_id), strict=True)
        ]


def wave_of_sizes_that_can_be(wave: Wave, responses: NDArray[np.int64]) -> Wave:
    """The same, with the estates marked that have more answers than homes were asked. `responses`: E.

    Such a number is wrong, and nobody knows by how much: no interval may lean on it.
    Source: our own rule, docs/methods.md.
    """
    overfull = [
        estate.invited is not None and n > estate.invited and not estate.others
        for estate, n in zip(wave.estates, responses.tolist(), strict=True)
    ]
    if not any(overfull):
        return wave
    estates = (replace(estate, overfull=more) for estate, more in zip(wave.estates, overfull, strict=True))
    return replace(wave, estates=tuple(estates))


@dataclass(frozen=True)
class Scope:
    """`members`: places of the estates in it, each with at least 5 answers."""

    ground: Groundwork
    members: tuple[int, ...]
    single: bool

    @classmethod
    def of(cls, ground: Groundwork, estate_id: str | None) -> Scope:
        large = ground.large_enough
        if estate_id is None:
            return cls(ground, large, False)
        place = ground.places.get(estate_id)
        if place is None:
            raise UnknownEstate(
                f"round '{ground.wave.campaign}' has no estate {estate_id}; choose one of its own"
            )
        few = ground.counts.responses[place] < MINIMUM
        return cls(ground, () if few else (place,), True)

    @property
    def weights(self) -> Weights | None:
        """Of the answers, where they are weighted to the register: in totals over all estates."""
        return None if self.single else self.ground.weighted[0]

    @property
    def everybody(self) -> bool:
        """Whether it is all estates that anything may be said about."""
        return not self.single and self.members is self.ground.large_enough

    @property
    def estate_ids(self) -> frozenset[str]:
        return frozenset(self.ground.wave.estates[i].id for i in self.members)
