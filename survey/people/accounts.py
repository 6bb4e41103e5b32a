"""Accounts of staff, as the operator keeps them from the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
from asyncpg import UniqueViolationError

from survey.database.pool import Connection, Database
from survey.people import audit, passwords
from survey.people.errors import BadEmail, EmailTaken, NoSuchAccount
from survey.people.roles import Role

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Account:
    email: str
    name: str
    role: Role
    active: bool


async def add(
    database: Database, organisation_id: UUID, *, email: str, name: str, role: Role, password: str
) -> UUID:
    """A new active account. Raises BadEmail, PasswordTooShort, EmailTaken."""
    email = _checked(email)
    password_hash = await passwords.hash_password(password)
    return await add_hashed(
        database, organisation_id, email=email, name=name, role=role, password_hash=password_hash
    )


async def add_hashed(
    database: Database, organisation_id: UUID, *, email: str, name: str, role: Role, password_hash: str
) -> UUID:
    """The same with the hash of a password that was chosen before. Raises BadEmail, EmailTaken."""
    email = _checked(email)
    try:
        async with database.registry(organisation_id) as connection:
            staff_id: UUID = await _queries.add_staff(
                connection,
                organisation_id=organisation_id,
                email=email,
                name=name.strip(),
                role=role.value,
                password_hash=password_hash,
            )
            await audit.record(connection, "staff.added", "staff", staff_id, None, {"role": role.value})
    except UniqueViolationError:
        raise EmailTaken(email=email) from None
    return staff_id


def _checked(email: str) -> str:
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise BadEmail(email=email)
    return email


async def change_password(database: Database, email: str, password: str) -> None:
    """A new password; every open session of the account ends. Raises NoSuchAccount, PasswordTooShort."""
    password_hash = await passwords.hash_password(password)
    organisation_id = await _organisation_of(database, email)
    async with database.registry(organisation_id) as connection:
        staff_id = await _queries.set_password(
            connection, email=email.strip().lower(), password_hash=password_hash
        )
        await _end_sessions(connection, organisation_id, staff_id)
        await audit.record(connection, "staff.password_changed", "staff", staff_id, None)


async def set_active(database: Database, email: str, active: bool) -> None:
    """Turn an account off (its sessions end at once) or on again. Raises NoSuchAccount."""
    organisation_id = await _organisation_of(database, email)
    async with database.registry(organisation_id) as connection:
        staff_id = await _queries.set_active(connection, email=email.strip().lower(), active=active)
        await _end_sessions(connection, organisation_id, staff_id)
        action = "staff.activated" if active else "staff.deactivated"
        await audit.record(connection, action, "staff", staff_id, None)


async def listed(database: Database, organisation_id: UUID) -> tuple[Account, ...]:
    """All accounts of one organisation, by e-mail."""
    async with database.registry(organisation_id) as connection:
        rows = [row async for row in _queries.staff_list(connection)]
    return tuple(Account(row["email"], row["name"], Role(row["role"]), row["active"]) for row in rows)


async def name_of(connection: Connection, staff_id: UUID) -> str:
    """Of an account of the connection's organisation; '' when there is none."""
    name: str | None = await _queries.staff_name(connection, id=staff_id)
    return name or ""


async def _organisation_of(database: Database, email: str) -> UUID:
    async with database.owner() as connection:
        organisation_id: UUID | None = await _queries.organisation_of(connection, email=email.strip().lower())
    if organisation_id is None:
        raise NoSuchAccount(email=email)
    return organisation_id


async def _end_sessions(connection: Connection, organisation_id: UUID, staff_id: UUID) -> None:
    await _queries.close_sessions_of(connection, organisation_id=organisation_id, staff_id=staff_id)
