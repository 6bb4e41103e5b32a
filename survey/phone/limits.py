"""Slows down guessing of codes. Lives in memory, per process; nothing about a visitor is written down.

A visitor is known by a keyed hash of the network address, under a salt that is made anew every hour and never
written: after the hour nobody, we neither, can tell whose count it was. Two leaky buckets:

- per client 40 tries at once and one more every 15 seconds: a meeting of thirty tenants shares one address;
- for all together 600 at once and two more every second, so that a crowd of addresses finds hardly more codes
  than one would. The first three tries of a network in an hour are not refused for what others do: else a few
  dozen networks would keep every tenant from typing her code. Of at most 50,000 networks, that is.

7,200 tries an hour and process, and 150,000 more where a crowd has all those networks, against 1.2e16 codes,
with 10,000 of them open: one hit in 870 years.
The link itself and its QR code are not limited: 100 bits need no guard.

A receipt has 82 bits, too. Those that nobody was given are counted by address alone: were they counted for
all together, a crowd would keep everybody from taking an answer back. What can be guessed is the change code
of a receipt that was shown to somebody, so its tries are counted *by receipt*: from one address as above, and
from all addresses of the world 400 at once each day and one more every 30 seconds. In a round of thirty days
a process lets 98,400 of 20.5 million codes be tried: one chance in 200. Who is right is not counted, but
waits as well while somebody who holds her receipt goes through codes from ten networks or more.

Who types a code does not wait behind a crowd of others: of codes that are being followed at most fifty stand
in the queue, half a second of work, and of these twenty from one network. Who is turned away is told to come
back in some seconds, and has spent no try.

What is said in a reading round is counted by finding: one person cannot be sixty tenants. From one address
ten times of one finding at once, since a stairwell may read together, and one more every six minutes.

Beginning is counted too, apart: each device that begins may keep one draft with a link, and one link must
not fill the disk. Per address 600 at once and one more every second, since a mobile network, a library or a
whole municipality may share one; for all together 10,000 at once and 50 every second, from which the first
five of a network in an hour are free: else a crowd would keep all others from beginning. One address leaves
at most some 350 MB of drafts a day, twenty times that if each is filled to the brim, and they are gone when
the round closes. Nothing but beginning is held up.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from secrets import token_bytes

from survey.phone.errors import Crowded, TooManyBegun, TooManyRead, TooManyShared, TooManyTries
from survey.phone.reading import AnyRequest

SALT_SECONDS = 3600
DAY_SECONDS = 24 * 3600.0
SECONDS_OF_QUEUE = 5
MOST_CLIENTS = 50_000
"""Counted at a time; more than that in one hour is an attack, and the common bucket stands in its way."""


@dataclass(frozen=True)
class Allowance:
    """`most` tries at once, then one every `seconds`."""

    most: int
    seconds: float
    free: int = 0
    """Of the bucket for all: so many tries of a client in an hour are taken however full that is."""


PER_CLIENT = Allowance(40, 15.0)
FOR_ALL = Allowance(600, 0.5, free=3)
BEGUN_PER_CLIENT = Allowance(600, 1.0)
BEGUN_FOR_ALL = Allowance(10_000, 0.02, free=5)
READ_PER_CLIENT = Allowance(400, 5.0)
READ_FOR_ALL = Allowance(4000, 0.5)
CODES_OF_ONE_RECEIPT = Allowance(400, 30.0)
NO_LIMIT = Allowance(1, 0.0)
SAID_PER_CLIENT = Allowance(10, 360.0)
SAID_FOR_ALL = Allowance(20_000, 0.05)


class Queue:
    """Codes that are being followed in one process: at most `most`, and `of_one` from one network."""

    def __init__(self, most: int = 50, of_one: int = 20) -> None:
        self._most, self._of_one = most, of_one
        self._waiting: Counter[str] = Counter()

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """A place in it, given back at the end. Raises Crowded."""
        network = _network(address)
        if self._waiting.total() >= self._most or self._waiting[network] >= self._of_one:
            raise Crowded(SECONDS_OF_QUEUE)
        self._waiting[network] += 1
        try:
            yield
        finally:
            self._waiting[network] -= 1
            if not self._waiting[network]:
                del self._waiting[network]


class Guard:
    """Counts tries in one process. `clock`: seconds that never go back."""

    def __init__(
        self,
        per_client: Allowance = PER_CLIENT,
        for_all: Allowance = FOR_ALL,
        clock: Callable[[], float] = time.monotonic,
        fault: type[TooManyTries] = TooManyTries,
        salt_seconds: float = SALT_SECONDS,
    ) -> None:
        self._fault, self._salt_seconds = fault, salt_seconds
        self._per_client, self._for_all, self._clock = per_client, for_all, clock
        self._all_full_at = clock()
        self._renew(clock())

    def count(self, address: str, about: str = "") -> None:
        """One try from this address, `about`: counted apart from what it tries of anything else. Raises
        `fault`, with the seconds to wait, and counts nothing then."""
        now = self._clock()
        if now >= self._salt_ends:
            self._renew(now)
        client = self._client(address, about)
        own = self._after_one(self._full_at.get(client, now), now, self._per_client)
        known = len(self._full_at) < MOST_CLIENTS or client in self._full_at
        if not known or self._taken[client] >= self._for_all.free:
            self._all_full_at = self._after_one(self._all_full_at, now, self._for_all)
        if known:
            self._full_at[client] = own
            self._taken[client] += 1

    def forgive(self, address: str, about: str = "") -> None:
        """That try was right: it is taken back."""
        client = self._client(address, about)
        if client in self._full_at:
            self._full_at[client] -= self._per_client.seconds
            self._taken[client] -= 1
            if self._taken[client] < self._for_all.free:
                return
        self._all_full_at -= self._for_all.seconds

    def _client(self, address: str, about: str) -> bytes:
        return blake2b(f"{_network(address)} {about}".encode(), key=self._salt, digest_size=16).digest()

    def _after_one(self, full_at: float, now: float, allowance: Allowance) -> float:
        """When the bucket is full again once this try is taken from it."""
        after = max(full_at, now) + allowance.seconds
        wait = after - now - allowance.most * allowance.seconds
        if wait > 1e-9:
            raise self._fault(max(1, round(wait)))
        return after

    def _renew(self, now: float) -> None:
        self._salt = token_bytes(32)
        self._salt_ends = now + self._salt_seconds
        self._full_at: dict[bytes, float] = {}
        self._taken: Counter[bytes] = Counter()


class Receipts:
    """Tries at receipts and their change codes in one process. Raises TooManyTries, as a guard does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._unknown = Guard(for_all=NO_LIMIT, clock=clock)
        self._from_here = Guard(for_all=NO_LIMIT, clock=clock)
        # Counts no addresses, so it need not forget each hour: else there would be so many more each hour.
        self._of_one = Guard(CODES_OF_ONE_RECEIPT, NO_LIMIT, clock, salt_seconds=DAY_SECONDS)

    def unknown(self, address: str) -> None:
        """One that nobody was given was tried."""
        self._unknown.count(address)

    def code(self, address: str, receipt: str) -> None:
        """A code is tried, right or wrong. `receipt`: one that was given: of others there is no end."""
        self._from_here.count(address, receipt)
        self._of_one.count("", receipt)

    def right(self, address: str, receipt: str) -> None:
        """It was: that try is taken back."""
        self._from_here.forgive(address, receipt)
        self._of_one.forgive("", receipt)


