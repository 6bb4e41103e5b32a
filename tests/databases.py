"""Databases made for tests: copied from one that is migrated, which is ten times faster than to migrate."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

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
