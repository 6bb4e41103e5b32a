"""Documents are chosen while a round is open, and lie ready as drafts once it is closed: sound to axe.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from survey.campaigns import sealing
from survey.database.pool import Database
from survey.loop import on_close as chosen
from survey.office import on_close
from survey.people.roles import Role
from tests import offices
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.browser.test_replies import DESK, _sound
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_officer_chooses_documents_before_closing_and_finds_them_ready_as_drafts(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await offices.open_round(database, office)
    desk = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await desk.new_page()
    await _sign_in(page, server, office)
    await page.goto(f"{server.url}/kontor/runder/{round_id}")
    await press(page, "Velg dokumenter", "link")
    await page.get_by_label("Hver leiegård").uncheck()
    await _sound(page, "on-close")
    await press(page, "Lag dokumentene når runden er lukket")
    await expect(page.get_by_role("status")).to_have_text("Dokumentene lages når runden er lukket.")
    await _sound(page, "on-close-chosen")

    await offices.answer(database, office, round_id, (7, 35, 150))
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    await sealing.seal_closed(database)
    while await chosen.due(database):  # the server makes them too, whoever comes first
        await on_close.make_due(database, server.url)
    await page.goto(f"{server.url}/kontor/runder/{round_id}/utgaver")
    await expect(page.get_by_text("Utkast ble laget da runden ble lukket.")).to_be_visible()
    await _sound(page, "on-close-made")
    await press(page, "Utkast fra lukkingen", "link")
    await expect(page.get_by_text("Dette er utkast")).to_be_visible()
    await _sound(page, "on-close-draft")
    await desk.close()
