"""Which ballots are mixed together: no batch has fewer than k, and k that the others cannot be told from.

While a round is open an estate is mixed, on mornings drawn by lot, when 3k ballots wait, later when 2k and
an eighth of its answers do, and 2k drawn by lot stay behind: so many that k are left when some of them
withdraw. When it is closed an estate with k or more is mixed under its own name. What is left elsewhere goes
together under the area; where an area has fewer than k left, enough others of its estates are drawn by lot
to go with them, from those with more than k; then the same under the organisation; and where nobody can
spare any, one group goes along whole. Those who go along are sealed until then: an answer that stood under
its estate before would be known by it. Fewer than k that still wait, with no others sealed to go with, have
nobody to hide among and are not kept.

A house of fewer than k homes where nobody answered has *none* left, and goes with the others as if somebody
had: were there a pool only where somebody answered, that there is one would tell of a house of one home
that it has. Nothing that comes of it depends on how many answered in such houses: not whether there is a
pool, nor its size where that would give them away (`_wanted`), nor who goes along. A larger estate where
nobody answered stays by itself: five answers of others would stand for all its homes in every total.

Those who were asked and those who came by an open link are never counted together: whoever made the link
can send as much as she likes by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random, SystemRandom
from typing import Literal, TypeAlias
from uuid import UUID

MOST = 500
"""Ballots of one batch under an estate's name: what is held opened in memory at a time."""
SHARE = 8
"""A batch of an open round has at least one for each so many answers that are written anew beside it: else an
estate of n homes would write n * n / 2k of them, and those who send would wait for the disk."""

Under = Literal["area", "organisation"]


