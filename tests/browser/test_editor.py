"""The editor in a real browser: from nothing to an opened round, with a phone beside it that follows.

BOSTEMME_SHOTS, a folder: the pictures of docs/questionnaire-editor.md are made there.
"""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page, expect

from forms import editing, loading
from forms.operations import FORM, AddPage, AddQuestion, Change, Copy, Part
from survey.campaigns import rounds
from survey.campaigns.templates import templates
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaire_files import write_workbook
from survey.questionnaires import drafts
from tests import offices
from tests.browser.axe import faults_on
from tests.browser.pressing import press
from tests.offices import Office
from tests.servers import Server

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS = os.environ.get("BOSTEMME_SHOTS")


async def _sign_in(page: Page, server: Server, office: Office) -> None:
    await page.goto(f"{server.url}/kontor/skjemaer")
    await page.get_by_label("E-postadresse").fill(office.emails[Role.OFFICER])
    await page.get_by_label("Passord").fill(offices.PASSWORD)
    await page.get_by_role("button", name="Logg inn").click()
    await page.get_by_role("heading", level=1, name="Spørreskjemaer").wait_for()


async def _shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"editor-{name}.png")


async def test_a_newcomer_goes_from_a_template_to_an_opened_round_by_keyboard_and_without_scripts(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    context = await browser.new_context(
        locale="nb-NO", viewport={"width": 1280, "height": 900}, java_script_enabled=False
    )
    page = await context.new_page()
    await _sign_in(page, server, office)
    await press(page, "Nytt spørreskjema", "link")
    await page.get_by_label("Navn på skjemaet").focus()
    await page.keyboard.type("Trivsel i Nordlysgata")
    await (
        page.get_by_role("radio", name="Bare tre spørsmål")
        .or_(page.get_by_role("radio", name="Ble det bedre?"))
        .first.focus()
    )
    await page.keyboard.press("Space")
    await _shot(page, "1-new")
    await press(page, "Lag skjemaet")
    await expect(page.get_by_text("Klart til bruk")).to_be_visible()
    await page.get_by_label("Nytt spørsmål", exact=True).first.focus()
    await page.keyboard.type("Hva savner du mest?")
    await page.get_by_label("Svares med").first.select_option("multi")
    await _shot(page, "2-outline")
    await page.get_by_label("Nytt spørsmål", exact=True).first.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", level=1).get_by_text("Hva savner du mest?").wait_for()
    for number, words in ((1, "Heis"), (2, "Balkong")):
        await page.get_by_label(f"Svar {number}", exact=True).focus()
        await page.keyboard.type(words)
    await press(page, "Vis det jeg har skrevet", stays=True)
    shown = page.frame_locator("iframe.phone")
    await expect(shown.get_by_text("Balkong")).to_be_visible()
    await _shot(page, "3-question")
    await press(page, "Lagre")
    await press(page, "Slett Hva savner du mest?")
    await expect(page.get_by_role("link", name="Hva savner du mest?", exact=True)).to_have_count(0)
    await press(page, "Angre")
    await expect(page.get_by_role("link", name="Hva savner du mest?", exact=True)).to_be_visible()
    async with database.registry(office.organisation_id) as connection:
        draft = (await drafts.all_of(connection))[0]
    assert draft.questionnaire.languages[0] == "nb"
    for code in draft.questionnaire.languages[1:]:
        await page.goto(f"{server.url}/kontor/skjemaer/{draft.id}/oversettelse/{code}")
        for number, field in enumerate(await page.locator(".missing textarea").all(), 1):
            await field.fill(f"Omsett {number}")
        await _shot(page, "4-translation")
        await press(page, "Lagre")
        await expect(page.get_by_text("Lagret.", exact=True)).to_be_visible()
    await page.goto(f"{server.url}/kontor/skjemaer/{draft.id}")
    await expect(page.get_by_text("Klart til bruk")).to_be_visible()
    await _shot(page, "5-ready")
    await press(page, "Prøv skjemaet", "link")
    await expect(page.get_by_text("Ingenting du svarer, blir lagret")).to_be_visible()
    await _shot(page, "6-trial")
    await page.goto(f"{server.url}/kontor/skjemaer/{draft.id}")
    await press(page, "Start en undersøkelse med skjemaet", "link")
    await page.get_by_role("button", name="Lag utkast").wait_for()
    await _shot(page, "7-round")
    await press(page, "Lag utkast")
    await page.locator('a.button[href$="/apne"]').wait_for()
    await page.locator('a.button[href$="/apne"]').focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/apne")
    await _shot(page, "8-open")
    await page.locator('form[action$="/apne"] button').focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**melding=opened")
    async with database.registry(office.organisation_id) as connection:
        (made,) = await rounds.rounds(connection)
        asked = await rounds.questionnaire_of(connection, made)
    assert made.status == "open"
    assert "Hva savner du mest?" in [item.text.get("nb") for item in asked.items()]
    await context.close()


async def _drafts(database: Database, office: Office) -> tuple[UUID, UUID]:
    """One from a template, and one of two pages with a condition, and a question that has no answers yet."""
    officer = office.staff[Role.OFFICER]
    document = editing.blank("nb", "Trivsel", page="Huset", description="Om huset.", credit="Oss.")
    for operation in (
        AddQuestion("side_1", "yes_no", "nb", "Er det heis?"),
        AddQuestion("side_1", "multi", "nb", "Hva savner du?" + "å" * 90),
        AddPage("nb", "Mer"),
        AddQuestion("mer", "text", "nb", "Hvorfor ikke?"),
        AddQuestion("mer", "matrix", "nb", "Hvor enig er du?"),
        Change(Part("entry", "hvorfor_ikke"), {"show_if": 'answers.er_det_heis == "nei"'}),
        Change(FORM, {"languages": ["nb", "nn"]}),
    ):
        document, _ = editing.apply(document, operation)
    async with database.registry(office.organisation_id) as connection:
        kort = await drafts.create(connection, officer, loading.dump(templates()["kort"].questionnaire))
        own = await drafts.create(connection, officer, document)
        await drafts.do(
            connection, officer, own, Copy(Part("entry", "er_det_heis")), action="copy", about="x"
        )
    return kort, own


async def test_with_scripts_the_phone_follows_what_is_typed_and_the_condition_is_read_back(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    _, own = await _drafts(database, office)
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    await _sign_in(page, server, office)
    await page.goto(f"{server.url}/kontor/skjemaer/{own}/sporsmal/hvorfor_ikke")
    shown = page.frame_locator("iframe.phone")
    await expect(shown.get_by_text("Hvorfor ikke?")).to_be_visible()
    await page.get_by_label("Spørsmål", exact=True).first.fill("Hva skyldes det?")
    await expect(shown.get_by_text("Hva skyldes det?")).to_be_visible()
    await page.get_by_role("checkbox", name="Ja", exact=True).check()
    await expect(page.locator(".readback")).to_contain_text("«Nei» eller «Ja»")
    await page.get_by_role("checkbox", name="Nei", exact=True).uncheck()
    await expect(page.locator(".readback")).to_contain_text("er «Ja»")
    await page.get_by_role("button", name="Lagre", exact=True).last.click()
    await expect(page.get_by_text("Vises når svaret på «Er det heis?» er «Ja».")).to_be_visible()
    assert said == []
    await context.close()


async def test_no_page_of_the_editor_has_a_fault_axe_can_find_or_breaks_at_320_pixels(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    kort, own = await _drafts(database, office)
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await _sign_in(page, server, office)
    faults: list[str] = []
    for path in (
        "",
        "/ny",
        f"/{own}",
        f"/{own}/sporsmal/er_det_heis",
        f"/{own}/sporsmal/hvorfor_ikke",
        f"/{own}/sporsmal/hvor_enig_er_du",
        f"/{own}/side/mer",
        f"/{own}/skala/e5",
        f"/{own}/om",
        f"/{kort}/om",
        f"/{own}/oversettelse/nn",
        f"/{kort}/poeng",
        f"/{kort}/prov",
        f"/{kort}/sporsmal/totalt_fornoyd",
    ):
        answer = await page.goto(f"{server.url}/kontor/skjemaer{path}")
        assert answer is not None and answer.status == 200, path
        for width in (1280, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{path} {width}: {fault}" for fault in await faults_on(page)]
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} is wider than {width} pixels")
    assert faults == []
    await context.close()


async def test_what_a_file_could_not_bring_along_is_read_by_everybody_before_there_is_a_draft(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Filvik kommune")
    rows = [
        ["type", "name", "label", "constraint"],
        ["text", "navn", "Hva heter huset?", "regex(., '^[A-Z]')"],
    ]
    rows += [[kind, f"q{n}", "Hvor er det?", ""] for n, kind in enumerate(("geopoint", "image", "barcode"))]
    book = write_workbook({"survey": rows, "settings": [["form_title", "form_id"], ["Huset", "huset"]]})
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.goto(f"{server.url}/kontor/skjemaer/ny")
    await page.get_by_label("En fil", exact=False).first.check()
    await page.locator("#file").set_input_files({"name": "huset.xlsx", "mimeType": "x/y", "buffer": book})
    await page.get_by_role("button", name="Lag skjemaet").click()
    await page.get_by_role("heading", level=1, name="Ikke alt i filen kom med").wait_for()
    for width in (1280, 360):
        await page.set_viewport_size({"width": width, "height": 900})
        await _shot(page, f"carried-{width}")
        assert await faults_on(page) == []
    await page.get_by_role("button", name="Lag skjemaet uten dette").click()
    await page.get_by_role("heading", level=1, name="Huset").wait_for()
    await context.close()


async def test_what_has_changed_since_a_round_is_read_on_any_screen_with_the_way_to_begin_anew(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Endringsvik kommune")
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        version = (await rounds.find(connection, round_id)).questionnaire_version_id
        asked = await drafts.version(connection, version)
        staff = office.staff[Role.OFFICER]
        id = await drafts.create(connection, staff, loading.dump(asked), version)
        item = next(item for item in asked.items() if item.scale == "f5")
        changed = Change(Part("entry", item.id), {"scale": "t5"})
        await drafts.do(connection, staff, id, changed, action="changed_entry")
        asks = AddQuestion(asked.pages[0].id, "yes_no", "nb", "Er det rolig?")
        await drafts.do(connection, staff, id, asks, action="question")
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await _sign_in(page, server, office)
    faults: list[str] = []
    for name, path in (("outline", ""), ("changed", "/endret"), ("changed-counted", "/endret/svar")):
        await page.goto(f"{server.url}/kontor/skjemaer/{id}{path}")
        await page.get_by_role("heading", level=1).wait_for()
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 900})
            await _shot(page, f"{name}-{width}")
            faults += [f"{path} {width}: {fault}" for fault in await faults_on(page)]
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} is wider than {width} pixels")
    assert faults == []
    await page.goto(f"{server.url}/kontor/skjemaer/{id}")
    await press(page, f"Begynn på nytt: det er et nytt spørsmål {item.text.get('nb')}")
    await page.get_by_text("Spørsmålet begynner på nytt").first.wait_for()
    await context.close()
