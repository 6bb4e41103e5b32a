"""Slows down guessing of passwords. Lives in memory; nothing about a visitor is written down.

Addresses and e-mails are kept only as keyed hashes whose key is thrown away with every window.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from secrets import token_bytes

from survey.people.errors import TooManyAttempts

WINDOW_SECONDS = 15 * 60
PER_ADDRESS = 30
PER_EMAIL = 10


class Attempts:
    """Counts sign-ins that have not succeeded, per address and per e-mail, in fixed windows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begin_window()

    def _begin_window(self) -> None:
        self._salt = token_bytes(32)
        self._counts: Counter[bytes] = Counter()
        self._ends = self._clock() + WINDOW_SECONDS

    def _keys(self, address: str, email: str) -> tuple[bytes, bytes]:
        def keyed(kind: str, value: str) -> bytes:
            return blake2b(f"{kind}:{value}".encode(), key=self._salt, digest_size=16).digest()

        return keyed("address", _network(address)), keyed("email", email.strip().lower())

    def begin(self, address: str, email: str) -> None:
        """Count one try before the password is looked at, so that parallel tries count too.

        Raises TooManyAttempts when the limit of the window is reached.
        """
        if self._clock() >= self._ends:
            self._begin_window()
        by_address, by_email = self._keys(address, email)
        if self._counts[by_address] >= PER_ADDRESS or self._counts[by_email] >= PER_EMAIL:
            raise TooManyAttempts(minutes=max(1, round((self._ends - self._clock()) / 60)))
        self._counts[by_address] += 1
        self._counts[by_email] += 1

    def succeeded(self, address: str, email: str) -> None:
        """A right password takes back its own try and forgets the wrong ones for that e-mail."""
        by_address, by_email = self._keys(address, email)
        self._counts[by_address] = max(0, self._counts[by_address] - 1)
        self._counts.pop(by_email, None)


def _network(address: str) -> str:
    # One household or office often owns a whole IPv6 /64; counting single addresses would count nothing.
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else address
