"""What may be written to a log: a short list of fields, everything else is dropped.

No address, user agent, token or path of a tenant's page: a request is named by its route
('/s/{token}/side/{page_id}'), an error by its class and the lines it passed through. The text of an error may
quote what somebody wrote, so it stays out.
"""

from __future__ import annotations

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset({"event", "level", "timestamp", "method", "route", "status", "error", "lines", "port"})


def configure() -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
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
