"""What somebody had typed when their session ended: carried past the door, and put back into its form.

The fields travel with the pages, hidden, and never through the database or an address. They are shown
again, not saved: whoever typed them presses the button once more, now with a session. Only forms in which
something is typed are known here; anything else starts from its own page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from survey.office.door import SHOW, Form
from survey.office.pages import AnyRequest
from survey.people import csrf

PREFIX = "skrevet."
"""Of the hidden fields on the door's page."""
MOST_BYTES = 64 * 1024
MOST_FIELDS = 2_000

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SLUG = "[a-z][a-z0-9_]{0,63}"
_TYPED = re.compile(
    rf"/kontor/(?:runder/ny|runder/{_ID}/(?:endre|frist|datautgivelse|sammenligning)"
    rf"|leiegarder/ny|leiegarder/{_ID}"
    rf"|skjemaer/ny|skjemaer/{_ID}/(?:om|poeng|beboere(?:/svar|/godkjent)?|oversettelse/[a-z]{{2,3}}|(?:sporsmal|side|skala)/{_SLUG}"
    rf"|(?:sporsmal|skala)/{_SLUG}/svar/{_SLUG}|sporsmal/{_SLUG}/krav/(?:ny|[0-9]{{1,3}})))"
)
_PRESSED = re.compile(rf"/kontor/(?:runder/{_ID}/(?:apne|lenker|lukk|slett)|leiegarder/{_ID}/fjern)")
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_NEVER = frozenset({csrf.FIELD, SHOW, "passord"})


@dataclass(frozen=True)
class Kept:
    """A form of the console, and what stood in it."""

    path: str
    fields: tuple[tuple[str, str], ...]


def of_request(request: AnyRequest, form: Form) -> Kept | None:
    """What was sent, None when it is not from a form of ours in which something is typed, or is too much."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return None  # another site must not put words into our forms
    return _kept(request.url.path, [(name, value) for name in form.fields for value in form.all(name)])


def of_door(form: Form) -> Kept | None:
    """What the door's page carried."""
    carried = [
        (name.removeprefix(PREFIX), value)
        for name in form.fields
        if name.startswith(PREFIX)
        for value in form.all(name)
    ]
    return _kept(form.one("neste"), carried)


def page_of(path: str) -> str:
    """Where to go on after signing in, when a form of this address was turned away."""
    return path if _TYPED.fullmatch(path) or _PRESSED.fullmatch(path) else "/kontor/runder"


def _kept(path: str, fields: list[tuple[str, str]]) -> Kept | None:
    fields = [(name, value) for name, value in fields if name not in _NEVER]
    size = sum(len(name) + len(value.encode()) for name, value in fields)
    if not fields or not _TYPED.fullmatch(path) or len(fields) > MOST_FIELDS or size > MOST_BYTES:
        return None
    if not all(_FIELD.fullmatch(name) for name, _ in fields):
        return None
    return Kept(path, tuple(fields))
