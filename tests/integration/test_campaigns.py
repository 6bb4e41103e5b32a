"""Rounds below the console: what is counted, what is shown, what is sealed."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from reports.compute import compute
from survey import mixer
from survey.ballots import drafts
from survey.ballots.drafts import Draft
from survey.ballots.keys import KeyFolder
from survey.campaigns import coverage, links, rounds, waves
from survey.campaigns.coverage import Coverage
from survey.campaigns.errors import AlreadyClosed, ResultsNotReady
from survey.campaigns.templates import suggested_dates
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.mornings import morning, mornings_pass, note
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _coverage(database: Database, office: Office, round_id: UUID) -> Coverage:
    async with database.registry(office.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    async with database.answers(office.organisation_id) as connection:
        return (await coverage.seen(connection, (round,)))[round_id]


async def test_an_open_round_counts_in_fives_and_a_closed_one_exactly_from_five(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (4, 24, 93))
    await mornings_pass(database)
    shown = await _coverage(database, office, round_id)
    assert [estate.answered.n for estate in shown.estates] == [None, 20, 90]
    assert shown.total.n == 110 and not shown.total.exact
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    shown = await _coverage(database, office, round_id)
    assert [estate.answered.n for estate in shown.estates] == [None, 24, 93]
    assert shown.total.n == 117, "the hidden estate must not follow from the total"
    both = await waves.load_waves(database, office.organisation_id, round_id)
    report = compute(both.now, None, both.before)
    assert (report.n, report.invited) == (shown.total.n, shown.total.invited) == (117, 220)


async def test_the_emptiest_estates_are_named_first(database: Database, office: Office) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (2, 30, 15))
    await mornings_pass(database)
    shown = await _coverage(database, office, round_id)
    assert [estate.name for estate in shown.missing] == ["Bakkegata 2", "Havneveien 1-9"]


async def test_nobody_is_named_as_missing_before_the_numbers_have_had_a_week(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await note(database, morning(6))
    assert (await _coverage(database, office, round_id)).missing == ()
    await note(database, morning(7))
    assert len((await _coverage(database, office, round_id)).missing) == 3


async def test_everyone_living_there_is_invited_once(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    assert len({link.token for link in made}) == len(made) == 7 + 40 + 180
    per_estate = {link.estate: 0 for link in made}
    for link in made:
        per_estate[link.estate] += 1
    assert per_estate == {"Bakkegata 2": 7, "Nordlysgata 4-18": 40, "Havneveien 1-9": 180}


async def test_two_officers_pressing_at_once_make_one_set_of_rights(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office)

    async def press() -> None:
        async with database.registry(office.organisation_id) as connection:
            await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)

    await asyncio.gather(press(), press())
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from registry.invitations") == 227


async def test_closing_ends_every_draft_and_the_mixer_seals_the_answers(
    database: Database, office: Office, settings: Settings, keys: KeyFolder
) -> None:
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    async with database.phone() as connection:
        assert await drafts.save(connection, settings.secret_key, made[0].token, Draft("nb", {}, None))
    await offices.answer(database, office, round_id, (3, 24, 90))
    with pytest.raises(ResultsNotReady):
        await waves.load_wave(database, office.organisation_id, round_id)
    await rounds.close_round(database, office.staff[Role.OFFICER], round_id)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from answers.waves") == 0
    await mixer.work_once(database, keys)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.drafts") == 0
        assert await connection.fetchval("select responses from answers.waves") == 117
    wave = await waves.load_wave(database, office.organisation_id, round_id)
    assert wave.frame.height == 117 and wave.organisation == "Vår kommune"
    with pytest.raises(AlreadyClosed):
        await offices.close(database, office.staff[Role.OFFICER], round_id)


async def test_a_round_cut_off_between_closing_and_sealing_is_sealed_by_its_first_report(
    database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    both = await asyncio.gather(
        *(waves.load_wave(database, office.organisation_id, round_id) for _ in range(3))
    )
    assert len({wave.content_hash for wave in both}) == 1


async def test_the_round_before_is_the_last_of_the_same_series(database: Database, office: Office) -> None:
    last_year = offices.new_round(office, "I fjor", date.today() - timedelta(days=5), 5)
    before = await offices.closed_round(database, office, new=last_year)
    now = await offices.closed_round(database, office, new=offices.new_round(office, "I år"))
    found = await waves.previous_wave(database, office.organisation_id, now)
    assert found is not None and found.campaign_id == before
    assert await waves.previous_wave(database, office.organisation_id, before) is None


async def test_the_day_a_round_was_really_closed_is_kept_and_reaches_its_report(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        opened = await rounds.find(connection, round_id)
    assert opened.closed_on is None and opened.last_day == opened.closes_on
    await offices.answer(database, office, round_id, (3, 24, 90))
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    async with database.registry(office.organisation_id) as connection:
        closed = await rounds.find(connection, round_id)
    assert closed.closed_on == closed.last_day == closed.today < closed.closes_on
    wave = await waves.load_wave(database, office.organisation_id, round_id)
    assert wave.closed_on == closed.today and wave.closes_on == closed.closes_on


async def test_a_round_closed_after_its_deadline_took_answers_until_the_deadline(
    database: Database, office: Office
) -> None:
    late = offices.new_round(office, opens_on=date.today() - timedelta(days=9), days=9)
    round_id = await offices.open_round(database, office, late)
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set closes_on = current_date - 2")
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    async with database.registry(office.organisation_id) as connection:
        closed = await rounds.find(connection, round_id)
    assert closed.closed_on == closed.today
    assert closed.last_day == closed.today - timedelta(days=2)


async def test_a_round_that_closed_early_is_still_the_one_before_the_next(
    database: Database, office: Office
) -> None:
    long = offices.new_round(office, "Lang", date.today() - timedelta(days=30), 200)
    first = await offices.closed_round(database, office, new=long)
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set closed_on = current_date - 5")
    second = await offices.closed_round(database, office, new=offices.new_round(office, "Kort"))
    found = await waves.previous_wave(database, office.organisation_id, second)
    assert found is not None and found.campaign_id == first


def test_suggested_dates_leave_time_for_letters_answers_and_reading() -> None:
    for shift in range(14):
        today = date.today() + timedelta(days=shift)
        dates = suggested_dates(today)
        assert dates.opens_on.weekday() == 0 and 7 <= (dates.opens_on - today).days <= 13
        assert (dates.closes_on - dates.opens_on).days == 20 and dates.results_on > dates.closes_on
