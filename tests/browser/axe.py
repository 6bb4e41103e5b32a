"""What axe finds wrong on a page.

Asked for its violations alone: naming every element that is right as well takes three quarters of the time.
"""

from __future__ import annotations

from axe_core_python.base import AXE_SCRIPT
from playwright.async_api import Page

RUN = """() => axe.run({resultTypes: ['violations']}).then(found =>
  found.violations.flatMap(fault => fault.nodes.map(node => `${fault.id}: ${node.html.slice(0, 160)}`)))"""


async def faults_on(page: Page) -> list[str]:
    """Of all of axe's rules, each with the markup of an element that breaks it; at the width it has now."""
    if await page.evaluate("typeof axe === 'undefined'"):
        await page.evaluate(AXE_SCRIPT)
    found: list[str] = await page.evaluate(RUN)
    return found
