"""Passwords: argon2id, few at a time, and the same work whether the account exists or not."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from survey.people.errors import PasswordTooShort

SHORTEST = 12
"""Characters; length is the only rule, as in NIST SP 800-63B."""

_hasher = PasswordHasher()
# One hash takes 64 MiB and tens of milliseconds; two at a time keep a flood of sign-ins from
# filling the memory or starving the tenants' pages.
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


@cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


async def hash_password(password: str) -> str:
    """The argon2id hash to store. Raises PasswordTooShort."""
    if len(password) < SHORTEST:
        raise PasswordTooShort(shortest=SHORTEST)
    return await asyncio.get_running_loop().run_in_executor(_workers, _hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """True when the password belongs to the hash. No hash: as slow, and False."""
    return await asyncio.get_running_loop().run_in_executor(_workers, _matches, password_hash, password)
