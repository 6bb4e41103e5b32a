"""The count of the morning: once a day, whatever the clocks do and whoever is killed."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs

from survey import mixer
from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.campaigns import coverage, rounds
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import PROJECT
from tests import elections, offices
from tests.mornings import OSLO, lot_falls, morning, mornings_pass, note, one_morning
from tests.offices import Office
from tests.waiting import until

NOTHING: tuple[None, None, None] = (None, None, None)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune")


async def _seen(database: Database, office: Office, round_id: UUID) -> coverage.Coverage:
    async with database.registry(office.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    async with database.answers(office.organisation_id) as connection:
        return (await coverage.seen(connection, (round,)))[round_id]


async def _numbers(database: Database, office: Office, round_id: UUID) -> tuple[int | None, ...]:
    return tuple(estate.answered.n for estate in (await _seen(database, office, round_id)).estates)


async def test_before_the_first_morning_nothing_is_told_however_late_the_round_was_opened(
    database: Database, office: Office
) -> None:
    """Opened at a minute to midnight and answered at once: the first figures are those of five o'clock."""
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (7, 40, 180))
    for hour in (time(23, 59), time(23, 59, 59)):
        assert await note(database, morning(0, hour)) == 0
    for hour in (time(0), time(0, 1), time(4, 59, 59)):
        assert await note(database, morning(1, hour)) == 0
    seen = await _seen(database, office, round_id)
    assert seen.noted_on is None and seen.total.n is None
    assert await _numbers(database, office, round_id) == NOTHING
    assert await note(database, morning(1, time(5))) == 1
    assert (await _seen(database, office, round_id)).noted_on == morning(1).date()


async def test_a_round_that_opens_later_is_not_counted_before(database: Database, office: Office) -> None:
    new = offices.new_round(office, opens_on=date.today() + timedelta(days=3))
    await offices.open_round(database, office, new)
    assert await note(database, morning(2)) == 0
    assert await note(database, morning(3)) == 1


async def test_a_morning_is_counted_once(database: Database, office: Office) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (7, 12, 60))
    await mornings_pass(database)
    assert await _numbers(database, office, round_id) == (5, 10, 60)
    last = (await _seen(database, office, round_id)).noted_on
    assert last is not None
    await offices.answer(database, office, round_id, (0, 20, 100))
    for minute in range(0, 180, 5):
        at = datetime.combine(last, time(5), OSLO) + timedelta(minutes=minute)
        assert await note(database, at) == 0
    assert await _numbers(database, office, round_id) == (5, 10, 60)
    await mornings_pass(database)
    assert await _numbers(database, office, round_id) == (5, 30, 160)


async def test_a_missed_morning_stays_missed_and_the_next_is_counted(
    database: Database, office: Office
) -> None:
    """A mixer that is started in the middle of the day does not count then: nobody chooses the moment."""
    round_id = await offices.open_round(database, office)
    assert await note(database, morning(1)) == 1
    await offices.answer(database, office, round_id, (7, 12, 60))
    for days in range(2, 9):
        for hour in range(8, 24):
            assert await note(database, morning(days, time(hour))) == 0
    seen = await _seen(database, office, round_id)
    assert (seen.noted_on, seen.total.n) == (morning(1).date(), None)
    assert await note(database, morning(9)) == 1
    await mornings_pass(database)
    assert await _numbers(database, office, round_id) == (5, 10, 60)


@pytest.mark.parametrize("month", [3, 10, 12])
async def test_every_day_has_one_morning_when_clocks_are_put_forward_and_back(
    database: Database, office: Office, month: int
) -> None:
    """Asked every ten minutes of five days, as the mixer asks every few seconds; dates are Norwegian.

    The days are those around the last Sunday of March and of October next year, and of the year's end.
    """
    await offices.open_round(database, office)
    last = date(date.today().year + 1, month, 31)
    first = last - timedelta(days=(last.weekday() + 1) % 7 + 2)
    counted = []
    at = datetime.combine(first, time(0), UTC)
    for _ in range(5 * 24 * 6):
        if await note(database, at):
            counted.append(at.astimezone(OSLO))
        at += timedelta(minutes=10)
    assert [there.date() for there in counted] == [first + timedelta(days=n) for n in range(5)]
    assert {there.time() for there in counted} == {time(5)}


