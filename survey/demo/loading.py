"""Puts the demonstration into the database. Every step looks first: a second run finds its work done.

What is sealed stays as it is. New with every run is the password; the personal links, which cannot be read
back from the database, where the files are made anew (`survey.demo.made`); and the open round when the last
one is past its closing day.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from forms import loading
from survey import declared
from survey.ballots import tokens
from survey.campaigns import rounds
from survey.campaigns.links import Link, issue_links
from survey.campaigns.rounds import NewRound, Round
from survey.campaigns.templates import templates
from survey.database.pool import Database
from survey.delivery import contacts
from survey.delivery.contact_file import Checked, Place, Row
from survey.delivery.sealing import Contact
from survey.demo.errors import NotADemo
from survey.demo.foundation import FOUNDATION
from survey.demo.generator import draw_wave
from survey.demo.truth import ESTATES, ORGANISATION, WAVES, EstateTruth
from survey.people import accounts
from survey.people.errors import EmailTaken
from survey.people.roles import Role, Staff
from survey.register import estates, organisations
from survey.register.errors import NoSuchOrganisation
from survey.responses.reading import read_table
from survey.responses.rows import GoodRow, check_rows, column_names
from survey.responses.storing import ClosedRound, store
from survey.settings import Settings

COPENHAGEN = "København 1976 (historisk undersøkelse)"
COPENHAGEN_ROUND = "Leietakere i København 1976"
COPENHAGEN_FILE = Path(__file__).parent / "data" / "copenhagen-1976.csv"
YEAR_OF_PUBLICATION = 1976
OPEN_ROUND = "Prøv selv"
OPEN_DAYS = 60
DECLARED_GRADE = 4
"""How far the made-up municipality says tenants take part, 1 to 7."""
LANGUAGES = ("nb", "nn", "en")

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Login:
    email: str
    role: Role
    organisation: str


LOGINS = (
    Login("boligkontor@eksempelvik.example", Role.OFFICER, ORGANISATION),
    Login("forsker@eksempelvik.example", Role.RESEARCHER, ORGANISATION),
    Login("analytiker@eksempelvik.example", Role.ANALYST, ORGANISATION),
    Login("boligkontor@fjellheim.example", Role.OFFICER, FOUNDATION),
    Login("forsker@kobenhavn.example", Role.RESEARCHER, COPENHAGEN),
)


async def organisation(database: Database, name: str, kind: str, *, fictitious: bool) -> UUID:
    """The organisation, made when it is new. Raises NotADemo when the name belongs to a real one."""
    try:
        found = await organisations.named(database, name)
    except NoSuchOrganisation:
        return await organisations.add(database, name, kind, fictitious=fictitious)
    async with database.registry(found) as connection:
        own = await organisations.own(connection)
    if own.fictitious != fictitious:
        raise NotADemo("demo.not_a_demo", organisation=name)
    return found


async def copenhagen(database: Database, organisation_id: UUID) -> bool:
    """The real survey of 1976, imported like any file. False when it was there."""
    if await find_round(database, organisation_id, COPENHAGEN_ROUND):
        return False
    questionnaire = loading.shipped("copenhagen")
    table = read_table(COPENHAGEN_FILE, column_names(questionnaire, "leiegard").__contains__)
    checked = check_rows(table, questionnaire, "leiegard", "nb")
    round = ClosedRound(
        name=COPENHAGEN_ROUND,
        organisation=COPENHAGEN,
        questionnaire=questionnaire,
        opens_on=date(YEAR_OF_PUBLICATION, 1, 1),
        closes_on=date(YEAR_OF_PUBLICATION, 12, 31),
        results_on=date(YEAR_OF_PUBLICATION, 12, 31),
        series=questionnaire.id,
    )
    await store(database, organisation_id, round, [replace(row, area="København") for row in checked.good])
    return True


async def made_up_estates(
    database: Database, organisation_id: UUID, truths: Sequence[EstateTruth] = ESTATES
) -> None:
    """The estates of a made-up landlord, those that are missing."""
    async with database.registry(organisation_id) as connection:
        known = {estate.name for estate in await estates.all_of(connection)}
        for truth in truths:
            if truth.name not in known:
                await estates.add(
                    connection, organisation_id, area=truth.area, name=truth.name, dwellings=truth.dwellings
                )


async def made_up_waves(
    database: Database,
    organisation_id: UUID,
    name: str = ORGANISATION,
    truths: Sequence[EstateTruth] = ESTATES,
) -> int:
    """Both closed rounds with drawn answers; returns how many were made now."""
    questionnaire = loading.shipped("boindeks")
    made = 0
    for wave in WAVES:
        if await find_round(database, organisation_id, wave.name):
            continue
        rows: list[GoodRow] = draw_wave(questionnaire, wave, tuple(truths))
        round = ClosedRound(
            name=wave.name,
            organisation=name,
            questionnaire=questionnaire,
            opens_on=wave.opens_on,
            closes_on=wave.closes_on,
            results_on=wave.results_on,
            series=questionnaire.id,
            invited={truth.name: truth.dwellings for truth in truths},
            source="invitations",
        )
        await store(database, organisation_id, round, rows)
        made += 1
    return made


async def staff(database: Database, ids: dict[str, UUID]) -> tuple[str, Staff]:
    """The demonstration's accounts with a fresh common password, and the officer to act as."""
    password = secrets.token_urlsafe(9)
    for login in LOGINS:
        try:
            await accounts.add(
                database,
                ids[login.organisation],
                email=login.email,
                name=f"{login.email.partition('@')[0].capitalize()} (demo)",
                role=login.role,
                password=password,
            )
        except EmailTaken:
            await accounts.change_password(database, login.email, password)
    return password, await acting_officer(database, ids[ORGANISATION])


