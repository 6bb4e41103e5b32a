"""The words of questions: what is caught, and as important, what is not."""

from __future__ import annotations

from typing import Any

import pytest

from forms import phrases, taxonomies
from forms.errors import Fault, QuestionnaireFault
from forms.lint import check
from forms.loading import INSTRUMENTS, from_document, load
from forms.questionnaire import SPECIAL_CODES
from tests.questionnaires import document, t

WORDS = {"question_leading", "question_double", "negation_twice", "negation_answered", "label_stigma"}


def said(words: str, language: str = "nb", *, answers: tuple[str, str] = ("Sjelden", "Ofte")) -> list[Fault]:
    """What is said of a questionnaire whose first question reads so in one of its languages."""
    data: Any = document()
    data["pages"][0]["items"][0]["text"] = t("Heis?") | {language: words}
    for choice, answer in zip(data["scales"][1]["choices"], answers, strict=True):
        choice["text"] = t(answer)
    return [fault for fault in check(from_document(data)) if fault.kind in WORDS]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Er du ikke enig i at naboene bråker?"),
        ("nb", "Er du enig i at det er trygt her?"),
        ("nb", "Burde ikke leien være lavere?"),
        ("nb", "Heisen er bra, ikke sant?"),
        ("nb", "De fleste mener at det er fint her. Hva mener du?"),
        ("nb", "Hvor mye bedre er det nå?"),
        ("nb", "Mener du også at utleieren burde gjøre mer?"),
        ("nb", "Hvor bra er det å bo her?"),
        ("nb", "Er ikke heisen fin?"),
        ("nn", "Meiner du også at utleigaren burde gjere meir?"),
        ("nn", "Kor bra er det å bu her?"),
        ("nn", "Er ikkje heisen fin?"),
        ("en", "Do you also think that the landlord should do more?"),
        ("en", "How good is it to live here?"),
        ("en", "Isn't this a nice place?"),
        ("nn", "Er du ikkje einig i at naboane bråkar?"),
        ("nn", "Synest du ikkje det er fint her?"),
        ("nn", "Kor mykje betre er det no?"),
        ("en", "Don't you like the lift?"),
        ("en", "Do you agree that the lift is slow?"),
        ("en", "Most people think it is nice here. Do you?"),
    ],
)
def test_a_leading_question_is_caught(language: str, words: str) -> None:
    assert "question_leading" in {fault.kind for fault in said(words, language)}


@pytest.mark.parametrize(
    ("language", "words", "caught"),
    [
        ("nb", "Er heisen trygg og rask?", "trygg og rask"),
        ("nb", "Er huset trygt og rent?", "trygt og rent"),
        ("nn", "Er huset trygt og reint?", "trygt og reint"),
        ("nb", "Er utleier flink og rask?", "flink og rask"),
        ("nn", "Er utleigaren flink og rask?", "flink og rask"),
        ("en", "Is the landlord skilled and quick?", "skilled and quick"),
        ("nb", "Har du hatt en hjelpsom og effektiv vaktmester?", "hjelpsom og effektiv"),
        ("nn", "Er det utrygt og mørkt i kjellaren?", "utrygt og mørkt"),
        ("nb", "Er det rolig og trygt der du bor?", "rolig og trygt"),
        ("nb", "Hvor fornøyd er du med boligen og nabolaget?", "Hvor fornøyd er du med boligen og"),
        ("nb", "Hva betaler du og/eller kommunen?", "og/eller"),
        ("nb", "Hva fungerer, og hvem hjelper deg?", "og hvem"),
        ("nb", "Jeg er misfornøyd med leien og med standarden.", "misfornøyd med leien og"),
        ("nb", "Er boligen varm og tørr?", "varm og tørr"),
        ("nb", "Er det bra lys i gangen, og er det rent?", "og er det"),
        ("nb", "Har du problemer med å betale husleie og strøm?", "problemer med å betale husleie og"),
        ("nb", "Liker du gården og lekeplassen?", "Liker du gården og"),
        ("nn", "Er bustaden varm og tørr?", "varm og tørr"),
        ("nn", "Er det bra lys i gangen, og er det reint?", "og er det"),
        ("nn", "Har du problem med å betale husleige og straum?", "problem med å betale husleige og"),
        ("en", "Is your home warm and dry?", "warm and dry"),
        ("en", "Is there enough light, and is it clean?", "and is it"),
        ("en", "Do you have trouble paying rent and power?", "trouble paying rent and"),
        ("en", "Can you afford rent and food?", "afford rent and"),
        ("nn", "Er heisen trygg og rask?", "trygg og rask"),
        ("nn", "Kor nøgd er du med bustaden og nabolaget?", "Kor nøgd er du med bustaden og"),
        ("en", "Is the lift safe and quick?", "safe and quick"),
        ("en", "How often do you use the lift and the stairs?", "How often do you use the lift and"),
    ],
)
def test_two_questions_in_one_are_caught_with_the_words_that_show_it(
    language: str, words: str, caught: str
) -> None:
    found = {fault.kind: dict(fault.message.values) for fault in said(words, language)}
    assert found["question_double"]["words"] == caught


