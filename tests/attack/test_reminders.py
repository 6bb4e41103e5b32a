"""Who holds the whole database after a round tries to find out from the sending who answered, when, and what.

He has every table of schema delivery with every system column, the sender's journal and the logs. He knows
that reminders went out on some day, and would like to know to whom: whoever was reminded had not answered
by then. With that he could split the tenants of a house in early and late, and the answers by what they
say.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from survey.ballots.keys import KeyFolder
from survey.ballots.tokens import token_hash
from survey.database.pool import Database
from survey.delivery.sealing import Contact, seal_contact, seal_token
from tests import mornings
from tests.chance import SIGMAS
from tests.deliveries import Mailbox, days_pass, mailbox, sender
from tests.elections import SECRET, Election, close, hold, send_all

SEEDS = 6
ESTATES = (7, 13, 30)
TABLES = ("links", "contacts", "queue", "mailings", "counts", "plans", "contact_keys")


async def _reachable(database: Database, election: Election) -> dict[str, str]:
    """Gives every tenant of a round an address, sealed as the office does it; the addresses by token."""
    async with database.owner() as connection:
        await connection.execute(
            "select set_config('bostemme.organisation_id', $1, true)", str(election.organisation_id)
        )
        key = await connection.fetchval("select delivery.take_contact_key($1)", election.campaign_id)
        address = {}
        for links in election.tenants.values():
            for token in links:
                address[token] = f"{token}@beboer.example"
                invitation = await connection.fetchval(
                    "select id from registry.invitations where token_hash = $1", token_hash(SECRET, token)
                )
                place = (election.organisation_id, invitation, election.campaign_id)
                await connection.execute(
                    "insert into delivery.links values ($1, $2, $3, $4)", *place, seal_token(key, token)
                )
                await connection.execute(
                    "insert into delivery.contacts values ($1, $2, $3, 'email', $4)",
                    *place,
                    seal_contact(key, Contact(address[token], "", "nb")),
                )
        await connection.execute(
            "insert into delivery.plans values ($1, $2, current_date, 2, 2)",
            election.organisation_id,
            election.campaign_id,
        )
    return address


async def _held_with_reminder(
    database: Database, keys: KeyFolder, contact_keys: KeyFolder, rng: random.Random, box: Mailbox
) -> tuple[Election, set[str]]:
    """A round in which some answer, the others are reminded, and some of these answer too; who was
    reminded.
    """
    election = await hold(database, ESTATES)
    await _reachable(database, election)
    working = sender(database, contact_keys, box.channel())
    await working.look(0.0, pauses=False)
    willing = [
        token for links in election.tenants.values() for token in rng.sample(links, round(0.9 * len(links)))
    ]
    rng.shuffle(willing)
    cut = len(willing) // 2
    await send_all(database, willing[:cut], rng)
    await mornings.mix(database, keys)
    await days_pass(database, election.campaign_id, 2)
    box.received.clear()
    await working.look(10.0, pauses=False)
    reminded = {to.partition("@")[0] for to in box.to}
    assert reminded.isdisjoint(willing[:cut]) and set(willing[cut:]) <= reminded
    await send_all(database, willing[cut:], rng)
    await mornings.mix(database, keys)
    await close(database, election)
    await mornings.mix(database, keys)
    await working.look(20.0, pauses=False)
    return election, reminded


async def _stolen(database: Database, election: Election) -> dict[UUID, list[tuple[str, dict[str, Any]]]]:
    """Every row of the sending that names an invitation, with its system columns, by invitation."""
    found: dict[UUID, list[tuple[str, dict[str, Any]]]] = {}
    async with database.owner() as connection:
        for table in ("links", "contacts", "queue"):
            rows = await connection.fetch(
                f"select *, ctid::text as place, xmin::text, xmax::text from delivery.{table}"  # noqa: S608
                " where campaign_id = $1",
                election.campaign_id,
            )
            for row in rows:
                found.setdefault(row["invitation_id"], []).append((table, dict(row)))
        invitations = await connection.fetch(
            "select i.*, r.*, r.ctid::text as place, r.xmin::text, r.xmax::text"
            " from ballots.rights r join registry.invitations i on i.id = r.invitation_id"
            " where i.campaign_id = $1",
            election.campaign_id,
        )
        for row in invitations:
            found.setdefault(row["id"], []).append(("invitations", dict(row)))
    return found


def _signals(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, float]:
    """Everything about an invitation's rows that can be put in an order."""
    signals: dict[str, float] = {}
    for table, row in rows:
        page, line = row["place"].strip("()").split(",")
        signals[f"{table} lies"] = int(page) * 1000 + int(line)
        signals[f"{table} was written"] = int(row["xmin"])
        signals[f"{table} was locked"] = int(row["xmax"])
        signals[f"{table} length"] = len(row.get("sealed") or b"")
        signals[f"{table} flag"] = float(bool(row.get("queued")))
        signals[f"{table} id"] = float(row["invitation_id"].int)
    return signals


