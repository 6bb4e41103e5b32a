"""Quotes at the desk: open answers are read by an analyst, who picks; another person lets through
or sends back.

Whoever looks at what tenants wrote is in the log before it is shown. `survey.loop.open_answers` says whose
answers may be read and of which places.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from forms.questionnaire import Questionnaire
from reports.coding.masking import masked, spans
from reports.coding.themes import label, themes
from survey.campaigns import rounds
from survey.campaigns.errors import NoSuchRound
from survey.campaigns.rounds import Round
from survey.database.pool import Database
from survey.loop import open_answers, quotes
from survey.loop.errors import NoSuchQuote, SaidBefore
from survey.loop.open_answers import Offer, Open, OpenAnswer
from survey.loop.quotes import Both, KeptQuote
from survey.office.door import TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, language_of, render
from survey.office.quote_forms import Asked, DecisionForm, QuoteForm
from survey.people import accounts, audit
from survey.people.errors import NotAllowed
from survey.people.roles import Right, Staff
from survey.register import organisations
from survey.register.organisations import Organisation

RoundId = FromPath[UUID]
QuoteId = FromPath[UUID]
PAGE = 50
"""Open answers on one page."""


@dataclass(frozen=True)
class _Desk:
    """What all pages of one round's quotes start from."""

    round: Round
    organisation: Organisation
    form: Questionnaire

    @property
    def questions(self) -> dict[str, Open]:
        return open_answers.questions(self.form)

    @property
    def consent(self) -> tuple[str, int] | None:
        return open_answers.consent_of(self.form)

    def place_name(self, id: UUID) -> str:
        names = {estate.id: estate.name for estate in self.round.estates}
        names |= {estate.area_id: estate.area for estate in self.round.estates}
        return names.get(id, self.organisation.name)


async def _desk(database: Database, staff: Staff, round_id: UUID, *rights: Right) -> _Desk:
    """Raises NoSuchRound first, so that other organisations' rounds are nowhere; NotAllowed without any of
    the rights."""
    async with database.registry(staff.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        if not any(staff.may(right) for right in rights):
            raise NotAllowed()
        form = await rounds.questionnaire_of(connection, round)
        return _Desk(round, await organisations.own(connection), form)


@asynccontextmanager
async def _both(database: Database, staff: Staff) -> AsyncIterator[Both]:
    """What is done with quotes is kept with its line in the log, or neither is."""
    async with (
        database.registry(staff.organisation_id) as registry,
        database.answers(staff.organisation_id) as answers,
    ):
        yield Both(registry, answers)


async def _log(database: Database, staff: Staff, round_id: UUID, step: str, **details: str) -> None:
    """Kept before anything is shown."""
    async with database.registry(staff.organisation_id) as connection:
        await audit.record(connection, f"quote.{step}", "campaign", round_id, staff.id, details)


# ---------------------------------------------------------------- all of a round


@get("/runder/{round_id:uuid}/sitater")
async def quotes_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """What was picked and what became of it; for who may read open answers, the questions."""
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS, Right.APPROVE_QUOTES)
    async with database.answers(staff.organisation_id) as connection:
        kept = await quotes.all_of(connection, round_id)
    return render(
        request,
        "quotes.html",
        staff=staff,
        round=desk.round,
        questions=list(desk.questions.values()),
        consent=desk.consent,
        kept=kept,
        place_name=desk.place_name,
        label=label,
        words=desk.form,
    )


# ---------------------------------------------------------------- reading and picking


@get("/runder/{round_id:uuid}/sitater/svar")
async def answers_page(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    """`sporsmal`: id of the question, `sted`: as on the pages of findings, `side`: 1, 2, ..."""
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS)
    asked = Asked.of(request.query_params)
    question = _question(desk, asked)
    async with database.answers(staff.organisation_id) as connection:
        offers = await open_answers.offers(connection, desk.organisation, desk.round, question)
    offer = _offer(offers, asked)
    found: tuple[OpenAnswer, ...] = ()
    picked: dict[str, Any] = {}
    if offer.why is None and desk.consent is not None:
        place = {"estate": str(offer.id)} if offer.level == "estate" else {}
        await _log(database, staff, round_id, "read", question=question.item.id, scope=offer.level, **place)
        async with database.answers(staff.organisation_id) as connection:
            found = await open_answers.read(
                connection, desk.round, question, offer, desk.consent, settings.secret_key
            )
            picked = dict(await open_answers.states(connection, round_id, question.item.id))
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(_number(request.query_params.get("side", "1")), 1), pages)
    return render(
        request,
        "quotes_answers.html",
        staff=staff,
        round=desk.round,
        consent=desk.consent,
        question=question,
        offers=offers,
        offer=offer,
        found=found[(page - 1) * PAGE : page * PAGE],
        all=len(found),
        picked=picked,
        page=page,
        pages=pages,
    )


