"""What every visit needs, in one piece: two dependencies would cost each request a task group."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from litestar import route
from litestar.datastructures import State
from litestar.di import NamedDependency

from survey.database.pool import Database
from survey.phone.limits import Guard, beginnings, readings

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
    secure: bool
    """Whether we are reached over https."""


TheHouse = NamedDependency[House]


def house_of(state: State) -> House:
    guard: Guard = state.setdefault("guard", Guard())
    begun: Guard = state.setdefault("begun", beginnings())
    read: Guard = state.setdefault("read", readings())
    settings = state["settings"]
    return House(state["database"], settings.secret_key, guard, begun, read, settings.secure)
