"""Slows down guessing of passwords: so many tries an hour for an e-mail, so many a while from an address.

Whoever knows an e-mail can use up its tries, but not keep out the one it belongs to: a browser from which
somebody has signed in with it before carries a sign of that, and has tries of its own.

Tries for an e-mail are counted in the database, under a keyed hash, and so for all processes that serve.
Addresses are never written down: each process counts them in memory, as hashes under a key that is
thrown away with every window.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from math import ceil
from pathlib import Path
from secrets import token_bytes
from typing import Any

import aiosql

from survey.database.pool import Connection
from survey.people.errors import TooManyAttempts

WINDOW_SECONDS = 15 * 60
PER_ADDRESS = 30
"""In a window, for each process."""
PER_EMAIL = 10
"""In an hour by the clock of the database."""

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


async def count(connection: Connection, email_hash: bytes) -> tuple[int, int]:
    """Count one try before the password is looked at, so that parallel tries count too.

    Returns the tries of this hour, and the minutes until it is over.
    """
    row = await _queries.count_sign_in(connection, email_hash=email_hash)
    return row["tries"], row["minutes"]


async def forget(connection: Connection, email_hash: bytes) -> None:
    """A right password forgets the wrong ones."""
    await _queries.forget_sign_ins(connection, email_hash=email_hash)


async def log(connection: Connection, email_hash: bytes, email: str, action: str) -> None:
    """Tell the organisation of the account, if there is one; takes as long when there is none."""
    await _queries.log_failed_sign_in(connection, email_hash=email_hash, email=email, action=action)


def hashed(secret_key: bytes, email: str, device: str = "") -> bytes:
    """What tries are counted under. `device`: a sign that `is_known`, or ''."""
    return _keyed(secret_key, b"bostemme-signin", email, *([device] if device else []))


def device_cookie(secret_key: bytes, email: str) -> str:
    """The end of the name of the cookie for this e-mail: several may sign in from one browser."""
    return _keyed(secret_key, b"bostemme-cookie", email).hex()[:12]


def new_device(secret_key: bytes, email: str) -> str:
    """A sign that somebody has signed in with this e-mail here. Nobody without the secret can make one."""
    number = token_bytes(16).hex()
    return f"{number}.{_sign(secret_key, email, number)}"


def is_known(secret_key: bytes, email: str, device: str) -> bool:
    number, _, sign = device.partition(".")
    return compare_digest(sign.encode(), _sign(secret_key, email, number).encode())


def _sign(secret_key: bytes, email: str, number: str) -> str:
    return _keyed(secret_key, b"bostemme-device", email, number).hex()


def _keyed(secret_key: bytes, purpose: bytes, email: str, *more: str) -> bytes:
    text = "\n".join([email.strip().lower(), *more])
    return blake2b(text.encode(), key=secret_key, digest_size=32, person=purpose).digest()


class Addresses:
    """Counts sign-ins that have not succeeded, per address, in fixed windows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begin_window()

    def _begin_window(self) -> None:
        self._salt = token_bytes(32)
        self._counts: Counter[bytes] = Counter()
        self._ends = self._clock() + WINDOW_SECONDS

    def _key(self, address: str) -> bytes:
        return blake2b(_network(address).encode(), key=self._salt, digest_size=16).digest()

    def begin(self, address: str) -> None:
        """Count one try. Raises TooManyAttempts when the limit of the window is reached."""
        if self._clock() >= self._ends:
            self._begin_window()
        key = self._key(address)
        if self._counts[key] >= PER_ADDRESS:
            raise TooManyAttempts(minutes=max(1, ceil((self._ends - self._clock()) / 60)))
        self._counts[key] += 1

    def succeeded(self, address: str) -> None:
        """A right password takes back its own try."""
        key = self._key(address)
        self._counts[key] = max(0, self._counts[key] - 1)


def _network(address: str) -> str:
    # One household or office often owns a whole IPv6 /64; counting single addresses would count nothing.
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address
