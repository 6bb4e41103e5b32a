"""What tenants wrote in their own words is printed only when they agreed, when enough wrote, and when two
persons let it through; nobody else reads it, and nothing ties it to who wrote it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from forms.answers import Layout
from forms.questionnaire import Questionnaire
from reports.loop import Quote
from survey.campaigns import rounds
from survey.campaigns.templates import templates
from survey.database.pool import Database
from survey.loop import open_answers
from survey.loop.telling import loop_of
from survey.people import audit
from survey.people.roles import Right, Role
from survey.retention import steps
from tests import offices
from tests.offices import Office

ITEM = "apent_bedre"
SAID = "Kari Nordmann i Storgata 5 bråker, og vinduene trekker så vi fryser."
FRAGMENTS = (
    "vinduene",
    "heisen",
    "lyset",
    "vaskeriet",
    "bossrommet",
    "lekeplassen",
    "taket",
    "døra",
    "gården",
)
WORDS = (
    "er ødelagt siden i fjor",
    "må fikses snart",
    "er stengt hver kveld",
    "ble bedre etter sist",
    "lukter vondt om sommeren",
)
YES, NO = 2, 1


def text(n: int) -> str:
    """A text that no other is like."""
    return f"Nummer{n:03d} {FRAGMENTS[n % 9]} {WORDS[n % 5]} x{n * 7919 % 1000}y"


async def write(
    database: Database,
    office: Office,
    round_id: UUID,
    estate: UUID | None,
    texts: Iterable[str],
    *,
    consent: int | None = YES,
    mode: str = "web",
    area: UUID | None = None,
    item: str = ITEM,
    form: Questionnaire | None = None,
    more: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Answers with nothing but a text and whether it may be quoted, and `more`."""
    layout = Layout.of(form or offices.short_form())
    async with database.registry(office.organisation_id) as connection:
        version_id = (await rounds.find(connection, round_id)).questionnaire_version_id
    async with database.owner() as connection:
        await connection.executemany(
            "insert into answers.responses (organisation_id, id, campaign_id, estate_id, area_id,"
            " questionnaire_version_id, language, mode, answers, codes)"
            " values ($1, $2, $3, $4, $5, $6, 'nb', $7, $8, $9)",
            [
                (
                    office.organisation_id, uuid4(), round_id, estate, area, version_id, mode,
                    json.dumps({item: said, **({"sitat_samtykke": consent} if consent else {}), **more}),
                    layout.pack({}),
                )
                for said in texts
            ],
        )  # fmt: skip


async def asked(database: Database, office: Office, form: Questionnaire | None = None) -> UUID:
    new = offices.new_round(office)
    if form is not None:
        new = replace(new, questionnaire=form, languages=form.languages[:1])
    return await offices.open_round(database, office, new)


async def closed(database: Database, office: Office, round_id: UUID) -> None:
    await offices.close(database, office.staff[Role.OFFICER], round_id)


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


@pytest.fixture
async def round_id(database: Database, office: Office) -> UUID:
    """The small estate wrote 4, the middle 14 (one said no, one nothing), the large 30."""
    small, middle, large = (id for id, _ in office.estates)
    id = await asked(database, office)
    await write(database, office, id, small, [text(n) for n in range(4)])
    await write(database, office, id, middle, [text(n) for n in range(10, 22)])
    await write(database, office, id, middle, ["Dette skal ikke siteres."], consent=NO)
    await write(database, office, id, middle, ["Jeg svarte ikke på om dere kan sitere."], consent=None)
    await write(database, office, id, large, [SAID, *(text(n) for n in range(30, 59))])
    await write(database, office, id, large, ["Den som ikke bor her, skrev dette."], mode="open:library")
    await write(database, office, id, large, ["En annen skrev for meg."], mode="proxy")
    await closed(database, office, id)
    return id


