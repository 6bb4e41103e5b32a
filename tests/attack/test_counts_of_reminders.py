"""The office knows which home is written to by SMS. Who holds a dump of the round, open or sealed, counts
what was sent: a reminder by SMS says that this home had not answered by then, and none says that it had.
"""

from __future__ import annotations

from datetime import date

import pytest

from survey import mixer, sender
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.database.pool import Database
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.settings import Settings
from tests import deliveries
from tests.deliveries import answer_or_decline, csv_file, days_pass, gateway, mailbox, mailed

HOMES = 12
BY_SMS = 5


def _contacts() -> bytes:
    homes = range(1, HOMES + 1)
    return csv_file(
        *(
            (
                "Havneveien 1-9",
                str(n),
                *(("", "40001234") if n == BY_SMS else (f"b{n}@beboer.example", "")),
                "",
                "",
            )
            for n in homes
        )
    )


async def _counted(database: Database) -> list[tuple[object, ...]]:
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select number, channel, sent, failed, bounced from delivery.counts order by number, channel"
        )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("answered", [True, False])
async def test_what_was_sent_says_nothing_of_who_had_answered_when_reminders_went(
    database: Database, settings: Settings, keys: KeyFolder, contact_keys: KeyFolder, answered: bool
) -> None:
    async with mailbox() as box:
        with gateway() as texts:
            held = await mailed(database, settings, _contacts(), plan=Plan(date.today(), 1, 7))
            working = deliveries.sender(database, contact_keys, box.channel(), texts.channel())
            await working.look(0.0, pauses=False)
            if answered:
                await answer_or_decline(database, held.round_id, BY_SMS, "used")
            await days_pass(database, held.round_id, 8)
            await working.look(10.0, pauses=False)
            assert len(texts.sent) == (1 if answered else 2), "she is reminded when she has not"
    address = f"retur+{held.round_id.hex}-1@example.org"
    assert await sender.bounced(settings, address)
    first = [(0, "email", HOMES - 1, 0, 0), (0, "sms", 1, 0, 0)]
    assert await _counted(database) == first
    await rounds.close_round(database, held.office.staff[Role.OFFICER], held.round_id)
    await mixer.work_once(database, keys)
    assert await _counted(database) == first


async def test_a_contact_key_that_a_round_has_taken_is_not_called_destroyed_by_another_senders_folder(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, csv_file(("Havneveien 1-9", "1", "b1@x.example", "", "", "")))
    async with database.sender() as connection:
        for row in await connection.fetch(
            "select public_key, campaign_id from delivery.known_contact_keys()"
        ):
            dropped = await connection.fetchval("select delivery.drop_contact_stock($1)", row["public_key"])
            assert dropped == (row["campaign_id"] != held.round_id)
