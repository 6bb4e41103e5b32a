"""Editions sent to people by name: the bytes that were frozen, for whoever holds a link that lives."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from uuid import uuid4

import asyncpg
import httpx
import pytest

from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.delivery import handing
from survey.loop import shares
from survey.loop.editions import KeptEdition
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.deliveries import mailbox, sender
from tests.integration.test_editions import Press, office, press  # noqa: F401 - fixtures
from tests.integration.test_servers_that_hang import Relay, relay  # noqa: F401 - fixture
from tests.offices import Office

GONE = "Lenken åpner ingenting"


class Desk:
    """An officer who sends a frozen edition."""

    def __init__(self, press: Press, edition: KeptEdition) -> None:  # noqa: F811
        self.press, self.edition = press, edition
        self.home = f"{press.home}/{edition.id}/mottakere"

    async def send(self, recipients: str, **changed: str | list[str]) -> httpx.Response:
        fields = {
            "csrf": self.press.token,
            "gjor": "send",
            "once": str(uuid4()),
            "recipients": recipients,
            "language": "nb",
            "days": "90",
            "document": ["utleier", "beboer"],
            "tongue": ["nb"],
            "place": [f"all:{''}", *(f"estate:{one}" for one, _ in self.press._office.estates)],
            **changed,
        }
        return await self.press.client.post(self.home, data=fields)

    async def link(self, recipient: str = "Eldrerådet", **changed: str | list[str]) -> tuple[str, str]:
        """(path, code) of a link that was copied."""
        page = await self.send(recipient, **changed)
        assert page.status_code == 200, page.text[:500]
        found = re.search(r"(/delt/[0-9a-z]{20})<", page.text)
        assert found, page.text
        code = re.search(r'<code class="whole">([0-9a-z]{4}-[0-9a-z]{4})</code>', page.text)
        return found[1], code[1] if code else ""

    async def shares(self) -> list[shares.Share]:
        async with self.press._database.registry(self.press._office.organisation_id) as connection:
            return await shares.all_of(connection, self.edition.id)


@pytest.fixture
async def desk(press: Press) -> Desk:  # noqa: F811
    ordered = await press.order(document=["utleier", "beboer"], place=["all"])
    assert ordered.status_code == 303
    return Desk(press, await press.ready())


@pytest.fixture
def reader(client: httpx.AsyncClient) -> Iterator[httpx.AsyncClient]:
    """A browser that nobody has signed in with."""
    yield httpx.AsyncClient(transport=client._transport, base_url=client.base_url)


async def test_a_recipient_reads_the_very_bytes_that_were_frozen_and_can_check_them(
    desk: Desk, reader: httpx.AsyncClient
) -> None:
    path, _ = await desk.link("Eldrerådet i Eksempelvik")
    page = await reader.get(path)
    told = html.unescape(page.text)
    assert page.status_code == 200 and "Versjon 1" in told and "Til Eldrerådet i Eksempelvik." in told
    assert "ser at lenken er åpnet" in told and "<script" not in told
    for name, said in (
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex"),
        ("content-security-policy", "default-src 'none'"),
    ):
        assert said in page.headers[name]
    files = re.findall(rf'href="({path}/\d+/fil)"', told)
    assert len(files) == 2
    for number, file in enumerate(files, 1):
        got = await reader.get(file)
        own = await desk.press.client.get(f"{desk.press.home}/{desk.edition.id}/{number}/dokument.pdf")
        assert got.content == own.content and got.headers["cache-control"] == "no-store"
        assert got.headers["content-disposition"].startswith("inline")
        assert sha256(got.content).hexdigest() in told
    kept = await reader.get(f"{files[0]}?last=1")
    name = r"utleierrapport-eksempelvik-kommune-oppdiktet-runde-2025-nr-\d+-nb-v1-1\.pdf"
    assert re.fullmatch(f'attachment; filename="{name}"', kept.headers["content-disposition"])
    assert "kvittering" not in told  # a planner has sent no answer


async def test_all_documents_of_a_link_come_as_one_file_named_by_landlord_and_round(
    desk: Desk, reader: httpx.AsyncClient
) -> None:
    path, _ = await desk.link()
    page = (await reader.get(path)).text
    assert f'href="{path}/alle.zip"' in page and "Last ned alle 2 dokumentene" in page
    opened = (await desk.shares())[0].opened
    got = await reader.get(f"{path}/alle.zip")
    assert got.headers["content-type"] == "application/zip" and got.headers["cache-control"] == "no-store"
    assert got.content == (await reader.get(f"{path}/alle.zip")).content
    with zipfile.ZipFile(io.BytesIO(got.content)) as packed:
        assert packed.testzip() is None
        bodies = {name: packed.read(name) for name in packed.namelist()}
    assert got.headers["content-disposition"].startswith('attachment; filename="')
    frozen = [(await reader.get(file)).content for file in re.findall(rf'href="({path}/\d+/fil)"', page)]
    assert list(bodies.values()) == frozen
    assert all(re.fullmatch(r"(utleier|beboer)rapport-.*-nb-v1-\d\.pdf", name) for name in bodies), bodies
    assert (await desk.shares())[0].opened == opened  # looked at once, taken along on the same visit
    coded, _ = await desk.link("Rådmannen", code="1")
    for shut in (f"{coded}/alle.zip", "/delt/aaaaaaaaaaaaaaaaaaaa/alle.zip"):
        refused = await reader.get(shut)
        assert refused.status_code == 404 and GONE in refused.text
    one, _ = await desk.link("Styret", document=["beboer"])
    assert "alle.zip" not in (await reader.get(one)).text


async def test_of_chosen_documents_the_link_opens_no_other(desk: Desk, reader: httpx.AsyncClient) -> None:
    path, _ = await desk.link(document=["beboer"])
    told = (await reader.get(path)).text
    assert "Beboerrapport" in told and "Utleierrapport" not in told
    assert (await reader.get(f"{path}/2/fil")).content.startswith(b"%PDF-")
    for number in ("1", "3", "99999999999999999999"):
        refused = await reader.get(f"{path}/{number}/fil")
        assert refused.status_code == 404 and GONE in refused.text
    refused = await desk.send("Eldrerådet", document=[])
    assert refused.status_code == 422 and "Velg minst ett dokument" in refused.text


async def test_the_office_sees_how_often_and_on_which_day_and_programs_that_only_look_are_not_counted(
    desk: Desk, reader: httpx.AsyncClient, database: Database
) -> None:
    path, _ = await desk.link()
    await reader.head(path)
    assert [(one.opened, one.opened_on) for one in await desk.shares()] == [(0, None)]
    await reader.get(path)
    await reader.get(path)
    (one,) = await desk.shares()
    assert (one.opened, one.opened_on) == (2, one.today)
    assert "Åpnet 2 ganger, sist" in (await desk.press.client.get(desk.home)).text
    async with database.owner() as connection:
        kinds = await connection.fetch(
            "select data_type from information_schema.columns"
            " where (table_schema, table_name) = ('loop', 'shares') and data_type like 'timestamp%'"
        )
    assert not kinds  # no hour is kept of anybody


async def test_a_link_that_is_unknown_over_taken_back_or_anothers_opens_one_and_the_same_page(
    desk: Desk, reader: httpx.AsyncClient, database: Database
) -> None:
    over, _ = await desk.link("A", days="7")
    revoked, _ = await desk.link("B")
    coded, _ = await desk.link("C", code="1")
    named = {one.recipient: one for one in await desk.shares()}
    for recipient in ("B", "C"):
        done = await desk.press.client.post(
            desk.home, data={"csrf": desk.press.token, "gjor": "trekk", "share": str(named[recipient].id)}
        )
        assert done.status_code == 303
    async with database.owner() as connection:
        await connection.execute(
            "update loop.shares set made_on = made_on - 8, expires_on = expires_on - 8 where recipient = 'A'"
        )
    pages = [
        await reader.get(path) for path in (over, revoked, coded, "/delt/" + "0" * 20, "/delt/x", "/delt/'--")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1 and GONE in pages[0].text
    assert "Eksempelvik" not in pages[0].text
    for path in (over, revoked):
        file = await reader.get(f"{path}/1/fil")
        assert (file.status_code, file.text) == (404, pages[0].text)
    sent = await reader.post(coded, data={"kode": "abcd-efgh"})
    assert (sent.status_code, sent.text) == (404, pages[0].text)
    again = await desk.press.client.post(
        desk.home, data={"csrf": desk.press.token, "gjor": "trekk", "share": str(named["B"].id)}
    )
    assert again.status_code == 409
    shown = html.unescape((await desk.press.client.get(desk.home)).text)
    assert "Gikk ut " in shown and shown.count("Trukket tilbake ") == 2


async def test_a_link_works_through_its_last_day(
    desk: Desk, reader: httpx.AsyncClient, database: Database
) -> None:
    path, _ = await desk.link(days="7")
    async with database.owner() as connection:
        await connection.execute("update loop.shares set made_on = made_on - 7, expires_on = expires_on - 7")
    assert (await reader.get(path)).status_code == 200


async def test_where_a_code_is_asked_for_the_link_alone_opens_nothing(
    desk: Desk, reader: httpx.AsyncClient
) -> None:
    path, code = await desk.link("Ungdomsrådet", code="1")
    first = await reader.get(path)
    assert first.status_code == 200 and "Skriv koden" in first.text
    assert "Ungdomsrådet" not in first.text and "Versjon" not in first.text  # nothing but whose page it is
    assert (await reader.get(f"{path}/1/fil")).status_code == 404
    wrong = await reader.post(path, data={"kode": "2222-2222"})
    assert wrong.status_code == 422 and "Koden er ikke riktig." in wrong.text
    assert not (await desk.shares())[0].opened
    right = await reader.post(path, data={"kode": f" {code.upper()} "})
    assert right.status_code == 303
    cookie = right.headers["set-cookie"].lower()
    assert "httponly" in cookie and f"path={path}" in cookie and code.replace("-", "") not in cookie
    assert "Til Ungdomsrådet." in (await reader.get(path)).text
    assert (await reader.get(f"{path}/1/fil")).content.startswith(b"%PDF-")
    other, _ = await desk.link("B", code="1")
    assert "Skriv koden" in (await reader.get(other)).text  # it opens its own page alone


async def test_two_recipients_of_one_name_are_not_taken_since_nobody_could_tell_their_links_apart(
    desk: Desk,
) -> None:
    page = await desk.send("Planavdelingen\nplanavdelingen plan@kommune.example")
    assert page.status_code == 422 and "står to ganger" in page.text and not await desk.shares()


async def test_guessing_codes_is_slowed_down_and_a_form_from_another_site_is_not_taken(
    desk: Desk, reader: httpx.AsyncClient
) -> None:
    path, code = await desk.link(code="1")
    strange = await reader.post(path, data={"kode": code}, headers={"sec-fetch-site": "cross-site"})
    assert strange.status_code == 400
    for _ in range(40):
        assert (await reader.post(path, data={"kode": "2222-2222"})).status_code == 422
    held = await reader.post(path, data={"kode": code})
    assert held.status_code == 429 and 'name="kode"' not in held.text, "a planner has no letter with a code"
    assert (
        await reader.post("/", data={"kode": "ABCDEF-ABCDEF"})
    ).status_code != 429  # tenants' codes are not


async def test_an_old_link_says_that_there_is_a_newer_version_and_what_was_wrong(
    desk: Desk,
    reader: httpx.AsyncClient,
) -> None:
    path, _ = await desk.link()
    assert "nyere versjon" not in (await reader.get(path)).text
    await desk.press.order(place=["all"], erratum="Fristen for vinduene var feil.")
    second = Desk(desk.press, await desk.press.ready())
    told = html.unescape((await reader.get(path)).text)
    assert "Det finnes en nyere versjon (2)." in told and "Fristen for vinduene var feil." in told
    assert (await reader.get(f"{path}/1/fil")).content.startswith(b"%PDF-")
    newer, _ = await second.link()
    told = html.unescape((await reader.get(newer)).text)
    assert "Versjon 2" in told and "Rettet i denne versjonen: " in told and "nyere" not in told
    assert "Send heller den." in (await desk.press.client.get(desk.home)).text


async def test_a_link_says_what_was_corrected_in_the_readers_language_where_it_was_written_in_that(
    desk: Desk,
    reader: httpx.AsyncClient,
) -> None:
    words = {"erratum": "Fristen var feil.", "erratum-nn": "Fristen var gal.", "erratum-en": "Wrong day."}
    path, _ = await desk.link()
    await desk.press.order(place=["all"], **words)
    newer, _ = await Desk(desk.press, await desk.press.ready()).link()
    for link in (path, newer):
        for language, said in (("nn", words["erratum-nn"]), ("en", words["erratum-en"])):
            told = html.unescape((await reader.get(f"{link}?sprak={language}")).text)
            assert f'<bdi lang="{language}">{said}</bdi>' in told and words["erratum"] not in told
        assert f'<bdi lang="no">{words["erratum"]}</bdi>' in (await reader.get(f"{link}?sprak=nb")).text


async def test_who_has_an_address_is_written_to_once_and_address_and_link_are_gone_then(
    desk: Desk, reader: httpx.AsyncClient, database: Database, contact_keys: KeyFolder
) -> None:
    named = "Kari Nordmann, kari@Plan.example\nOla <ola@plan.example>\nStyret"
    page = await desk.send(named, language="nn", days="30")
    assert "kari@plan.example" in page.text and len(re.findall("/delt/", page.text)) == 1
    assert await _letters(database) == [("waiting", True)] * 2
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        assert await working.send_shared() == 2
        assert await working.send_shared() == 0
    assert box.to == ["kari@plan.example", "ola@plan.example"]
    assert await _letters(database) == [("sent", False)] * 2
    mail = next(mail for to, _, mail in box.received if to.startswith("kari"))
    text = mail.get_content()
    found = re.search(r"http://testserver\.local(/delt/\S+)", text)
    assert found and "Kari Nordmann" in text and "Lenkja er di" in text
    assert mail["List-Unsubscribe"] is None and mail["Content-Language"] == "nn"
    told = (await reader.get(found[1])).text
    assert 'lang="nn"' in told and "Til Kari Nordmann." in told
    shown = html.unescape((await desk.press.client.get(desk.home)).text)
    assert "Sendt på e-post." in shown and "plan.example" not in shown


async def test_a_letter_waits_for_a_server_that_is_away_and_is_given_up_when_refused_or_taken_back(
    desk: Desk, database: Database, contact_keys: KeyFolder
) -> None:
    await desk.send("A, a@plan.example\nB, b@plan.example\nC, c@plan.example")
    async with mailbox() as box:
        closed = box.channel()
    assert await sender(database, contact_keys, closed).send_shared() == 0
    assert {state for state, _ in await _letters(database)} == {"waiting"}
    async with database.owner() as connection:
        await connection.execute("update delivery.shared_letters set not_before = now()")
    c = next(one for one in await desk.shares() if one.recipient == "C")
    await desk.press.client.post(
        desk.home, data={"csrf": desk.press.token, "gjor": "trekk", "share": str(c.id)}
    )
    async with mailbox() as box:
        box.answers = {"b@plan.example": "550 no such user"}
        assert await sender(database, contact_keys, box.channel()).send_shared() == 1
        assert box.to == ["a@plan.example"]
    assert sorted(await _letters(database)) == [("failed", False), ("sent", False)]
    assert "E-posten kom ikke fram." in (await desk.press.client.get(desk.home)).text


async def test_a_letter_that_a_server_takes_without_a_word_is_sent_once_and_the_office_is_told(
    desk: Desk,
    database: Database,
    contact_keys: KeyFolder,
    relay: Relay,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing, "ANSWER_SECONDS", 0.05)
    relay.says["."] = ""
    await desk.send("A, a@plan.example\nB, b@plan.example")
    working = sender(database, contact_keys, relay.channel())
    for looks in (1, 2, 3, 4):
        await working.send_shared()
        assert relay.given.total() == min(looks, 2), "a server that hangs is asked for one letter a look"
    assert sorted(relay.given.values()) == [1, 1]
    assert await _letters(database) == [("failed", False)] * 2
    assert "E-posten kom ikke fram." in (await desk.press.client.get(desk.home)).text


async def test_a_letter_that_cannot_be_sent_for_three_days_is_given_up(
    desk: Desk, database: Database, contact_keys: KeyFolder
) -> None:
    await desk.send("A, a@plan.example")
    async with database.owner() as connection:
        await connection.execute("update delivery.shared_letters set since = now() - interval '73 hours'")
    async with mailbox() as box:
        closed = box.channel()
    await sender(database, contact_keys, closed).send_shared()
    assert await _letters(database) == [("failed", False)]


async def test_the_database_alone_gives_away_no_link_no_code_and_no_address(
    desk: Desk, reader: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    page = await desk.send("Eldrerådet\nA, a@plan.example", code="1")
    token = re.findall(r"/delt/([0-9a-z]{20})<", page.text)[0]
    codes = re.findall(r"([0-9a-z]{4})-([0-9a-z]{4})</code>", page.text)
    async with database.owner() as connection:
        rows = await connection.fetch("select s::text as row from loop.shares s")
        rows += await connection.fetch("select l::text as row from delivery.shared_letters l")
        hashes = await connection.fetch("select token_hash, code_hash from loop.shares")
    for row in rows:
        assert token not in row["row"] and "plan.example" not in row["row"]
        assert all(first + last not in row["row"] for first, last in codes)
    for row in hashes:
        reader.cookies.set("bostemme_delt", row["code_hash"].hex(), path=f"/delt/{token}")
        assert "Skriv koden" in (await reader.get(f"/delt/{token}")).text
        assert (await reader.get(f"/delt/{row['token_hash'].hex()}")).status_code == 404


async def test_another_organisation_sees_takes_back_and_sends_nothing(
    desk: Desk, client: httpx.AsyncClient, database: Database
) -> None:
    await desk.link()
    (one,) = await desk.shares()
    other = await offices.found(database, "Nabovik kommune (oppdiktet)", fictitious=True)
    await offices.sign_in(client, other)
    token = await offices.token_for(client)
    assert (await client.get(desk.home)).status_code == 404
    for form in ({"gjor": "trekk", "share": str(one.id)}, {"gjor": "send", "recipients": "Oss"}):
        assert (await client.post(desk.home, data={"csrf": token, **form})).status_code == 404
    async with database.registry(other.organisation_id) as connection:
        assert await shares.all_of(connection, desk.edition.id) == []
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            await connection.execute(
                "insert into loop.shares (organisation_id, id, edition_id, recipient, language, numbers,"
                " token_hash, expires_on)"
                " values ($1, gen_random_uuid(), $2, 'x', 'nb', '{1}', sha256('x'), current_date)",
                other.organisation_id,
                desk.edition.id,
            )


async def test_what_is_taken_back_stays_so_for_the_consoles_own_role_and_no_role_of_pages_reads_the_tables(
    desk: Desk, database: Database
) -> None:
    await desk.link()
    organisation = desk.press._office.organisation_id
    async with database.registry(organisation) as connection:
        await connection.execute("update loop.shares set revoked_on = current_date")
        again = await connection.execute("update loop.shares set revoked_on = null")
        assert again.endswith(" 0")
    for statement in (
        "update loop.shares set expires_on = expires_on + 1",
        "update loop.shares set numbers = '{1}'",
        "select token_hash from loop.shares",
        "select sealed from delivery.shared_letters",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(organisation) as connection:
                await connection.execute(statement)
    for table in ("loop.shares", "delivery.shared_letters", "loop.edition_files"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.phone() as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608


async def test_every_link_and_every_taking_back_stands_in_the_log(
    desk: Desk,
    client: httpx.AsyncClient,
    office: Office,  # noqa: F811
) -> None:
    await desk.link("Eldrerådet")
    (one,) = await desk.shares()
    await client.post(desk.home, data={"csrf": desk.press.token, "gjor": "trekk", "share": str(one.id)})
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    log = html.unescape((await client.get("/kontor/logg")).text)
    assert "Sendte en utgave" in log and "Trakk en lenke til en utgave tilbake" in log
    assert log.count("<small>Eldrerådet</small>") == 2


async def test_a_form_that_is_sent_twice_makes_each_link_once(desk: Desk) -> None:
    once = str(uuid4())
    assert (await desk.send("A\nB", once=once)).status_code == 200
    again = await desk.send("A\nB", once=once)
    assert again.status_code == 303 and again.headers["location"].endswith("melding=shares_made_before")
    assert len(await desk.shares()) == 2


async def test_what_is_wrong_with_recipients_is_told_and_nobody_is_sent_anything(desk: Desk) -> None:
    for typed, told in (
        ("  \n", "Skriv minst én mottaker."),
        ("Kari, kari@", "«kari@» er ingen e-postadresse."),
        ("x" * 121, "er for langt. Bruk høyst 120 tegn."),
        ("\n".join("abcdefghijklmnopqrstu"), "Det er 21 mottakere. Send til høyst 20 om gangen."),
    ):
        page = await desk.send(typed)
        assert page.status_code == 422 and told in html.unescape(page.text), told
    for broken in ({"days": "9999"}, {"language": "ar"}, {"once": "x"}, {"gjor": "x"}):
        assert (await desk.send("A", **broken)).status_code == 400
    assert await desk.shares() == []
    shown = await desk.send("<b>Kari</b> \u202eonlar")
    assert "<b>Kari" not in shown.text and "\u202e" not in shown.text


async def test_an_edition_that_is_not_frozen_is_sent_to_nobody_and_a_reader_sends_none(
    desk: Desk,
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    async with database.owner() as connection:
        await connection.execute("update loop.editions set state = 'stopped'")
    assert "må være frosset" in (await client.get(desk.home)).text
    assert (await desk.send("A")).status_code == 409
    assert await desk.shares() == []
    await offices.sign_in(client, office, Role.READER)
    token = await offices.token_for(client)
    assert (await client.get(desk.home)).status_code == 403
    assert (await client.post(desk.home, data={"csrf": token, "gjor": "send"})).status_code == 403


async def _letters(database: Database) -> list[tuple[str, bool]]:
    async with database.owner() as connection:
        rows = await connection.fetch("select state, sealed is not null as kept from delivery.shared_letters")
    return [(row["state"], row["kept"]) for row in rows]
