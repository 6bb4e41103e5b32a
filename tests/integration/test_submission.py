"""A link counts once, whatever happens: twenty at once, kill -9 in the middle, a late page of another tab."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import asyncpg
import httpx
import pytest

from forms.answers import Layout
from survey.ballots import drafts, rounds, tokens
from survey.ballots.drafts import Draft, DraftChanged
from survey.ballots.rounds import Version
from survey.ballots.submission import Outcome, submit
from survey.ballots.tokens import mark, token_hash
from survey.database.pool import Connection, Database
from tests.ballots import SEED
from tests.elections import hold, send
from tests.servers import Server, serving
from tests.tenants import Invited, invite, send_form, small_questionnaire, stored_answers

TENANTS = 200


async def _drafts(database: Database, server: Server, invited: Invited) -> None:
    """Every tenant has answered; the words tell them apart, so that a doubled or lost one shows."""
    for number, token in enumerate(invited.tokens):
        async with database.phone() as connection:
            draft = Draft("nb", {"bolig_hjem": 4, "bedre": f"nummer {number}"}, "viktig")
            assert await drafts.save(connection, server.settings.secret_key, token, draft)


async def test_the_same_link_sent_from_twenty_connections_gives_one_answer_and_nineteen_honest_pages(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, workers=2) as server:
        invited = await invite(database, server.settings.secret_key)
        await _drafts(database, server, invited)
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            # Twenty screens that show the same answers.
            forms = [await send_form(client, invited.link) for _ in range(20)]
            sending = [client.post(f"{invited.link}/send", data=form) for form in forms]
            pages = await asyncio.gather(*sending)
    assert Counter(page.status_code for page in pages) == {200: 1, 409: 19}
    late = [page for page in pages if page.status_code == 409]
    assert all(
        "Det er svart med denne lenken" in page.text and "Har du kvitteringen?" in page.text for page in late
    )
    assert await stored_answers(database, invited) == [{"bolig_hjem": 4, "bedre": "nummer 0"}]


async def test_kill_9_under_200_submissions_loses_no_confirmed_answer_and_stores_none_twice(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    confirmed: set[int] = set()
    midway = asyncio.Event()

    forms: dict[int, dict[str, str]] = {}

    async def send(client: httpx.AsyncClient, number: int) -> None:
        try:
            page = await client.post(f"/s/{invited.tokens[number]}/send", data=forms[number])
        except httpx.TransportError:
            return
        if page.status_code == 200:
            confirmed.add(number)
            if len(confirmed) == 20:
                midway.set()
        else:
            assert page.status_code == 409

    async def all_of(client: httpx.AsyncClient, numbers: range) -> None:
        await asyncio.gather(*(send(client, number) for number in numbers))

    limits = httpx.Limits(max_connections=TENANTS)
    with serving(database_url, tmp_path, workers=2) as server:
        invited = await invite(database, server.settings.secret_key, tenants=TENANTS)
        await _drafts(database, server, invited)
        # Four links are held in the database: some are under way when the server dies, however fast it is.
        held = [token_hash(server.settings.secret_key, token) for token in invited.tokens[:4]]
        async with (
            httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client,
            database.owner() as connection,
            connection.transaction(),
        ):
            await connection.execute(
                "select 1 from registry.invitations where token_hash = any($1) for update", held
            )
            for number, token in enumerate(invited.tokens):
                forms[number] = await send_form(client, f"/s/{token}")
            sending = asyncio.create_task(all_of(client, range(TENANTS)))
            half = asyncio.create_task(midway.wait())
            await asyncio.wait([sending, half], return_when=asyncio.FIRST_COMPLETED)
            server.kill()
            half.cancel()
            await sending
    first = set(confirmed)
    assert 20 <= len(first) <= TENANTS - len(held), "the server was to die in the middle"
    stored = Counter(str(answers["bedre"]) for answers in await stored_answers(database, invited))
    assert {f"nummer {number}" for number in first} <= set(stored)
    assert set(stored.values()) == {1}

    with serving(database_url, tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60) as client:
            await all_of(client, range(TENANTS))
    stored = Counter(str(answers["bedre"]) for answers in await stored_answers(database, invited))
    assert stored == Counter(f"nummer {number}" for number in range(TENANTS))


async def test_a_late_page_of_another_tab_does_not_bring_the_draft_back(
    client: httpx.AsyncClient, database: Database
) -> None:
    invited = await invite(database, b"k" * 32)
    await client.post(f"{invited.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    page = (await client.get(f"{invited.link}/side/hjem")).text
    fields = {"_vist": "mott", "mott": "1", **dict(re.findall(r'name="(_utkast)" value="(1)"', page))}
    replies = await asyncio.gather(
        client.post(f"{invited.link}/send"),
        *(client.post(f"{invited.link}/side/hjem", data=fields) for _ in range(8)),
    )
    assert replies[0].status_code == 200
    late = await client.post(f"{invited.link}/side/hjem", data=fields)
    assert late.status_code == 409 and "Det du hadde lagret, er borte" in late.text
    autosave = {"_side": ["hjem"], **{name: [value] for name, value in fields.items()}}
    assert (await client.post(f"{invited.link}/utkast", json=autosave)).status_code == 409
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.drafts") == 0
    assert await stored_answers(database, invited) == [{"mott": 1}]


async def test_what_another_tab_saved_in_between_is_not_left_out_of_what_is_sent(
    database: Database,
) -> None:
    key = b"k" * 32
    invited = await invite(database, key)
    async with database.phone() as connection:
        assert await drafts.save(connection, key, invited.token, Draft("nb", {"mott": 1}, "hjem"))
        read = await rounds.find(connection, key, invited.token)
        assert read is not None
        draft = drafts.read(key, invited.token, read.sealed)
        assert draft is not None
        assert await drafts.save(connection, key, invited.token, replace(draft, answers={"bolig_hjem": 4}))
        version = await rounds.load_version(connection, read.round.questionnaire_version_id)

        async def send(seen: bytes | None) -> Outcome:
            return await submit(
                connection,
                key,
                invited.token,
                read.round,
                version,
                draft.answers,
                seen=seen,
                language="nb",
                receipt=tokens.receipt(key, invited.token, SEED),
            )

        with pytest.raises(DraftChanged):
            await send(draft.mark)
        assert await stored_answers(database, invited) == []
        with pytest.raises(DraftChanged):
            await drafts.save(connection, key, invited.token, draft)
        now = await rounds.find(connection, key, invited.token)
        assert now is not None and now.sealed is not None
        assert await send(mark(now.sealed)) is Outcome.ACCEPTED
    assert len(await stored_answers(database, invited)) == 1


async def test_a_round_closes_after_the_answers_that_are_under_way_and_before_all_others(
    database: Database,
) -> None:
    key = b"k" * 32
    invited = await invite(database, key, tenants=2)
    early, late = invited.tokens
    version = Version(small_questionnaire(), Layout.of(small_questionnaire()))

    async def send(connection: Connection, token: str) -> Outcome:
        found = await rounds.find(connection, key, token)
        assert found is not None
        return await submit(
            connection,
            key,
            token,
            found.round,
            version,
            {"mott": 1},
            seen=None,
            language="nb",
            receipt=tokens.receipt(key, token, SEED),
        )

    async def close() -> None:
        async with database.registry(invited.organisation_id) as connection:
            await connection.execute("update registry.campaigns set status = 'closed'")

    async with database.phone() as connection:
        async with connection.transaction():
            assert await send(connection, early) is Outcome.ACCEPTED
            closing = asyncio.create_task(close())
            waiting = "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
            async with database.owner() as watching:
                while not await watching.fetchval(waiting):
                    assert not closing.done(), "closing was to wait for the answer"
        await closing
        assert await send(connection, late) is Outcome.CLOSED
        assert not await drafts.save(connection, key, late, Draft("nb", {"mott": 1}, "hjem"))
    assert len(await stored_answers(database, invited)) == 1


async def test_no_log_of_the_server_holds_a_link(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path) as server:
        invited = await invite(database, server.settings.secret_key)
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            await client.get(invited.link)
            await client.get(f"{invited.link}/side/finnes_ikke")
            await client.post(f"{invited.link}/side/hjem", content=b"\xff")
            await client.delete(invited.link)
            async with database.owner() as connection:
                await connection.execute("alter schema ballots rename to gone")
            assert (await client.get(invited.link)).status_code >= 500
            async with database.owner() as connection:
                await connection.execute("alter schema gone rename to ballots")
        log = server.log.read_text()
    assert invited.token not in log and "127.0.0.1:" not in log.replace(server.url, "")


async def test_the_tenants_role_can_read_no_table(database: Database) -> None:
    for table in ("registry.invitations", "answers.responses", "ballots.drafts", "registry.organisations"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.phone() as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608, the names stand above


async def test_a_submission_reads_no_more_the_more_have_been_counted(
    database: Database, database_url: str
) -> None:
    """What PostgreSQL planned while it knew that there were no receipts read all of them each time."""
    election = await hold(database, [20])
    ((*first, last),) = election.tenants.values()
    read = "select seq_tup_read from pg_stat_xact_user_tables where relid = 'ballots.receipts'::regclass"
    plain = await asyncpg.connect(database_url)
    await plain.execute("vacuum ballots.receipts")
    await plain.close()
    async with database.owner() as connection:
        for token in first:
            assert await send(connection, token, "") is Outcome.ACCEPTED
        await connection.execute(
            "insert into ballots.receipts (receipt_hash, campaign_id, state)"
            " select sha256(n::text::bytea), $1, 'counted' from generate_series(1, 2000) n",
            election.campaign_id,
        )
        before = await connection.fetchval(read)
        assert await send(connection, last, "") is Outcome.ACCEPTED
        assert await connection.fetchval(read) == before
