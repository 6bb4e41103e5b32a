"""The console in a real browser: no fault axe can find, and nothing that breaks on a narrow screen."""

from __future__ import annotations

import asyncio
from datetime import datetime, time
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, Route, expect

from survey.ballots import submission
from survey.campaigns import margins
from survey.campaigns.links import issue_links
from survey.database.pool import Database
from survey.people.roles import Role
from survey.register import estates
from tests import offices
from tests.browser.axe import faults_on
from tests.mornings import OSLO, mornings_pass
from tests.offices import Office
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS: Path | None = None


async def _sign_in(page: Page, server: Server, office: Office) -> None:
    await page.goto(f"{server.url}/kontor/runder")
    await _enter(page, office)
    await page.get_by_role("heading", level=1, name="Undersøkelser").wait_for()


async def _enter(page: Page, office: Office) -> None:
    await page.get_by_label("E-postadresse").fill(office.emails[Role.ADMINISTRATOR])
    await page.get_by_label("Passord").fill(offices.PASSWORD)
    await page.get_by_role("button", name="Logg inn").click()


async def _mixing_for_good(database: Database, office: Office) -> UUID:
    """A closed round with a ballot in its box that no key opens."""
    round_id = await offices.open_round(database, office, offices.new_round(office, "Blandes"))
    async with database.owner() as connection:
        await connection.execute(
            "insert into ballots.box"
            " (organisation_id, campaign_id, estate_id, public_key, receipt_hash, sealed, copy)"
            " values ($1, $2, $3, 'ingen', 'kvittering', '', '')",
            office.organisation_id,
            round_id,
            office.estates[0][0],
        )
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    return round_id


async def _standing_still(route: Route) -> None:
    """A page that asks again by itself must not do so while it is looked at."""
    answer = await route.fetch()
    headers = {name: value for name, value in answer.headers.items() if name != "refresh"}
    await route.fulfill(response=answer, headers=headers)


