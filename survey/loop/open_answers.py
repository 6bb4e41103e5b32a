"""What tenants wrote in their own words, to be quoted: of closed rounds, of those who said yes, in an order
that tells nothing, and with nothing beside it that the same person answered.

The role of the answers reads them; that of the console never does. Answers by open links are a stratum apart
and those that somebody gave for another are not his consent: neither is offered, nor counted here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from uuid import UUID

from forms import ties
from forms.questionnaire import Item, Questionnaire
from reports.coding import scopes
from reports.coding.masking import Span, spans
from reports.coding.scopes import Level, Place, Why
from survey.campaigns.errors import AnswersDeleted, ResultsNotReady, StillMixing
from survey.campaigns.rounds import Round
from survey.campaigns.rounds import queries as round_queries
from survey.database.pool import Connection
from survey.loop.dossiers import queries
from survey.loop.errors import NoSuchQuote
from survey.modes import ANOTHER, WHO_ANSWERED
from survey.register.organisations import Organisation

YES = "ja"
"""The meaning of the question who it was that answered, and the choice that it was somebody else. By its
meaning and not by a role, so that it holds for rounds that were asked long ago."""


@dataclass(frozen=True)
class Open:
    """An open question of a round. `sensitive`: itself, or one that decides whether it is asked. `another`:
    by what question and code an answer says that somebody gave it for another; '' where none does."""

    item: Item
    sensitive: bool
    another: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Offer:
    """A place of a round. `why`: its answers may not be read, `wider` is the nearest around it whose may."""

    level: Level
    id: UUID
    name: str
    why: Why | None
    wider: Offer | None

    @property
    def address(self) -> str:
        """What the place is called in an address: as on the pages of findings."""
        prefix: dict[Level, str] = {"all": "", "area": "omrade:", "estate": "leiegard:"}
        return "" if self.level == "all" else f"{prefix[self.level]}{self.id}"


@dataclass(frozen=True)
class OpenAnswer:
    """What somebody wrote. `mark`: stands for the text in addresses, says nothing without the key."""

    mark: str
    text: str
    spans: tuple[Span, ...]

    @cached_property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The text in pieces: (words, what they may tell, '' for nothing)."""
        return pieces(self.text, self.spans)


def pieces(text: str, found: tuple[Span, ...]) -> tuple[tuple[str, str], ...]:
    """Text in pieces: (words, kind of what they may tell, '' for nothing)."""
    told: list[tuple[str, str]] = []
    at = 0
    for span in found:
        told += [(text[at : span.start], ""), (text[span.start : span.end], span.kind)]
        at = span.end
    return tuple(piece for piece in [*told, (text[at:], "")] if piece[0])


def consent_of(form: Questionnaire) -> tuple[str, int] | None:
    """The question whether words may be quoted, and the code of yes; None where nobody was asked."""
    item = next((item for item in form.items() if item.role == "quote_consent"), None)
    if item is None:
        return None
    return item.id, next(choice.code for choice in form.choices(item) if choice.value == YES)


def by_another(form: Questionnaire) -> tuple[str, str]:
    """By what question and code an answer says that somebody gave it for another; '' where none does."""
    for item in form.items():
        if item.meaning == WHO_ANSWERED and item.kind == "choice":
            for choice in form.choices(item):
                if choice.value == ANOTHER:
                    return item.id, str(choice.code)
    return "", ""


def questions(form: Questionnaire) -> dict[str, Open]:
    """The open questions in order, by id."""
    behind, another = ties.behind(form), by_another(form)
    delicate = {item.id for item in form.items() if item.sensitive}
    return {
        item.id: Open(item, bool(delicate & {item.id, *behind.get(item.id, ())}), another)
        for item in form.items()
        if item.kind == "text" and item.asks
    }


def require_readable(round: Round) -> None:
    """Raises ResultsNotReady while the round is not closed, AnswersDeleted when they are gone."""
    if round.status != "closed":
        raise ResultsNotReady(closes=round.closes_on)
    if round.answers_deleted_on is not None:
        raise AnswersDeleted(day=round.answers_deleted_on)


