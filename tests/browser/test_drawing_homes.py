"""Asking only some of the homes: the fields stand behind a toggle that a thumb hits."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_toggle_of_a_sample_is_large_enough_and_opens_its_fields(
    server: Server, browser: Browser, database: Database, width: int
) -> None:
    office = await offices.found(database, "Vår kommune")
    context = await browser.new_context(locale="nb-NO", viewport={"width": width, "height": 740})
    page = await context.new_page()
    await page.goto(f"{server.url}/kontor/runder/ny")
    await page.get_by_label("E-postadresse").fill(office.emails[Role.ADMINISTRATOR])
    await page.get_by_label("Passord").fill(offices.PASSWORD)
    await page.get_by_role("button", name="Logg inn").click()
    await page.goto(f"{server.url}/kontor/runder/ny")
    toggle = page.get_by_text("Spør bare et utvalg")
    box = await toggle.bounding_box()
    assert box is not None and box["height"] >= 44
    field = page.get_by_label("Havneveien 1-9: antall av 180 boliger")
    await expect(field).to_be_hidden()
    await toggle.click()
    await expect(field).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await context.close()
