"""Databases made for tests: copied from one that is migrated, which is ten times faster than to migrate."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

import asyncpg


def named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(named(url, "postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.contextmanager
def copied_database(server_url: str, template: str) -> Iterator[str]:
    """The address of a copy of the template that is there while the block lasts."""
    name = f"bostemme_{secrets.token_hex(6)}"
    asyncio.run(run(server_url, f"create database {name} template {template} strategy file_copy"))
    try:
        yield named(server_url, name)
    finally:
        asyncio.run(run(server_url, f"drop database {name} with (force)"))


@dataclass
class Way:
    """A way to a database that can be cut, as when its server is stopped, and laid again."""

    to: str
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        parts = urlsplit(self.to)
        who = f"{quote(parts.username or '')}:{quote(parts.password or '')}"
        return urlunsplit(
            parts._replace(netloc=f"{who}@127.0.0.1:{self.port}", query="sslmode=disable", fragment="")
        )

    async def lay(self) -> None:
        self._server = await asyncio.start_server(self._passes, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Nobody answers at its address any more, and whoever was connected is not."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _passes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.to)
        (place,) = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])
        port = parts.port or 5432
        if place.startswith("/"):
            there, back = await asyncio.open_unix_connection(f"{place}/.s.PGSQL.{port}")
        else:
            there, back = await asyncio.open_connection(place, port)
        self._open |= {writer, back}
        await asyncio.gather(_flow(reader, back), _flow(there, writer))
        self._open -= {writer, back}


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while read := await reader.read(65536):
            writer.write(read)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def way(url: str) -> AsyncIterator[Way]:
    laid = Way(url)
    await laid.lay()
    try:
        yield laid
    finally:
        await laid.cut()