async def offers(
    connection: Connection, organisation: Organisation, round: Round, question: Open
) -> tuple[Offer, ...]:
    """All places of the round: the whole, each area followed by its estates. Role of the answers.

    Raises as `require_readable`, and StillMixing.
    """
    require_readable(round)
    if await round_queries.ballots_waiting(connection, id=round.id):
        raise StillMixing()
    rows = [dict(row) async for row in _wrote(connection, round, question)]
    by_estate = {row["estate_id"]: row["n"] for row in rows if row["estate_id"]}
    in_area = {row["area_id"]: row["n"] for row in rows if row["area_id"]}
    names = {estate.area_id: estate.area for estate in round.estates}
    estates = {
        str(estate.id): Place("estate", str(estate.id), by_estate.get(estate.id, 0), str(estate.area_id))
        for estate in round.estates
    }
    areas = {
        str(id): Place(
            "area",
            str(id),
            in_area.get(id, 0) + sum(one.wrote for one in estates.values() if one.within == str(id)),
            str(organisation.id),
        )
        for id in names
    }
    whole = Place("all", str(organisation.id), sum(row["n"] for row in rows))
    closed = scopes.closed(whole, areas, estates, sensitive=question.sensitive)
    everything = Offer("all", organisation.id, organisation.name, closed.get(whole.id), None)
    found = [everything]
    for area_id, name in sorted(names.items(), key=lambda pair: (pair[1], str(pair[0]))):
        area = Offer("area", area_id, name, closed.get(str(area_id)), _open(everything))
        found.append(area)
        for estate in round.estates:
            if estate.area_id == area_id:
                wider = _open(area) or _open(everything)
                found.append(Offer("estate", estate.id, estate.name, closed.get(str(estate.id)), wider))
    return tuple(found)


def _wrote(connection: Connection, round: Round, question: Open) -> AsyncIterator[Any]:
    who, another = question.another
    rows: AsyncIterator[Any] = queries.wrote(
        connection, campaign_id=round.id, item=question.item.id, who=who, another=another
    )
    return rows


def _open(offer: Offer) -> Offer | None:
    return offer if offer.why is None else None


def printable(all_of: tuple[Offer, ...], offer: Offer, round: Round) -> tuple[Offer, ...]:
    """The places that may stand beside what was read of this one: itself, its area, the whole."""
    areas = {estate.id: estate.area_id for estate in round.estates}
    around = {offer.id, areas.get(offer.id)} | {one.id for one in all_of if one.level == "all"}
    return tuple(one for one in reversed(all_of) if one.id in around and one.why is None)


async def read(
    connection: Connection,
    round: Round,
    question: Open,
    offer: Offer,
    consent: tuple[str, int],
    secret: bytes,
) -> tuple[OpenAnswer, ...]:
    """What those wrote who may be quoted, each text once. Role of the answers; only of an offer that is open.

    The order is that of a keyed hash: not that of answers, of time or of the alphabet.
    """
    if offer.why is not None:
        raise NoSuchQuote()
    rows = queries.quotable(
        connection,
        campaign_id=round.id,
        item=question.item.id,
        consent=consent[0],
        yes=str(consent[1]),
        who=question.another[0],
        another=question.another[1],
        whole=offer.level == "all",
        places=_places_of(round, offer),
    )
    names = place_names(round)
    found = [
        OpenAnswer(
            mark_of(secret, round.id, question.item.id, row["body"]), row["body"], spans(row["body"], names)
        )
        async for row in rows
    ]
    return tuple(sorted(found, key=lambda one: one.mark))


def _places_of(round: Round, offer: Offer) -> list[UUID]:
    """An estate is itself, an area all its estates and what was kept under it without one."""
    if offer.level == "area":
        return [offer.id, *(estate.id for estate in round.estates if estate.area_id == offer.id)]
    return [offer.id]


def place_names(round: Round) -> frozenset[str]:
    return frozenset(name for estate in round.estates for name in (estate.name, estate.area))


def mark_of(secret: bytes, campaign_id: UUID, item: str, text: str) -> str:
    """20 hexadecimal digits."""
    what = f"{campaign_id}/{item}/{text}".encode("utf-8", "surrogatepass")
    return blake2b(what, key=secret[:64], digest_size=10, person=b"bostemme-quotes").hexdigest()


async def states(connection: Connection, campaign_id: UUID, item: str) -> Mapping[str, Any]:
    """Texts that were picked already -> (id of the quote, its state). Role of the answers."""
    rows = queries.picked_texts(connection, campaign_id=campaign_id, item=item)
    return {row["body"]: (row["id"], row["state"]) async for row in rows}