async def test_a_clock_that_is_put_back_or_forward_by_days_gives_no_day_twice(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    assert await note(database, morning(5)) == 1
    await offices.answer(database, office, round_id, (7, 12, 60))
    for days in (4, 3, 5, 1, 5):
        assert await note(database, morning(days)) == 0
    assert await _numbers(database, office, round_id) == NOTHING
    assert await note(database, morning(6)) == 1


async def test_a_count_that_is_killed_in_the_middle_is_taken_anew_and_as_a_whole(
    database: Database, database_url: str, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (7, 12, 60))
    dying = await asyncpg.connect(database_url)
    transaction = dying.transaction()
    await transaction.start()
    assert await dying.fetchval("select ballots.note_counts_at($1)", morning(1)) == 1
    async with database.owner() as connection:
        assert await connection.fetchval("select pg_terminate_backend($1, 10000)", dying.get_server_pid())
    dying.terminate()
    assert (await _seen(database, office, round_id)).noted_on is None
    assert await note(database, morning(1)) == 1
    assert await note(database, morning(1)) == 0


async def test_two_mixers_count_a_morning_once(database: Database, database_url: str, office: Office) -> None:
    await offices.open_round(database, office)
    first = await asyncpg.connect(database_url)
    try:
        async with first.transaction():
            assert await first.fetchval("select ballots.note_counts_at($1)", morning(1)) == 1
            second = asyncio.create_task(note(database, morning(1)))
            waiting = "select exists (select from pg_locks where not granted)"
            await until(lambda: first.fetchval(waiting), "it waits for the other to end", does=second)
        assert await second == 0
    finally:
        await first.close()


async def test_numbers_never_fall_not_even_by_the_owners_hand(database: Database, office: Office) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (7, 12, 60))
    await mornings_pass(database)
    async with database.owner() as connection:
        await connection.execute("delete from answers.responses")
    await mornings_pass(database, 10)
    assert await _numbers(database, office, round_id) == (5, 10, 60)
    for statement in (
        "update ballots.noted set n = n - 5 where n > 5",
        "update ballots.noted_rounds set noted_on = noted_on - 1",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with database.owner() as connection:
                await connection.execute(statement)


async def test_a_building_in_two_rounds_is_counted_in_each_by_itself(
    database: Database, office: Office
) -> None:
    one = await offices.open_round(database, office)
    two = await offices.open_round(database, office)
    await offices.answer(database, office, one, (7, 12, 60))
    await offices.answer(database, office, two, (0, 40, 4))
    assert await note(database, morning(1)) == 2
    await mornings_pass(database)
    assert await _numbers(database, office, one) == (5, 10, 60)
    assert await _numbers(database, office, two) == (None, 40, None)
    await offices.close(database, office.staff[Role.OFFICER], one)
    await offices.answer(database, office, two, (0, 0, 4))
    await mornings_pass(database)
    assert await _numbers(database, office, one) == (7, 12, 60), "closed: the final figures"
    assert await _numbers(database, office, two) == (None, 40, 5)


async def test_closing_tells_the_final_figures_and_forgets_what_was_noted(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (4, 12, 63))
    assert await note(database, morning(1)) == 1
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    seen = await _seen(database, office, round_id)
    assert (seen.total.n, seen.total.exact, seen.noted_on) == (75, True, None)
    assert await _numbers(database, office, round_id) == (None, 12, 63)
    await one_morning(database)
    async with database.owner() as connection:
        for table in ("ballots.noted_rounds", "ballots.noted"):
            assert await connection.fetchval(f"select count(*) from {table}") == 0  # noqa: S608


NOTE_COUNTS = """create or replace function ballots.note_counts() returns integer
language plpgsql security definer set search_path = pg_catalog as $$ begin {} end $$"""


async def _the_clock_says(database: Database, body: str) -> None:
    """What the mixer calls, with the body given: this test alone, its database goes with it."""
    async with database.owner() as connection:
        await connection.execute(NOTE_COUNTS.format(body))


async def test_the_mixer_counts_in_the_morning_at_each_of_its_looks_and_by_no_clock_but_the_databases(
    database: Database, office: Office, keys: KeyFolder
) -> None:
    """The mixer's own work on both sides of five o'clock, whatever hour it is here."""
    round_id = await offices.open_round(database, office)
    for at, noted in (
        (time(4, 59, 59), None),
        (time(5), morning(1).date()),
        (time(5, 0, 5), morning(1).date()),
    ):
        there = morning(1, at).isoformat()
        await _the_clock_says(database, f"return ballots.note_counts_at('{there}');")
        await mixer.work_once(database, keys)
        assert (await _seen(database, office, round_id)).noted_on == noted


async def test_a_count_that_fails_keeps_the_mixer_from_nothing_else(
    database: Database, keys: KeyFolder
) -> None:
    held = await elections.hold(database, [40])
    await elections.send_all(database, [token for links in held.tenants.values() for token in links][:30])
    await _the_clock_says(database, "raise exception 'no';")
    await lot_falls(database)
    with capture_logs() as told:
        assert (await mixer.work_once(database, keys)).moved > 0
    assert "how many have answered cannot be noted" in {line["event"] for line in told}


def _as_migrated() -> str:
    """The function as the product has it: in tests it stands at noon."""
    function = re.compile(r"create (?:or replace )?function (ballots\.note_counts\(\).*?\$\$;)", re.DOTALL)
    written = [path.read_text() for path in sorted((PROJECT / "migrations").glob("*.sql"))]
    return f"create or replace function {[made for text in written for made in function.findall(text)][-1]}"


async def test_the_count_goes_by_the_clock_of_the_database(database: Database, office: Office) -> None:
    """Asked at any hour of the day this test may run at: what it notes is what the hour asks for."""
    await offices.open_round(database, office)
    async with database.owner() as connection:
        await connection.execute(_as_migrated())
    # In a transaction of its own: the mixer sees the function only when that one is done.
    async with database.owner() as connection:
        before = await connection.fetchval("select clock_timestamp()")
        noted = await mixing.note_counts(database)
        after = await connection.fetchval("select clock_timestamp()")
    assert bool(noted) in {5 <= at.astimezone(OSLO).hour < 8 for at in (before, after)}


@pytest.mark.parametrize(
    "statement",
    [
        "select ballots.note_counts()",
        "select ballots.note_counts_at(now())",
        "select * from ballots.noted",
        "select * from ballots.noted_rounds",
        "select count(*) from ballots.box",
        "insert into ballots.noted_rounds select gen_random_uuid(), gen_random_uuid(), current_date",
    ],
)
@pytest.mark.parametrize("door", ["registry", "answers", "phone", "sender"])
async def test_nobody_but_the_mixer_has_it_counted_and_nobody_chooses_the_moment(
    database: Database, office: Office, door: str, statement: str
) -> None:
    opened = getattr(database, door)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with (
            opened(office.organisation_id) if door in ("registry", "answers") else opened() as connection
        ):
            await connection.fetch(statement)
    if "note_counts_at" in statement or "from" in statement:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.mixer() as connection:
                await connection.fetch(statement)


async def test_the_answers_of_an_open_round_are_read_by_no_page(database: Database, office: Office) -> None:
    open_id = await offices.open_round(database, office)
    await offices.answer(database, office, open_id, (7, 12, 60))
    closed_id = await offices.closed_round(database, office, (6, 20, 30))
    async with database.answers(office.organisation_id) as connection:
        rows = await connection.fetch("select campaign_id, count(*) as n from answers.responses group by 1")
    assert [(row["campaign_id"], row["n"]) for row in rows] == [(closed_id, 56)]
    other = await offices.found(database, "En annen kommune")
    async with database.answers(other.organisation_id) as connection:
        assert await connection.fetch("select * from answers.told_counts($1)", [open_id, closed_id]) == []
        assert await connection.fetch("select * from answers.noted_on($1)", [open_id, closed_id]) == []
