"""Who has one copy of the database's files reads in them what no table holds any more.

PostgreSQL does not overwrite what is deleted: its sweeping frees the room, and the bytes stay until another
row happens to come there. This attacker copies all files of the database after a round is sealed, or after
its answers were deleted, and has the office's list of links beside them; the server's secret and the mixer's
keys he has not. He reads every page, whatever PostgreSQL thinks of it: tables, their pieces, indexes,
the catalogue and its statistics.

Each test first shows that he finds it all while the round is open, so that his finding nothing means
something.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from survey import mixer
from survey.ballots import drafts, files, mixing, submission, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.rounds import find, load_version
from survey.ballots.tokens import token_hash
from survey.database.pool import Database
from survey.retention import steps
from tests import elections, mornings
from tests.elections import SECRET, Election, close, hold, send_all
from tests.waiting import until

USED, DECLINED = 0, 1
"""Bytes behind organisation, invitation, round and estate in a row of `ballots.rights`."""


async def _copied(database: Database) -> bytes:
    """Everything in the database's folder, and the write-ahead log as it is when all is written down."""
    async with database.owner() as connection:
        await connection.execute("checkpoint")
        folder = await connection.fetchval("select current_setting('data_directory')")
        number = await connection.fetchval("select oid from pg_database where datname = current_database()")
    place = Path(folder) / "base" / str(number)
    if not place.is_dir():
        pytest.skip("this server keeps its files elsewhere")
    log = Path(folder) / "pg_wal"
    copied = [*sorted(place.glob("[0-9]*")), *(file for file in sorted(log.iterdir()) if file.is_file())]
    return b"".join(file.read_bytes() for file in copied)


async def _looks(database: Database, keys: KeyFolder) -> None:
    """The mixer looks until no table waits to be written anew."""

    async def done() -> bool:
        await mixer.work_once(database, keys)
        async with database.owner() as connection:
            return not await connection.fetchval("select exists (select from retention.to_write_anew)")

    await until(done, "every table written anew")


async def _decline(database: Database, token: str) -> None:
    async with database.phone() as connection:
        assert await submission.decline(connection, SECRET, token)


async def _took_part(database: Database, held: Election, copied: bytes) -> tuple[set[str], set[str]]:
    """The links of those who answered and of those who said no, in whatever is left of any row."""
    async with database.owner() as connection:
        # In the list of invitations the number of the home stands where these two bytes are in a right.
        rows = await connection.fetch("select id, token_hash from registry.invitations where dwelling > 1")
    links = {token_hash(SECRET, token): token for found in held.tenants.values() for token in found}
    round_id, estates = held.campaign_id.bytes, {id.bytes for id in held.tenants}
    used, declined = set(), set()
    for row in rows:
        sought, at = row["id"].bytes + round_id, -1
        while (at := copied.find(sought, at + 1)) >= 0:
            flags = copied[at + 48 : at + 51]
            if copied[at + 32 : at + 48] not in estates or max(flags, default=2) > 1:
                continue  # what another row has been written over half of: any byte may stand there
            if flags[USED] == 1:
                used.add(links[row["token_hash"]])
            elif flags[DECLINED] == 1:
                declined.add(links[row["token_hash"]])
    return used, declined


async def test_the_files_of_a_sealed_round_tell_nobody_who_took_part(
    database: Database, keys: KeyFolder
) -> None:
    rng = random.Random(1)
    held = await hold(database, (7, 9, 24))
    everybody = [token for links in held.tenants.values() for token in links[1:]]
    rng.shuffle(everybody)
    answering, saying_no = everybody[:26], everybody[26:32]
    for token in answering:
        await send_all(database, [token], rng)
        await mornings.mix(database, keys)
    for token in saying_no:
        await _decline(database, token)
    copied = await _copied(database)
    assert await _took_part(database, held, copied) == (set(answering), set(saying_no))
    await close(database, held)
    await _looks(database, keys)
    copied = await _copied(database)
    assert await _took_part(database, held, copied) == (set(), set())


async def test_the_files_of_a_sealed_round_do_not_tell_one_batch_from_another(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, (40,))
    (links,) = held.tenants.values()
    for token in links:
        await send_all(database, [token])
        await mornings.mix(database, keys)
    table = await _file_of(database, "answers.responses")
    assert max(table.count(f"merke {token}".encode()) for token in links) > 1, "the rows of each batch"
    await close(database, held)
    await _looks(database, keys)
    table = await _file_of(database, "answers.responses")
    assert [table.count(f"merke {token}".encode()) for token in links] == [1] * 40