def beginnings() -> Guard:
    """A guard of devices that begin."""
    return Guard(BEGUN_PER_CLIENT, BEGUN_FOR_ALL, fault=TooManyBegun)


def readings() -> Guard:
    """A guard of what readers of drafts send, a page at a time: a meeting of them shares one address."""
    return Guard(READ_PER_CLIENT, READ_FOR_ALL, fault=TooManyRead)


def said_of_findings() -> Guard:
    """A guard of what is said of a finding: from one address ten times at once, and ten more an hour."""
    return Guard(SAID_PER_CLIENT, SAID_FOR_ALL, fault=TooManyRead)


def codes_of_shares() -> Guard:
    """A guard of the codes that documents were sent with."""
    return Guard(fault=TooManyShared)


def client_of(request: AnyRequest) -> str:
    """The visitor's address: what our own proxy says when one stands before us, else who is connected."""
    peer = request.client.host if request.client else ""
    try:
        from_proxy = ip_address(peer).is_private
    except ValueError:
        from_proxy = True  # a socket without an address
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return said if from_proxy and said else peer


def _network(address: str) -> str:
    # One household often owns a whole IPv6 /64: counting single addresses would count nothing.
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:100]
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped:  # of a socket for both: else all IPv4 would be one household
        return str(parsed.ipv4_mapped)
    return str(ip_network(f"{parsed}/64", strict=False))
