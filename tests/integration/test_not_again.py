"""Who does not wish to be asked again is left in peace, answered or not, and nobody learns which."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date
from uuid import UUID

import httpx
import pytest

from survey.ballots import mixing, submission, tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import coverage, links, rounds
from survey.campaigns.links import Link
from survey.campaigns.rounds import NewRound
from survey.database.pool import Database
from survey.delivery import plans
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.phone import said as just_said
from survey.retention import steps
from survey.settings import Settings
from tests import elections, offices
from tests.deliveries import csv_file, mailbox, sender, upload
from tests.offices import Office
from tests.tenants import Invited, invite

HOUSE = "Bakkegata 2"
"""Seven homes."""


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=7)


async def again(database: Database, token: str) -> bool:
    """Whether later rounds ask. The database's owner can tell; the link does not."""
    async with database.owner() as connection:
        wish: bool = await connection.fetchval(
            "select not not_again from ballots.rights"
            " join registry.invitations on id = invitation_id where token_hash = $1",
            tokens.token_hash(elections.SECRET, token),
        )
    return wish


async def never(database: Database, token: str) -> None:
    async with database.phone() as connection:
        assert await submission.ask_again(connection, elections.SECRET, token, False)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune")


def _small(office: Office) -> NewRound:
    return replace(offices.new_round(office), estate_ids=(office.estates[0][0],))


async def opened(database: Database, settings: Settings, office: Office) -> tuple[UUID, list[Link]]:
    """An open round for seven homes, and the links that are handed out."""
    round_id = await offices.make_round(database, office, _small(office))
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    return round_id, made


async def close(database: Database, office: Office, round_id: UUID) -> None:
    await offices.close(database, office.staff[Role.OFFICER], round_id)


# ---------------------------------------------------------------- what the tenant sees


