"""Reading a draft on a phone, by keyboard and without scripts, and what the office sees of it afterwards.

BOSTEMME_SHOTS, a folder: the pictures of docs/co-design.md are made there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from forms.loading import dump
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts, readers
from tests import offices
from tests.browser.axe import faults_on
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS = os.environ.get("BOSTEMME_SHOTS")


async def _shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"co-design-{name}.png")


async def _sound(page: Page) -> None:
    assert await faults_on(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scroll"


async def test_a_resident_reads_a_draft_on_a_phone_and_the_office_finds_it_beside_the_question(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        draft_id = await drafts.create(connection, staff, dump(offices.short_form()))
        draft = await drafts.find(connection, draft_id)
        await readers.show_until(connection, staff, draft, (await readers.last_days(connection))[1])
        link = await readers.link(connection, draft_id)
    assert link is not None
    small = {"width": 360, "height": 740}
    phone = await browser.new_context(locale="nb-NO", viewport=small, java_script_enabled=False)  # type: ignore[arg-type]
    page = await phone.new_page()
    await page.goto(f"{server.url}{link.path}")
    await press(page, "Begynn å lese", "link")
    first = page.locator("section[id^=om-]").first
    await first.get_by_label("Uklart").focus()
    await page.keyboard.press("Space")
    await first.get_by_label("Forslag").fill("Si hvilken måned det gjelder.")
    await first.scroll_into_view_if_needed()
    await _shot(page, "phone")
    await press(page, "Send og gå videre")
    await expect(page.get_by_role("status")).to_have_text("Det du sa om forrige side, er sendt.")
    await phone.close()

    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    looked = await context.new_page()
    for path in ("", "/1"):
        await looked.set_viewport_size(small)  # type: ignore[arg-type]
        await looked.goto(f"{server.url}{link.path}{path}")
        await _sound(looked)
    await looked.set_viewport_size({"width": 1280, "height": 900})
    await _sign_in(looked, server, office)
    await looked.goto(f"{server.url}/kontor/skjemaer/{draft_id}/beboere")
    await expect(looked.get_by_text("Si hvilken måned det gjelder.").first).to_be_visible()
    await looked.evaluate("document.querySelector('#godkjent').scrollIntoView()")
    await _shot(looked, "office")
    await _sound(looked)
    await looked.set_viewport_size(small)  # type: ignore[arg-type]
    await _sound(looked)
    for width in (small, {"width": 320, "height": 640}, {"width": 1280, "height": 900}):
        await looked.set_viewport_size(width)  # type: ignore[arg-type]
        await looked.goto(f"{server.url}/kontor/skjemaer/{draft_id}")
        marks = looked.get_by_role("list", name="Dette sier beboerne om")
        said = ["Klart 0", "Uklart 1", "Ubehagelig 0", "Mangler noe 0"]
        await expect(marks.get_by_role("listitem")).to_have_text(said)
        await _sound(looked)
        await _shot(looked, f"outline-{width['width']}")
    await context.close()