class Tally:
    """Right guesses by signal, and what chance would give, over many estates."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.total, self.expected, self.variance = 0, 0.0, 0.0

    def add(self, answered: Sequence[tuple[dict[str, float], bool]], rng: random.Random) -> None:
        """One estate: those who answered, each with its signals and whether it was reminded."""
        late, n = sum(is_late for _, is_late in answered), len(answered)
        if not 0 < late < n:
            return
        self.total += late
        self.expected += late * late / n
        self.variance += late * (late / n) * (1 - late / n)
        for name in answered[0][0]:
            for direction in (1, -1):
                order = sorted((direction * signals[name], rng.random(), late) for signals, late in answered)
                self.right[f"{name} {direction}"] += sum(is_late for _, _, is_late in order[-late:])

    @property
    def by_chance(self) -> float:
        return self.expected + SIGMAS * math.sqrt(self.variance)


async def _guess(
    database: Database, election: Election, reminded: set[str], tally: Tally, rng: random.Random
) -> None:
    stolen = await _stolen(database, election)
    late_hashes = {token_hash(SECRET, token) for token in reminded}
    for estate_id in election.tenants:
        answered = []
        for rows in stolen.values():
            row = dict(rows)["invitations"]
            if row["estate_id"] == estate_id and row["used"]:
                answered.append((_signals(rows), row["token_hash"] in late_hashes))
        tally.add(answered, rng)


async def test_the_attacker_finds_everybody_reminded_in_a_store_that_notes_it(
    database: Database, keys: KeyFolder, contact_keys: KeyFolder
) -> None:
    """The control: a note at each contact, even one that is taken back, and the same attack is right."""
    tally, rng = Tally(), random.Random(7)
    async with mailbox() as box:
        election, reminded = await _held_with_reminder(database, keys, contact_keys, rng, box)
    async with database.owner() as connection:
        await connection.execute(
            "update delivery.contacts set queued = true where invitation_id in"
            " (select id from registry.invitations where token_hash = any($1))",
            [token_hash(SECRET, token) for token in reminded],
        )
    await _guess(database, election, reminded, tally, rng)
    assert tally.right["contacts was written 1"] == tally.total > 10


async def test_after_a_round_nothing_tells_who_was_reminded(
    database: Database, keys: KeyFolder, contact_keys: KeyFolder
) -> None:
    """Among those who answered, early and late, every order of every row splits no better than lots."""
    tally = Tally()
    async with mailbox() as box:
        for seed in range(SEEDS):
            rng = random.Random(seed)
            election, reminded = await _held_with_reminder(database, keys, contact_keys, rng, box)
            await _guess(database, election, reminded, tally, rng)
    assert tally.total > 50
    for name, found in tally.right.items():
        assert found <= tally.by_chance, f"{name}: {found} of {tally.total}, {tally.expected:.0f} by chance"


async def test_after_a_round_no_queue_no_journal_and_no_log_names_anybody(
    database: Database,
    keys: KeyFolder,
    contact_keys: KeyFolder,
    capsys: Any,
) -> None:
    async with mailbox() as box:
        election, reminded = await _held_with_reminder(database, keys, contact_keys, random.Random(99), box)
    assert (contact_keys.path / "sending.journal").read_text() == ""
    tokens = [token for links in election.tenants.values() for token in links]
    said = "".join(capsys.readouterr())
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.queue") == 0
        for table in TABLES:
            rows = await connection.fetch(f"select t::text as whole from delivery.{table} t")  # noqa: S608
            said += " ".join(row["whole"] for row in rows)
        columns = await connection.fetch(
            "select table_name, column_name, data_type from information_schema.columns"
            " where table_schema = 'delivery'"
        )
    assert reminded and not any(token in said or token.encode().hex() in said for token in tokens)
    assert "beboer.example" not in said
    moments = {(row["table_name"], row["column_name"]) for row in columns if "time" in row["data_type"]}
    # Letters to those an edition is sent to, by name, are no tenants': they are tried anew by the hour.
    to_recipients = {("shared_letters", "since"), ("shared_letters", "not_before")}
    assert moments == {("printouts", "made_at")} | to_recipients, (
        "nothing about a message to tenants has a time"
    )
