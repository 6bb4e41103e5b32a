"""Bring a database to the schema of this version: plain SQL files, run by dbmate, one process at a time."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Collection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import asyncpg

from survey.database.connecting import connect
from survey.database.errors import DatabaseOfAnotherVersion, MigrationFailed
from survey.database.pool import queries
from survey.settings import PROJECT

MIGRATIONS = PROJECT / "migrations"
LOCK = 0x626F7374  # 'bost': any number that nobody else in this database locks


async def migrate(url: str, migrations: Path = MIGRATIONS) -> int:
    """Run what is missing and return how many migrations that was.

    Any number of processes may call this at once: all but one wait. Raises DatabaseUnreachable,
    DatabaseUnsuitable or DatabaseOfAnotherVersion (nothing was changed), or MigrationFailed (the failed
    migration left no trace).
    """
    known = versions(migrations)
    connection = await connect(url)
    try:
        await queries.lock_migrations(connection, key=LOCK)
        applied = await _applied(connection)
        _refuse_newer(applied, known)
        missing = known - applied
        if missing:
            await _run_dbmate(url, migrations)
        return len(missing)
    finally:
        await connection.close()


async def require_current(url: str, migrations: Path = MIGRATIONS) -> None:
    """Raise DatabaseOfAnotherVersion unless the schema is exactly the one this version was written for."""
    known = versions(migrations)
    connection = await connect(url)
    try:
        applied = await _applied(connection)
    finally:
        await connection.close()
    _refuse_newer(applied, known)
    if known - applied:
        raise DatabaseOfAnotherVersion("fault.database.behind", missing=min(known - applied))


async def granted(url: str, doors: Collection[str]) -> tuple[str, ...]:
    """Those of `doors` whose roles the login of this address may take on. Raises DatabaseUnreachable."""
    connection = await connect(url)
    try:
        return tuple(
            [door for door in doors if await queries.may_take_on(connection, role=f"bostemme_{door}")]
        )
    finally:
        await connection.close()


def versions(migrations: Path = MIGRATIONS) -> set[str]:
    """The numbers the files begin with: '0001', '0002', ..."""
    return {file.name.split("_")[0] for file in migrations.glob("*.sql")}


async def _applied(connection: asyncpg.Connection[asyncpg.Record]) -> set[str]:
    if not await queries.has_migrations(connection):
        return set()
    return {row["version"] async for row in queries.applied_migrations(connection)}


def _refuse_newer(applied: set[str], known: set[str]) -> None:
    if applied - known:
        raise DatabaseOfAnotherVersion("fault.database.newer", found=max(applied - known), known=max(known))


async def _run_dbmate(url: str, migrations: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        str(_dbmate()),
        *(
            "--url",
            dbmate_url(url),
            "--migrations-dir",
            str(migrations),
            "--no-dump-schema",
            "--env-file",
            "/dev/null",
        ),
        "migrate",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode:
        lines = output.decode(errors="replace").strip().splitlines()
        raise MigrationFailed("fault.migration", said=" ".join(lines[-3:]))


def _dbmate() -> Path:
    beside = Path(sys.executable).with_name("dbmate")  # the virtual environment need not be on PATH
    found = str(beside) if beside.exists() else shutil.which("dbmate")
    if found is None:
        raise MigrationFailed("fault.dbmate")
    return Path(found)


def dbmate_url(url: str) -> str:
    """The same address in dbmate's words: the folder of a unix socket is called `socket`, TLS only if asked.

    >>> dbmate_url('postgresql://me@/house?host=/run/pg')
    'postgres://me@/house?socket=%2Frun%2Fpg'
    """
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "")
    if host.startswith("/"):
        query["socket"] = host
    elif not parts.hostname or parts.hostname in ("localhost", "127.0.0.1", "::1"):
        query.setdefault("sslmode", "disable")
    return urlunsplit(("postgres", parts.netloc, parts.path, urlencode(query), ""))
