"""A round with invited tenants, laid straight into the database: where tests of the tenant's pages begin."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx

from forms.loading import content_hash, dump, load
from forms.questionnaire import Questionnaire
from survey.ballots.tokens import new_token, token_hash
from survey.database.pool import Database
from tests.ballots import STOCK, sent_answers

ORGANISATION = "Eksempelvik kommune"


@dataclass(frozen=True)
class Invited:
    """A round and the links of its tenants."""

    organisation_id: UUID
    campaign_id: UUID
    estate_id: UUID
    tokens: tuple[str, ...]

    @property
    def token(self) -> str:
        return self.tokens[0]

    @property
    def link(self) -> str:
        return f"/s/{self.token}"


def small_questionnaire() -> Questionnaire:
    """Every kind of question and condition on three pages."""
    return load(Path(__file__).parent / "samples" / "phone.yaml")


async def invite(
    database: Database,
    secret_key: bytes,
    *,
    questionnaire: Questionnaire | None = None,
    tenants: int = 1,
    status: str = "open",
    opens_on: date | None = None,
    closes_on: date | None = None,
    closed_on: date | None = None,
    languages: Sequence[str] = ("nb", "nn", "en"),
) -> Invited:
    """A round that began a week ago and ends in a week, where nothing else is said."""
    opens_on = opens_on or date.today() - timedelta(days=7)
    closes_on = closes_on or date.today() + timedelta(days=7)
    questionnaire = questionnaire or small_questionnaire()
    organisation, area, estate, version, campaign = (uuid4() for _ in range(5))
    links = tuple(new_token() for _ in range(tenants))
    async with database.owner() as connection:
        await connection.execute(
            "insert into registry.organisations values ($1, $2, 'municipality', true)",
            organisation,
            ORGANISATION,
        )
        await connection.execute(
            "insert into registry.areas values ($1, $2, null, 'Havna')", organisation, area
        )
        await connection.execute(
            "insert into registry.estates values ($1, $2, $3, 'Fjordgata 4–10', 40)",
            organisation,
            estate,
            area,
        )
        await connection.execute(
            "insert into registry.questionnaire_versions values ($1, $2, $3, $4, $5, $6::text::jsonb)",
            organisation,
            version,
            questionnaire.id,
            questionnaire.version,
            content_hash(questionnaire),
            json.dumps(dump(questionnaire)),
        )
        await connection.execute(
            "insert into registry.campaigns (organisation_id, id, name, series, questionnaire_version_id,"
            " languages, opens_on, closes_on, results_on, status, closed_on)"
            " values ($1, $2, 'Bo i Havna', 'havna', $3, $4, $5, $6, $7, $8, $9)",
            organisation,
            campaign,
            version,
            list(languages),
            opens_on,
            closes_on,
            closes_on + timedelta(days=21),
            status,
            closed_on,
        )
        await connection.execute(
            "insert into registry.campaign_estates values ($1, $2, $3, 40)", organisation, campaign, estate
        )
        await connection.executemany(
            "insert into registry.invitations (organisation_id, campaign_id, estate_id, dwelling, token_hash)"
            " values ($1, $2, $3, $4, $5)",
            [
                (organisation, campaign, estate, number, token_hash(secret_key, token))
                for number, token in enumerate(links, start=1)
            ],
        )
        await connection.execute("select ballots.take_key($1, $2)", organisation, campaign)
    return Invited(organisation, campaign, estate, links)


async def stored_answers(database: Database, invited: Invited, keys: Path = STOCK) -> list[dict[str, object]]:
    """Every answer document of the round, in the box or out of it. `keys`: of the server that made more."""
    return await sent_answers(database, invited.campaign_id, keys)


async def press_send(client: httpx.AsyncClient, link: str) -> httpx.Response:
    """Send from the page that shows all answers, with the fields it has."""
    return await client.post(f"{link}/send", data=await send_form(client, link))


async def send_form(client: httpx.AsyncClient, link: str) -> dict[str, str]:
    """What that page sends: the seed of the receipt, and the sealed draft; nothing when there is nothing to
    send."""
    page = (await client.get(f"{link}/se-over")).text
    return dict(re.findall(r'name="(fro|utkast)" value="([\w=-]+)"', page))
