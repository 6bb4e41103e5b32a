"""Signing in: who gets in, who does not, and what an outsider can learn by trying (nothing)."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from survey.database.pool import Database
from survey.people import accounts, csrf, passwords
from survey.people.attempts import PER_ADDRESS, PER_EMAIL, WINDOW_SECONDS, Addresses
from survey.people.errors import EmailTaken, PasswordTooShort, StaleForm, TooManyAttempts
from survey.people.roles import RIGHTS, Right, Role
from tests import offices
from tests.offices import Office
from tests.servers import serving


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def _try(client: httpx.AsyncClient, email: str, password: str, **more: str) -> httpx.Response:
    page = await client.get("/kontor/logg-inn")
    form = {"csrf": offices.csrf_of(page), "epost": email, "passord": password, **more}
    return await client.post("/kontor/logg-inn", data=form)


async def test_a_wrong_password_and_an_unknown_email_are_told_apart_by_nobody(
    client: httpx.AsyncClient, office: Office
) -> None:
    wrong = await _try(client, office.emails[Role.OFFICER], "feil passord, sorry")
    unknown = await _try(client, "ingen@example.org", "feil passord, sorry")
    assert wrong.status_code == unknown.status_code == 422
    cut = office.emails[Role.OFFICER]
    assert "hører ikke sammen" in wrong.text
    assert _without_tokens(wrong.text, cut) == _without_tokens(unknown.text, "ingen@example.org")
    assert "feil passord" not in wrong.text


async def test_an_unknown_email_takes_as_long_as_a_wrong_password() -> None:
    stored = await passwords.hash_password(offices.PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, the second recommended option"
    await passwords.matches(None, "varm opp")
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(7):
        for known in taken:
            start = time.process_time()  # of this process alone: others may take the clock's time
            assert not await passwords.matches(stored if known else None, "feil passord")
            taken[known].append(time.process_time() - start)
    assert 0.5 < statistics.median(taken[True]) / statistics.median(taken[False]) < 2


async def test_signing_out_or_being_turned_off_ends_the_session_at_once(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    kept = dict(client.cookies)
    assert (await client.post("/kontor/logg-ut", data={"csrf": token})).status_code == 303
    client.cookies.update(kept)
    assert (await client.get("/kontor/runder")).status_code == 303

    client.cookies.clear()
    await offices.sign_in(client, office)
    assert (await client.get("/kontor/runder")).status_code == 200
    await accounts.set_active(database, office.emails[Role.OFFICER], False)
    assert (await client.get("/kontor/runder")).status_code == 303
    assert (await offices.sign_in(client, office)).status_code == 422


async def test_a_new_password_signs_everybody_out(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    await accounts.change_password(database, office.emails[Role.OFFICER], "et helt nytt passord")
    assert (await client.get("/kontor/runder")).status_code == 303
    assert (await offices.sign_in(client, office)).status_code == 422


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient, office: Office
) -> None:
    cookie = (await offices.sign_in(client, office)).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/kontor" in cookie


async def test_guessing_is_stopped_and_another_hour_is_another_chance(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    email = office.emails[Role.OFFICER]
    for number in range(PER_EMAIL):
        typed = f" {email.upper()} " if number % 2 else email
        assert (await _try(client, typed, "feil passord, sorry")).status_code == 422
    stopped = await _try(client, email, offices.PASSWORD)
    assert stopped.status_code == 429
    wait = re.search(r"Vent (\d+) minutt(?:er)? ", stopped.text)
    assert wait and 1 <= int(wait.group(1)) <= 60
    assert (await _try(client, office.emails[Role.READER], offices.PASSWORD)).status_code == 303
    async with database.owner() as connection:
        await connection.execute("update registry.sign_in_attempts set hour = hour - interval '1 hour'")
    assert (await _try(client, email, offices.PASSWORD)).status_code == 303


async def test_whoever_knows_an_e_mail_cannot_keep_out_the_one_it_belongs_to(
    app: Litestar, client: httpx.AsyncClient, office: Office
) -> None:
    """Nor does the browser that is known help anybody to guess without end, or for another e-mail."""
    email, other = office.emails[Role.OFFICER], office.emails[Role.READER]
    assert (await _try(client, email, offices.PASSWORD)).status_code == 303
    transport = httpx.ASGITransport(app=app, client=("203.0.113.9", 123))
    async with httpx.AsyncClient(transport=transport, base_url=client.base_url) as stranger:
        for victim in (email, other):
            for _ in range(PER_EMAIL):
                await _try(stranger, victim, "feil passord, sorry")
        assert (await _try(stranger, email, offices.PASSWORD)).status_code == 429
        for name, value in client.cookies.items():
            if name.startswith("bostemme_kjent_"):
                stranger.cookies.set(name, value[:-1] + ("0" if value[-1] != "0" else "1"))
        assert (await _try(stranger, email, offices.PASSWORD)).status_code == 429, "a sign that was forged"
    client.cookies.delete("bostemme_kontor")
    assert (await _try(client, email, offices.PASSWORD)).status_code == 303
    assert (await _try(client, other, offices.PASSWORD)).status_code == 429, "known for its own e-mail alone"
    for _ in range(PER_EMAIL):
        assert (await _try(client, email, "feil passord, sorry")).status_code == 422
    assert (await _try(client, email, offices.PASSWORD)).status_code == 429


async def test_a_right_password_forgets_the_wrong_ones(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await _try(client, office.emails[Role.OFFICER], "feil passord, sorry")
    await _try(client, office.emails[Role.OFFICER], offices.PASSWORD)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from registry.sign_in_attempts") == 0


def test_guessing_is_stopped_by_all_processes_that_serve_together(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path, "--no-mixer", "--no-sender", workers=2) as server:
        said = []
        for _ in range(PER_EMAIL + 8):
            with httpx.Client(base_url=server.url, timeout=120, verify=False) as visitor:
                token = offices.csrf_of(visitor.get("/kontor/logg-inn"))
                form = {"csrf": token, "epost": "kari@example.org", "passord": "feil passord"}
                said.append(visitor.post("/kontor/logg-inn", data=form).status_code)
    assert said == [422] * PER_EMAIL + [429] * 8


async def test_what_is_kept_of_a_try_is_neither_e_mail_nor_address(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await _try(client, "ingen@example.org", "feil passord, sorry")
    async with database.owner() as connection:
        kept = await connection.fetch("select * from registry.sign_in_attempts")
        assert (
            await connection.fetchval("select count(*) from registry.audit_log where action like 'session%'")
            == 0
        )
    assert len(kept) == 1 and len(kept[0]["email_hash"]) == 32
    assert "example" not in str(kept) and "127.0.0.1" not in str(kept)


async def test_a_failed_sign_in_is_told_to_the_organisation_of_the_account_and_nobody_else(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    other = await offices.found(database, "Den andre kommunen")
    typed = office.emails[Role.OFFICER].title()
    for _ in range(PER_EMAIL + 3):
        await _try(client, typed, "feil passord, sorry")
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    log = (await client.get("/kontor/logg")).text
    assert log.count("Feil passord") == PER_EMAIL and log.count("For mange forsøk på å logge inn") == 1
    assert f"E-postadresse som ble skrevet: {typed}" in log and "feil passord, sorry" not in log
    assert "Ikke logget inn" in log
    client.cookies.clear()
    await offices.sign_in(client, other, Role.ADMINISTRATOR)
    assert "Feil passord" not in (await client.get("/kontor/logg")).text


async def test_a_whole_ipv6_home_counts_as_one_address_and_another_day_is_another_window() -> None:
    now = [0.0]
    addresses = Addresses(clock=lambda: now[0])
    for number in range(PER_ADDRESS):
        addresses.begin(f"2001:db8:1:2::{number:x}")
    with pytest.raises(TooManyAttempts):
        addresses.begin("2001:db8:1:2::ffff")
    addresses.begin("192.0.2.1")
    now[0] = WINDOW_SECONDS
    addresses.begin("2001:db8:1:2::ffff")


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/kontor/\\evil", "/s/x", "/kontor//x"]
)
async def test_signing_in_leads_only_to_pages_of_the_console(
    client: httpx.AsyncClient, office: Office, next: str
) -> None:
    answer = await _try(client, office.emails[Role.OFFICER], offices.PASSWORD, neste=next)
    assert answer.headers["location"] == "/kontor/runder"


async def test_after_signing_in_one_comes_to_the_page_one_asked_for(
    client: httpx.AsyncClient, office: Office
) -> None:
    sent = await client.get("/kontor/runder/ny")
    assert sent.headers["location"] == "/kontor/logg-inn?neste=/kontor/runder/ny"
    answer = await _try(client, office.emails[Role.OFFICER], offices.PASSWORD, neste="/kontor/runder/ny")
    assert answer.headers["location"] == "/kontor/runder/ny"


async def test_the_first_form_too_must_come_from_our_own_page(
    client: httpx.AsyncClient, office: Office
) -> None:
    form = {"epost": office.emails[Role.OFFICER], "passord": offices.PASSWORD}
    answer = await client.post("/kontor/logg-inn", data=form)
    assert answer.status_code == 403 and "bostemme_kontor" not in client.cookies


async def test_accounts_have_one_email_and_a_long_password(database: Database, office: Office) -> None:
    with pytest.raises(EmailTaken):
        await accounts.add(
            database,
            office.organisation_id,
            email=office.emails[Role.READER].upper(),
            name="Ola",
            role=Role.READER,
            password=offices.PASSWORD,
        )
    with pytest.raises(PasswordTooShort):
        await accounts.change_password(database, office.emails[Role.READER], "kort")


async def test_the_database_gives_no_session_and_no_password_to_the_console(
    database: Database, office: Office
) -> None:
    async with database.registry_anonymous() as connection:
        assert await connection.fetch("select * from registry.staff") == []
    async with database.registry(office.organisation_id) as connection:
        assert not await connection.fetchval(
            "select has_table_privilege('bostemme_registry', 'registry.sessions', 'select')"
        )
        for table, column in (("ballots.rights", "used"), ("registry.invitations", "token_hash")):
            assert not await connection.fetchval(
                "select has_column_privilege('bostemme_registry', $1, $2, 'select')", table, column
            )


async def test_each_role_sees_and_does_what_it_may_and_no_more(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    opened = await offices.open_round(database, office)
    closed = await offices.closed_round(database, office)
    pages = {
        ("GET", "/kontor/runder/ny"): Right.RUN_ROUNDS,
        ("POST", "/kontor/runder/ny"): Right.RUN_ROUNDS,
        ("GET", f"/kontor/runder/{opened}/lenker"): Right.RUN_ROUNDS,
        ("POST", f"/kontor/runder/{opened}/lenker"): Right.RUN_ROUNDS,
        ("GET", f"/kontor/runder/{opened}/plakat.pdf"): Right.RUN_ROUNDS,
        ("GET", f"/kontor/runder/{opened}/lukk"): Right.RUN_ROUNDS,
        ("POST", f"/kontor/runder/{opened}/apne"): Right.RUN_ROUNDS,
        ("POST", f"/kontor/runder/{opened}/lukk"): Right.RUN_ROUNDS,
        ("GET", f"/kontor/runder/{closed}/rapport"): Right.READ_RESULTS,
        ("GET", f"/kontor/runder/{closed}/grupper"): Right.RELEASE_DATA,
        ("POST", f"/kontor/runder/{closed}/grupper"): Right.RELEASE_DATA,
        ("GET", f"/kontor/runder/{closed}/datautgivelse"): Right.RELEASE_DATA,
        ("POST", f"/kontor/runder/{closed}/datautgivelse"): Right.RELEASE_DATA,
    }
    for role in (Role.READER, Role.RESEARCHER, Role.OFFICER, Role.ADMINISTRATOR):
        client.cookies.clear()
        await offices.sign_in(client, office, role)
        token = await offices.token_for(client)
        for (method, path), right in pages.items():
            if role is not Role.ADMINISTRATOR and method == "POST" and right in RIGHTS[role]:
                continue  # would change the round for the roles after it
            answer = await client.request(method, path, data={"csrf": token} if method == "POST" else None)
            allowed = answer.status_code != 403
            assert allowed == (right in RIGHTS[role]), (role, method, path, answer.status_code)


def test_a_form_token_is_new_every_time_and_worthless_elsewhere() -> None:
    ours, theirs = b"o" * 32, b"t" * 32
    first, second = csrf.issue(ours), csrf.issue(ours)
    assert first != second
    csrf.check(ours, first)
    csrf.check(ours, second)
    with pytest.raises(StaleForm):
        csrf.check(theirs, first)


def _without_tokens(page: str, email: str) -> str:
    return re.sub(r'name="csrf" value="[^"]+"', "", page).replace(email, "")
