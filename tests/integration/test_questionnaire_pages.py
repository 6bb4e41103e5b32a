"""The office makes its own questionnaires: every step is kept, and can be taken back."""

from __future__ import annotations

import html
import re
from uuid import UUID

import httpx
import lxml.html
import pytest

from forms.loading import content_hash, shipped
from forms.modules import MODULES
from survey.campaigns import rounds
from survey.database.pool import Database
from survey.people import audit
from survey.people.roles import Role
from survey.questionnaire_files import as_xlsform, as_yaml, read_questionnaire, write_workbook
from survey.questionnaires import drafts
from tests import offices
from tests.desks import HERE, Desk, begin, fields_of
from tests.offices import Office

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


async def test_an_officer_makes_a_questionnaire_from_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    added = await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    assert added.status_code == 303 and added.headers["location"].endswith("/sporsmal/er_det_heis")
    await desk.do("page", words="Mer om huset")
    await desk.do("question", id="mer_om_huset", part="page", words="Hva savner du?", starter="multi")
    saved = await desk.save(
        "sporsmal/hva_savner_du",
        choice_text=["Heis", "Balkong", "Ingen av disse"],
        choice_code=["", "", ""],
        choice_score=["", "", ""],
        choice_exclusive=["2"],
        special=["vet_ikke"],
        help="Kryss av for alt som passer.",
    )
    assert saved.status_code == 303
    page = (await client.get(desk.home)).text
    assert "Klart til bruk" in page and "2 spørsmål" in page
    item = (await desk.draft()).questionnaire.item("hva_savner_du")
    assert [(c.code, c.value, c.exclusive) for c in item.choices] == [
        (1, "heis", False),
        (2, "balkong", False),
        (3, "ingen_av_disse", True),
    ]
    assert item.specials == ("vet_ikke",) and item.help is not None


