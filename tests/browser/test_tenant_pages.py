"""The tenant's pages in a real browser: scripts off, keyboard alone, a narrow screen, big text."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect
from playwright.async_api import Error as PlaywrightError

from forms.loading import shipped
from survey import declared
from survey.ballots.tokens import new_token
from survey.database.pool import Database
from survey.phone import said
from survey.phone.rendering import LANGUAGES
from tests.browser.axe import faults_on
from tests.panels import follow
from tests.servers import Server
from tests.tenants import Invited, invite, stored_answers

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
FIRST_PAGE = 25_000
"""Bytes over the wire, everything."""

TOO_SMALL = """() => [...document.querySelectorAll(
    'button:not([tabindex="-1"]), .button, label.option, select, textarea, .line, nav a, .foot a, .change'
  )].filter(e => e.offsetParent !== null && Math.round(e.getBoundingClientRect().height) < 44)
    .map(e => e.outerHTML.slice(0, 80))"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


CUT = """() => {
  const cut = [], range = document.createRange();
  const line = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return Math.round([...range.getClientRects()].at(-1).top);
  };
  const texts = '.who span, h1, h2, .legend, .option span, .hint, p:not(.code), li, dt, dd';
  for (const text of document.querySelectorAll(texts)) {
    for (const node of text.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !text.checkVisibility()) continue;
      for (const word of node.data.matchAll(/[\\p{L}]+/gu))
        if (line(node, word.index) !== line(node, word.index + word[0].length - 1)) cut.push(word[0]);
    }
  }
  return cut;
}"""
"""Words that stand on two lines with nothing to show that they are one. A soft hyphen ends a word here."""
LONGEST_WHOLE = 10
"""Letters of a word that must fit on a line at 320 pixels and twice the text, in a wide font."""


@pytest_asyncio.fixture(loop_scope="session")
async def tenant(database: Database, server: Server) -> Invited:
    return await invite(database, server.settings.secret_key, tenants=3)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, server: Server) -> AsyncIterator[Page]:
    context = await _phone(browser, server)
    yield await context.new_page()
    await context.close()


async def _phone(browser: Browser, server: Server, **options: object) -> BrowserContext:
    chosen = {"viewport": PHONE, "locale": "nb-NO", "base_url": server.url, **options}
    return await browser.new_context(**chosen)  # type: ignore[arg-type]


async def _press(page: Page, name: str) -> None:
    await page.locator("main").get_by_role("button", name=name, exact=True).click()


