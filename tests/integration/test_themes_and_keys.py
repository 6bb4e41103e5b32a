"""What a page is about, whether a scale has an order, how research files group people: all at the desk."""

from __future__ import annotations

import html

import httpx
import pytest

from survey.database.pool import Database
from survey.questionnaires import drafts
from tests import offices
from tests.desks import Desk, begin
from tests.offices import Office

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune")


async def test_a_page_gets_a_theme_of_the_house_or_of_ones_own_and_the_report_has_its_name(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    page = (await desk.draft()).document["pages"][0]["id"]
    form = (await desk.draft()).questionnaire
    assert form.label(form.pages[0].module) == "Trivsel i gården"  # nobody reads an id
    fields = await desk.form(f"side/{page}")
    assert fields["module"] == ["skjema"]

    assert (await desk.save(f"side/{page}", module="medvirkning")).status_code == 303
    form = (await desk.draft()).questionnaire
    assert (form.pages[0].module, form.label("medvirkning", "en")) == ("medvirkning", "Having a say")

    assert (await desk.save(f"side/{page}", theme="Bakgården vår")).status_code == 303
    form = (await desk.draft()).questionnaire
    own = form.pages[0].module
    assert form.label(own) == "Bakgården vår"
    assert (await desk.form(f"side/{page}"))["module"] == [own]

    # The same words are the same theme, and a name that no page has is gone with the last of them.
    await desk.do("page", words="Mer om bakgården", id=page)
    other = (await desk.draft()).document["pages"][1]["id"]
    await desk.save(f"side/{other}", theme="bakgården vår ")
    assert [one.module for one in (await desk.draft()).questionnaire.pages] == [own, own]
    await desk.save(f"side/{other}", theme="medvirkning")
    await desk.save(f"side/{page}", module="skjema")
    form = (await desk.draft()).questionnaire
    assert [one.module for one in form.pages] == ["skjema", "medvirkning"]
    assert own not in form.labels

    refused = await desk.save(f"side/{page}", theme="å" * 61)
    assert refused.status_code == 422 and 'id="theme-feil"' in refused.text
    assert (await desk.save(f"side/{page}", module="../oppdiktet")).status_code == 303
    assert (await desk.draft()).questionnaire.pages[0].module == "skjema"


async def test_a_form_without_the_new_fields_changes_none_of_them(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:full", name="Vårt eget")
    before = (await desk.draft()).document
    for path in (f"side/{before['pages'][0]['id']}", "skala/e5", "om"):
        fields = await desk.form(path)
        for name in [*fields]:
            if name in ("module", "theme", "order", "key", "key_place") or name.startswith("band_"):
                del fields[name]
        assert (await desk.send(path, fields)).status_code == 303
    assert (await desk.draft()).document == before


async def test_answers_of_a_scale_stand_in_order_or_beside_each_other(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("scale", answers="Mor\nFar\nAndre")
    scale = (await desk.draft()).document["scales"][0]["id"]
    assert (await desk.form(f"skala/{scale}"))["order"] == ["rising"]
    assert (await desk.save(f"skala/{scale}", order="none")).status_code == 303
    assert (await desk.draft()).questionnaire.scale(scale).ordinal is False
    assert (await desk.form(f"skala/{scale}"))["order"] == ["none"]
    await desk.save(f"skala/{scale}", order="rising")
    assert (await desk.draft()).questionnaire.scale(scale).ordinal is True


async def test_background_questions_are_put_in_order_and_their_answers_together_for_research(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    assert "I forskningsdata" not in (await client.get(f"{desk.home}/om")).text
    await _background(desk, "Hvor gammel er du?", ("Under 25", "25 til 44", "45 til 66", "67 eller mer"))
    await _background(desk, "Hvor lenge har du bodd her?", ("Under ett år", "Lenger"))
    await _background(desk, "Hvem bor du sammen med?", ("Ingen", "Noen"))
    keys = list((await desk.draft()).questionnaire.release_keys)
    assert keys == ["hvor_gammel_er_du", "hvor_lenge_har_du_bodd_her", "hvem_bor_du_sammen_med"]
    page = html.unescape((await client.get(f"{desk.home}/om")).text)
    assert "I forskningsdata" in page and "Slås sammen i gruppe A" in page

    saved = await desk.save("om", key_place=["1", "2", "1"], band_hvor_gammel_er_du=["a", "a", "", "b"])
    assert saved.status_code == 303
    form = (await desk.draft()).questionnaire
    assert form.release_keys == (keys[2], keys[0], keys[1])
    assert form.release_bands == {"hvor_gammel_er_du": ((1, 2),)}  # one answer alone is no group
    shown = await desk.form("om")
    assert shown["band_hvor_gammel_er_du"] == ["a", "a", "", ""]
    async with database.registry(office.organisation_id) as connection:
        assert not await drafts.faulty(connection, await desk.draft())

    await desk.save("om", key_place=["3", "2", "3"])
    assert (await desk.draft()).questionnaire.release_keys == (keys[0], keys[1], keys[2])
    await desk.save("om", band_hvor_gammel_er_du=["", "", "", ""])
    assert (await desk.draft()).questionnaire.release_bands == {}


async def _background(desk: Desk, words: str, answers: tuple[str, ...]) -> None:
    page = (await desk.draft()).document["pages"][0]["id"]
    made = await desk.do("question", part="page", id=page, words=words, starter="choice")
    item = made.headers["location"].rsplit("/", 1)[1]
    await desk.save(
        f"sporsmal/{item}",
        choice_text=[*answers],
        choice_code=[""] * len(answers),
        choice_score=[""] * len(answers),
        flag=["background"],
        special=["vil_ikke_svare"],
    )


async def test_the_check_and_the_steps_are_told_in_the_words_of_the_questionnaire(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    empty = html.unescape((await client.get(desk.home)).text)
    assert "Én ting må rettes før" in empty and "Det er ingen spørsmål på den første siden." in empty
    page = (await desk.draft()).document["pages"][0]["id"]
    await desk.do("question", part="page", id=page, words="Hva er best?", starter="choice")
    await desk.save(
        "sporsmal/hva_er_best", choice_text=["Huset", "huset."], choice_code=["", ""], choice_score=["", ""]
    )
    told = html.unescape((await client.get(desk.home)).text)
    assert "Hva er best? · svaret «huset.»" in told and "To av svarene lyder likt på Bokmål" in told
    assert "Ett råd å vurdere" in told
    await desk.save("om", language=["en"])
    fields = await desk.form("oversettelse/en")
    fields["words"] = [words.strip() or f"English {number}" for number, words in enumerate(fields["words"])]
    assert (await desk.send("oversettelse/en", fields)).status_code == 303
    assert "Oversatte «English»" in html.unescape((await client.get(desk.home)).text)
