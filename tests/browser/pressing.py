"""Pressing a button or a link by keyboard, and waiting for what comes of it."""

from __future__ import annotations

from playwright.async_api import Page


async def press(page: Page, name: str, role: str = "button", *, stays: bool = False) -> None:
    """Waits for the page that comes. `stays`: none comes, as where only a part of the page is shown anew.

    That the page has loaded says nothing: so has the one before, until the answer to the press has begun.
    """
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    await target.focus()
    if stays:
        await page.keyboard.press("Enter")
        return
    async with page.expect_navigation(timeout=90_000):
        await page.keyboard.press("Enter")