async def test_no_page_of_the_console_has_a_fault_axe_can_find_or_breaks_at_320_pixels(
    own_server: Server, browser: Browser, own_database: Database
) -> None:
    server, database = own_server, own_database
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    draft = await offices.make_round(database, office, offices.new_round(office, "Æ" * 100))
    opened = await offices.open_round(database, office, offices.new_round(office, "Beboerundersøkelse vår"))
    await offices.answer(database, office, opened, (3, 21, 46))
    await mornings_pass(database)
    today = await offices.open_round(database, office, offices.new_round(office, "Åpnet i dag"))
    closed = await offices.closed_round(database, office, new=offices.new_round(office, "Lang" + "e" * 96))
    sheet = b"variabel;kode;antall\nalder;1+2;60\nalder;3;90\nalder;4+5;120\n"
    await margins.keep(database, office.organisation_id, closed, margins.check(sheet, offices.short_form()))
    mixing = await _mixing_for_good(database, office)
    async with database.registry(office.organisation_id) as connection:
        spare, old = [
            await estates.add(connection, office.organisation_id, area="S" * 100, name=name, dwellings=12)
            for name in ("K" * 100, "G" * 100)
        ]
        await estates.archive(connection, office.staff[Role.OFFICER], old)
    context = await browser.new_context(
        locale="nb-NO", viewport={"width": 1280, "height": 900}, java_script_enabled=True
    )
    page = await context.new_page()
    await page.route(lambda url: str(mixing) in url, _standing_still)
    faults: list[str] = []

    async def look(name: str) -> None:
        # On a busy machine even these few numbers take a while, and the page leads on by itself.
        await expect(page.get_by_role("heading", name="Vi regner ut tallene")).to_have_count(0)
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            faults.extend(f"{name} {width}: {fault}" for fault in await faults_on(page))
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{name} is wider than {width} pixels")
            if SHOTS:
                await page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True)

    await page.goto(f"{server.url}/kontor/logg-inn")
    await look("sign-in")
    await _sign_in(page, server, office)
    await look("rounds")
    for name, path in {
        "new": "runder/ny",
        "draft": f"runder/{draft}",
        "open": f"runder/{opened}",
        "open-today": f"runder/{today}",
        "links": f"runder/{opened}/lenker",
        "letters": f"runder/{opened}/brev",
        "sending": f"runder/{opened}/utsending",
        "text": f"runder/{opened}/utsending/tekst/email/nb",
        "text-letter": f"runder/{opened}/utsending/tekst/letter/nn",
        "close": f"runder/{opened}/lukk",
        "opening": f"runder/{draft}/apne",
        "change": f"runder/{draft}/endre",
        "delete": f"runder/{draft}/slett",
        "deadline": f"runder/{opened}/frist",
        "closed": f"runder/{closed}",
        "margins-none": f"runder/{opened}/register",
        "margins": f"runder/{closed}/register",
        "mixing": f"runder/{mixing}",
        "waiting": f"runder/{mixing}/rapport",
        "estates": "leiegarder",
        "estate": f"leiegarder/{spare}",
        "estate-in-use": f"leiegarder/{office.estates[0][0]}",
        "estate-remove": f"leiegarder/{spare}/fjern",
        "estate-new": "leiegarder/ny",
        "report": f"runder/{closed}/rapport",
        "report-estate": f"runder/{closed}/rapport?leiegard={office.estates[1][0]}",
        "findings": f"runder/{closed}/funn",
        "findings-estate": f"runder/{closed}/funn?sted=leiegard:{office.estates[2][0]}",
        "findings-area": f"runder/{closed}/funn?sted=omrade:Nordbyen",
        "groups-none": f"runder/{closed}/grupper",
        "release": f"runder/{closed}/datautgivelse",
        "margins-stand": f"runder/{closed}/register",
        "log": "logg",
        "missing": "runder/00000000-0000-4000-8000-000000000000",
    }.items():
        await page.goto(f"{server.url}/kontor/{path}")
        await look(name)
    few = await offices.closed_round(database, office, (3, 3, 2))
    for name, of, second in (
        ("groups", closed, ""),
        ("groups-problems", closed, "alder"),
        ("groups-refused", few, ""),
    ):
        await page.goto(f"{server.url}/kontor/runder/{of}/grupper")
        await page.get_by_label("Del etter").select_option("alder")
        await page.get_by_label("Og etter").select_option(second)
        await page.get_by_label("For", exact=True).press("Tab")
        await page.keyboard.press("Enter")
        if not second:
            await page.get_by_role("heading", name="Før du ber om tabellen").wait_for()
            await look(f"{name}-cost")
            await page.locator("button[name=sikker]").last.click()
        await page.get_by_text("Vist eller ført før fra denne runden").last.wait_for()
        await look(name)
    await page.goto(f"{server.url}/kontor/runder/ny")
    for estate in await page.get_by_role("checkbox").all():
        await estate.uncheck()
    await page.get_by_role("button", name="Lag utkast").click()
    await look("problems")
    await page.goto(f"{server.url}/kontor/leiegarder/ny")
    await page.get_by_role("button", name="Legg til").click()
    await look("estate-problems")
    await page.goto(f"{server.url}/kontor/runder/{opened}/utsending")
    await page.get_by_role("button", name="Lag åpen lenke").click()
    await look("sending-open-links")
    await page.get_by_label("Påminnelser", exact=True).fill("9")
    await page.get_by_role("button", name="Send etter denne planen").click()
    await look("sending-problems")
    await page.goto(f"{server.url}/kontor/runder/{opened}/register")
    bad = {"name": "r.csv", "mimeType": "text/csv", "buffer": sheet + b"alder;9;3\nhatt;1;2\n"}
    await page.get_by_label("Arket").set_input_files(bad)
    await page.get_by_role("button", name="Last opp").click()
    await look("margins-refused")
    await page.goto(f"{server.url}/kontor/runder/{opened}/utsending")
    wrong = {"name": "l.csv", "mimeType": "text/csv", "buffer": b"leiegard;bolig;epost\nX;1;y\n"}
    await page.get_by_label("Regneark med kontakter").set_input_files(wrong)
    await page.get_by_role("button", name="Last opp og forsegl").click()
    await look("sending-refused")
    await page.goto(f"{server.url}/kontor/runder/{opened}/frist")
    await page.get_by_label("Resultater").fill("2020-01-01")
    await page.get_by_role("button", name="Flytt fristen").click()
    await look("deadline-problems")
    await page.goto(f"{server.url}/kontor/leiegarder/ny")
    await page.get_by_label("Navn", exact=True).fill("Skrevet mens økta løp ut")
    async with database.owner() as connection:
        await connection.execute("delete from registry.sessions")
    await page.get_by_role("button", name="Legg til").click()
    await look("session-ended")
    await _enter(page, office)
    await look("given-back")
    await page.get_by_role("button", name="Vis det jeg skrev").click()
    assert await page.get_by_label("Navn", exact=True).input_value() == "Skrevet mens økta løp ut"
    await context.close()
    assert faults == []


