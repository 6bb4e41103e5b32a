"""Headers that every answer carries, also those of faults: the browser may do no more than our pages need."""

from __future__ import annotations

from http import HTTPStatus

from litestar.types import BeforeMessageSendHookHandler, Message, Scope

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
COMMON = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",  # the address of a tenant's page holds the token
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
    # A tenant's page, or the office's, must not stay in the memory of a shared computer.
    "Cache-Control": "no-store",
}
ONE_YEAR = 31_536_000


def security_headers(*, secure: bool) -> BeforeMessageSendHookHandler:
    """A hook for `before_send`: unlike middleware it also sees answers given before a route was found."""
    headers = dict(COMMON)
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        sent = list(message["headers"])
        names = {name.lower() for name, _ in sent}
        message["headers"] = [*sent, *(header for header in encoded if header[0] not in names)]

    return add_headers


async def close_after_too_large(message: Message, scope: Scope) -> None:
    """A hook for `before_send`: the rest of a body that is refused is not waited for, nor taken for the next
    request.
    """
    if message["type"] == "http.response.start" and message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        message["headers"] = [*message["headers"], (b"connection", b"close")]


async def no_body_for_head(message: Message, scope: Scope) -> None:
    """A hook for `before_send`: HEAD is answered as GET is, by the same handler; only the body stays here."""
    if message["type"] == "http.response.body" and scope.get("method") == "HEAD":
        message["body"] = b""
