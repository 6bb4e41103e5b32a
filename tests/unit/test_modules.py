"""Promises about the modules: what the item bank lists is asked, kindly, and fits beside the index."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from forms import lint
from forms.answers import Answers, Layout
from forms.errors import QuestionnaireFault, UnknownInstrument
from forms.journey import Journey
from forms.loading import INSTRUMENTS, content_hash, shipped
from forms.modules import FOLDER, MODULES, joined, module, within
from forms.questionnaire import Matrix, Questionnaire
from forms.reading import lix, minutes, page_texts
from reports.compute import compute
from reports.documents import landlord
from reports.waves import Estate
from tests.questionnaires import questionnaire
from tests.samples.waves import wave_of
from tests.unit.test_instruments import LANGUAGES, texts

ROOT = Path(__file__).parents[2]
ITEM_BANK = {
    "bosituasjon": {
        "moved into a finished dwelling": "bosit_ferdig",
        "what was missing": "bosit_manglet",
        "damp or rot": "bosit_fukt",
        "cold in winter": "bosit_kulde",
        "too little daylight": "bosit_lys",
        "skipped heating for money reasons last year": "bosit_spart_varme",
        "rooms and persons (derived: crowded)": "bosit_rom bosit_personer bosit_trangt",
    },
    "tildeling": {
        "permanent dwelling ready at discharge or release": "tild_kom_fra tild_varig_klar",
        "when planning started": "tild_plan_start",
        "what was missing": "tild_manglet",
        "months in temporary housing": "tild_midlertidig_tid",
        "wished and offered zone": "tild_onsket_sone tild_tilbudt_sone",
        "help after moving, at 3 and 6 months": "tild_tid_siden tild_hjelp_etter",
    },
    "oppfolging": {
        "what help is needed": "oppf_hjelp",
        "steady contact person": "oppf_far oppf_fast",
        "help goes on through a bad period": "oppf_darlig_periode",
        "believed in": "oppf_tro",
        "challenged too little, enough, too much": "oppf_krav",
        "Hvordan vil du ha det her? Hva skal til?": "oppf_onske oppf_skal_til",
    },
    "hverdagsliv": {
        "four-part belonging": "hverd_betydning hverd_relasjoner hverd_aktivitet hverd_sett",
        "mattering: valued": "hverd_verdsatt hverd_savnet",
        "mattering: adding value": "hverd_bidrar hverd_kan_bidra",
        "lonely": "hverd_ensom",
        "last invited to something": "hverd_invitert",
        "someone near to lean on": "hverd_stotte",
        "life satisfaction 0-10": "hverd_livet",
    },
    "recovery": {
        "special-category gate": "recov_samtykke",
        "tilhørighet": "recov_tilhor_folk recov_tilhor_sted",
        "håp": "recov_hap_fram recov_hap_bedre",
        "identitet": "recov_ident_mer recov_ident_god",
        "mening": "recov_mening_dag recov_mening_viktig",
        "egenkontroll": "recov_kontroll_valg recov_kontroll_hjelp",
    },
    "ung": {
        "15 to 25": "ung_alder",
        "can study at home": "ung_lekser",
        "friends can visit": "ung_venner",
        "want a say": "ung_stemme",
        "youth council for housing": "ung_rad",
    },
    "barn": {
        "a guardian's consent": "barn_samtykke",
        "picture-based": "barn_hjemme barn_sove barn_alene barn_leke barn_trygg barn_mer_av barn_hort",
        "the phone goes back to the grown-up": "barn_takk",
    },
    "sted": {
        "14 themes": "sted_ga sted_buss sted_trafikk sted_gater sted_natur sted_lek sted_stell sted_tilbud"
        " sted_arbeid sted_boliger sted_mote sted_hore_til sted_trygt sted_pavirke",
        "hva er bra?": "sted_bra",
        "hva kan bli bedre?": "sted_bedre",
    },
    "puls": {
        "Har det blitt bedre?": "puls_bedre",
        "Ble du hørt?": "puls_hort",
        "open": "puls_ord",
        "may it be quoted": "sitat_samtykke",
    },
    "bakgrunn_mer": {
        "tenure": "bakgr_leieform",
        "income source": "bakgr_inntekt",
        "function level": "bakgr_funksjon",
    },
}
"""Its lines, and the questions that each of them became."""

REASKED = {
    "tild_midlertidig_tid": "tild_midlertidig_maneder",
    "tild_tid_siden": "tild_maneder_siden",
    "hverd_invitert": "hverd_invitert_eller_aldri",
    "hverd_stotte": "hverd_stotte_ja_nei",
    "hverd_savnet": "hverd_merket",
    "ung_stemme": "ung_stemme_kanskje",
}
"""Those whose answers changed, and the meaning that ends their trend."""

IN_THE_CORE = {
    "Individ": "medv_individ_grad medv_alternativer medv_sa_boligen medv_nok_tid medv_nok_kunnskap"
    " medv_forsto medv_meningsfull sist_sa_fra",
    "Kollektiv": "beboerrad medv_vet_hvordan medv_moter_tid medv_moter_sted medv_moter_sprak medv_alle_ordet"
    " medv_hort_uansett prioritet_tema delta_mate lettere_a_delta",
    "System": "system_spurt system_grad system_svar system_tillit nytter_a_si_fra",
    "bakgrunn": "alder husstand botid sprak hvem_svarte",
    "åpne spørsmål": "apent_bra apent_bedre apent_hort",
    "sitater": "sitat_samtykke",
}
"""Its lines that the index asks itself; the matrix is held to it by the tests of instruments."""

CODES = re.findall(
    r"\w+",
    """
    HJEM_TRYGGHET STANDARD VEDLIKEHOLD MIDLERTIDIG_USIKKERHET FEIL_BOLIGTYPE BELIGGENHET MILJO_FOR_TETT
    NABOKONTAKT NABOKONFLIKT STIGMA KVINNERS_SIKKERHET BARN_UNGE RUTINER AKTIVITET_TILHORIGHET NETTVERK
    ENSOMHET PRAKTISK_BISTAND PAPIRKRAV FRAGMENTERT_ANSVAR KOMPETANSE TILLIT TRO_PA_MEG MEDVIRKNING_REELL
    MEDVIRKNING_SYMBOLSK EIERSKAP OKONOMI REGLER_KONTROLL RESSURS_STYRKE CHIME_TILHORIGHET CHIME_HAP
    CHIME_IDENTITET CHIME_MENING CHIME_EGENKONTROLL
    """,
)


@pytest.fixture(params=MODULES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def one(name: str) -> Questionnaire:
    return module(name)


# ---------------------------------------------------------------- what is asked


def test_every_line_of_the_item_bank_is_asked_and_nothing_else(name: str, one: Questionnaire) -> None:
    wanted = [item for line in ITEM_BANK[name].values() for item in line.split()]

    assert sorted(item.id for item in one.items()) == sorted(wanted)
    assert {item.id: item.meaning for item in one.items() if item.meaning != item.id} == {
        item.id: REASKED[item.id] for item in one.items() if item.id in REASKED
    }


def test_the_lines_that_are_no_module_are_in_the_index() -> None:
    asked = {item.id for item in shipped("boindeks").questions()}
    assert [item for line in IN_THE_CORE.values() for item in line.split() if item not in asked] == []


def test_all_modules_in_the_folder_are_offered() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(MODULES) == sorted(ITEM_BANK)


def test_a_name_that_is_no_module_is_told_with_those_that_are() -> None:
    for refused in (lambda: module("hage"), lambda: joined(shipped("boindeks"), ["puls", "hage"])):
        with pytest.raises(UnknownInstrument, match=r"hage.*bosituasjon"):
            refused()


def test_crowding_is_computed_of_rooms_and_persons_and_never_asked() -> None:
    bosituasjon = module("bosituasjon")
    for rooms, persons, value in (("2", "3", "ja"), ("3", "3", "nei"), ("4", "1", "nei")):
        answers = {"bosit_rom": rooms, "bosit_personer": persons}
        code = Journey(bosituasjon, answers).on_route()["bosit_trangt"]
        found = next(c for c in bosituasjon.item("bosit_trangt").choices if c.code == code)
        assert found.value == value, answers
    assert "bosit_trangt" not in Journey(bosituasjon, {"bosit_rom": "2"}).on_route()


def test_what_is_bad_when_it_is_much_has_its_good_answers_at_the_low_end() -> None:
    assert module("hverdagsliv").scale("h5_lav").favourable == (1, 2)
    assert module("bosituasjon").scale("plage").favourable == (1,)
    assert {i.id for n in MODULES for i in module(n).items() if i.scale in ("h5_lav", "plage")} == {
        "hverd_ensom", "bosit_spart_varme", "bosit_fukt", "bosit_kulde", "bosit_lys",
    }  # fmt: skip


# ---------------------------------------------------------------- words


def test_every_text_is_there_in_three_languages(one: Questionnaire) -> None:
    assert set(one.languages) == LANGUAGES
    for text in texts(one):
        assert set(text.root) == LANGUAGES, text
        assert all(words == words.strip() and words for words in text.root.values()), text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_page_is_easy_to_read(one: Questionnaire, language: str) -> None:
    hard = {page.id: round(lix(page_texts(page, language))) for page in one.pages}
    assert {page: heavy for page, heavy in hard.items() if heavy >= 35} == {}


def test_no_question_is_longer_than_a_breath_and_no_page_than_seven(one: Questionnaire) -> None:
    for item in one.items():
        assert all(len(words.split()) <= 18 for words in item.text.root.values()), item.id
    for page in one.pages:
        assert 1 <= sum(item.asks for item in one.page_items(page)) <= 7, page.id


def test_no_question_says_no_where_the_answer_may_also_be_no(one: Questionnaire) -> None:
    denials = {
        "nb": r"\b(ikke|ingen|aldri|uten)\b",
        "nn": r"\b(ikkje|ingen|aldri|utan)\b",
        "en": r"\b(not?|never|without)\b|n't",
    }
    for item in one.items():
        for language, pattern in denials.items():
            assert not re.search(pattern, item.text.get(language).lower()), (item.id, language)


def test_nynorsk_is_nynorsk(one: Questionnaire) -> None:
    bokmal = (
        r"\b(jeg|ikke|hva|hvor|hvordan|hvem|hvilke[nt]?|noe|noen|bolig\w*|hjem\w*|leier\w*"
        r"|fra|være|vært|mye|bor|bodd|bodde|føler|trenger|venner|midlertidig\w*|steder?|ble|bare|selv|eier"
        r"|svarer|svarene|svarte|bruker|brukte|finner|velger|begynte|flyttet|manglet|kommer|gjør|gjøre|viser"
        r"|vises|måned\w*|uker?|uken|ukene|tiden|hjelpen|boligen|spørsmålene|deres|dem|hun"
        r"|fornøyd|enig|uenig|ensom|penger|regninger|søker|skjemaer|samlet)\b"
    )
    for text in texts(one):
        assert re.findall(bokmal, text.root["nn"].lower()) == [], text.root["nn"]


def test_open_questions_ask_people_to_leave_out_names(one: Questionnaire) -> None:
    for item in one.items():
        if item.kind == "text":
            assert item.help and item.help.get("nb") == "Ikke skriv navn på andre.", item.id


# ---------------------------------------------------------------- what protects people


def test_whatever_is_asked_has_a_source_and_tags_and_can_be_declined(one: Questionnaire) -> None:
    for item in one.stored():
        assert re.fullmatch(r"00[0-4]:\d+", item.ref), item.id
        assert {tag.split(":")[0] for tag in item.tags} >= {"sdg", "plan"}, item.id
        if (item.sensitive or item.background) and item.kind != "text" and not item.consent:
            assert "vil_ikke_svare" in item.specials, item.id


def test_health_prison_and_drugs_are_sensitive() -> None:
    whole = {n for n in MODULES if all(item.sensitive or item.consent for item in module(n).items())}
    assert whole == {"oppfolging", "recovery"}
    some = {item.id for item in module("tildeling").items() if item.sensitive}
    assert some == {"tild_kom_fra", "tild_varig_klar", "tild_plan_start", "tild_manglet"}
    assert not module("bakgrunn_mer").item("bakgr_leieform").sensitive
    assert all(module("bakgrunn_mer").item(i).sensitive for i in ("bakgr_inntekt", "bakgr_funksjon"))


@pytest.mark.parametrize("gate", ["recov_samtykke", "barn_samtykke"])
def test_nobody_sees_what_needs_a_consent_without_saying_yes(gate: str) -> None:
    one = module("recovery" if gate == "recov_samtykke" else "barn")
    yes = next(choice.code for choice in one.choices(one.item(gate)) if choice.value == "ja")

    assert one.item(gate).consent
    assert [item.id for item in one.page_items(one.pages[0])] == [gate]
    for answers in ({}, {gate: 3 - yes}):
        assert [page.id for page in Journey(one, answers).pages] == [one.pages[0].id]
    assert len(Journey(one, {gate: yes}).pages) == len(one.pages)


def test_a_child_is_told_who_sees_the_answers_and_gives_the_phone_back() -> None:
    pages = {page.id: page for page in module("barn").pages}
    assert pages["barn_inne"].intro is not None and "voksen" in pages["barn_inne"].intro.get("nb")
    last = [*pages.values()][-1]
    assert [item.kind for item in module("barn").page_items(last)][-1] == "info"
    assert last.show_if == 'answers.barn_samtykke == "ja"', "nobody else is told to give it back"


def test_stretches_of_time_do_not_overlap_and_never_can_be_answered() -> None:
    """Whoever waited six months found two answers, and whoever was never asked none."""
    for name in ("tild_midlertidig_tid", "tild_tid_siden"):
        item = module("tildeling").item(name)
        ends = [[int(n) for n in re.findall(r"\d+", choice.text.get("nb"))] for choice in item.choices]
        months = [number for found in ends for number in found]
        assert months == [3, 3, 5, 6, 11, 12], name
    asked = module("hverdagsliv").item("hverd_invitert")
    assert "Aldri" in [choice.text.get("nb") for choice in asked.choices] and "vet_ikke" in asked.specials


def test_children_answer_with_drawings() -> None:
    asked = [item for item in module("barn").questions() if not item.consent]

    assert {item.display for item in asked} == {"pictures"}


# ---------------------------------------------------------------- joined to the index


def test_a_module_passes_the_check_alone(one: Questionnaire) -> None:
    found = [fault for fault in lint.check(one) if fault.kind != "release_keys_missing"]
    assert [str(fault) for fault in found] == []


@pytest.mark.parametrize("core", ["kort", "full"])
def test_the_index_passes_the_check_with_each_module(name: str, core: str) -> None:
    whole = joined(_core(core), [name])
    known = ("long", "long_with_short_form", "never_told_by_group")
    assert [str(fault) for fault in lint.check(whole) if fault.kind not in known] == []
    assert within(whole) == {name}


def test_the_index_passes_the_check_with_any_two_modules_and_with_all() -> None:
    for names in (*combinations(MODULES, 2), MODULES):
        whole = joined(_core("kort"), names)
        assert [str(fault) for fault in lint.check(whole) if fault.severity == "error"] == [], names
        assert within(whole) == set(names)
        Layout.of(whole)


def test_the_short_form_is_the_same_to_the_byte_before_and_after() -> None:
    short = _core("kort")
    before = content_hash(short)

    with_all = joined(short, MODULES)

    assert content_hash(short) == before
    assert content_hash(joined(short, [])) == before
    own = {item.id for item in short.items()}
    assert [item for item in with_all.items() if item.id in own] == list(short.items())
    assert (with_all.index, with_all.release_keys) == (short.index, short.release_keys)
    assert minutes(short, "nb") < 5


def test_modules_stand_before_the_background_and_the_open_questions_last() -> None:
    whole = joined(_core("full"), ["bakgrunn_mer", "sted", "puls"])
    assert [page.id for page in whole.pages][-7:] == [
        "puls_tiltak", "sted_ute", "sted_sammen", "sted_ord", "bakgrunn", "bakgrunn_mer", "egne_ord",
    ]  # fmt: skip
    assert whole == joined(_core("full"), ["puls", "bakgrunn_mer", "sted"]), "the order of asking is ours"


def test_modules_come_last_where_there_is_no_background() -> None:
    plain = shipped("copenhagen")
    assert [page.id for page in joined(plain, ["puls"]).pages] == [
        *(page.id for page in plain.pages),
        "puls_tiltak",
    ]


def test_credits_are_said_once_each() -> None:
    whole = joined(_core("kort"), ["puls", "sted", "ung"])
    for language in LANGUAGES:
        said = whole.credit.get(language)
        assert said.startswith(_core("kort").credit.get(language))
        assert said.count(module("puls").credit.get(language)) == 1
        assert said.count(module("sted").credit.get(language)) == 1
        more = joined(_core("kort"), ["puls", "hverdagsliv"]).credit.get(language)
        assert more.count(module("puls").credit.get(language)) == 1 and "OECD" in more


def test_an_id_that_is_taken_is_refused() -> None:
    core = joined(_core("kort"), ["sted"])
    with pytest.raises(QuestionnaireFault) as caught:
        joined(core, ["sted"])
    assert {"item_id_twice", "page_id_twice"} <= {fault.kind for fault in caught.value.faults}


def test_a_scale_that_means_something_else_is_refused() -> None:
    with pytest.raises(QuestionnaireFault) as caught:
        joined(questionnaire(), ["puls"])
    assert [fault.kind for fault in caught.value.faults] == ["scale_differs"]


def test_one_name_of_a_scale_means_one_thing_everywhere() -> None:
    joined(shipped("boindeks"), MODULES)
    matrices = [e for n in MODULES for p in module(n).pages for e in p.items if isinstance(e, Matrix)]
    assert {matrix.scale for matrix in matrices} == {"e5", "s7"}


def test_a_round_with_every_module_ends_in_a_report_that_hides_what_is_sensitive_of_one_estate() -> None:
    whole = joined(_core("kort"), MODULES)
    estates = [Estate(name, name, "Sentrum", 40) for name in ("Fjordgata 3", "Elvegata 4")]
    rng = Random(7)
    wave = wave_of(whole, estates, {estate.id: [_said(whole, rng) for _ in range(30)] for estate in estates})

    everybody, one_estate = compute(wave, None), compute(wave, estates[0].id)

    assert everybody.items["oppf_hjelp"].hidden is None
    for item in whole.stored():
        if item.counted and item.sensitive:
            assert one_estate.items[item.id].hidden == "hidden.sensitive", item.id
    for results in (everybody, one_estate):
        for language in sorted(LANGUAGES):
            page = landlord.web(results, language)
            for item_id in ("bosit_trangt", "hverd_livet", "sted_natur", "barn_leke", "ung_rad"):
                assert whole.item(item_id).text.get(language) in page, (item_id, language)


def _said(questionnaire: Questionnaire, rng: Random) -> Answers:
    """What somebody said who skips little, along the route."""
    said: Answers = {}
    for item in questionnaire.questions():
        codes = [choice.code for choice in questionnaire.choices(item)]
        if item.kind == "number":
            said[item.id] = str(rng.randint(1, 5))
        elif item.kind == "choice":
            said[item.id] = rng.choice(codes)
        elif item.counted:
            said[item.id] = rng.sample(codes[:5], 2)
    return Journey(questionnaire, said).on_route()


# ---------------------------------------------------------------- free text


def test_free_text_is_coded_with_the_codes_of_the_item_bank_each_in_one_theme() -> None:
    listed = _free_text()
    found = [code for theme in listed["themes"].values() for code in theme["codes"]]

    assert sorted(found) == sorted(CODES)
    assert len(listed["measures"]) == 12
    names = [theme["name"] for theme in listed["themes"].values()]
    names += [name for theme in listed["themes"].values() for name in theme["codes"].values()]
    for name in (*names, *listed["measures"].values()):
        assert set(name) == LANGUAGES and all(name.values()), name


# ---------------------------------------------------------------- what the docs say


def test_the_docs_tell_the_size_and_the_reading_ease_that_are_measured(name: str, one: Questionnaire) -> None:
    heaviest = {
        language: max(round(lix(page_texts(page, language))) for page in one.pages)
        for language in ("nb", "nn", "en")
    }
    row = (
        f"| `{name}` | {sum(1 for _ in one.questions())} | {minutes(one, 'nb'):.1f} "
        f"| {heaviest['nb']} / {heaviest['nn']} / {heaviest['en']} |"
    )
    assert row in (ROOT / "docs" / "instrument.md").read_text(encoding="utf-8")


def _core(name: str) -> Questionnaire:
    full = shipped("boindeks")
    return full if name == "full" else full.short_form()


def _free_text() -> Any:
    path = INSTRUMENTS.parent / "data" / "free_text_codes.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))
