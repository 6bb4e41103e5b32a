"""Personal links: made, handed out once, and never to be read again.

The database keeps a keyed hash of each token. A lost list is therefore replaced, not looked up: every
dwelling gets a new link and the old links open nothing. Whoever has answered stays counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from survey.ballots import tokens
from survey.campaigns import rounds
from survey.campaigns.errors import AlreadyClosed, NoInvitations
from survey.campaigns.rounds import queries
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.settings import Settings


@dataclass(frozen=True)
class Link:
    area: str
    estate: str
    dwelling: int
    """A number within the estate, 1 to N: a place in the list, not a flat number and not a person."""
    token: str
    url: str

    @property
    def code(self) -> str:
        """The token in groups of five, easy to read from a letter and to type."""
        return "-".join(self.token[i : i + 5] for i in range(0, len(self.token), 5))


async def issued(connection: Connection, round_id: UUID) -> bool:
    """Whether links were made before, so that a second list replaces the first."""
    made: bool = await queries.has_invitations(connection, id=round_id)
    return made


async def issue_links(connection: Connection, settings: Settings, staff: Staff, round_id: UUID) -> list[Link]:
    """New links for every dwelling of the round. Raises NoSuchRound, AlreadyClosed, NoInvitations."""
    # Held until the end of the transaction: two officers pressing at once must not make two sets of rights,
    # and the number of dwellings must not change under way.
    await rounds.lock(connection, round_id)
    round = await rounds.find(connection, round_id)
    if round.source != "invitations":
        raise NoInvitations()
    if round.status == "closed":
        raise AlreadyClosed()
    again = await issued(connection, round_id)
    places = {estate.id: estate for estate in round.estates}
    if again:
        rows = [row async for row in queries.invitations(connection, id=round_id)]
        rights = [(row["estate_id"], row["dwelling"]) for row in rows]
        made = [tokens.new_token() for _ in rights]
        await queries.replace_tokens(
            connection,
            ids=[row["id"] for row in rows],
            token_hashes=[tokens.token_hash(settings.secret_key, token) for token in made],
        )
    else:
        rights = [
            (estate.id, dwelling)
            for estate in round.estates
            for dwelling in range(1, (estate.invited or 0) + 1)
        ]
        made = [tokens.new_token() for _ in rights]
        await queries.add_invitations(
            connection,
            organisation_id=staff.organisation_id,
            campaign_id=round_id,
            estate_ids=[estate_id for estate_id, _ in rights],
            dwellings=[dwelling for _, dwelling in rights],
            token_hashes=[tokens.token_hash(settings.secret_key, token) for token in made],
        )
    action = "campaign.links_reissued" if again else "campaign.links_issued"
    await audit.record(connection, action, "campaign", round_id, staff.id, {"links": len(made)})
    return sorted(
        (
            Link(
                places[estate_id].area,
                places[estate_id].name,
                dwelling,
                token,
                f"{settings.base_url}/s/{token}",
            )
            for (estate_id, dwelling), token in zip(rights, made, strict=True)
        ),
        key=lambda link: (link.area, link.estate, link.dwelling),
    )
