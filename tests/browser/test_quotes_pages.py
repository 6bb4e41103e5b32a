"""Quotes at the desk and on a phone: sound to axe, no sideways scroll, by keyboard and without script.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.browser.axe import faults_on
from tests.integration.test_quotes import SAID, asked, closed, text, write
from tests.offices import PASSWORD, Office
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS = os.environ.get("BOSTEMME_SHOTS")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


async def _sound(page: Page, name: str) -> None:
    for size, word in ((PHONE, "phone"), (DESK, "desk")):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await faults_on(page) == [], (name, word)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, word)
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"quotes-{name}-{word}.png", full_page=True)


async def _sign_in(browser: Browser, server: Server, office: Office, role: Role) -> Page:
    context = await browser.new_context(locale="nb-NO", viewport=DESK, java_script_enabled=True)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{server.url}/kontor/logg-inn")
    await page.get_by_label("E-postadresse").fill(office.emails[role])
    await page.get_by_label("Passord").fill(PASSWORD)
    await page.get_by_role("button", name="Logg inn").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


async def test_an_analyst_picks_a_quote_and_an_officer_sends_it_back_and_lets_it_through(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await asked(database, office)
    small, middle, large = (id for id, _ in office.estates)
    long = "Oppgangen er mørk om kvelden. " * 12 + "x" * 120
    arabic = "المصعد لا يعمل منذ أشهر ولا أحد يجيب."
    await write(database, office, round_id, small, [text(n) for n in range(4)])
    await write(database, office, round_id, middle, [text(n) for n in range(10, 22)])
    await write(database, office, round_id, large, [SAID, long, arabic, *(text(n) for n in range(30, 90))])
    await closed(database, office, round_id)
    home = f"{server.url}/kontor/runder/{round_id}/sitater"

    page = await _sign_in(browser, server, office, Role.ANALYST)
    await page.goto(home)
    await _sound(page, "first")
    await page.get_by_role("link", name="Hva bør bli bedre?").click()
    await expect(page.get_by_role("heading", name="Svar: 79")).to_be_visible()
    await _sound(page, "answers")
    await page.get_by_label("Sted").select_option(label="Bakkegata 2 – færre enn 10")
    await page.get_by_role("button", name="Vis").click()
    await expect(page.get_by_text("Færre enn 10 har skrevet noe her.")).to_be_visible()
    await _sound(page, "too-few")
    await page.get_by_label("Sted").select_option(label="Havneveien 1-9")
    await page.get_by_role("button", name="Vis").click()
    if not await page.get_by_text("så vi fryser").count():
        await page.get_by_role("link", name="Neste side").click()
    card = page.locator("li.card", has_text="så vi fryser")
    await card.get_by_role("link", name="Velg ut").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Slik skal det stå")).to_have_value(
        "[navn] i [adresse] bråker, og vinduene trekker så vi fryser."
    )
    await page.get_by_role("button", name="Velg ut sitatet").click()
    await expect(page.get_by_role("alert")).to_contain_text("Velg hva det handler om.")
    await page.get_by_text("Hjemmet", exact=True).click()
    await page.get_by_label("Standard").check()
    await _sound(page, "pick")
    await page.get_by_role("button", name="Velg ut sitatet").click()
    await expect(page.get_by_role("status")).to_contain_text("Nå må en annen godkjenne det.")
    await _sound(page, "picked")
    address = page.url.partition("?")[0]

    officer = await _sign_in(browser, server, office, Role.OFFICER)
    await officer.goto(home)
    await _sound(officer, "to-decide")
    await officer.get_by_role("link", name="Les og bestem").click()
    await officer.get_by_role("button", name="Send tilbake").click()
    await expect(officer.get_by_role("alert")).to_contain_text("Skriv hvorfor")
    await _sound(officer, "decide")
    await officer.get_by_label("Hvorfor").fill("Ta bort den første delen.")
    await officer.get_by_role("button", name="Send tilbake").click()
    await expect(officer.get_by_role("status")).to_have_text("Sitatet er sendt tilbake.")

    await page.goto(address)
    await expect(page.get_by_text("Ta bort den første delen.")).to_be_visible()
    await _sound(page, "returned")
    await page.get_by_label("Slik skal det stå").fill("Vinduene trekker så vi fryser.")
    await page.get_by_role("button", name="Lagre og send til godkjenning").click()
    await expect(page.get_by_role("status")).to_contain_text("venter på godkjenning")

    await officer.goto(address)
    await officer.get_by_role("button", name="Godkjenn sitatet").click()
    await expect(officer.get_by_role("status")).to_have_text("Sitatet er godkjent.")
    await _sound(officer, "approved")
    await officer.goto(home)
    await _sound(officer, "overview")
    await page.context.close()
    await officer.context.close()