@dataclass(frozen=True)
class Place:
    """An estate of a round with ballots in the box of those who were asked, or of those who came by open
    links; of a closed round also one that was asked and has none."""

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
    homes: int | None
    """How many were asked; None when nobody knows, or by open links."""
    settled: bool
    """It is noted among those without answers under their own name, or its round has nothing left to
    mix."""
    counted: int
    """Of an open round with enough that wait: answers that bear the estate's name."""

    @property
    def tiny(self) -> bool:
        """Of so few homes that whether any of them has answered says something of each."""
        return self.homes is not None and self.homes < self.mixing_size

    @property
    def silent(self) -> bool:
        """Asked, with nothing to mix and nothing mixed."""
        return not (self.open_link or self.waiting or self.mixed or self.settled)

    @property
    def ready(self) -> int:
        """How many may be moved while the round is open, and leave a pool to hide the next ones in.

        Those who stay behind may withdraw until they are mixed. Were they only k, one who did would leave too
        few, and with no others to go with the rest would be deleted: it takes more than k of them."""
        if self.panel_id is not None:
            return 0
        behind = 2 * self.mixing_size
        least = max(self.mixing_size, self.counted // SHARE)
        return self.waiting - behind if self.waiting >= behind + least else 0


Share: TypeAlias = tuple[Place, int]
"""So many of a place's ballots, drawn by lot."""


@dataclass(frozen=True)
class Batch:
    """Moved in one transaction: to one estate, to an area, or (both None) to the organisation."""

    shares: tuple[Share, ...]
    estate_id: UUID | None = None
    area_id: UUID | None = None
    few: tuple[int, int] = (0, 0)
    """Of a pool: at least and at most so many may be of the few, for all that is told."""

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

        Not how many: with what the pool has in all that would be how many answered in the others, perhaps in
        one home. It is what is left of the batch when `few` are others, none perhaps."""
        if self.under is None:
            return []
        k, unnamed = self.place.mixing_size, set(self.unnamed)
        least, most = self.few
        return [
            (
                place.estate_id,
                max(1, self.size - most) if number >= k and number == place.waiting else 1,
                max(k - 1, self.size - least),
            )
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


Lot: TypeAlias = Callable[[UUID, bool], Random]
"""What decides by lot in a round, of the asked or of those who came by open links."""


def plan(places: Sequence[Place], lot: Lot | None = None) -> list[list[Step]]:
    """What to do now. Each list is to be done in its order: those who go along with others must do so before
    their own are mixed. Where a step cannot be done as planned, none that has an estate of it can.

    `lot`: where it falls the same way for the same round, so do the batches of a closed one."""
    closed = sorted(
        (p for p in places if p.status == "closed" and not p.held and (p.waiting or p.silent)),
        key=lambda place: (*_kind(place), place.estate_id),
    )
    ending = [
        _ending(list(group), lot(id, not asked) if lot else SystemRandom())
        for (id, asked), group in groupby(closed, key=_kind)
    ]
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
    if not any(place.waiting for place in places):
        return [TooFew(tuple((place, 0) for place in places))]
    k = places[0].mixing_size
    named = {place.estate_id: place for place in places if place.waiting >= k}
    left = {id: place.waiting for id, place in named.items()}
    pools: dict[UUID, _Pool] = {}
    rest: tuple[Share, ...] = ()
    few = sorted(
        (place for place in places if place.waiting < k and (place.waiting or place.tiny)),
        key=lambda place: place.area_id,
    )
    for area_id, group in groupby(few, key=lambda place: place.area_id):
        own = tuple((place, place.waiting) for place in group)
        near = {id: place for id, place in named.items() if place.area_id == area_id}
        size, among = _wanted(own, k)
        lent = _spared(near, left, size - _size(own), rng)
        if _size(own) + _size(lent) >= size:
            pools[area_id] = _Pool(own, lent, among)
        else:
            rest += own
    last = _last(rest, pools, named, left, rng) if rest else None
    steps: list[Step] = [
        Batch(_joined(pool.own, pool.lent), None, id, pool.among) for id, pool in pools.items()
    ]
    if last is not None:
        together = _joined(last.own, last.lent)
        areas = {place.area_id for place, _ in together}
        area_id = areas.pop() if len(areas) == 1 else None
        batch = Batch(together, None, area_id, last.among)
        steps.append(batch if batch.size >= k else TooFew(rest))
    for id, place in named.items():
        if left[id]:
            steps += _pieces(place, left[id])
    return steps


@dataclass(frozen=True)
class _Pool:
    """What is counted without an estate: all that some estates have, and what goes along from others."""

    own: tuple[Share, ...]
    lent: tuple[Share, ...]
    among: tuple[int, int]
    """At least and at most so many may be of the few, for all that is told."""


def _last(
    rest: tuple[Share, ...],
    pools: dict[UUID, _Pool],
    named: Mapping[UUID, Place],
    left: dict[UUID, int],
    rng: Random,
) -> _Pool:
    """The organisation's. Where nobody can spare so many, a group goes along whole, taken from where it was:
    the few of an area, whose others go back, or an estate."""
    k = rest[0][0].mixing_size
    size, among = _wanted(rest, k)
    while (missing := size - _size(rest)) > 0:
        if lent := _spared(named, left, missing, rng):
            return _Pool(rest, lent, among)
        if pools:
            pool = pools.pop(rng.choice(sorted(pools)))
            for place, number in pool.lent:
                left[place.estate_id] += number
            rest = _joined(rest, pool.own)
            size, among = _wanted(rest, k)
        elif whole := _whole(named, left, rng):
            rest = _joined(rest, whole)
            size, other = _wanted([(place, 0) for place, _ in rest], k)  # it could be one of the few
            among = min(among[0], other[0]), max(among[1], other[1])
        else:
            break
    return _Pool(rest, (), among)


def _wanted(few: Sequence[Share], k: int) -> tuple[int, tuple[int, int]]:
    """How large a pool with these must be, and between how many of theirs it then is the same.

    k, or their own number from k on; but not where that would give houses of one to k - 1 homes in all away:
    beside one estate that has 1 to k - 1, k can only be when they have answered. So where their number is
    about the least or the most that the other estates can have, there is room for all of theirs and one
    more."""
    own = _size(few)
    homes = sum(place.homes or 0 for place, _ in few if place.tiny)
    others = sum(not place.tiny for place, _ in few)
    if not 0 < homes < k:
        return (k, (0, k - 1)) if own < k else (own, (own, own))
    fewest, most = max(k - 1, others + homes), (k - 1) * others
    if fewest >= most:
        return max(k, most + homes + 1), (0, most + homes)
    if own <= fewest:
        return fewest + 1, (0, fewest)
    return (own, (own, own)) if own < most else (most + homes + 1, (most, most + homes))


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


def _whole(named: Mapping[UUID, Place], left: dict[UUID, int], rng: Random) -> tuple[Share, ...]:
    """All that one estate has: of one with answers out of the box already, which keeps those; else of one
    where the fewest were asked. How many answered must not decide it: the others' numbers would tell how many
    of the pool can be its own."""
    groups = [(not named[id].mixed, named[id].homes or 0, rng.random(), id) for id, n in left.items() if n]
    if not groups:
        return ()
    *_, id = min(groups)
    number, left[id] = left[id], 0
    return ((named[id], number),)


def _joined(some: tuple[Share, ...], others: tuple[Share, ...]) -> tuple[Share, ...]:
    """The shares of a place that gives twice become one."""
    numbers = {place.estate_id: 0 for place, _ in (*some, *others)}
    places = {place.estate_id: place for place, _ in (*some, *others)}
    for place, number in (*some, *others):
        numbers[place.estate_id] += number
    return tuple((places[id], number) for id, number in numbers.items())
