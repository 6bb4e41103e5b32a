"""A questionnaire that was used is changed: what no longer can be compared begins anew, by a button."""

from __future__ import annotations

import html
import re

import httpx
import lxml.html
import pytest

from survey.campaigns import rounds
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts
from tests import offices
from tests.desks import Desk, begin
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def used(client: httpx.AsyncClient, database: Database, office: Office) -> Desk:
    """Three questions that a round has asked."""
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Hva er best?", starter="choice")
    await desk.save(
        "sporsmal/hva_er_best",
        choice_text=["Huset", "Gata"],
        choice_code=["", ""],
        choice_score=["", ""],
        special=["vil_ikke_svare"],
    )
    for words in ("Er det rolig her?", "Er det trygt her?"):
        await desk.do("question", id="side_1", part="page", words=words, starter="yes_no")
    await freeze(desk, database, office)
    return desk


async def freeze(desk: Desk, database: Database, office: Office) -> None:
    async with database.registry(office.organisation_id) as connection:
        await drafts.freeze(connection, office.staff[Role.OFFICER], desk.id)


async def errors(desk: Desk, database: Database, office: Office) -> list[str]:
    async with database.registry(office.organisation_id) as connection:
        found = await drafts.faults(connection, await drafts.find(connection, desk.id))
    return [fault.kind for fault in found if fault.severity == "error"]


async def test_a_question_with_another_answer_begins_anew_by_a_button_that_can_be_undone(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await used(client, database, office)
    await desk.save(
        "sporsmal/hva_er_best",
        choice_text=["Huset", "Gata", "Naboene"],
        choice_code=["1", "2", ""],
        choice_score=["", "", ""],
    )
    assert await errors(desk, database, office) == ["meaning_kept"]
    for page in (
        (await client.get(desk.home)).text,
        (await client.get(f"{desk.home}/sporsmal/hva_er_best")).text,
    ):
        assert "Spørsmålet er endret siden det ble brukt" in page and "«meaning»" not in page
        assert len(re.findall('value="renew"', page)) == 1

    renewed = await desk.do("renew", part="entry", id="hva_er_best", stay="hva_er_best")
    assert renewed.status_code == 303 and "/sporsmal/hva_er_best?" in renewed.headers["location"]
    assert "Spørsmålet begynner på nytt" in (await client.get(renewed.headers["location"])).text
    assert (await desk.draft()).questionnaire.item("hva_er_best").meaning == "hva_er_best_2"
    assert await errors(desk, database, office) == []
    assert "Klart til bruk" in (await client.get(desk.home)).text

    assert (await desk.undo()).status_code == 303
    assert (await desk.draft()).questionnaire.item("hva_er_best").meaning == "hva_er_best"


async def test_no_meaning_comes_back_that_any_version_had(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await used(client, database, office)
    had = {"er_det_rolig_her"}
    for _ in range(3):
        assert (await desk.do("renew", part="entry", id="er_det_rolig_her")).status_code == 303
        meaning = (await desk.draft()).questionnaire.item("er_det_rolig_her").meaning
        assert meaning not in had
        had.add(meaning)
        await freeze(desk, database, office)
    assert (await desk.do("renew", part="entry", id="finnes_ikke")).status_code == 404


async def test_other_words_for_what_may_be_another_question_offer_the_same(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await used(client, database, office)
    await desk.save("sporsmal/er_det_trygt_her", text="Hvor mange ganger har heisen stått stille?")
    page = html.unescape((await client.get(desk.home)).text)
    # The number of the version goes up by itself: nobody is told to mend it.
    assert "nytt versjonsnummer" not in page and "nummeret går opp av seg selv" in page
    assert "Er det et annet spørsmål nå, så la det begynne på nytt" in page
    await desk.do("renew", part="entry", id="er_det_trygt_her")
    assert "la det begynne på nytt" not in html.unescape((await client.get(desk.home)).text)


async def test_what_has_changed_since_a_round_asked_is_told_with_the_answers_it_touches(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        version = (await rounds.find(connection, round_id)).questionnaire_version_id
    desk = await begin(client, database, office, start=f"version:{version}", name="")
    assert "Ingenting er endret" in (await client.get(f"{desk.home}/endret")).text
    items = [item for item in (await desk.draft()).questionnaire.items() if item.scale == "f5"]
    other, worded = items[0].id, items[1]
    await desk.save(f"sporsmal/{other}", answers="t5")
    await desk.save(f"sporsmal/{worded.id}", text=f"{worded.text.get('nb')} ")
    await desk.save(f"sporsmal/{worded.id}", help="Tenk på det siste året.")
    first = (await desk.draft()).document["pages"][0]["id"]
    await desk.do("question", id=first, part="page", words="Er det rolig her?", starter="yes_no")

    shown = lxml.html.fromstring((await client.get(f"{desk.home}/endret")).text)
    told = {one.get("id"): one.getparent() for one in shown.xpath("//section/h2")}
    assert items[0].text.get("nb") in told["gruppe-breaks"].text_content()
    assert "Er det rolig her?" in told["gruppe-new"].text_content()
    assert worded.text.get("nb") in told["gruppe-goes_on"].text_content()
    assert "Tell svarene" in told["svar"].text_content()

    counted = await client.get(f"{desk.home}/endret/svar?mot={version}")
    assert counted.status_code == 200 and "svar fra før." in html.unescape(counted.text)
    assert "Svarene er fra: Runde 2025" in html.unescape(counted.text)


async def test_a_questionnaire_that_nobody_was_asked_has_nothing_to_compare_with(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    for path in ("endret", "endret/svar"):
        page = await client.get(f"{desk.home}/{path}")
        assert page.status_code == 200 and "Ingenting å sammenligne med" in page.text


async def test_what_the_check_says_at_the_desk_names_no_field_of_a_file(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:kort", name="")
    first = next(item.id for item in (await desk.draft()).questionnaire.items() if item.role == "overall")
    await desk.save(f"sporsmal/{first}", flag=["sensitive", "background"])
    await desk.save("om", language=["nn", "so"])
    side = (await desk.draft()).document["pages"][0]["id"]
    await desk.do("question", id=side, part="page", words="Vil du svare på mer?", starter="consent")
    await desk.do("question", id=side, part="page", words="Hva er verst?", starter="choice")
    page = html.unescape((await client.get(desk.home)).text)

    assert page.count('class="told error"') >= 3
    assert not re.findall(r"«(?:role|scoring|sensitive|unchecked|specials|choices|languages|show_if)»", page)
