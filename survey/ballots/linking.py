"""Pseudonyms of a panel: made by the mixer, and given to an answer only among enough others.

The web seals with an answer a seed that only the tenant's link gives (`tokens.panel_seed`). The mixer makes
the pseudonym of it with the panel's key. So the database cannot make one, nor can whoever holds the list of
links: both lack the key, and the key alone lacks the links.

A pseudonym also shows in which waves its owner answered, and that may be known of a household: a neighbour
sees the letter opened, the registry knows while a round is open who has used the link. So within an estate
each way of having taken part is that of at least `k` pseudonyms, or of none. When a wave is mixed every
group of pseudonyms that took part alike until now is divided into those who go on and those who do not. A
part of fewer than `k` is not allowed: some who would go on, drawn by lot, or all of them, are then stored
without. New pseudonyms must number `k`, and so must the answers that bear none, or what is left out would
point at one household. Whoever knows exactly who took part when is left with one in `k`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from random import Random, SystemRandom

from nacl.public import PrivateKey

PERSON_LENGTH = 16
"""Bytes of a pseudonym."""
NEW = frozenset[int]()
"""The waves that somebody took part in who was never seen."""

Waves = frozenset[int]


def pseudonym(key: PrivateKey, seed: bytes) -> bytes:
    """16 bytes: the same for the same link in every wave of the panel that this key belongs to."""
    return hashlib.blake2b(
        seed, key=bytes(key), person=b"bostemme.person", digest_size=PERSON_LENGTH
    ).digest()


def among_enough(
    wanted: Sequence[bytes | None],
    known: Mapping[bytes, Waves],
    k: int,
    rng: Random | None = None,
) -> list[bytes | None]:
    """What may be stored beside the answers of one estate in one wave, in the same order.

    wanted  the pseudonym of each answer, None where its sender said no
    known   pseudonyms of the estate's earlier answers, with the waves they were in

    Those whose pseudonym is left out are drawn by lot.
    """
    rng = rng or SystemRandom()
    groups: dict[Waves, list[int]] = {}
    for place, person in enumerate(wanted):
        if person is not None:
            groups.setdefault(known.get(person, NEW), []).append(place)
    before: dict[Waves, int] = {NEW: 0}
    for waves in known.values():
        before[waves] = before.get(waves, 0) + 1
    for waves, members in groups.items():
        # Whatever the order of the answers, the same lots leave out the same.
        members.sort(key=lambda place: wanted[place] or b"")
        rng.shuffle(members)
        _leave_out(members, _fewest(len(members), before[waves], k))
    bare = len(wanted) - sum(len(members) for members in groups.values())
    if 0 < bare < k:
        # One group gives what is lacking: the one that loses the fewest.
        costs = {
            waves: _fewest(len(members), before[waves], k, at_least=k - bare)
            for waves, members in groups.items()
            if members
        }
        if costs:
            dearest = min(costs, key=lambda waves: (costs[waves], sorted(waves)))
            _leave_out(groups[dearest], costs[dearest])
    kept = {place for members in groups.values() for place in members}
    return [person if place in kept else None for place, person in enumerate(wanted)]


def _leave_out(members: list[int], n: int) -> None:
    del members[len(members) - n :]


def _fewest(going_on: int, before: int, k: int, at_least: int = 0) -> int:
    """How many of a group must be left out so that both parts are none or `k`: all, when nothing less will
    do. `before`: how many pseudonyms the group had until now, 0 for those never seen, who leave nothing
    behind.
    """
    for n in range(at_least, going_on):
        left = before - (going_on - n) if before else k
        if going_on - n >= k and (left == 0 or left >= k):
            return n
    return going_on
