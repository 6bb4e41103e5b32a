"""Colour and logo at the desk and on a phone: sound to axe, without a script, and a huge file is told so.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from survey.database.pool import Database
from tests import offices
from tests.browser.axe import faults_on
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
from tests.samples.logos import DRAWN, svg
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS = os.environ.get("BOSTEMME_SHOTS")
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


async def _sound(page: Page, name: str) -> None:
    for size, word in ((PHONE, "phone"), (DESK, "desk")):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await faults_on(page) == [], (name, word)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, word)
        if SHOTS:
            await page.screenshot(path=Path(SHOTS) / f"livery-{name}-{word}.png", full_page=True)


async def test_an_officer_gives_documents_a_colour_and_a_logo_and_is_told_what_cannot_be_one(
    server: Server, browser: Browser, database: Database, tmp_path: Path
) -> None:
    office = await offices.found(database, "Eksempelvik boligforetak KF (oppdiktet)", fictitious=True)
    context = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.get_by_role("link", name="Profil").click()
    await _sound(page, "none")

    await page.get_by_label("Fargekode").fill("#ffcd00")
    await press(page, "Se den først")
    await expect(page.get_by_text("Skriften på fargen er svart")).to_be_visible()
    await _sound(page, "tried")
    await page.get_by_label("Fargekode").fill("#005f3b")
    await press(page, "Lagre fargen")
    await expect(page.get_by_role("status")).to_have_text("Fargen er lagret.")

    bad, good, huge = tmp_path / "bad.svg", tmp_path / "logo.svg", tmp_path / "huge.png"
    bad.write_bytes(svg("<script>alert(1)</script>"))
    good.write_bytes(DRAWN)
    huge.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40_000_000))
    await page.get_by_label("Fil med logoen").set_input_files(bad)
    await press(page, "Lagre logoen")
    await expect(page.get_by_role("alert")).to_contain_text("et program i seg (script)")
    await _sound(page, "refused")
    await page.get_by_label("Fil med logoen").set_input_files(good)
    await press(page, "Lagre logoen")
    await expect(page.get_by_role("status")).to_have_text("Logoen er lagret.")
    drawn = page.get_by_role("img", name="Forsiden av en rapport")
    assert await drawn.evaluate("image => image.complete && image.naturalWidth > 0")
    await _sound(page, "worn")

    await page.get_by_label("Annen fil med logoen").set_input_files(huge)
    await press(page, "Lagre logoen")
    await expect(page.get_by_role("main")).to_contain_text("En logo kan være høyst 1 MB")
