"""Frozen documents that were sent to somebody by name: a planner, a council, the board.

/delt/{token}                 the documents, their hashes, what was corrected since; first the code, if any
/delt/{token}/{number}/fil    one of them, the bytes that were frozen; with ?last=1 to keep

A link that is unknown, over or taken back opens one and the same page, after the same work.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from litestar import MediaType, Response, get, post
from litestar.datastructures import CacheControlHeader, Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from forms import languages
from forms.catalogue import Translate, translator
from survey.days import long_date
from survey.loop import editions, shares
from survey.loop.shares import Door, Key, Shared
from survey.phone.errors import UnreadableForm
from survey.phone.house import House, TheHouse, shown_at
from survey.phone.limits import client_of
from survey.phone.reading import AnyRequest, one, read_form
from survey.phone.rendering import Frame, go, reading_language, show

ROOM = Path(__file__).parent / "shared"
COOKIE = "bostemme_delt"
"""What the code and the link make together, for this address alone, until the browser is closed."""


def words_of(language: str) -> Translate:
    return translator(ROOM / "messages", language)


@shown_at("/delt/{token:str}")
async def shared_page(request: AnyRequest, token: FromPath[str], house: TheHouse) -> Response[str]:
    key = _key(request, house, token)
    async with house.database.phone() as connection:
        door = await shares.door(connection, key)
        shared = await shares.read(connection, key)
        if shared is not None and request.method == "GET":  # programs look at links in messages by HEAD
            await shares.note_opened(connection, key)
    if door is None:
        return _gone(request)
    return _documents(request, token, door, shared) if shared else _ask_code(request, door)


@post("/delt/{token:str}", status_code=200)
async def open_with_code(
    request: AnyRequest, token: FromPath[str], house: TheHouse
) -> Response[str] | Redirect:
    """The code that was told another way. Guessing is slowed down, before anything else is looked at."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise UnreadableForm("sent from another site")
    house.shared.count(client_of(request))
    form = await read_form(request)
    proof = shares.proof_of(house.secret_key, token, one(form, "kode"))
    key = shares.key(house.secret_key, token, proof)
    async with house.database.phone() as connection:
        door = await shares.door(connection, key)
        shared = await shares.read(connection, key)
    if door is None:
        return _gone(request)
    if shared is None:
        return _ask_code(request, door, wrong=True)
    house.shared.forgive(client_of(request))
    language = reading_language(request, languages.WRITTEN, one(form, "sprak"))
    answer = go(f"/delt/{token}?sprak={language}")
    answer.cookies.append(
        Cookie(
            key=COOKIE,
            value=proof.hex(),
            path=f"/delt/{token}",
            httponly=True,
            samesite="lax",
            secure=house.secure,
        )
    )
    return answer


@get("/delt/{token:str}/{number:int}/fil")
async def shared_file(
    request: AnyRequest, token: FromPath[str], number: FromPath[int], house: TheHouse
) -> Response[str] | Response[bytes]:
    async with house.database.phone() as connection:
        found = await shares.fetch(
            connection, _key(request, house, token), min(number, editions.MOST_FILES + 1)
        )
    if found is None:
        return _gone(request)
    document, language, version, body = found
    kind = editions.format_of(document)
    way = "attachment" if kind.ending != "pdf" or "last" in request.query_params else "inline"
    name = f"{document}-{language}-v{version}-{number}.{kind.ending}"
    return Response(
        body,
        media_type=kind.media_type,
        headers={"Content-Disposition": f'{way}; filename="{name}"', "Cache-Control": "no-store"},
    )


@get("/delt.css", media_type=MediaType.CSS, cache_control=CacheControlHeader(public=True, max_age=3600))
async def shared_stylesheet() -> str:
    return (ROOM / "shared.css").read_text(encoding="utf-8")


def _key(request: AnyRequest, house: House, token: str) -> Key:
    try:
        proof = bytes.fromhex(request.cookies.get(COOKIE, ""))[:64]
    except ValueError:
        proof = b""
    return shares.key(house.secret_key, token, proof)


def _documents(request: AnyRequest, token: str, door: Door, shared: Shared) -> Response[str]:
    language = reading_language(request, languages.WRITTEN, door.language)
    r = words_of(language)
    frame = Frame(
        language,
        shared.campaign_name,
        languages=languages.WRITTEN,
        organisation=door.organisation,
        fictitious=door.fictitious,
        privacy=False,
    )
    return show(
        "shared/documents.html",
        frame,
        r=r,
        home=f"/delt/{token}",
        shared=shared,
        places=[
            (place or r("shared.whole"), [(own, editions.format_of(own.document).ending) for own in files])
            for place, files in groupby(shared.files, key=lambda own: own.place_name)
        ],
        day=lambda value: long_date(value, language),
    )


def _ask_code(request: AnyRequest, door: Door, *, wrong: bool = False) -> Response[str]:
    """Of a page that asks for a code nothing is said but whose it is."""
    language = reading_language(request, languages.WRITTEN, door.language)
    r = words_of(language)
    frame = Frame(
        language,
        r("shared.code.title"),
        422 if wrong else 200,
        languages=languages.WRITTEN,
        organisation=door.organisation,
        fictitious=door.fictitious,
        privacy=False,
    )
    return show("shared/code.html", frame, r=r, wrong=wrong)


def _gone(request: AnyRequest) -> Response[str]:
    language = reading_language(request, languages.WRITTEN)
    r = words_of(language)
    frame = Frame(language, r("shared.gone.title"), 404, languages=languages.WRITTEN, privacy=False)
    return show("error.html", frame, text=r("shared.gone.text"), more="", go="", ask_code=False)


SHARED_HANDLERS = [shared_page, open_with_code, shared_file, shared_stylesheet]