@pytest.mark.parametrize(
    ("language", "words", "answers", "kind"),
    [
        ("nb", "Heisen virker ikke.", ("Nei", "Ja"), "negation_answered"),
        ("nb", "Jeg får aldri svar.", ("Helt uenig", "Helt enig"), "negation_answered"),
        ("nb", "Ingen slipper inn uten avtale.", ("Sjelden", "Ofte"), "negation_twice"),
        ("nb", "Det er ikke uvanlig med bråk.", ("Sjelden", "Ofte"), "negation_twice"),
        ("nn", "Heisen verkar ikkje.", ("Nei", "Ja"), "negation_answered"),
        ("nn", "Ingen slepp inn utan avtale.", ("Sjelden", "Ofte"), "negation_twice"),
        ("en", "The lift doesn't work.", ("No", "Yes"), "negation_answered"),
        ("en", "Nobody comes in without asking.", ("Rarely", "Often"), "negation_twice"),
    ],
)
def test_what_is_turned_around_twice_is_caught(
    language: str, words: str, answers: tuple[str, str], kind: str
) -> None:
    assert [fault.kind for fault in said(words, language, answers=answers)] == [kind]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Hvor mye fikk du være med og bestemme?"),
        ("nb", "Har du en venn eller nabo som hjelper deg?"),
        ("nb", "Hva gjør du hvis du ikke får svar?"),
        ("nb", "Kjenner du noen som ikke får hjelp?"),
        ("nb", "Hvor enig er du i dette?"),
        ("nb", "Hvor bra er dette der du bor?"),
        ("nb", "Har du også bod i kjelleren?"),
        ("nb", "Er det hund og katt i boligen?"),
        ("nb", "Har du dusj og bad?"),
        ("nb", "Er vaktmesteren til stede morgen og kveld?"),
        ("nb", "Har du fått en rask og en skriftlig beskjed?"),
        ("nn", "Er det bad og dusj i bustaden?"),
        ("nb", "Er det lys og varme i trappen?"),
        ("nb", "Har du problemer med å sitte og stå?"),
        ("nb", "Hva gjør du når du er hjemme og har det stille?"),
        ("nn", "Har du også bod i kjellaren?"),
        ("en", "Do you also rent a storage room?"),
        ("en", "How safe is this where you live?"),
        ("nb", "Hvor ofte sitter du og venter?"),
        ("nb", "Vi bor i et eldre hus fra 1950."),
        ("nb", "Bruker du rullestol?"),
        ("nb", "Har du brukt rusmidler?"),
        ("nb", "Er du 67 år eller eldre?"),
        ("nb", "Kan barna leke trygt ute til det blir mørkt?"),
        ("nn", "Kor mykje fekk du vere med og bestemme?"),
        ("nn", "Er du 67 år eller eldre?"),
        ("nn", "Kor einig er du i dette?"),
        ("en", "How far do you agree with this?"),
        ("en", "Do you have peace and quiet at home?"),
        ("en", "Are you 67 or older?"),
        ("en", "Do you have a disability?"),
    ],
)
def test_a_plain_question_is_left_in_peace(language: str, words: str) -> None:
    assert [str(fault) for fault in said(words, language, answers=("Nei", "Ja"))] == []


@pytest.mark.parametrize("row", phrases.data("labels"), ids=lambda row: str(row["words"]["nb"][0]))
def test_every_label_is_caught_in_each_language_and_the_better_words_are_no_label(row: Any) -> None:
    assert row["source"][3] == ":" and row["words"].keys() == row["better"].keys() == {"nb", "nn", "en"}
    for language, words in row["words"].items():
        for phrase in words:
            plain = phrase.replace("(", "").split("|")[0].replace(")", "").replace("*", "")
            tail = " ".join(phrase.split(")")[1:]) if phrase.startswith("(") else ""
            found = [
                fault for fault in said(f"Her bor {plain}{tail}.", language) if fault.kind == "label_stigma"
            ]
            assert found, (language, phrase)
            assert row["better"][language] in found[0].sentence("en")
        assert said(f"Her bor {row['better'][language]}.", language) == []