async def _file_of(database: Database, relation: str) -> bytes:
    await _copied(database)
    async with database.owner() as connection:
        folder = await connection.fetchval("select current_setting('data_directory')")
        path = await connection.fetchval("select pg_relation_filepath($1::regclass)", relation)
    return (Path(folder) / path).read_bytes()


def _with_link_alone(token: str, sealed: bytes) -> bool:
    """Whether it opens by a key that only the link is needed for, with or without the draft's first byte."""
    key = hashlib.blake2b(token.encode(), person=b"bostemme.sealing", digest_size=SecretBox.KEY_SIZE).digest()
    for piece in (sealed, sealed[1:]):
        try:
            SecretBox(key).decrypt(piece)
        except CryptoError:
            continue
        return True
    return False


def _blobs(copied: bytes, round_id: UUID) -> list[bytes]:
    """Whatever lies behind the number of the round as a sealed draft does: four bytes of length, one
    that says how it is sealed, the rest."""
    found, at = [], -1
    while (at := copied.find(round_id.bytes, at + 1)) >= 0:
        start = (at + 16 + 3) // 4 * 4
        length = int.from_bytes(copied[start : start + 4], "little") >> 2
        if 1000 < length < 8192 and copied[start + 4 : start + 5] == tokens.SEALED_AS:
            found.append(copied[start + 4 : start + length])
    return found


async def test_the_files_hold_no_draft_of_a_round_that_is_closed(database: Database, keys: KeyFolder) -> None:
    rng = random.Random(2)
    held, other = await hold(database, (12,)), await hold(database, (12,))
    (links,), (others,) = held.tenants.values(), other.tenants.values()
    for token in [*links, *others]:
        await _save(database, token)
    before = _blobs(await _copied(database), held.campaign_id)
    assert _readable(links, before) == set(links)
    assert not [token for token in links for sealed in before if _with_link_alone(token, sealed)]
    await send_all(database, links[:9], rng)
    await close(database, held)
    await _looks(database, keys)
    await _plainly(database, "vacuum")
    copied = await _copied(database)
    assert _blobs(copied, held.campaign_id) == []
    assert len(_blobs(copied, other.campaign_id)) >= 12, "another round is under way"


async def test_drafts_that_were_sent_are_gone_from_the_files_of_an_open_round_after_a_night(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, (12,))
    (links,) = held.tenants.values()
    for token in links:
        await _save(database, token)
    await send_all(database, links[:9])
    copied = await _copied(database)
    assert _readable(links, _blobs(copied, held.campaign_id)) == set(links)
    async with database.owner() as connection:
        marked = "select count(*) from retention.to_write_anew where relation = 'ballots.drafts'"
        before = await connection.fetchval(marked)
        for time, n in (("01:59", 0), ("05:00", 0), ("02:00", 1), ("04:59", 1)):
            await connection.execute(f"select retention.mark_at_night('2026-11-02 {time}+01')")
            assert await connection.fetchval(marked) == before + n
    await _looks(database, keys)
    copied = await _copied(database)
    assert _readable(links, _blobs(copied, held.campaign_id)) == set(links[9:])


def _readable(links: list[str], blobs: list[bytes]) -> set[str]:
    """Whose draft lies there, for who has the server's secret as well."""
    drafted = {(token, sealed): drafts.read(SECRET, token, sealed) for token in links for sealed in blobs}
    return {token for (token, _), draft in drafted.items() if draft is not None and not draft.unreadable}


async def _save(database: Database, token: str) -> None:
    """As a browser without cookies does it, and whoever pauses: under the link alone."""
    async with database.phone() as connection:
        found = await find(connection, SECRET, token)
        assert found is not None
        version = await load_version(connection, found.round.questionnaire_version_id)
        draft = drafts.Draft("nb", {"bolig_hjem": 3, "bedre": f"merke {token}"}, page="hjem")
        assert await drafts.save(connection, SECRET, token, draft, None, version.room)


