"""Handing a message over, and knowing how far that came: to a mail server, or to a gateway over HTTP.

A mail server that has the whole message may look through it for minutes before it says that it has taken it
(RFC 5321, 4.5.3.2.6, would wait for ten). Who leaves earlier and tries again sends it once more each time.
And a gateway may say its answer so slowly, sign by sign, that patience with each sign never ends.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, Literal

import aiosmtplib
from aiosmtplib.typing import Default

ANSWER_SECONDS = 300.0
"""For the answer to a message that is handed over whole."""
WHOLE_SECONDS = 60.0
"""For a request to a gateway and its answer, however it comes."""

_LINE_END = re.compile(rb"\r?\n|\r")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class Client(aiosmtplib.SMTP):
    """One connection for one message."""

    handed_over = False
    """Whether the server may have the whole message."""
    taken = False
    """Whether it has said so."""

    async def data(
        self,
        message: str | bytes,
        /,
        *,
        timeout: float | Literal[Default.token] | None = Default.token,  # noqa: ASYNC109 - as of the base
    ) -> aiosmtplib.SMTPResponse:
        """As of the base, but what begins the message and what ends it have each a patience of their own."""
        began = await self.execute_command(b"DATA", timeout=timeout)
        if began.code != aiosmtplib.SMTPStatus.start_input or self.protocol is None:
            raise aiosmtplib.SMTPDataError(began.code, began.message)
        written = message.encode("ascii") if isinstance(message, str) else message
        self.handed_over = True
        try:
            self.protocol.write(_LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", written)) + b".\r\n")
            answer = await self.protocol.read_response(timeout=ANSWER_SECONDS)
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError):
            self.close()
            raise
        if not 200 <= answer.code < 300:
            raise aiosmtplib.SMTPDataError(answer.code, answer.message)
        self.taken = True
        return answer


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A telephone number is not carried on to somewhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


class _Kept(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Keeps hold of the connection, so that it can be cut."""

    def __init__(self) -> None:
        super().__init__()
        self.connection: http.client.HTTPConnection | None = None

    def do_open(self, http_class: Any, req: urllib.request.Request, **http_conn_args: Any) -> Any:
        def made(*arguments: Any, **named: Any) -> http.client.HTTPConnection:
            self.connection = http_class(*arguments, **named)
            return self.connection

        return super().do_open(made, req, **http_conn_args)

    def cut(self) -> None:
        there = None if self.connection is None else self.connection.sock
        if there is not None:
            with contextlib.suppress(OSError):  # it has just ended by itself
                there.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def opener() -> Iterator[Callable[..., Any]]:
    """What opens one request, as `urllib.request.urlopen` does, and hangs up after WHOLE_SECONDS."""
    kept = _Kept()
    watch = threading.Timer(WHOLE_SECONDS, kept.cut)
    watch.daemon = True
    watch.start()
    try:
        yield urllib.request.build_opener(_NoRedirects, kept).open
    finally:
        watch.cancel()
