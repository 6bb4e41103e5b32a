"""The report for tenants as a web page in a real browser: on a telephone, on a desk, and from the right."""

from __future__ import annotations

from html import escape

import pytest
from playwright.async_api import Browser

from reports.documents import residents
from reports.loop import Loop
from survey.office import pages
from tests.browser.axe import faults_on
from tests.samples import report_results as samples
from tests.samples import tenants

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CONSOLE = pages.ROOM / "static" / "office.css"


def _page(language: str, *, pictures: bool = False, few: bool = False, long: bool = False) -> str:
    styles = CONSOLE.read_text(encoding="utf-8") + residents.STYLESHEET.read_text(encoding="utf-8")
    if few:
        results = samples.too_few()
        found, loop = tenants.listed(results, [], "hidden.few"), Loop()
    else:
        results = tenants.estate(scope=tenants.LONG_NAME) if long else tenants.estate()
        found = tenants.usual(results)
        loop = tenants.loop(found, text=tenants.LONG if long else "Vi gjør det i vår.", measures=6)
    body = residents.web(results, found, loop, language, pictures=pictures)
    return (
        '<!doctype html><html lang="nb"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(residents.title(results, language))}</title><style>{styles}</style></head>"
        f'<body><main><div class="paper">{body}</div></main></body></html>'
    )


@pytest.mark.parametrize(
    ("language", "more"),
    [
        ("nb", {}),
        ("nb", {"pictures": True}),
        ("en", {"long": True}),
        ("ar", {}),
        ("ar", {"pictures": True, "long": True}),
        ("ti", {"long": True}),
        ("nn", {"few": True}),
    ],
)
async def test_axe_finds_nothing_and_nothing_sticks_out(
    language: str, more: dict[str, bool], browser: Browser
) -> None:
    page = await browser.new_page(locale="nb-NO")
    await page.set_content(_page(language, **more))
    for width, height in ((360, 740), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await faults_on(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_row_of_people_begins_where_reading_begins(browser: Browser) -> None:
    """Eight of ten are full: the first figure on that side is one of them, the last on the other is not."""
    for language, full_at in (("nb", 0), ("ar", 9)):
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.set_content(_page(language))
        figures = page.locator(".bp-people").first.locator("g")
        boxes = [
            (await figure.bounding_box(), await figure.get_attribute("fill"))
            for figure in await figures.all()
        ]
        fills = [fill for _, fill in sorted(boxes, key=lambda pair: pair[0]["x"] if pair[0] else 0)]
        assert fills[full_at] == "#0b5d66" and fills[9 - full_at] == "#ffffff"
