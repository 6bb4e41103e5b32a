"""Organisations with staff, estates and rounds: where tests of the console begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from uuid import UUID, uuid4

import httpx
from argon2 import PasswordHasher

from forms.answers import Layout
from forms.questionnaire import Questionnaire
from survey.ballots import mixing, submission, tokens
from survey.ballots import rounds as ballot_rounds
from survey.ballots.submission import Outcome
from survey.campaigns import rounds
from survey.campaigns.rounds import NewRound
from survey.campaigns.templates import templates
from survey.database.pool import Connection, Database
from survey.people import accounts
from survey.people.roles import Role, Staff
from survey.register import estates, organisations
from survey.settings import Settings
from tests.ballots import SEED

PASSWORD = "en lang setning til døra"
_numbers = count(1)


@cache
def short_form() -> Questionnaire:
    return templates()["kort"].questionnaire


@cache
def _password_hash() -> str:
    """Of PASSWORD, weak on purpose: one of full strength takes a third of a second to make and to check, and
    hundreds of tests sign in. tests/integration/test_people.py says how strong people's own are.
    """
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


@dataclass(frozen=True)
class Office:
    """One organisation; `estates`: (id, dwellings), the smallest first."""

    organisation_id: UUID
    name: str
    estates: tuple[tuple[UUID, int], ...]
    staff: dict[Role, Staff]
    emails: dict[Role, str]


async def found(database: Database, name: str, *, fictitious: bool = False) -> Office:
    """An organisation with three estates of 7, 40 and 180 dwellings and one person of each role."""
    organisation_id = await organisations.add(database, name, "municipality", fictitious=fictitious)
    own = []
    async with database.registry(organisation_id) as connection:
        for area, estate, dwellings in (
            ("Nordbyen", "Bakkegata 2", 7),
            ("Nordbyen", "Nordlysgata 4-18", 40),
            ("Sentrum", "Havneveien 1-9", 180),
        ):
            id = await estates.add(connection, organisation_id, area=area, name=estate, dwellings=dwellings)
            own.append((id, dwellings))
    emails = {role: f"{role.value}.{organisation_id.hex[:8]}@example.org" for role in Role}
    staff = {}
    for role, email in emails.items():
        id = await accounts.add_hashed(
            database,
            organisation_id,
            email=email,
            name=f"Kari {role.value}",
            role=role,
            password_hash=_password_hash(),
        )
        staff[role] = Staff(id, f"Kari {role.value}", role, organisation_id, name, fictitious, b"s" * 32)
    return Office(organisation_id, name, tuple(own), staff, emails)


def new_round(
    office: Office, name: str | None = None, opens_on: date | None = None, days: int = 14
) -> NewRound:
    """A name of its own when none is given; it begins today."""
    opens_on = opens_on or date.today()
    return NewRound(
        name=name or f"Runde 2025 nr. {next(_numbers)}",
        questionnaire=short_form(),
        estate_ids=tuple(id for id, _ in office.estates),
        languages=("nb", "nn", "en"),
        opens_on=opens_on,
        closes_on=opens_on + timedelta(days=days),
        results_on=opens_on + timedelta(days=days + 20),
    )


async def make_round(database: Database, office: Office, new: NewRound | None = None) -> UUID:
    """A draft."""
    async with database.registry(office.organisation_id) as connection:
        return await rounds.create(connection, office.staff[Role.OFFICER], new or new_round(office))


async def open_round(database: Database, office: Office, new: NewRound | None = None) -> UUID:
    round_id = await make_round(database, office, new)
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    return round_id


async def answer(database: Database, office: Office, round_id: UUID, counts: tuple[int, ...]) -> None:
    """So many answers in each estate, by a simple pattern; straight into the store."""
    questionnaire = short_form()
    layout = Layout.of(questionnaire)
    closed = [item for item in questionnaire.items() if item.kind == "choice"]
    rows = []
    for (estate_id, _), n in zip(office.estates, counts, strict=True):
        for person in range(n):
            answers = {
                item.id: questionnaire.choices(item)[
                    (person * 7 + place * 3 + person // 5) % len(questionnaire.choices(item))
                ].code
                for place, item in enumerate(closed)
            }
            rows.append((uuid4(), estate_id, layout.pack(answers)))
    async with database.registry(office.organisation_id) as connection:
        version_id = (await rounds.find(connection, round_id)).questionnaire_version_id
    async with database.owner() as connection:  # nobody else may: it is mixed into open rounds
        await connection.executemany(
            "insert into answers.responses (organisation_id, id, campaign_id, estate_id,"
            " questionnaire_version_id, language, mode, answers, codes)"
            " values ($1, $2, $3, $4, $5, 'nb', 'web', '{}', $6)",
            [
                (office.organisation_id, id, round_id, estate_id, version_id, codes)
                for id, estate_id, codes in rows
            ],
        )


async def send(connection: Connection, settings: Settings, token: str) -> None:
    """One tenant's answers, sent as the tenant's pages send them: sealed, into the box."""
    found = await ballot_rounds.find(connection, settings.secret_key, token)
    assert found is not None
    version = await ballot_rounds.load_version(connection, found.round.questionnaire_version_id)
    closed = [item for item in short_form().items() if item.kind == "choice"]
    answers = {item.id: short_form().choices(item)[0].code for item in closed}
    sent = await submission.submit(
        connection,
        settings.secret_key,
        token,
        found.round,
        version,
        answers,
        seen=None,
        language="nb",
        receipt=tokens.receipt(settings.secret_key, token, SEED),
    )
    assert sent is Outcome.ACCEPTED


async def closed_round(
    database: Database,
    office: Office,
    counts: tuple[int, ...] = (3, 24, 90),
    new: NewRound | None = None,
) -> UUID:
    round_id = await open_round(database, office, new)
    await answer(database, office, round_id, counts)
    await close(database, office.staff[Role.OFFICER], round_id)
    return round_id


async def close(database: Database, staff: Staff, round_id: UUID) -> None:
    """Closed, and looked at by a mixer that finds nothing to open."""
    await rounds.close_round(database, staff, round_id)
    await counted(database)


async def counted(database: Database) -> None:
    """What closed rounds say when all of them is mixed."""
    await mixing.note_closed(database)
    async with database.mixer() as connection:
        await connection.execute("select ballots.note_counted(array(select ballots.uncounted()))")


def csrf_of(page: httpx.Response) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found.group(1)


async def sign_in(client: httpx.AsyncClient, office: Office, role: Role = Role.OFFICER) -> httpx.Response:
    page = await client.get("/kontor/logg-inn")
    return await client.post(
        "/kontor/logg-inn",
        data={"csrf": csrf_of(page), "epost": office.emails[role], "passord": PASSWORD},
    )


async def token_for(client: httpx.AsyncClient) -> str:
    """A CSRF token of the session, from a page everybody may see."""
    return csrf_of(await client.get("/kontor/runder"))


def in_words(day: date) -> str:
    """A date as the console writes it in bokmål."""
    months = [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ]
    return f"{day.day}. {months[day.month - 1]} {day.year}"
