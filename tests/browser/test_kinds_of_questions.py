"""Numbers, months, information and consents in a browser: no scripts, keyboard alone, a narrow screen."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from survey.database.pool import Database
from tests.browser.axe import faults_on
from tests.kinds import questionnaire_of_kinds
from tests.servers import Server
from tests.tenants import Invited, invite, stored_answers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """() => [...document.querySelectorAll('main input.line, main select, main label.option')]
    .filter(e => e.offsetParent !== null && Math.round(e.getBoundingClientRect().height) < 44)
    .map(e => e.outerHTML.slice(0, 80))"""


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(database: Database, server: Server) -> Invited:
    return await invite(database, server.settings.secret_key, questionnaire=questionnaire_of_kinds())


async def _open(browser: Browser, server: Server, width: int, *, scripts: bool = True) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": 740},
        locale="nb-NO",
        base_url=server.url,
        java_script_enabled=scripts,
    )
    return await context.new_page()


async def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.locator(selector).evaluate("e => e === document.activeElement"):
            return
    raise AssertionError(f"no way by keyboard to {selector}")


async def _press_next(page: Page) -> None:
    await _tab_to(page, ".steps .button:first-child")
    await page.keyboard.press("Enter")


async def test_the_keyboard_alone_answers_every_kind_with_scripts_off(
    browser: Browser, server: Server, tenant: Invited, database: Database
) -> None:
    page = await _open(browser, server, 360, scripts=False)
    await page.goto(f"{tenant.link}/side/hjemmet")
    await _tab_to(page, "#felt-rom")
    await page.keyboard.type("3")
    await _tab_to(page, "#felt-innflyttet")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await _tab_to(page, "#felt-innflyttet-2")
    await page.keyboard.type("2019")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Stedet")
    await _tab_to(page, "#trivsel-1")
    await page.keyboard.press("ArrowRight")
    await _tab_to(page, "#felt-bydel")
    await page.keyboard.press("ArrowDown")
    await page.locator("#felt-bydel").press("Tab")
    await _press_next(page)
    await expect(page.get_by_role("heading", level=1)).to_have_text("Om helse")
    await expect(page.get_by_text("Du kan la være.")).to_be_visible()
    await expect(page.locator("input:checked")).to_have_count(0)
    await _tab_to(page, "#samtykke-1")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Helse")
    await page.get_by_role("button", name="Se over svarene").click()
    await expect(page.get_by_text("februar 2019")).to_be_visible()
    await page.get_by_role("button", name="Send svarene").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Takk for at du svarte")
    assert await stored_answers(database, tenant, server.settings.keys) == [
        {"rom": "3", "innflyttet": "2019-02", "trivsel": 2, "bydel": 1, "samtykke": 1}
    ]


async def test_a_field_is_named_with_its_question_and_described_by_its_unit(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    page = await _open(browser, server, 360)
    await page.goto(f"{tenant.link}/side/hjemmet")
    rooms = page.get_by_role("textbox", name="Hvor mange rom har du?")
    await expect(rooms).to_have_attribute("inputmode", "numeric")
    await expect(rooms).to_have_accessible_description("rom")
    unknown = page.get_by_role("group", name="Hvor mange rom har du?").get_by_role("checkbox")
    await expect(unknown).to_have_accessible_name("Vet ikke")
    moved = page.get_by_role("group", name="Når flyttet du inn?")
    await expect(moved.get_by_role("combobox", name="Måned")).to_be_visible()
    await expect(moved.get_by_role("textbox", name="År")).to_be_visible()
    await page.goto(f"{tenant.link}/side/stedet")
    ruler = page.get_by_role("group", name="Hvor godt trives du?")
    await expect(ruler.get_by_role("radio", name="10 – svært fornøyd")).to_be_attached()
    await expect(ruler.get_by_role("radio", name="5", exact=True)).to_be_attached()
    await expect(page.get_by_role("combobox", name="Hvilken bydel bor du i?")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_every_page_holds_its_width_and_axe_finds_nothing(
    browser: Browser, server: Server, tenant: Invited, width: int
) -> None:
    page = await _open(browser, server, width)
    await page.goto(f"{tenant.link}/side/om_helse")
    await page.get_by_label("Ja", exact=True).check()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Helse")
    for name in ("hjemmet", "stedet", "om_helse", "helse"):
        await page.goto(f"{tenant.link}/side/{name}")
        await _sound(page)
    await page.goto(f"{tenant.link}/side/hjemmet")
    await page.get_by_role("textbox", name="Hvor mange rom har du?").fill("tre")
    await page.locator("#felt-innflyttet").select_option(label="mai")
    await page.locator("main").get_by_role("button", name="Neste", exact=True).click()
    await expect(page.locator("#feil")).to_be_focused()
    await expect(page.locator("#felt-innflyttet")).to_have_value("5")
    await _sound(page)


async def _sound(page: Page) -> None:
    assert await page.evaluate(TOO_WIDE) <= 0, f"{page.url} is wider than the screen"
    assert await page.evaluate(TOO_SMALL) == []
    assert await faults_on(page) == []
