"""What axe finds wrong on a page.

Asked for its violations alone: naming every element that is right as well takes three quarters of the time.
What has not changed since the page was looked at in another width is not asked again: axe.js.
"""

from __future__ import annotations

from pathlib import Path

from axe_core_python.base import AXE_SCRIPT
from playwright.async_api import Page

RUN = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").partition("\nasync")[2]


async def faults_on(page: Page) -> list[str]:
    """Of all of axe's rules, each with the markup of an element that breaks it; at the width it has now."""
    if await page.evaluate("typeof axe === 'undefined'"):
        await page.evaluate(AXE_SCRIPT)
    found: list[str] = await page.evaluate(f"async{RUN}")
    return found
