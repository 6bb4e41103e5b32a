"""Each process with a login of its own, set up as docs/production.md says: what it may, and what not."""

from __future__ import annotations

import asyncio
import functools
import os
import re
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import httpx
import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from survey import mixer, sender
from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.mixing import STOCK, note_closed
from survey.campaigns import rounds
from survey.campaigns.sealing import seal_closed
from survey.campaigns.waves import load_waves
from survey.cli import main
from survey.database.errors import DoorClosed
from survey.database.migrate import granted, require_current
from survey.database.pool import (
    MIXER_DOORS,
    OFFICE_DOORS,
    RETENTION_DOORS,
    SENDER_DOORS,
    TENANTS_DOORS,
    Database,
)
from survey.delivery import plans
from survey.delivery.channels import Channels
from survey.delivery.plans import Plan
from survey.delivery.sending import Sender
from survey.office import numbers
from survey.people.roles import Role
from survey.retention import published, steps
from survey.settings import PROJECT, Settings
from tests import offices
from tests.ballots import SEED
from tests.deliveries import first_dwellings, mailbox, small_round, upload
from tests.elections import close, hold, in_box, marks, send_all
from tests.offices import Office
from tests.servers import serving
from tests.tenants import invite, stored_answers

PAGE = PROJECT / "docs" / "production.md"
ROLES = ["bostemme_phone", "bostemme_registry", "bostemme_answers", "bostemme_mixer", "bostemme_retention",
         "bostemme_sender"]  # fmt: skip
LOGINS = {
    "tenants": ("bostemme_phone",),
    "office": ("bostemme_registry", "bostemme_answers"),
    "mixer": ("bostemme_mixer", "bostemme_retention"),
    "sender": ("bostemme_sender",),
    "retention": ("bostemme_retention", "bostemme_registry", "bostemme_answers"),
}


OPEN_TO_ALL = """
select count(*) filter (where p.proname in ('pg_lock_status', 'pg_stat_get_live_tuples', 'lo_create')) = 3
   and has_column_privilege('bostemme_phone', 'pg_class', 'reltuples', 'select')
  from pg_proc p
 where p.pronamespace = 'pg_catalog'::regnamespace
   and has_function_privilege('bostemme_phone', p.oid, 'execute')
   and not exists (select from aclexplode(p.proacl) given where given.grantee not in (0, p.proowner))
"""


@dataclass(frozen=True)
class Logins:
    """Addresses of one database by who comes; `names` are those of the roles that log in."""

    urls: dict[str, str]
    names: dict[str, str]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.fixture
async def logins(database: Database, database_url: str) -> AsyncIterator[Logins]:
    """The documented statements, word by word, but for names that no other test has."""
    mark = secrets.token_hex(4)
    where = urlsplit(database_url)
    statements = re.sub(r"(bostemme_\w+)_login", rf"\1_login_{mark}", blocks("sql")[1])
    statements = re.sub(r"\bdatabase bostemme\b", f"database {where.path[1:]}", statements)
    async with database.owner() as connection:
        # As where the owner is no superuser: what the migrations took is given back, and the page takes it.
        await connection.execute(blocks("sql")[2].replace(", bostemme_owner", ""))
        assert await connection.fetchval(OPEN_TO_ALL), "given back, and the dump of it is as of a new server"
        # As many hosts have it; nobody may look into it whether the server has loaded it or not.
        await connection.execute("create extension if not exists pg_stat_statements")
        await connection.execute(statements)
    names = {who: f"bostemme_{who}_login_{mark}" for who in LOGINS}
    host = where.netloc.rpartition("@")[2]
    passwords = dict(re.findall(r"create role (bostemme_\w+) login password '([^']+)'", statements))
    yield Logins(
        {
            who: urlunsplit(where._replace(netloc=f"{name}:{passwords[name]}@{host}"))
            for who, name in names.items()
        },
        names,
    )
    async with database.owner() as connection:
        for name in names.values():
            await connection.execute(f"drop owned by {name}")
            await connection.execute(f"drop role {name}")


async def _tables(database: Database) -> list[str]:
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname in ('registry', 'answers', 'ballots', 'delivery', 'retention', 'public')"
        )
    names = [row["name"] for row in rows]
    assert {"registry.invitations", "answers.responses", "ballots.box", "ballots.drafts"} <= set(names)
    return names


