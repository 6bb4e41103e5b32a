"""Whatever dies, every receipt that was ever shown is counted exactly once, and nothing else is.

The long run is `python -m bench faults --minutes=60`; this is the same one for a few seconds.
"""

from __future__ import annotations

from bench import faults


async def test_every_receipt_is_counted_once_though_server_mixer_and_postgres_are_killed_at_random() -> None:
    report = await faults.run(12, seed=4)
    assert not report.wrong, str(report)
    assert report.receipts >= 40 and report.rounds >= 2, str(report)
    assert all(report.kills[name] for name in faults.KILLED), str(report)
