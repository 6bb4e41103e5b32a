"""Every button of the editor can be pressed as the page shows it: no form lacks what its step needs."""

from __future__ import annotations

import httpx
import lxml.html

from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts
from tests import offices
from tests.desks import begin
from tests.kinds import document_of_kinds

FILLED = {"words": "Noe nytt", "answers": "Helt uenig\nNøytral\nHelt enig"}


def buttons(page: str, address: str) -> list[tuple[str, dict[str, list[str]]]]:
    """(where to, fields) of every button of every form that is sent, as a browser would send it, with words
    typed where words are asked for and nothing stands."""
    found = []
    for form in lxml.html.fromstring(page).forms:
        if form.method.upper() != "POST" or "logg-ut" in (form.action or ""):
            continue
        typed: dict[str, list[str]] = {}
        for name, value in form.form_values():
            select = bool(form.xpath(f".//select[@name='{name}']"))
            typed.setdefault(name, []).append(value if select else value or FILLED.get(name, ""))
        for button in form.xpath(".//button"):
            name = button.get("name")
            sent = typed | ({name: [button.get("value", "")]} if name else {})
            found.append((button.get("formaction") or form.action or address, sent))
    return found


async def test_no_button_of_the_editor_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    office = await offices.found(database, "Vår kommune")
    staff = office.staff[Role.OFFICER]
    desk = await begin(client, database, office)
    async with database.registry(office.organisation_id) as connection:
        id = await drafts.create(connection, staff, document_of_kinds())
    home = f"/kontor/skjemaer/{id}"
    draft = await _draft(database, office, id)
    pages = ["", "/om", "/poeng", f"/side/{draft.questionnaire.pages[0].id}", "/oversettelse/en"]
    pages += [f"/sporsmal/{entry.id}" for page in draft.questionnaire.pages for entry in page.items]
    pages += [f"/skala/{scale.id}" for scale in draft.questionnaire.scales]
    refused, pressed = [], 0
    for path in pages:
        shown = await client.get(home + path)
        if shown.status_code == 404:
            continue
        for where, sent in buttons(shown.text, home + path):
            if "/arkiv" in where or "/angre" in where:
                continue
            before = (await _draft(database, office, id)).revision
            answer = await client.post(where, data=sent)
            pressed += 1
            if answer.status_code not in (200, 303, 422):
                named = {key: value for key, value in sent.items() if key in ("gjor", "knapp", "part")}
                refused.append((answer.status_code, path, where, named))
            if (await _draft(database, office, id)).revision != before:
                async with database.registry(office.organisation_id) as connection:
                    step, _ = await drafts.last_steps(connection, id)
                    assert step is not None
                    await drafts.undo(connection, staff, id, step.number)
    assert pressed > 60 and desk.id != id
    assert not refused


async def _draft(database: Database, office: offices.Office, id: object) -> drafts.Draft:
    async with database.registry(office.organisation_id) as connection:
        return await drafts.find(connection, id)  # type: ignore[arg-type]