async def test_one_tap_says_no_to_this_survey_and_to_later_ones_and_can_be_taken_back(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    start = await client.get(tenant.link)
    assert "Jeg vil ikke svare, og ikke bli spurt igjen" in start.text
    said = await client.post(f"{tenant.link}/nei?igjen=nei")
    page = await client.get(said.headers["location"])
    assert "Takk for beskjed" in page.text and "Du blir ikke spurt igjen" in page.text
    assert await again(database, tenant.token) is False
    assert (await client.get(tenant.link)).text == start.text, "others hold the link, too"
    back = await client.post(f"{tenant.link}/igjen", data={"igjen": "ja"})
    page = await client.get(back.headers["location"])
    assert "Vi kan spørre deg igjen" in page.text and "Ikke spør meg igjen" in page.text
    assert await again(database, tenant.token) is True


@pytest.mark.parametrize(
    ("place", "sent", "told", "asked"),
    [
        ("/nei?sprak=en", {}, "Thank you for telling us", "I do not wish to answer</button>"),
        ("/nei?igjen=nei&sprak=nn", {}, "Du blir ikkje spurd igjen", "ikkje bli spurd igjen</button>"),
        ("/igjen?sprak=nb", {"igjen": "nei"}, "Du blir ikke spurt igjen", "Ikke spør meg igjen</button>"),
        ("/igjen?sprak=nb", {"igjen": "ja"}, "Vi kan spørre deg igjen", "Ikke spør meg igjen</button>"),
    ],
)
async def test_that_it_is_noted_is_said_to_who_pressed_it_just_now_and_to_nobody_else(
    client: httpx.AsyncClient,
    tenant: Invited,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    sent: dict[str, str],
    told: str,
    asked: str,
) -> None:
    noted = str((await client.post(tenant.link + place, data=sent)).headers["location"])
    other = f"/s/{tenant.tokens[1]}"
    assert told in (await client.get(noted)).text
    assert told in (await client.get(noted)).text, "loaded anew"
    without = noted.replace("sagt=", "x=")
    another = "ja" if "valg=nei" in noted else "nei"
    changed = re.sub("valg=[a-z]+", f"valg={another}", noted)
    if "/nei" in noted:
        changed = noted.replace("igjen=nei&", "") if "igjen=nei" in noted else noted + "&igjen=nei"
    for address in (without, changed, noted.replace(tenant.link, other), noted.replace("sagt=", "sagt=æ")):
        page = await client.get(address)
        assert page.status_code == 200 and told not in page.text and asked in page.text, address
    later = time.time() + 2 * just_said.SPAN_SECONDS
    monkeypatch.setattr(time, "time", lambda: later)
    page = await client.get(noted)
    assert told not in page.text and asked in page.text, "an address that is kept, or gone back to"


async def test_saying_no_alone_says_nothing_about_later_surveys(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    said = await client.post(f"{tenant.link}/nei")
    assert "Ikke spør meg igjen" in (await client.get(said.headers["location"])).text
    assert await again(database, tenant.token) is True


async def test_who_has_answered_can_ask_for_peace_as_well_and_the_answer_counts(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "mott", "mott": "1"})
    assert "Ikke spør meg igjen" in (await client.post(f"{tenant.link}/send")).text
    said = await client.post(f"{tenant.link}/igjen?sprak=nn", data={"igjen": "nei"})
    page = await client.get(said.headers["location"])
    assert "Du blir ikkje spurd igjen" in page.text
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.box") == 1
    assert await again(database, tenant.token) is False
    assert "Ikke spør meg igjen" in (await client.get(f"{tenant.link}/igjen")).text, "on a page of its own"


async def test_when_the_round_is_over_nothing_can_be_changed_by_the_link_any_more(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await elections.send_all(database, [tenant.token])
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set status = 'closed'")
    page = await client.get(tenant.link)
    assert page.status_code == 410 and "spør meg igjen" not in page.text
    assert (await client.post(f"{tenant.link}/igjen", data={"igjen": "nei"})).status_code == 410
    async with database.owner() as connection:
        assert not await connection.fetchval("select exists (select from ballots.rights where not_again)")


async def test_whoever_came_by_an_open_link_was_never_asked_and_is_not_offered_it(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    async with database.owner() as connection:
        await connection.execute("update registry.invitations set source = 'cafe'")
    assert "ikke bli spurt igjen" not in (await client.get(tenant.link)).text
    said = await client.post(f"{tenant.link}/nei?igjen=nei")
    assert "spurt igjen" not in (await client.get(said.headers["location"])).text
    assert (await client.get(f"{tenant.link}/igjen")).status_code == 303
    assert await again(database, tenant.token), "there is nothing to remember"


async def test_the_page_on_privacy_tells_how_long_this_round_keeps_what(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set contact_days = 45, archive_years = 2")
    assert f'href="{tenant.link}/personvern?sprak=nb"' in (await client.get(tenant.link)).text
    for language, days, years in (
        ("nb", "slettes 45 dager etter", "slettes 2 år etter"),
        ("nn", "sletta 45 dagar etter", "sletta 2 år etter"),
        ("en", "deleted 45 days after", "deleted 2 years after"),
    ):
        page = (await client.get(f"{tenant.link}/personvern?sprak={language}")).text
        assert days in page and years in page
    everybody = (await client.get("/personvern?sprak=nb")).text
    assert "som regel 30 dager" in everybody and "ett til ti år" in everybody


# ---------------------------------------------------------------- later rounds


async def test_a_home_that_asked_for_peace_gets_no_letter_in_the_next_round_answered_or_not(
    database: Database, settings: Settings, office: Office, keys: KeyFolder
) -> None:
    first, made = await opened(database, settings, office)
    await answer_all(database, settings, made[0].token)
    for link in (made[0], made[1], made[2]):
        await never(database, link.token)
    async with database.phone() as connection:
        await submission.ask_again(connection, elections.SECRET, made[2].token, True)
    await close(database, office, first)
    _, later = await opened(database, settings, office)
    assert [link.dwelling for link in later] == [3, 4, 5, 6, 7]


async def test_peace_lasts_three_years(database: Database, settings: Settings, office: Office) -> None:
    first, made = await opened(database, settings, office)
    await never(database, made[0].token)
    await close(database, office, first)
    async with database.owner() as connection:
        until = await connection.fetchval("select until - current_date from registry.not_asked")
        assert 1095 <= until <= 1096
        await connection.execute("update registry.not_asked set until = current_date - 1")
    _, later = await opened(database, settings, office)
    assert len(later) == 7
    await steps.run(database, [])
    async with database.owner() as connection:
        assert not await connection.fetchval("select exists (select from registry.not_asked)")


async def test_nobody_who_asked_for_peace_is_written_to_or_reminded_wherever_they_live_now(
    database: Database, settings: Settings, office: Office, contact_keys: KeyFolder
) -> None:
    def people(*homes: tuple[int, str]) -> bytes:
        return csv_file(*((HOUSE, str(home), f"{name}@b.no", "", "", "person") for home, name in homes))

    round_id = await offices.make_round(database, office, _small(office))
    await upload(
        database, settings, office, round_id, people((1, "anne"), (1, "bo"), (2, "cato"), (3, "dag"))
    )
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, office.staff[Role.OFFICER], round_id, Plan(date.today()))
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0, pauses=False)
        sent = {to.partition("@")[0]: mail.get_content() for to, _, mail in box.received}
    for name in ("anne", "cato"):
        (token,) = {word.rpartition("/s/")[2] for word in sent[name].split() if "/s/" in word}
        await never(database, token)
    await rounds.close_round(database, office.staff[Role.OFFICER], round_id)  # and no mixer has looked

    # Anne has moved, Bo lives where they both did, somebody else lives with Cato.
    later = await offices.make_round(database, office, _small(office))
    data = people((5, "anne"), (1, "bo"), (2, "cato"), (2, "eli"), (3, "dag"))
    await upload(database, settings, office, later, data)
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, office.staff[Role.OFFICER], later, Plan(date.today(), 1, 3))
        await rounds.open_round(connection, office.staff[Role.OFFICER], later)
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        assert {to.partition("@")[0] for to in box.to} == {"bo", "dag"}
        assert await mixing.note_closed(database) == 1
        async with database.owner() as connection:
            await connection.execute(
                "update delivery.mailings set started_on = started_on - 3, done_on = done_on - 3"
            )
        await working.look(10.0, pauses=False)
        assert [to.partition("@")[0] for to in box.to] == ["bo", "bo", "dag", "dag"]


async def test_peace_holds_at_once_in_other_rounds_and_the_office_cannot_see_it_come(
    database: Database, settings: Settings, office: Office, contact_keys: KeyFolder
) -> None:
    """Said in an open round: no message of another one, begun or made later. Lists of links do not change by
    it while that round is open: fetched again and again they would tell who said so, and when."""

    async def planned(data: bytes) -> UUID:
        round_id = await offices.make_round(database, office, _small(office))
        await upload(database, settings, office, round_id, data)
        async with database.registry(office.organisation_id) as connection:
            await plans.keep(connection, office.staff[Role.OFFICER], round_id, Plan(date.today(), 1, 3))
            await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
        return round_id

    homes = [(HOUSE, str(n), f"b{n}@b.no", "", "", "") for n in range(1, 8)]
    moved = [(HOUSE, "5", "b2@b.no", "", "", "") if row[1] == "5" else row for row in homes if row[1] != "2"]
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        running = await planned(csv_file(*moved))
        await working.look(0.0, pauses=False)
        assert len(box.received) == 6
        first, made = await opened(database, settings, office)
        for link in made[:2]:
            await never(database, link.token)
        box.received.clear()
        async with database.owner() as connection:
            await connection.execute(
                "update delivery.mailings set started_on = started_on - 3, done_on = done_on - 3"
            )
        await working.look(1000.0, pauses=False)
        assert box.to == [f"b{n}@b.no" for n in (2, 3, 4, 6, 7)], "b2 lives in another home now"
        box.received.clear()
        later = await planned(csv_file(*homes))
        await working.look(2000.0, pauses=False)
        assert box.to == [f"b{n}@b.no" for n in (3, 4, 5, 6, 7)]
    async with database.registry(office.organisation_id) as connection:
        staff = office.staff[Role.OFFICER]
        for round_id in (running, later):
            listed = await links.issue_links(connection, settings, staff, round_id)
            assert [link.dwelling for link in listed] == [1, 2, 3, 4, 5, 6, 7]
            known = await coverage.not_again(connection, await rounds.find(connection, round_id))
            assert known.left_out is None
    await close(database, office, first)
    async with database.registry(office.organisation_id) as connection:
        listed = await links.issue_links(connection, settings, staff, later)
        assert [link.dwelling for link in listed] == [3, 4, 5, 6, 7]


# ---------------------------------------------------------------- what the office sees


@pytest.mark.parametrize(("said", "shown"), [(4, None), (5, 5), (7, 5)])
async def test_how_many_asked_for_peace_is_shown_from_five_in_steps_and_stays_when_invitations_go(
    database: Database, settings: Settings, office: Office, keys: KeyFolder, said: int, shown: int | None
) -> None:
    first, made = await opened(database, settings, office)
    for link in made[:6]:
        await answer_all(database, settings, link.token)
    for link in made[:said]:
        await never(database, link.token)

    async def seen(round_id: UUID) -> coverage.NotAgain:
        async with database.registry(office.organisation_id) as connection:
            return await coverage.not_again(connection, await rounds.find(connection, round_id))

    assert await seen(first) == coverage.NotAgain(None, None), "links are pressed to see which move a count"
    await close(database, office, first)
    assert await seen(first) == coverage.NotAgain(None, None), "while it is being counted"
    await mixing.mix_and_tell(database, keys)
    assert await seen(first) == coverage.NotAgain(shown, None)
    later, _ = await opened(database, settings, office)
    assert await seen(later) == coverage.NotAgain(None, shown)
    async with database.registry(office.organisation_id) as connection:
        assert (await rounds.find(connection, later)).invited == 7, (
            "whoever has peace lives there all the same"
        )
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set answers_deleted_on = current_date,"
            " contacts_due_on = current_date where id = $1",
            first,
        )
        assert await connection.fetchval("select retention.delete_invitations($1)", first) is not None
    assert await seen(first) == coverage.NotAgain(shown, None)


