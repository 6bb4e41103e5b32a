"""A database that cannot be used is refused in one sentence, unchanged, and no password is ever printed."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from survey.database.connecting import require_suitable
from survey.database.errors import DatabaseUnreachable, DatabaseUnsuitable
from survey.database.migrate import migrate


async def test_a_database_that_cannot_hold_every_letter_is_refused(database_url: str) -> None:
    name = f"latin1_{secrets.token_hex(4)}"
    url = urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
    owner = await asyncpg.connect(database_url)
    try:
        await owner.execute(
            f"create database {name} encoding latin1 template template0 "
            "lc_collate 'C' lc_ctype 'C' locale_provider libc"
        )
        with pytest.raises(DatabaseUnsuitable, match=r"encoded in LATIN1.*Nothing was changed"):
            await migrate(url)
    finally:
        await owner.execute(f"drop database {name} with (force)")
        await owner.close()


def test_a_postgres_that_is_too_old_is_refused_by_its_number() -> None:
    require_suitable(15, "UTF8")
    with pytest.raises(DatabaseUnsuitable, match=r"a PostgreSQL 14; Bostemme needs 15 or newer"):
        require_suitable(14, "UTF8")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "postgresql://me:hemmelig@no-such-host.invalid/house",
            "reached at no-such-host.invalid: there is no machine of that name",
        ),
        ("postgresql://me:hemm/elig@127.0.0.1/house", "DATABASE_URL cannot be read"),
        ("postgresql://me:hemmelig@127.0.0.1:x/house", "DATABASE_URL cannot be read"),
        ("mysql://me:hemmelig@127.0.0.1/house", "DATABASE_URL cannot be read"),
    ],
)
async def test_a_wrong_address_is_explained_without_its_password(url: str, sentence: str) -> None:
    with pytest.raises(DatabaseUnreachable) as told:
        await migrate(url)
    assert sentence in str(told.value)
    assert "hemm" not in str(told.value)
