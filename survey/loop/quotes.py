"""Quotes: a few words that somebody wrote, picked by one person and let through by another.

The role of the answers keeps them, with what was written word for word as long as the answers are kept; that
of the console reads those that were let through. With a quote goes no answer, no order and no time of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal
from uuid import UUID

from reports.coding.likeness import alike
from reports.coding.scopes import Level
from reports.coding.themes import codes as codebook
from reports.loop import Quote
from survey.database.pool import Connection
from survey.loop.dossiers import queries
from survey.loop.errors import NoSuchQuote, NotYourOwn, SaidBefore, SavedMeanwhile, TooMany
from survey.people import audit
from survey.people.roles import Staff

LONGEST_WORDING, LONGEST_REASON = 1_000, 500
MOST_CODES = 3
MOST_QUOTES = 500
"""Of one round."""
State = Literal["picked", "returned", "approved", "taken_back"]
_BEFORE: Mapping[State, list[State]] = {
    "approved": ["picked", "taken_back"],
    "returned": ["picked"],
    "taken_back": ["approved"],
}
"""What a quote must be for who decides to make it this."""


@dataclass(frozen=True)
class Draft:
    """What is to be printed, and where it says it is from. `item`, `meaning`: of the question. `place_id`: of
    the estate, area or organisation."""

    item: str
    meaning: str
    level: Level
    place_id: UUID
    codes: tuple[str, ...]
    wording: str


@dataclass(frozen=True)
class KeptQuote:
    """`verbatim`: what was written; None when the answers are deleted. `approved_on`: the first day on which
    it was let through, which it stays when it is taken back."""

    id: UUID
    campaign_id: UUID
    draft: Draft
    edited: bool
    state: State
    reason: str
    picked_by: UUID
    decided_by: UUID | None
    approved_on: date | None
    revision: int
    verbatim: str | None = None


@dataclass(frozen=True)
class Both:
    """The two connections that work on quotes takes: the log is the console's, the quotes are not.

    The log is written first and kept last: no quote changes without a line of it.
    """

    registry: Connection
    answers: Connection


async def pick(both: Both, staff: Staff, campaign_id: UUID, draft: Draft, verbatim: str) -> UUID:
    """Raises SaidBefore, TooMany. Hold the answers of the round (`hold`) from before they are read."""
    await _new_words(both, None, campaign_id, draft, verbatim)
    if await queries.count_quotes(both.answers, campaign_id=campaign_id) >= MOST_QUOTES:
        raise TooMany(most=MOST_QUOTES)
    await _record(both, staff, campaign_id, "picked")
    id: UUID = await queries.pick_quote(
        both.answers,
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        edited=_edited(draft.wording, verbatim),
        staff_id=staff.id,
        **_columns(draft),
    )
    await queries.keep_verbatim(both.answers, organisation_id=staff.organisation_id, id=id, body=verbatim)
    return id


async def hold(answers: Connection, campaign_id: UUID) -> None:
    """Until the transaction ends the answers are not deleted: nothing is kept that would outlive them."""
    await queries.hold_answers(answers, campaign_id=campaign_id)


async def find(answers: Connection, campaign_id: UUID, id: UUID) -> KeptQuote:
    """Raises NoSuchQuote. Role of the answers: with what was written."""
    row = await queries.quote(answers, campaign_id=campaign_id, id=id)
    if row is None:
        raise NoSuchQuote()
    return _kept(row)


async def all_of(answers: Connection, campaign_id: UUID) -> list[KeptQuote]:
    """Of a round, those that wait first. Role of the answers; without what was written."""
    rows = [row async for row in queries.quotes(answers, campaign_id=campaign_id)]
    return [replace(_kept(row), verbatim=None) for row in rows]


async def change(both: Both, staff: Staff, quote: KeptQuote, draft: Draft, seen: int) -> None:
    """Another wording, code or place for what nobody has let through: it waits for the second person again.

    Raises NotYourOwn for anybody but who picked it, SaidBefore, SavedMeanwhile.
    """
    if quote.picked_by != staff.id:
        raise NotYourOwn()
    if quote.approved_on is not None:
        raise SavedMeanwhile()
    await _new_words(both, quote.id, quote.campaign_id, draft, quote.verbatim or "")
    await _record(both, staff, quote.campaign_id, "changed")
    done = await queries.change_quote(
        both.answers,
        id=quote.id,
        edited=_edited(draft.wording, quote.verbatim or ""),
        seen=seen,
        **{name: value for name, value in _columns(draft).items() if name not in ("item", "meaning")},
    )
    if not done:
        raise SavedMeanwhile()


async def drop(both: Both, staff: Staff, quote: KeptQuote) -> None:
    """It is not to be a quote after all. Raises NotYourOwn, SavedMeanwhile when it was let through."""
    if quote.picked_by != staff.id:
        raise NotYourOwn()
    await _record(both, staff, quote.campaign_id, "dropped")
    if not await queries.drop_quote(both.answers, id=quote.id):
        raise SavedMeanwhile()


async def approve(both: Both, staff: Staff, quote: KeptQuote, seen: int) -> None:
    """Let it through. Raises NotYourOwn for who picked it, SaidBefore, SavedMeanwhile."""
    await _new_words(both, quote.id, quote.campaign_id, quote.draft, quote.verbatim or "")
    await _decide(both, staff, quote, seen, "approved")


async def send_back(both: Both, staff: Staff, quote: KeptQuote, seen: int, reason: str) -> None:
    """To who picked it, with a reason. Raises NotYourOwn, SavedMeanwhile."""
    await _decide(both, staff, quote, seen, "returned", reason)


async def take_back(both: Both, staff: Staff, quote: KeptQuote, seen: int) -> None:
    """It is no quote any more. Raises SavedMeanwhile, and NotYourOwn for who picked it."""
    await _decide(both, staff, quote, seen, "taken_back")


async def approved(registry: Connection, campaign_id: UUID) -> tuple[Quote, ...]:
    """As documents print them, by theme and then by words. Role of the console."""
    known = codebook()
    order = {id: place for place, id in enumerate(known)}
    found = []
    async for row in queries.approved_quotes(registry, campaign_id=campaign_id):
        codes = tuple(sorted(row["codes"], key=lambda code: order.get(code, len(order))))
        found.append(
            Quote(
                theme=known[codes[0]].theme if codes[0] in known else codes[0],
                text=row["wording"],
                edited=row["edited"],
                item=row["meaning"],
                estate_id=str(row["place_id"]) if row["level"] == "estate" else None,
                area_id=str(row["place_id"]) if row["level"] == "area" else None,
                codes=codes,
                area=row["area"],
            )
        )
    return tuple(sorted(found, key=lambda one: ([order.get(code, 99) for code in one.codes], one.text)))


async def _decide(
    both: Both, staff: Staff, quote: KeptQuote, seen: int, state: State, reason: str = ""
) -> None:
    if quote.picked_by == staff.id:
        raise NotYourOwn()
    await _record(both, staff, quote.campaign_id, state)
    done = await queries.decide_quote(
        both.answers,
        id=quote.id,
        state=state,
        before=_BEFORE[state],
        reason=reason,
        staff_id=staff.id,
        seen=seen,
    )
    if not done:
        raise SavedMeanwhile()


async def _new_words(both: Both, own: UUID | None, campaign_id: UUID, draft: Draft, verbatim: str) -> None:
    """Nothing is let through twice: of two places it would tell where whoever said it lives.

    Raises SaidBefore.
    """
    async for row in queries.ever_approved(both.answers):
        if row["id"] != own and (alike(draft.wording, row["wording"]) or alike(verbatim, row["wording"])):
            raise SaidBefore(
                words=row["wording"], id=row["id"], campaign_id=row["campaign_id"], place_id=row["place_id"]
            )


def _edited(wording: str, verbatim: str) -> bool:
    return wording.split() != verbatim.split()


def _columns(draft: Draft) -> dict[str, Any]:
    return {
        "item": draft.item,
        "meaning": draft.meaning,
        "level": draft.level,
        "place_id": draft.place_id,
        "codes": list(draft.codes),
        "wording": draft.wording,
    }


def _kept(row: Mapping[str, Any]) -> KeptQuote:
    draft = Draft(
        row["item"], row["meaning"], row["level"], row["place_id"], tuple(row["codes"]), row["wording"]
    )
    return KeptQuote(
        row["id"],
        row["campaign_id"],
        draft,
        row["edited"],
        row["state"],
        row["reason"],
        row["picked_by"],
        row["decided_by"],
        row["approved_on"],
        row["revision"],
        row["verbatim"],
    )


async def _record(both: Both, staff: Staff, campaign_id: UUID, step: str) -> None:
    """Who did what with quotes of which round, never with which words."""
    await audit.record(both.registry, f"quote.{step}", "campaign", campaign_id, staff.id, {})
