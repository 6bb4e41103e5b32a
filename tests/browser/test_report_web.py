"""The report as a web page in a real browser: on a telephone and on a desk, in every language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import pytest
from playwright.async_api import Browser

from reports.documents import landlord
from reports.results import Results
from survey.office import pages
from tests.browser.axe import faults_on
from tests.samples import report_results as samples

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CONSOLE = pages.ROOM / "static" / "office.css"


def _page(results: Results, language: str) -> str:
    styles = CONSOLE.read_text(encoding="utf-8") + landlord.STYLESHEET.read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(landlord.title(results, language))}</title><style>{styles}</style></head>"
        f'<body><main><div class="paper">{landlord.web(results, language)}</div></main></body></html>'
    )


def _declared() -> Results:
    return replace(samples.eksempelvik(), findings=samples.FINDINGS, declared_grade=5)


@pytest.mark.parametrize(
    ("sample", "language"),
    [
        (_declared, "nb"),
        (_declared, "en"),
        (samples.all_estates, "nn"),
        (samples.hidden_cells, "nb"),
        (samples.closed, "nb"),
        (samples.too_few, "en"),
        (samples.copenhagen, "nb"),
    ],
)
async def test_axe_finds_nothing_and_nothing_sticks_out(
    sample: Callable[[], Results], language: str, browser: Browser
) -> None:
    page = await browser.new_page(locale="nb-NO")
    await page.set_content(_page(sample(), language))
    await page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
    for width, height in ((360, 740), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await faults_on(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_axe_finds_what_was_made_wrong_at_whatever_width(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.set_content(_page(samples.too_few(), "nb"))
    assert await faults_on(page) == []
    wrong = '<img src="x"><p style="color: #ccc; background: #fff">Blekt</p>'
    await page.evaluate(
        "wrong => document.querySelector('main').insertAdjacentHTML('beforeend', wrong)", wrong
    )
    for width in (1280, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        found = {fault.split(":")[0] for fault in await faults_on(page)}
        assert found == {"image-alt", "color-contrast"}


@pytest.mark.parametrize(
    ("narrow", "rule"),
    [
        ("p { color: #ccc }", "color-contrast"),
        ("b { display: inline }", "color-contrast"),
        ("img { display: block }", "image-alt"),
    ],
    ids=["paler", "pale and shown", "shown"],
)
async def test_axe_finds_what_is_wrong_at_one_width_alone_whichever_is_looked_at_first(
    browser: Browser, narrow: str, rule: str
) -> None:
    page = await browser.new_page()
    wide = "body { background: #fff } b { color: #ccc } b, img { display: none }"
    style = f"{wide} @media (width < 600px) {{ {narrow} }}"
    await page.set_content(
        f'<!doctype html><html lang="nb"><title>x</title><style>{style}</style>'
        '<main><h1>Smalt</h1><p>Her</p><p><b>Blekt</b></p><img src="x" width="9" height="9"></main></html>'
    )
    for width, wanted in ((1280, []), (360, [rule]), (1280, [])):
        await page.set_viewport_size({"width": width, "height": 800})
        assert [fault.split(":")[0] for fault in await faults_on(page)] == wanted


async def test_the_numbers_behind_the_charts_open_with_the_keyboard_alone(browser: Browser) -> None:
    page = await browser.new_page(locale="nb-NO", java_script_enabled=False)
    await page.set_content(_page(_declared(), "nb"))
    await page.get_by_text("Medvirkning", exact=True).focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("table", name="Tallene: Medvirkning").get_by_text("Møte på video").wait_for()
