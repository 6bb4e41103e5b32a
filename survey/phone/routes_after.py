"""Addresses for what comes after sending, and for those who do not wish to answer.

/kvittering            is the answer with this receipt counted?
/kvittering/trekk      withdraw the whole answer by its receipt and change code
/s/{token}/angre       change the answer or withdraw it by receipt and change code, as long as it can be found
/s/{token}/nei         "I do not wish to take part", also never again; just after it, that it is noted
/s/{token}/igjen       whether to be asked in later rounds; answered or not; just after it, that it is noted
/s/{token}/personvern  how answers are looked after, and how long this round keeps what
"""

from __future__ import annotations

from functools import partial

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect

from survey.ballots import receipts, rounds, submission, tokens
from survey.ballots.receipts import Receipt
from survey.ballots.rounds import Found
from survey.phone import devices, said, visits
from survey.phone import receipt_views as views
from survey.phone.house import House, TheHouse, shown_at
from survey.phone.limits import client_of
from survey.phone.reading import AnyRequest, one, read_form
from survey.phone.rendering import LANGUAGES, go, reading_language

Reply = Response[str] | Redirect


@shown_at("/kvittering")
async def ask_receipt(request: AnyRequest) -> Response[str]:
    return views.ask(reading_language(request))


@post("/kvittering", status_code=200)
async def look_up_receipt(request: AnyRequest, house: TheHouse) -> Response[str]:
    form = await read_form(request)
    written, language = one(form, "kvittering"), reading_language(request, LANGUAGES, one(form, "sprak"))
    receipt = tokens.normalise_receipt(written)
    if receipt is None:
        return views.ask(language, written[:100], problem=views.misspelt(written, language))
    found = await _given(request, house, receipt)
    if found is None:
        return views.ask(language, written[:100], problem=views.unknown(language))
    return views.state(receipt, found, language)


@post("/kvittering/trekk", status_code=200)
async def withdraw(request: AnyRequest, house: TheHouse) -> Reply:
    """With the receipt *and* its change code; the receipt alone is there to be shown."""
    form = await read_form(request)
    written, language = one(form, "kvittering"), reading_language(request, LANGUAGES, one(form, "sprak"))
    receipt, code = tokens.normalise_receipt(written), one(form, "kode")
    if receipt is None:
        return views.ask(language, written[:100], problem=views.misspelt(written, language))
    found = await _given(request, house, receipt)
    if found is None:
        return views.ask(language, written[:100], problem=views.unknown(language))
    problem = ""
    if found.state is receipts.State.WAITING:  # else no code can do anything: the page says what became of it
        problem = views.code_problem(code, language) or _wrong_code(request, house, receipt, code, language)
        if not problem:
            async with house.database.phone() as connection:
                await receipts.withdraw(connection, house.secret_key, receipt)
                found = await receipts.look_up(connection, house.secret_key, receipt) or found
    return views.state(receipt, found, language, code=code[:100] if problem else "", problem=problem)


