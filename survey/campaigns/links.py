"""Personal links: made, handed out once, and never to be read again.

The database keeps a keyed hash of each token, and the token itself only sealed for the sender's process. A
lost list is therefore replaced, not looked up: every dwelling gets a new link and the old links open
nothing. Whoever has answered stays counted.

In a panel the link is what the waves have in common: it is never sealed for the sender, the later waves make
links for those only who have none, and a link is replaced for single homes, on request.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from survey.ballots import codes, spelling, tokens
from survey.ballots.codes import Right
from survey.campaigns import panels, rounds
from survey.campaigns.errors import AlreadyClosed, NoInvitations
from survey.campaigns.rounds import Round, RoundEstate, queries
from survey.database.pool import Connection
from survey.delivery import safe
from survey.people import audit
from survey.people.roles import Staff
from survey.settings import Settings

_lots = secrets.SystemRandom()

Home = tuple[UUID, int]
"""An estate and a dwelling's number in it."""


@dataclass(frozen=True)
class Link:
    area: str
    estate: str
    dwelling: int
    """A number within the estate, 1 to N: a place in the list, not a flat number and not a person."""
    code: str
    """'K7Q2FA-9M3XTB', as it is printed; '' for whoever keeps the code of an earlier wave."""
    token: str
    url: str
    invitation_id: UUID


@dataclass(frozen=True)
class _Invitation:
    id: UUID
    estate_id: UUID
    dwelling: int
    carried: bool = False
    """Its holder has a link already, from an earlier wave."""


async def issued(connection: Connection, round_id: UUID) -> bool:
    """Whether links were made before, so that a second list replaces the first."""
    made: bool = await queries.has_invitations(connection, id=round_id)
    return made


async def handed_out(connection: Connection, round_id: UUID) -> bool:
    """Whether somebody has got links of the round to pass on; those only made to be sent are not."""
    known: bool = await queries.links_handed_out(connection, id=round_id)
    return known


async def needed(connection: Connection, round_id: UUID) -> int:
    """How many links a round takes. Raises NoSuchRound."""
    round = await rounds.find(connection, round_id)
    invitations = await _invitations(connection, round_id)
    if invitations:
        return sum(not invitation.carried for invitation in invitations)
    if round.wave is not None and round.wave.number > 1:
        return 0  # as many as are new, which is known when they are made
    return round.invited or 0


async def open_round(connection: Connection, settings: Settings, staff: Staff, round_id: UUID) -> None:
    """Let tenants answer from the first day on. In a later wave of a panel the codes of the first letter lead
    here, whether or not somebody has fetched links for those who are new. Raises as `rounds.open_round`.
    """
    await rounds.lock(connection, round_id)
    round = await rounds.find(connection, round_id)
    late = round.wave is not None and round.wave.number > 1
    if late and round.status == "draft" and not await issued(connection, round_id):
        await issue_links(connection, settings, staff, round_id, handed_out=False)
    await rounds.open_round(connection, staff, round_id)