def test_a_label_is_caught_wherever_people_read_it() -> None:
    data: Any = document()
    data["pages"][0]["intro"] = t("Om rusboligene")
    data["scales"][1]["choices"][0]["text"] = t("En klient")
    data["labels"]["bolig"] = t("Skolevegrere")
    places = [f.place.words("en") for f in check(from_document(data)) if f.kind == "label_stigma"]
    assert [place.split(", 'nb'")[0] for place in places if "'nb'" in place] == [
        "label 'bolig'",
        "scale 'jn', choice 'nei'",
        "page 'huset', intro",
    ]


@pytest.mark.parametrize("path", sorted(INSTRUMENTS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_words_of_the_shipped_questionnaires_are_as_plain_as_we_ask_of_others(path: Any) -> None:
    assert [str(fault) for fault in check(load(path)) if fault.kind in WORDS] == []


def test_whoever_is_asked_something_sensitive_can_say_that_he_will_not_tell() -> None:
    data: Any = document()
    item = data["pages"][0]["items"][0]
    item["sensitive"] = True
    (fault,) = [fault for fault in check(from_document(data)) if fault.severity == "error"]
    assert fault.kind == "refusal_missing" and "vil_ikke_svare" in fault.sentence("nb")
    item["specials"] = [*SPECIAL_CODES]
    assert [fault for fault in check(from_document(data)) if fault.severity == "error"] == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Er det <script>alert(1)</script> heis?", "text_markup"),
        ("Er det <b>heis</b>?", "text_markup"),
        ("Er det <img src=x onerror=alert(1)>?", "text_markup"),
        ("Er det heis&nbsp;her?", "text_markup"),
        ("Er det \u202eheis?", "text_hidden"),
        ("Er det \u2066heis\u2069?", "text_hidden"),
        ("Er det\u200b heis?", "text_hidden"),
        ("Er det heis\x07?", "text_hidden"),
    ],
)
def test_text_that_is_not_what_it_looks_like_is_refused_by_name(words: str, kind: str) -> None:
    data: Any = document()
    data["pages"][0]["items"][0]["text"] = t(words)
    faults = [fault for fault in check(from_document(data)) if fault.severity == "error"]
    assert {fault.kind for fault in faults} == {kind}
    assert "spørsmål «heis»" in faults[0].sentence("nb")


@pytest.mark.parametrize(
    "words", ["Har du < 3 rom, og > 1?", "Leie & strøm", "Linje 1\nLinje 2", "نعم\u200f"]
)
def test_plain_text_in_any_writing_is_no_markup(words: str) -> None:
    data: Any = document()
    data["pages"][0]["items"][0]["text"] = t(words)
    assert [fault for fault in check(from_document(data)) if fault.severity == "error"] == []


def test_names_that_differ_in_capitals_are_refused_where_they_stand() -> None:
    """'heis' and 'Heis' would be one column in a spreadsheet; ids have no capitals at all."""
    data: Any = document()
    data["pages"][0]["items"].append({"id": "Heis", "text": t("Heis?"), "scale": "jn"})
    with pytest.raises(QuestionnaireFault, match="item 'Heis', id: 'Heis' is not a name"):
        from_document(data)


def test_tags_are_those_of_a_scheme_or_of_the_landlords_own_plan() -> None:
    for tag in ("marmot:a", "sdg:17", "plan:trygge_gater", "meningsfull"):
        assert taxonomies.known(tag)
    for tag in ("marmot:i", "sdg:0", "plan:", "plan:Stor", "own:begripelig2", "noe"):
        assert not taxonomies.known(tag)
    assert taxonomies.name("sdg:4", "nb") == "God utdanning"
    assert taxonomies.name("plan:trygge_gater", "en") == "plan:trygge_gater"


def test_a_phrase_means_whole_words_any_ending_one_of_several_and_the_start_of_a_sentence() -> None:
    pattern = phrases.any_of(["rus*", "^er du ikke", "(svært|ganske) dyr*", "hvor ofte ... og"])
    for text in ("Rusboligen", "Nå. Er du ikke", "ganske dyrt", "Hvor ofte går du ut og inn"):
        assert phrases.found(pattern, text), text
    for text in ("krus", "Hvem er du ikke", "svært  billig dyrt", "Hvor ofte. Han og hun"):
        assert phrases.found(pattern, text) is None, text


@pytest.mark.parametrize("words", ["hvor ofte ", "ikke x ", "« ", ". ", "rus- og "])
def test_what_is_longer_than_any_question_is_judged_by_its_beginning(words: str) -> None:
    """Texts of 100 kB, made of what phrases begin with, end all the same; what stands first is still seen."""
    assert {fault.kind for fault in said(words * 10_000)} <= {"negation_twice"}
    assert "question_leading" in {fault.kind for fault in said("Er du ikke glad? " + words * 10_000)}
