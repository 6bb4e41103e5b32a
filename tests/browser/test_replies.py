"""Replies, measures and plans at the desk and on a phone: sound to axe, no sideways scroll, by keyboard.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from survey.database.pool import Database
from tests import offices
from tests.browser.axe import faults_on
from tests.browser.pressing import press
from tests.browser.test_editor import _sign_in
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
            await page.screenshot(path=Path(SHOTS) / f"loop-{name}-{word}.png", full_page=True)


async def test_an_officer_replies_agrees_on_a_measure_and_ties_it_to_a_plan(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune", fictitious=True)
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    context = await browser.new_context(locale="nb-NO", viewport=DESK)  # type: ignore[arg-type]
    page = await context.new_page()
    await _sign_in(page, server, office)

    await page.goto(f"{server.url}/kontor/planer")
    await _sound(page, "no-plans")
    await press(page, "Ny plan", "link")
    await page.get_by_label("Navn på planen").fill("Boligsosial handlingsplan")
    await page.get_by_label("Slags plan").select_option("boligsosial")
    await press(page, "Lagre planen")
    await page.get_by_label("Nummer").fill("2.3")
    await page.get_by_label("Målet", exact=True).fill("Alle leietakere skal bo trygt og varmt.")
    await press(page, "Legg til målet")
    await expect(page.get_by_role("status")).to_have_text("Målet er lagt til.")
    await _sound(page, "plan")

    await page.goto(f"{server.url}/kontor/runder/{round_id}/oppfolging")
    await _sound(page, "begin")
    await press(page, "Begynn")
    await expect(page.get_by_text("mangler svar").first).to_be_visible(timeout=30_000)
    await _sound(page, "overview")
    await page.get_by_role("link", name=re.compile(r"^Svar ?:")).first.focus()
    await page.keyboard.press("Enter")

    await press(page, "Lagre svaret")
    await expect(page.get_by_role("alert")).to_contain_text("Velg hva slags svar det er.")
    await _sound(page, "problem")
    await page.get_by_label("Delvis innfridd").check()
    await page.get_by_label("Svaret, med egne ord").fill(
        "Vi tetter vinduene i vår. Nye vinduer kommer i 2029."
    )
    await press(page, "Lagre svaret")
    await expect(page.get_by_role("status")).to_have_text("Svaret er lagret.")
    await page.get_by_label("Mål i en plan").select_option(index=1)
    await page.get_by_label("Hvorfor det angår målet").fill("Mange opplever trekk om vinteren.")
    await press(page, "Knytt til")
    await page.get_by_label("Det ansatte vet").fill("Vinduene er fra 1974.")
    await page.get_by_role("button", name="Lagre", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("Det er lagret.")
    await press(page, "Nytt tiltak", "link")
    await page.get_by_label("Hva skal gjøres?").fill("Tette vinduene mot nord")
    await page.get_by_label("Frist").fill("2028-03-15")
    await page.get_by_label("Ansvarlig enhet").fill("Driftsavdelingen")
    await _sound(page, "measure")
    await press(page, "Lagre tiltaket")
    await expect(page.get_by_text("Tette vinduene mot nord")).to_be_visible()
    await _sound(page, "agreed")
    await page.get_by_role("link", name=re.compile(r"^Åpne ?:")).first.click()
    await expect(page.get_by_text("Vi tetter vinduene i vår.")).to_be_visible()
    await _sound(page, "finding")
    await context.close()
