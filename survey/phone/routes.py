"""Addresses of the tenant's room. No login: the link is the key, and every answer is posted.

/                              type the code of a letter
/personvern                    how answers are looked after
/a/{slug}                      an open link: a personal one is made for whoever follows it
/s/{token}                     start; language, promise, what happens with the answers
/s/{token}/sprak               another language, back to where one was
/s/{token}/side/{page_id}      one theme
/s/{token}/utkast              autosave from the script
/s/{token}/pause               laid by under the link, come back by it on any device
/s/{token}/kobling             in a panel: may the answer be linked to those of other waves?
/s/{token}/se-over             every answer before sending
/s/{token}/slett               throw away what was saved and not sent
/s/{token}/send                send; the receipt, once, and what happens next
/glemt.css                     asked for by the page after sending: what the browser kept is forgotten

What these pages show by GET never hangs on whether the link is used: others have the list of links, too.
Sending tells. The one cookie, and what it is for: `devices`.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import replace

from litestar import MediaType, Response, Router, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect

from survey.ballots import codes, drafts, open_links, receipts, rounds, spelling, tokens
from survey.modes import SENT, WEB
from survey.phone import devices, views, visits
from survey.phone.errors import AlreadyAnswered, PhoneError, UnknownLink, UnreadableForm
from survey.phone.house import TheHouse, house_of, shown_at
from survey.phone.limits import client_of
from survey.phone.reading import LARGEST_FORM, AnyRequest, one, read_autosave, read_form
from survey.phone.rendering import FORGET, LANGUAGES, go, reading_language
from survey.phone.routes_after import HANDLERS
from survey.phone.routes_houses import HOUSE_HANDLERS
from survey.phone.routes_readers import READER_HANDLERS
from survey.phone.routes_reading import READING_HANDLERS
from survey.phone.routes_shared import SHARED_HANDLERS
from survey.phone.visits import Visit

Reply = Response[str] | Redirect
PLACES = {
    "start": "",
    "pause": "/pause",
    "kobling": "/kobling",
    "se-over": "/se-over",
}
CONTINUE = {"side": "", "se-over": "/se-over"}
"""Where taking up what lies under the link leads; '' to where it was left."""
CONSENT = {"ja": True, "nei": False}


@shown_at("/")
async def landing(request: AnyRequest, house: TheHouse) -> Response[str]:
    return views.landing(reading_language(request), office=house.office)


@post("/", status_code=200)
async def enter_code(request: AnyRequest, house: TheHouse) -> Reply:
    """A code of a letter, or a whole link somebody copied."""
    form = await read_form(request)
    written, language = one(form, "kode"), one(form, "sprak")
    meant = spelling.out_of(written)
    token = tokens.normalise(meant)
    if token is None:
        code = codes.read(meant) or codes.read(written)
        if code is None:
            language = reading_language(request, LANGUAGES, language)
            return views.landing(language, written[:100], wrong=True, office=house.office)
        address = client_of(request)
        with house.queue.place(address):
            house.guard.count(address)
            token = await codes.follow(house.secret_key, code)
    return go(f"/s/{token}{_in(language)}")


@shown_at("/personvern")
async def privacy(request: AnyRequest) -> Response[str]:
    return views.privacy(reading_language(request))


@shown_at("/a/{slug:str}")
async def open_door(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Response[str]:
    async with house.database.phone() as connection:
        found = await open_links.find(connection, slug)
    if found is None:
        raise UnknownLink("no open link is called so")
    return views.open_door(found, reading_language(request, visits.known(found.languages)))


@post("/a/{slug:str}", status_code=200)
async def enter_open_door(request: AnyRequest, slug: FromPath[str], house: TheHouse) -> Reply:
    """A personal link, as good as one from a letter; counted apart. As often as the guard lets one."""
    form = await read_form(request)
    house.guard.count(client_of(request))
    if not open_links.is_slug(slug):
        raise UnknownLink("no open link is called so")
    async with house.database.phone() as connection:
        token = await open_links.enter(connection, house.secret_key, slug.lower())
    return go(f"/s/{token}{_in(one(form, 'sprak'))}" if token else f"/a/{slug}")


@shown_at("/s/{written:str}")
async def start(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    token = visits.read_token(written)
    if token != written:  # a browser brings its cookie to the address as we write it
        return go(f"/s/{token}{_in(request.query_params.get('sprak', ''))}")
    async with house.database.phone() as connection:
        visit = await visits.enter(
            connection, house.secret_key, token, devices.brought(request), with_paused=True
        )
        purpose = await rounds.purpose(connection, house.secret_key, token)
    remembered = visit.draft.language or (visit.paused.language if visit.paused else "")
    return views.start(visit, purpose, reading_language(request, visit.languages, remembered))


@post("/s/{written:str}", status_code=200)
async def begin(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """Where this device left off, else on the first page, beside what anybody may have laid under the link;
    or with that, which is the device's own from then on."""
    form = await read_form(request)
    cookie, on = devices.brought(request), CONTINUE.get(one(form, "fortsett"))

    def begun(visit: Visit) -> Visit:
        return visits.in_language(visit, one(form, "sprak") or _language(request, visit))

    async with house.database.phone() as connection:
        if on is not None:
            visit = await visits.take_up(connection, house.secret_key, written, cookie, one(form, "sprak"))
        else:
            visit = await visits.enter(connection, house.secret_key, written, cookie)
            if visit.own:
                visit = await visits.change(connection, house.secret_key, written, cookie, begun)
    if on is not None and visit.paused and visit.device is None and "provd" not in request.query_params:
        # Taken up by a browser that does not keep the cookie, it would be lost: the form once more, with it.
        again = Redirect(f"{visit.here}?provd=1", status_code=307, headers={"Cache-Control": "no-store"})
        return devices.known(again, request, house, visit.token, visit.round)
    place = on or f"/side/{(visit.place if visit.own or on is not None else visit.journey.first).id}"
    language = "" if visit.own else _in(begun(visit).draft.language)
    return devices.known(go(visit.here + place + language), request, house, visit.token, visit.round)


