"""Waiting that ends: what a test waits for comes, or the test fails and says what did not come."""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from survey.database.pool import Database

PATIENCE = 120.0
"""Seconds that a busy machine is given; whatever takes longer has failed."""
CLOSING = 20.0
"""Seconds in which connections are given back. What waits longer waits for another of the test."""


async def until(
    there: Callable[[], Awaitable[object]],
    what: str,
    *,
    does: asyncio.Task[object] | None = None,
    patience: float = PATIENCE,
) -> None:
    """`does`: the task that brings it about. Where that one fails, its own error is told, and where it ends
    without having brought it about, this."""
    deadline = time.monotonic() + patience
    while not await there():
        if does is not None and does.done():
            does.result()
            raise AssertionError(f"ended before that: {what}")
        assert time.monotonic() < deadline, f"did not come within {patience:g} seconds: {what}"
        await asyncio.sleep(0.01)


def past_the_hour(least: float = 30.0) -> None:
    """Waits for the next hour of the clock where this one has fewer seconds left.

    With an hour days end, tries are counted anew, and mixers begin or cease to count: a test that lay
    across it would see both.
    """
    left = 3600 - time.time() % 3600
    if left < least:
        time.sleep(left + 0.1)


async def closed(database: Database) -> None:
    """Its connections given back. One that is still at work waits for what nobody will do any more."""
    try:
        async with asyncio.timeout(CLOSING):
            await database.close()
    except TimeoutError:
        for pool in database._pools.values():
            pool.terminate()
        raise AssertionError("the test has ended, and one of its statements still waits for a lock") from None


def first_line(process: subprocess.Popen[str], patience: float = PATIENCE) -> str:
    """What a process says first. Only to be asked once: what is already read ahead is not seen."""
    assert process.stdout is not None
    there, _, _ = select.select([process.stdout], [], [], patience)
    assert there, f"said nothing within {patience:g} seconds"
    return process.stdout.readline()


def ended(process: subprocess.Popen[str]) -> None:
    """Killed, and its output shut: a child that outlived it may hold that for ever."""
    process.kill()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise AssertionError("killed, but one of its children lives on") from None


AGAIN = 5.0
"""Seconds until it is raised again, where it met a task that nobody waits for."""


class HangsForEver(BaseException):
    """Passes `except Exception`, which loops that wait are full of."""


@contextlib.contextmanager
def ends_within(seconds: float, what: str) -> Iterator[None]:
    """Whatever the block waits for, a lock, a process or an event: then it fails, where it stood."""
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def tell(*_: object) -> None:
        raise HangsForEver(f"{what} did not end within {seconds:g} seconds; it stood where this was raised")

    before = signal.signal(signal.SIGALRM, tell)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    except HangsForEver as hangs:
        pytest.fail(str(hangs))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
