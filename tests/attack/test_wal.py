"""Who keeps the write-ahead log of an open round reads in it the order of everything that was ever written.

PostgreSQL writes down every change before it is made: which transaction, which row, in which order, never
mind that the row is rewritten since. This attacker has all of it from the first submission to the last
mixing, read by PostgreSQL's own `pg_waldump`, beside the whole database after every look of the mixer.

So he sees which sealed ballot came with which invitation (docs/anonymity-annex.md says so, and the second
test that he does), and which ballots left the box together. What he must not see is which of these became
which answer: of five that were mixed together he may be right once, as by guessing, and no more. In a mixer
that draws no lots the same reader finds them all.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.database.pool import Connection, Database
from tests import elections, mornings
from tests.chance import most_by_chance
from tests.elections import SECRET, close, hold, send_all

ROUNDS = 8
ESTATES = (24, 40)
TABLES = ("ballots.rights", "ballots.box", "ballots.receipts", "answers.responses")
LINE = re.compile(
    r"rmgr: Heap +len .*? tx: +(?P<xid>\d+), "
    r".*?desc: (?P<what>INSERT|DELETE|UPDATE|HOT_UPDATE)\S* (?P<told>.*?)"
    r"blkref #0: rel (?P<rel>\S+) .*?blk (?P<block>\d+)"
)
OLD_BLOCK = re.compile(r"blkref #1: .*?blk (\d+)")
"""Of a row that is written on another page than it was."""
OFF, NEW_OFF = re.compile(r"\boff:? (\d+)"), re.compile(r"\bnew[_ ]off:? (\d+)")

Place = tuple[int, int]
"""Block and line of a row."""


@dataclass(frozen=True)
class Change:
    """One row that was written, in the order of the log. `place`: where it is, or was when it was deleted;
    `old`: where it was before it was rewritten."""

    xid: int
    what: str
    table: str
    place: Place
    old: Place | None = None


@dataclass
class Reader:
    """Reads the log of one database from where he last stopped."""

    connection: Connection
    program: Path
    folder: Path
    since: str
    relations: dict[str, str]

    @classmethod
    async def begin(cls, connection: Connection) -> Reader:
        programs = Path(await connection.fetchval("select setting from pg_config where name = 'BINDIR'"))
        folder = Path(await connection.fetchval("select current_setting('data_directory')"))
        if not (programs / "pg_waldump").exists() or not (folder / "pg_wal").is_dir():
            pytest.skip("this server keeps its log elsewhere, or has no pg_waldump beside it")
        # The log is kept for him until he has gone: a checkpoint uses old files anew.
        await connection.execute("select pg_create_physical_replication_slot($1, true, true)", _slot())
        relations = {
            row["path"].removeprefix("base/"): row["name"]
            for row in await connection.fetch(
                "select name, pg_relation_filepath(name::regclass) as path"
                " from unnest($1::text[]) as t (name)",
                list(TABLES),
            )
        }
        return cls(connection, programs / "pg_waldump", folder / "pg_wal", await _end(connection), relations)

    async def more(self) -> list[Change]:
        """What has been written to the four tables since the last time."""
        end = await _end(self.connection)
        told = await asyncio.to_thread(self._dumped, end)
        self.since = end
        changes = []
        for line in told.splitlines():
            found = LINE.search(line)
            table = found and self.relations.get(found["rel"].partition("/")[2])
            if found is None or table is None:
                continue
            off = (NEW_OFF if "UPDATE" in found["what"] else OFF).search(found["told"])
            assert off is not None, line
            what = found["what"].removeprefix("HOT_")
            block, old = int(found["block"]), None
            if what == "UPDATE":
                was, other = OFF.search(found["told"]), OLD_BLOCK.search(line)
                assert was is not None, line
                old = int(other[1]) if other else block, int(was[1])
            changes.append(Change(int(found["xid"]), what, table, (block, int(off[1])), old))
        return changes

    def _dumped(self, end: str) -> str:
        # A file that is made ahead is empty, and pg_waldump takes the first that it finds for an example.
        with TemporaryDirectory() as folder:
            for file in self.folder.glob("[0-9A-F]" * 24):
                with file.open("rb") as opened:
                    if any(opened.read(16)):
                        (Path(folder) / file.name).symlink_to(file)
            command = [self.program, "-p", folder, "-s", self.since, "-e", end, "-r", "Heap"]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _slot() -> str:
    return f"reader_{random.randrange(2**40):x}"


async def _end(connection: Connection) -> str:
    """Where the log ends now. All before it is in the files: the checkpoint comes after it was asked, since a
    server's own processes write to the log too, and what they wrote last may not be in the files yet."""
    end = str(await connection.fetchval("select pg_current_wal_insert_lsn()::text"))
    await connection.execute("checkpoint")
    return end


