"""The page somebody sees when a request cannot be met: what happened, what to do, in their language.

Rooms show their own faults; here ends what no room has caught. Faults of the rooms carry `status`, those of
the framework `status_code`; anything else is ours to mend: 500, and a line in the log.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import asyncpg
from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response

from forms.catalogue import translator
from forms.languages import DRAFTED, KNOWN, SPOKEN, WRITTEN, direction
from survey import logs
from survey.database.errors import DatabaseUnreachable

FOLDER = Path(__file__).parent
OFFICE = "/kontor"
AT_A_LINK = re.compile(r"(/s/[0-9A-Za-z-]+)(/side/[0-9A-Za-z_-]+|/kobling|/send)?(?:/.*)?")
POSTED = "bostemme_posted"
"""Under this name of a request's state a room leaves the fields of a form that may be sent once more."""
AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # it is shutting down, starting, or getting well after a crash
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,  # it could not read or write a file
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the driver says when the server dies under it
    ConnectionError,
    DatabaseUnreachable,
)
FULL = "the disk of the database is full"
ENDED = frozenset({"FATAL", "PANIC"})
"""So severe that PostgreSQL ends the connection, or gives none."""
WRITING_WHAT_IT_BEGINS_WITH = "write_item"
"""Where PostgreSQL, started again on a full disk, ends each new connection (relcache.c), without a code."""
WORDED = frozenset({400, 401, 403, 404, 405, 413, 429, 500, 503})

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_style = hashlib.blake2b((FOLDER / "static" / "fault.css").read_bytes(), digest_size=4).hexdigest()
STYLESHEET = f"/static/app/fault.css?v={_style}"
"""With its content in the address, so that a browser never keeps an old one."""


@dataclass(frozen=True)
class WayBack:
    """How the reader goes on once we can serve again. `again`: the address of what was asked for. `fields`:
    of the form that was sent there, None for a page to read. `place`: where else to go, `named` so; '' for
    the front page."""

    again: str = ""
    fields: Sequence[tuple[str, str]] | None = None
    place: str = ""
    named: str = "error.home"

    @property
    def kept(self) -> bool:
        """Whether what was saved at a tenant's link is found there."""
        return self.named in ("error.kept.go", "error.back")


def fault_response(request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    status = status_of(error)
    away = _away(error)
    if away:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        why = asyncpg.DiskFullError.__name__ if away == FULL else logs.known(error)
        logs.trouble(away, why=why, again=logs.SOON)
    elif status >= 500:
        logs.failed_request(error, request.method, route_of(request))
    headers = getattr(error, "headers", None) or {}
    kept = {name: value for name, value in headers.items() if name.lower() in ("allow", "retry-after")}
    return Response(
        page(
            status,
            *_reader(request),
            to_read=_came_to_read(request),
            back=_way_back(request) if status == HTTPStatus.SERVICE_UNAVAILABLE else WayBack(),
        ),
        status_code=status,
        media_type=MediaType.HTML,
        headers=kept,
    )


def _away(error: BaseException | None) -> str:
    """What to tell the operator when the database cannot serve us now; '' for any other error."""
    while error is not None:
        ended = getattr(error, "severity_en", None) in ENDED
        beginning = getattr(error, "server_source_function", None) == WRITING_WHAT_IT_BEGINS_WITH
        if isinstance(error, asyncpg.DiskFullError) or (ended and beginning):
            return FULL
        if isinstance(error, asyncpg.LockNotAvailableError):
            return "another holds what a request needs and does not let go"
        if ended or isinstance(error, AWAY):
            return "the database is away"
        error = error.__cause__
    return ""


def status_of(error: Exception) -> int:
    status = getattr(error, "status", None) or getattr(error, "status_code", None)
    return status if isinstance(status, int) and 400 <= status < 600 else 500


def route_of(request: Request[Any, Any, Any]) -> str:
    """The pattern of the route, without what the reader filled in; '-' when no route matched."""
    return str(request.scope.get("path_template") or "-")


def _reader(request: Request[Any, Any, Any]) -> tuple[str, str]:
    """Their language, and the page they come back to: whoever works in the console belongs there."""
    at_the_office = request.url.path == OFFICE or request.url.path.startswith(f"{OFFICE}/")
    fields = posted(request) or {}
    asked = request.query_params.get("sprak") or [*fields.get("_sprak", ()), *fields.get("sprak", ()), ""][0]
    accepted = request.headers.get("accept-language", "")
    known = WRITTEN if at_the_office else SPOKEN
    language = asked if asked in known else preferred_language(accepted, known)
    return language, OFFICE if at_the_office else "/"


def _came_to_read(request: Request[Any, Any, Any]) -> bool:
    """A page that was asked for can be asked for again, in another language; what was sent cannot."""
    return request.method in ("GET", "HEAD")


def _way_back(request: Request[Any, Any, Any]) -> WayBack:
    """To the same page again, with what the reader had filled in. Of a form that is not known to come from a
    page of ours nothing is brought along: whoever presses the button here would send it as her own."""
    path = "/" + request.url.path.lstrip("/")
    again = f"{path}?{request.url.query}" if request.url.query else path
    link = AT_A_LINK.fullmatch(path)
    if _came_to_read(request):
        return WayBack(again, place=again if link else "")
    fields = posted(request)
    sent = None if fields is None else tuple((name, one) for name, many in fields.items() for one in many)
    if sent is None:
        again = ""
    if link is None:
        return WayBack(again, sent)
    if link[2] == "/send":
        return WayBack(again, sent, f"{link[1]}/se-over", "error.kept.go")
    place = link[1] + (link[2] or "") if sent is None else ""  # going there, she would leave it behind
    return WayBack(again, sent, place, "error.back")


def posted(request: Request[Any, Any, Any]) -> Mapping[str, Sequence[str]] | None:
    """The fields that a room has left for sending once more."""
    found: Mapping[str, Sequence[str]] | None = request.scope.get("state", {}).get(POSTED)
    return found


def page(
    status: int, language: str, home: str = "/", to_read: bool = False, back: WayBack | None = None
) -> str:
    """`to_read`: it can be asked for in the other languages, too."""
    back = back or WayBack()
    if status in WORDED:
        key = f"error.{status}"
    else:
        key = "error.400" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "error.500"
    t = translator(FOLDER / "messages", language)
    return _templates.get_template("fault.html").render(
        t=t,
        key=key,
        language=language,
        direction=direction(language),
        draft=language in DRAFTED,
        languages=[KNOWN[code] for code in (WRITTEN if home == OFFICE else SPOKEN)] if to_read else [],
        status=status,
        home=home,
        back=back,
        stylesheet=STYLESHEET,
    )


@lru_cache(maxsize=256)
def preferred_language(accept: str, among: tuple[str, ...] = WRITTEN) -> str:
    """The first of these languages that the browser asks for; bokmål for other Scandinavians and all else.

    >>> preferred_language('de, nn-NO;q=0.9, en;q=0.8')
    'nn'
    """
    asked = []
    for position, part in enumerate(accept.split(",")[:20]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            asked.append((-float(weight or 1), position, Locale.parse(tag.strip(), sep="-").language))
        except (ValueError, UnknownLocaleError, TypeError):
            continue
    for _, _, language in sorted(asked):
        if language in among:
            return language
        if language in ("no", "da", "sv"):
            return "nb"
    return "nb"
