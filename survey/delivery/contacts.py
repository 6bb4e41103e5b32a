"""Contacts of a round: taken in from a spreadsheet, sealed at once, and never shown again.

Locked estate by estate (migration 0015) as soon as anybody there may have answered: whoever could change an
address then would get that home's reminders, or miss them, and so learn whether it has answered.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from survey.ballots import codes, tokens
from survey.ballots.codes import Right
from survey.campaigns import links, rounds
from survey.campaigns.errors import PanelByLetter
from survey.campaigns.rounds import Round
from survey.database.pool import Connection
from survey.delivery.contact_file import MOST_HOMES, Checked, Place, Row, written_lines
from survey.delivery.errors import ChannelsClosed, LinksNotSealed, NoContactKey, PersonsTooLate
from survey.delivery.safe import contact_key, queries
from survey.delivery.sealing import known_by, mailbox_hash, seal_contact, seal_token
from survey.people import audit
from survey.people.roles import Staff
from survey.responses.errors import BadCell, Complaint, RowsRefused
from survey.settings import Settings


@dataclass(frozen=True)
class Reached:
    """How many of a round's invitations can be sent. `without`: those that need a letter."""

    email: int
    sms: int
    without: int


@dataclass(frozen=True)
class _Invitation:
    id: UUID
    estate_id: UUID
    dwelling: int


async def places(connection: Connection, round: Round) -> tuple[Place, ...]:
    """The estates of a round with their numbered dwellings, for checking a file."""
    most: Counter[UUID] = Counter()
    async for row in rounds.queries.invitations(connection, id=round.id):
        most[row["estate_id"]] = max(most[row["estate_id"]], row["dwelling"])
    return tuple(
        Place(estate.id, estate.name, estate.dwellings or most[estate.id] or estate.invited or 0)
        for estate in round.estates
    )


async def own_domains(connection: Connection) -> frozenset[str]:
    """Where the organisation's own staff, past ones too, have their e-mail."""
    return frozenset([row["domain"] async for row in queries.staff_domains(connection)])


async def locked_estates(connection: Connection, round_id: UUID) -> frozenset[UUID]:
    """The estates of a round whose addresses can neither be added, replaced nor taken away any more."""
    rows = [row async for row in queries.locked_estates(connection, campaign_id=round_id)]
    return frozenset(row["estate_id"] for row in rows)


async def reached(connection: Connection, round_id: UUID) -> Reached:
    row = await queries.reached(connection, campaign_id=round_id)
    return Reached(row["email"], row["sms"], row["without"])


async def reachable(connection: Connection, round_id: UUID) -> frozenset[UUID]:
    """The invitations of a round that have a contact."""
    rows = [row async for row in queries.reachable(connection, campaign_id=round_id)]
    return frozenset(row["invitation_id"] for row in rows)


async def keep(
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    checked: Checked,
    *,
    keep_good: bool = False,
    prepared: Sequence[Right] = (),
) -> int:
    """Replace the contacts of a round by those of a checked file; links are made where there are none yet.
    Rows for locked estates count as bad, and what is kept for these estates stays.

    How many were kept: all or, with `keep_good`, those whose rows are right; of an estate that is not asked
    in full, those of the homes that were drawn. Persons who share a dwelling get a link each, and count as
    invited each; not where homes are drawn, for then each must have the same chance. `prepared`: as in
    `links.issue_links`. Raises RowsRefused, NoSuchRound, ChannelsClosed, PanelByLetter, NoContactKey,
    LinksNotSealed, PersonsTooLate.
    """
    if checked.bad and not (keep_good and checked.good):
        raise RowsRefused(checked.bad, checked.total)
    round = await rounds.lock(connection, round_id)
    status = round["status"]
    if status == "closed":
        raise ChannelsClosed()
    if round["panel_id"] is not None:
        raise PanelByLetter()
    drawn = (await rounds.find(connection, round_id)).drawn
    checked = _one_each(checked, drawn)
    checked = await _within_limits(connection, settings, round_id, checked)
    if checked.bad and not (keep_good and checked.good):
        raise RowsRefused(checked.bad, checked.total)
    key = await contact_key(connection, round_id)
    if key is None:
        raise NoContactKey()
    if not await links.issued(connection, round_id):
        await links.issue_links(connection, settings, staff, round_id, prepared, handed_out=False)
    elif not await queries.links_kept(connection, campaign_id=round_id):
        raise LinksNotSealed()
    by_dwelling = await _invitations(connection, round_id)
    asked = [row for row in checked.good if row.estate_id not in drawn or _place(row) in by_dwelling]
    if await _settle_persons(connection, settings, staff, round_id, key, by_dwelling, asked, status):
        by_dwelling = await _invitations(connection, round_id)
    taken: Counter[tuple[UUID, int]] = Counter()
    kept: list[tuple[UUID, Row]] = []
    for row in asked:
        place = _place(row)
        kept.append((by_dwelling[place][taken[place]].id, row))
        taken[place] += 1
    await queries.drop_other_contacts(connection, campaign_id=round_id, kept=[id for id, _ in kept])
    listed = {
        "invitation_ids": [id for id, _ in kept],
        "channels": ["email" if row.contact.email else "sms" for _, row in kept],
        "sealed": [seal_contact(key, row.contact) for _, row in kept],
        "known_by": [known_by(settings.secret_key, row.contact) for _, row in kept],
        "mailboxes": json.dumps([_hashes(settings, round_id, row) for _, row in kept]),
    }
    await queries.change_contacts(connection, **listed)
    await queries.add_contacts(
        connection, organisation_id=staff.organisation_id, campaign_id=round_id, **listed
    )
    details = {"contacts": len(kept), "rows_left_out": checked.total - len(asked)}
    await audit.record(connection, "campaign.contacts_uploaded", "campaign", round_id, staff.id, details)
    return len(kept)