async def _rows(connection: Connection, table: str, column: str) -> dict[Place, str]:
    """A value of each row, by where it lies."""
    rows = await connection.fetch(f"select ctid::text as place, {column} as value from {table}")  # noqa: S608
    return {_place(row["place"]): row["value"] for row in rows}


def _place(ctid: str) -> Place:
    block, line = ctid.strip("()").split(",")
    return int(block), int(line)


@dataclass(frozen=True)
class Batch:
    """Whose ballots left the box in one transaction, as the log has it. `sent`, `marked` (as drawn, in a
    transaction before it), `deleted`, `receipts`: the links in those orders; `answers`: the links in the
    order in which what was new among the answers was written, which the judge alone can read."""

    sent: list[str]
    marked: list[str]
    deleted: list[str]
    receipts: list[str]
    answers: list[str]


Order = Callable[[Batch], Sequence[str]]
ORDERS: dict[str, Order] = {
    "as they were sent": lambda batch: batch.sent,
    "as they were sent, from the end": lambda batch: batch.sent[::-1],
    "as they were marked": lambda batch: batch.marked,
    "as they were marked, from the end": lambda batch: batch.marked[::-1],
    "as they left the box": lambda batch: batch.deleted,
    "as they left the box, from the end": lambda batch: batch.deleted[::-1],
    "as their receipts were written": lambda batch: batch.receipts,
    "as their receipts were written, from the end": lambda batch: batch.receipts[::-1],
    "as receipts sort": lambda batch: sorted(batch.sent, key=_receipt),
}


def _receipt(link: str) -> str:
    return tokens.receipt_hash(SECRET, elections.receipt(link)).hex()


async def _batches(database: Database, keys: KeyFolder, rng: random.Random) -> list[Batch]:
    """One round from the first submission to the last mixing, read from the log as it goes."""
    held = await hold(database, ESTATES)
    links = [link for tenants in held.tenants.values() for link in tenants]
    owner = {_receipt(link): link for link in links}
    coming = rng.sample(links, round(0.9 * len(links)))
    came: list[str] = []
    batches: list[Batch] = []
    known: set[str] = set()
    async with database.owner() as connection:
        await connection.execute("commit")  # the copy is of now, each time, and not of when this began
        reader = await Reader.begin(connection)
        for looks in itertools.count():
            if not coming and not await elections.in_box(database, held):
                break
            assert looks < len(links), "the box of a closed round is never empty"
            wave, coming = coming[:9], coming[9:]
            await send_all(database, wave, rng)
            came += wave
            if not coming:
                await close(database, held)
            waiting = await _rows(connection, "ballots.box", "encode(receipt_hash, 'hex')")
            await reader.more()
            await mornings.mix(database, keys)
            written = await reader.more()
            receipts = await _rows(connection, "ballots.receipts", "encode(receipt_hash, 'hex')")
            answers = await _rows(connection, "answers.responses", "answers->>'bedre'")
            marked = _follow(written, waiting)
            for xid in dict.fromkeys(change.xid for change in written):
                batch = _batch(
                    [change for change in written if change.xid == xid], waiting, receipts, answers
                )
                if batch is None:
                    continue
                gone, noted, marks = batch
                new = [mark.removeprefix("merke ") for mark in marks if mark not in known]
                known |= set(marks)
                deleted = [owner[hash] for hash in gone]
                assert set(gone) <= set(marked), "before it is written among the answers"
                batches.append(
                    Batch(
                        sorted(deleted, key=came.index),
                        [owner[hash] for hash in marked if hash in gone],
                        deleted,
                        [owner[hash] for hash in noted],
                        new,
                    )
                )
        await connection.execute("begin")
    assert sorted(link for batch in batches for link in batch.deleted) == sorted(came), "all of it is read"
    for batch in batches:
        assert sorted(batch.deleted) == sorted(batch.receipts) == sorted(batch.answers)
    return batches


