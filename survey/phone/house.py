"""What every visit needs, in one piece: two dependencies would cost each request a task group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from litestar import route
from litestar.datastructures import State
from litestar.di import NamedDependency

from survey.database.pool import Database
from survey.phone.limits import (
    Guard,
    Queue,
    Receipts,
    beginnings,
    codes_of_shares,
    readings,
    said_of_findings,
)

shown_at = partial(route, http_method=["GET", "HEAD"])
"""A page to read. HEAD too: a message with the link in it is looked at by programs before people open it."""


@dataclass(frozen=True)
class House:
    database: Database
    secret_key: bytes
    guard: Guard
    begun: Guard
    """Counts the devices that begin."""
    read: Guard
    """Counts what readers of drafts send."""
    said: Guard
    """Counts what is said of one finding."""
    receipts: Receipts
    """Counts receipts and change codes that open nothing."""
    shared: Guard
    """Counts codes of documents that were sent to somebody."""
    queue: Queue
    """Codes that are being followed."""
    secure: bool
    """Whether we are reached over https."""
    office: bool
    """Whether the office's pages are served here, too."""


TheHouse = NamedDependency[House]


def house_of(state: State) -> House:
    guard, begun, read, said, shared = (_guard(state, name, made) for name, made in GUARDS.items())
    settings = state["settings"]
    whole = settings.only is None
    return House(
        state["database"],
        settings.secret_key,
        guard,
        begun,
        read,
        said,
        _receipts(state),
        shared,
        _queue(state),
        settings.secure,
        whole,
    )


GUARDS: dict[str, Callable[[], Guard]] = {
    "guard": Guard,
    "begun": beginnings,
    "read": readings,
    "said": said_of_findings,
    "shared": codes_of_shares,
}


def _guard(state: State, name: str, made: Callable[[], Guard]) -> Guard:
    """Of the whole process, made when the first visitor comes: each has a salt of its own, drawn by lot."""
    if name not in state:
        state[name] = made()
    guard: Guard = state[name]
    return guard


def _receipts(state: State) -> Receipts:
    """Of the whole process, as the guards."""
    if "receipts" not in state:
        state["receipts"] = Receipts()
    receipts: Receipts = state["receipts"]
    return receipts


def _queue(state: State) -> Queue:
    """Of the whole process, as the guards."""
    if "queue" not in state:
        state["queue"] = Queue()
    queue: Queue = state["queue"]
    return queue