async def test_the_console_sees_no_wish_of_anybody(database: Database, office: Office) -> None:
    for what in (
        "select not_again from ballots.rights",
        "select * from registry.not_asked",
        "select registry.left_out(gen_random_uuid())",
        "select known_by from delivery.contacts",
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with database.registry(office.organisation_id) as connection:
                await connection.fetch(what)


async def test_the_round_page_tells_it_as_a_number_of_its_own(
    client: httpx.AsyncClient, database: Database, settings: Settings, office: Office
) -> None:
    first, made = await opened(database, settings, office)
    await offices.sign_in(client, office)
    for link in made[:5]:
        await never(database, link.token)
    page = (await client.get(f"/kontor/runder/{first}")).text
    assert "Vil ikke spørres igjen" not in page
    await close(database, office, first)
    page = (await client.get(f"/kontor/runder/{first}")).text
    assert "<dt>Vil ikke spørres igjen</dt><dd>minst 5</dd>" in page
    assert "etter eget ønske" not in page
    later, _ = await opened(database, settings, office)
    page = (await client.get(f"/kontor/runder/{later}")).text
    assert "<dt>Ikke spurt, etter eget ønske</dt><dd>minst 5</dd>" in page
    assert "bedt om ikke å bli spurt igjen" in (await client.get(f"/kontor/runder/{later}/brev")).text


async def answer_all(database: Database, settings: Settings, token: str) -> None:
    async with database.phone() as connection:
        await offices.send(connection, settings, token)
