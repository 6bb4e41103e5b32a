"""Signing in and out. The cookie holds a token, the database only its hash: a dump opens no door."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from typing import Any
from uuid import UUID

import aiosql

from survey.database.pool import Database
from survey.people import audit, passwords
from survey.people.attempts import Attempts
from survey.people.errors import NotSignedIn, WrongCredentials
from survey.people.roles import Role, Staff

HOURS = 10
"""A working day; signing in again the next morning is cheap, a forgotten session is not."""

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Credentials:
    email: str
    password: str
    address: str
    """Where the try comes from; used for the rate limit only, never stored."""


def _hash(token: str) -> bytes:
    return blake2b(token.encode(), digest_size=32, person=b"bostemme-staff").digest()


async def sign_in(database: Database, attempts: Attempts, credentials: Credentials) -> str:
    """The token for the cookie of a new session. Raises WrongCredentials, TooManyAttempts."""
    email = credentials.email.strip().lower()
    attempts.begin(credentials.address, email)
    async with database.registry_anonymous() as connection:
        account = await _queries.staff_by_email(connection, email=email)
    if not await passwords.matches(account and account["password_hash"], credentials.password):
        raise WrongCredentials()
    attempts.succeeded(credentials.address, email)
    token = token_urlsafe(32)
    organisation_id: UUID = account["organisation_id"]
    async with database.registry(organisation_id) as connection:
        await _queries.open_session(
            connection,
            token_hash=_hash(token),
            organisation_id=organisation_id,
            staff_id=account["id"],
            csrf_secret=token_bytes(32),
            hours=HOURS,
        )
        await audit.record(connection, "session.opened", "staff", account["id"], account["id"])
    return token


async def who(database: Database, token: str | None) -> Staff:
    """The person behind a cookie. Raises NotSignedIn."""
    if not token:
        raise NotSignedIn()
    async with database.registry_anonymous() as connection:
        row = await _queries.session(connection, token_hash=_hash(token))
    if row is None:
        raise NotSignedIn()
    return Staff(
        id=row["staff_id"],
        name=row["staff_name"],
        role=Role(row["role"]),
        organisation_id=row["organisation_id"],
        organisation=row["organisation_name"],
        fictitious=row["fictitious"],
        csrf_secret=row["csrf_secret"],
    )


async def sign_out(database: Database, staff: Staff, token: str) -> None:
    """End this session; its cookie opens nothing from now on."""
    async with database.registry(staff.organisation_id) as connection:
        await _queries.close_session(connection, token_hash=_hash(token))
        await audit.record(connection, "session.closed", "staff", staff.id, staff.id)
