"""The forms of a questionnaire: conditions of answers and rows, demands, what is reckoned, scales, tags."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.desks import Desk, begin, fields_of
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def desk_with_two_pages(client: httpx.AsyncClient, database: Database, office: Office) -> Desk:
    """Numbers and a choice on the first page, an empty second one."""
    desk = await begin(client, database, office)
    for words, starter in (
        ("Er det heis?", "yes_no"),
        ("Hvor mange rom?", "number"),
        ("Hvor mange bor her?", "number"),
        ("Hva heter du?", "line"),
    ):
        await desk.do("question", id="side_1", part="page", words=words, starter=starter)
    await desk.do("page", words="Mer")
    return desk


async def two_at_once(desk: Desk, elsewhere: httpx.AsyncClient, database: Database, office: Office) -> Desk:
    await offices.sign_in(elsewhere, office, Role.ADMINISTRATOR)
    return Desk(elsewhere, await offices.token_for(elsewhere), desk.id, database, office)


async def test_one_answer_is_given_only_to_those_it_is_for_and_read_back_in_plain_words(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Hva savner du?", starter="multi")
    await desk.save("sporsmal/hva_savner_du", choice_text=["Heis", "Balkong"], choice_code=["", ""])
    path = "sporsmal/hva_savner_du/svar/heis"
    assert f"{desk.home}/{path}" in (await client.get(f"{desk.home}/sporsmal/hva_savner_du")).text
    fetched = await desk.save(path, cond_item=["er_det_heis", ""], knapp="vilkar")
    typed = fields_of(fetched.text)
    other = await two_at_once(desk, elsewhere, database, office)
    theirs = await other.form(path)
    saved = await desk.send(path, typed, cond_pick=["0:nei"])
    assert saved.status_code == 303 and "hva_savner_du" in saved.headers["location"]
    heis, balkong = (await desk.draft()).questionnaire.item("hva_savner_du").choices
    assert (heis.show_if, balkong.show_if) == ('answers.er_det_heis == "nei"', None)
    page = html.unescape((await client.get(f"{desk.home}/sporsmal/hva_savner_du")).text)
    assert "Vises når svaret på «Er det heis?» er «Nei»." in page
    refused = await other.send(path, theirs, cond_item=["hvor_mange_rom"], cond_op=["over"], cond_value=["2"])
    assert refused.status_code == 409 and "En annen har endret" in refused.text
    await desk.save("sporsmal/hva_savner_du", text="Hva savner du mest?")
    assert (await desk.draft()).questionnaire.item("hva_savner_du").choices[0].show_if is not None
    await desk.undo()
    await desk.undo()
    assert (await desk.draft()).questionnaire.item("hva_savner_du").choices[0].show_if is None
    assert (await client.get(f"{desk.home}/sporsmal/hva_savner_du/svar/borte")).status_code == 404


async def test_a_row_of_a_matrix_and_an_answer_of_a_scale_have_conditions_of_their_own(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Hvor enig er du?", starter="matrix")
    await desk.do("row", id="hvor_enig_er_du", words="Heisen virker.")
    conditions = {"cond_item": ["er_det_heis"], "cond_op": ["one_of"], "cond_pick": ["0:ja"]}
    assert (await desk.save("sporsmal/heisen_virker", **conditions)).status_code == 303
    assert (await desk.save("skala/e5/svar/helt_enig", **conditions)).status_code == 303
    form = (await desk.draft()).questionnaire
    assert form.item("heisen_virker").show_if == 'answers.er_det_heis == "ja"'
    assert form.scale("e5").choices[-1].show_if == 'answers.er_det_heis == "ja"'
    said = "Vises når svaret på «Er det heis?» er «Ja»."
    for path in ("sporsmal/hvor_enig_er_du", "skala/e5"):
        assert said in html.unescape((await client.get(f"{desk.home}/{path}")).text), path


async def test_a_demand_is_made_in_rows_with_its_own_words_in_every_language(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.save("om", language=["nn", "en"])
    await desk.do("question", id="side_1", part="page", words="Hvor mange av dem er barn?", starter="number")
    new = "sporsmal/hvor_mange_av_dem_er_barn/krav/ny"
    begun = await desk.form(new)
    assert begun["cond_item"][0] == "hvor_mange_av_dem_er_barn"
    empty = await desk.save(new, cond_item=[""])
    assert empty.status_code == 422 and 'href="#vilkar"' in empty.text and 'href="#must_nb"' in empty.text
    made = await desk.save(
        new,
        cond_item=["hvor_mange_av_dem_er_barn", ""],
        cond_op=["at_most", ""],
        cond_value=["", ""],
        cond_other=["hvor_mange_bor_her", ""],
        must_nb="Det kan ikke være flere barn enn dem som bor her.",
        must_nn="Det kan ikkje vere fleire barn enn dei som bur her.",
        must_en="There cannot be more children than people living here.",
    )
    assert made.status_code == 303, made.text[-3000:]
    (must,) = (await desk.draft()).questionnaire.item("hvor_mange_av_dem_er_barn").must
    assert must.condition == "answers.hvor_mange_av_dem_er_barn <= answers.hvor_mange_bor_her"
    assert set(must.text.root) == {"nb", "nn", "en"}
    page = html.unescape((await client.get(f"{desk.home}/sporsmal/hvor_mange_av_dem_er_barn")).text)
    assert (
        "Dette må stemme: svaret på «Hvor mange av dem er barn?» er høyst svaret på «Hvor mange bor" in page
    )

    other = await two_at_once(desk, elsewhere, database, office)
    path = new.replace("/ny", "/0")
    mine, theirs = await desk.form(path), await other.form(path)
    assert mine["cond_other"][0] == "hvor_mange_bor_her"
    assert (await desk.send(path, mine, must_nb="Ikke flere barn enn folk.")).status_code == 303
    refused = await other.send(path, theirs, must_nb="Noe helt annet.")
    assert refused.status_code == 409 and "Ikke flere barn enn folk." in refused.text
    assert "Noe helt annet." in refused.text

    page = (await client.get(f"{desk.home}/sporsmal/hvor_mange_av_dem_er_barn")).text
    mark = re.search(
        r'value="hvor_mange_av_dem_er_barn/0"><input type="hidden" name="mark" value="(\w+)"', page
    )
    assert mark
    gone = await desk.do("delete", part="must", id="hvor_mange_av_dem_er_barn/0", mark=mark[1], stay="1")
    assert gone.status_code == 303
    assert (await desk.draft()).questionnaire.item("hvor_mange_av_dem_er_barn").must == ()
    await desk.undo()
    assert len((await desk.draft()).questionnaire.item("hvor_mange_av_dem_er_barn").must) == 1


async def test_crowding_is_worked_out_from_rooms_and_persons_without_writing_a_formula(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Bor de trangt?", starter="sorted")
    path = "sporsmal/bor_de_trangt"
    rows = {
        "calc_item": ["hvor_mange_bor_her", "hvor_mange_rom", ""],
        "calc_op": ["plus", "divided", "plus"],
        "calc_number": ["", "", ""],
        "case_op": ["over"],
        "case_limit": ["2"],
        "case_value": ["ja"],
        "case_otherwise": "nei",
    }
    looked = await desk.save(path, **rows, knapp="vilkar")
    assert looked.status_code == 200 and "delt på" in html.unescape(looked.text)
    assert (await desk.save(path, **rows)).status_code == 303
    form = (await desk.draft()).questionnaire
    computed = form.item("bor_de_trangt").computed or ""
    assert "answers.hvor_mange_bor_her / answers.hvor_mange_rom" in computed
    sent = {"csrf": desk.token, "_svar": "{}", "_side": "side_1", "_handling": "neste"}
    trial = await client.post(
        f"{desk.home}/prov", data={**sent, "hvor_mange_rom.1": "2", "hvor_mange_bor_her.1": "5"}
    )
    assert trial.status_code == 200
    again = await desk.form(path)
    assert again["calc_item"][:2] == ["hvor_mange_bor_her", "hvor_mange_rom"]
    assert again["case_limit"][0] == "2" and again["case_value"][0] == "ja"
    none = await desk.save(path, case_limit=[""])
    assert none.status_code == 422 and 'href="#case_0"' in none.text
    wrong = await desk.save(path, calc_item=["", ""], calc_number=["mange", ""])
    assert wrong.status_code == 422 and 'href="#calc_0"' in wrong.text


async def test_what_rows_cannot_reckon_is_written_and_read_back_and_two_do_not_overwrite_each_other(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Rom i alt", starter="computed")
    path = "sporsmal/rom_i_alt"
    other = await two_at_once(desk, elsewhere, database, office)
    theirs = await other.form(path)
    turned = await desk.save(path, knapp="regn_kilde")
    rich = "answers.hvor_mange_rom + 2 * answers.hvor_mange_bor_her"
    saved = await desk.send(path, fields_of(turned.text), calc_source=rich)
    assert saved.status_code == 303, saved.text[-2000:]
    fields = await desk.form(path)
    assert fields["calc_way"] == ["source"]
    page = html.unescape((await client.get(f"{desk.home}/{path}")).text)
    assert "Regnes ut slik: Svaret på «Hvor mange rom?» pluss" in page
    refused = await other.send(path, theirs, calc_item=["hvor_mange_rom"], calc_number=[""])
    assert refused.status_code == 409
    unread = await desk.save(path, calc_source="answers.rom +")
    assert unread.status_code == 422 and 'href="#calc_source"' in unread.text


async def test_what_an_answer_is_worth_can_be_reckoned_with(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Hvor mange rom?", starter="choice")
    saved = await desk.save(
        "sporsmal/hvor_mange_rom",
        choice_text=["Ett", "To", "Husker ikke"],
        choice_code=["", "", ""],
        choice_number=["1", "2", ""],
        choice_picture=["hus", "blokk", ""],
        choice_off=["2"],
    )
    assert saved.status_code == 303
    choices = (await desk.draft()).questionnaire.item("hvor_mange_rom").choices
    assert [(c.number, c.picture, c.off_scale) for c in choices] == [
        (1, "hus", False),
        (2, "blokk", False),
        (None, None, True),
    ]
    await desk.do("question", id="side_1", part="page", words="Dobbelt", starter="computed")
    assert 'value="hvor_mange_rom"' in (await client.get(f"{desk.home}/sporsmal/dobbelt")).text
    wrong = await desk.save("sporsmal/hvor_mange_rom", choice_number=["mange", "2", ""])
    assert wrong.status_code == 422 and 'href="#choice_number_0"' in wrong.text
    moved = await desk.save("sporsmal/hvor_mange_rom", knapp="ned:0")
    assert fields_of(moved.text)["choice_number"][:3] == ["2", "1", ""]
    assert fields_of(moved.text)["choice_picture"][:2] == ["blokk", "hus"]


async def test_an_earlier_closed_answer_is_put_into_a_text_and_an_open_one_is_refused(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Du svarte", starter="text")
    path = "sporsmal/du_svarte"
    page = (await client.get(f"{desk.home}/{path}")).text
    offered = re.search(r'<select id="pipe_item".*?</select>', page, re.DOTALL)
    assert offered and "er_det_heis" in offered[0] and "hva_heter_du" not in offered[0]
    chosen = {"pipe_item": "er_det_heis", "pipe_word": "noe {annet}", "pipe_to": "text"}
    put = await desk.save(path, **chosen, knapp="sett_inn")
    fields = fields_of(put.text)
    assert put.status_code == 200 and fields["text"][0].strip() == ("Du svarte {er_det_heis|noe annet}")
    assert (await desk.send(path, fields)).status_code == 303
    assert "Klart til bruk" in (await client.get(desk.home)).text
    nothing = await desk.save(path, knapp="sett_inn")
    assert nothing.status_code == 422 and 'href="#pipe_item"' in nothing.text
    for field, where in (("text", path), ("help", path), ("intro", "side/mer"), ("title", "side/mer")):
        refused = await desk.save(where, **{field: "Hei, {hva_heter_du|du}!"})
        assert refused.status_code == 422 and "«Hva heter du?» kan ikke settes inn" in refused.text, field
    await desk.save("om", language=["nn"])
    fields = await desk.form("oversettelse/nn")
    fields["words"] = ["Hei, {hva_heter_du|du}!" for _ in fields["words"]]
    refused = await desk.send("oversettelse/nn", fields)
    assert refused.status_code == 422 and "kan ikke settes inn" in refused.text


async def test_a_condition_is_turned_into_words_of_ones_own_and_back_into_rows(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.do("question", id="mer", part="page", words="Hvorfor?", starter="text")
    path = "sporsmal/hvorfor"
    rows = {"cond_item": ["er_det_heis"], "cond_op": ["one_of"], "cond_pick": ["0:nei"]}
    written = fields_of((await desk.save(path, **rows, knapp="kilde")).text)
    assert written["cond_source"][0].strip() == 'answers.er_det_heis == "nei"'
    back = fields_of((await desk.send(path, written, knapp="rader")).text)
    assert back["cond_item"][0] == "er_det_heis" and back["cond_pick"] == ["0:nei"]
    rich = 'answers.er_det_heis == "nei" && (answers.hvor_mange_rom > 2 || answers.hvor_mange_bor_her > 2)'
    stays = fields_of((await desk.send(path, written, cond_source=rich, knapp="rader")).text)
    assert stays["cond_way"] == ["source"] and stays["cond_source"][0].strip() == rich


async def test_a_place_is_chosen_among_the_areas_of_the_register(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    async with database.registry(office.organisation_id) as connection:
        areas = [row["name"] for row in await connection.fetch("select name from registry.areas")]
    await desk.do("question", id="side_1", part="page", words="Hvor vil du bo?", starter="place")
    item = (await desk.draft()).questionnaire.item("hvor_vil_du_bo")
    assert item.display == "select" and item.kind == "choice"
    assert sorted(choice.text.get("nb") for choice in item.choices) == sorted(set(areas)) != []


async def test_a_scale_of_ones_own_is_made_copied_and_used(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    one = await desk.do("scale", answers="Bare ett")
    assert one.status_code == 422 and 'href="#new-scale"' in one.text and "Bare ett" in one.text
    made = await desk.do("scale", answers="Aldri\n\nAv og til\r\n  Ofte  \n")
    assert made.status_code == 303 and made.headers["location"].endswith("/skala/skala_aldri")
    copied = await desk.do("copy", part="scale", id="skala_aldri")
    assert copied.headers["location"].endswith("/skala/skala_aldri_2")
    fields = await desk.form("skala/skala_aldri_2")
    fields["choice_text"][2] = "Svært ofte"
    fields["choice_text"][3] = "Flyttet nylig inn"
    fields["choice_off"] = ["3"]
    assert (await desk.send("skala/skala_aldri_2", fields)).status_code == 303
    form = (await desk.draft()).questionnaire
    assert [c.text.get("nb") for c in form.scale("skala_aldri").choices] == ["Aldri", "Av og til", "Ofte"]
    assert [c.score for c in form.scale("skala_aldri").choices] == [0, 50, 100]
    assert [c.off_scale for c in form.scale("skala_aldri_2").choices] == [False, False, False, True]
    await desk.do("question", id="side_1", part="page", words="Hvor ofte er du ute?", starter="choice")
    await desk.save("sporsmal/hvor_ofte_er_du_ute", answers="skala_aldri_2")
    assert (await desk.draft()).questionnaire.item("hvor_ofte_er_du_ute").scale == "skala_aldri_2"
    for _ in range(3):
        await desk.undo()
    assert [scale.id for scale in (await desk.draft()).questionnaire.scales] == [
        "skala_aldri",
        "skala_aldri_2",
    ]


async def test_tags_source_role_and_drawings_are_fields_of_the_question(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Kan vi sitere deg?", starter="yes_no")
    path = "sporsmal/kan_vi_sitere_deg"
    saved = await desk.save(
        path, role="quote_consent", ref="004:258", tag=["sdg:11", "begripelig"], plan="Bomiljø, Boligsosialt"
    )
    assert saved.status_code == 303
    item = (await desk.draft()).questionnaire.item("kan_vi_sitere_deg")
    assert (item.role, item.ref) == ("quote_consent", "004:258")
    assert item.tags == ("sdg:11", "begripelig", "plan:bomiljo", "plan:boligsosialt")
    assert "Klart til bruk" in (await client.get(desk.home)).text
    many = await desk.save(path, plan=", ".join(f"tema {n}" for n in range(50)))
    assert many.status_code == 422 and 'href="#plan"' in many.text
    await desk.save(path, role="", tag=[], plan="", ref="")
    item = (await desk.draft()).questionnaire.item("kan_vi_sitere_deg")
    assert (item.role, item.ref, item.tags) == (None, "", ())
    await desk.do("question", id="side_1", part="page", words="Hvordan har du det?", starter="pictures")
    drawn = await desk.save(
        "sporsmal/hvordan_har_du_det",
        choice_text=["Bra", "Dårlig"],
        choice_code=["", ""],
        choice_number=["", ""],
        choice_picture=["glad", "lei"],
    )
    assert drawn.status_code == 303
    shown = (await client.get(f"{desk.home}/sporsmal/hvordan_har_du_det/vis")).text
    assert "/pictures/glad.svg" in shown and "/pictures/lei.svg" in shown


async def test_an_index_is_made_from_a_blank_page_and_two_at_once_do_not_overwrite_each_other(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    for words, starter in (("Hvor fornøyd er du?", "satisfied"), ("Er du enig?", "agree"), ("Navn?", "line")):
        await desk.do("question", id="side_1", part="page", words=words, starter=starter)
    nothing = await desk.save("poeng")
    assert nothing.status_code == 422 and 'href="#part-0"' in nothing.text
    wrong = await desk.save("poeng", part_name=["Boligen", ""], share="mye")
    assert wrong.status_code == 422 and 'href="#share"' in wrong.text and 'value="Boligen"' in wrong.text
    assert (await desk.save("poeng", part_name=["Boligen", "Naboene"], share="60")).status_code == 303
    other = await two_at_once(desk, elsewhere, database, office)
    fields, theirs = await desk.form("poeng"), await other.form("poeng")
    assert fields["asked"] == ["hvor_fornoyd_er_du", "er_du_enig"], "words of one's own have no points"
    fields["counts"] = ["boligen", "naboene"]
    assert (await desk.send("poeng", fields, reversed=["er_du_enig"])).status_code == 303
    form = (await desk.draft()).questionnaire
    assert form.index is not None and form.index.min_answered == 0.6
    assert form.index.objects == ("boligen", "naboene") and form.label("naboene") == "Naboene"
    counted = {item.id: item.scoring for item in form.items() if item.scoring}
    assert counted["er_du_enig"].reversed and not counted["hvor_fornoyd_er_du"].reversed
    assert "Klart til bruk" in (await client.get(desk.home)).text
    refused = await other.send("poeng", theirs, share="90")
    assert refused.status_code == 409 and "En annen har endret" in refused.text
    assert 'value="90"' in refused.text and "Er du enig?: Naboene (-)" in refused.text
    await desk.save("poeng", part_name=["", ""])
    form = (await desk.draft()).questionnaire
    assert form.index is None and not [item for item in form.items() if item.scoring] and not form.labels
    await desk.undo()
    assert (await desk.draft()).questionnaire.index is not None


async def test_texts_that_a_language_lacks_are_told_once_with_how_many_they_are(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    await desk.save("om", language=["nn", "en"])
    page = html.unescape((await client.get(desk.home)).text)
    lacking = re.findall(r"<strong>(\w+): (\d+) tekster mangler\.</strong>", page)
    assert [language for language, _ in lacking] == ["Nynorsk", "English"]
    assert "2 ting må rettes" in page and f'href="{desk.home}/oversettelse/nn"' in page
    own = html.unescape((await client.get(f"{desk.home}/sporsmal/hvor_mange_rom")).text)
    assert "Nynorsk: én tekst mangler." in own
    fields = await desk.form("oversettelse/nn")
    await desk.send("oversettelse/nn", fields, words=["Omsett" for _ in fields["words"]])
    assert not re.search(r"Nynorsk: \S+ tekst", html.unescape((await client.get(desk.home)).text))


async def test_what_is_typed_for_a_demand_comes_back_when_a_session_ends_or_its_question_is_gone(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await desk_with_two_pages(client, database, office)
    path = "sporsmal/hva_heter_du/krav/ny"
    typed = await desk.form(path)
    assert (await desk.undo()).status_code == 303, "the page, added last"
    assert (await desk.undo()).status_code == 303, "the question"
    gone = await desk.send(path, typed, must_nb="Nøye tenkt ordlyd")
    assert gone.status_code == 409 and "Nøye tenkt ordlyd" in gone.text
    path = "sporsmal/hvor_mange_rom/krav/ny"
    typed = await desk.form(path)
    async with database.owner() as connection:
        await connection.execute("update registry.sessions set expires_at = now() - interval '1 minute'")
    typed |= {"counts": ["boligen"], "calc_item": ["hvor_mange_rom"], "pipe_word": ["ord"]}
    for where in (path, "sporsmal/er_det_heis/svar/ja", "skala/ja_nei/svar/ja", "poeng"):
        door = await desk.send(where, typed, must_nb="Nøye tenkt ordlyd")
        assert door.status_code == 401 and "Nøye tenkt ordlyd" in door.text, where
        kept = set(re.findall(r'name="skrevet\.([^"]+)"', door.text))
        assert typed.keys() - {"csrf"} <= kept, (where, typed.keys() - kept)


async def test_large_and_fine_numbers_are_shown_as_they_were_typed_and_can_be_saved_again(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Hva betaler du i leie?", starter="number")
    path = "sporsmal/hva_betaler_du_i_leie"
    assert (await desk.save(path, minimum="0,125", maximum="1 250 000")).status_code == 303
    fields = await desk.form(path)
    assert (fields["minimum"], fields["maximum"]) == (["0,125"], ["1250000"])
    assert (await desk.save(path, help="Omtrent.")).status_code == 303
    item = (await desk.draft()).questionnaire.item("hva_betaler_du_i_leie")
    assert (item.minimum, item.maximum) == (0.125, 1_250_000)
