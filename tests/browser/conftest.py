"""A real Chromium against a real server: one of each for all tests of this folder in a process.

A server takes five seconds of processor to start and a browser two, most tests less. Each test has an
organisation of its own and a browser that keeps nothing of the test before. What moves the days of a whole
database has `own_server` and `own_database`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from survey.ballots.keys import KeyFolder
from survey.ballots.mixing import keep_stock
from survey.database.pool import Database
from tests.databases import copied_database
from tests.servers import Server, serving
from tests.waiting import closed

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NOT_AS_SOLD = ["--disable-back-forward-cache"]
"""What Playwright turns off, and people's browsers do: pages kept as they were, to go back to."""
expect.set_options(timeout=30_000)  # five seconds are too few for a page of a busy machine


@pytest.fixture(scope="session")
def server(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with (
        copied_database(server_url, template) as url,
        serving(url, tmp_path_factory.mktemp("server")) as started,
    ):
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def database(server: Server) -> AsyncIterator[Database]:
    """That of the server, with keys enough for the rounds of this test."""
    assert server.settings.database_url is not None
    opened = await Database.connect(server.settings.database_url)
    await keep_stock(opened, KeyFolder(server.settings.keys))
    async with opened.owner() as connection:  # two organisations have two names
        await connection.execute("update registry.organisations set name = id::text")
    yield opened
    await closed(opened)


@pytest.fixture
def own_server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    with serving(database_url, tmp_path) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def own_database(database_url: str) -> AsyncIterator[Database]:
    opened = await Database.connect(database_url)
    yield opened
    await closed(opened)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=NOT_AS_SOLD
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(_chromium: Browser) -> AsyncIterator[Browser]:
    """What a test leaves open is closed: the next one finds no page, no cookie and no draft."""
    yield _chromium
    for context in _chromium.contexts:
        await context.close()