class Desk:
    """Somebody at the pages of quotes."""

    def __init__(self, client: httpx.AsyncClient, office: Office, round_id: UUID):
        self.client, self.office, self.round_id = client, office, round_id
        self.home = f"/kontor/runder/{round_id}/sitater"

    async def as_(self, role: Role) -> Desk:
        self.client.cookies.clear()
        await offices.sign_in(self.client, self.office, role)
        self.token = await offices.token_for(self.client)
        return self

    async def listed(self, place: str = "", item: str = ITEM) -> httpx.Response:
        params = {"sporsmal": item, "sted": place}
        return await self.client.get(f"{self.home}/svar", params=params)

    async def all_listed(self, place: str = "") -> list[str]:
        """Every text that is shown of a place, in the order of the pages."""
        found: list[str] = []
        for page in range(1, 9):
            params = {"sporsmal": ITEM, "sted": place, "side": str(page)}
            shown = await self.client.get(f"{self.home}/svar", params=params)
            quotes = re.findall(r'<blockquote class="said" dir="auto"><p>(.*?)</p>', shown.text, re.S)
            found += [html.unescape(re.sub(r"<small>.*?</small>|<[^>]+>", "", one)) for one in quotes]
            if f"side={page + 1}" not in shown.text:
                return found
        raise AssertionError("no end")

    async def mark(self, words: str, place: str = "") -> str:
        for page in range(1, 9):
            params = {"sporsmal": ITEM, "sted": place, "side": str(page)}
            shown = (await self.client.get(f"{self.home}/svar", params=params)).text
            for card in shown.split('<li class="card">')[1:]:
                if words in html.unescape(re.sub(r"<small>.*?</small>|<[^>]+>", "", card)):
                    return re.findall(r"svar=([0-9a-f]{20})", card)[0]
        raise AssertionError(f"{words} is not listed")

    async def pick(
        self, words: str = SAID, place: str = "", wording: str | None = None, printed: str | None = None
    ) -> httpx.Response:
        mark = await self.mark(words, place)
        page = await self.client.get(
            f"{self.home}/nytt", params={"sporsmal": ITEM, "sted": place, "svar": mark}
        )
        assert page.status_code == 200, page.text[:300]
        shown = html.unescape(re.search(r'<textarea id="wording"[^>]*>(.*?)</textarea>', page.text, re.S)[1])  # type: ignore[index]
        return await self.client.post(
            f"{self.home}/nytt",
            data={
                "csrf": self.token, "sporsmal": ITEM, "sted": place, "svar": mark,
                "wording": shown if wording is None else wording, "codes": ["STANDARD"],
                "printed": place if printed is None else printed, "seen": "0",
            },
        )  # fmt: skip

    async def picked(self, *args: str, **fields: str) -> str:
        """The address of a quote that was just picked."""
        answer = await self.pick(*args, **fields)
        assert answer.status_code == 303, html.unescape(answer.text)
        return answer.headers["location"].partition("?")[0]

    async def do(self, address: str, step: str, **fields: str) -> httpx.Response:
        page = await self.client.get(address)
        seen = re.findall(r'name="seen" value="(\d+)"', page.text)
        return await self.client.post(
            address, data={"csrf": self.token, "gjor": step, "seen": (seen or ["1"])[0], **fields}
        )

    async def quotes(self, database: Database) -> tuple[Quote, ...]:
        async with database.registry(self.office.organisation_id) as connection:
            return (await loop_of(connection, self.round_id)).quotes


@pytest.fixture
async def desk(client: httpx.AsyncClient, office: Office, round_id: UUID) -> Desk:
    return await Desk(client, office, round_id).as_(Role.ANALYST)


# ---------------------------------------------------------------- who may read what


async def test_only_what_somebody_has_agreed_to_be_quoted_on_is_listed(desk: Desk) -> None:
    found = await desk.all_listed()
    assert len(found) == 4 + 12 + 30 and SAID in found
    shown = " ".join(found)
    for never in ("skal ikke siteres", "svarte ikke på", "ikke bor her", "skrev for meg"):
        assert never not in shown


