"""An officer sends a round: contacts, words, days, letters and open links."""

from __future__ import annotations

import asyncio
import io
import re
from datetime import date
from uuid import UUID

import httpx
import pikepdf
import pymupdf
import pytest

from forms.catalogue import translator
from survey.ballots import codes
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.database.pool import Database
from survey.delivery import texts
from survey.delivery.texts import Blanks
from survey.office import letters
from survey.people.roles import Role
from survey.settings import PROJECT, Settings
from tests import offices
from tests.deliveries import csv_file, first_dwellings, mailbox, sender, small_round
from tests.offices import Office


@pytest.fixture
async def draft(
    request: pytest.FixtureRequest, client: httpx.AsyncClient, database: Database
) -> tuple[Office, UUID, str]:
    """A round of sixty homes or so many, with somebody signed in: the office, the round, a form's token."""
    office, round_id = await small_round(database, homes=getattr(request, "param", 60))
    await offices.sign_in(client, office)
    return office, round_id, await offices.token_for(client)


async def test_an_officer_uploads_contacts_plans_and_the_tenants_get_their_mail(
    client: httpx.AsyncClient,
    database: Database,
    contact_keys: KeyFolder,
    draft: tuple[Office, UUID, str],
) -> None:
    office, round_id, token = draft
    address = f"/kontor/runder/{round_id}/utsending"
    uploaded = await client.post(
        f"{address}/kontakter", data={"csrf": token}, files={"fil": ("liste.csv", first_dwellings(7))}
    )
    assert uploaded.status_code == 303, uploaded.text
    page = await client.get(uploaded.headers["location"])
    assert "Kontaktene er forseglet" in page.text and "beboer.example" not in page.text
    planned = await client.post(
        f"{address}/plan",
        data={
            "csrf": token,
            "first_on": date.today().isoformat(),
            "reminders": "1",
            "every_days": "5",
        },
    )
    assert planned.status_code == 303
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0)
    assert len(box.received) == 7
    page = await client.get(address)
    assert "minst 5" in page.text and "Invitasjon" in page.text and ">7<" not in page.text.split("gikk")[-1]


async def test_bad_rows_are_listed_by_line_and_nothing_is_kept_until_the_officer_says_so(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    address = f"/kontor/runder/{round_id}/utsending/kontakter"
    data = csv_file(("Havneveien 1-9", "1", "a@b.no", "", "", ""), ("Gate", "x", "a@b", "", "", ""))
    refused = await client.post(address, data={"csrf": token}, files={"fil": ("l.csv", data)})
    assert refused.status_code == 422 and "Ingenting er lagret" in refused.text
    assert "Linje 3" in refused.text and "a@b" not in refused.text and "bare_gode" in refused.text
    kept = await client.post(address, data={"csrf": token, "bare_gode": "1"}, files={"fil": ("l.csv", data)})
    assert kept.status_code == 303


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", b"a,b\n1,2\n", b"PK\x03\x04tull"])
async def test_what_is_no_list_of_contacts_is_refused_in_words(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str], content: bytes
) -> None:
    _, round_id, token = draft
    refused = await client.post(
        f"/kontor/runder/{round_id}/utsending/kontakter",
        data={"csrf": token},
        files={"fil": ("l.csv", content)},
    )
    assert refused.status_code == 400 and "Ingenting er lagret" in refused.text


