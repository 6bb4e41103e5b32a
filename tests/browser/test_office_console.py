"""The console in a real browser: no fault axe can find, and nothing that breaks on a narrow screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_core_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.offices import Office
from tests.servers import Server

pytestmark = pytest.mark.browser
SHOTS: Path | None = None


async def _sign_in(page: Page, server: Server, office: Office) -> None:
    await page.goto(f"{server.url}/kontor/runder")
    await page.get_by_label("E-postadresse").fill(office.emails[Role.ADMINISTRATOR])
    await page.get_by_label("Passord").fill(offices.PASSWORD)
    await page.get_by_role("button", name="Logg inn").click()
    await page.get_by_role("heading", level=1, name="Undersøkelser").wait_for()


async def test_no_page_of_the_console_has_a_fault_axe_can_find_or_breaks_at_320_pixels(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    draft = await offices.make_round(database, office, offices.new_round(office, "Kort runde til våren"))
    opened = await offices.open_round(database, office, offices.new_round(office, "Beboerundersøkelse vår"))
    await offices.answer(database, office, opened, (3, 21, 46))
    closed = await offices.closed_round(
        database, office, new=offices.new_round(office, "Beboerundersøkelse i fjor")
    )
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=True)
    page = await context.new_page()
    faults: list[str] = []

    async def look(name: str) -> None:
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            found = await Axe().run(page)
            faults.extend(
                f"{name} {width}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in found["violations"]
            )
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
        "links": f"runder/{opened}/lenker",
        "close": f"runder/{opened}/lukk",
        "closed": f"runder/{closed}",
        "report": f"runder/{closed}/rapport",
        "report-estate": f"runder/{closed}/rapport?leiegard={office.estates[1][0]}",
        "release": f"runder/{closed}/datautgivelse",
        "log": "logg",
        "missing": "runder/00000000-0000-4000-8000-000000000000",
    }.items():
        await page.goto(f"{server.url}/kontor/{path}")
        await look(name)
    await page.goto(f"{server.url}/kontor/runder/ny")
    for estate in await page.get_by_role("checkbox").all():
        await estate.uncheck()
    await page.get_by_role("button", name="Lag utkast").click()
    await look("problems")
    await context.close()
    assert faults == []


async def test_an_officer_can_start_a_round_by_keyboard_with_scripts_off(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.get_by_role("link", name="Ny undersøkelse").first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Navn", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Åpne undersøkelsen").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("status").filter(has_text="Undersøkelsen er åpnet").wait_for()
    await context.close()