async def issue_links(
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    prepared: Sequence[Right] = (),
    anew: Collection[Home] = (),
    *,
    handed_out: bool = True,
    unreached: bool = False,
) -> list[Link]:
    """New links for every dwelling that the round asks and that has none from before; those whose homes do
    not wish to be asked are not handed out. Raises NoSuchRound, AlreadyClosed, NoInvitations.

    `prepared`: codes that nobody has been given, `needed` of them, derived before anything is locked (seconds
    for hundreds); what is missing is made here. `anew`: homes of a panel whose old link is to open nothing,
    because others live there now or the letter is lost; what those before answered stays apart from them.
    `handed_out` False: they are made to be sent, and nobody gets to see them. `unreached`: a second list is
    for those without an address alone, and the others keep the link that was sent to them.
    """
    # Held until the end of the transaction: two officers pressing at once must not make two sets of rights,
    # and the number of dwellings must not change under way.
    await rounds.lock(connection, round_id)
    round = await rounds.find(connection, round_id)
    if round.source != "invitations":
        raise NoInvitations()
    if round.status == "closed":
        raise AlreadyClosed()
    again = await issued(connection, round_id)
    if not again:
        await _invite(connection, staff, round)
    known = await _invitations(connection, round_id)
    named = {one.id for one in known if (one.estate_id, one.dwelling) in anew}
    if named:
        await queries.release_members(connection, ids=list(named))
        known = await _invitations(connection, round_id)
    # When homes are named, a second list replaces their links and no others.
    fresh = [one for one in known if not one.carried and (not again or not anew or one.id in named)]
    sent = await safe.reachable(connection, round_id) if again and unreached else frozenset[UUID]()
    fresh = [one for one in fresh if one.id not in sent]
    if handed_out:
        await queries.note_handed_out(connection, id=round_id)
    missing = max(0, len(fresh) - len(prepared))
    made = [*prepared, *await codes.new_rights(settings.secret_key, missing)][: len(fresh)]
    hashes = [tokens.token_hash(settings.secret_key, right.token) for right in made]
    await queries.replace_tokens(connection, ids=[one.id for one in fresh], token_hashes=hashes)
    if round.wave is None:
        ids_and_tokens = [(one.id, right.token) for one, right in zip(fresh, made, strict=True)]
        await safe.keep_links(
            connection, staff.organisation_id, round_id, ids_and_tokens, again=again, some=bool(sent)
        )
    elif round.status == "open" and not again:
        await queries.carry_links(connection, id=round_id)
    carried = [one for one in known if one.carried]
    action = "campaign.links_reissued" if again else "campaign.links_issued"
    if not handed_out:
        action = "campaign.links_made"
    details = {"links": len(made)} | ({"carried": len(carried)} if round.wave else {})
    await audit.record(connection, action, "campaign", round_id, staff.id, details)
    left_out = {row["id"] async for row in queries.left_out(connection, id=round_id)}
    kept = [(one, None) for one in carried]
    pairs: list[tuple[_Invitation, Right | None]] = [*zip(fresh, made, strict=True), *kept]
    return sorted(
        (_link(settings, round, one, right) for one, right in pairs if one.id not in left_out),
        key=lambda link: (link.area, link.estate, link.dwelling),
    )


async def _invite(connection: Connection, staff: Staff, round: Round) -> None:
    """An invitation for every dwelling that is asked; in a later wave one for every member, and for homes
    without any."""
    homes: dict[UUID, set[int]] = {}
    if round.wave is not None:
        asked = {estate.id: estate.invited or 0 for estate in round.estates}
        homes = await panels.invite_members(connection, staff.organisation_id, round.id, asked)
    new = [
        (estate.id, dwelling)
        for estate in round.estates
        for dwelling in _asked(estate)
        if dwelling not in homes.get(estate.id, ())
    ]
    await queries.add_invitations(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=round.id,
        ids=[uuid4() for _ in new],
        estate_ids=[estate_id for estate_id, _ in new],
        dwellings=[dwelling for _, dwelling in new],
        token_hashes=[tokens.unknown_hash() for _ in new],
    )


def _asked(estate: RoundEstate) -> Sequence[int]:
    """Numbers of the dwellings to ask: all or, drawn here and never again, a simple random sample."""
    if estate.dwellings is None:
        return range(1, (estate.invited or 0) + 1)
    return sorted(_lots.sample(range(1, estate.dwellings + 1), estate.invited or 0))


async def _invitations(connection: Connection, round_id: UUID) -> list[_Invitation]:
    rows = [row async for row in queries.invitations(connection, id=round_id)]
    return [_Invitation(row["id"], row["estate_id"], row["dwelling"], row["carried"]) for row in rows]


def _link(settings: Settings, round: Round, invitation: _Invitation, right: Right | None) -> Link:
    place = next(estate for estate in round.estates if estate.id == invitation.estate_id)
    return Link(
        place.area,
        place.name,
        invitation.dwelling,
        "" if right is None else spelling.grouped(right.code),
        "" if right is None else right.token,
        "" if right is None else f"{settings.base_url}/s/{right.token}",
        invitation.id,
    )