async def test_a_file_from_another_page_or_without_its_form_changes_nothing(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    address = f"/kontor/runder/{round_id}/utsending/kontakter"
    forged = await client.post(address, data={"csrf": "x"}, files={"fil": ("l.csv", first_dwellings(1))})
    assert forged.status_code == 403
    assert (await client.post(address, data={"csrf": token})).status_code == 400


async def test_words_are_previewed_checked_kept_and_given_back(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    address = f"/kontor/runder/{round_id}/utsending/tekst/email/nn"
    ours = await client.get(address)
    assert "Korleis er det å bu i Havneveien 1-9?" in ours.text and "Eg vil ikkje svare" in ours.text

    async def sent(body: str, doing: str) -> httpx.Response:
        return await client.post(
            address, data={"csrf": token, "subject": "Hei", "body": body, "handling": doing}
        )

    for wrong in ("Utan lenkje", "{lenke} {tull}", "{lenke} {", ""):
        answer = await sent(wrong, "behold")
        assert answer.status_code == 422 and 'id="body-feil"' in answer.text, wrong
    shown = await sent("Kom hit: {lenke} <b>", "vis")
    assert shown.status_code == 200 and "Kom hit: http://testserver.local/s/" in shown.text
    assert "&lt;b&gt;" in shown.text
    assert (await sent("Kom hit: {lenke}", "behold")).status_code == 303
    assert "Egne ord" in (await client.get(f"/kontor/runder/{round_id}/utsending")).text
    assert (await sent("", "tilbakestill")).status_code == 303
    assert "Egne ord" not in (await client.get(f"/kontor/runder/{round_id}/utsending")).text
    assert (await client.get(address.replace("/nn", "/de"))).status_code == 400


@pytest.mark.parametrize("kind", texts.KINDS)
async def test_every_text_is_previewed_in_every_language_as_it_will_be_read(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str], kind: str
) -> None:
    _, round_id, token = draft
    link = "" if kind == "letter" else " {lenke}"  # a letter has its own place for it
    read = {}
    for language in ("nb", "nn", "en"):
        address = f"/kontor/runder/{round_id}/utsending/tekst/{kind}/{language}"
        read[language] = _previewed((await client.get(address)).text, language)
        assert "Havneveien 1-9" in read[language] and not re.search(r"\{\w+\}", read[language])
        own = {"subject": "Hei", "body": f"Egne ord til {{leiegard}}{link}", "handling": "vis"}
        shown = await client.post(address, data={"csrf": token, **own})
        assert shown.status_code == 200
        assert "Egne ord til Havneveien 1-9" in _previewed(shown.text, language)
    assert len(set(read.values())) == 3


def _previewed(page: str, language: str) -> str:
    (words,) = re.findall(rf'<p class="preview" lang="{language}">(.*?)</p>', page, re.DOTALL)
    return str(words)


async def test_a_plan_with_mistakes_is_shown_again_with_each_named(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    answer = await client.post(
        f"/kontor/runder/{round_id}/utsending/plan",
        data={"csrf": token, "first_on": "2020-01-01", "reminders": "9", "every_days": "1"},
    )
    assert answer.status_code == 422
    for field in ("first_on", "reminders", "every_days"):
        assert f'id="{field}-feil"' in answer.text
    good = {"csrf": token, "first_on": date.today().isoformat(), "reminders": "1", "every_days": "7"}
    nobody = await client.post(f"/kontor/runder/{round_id}/utsending/plan", data=good)
    assert nobody.status_code == 409 and "ingen å skrive til" in nobody.text


@pytest.mark.parametrize("draft", [12], indirect=True)  # to lay a letter out takes a fifth of a second
async def test_letters_are_printed_a_page_a_home_with_a_code_that_works_and_only_for_this_browser(
    client: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    draft: tuple[Office, UUID, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "FILE", 10)
    office, round_id, token = draft
    made = await client.post(f"/kontor/runder/{round_id}/brev", data={"csrf": token})
    page = made.headers["location"]
    for _ in range(600):
        shown = (await client.get(page)).text
        if 'http-equiv="refresh"' not in shown:
            break
        await asyncio.sleep(0.2)
    assert "12 brev er klare" in shown and "Brevene er delt på 2 filer" in shown, shown
    assert "brev 1–10 (PDF)" in shown and "brev 11–12 (PDF)" in shown
    assert "Skriv ut på bare én side av arkene" in shown
    rest = await client.get(f"{page}/2/brev.pdf")
    with pikepdf.open(io.BytesIO(rest.content)) as document:
        assert len(document.pages) == 2
    assert (await client.get(f"{page}/3/brev.pdf")).status_code == 404
    written = await client.get(f"{page}/1/brev.pdf")
    assert written.headers["content-type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(written.content)) as document:
        assert len(document.pages) == 10
    with pymupdf.open(stream=written.content) as document:
        said = document[6].get_text()
    (printed,) = re.findall(r"[2-9A-Z]{6}-[2-9A-Z]{6}", said)
    assert codes.read(printed) and "Havneveien 1-9" in said and "Jeg vil ikke svare" in said
    # In every language what nobody sees, and how to say no.
    for promise in ("hva akkurat du svarer", "kva akkurat du svarer", "what you in particular answer"):
        assert promise in " ".join(said.split())
    for no in ("Eg vil ikkje svare", "I do not wish to answer"):
        assert no in " ".join(said.split())
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    entered = await client.post("/", data={"kode": printed})
    assert (await client.get(entered.headers["location"])).status_code == 200
    async with database.owner() as connection:
        locked = await connection.fetchval("select locked from delivery.printout_files")
    assert b"%PDF" not in locked
    client.cookies.delete("bostemme_brev")
    assert (await client.get(f"{page}/1/brev.pdf")).status_code == 404
    assert (await client.post(f"{page}/slett", data={"csrf": token})).status_code == 303
    assert (await client.get(page)).status_code == 404


async def test_nobody_is_told_that_links_were_fetched_when_only_contacts_were_uploaded(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    address = f"/kontor/runder/{round_id}"
    await client.post(
        f"{address}/utsending/kontakter",
        data={"csrf": token},
        files={"fil": ("l.csv", first_dwellings(58))},
    )
    for page in ("brev", "lenker"):
        shown = (await client.get(f"{address}/{page}")).text
        assert "Lenker er hentet før" not in shown and "Ingen har hentet dem" in shown
    shown = (await client.get(f"{address}/apne")).text
    assert "er hentet, 60" not in shown and "blir sendt på e-post og SMS" in shown
    assert "er hentet" not in (await client.get(f"{address}/slett")).text
    assert (await client.post(f"{address}/lenker", data={"csrf": token})).status_code == 200
    for page in ("brev", "lenker"):
        assert "Lenker er hentet før" in (await client.get(f"{address}/{page}")).text


async def test_the_page_says_that_addresses_are_locked_and_offers_no_upload(
    client: httpx.AsyncClient, database: Database, draft: tuple[Office, UUID, str]
) -> None:
    office, round_id, token = draft
    address = f"/kontor/runder/{round_id}"
    await client.post(f"{address}/lenker", data={"csrf": token})
    assert "utsending/kontakter" in (await client.get(f"{address}/utsending")).text
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    shown = (await client.get(f"{address}/utsending")).text
    assert "Adressene er låst" in shown and "neste undersøkelse" in shown
    assert "utsending/kontakter" not in shown
    refused = await client.post(
        f"{address}/utsending/kontakter",
        data={"csrf": token},
        files={"fil": ("l.csv", first_dwellings(58))},
    )
    assert refused.status_code == 422
    assert refused.text.count("Adressene i Havneveien 1-9 er låst (linje 2, 3, 4, 5, 6, 7, 8, 9 …)") == 1


@pytest.mark.parametrize(
    ("language", "where"),
    [
        ("nb", "Spør der om å få se dem."),
        ("nn", "Spør der om å få sjå dei."),
        ("en", "Ask there if you want"),
    ],
)
def test_the_letter_says_of_the_results_what_the_tenants_last_page_says(language: str, where: str) -> None:
    """Who gets them and where to ask: the office hands them out, nobody else."""
    letter = texts.fill(texts.default("letter", language), Blanks("OBS", "r", "Lia", "", "1. mai", "2. juni"))
    t = translator(PROJECT / "survey" / "phone" / "messages", language)
    assert t("results.where", organisation="OBS") in letter.body and where in letter.body


async def test_letters_can_be_made_for_those_alone_who_are_not_reached_otherwise(
    client: httpx.AsyncClient, database: Database, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    await client.post(
        f"/kontor/runder/{round_id}/utsending/kontakter",
        data={"csrf": token},
        files={"fil": ("l.csv", first_dwellings(58))},
    )
    made = await client.post(f"/kontor/runder/{round_id}/brev", data={"csrf": token, "bare_uten": "1"})
    assert made.status_code == 303
    async with database.owner() as connection:
        assert await connection.fetchval("select letters from delivery.printouts") == 2
    for _ in range(600):  # the printer must not outlive the database
        if 'http-equiv="refresh"' not in (await client.get(made.headers["location"])).text:
            break
        await asyncio.sleep(0.2)


@pytest.mark.parametrize("draft", [6], indirect=True)
async def test_a_text_too_long_for_its_page_is_said_so(
    client: httpx.AsyncClient, draft: tuple[Office, UUID, str]
) -> None:
    _, round_id, token = draft
    long = {"csrf": token, "subject": "Hei", "body": "Et avsnitt.\n\n" * 150, "handling": "behold"}
    kept = await client.post(f"/kontor/runder/{round_id}/utsending/tekst/letter/nb", data=long)
    assert kept.status_code == 303
    made = await client.post(f"/kontor/runder/{round_id}/brev", data={"csrf": token})
    for _ in range(600):
        shown = (await client.get(made.headers["location"])).text
        if 'http-equiv="refresh"' not in shown:
            break
        await asyncio.sleep(0.2)
    assert "får ikke plass på én side" in shown