async def test_the_number_of_the_version_can_be_written_and_only_as_a_number(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    assert fields_of((await client.get(f"{desk.home}/om")).text)["version"] == ["1.0"]
    assert (await desk.save("om", version="2.0")).status_code == 303
    assert (await desk.draft()).questionnaire.version == "2.0"
    for wrong in ("to", "2", "2.0 beta", "-1.0", "2.0.0.0", "1" * 30 + ".0"):
        refused = await desk.save("om", version=wrong)
        assert refused.status_code != 303 and "Skriv et versjonsnummer som 1.0" in refused.text
    assert (await desk.save("om", version="")).status_code == 303
    assert (await desk.draft()).questionnaire.version == "2.0", "left empty, it stays"


async def test_who_types_signs_that_nobody_sees_is_told_that_they_are_gone(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    saved = await desk.save("sporsmal/er_det_heis", text="Er det \u202eheis\u200b her?")
    assert (await desk.draft()).questionnaire.item("er_det_heis").text.get("nb") == "Er det heis her?"
    assert "tegn som ingen ser" in (await client.get(saved.headers["location"])).text
    saved = await desk.save("sporsmal/er_det_heis", text="Er det heis i huset?")
    page = (await client.get(saved.headers["location"])).text
    assert "Lagret." in page and "tegn som ingen ser" not in page


async def test_the_form_of_every_question_of_the_house_saves_what_it_shows_and_nothing_else(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:full", name="")
    before = (await desk.draft()).questionnaire
    paths = [f"side/{page.id}" for page in before.pages]
    paths += [f"sporsmal/{entry.id}" for page in before.pages for entry in page.items]
    paths += [f"sporsmal/{item.id}" for item in before.items()]
    paths += [f"skala/{scale.id}" for scale in before.scales] + ["om"]
    for path in dict.fromkeys(paths):
        assert (await desk.save(path)).status_code == 303, path
    assert content_hash((await desk.draft()).questionnaire) == content_hash(before)


async def test_a_language_that_none_of_ours_speaks_is_a_draft_until_somebody_has_read_it(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    assert (await desk.save("om", language=["nn", "ar", "pl"])).status_code == 303
    draft = await desk.draft()
    assert draft.questionnaire.languages == ("nb", "nn", "pl", "ar")
    assert set(draft.questionnaire.unchecked) == {"pl", "ar"}
    texts = (await client.get(f"{desk.home}/oversettelse/ar")).text
    assert 'lang="ar" dir="rtl"' in texts

    assert "Arabisk: en som kan språket, har lest alt" in (await client.get(f"{desk.home}/om")).text
    await desk.save("om", read=["ar"])
    assert (await desk.draft()).questionnaire.unchecked == ("pl",)
    await desk.save("om", language=["nn", "ar"])
    questionnaire = (await desk.draft()).questionnaire
    assert questionnaire.languages == ("nb", "nn", "ar") and questionnaire.unchecked == ()


async def test_every_step_can_be_taken_back_and_done_again(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:kort", name="")
    before = (await desk.draft()).document
    first = before["pages"][0]["items"][0]["id"]
    page = (await client.get(desk.home)).text
    mark = re.search(rf'value="{first}"><input type="hidden" name="mark" value="(\w+)"', page)
    assert mark
    deleted = await desk.do("delete", part="entry", id=first, mark=mark[1])
    assert deleted.status_code == 303
    after = (await desk.draft()).document
    assert after != before
    await desk.do("copy", part="page", id=before["pages"][1]["id"])
    await desk.do("down", part="page", id=before["pages"][1]["id"])
    for _ in range(3):
        assert (await desk.undo()).status_code == 303
    assert (await desk.draft()).document == before
    shown = (await client.get(desk.home)).text
    again = re.search(r'name="number" value="(\d+)"><input type="hidden" name="igjen"', shown)
    assert again
    await client.post(f"{desk.home}/angre", data={"csrf": desk.token, "number": again[1], "igjen": "1"})
    assert (await desk.draft()).document == after
    nothing = await client.post(f"{desk.home}/angre", data={"csrf": desk.token, "number": "99"})
    assert nothing.status_code == 409 and "Skjemaet er endret" in nothing.text


async def test_only_the_last_fifty_steps_are_kept(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    for number in range(53):
        await desk.save("om", title=f"Navn {number}")
    async with database.registry(office.organisation_id) as connection:
        kept = await connection.fetchval("select count(*) from registry.questionnaire_steps")
    assert kept == drafts.KEPT_STEPS


async def test_two_officers_on_different_questions_stand_in_nobodys_way(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    await desk.do("question", id="side_1", part="page", words="Er det stille?", starter="yes_no")
    await offices.sign_in(elsewhere, office, Role.ADMINISTRATOR)
    other = Desk(elsewhere, await offices.token_for(elsewhere), desk.id, database, office)
    mine, theirs = await desk.form("sporsmal/er_det_heis"), await other.form("sporsmal/er_det_stille")
    assert (await desk.send("sporsmal/er_det_heis", mine, text="Har huset heis?")).status_code == 303
    assert (await other.send("sporsmal/er_det_stille", theirs, text="Er det rolig?")).status_code == 303
    texts = {item.id: item.text.get("nb") for item in (await desk.draft()).questionnaire.items()}
    assert texts == {"er_det_heis": "Har huset heis?", "er_det_stille": "Er det rolig?"}


async def test_the_second_on_the_same_question_sees_both_and_nothing_is_lost(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    await offices.sign_in(elsewhere, office, Role.ADMINISTRATOR)
    other = Desk(elsewhere, await offices.token_for(elsewhere), desk.id, database, office)
    path = "sporsmal/er_det_heis"
    mine, theirs = await desk.form(path), await other.form(path)
    assert (await desk.send(path, mine, text="Har huset heis?")).status_code == 303
    refused = await other.send(path, theirs, text="Finnes det heis?", help="Også vareheis.")
    assert refused.status_code == 409
    assert "Har huset heis?" in refused.text and "Finnes det heis?" in refused.text
    assert "Slik står det nå" in refused.text and "Også vareheis." in refused.text
    assert (await desk.draft()).questionnaire.item("er_det_heis").text.get("nb") == "Har huset heis?"
    again = await other.client.post(
        f"{other.home}/{path}", data={**fields_of(refused.text), "knapp": "lagre"}
    )
    assert again.status_code == 303
    kept = (await desk.draft()).questionnaire.item("er_det_heis")
    assert kept.text.get("nb") == "Finnes det heis?" and kept.help is not None


async def test_what_somebody_changed_meanwhile_is_not_deleted_unseen(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    page = (await client.get(desk.home)).text
    mark = re.search(r'value="er_det_heis"><input type="hidden" name="mark" value="(\w+)"', page)
    assert mark
    await desk.save("sporsmal/er_det_heis", text="Har huset heis?")
    refused = await desk.do("delete", part="entry", id="er_det_heis", mark=mark[1])
    assert refused.status_code == 409 and "ikke slettet" in refused.text
    assert [item.id for item in (await desk.draft()).questionnaire.items()] == ["er_det_heis"]


async def test_words_typed_for_a_question_that_was_deleted_meanwhile_are_shown(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    typed = await desk.form("sporsmal/er_det_heis")
    assert (await desk.undo()).status_code == 303
    gone = await desk.send("sporsmal/er_det_heis", typed, text="Lang og nøye tenkt ordlyd")
    assert gone.status_code == 409 and "Lang og nøye tenkt ordlyd" in gone.text


async def test_a_condition_is_chosen_in_rows_and_read_back_in_plain_words(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    await desk.do("page", words="Mer")
    await desk.do("question", id="mer", part="page", words="Hvorfor ikke?", starter="text")
    path = "sporsmal/hvorfor_ikke"
    fetched = await desk.save(path, cond_item=["er_det_heis", ""], knapp="vilkar")
    assert fetched.status_code == 200 and 'value="0:nei"' in fetched.text
    fields = fields_of(fetched.text)
    saved = await desk.send(path, fields, cond_pick=["0:nei"])
    assert saved.status_code == 303
    assert (await desk.draft()).questionnaire.item("hvorfor_ikke").show_if == 'answers.er_det_heis == "nei"'
    page = html.unescape((await client.get(desk.home)).text)
    assert "Vises når svaret på «Er det heis?» er «Nei»." in page
    shown = (await client.get(f"{desk.home}/{path}")).text
    assert 'value="0:nei" checked' in shown
    missing = await desk.save(path, cond_pick=[])
    assert missing.status_code == 422 and 'href="#cond_item_0"' in missing.text


async def test_a_condition_that_rows_cannot_say_is_edited_as_it_is_written(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    rich = shipped("boindeks")
    pages = list(rich.pages)
    pages[-1] = pages[-1].model_copy(
        update={"show_if": '!(answers.alder == "18_34" && answers.husstand != "")'}
    )
    changed = rich.model_copy(update={"pages": tuple(pages)})
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    made = await client.post(
        f"{HERE}/ny",
        data={"csrf": token, "start": "file", "name": "Fra fil"},
        files={"file": ("skjema.yaml", as_yaml(changed).encode(), "text/yaml")},
    )
    assert made.status_code == 303, made.text
    id = UUID(made.headers["location"].split("/")[3].partition("?")[0])
    desk = Desk(client, token, id, database, office)
    path = f"side/{pages[-1].id}"
    assert (await desk.form(path))["cond_way"] == ["source"]
    refused = await desk.save(path, cond_source="answers.alder ==")
    assert refused.status_code == 422 and 'id="cond_source-feil"' in refused.text
    assert (await desk.save(path, cond_source="")).status_code == 303
    assert (await desk.draft()).questionnaire.pages[-1].show_if is None


@pytest.mark.parametrize(
    ("start", "items"), [("module:puls", 3), ("template:kort", 19), ("template:full", 40), ("module:barn", 5)]
)
async def test_a_questionnaire_may_begin_with_questions_that_are_tried(
    client: httpx.AsyncClient, database: Database, office: Office, start: str, items: int
) -> None:
    desk = await begin(client, database, office, start=start, name="Vårt eget")
    questionnaire = (await desk.draft()).questionnaire
    assert questionnaire.title.root == dict.fromkeys(questionnaire.languages, "Vårt eget")
    assert sum(1 for _ in questionnaire.questions()) >= items
    page = (await client.get(desk.home)).text
    assert "Klart til bruk" in page
    assert ("Én ting å vite<" in page) == (start == "template:full")


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
async def test_a_questionnaire_may_begin_as_a_file_and_a_bad_file_makes_none(
    client: httpx.AsyncClient, database: Database, office: Office, kind: str
) -> None:
    form = shipped("boindeks")
    data = as_yaml(form).encode() if kind == "yaml" else as_xlsform(form)[0]
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    sent = {"csrf": token, "start": "file", "name": ""}
    made = await client.post(f"{HERE}/ny", data=sent, files={"file": (f"fil.{kind}", data, "text/plain")})
    assert made.status_code == 303
    bad = data[: len(data) // 2]
    refused = await client.post(f"{HERE}/ny", data=sent, files={"file": (f"fil.{kind}", bad, "text/plain")})
    assert refused.status_code == 422 and 'id="file-feil"' in refused.text
    async with database.registry(office.organisation_id) as connection:
        assert len(await drafts.all_of(connection)) == 1


async def test_what_a_file_holds_and_the_questionnaire_will_not_is_told_row_by_row_before_there_is_one(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    book = write_workbook(
        {
            "survey": [
                ["type", "name", "label", "constraint"],
                ["text", "navn_paa_huset", "Hva heter huset?", "regex(., '^[A-Z]')"],
                ["geopoint", "sted", "Hvor ligger det?", ""],
            ],
            "settings": [["form_title", "form_id"], ["Huset", "huset"]],
        }
    )
    await offices.sign_in(client, office)
    sent = {"csrf": await offices.token_for(client), "start": "file", "name": "Mitt <b>hus</b>"}
    told = await client.post(f"{HERE}/ny", data=sent, files={"file": ("C:\\arkiv\\mitt hus.xlsx", book, "x")})

    assert told.status_code == 200 and "Ikke alt i filen kom med" in told.text
    page = lxml.html.fromstring(told.text)
    left = [one.text_content() for one in page.xpath('//ul[@class="left-behind"]/li')]
    assert "«mitt hus.xlsx»" in told.text
    assert any("rad 2" in one and "regex" in one for one in left), left
    assert any("rad 3" in one and "geopoint" in one for one in left), left
    async with database.registry(office.organisation_id) as connection:
        assert await drafts.all_of(connection) == (), "nothing before it was read"

    (form,) = [one for one in page.forms if "document" in one.fields]
    made = await client.post(f"{HERE}/ny", data=dict(form.fields))
    assert made.status_code == 303, made.text
    async with database.registry(office.organisation_id) as connection:
        (draft,) = await drafts.all_of(connection)
    assert [item.id for item in draft.questionnaire.questions()] == ["navn_paa_huset"]
    assert draft.name == "Mitt <b>hus</b>"

    form.fields["document"] = "[" * 100_000
    assert (await client.post(f"{HERE}/ny", data=dict(form.fields))).status_code == 400


async def test_a_file_with_more_than_anybody_answers_makes_no_questionnaire(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    rows = [["text", f"q{n}", f"Spørsmål {n}?"] for n in range(301)]
    book = write_workbook(
        {
            "survey": [["type", "name", "label"], *rows],
            "settings": [["form_title", "form_id"], ["Mye", "mye"]],
        }
    )
    await offices.sign_in(client, office)
    sent = {"csrf": await offices.token_for(client), "start": "file", "name": ""}
    refused = await client.post(f"{HERE}/ny", data=sent, files={"file": ("mye.xlsx", book, "x")})

    assert refused.status_code == 422 and "300 spørsmål" in refused.text
    async with database.registry(office.organisation_id) as connection:
        assert await drafts.all_of(connection) == ()


async def test_whatever_words_hold_they_stay_words(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, name=HOSTILE)
    await desk.do("question", id="side_1", part="page", words=HOSTILE, starter="choice")
    item = next((await desk.draft()).questionnaire.items()).id
    await desk.save(f"sporsmal/{item}", choice_text=[HOSTILE], choice_code=[""], help=HOSTILE)
    await desk.do("page", words=HOSTILE)
    for path in ("", f"/sporsmal/{item}", "/side/side_1", "/om"):
        page = (await client.get(desk.home + path)).text
        assert "<script>alert" not in page and "{{7*7}}" in html.unescape(page)
    assert "<script>alert" not in (await client.get(HERE)).text


async def test_every_step_leaves_a_line_in_the_log_and_readers_write_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    await desk.save("sporsmal/er_det_heis", text="Har huset heis?")
    await desk.undo()
    await client.post(f"{desk.home}/arkiv", data={"csrf": desk.token, "bort": "1"})
    assert "Lagt bort" in (await client.get(HERE)).text
    await client.post(f"{desk.home}/arkiv", data={"csrf": desk.token})
    async with database.registry(office.organisation_id) as connection:
        entries = (await audit.page(connection)).entries
    own = [(entry.action, entry.details.get("step")) for entry in entries if "questionnaire" in entry.action]
    assert own[::-1] == [
        ("questionnaire.created", None),
        ("questionnaire.changed", "question"),
        ("questionnaire.changed", "changed_entry"),
        ("questionnaire.changed", "undone"),
        ("questionnaire.archived", None),
        ("questionnaire.restored", None),
    ]
    log = (await client.get("/kontor/logg")).text
    assert "Endret et spørreskjema" in log and "Trivsel i gården" in log
    for role in (Role.READER, Role.RESEARCHER):
        client.cookies.clear()
        await offices.sign_in(client, office, role)
        assert (await client.get(desk.home)).status_code == 403
        assert f'href="{HERE}"' not in (await client.get("/kontor/runder")).text


async def test_the_database_keeps_the_questionnaires_of_organisations_apart(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await begin(client, database, office)
    theirs = await offices.found(database, "Den andre kommunen")
    async with database.registry(theirs.organisation_id) as connection:
        assert await drafts.all_of(connection) == ()
        assert await connection.fetchval("select count(*) from registry.questionnaire_steps") == 0


async def test_the_preview_shows_what_is_typed_and_not_kept(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="choice")
    before = (await desk.draft()).document
    typed = await desk.form("sporsmal/er_det_heis")
    shown = await desk.send("sporsmal/er_det_heis/vis", typed, text=HOSTILE, choice_text=["Ja, to heiser"])
    assert shown.status_code == 200 and "Ja, to heiser" in shown.text and "<script>alert" not in shown.text
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert (await desk.draft()).document == before
    editor = await client.get(f"{desk.home}/sporsmal/er_det_heis")
    assert "frame-src 'self'" in editor.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in editor.headers["content-security-policy"]
    assert "frame-src" not in (await client.get(desk.home)).headers["content-security-policy"]


@pytest.mark.parametrize("name", MODULES)
async def test_everything_that_may_be_asked_can_be_previewed(
    client: httpx.AsyncClient, database: Database, office: Office, name: str
) -> None:
    desk = await begin(client, database, office, start=f"module:{name}", name="")
    form = (await desk.draft()).questionnaire
    for path in [f"side/{page.id}" for page in form.pages] + [f"sporsmal/{item.id}" for item in form.items()]:
        assert (await client.get(f"{desk.home}/{path}/vis")).status_code == 200, path


async def _counts(database: Database) -> dict[str, int]:
    async with database.owner() as connection:
        tables = await connection.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        )
        return {
            row["name"]: await connection.fetchval(f"select count(*) from {row['name']}")  # noqa: S608
            for row in tables
        }


async def test_a_trial_run_is_walked_to_its_end_and_stores_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:kort", name="")
    before = await _counts(database)
    form = (await desk.draft()).questionnaire
    page = await client.get(f"{desk.home}/prov")
    for _ in form.pages:
        fields = dict(lxml.html.fromstring(page.text).forms[0].form_values())
        shown = next(one for one in form.pages if one.id == fields["_side"])
        for item in form.page_items(shown):
            if item.kind == "choice":
                fields[item.id] = str(form.choices(item)[-1].code)
        page = await client.post(f"{desk.home}/prov", data={**fields, "_handling": "neste"})
        assert page.status_code == 200
        if "Slik ville det blitt sendt" in page.text:
            break
    assert "Slik ville det blitt sendt" in page.text and "Indeks" in page.text
    odd = {"csrf": desk.token, "_svar": '{"finnes_ikke": 1}', "_side": "borte", "_handling": "neste"}
    assert (await client.post(f"{desk.home}/prov", data=odd)).status_code == 200
    assert await _counts(database) == before


async def test_a_trial_run_goes_by_the_conditions_and_tells_what_must_be_mended(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Hvor mange rom?", starter="number")
    await desk.do("page", words="Store boliger")
    await desk.do("question", id="store_boliger", part="page", words="Hva bruker du dem til?", starter="text")
    await desk.save("side/store_boliger", cond_item=["hvor_mange_rom"], cond_op=["over"], cond_value=["4"])
    sent = {"csrf": desk.token, "_svar": "{}", "_side": "side_1", "_handling": "neste"}
    wrong = await client.post(f"{desk.home}/prov", data={**sent, "hvor_mange_rom.1": "mange"})
    assert wrong.status_code == 422 and 'value="mange"' in wrong.text
    few = await client.post(f"{desk.home}/prov", data={**sent, "hvor_mange_rom.1": "2"})
    assert "Slik ville det blitt sendt" in few.text
    many = await client.post(f"{desk.home}/prov", data={**sent, "hvor_mange_rom.1": "5"})
    assert "Hva bruker du dem til?" in many.text and "Store boliger" in many.text


async def test_translations_stand_side_by_side_and_two_translators_lose_nothing(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    await desk.save("om", language=["nn"])
    outline = (await client.get(desk.home)).text
    assert "Oversettelse til Nynorsk" in outline and "må rettes" in outline
    path = "oversettelse/nn"
    first, second = await desk.form(path), await desk.form(path)
    first["words"] = [words.strip() or "Same ord" for words in first["words"]]
    assert (await desk.send(path, first)).status_code == 303
    assert "Klart til bruk" in (await client.get(desk.home)).text
    place = second["address"].index("pages/side_1/items/er_det_heis/text")
    second["words"][place] = "Finst det heis?"
    refused = await desk.send(path, second)
    assert refused.status_code == 409 and "Finst det heis?" in refused.text and "Same ord" in refused.text
    assert (await desk.send(path, fields_of(refused.text))).status_code == 303
    assert (await desk.draft()).questionnaire.item("er_det_heis").text.root["nn"] == "Finst det heis?"
    assert (await client.get(f"{desk.home}/oversettelse/en")).status_code == 404


async def test_what_counts_is_shown_and_a_part_of_the_index_can_be_taken_away(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="template:kort", name="")
    before = (await desk.draft()).questionnaire
    index = before.index
    assert index is not None
    page = (await client.get(f"{desk.home}/poeng")).text
    assert "= 100" in page and "Vekt i indeksen" in page
    fields = await desk.form("poeng")
    wrong = await desk.send("poeng", fields, weight=["tung"] * len(fields["part_name"]))
    assert wrong.status_code == 422 and 'href="#weight-0"' in wrong.text
    assert (await desk.send("poeng", fields)).status_code == 303
    assert content_hash((await desk.draft()).questionnaire) == content_hash(before)
    kept = list(index.objects[:-1])
    fields["part_name"][len(kept)] = ""
    saved = await desk.send("poeng", fields, weight=["2"] + ["1"] * (len(fields["part_name"]) - 1))
    assert saved.status_code == 303
    after = (await desk.draft()).questionnaire
    assert after.index is not None and list(after.index.objects) == kept
    assert after.index.weights == {kept[0]: 2.0}
    assert {item.scoring.object for item in after.items() if item.scoring} == set(kept)
    await desk.undo()
    assert content_hash((await desk.draft()).questionnaire) == content_hash(before)


async def _round(client: httpx.AsyncClient, desk: Desk, office: Office, **other: str) -> httpx.Response:
    form = lxml.html.fromstring((await client.get(f"/kontor/runder/ny?skjema={desk.id}")).text).forms[-1]
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    assert fields["template"] == [f"draft:{desk.id}"]
    return await client.post("/kontor/runder/ny", data={**fields, "panel": "", **other})


async def test_a_round_asks_the_questionnaire_as_it_stood_when_it_was_made(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    refused = await client.get(f"/kontor/runder/ny?skjema={desk.id}")
    assert refused.status_code == 409 and "har feil som må rettes" in refused.text
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    made = await _round(client, desk, office, name="Første")
    assert made.status_code == 303, made.text[:2000]
    await desk.save("sporsmal/er_det_heis", text="Har huset heis?")
    assert (await _round(client, desk, office, name="Andre")).status_code == 303
    assert (await _round(client, desk, office, name="Tredje")).status_code == 303
    async with database.registry(office.organisation_id) as connection:
        known = {round.name: round for round in await rounds.rounds(connection)}
        asked = {name: await rounds.questionnaire_of(connection, round) for name, round in known.items()}
    texts = {name: (form.version, form.item("er_det_heis").text.get("nb")) for name, form in asked.items()}
    assert texts == {
        "Første": ("1.0", "Er det heis?"),
        "Andre": ("1.1", "Har huset heis?"),
        "Tredje": ("1.1", "Har huset heis?"),
    }
    opened = await client.post(f"/kontor/runder/{known['Andre'].id}/apne", data={"csrf": desk.token})
    assert opened.status_code == 303
    page = (await client.get(desk.home)).text
    assert "versjon 1.1" in page and "Første" in page
    with_themes = await _round(client, desk, office, name="Fjerde", module="puls")
    assert with_themes.status_code == 422 and 'href="#modules"' in with_themes.text


async def test_a_copy_of_what_was_asked_is_checked_against_it(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.make_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        version = (await rounds.find(connection, round_id)).questionnaire_version_id
    desk = await begin(client, database, office, start=f"version:{version}", name="")
    page = (await client.get(desk.home)).text
    assert "Klart til bruk" in page
    item = next(i.id for i in (await desk.draft()).questionnaire.items() if i.scale == "f5")
    await desk.save(f"sporsmal/{item}", answers="t5")
    assert "må rettes" in (await client.get(desk.home)).text
    theirs = await offices.found(database, "Den andre kommunen")
    foreign = await offices.make_round(database, theirs)
    async with database.registry(theirs.organisation_id) as connection:
        version = (await rounds.find(connection, foreign)).questionnaire_version_id
    stolen = await client.post(f"{HERE}/ny", data={"csrf": desk.token, "start": f"version:{version}"})
    assert stolen.status_code == 404


@pytest.mark.parametrize("format", ["yaml", "xlsx", "kodebok"])
async def test_the_questionnaire_can_be_taken_along_as_a_file(
    client: httpx.AsyncClient, database: Database, office: Office, format: str
) -> None:
    desk = await begin(client, database, office, start="module:puls", name="")
    got = await client.get(f"{desk.home}/fil/{format}")
    assert got.status_code == 200 and "attachment" in got.headers["content-disposition"]
    if format != "kodebok":
        read = read_questionnaire(got.content, f"fil.{format}").questionnaire
        assert read is not None and content_hash(read) == content_hash((await desk.draft()).questionnaire)
    assert (await client.get(f"{desk.home}/fil/exe")).status_code == 404


async def test_the_questionnaire_can_be_printed_in_each_of_its_languages(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office, start="module:puls", name="")
    assert f"{desk.home}/fil/papir?sprak=nn" in (await client.get(desk.home)).text
    got = await client.get(f"{desk.home}/fil/papir?sprak=nn")
    assert got.status_code == 200 and got.content.startswith(b"%PDF")
    assert 'filename="puls-nn.pdf"' in got.headers["content-disposition"]


async def test_what_is_typed_when_a_session_ends_comes_back(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    desk = await begin(client, database, office)
    await desk.do("question", id="side_1", part="page", words="Er det heis?", starter="yes_no")
    typed = await desk.form("sporsmal/er_det_heis")
    async with database.owner() as connection:
        await connection.execute("update registry.sessions set expires_at = now() - interval '1 minute'")
    door = await desk.send("sporsmal/er_det_heis", typed, text="Lang og nøye tenkt ordlyd")
    assert door.status_code == 401 and "Lang og nøye tenkt ordlyd" in door.text
