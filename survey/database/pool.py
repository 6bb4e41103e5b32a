"""Seven doors into one database, each with its own role: what a room may not see, its connections cannot
read.

Connections are handed out inside a transaction: it commits when the block ends well and rolls back when it
raises. Only the tenants' are not: each of their statements calls one function, which is a transaction of its
own, and opening and closing another around it would cost two more trips to the database. `jsonb` comes and
goes as text.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

import aiosql
import asyncpg
from asyncpg.pool import PoolConnectionProxy

from forms.catalogue import Message
from survey.database.errors import DatabaseUnreachable, DoorClosed

queries: Any = aiosql.from_path(
    Path(__file__).with_name("queries.sql"), "asyncpg"
)  # functions made at run time

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

# Per process. With two web workers the sum stays well below the 100 connections PostgreSQL allows by default.
# Tenants get six: on two cores 12 or 20 answered fewer a second and let some wait three times as long.
POOL_SIZES = {"registry": 6, "answers": 4, "phone": 6, "mixer": 2, "retention": 2, "sender": 2, "owner": 2}

LIMITS = {
    "phone": {"lock_timeout": "20s"},
    "registry": {"idle_in_transaction_session_timeout": "10min"},
    "mixer": {"idle_in_transaction_session_timeout": "10min"},
    "sender": {"idle_in_transaction_session_timeout": "10min"},
}
"""A process that hangs keeps what it holds from tenants no longer than this, and they are told to come back
instead of waiting with it. Retention holds nothing that they need while it reckons."""

ALL_DOORS = tuple(POOL_SIZES)
TENANTS_DOORS = ("phone",)
OFFICE_DOORS = ("registry", "answers")
RETENTION_DOORS = ("retention", *OFFICE_DOORS)
"""What is due is deleted through the first; that no published figure changes is seen through the others."""

MIXER_DOORS = ("mixer", *RETENTION_DOORS)
"""The mixer seals waves and deletes answers as well, where its login may also take on the office's roles."""

SENDER_DOORS = ("sender",)

REFUSALS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError)  # what asyncpg raises


ROLE = re.compile(r"bostemme_(phone|registry|answers|mixer|sender|retention)\b")
"""One of ours, in what PostgreSQL says, whatever its language."""


def unreachable(url: str, error: Exception) -> DatabaseUnreachable:
    """In words: never a part of the address but its host, for the rest may hold the password."""
    if isinstance(error, ValueError):  # it quotes what it could not read
        return DatabaseUnreachable("fault.database.address")
    if isinstance(error, asyncpg.InsufficientPrivilegeError) and (role := ROLE.search(str(error))):
        return DatabaseUnreachable("fault.database.role", role=role[0])
    host = urlsplit(url).hostname or Message.of("fault.database.socket")
    return DatabaseUnreachable("fault.database.unreachable", host=host, reason=_reason(error))


def _reason(error: Exception) -> Message:
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return Message.of("fault.database.reason.login")
        case asyncpg.InvalidCatalogNameError():
            return Message.of("fault.database.reason.name")
        case asyncpg.InsufficientPrivilegeError():
            return Message.of("fault.database.reason.rights")
        case asyncpg.TooManyConnectionsError():
            return Message.of("fault.database.reason.full")
        case asyncpg.CannotConnectNowError():
            return Message.of("fault.database.reason.starting")
        case socket.gaierror():
            return Message.of("fault.database.reason.host")
        case TimeoutError():
            return Message.of("fault.database.reason.silent")
        case ConnectionError() | FileNotFoundError():
            return Message.of("fault.database.reason.nobody")
        case OSError() if "Connect call failed" in str(error):  # at every address of the host
            return Message.of("fault.database.reason.nobody")
        case _ if str(error):
            return Message.of("fault.database.reason.other", said=str(error))
        case _:
            return Message.of("fault.database.reason.silent")


