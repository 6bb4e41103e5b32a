"""What is kept is deleted on the day that was promised, and no published figure changes by it."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from reports import published as figures
from reports.errors import BrokenSeal
from survey import mixer
from survey.ballots import folders, submission
from survey.ballots.keys import KeyFolder
from survey.campaigns import coverage, rounds
from survey.campaigns.errors import AnswersDeleted
from survey.campaigns.waves import load_wave, load_waves
from survey.cli import main
from survey.database.pool import Database
from survey.delivery import key_stock
from survey.delivery.channels import Channels
from survey.delivery.sending import Sender
from survey.office import numbers
from survey.people.roles import Role
from survey.retention import log as retention_log
from survey.retention import published, steps
from survey.settings import Settings
from tests import elections, offices
from tests.offices import Office
from tests.waiting import until

ROLES = ["bostemme_registry", "bostemme_answers", "bostemme_phone", "bostemme_mixer"]
REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def years_later(database: Database, round_id: UUID) -> None:
    """As if the round's days had come."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set contacts_due_on = current_date, answers_due_on = current_date"
            " where id = $1",
            round_id,
        )


async def publish(database: Database, office: Office, round_id: UUID) -> None:
    """Reports on all estates and on the largest are read."""
    both = await load_waves(database, office.organisation_id, round_id)
    for estate_id in (None, str(office.estates[2][0])):
        await published.keep(database, both, estate_id, await numbers.results_of(both, estate_id))


async def rows(database: Database, table: str, round_id: UUID) -> int:
    async with database.owner() as connection:
        n: int = await connection.fetchval(
            f"select count(*) from {table} where campaign_id = $1",  # noqa: S608 (names of ours)
            round_id,
        )
    return n


async def outcomes(database: Database) -> list[str]:
    return sorted(one.outcome for one in await steps.check(database))


# ---------------------------------------------------------------- the dates


async def test_a_round_gets_its_dates_when_it_closes(database: Database, office: Office) -> None:
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        opened = await rounds.find(connection, round_id)
    assert (opened.archive_years, opened.contact_days, opened.answers_due_on) == (5, 30, None)
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    async with database.registry(office.organisation_id) as connection:
        closed = await rounds.find(connection, round_id)
    assert closed.contacts_due_on == closed.today + timedelta(days=30)
    assert closed.answers_due_on is not None and closed.answers_due_on.year == closed.today.year + 5