def _follow(written: Sequence[Change], waiting: dict[Place, str]) -> list[str]:
    """Hashes of the ballots that were marked as drawn, in that order; where they lie since is added."""
    marked = []
    for change in written:
        if (change.table, change.what) == ("ballots.box", "UPDATE") and change.old in waiting:
            waiting[change.place] = waiting[change.old]
            marked.append(waiting[change.old])
    return marked


def _batch(
    written: Sequence[Change],
    waiting: dict[Place, str],
    receipts: dict[Place, str],
    answers: dict[Place, str],
) -> tuple[list[str], list[str], list[str]] | None:
    """Hashes of what left the box and of the receipts, and the marks of the answers, as one transaction wrote
    them; None where it moved nothing."""

    def of(table: str, what: str, rows: dict[Place, str]) -> list[str]:
        places = [change.place for change in written if (change.table, change.what) == (table, what)]
        return [rows[place] for place in places if place in rows]

    came = of("answers.responses", "INSERT", answers)
    gone = of("ballots.box", "DELETE", waiting)
    return (gone, of("ballots.receipts", "INSERT", receipts), came) if came else None


def _right(batches: Sequence[Batch], order: Order) -> int:
    return sum(one == two for batch in batches for one, two in zip(order(batch), batch.answers, strict=True))


async def test_the_write_ahead_log_leads_to_a_batch_and_no_further(
    database: Database, keys: KeyFolder
) -> None:
    batches = [
        batch for seed in range(ROUNDS) for batch in await _batches(database, keys, random.Random(seed))
    ]
    assert len(batches) > 4 * ROUNDS and min(len(batch.sent) for batch in batches) >= 5
    most = most_by_chance(len(batches))
    for name, order in ORDERS.items():
        assert (found := _right(batches, order)) <= most, f"{name}: {found}, {len(batches)} by chance"


async def test_in_a_mixer_that_draws_no_lots_the_same_reader_finds_everybody(
    database: Database, keys: KeyFolder
) -> None:
    """The control."""
    async with database.owner() as connection:
        lots = {
            "mix": ["order by gen_random_uuid()"],
            "draw": [f"order by sha256(p_lot || uuid_send({row}.id))" for row in "xd"],
        }
        for function, written_so in lots.items():
            written = await connection.fetchval(f"select pg_get_functiondef('ballots.{function}'::regproc)")
            for order in written_so:
                assert order in written
                written = written.replace(order, "")
            await connection.execute(written)
    batches = await _batches(database, keys, random.Random(1))
    sent = sum(len(batch.sent) for batch in batches)
    assert max(_right(batches, order) for order in ORDERS.values()) > 0.8 * sent


async def test_which_ballot_came_with_which_invitation_stands_in_the_log(database: Database) -> None:
    """What the annex says of an operator who keeps the log: he need not guess here, and the reader reads."""
    held = await hold(database, [12])
    ((*links,),) = held.tenants.values()
    async with database.owner() as connection:
        await connection.execute("commit")
        reader = await Reader.begin(connection)
        await send_all(database, links)
        box = await _rows(connection, "ballots.box", "encode(receipt_hash, 'hex')")
        invited = await _rows(
            connection,
            "ballots.rights",
            "(select encode(token_hash, 'hex') from registry.invitations where id = invitation_id)",
        )
        used, came = {}, {}
        for change in await reader.more():
            if change.table == "ballots.rights" and change.what == "UPDATE":
                used[change.xid] = invited[change.place]
            if change.table == "ballots.box" and change.what == "INSERT":
                came[change.xid] = box[change.place]
        await connection.execute("begin")
    assert {used[xid]: came[xid] for xid in used} == {
        tokens.token_hash(SECRET, link).hex(): _receipt(link) for link in links
    }
