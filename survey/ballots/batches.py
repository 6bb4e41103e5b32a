"""Which ballots are mixed together: no batch has fewer than k, and k that the others cannot be told from.

While a round is open an estate is mixed when 3k ballots wait, and 2k drawn by lot stay behind: so many that
k are left when some of them withdraw. When it is closed an estate with k or more is mixed under its own
name. What is left elsewhere goes together under the area; where an area has fewer than k left, enough
others of its estates are drawn by lot to go with them, from those with more than k; then the same under
the organisation; and where nobody can spare any, the group that loses least by it goes along whole. Those
who go along are sealed until then: an answer that stood under its estate before would be known by it.
Fewer than k that still wait, with no others sealed to go with, have nobody to hide among and are not kept.

Those who were asked and those who came by an open link are never counted together: whoever made the link
can send as much as she likes by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random, SystemRandom
from typing import Literal, TypeAlias
from uuid import UUID

MOST = 500
"""Ballots of one batch under an estate's name: what is held opened in memory at a time."""

Under = Literal["area", "organisation"]


@dataclass(frozen=True)
class Place:
    """An estate of a round with ballots in the box of those who were asked, or of those who came by open
    links."""

    organisation_id: UUID
    campaign_id: UUID
    estate_id: UUID
    area_id: UUID
    open_link: bool
    status: str
    mixing_size: int
    waiting: int
    fresh: int
    unreadable: int
    mixed: bool
    """Of a closed round: some are out of the box already, and bear the estate's name."""
    panel_id: UUID | None
    wave: int | None
    panel_key: bytes | None
    """What pseudonyms are made with; None when the round is of no panel, or its key is gone."""
    held: bool
    """An earlier wave of the panel is not mixed yet."""

    @property
    def ready(self) -> int:
        """How many may be moved while the round is open, and leave a pool to hide the next ones in.

        Those who stay behind may withdraw until they are mixed. Were they only k, one who did would leave too
        few, and with no others to go with the rest would be deleted: it takes more than k of them."""
        if self.panel_id is not None:
            return 0
        behind = 2 * self.mixing_size
        return self.waiting - behind if self.waiting >= behind + self.mixing_size else 0


Share: TypeAlias = tuple[Place, int]
"""So many of a place's ballots, drawn by lot."""


@dataclass(frozen=True)
class Batch:
    """Moved in one transaction: to one estate, to an area, or (both None) to the organisation."""

    shares: tuple[Share, ...]
    estate_id: UUID | None = None
    area_id: UUID | None = None

    @property
    def place(self) -> Place:
        """Any of them: of the same round, and all asked or all not."""
        return self.shares[0][0]

    @property
    def size(self) -> int:
        return _size(self.shares)

    @property
    def unnamed(self) -> list[UUID]:
        """Estates that have no answers of the asked under their own name: these are all they have."""
        return [
            place.estate_id
            for place, number in self.shares
            if self.estate_id is None and number == place.waiting and not place.mixed and not place.open_link
        ]

    @property
    def under(self) -> Under | None:
        """Where the answers of the asked are counted that bear no estate's name."""
        if self.estate_id is not None or self.place.open_link:
            return None
        return "area" if self.area_id is not None else "organisation"

    @property
    def elsewhere(self) -> list[tuple[UUID, int, int]]:
        """Estates that keep their name and have answers here, with the least and the most that may be told.

        Not how many: with what the pool has in all that would be how many answered in the others, which are
        fewer than k together, and perhaps of one home. So of few it is 1 to k - 1, as of those; of many, what
        is left of the batch when 1 to k - 1 are others."""
        if self.under is None:
            return []
        k, unnamed = self.place.mixing_size, set(self.unnamed)
        return [
            (place.estate_id, *((1, k - 1) if number < k else (max(1, self.size - k + 1), self.size - 1)))
            for place, number in self.shares
            if place.estate_id not in unnamed
        ]

    @property
    def linked(self) -> Place | None:
        """The estate whose answers may bear pseudonyms: those kept elsewhere would tell their estate."""
        named = self.estate_id is not None and self.place.panel_key is not None and not self.place.open_link
        return self.place if named else None


@dataclass(frozen=True)
class TooFew:
    """All that is left of a closed round, with nobody to hide among."""

    shares: tuple[Share, ...]

    @property
    def place(self) -> Place:
        """Any of them: of the same round, and all asked or all not."""
        return self.shares[0][0]

    @property
    def size(self) -> int:
        return _size(self.shares)


