"""The officer herself is the attacker: she has the console, its database role and any number of mailboxes.

She wants to know which homes have answered. Reminders go to those who have not, at the addresses that the
office gave: so she tries to make the reminders of some homes come to her. What she then has is what the
console told her and what lies in her mailboxes. Played in three worlds that differ only in who has answered
(these homes, the other ones, nobody): if what she has is the same in all three, no way of guessing is better
than chance.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

import asyncpg
import httpx
import pytest

from survey.ballots.keys import KeyFolder
from survey.campaigns import links, rounds
from survey.database.pool import Database
from survey.delivery import plans
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.deliveries import (
    Mailbox,
    answer_or_decline,
    csv_file,
    days_pass,
    first_dwellings,
    mailbox,
    sender,
    small_round,
    upload,
)
from tests.offices import Office

ESTATE = "Havneveien 1-9"
HOMES = range(1, 13)
"""Those she is curious about."""
WORLDS: dict[str, list[int]] = {
    "the first six": [*range(1, 7)],
    "the last six": [*range(7, 13)],
    "nobody": [],
}
Attack = Callable[["World"], Awaitable[None]]


class World:
    """One round with its officer. `seen`: what she has been told; `box`: the mail of everybody."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        database: Database,
        settings: Settings,
        keys: KeyFolder,
        answered: list[int],
        box: Mailbox,
    ) -> None:
        self.client, self.database, self.settings, self.answered, self.box = (
            client,
            database,
            settings,
            answered,
            box,
        )
        self.sender = sender(database, keys, box.channel())
        self.seen: list[str] = []
        self.clock = 0.0
        self.office: Office
        self.round_id: UUID

    @property
    def mine(self) -> list[str]:
        """The homes whose messages came to her, once for each message."""
        return sorted(to for to in self.box.to if "kontor" in to or "falsk" in to)

    async def begin(self) -> None:
        self.office, self.round_id = await small_round(self.database)
        await offices.sign_in(self.client, self.office)

    async def give(self, data: bytes) -> None:
        await upload(self.database, self.settings, self.office, self.round_id, data)

    async def open(self) -> None:
        staff = self.office.staff[Role.OFFICER]
        async with self.database.registry(self.office.organisation_id) as connection:
            await rounds.open_round(connection, staff, self.round_id)

    async def plan(self) -> None:
        async with self.database.registry(self.office.organisation_id) as connection:
            staff = self.office.staff[Role.OFFICER]
            await plans.keep(connection, staff, self.round_id, Plan(date.today(), 3, 3))

    async def take_links(self) -> None:
        async with self.database.registry(self.office.organisation_id) as connection:
            staff = self.office.staff[Role.OFFICER]
            await links.issue_links(connection, self.settings, staff, self.round_id)

    async def send(self) -> None:
        self.clock += 1000.0
        await self.sender.look(self.clock, pauses=False)

    async def answers(self) -> None:
        for home in self.answered:
            await answer_or_decline(self.database, self.round_id, home, "used")

    async def reminders(self) -> None:
        for _ in range(3):
            await days_pass(self.database, self.round_id, 3)
            await self.send()

    async def try_upload(self, data: bytes, *, keep_good: bool = False) -> None:
        """By the console; what it says, without what is by lot."""
        address = f"/kontor/runder/{self.round_id}/utsending"
        form = {"csrf": await offices.token_for(self.client)} | ({"bare_gode": "1"} if keep_good else {})
        answer = await self.client.post(f"{address}/kontakter", data=form, files={"fil": ("l.csv", data)})
        page = await self.client.get(address)
        for text in (str(answer.status_code), answer.text, page.text):
            self.look(text)

    def look(self, text: str) -> None:
        """What a page says, without what is by lot."""
        text = re.sub(r"[0-9a-f-]{36}", "ID", text)
        text = re.sub(r'name="csrf" value="[^"]+"', "CSRF", text)
        self.seen.append(re.sub(r"Runde 2025 nr\. \d+", "RUNDE", text))

    async def try_sql(self, statement: str, *values: object) -> None:
        """With the console's own role, past the console."""
        try:
            async with self.database.registry(self.office.organisation_id) as connection:
                await connection.execute(statement, *values)
            self.seen.append("done")
        except asyncpg.PostgresError as error:
            self.seen.append(f"{type(error).__name__}: {error}")


def planted(address: str) -> bytes:
    return csv_file(*((ESTATE, str(n), address.format(n=n), "", "", "") for n in HOMES))


async def _middle_of_the_round(world: World) -> None:
    """Everybody has had the first message; some have answered; now she changes the addresses."""
    await world.give(first_dwellings(30))
    await world.plan()
    await world.open()
    await world.send()
    await world.answers()
    for address in ("kontor+{n}@kontoret.example", "kontor{n}@gmail.com"):
        await world.try_upload(planted(address))
        await world.try_upload(planted(address), keep_good=True)
    for statement in (
        "update delivery.contacts set sealed = '\\x00', known_by = null where campaign_id = $1",
        "update delivery.contacts set channel = 'sms' where campaign_id = $1",
        "delete from delivery.contacts where campaign_id = $1",
        "delete from registry.invitations where campaign_id = $1",
    ):
        await world.try_sql(statement, world.round_id)
    await world.reminders()