async def test_what_somebody_wrote_for_another_is_neither_listed_nor_counted(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    form = templates()["full"].questionnaire
    id = await asked(database, office, form)
    small, middle, large = (estate for estate, _ in office.estates)
    for estate, own, others in ((small, 8, 3), (middle, 12, 0), (large, 30, 1)):
        said = [text(n + own * 20) for n in range(own)]
        await write(database, office, id, estate, said[::2], form=form, more={"hvem_svarte": 1})
        await write(database, office, id, estate, said[1::2], form=form)
        for_another = [f"En annen skrev dette {n}, {own}." for n in range(others)]
        await write(database, office, id, estate, for_another, form=form, more={"hvem_svarte": 3})
    await closed(database, office, id)
    desk = await Desk(client, office, id).as_(Role.ANALYST)
    listed = await desk.all_listed()
    assert len(listed) == 50 and "En annen" not in " ".join(listed)
    few = html.unescape((await desk.listed(f"leiegard:{small}")).text)
    assert "Nummer" not in few and "En annen" not in few, "eight wrote there themselves"


async def test_an_estate_with_fewer_than_ten_who_wrote_is_not_listed_and_says_which_place_is(
    desk: Desk, office: Office
) -> None:
    small, middle, large = (f"leiegard:{id}" for id, _ in office.estates)
    refused = html.unescape((await desk.listed(small)).text)
    assert "Færre enn 10 har skrevet noe her" in refused and "Nummer" not in refused
    # With the four, those of the middle estate go as well: its area less its list would be the four.
    refused = html.unescape((await desk.listed(middle)).text)
    assert "de andre rundt er færre enn 10" in refused and "Nummer" not in refused
    assert "Se svarene fra Nordbyen" in refused
    assert len(await desk.all_listed(large)) == 30


async def test_a_sensitive_question_needs_twenty_and_is_never_read_by_estate(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    form = offices.short_form()
    data = form.model_dump()
    for page in data["pages"]:
        for entry in page["items"]:
            if entry["id"] == ITEM:
                entry["sensitive"] = True
    id = await asked(database, office, Questionnaire.model_validate(data))
    await write(database, office, id, office.estates[1][0], [text(n) for n in range(12)])
    await write(database, office, id, office.estates[2][0], [text(n) for n in range(20, 45)])
    await closed(database, office, id)
    desk = await Desk(client, office, id).as_(Role.ANALYST)
    shown = html.unescape((await desk.listed(f"leiegard:{office.estates[2][0]}")).text)
    assert "Spørsmålet er følsomt" in shown and "Nummer" not in shown
    # Of the whole 37 wrote; one area has 12 and is not open, the other less the whole would leave them.
    assert len(await desk.all_listed()) == 37
    async with database.registry(office.organisation_id) as connection:
        areas = {e.area_id for e in (await rounds.find(connection, id)).estates}
    for area in areas:
        assert "Nummer" not in (await desk.listed(f"omrade:{area}")).text


async def test_a_questionnaire_that_did_not_ask_can_be_quoted_from_by_nobody(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    data = offices.short_form().model_dump()
    for page in data["pages"]:
        page["items"] = [entry for entry in page["items"] if entry["id"] != "sitat_samtykke"]
    id = await asked(database, office, Questionnaire.model_validate(data))
    await write(database, office, id, office.estates[2][0], [text(n) for n in range(30)])
    await closed(database, office, id)
    desk = await Desk(client, office, id).as_(Role.ANALYST)
    assert "kan ingen siteres" in (await client.get(desk.home)).text
    shown = await desk.listed()
    assert "kan ingen siteres" in shown.text and "Nummer" not in shown.text


async def test_answers_of_an_open_round_are_read_by_nobody(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    id = await asked(database, office)
    await write(database, office, id, office.estates[2][0], [text(n) for n in range(30)])
    desk = await Desk(client, office, id).as_(Role.ANALYST)
    assert (await desk.listed()).status_code == 409
    async with database.answers(office.organisation_id) as connection:
        found = await connection.fetchval("select count(*) from answers.responses where answers <> '{}'")
        assert found == 0


async def test_officers_readers_researchers_and_administrators_do_not_read_open_answers(
    desk: Desk, office: Office
) -> None:
    mark = await desk.mark(SAID)
    assert not office.staff[Role.ADMINISTRATOR].may(Right.READ_OPEN_ANSWERS)
    for role in (Role.OFFICER, Role.READER, Role.RESEARCHER, Role.ADMINISTRATOR):
        await desk.as_(role)
        for address in (f"{desk.home}/svar?sporsmal={ITEM}", f"{desk.home}/nytt?sporsmal={ITEM}&svar={mark}"):
            answer = await desk.client.get(address)
            assert answer.status_code == 403 and "Storgata" not in answer.text, role
        answer = await desk.client.post(f"{desk.home}/nytt", data={"csrf": desk.token, "svar": mark})
        assert answer.status_code == 403, role
    for role in (Role.READER, Role.RESEARCHER):
        await desk.as_(role)
        assert (await desk.client.get(desk.home)).status_code == 403
        assert desk.home not in (await desk.client.get(f"/kontor/runder/{desk.round_id}")).text


async def test_whoever_looked_at_open_answers_is_in_the_log(
    desk: Desk, database: Database, office: Office
) -> None:
    await desk.listed(f"leiegard:{office.estates[2][0]}")
    address = await desk.picked()
    await desk.as_(Role.OFFICER)
    await desk.client.get(address)
    async with database.registry(office.organisation_id) as connection:
        entries = (await audit.page(connection)).entries
    done = {(one.action, one.staff_name) for one in entries}
    assert {
        ("quote.read", "Kari analyst"),
        ("quote.picked", "Kari analyst"),
        ("quote.seen", "Kari officer"),
    } <= done
    assert "Storgata" not in str(entries)
    await desk.as_(Role.ADMINISTRATOR)
    log = (await desk.client.get("/kontor/logg")).text
    assert "Leste åpne svar" in log and "Havneveien 1-9" in log


async def test_the_order_of_the_answers_tells_nothing_and_stays(desk: Desk) -> None:
    found = await desk.all_listed()
    assert found == await desk.all_listed()
    written = [
        *(text(n) for n in range(4)),
        *(text(n) for n in range(10, 22)),
        SAID,
        *(text(n) for n in range(30, 59)),
    ]
    assert sorted(found) == sorted(written)
    places = [written.index(one) for one in found]
    rising = sum(a < b for a, b in pairwise(places)) / (len(places) - 1)
    assert 0.3 < rising < 0.7 and found != sorted(found)


async def test_what_may_tell_who_it_is_is_marked_and_masked_beforehand(desk: Desk) -> None:
    shown = (await desk.listed(f"leiegard:{desk.office.estates[2][0]}")).text
    assert '<mark class="tells">Kari Nordmann<small>navn?</small></mark>' in shown
    address = await desk.picked()
    page = html.unescape((await desk.client.get(address)).text)
    assert "[navn] i [adresse] bråker, og vinduene trekker så vi fryser." in page


async def test_words_with_markup_are_shown_as_words(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    id = await asked(database, office)
    evil = '<script>alert(1)</script> & <b>"fet"</b>'
    await write(database, office, id, office.estates[2][0], [evil, *(text(n) for n in range(30))])
    await closed(database, office, id)
    desk = await Desk(client, office, id).as_(Role.ANALYST)
    address = await desk.picked("alert(1)", wording=evil)
    for page in (desk.home, address):
        assert "<script>alert" not in (await client.get(page)).text
    assert "<script>alert" not in (await desk.listed()).text


# ---------------------------------------------------------------- two persons


async def test_only_what_another_person_has_let_through_is_a_quote(desk: Desk, database: Database) -> None:
    address = await desk.picked(place=f"leiegard:{desk.office.estates[2][0]}")
    assert await desk.quotes(database) == ()
    assert (await desk.do(address, "godkjenn")).status_code == 403  # who picks has not the right
    await desk.as_(Role.OFFICER)
    page = html.unescape((await desk.client.get(address)).text)
    assert re.sub(r"<small>.*?</small>|<[^>]+>", "", page).count(SAID) == 1, (
        "what was written stands beside it"
    )
    assert (await desk.do(address, "godkjenn")).status_code == 303
    (quote,) = await desk.quotes(database)
    assert quote == Quote(
        theme="hjem",
        text="[navn] i [adresse] bråker, og vinduene trekker så vi fryser.",
        edited=True,
        item=ITEM,
        estate_id=str(desk.office.estates[2][0]),
        codes=("STANDARD",),
    )
    assert (await desk.do(address, "trekk")).status_code == 303
    assert await desk.quotes(database) == ()


async def test_the_report_prints_what_was_let_through_under_its_theme_and_nothing_that_waits(
    desk: Desk, database: Database
) -> None:
    estate = f"leiegard:{desk.office.estates[2][0]}"
    address = await desk.picked(place=estate, wording="Vinduene trekker, <b>og vi</b> fryser.")
    await desk.picked(text(31), place=estate, wording="Dette venter.")
    await desk.as_(Role.OFFICER)
    await desk.do(address, "godkjenn")
    report = await desk.client.get(
        f"/kontor/runder/{desk.round_id}/rapport?leiegard={desk.office.estates[2][0]}"
    )
    assert report.status_code == 200
    quoted = report.text[report.text.index("Vinduene trekker") - 400 :]
    assert "Vinduene trekker, &lt;b&gt;og vi&lt;/b&gt; fryser." in quoted and "<h4>Hjemmet</h4>" in quoted
    assert "Dette venter" not in report.text and "Kari Nordmann" not in report.text


async def test_a_quote_sent_back_has_a_reason_and_waits_again_when_it_is_mended(
    desk: Desk, database: Database
) -> None:
    address = await desk.picked()
    await desk.as_(Role.OFFICER)
    without = await desk.do(address, "send")
    assert without.status_code == 422 and "Skriv hvorfor" in without.text
    assert (await desk.do(address, "send", reason="Naboen kan kjennes igjen.")).status_code == 303
    assert (await desk.do(address, "godkjenn")).status_code == 409
    await desk.as_(Role.ANALYST)
    assert "Naboen kan kjennes igjen." in (await desk.client.get(address)).text
    mended = {"wording": "Vinduene trekker så vi fryser.", "codes": "VEDLIKEHOLD", "printed": ""}
    assert (await desk.do(address, "lagre", **mended)).status_code == 303
    await desk.as_(Role.OFFICER)
    assert (await desk.do(address, "godkjenn")).status_code == 303
    (quote,) = await desk.quotes(database)
    assert (quote.text, quote.codes, quote.estate_id) == (mended["wording"], ("VEDLIKEHOLD",), None)
    await desk.as_(Role.ANALYST)
    late = await desk.do(address, "lagre", wording="Noe annet", codes="STANDARD", printed="")
    assert late.status_code == 409, "what was let through is not another text tomorrow"


async def test_the_database_itself_lets_nobody_approve_what_he_picked(desk: Desk, database: Database) -> None:
    await desk.picked()
    analyst, officer = (desk.office.staff[role].id for role in (Role.ANALYST, Role.OFFICER))
    approve = "update quotes.quotes set state = 'approved', approved_on = current_date, decided_by = $1"
    with pytest.raises(asyncpg.CheckViolationError, match="two_persons"):
        async with database.answers(desk.office.organisation_id) as connection:
            await connection.execute(approve, analyst)
    with pytest.raises(asyncpg.CheckViolationError, match="approved_by_somebody"):
        async with database.answers(desk.office.organisation_id) as connection:
            await connection.execute(approve, None)
    async with database.answers(desk.office.organisation_id) as connection:
        await connection.execute(approve, officer)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with database.answers(desk.office.organisation_id) as connection:
            await connection.execute("update quotes.quotes set wording = 'Noe annet'")


async def test_two_who_decide_at_once_do_not_both_decide(desk: Desk) -> None:
    address = await desk.picked()
    await desk.as_(Role.OFFICER)
    fields = {"csrf": desk.token, "seen": "1"}
    first = await desk.client.post(address, data={**fields, "gjor": "send", "reason": "Nei"})
    second = await desk.client.post(address, data={**fields, "gjor": "godkjenn"})
    assert (first.status_code, second.status_code) == (303, 409)


async def test_what_is_printed_is_from_no_smaller_place_than_was_read(desk: Desk) -> None:
    estate = f"leiegard:{desk.office.estates[2][0]}"
    refused = await desk.pick(place="", printed=estate)
    assert refused.status_code == 422 and "Velg hvor det er fra" in refused.text
    small = await desk.pick(place=estate, printed=f"leiegard:{desk.office.estates[0][0]}")
    assert small.status_code == 422
    assert (await desk.pick(place=estate, printed="")).status_code == 303


async def test_the_same_words_are_let_through_once_and_the_other_quote_is_named(
    desk: Desk, database: Database, office: Office
) -> None:
    address = await desk.picked(place=f"leiegard:{office.estates[2][0]}")
    await desk.as_(Role.OFFICER)
    await desk.do(address, "godkjenn")
    later = await asked(database, office)
    said = "Kari Nordmann i Storgata 5 bråker, og vinduene trekker så vi fryser!!"
    await write(database, office, later, office.estates[1][0], [said, *(text(n) for n in range(100, 130))])
    await closed(database, office, later)
    other = await Desk(desk.client, office, later).as_(Role.ANALYST)
    refused = await other.pick(said)
    told = html.unescape(refused.text)
    assert refused.status_code == 422 and "Nesten de samme ordene er godkjent før" in told
    assert "Havneveien 1-9" in told and "[navn] i [adresse] bråker" in told
    # Nor when the approval was taken back: it was perhaps printed.
    await desk.as_(Role.OFFICER)
    await desk.do(address, "trekk")
    assert (await (await other.as_(Role.ANALYST)).pick(said)).status_code == 422


async def test_of_two_alike_that_wait_only_one_is_let_through(
    desk: Desk, database: Database, office: Office
) -> None:
    first = await desk.picked()
    later = await asked(database, office)
    await write(database, office, later, office.estates[2][0], [SAID, *(text(n) for n in range(100, 130))])
    await closed(database, office, later)
    second = await (await Desk(desk.client, office, later).as_(Role.ANALYST)).picked()
    await desk.as_(Role.OFFICER)
    assert (await desk.do(first, "godkjenn")).status_code == 303
    refused = await desk.do(second, "godkjenn")
    assert refused.status_code == 422 and "godkjent før" in refused.text


async def test_what_was_picked_already_is_not_picked_again_and_can_be_dropped(
    desk: Desk, database: Database
) -> None:
    address = await desk.picked()
    shown = (await desk.listed()).text
    assert address in shown or any(
        address in (await desk.client.get(f"{desk.home}/svar?sporsmal={ITEM}&side={n}")).text for n in (1, 2)
    )
    assert (await desk.do(address, "fjern")).status_code == 303
    assert (await desk.client.get(address)).status_code == 404
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from quotes.verbatim") == 0
    await desk.picked()


# ---------------------------------------------------------------- what the database holds


async def test_the_consoles_role_reads_no_open_answer_and_no_quote_that_waits(
    desk: Desk, database: Database
) -> None:
    address = await desk.picked(wording="Kari fryser. Dette venter.")
    for table in ("quotes.verbatim", "answers.responses"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(desk.office.organisation_id) as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608 (names of ours)
    async with database.registry(desk.office.organisation_id) as connection:
        assert await connection.fetch("select wording from quotes.quotes") == []
    await desk.as_(Role.OFFICER)
    await desk.do(address, "godkjenn")
    async with database.registry(desk.office.organisation_id) as connection:
        (row,) = await connection.fetch("select wording from quotes.quotes")
        assert row["wording"] == "Kari fryser. Dette venter."
    for column in ("picked_by", "decided_by", "reason"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(desk.office.organisation_id) as connection:
                await connection.fetch(f"select {column} from quotes.quotes")  # noqa: S608


async def test_another_organisation_sees_no_quote_of_ours(desk: Desk, database: Database) -> None:
    await desk.picked()
    theirs = await offices.found(database, "Den andre kommunen")
    async with database.answers(theirs.organisation_id) as connection:
        assert await connection.fetchval("select count(*) from quotes.quotes") == 0
        assert await connection.fetchval("select count(*) from quotes.verbatim") == 0


async def test_what_was_written_goes_with_the_answers_and_what_was_let_through_stays(
    desk: Desk, database: Database, office: Office
) -> None:
    approved = await desk.picked()
    await desk.picked(text(31))
    await desk.as_(Role.OFFICER)
    await desk.do(approved, "godkjenn")
    before = await desk.quotes(database)
    assert len(before) == 1
    await _years_later(database, desk.round_id)
    assert {done.fault for done in await steps.run(database, ())} == {None}
    assert await desk.quotes(database) == before
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from quotes.verbatim") == 0
        assert await connection.fetchval("select array_agg(state) from quotes.quotes") == ["approved"]
        marked = await connection.fetch("select distinct relation from retention.to_write_anew")
        assert {"quotes.quotes", "quotes.verbatim"} <= {row["relation"] for row in marked}
    page = html.unescape((await desk.client.get(approved)).text)
    assert "er slettet sammen med svarene" in page and "Storgata" not in page
    await desk.as_(Role.ANALYST)
    assert (await desk.listed()).status_code == 410


async def _years_later(database: Database, round_id: UUID) -> None:
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaigns set contacts_due_on = current_date, answers_due_on = current_date"
            " where id = $1",
            round_id,
        )


def test_whose_answer_says_yes_is_decided_by_the_questionnaire() -> None:
    form = offices.short_form()
    assert open_answers.consent_of(form) == ("sitat_samtykke", YES)
    assert list(open_answers.questions(form)) == [ITEM]
    assert form.item("sitat_samtykke").counted is False, "it is no result of anything"
