"""A test that waits for what will never come fails, and says for what."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from tests.waiting import ends_within, first_line, until


async def _never() -> bool:
    return False


@pytest.mark.parametrize(
    "waits",
    [
        lambda: asyncio.run(asyncio.Event().wait()),
        lambda: subprocess.run(["sleep", "60"], check=True),
    ],
    ids=["an event nobody sets", "a process that goes on"],
)
def test_what_hangs_fails_where_it_stood(waits) -> None:
    with (
        pytest.raises(pytest.fail.Exception, match="the wait did not end within"),
        ends_within(0.3, "the wait"),
    ):
        waits()


async def test_who_waits_for_another_hears_why_that_one_failed() -> None:
    async def fails() -> None:
        raise ValueError("no letters left")

    with pytest.raises(ValueError, match="no letters left"):
        await until(_never, "the letter", does=asyncio.create_task(fails()))
    with pytest.raises(AssertionError, match="ended before that: the letter"):
        await until(_never, "the letter", does=asyncio.create_task(asyncio.sleep(0)))
    with pytest.raises(AssertionError, match="did not come within 0 seconds: the letter"):
        await until(_never, "the letter", patience=0)


def test_a_process_that_says_nothing_is_not_waited_for() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as silent:
        with pytest.raises(AssertionError, match="said nothing within 0 seconds"):
            first_line(silent, 0)
        silent.kill()