async def test_an_officer_can_start_a_round_by_keyboard_with_scripts_off(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    context = await browser.new_context(locale="nb-NO", java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.get_by_role("link", name="Ny undersøkelse").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Navn", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Åpne undersøkelsen").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Åpne undersøkelsen?").wait_for()
    await page.get_by_role("button", name="Åpne undersøkelsen").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("status").filter(has_text="Undersøkelsen er åpnet").wait_for()
    await context.close()


async def test_a_new_office_gets_from_nothing_to_a_draft_changes_and_deletes_it_with_scripts_off(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Nyland kommune")
    async with database.owner() as connection:
        await connection.execute(
            "delete from registry.estates where organisation_id = $1", office.organisation_id
        )
    context = await browser.new_context(locale="nb-NO", java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.get_by_role("link", name="Legg til leiegård").click()
    await page.get_by_label("Navn", exact=True).fill("Fjordgata 3")
    await page.get_by_label("Område").fill("Nordbyen")
    await page.get_by_label("Antall boliger").fill("24")
    await page.keyboard.press("Enter")
    await page.get_by_role("status").filter(has_text="Leiegården er lagt til").wait_for()
    await page.get_by_role("link", name="Undersøkelser").click()
    await page.get_by_role("link", name="Ny undersøkelse").click()
    await page.get_by_label("Medvirkning, slik dere selv ser den").select_option("5")
    await page.get_by_role("button", name="Lag utkast").click()
    await page.get_by_text("5 – Vi finner løsninger sammen").wait_for()
    await page.get_by_role("link", name="Endre utkastet").click()
    await page.get_by_label("Navn", exact=True).fill("Den første undersøkelsen")
    await page.get_by_role("button", name="Lagre endringene").click()
    await page.get_by_role("heading", level=1, name="Den første undersøkelsen").wait_for()
    await page.get_by_role("link", name="Slett utkastet").click()
    await page.get_by_role("button", name="Slett utkastet").click()
    await page.get_by_role("status").filter(has_text="Utkastet er slettet").wait_for()
    await page.get_by_role("heading", name="Ingen undersøkelser ennå").wait_for()
    await context.close()


async def test_an_open_round_says_when_it_was_counted_and_when_the_first_numbers_come(
    own_server: Server, browser: Browser, own_database: Database
) -> None:
    server, database = own_server, own_database
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await offices.open_round(database, office, offices.new_round(office, "Vår"))
    await offices.answer(database, office, round_id, (3, 24, 93))
    context = await browser.new_context(locale="nb-NO", java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, server, office)
    told = page.get_by_role("region", name="Hvor mange har svart?")

    async def look(language: str) -> str:
        await page.goto(f"{server.url}/kontor/runder/{round_id}")
        await page.get_by_role("button", name=language).click()
        return await page.locator("section", has=page.locator("#svar")).inner_text()

    def counting() -> bool:
        """From five to eight the mixer beside the server may have counted already."""
        return time(5) <= datetime.now(OSLO).time() < time(8)

    for language, first in (
        ("Nynorsk", "Dei første tala kjem neste morgon."),
        ("English", "The first figures come next morning."),
        ("Bokmål", "De første tallene kommer neste morgen."),
    ):
        text = await look(language)
        assert counting() or (first in text and "minst" not in text and "at least" not in text)
    assert counting() or not await page.get_by_text("Hvem mangler?").count(), "nobody knows yet"
    await mornings_pass(database)
    async with database.owner() as connection:
        day = await connection.fetchval("select noted_on from ballots.noted_rounds")
    text = await look("Bokmål")
    assert f"Talt tidlig om morgenen {offices.in_words(day)}." in text
    await expect(told.get_by_role("row").filter(has_text="Nordlysgata 4-18")).to_contain_text("minst 20")
    await expect(told.get_by_role("row").filter(has_text="Bakkegata 2")).to_contain_text("ikke vist ennå")
    await page.get_by_role("link", name="Lukk undersøkelsen").click()
    await expect(page.locator("main")).to_contain_text(f"siste telling, {offices.in_words(day)}: minst 110.")
    await context.close()


async def test_a_round_goes_from_open_to_closed_to_report_while_the_mixer_works_beside_the_server(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await offices.open_round(database, office, offices.new_round(office, "Vår"))
    async with database.registry(office.organisation_id) as connection:
        links = await issue_links(connection, server.settings, office.staff[Role.OFFICER], round_id)
    tokens = [link.token for link in links if link.estate == "Nordlysgata 4-18"]
    async with database.phone() as connection:
        for token in tokens[:12]:
            await offices.send(connection, server.settings, token)
        for token in tokens[12:18]:
            assert await submission.decline(connection, server.settings.secret_key, token)
    context = await browser.new_context(locale="nb-NO", java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.get_by_role("link", name="Vår", exact=True).click()
    assert not await page.get_by_text("Ønsket ikke å delta").count(), "noes are counted when it is closed"
    await page.get_by_role("link", name="Lukk undersøkelsen").click()
    await page.get_by_role("button", name="Lukk for godt").click()
    await page.get_by_role("status").filter(has_text="Undersøkelsen er lukket").wait_for()
    # Nobody touches the page: it asks again by itself until the mixer, in a process of its own, has sealed.
    await page.get_by_role("link", name="Les rapporten").first.wait_for(timeout=60_000)
    await page.get_by_role("link", name="Les rapporten").first.click()
    await page.get_by_role("link", name="Nordlysgata 4-18").click()
    await (
        page.get_by_role("link", name="Nordlysgata 4-18").and_(page.locator("[aria-current=page]")).wait_for()
    )
    destroyed = page.get_by_text("Nøkkelen som låser svarene er ødelagt.")
    for _ in range(60):
        await page.goto(f"{server.url}/kontor/runder/{round_id}")
        if await destroyed.count():
            break
        await asyncio.sleep(1)
    text = await page.locator("main").inner_text()
    await context.close()
    async with database.owner() as connection:
        # Six said no. What is told is drawn by lot: of so few nothing, nineteen times of twenty.
        drawn = "select declined_in_all from registry.campaigns where id = $1"
        told = await connection.fetchval(drawn, round_id)
        assert ("Ønsket ikke å delta" in text) == (told is not None)
        assert told is None or (
            told >= 20 and told % 5 == 0 and f"Ønsket ikke å delta\nomtrent {told}" in text
        )
        sealed = "select responses from answers.waves where campaign_id = $1"
        assert await connection.fetchval(sealed, round_id) == 12
        kept = "select count(*) from answers.published where campaign_id = $1"
        assert await connection.fetchval(kept, round_id) == 2