@shown_at("/s/{written:str}/angre")
async def regret(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    found = await _look_up_open(house, written)
    return views.ask_to_regret(found, _language(request, found))


@post("/s/{written:str}/angre", status_code=200)
async def change_answer(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """With link, receipt *and* code: change or withdraw; what is opened is a draft of this device as well.

    Whatever else is tried gets one sentence, be the link used or not, the receipt another's, unknown or
    mixed, and the code its own or not.
    """
    form = await read_form(request)
    found = await _look_up_open(house, written)
    language, typed, code = _language(request, found), one(form, "kvittering"), one(form, "kode")
    receipt = tokens.normalise_receipt(typed)
    wrong_receipt = views.misspelt(typed, language) if receipt is None else ""
    wrong_code = views.code_problem(code, language)
    again = partial(views.ask_to_regret, found, language, typed[:100], code[:100])
    if receipt is None or wrong_code:
        return again(problem=wrong_receipt, code_problem=wrong_code)
    if await _given(request, house, receipt) is None:
        return again(problem=views.no_answer(language))
    house.receipts.code(client_of(request), receipt)
    if not tokens.is_change_code(house.secret_key, receipt, code):
        return again(problem=views.no_answer(language))
    async with house.database.phone() as connection:
        device = visits.read_device(house.secret_key, found.token, devices.brought(request))
        wanted = one(form, "_handling") == "apne"
        if wanted and device is not None:
            if await receipts.reopen(connection, house.secret_key, found.token, receipt, device):
                house.receipts.right(client_of(request), receipt)
                return go(f"/s/{found.token}/se-over?sprak={language}")
        elif await receipts.opened_by(connection, house.secret_key, found.token, receipt) is not None:
            house.receipts.right(client_of(request), receipt)
            # Opened without a device it would lie under the link, for everybody who has that.
            shown = views.regret(found, receipt, code, language, no_device=wanted)
            return devices.known(shown, request, house, found.token, found.round)
    return again(problem=views.no_answer(language))


@post("/s/{written:str}/nei", status_code=200)
async def decline(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """Says that it is noted, and no more: an answer that was sent by the link goes before it."""
    found = await _look_up_open(house, written)
    never = request.query_params.get("igjen") == "nei"
    async with house.database.phone() as connection:
        device = visits.read_device(house.secret_key, found.token, devices.brought(request))
        if not await submission.decline(connection, house.secret_key, found.token, device):
            raise await visits.stopped(connection, house.secret_key, found.token, _language(request, found))
        if never:
            await submission.ask_again(connection, house.secret_key, found.token, False)
    noted = f"/s/{found.token}/nei?{'igjen=nei&' if never else ''}{_just_said(house, found, _no(never))}"
    return go(f"{noted}&sprak={_language(request, found)}", forget=True)


@shown_at("/s/{written:str}/nei")
async def declined(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """That it is noted, for who pressed it just now; else the question."""
    never = request.query_params.get("igjen") == "nei"
    if not _was_said(request, house, written, _no(never)):
        found = await _look_up_open(house, written)
        return views.ask_to_decline(found, _language(request, found))
    async with house.database.phone() as connection:
        visit = await visits.enter(
            connection, house.secret_key, written, devices.brought(request), with_paused=True
        )
    language = reading_language(request, visit.languages)
    return views.declined(visit, language, never=never)


@post("/s/{written:str}/igjen", status_code=200)
async def choose_again(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """Whether later rounds may ask; can be changed as long as the round is open, answered or not."""
    form = await read_form(request)
    found = await _look_up_open(house, written)
    choice = "nei" if one(form, "igjen") == "nei" else "ja"
    async with house.database.phone() as connection:
        await submission.ask_again(connection, house.secret_key, found.token, choice == "ja")
    noted = f"/s/{found.token}/igjen?valg={choice}&{_just_said(house, found, _again(choice))}"
    return go(f"{noted}&sprak={_language(request, found)}")


@shown_at("/s/{written:str}/igjen")
async def again(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Reply:
    """What was said is in the address alone, with the word that it was said just now; else the question."""
    found = await _look_up_open(house, written)
    if not found.round.invited:
        return go(f"/s/{found.token}?sprak={_language(request, found)}")
    choice = request.query_params.get("valg", "")
    noted = {"ja": True, "nei": False}.get(choice)
    if not _was_said(request, house, written, _again(choice)):
        noted = None
    return views.again(found, _language(request, found), noted)


@shown_at("/s/{written:str}/personvern")
async def privacy(request: AnyRequest, written: FromPath[str], house: TheHouse) -> Response[str]:
    found = await _look_up(house, written)
    async with house.database.phone() as connection:
        kept = await rounds.kept(connection, house.secret_key, found.token)
    return views.privacy(found, kept, _language(request, found))


async def _given(request: AnyRequest, house: House, receipt: str) -> Receipt | None:
    """What became of the answer with this receipt; None where nobody was given it, which is counted."""
    async with house.database.phone() as connection:
        found = await receipts.look_up(connection, house.secret_key, receipt)
    if found is None:
        house.receipts.unknown(client_of(request))
    return found


def _wrong_code(request: AnyRequest, house: House, receipt: str, code: str, language: str) -> str:
    """What is wrong with a code that could be one; '' where it is the receipt's. Counted unless it is."""
    house.receipts.code(client_of(request), receipt)
    if not tokens.is_change_code(house.secret_key, receipt, code):
        return views.wrong_code(language)
    house.receipts.right(client_of(request), receipt)
    return ""


async def _look_up_open(house: House, written: str) -> Found:
    async with house.database.phone() as connection:
        return await visits.look_up_open(connection, house.secret_key, written)


async def _look_up(house: House, written: str) -> Found:
    async with house.database.phone() as connection:
        return await visits.look_up(connection, house.secret_key, written)


def _no(never: bool) -> str:
    return "nei aldri" if never else "nei"


def _again(choice: str) -> str:
    return f"igjen {choice}"


def _just_said(house: House, found: Found, choice: str) -> str:
    return f"{said.FIELD}={said.word(house.secret_key, found.token, choice)}"


def _was_said(request: AnyRequest, house: House, written: str, choice: str) -> bool:
    brought = request.query_params.get(said.FIELD, "")
    return said.holds(house.secret_key, visits.read_token(written), choice, brought)


def _language(request: AnyRequest, found: Found) -> str:
    return reading_language(request, visits.offered(found.round))


HANDLERS = [
    ask_receipt,
    look_up_receipt,
    withdraw,
    regret,
    change_answer,
    decline,
    declined,
    choose_again,
    again,
    privacy,
]
