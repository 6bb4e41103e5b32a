"""Who stands at the desk: the signed-in person and the checked form, as dependencies of the handlers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from secrets import token_urlsafe
from urllib.parse import parse_qs

from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from survey.database.pool import Database
from survey.office.errors import Unreadable
from survey.office.pages import AnyRequest, settings_of
from survey.people import attempts, csrf, sessions
from survey.people.errors import NotSignedIn
from survey.people.roles import Staff
from survey.settings import Settings

TheDatabase = NamedDependency[Database]
TheSettings = NamedDependency[Settings]
TheStaff = NamedDependency[Staff]

SESSION_COOKIE = "bostemme_kontor"
DOOR_COOKIE = "bostemme_dor"
"""Carries a random word before anyone is signed in, so that also the first forms can be checked."""
DEVICE_COOKIE = "bostemme_kjent"
MOST_FIELDS = 5_000
SHOW = "bare_vis"
"""Field of a form that is to be shown as it was typed, not done."""


@dataclass(frozen=True)
class Form:
    """The fields of a form, every value a string."""

    fields: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The first value, '' when the field is missing."""
        values = self.fields.get(name)
        return values[0] if values else ""

    @property
    def only_shown(self) -> bool:
        """Comes back after its session had ended: to be looked at, not to be done. See `kept`."""
        return self.one(SHOW) == "1"

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(self.fields.get(name, ()))


TheForm = NamedDependency[Form]
"""In a handler's arguments: a form of this session, checked before the handler runs."""


async def signed_in(request: AnyRequest, database: TheDatabase) -> Staff:
    """Raises NotSignedIn. Kept with the request, so that a page about a fault has the same frame.

    What was sent is kept, too, so that the page about a session that ended can carry it.
    """
    try:
        staff = await sessions.who(database, request.cookies.get(SESSION_COOKIE))
    except NotSignedIn:
        if request.method == "POST":
            request.state["form"] = await _if_readable(request)
        raise
    request.state["staff"] = staff
    return staff


async def _if_readable(request: AnyRequest) -> Form:
    try:
        return await read_form(request)
    except Unreadable:
        return Form({})


async def read_form(request: AnyRequest) -> Form:
    """The body as a form. Raises Unreadable for anything that no page of ours sends."""
    try:
        text = (await request.body()).decode("utf-8")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Unreadable() from None
    if any("\x00" in value for values in fields.values() for value in values):
        raise Unreadable()
    return Form(fields)


async def checked_form(request: AnyRequest, staff: TheStaff) -> Form:
    """A form that came from a page of this session. Raises StaleForm, Unreadable."""
    form = await read_form(request)
    request.state["form"] = form
    csrf.check(staff.csrf_secret, form.one(csrf.FIELD))
    return form


def new_door_word() -> str:
    return token_urlsafe(24)


def door_secret(request: AnyRequest, word: str) -> bytes:
    """What forms are signed with for a visitor who holds this word in a cookie."""
    return blake2b(
        word.encode()[:200], key=settings_of(request).secret_key, digest_size=32, person=b"bostemme-door"
    ).digest()


DEVICE_DAYS = 180
"""How long a browser is known after signing in."""


def device_cookie(request: AnyRequest, email: str) -> str:
    """The name of the cookie that says: somebody has signed in with this e-mail here before."""
    return f"{DEVICE_COOKIE}_{attempts.device_cookie(settings_of(request).secret_key, email)}"


def cookie(request: AnyRequest, name: str, value: str, seconds: int) -> Cookie:
    """Out of reach of scripts and of other sites; only over https where we are served so."""
    return Cookie(
        key=name,
        value=value,
        max_age=seconds,
        path="/kontor",
        httponly=True,
        samesite="lax",
        secure=settings_of(request).secure,
    )
