"""The officer counts: she holds the list of links, has the console and its database roles, and sends
answers of her own.

She wants to see when somebody answers an open round. A count that moves with the answers tells her: with
four answers of her own she waits for the fifth, takes one back, and waits again. So all she is told is what
was counted in the morning. What is shown here: between two mornings nothing she may see or read moves,
whatever she presses; a number does not fall when she takes answers back; and with four answers of her own
she finds, the morning after, at most a third of those she would have found by a number that is always up to
date. The last is the control.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar import Litestar

from survey.ballots import receipts, submission, tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import coverage, links, rounds
from survey.database.pool import Database
from survey.delivery import open_links, plans
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.settings import Settings
from tests import mornings, offices
from tests.ballots import SEED
from tests.deliveries import first_dwellings, mailbox, sender, small_round, upload
from tests.mornings import morning, mornings_pass, note, one_morning
from tests.offices import Office

OWN = 4
"""Answers that the officer sends herself."""
PLACES = (
    "/runder",
    "/runder/{round}",
    "/runder/{round}/lukk",
    "/runder/{round}/lenker",
    "/runder/{round}/brev",
    "/runder/{round}/utsending",
    "/runder/{round}/frist",
    "/runder/{round}/rapport",
    "/runder/{round}/rapport.pdf",
    "/runder/{round}/funn",
    "/runder/{round}/register",
    "/runder/{round}/sammenligning",
    "/runder/{round}/datautgivelse",
    "/leiegarder",
    "/leiegarder/{estate}",
    "/leiegarder/{estate}/fjern",
    "/logg",
)
ROLES = ("registry", "answers")
"""Those that the console's processes may take on."""
SCHEMAS = ["registry", "answers", "ballots", "delivery", "retention", "peers", "public"]


@dataclass
class World:
    """One open round of one building of sixty homes. `links`: all of them, the officer's own first."""

    client: httpx.AsyncClient
    database: Database
    settings: Settings
    keys: KeyFolder
    office: Office
    round_id: UUID
    links: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def own(self) -> list[str]:
        return self.links[:OWN]

    @property
    def others(self) -> list[str]:
        return self.links[OWN:]

    async def send(self, tokens: Iterable[str]) -> None:
        for token in tokens:
            async with self.database.phone() as connection:
                await offices.send(connection, self.settings, token)

    async def decline(self, chosen: Iterable[str]) -> None:
        for token in chosen:
            async with self.database.phone() as connection:
                assert await submission.decline(connection, self.settings.secret_key, token)

    async def take_back(self, chosen: Iterable[str]) -> None:
        for token in chosen:
            receipt = tokens.receipt(self.settings.secret_key, token, SEED)
            async with self.database.phone() as connection:
                assert await receipts.withdraw(connection, self.settings.secret_key, receipt)

    async def issue(self) -> None:
        staff = self.office.staff[Role.OFFICER]
        async with self.database.registry(self.office.organisation_id) as connection:
            made = await links.issue_links(connection, self.settings, staff, self.round_id)
        self.links = [link.token for link in made]

    def address(self, place: str) -> str:
        return "/kontor" + place.format(round=self.round_id, estate=self.office.estates[2][0])

    async def look(self) -> list[str]:
        """Every page there is, without what is by lot or of the hour."""
        pages = [await self.client.get(self.address(place)) for place in PLACES]
        now = [f"{page.status_code} {_without_chance(page.text)}" for page in pages]
        self.seen += now
        return now

    async def press(self) -> None:
        """Everything that an officer may do to an open round but close it, and a new start of everything."""
        csrf = {"csrf": await offices.token_for(self.client)}
        estate_id = str(self.office.estates[2][0])
        deadline = await self.client.get(self.address("/runder/{round}/frist"))
        moved = _fields(deadline.text) | {"closes_on": (date.today() + timedelta(days=20)).isoformat()}
        building = await self.client.get(self.address("/leiegarder/{estate}"))
        more_homes = _fields(building.text) | {"dwellings": "61"}
        before = len(self.seen)
        for place, fields in (
            ("/runder/{round}/frist", moved),
            ("/leiegarder/{estate}", more_homes),
            ("/runder/{round}/apne-lenker", {"estate": estate_id, "source": "library"}),
            ("/runder/{round}/lenker", {}),
        ):
            answer = await self.client.post(self.address(place), data={**fields, **csrf})
            assert answer.status_code in (200, 303), (place, answer.text[:2000])
            self.seen.append(f"{answer.status_code} {answer.headers.get('location', '').partition('?')[2]}")
        await mornings.work(self.database, self.keys)
        assert len(self.seen) == before + 4