async def acting_officer(database: Database, organisation_id: UUID) -> Staff:
    """The officer's account as the person who starts rounds and prints reports."""
    async with database.registry(organisation_id) as connection:
        staff_id: UUID = await _queries.staff_id(connection, email=LOGINS[0].email)
    return Staff(staff_id, LOGINS[0].email, LOGINS[0].role, organisation_id, ORGANISATION, True, b"")


async def opened_before(database: Database, officer: Staff) -> Round | None:
    """The round of an earlier run, while it takes answers."""
    async with database.registry(officer.organisation_id) as connection:
        known = await rounds.rounds(connection)
    return next((one for one in known if one.name.startswith(OPEN_ROUND) and one.phase == "open"), None)


async def open_round(database: Database, settings: Settings, officer: Staff) -> tuple[Round, list[Link]]:
    """A round that takes answers today: the last one while it is open, else a new one with made-up contacts.

    New personal links for every dwelling; those of an earlier run open nothing any more.
    """
    there = await opened_before(database, officer)
    async with database.registry(officer.organisation_id) as connection:
        if there is not None:
            return there, await issue_links(connection, settings, officer, there.id)
        known = await rounds.rounds(connection)
        today = known[0].today if known else date.today()
        names = {round.name for round in known}
        closes_on = today + timedelta(days=OPEN_DAYS)
        new = NewRound(
            name=OPEN_ROUND if OPEN_ROUND not in names else f"{OPEN_ROUND} {today.isoformat()}",
            questionnaire=templates()["kort"].questionnaire,
            estate_ids=tuple(estate.id for estate in await estates.all_of(connection) if estate.askable),
            languages=LANGUAGES,
            opens_on=today,
            closes_on=closes_on,
            results_on=closes_on + timedelta(days=21),
            declared_grade=DECLARED_GRADE,
            declared=declared.suggested(LANGUAGES),
        )
        round_id = await rounds.create(connection, officer, new)
        made = await issue_links(connection, settings, officer, round_id)
        written = _made_up_contacts(
            await contacts.places(connection, await rounds.find(connection, round_id))
        )
        await contacts.keep(connection, settings, officer, round_id, written)
        await rounds.open_round(connection, officer, round_id)
        return await rounds.find(connection, round_id), made


def _made_up_contacts(places: Sequence[Place]) -> Checked:
    """An address at example.org, where nobody lives, for three homes of four; the others need letters."""
    homes = [
        (place, dwelling) for place in places for dwelling in range(1, place.dwellings + 1) if dwelling % 4
    ]
    rows = [
        Row(line, place.id, dwelling, False, Contact(f"oppdiktet-{line}@example.org", "", LANGUAGES[0]))
        for line, (place, dwelling) in enumerate(homes, start=2)
    ]
    return Checked(tuple(rows), (), ())


async def unused(database: Database, settings: Settings, urls: Sequence[str], most: int) -> list[str]:
    """The first of these links by which nobody has answered yet: those of an earlier run may have been."""
    by_hash = {tokens.token_hash(settings.secret_key, url.rpartition("/")[2]): url for url in urls}
    async with database.owner() as connection:
        free = {row["token_hash"] async for row in _queries.unused(connection, token_hashes=list(by_hash))}
    return [url for token_hash, url in by_hash.items() if token_hash in free][:most]


async def find_round(database: Database, organisation_id: UUID, name: str) -> Round | None:
    async with database.registry(organisation_id) as connection:
        known = await rounds.rounds(connection)
    return next((round for round in known if round.name == name), None)
