"""Amounts, drawings and matrices in a browser: keyboard alone, a phone and a wide screen, read aloud."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from survey.database.pool import Database
from tests.browser.test_kinds_of_questions import TOO_SMALL, TOO_WIDE, _open, _press_next, _sound, _tab_to
from tests.more_kinds import FIVE, ROWS, questionnaire_of_more_kinds
from tests.servers import Server
from tests.tenants import Invited, invite, stored_answers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PAGES = ("penger", "barn", "boligen")
SHOTS = os.environ.get("SHOTS")


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(database: Database, server: Server) -> Invited:
    return await invite(database, server.settings.secret_key, questionnaire=questionnaire_of_more_kinds())


async def test_the_keyboard_alone_answers_them_with_scripts_off(
    browser: Browser, server: Server, tenant: Invited, database: Database
) -> None:
    page = await _open(browser, server, 360, scripts=False)
    await page.goto(f"{tenant.link}/side/penger")
    await _tab_to(page, "#budsjett-del-1")
    await page.keyboard.type("60 000")
    await page.keyboard.press("Tab")
    await page.keyboard.type("25000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Du har 15 000 igjen å fordele.").first).to_be_visible()
    await expect(page.get_by_text("Fordelt: 85 000 av 100 000 kr")).to_be_visible()
    await _tab_to(page, "#budsjett-del-3")
    await page.keyboard.type("15000")
    await page.keyboard.press("Enter")
    await _tab_to(page, "#humor-1")
    await page.keyboard.press("ArrowRight")
    await _press_next(page)
    await _tab_to(page, "#standard-1")
    await page.keyboard.press("ArrowRight")
    await _press_next(page)
    await expect(page.get_by_text("Bedre lys ute: 60 000 kr")).to_be_visible()
    await page.get_by_role("button", name="Send svarene").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Takk for at du svarte")
    assert await stored_answers(database, tenant, server.settings.keys) == [
        {"budsjett": {"1": "60000", "2": "25000", "3": "15000"}, "humor": 2, "standard": 2}
    ]


async def test_the_script_adds_up_while_one_types(browser: Browser, server: Server, tenant: Invited) -> None:
    page = await _open(browser, server, 360)
    await page.goto(f"{tenant.link}/side/penger")
    await page.get_by_role("textbox", name="Bedre lys ute").fill("60 000")
    await page.get_by_role("textbox", name="Felles kjøkkenhage").fill("20000")
    await expect(page.get_by_text("Fordelt: 80 000 av 100 000 kr")).to_be_visible()
    await page.get_by_role("textbox", name="Felles kjøkkenhage").fill("tull")
    await expect(page.get_by_text("Fordelt: 60 000 av 100 000 kr")).to_be_visible()
    fields = page.get_by_role("group", name="Hva skal vi bruke 100 000 kroner på?").get_by_role("textbox")
    await expect(fields).to_have_count(3)
    await expect(fields.first).to_have_accessible_description("kr")


async def test_drawings_are_shown_and_the_word_is_what_is_read(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    page = await _open(browser, server, 360)
    await page.goto(f"{tenant.link}/side/barn")
    drawn = await page.locator(".pictures img").evaluate_all(
        "all => all.map(i => [i.complete, i.naturalWidth > 0])"
    )
    assert drawn == [[True, True]] * 3
    group = page.get_by_role("group", name="Hvordan er det å være hjemme?")
    for word in ("Glad", "Midt imellom", "Lei meg"):
        await expect(group.get_by_role("radio", name=word, exact=True)).to_be_attached()
    await page.get_by_text("Lei meg").click()
    await expect(group.get_by_role("radio", name="Lei meg")).to_be_checked()


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_every_page_holds_its_width_and_axe_finds_nothing(
    browser: Browser, server: Server, tenant: Invited, width: int
) -> None:
    page = await _open(browser, server, width)
    for name in PAGES:
        await page.goto(f"{tenant.link}/side/{name}")
        await _sound(page)
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    await page.goto(f"{tenant.link}/side/penger")
    await page.locator("#budsjett-del-1").fill("7")
    await page.locator("main").get_by_role("button", name="Neste", exact=True).click()
    await expect(page.locator("#feil")).to_be_focused()
    await _sound(page)
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"penger-feil-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
async def test_each_radio_of_a_matrix_is_read_with_its_question_and_its_answer(
    browser: Browser, server: Server, tenant: Invited, width: int
) -> None:
    page = await _open(browser, server, width)
    await page.goto(f"{tenant.link}/side/boligen")
    tree = await page.locator("main form").aria_snapshot()
    stem = tree.index('group "Hvor fornøyd er du med"')
    read = re.findall(r'- (group|radio) "([^"]+)"', tree[stem:])
    rows = [place for place, (role, name) in enumerate(read) if (role, name) in
            [("group", words["nb"]) for words in ROWS.values()]]  # fmt: skip
    assert [read[place][1] for place in rows] == [words["nb"] for words in ROWS.values()]
    answers = [words["nb"] for words in FIVE]
    for start in rows:
        assert read[start + 1 : start + 8] == [("radio", w) for w in (*answers, "Vet ikke", "Ikke aktuelt")]
    assert tree.count("text: Svært misfornøyd") == len(ROWS), "the heads of the columns are for the eye alone"


async def _middle(page: Page, selector: str) -> tuple[float, float]:
    box = await page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def test_a_matrix_is_cards_on_a_phone_and_a_table_where_there_is_room(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    page = await _open(browser, server, 360)
    await page.goto(f"{tenant.link}/side/boligen")
    await expect(page.locator(".heads")).to_be_hidden()
    assert (await _middle(page, "#standard-1"))[1] < (await _middle(page, "#standard-2"))[1]
    page = await _open(browser, server, 1280)
    await page.goto(f"{tenant.link}/side/boligen")
    heads = page.locator(".heads span")
    for code in range(1, 6):
        await expect(heads.nth(code)).to_have_text(FIVE[code - 1]["nb"])
        above = await heads.nth(code).bounding_box()
        assert above is not None
        columns = [(await _middle(page, f"#{row}-{code}")) for row in ROWS]
        assert all(abs(x - (above["x"] + above["width"] / 2)) < 2 for x, _ in columns), "right below its head"
    for row in ROWS:
        level = [(await _middle(page, f"#{row}-{code}"))[1] for code in range(1, 6)]
        assert max(level) - min(level) < 1, "one line"
        legend = await page.locator(f"#sporsmal-{row} legend").bounding_box()
        assert legend is not None and legend["y"] < level[0] < legend["y"] + legend["height"] + 10
    assert await page.evaluate(TOO_WIDE) <= 0 and await page.evaluate(TOO_SMALL) == []
    await _tab_to(page, "#plass-1")
    await page.keyboard.press("ArrowRight")
    await expect(
        page.get_by_role("group", name="Hvor stor boligen er").get_by_label("Litt misfornøyd")
    ).to_be_checked()
