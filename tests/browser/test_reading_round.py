"""The reading round on a phone without scripts, and editions at the desk: sound to axe, no sideways scroll.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.async_api import Browser, expect

from survey.database.pool import Database
from survey.loop import dossiers, readings
from tests import offices
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.browser.test_replies import DESK, PHONE, _sound
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_tenants_read_findings_on_a_phone_and_the_reports_are_frozen_afterwards(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    desk = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await desk.new_page()
    await _sign_in(page, server, office)
    await page.goto(f"{server.url}/kontor/runder/{round_id}/oppfolging")
    await press(page, "Begynn")
    await expect(page.get_by_text("mangler svar").first).to_be_visible(timeout=90_000)
    await press(page, "Leserunde", "link")
    await press(page, "Lag lenken")
    await expect(page.get_by_role("status")).to_have_text("Leserunden er åpen.")
    await _sound(page, "reading-open")
    address = await page.get_by_role("link", name="/leserunde/").get_attribute("href")
    assert address

    phone = await browser.new_context(locale="nb-NO", viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    small = await phone.new_page()
    await small.goto(f"{server.url}/leserunde/{address.rpartition('/')[2]}")
    await small.get_by_role("link", name="Eksempelvik kommune").click()
    first = small.locator("section.card").first
    await first.get_by_label("Stemmer ikke").focus()
    await small.keyboard.press("Space")
    await first.get_by_label("Vil du si mer?").fill("Det er kaldere enn dette.")
    await press(small, "Send og gå videre")
    await expect(small.get_by_role("status")).to_have_text("Det du sa, er sendt.")
    await phone.close()

    for path, name in (("", "begin"), ("/1/1", "findings"), ("/takk", "thanks")):
        await page.goto(f"{server.url}/leserunde/{address.rpartition('/')[2]}{path}")
        await _sound(page, f"reading-{name}")
    await _others(database, office, round_id, address.rpartition("/")[2])
    await page.goto(f"{server.url}/kontor/runder/{round_id}/leserunde")
    await expect(page.get_by_text("Det er kaldere enn dette.")).to_have_count(0)
    await press(page, "Lukk leserunden")
    await page.get_by_role("button", name="La den stå i rapporten").click()
    await expect(page.get_by_role("status")).to_have_text("Merknaden står i rapporten.")
    await _sound(page, "reading-said")

    await page.goto(f"{server.url}/kontor/runder/{round_id}/utgaver")
    await _sound(page, "editions-new")
    await page.get_by_label("Hver leiegård").uncheck()
    await press(page, "Lag utgaven")
    await expect(page.get_by_text("Frosset")).to_be_visible(timeout=90_000)
    await _sound(page, "edition")
    await desk.close()


async def _others(database: Database, office: offices.Office, round_id: UUID, slug: str) -> None:
    """Four more say what they think of the first finding: with fewer than five the office is told nothing."""
    async with database.registry(office.organisation_id) as connection:
        found = await dossiers.of_place(connection, round_id, "all", "")
    for _ in range(4):
        async with database.phone() as connection:
            assert await readings.keep(connection, slug, [readings.said(found[0].id, "stands", "")]) == "kept"
