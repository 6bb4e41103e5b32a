"""Signing in and out, and choosing a language."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from survey.database.pool import Database
from survey.office import door, kept
from survey.office.door import Form
from survey.office.kept import Kept
from survey.office.pages import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    AnyRequest,
    go,
    inside,
    render,
    settings_of,
)
from survey.people import attempts, csrf, sessions
from survey.people.attempts import Addresses
from survey.people.errors import NotSignedIn, PeopleError, StaleForm, TooManyAttempts, WrongCredentials
from survey.people.roles import Staff

A_YEAR = 365 * 24 * 3600


@get("/", name="office")
async def first_page() -> Redirect:
    return go("/kontor/runder")


@get("/logg-inn")
async def sign_in_page(request: AnyRequest) -> Response[str]:
    return _sign_in_page(request)


@post("/logg-inn")
async def sign_in(request: AnyRequest, database: NamedDependency[Database]) -> Response[Any]:
    form = await door.read_form(request)
    email, secret_key = form.one("epost")[:254], settings_of(request).secret_key
    device = door.device_cookie(request, email)
    try:
        _check_door(request, form)
        token = await sessions.sign_in(
            database,
            secret_key,
            _addresses(request),
            sessions.Credentials(
                email=email,
                password=form.one("passord")[:1000],
                address=request.client.host if request.client else "",
                device=request.cookies.get(device, ""),
            ),
        )
    except (WrongCredentials, TooManyAttempts, StaleForm) as fault:
        return _sign_in_page(request, form, fault)
    typed = kept.of_door(form)
    answer: Response[Any] = (
        give_back(request, await sessions.who(database, token), typed)
        if typed
        else go(inside(form.one("neste")))
    )
    answer.cookies.append(door.cookie(request, door.SESSION_COOKIE, token, sessions.HOURS * 3600))
    known = attempts.new_device(secret_key, email)
    answer.cookies.append(door.cookie(request, device, known, door.DEVICE_DAYS * 24 * 3600))
    return answer


@post("/logg-ut")
async def sign_out(
    request: AnyRequest,
    database: NamedDependency[Database],
    staff: NamedDependency[Staff],
    form: NamedDependency[Form],
) -> Redirect:
    await sessions.sign_out(database, staff, request.cookies[door.SESSION_COOKIE])
    answer = go("/kontor/logg-inn?ut=1")
    answer.cookies.append(door.cookie(request, door.SESSION_COOKIE, "", 0))
    return answer


@post("/sprak")
async def choose_language(request: AnyRequest, database: NamedDependency[Database]) -> Redirect:
    """Works on both sides of the door."""
    form = await door.read_form(request)
    try:
        staff = await sessions.who(database, request.cookies.get(door.SESSION_COOKIE))
        csrf.check(staff.csrf_secret, form.one(csrf.FIELD))
    except NotSignedIn:
        _check_door(request, form)
    answer = go(inside(form.one("tilbake")))
    if form.one("sprak") in LANGUAGES:
        answer.cookies.append(door.cookie(request, LANGUAGE_COOKIE, form.one("sprak"), A_YEAR))
    return answer


def _addresses(request: AnyRequest) -> Addresses:
    """The counters of this process."""
    state = request.app.state
    if "addresses" not in state:
        state["addresses"] = Addresses()
    counters: Addresses = state["addresses"]
    return counters


def _check_door(request: AnyRequest, form: Form) -> None:
    word = request.cookies.get(door.DOOR_COOKIE)
    if not word:
        raise StaleForm()
    csrf.check(door.door_secret(request, word), form.one(csrf.FIELD))


def ask_again(request: AnyRequest, typed: Kept | None) -> Response[str]:
    """To somebody whose form was turned away because their session had ended."""
    return _sign_in_page(request, typed=typed, next=kept.page_of(request.url.path), ended=True)


def give_back(request: AnyRequest, staff: Staff, typed: Kept, *, stale: bool = False) -> Response[str]:
    """What was typed, on its way back into its form. `stale`: the page was of an earlier session."""
    return render(
        request,
        "give_back.html",
        staff=staff,
        status=StaleForm.status if stale else 200,
        typed=typed,
        stale=stale,
        show=door.SHOW,
    )


def _sign_in_page(
    request: AnyRequest,
    form: Form | None = None,
    fault: PeopleError | None = None,
    *,
    typed: Kept | None = None,
    next: str = "",
    ended: bool = False,
) -> Response[str]:
    word = request.cookies.get(door.DOOR_COOKIE) or door.new_door_word()
    answer = render(
        request,
        "sign_in.html",
        secret=door.door_secret(request, word),
        status=NotSignedIn.status if ended else fault.status if fault else 200,
        email=form.one("epost") if form else "",
        next=next or inside(form.one("neste") if form else request.query_params.get("neste")),
        typed=kept.of_door(form) if form else typed,
        prefix=kept.PREFIX,
        ended=ended,
        fault=fault,
        signed_out="ut" in request.query_params,
    )
    answer.cookies.append(door.cookie(request, door.DOOR_COOKIE, word, 24 * 3600))
    return answer


handlers = [first_page, sign_in_page, sign_in, sign_out, choose_language]
