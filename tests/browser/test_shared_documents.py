"""An edition is sent to people by name, and read without a script: sound to axe, no sideways scroll.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from survey.database.pool import Database
from survey.loop import dossiers
from survey.office import numbers
from survey.people.roles import Role
from tests import offices
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.browser.test_replies import DESK, PHONE, _sound
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_officer_sends_an_edition_and_a_recipient_opens_it_with_link_and_code(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    desk = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await desk.new_page()
    await _sign_in(page, server, office)
    found = await numbers.findings_of(await numbers.found(database, office.organisation_id, round_id))
    async with database.registry(office.organisation_id) as connection:
        await dossiers.begin(connection, office.staff[Role.OFFICER], found)
    await page.goto(f"{server.url}/kontor/runder/{round_id}/utgaver")
    await page.get_by_label("Hver leiegård").uncheck()
    await page.get_by_label("Hvorfor har ikke").fill("Det var ikke tid før sommeren.")
    await press(page, "Lag utgaven")
    await expect(page.get_by_text("Frosset")).to_be_visible(timeout=90_000)
    await press(page, "Send til mottakere", "link")
    await _sound(page, "sharing-new")

    await press(page, "Lag og send lenker")
    await expect(page.get_by_role("alert")).to_contain_text("Skriv minst én mottaker.")
    await _sound(page, "sharing-problem")
    await page.get_by_label("Mottakere, én på hver linje").fill("Eldrerådet i Eksempelvik")
    await page.get_by_label("Be om en kode også").check()
    await press(page, "Lag og send lenker")
    await expect(page.get_by_text("Lenker og koder vises bare nå.")).to_be_visible()
    await _sound(page, "sharing-made")
    link, code = await page.locator("code.whole").all_inner_texts()
    path = "/delt/" + link.rpartition("/")[2]

    small = await browser.new_context(locale="nb-NO", viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    phone = await small.new_page()
    await phone.goto(server.url + path)
    await phone.get_by_label("Kode").fill("2222-2222")
    await press(phone, "Åpne")
    await expect(phone.get_by_text("Koden er ikke riktig.")).to_be_visible()
    await phone.get_by_label("Kode").fill(code)
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_text("Til Eldrerådet i Eksempelvik.")).to_be_visible()
    async with phone.expect_download() as whole:
        await phone.locator('a[href$="zip"]').click()
    assert re.fullmatch(r"eksempelvik-kommune-.*\.zip", (await whole.value).suggested_filename)
    async with phone.expect_download() as kept:
        await phone.locator('a[href*="/fil"][href*="last"]').first.click()
    assert re.fullmatch(r"utleierrapport-.*-nb-v1-1\.pdf", (await kept.value).suggested_filename)
    await small.close()

    await page.goto(server.url + path)
    await _sound(page, "shared-code")
    await page.get_by_label("Kode").fill("x")
    await press(page, "Åpne")
    await expect(page.get_by_text("Koden er ikke riktig.")).to_be_visible()
    await _sound(page, "shared-wrong")
    await page.get_by_label("Kode").fill(code)
    await press(page, "Åpne")
    await expect(page.get_by_text("Til Eldrerådet i Eksempelvik.")).to_be_visible()
    await _sound(page, "shared")
    await page.goto(f"{server.url}/delt/{'0' * 20}")
    await _sound(page, "shared-gone")

    await page.goto(f"{server.url}/kontor/runder/{round_id}/utgaver")
    await press(page, "Versjon 1", "link")
    await press(page, "Send til mottakere", "link")
    await expect(page.get_by_text("ganger, sist")).to_be_visible()
    await _sound(page, "sharing-opened")
    await page.get_by_role("button", name=re.compile("^Trekk tilbake.*Eldrerådet")).press("Enter")
    await expect(page.get_by_role("status")).to_have_text("Lenken er trukket tilbake.")
    await _sound(page, "sharing-revoked")
    await page.goto(server.url + path)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Lenken åpner ingenting")
    await desk.close()