class Database:
    """The pools open their connections when first needed, so a Database costs nothing until it is used."""

    def __init__(self, url: str, pools: dict[str, Pool]) -> None:
        self.url = url
        self._pools = pools
        self._phone_queue = asyncio.Semaphore(POOL_SIZES["phone"])

    @staticmethod
    async def connect(url: str, doors: Collection[str] = ALL_DOORS) -> Database:
        """Only `doors` can be gone through, so that a process holds no right it has no use for.

        Raises DatabaseUnreachable, saying what the database answered, when no connection can be made.
        """
        try:
            database = Database(url, {name: await _open_pool(url, name, POOL_SIZES[name]) for name in doors})
            await database.ping("owner" if "owner" in doors else None)
        except REFUSALS as error:
            raise unreachable(url, error) from error
        return database

    def has(self, *doors: str) -> bool:
        return all(door in self._pools for door in doors)

    async def ping(self, door: str | None = None) -> None:
        """Through one door, the tenants' if there is a choice. Raises what asyncpg raises."""
        door = door or ("phone" if self.has("phone") else next(iter(self._pools)))
        async with self._connection(door) as connection:
            await queries.ping(connection)

    def registry(self, organisation_id: UUID) -> AbstractAsyncContextManager[Connection]:
        """The housing office's side, for one organisation."""
        return self._transaction("registry", organisation_id)

    def registry_anonymous(self) -> AbstractAsyncContextManager[Connection]:
        """The housing office's side before we know who asks: only the sign-in functions give anything."""
        return self._transaction("registry", None)

    def answers(self, organisation_id: UUID) -> AbstractAsyncContextManager[Connection]:
        """The answers of one organisation; nothing about who was invited."""
        return self._transaction("answers", organisation_id)

    def phone(self) -> AbstractAsyncContextManager[Connection]:
        """The tenant's pages: only the functions of schema ballots. What a statement did is done."""
        return self._phone()

    @asynccontextmanager
    async def _phone(self) -> AsyncIterator[Connection]:
        # First come, first served: the pool itself lets newcomers pass those who already wait for it.
        async with self._phone_queue, self._connection("phone") as connection:
            yield connection

    def mixer(self) -> AbstractAsyncContextManager[Connection]:
        """The mixer's process: only the functions that move ballots. Never used by a page."""
        return self._transaction("mixer", None)

    def retention(self) -> AbstractAsyncContextManager[Connection]:
        """The job that deletes: only the functions of schema retention. Never used by a page."""
        return self._transaction("retention", None)

    def sender(self) -> AbstractAsyncContextManager[Connection]:
        """The sender's process: only the functions of schema delivery. Never used by a page."""
        return self._transaction("sender", None)

    def owner(self) -> AbstractAsyncContextManager[Connection]:
        """The operator at the command line: sets up organisations, loads the demo. Never used by a page."""
        return self._transaction("owner", None)

    @asynccontextmanager
    async def _transaction(self, door: str, organisation_id: UUID | None) -> AsyncIterator[Connection]:
        async with self._connection(door) as connection, connection.transaction():
            if organisation_id is not None:
                await queries.set_organisation(connection, organisation_id=str(organisation_id))
            yield connection

    @asynccontextmanager
    async def _connection(self, door: str) -> AsyncIterator[Connection]:
        if door not in self._pools:
            raise DoorClosed("fault.database.door", door=door)
        try:
            connection = await self._pools[door].acquire()
        except OSError as error:  # among all that may be wrong with files and networks, this is the database
            raise unreachable(self.url, error) from error
        try:
            yield connection
        finally:
            await self._pools[door].release(connection)

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.close()


async def _open_pool(url: str, door: str, size: int) -> Pool:
    role = {} if door == "owner" else {"role": f"bostemme_{door}"}
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        # A receipt is shown after the commit, and a key destroyed after its wave is sealed: both must be on
        # disk, whatever the server was told to do otherwise. To compile a plan takes 50 ms of processor, and
        # PostgreSQL does it wherever it misjudges a table; a submission takes one.
        server_settings={
            "application_name": f"bostemme-{door}",
            "synchronous_commit": "on",
            "jit": "off",
            **LIMITS.get(door, {}),
            **role,
        },
        reset=_nothing_to_reset,
    )


async def _nothing_to_reset(_connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """All we ever set lasts for one transaction: there is nothing the server must be asked to forget."""
