"""Pages that say to wait lead on by themselves in a real browser, after a press as well."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from survey.database.pool import Database
from tests import offices
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.browser.test_replies import DESK
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_who_presses_and_is_told_to_wait_comes_to_what_was_begun(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    desk = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await desk.new_page()
    await _sign_in(page, server, office)
    await page.goto(f"{server.url}/kontor/runder/{round_id}/oppfolging")
    async with database.owner() as connection:
        await connection.execute("lock table loop.findings in exclusive mode")  # nobody can begin meanwhile
        await press(page, "Begynn")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vi regner ut tallene …")
        await page.wait_for_timeout(3_000)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vi regner ut tallene …")
    await expect(page.get_by_text("mangler svar").first).to_be_visible(timeout=30_000)