async def test_a_tenant_answers_and_sends_on_a_server_that_can_do_nothing_else(
    database: Database, logins: Logins, tmp_path: Path
) -> None:
    with serving(logins.urls["tenants"], tmp_path, "--only", "tenants", workers=2) as server:
        invited = await invite(database, server.settings.secret_key)
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            assert (await client.get(invited.link)).status_code == 200
            fields = {"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"}
            assert (await client.post(f"{invited.link}/side/hjem", data=fields)).status_code == 303
            sent = await client.post(f"{invited.link}/send", data={"fro": SEED})
            assert sent.status_code == 200
            assert tokens.receipt(server.settings.secret_key, invited.token, SEED) in sent.text
            assert (await client.get("/kontor")).status_code == 404, "the office is not served here"
            assert "box-sizing" in (await client.get("/static/app/fault.css")).text
    assert await stored_answers(database, invited) == [{"bolig_hjem": 4}]


@pytest.mark.parametrize("who", ["tenants", "mixer", "sender"])
async def test_who_serves_tenants_or_mixes_reads_no_table_by_whatever_role_it_may_take_on(
    database: Database, logins: Logins, who: str
) -> None:
    tables = await _tables(database)
    connection = await asyncpg.connect(logins.urls[who])
    try:
        for role in ("none", *LOGINS[who]):
            await connection.execute(f"set role {role}")
            for table in tables:
                if table == "public.schema_migrations":
                    continue  # numbers of versions: how a server knows that the schema is its own
                for statement in ("select * from", "delete from", "truncate"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(f"{statement} {table}")
    finally:
        await connection.close()


@pytest.mark.parametrize("who", LOGINS)
async def test_no_login_can_take_on_a_role_that_is_not_its_own(
    database: Database, logins: Logins, who: str
) -> None:
    async with database.owner() as connection:
        owner = await connection.fetchval("select current_user")
    others = {*ROLES, *logins.names.values(), owner} - {*LOGINS[who], logins.names[who]}
    connection = await asyncpg.connect(logins.urls[who])
    try:
        for role in LOGINS[who]:
            await connection.execute(f"set role {role}")
        for role in sorted(others):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f'set role "{role}"')
    finally:
        await connection.close()


BREAKS_A_PROMISE = (
    "update registry.campaigns set status = 'open' where id = $1",
    "update registry.campaigns set contact_days = 0 where id = $2",
    "update registry.campaigns set archive_years = 10 where id = $2",
    "update registry.campaigns set status = 'closed', archive_years = 10 where id = $2",
    "insert into registry.campaigns (organisation_id, name, series, questionnaire_version_id, languages,"
    " opens_on, closes_on, results_on, status) select organisation_id, 'Ny', 'ny', questionnaire_version_id,"
    " languages, opens_on, closes_on, results_on, 'open' from registry.campaigns where id = $1",
)


@pytest.mark.parametrize("who", ["office", "retention"])
async def test_who_serves_the_office_opens_no_closed_round_and_moves_no_promised_day_by_whatever_role(
    database: Database, logins: Logins, who: str
) -> None:
    """A round that could be opened again could be counted again, and its last answers would be lost."""
    office = await offices.found(database, "Vår kommune")
    closed = await offices.closed_round(database, office)
    going = await offices.open_round(database, office)
    connection = await asyncpg.connect(logins.urls[who])
    try:
        for role in ("none", *LOGINS[who]):
            await connection.execute(f"set role {role}")
            for statement in BREAKS_A_PROMISE:
                given = [going if "$2" in statement else closed]
                with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
                    async with connection.transaction():
                        await connection.execute(
                            "select set_config('bostemme.organisation_id', $1, true)",
                            str(office.organisation_id),
                        )
                        await connection.execute(statement.replace("$2", "$1"), *given)
                        raise AssertionError(f"{role} may: {statement}")
    finally:
        await connection.close()