@post("/s/{written:str}/slett", status_code=200)
async def drop_draft(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """The device's own, or what lies under the link: the button says which."""
    form = await read_form(request)
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, devices.brought(request))
        whose = None if one(form, "kladd") == "pause" else visit.device
        await drafts.drop(connection, house.secret_key, visit.token, whose)
    return go(f"{visit.here}{_in(_language(request, visit))}", forget=True)


@post("/s/{written:str}/sprak", status_code=200)
async def change_language(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """Remembered in the draft while there is one, else in the address. Looking at the first page writes
    nothing into what lies under the link."""
    form = await read_form(request)
    language, place = one(form, "sprak"), one(form, "til")
    if language not in LANGUAGES or place not in PLACES:
        raise UnreadableForm("no such language or place")
    cookie = devices.brought(request)
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, cookie)
        if visit.own or place != "start":
            visit = await visits.change(
                connection, house.secret_key, written, cookie, lambda at: visits.in_language(at, language)
            )
    return go(f"{visit.here}{PLACES[place]}{_in(language)}")


@shown_at("/s/{written:str}/side/{page_id:str}")
async def page(
    request: AnyRequest,
    written: FromPath[str],
    page_id: FromPath[str],
    house: TheHouse,
) -> Reply:
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, devices.brought(request))
    visit.page(page_id)
    seen = visit.journey.page(page_id)
    if seen is None:  # an answer given since has taken this page off the route
        asked_for = _in(request.query_params.get("sprak", ""))
        return go(f"{visit.here}/side/{visit.place.id}{asked_for}")
    more = request.query_params.get("flere", "")
    return views.page(
        visit,
        seen,
        _language(request, visit),
        returning=request.query_params.get("til") == "oversikt",
        more=int(more) if more in ("1", "2", "3", "4", "5", "6", "7", "8", "9") else 0,
    )


@post("/s/{written:str}/side/{page_id:str}", status_code=200)
async def fill_in_page(
    request: AnyRequest,
    written: FromPath[str],
    page_id: FromPath[str],
    house: TheHouse,
) -> Reply:
    form = await read_form(request)
    action, returning = one(form, "_handling"), one(form, "_til") == "oversikt"

    def fill_in(visit: Visit) -> visits.Filled:
        filled = visits.fill_in(visit, visit.page(page_id), form)
        language = action.removeprefix("sprak-") if action.startswith("sprak-") else one(form, "_sprak")
        to_mend = filled.problems and filled.visit.journey.page(page_id) is not None
        # What was sent before and is being changed is shown to nobody by the link alone, not even on pause.
        pausing = action == "pause" and not to_mend and not filled.visit.changing
        return replace(filled, visit=replace(visits.in_language(filled.visit, language), pausing=pausing))

    async with house.database.phone() as connection:
        filled = await visits.change(connection, house.secret_key, written, devices.brought(request), fill_in)
    seen = filled.visit.journey.page(page_id)
    if filled.problems and seen is not None:
        return views.page_to_mend(filled, seen, _language(request, filled.visit), returning=returning)
    return go(filled.visit.here + _in_its_language(filled.visit, _next(filled, page_id, action, returning)))


@post("/s/{written:str}/utkast", status_code=204)
async def autosave(request: AnyRequest, written: FromPath[str], house: TheHouse) -> None:
    form = await read_autosave(request)

    def fill_in(visit: Visit) -> visits.Filled:
        filled = visits.fill_in(visit, visit.page(one(form, "_side")), form)
        return replace(filled, visit=visits.in_language(filled.visit, one(form, "_sprak")))

    async with house.database.phone() as connection:
        await visits.change(connection, house.secret_key, written, devices.brought(request), fill_in)


@shown_at("/s/{written:str}/pause")
async def pause(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Response[str]:
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, devices.brought(request))
    return views.pause(visit, _language(request, visit))


@shown_at("/s/{written:str}/kobling")
async def consent(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, devices.brought(request))
    if visit.panel is None:
        return go(f"{visit.here}/se-over")
    return views.consent(visit, visit.panel, _language(request, visit))