async def test_the_files_do_not_tell_who_was_reminded(database: Database, keys: KeyFolder) -> None:
    held = await hold(database, (60,))
    async with database.owner() as connection:
        await connection.execute(
            "insert into delivery.contacts (organisation_id, invitation_id, campaign_id, channel, sealed)"
            " select organisation_id, id, campaign_id, 'email', '' from registry.invitations"
        )
        waiting = await connection.fetch(
            "insert into delivery.queue (organisation_id, campaign_id, invitation_id, number)"
            " select organisation_id, campaign_id, id, 1 from registry.invitations where campaign_id = $1"
            " order by gen_random_uuid() limit 30 returning invitation_id",
            held.campaign_id,
        )
        everybody = await connection.fetch("select id from registry.invitations")
    await _plainly(database, "analyze")  # as PostgreSQL does of itself
    reminded = {row["invitation_id"] for row in waiting}
    others = {row["id"] for row in everybody} - reminded
    before = await _copied(database)
    assert _often(before, reminded) > 1.2 * _often(before, others)
    async with database.owner() as connection:
        await connection.execute("delete from delivery.queue")
    await send_all(database, held.tenants[next(iter(held.tenants))][:20])
    await close(database, held)
    await _looks(database, keys)
    after = await _copied(database)
    counts = {id: after.count(id.bytes) for id in reminded | others}
    # The list, its index, the right, its index: so often, and no more often where somebody was reminded.
    assert len({counts[id] for id in reminded} | {counts[id] for id in others}) == 1, counts


def _often(copied: bytes, ids: set[UUID]) -> float:
    return sum(copied.count(id.bytes) for id in ids) / len(ids)


async def _plainly(database: Database, statement: str) -> None:
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_answers_whose_time_is_over_are_gone_from_the_files(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, (40,))
    (links,) = held.tenants.values()
    await send_all(database, links)
    await mornings.mix(database, keys)
    await close(database, held)
    await _looks(database, keys)
    await _plainly(database, "analyze")
    texts = [f"merke {token}".encode() for token in links]
    copied = await _copied(database)
    assert all(text in copied for text in texts)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set contacts_due_on = current_date, answers_due_on = current_date"
        )
    done = await steps.run(database, [])
    assert {one.due.kind for one in done if one.due and not one.fault} >= {"answers", "invitations"}
    await _looks(database, keys)
    copied = await _copied(database)
    assert [text for text in texts if text in copied] == []


async def test_what_somebody_s_older_look_still_sees_is_written_anew_when_that_is_over(
    database: Database, keys: KeyFolder
) -> None:
    """A dump that runs at that moment has a right to the rows of its beginning. They are carried over, so the
    mark stays until it has ended; what ends in between, a mixer that is killed too, leaves it as well."""
    held = await hold(database, (12,))
    (links,) = held.tenants.values()
    await send_all(database, links[1:9])
    await close(database, held)
    await mixing.mix_and_tell(database, keys)
    dump = await asyncpg.connect(database.url)
    await dump.execute("begin isolation level repeatable read")
    await dump.execute("select count(*) from registry.areas")
    for _ in range(5):
        await mixer.work_once(database, keys)
    assert (await _took_part(database, held, await _copied(database)))[0] == set(links[1:9])
    await dump.execute("commit")
    await dump.close()
    await _looks(database, keys)
    assert await _took_part(database, held, await _copied(database)) == (set(), set())


async def test_who_sends_while_tables_are_written_anew_is_confirmed_and_counted(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, (40, 60))
    everybody = [token for links in held.tenants.values() for token in links]
    stop = asyncio.Event()
    written = 0

    async def writes() -> None:
        nonlocal written
        while not stop.is_set():
            async with database.owner() as connection:
                await connection.execute(
                    "select retention.mark('ballots.rights', 'ballots.box', 'ballots.drafts',"
                    " 'ballots.receipts', 'registry.invitations', 'answers.responses')"
                )
            written += await files.write_anew(database)
            await mornings.mix(database, keys)

    writing = asyncio.create_task(writes())
    for some in _by(everybody, 10):
        for token in some[:3]:
            await _save(database, token)
        await elections.at_once(database, some)
    stop.set()
    await writing
    assert written >= 6
    await close(database, held)
    await _looks(database, keys)
    assert (await elections.marks(database, held)).keys() == set(everybody)


def _by(links: list[str], n: int) -> list[list[str]]:
    return [links[at : at + n] for at in range(0, len(links), n)]
