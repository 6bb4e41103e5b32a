"""Frozen documents that were sent to somebody by name: a planner, a council, the board.

/delt/{token}                 the documents, their hashes, what was corrected since; first the code, if any
/delt/{token}/{number}/fil    one of them, the bytes that were frozen; with ?last=1 to keep
/delt/{token}/alle.zip        all of them

A link that is unknown, over or taken back opens one and the same page, after the same work.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from litestar import MediaType, Response, get, post
from litestar.datastructures import CacheControlHeader, Cookie
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from forms import languages
from forms.catalogue import Translate, translator
from survey import file_names, packing
from survey.database.pool import Connection
from survey.days import long_date
from survey.loop import editions, shares
from survey.loop.errors import NoSuchEdition
from survey.loop.shares import Door, Key, Shared, SharedFile
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
    key = _key(request, house, token)
    async with house.database.phone() as connection:
        opened = await _opened(connection, key)
        found = await shares.fetch(connection, key, min(number, editions.MOST_FILES + 1))
    file = next((one for one in opened.shared.files if one.number == number), None) if opened else None
    if found is None or opened is None or file is None:
        return _gone(request)
    kind = editions.format_of(file.document)
    way = "attachment" if kind.ending != "pdf" or "last" in request.query_params else "inline"
    return Response(found[-1], media_type=kind.media_type, headers=_kept(way, opened.name_of(file)))


@get("/delt/{token:str}/alle.zip")
async def shared_zip(request: AnyRequest, token: FromPath[str], house: TheHouse) -> Response[str] | Stream:
    """All documents of the link. One that is taken back under way breaks off: no ZIP that lacks some."""
    key = _key(request, house, token)
    async with house.database.phone() as connection:
        opened = await _opened(connection, key)
    if opened is None:
        return _gone(request)

    async def bodies() -> AsyncIterator[tuple[str, bytes]]:
        for file in opened.shared.files:
            async with house.database.phone() as connection:
                found = await shares.fetch(connection, key, file.number)
            if found is None:
                raise NoSuchEdition()
            yield opened.name_of(file), found[-1]

    return Stream(
        packing.packed(opened.shared.frozen_on, bodies()),
        media_type="application/zip",
        headers=_kept("attachment", f"{opened.name}-v{opened.shared.version}.zip"),
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


@dataclass(frozen=True)
class _Opened:
    """What a link opens, and what its files are called: by landlord and round, so that whoever keeps those of
    many can tell them apart."""

    door: Door
    shared: Shared

    @property
    def name(self) -> str:
        whose = file_names.part(self.door.organisation, "")
        return f"{whose}-{file_names.part(self.shared.campaign_name, '')}".strip("-")

    def name_of(self, file: SharedFile) -> str:
        """'beboerrapport-nordlysgata-4-18-eksempelvik-bo-her-2027-nb-v1-3.pdf'."""
        kind = file_names.part(words_of(self.door.language)(_title(file)), file.document)
        place = []
        if file.place_name not in ("", self.door.organisation):
            place = [file_names.part(file.place_name, str(file.number))]
        parts = [kind, *place, self.name, file.language, f"v{self.shared.version}", str(file.number)]
        return f"{'-'.join(part for part in parts if part)}.{editions.format_of(file.document).ending}"


async def _opened(connection: Connection, key: Key) -> _Opened | None:
    door, shared = await shares.door(connection, key), await shares.read(connection, key)
    return _Opened(door, shared) if door and shared else None


def _title(file: SharedFile) -> str:
    """The key of what the document is called."""
    return f"shared.document.{file.document}" + (f".{file.about}" if file.document == "radssak" else "")


def _kept(way: str, name: str) -> dict[str, str]:
    return {"Content-Disposition": f'{way}; filename="{name}"', "Cache-Control": "no-store"}


def _documents(request: AnyRequest, token: str, door: Door, shared: Shared) -> Response[str]:
    language = reading_language(request, languages.WRITTEN, door.language)
    r = words_of(language)
    frame = Frame(
        language,
        shared.campaign_name,
        languages=languages.WRITTEN,
        organisation=door.organisation,
        fictitious=door.fictitious,
        tenants=False,
    )
    return show(
        "shared/documents.html",
        frame,
        r=r,
        home=f"/delt/{token}",
        shared=shared,
        places=[
            (
                place or r("shared.whole"),
                [(own, r(_title(own)), editions.format_of(own.document).ending) for own in files],
            )
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
        tenants=False,
    )
    return show("shared/code.html", frame, r=r, wrong=wrong)


def _gone(request: AnyRequest) -> Response[str]:
    language = reading_language(request, languages.WRITTEN)
    r = words_of(language)
    frame = Frame(language, r("shared.gone.title"), 404, languages=languages.WRITTEN, tenants=False)
    return show("error.html", frame, text=r("shared.gone.text"), more="", go="", ask_code=False)


SHARED_HANDLERS = [shared_page, open_with_code, shared_file, shared_zip, shared_stylesheet]
