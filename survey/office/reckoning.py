"""Numbers that take longer than somebody waits without a word: they are reckoned on, and a page says so.

What is being reckoned is reckoned once: who asks for it meanwhile, on another tab or as another officer,
waits for the same. In this process that is a task; the server's other workers see a lock in the database,
which is gone with the connection when the process dies. At most DESKS at a time, so that readers of what is
there already find processor and connections.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

import aiosql

from survey.database.pool import Connection, Database
from survey.office.errors import StillReckoning
from survey.office.pages import AnyRequest

AT_ONCE = 1.5
"""Seconds in which most pages are there, and a page that says to wait would only flash by."""
DESKS = 2
MOST_FOUND, FOUND_SECONDS = 8, 600
"""So many outcomes that nobody came back for yet, and tables that somebody may come back to, are remembered
for so long: names may change, and answers be deleted."""

WAITED = "ventet"
"""In the address of a file that a browser has waited for."""

What = Literal["findings", "report", "release", "groups", "pdf", "file", "data", "standing"]


class Key(NamedTuple):
    """`about`: round, place, language: whatever makes it another thing to reckon."""

    organisation_id: UUID
    what: What
    about: Hashable


Found = TypeVar("Found")

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


class Reckonings:
    """Of one process."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[Key, asyncio.Task[Any]] = OrderedDict()
        self._desks = asyncio.Semaphore(DESKS)

    async def get(
        self,
        database: Database,
        key: Key,
        make: Callable[[], Awaitable[Found]],
        at_hand: Callable[[], Awaitable[Found | None]] | None = None,
    ) -> Found:
        """What `make` comes to, or its error. Raises StillReckoning where that takes longer than AT_ONCE.

        `at_hand`: gives it where nothing need be reckoned, and waits for no desk.
        """
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._reckon(database, key, make, at_hand))
            self._tasks[key].add_done_callback(partial(self._remember, key))
        task = self._tasks[key]
        found: Found = await self._result(key, task)
        return found

    async def anew(self, database: Database, key: Key, make: Callable[[], Awaitable[Found]]) -> Found:
        """As `get`; what came of it before, and nobody has come back for, does not count."""
        if key in self._tasks and self._tasks[key].done():
            self._forget(key, self._tasks[key])
        return await self.get(database, key, make)

    async def left(self, key: Key) -> Any:
        """What came of something asked for before, for as long as it is remembered, and None after that.
        Raises as `get`."""
        return await self._result(key, self._tasks[key], keep=True) if key in self._tasks else None

    async def begun(self, database: Database, key: Key) -> None:
        """Returns where work whose outcome stays in the database is under way nowhere. Raises StillReckoning,
        or once the error that it ended with: whoever pressed is told of it, and may press again."""
        if key in self._tasks:
            await self._result(key, self._tasks[key])
        await self.elsewhere(database, key)

    async def ready(self, key: Key) -> bool:
        """Whether what was asked for before is there to be fetched, and no error. Raises StillReckoning."""
        if (task := self._tasks.get(key)) is None:
            return False
        await asyncio.wait({task}, timeout=AT_ONCE)
        if not task.done():
            raise StillReckoning(what=key.what)
        return not task.cancelled() and task.exception() is None

    async def elsewhere(self, database: Database, key: Key) -> None:
        """Raises StillReckoning when another process is at it."""
        async with database.registry(key.organisation_id) as connection:
            await _alone(connection, key)

    async def _result(self, key: Key, task: asyncio.Task[Any], *, keep: bool = False) -> Any:
        await asyncio.wait({task}, timeout=AT_ONCE)
        if not task.done():
            raise StillReckoning(what=key.what)
        if not keep and self._tasks.get(key) is task:
            del self._tasks[key]
        return task.result()

    async def _reckon(
        self,
        database: Database,
        key: Key,
        make: Callable[[], Awaitable[Found]],
        at_hand: Callable[[], Awaitable[Found | None]] | None,
    ) -> Found:
        if at_hand is not None and (found := await at_hand()) is not None:
            return found
        async with self._desks, database.registry(key.organisation_id) as connection:
            await _alone(connection, key)
            return await make()

    def _remember(self, key: Key, done: asyncio.Task[Any]) -> None:
        asyncio.get_running_loop().call_later(FOUND_SECONDS, self._forget, key, done)
        found = [(one, task) for one, task in self._tasks.items() if task.done()]
        for one, task in found[:-MOST_FOUND]:
            self._forget(one, task)

    def _forget(self, key: Key, task: asyncio.Task[Any]) -> None:
        if not task.cancelled():
            task.exception()  # even if nobody came to see it
        if self._tasks.get(key) is task:
            del self._tasks[key]

    async def stop(self) -> None:
        """What is under way is given up, with its connections."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _alone(connection: Connection, key: Key) -> None:
    if not await _queries.reckon_alone(connection, what=repr(key[1:])):
        raise StillReckoning(what=key.what)


def of(request: AnyRequest) -> Reckonings:
    """Those of this application, made when first asked for."""
    state = request.app.state
    if "reckonings" not in state:
        state["reckonings"] = Reckonings()
    found: Reckonings = state["reckonings"]
    return found