async def test_with_a_clock_that_was_put_back_the_days_are_counted_from_the_day_the_round_closed(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    async with database.owner() as connection:
        # Opened today by a clock that has been put back by a day since.
        await connection.execute(
            "update registry.campaigns set opens_on = current_date + 1, closes_on = current_date + 9"
        )
        clock = await connection.fetchval("select current_date")
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    async with database.registry(office.organisation_id) as connection:
        closed = await rounds.find(connection, round_id)
    assert closed.closed_on == clock + timedelta(days=1)
    assert closed.contacts_due_on == clock + timedelta(days=31)


async def test_the_console_cannot_move_a_promised_day(database: Database, office: Office) -> None:
    await offices.closed_round(database, office)
    for move in (
        "update registry.campaigns set answers_due_on = current_date",
        "update registry.campaigns set contacts_due_on = null",
        "update registry.campaigns set archive_years = 1",
        "update registry.campaigns set answers_deleted_on = current_date",
    ):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
            async with database.registry(office.organisation_id) as connection:
                await connection.execute(move)


async def test_nothing_is_deleted_before_its_day_whoever_asks(database: Database, office: Office) -> None:
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    async with database.mixer() as connection:
        await connection.execute("select retention.delete_answers($1)", round_id)
        assert await connection.fetchval("select retention.delete_contacts($1)", round_id) is None
        assert await connection.fetchval("select retention.delete_invitations($1)", round_id) is None
        assert await connection.fetchval("select retention.delete_wave($1, '{}')", round_id) is None
    assert await steps.run(database, []) == ()
    assert await rows(database, "answers.responses", round_id) == 117


# ---------------------------------------------------------------- answers


async def test_answers_receipts_and_the_sealed_wave_go_and_what_was_published_stays(
    database: Database, keys: KeyFolder
) -> None:
    held = await elections.hold(database, [12])
    tokens = next(iter(held.tenants.values()))
    await elections.send_all(database, tokens)
    await elections.close(database, held)
    await mixer.work_once(database, keys)
    both = await load_waves(database, held.organisation_id, held.campaign_id)
    shown = await numbers.results_of(both, None)
    await published.keep(database, both, None, shown)
    await years_later(database, held.campaign_id)
    assert await rows(database, "ballots.receipts", held.campaign_id) == 12
    assert await outcomes(database) == ["unchanged"]

    done, invitations = await steps.run(database, [])
    assert done.fault is None and invitations.counts == {"invitations": 12}
    assert done.counts == {"rows": 12, "reports": 1, "unchanged": 1}
    for table in ("answers.responses", "ballots.receipts", "ballots.box", "answers.waves"):
        assert await rows(database, table, held.campaign_id) == 0, table
    assert await outcomes(database) == ["kept"]
    kept = await published.kept(database, held.organisation_id, held.campaign_id)
    assert kept == {"all": shown}
    with pytest.raises(AnswersDeleted):
        await load_wave(database, held.organisation_id, held.campaign_id)


async def test_a_second_run_does_nothing_and_the_mixer_seals_nothing_anew(
    database: Database, office: Office, keys: KeyFolder
) -> None:
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    await years_later(database, round_id)
    assert len(await steps.run(database, [])) == 1
    assert await steps.run(database, []) == ()
    await mixer.work_once(database, keys)
    assert await rows(database, "answers.waves", round_id) == 0
    with pytest.raises(asyncpg.RestrictViolationError):
        async with database.answers(office.organisation_id) as connection:
            await connection.execute(
                "insert into answers.waves values ($1, $2, '', '', 0)", office.organisation_id, round_id
            )


async def test_nobody_seals_a_round_that_is_open_or_whose_answers_wait(
    database: Database, keys: KeyFolder
) -> None:
    """Links that were used could be used once more, and what waited could never be sealed."""
    held = await elections.hold(database, [8])
    (links,) = held.tenants.values()
    await elections.send_all(database, links)

    async def seal() -> None:
        async with database.answers(held.organisation_id) as connection:
            await connection.execute(
                "insert into answers.waves values ($1, $2, '', '', 0)", held.organisation_id, held.campaign_id
            )

    for said in ("is not closed", "is not closed and counted", "wait to be mixed"):
        with pytest.raises(asyncpg.RestrictViolationError, match=said):
            await seal()
        async with database.owner() as connection:  # closed, and then as if somebody had miscounted
            await connection.execute(
                "update registry.campaigns set status = 'closed', counted = status = 'closed' where id = $1",
                held.campaign_id,
            )
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.rights where used") == 8
    await mixer.work_once(database, keys)
    assert (await load_wave(database, held.organisation_id, held.campaign_id)).frame.height == 8


async def test_a_run_cut_off_between_its_steps_is_ended_by_the_next(
    database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    await publish(database, office, round_id)
    await years_later(database, round_id)
    async with database.mixer() as connection:
        await connection.fetchval("select retention.delete_answers($1)", round_id)
    # The sealed wave is still there, and gives every published figure without the rows it was made of.
    assert await rows(database, "answers.responses", round_id) == 0
    assert await outcomes(database) == ["unchanged", "unchanged"]
    (done,) = await steps.run(database, [])
    assert done.counts == {"rows": 117, "reports": 2, "unchanged": 2}


async def test_a_run_waits_for_another_and_then_finds_no_fault_and_nothing_to_do(
    database: Database, office: Office
) -> None:
    """Two that compared at the same time took what the other deleted for figures that changed."""
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    await publish(database, office, round_id)
    await years_later(database, round_id)
    async with database.retention() as other, database.owner() as looking:
        await steps.one_at_a_time(other, round_id)
        run = asyncio.create_task(steps.run(database, []))
        waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
        await until(lambda: looking.fetchval(waiting), "it waits for the other", does=run)
        await other.fetchval("select retention.delete_answers($1)", round_id)
        await other.fetchval("select retention.delete_wave($1, '{}')", round_id)
    with capture_logs() as told:
        (done,) = await run
    assert (done.fault, done.counts) == (None, {})
    assert told == [], "what the other deleted is for the other to tell"


async def test_ballots_that_never_could_be_opened_go_with_the_answers_and_so_does_their_key(
    database: Database, tmp_path: Path, keys: KeyFolder
) -> None:
    held = await elections.hold(database, [6])
    await elections.send_all(database, next(iter(held.tenants.values())))
    await elections.close(database, held)
    await mixer.work_once(database, KeyFolder(tmp_path / "none"))
    assert await elections.in_box(database, held) == 6
    await years_later(database, held.campaign_id)
    (done,) = await steps.run(database, [])
    assert done.counts == {"rows": 0, "reports": 0} and await elections.in_box(database, held) == 0
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select public_key from registry.ballot_keys where campaign_id = $1", held.campaign_id
        )
    assert keys.has(key)
    await folders.claim(database, keys, adopt=True)
    await mixer.work_once(database, keys)
    assert not keys.has(key)


async def test_the_next_round_keeps_what_it_said_about_change_when_the_round_before_is_deleted(
    database: Database, office: Office
) -> None:
    last_year = offices.new_round(office, "I fjor", date.today() - timedelta(days=5), 5)
    before = await offices.closed_round(database, office, new=last_year)
    now = await offices.closed_round(database, office)
    await publish(database, office, now)
    said = (await published.kept(database, office.organisation_id, now))["all"]
    assert said.previous_campaign == "I fjor"
    await years_later(database, before)
    await steps.run(database, [])
    both = await load_waves(database, office.organisation_id, now)
    assert both.before is None and both.before_deleted
    assert await outcomes(database) == ["kept", "kept"]
    assert (await published.kept(database, office.organisation_id, now))["all"] == said


# ---------------------------------------------------------------- the proof


FORGED = {
    "unreadable": ("parquet || '\\x00'", "content_hash"),
    "unreadable, with its hash": ("'\\x00'", "sha256('\\x00')"),
    "another round's, with its hash": (
        "(select parquet from answers.waves where campaign_id = $1)",
        "(select content_hash from answers.waves where campaign_id = $1)",
    ),
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_wave_that_was_changed_is_found_by_the_check_and_not_shown(
    database: Database, office: Office, forged: str
) -> None:
    other = await offices.closed_round(database, office, (4, 20, 80))
    await load_wave(database, office.organisation_id, other)
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    assert await outcomes(database) == ["unchanged", "unchanged"]
    parquet, content_hash = FORGED[forged]
    async with database.owner() as connection:
        await connection.execute("alter table answers.waves disable trigger sealed_for_good")
        await connection.execute(
            f"update answers.waves set parquet = {parquet}, content_hash = {content_hash}"  # noqa: S608
            " where campaign_id = $2 and $1::uuid is not null",
            other,
            round_id,
        )
    assert await outcomes(database) == ["altered", "altered"]
    with pytest.raises(BrokenSeal):
        await load_wave(database, office.organisation_id, round_id)


async def test_a_published_report_that_was_changed_is_found_by_the_check(
    database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    async with database.owner() as connection:
        await connection.execute("alter table answers.published disable trigger published_for_good")
        text = await connection.fetchval("select results from answers.published where scope = 'all'")
        forged = json.dumps({**json.loads(text), "n": 116})
        await connection.execute("update answers.published set results = $1 where scope = 'all'", forged)
    assert await outcomes(database) == ["altered", "unchanged"]


async def _kept_otherwise(database: Database, made_by: bytes | None = None) -> None:
    """The report on all, as if one of its figures had been another when it was kept: by this version, or by
    the one that is named."""
    async with database.owner() as connection:
        await connection.execute("alter table answers.published disable trigger published_for_good")
        text = await connection.fetchval("select results from answers.published where scope = 'all'")
        then = json.dumps({**json.loads(text), "excluded_estates": 2})
        await connection.execute(
            "update answers.published set results = $1, figures_hash = $2, made_by = $3 where scope = 'all'",
            then,
            figures.digest(figures.figures(then)),
            figures.made_by() if made_by is None else made_by,
        )


@pytest.mark.parametrize("maker", [b"", b"m" * 32])
async def test_a_report_that_another_version_made_is_recomputed_and_no_fault(
    database: Database, office: Office, maker: bytes
) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    await _kept_otherwise(database, made_by=maker)
    (whole,) = [one for one in await steps.check(database) if one.outcome != "unchanged"]
    assert (whole.outcome, whole.parts) == ("recomputed", {"number"})
    assert whole.outcome in published.GOOD


async def test_other_figures_by_the_same_version_are_a_fault(database: Database, office: Office) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    await _kept_otherwise(database)
    assert await outcomes(database) == ["differs", "unchanged"]
    assert "differs" not in published.GOOD


async def test_an_estate_that_gets_another_name_changes_no_figure(database: Database, office: Office) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    async with database.owner() as connection:
        await connection.execute("update registry.estates set name = 'Aa ' || name where dwellings = 180")
    assert await outcomes(database) == ["unchanged", "unchanged"]


# ---------------------------------------------------------------- a sealed wave cannot be altered


ALTERATIONS = (
    "update answers.waves set parquet = '\\x00'",
    "update answers.waves set responses = responses + 1",
    "delete from answers.waves",
    "truncate answers.waves",
    "update answers.published set results = '{}'",
    "delete from answers.published",
    "truncate answers.published",
    "update retention.log set done_on = done_on - 1",
    "delete from retention.log",
    "truncate retention.log",
)


@pytest.mark.parametrize("role", [*ROLES, None], ids=[*ROLES, "owner"])
async def test_what_is_sealed_published_or_logged_cannot_be_altered_by_any_role(
    database: Database, office: Office, role: str | None
) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    async with database.owner() as connection:
        await connection.execute(
            "insert into retention.log (organisation_id, campaign_id, step, counts)"
            " values ($1, $2, 'contacts', '{}')",
            office.organisation_id,
            round_id,
        )
    for statement in ALTERATIONS:
        with pytest.raises(REFUSED):
            async with database.owner() as connection:
                await connection.execute(
                    "select set_config('bostemme.organisation_id', $1, true)", str(office.organisation_id)
                )
                if role is not None:
                    await connection.execute(f"set local role {role}")
                await connection.execute(statement)


async def test_no_page_can_delete_even_what_is_due(database: Database, office: Office) -> None:
    round_id = await offices.closed_round(database, office)
    await years_later(database, round_id)
    for role in ("bostemme_registry", "bostemme_answers", "bostemme_phone"):
        for step in (
            "delete_contacts($1)",
            "delete_invitations($1)",
            "delete_answers($1)",
            "delete_wave($1, '{}')",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with database.owner() as connection:
                    await connection.execute(f"set local role {role}")
                    await connection.execute(f"select retention.{step}", round_id)


# ---------------------------------------------------------------- contacts


async def _contacts(database: Database, office: Office, round_id: UUID, key: bytes) -> None:
    """The tables of the sender's room, where they are not there yet."""
    async with database.owner() as connection:
        if await connection.fetchval("select to_regclass('delivery.contacts') is null"):
            await connection.execute(
                "create schema delivery;"
                "create table delivery.contact_keys (public_key bytea, organisation_id uuid,"
                " campaign_id uuid, made_on date default current_date, destroyed_on date);"
                "create table delivery.contacts (organisation_id uuid, invitation_id uuid, campaign_id uuid,"
                " channel text, sealed bytea);"
                "create table delivery.links (organisation_id uuid, invitation_id uuid, campaign_id uuid,"
                " sealed bytea)"
            )
        await connection.execute(
            "insert into delivery.contact_keys (public_key, organisation_id, campaign_id)"
            " values ($1, $2, $3)",
            key, office.organisation_id, round_id,
        )  # fmt: skip
        for dwelling in range(7):
            invitation = await connection.fetchval(
                "insert into registry.invitations"
                " (organisation_id, campaign_id, estate_id, dwelling, token_hash)"
                " values ($1, $2, $3, $4, $5) returning id",
                office.organisation_id, round_id, office.estates[0][0], dwelling, uuid4().bytes,
            )  # fmt: skip
            await connection.execute(
                "insert into delivery.contacts (organisation_id, invitation_id, campaign_id, channel, sealed)"
                " values ($1, $2, $3, 'sms', 'x')",
                office.organisation_id, invitation, round_id,
            )  # fmt: skip


async def test_contacts_go_with_the_key_that_opens_them_also_in_a_backup(
    database: Database, office: Office, tmp_path: Path
) -> None:
    folder = KeyFolder(tmp_path / "contact-keys")
    key = folder.make()
    round_id = await offices.open_round(database, office)
    await _contacts(database, office, round_id, key)
    assert await steps.run(database, [folder]) == (), "an open round"
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    assert await steps.run(database, [folder]) == (), "not yet its day"
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set contacts_due_on = current_date")
    with capture_logs() as told:
        (done,) = await steps.run(database, [folder])
    assert done.counts == {"contacts": 7, "keys": 1}
    assert [(event["event"], event["n"]) for event in told] == [
        ("contacts deleted", 7),
        ("contact keys destroyed", 1),
    ], "the operator reads the numbers that the office reads"
    assert not folder.has(key) and await rows(database, "delivery.contacts", round_id) == 0
    assert await steps.run(database, [folder]) == ()
    async with database.registry(office.organisation_id) as connection:
        log = await retention_log.log(connection, round_id)
    assert [(entry.step, entry.done_on, entry.counts) for entry in log] == [
        ("contacts", date.today(), {"contacts": 7}),
        ("contact_key", date.today(), {"keys": 1}),
    ]


async def test_a_key_kept_elsewhere_is_not_said_to_be_destroyed(
    database: Database, office: Office, tmp_path: Path
) -> None:
    sender = KeyFolder(tmp_path / "contact-keys")
    key = sender.make()
    round_id = await offices.closed_round(database, office)
    await _contacts(database, office, round_id, key)
    await years_later(database, round_id)
    elsewhere = KeyFolder(tmp_path / "of-a-demonstration")
    elsewhere.make()
    for folder in (KeyFolder(tmp_path / "not-here"), elsewhere):
        with capture_logs() as told:
            done = {step.due.kind: step for step in await steps.run(database, [folder])}
        assert "keys" not in done["contacts"].counts and done["contacts"].waiting == 1
        assert "contact keys wait for the sender" in [event["event"] for event in told]
        assert "contact keys destroyed" not in [event["event"] for event in told]
    async with database.registry(office.organisation_id) as connection:
        assert await retention_log.key_waits(connection, round_id)
        assert "contact_key" not in {entry.step for entry in await retention_log.log(connection, round_id)}
    with capture_logs() as told:
        assert await Sender(database, sender, Channels(None, None), "").destroy_discarded_keys() == 1
    assert [event["event"] for event in told] == ["contact keys destroyed"] and not sender.has(key)
    async with database.registry(office.organisation_id) as connection:
        assert not await retention_log.key_waits(connection, round_id)
        log = {entry.step: entry for entry in await retention_log.log(connection, round_id)}
    assert (log["contact_key"].done_on, log["contact_key"].done_by) == (date.today(), "sender")


async def test_a_sender_with_another_folder_does_not_call_a_key_destroyed(
    database: Database, office: Office, tmp_path: Path
) -> None:
    own, other = KeyFolder(tmp_path / "contact-keys"), KeyFolder(tmp_path / "other")
    key = own.make()
    round_id = await offices.closed_round(database, office)
    await _contacts(database, office, round_id, key)
    await years_later(database, round_id)
    await steps.run(database, [])
    with capture_logs() as told:
        assert await Sender(database, other, Channels(None, None), "").destroy_discarded_keys() == 0
    assert [event["event"] for event in told] == [key_stock.KEYS_AWAY]
    assert await Sender(database, own, Channels(None, None), "").destroy_discarded_keys() == 1


@pytest.mark.parametrize("finder", ["sender", "mixer"])
async def test_a_key_that_should_be_gone_is_told_of_and_destroyed_wherever_it_turns_up(
    database: Database, office: Office, tmp_path: Path, finder: str
) -> None:
    folder = KeyFolder(tmp_path / "contact-keys")
    key = folder.make()
    private = bytes(folder.load(key))
    round_id = await offices.closed_round(database, office)
    await _contacts(database, office, round_id, key)
    await years_later(database, round_id)
    await steps.run(database, [folder])
    folder.keep(key, private)  # from an old backup
    with capture_logs() as told:
        if finder == "mixer":
            await steps.run(database, [folder])
        else:
            await Sender(database, folder, Channels(None, None), "").destroy_discarded_keys()
    assert "contact keys that should have been gone were found and destroyed" in [e["event"] for e in told]
    assert not folder.has(key)
    async with database.registry(office.organisation_id) as connection:
        log = [(entry.step, entry.done_by) for entry in await retention_log.log(connection, round_id)]
    assert ("contact_key", "mixer") in log and ("contact_key_found", finder) in log


def test_killed_before_the_note_the_next_run_still_knows_that_the_key_is_gone(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path / "contact-keys")
    key, other = folder.make(), KeyFolder(tmp_path / "other").make()
    assert folder.retire(key) and not folder.has(key)
    assert folder.retire(key), "not noted yet"
    folder.forget(key)
    assert not folder.retire(key) and not folder.retire(other) and folder.here() == []


# ---------------------------------------------------------------- invitations


async def test_invitations_go_on_the_day_of_the_contacts_and_no_figure_changes(
    database: Database, keys: KeyFolder
) -> None:
    held = await elections.hold(database, [30, 12])
    (big, others), tokens = held.tenants.values(), [*held.tenants]
    await elections.send_all(database, [*big[:24], *others[:6]])
    async with database.phone() as connection:
        for token in others[6:11]:
            assert await submission.decline(connection, elections.SECRET, token)
    await elections.close(database, held)
    await mixer.work_once(database, keys)
    both = await load_waves(database, held.organisation_id, held.campaign_id)
    for scope in (None, *(str(id) for id in tokens)):
        await published.keep(database, both, scope, await numbers.results_of(both, scope))
    assert await steps.run(database, []) == (), "not yet its day"
    before = await _seen(database, held)
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set contacts_due_on = current_date")

    (done,) = await steps.run(database, [])
    assert (done.due.kind, done.counts) == ("invitations", {"invitations": 42})
    assert await rows(database, "registry.invitations", held.campaign_id) == 0
    assert await steps.run(database, []) == ()
    assert await outcomes(database) == ["unchanged"] * 3
    assert await _seen(database, held) == before
    async with database.registry(held.organisation_id) as connection:
        log = await retention_log.log(connection, held.campaign_id)
    assert ("invitations", {"invitations": 42}) in [(entry.step, entry.counts) for entry in log]


async def _seen(database: Database, held: elections.Election) -> object:
    """How many were asked, answered and said no, as the console shows it."""
    async with database.registry(held.organisation_id) as connection:
        round = await rounds.find(connection, held.campaign_id)
        declined = await coverage.declined(connection, (round,))
    async with database.answers(held.organisation_id) as connection:
        return (await coverage.seen(connection, (round,)))[round.id], declined


async def test_invitations_stay_while_ballots_wait_for_their_key(
    database: Database, tmp_path: Path, keys: KeyFolder
) -> None:
    held = await elections.hold(database, [6])
    await elections.send_all(database, next(iter(held.tenants.values())))
    await elections.close(database, held)
    await mixer.work_once(database, KeyFolder(tmp_path / "none"))
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set contacts_due_on = current_date")
    assert await steps.run(database, []) == (), "no wave is sealed"
    await folders.claim(database, keys, adopt=True)
    await mixer.work_once(database, keys)
    (done,) = await steps.run(database, [])
    assert done.counts == {"invitations": 6}


# ---------------------------------------------------------------- the log


async def test_the_log_says_what_was_deleted_to_its_own_organisation_alone(
    database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    await load_wave(database, office.organisation_id, round_id)
    await years_later(database, round_id)
    await steps.run(database, [])
    async with database.registry(office.organisation_id) as connection:
        log = await retention_log.log(connection, round_id)
    assert [(entry.step, entry.counts) for entry in log] == [
        ("answers", {}),
        ("wave", {"rows": 117, "reports": 0}),
    ]
    async with database.registry(uuid4()) as connection:
        assert await retention_log.log(connection, round_id) == ()


async def test_the_destruction_of_a_ballot_key_is_in_the_log(database: Database, keys: KeyFolder) -> None:
    held = await elections.hold(database, [6])
    await elections.send_all(database, next(iter(held.tenants.values())))
    await elections.close(database, held)
    await mixer.work_once(database, keys)
    async with database.registry(held.organisation_id) as connection:
        assert [entry.step for entry in await retention_log.log(connection, held.campaign_id)] == [
            "ballot_key"
        ]


# ---------------------------------------------------------------- those who did not wish to take part


@pytest.mark.parametrize(("homes", "said_no"), [(12, 0), (12, 8), (120, 100)])
async def test_about_how_many_said_no_is_shown_of_many_when_the_round_is_closed(
    database: Database, homes: int, said_no: int
) -> None:
    held = await elections.hold(database, [homes])
    async with database.phone() as connection:
        for token in next(iter(held.tenants.values()))[:said_no]:
            assert await submission.decline(connection, elections.SECRET, token)
    async with database.owner() as connection:
        await connection.execute("update registry.campaign_estates set invited = $1", homes)

    async def shown(organisation_id: UUID) -> dict[UUID, int]:
        async with database.registry(organisation_id) as connection:
            found = rounds.queries.declined_counts(connection, ids=[held.campaign_id])
            return {row["campaign_id"]: row["n"] async for row in found}

    assert await shown(held.organisation_id) == {}
    await elections.close(database, held)
    assert await shown(held.organisation_id) == {}, "nobody has looked yet"
    await offices.counted(database)
    told = (await shown(held.organisation_id)).get(held.campaign_id)
    assert (told is not None and abs(told - said_no) <= 60) if homes == 120 else told is None
    assert await shown(uuid4()) == {}


# ---------------------------------------------------------------- the operator


async def test_the_mixers_process_deletes_what_is_due(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.closed_round(database, office)
    await years_later(database, round_id)
    await mixer.clean_once(database, settings)
    assert await rows(database, "answers.responses", round_id) == 0


async def test_the_command_says_what_is_due_does_it_and_checks_what_was_published(
    database: Database, database_url: str, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = await offices.closed_round(database, office)
    await publish(database, office, round_id)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))

    async def bostemme(*arguments: str, language: str = "en") -> Result:
        """In this process: to start eleven others takes half a minute."""
        words = ["retention", *arguments, "--language", language]
        return await asyncio.to_thread(CliRunner().invoke, main, words)

    assert "0 steps are due" in (await bostemme("run", "--dry-run")).stdout
    then = (date.today() + timedelta(days=366 * 5)).isoformat()
    assert "117 rows" in (await bostemme("run", "--dry-run", "--on", then)).stdout
    assert "--on goes with --dry-run" in (await bostemme("run", "--on", then)).stderr
    assert "2 reports, 2 unchanged" in (await bostemme("check")).stdout
    assert "117 rader" in (await bostemme("run", "--dry-run", "--on", then, language="nb")).stdout
    assert "2 rapportar, 2 uendra." in (await bostemme("check", language="nn")).stdout
    await _kept_otherwise(database, made_by=b"m" * 32)
    older = await bostemme("check")
    assert older.exit_code == 0 and "1 recomputed" in older.stdout and "(numbers)" in older.stdout
    assert "another version of Bostemme made the report" in older.stdout
    async with database.owner() as connection:
        await connection.execute("delete from answers.published")
    await publish(database, office, round_id)
    await years_later(database, round_id)
    done = await bostemme("run")
    assert done.exit_code == 0 and "2 reports, 2 unchanged" in done.stdout and "1 step" in done.stdout
    assert "2 reports, 2 kept" in (await bostemme("check")).stdout
    async with database.owner() as connection:
        await connection.execute("alter table answers.published disable trigger published_for_good")
        await connection.execute("update answers.published set figures_hash = wave_hash")
    forged = await bostemme("check")
    assert forged.exit_code == 1 and "2 altered" in forged.stdout