async def _links_by_hand_first(world: World) -> None:
    """Tenants have their links on paper; some have answered; only now she gives addresses, of her own."""
    await world.take_links()
    await world.open()
    await world.answers()
    await world.try_upload(planted("kontor{n}@gmail.com"))
    await world.try_sql(
        "insert into delivery.contacts (organisation_id, campaign_id, invitation_id, channel, sealed)"
        " select organisation_id, campaign_id, id, 'email', '\\x00' from registry.invitations"
        " where campaign_id = $1",
        world.round_id,
    )
    await world.try_sql(
        "insert into delivery.plans (organisation_id, campaign_id, first_on)"
        " values (nullif(current_setting('bostemme.organisation_id'), '')::uuid, $1, current_date)",
        world.round_id,
    )
    await world.reminders()


async def _new_links_in_the_middle(world: World) -> None:
    """New links open the door to a first message once more: the seconds before it goes are no way in."""
    await world.give(first_dwellings(30))
    await world.plan()
    await world.open()
    await world.send()
    await world.answers()
    await world.take_links()
    await world.try_sql(
        "update registry.campaigns set links_handed_out = false where id = $1", world.round_id
    )
    await world.try_upload(planted("kontor{n}@gmail.com"))
    await world.try_sql("update delivery.contacts set queued = false where campaign_id = $1", world.round_id)
    await world.send()
    await world.reminders()


async def _her_own_from_the_beginning_first_message(world: World) -> None:
    """Mailboxes of her own from the start, letters to the tenants: the first message tells nothing."""
    await world.give(planted("falsk{n}@gmail.com"))
    await world.take_links()
    await world.open()
    await world.answers()
    await world.plan()
    await world.send()
    assert world.mine == sorted(f"falsk{n}@gmail.com" for n in HOMES)


async def _a_channel_for_each(world: World) -> None:
    """True addresses, but she chose the channels: some homes by e-mail, the others by SMS. How many reminders
    went by each would tell whom they went to."""
    rows = [(ESTATE, str(n), f"bolig{n}@beboer.example", "", "", "") for n in HOMES if n <= 6]
    rows += [(ESTATE, str(n), "", f"9000{n:04}", "", "") for n in HOMES if n > 6]
    await world.give(csv_file(*rows))
    await world.plan()
    await world.open()
    await world.send()
    await world.answers()
    address = f"/kontor/runder/{world.round_id}/utsending"
    for _ in range(3):
        await days_pass(world.database, world.round_id, 3)
        await world.send()
        world.look((await world.client.get(address)).text)


async def _played(
    attack: Attack,
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    keys: KeyFolder,
) -> dict[str, tuple[list[str], list[str]]]:
    """What she has at the end in each world: what she was told, and the mail that came to her."""
    found = {}
    for name, answered in WORLDS.items():
        async with mailbox() as box:
            world = World(client, database, settings, keys, answered, box)
            await world.begin()
            await attack(world)
            found[name] = (world.seen, world.mine)
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set status = 'closed'")
            await connection.execute("update registry.estates set name = 'Ferdig ' || id, dwellings = 180")
            await connection.execute("update registry.organisations set name = 'Ferdig ' || id")
        client.cookies.clear()
    return found


@pytest.mark.parametrize(
    "attack",
    [
        _middle_of_the_round,
        _links_by_hand_first,
        _new_links_in_the_middle,
        _her_own_from_the_beginning_first_message,
        _a_channel_for_each,
    ],
)
async def test_what_she_has_is_the_same_whoever_has_answered(
    attack: Attack,
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    contact_keys: KeyFolder,
) -> None:
    found = await _played(attack, client, database, settings, contact_keys)
    ((told, mail), *others) = found.values()
    for other_told, other_mail in others:
        assert other_told == told and other_mail == mail
    if attack is _a_channel_for_each:
        assert told[-1].count("Hvor mange det er, vises ikke") == 6, "three by each channel"
    elif attack is not _her_own_from_the_beginning_first_message:
        assert not mail and "422" in told and "RestrictViolationError" in " ".join(told)


@pytest.mark.parametrize("address", ["kontor+{n}@gmail.com", "kontor{n}@example.org"])
async def test_one_mailbox_or_the_offices_own_domain_is_refused_from_the_beginning(
    address: str, client: httpx.AsyncClient, database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    async with mailbox() as box:
        world = World(client, database, settings, contact_keys, [], box)
        await world.begin()
        await world.try_upload(planted(address))
        assert world.seen[0] == "422"
        async with database.owner() as connection:
            assert not await connection.fetchval("select exists (select from delivery.contacts)")


async def test_with_many_true_mailboxes_from_the_beginning_the_reminders_still_tell_her(
    client: httpx.AsyncClient, database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """The control, and the limit that docs/anonymity-annex.md names: this attack works."""

    async def attack(world: World) -> None:
        await _her_own_from_the_beginning_first_message(world)
        world.box.received.clear()
        await days_pass(world.database, world.round_id, 3)
        await world.send()

    found = await _played(attack, client, database, settings, contact_keys)
    for name, answered in WORLDS.items():
        assert found[name][1] == sorted(f"falsk{n}@gmail.com" for n in HOMES if n not in answered)
