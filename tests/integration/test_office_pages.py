"""A housing officer's day at the console, from signing in to the report."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from uuid import UUID

import fastexcel
import httpx
import pytest

from survey.campaigns import rounds
from survey.campaigns.templates import a_year_after
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.mornings import mornings_pass
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


async def test_an_officer_runs_a_round_from_template_to_report(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    assert (await offices.sign_in(client, office)).headers["location"] == "/kontor/runder"
    form = await client.get("/kontor/runder/ny")
    fields = _filled(form.text)
    fields["opens_on"] = date.today().isoformat()

    made = await client.post("/kontor/runder/ny", data=fields)
    assert made.status_code == 303
    address = made.headers["location"].partition("?")[0]
    round_id = UUID(address.rsplit("/", 1)[-1])

    draft = await client.get(made.headers["location"])
    assert "Undersøkelsen er laget som utkast" in draft.text
    token = offices.csrf_of(draft)
    sheet = await client.post(f"{address}/lenker", data={"csrf": token})
    assert sheet.headers["content-disposition"].endswith('.xlsx"')
    rows = fastexcel.read_excel(sheet.content).load_sheet(0).to_polars()
    assert rows.height == 7 + 40 + 180
    link = rows["Lenke"][0].removeprefix("http://testserver.local")

    opened = await client.post(f"{address}/apne", data={"csrf": token})
    assert opened.status_code == 303
    tenant = await client.get(link)
    assert tenant.status_code == 200 and "Bakkegata 2" in tenant.text
    typed = await client.post("/", data={"kode": rows["Kode"][0].lower()})
    assert typed.headers["location"] == link

    await offices.answer(database, office, round_id, (3, 24, 90))
    page = await client.get(address)
    assert "De første tallene kommer neste morgen" in page.text and "minst" not in page.text
    await mornings_pass(database)
    page = await client.get(address)
    assert "Talt tidlig om morgenen" in page.text
    assert "minst 20" in page.text and "ikke vist ennå" in page.text and "Hvem mangler?" in page.text

    sure = await client.get(f"{address}/lukk")
    assert "Det kan ikke gjøres om" in sure.text
    closed = await client.post(f"{address}/lukk", data={"csrf": token})
    assert closed.status_code == 303
    await offices.counted(database)
    report = await client.get(f"{address}/rapport")
    assert report.status_code == 200 and "Oppdiktet eksempel" in report.text
    estate = await client.get(f"{address}/rapport?leiegard={office.estates[1][0]}")
    assert estate.status_code == 200 and "Nordlysgata 4-18" in estate.text


async def test_the_form_for_a_new_round_keeps_what_was_written_and_links_every_problem(
    client: httpx.AsyncClient, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    answer = await client.post(
        "/kontor/runder/ny",
        data={
            "csrf": token,
            "template": "full",
            "name": "Vår undersøkelse <b>",
            "opens_on": "2030-05-02",
            "closes_on": "2030-05-01",
            "results_on": "i morgen",
        },
    )
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and "<title>Feil: " in answer.text
    for field in ("estates", "languages", "results_on"):
        assert f'href="#{field}"' in answer.text and f'id="{field}"' in answer.text
    assert "Vår undersøkelse &lt;b&gt;" in answer.text and 'value="2030-05-02"' in answer.text
    assert 'value="i morgen"' in answer.text


@pytest.mark.parametrize("key", ["problem.closes_before_opens", "problem.results_before_closes"])
async def test_dates_in_the_wrong_order_are_said_so(
    client: httpx.AsyncClient, office: Office, key: str
) -> None:
    await offices.sign_in(client, office)
    fields = _filled((await client.get("/kontor/runder/ny")).text)
    early = {"problem.closes_before_opens": "closes_on", "problem.results_before_closes": "results_on"}[key]
    fields[early] = (date.today() - timedelta(days=1)).isoformat()
    answer = await client.post("/kontor/runder/ny", data=fields)
    assert answer.status_code == 422 and f'id="{early}-feil"' in answer.text


@pytest.mark.parametrize(
    ("field", "days", "said"),
    [
        ("opens_on", 366 + 7, "Undersøkelsen må åpne innen ett år, senest"),
        ("closes_on", 366 + 400, "senest ett år etter at undersøkelsen åpner"),
        ("results_on", 366 * 3, "innen ett år etter fristen, senest"),
        ("closes_on", None, "senest ett år etter at undersøkelsen åpner"),
        ("results_on", None, "innen ett år etter fristen, senest"),
    ],
)
async def test_no_date_may_lie_more_than_a_year_after_the_one_before_it_and_the_latest_day_is_named(
    client: httpx.AsyncClient, office: Office, field: str, days: int | None, said: str
) -> None:
    await offices.sign_in(client, office)
    fields = _filled((await client.get("/kontor/runder/ny")).text)
    written = "9999-12-31" if days is None else (date.today() + timedelta(days=days)).isoformat()
    answer = await client.post("/kontor/runder/ny", data={**fields, field: written})
    assert answer.status_code == 422 and f'value="{written}"' in answer.text
    assert said in answer.text and f'id="{field}-feil"' in answer.text


async def test_a_round_may_last_a_year_and_open_a_year_ahead(
    client: httpx.AsyncClient, office: Office
) -> None:
    await offices.sign_in(client, office)
    fields = _filled((await client.get("/kontor/runder/ny")).text)
    opens_on = a_year_after(date.today())
    closes_on = a_year_after(opens_on)
    dates = {"opens_on": opens_on, "closes_on": closes_on, "results_on": a_year_after(closes_on)}
    written = {field: day.isoformat() for field, day in dates.items()}
    assert (await client.post("/kontor/runder/ny", data={**fields, **written})).status_code == 303


async def test_a_draft_whose_first_day_has_come_is_pointed_out_in_the_list_and_on_its_page(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    soon = offices.new_round(office, "Neste uke", date.today() + timedelta(days=7))
    quiet = await offices.make_round(database, office, soon)
    assert "hint" not in (await client.get("/kontor/runder")).text
    assert "ikke åpnet" not in (await client.get(f"/kontor/runder/{quiet}")).text
    past = offices.new_round(office, "I går", date.today() - timedelta(days=1))
    forgotten = await offices.make_round(database, office, past)
    await offices.make_round(database, office, offices.new_round(office, "I dag"))
    listed = (await client.get("/kontor/runder")).text
    yesterday = offices.in_words(date.today() - timedelta(days=1))
    assert f"Skulle vært åpnet {yesterday}" in listed and "Skal åpnes i dag" in listed
    page = (await client.get(f"/kontor/runder/{forgotten}")).text
    assert "Leietakere som bruker lenken sin nå, får ikke svare" in page


async def test_opening_asks_first_and_tells_of_links_dates_and_what_stays_as_it_is(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office)
    address = f"/kontor/runder/{round_id}"
    draft = await client.get(address)
    assert f'href="{address}/apne"' in draft.text and f'action="{address}/apne"' not in draft.text
    sure = await client.get(f"{address}/apne")
    assert sure.status_code == 200 and "Personlige lenker er ikke hentet" in sure.text
    assert offices.in_words(date.today() + timedelta(days=14)) in sure.text
    fixed = sure.text.partition("Dette kan ikke endres etterpå")[2]
    for word in ("Bakkegata 2 (7 boliger)", "Bokmål, Nynorsk, English", offices.in_words(date.today())):
        assert word in fixed
    async with database.registry(office.organisation_id) as connection:
        assert (await rounds.find(connection, round_id)).status == "draft", "nothing is done by looking"
    await client.post(f"{address}/lenker", data={"csrf": offices.csrf_of(sure)})
    assert "Personlige lenker er hentet, 227 i alt" in (await client.get(f"{address}/apne")).text
    done = await client.post(f"{address}/apne", data={"csrf": offices.csrf_of(sure)})
    assert "Undersøkelsen er åpnet" in (await client.get(done.headers["location"])).text
    assert (await client.get(f"{address}/apne")).status_code == 409


async def test_open_rounds_show_what_was_counted_in_the_morning_and_no_answer_arriving(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    await offices.answer(database, office, round_id, (4, 11, 52))
    await mornings_pass(database)
    pages = [f"/kontor/runder/{round_id}", f"/kontor/runder/{round_id}/lukk", "/kontor/runder"]
    before = [_numbers((await client.get(page)).text) for page in pages]
    await offices.answer(database, office, round_id, (3, 20, 100))
    assert [_numbers((await client.get(page)).text) for page in pages] == before
    after = await client.get(f"/kontor/runder/{round_id}")
    assert "minst 10" in after.text and "minst 50" in after.text and "minst 60" in after.text


async def test_a_new_list_of_links_replaces_the_old_and_says_so_first(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    address = f"/kontor/runder/{round_id}/lenker"
    token = await offices.token_for(client)
    assert "slutter alle gamle lenker å virke" not in (await client.get(address)).text
    first = _links(await client.post(address, data={"csrf": token}))
    assert "slutter alle gamle lenker å virke" in (await client.get(address)).text
    second = _links(await client.post(address, data={"csrf": token}))
    assert len(first) == len(second) == 227 and not set(first) & set(second)
    assert (await client.get(first[0])).status_code == 404
    assert (await client.get(second[0])).status_code == 200


async def test_results_wait_for_the_round_to_close(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.open_round(database, office)
    for page in ("rapport", "rapport.pdf", "datautgivelse"):
        answer = await client.get(f"/kontor/runder/{round_id}/{page}")
        assert answer.status_code == 409 and "vises når undersøkelsen er lukket" in answer.text


async def test_a_closed_round_gives_no_links_no_poster_and_is_not_closed_twice(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.closed_round(database, office)
    token = await offices.token_for(client)
    address = f"/kontor/runder/{round_id}"
    for answer in (
        await client.get(f"{address}/lenker"),
        await client.post(f"{address}/lenker", data={"csrf": token}),
        await client.get(f"{address}/plakat.pdf"),
        await client.get(f"{address}/lukk"),
        await client.post(f"{address}/lukk", data={"csrf": token}),
        await client.post(f"{address}/apne", data={"csrf": token}),
    ):
        assert answer.status_code == 409


async def test_a_round_closed_early_shows_the_day_it_was_closed_and_no_day_to_come_as_its_end(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    today, deadline = offices.in_words(round.today), offices.in_words(round.closes_on)
    page = (await client.get(f"/kontor/runder/{round_id}")).text
    assert f"<dt>Lukket</dt><dd>{today}</dd>" in page and f"<dt>Frist</dt><dd>{deadline}</dd>" in page
    assert f">{today}</span>" in page and f"– {deadline}</span>" not in page
    everything = (await client.get("/kontor/runder")).text
    assert f">{today}</span>" in everything and deadline not in everything


async def test_a_round_whose_last_day_has_passed_cannot_be_opened(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    late = offices.new_round(office, opens_on=date.today() - timedelta(days=30), days=10)
    round_id = await offices.make_round(database, office, late)
    token = await offices.token_for(client)
    answer = await client.post(f"/kontor/runder/{round_id}/apne", data={"csrf": token})
    assert answer.status_code == 409 and "Fristen for å svare er ute" in answer.text


async def test_poster_and_report_are_pdfs(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    opened = await offices.open_round(database, office)
    poster = await client.get(f"/kontor/runder/{opened}/plakat.pdf")
    assert poster.content.startswith(b"%PDF-") and poster.headers["content-type"] == "application/pdf"
    closed = await offices.closed_round(database, office)
    report = await client.get(f"/kontor/runder/{closed}/rapport.pdf?leiegard={office.estates[2][0]}")
    assert report.content.startswith(b"%PDF-") and len(report.content) > 20_000


async def test_names_of_files_tell_round_and_building_in_plain_letters(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    draft = await offices.make_round(database, office, offices.new_round(office, "Prøv selv: vår/høst"))
    # Too few to tell anything of: such a report is one page, and laid out in no time.
    closed = await offices.closed_round(database, office, (2, 1, 1), offices.new_round(office, "Æ" * 100))
    token = await offices.token_for(client)
    ae = "ae" * 20
    for answer, named in (
        (await client.get(f"/kontor/runder/{draft}/plakat.pdf"), "bostemme-plakat-prov-selv-var-host.pdf"),
        (
            await client.post(f"/kontor/runder/{draft}/lenker", data={"csrf": token}),
            f"bostemme-lenker-prov-selv-var-host-{date.today()}.xlsx",
        ),
        (
            await client.get(f"/kontor/runder/{closed}/rapport.pdf"),
            rf"bostemme-rapport-{ae}-alle-leiegarder-[0-9a-f]{{8}}.pdf",
        ),
        (
            await client.get(f"/kontor/runder/{closed}/rapport.pdf?leiegard={office.estates[1][0]}"),
            rf"bostemme-rapport-{ae}-nordlysgata-4-18-[0-9a-f]{{8}}.pdf",
        ),
    ):
        assert re.fullmatch(rf'attachment; filename="{named}"', answer.headers["content-disposition"])


async def test_research_data_need_a_purpose_and_come_as_a_zip(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office, Role.RESEARCHER)
    round_id = await offices.closed_round(database, office)
    address = f"/kontor/runder/{round_id}/datautgivelse"
    page = await client.get(address)
    assert page.status_code == 200 and "Risikovurdering" in page.text
    token = offices.csrf_of(page)
    refused = await client.post(address, data={"csrf": token, "purpose": " "})
    assert refused.status_code == 422 and 'href="#purpose"' in refused.text
    given = await client.post(address, data={"csrf": token, "purpose": "Masteroppgave om bomiljø"})
    assert given.content.startswith(b"PK") and given.headers["content-type"] == "application/zip"


async def test_every_page_reads_in_nynorsk_and_english_and_says_when_a_place_is_made_up(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office, Role.ADMINISTRATOR)
    draft = await offices.make_round(database, office)
    opened = await offices.open_round(database, office)
    closed = await offices.closed_round(database, office)
    pages = [
        "/kontor/runder",
        "/kontor/runder/ny",
        "/kontor/logg",
        f"/kontor/runder/{draft}",
        f"/kontor/runder/{opened}",
        f"/kontor/runder/{opened}/lenker",
        f"/kontor/runder/{opened}/lukk",
        f"/kontor/runder/{closed}",
        f"/kontor/runder/{closed}/rapport",
        f"/kontor/runder/{closed}/datautgivelse",
    ]
    for language, banner in (
        ("nb", "Oppdiktet eksempel"),
        ("nn", "Oppdikta døme"),
        ("en", "Made-up example"),
    ):
        token = await offices.token_for(client)
        chosen = await client.post(
            "/kontor/sprak", data={"csrf": token, "sprak": language, "tilbake": "/kontor/logg"}
        )
        assert chosen.headers["location"] == "/kontor/logg"
        for address in pages:
            page = await client.get(address)
            assert page.status_code == 200, address
            assert f'<html lang="{language}">' in page.text and banner in page.text


async def test_a_closed_round_with_a_hidden_building_shows_the_rate_of_its_report_and_says_who_is_left_out(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.closed_round(database, office)
    rate = f"{114 / 220:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    page = (await client.get(f"/kontor/runder/{round_id}")).text
    assert f"<dt>Svarprosent</dt><dd>{rate}</dd>" in page.replace("\n", "")
    assert "I alt ble 227 boliger spurt" in page and not re.search(r"minst \d", page)
    listed = (await client.get("/kontor/runder")).text
    assert "Så lenge undersøkelsen er åpen" not in listed
    assert "av 220 boliger har svart" in listed and f"({rate})" in listed
    assert rate in (await client.get(f"/kontor/runder/{round_id}/rapport")).text


async def test_names_from_people_are_text_in_pages_and_spreadsheets(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    sharp = offices.new_round(office, name='=HYPERLINK("x")<script>')
    round_id = await offices.make_round(database, office, sharp)
    page = await client.get(f"/kontor/runder/{round_id}")
    assert "<script>" not in page.text and "&lt;script&gt;" in page.text


async def test_a_form_no_page_of_ours_sends_is_refused_in_plain_words(
    client: httpx.AsyncClient, office: Office
) -> None:
    await offices.sign_in(client, office)
    for body in (b"\xff\xfe", b"name=%ff%fe", b"name=%00", b"&".join([b"a=1"] * 6000)):
        answer = await client.post(
            "/kontor/runder/ny",
            content=body,
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 400 and "Skjemaet kunne ikke leses" in answer.text


def _filled(page: str) -> dict[str, object]:
    """The suggested form as a browser would send it."""
    fields: dict[str, object] = {"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]}
    for kind, name, value, rest in re.findall(
        r'<input[^>]*?type="(radio|checkbox)" name="(\w+)" value="([^"]*)"([^>]*)>', page
    ):
        if "checked" in rest:
            kept = fields.setdefault(name, [] if kind == "checkbox" else value)
            if isinstance(kept, list):
                kept.append(value)
    for name in ("name", "opens_on", "closes_on", "results_on"):
        found = re.search(rf'id="{name}"[^>]*?value="([^"]*)"', page)
        assert found
        fields[name] = found.group(1)
    return fields


def _numbers(page: str) -> list[str]:
    return re.findall(r"minst \d+|færre enn 5|ikke vist ennå|width=\"[\d.]+\"", page)


def _links(sheet: httpx.Response) -> list[str]:
    rows = fastexcel.read_excel(io.BytesIO(sheet.content).getvalue()).load_sheet(0).to_polars()
    return [link.removeprefix("http://testserver.local") for link in rows["Lenke"].to_list()]
