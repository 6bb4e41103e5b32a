"""What may be written to a log: a short list of fields, everything else is dropped.

No address, user agent, token or path of a tenant's page: a request is named by its route
('/s/{token}/side/{page_id}'), an error by its class and the lines it passed through. The text of an error may
quote what somebody wrote, so it stays out.
"""

from __future__ import annotations

import errno
import logging
import sys
import time
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

REQUEST = {"event", "level", "timestamp", "method", "route", "status", "error", "lines", "port"}
MIXER = {"campaign", "why", "n"}
ALLOWED = frozenset(REQUEST | MIXER)
AGAIN = 3600.0
"""Seconds until the same trouble is told anew."""
SOON = 60.0
MOST_TOLD = 1000
_told: dict[tuple[str, str, str], float] = {}
_since: dict[str, float] = {}


def configure(to: TextIO | None = None) -> None:
    """`to`: where lines go; None: the error output."""
    stream = to or sys.stderr
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )


def only_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {name: value for name, value in event.items() if name in ALLOWED}


def failed_request(error: BaseException, method: str, route: str) -> None:
    """One line about a fault of ours."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    structlog.get_logger().error(
        "request failed",
        method=method,
        route=route,
        error=type(error).__name__,
        lines=[f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames],
    )


def trouble(event: str, *, campaign: str = "", why: str = "", again: float | None = None) -> None:
    """Something the operator must see to. `why`: a sentence of ours, never what a tenant wrote.

    Said once, and while it lasts again after `again` seconds (an hour): who is told the same every second
    stops reading.
    """
    now = time.monotonic()
    last = _told.get((event, campaign, why))
    if last is not None and now - last < (AGAIN if again is None else again):
        return
    if len(_told) > MOST_TOLD:
        _told.clear()
    _told[event, campaign, why] = now
    structlog.get_logger().error(event, campaign=campaign, why=why)


def lasting(event: str, after: float = AGAIN) -> None:
    """What is as it should be for a while, told as a warning once it has been so for `after` seconds, and
    again after as many (an hour). Names no round, and no moment at which it began."""
    now = time.monotonic()
    if now - _since.setdefault(event, now) >= after:
        last = _told.get((event, "", ""))
        if last is None or now - last >= AGAIN:
            _told[event, "", ""] = now
            structlog.get_logger().warning(event)


def over(event: str) -> None:
    """A trouble has ended: the next one of its kind is news again."""
    _since.pop(event, None)
    for told in [told for told in _told if told[0] == event]:
        del _told[told]


def known(error: BaseException) -> str:
    """The class of an error, and what the system calls it ("OSError ENOSPC": a full disk). Its text may quote
    what somebody wrote."""
    number = error.errno if isinstance(error, OSError) else None
    return " ".join(filter(None, (type(error).__name__, errno.errorcode.get(number or 0))))


def done(event: str, *, campaign: str = "", n: int | None = None) -> None:
    """A step that must leave a trace: a key destroyed, a round's remains deleted. `n`: how many, where that
    may be told."""
    counted = {} if n is None else {"n": n}
    structlog.get_logger().info(event, campaign=campaign, **counted)
