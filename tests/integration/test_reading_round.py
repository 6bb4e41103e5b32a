"""The reading round: tenants say whether findings stand, without a name, and the report prints it beside."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
from markupsafe import escape

from forms.reading import lix
from reports.documents.points import BAD, GOOD
from reports.findings.model import FoundResult
from survey.database.pool import Database
from survey.loop import dossiers, readings
from survey.people.roles import Role
from survey.retention import steps
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


class Round:
    """A closed round whose findings are shown by a link."""

    def __init__(
        self, client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID, token: str
    ):
        self.client, self.round_id, self.token = client, round_id, token
        self.database, self.office = database, office

    @property
    def home(self) -> str:
        return f"/kontor/runder/{self.round_id}/leserunde"

    async def post(self, address: str, **fields: str) -> httpx.Response:
        return await self.client.post(address, data={"csrf": self.token, **fields})

    async def show(self, days: int = 14) -> str:
        ends_on = (date.today() + timedelta(days=days)).isoformat()
        assert (await self.post(self.home, gjor="vis", ends_on=ends_on)).status_code == 303
        async with self.database.registry(self.office.organisation_id) as connection:
            link = await readings.link(connection, self.round_id)
        assert link is not None
        return link.path

    async def over(self) -> None:
        assert (await self.post(self.home, gjor="stopp")).status_code == 303

    async def whole(self) -> list[FoundResult]:
        async with self.database.registry(self.office.organisation_id) as connection:
            return await dossiers.of_place(connection, self.round_id, "all", "")


@pytest.fixture
async def round(client: httpx.AsyncClient, database: Database, office: Office) -> Round:
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    await offices.sign_in(client, office)
    own = Round(client, database, office, round_id, await offices.token_for(client))
    begun = await own.post(f"/kontor/runder/{round_id}/oppfolging", gjor="start")
    assert begun.status_code == 303
    return own


async def _say(client: httpx.AsyncClient, path: str, finding: str, verdict: str, text: str = "") -> int:
    fields = {f"om-{finding}": "1", f"dom-{finding}": verdict, f"merknad-{finding}": text}
    return (await client.post(f"{path}/1/1", data=fields)).status_code


async def test_tenants_read_the_findings_of_a_place_without_signing_in_and_say_what_they_think(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    begin = html.unescape((await client.get(path)).text)
    assert "Eksempelvik" in begin and f"{path}/1/1?" in begin
    page = html.unescape((await client.get(f"{path}/1/1")).text)
    assert first.sentences["nb"] in page and "<script" not in page
    assert await _say(client, path, first.id, "stands") == 303
    assert await _say(client, path, first.id, "does_not", "Heisen er verre enn dette.") == 303
    for _ in range(3):
        assert await _say(client, path, first.id, "stands") == 303
    await round.over()
    told = html.unescape((await client.get(round.home)).text)
    assert "Stemmer: 4. Stemmer ikke: 1. Noe mangler: 0." in told and "Heisen er verre enn dette." in told
    assert "Minst 5 ganger har noen sendt inn" in told


async def test_the_office_sees_what_was_said_all_at_once_when_the_round_is_over_and_five_have_come(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]

    async def told() -> list[str]:
        page = html.unescape((await client.get(round.home)).text)
        async with round.database.registry(round.office.organisation_id) as connection:
            rows = await connection.fetch("select remark from loop.remarks where remark is not null")
        assert {row["remark"] for row in rows} == set(re.findall(r"<bdi>(Merknad \d+)</bdi>", page))
        return sorted(row["remark"] for row in rows)

    for number in range(4):
        await _say(client, path, first.id, "stands", f"Merknad {number}")
        assert await told() == [], "while it is open nobody sees what is new"
    assert "Færre enn fem ganger har noen sendt inn" in (await client.get(round.home)).text
    await round.over()
    assert await told() == [], "one of fewer than five could be told apart"
    path = await round.show()
    await _say(client, path, first.id, "stands", "Merknad 4")
    assert await told() == []
    await round.over()
    assert len(await told()) == 5
    path = await round.show()
    await _say(client, path, first.id, "stands", "Merknad 5")
    await round.over()
    assert len(await told()) == 5, "nor is the one that came after the others"


async def test_the_office_counts_sendings_in_fives(round: Round, client: httpx.AsyncClient) -> None:
    path = await round.show()
    found = (await round.whole())[:3]
    for number in range(8):
        await _say(client, path, found[number % 3].id, "stands")
    assert "Minst 5 ganger har noen sendt inn" in (await client.get(round.home)).text
    for column in ("sent", "waiting", "xmin"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with round.database.registry(round.office.organisation_id) as connection:
                await connection.fetch(f"select {column} from loop.readings")  # noqa: S608


async def test_fewer_than_five_answers_about_a_finding_are_counted_in_no_document(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    found = (await round.whole())[:2]
    for number in range(6):
        await _say(client, path, found[number % 2].id, "does_not")
    await round.over()
    report = html.unescape((await client.get(f"/kontor/runder/{round.round_id}/rapport")).text)
    assert "Færre enn fem svar." in report and "at det ikke stemmer" not in report
    assert "Færre enn fem svar: tallene vises ikke." in (await client.get(round.home)).text


async def test_one_person_cannot_be_sixty_tenants(round: Round, client: httpx.AsyncClient) -> None:
    path = await round.show()
    found = (await round.whole())[:2]
    sent = [await _say(client, path, found[0].id, "does_not", "Nei.") for _ in range(60)]
    assert sent == [303] * 10 + [429] * 50
    fields = {
        f"om-{found[0].id}": "1",
        f"dom-{found[0].id}": "stands",
        f"merknad-{found[0].id}": "Vi fryser.",
    }
    held_up = await client.post(f"{path}/1/1", data=fields)
    assert "Vi fryser." in held_up.text and int(held_up.headers["Retry-After"]) > 0, "nothing typed is lost"
    assert await _say(client, path, found[1].id, "stands") == 303, "of another she says it"
    await round.over()
    report = html.unescape((await client.get(f"/kontor/runder/{round.round_id}/rapport")).text)
    assert "10 at det ikke stemmer" in report
    assert "Alle som har lenken, kan svare, også flere ganger" in report
    assert "Beboere som leste" not in report


async def test_who_fills_one_finding_closes_no_other_and_the_office_is_told(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    found = (await round.whole())[:2]
    async with round.database.owner() as connection:
        await connection.execute(
            "insert into loop.remarks (organisation_id, campaign_id, finding_id, verdict)"
            " select organisation_id, campaign_id, id, 'does_not' from loop.findings, generate_series(1, 500)"
            " where campaign_id = $1 and id = $2",
            round.round_id,
            found[0].id,
        )
    fields = {f"om-{one.id}": "1" for one in found} | {f"dom-{one.id}": "stands" for one in found}
    full = await client.post(f"{path}/1/1", data=fields)
    assert full.status_code == 409 and "Det er fullt" in full.text
    async with round.database.owner() as connection:
        kept = await connection.fetch("select finding_id, count(*) n from loop.remarks group by 1")
    assert {row["finding_id"]: row["n"] for row in kept} == {found[0].id: 500, found[1].id: 1}
    assert "det kommet 500 svar" in (await client.get(round.home)).text
    assert await _say(client, path, found[1].id, "stands") == 303


async def test_a_remark_stands_in_the_report_once_the_office_has_read_it(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    await _say(client, path, first.id, "lacks", "Vaskeriet er glemt.")
    for _ in range(4):
        await _say(client, path, first.id, "stands")
    await round.over()
    report = f"/kontor/runder/{round.round_id}/rapport"
    before = html.unescape((await client.get(report)).text)
    assert "4 ganger at det stemmer, 0 at det ikke stemmer, 1 at noe mangler" in before
    assert "Vaskeriet er glemt." not in before
    remark = re.search(r'name="remark" value="([0-9a-f-]{36})"', (await client.get(round.home)).text)
    assert remark
    await round.post(f"{round.home}/merknad", remark=remark[1], gjor="vis")
    assert "Vaskeriet er glemt." in html.unescape((await client.get(report)).text)
    await round.post(f"{round.home}/merknad", remark=remark[1], gjor="skjul")
    assert "Vaskeriet er glemt." not in html.unescape((await client.get(report)).text)


async def test_nothing_ties_two_remarks_together_or_to_who_sent_them(
    round: Round, client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    path = await round.show()
    found = (await round.whole())[:3]
    for number in range(4):
        fields = {}
        for one in found:
            fields |= {f"om-{one.id}": "1", f"dom-{one.id}": "stands", f"merknad-{one.id}": f"{number}"}
        assert (await client.post(f"{path}/1/1", data=fields)).status_code == 303
    async with database.owner() as connection:
        writers = await connection.fetch("select distinct xmin::text from loop.remarks")
        columns = await connection.fetch(
            "select column_name from information_schema.columns"
            " where (table_schema, table_name) = ('loop', 'remarks')"
        )
    assert len(writers) == 1
    assert {row["column_name"] for row in columns} == {
        "organisation_id",
        "id",
        "campaign_id",
        "finding_id",
        "verdict",
        "remark",
        "shown",
        "told",
    }
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.registry(office.organisation_id) as connection:
            await connection.fetch("select ctid from loop.remarks")


async def test_a_link_that_was_closed_says_so_and_never_opens_again(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    await round.post(round.home, gjor="stopp")
    for address in (path, f"{path}/1/1", f"{path}/takk"):
        closed = await client.get(address)
        assert closed.status_code == 410 and "Leserunden er over" in closed.text
    assert await _say(client, path, first.id, "stands") == 410
    again = await round.show()
    assert again != path and (await client.get(again)).status_code == 200
    for address in (path, f"{path}/1/1"):
        former = await client.get(address)
        assert former.status_code == 410 and "Leserunden er over" in former.text
    assert await _say(client, path, first.id, "stands") == 410
    assert await _kept(round) == 0


async def test_the_address_on_the_posters_opens_again_when_a_round_that_ended_by_its_day_goes_on(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    for number in range(5):
        await _say(client, path, first.id, "stands", f"Merknad {number}")
    await _days_pass(round)
    assert (await client.get(path)).status_code == 410
    assert await round.show() == path
    assert (await client.get(path)).status_code == 200
    seen = (await client.get(round.home)).text
    assert "Merknad 4" in seen, "what was told when it had ended stays told"
    await _say(client, path, first.id, "stands", "Merknad 5")
    await round.over()
    seen = (await client.get(round.home)).text
    assert "Merknad 4" in seen and "Merknad 5" not in seen, "one that came after the others waits"


def _threes(found: list[FoundResult]) -> list[list[FoundResult]]:
    return [found[start : start + 3] for start in range(0, len(found), 3)]


async def _days_pass(round: Round) -> None:
    async with round.database.owner() as connection:
        await connection.execute("update loop.readings set ends_on = current_date - 1")


async def _kept(round: Round) -> int:
    async with round.database.owner() as connection:
        n: int = await connection.fetchval("select count(*) from loop.remarks")
    return n


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_tenants_meet_each_finding_in_the_plain_words_of_their_own_report(
    round: Round, client: httpx.AsyncClient, language: str
) -> None:
    path = await round.show()
    told = "As the report says it" if language == "en" else "Slik står det i rapporten"
    first_read: list[str] = []
    for part, found in enumerate(_threes(await round.whole()), start=1):
        page = await client.get(f"{path}/1/{part}?sprak={language}")
        cards = re.findall(r'<section class="card soft".*?</section>', page.text, re.S)
        assert len(cards) == len(found)
        for one, card in zip(found, cards, strict=True):
            officers = str(escape(one.sentences[language]))  # type: ignore[index]
            legend = re.search(rf'id="funn-{one.id}">(.*?)</p>', card)
            assert legend
            if one.variant in GOOD + BAD:
                first_read.append(html.unescape(legend[1]))
                assert officers not in legend[1]
                assert f"<summary>{told}</summary><p>{officers}</p></details>" in card
            else:
                assert officers == legend[1] and "<details" not in card
    assert len(first_read) > 5
    if language != "en":
        assert lix(first_read) < 30


async def test_a_finding_that_was_not_said_plainly_is_read_as_the_report_has_it(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    async with round.database.owner() as connection:
        await connection.execute("update loop.findings set plain = null")
    first = (await round.whole())[0]
    page = html.unescape((await client.get(f"{path}/1/1")).text)
    assert first.sentences["nb"] in page and '<details class="told"' not in page


async def test_bad_input_is_refused_and_nothing_typed_is_lost(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    fields = {f"om-{first.id}": "1", f"merknad-{first.id}": "x" * 501}
    long = await client.post(f"{path}/1/1", data=fields)
    assert long.status_code == 422 and "x" * 501 in long.text
    for address in (
        f"{path}/99/1",
        f"{path}/0/1",
        f"{path}/1/0",
        f"{path}/1/99",
        "/leserunde/finnesikke0000000",
        "/leserunde/x",
    ):
        assert (await client.get(address)).status_code == 404
    assert await _say(client, path, "0" * 20, "stands") == 303  # of no finding: nothing is kept
    late = await round.post(round.home, gjor="vis", ends_on="2020-01-01")
    assert late.status_code == 422 and "Velg en dag fra" in late.text
    told = (await client.get(round.home)).text
    assert "Det er ikke noe å vise ennå." in told and "Færre enn fem ganger har noen sendt inn" in told


async def test_who_only_reads_sees_what_was_said_and_changes_nothing(
    round: Round, client: httpx.AsyncClient, office: Office
) -> None:
    await round.show()
    await offices.sign_in(client, office, Role.READER)
    token = await offices.token_for(client)
    assert "Lukk leserunden" not in (await client.get(round.home)).text
    assert (await client.post(round.home, data={"csrf": token, "gjor": "stopp"})).status_code == 403


@pytest.mark.parametrize(("code", "said"), [("nn", "Stemmer dette?"), ("en", "Is this so?")])
async def test_the_pages_speak_the_languages_findings_are_written_in(
    round: Round, client: httpx.AsyncClient, code: str, said: str
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    assert said in (await client.get(f"{path}?sprak={code}")).text
    page = html.unescape((await client.get(f"{path}/1/1?sprak={code}")).text)
    assert first.sentences[code] in page  # type: ignore[index]


async def test_what_was_said_is_kept_as_long_as_is_stated_and_no_longer(
    round: Round, client: httpx.AsyncClient
) -> None:
    path = await round.show()
    first = (await round.whole())[0]
    await _say(client, path, first.id, "stands", "Står i rapporten.")
    await _say(client, path, first.id, "stands", "Med en stemme.")
    await _say(client, path, first.id, "", "Bare ord.")
    for _ in range(3):
        await _say(client, path, first.id, "stands")
    await round.over()
    page = html.unescape((await client.get(round.home)).text)
    shown = re.search(r'Står i rapporten\.</bdi>.*?value="([0-9a-f-]{36})"', page, re.S)
    assert shown and "slettes" in page
    await round.post(f"{round.home}/merknad", remark=shown[1], gjor="vis")
    for days, left in ((179, 3), (180, 1)):
        async with round.database.owner() as connection:
            ends = date.today() - timedelta(days=days)
            await connection.execute("update loop.readings set ends_on = $1", ends)
        await steps.run(round.database, [])
        async with round.database.owner() as connection:
            kept = await connection.fetch("select remark from loop.remarks where remark is not null")
            votes = await connection.fetchval("select count(*) from loop.remarks where verdict is not null")
        assert len(kept) == left and votes == 5
    async with round.database.owner() as connection:
        told = "select details::text from registry.audit_log where action = 'reading.remarks_deleted'"
        assert await connection.fetchval(told) == '{"remarks": 2}'
    async with round.database.owner() as connection:
        await connection.execute(
            "insert into retention.log (organisation_id, campaign_id, step, counts)"
            " values ($1, $2, 'answers', '{}')",
            round.office.organisation_id,
            round.round_id,
        )
        assert not await connection.fetchval("select count(*) from loop.remarks"), (
            "as the answers it was about"
        )
