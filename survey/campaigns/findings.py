"""What was found in a closed round: kept in memory, since sealed waves never change."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from uuid import UUID

from reports.findings.everywhere import Everywhere, everywhere, reports_alone
from survey.campaigns.waves import Waves, load_waves
from survey.database.pool import Database
from survey.retention import published

KEPT = 1_000
"""Reports on estates, of all rounds together: 0.1 MB each."""
_kept: OrderedDict[tuple[Hashable, ...], Everywhere] = OrderedDict()


async def found(database: Database, organisation_id: UUID, round_id: UUID) -> Everywhere:
    """All protected reports of a round. They are kept for good when they are first asked for.

    Raises as `load_waves`.
    """
    both = await load_waves(database, organisation_id, round_id)
    if (key := _key(both)) not in _kept:
        made = await asyncio.to_thread(everywhere, both.now, both.before)
        # Once the answers before are deleted, the reports that tell of changes are those that were kept.
        if not both.before_deleted:
            await _keep(database, both, made)
        _kept[key] = made
        # The newest always: a landlord may be larger than all that is kept of others.
        while len(_kept) > 1 and sum(len(one.estates) for one in _kept.values()) > KEPT:
            _kept.popitem(last=False)
    return _kept[key]


async def shown(database: Database, organisation_id: UUID, round_id: UUID, *, each: bool) -> Everywhere:
    """The reports alone: that on all, and those on `each` estate. What is shown is kept for good.

    Raises as `load_waves`.
    """
    both = await load_waves(database, organisation_id, round_id)
    made = known(both)
    if made is None:
        made = await asyncio.to_thread(reports_alone, both.now, both.before, each=each)
    if not both.before_deleted:
        await _keep(database, both, made)
    return made


async def found_at_hand(database: Database, organisation_id: UUID, round_id: UUID) -> Everywhere | None:
    """As `found`, None where they must be reckoned first."""
    return known(await load_waves(database, organisation_id, round_id))


def known(both: Waves) -> Everywhere | None:
    """All reports of the round, where somebody opened its findings of late."""
    return _kept.get(_key(both))


def _key(both: Waves) -> tuple[Hashable, ...]:
    waves = [wave for wave in (both.now, both.before) if wave]
    return tuple((wave.campaign_id, wave.content_hash, wave.estates, wave.declared_grade) for wave in waves)


async def _keep(database: Database, both: Waves, what: Everywhere) -> None:
    await published.keep(database, both, None, what.whole)
    for estate_id, report in what.estates.items():
        await published.keep(database, both, estate_id, report)