def _place(row: Row) -> tuple[UUID, int]:
    return row.estate_id, row.dwelling


def _one_each(checked: Checked, drawn: Collection[UUID]) -> Checked:
    """The same, without a second person in a home of an estate where homes are drawn."""
    seen: set[tuple[UUID, int]] = set()
    second = []
    for row in checked.good:
        if row.estate_id in drawn and _place(row) in seen:
            second.append(BadCell(row.line, "bolig", str(row.dwelling), Complaint.of("contacts.one_each")))
        seen.add(_place(row))
    return checked.without(second)


async def _within_limits(
    connection: Connection, settings: Settings, round_id: UUID, checked: Checked
) -> Checked:
    """The same, without rows for locked estates and those whose mailbox has too many homes there."""
    locked = await locked_estates(connection, round_id)
    if not locked:
        return checked
    names = {estate.id: estate.name for estate in (await rounds.find(connection, round_id)).estates}
    by_estate: dict[UUID, list[int]] = defaultdict(list)
    for row in checked.good:
        by_estate[row.estate_id].append(row.line)
    checked = checked.without(
        BadCell(
            row.line,
            "leiegard",
            "",
            Complaint.of(
                "contacts.locked",
                estate=names[row.estate_id],
                lines=written_lines(by_estate[row.estate_id]),
            ),
        )
        for row in checked.good
        if row.estate_id in locked
    )
    hashes = {row.line: _hashes(settings, round_id, row) for row in checked.good}
    wanted = [bytes.fromhex(one) for of_row in hashes.values() for one in of_row]
    elsewhere = {
        row["mailbox"].hex(): row["homes"]
        async for row in queries.homes_of(connection, campaign_id=round_id, mailboxes=wanted)
    }
    here: dict[str, set[tuple[UUID, int]]] = defaultdict(set)
    for row in checked.good:
        for one in hashes[row.line]:
            here[one].add((row.estate_id, row.dwelling))
    return checked.without(
        BadCell(row.line, "", "", Complaint.of("contacts.shared_before", most=MOST_HOMES))
        for row in checked.good
        if any(one in elsewhere and elsewhere[one] + len(here[one]) > MOST_HOMES for one in hashes[row.line])
    )


def _hashes(settings: Settings, round_id: UUID, row: Row) -> list[str]:
    return [mailbox_hash(settings.secret_key, round_id, mailbox).hex() for mailbox in row.contact.mailboxes]


async def _invitations(connection: Connection, round_id: UUID) -> dict[tuple[UUID, int], list[_Invitation]]:
    found: dict[tuple[UUID, int], list[_Invitation]] = defaultdict(list)
    async for row in rounds.queries.invitations(connection, id=round_id):
        found[(row["estate_id"], row["dwelling"])].append(
            _Invitation(row["id"], row["estate_id"], row["dwelling"])
        )
    return found


async def _settle_persons(
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    key: bytes,
    by_dwelling: dict[tuple[UUID, int], list[_Invitation]],
    rows: Sequence[Row],
    status: str,
) -> bool:
    """As many invitations in each dwelling as it has persons, and one where it has a household or nobody.

    Whether anything was changed. Raises PersonsTooLate when there would have to be more in an open round.
    """
    wanted = Counter((row.estate_id, row.dwelling) for row in rows)
    more = [
        place for place, n in wanted.items() for _ in range(n - len(by_dwelling[place])) if by_dwelling[place]
    ]
    fewer = [
        invitation.id
        for place, invitations in by_dwelling.items()
        for invitation in invitations[max(1, wanted[place]) :]
    ]
    if more and status != "draft":
        raise PersonsTooLate()
    if status != "draft" or not (more or fewer):
        return False
    rights = await codes.new_rights(settings.secret_key, len(more))
    ids = [uuid4() for _ in more]
    await rounds.queries.add_invitations(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=round_id,
        ids=ids,
        estate_ids=[estate_id for estate_id, _ in more],
        dwellings=[dwelling for _, dwelling in more],
        token_hashes=[tokens.token_hash(settings.secret_key, right.token) for right in rights],
    )
    await queries.keep_links(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=round_id,
        invitation_ids=ids,
        sealed=[seal_token(key, right.token) for right in rights],
    )
    await queries.drop_some_invitations(connection, ids=fewer)
    await queries.count_invited(connection, campaign_id=round_id)
    return True
