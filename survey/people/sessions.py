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
from survey.people import attempts, audit, passwords
from survey.people.attempts import Addresses
from survey.people.errors import NotSignedIn, TooManyAttempts, WrongCredentials
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
    device: str = ""
    """The sign of an earlier sign-in from the same browser, as `attempts.new_device` made it."""


def _hash(token: str) -> bytes:
    return blake2b(token.encode(), digest_size=32, person=b"bostemme-staff").digest()


async def sign_in(
    database: Database, secret_key: bytes, addresses: Addresses, credentials: Credentials
) -> str:
    """The token for the cookie of a new session. Raises WrongCredentials, TooManyAttempts.

    What fails for an account that exists is told in the log of its organisation, never the password.
    """
    email = credentials.email.strip().lower()
    known = attempts.is_known(secret_key, email, credentials.device)
    email_hash = attempts.hashed(secret_key, email, credentials.device if known else "")
    addresses.begin(credentials.address)
    async with database.registry_anonymous() as connection:
        tries, minutes = await attempts.count(connection, email_hash)
        if tries == attempts.PER_EMAIL + 1:  # once an hour: the log is not to be filled from outside
            await attempts.log(connection, email_hash, credentials.email, "session.stopped")
    if tries > attempts.PER_EMAIL:
        raise TooManyAttempts(minutes=minutes)
    async with database.registry_anonymous() as connection:
        account = await _queries.staff_by_email(connection, email=email)
    if not await passwords.matches(account and account["password_hash"], credentials.password):
        async with database.registry_anonymous() as connection:
            await attempts.log(connection, email_hash, credentials.email, "session.refused")
        raise WrongCredentials()
    addresses.succeeded(credentials.address)
    token = token_urlsafe(32)
    organisation_id: UUID = account["organisation_id"]
    async with database.registry(organisation_id) as connection:
        await attempts.forget(connection, email_hash)
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