@get("/runder/{round_id:uuid}/sitater/nytt")
async def pick_page(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, round_id: RoundId
) -> Response[Any]:
    """`sporsmal`, `sted` and `svar`: the mark of the text."""
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS)
    asked = Asked.of(request.query_params)
    async with database.answers(staff.organisation_id) as connection:
        chosen = await _chosen(connection, desk, asked, settings.secret_key)
    if chosen.picked is not None:
        return go(f"/kontor/runder/{round_id}/sitater/{chosen.picked}")
    await _log(database, staff, round_id, "seen")
    filled = QuoteForm(
        masked(chosen.answer.text, language_of(request), open_answers.place_names(desk.round)),
        place=chosen.printable[0].address,
    )
    return _pick_form(request, staff, desk, chosen, asked, filled)


@post("/runder/{round_id:uuid}/sitater/nytt", status_code=200)
async def pick(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
) -> Response[Any]:
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS)
    asked, typed = Asked.read(form), QuoteForm.read(form)
    async with _both(database, staff) as both:
        await quotes.hold(both.answers, round_id)
        chosen = await _chosen(both.answers, desk, asked, settings.secret_key)
        if chosen.picked is not None:
            return go(f"/kontor/runder/{round_id}/sitater/{chosen.picked}")
        problems = Problems(() if form.only_shown else tuple(typed.problems(chosen.printable)))
        if not problems.all and not form.only_shown:
            item = chosen.question.item
            draft = typed.draft(item.id, item.meaning, chosen.printable)
            try:
                id = await quotes.pick(both, staff, round_id, draft, chosen.answer.text)
                return go(f"/kontor/runder/{round_id}/sitater/{id}?melding=quote_picked")
            except SaidBefore as fault:
                problems = await _said_before(both, desk, fault)
    return _pick_form(request, staff, desk, chosen, asked, typed, problems)


@dataclass(frozen=True)
class _Chosen:
    """A text that is looked at. `picked`: the quote it is already."""

    question: Open
    answer: OpenAnswer
    printable: tuple[Offer, ...]
    picked: UUID | None


async def _chosen(connection: Any, desk: _Desk, asked: Asked, secret: bytes) -> _Chosen:
    """Raises NoSuchQuote for a text that is not, or no longer, among those that may be quoted."""
    question = _question(desk, asked)
    offers = await open_answers.offers(connection, desk.organisation, desk.round, question)
    offer = _offer(offers, asked)
    if desk.consent is None:
        raise NoSuchQuote()
    found = await open_answers.read(connection, desk.round, question, offer, desk.consent, secret)
    answer = next((one for one in found if one.mark == asked.mark), None)
    if answer is None:
        raise NoSuchQuote()
    states = await open_answers.states(connection, desk.round.id, question.item.id)
    picked = states[answer.text][0] if answer.text in states else None
    return _Chosen(question, answer, open_answers.printable(offers, offer, desk.round), picked)


def _pick_form(
    request: AnyRequest,
    staff: Staff,
    desk: _Desk,
    chosen: _Chosen,
    asked: Asked,
    filled: QuoteForm,
    problems: Problems | None = None,
) -> Response[str]:
    problems = problems or Problems()
    return render(
        request,
        "quote.html",
        staff=staff,
        status=problems.status,
        round=desk.round,
        question=chosen.question.item,
        kept=None,
        asked=asked,
        written=chosen.answer.parts,
        printable=chosen.printable,
        filled=filled,
        problems=problems,
        **_always(desk),
    )


# ---------------------------------------------------------------- one quote


@get("/runder/{round_id:uuid}/sitater/{quote_id:uuid}")
async def quote_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId, quote_id: QuoteId
) -> Response[str]:
    """What was written beside what is to be printed: for who picked it to mend, for another to decide."""
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS, Right.APPROVE_QUOTES)
    async with database.answers(staff.organisation_id) as connection:
        kept = await quotes.find(connection, round_id, quote_id)
    await _log(database, staff, round_id, "seen")
    return await _quote_page(request, database, staff, desk, kept)