async def test_with_scripts_off_one_answers_pauses_goes_on_elsewhere_and_sends(
    browser: Browser, server: Server, tenant: Invited, database: Database
) -> None:
    context = await _phone(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(tenant.link)
    await _press(page, "Start undersøkelsen")
    await expect(page).to_have_title("Hjemmet ditt – Bostemme")
    rows = page.get_by_role("group", name="Boligen føles som et hjem.")
    await rows.get_by_label("Litt enig").check()
    await rows.get_by_label("Fjern svaret").check()
    await rows.get_by_label("Helt enig").check()
    await page.get_by_role("group", name="Har du vært på et møte?").get_by_label("Ja").check()
    await _press(page, "Neste")
    await expect(page.get_by_text("Svaret ditt ga ett spørsmål til")).to_be_visible()
    await page.get_by_role("group", name="Ble du hørt?").get_by_label("Nei").check()
    await _press(page, "Neste")

    await page.get_by_label("Hva bør bli bedre?").fill("Mer lys i oppgangen")
    await page.get_by_role("button", name="Nynorsk").click()
    await expect(page.get_by_label("Kva bør bli betre?")).to_have_value("Mer lys i oppgangen")
    await page.get_by_label("Viktigast", exact=True).select_option(label="Naboane")
    await _press(page, "Lagre og ta pause")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Svara dine er lagra")
    await context.close()

    elsewhere = await _phone(browser, server, java_script_enabled=False, viewport=NARROW)
    page = await elsewhere.new_page()
    await page.goto(tenant.link)
    await _press(page, "Hald fram der du slapp")
    await expect(page.get_by_label("Kva bør bli betre?")).to_have_value("Mer lys i oppgangen")
    await _press(page, "Tilbake")
    await expect(page.get_by_role("group", name="Blei du høyrd?").get_by_label("Nei")).to_be_checked()
    await page.goto(f"{tenant.link}/se-over")
    await page.get_by_role("link", name="Endre Det viktigaste").click()
    await page.get_by_label("Nest viktigast").select_option(label="Leiga")
    await _press(page, "Lagre og gå til oversikta")
    await expect(page.get_by_text("2. Leiga")).to_be_visible()
    await _press(page, "Send svara")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Takk for at du svarte")
    receipt = await page.locator(".code").inner_text()
    code = await page.locator(".change-code").inner_text()
    one_line = "e => e.getBoundingClientRect().height < 2 * parseFloat(getComputedStyle(e).fontSize)"
    assert await page.locator(".code").evaluate(one_line), "at 320 pixels"
    await page.goto(tenant.link)
    await expect(page.get_by_text("Lenken viser aldri om den er brukt")).to_be_visible()
    await expect(page.locator(".code")).to_have_count(0)
    await page.get_by_role("link", name="Endre eller trekk tilbake svaret").click()
    await page.get_by_label("Kvittering").fill(receipt.lower())
    await page.get_by_label("Endringskode").fill(code.lower())
    await _press(page, "Finn svaret")
    await expect(page.get_by_role("button", name="Åpne svaret")).to_be_visible()
    (cookie,) = await elsewhere.cookies()
    assert (cookie["path"], cookie["httpOnly"], cookie["sameSite"]) == (tenant.link, True, "Lax")
    await elsewhere.close()
    assert await stored_answers(database, tenant, server.settings.keys) == [
        {"bolig_hjem": 5, "mott": 2, "mott_hort": 1, "tema": [2, 1], "bedre": "Mer lys i oppgangen"}
    ]


@pytest.mark.parametrize("scripts", [True, False])
async def test_after_sending_the_back_button_shows_nothing_that_was_answered(
    browser: Browser, server: Server, tenant: Invited, database: Database, scripts: bool
) -> None:
    """On a machine that others use too: the browser fills fields in again and keeps whole pages as they were,
    unless it is told not to. Nor does going back and forth send anything again."""
    context = await _phone(browser, server, java_script_enabled=scripts)
    page = await context.new_page()
    await page.goto(tenant.link)
    await _press(page, "Start undersøkelsen")
    await page.get_by_label("Helt enig").first.check()
    await _press(page, "Neste")
    await page.get_by_role("textbox").first.fill("Vaktmesteren synger i trappa")
    await _press(page, "Se over svarene")
    await _press(page, "Send svarene")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Takk for at du svarte")
    for _ in range(4):
        await page.go_back(wait_until="commit")  # a page that was kept does not load
        await expect(page.locator("h1")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert "Vaktmesteren" not in await page.locator("body").inner_text()
        assert await page.locator("input:checked").count() == 0
        for field in await page.get_by_role("textbox").all():
            assert await field.input_value() == ""
    for _ in range(4):
        with suppress(PlaywrightError):  # the last page is not shown again
            await page.go_forward(wait_until="commit")
    assert "Takk for at du svarte" not in await page.locator("body").inner_text()
    await context.close()
    assert len(await stored_answers(database, tenant, server.settings.keys)) == 1


async def test_the_keyboard_alone_is_enough(phone: Page, tenant: Invited) -> None:
    async def tab_to(text: str) -> None:
        for _ in range(60):
            await phone.keyboard.press("Tab")
            focused = await phone.evaluate(
                "() => { const e = document.activeElement;"
                " return (e.closest('label')?.innerText || e.innerText || e.id || '').trim() }"
            )
            if focused == text:
                return
        raise AssertionError(f"Tab never reaches '{text}'")

    await phone.goto(tenant.link)
    await phone.keyboard.press("Tab")
    await expect(phone.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    await phone.keyboard.press("Enter")
    await tab_to("Start undersøkelsen")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Hjemmet ditt")
    await tab_to("Helt uenig")
    await phone.keyboard.press("Space")
    await phone.keyboard.press("ArrowDown")
    rows = phone.get_by_role("group", name="Boligen føles som et hjem.")
    await expect(rows.get_by_label("Litt uenig")).to_be_checked()
    # Enter in a field means "next", never another language.
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Det viktigste")
    await tab_to("felt-bedre")
    await phone.keyboard.type("Mer lys")
    await tab_to("Se over svarene")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Se over svarene")
    await tab_to("Send svarene")
    await phone.keyboard.press("Enter")
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Takk for at du svarte")


async def test_the_script_saves_says_so_and_tries_again_when_the_network_is_back(
    phone: Page, browser: Browser, server: Server, tenant: Invited
) -> None:
    await phone.goto(tenant.link)
    await _press(phone, "Start undersøkelsen")
    await phone.goto(f"{tenant.link}/side/viktig")
    words = phone.get_by_label("Hva bør bli bedre?")
    await words.fill("Mer lys")
    await expect(phone.get_by_role("status")).to_have_text("Lagret")
    await phone.context.set_offline(True)
    await words.fill("Mer lys og en benk")
    await expect(phone.get_by_role("status")).to_have_text("Ikke nett. Vi lagrer når nettet er tilbake.")
    await _press(phone, "Se over svarene")
    await expect(words).to_have_value("Mer lys og en benk")
    await phone.context.set_offline(False)
    await expect(phone.get_by_role("status")).to_have_text("Lagret", timeout=15_000)
    again = await phone.context.new_page()
    await again.goto(tenant.link)
    await again.get_by_role("link", name="Fortsett der du slapp").click()
    await expect(again.get_by_label("Hva bør bli bedre?")).to_have_value("Mer lys og en benk")
    other = await (await _phone(browser, server)).new_page()
    await other.goto(f"{tenant.link}/side/viktig")
    await expect(other.get_by_label("Hva bør bli bedre?")).to_have_value("")
    await other.context.close()
    assert [cookie["httpOnly"] for cookie in await phone.context.cookies()] == [True]
    assert await phone.evaluate("() => localStorage.length + sessionStorage.length") == 0


async def test_the_script_never_calls_a_link_closed_because_a_text_is_too_long(
    phone: Page, tenant: Invited
) -> None:
    await phone.goto(f"{tenant.link}/side/viktig")
    await phone.get_by_label("Hva bør bli bedre?").fill("x" * 210_000)
    await expect(phone.get_by_role("status")).to_have_text(
        "Dette kan ikke lagres underveis. Gå videre for å se hva som må rettes."
    )


async def test_a_mistake_moves_the_focus_to_the_summary_and_its_link_to_the_field(
    phone: Page, tenant: Invited
) -> None:
    await phone.goto(f"{tenant.link}/side/viktig")
    await phone.get_by_label("Viktigst", exact=True).select_option(label="Leien")
    await phone.get_by_label("Tredje viktigst").select_option(label="Leien")
    await _press(phone, "Se over svarene")
    await expect(phone).to_have_title("Feil: Det viktigste – Bostemme")
    await expect(phone.locator("#feil")).to_be_focused()
    await _sound(phone)
    await phone.locator("#feil a").click()
    await expect(phone.get_by_label("Viktigst", exact=True)).to_be_focused()


async def test_the_first_page_weighs_at_most_25_kilobytes(
    phone: Page, database: Database, server: Server
) -> None:
    tenant = await invite(database, server.settings.secret_key, questionnaire=shipped("boindeks"))
    async with database.owner() as connection:  # what the form suggests; frozen for anybody else once opened
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update registry.campaigns set declared_grade = 3, declared = $1::text::jsonb where id = $2",
            json.dumps(declared.suggested(("nb", "nn", "en"))),
            tenant.campaign_id,
        )
    session = await phone.context.new_cdp_session(phone)
    await session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    await phone.goto(tenant.link, wait_until="networkidle")
    assert received and sum(received) <= FIRST_PAGE
    start = sum(received)
    await expect(phone.get_by_role("heading", name="Hvorfor vi spør")).to_be_visible()
    await _sound(phone)
    await _press(phone, "Start undersøkelsen")
    await phone.wait_for_load_state("networkidle")
    assert sum(received) <= FIRST_PAGE, f"start {start}, with the first theme {sum(received)}"


async def test_on_a_wide_screen_lines_stay_short_enough_to_read(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    context = await _phone(browser, server, viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    for place in (tenant.link, f"{tenant.link}/side/hjem", "/kvittering"):
        await page.goto(place)
        assert await page.locator("main").evaluate("e => e.getBoundingClientRect().width") <= 40 * 20
    await context.close()


async def test_no_page_breaks_at_320_pixels_or_twice_the_text_and_axe_finds_nothing(
    browser: Browser, server: Server, database: Database, tenant: Invited
) -> None:
    invited = await invite(database, server.settings.secret_key, questionnaire=shipped("boindeks"), tenants=2)
    over = await invite(database, server.settings.secret_key, status="closed")
    early = await invite(database, server.settings.secret_key, status="draft")
    no, never = (
        f"{said.FIELD}={said.word(server.settings.secret_key, invited.token, choice)}"
        for choice in ("nei aldri", "igjen nei")
    )
    context = await _phone(browser, server, viewport=NARROW)
    page = await context.new_page()
    for address in ("/", "/personvern", "/?sprak=nn", "/personvern?sprak=en", invited.link, over.link,
                    early.link, "/s/feil", f"/s/{new_token()}", f"{invited.link}/side/finnes_ikke",
                    f"{invited.link}/pause", f"{invited.link}/se-over", f"{invited.link}/angre",
                    f"{invited.link}/nei", f"{invited.link}/igjen", f"{invited.link}/nei?igjen=nei&{no}",
                    f"{invited.link}/igjen?valg=nei&{never}", "/finnes-ikke", "/kontor/finnes/ikke",
                    f"{invited.link}/sprak"):  # fmt: skip
        await page.goto(address)
        await _sound(page)
    for item in shipped("boindeks").pages:
        await page.goto(f"{invited.link}/side/{item.id}")
        await _sound(page)
    await page.goto(f"{invited.link}/side/alt_i_alt")
    await page.get_by_label("Svært fornøyd").check()
    await _sound(page)
    async with page.expect_navigation():
        await _press(page, "Lagre og ta pause")
    await _sound(page)
    await page.goto(invited.link)
    await _sound(page)
    await page.goto(f"{invited.link}/se-over")
    await _sound(page)
    async with page.expect_navigation():
        await _press(page, "Send svarene")
    await _sound(page)
    await page.goto(f"{invited.link}/side/alt_i_alt")
    await page.get_by_label("Svært fornøyd").check()
    async with page.expect_navigation():
        await _press(page, "Lagre og ta pause")
    await page.goto(f"{invited.link}/se-over")
    async with page.expect_navigation():
        await _press(page, "Send svarene")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Det er svart med denne lenken")
    await _sound(page)
    await context.close()


async def test_the_first_page_with_drafts_of_the_device_and_under_the_link_is_sound(
    browser: Browser, server: Server, tenant: Invited
) -> None:
    for lays_by in (True, False):
        context = await _phone(browser, server, viewport=NARROW, java_script_enabled=not lays_by)
        page = await context.new_page()
        await page.goto(tenant.link)
        if not lays_by:
            await expect(page.get_by_role("heading", name="Velkommen tilbake")).to_be_visible()
            await _sound(page)
        await _press(page, "Start undersøkelsen" if lays_by else "Start på nytt")
        await page.get_by_role("group", name="Boligen føles som et hjem.").get_by_label("Litt enig").check()
        await _press(page, "Lagre og ta pause" if lays_by else "Neste")
        if not lays_by:
            await page.goto(tenant.link)
            await expect(page.get_by_role("heading", name="Det ligger også svar på pause")).to_be_visible()
            await _sound(page)
            await _press(page, "Fortsett med dem i stedet")
            await expect(page.get_by_role("heading", level=1)).to_have_text("Hjemmet ditt")
            await page.goto(tenant.link)
            await expect(page.get_by_role("heading", name="Det ligger også svar på pause")).to_have_count(0)
        await context.close()


async def test_consent_to_be_linked_is_asked_on_a_page_that_everybody_can_use(
    browser: Browser, server: Server, database: Database
) -> None:
    invited = await invite(database, server.settings.secret_key, tenants=2)
    await follow(database, invited.organisation_id, invited.campaign_id)
    context = await _phone(browser, server, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{invited.link}/side/viktig")
    await page.get_by_label("Hva bør bli bedre?").fill("Mer lys")
    await _press(page, "Se over svarene")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Kan vi koble svarene dine?")
    group = page.get_by_role("group", name="Vil du la svarene dine bli koblet?")
    assert await group.get_by_role("radio").count() == 2 and await group.locator(":checked").count() == 0
    await page.get_by_role("button", name="Nynorsk").click()
    await page.get_by_label("Nei, ikkje kople dei").check()
    await _press(page, "Sjå over svara")
    await expect(page.get_by_text("Nei. Svara blir ikkje kopla.")).to_be_visible()
    await page.get_by_role("link", name="Endre Kopling til andre gonger").click()
    await expect(page.get_by_label("Nei, ikkje kople dei")).to_be_checked()
    await page.get_by_label("Ja, kople svara mine").check()
    await _press(page, "Sjå over svara")
    await _press(page, "Send svara")
    await expect(page.get_by_text("Den same koden verkar neste gong vi spør.")).to_be_visible()
    await context.close()

    narrow = await _phone(browser, server, viewport=NARROW)
    page = await narrow.new_page()
    other = f"/s/{invited.tokens[1]}"
    for address in (other, f"{other}/kobling", f"{other}/kobling?sprak=en", f"{other}/se-over"):
        await page.goto(address)
        await _sound(page)
    await narrow.close()


async def _sound(page: Page) -> None:
    """What holds on every page: nothing for axe, one h1, a language, nothing too wide or too small."""
    where = await page.title()
    assert await faults_on(page) == [], where
    assert await page.locator("h1").count() == 1, where
    assert await page.locator("html").get_attribute("lang") in LANGUAGES
    assert await page.evaluate(TOO_SMALL) == [], where
    assert await page.evaluate(TOO_WIDE) <= 0, where
    await page.evaluate("() => { document.documentElement.style.fontSize = '36px' }")
    assert await page.evaluate(TOO_WIDE) <= 0, f"{where}, twice the text"
    assert [word for word in await page.evaluate(CUT) if len(word) <= LONGEST_WHOLE] == [], where
    # Longer words get hyphens where the browser has a dictionary, which it picks by the language of the page.
    assert await page.locator("h1").evaluate("e => getComputedStyle(e).hyphens") == "auto", where
    await page.evaluate("() => { document.documentElement.style.fontSize = '' }")