async def test_the_tenants_login_calls_functions_of_one_link_and_none_of_the_mixer_or_the_office(
    database: Database, logins: Logins
) -> None:
    connection = await asyncpg.connect(logins.urls["tenants"])
    try:
        rows = await connection.fetch(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname in ('ballots', 'registry', 'answers')"
            " and has_function_privilege(p.oid, 'execute') and has_schema_privilege(n.oid, 'usage')"
        )
    finally:
        await connection.close()
    assert {row["proname"] for row in rows} == {
        "visit",
        "questionnaire",
        "save_draft",
        "submit",
        "receipt",
        "withdraw",
        "reopen",
        "drop_draft",
        "move_draft",
        "copy",
        "decline",
        "ask_again",
        "kept",
        "asked_later",
        "open_link",
        "open_right",
        "declared",  # what the round of a link says of itself
        "read_draft",  # these of the link to a draft that residents read
        "remark",
        "findings_to_read",  # and these of the link to findings that residents read
        "remark_findings",
        "read_findings",
        "house",  # and what tenants of a house were told
        "house_files",
        "house_file",
        "shared",  # and frozen documents that were sent to somebody by name
        "shared_edition",
        "shared_newer",
        "shared_files",
        "shared_file",
        "note_shared_opened",
        "remarks_answered",
    }


async def test_a_process_cannot_go_through_a_door_it_was_started_without(logins: Logins) -> None:
    tenants = await Database.connect(logins.urls["tenants"], TENANTS_DOORS)
    try:
        async with tenants.phone() as connection:
            assert await connection.fetchval("select current_user") == "bostemme_phone"
        for door in (tenants.owner(), tenants.mixer(), tenants.registry_anonymous()):
            with pytest.raises(DoorClosed):
                async with door:
                    pass
    finally:
        await tenants.close()


def _files(keys: KeyFolder) -> int:
    """How many keys there are; lots lie in a folder of their own."""
    return len(list(keys.path.glob("*.key")))


async def test_the_mixers_login_mixes_the_offices_seals_and_then_the_key_is_destroyed(
    database: Database, logins: Logins, keys: KeyFolder
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:12])
    await close(database, held)
    assert await granted(logins.urls["mixer"], MIXER_DOORS) == ("mixer", "retention")
    await require_current(logins.urls["mixer"])
    mixing = await Database.connect(logins.urls["mixer"], ("mixer",))
    office = await Database.connect(logins.urls["office"], OFFICE_DOORS)
    made_of = _files(keys)
    try:
        assert (await mixer.work_once(mixing, keys)).moved == 12
        assert _files(keys) == made_of + 1, "the stock is filled, nothing is destroyed yet"
        assert await seal_closed(office) == 1
        assert await seal_closed(office) == 0
        await mixer.work_once(mixing, keys)
        assert _files(keys) == STOCK, "the key of the round is gone"
    finally:
        await mixing.close()
        await office.close()
    assert set(await marks(database, held)) == set(links[:12]) and await in_box(database, held) == 0


async def test_the_documented_commands_of_the_mixers_user_work_with_its_login(
    database: Database, logins: Logins, keys: KeyFolder, settings: Settings
) -> None:
    assert database
    own = replace(settings, database_url=logins.urls["mixer"], keys_folder=keys.path)
    assert (await mixer.once(own)).stuck == 0