def _fields(page: str) -> dict[str, str]:
    """What a form holds when it is opened."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value:
            found[name.group(1)] = value.group(1)
    return found


def _without_chance(page: str) -> str:
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", page)
    page = re.sub(r"[0-9a-f]{8}@example\.org", "WHO", page)
    page = re.sub(r'name="(csrf|mark)" value="[^"]+"', "LOT", page)
    page = re.sub(r"/a/[0-9a-z]{10}", "SLUG", page)
    page = re.sub(r"\d\d[:.]\d\d", "HOUR", page)
    return re.sub(r"Runde 2025 nr\. \d+", "ROUND", page)


async def begin(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder, *, mails: bool = False
) -> World:
    async with database.owner() as connection:  # of the world before this one
        await connection.execute("update registry.organisations set name = name || ' ' || id")
    office, round_id = await small_round(database)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=settings.base_url)
    world = World(client, database, settings, keys, office, round_id)
    if mails:
        await upload(database, settings, office, round_id, first_dwellings(14))
    await world.issue()
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, staff, round_id)
    # Today's count is taken before anybody answers: a test that runs early in the morning meets no other.
    await note(database, morning(0))
    await offices.sign_in(client, office)
    return world


async def nobody_else(_: World) -> None:
    pass


async def many_others(world: World) -> None:
    """Thirty answer, three of whom take it back; ten say no, two of whom answer after all."""
    await world.send(world.others[:30])
    await world.take_back(world.others[:3])
    await world.decline(world.others[30:40])
    await world.send(world.others[30:32])


Others = Callable[[World], Awaitable[None]]


async def test_between_two_mornings_nothing_on_any_page_tells_whether_anybody_answers(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    async def day(others: Others) -> list[str]:
        world = await begin(app, database, settings, keys)
        first = await world.look()
        await world.send(world.own)
        assert await world.look() == first, "her own answers move nothing"
        await others(world)
        assert await world.look() == first
        await world.take_back(world.own[:1])
        assert await world.look() == first
        await world.press()
        await world.look()
        # The same morning once more, and every hour of the day that is not one for counting.
        for hour in (time(5, 31), time(7, 59), time(8), time(12), time(23, 59)):
            assert await note(database, morning(0, hour)) == 0
        await world.look()
        await world.client.aclose()
        return world.seen

    alone, among_others = await day(nobody_else), await day(many_others)
    assert len(alone) == len(among_others) > 6 * len(PLACES)
    for one, two in zip(alone, among_others, strict=True):
        assert one == two


@pytest.mark.parametrize("role", ROLES)
async def test_no_role_of_the_console_reads_a_live_figure_anywhere_in_the_database(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder, role: str
) -> None:
    """Every column it may read and every function it may call, before and after others answer and are
    mixed."""
    world = await begin(app, database, settings, keys)
    await world.send([*world.own, *world.others[:9]])
    await mornings.work(database, keys)
    await mornings_pass(database)
    # Functions that are tried and undone leave their mark on rows: they come first, and then last.
    called, read = await _told_by_functions(world, role), await _read_in_tables(world, role)
    await many_others_more(world)
    await mornings.work(database, keys)
    assert await _read_in_tables(world, role) == read
    assert await _told_by_functions(world, role) == called
    assert len(read) > 3 and len(called) > 3

    # The control: with the function and the tables that the console had, this reader would have seen it.
    async with database.owner() as connection:
        await connection.execute(
            "create function answers.live(p_ids uuid[]) returns bigint language sql stable security definer"
            " as 'select (select count(*) from ballots.box where campaign_id = any(p_ids))"
            " + (select count(*) from answers.responses where campaign_id = any(p_ids))'"
        )
        await connection.execute("drop policy read_when_closed on answers.responses")
        await connection.execute(f"grant usage on schema answers to bostemme_{role}")
        await connection.execute(f"grant execute on function answers.live to bostemme_{role}")
    answers = "answers.responses"
    assert ((await _read_in_tables(world, role)).get(answers) == read.get(answers)) is (role == "registry")
    called = await _told_by_functions(world, role)
    await world.send(world.others[50:51])
    assert await _told_by_functions(world, role) != called
    await world.client.aclose()


async def many_others_more(world: World) -> None:
    await world.send(world.others[9:40])
    await world.take_back(world.others[39:40])
    await world.decline(world.others[40:50])


async def _read_in_tables(world: World, role: str, *, as_they_lie: bool = False) -> dict[str, object]:
    """Every column, of the system's too, by name of the table. Rows sorted, or in the order in which the
    table is read from end to end."""
    async with world.database.owner() as connection:
        columns = await connection.fetch(
            "select n.nspname || '.' || c.relname as name,"
            "       array_agg(quote_ident(a.attname) order by a.attnum) as columns"
            "  from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            "  join pg_attribute a on a.attrelid = c.oid and not a.attisdropped and a.attname <> 'tableoid'"
            " where c.relkind in ('r', 'v', 'm', 'p') and n.nspname = any($2::text[])"
            "   and has_schema_privilege($1, n.oid, 'usage')"
            "   and has_column_privilege($1, c.oid, a.attnum, 'select')"
            " group by 1 order by 1",
            f"bostemme_{role}",
            SCHEMAS,
        )
    found: dict[str, object] = {}
    for row in columns:
        async with getattr(world.database, role)(world.office.organisation_id) as connection:
            if as_they_lie:
                await connection.execute("set local enable_indexscan = off")
                await connection.execute("set local enable_bitmapscan = off")
            rows = await connection.fetch(f"select {', '.join(row['columns'])} from {row['name']}")  # noqa: S608
        told = [repr(tuple(one)) for one in rows]
        found[row["name"]] = told if as_they_lie else sorted(told)
    return found


async def _told_by_functions(world: World, role: str) -> dict[str, object]:
    """All that take nothing but the ids that she knows, with each of them; what they did is undone."""
    async with world.database.owner() as connection:
        functions = await connection.fetch(
            "select n.nspname || '.' || p.proname as name,"
            "       p.proargtypes::oid[]::regtype[]::text[] as arguments"
            "  from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
            " where n.nspname = any($2::text[])"
            "   and has_schema_privilege($1, n.oid, 'usage') and has_function_privilege($1, p.oid, 'execute')"
            "   and p.prorettype <> 'trigger'::regtype order by 1",
            f"bostemme_{role}",
            SCHEMAS,
        )
    ids = [world.round_id, world.office.organisation_id, world.office.estates[2][0]]
    found: dict[str, object] = {}
    for row in functions:
        if not set(row["arguments"]) <= {"uuid", "uuid[]"}:
            continue
        values: Sequence[Sequence[Any]] = [
            ids if argument == "uuid" else [ids] for argument in row["arguments"]
        ]
        for chosen in product(*values):
            places = ", ".join(f"${n}" for n in range(1, len(chosen) + 1))
            try:
                async with getattr(world.database, role)(world.office.organisation_id) as connection:
                    rows = await connection.fetch(f"select * from {row['name']}({places})", *chosen)  # noqa: S608
                    told: object = sorted(repr(tuple(one)) for one in rows)
                    raise _Undone
            except _Undone:
                found[f"{row['name']}{chosen}"] = told
            except Exception as error:
                found[f"{row['name']}{chosen}"] = type(error).__name__
    return found


class _Undone(Exception):
    """What a function did is not to be kept."""


async def test_between_closing_and_the_last_ballot_mixed_nothing_is_told_and_then_the_final_figures(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    """The mixer is down for an hour: whoever withdraws meanwhile was seen to do so, one by one."""
    world = await begin(app, database, settings, keys)
    await world.send([*world.own, *world.others[:9]])
    await mornings_pass(database)
    await rounds.close_round(database, world.office.staff[Role.OFFICER], world.round_id)
    first = await world.look()
    list_page, page = first[:2]
    assert "Svarene telles opp" in list_page and page.count("telles opp") >= 2 and "færre enn 5" not in page
    called = {role: await _told_by_functions(world, role) for role in ROLES}
    read = {role: await _read_in_tables(world, role) for role in ROLES}
    await world.take_back([*world.own, world.others[0]])
    assert await world.look() == first
    assert {role: await _read_in_tables(world, role) for role in ROLES} == read
    assert {role: await _told_by_functions(world, role) for role in ROLES} == called
    await mornings.work(database, keys)
    assert await _number(world) == 8
    page = (await world.look())[1]
    assert "telles opp" not in page and "lavere her enn mens undersøkelsen var åpen" in page
    await world.client.aclose()


async def test_the_console_sees_of_no_home_that_it_is_just_sending_or_has_been_since(
    app: Litestar, database: Database, database_url: str, settings: Settings, keys: KeyFolder
) -> None:
    """She asks for each right whether somebody holds it: without waiting, by changing it, and by changing it
    with the eyes of an hour ago."""
    world = await begin(app, database, settings, keys)
    sender, other = await _rights(world, world.others[:2])

    async def ask(statement: str) -> dict[UUID, str]:
        told = {}
        for right in (sender, other):
            try:
                async with database.registry(world.office.organisation_id) as connection:
                    await connection.execute("set local lock_timeout = '200ms'")
                    rows = await connection.fetch(statement, right)
                    told[right] = f"{len(rows)}"
                    raise _Undone
            except _Undone:
                pass
            except asyncpg.PostgresError as error:
                told[right] = type(error).__name__
        return told

    held = "select id from registry.invitations where id = $1 for update skip locked"
    changed = "update registry.invitations set token_hash = uuid_send(id) || uuid_send(id) where id = $1"
    function = "select registry.replace_tokens(array[$1::uuid], array[uuid_send($1) || uuid_send($1)])"
    async with database.owner() as connection:  # for the control, which lacks nothing then but a right
        await connection.execute("alter table ballots.rights disable row level security")
    sending = await asyncpg.connect(database_url)
    try:
        transaction = sending.transaction()
        await transaction.start()
        await offices.send(sending, settings, world.others[0])
        for statement in (held, changed, function):
            told = await ask(statement)
            assert told[sender] == told[other] != "1", (statement, told)
        for number in ("hashtextextended($1::text, 0)", "hashtextextended('mixing ' || $1::text, 0)"):
            async with database.registry(world.office.organisation_id) as connection:
                free = await connection.fetchval(
                    f"select pg_try_advisory_xact_lock({number})", str(world.round_id)
                )
            assert free, "nor that anybody is sending: the lock of the round goes by no number that she knows"
        async with database.owner() as connection:
            await connection.execute("grant select, update on ballots.rights to bostemme_registry")
        noted = "select from ballots.rights where invitation_id = $1 for update skip locked"
        assert await ask(noted) == {sender: "0", other: "1"}, (
            "the control: with the right that it had, it sees"
        )
        await transaction.commit()
    finally:
        await sending.close()


async def test_no_row_that_the_console_may_read_moves_when_a_tenant_does_anything(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    """She reads all tables from end to end, and how many pages each right takes, before, at and after every
    act: whoever is written moves, whatever columns are hidden."""
    world = await begin(app, database, settings, keys)
    await world.send(world.others[:9])
    await mornings.work(database, keys)
    tenant = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=settings.base_url)
    link, no, never = (f"/s/{token}" for token in world.others[10:13])

    async def visit() -> None:
        assert (await tenant.get(link)).status_code == 200

    async def draft() -> None:
        async with database.phone() as connection:
            saved = await connection.fetchval(
                "select ballots.save_draft($1, $2, null, $3)",
                tokens.token_hash(settings.secret_key, world.others[10]),
                tokens.draft_key(settings.secret_key, world.others[10]),
                b"sealed",
            )
        assert saved == "saved"

    async def answer() -> None:
        await world.send(world.others[10:11])

    async def say_no() -> None:
        assert (await tenant.post(f"{no}/nei")).status_code == 303

    async def say_never() -> None:
        assert (await tenant.post(f"{never}/nei?igjen=nei")).status_code == 303

    async def take_back() -> None:
        await world.take_back(world.others[10:11])

    async def mix() -> None:
        await mornings.work(database, keys)

    told = await _as_it_lies(world)
    assert any(len(rows) == 60 for rows in told.values() if isinstance(rows, list))
    for act in (visit, draft, answer, mix, say_no, mix, say_never, mix, take_back, mix):
        await act()
        assert await _as_it_lies(world) == told, act.__name__
    await tenant.aclose()
    await world.client.aclose()

    async with database.owner() as connection:  # the control: where the acts are noted, she sees them
        await connection.execute("alter table ballots.rights disable row level security")
        await connection.execute("grant select (invitation_id) on ballots.rights to bostemme_registry")
    told = await _as_it_lies(world)
    await world.send(world.others[13:16])
    await mornings.work(database, keys)
    assert await _as_it_lies(world) != told


async def _as_it_lies(world: World) -> dict[str, object]:
    told: dict[str, object] = {}
    for role in ROLES:
        read = await _read_in_tables(world, role, as_they_lie=True)
        told |= {f"{role} {table}": rows for table, rows in read.items()}
    async with world.database.registry(world.office.organisation_id) as connection:
        rights = await connection.fetch("select organisation_id, id from registry.invitations order by id")
        for scan in ("seqscan", "bitmapscan", "indexonlyscan"):
            await connection.execute(f"set local enable_{scan} = off")
        for right in [*rights[:1], *rights]:  # the first to be looked up costs a page more
            plan = await connection.fetch(
                "explain (analyze, buffers, costs off, timing off, summary off)"
                " select dwelling from registry.invitations where organisation_id = $1 and id = $2",
                *right,
            )
            pages = re.findall(r"(?:hit|read)=(\d+)", plan[1][0] + plan[2][0])
            told[f"pages of {right['id']}"] = sum(map(int, pages))
    return told


async def test_links_are_not_changed_with_the_eyes_of_an_hour_ago(
    app: Litestar, database: Database, database_url: str, settings: Settings, keys: KeyFolder
) -> None:
    """A change of a row that has changed since is refused: so is every such change, whoever it is of."""
    world = await begin(app, database, settings, keys)
    rights = await _rights(world, world.others[:2])

    async def ask(statement: str, sends: str) -> list[str]:
        told = []
        connection = await asyncpg.connect(database_url)
        try:
            async with connection.transaction(isolation="repeatable_read"):
                await connection.execute("set local role bostemme_registry")
                organisation = str(world.office.organisation_id)
                await connection.execute(
                    "select set_config('bostemme.organisation_id', $1, true)", organisation
                )
                await connection.fetch("select id from registry.invitations")
                await world.send([sends])
                for right in rights:
                    try:
                        async with connection.transaction():
                            await connection.fetch(statement, right)
                            told.append("done")
                            raise _Undone
                    except _Undone:
                        pass
                    except asyncpg.PostgresError as error:
                        told.append(type(error).__name__)
        finally:
            await connection.close()
        return told

    function = "select registry.replace_tokens(array[$1::uuid], array[uuid_send($1) || uuid_send($1)])"
    assert await ask(function, world.others[0]) == ["InsufficientPrivilegeError"] * 2
    async with database.owner() as connection:
        await connection.execute("alter table ballots.rights disable row level security")
        await connection.execute("grant select, update on ballots.rights to bostemme_registry")
    changed = "update ballots.rights set estate_id = estate_id where invitation_id = $1"
    told = await ask(changed, world.others[1])
    assert told == ["done", "SerializationError"], "the control: with the right that it had, it sees"


async def _rights(world: World, links: Sequence[str]) -> list[UUID]:
    async with world.database.owner() as connection:
        return [
            await connection.fetchval(
                "select id from registry.invitations where token_hash = $1",
                tokens.token_hash(world.settings.secret_key, link),
            )
            for link in links
        ]


async def test_whoever_follows_an_open_link_is_not_counted_by_the_console_either(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    world = await begin(app, database, settings, keys)
    staff, estate_id = world.office.staff[Role.OFFICER], world.office.estates[2][0]
    async with database.registry(world.office.organisation_id) as connection:
        await open_links.add(connection, staff, world.round_id, estate_id, "library")
        (link,) = await open_links.all_of(connection, world.round_id)
    before, read = await world.look(), await _read_in_tables(world, "registry")
    for _ in range(7):
        followed = await world.client.post(link.path, data={"sprak": "nb"})
        token = followed.headers["location"].split("/")[2].partition("?")[0]
        await world.send([token])
    assert await world.look() == before
    assert await _read_in_tables(world, "registry") == read
    async with database.owner() as connection:  # the control: what the console could read of the estate's row
        marks = await connection.fetch(
            "select estate_id from registry.campaign_estates where campaign_id = $1 and xmax <> 0",
            world.round_id,
        )
    assert estate_id in [row["estate_id"] for row in marks]
    async with database.registry(world.office.organisation_id) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.fetch("select xmax from registry.campaign_estates")
        assert await connection.fetchval("select count(*) from registry.invitations") == 60
    await mornings_pass(database)
    async with database.answers(world.office.organisation_id) as connection:
        round_ids = [world.round_id]
        assert await connection.fetch("select * from answers.told_counts($1)", round_ids) == []
    await world.client.aclose()


async def _number(world: World) -> int | None:
    async with world.database.registry(world.office.organisation_id) as connection:
        round = await rounds.find(connection, world.round_id)
    async with world.database.answers(world.office.organisation_id) as connection:
        return (await coverage.counts(connection, (round,))).get((world.round_id, world.office.estates[2][0]))


async def _live(world: World) -> int:
    """What the console showed before: the answers there are, rounded down to fives."""
    async with world.database.owner() as connection:
        n: int = await connection.fetchval(
            "select (select count(*) from ballots.box where campaign_id = $1)"
            " + (select count(*) from answers.responses where campaign_id = $1)",
            world.round_id,
        )
    return n - n % 5


async def test_taking_answers_back_shows_nothing(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder
) -> None:
    """Four of her own and one: once the number is there she takes hers back, and sends others, and looks
    again."""
    world = await begin(app, database, settings, keys)
    await world.send([*world.own, world.others[0]])
    await mornings_pass(database)
    assert await _number(world) == 5 == await _live(world)
    await world.take_back(world.own[:1])
    assert await _live(world) == 0, "the control: the live number fell, and rose again with the next answer"
    await world.send(world.others[1:2])
    assert await _live(world) == 5
    for _ in range(20):
        await one_morning(database)
        assert await _number(world) == 5
    await world.take_back([*world.own[1:], *world.others[:2]])
    await mornings_pass(database)
    assert (await _number(world), await _live(world)) == (5, 0)
    await world.client.aclose()


async def test_how_many_said_no_before_the_first_message_is_not_in_its_count(
    app: Litestar, database: Database, settings: Settings, keys: KeyFolder, contact_keys: KeyFolder
) -> None:
    """She says no by four links of fourteen with addresses: were one more missing from the count, she saw
    it."""

    async def sent(others: int) -> str:
        world = await begin(app, database, settings, keys, mails=True)
        await world.decline([*world.own, *world.others[:others]])
        async with database.registry(world.office.organisation_id) as connection:
            staff = world.office.staff[Role.OFFICER]
            await plans.keep(connection, staff, world.round_id, Plan(date.today()))
        async with mailbox() as box:
            await sender(database, contact_keys, box.channel()).look(0.0, pauses=False)
            assert len(box.to) == 14 - OWN - others, "whoever said no is not written to"
        page = await world.client.get(world.address("/runder/{round}/utsending"))
        await world.client.aclose()
        return _without_chance(page.text)

    assert "minst 10" in await sent(0)
    assert await sent(0) == await sent(1) == await sent(9)


# ---------------------------------------------------------------- by the morning

ESTATES = 240


async def _many_estates(database: Database, office: Office) -> tuple[UUID, list[UUID]]:
    round_id = await offices.open_round(database, office)
    async with database.owner() as connection:
        estates = [
            row["id"]
            for row in await connection.fetch(
                "insert into registry.estates (organisation_id, area_id, name, dwellings)"
                " select $1, (select id from registry.areas where organisation_id = $1 limit 1),"
                "        'Gate ' || n, 20"
                "   from generate_series(1, $2::int) n returning id",
                office.organisation_id,
                ESTATES,
            )
        ]
        await connection.execute(
            "insert into registry.campaign_estates select $1, $2, unnest($3::uuid[]), 20",
            office.organisation_id,
            round_id,
            estates,
        )
    await note(database, morning(0))
    return round_id, estates


async def _answer(
    database: Database, office: Office, round_id: UUID, estates: Sequence[UUID], n: int
) -> None:
    async with database.owner() as connection:
        await connection.execute(
            "insert into answers.responses (organisation_id, campaign_id, estate_id,"
            " questionnaire_version_id, language, mode, answers, codes)"
            " select $1, $2, e, (select questionnaire_version_id from registry.campaigns where id = $2),"
            " 'nb', 'web', '{}', '\\x00' from unnest($3::uuid[]) e, generate_series(1, $4::int)",
            office.organisation_id,
            round_id,
            list(estates),
            n,
        )


async def _told(database: Database, office: Office, round_id: UUID) -> dict[UUID, int]:
    async with database.answers(office.organisation_id) as connection:
        rows = await connection.fetch("select * from answers.told_counts($1)", [round_id])
    return {row["estate_id"]: row["n"] for row in rows}


async def test_with_four_answers_of_her_own_the_next_one_shows_on_one_morning_of_three_and_never_with_its_day(
    database: Database,
) -> None:
    """In 240 buildings at once: four of her own in each, and in half of them one tenant answers one day."""
    office = await offices.found(database, "Eksempelvik kommune")
    round_id, estates = await _many_estates(database, office)
    await _answer(database, office, round_id, estates, OWN)
    await one_morning(database)
    assert await _told(database, office, round_id) == {}, "four are never told"
    answered = estates[: ESTATES // 2]
    await _answer(database, office, round_id, answered, 1)

    async with database.owner() as connection:
        live = await connection.fetch(
            "select estate_id from answers.responses where campaign_id = $1 group by 1 having count(*) >= 5",
            round_id,
        )
    assert {row["estate_id"] for row in live} == set(answered), "the control: a live number named every one"

    rises = []
    told: set[UUID] = set()
    for _ in range(12):
        await one_morning(database)
        now = set(await _told(database, office, round_id))
        assert told <= now <= set(answered)
        rises.append(len(now - told))
        told = now
    # A third of 120 is 40, and 5.2 the standard deviation.
    assert 14 < rises[0] < 66, "the morning after most of them do not show"
    assert sum(rises[1:]) > sum(rises) / 3, (
        "a number that rises does not say that an answer came the day before"
    )
