"""The editor's forms in a real browser: what is chosen is read back at once, by keyboard, on any screen.

BOSTEMME_SHOTS, a folder: pictures of docs/questionnaire-editor.md are made there, and one of every page.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from forms import editing
from forms.operations import (
    FORM,
    AddMust,
    AddPage,
    AddQuestion,
    AddRow,
    AddScale,
    Change,
    Part,
)
from survey.database.pool import Database
from survey.people.roles import Role
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


async def _shot(page: Page, name: str, part: str = "") -> None:
    """Of the whole page, or of one part of it."""
    if SHOTS and part:
        width = page.viewport_size["width"] if page.viewport_size else 1280
        await page.set_viewport_size({"width": width, "height": 2400})
        await page.locator(part).screenshot(path=Path(SHOTS) / f"editor-{name}.png")
    elif SHOTS:
        await page.screenshot(path=Path(SHOTS) / f"editor-{name}.png", full_page=True)


async def _draft(database: Database, office: Office) -> str:
    """Two pages: numbers and a choice on the first; a matrix, answers and a crowding on the second."""
    document = editing.blank("nb", "Trivsel", page="Huset", description="Om huset.", credit="Oss.")
    for operation in (
        AddQuestion("side_1", "yes_no", "nb", "Er det heis?"),
        AddQuestion("side_1", "number", "nb", "Hvor mange bor her?"),
        AddQuestion("side_1", "number", "nb", "Hvor mange rom?"),
        AddQuestion("side_1", "number", "nb", "Hvor mange er barn?"),
        AddPage("nb", "Mer"),
        AddQuestion("mer", "choice", "nb", "Hva savner du?", ("Heis", "Balkong")),
        AddQuestion("mer", "matrix", "nb", "Hvor enig er du?"),
        AddRow("hvor_enig_er_du", "nb", "Heisen virker."),
        AddQuestion("mer", "sorted", "nb", "Bor de trangt?"),
        AddQuestion("mer", "satisfied", "nb", "Hvor fornøyd er du?"),
        AddScale("nb", ("Aldri", "Av og til", "Alltid")),
        Change(FORM, {"languages": ["nb", "nn"]}),
    ):
        document, _ = editing.apply(document, operation)
    async with database.registry(office.organisation_id) as connection:
        return str(await drafts.create(connection, office.staff[Role.OFFICER], document))


async def test_an_answer_a_demand_and_a_crowding_are_made_by_keyboard_and_read_back_as_they_are_chosen(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    home = f"{server.url}/kontor/skjemaer/{await _draft(database, office)}"
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    await _sign_in(page, server, office)

    await page.goto(f"{home}/sporsmal/hva_savner_du")
    await press(page, "Hvem får svaret «Heis»", "link")
    await page.get_by_label("Vis bare når det er svart noe bestemt på").select_option("er_det_heis")
    await page.get_by_role("checkbox", name="Nei", exact=True).focus()
    await page.keyboard.press("Space")
    await expect(page.locator(".readback")).to_have_text("Vises når svaret på «Er det heis?» er «Nei».")
    await _shot(page, "answer-condition", "#vilkar")
    await press(page, "Lagre")
    await expect(page.get_by_text("Vises når svaret på «Er det heis?» er «Nei».")).to_be_visible()

    await page.goto(f"{home}/sporsmal/hvor_mange_er_barn")
    await press(page, "Nytt krav", "link")
    await page.get_by_label("Svaret", exact=True).select_option("at_most")
    await page.get_by_label("Eller svaret på").select_option("hvor_mange_bor_her")
    await expect(page.locator(".readback")).to_contain_text("er høyst svaret på «Hvor mange bor her?»")
    await page.get_by_label("Bokmål").fill("Det kan ikke være flere barn enn dem som bor her.")
    await page.get_by_label("Nynorsk").fill("Det kan ikkje vere fleire barn enn dei som bur her.")
    await _shot(page, "demand", "form.editing")
    await press(page, "Lagre")
    await expect(page.locator("#krav .line-text")).to_have_text(
        "Det kan ikke være flere barn enn dem som bor her."
    )

    await page.goto(f"{home}/sporsmal/bor_de_trangt")
    await page.get_by_label("Svaret på").first.select_option("hvor_mange_bor_her")
    await expect(page.get_by_label("Svaret på")).to_have_count(2)
    await page.get_by_label("Regn videre med").first.select_option("divided")
    await page.get_by_label("Svaret på").nth(1).select_option("hvor_mange_rom")
    await page.get_by_label("Tall", exact=True).first.fill("2")
    await page.get_by_label("er svaret", exact=True).first.select_option("ja")
    await expect(page.locator("#regnestykke .readback")).to_contain_text(
        "«Ja» hvis svaret på «Hvor mange bor her?» delt på svaret på «Hvor mange rom?» er over 2"
    )
    await _shot(page, "computed", "#regnestykke")
    await press(page, "Lagre")
    await expect(page.get_by_text("Lagret.", exact=True)).to_be_visible()
    await page.goto(home)
    await press(page, "Angre")
    await expect(page.get_by_text("Angret.", exact=True)).to_be_visible()
    assert said == []
    await context.close()


async def test_an_earlier_answer_is_put_in_where_the_caret_stands(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    home = f"{server.url}/kontor/skjemaer/{await _draft(database, office)}"
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.goto(f"{home}/sporsmal/hva_savner_du")
    text = page.get_by_label("Spørsmål", exact=True).first
    await text.fill("Du svarte . Hva savner du?")
    await text.evaluate("field => field.setSelectionRange(10, 10)")
    await page.get_by_text("Sett inn et tidligere svar i teksten").click()
    await page.get_by_label("Svaret på", exact=True).select_option("er_det_heis")
    await page.get_by_label("Ord for den som ikke har svart").fill("ikke noe")
    await press(page, "Sett inn", stays=True)
    await expect(text).to_have_value("Du svarte {er_det_heis|ikke noe}. Hva savner du?")
    await expect(text).to_be_focused()
    await expect(page.frame_locator("iframe.phone").get_by_text("Du svarte ikke noe.")).to_be_visible()
    await _shot(page, "pipe")
    await text.fill("Dere er {hvor_mange_bor_her|noen}.")
    await press(page, "Lagre")
    await expect(page.get_by_role("alert")).to_contain_text("kan ikke settes inn i en tekst")
    await context.close()


async def test_no_form_of_an_answer_a_demand_or_a_calculation_has_a_fault_or_breaks_on_a_narrow_screen(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    id = await _draft(database, office)
    async with database.registry(office.organisation_id) as connection:
        staff = office.staff[Role.OFFICER]
        demand = AddMust("hvor_mange_rom", "answers.hvor_mange_rom > 0", {"nb": "Minst ett rom."})
        crowded = {"computed": 'answers.hvor_mange_bor_her / answers.hvor_mange_rom > 2 ? "ja" : "nei"'}
        draft = (await drafts.all_of(connection))[0]
        for operation in (
            demand,
            Change(Part("entry", "bor_de_trangt"), crowded),
            Change(Part("answer", "hva_savner_du/heis"), {"show_if": 'answers.er_det_heis == "nei"'}),
            Change(Part("answer", "hva_savner_du/heis"), {"picture": "trapp", "number": 2}),
            Change(Part("entry", "heisen_virker"), {"show_if": 'answers.er_det_heis == "ja"'}),
        ):
            await drafts.do(connection, staff, draft.id, operation, action="changed_entry")
    context = await browser.new_context(locale="nb-NO", viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await _sign_in(page, server, office)
    faults: list[str] = []
    for name, path in (
        ("outline", ""),
        ("choices", "/sporsmal/hva_savner_du"),
        ("answer", "/sporsmal/hva_savner_du/svar/heis"),
        ("row", "/sporsmal/heisen_virker"),
        ("rows", "/sporsmal/hvor_enig_er_du"),
        ("number", "/sporsmal/hvor_mange_rom"),
        ("must", "/sporsmal/hvor_mange_rom/krav/0"),
        ("new-must", "/sporsmal/hvor_mange_rom/krav/ny"),
        ("sorted", "/sporsmal/bor_de_trangt"),
        ("scale", "/skala/skala_aldri"),
        ("step", "/skala/skala_aldri/svar/aldri"),
        ("page", "/side/mer"),
        ("scoring", "/poeng"),
    ):
        answer = await page.goto(f"{server.url}/kontor/skjemaer/{id}{path}")
        assert answer is not None and answer.status == 200, path
        await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for width in (1280, 360, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            if width != 320:
                await _shot(page, f"form-{name}-{width}")
            faults += [f"{path} {width}: {fault}" for fault in await faults_on(page)]
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} is wider than {width} pixels")
    assert faults == []
    await context.close()


async def test_a_scale_and_an_index_are_made_from_nothing_by_keyboard_and_without_scripts(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    home = f"{server.url}/kontor/skjemaer/{await _draft(database, office)}"
    context = await browser.new_context(
        locale="nb-NO", viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.goto(home)
    await page.get_by_label("Ny skala").focus()
    await page.keyboard.type("Nei, aldri")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Ja, ofte")
    await press(page, "Lag skala")
    await page.get_by_role("heading", level=1, name="Skala").wait_for()
    await press(page, "Kopier skalaen")
    await page.wait_for_url("**/skala/skala_nei_aldri_2")
    await page.goto(f"{home}/sporsmal/hva_savner_du")
    await page.get_by_label("Svar å velge mellom").select_option("skala_nei_aldri_2")
    await press(page, "Lagre")
    await page.goto(f"{home}/poeng")
    await page.get_by_label("Del 1", exact=True).focus()
    await page.keyboard.type("Hjemmet")
    await page.get_by_label("Hvor mye må være besvart (prosent)").fill("60")
    await press(page, "Lag indeks")
    await page.get_by_label("Teller for «Hvor fornøyd er du?»").select_option("hjemmet")
    await page.get_by_label("Teller for «Hva savner du?»").select_option("hjemmet")
    await page.get_by_label("«Hva savner du?»").last.focus()
    await page.keyboard.press("Space")
    await _shot(page, "scoring", "#poeng")
    await press(page, "Lagre")
    await expect(page.get_by_text("En del regnes ut når minst 60 % av den er besvart")).to_be_visible()
    async with database.registry(office.organisation_id) as connection:
        form = (await drafts.all_of(connection))[0].questionnaire
    counted = {item.id: item.scoring.reversed for item in form.items() if item.scoring}
    assert counted == {"hva_savner_du": True, "hvor_fornoyd_er_du": False}
    await context.close()


async def test_a_place_a_drawing_and_the_role_of_a_question_are_chosen_by_keyboard_and_can_be_undone(
    server: Server, browser: Browser, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    home = f"{server.url}/kontor/skjemaer/{await _draft(database, office)}"
    context = await browser.new_context(locale="nb-NO", viewport={"width": 360, "height": 740})
    page = await context.new_page()
    await _sign_in(page, server, office)
    await page.goto(home)
    await page.get_by_label("Nytt spørsmål", exact=True).first.fill("Hvor vil du bo?")
    await page.get_by_label("Svares med").first.select_option("place")
    await press(page, "Legg til siden «Huset»")
    await page.get_by_role("heading", level=1).get_by_text("Hvor vil du bo?").wait_for()
    await expect(page.get_by_label("Svar 1", exact=True)).not_to_have_value("")
    await expect(page.get_by_label("Slik ser det ut", exact=True)).to_have_value("select")

    await page.goto(f"{home}/sporsmal/hva_savner_du")
    for number, (words, drawing) in enumerate((("Heis", "trapp"), ("Balkong", "tre"))):
        await page.locator(".more-of summary", has_text=words).focus()
        await page.keyboard.press("Enter")
        await page.locator(f"#choice_picture_{number}").select_option(drawing)
    await page.get_by_label("Slik ser det ut", exact=True).select_option("pictures")
    await expect(page.frame_locator("iframe.phone").locator("img")).to_have_count(2)
    await page.get_by_text("Fagopplysninger").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Rolle i rapporten").select_option("priority")
    await page.get_by_label("Kilde").fill("004:258")
    await page.get_by_role("checkbox", name="Bærekraftige byer og lokalsamfunn").focus()
    await page.keyboard.press("Space")
    await page.get_by_label("Temaer i egen plan").fill("Bomiljø")
    await _shot(page, "drawings-360")
    await press(page, "Lagre og bli her")
    await page.wait_for_url("**melding=draft_saved")
    async with database.registry(office.organisation_id) as connection:
        item = (await drafts.all_of(connection))[0].questionnaire.item("hva_savner_du")
    assert [choice.picture for choice in item.choices] == ["trapp", "tre"] and item.display == "pictures"
    assert (item.role, item.ref, item.tags) == ("priority", "004:258", ("sdg:11", "plan:bomiljo"))
    await page.goto(home)
    await press(page, "Angre")
    await expect(page.get_by_text("Angret.", exact=True)).to_be_visible()
    async with database.registry(office.organisation_id) as connection:
        item = (await drafts.all_of(connection))[0].questionnaire.item("hva_savner_du")
    assert item.role is None and item.display == "list" and not item.tags
    await context.close()