async def test_contacts_are_taken_by_the_offices_login_and_sent_to_by_the_senders(
    database: Database,
    logins: Logins,
    contact_keys: KeyFolder,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And when their day has come, the mixer's login deletes them and the sender's destroys their key."""
    held_office, round_id = await small_round(database)
    officer = held_office.staff[Role.OFFICER]
    own = replace(settings, database_url=logins.urls["sender"], contact_keys_folder=contact_keys.path)
    async with mailbox() as box:
        monkeypatch.setenv("BOSTEMME_SMTP", f"smtp+plain://127.0.0.1:{box.port}")
        monkeypatch.setenv("BOSTEMME_MAIL_FROM", "svar@example.org")
        monkeypatch.setenv("BOSTEMME_MAIL_BOUNCES", "retur@example.org")
        await sender.once(own)
        office = await Database.connect(logins.urls["office"], OFFICE_DOORS)
        try:
            assert await upload(office, settings, held_office, round_id, first_dwellings(5)) == 5
            async with office.registry(held_office.organisation_id) as connection:
                await plans.keep(connection, officer, round_id, Plan(date.today()))
                await rounds.open_round(connection, officer, round_id)
            assert (await sender.once(own)).sent == 5 == len(box.received)
            assert await sender.bounced(own, box.received[0][1])
            await rounds.close_round(office, officer, round_id)
        finally:
            await office.close()
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select public_key from delivery.contact_keys where campaign_id is not null"
        )
        await connection.execute("update registry.campaigns set contacts_due_on = current_date")
    working = await Database.connect(logins.urls["sender"], SENDER_DOORS)
    mixing = await Database.connect(logins.urls["mixer"], ("mixer", "retention"))
    try:
        sending = Sender(working, contact_keys, Channels(None, None), "")
        assert await sending.destroy_discarded_keys() == 0 and contact_keys.has(key), "its contacts are there"
        await steps.run(mixing, [])
        assert await sending.destroy_discarded_keys() == 0, "whom not to ask again is not yet noted"
        assert await note_closed(mixing) == 1
        await steps.run(mixing, [])
        assert await sending.destroy_discarded_keys() == 1 and not contact_keys.has(key)
        assert await sending.destroy_discarded_keys() == 0
    finally:
        await working.close()
        await mixing.close()
    async with database.owner() as connection:
        logged = await connection.fetch("select step from retention.log order by step")
    assert [row["step"] for row in logged] == ["contact_key", "contacts"]


@dataclass(frozen=True)
class Past:
    """A round whose answers are due and whose report was read, and one whose invitations are due."""

    office: Office
    answers_due: UUID
    invitations_due: UUID


@pytest.fixture
async def past(database: Database) -> Past:
    office = await offices.found(database, "Vår kommune")
    last_year = offices.new_round(office, "I fjor", date.today() - timedelta(days=5), 5)
    before = await offices.closed_round(database, office, new=last_year)
    both = await load_waves(database, office.organisation_id, before)
    await published.keep(database, both, None, await numbers.results_of(both, None))
    held = await hold(database, [5])
    await close(database, held)
    await offices.counted(database)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set contacts_due_on = current_date,"
            " answers_due_on = case when id = $1 then current_date else answers_due_on end",
            before,
        )
        await connection.execute(
            "insert into answers.waves"
            " select organisation_id, id, '', '', 0 from registry.campaigns where id = $1",
            held.campaign_id,
        )
    return Past(office, before, held.campaign_id)


async def _left(database: Database, table: str, round_id: UUID) -> int:
    async with database.owner() as connection:
        n: int = await connection.fetchval(
            f"select count(*) from {table} where campaign_id = $1",  # noqa: S608 (names of ours)
            round_id,
        )
    return n


async def test_what_the_mixers_login_may_delete_goes_although_answers_wait_for_the_retention_job(
    database: Database, logins: Logins, past: Past, settings: Settings
) -> None:
    async with mixer._database(logins.urls["mixer"]) as mixing:
        with capture_logs() as told:
            await mixer.clean_once(mixing, settings)
    assert await _left(database, "registry.invitations", past.invitations_due) == 0
    assert await _left(database, "answers.responses", past.answers_due) == 117
    assert [event["campaign"] for event in told if event["event"] == steps.ANSWERS_WAIT] == [
        str(past.answers_due)
    ]
    assert not [event for event in told if event["log_level"] == "error"]


async def test_the_documented_job_deletes_answers_with_its_own_login(
    database: Database, logins: Logins, past: Past, settings: Settings
) -> None:
    assert await granted(logins.urls["retention"], MIXER_DOORS) == RETENTION_DOORS, "it mixes nothing"
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "survey", "retention", "run"],
        cwd=PROJECT,
        env={**os.environ, **_environment(logins.urls["retention"], settings)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "1 reports, 1 unchanged" in done.stdout
    assert '"event": "answers deleted"' in done.stderr, "for the journal, as the mixer's"
    assert await _left(database, "answers.responses", past.answers_due) == 0
    assert await _left(database, "answers.waves", past.answers_due) == 0
    assert await _left(database, "registry.invitations", past.invitations_due) == 0
    checked = await _bostemme(logins.urls["retention"], settings, "retention", "check")
    assert checked.exit_code == 0 and "1 kept" in checked.output


async def test_a_login_that_may_not_delete_answers_is_told_whose_may(
    logins: Logins, settings: Settings
) -> None:
    for who in ("mixer", "office", "tenants", "sender"):
        for command in (("run",), ("run", "--dry-run"), ("check",)):
            refused = await _bostemme(logins.urls[who], settings, "retention", *command)
            assert refused.exit_code == 1 and "bostemme_retention_login" in refused.output, (who, command)


async def test_a_login_that_lacks_the_role_of_a_command_is_told_so_and_not_that_it_may_not_connect(
    logins: Logins, settings: Settings
) -> None:
    for who, command, role in (("sender", "keys list", "mixer"), ("mixer", "send --once", "sender")):
        refused = await _bostemme(logins.urls[who], settings, *command.split())
        assert refused.exit_code == 1 and f"the role bostemme_{role}." in refused.output, refused.output


async def _bostemme(url: str, settings: Settings, *arguments: str) -> Result:
    """The command in this process, with a login of its own."""
    run = functools.partial(CliRunner().invoke, main, arguments, env=_environment(url, settings))
    return await asyncio.to_thread(run)


def _environment(url: str, settings: Settings) -> dict[str, str]:
    return {"DATABASE_URL": url, "BOSTEMME_HOME": str(settings.home), "LANG": "en"}


async def test_one_step_of_retention_that_fails_stops_no_other(
    database: Database, past: Past, tmp_path: Path
) -> None:
    """Whatever it is: here a step whose function is gone, and a folder of keys that cannot be read."""
    async with database.owner() as connection:
        await connection.execute("drop function retention.delete_answers(uuid)")
        await connection.execute(
            "insert into registry.not_asked (organisation_id, estate_id, dwelling, until)"
            " values ($1, $2, 1, current_date - 1)",
            past.office.organisation_id,
            past.office.estates[0][0],
        )
    with capture_logs() as told:
        done = await steps.run(database, [])
    assert await _left(database, "registry.invitations", past.invitations_due) == 0
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from registry.not_asked") == 0
    (failed,) = [step for step in done if step.fault]
    assert failed.due is not None and failed.due.kind == "answers"
    assert steps.STOPPED in [event["event"] for event in told]


async def test_the_offices_server_seals_what_has_been_mixed(
    database: Database, logins: Logins, keys: KeyFolder, tmp_path: Path
) -> None:
    held = await hold(database, [20])
    (links,) = held.tenants.values()
    await send_all(database, links[:12])
    await close(database, held)
    mixing = await Database.connect(logins.urls["mixer"], ("mixer",))
    await mixer.work_once(mixing, keys)
    await mixing.close()
    with serving(logins.urls["office"], tmp_path, "--only", "office") as server:
        await _until_sealed(database)
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            assert (await client.get("/kontor/logg-inn")).status_code == 200
            assert (await client.get(f"/s/{links[0]}")).status_code == 404, "tenants are not served here"


async def _until_sealed(database: Database) -> None:
    for _ in range(1200):
        async with database.owner() as connection:
            if await connection.fetchval("select count(*) from answers.waves"):
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the office did not seal the wave")


async def test_a_tenants_login_that_finds_an_old_schema_says_so_in_one_sentence(
    database: Database, logins: Logins, tmp_path: Path
) -> None:
    async with database.owner() as connection:
        await connection.execute(
            "delete from schema_migrations where version = (select max(version) from schema_migrations)"
        )
    with (
        pytest.raises(AssertionError, match="Run `bostemme migrate`"),
        serving(logins.urls["tenants"], tmp_path, "--only", "tenants"),
    ):
        pass


FORBIDDEN = re.compile(
    r"\$(remote_\w+|binary_remote_addr|realip_\w+|proxy_\w+|request|request_uri|uri|document_uri|args|arg_\w+|"
    r"query_string|request_filename|request_body\w*|request_id|request_time|http_\w+|cookie_\w+|sent_http_\w+|"
    r"upstream_\w+|connection\w*|pid|msec|time_local|time_iso8601|body_bytes_sent|bytes_sent|request_length|"
    r"ssl_\w+|geoip\w*|tcpinfo_\w+|hostname)\b"
)


def test_the_log_format_we_recommend_tells_nothing_about_who_asked_or_for_what() -> None:
    (configuration,) = blocks("nginx")
    formats = re.findall(r"log_format (\w+) (.*?);", configuration, re.DOTALL)
    assert [name for name, _ in formats] == ["bostemme_tenants"]
    assert not FORBIDDEN.findall(formats[0][1])
    assert set(re.findall(r"\$\w+", formats[0][1])) == {"$bostemme_hour", "$request_method", "$status"}
    assert re.findall(r"access_log \S+ (\w+);", configuration) == ["bostemme_tenants"]
    assert "error_log /dev/null" in configuration, "nginx writes addresses and requests into it"
    told = re.findall(r"proxy_set_header (X-\S+|User-Agent|Forwarded) (\S+);", configuration)
    # Typed codes are counted by it, in memory: else forty wrong codes would close the page for everybody.
    assert [header for header in told if header[1] != '""'] == [("X-Forwarded-For", "$remote_addr")]


def test_the_hour_of_the_log_is_an_hour_and_no_more() -> None:
    (configuration,) = blocks("nginx")
    (pattern,) = re.findall(r"~(\^\S+) \$hour;", configuration)
    found = re.match(pattern.replace("(?<", "(?P<"), "2026-11-21T08:58:46+01:00")
    assert found is not None and found["hour"] == "2026-11-21T08"


def test_the_units_keep_web_and_job_from_all_keys_and_mixer_and_sender_from_each_others() -> None:
    web, mixing, sending, retention, _timer = blocks("ini")
    assert "User=bostemme-retention" in retention and "bostemme retention run" in retention
    assert "User=bostemme-sender" in sending and "bostemme send" in sending
    for unit, hidden in (
        (web, "-/var/lib/bostemme-contact-keys"),
        (mixing, "-/var/lib/bostemme-contact-keys"),
        (retention, "-/var/lib/bostemme-keys -/var/lib/bostemme-contact-keys"),
    ):
        assert set(hidden.split()) <= set(re.findall(r"InaccessiblePaths=(.*)", unit)[0].split())
    assert "InaccessiblePaths=-/var/lib/bostemme-keys" in sending
    assert "InaccessiblePaths=-/var/lib/bostemme-keys" in web and "--only tenants" in web
    assert "User=bostemme-web" in web and "User=bostemme-mixer" in mixing
    assert "BOSTEMME_KEYS" not in web


@pytest.mark.parametrize(
    "looked",
    [
        "select n_tup_ins, n_tup_del from pg_stat_user_tables where relname = 'box'",
        "select n_tup_ins from pg_stat_all_tables where relname = 'box'",
        "select heap_blks_hit from pg_statio_user_tables where relname = 'box'",
        "select pg_stat_get_live_tuples('ballots.box'::regclass)",
        "select pg_total_relation_size(c.oid) from pg_class c where c.relname = 'box'",
        "select pg_relation_size(c.reltoastrelid) from pg_class c where c.relname = 'box'",
        "select pg_database_size(current_database())",
        "select xact_commit from pg_stat_database",
        "select pg_current_wal_lsn()",
        "select pg_logical_emit_message(false, '', '')",
        "select pg_logical_emit_message(false, '', ''::bytea)",
        "select redo_lsn, next_xid, next_oid from pg_control_checkpoint()",
        "select restart_lsn from pg_replication_slots",
        "select * from pg_locks",
        "select pg_blocking_pids(1)",
        "select ballots.round_lock(gen_random_uuid())",
        "select salt from ballots.lock_salt",
        "select lo_create(0)",
        "select lo_creat(-1)",
        "select reltuples, relpages from pg_class where relname in ('box', 'receipts')",
        "select relpages from pg_class where relname like 'pg_toast%'",
        "select c.* from pg_class c",
        "select calls, rows from pg_stat_statements",
        "select calls, rows from pg_stat_statements(false)",
    ],
)
async def test_no_login_watches_answers_come_in_what_postgresql_counts_of_its_own(
    logins: Logins, looked: str
) -> None:
    for who, url in logins.urls.items():
        connection = await asyncpg.connect(url)
        try:
            for role in ("none", *LOGINS[who]):
                await connection.execute(f"set role {role}")
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(looked)
        finally:
            await connection.close()