@post("/s/{written:str}/kobling", status_code=200)
async def keep_consent(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """Nothing chosen is nothing said: the answer is not linked then."""
    form = await read_form(request)

    def decide(visit: Visit) -> Visit:
        chosen = CONSENT.get(one(form, "kobling"), visit.draft.linked) if visit.panel else None
        return replace(visit, draft=replace(visit.draft, linked=chosen))

    async with house.database.phone() as connection:
        visit = await visits.change(connection, house.secret_key, written, devices.brought(request), decide)
    return go(f"{visit.here}/se-over{_in(_language(request, visit))}")


@shown_at(["/s/{written:str}/se-over", "/s/{written:str}/send"])
async def review(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Response[str]:
    async with house.database.phone() as connection:
        visit = await visits.enter(connection, house.secret_key, written, devices.brought(request))
    return views.review(visit, _language(request, visit))


@post("/s/{written:str}/send", status_code=200)
async def send(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """The receipt is in this answer and nowhere else: an address that showed it again would show it to
    everybody who has the link."""
    form = await read_form(request)
    sent_from = one(form, "fro")
    seed = sent_from if tokens.is_seed(sent_from) else tokens.new_seed()

    def language_of(visit: Visit) -> str:
        return _language(request, visit)

    async with house.database.phone() as connection:
        try:
            visit, receipt = await visits.send(
                connection,
                house.secret_key,
                written,
                devices.brought(request),
                seed,
                _in_hand(one(form, "utkast")),
                language_of,
                one(form, "slik") if one(form, "slik") in SENT else WEB,
            )
        except AlreadyAnswered as error:
            # The same page once more: a double tap, or the network went before we could answer.
            sent = tokens.receipt(house.secret_key, error.token, seed)
            known = await receipts.look_up(connection, house.secret_key, sent)
            if known is not None and known.state in receipts.STANDING and tokens.is_fresh(seed):
                error.receipt, error.code = sent, tokens.change_code(house.secret_key, sent)
            raise
        if receipt is None:
            return views.review(visit, language_of(visit), empty=True)
    # Only now is it on disk, and only now may we say so.
    code = tokens.change_code(house.secret_key, receipt)
    return views.thanks(visit, receipt, code, language_of(visit))


@shown_at("/glemt.css")
async def forget() -> Response[str]:
    """No style: the page that was sent from is kept only when the next one is there, and so after an answer
    to the sending could have it forgotten. Needs no script and no cookie."""
    return Response("", media_type=MediaType.CSS, headers=FORGET)


def _next(filled: visits.Filled, page_id: str, action: str, returning: bool) -> str:
    """Where the pressed button leads, below the link."""
    journey = filled.visit.journey
    keep_return = "?til=oversikt" if returning else ""
    if action.startswith("sprak-"):
        on_route = journey.page(page_id) is not None
        return f"/side/{page_id if on_route else filled.visit.place.id}{keep_return}"
    if action == "pause":
        return "/pause"
    if action == "tilbake":
        before = journey.before(page_id)
        return f"/side/{before.id}" if before else ""
    if filled.new:
        count = f"{'&' if keep_return else '?'}flere={min(len(filled.new), 9)}"
        return f"/side/{page_id}{keep_return}{count}#sporsmal-{filled.new[0]}"
    after = journey.after(page_id)
    if action != "oversikt" and after is not None:
        return f"/side/{after.id}"
    return "/kobling" if filled.visit.must_be_asked else "/se-over"


def _language(request: AnyRequest, visit: Visit) -> str:
    return reading_language(request, visit.languages, visit.draft.language)


def _in(language: str) -> str:
    return f"?sprak={language}" if language in LANGUAGES else ""


def _in_its_language(visit: Visit, place: str) -> str:
    """The place below the link, with the language where no draft remembers it."""
    asked_for = "" if visit.draft.kept and not visit.pausing else _in(visit.draft.language)
    return place + (asked_for.replace("?", "&") if "?" in place else asked_for)


def _in_hand(written: str) -> bytes | None:
    """The sealed draft that a page carried. None when it carried none, or it cannot be read."""
    try:
        return urlsafe_b64decode(written) or None
    except ValueError:  # binascii's error is one
        return None


def show_error(request: AnyRequest, error: PhoneError) -> Response[str]:
    return views.error(request, error)


router = Router(
    path="/",
    route_handlers=[
        landing,
        enter_code,
        privacy,
        open_door,
        enter_open_door,
        start,
        begin,
        drop_draft,
        change_language,
        page,
        fill_in_page,
        autosave,
        pause,
        consent,
        keep_consent,
        review,
        send,
        forget,
        *HANDLERS,
        *READER_HANDLERS,
        *READING_HANDLERS,
        *SHARED_HANDLERS,
        *HOUSE_HANDLERS,
    ],
    dependencies={"house": Provide(house_of, sync_to_thread=False)},
    exception_handlers={PhoneError: show_error},
    request_max_body_size=LARGEST_FORM,
)
