"""The office's way to the numbers, and the only one: what computes them takes a second and 100 MB to load.

A process that serves tenants must not wait for that at its start, nor stop for it later. Whoever needs these
functions calls `survey.office.opening.open_numbers` first and imports this module after it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable

from reports.compute import compute
from reports.releases import bundle
from reports.releases import pages as release_pages
from reports.releases.bundle import Bundle
from reports.releases.dataset import protect
from reports.results import Results
from reports.waves import Wave
from survey.campaigns.waves import Waves, load_wave, load_waves

__all__ = ["load_wave", "load_waves", "release", "results_of", "risk_of"]

KEPT_RESULTS = 32
_kept: OrderedDict[tuple[Hashable, ...], Results] = OrderedDict()


async def results_of(both: Waves, estate_id: str | None) -> Results:
    """The protected results. Sealed waves never change, so the last few are kept in memory."""
    # Two rounds with the same answers are still two rounds, and estates may get other names at any time.
    key = (estate_id, *(_identity(wave) for wave in (both.now, both.before) if wave))
    if key not in _kept:
        _kept[key] = await asyncio.to_thread(compute, both.now, estate_id, both.before)
        while len(_kept) > KEPT_RESULTS:
            _kept.popitem(last=False)
    return _kept[key]


async def release(wave: Wave, language: str) -> Bundle:
    """Research data of the wave. Raises ReleaseRefused."""
    return await asyncio.to_thread(bundle.make, wave, language)


async def risk_of(wave: Wave, language: str) -> str:
    """What the data would give away and what was done about it, as markup. Raises ReleaseRefused."""
    return release_pages.risk_body(await asyncio.to_thread(protect, wave, language))


def _identity(wave: Wave) -> Hashable:
    return wave.campaign_id, wave.content_hash, wave.estates
