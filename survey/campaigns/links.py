"""Personal links: made, handed out once, and never to be read again.

The database keeps a keyed hash of each token, and the token itself only sealed for the sender's process. A
lost list is therefore replaced, not looked up: every dwelling gets a new link and the old links open
nothing. Whoever has answered stays counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from survey.ballots import codes, tokens
from survey.ballots.codes import Right
from survey.campaigns import rounds
from survey.campaigns.errors import AlreadyClosed, NoInvitations
from survey.campaigns.rounds import queries
from survey.database.pool import Connection
from survey.delivery import safe
from survey.people import audit
from survey.people.roles import Staff
from survey.settings import Settings


@dataclass(frozen=True)
class Link:
    area: str
    estate: str
    dwelling: int
    """A number within the estate, 1 to N: a place in the list, not a flat number and not a person."""
    code: str
    """'K7Q2FA-9M3XTB', as it is printed."""
    token: str
    url: str
    invitation_id: UUID


async def issued(connection: Connection, round_id: UUID) -> bool:
    """Whether links were made before, so that a second list replaces the first."""
    made: bool = await queries.has_invitations(connection, id=round_id)
    return made


async def needed(connection: Connection, round_id: UUID) -> int:
    """How many links a round takes. Raises NoSuchRound."""
    round = await rounds.find(connection, round_id)
    rows = [row async for row in queries.invitations(connection, id=round_id)]
    return len(rows) or round.invited or 0


async def issue_links(
    connection: Connection,
    settings: Settings,
    staff: Staff,
    round_id: UUID,
    prepared: Sequence[Right] = (),
) -> list[Link]:
    """New links for every dwelling of the round; those whose homes do not wish to be asked are not
    handed out. Raises NoSuchRound, AlreadyClosed, NoInvitations.

    `prepared`: codes that nobody has been given, `needed` of them, derived before anything is locked (seconds
    for hundreds); what is missing is made here.
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
    if again:
        rows = [row async for row in queries.invitations(connection, id=round_id)]
        invitations = [(row["id"], row["estate_id"], row["dwelling"]) for row in rows]
    else:
        invitations = [
            (uuid4(), estate.id, dwelling)
            for estate in round.estates
            for dwelling in range(1, (estate.invited or 0) + 1)
        ]
    missing = max(0, len(invitations) - len(prepared))
    made = [*prepared, *await codes.new_rights(settings.secret_key, missing)][: len(invitations)]
    hashes = [tokens.token_hash(settings.secret_key, right.token) for right in made]
    if again:
        await queries.replace_tokens(connection, ids=[id for id, _, _ in invitations], token_hashes=hashes)
    else:
        await queries.add_invitations(
            connection,
            organisation_id=staff.organisation_id,
            campaign_id=round_id,
            ids=[id for id, _, _ in invitations],
            estate_ids=[estate_id for _, estate_id, _ in invitations],
            dwellings=[dwelling for _, _, dwelling in invitations],
            token_hashes=hashes,
        )
    ids_and_tokens = [(id, right.token) for (id, _, _), right in zip(invitations, made, strict=True)]
    await safe.keep_links(connection, staff.organisation_id, round_id, ids_and_tokens, again=again)
    action = "campaign.links_reissued" if again else "campaign.links_issued"
    await audit.record(connection, action, "campaign", round_id, staff.id, {"links": len(made)})
    places = {estate.id: estate for estate in round.estates}
    left_out = {row["id"] async for row in queries.left_out(connection, id=round_id)}
    return sorted(
        (
            Link(
                places[estate_id].area,
                places[estate_id].name,
                dwelling,
                codes.grouped(right.code),
                right.token,
                f"{settings.base_url}/s/{right.token}",
                id,
            )
            for (id, estate_id, dwelling), right in zip(invitations, made, strict=True)
            if id not in left_out
        ),
        key=lambda link: (link.area, link.estate, link.dwelling),
    )