Step: TypeAlias = Batch | TooFew


def plan(places: Sequence[Place], rng: Random | None = None) -> list[list[Step]]:
    """What to do now. Each list is to be done in its order: those who go along with others must do so before
    their own are mixed. Where a step cannot be done as planned, none that has an estate of it can."""
    rng = rng or SystemRandom()
    closed = sorted(
        (place for place in places if place.status == "closed" and place.waiting and not place.held),
        key=_kind,
    )
    ending = [_ending(list(group), rng) for _, group in groupby(closed, key=_kind)]
    return [*ending, *(_pieces(p, p.ready) for p in places if p.status != "closed" and p.ready)]


def _kind(place: Place) -> tuple[UUID, bool]:
    # Open links first: a round is done when the box holds none of the asked any more.
    return place.campaign_id, not place.open_link


def _pieces(place: Place, number: int) -> list[Step]:
    """Under the estate's own name, in batches of about the same size."""
    most = number if place.panel_id is not None else MOST  # pseudonyms must be seen together
    n = -(-number // most)
    sizes = [number // n + (piece < number % n) for piece in range(n)]
    return [Batch(((place, size),), place.estate_id) for size in sizes]


def _ending(places: Sequence[Place], rng: Random) -> list[Step]:
    """A closed round's asked, or its others: pools first, then what is left of the estates."""
    k = places[0].mixing_size
    named = {place.estate_id: place for place in places if place.waiting >= k}
    left = {id: place.waiting for id, place in named.items()}
    pools: dict[UUID, tuple[Share, ...]] = {}
    rest: tuple[Share, ...] = ()
    few = sorted((place for place in places if place.waiting < k), key=lambda place: place.area_id)
    for area_id, group in groupby(few, key=lambda place: place.area_id):
        own = tuple((place, place.waiting) for place in group)
        near = {id: place for id, place in named.items() if place.area_id == area_id}
        together = _joined(own, _spared(near, left, k - _size(own), rng))
        if _size(together) >= k:
            pools[area_id] = together
        else:
            rest += own
    if 0 < _size(rest) < k:
        along = _spared(named, left, k - _size(rest), rng) or _whole(pools, named, left, rng)
        if not along:
            return [TooFew(rest)]
        rest = _joined(rest, along)
    steps: list[Step] = [Batch(shares, None, area_id) for area_id, shares in pools.items()]
    steps += [Batch(rest)] if rest else []
    for id, place in named.items():
        if left[id]:
            steps += _pieces(place, left[id])
    return steps


def _size(shares: Iterable[Share]) -> int:
    return sum(number for _, number in shares)


def _spared(
    named: Mapping[UUID, Place], left: dict[UUID, int], wanted: int, rng: Random
) -> tuple[Share, ...]:
    """So many by lot from estates that keep k, taken from what is left; none when they have not that many."""
    spare = [id for id, place in named.items() for _ in range(left[id] - place.mixing_size)]
    if wanted <= 0 or len(spare) < wanted:
        return ()
    drawn = rng.sample(spare, wanted)
    for id in drawn:
        left[id] -= 1
    return tuple((place, drawn.count(id)) for id, place in named.items() if id in drawn)


def _whole(
    pools: dict[UUID, tuple[Share, ...]], named: Mapping[UUID, Place], left: dict[UUID, int], rng: Random
) -> tuple[Share, ...]:
    """All of one group, taken from where it was: a pool loses its area only, an estate with answers out
    of the box already keeps those. Of the same kind the smallest."""
    groups: list[tuple[tuple[int, int, float], UUID]] = [
        *(((0, _size(shares), rng.random()), area_id) for area_id, shares in pools.items()),
        *(((1 if named[id].mixed else 2, n, rng.random()), id) for id, n in left.items()),
    ]
    if not groups:
        return ()
    _, least = min(groups)
    if least in pools:
        return pools.pop(least)
    number, left[least] = left[least], 0
    return ((named[least], number),)


def _joined(some: tuple[Share, ...], others: tuple[Share, ...]) -> tuple[Share, ...]:
    """The shares of a place that gives twice become one."""
    numbers = {place.estate_id: 0 for place, _ in (*some, *others)}
    places = {place.estate_id: place for place, _ in (*some, *others)}
    for place, number in (*some, *others):
        numbers[place.estate_id] += number
    return tuple((places[id], number) for id, number in numbers.items())
