"""The figures in a real browser: no words leave them or lie on others, in whatever letters it has."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from reports.figures import gallery
from tests.browser.axe import faults_on

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MISPLACED = """() => {
  const found = [];
  for (const drawing of document.querySelectorAll('svg[role=img]')) {
    const box = drawing.viewBox.baseVal;
    const name = drawing.querySelector('title').id;
    const texts = [...drawing.querySelectorAll('text')].map(e => ({ said: e.textContent, at: e.getBBox() }));
    texts.sort((a, b) => a.at.y - b.at.y);
    texts.forEach(({ said, at }, place) => {
      // A box is as high as its typeface; letters take two thirds of it.
      if (at.x < -0.5 || at.x + at.width > box.width + 0.5 || at.y < -1.5
          || at.y + at.height > box.height + 1.5) found.push(`${name}: '${said}' leaves it`);
      for (const other of texts.slice(place + 1)) {
        const down = at.y + at.height - other.at.y;
        if (down <= 0) break;
        const across = Math.min(at.x + at.width, other.at.x + other.at.width) - Math.max(at.x, other.at.x);
        if (across > 1 && Math.min(down, other.at.height) > at.height * 0.25)
          found.push(`${name}: '${said}' on '${other.said}'`);
      }
    });
  }
  return found;
}"""


async def test_no_words_leave_a_figure_or_lie_on_others_as_a_browser_sets_them(browser: Browser) -> None:
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.set_content(gallery.page(paper=False))
    assert await page.evaluate(MISPLACED) == []


async def test_axe_finds_nothing_on_the_gallery_and_nothing_sticks_out(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content(gallery.page(paper=False, shown=("en",)))
    for width, height in ((360, 740), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await faults_on(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
