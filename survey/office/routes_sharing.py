"""Editions sent to people by name: who gets which documents, who has opened theirs, what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from survey.campaigns import rounds
from survey.campaigns.rounds import Round
from survey.database.pool import Connection
from survey.days import long_date
from survey.delivery import shared_letters
from survey.delivery.shared_letters import SharedLetter
from survey.loop import editions, shares
from survey.loop.editions import File, KeptEdition
from survey.loop.errors import SavedMeanwhile
from survey.loop.shares import DAYS, Link
from survey.office.door import TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problems
from survey.office.pages import LANGUAGES, AnyRequest, go, language_of, render, words
from survey.office.sharing_form import Choice, Recipient, SharingForm
from survey.people.roles import Right, Staff
from survey.settings import Settings

RoundId = FromPath[UUID]
EditionId = FromPath[UUID]
MANY_PLACES = 8
"""From so many on they are folded away."""


@dataclass(frozen=True)
class Made:
    """A link as it is told, once. `to`: where its e-mail goes, '' where it is to be copied from `address`."""

    link: Link
    to: str
    address: str


@get("/runder/{round_id:uuid}/utgaver/{edition_id:uuid}/mottakere")
async def sharing_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId, edition_id: EditionId
) -> Response[str]:
    staff.require(Right.PUBLISH_REPORTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, connection, staff, round_id, edition_id)


@post("/runder/{round_id:uuid}/utgaver/{edition_id:uuid}/mottakere", status_code=200)
async def change_sharing(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    round_id: RoundId,
    edition_id: EditionId,
) -> Response[Any]:
    """`gjor`: 'send' makes links and shows them, once; 'trekk' takes `share` back."""
    staff.require(Right.PUBLISH_REPORTS)
    here = f"/kontor/runder/{round_id}/utgaver/{edition_id}/mottakere"
    try:
        async with database.registry(staff.organisation_id) as connection:
            round = await rounds.find(connection, round_id)
            edition = await editions.find(connection, round_id, edition_id)
            if form.one("gjor") == "trekk":
                if not form.only_shown:
                    await shares.revoke(connection, staff, round_id, edition_id, _id(form.one("share")))
                return go(here if form.only_shown else f"{here}?melding=share_revoked")
            if form.one("gjor") != "send":
                raise Unreadable()
            typed = SharingForm.read(form)
            files = await editions.files_of(connection, edition_id)
            problems = Problems(() if form.only_shown else tuple(typed.problems(files)))
            if form.only_shown or problems.all:
                return await _page(request, connection, staff, round_id, edition_id, typed, problems)
            made = await _send(connection, settings, staff, round, edition, files, typed)
            return await _page(request, connection, staff, round_id, edition_id, made=made)
    except SavedMeanwhile:
        if edition.state != "ready" or form.one("gjor") == "trekk":
            raise
        return go(f"{here}?melding=shares_made_before")


async def _send(
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round: Round,
    edition: KeptEdition,
    files: Sequence[File],
    typed: SharingForm,
) -> list[Made]:
    """A link for each recipient; an e-mail to those with an address, where there is a key to seal it with."""
    numbers = typed.chosen(files)
    key = await shared_letters.key(connection)
    made = []
    for number, one in enumerate(typed.named):
        link = await shares.share(
            connection,
            staff,
            settings.secret_key,
            round.id,
            edition.id,
            one.name,
            form=typed.once,
            number=number,
            numbers=numbers,
            language=typed.language,
            days=typed.days,
            with_code=typed.with_code,
            by_mail=bool(key and one.address),
        )
        address = f"{settings.base_url}{link.path}"
        if key and one.address:
            letter = _letter(staff, round, edition, one, link, address, len(numbers), typed.language)
            await shared_letters.put(connection, staff.organisation_id, link.id, key, letter)
        made.append(Made(link, one.address if key else "", address))
    return made


def _letter(
    staff: Staff,
    round: Round,
    edition: KeptEdition,
    to: Recipient,
    link: Link,
    address: str,
    files: int,
    language: str,
) -> SharedLetter:
    t = words(language)
    start = t("sharing.mail.fictitious") + " " if staff.fictitious else ""
    values = {
        "organisation": staff.organisation,
        "recipient": to.name,
        "round": round.name,
        "version": edition.version,
        "files": files,
        "day": long_date(link.expires_on, language),
        "link": address,
    }
    parts = ["sharing.mail.what", "sharing.mail.link", *(["sharing.mail.code"] if link.code else [])]
    body = "\n\n".join(t(part, **values) for part in (*parts, "sharing.mail.seen"))
    return SharedLetter(
        to.address, start + t("sharing.mail.subject", **values), start + body, language, staff.organisation
    )


async def _page(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    round_id: UUID,
    edition_id: UUID,
    typed: SharingForm | None = None,
    problems: Problems | None = None,
    made: Sequence[Made] = (),
) -> Response[str]:
    problems = problems or Problems()
    round = await rounds.find(connection, round_id)
    known = await editions.all_of(connection, round_id)
    edition = await editions.find(connection, round_id, edition_id)
    files = await editions.files_of(connection, edition_id)
    choice = Choice.of(files)
    return render(
        request,
        "sharing.html",
        staff=staff,
        status=problems.status,
        round=round,
        edition=edition,
        newer=next((one for one in known if one.state == "ready" and one.version > edition.version), None),
        shares=await shares.all_of(connection, edition_id),
        by_mail=await shared_letters.key(connection) is not None,
        choice=choice,
        filled=typed or SharingForm.new(choice, language_of(request)),
        folded=len(choice.places) >= MANY_PLACES,
        days=DAYS,
        tongues=LANGUAGES,
        made=made,
        problems=problems,
    )


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise Unreadable() from None


handlers: list[ControllerRouterHandler] = [sharing_page, change_sharing]