@post("/runder/{round_id:uuid}/sitater/{quote_id:uuid}", status_code=200)
async def decide(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    quote_id: QuoteId,
) -> Response[Any]:
    """`gjor`: 'lagre' or 'fjern' by who picked it, 'godkjenn', 'send' or 'trekk' by another."""
    desk = await _desk(database, staff, round_id, Right.READ_OPEN_ANSWERS, Right.APPROVE_QUOTES)
    here = f"/kontor/runder/{round_id}/sitater"
    async with _both(database, staff) as both:
        await quotes.hold(both.answers, round_id)
        kept = await quotes.find(both.answers, round_id, quote_id)
        decision, typed = DecisionForm.read(form), QuoteForm.read(form)
        problems = Problems()
        if not form.only_shown:
            try:
                match decision.step:
                    case "lagre" | "fjern":
                        staff.require(Right.READ_OPEN_ANSWERS)
                        if decision.step == "fjern":
                            await quotes.drop(both, staff, kept)
                            return go(f"{here}?melding=quote_dropped")
                        printable = await _printable(both, desk, kept)
                        problems = Problems(tuple(typed.problems(printable)))
                        if not problems.all:
                            draft = typed.draft(kept.draft.item, kept.draft.meaning, printable)
                            await quotes.change(both, staff, kept, draft, typed.seen)
                            return go(f"{here}/{quote_id}?melding=quote_changed")
                    case "godkjenn" | "send" | "trekk":
                        staff.require(Right.APPROVE_QUOTES)
                        problems = Problems(tuple(decision.problems()))
                        if not problems.all:
                            done = await _decided(both, staff, kept, decision)
                            return go(f"{here}/{quote_id}?melding={done}")
                    case _:
                        raise Unreadable()
            except SaidBefore as fault:
                problems = await _said_before(both, desk, fault)
    wrote = decision.step == "lagre" or (form.only_shown and bool(typed.wording))
    return await _quote_page(
        request, database, staff, desk, kept, problems, typed if wrote else None, decision.reason
    )


async def _decided(both: Both, staff: Staff, kept: KeptQuote, decision: DecisionForm) -> str:
    """The notice of what was done."""
    match decision.step:
        case "godkjenn":
            await quotes.approve(both, staff, kept, decision.seen)
            return "quote_approved"
        case "send":
            await quotes.send_back(both, staff, kept, decision.seen, decision.reason)
            return "quote_returned"
    await quotes.take_back(both, staff, kept, decision.seen)
    return "quote_taken_back"


async def _quote_page(
    request: AnyRequest,
    database: Database,
    staff: Staff,
    desk: _Desk,
    kept: KeptQuote,
    problems: Problems | None = None,
    typed: QuoteForm | None = None,
    reason: str = "",
) -> Response[str]:
    problems = problems or Problems()
    names = open_answers.place_names(desk.round)
    mine = kept.picked_by == staff.id and staff.may(Right.READ_OPEN_ANSWERS)
    async with _both(database, staff) as both:
        printable = await _printable(both, desk, kept) if mine and kept.approved_on is None else ()
        people = {
            id: await accounts.name_of(both.registry, id) for id in (kept.picked_by, kept.decided_by) if id
        }
    own = next((one.address for one in printable if one.id == kept.draft.place_id), "")
    written = kept.verbatim
    return render(
        request,
        "quote.html",
        staff=staff,
        status=problems.status,
        round=desk.round,
        question=next((one.item for one in desk.questions.values() if one.item.id == kept.draft.item), None),
        kept=kept,
        asked=None,
        written=None if written is None else open_answers.pieces(written, spans(written, names)),
        wording=open_answers.pieces(kept.draft.wording, spans(kept.draft.wording, names)),
        printable=printable,
        mine=mine,
        people=people,
        filled=typed or QuoteForm.of(kept, own),
        reason=reason,
        problems=problems,
        **_always(desk),
    )


async def _printable(both: Both, desk: _Desk, kept: KeptQuote) -> tuple[Offer, ...]:
    """Where a quote that was picked may say it is from: where it does, and around that."""
    question = desk.questions.get(kept.draft.item)
    if question is None or desk.round.answers_deleted_on is not None:
        return ()
    offers = await open_answers.offers(both.answers, desk.organisation, desk.round, question)
    own = next((one for one in offers if one.id == kept.draft.place_id), None)
    return open_answers.printable(offers, own, desk.round) if own else ()


async def _said_before(both: Both, desk: _Desk, fault: SaidBefore) -> Problems:
    """Which quote says it, where and in which round."""
    try:
        other = await rounds.find(both.registry, fault.values["campaign_id"])  # type: ignore[arg-type]
    except NoSuchRound:
        other = desk.round
    place = _Desk(other, desk.organisation, desk.form).place_name(fault.values["place_id"])  # type: ignore[arg-type]
    told = {"words": fault.values["words"], "place": place, "round": other.name}
    return Problems((Problem("wording", "problem.quote.said_before", told),))


def _always(desk: _Desk) -> dict[str, Any]:
    return {
        "themes": themes(),
        "label": label,
        "place_name": desk.place_name,
        "limits": {"wording": quotes.LONGEST_WORDING, "reason": quotes.LONGEST_REASON},
        "most_codes": quotes.MOST_CODES,
    }


def _question(desk: _Desk, asked: Asked) -> Open:
    """Raises NoSuchQuote."""
    question = desk.questions.get(asked.question)
    if question is None:
        raise NoSuchQuote()
    return question


def _offer(offers: tuple[Offer, ...], asked: Asked) -> Offer:
    """Raises NoSuchQuote for a place that the round does not have."""
    found = next((one for one in offers if one.address == asked.place), None)
    if found is None:
        raise NoSuchQuote()
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


handlers: list[ControllerRouterHandler] = [quotes_page, answers_page, pick_page, pick, quote_page, decide]
