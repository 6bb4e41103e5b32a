"""A condition is read back in words its author can check, and made of rows by those who do not write it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.builder import Op, Row, asked, rows
from forms.condition_types import type_of
from forms.expressions import parse
from forms.loading import from_document
from forms.questionnaire import Questionnaire
from forms.spoken import shown_when, spoken
from tests.conditions import KINDS, MONTHS, WORDS, Chooser
from tests.questionnaires import document, questionnaire


def text(nb: str, nn: str, en: str) -> dict[str, str]:
    return {"nb": nb, "nn": nn, "en": en}


def asking() -> Questionnaire:
    data = document()
    page = data["pages"][0]
    page["items"][0]["text"] = text("Er det heis?", "Er det heis?", "Is there a lift?")
    data["scales"][1]["choices"][0]["text"] = text("Nei", "Nei", "No")
    page["items"] += [
        {"id": "rom", "kind": "number", "text": text("Hvor mange rom?", "Kor mange rom?", "How many rooms?")},
        {
            "id": "folk",
            "kind": "number",
            "text": text("Hvor mange bor her?", "Kor mange bur her?", "How many?"),
        },
        {
            "id": "flyttet",
            "kind": "month",
            "text": text("Når flyttet du inn?", "Når flytta du inn?", "When?"),
        },
    ]
    return from_document(data)


Q = asking()


@pytest.mark.parametrize(
    ("source", "nb", "nn", "en"),
    [
        (
            'answers.heis == "nei" && answers.rom < 3',
            "Vises når svaret på «Er det heis?» er «Nei» og svaret på «Hvor mange rom?» er under 3.",
            "Blir vist når svaret på «Er det heis?» er «Nei» og svaret på «Kor mange rom?» er under 3.",
            "Shown when the answer to 'Is there a lift?' is 'No' and the answer to 'How many rooms?' is "
            "under 3.",
        ),
        (
            'answers.heis != "vet_ikke"',
            "Vises når svaret på «Er det heis?» ikke er «vet ikke».",
            "Blir vist når svaret på «Er det heis?» ikkje er «veit ikkje».",
            "Shown when the answer to 'Is there a lift?' is not 'don't know'.",
        ),
        (
            'answers.flyttet >= "2024-05"',
            "Vises når svaret på «Når flyttet du inn?» er tidligst mai 2024.",
            "Blir vist når svaret på «Når flytta du inn?» er tidlegast mai 2024.",
            "Shown when the answer to 'When?' is no earlier than May 2024.",
        ),
        (
            "answers.folk / answers.rom > 2.5",
            "Vises når svaret på «Hvor mange bor her?» delt på svaret på «Hvor mange rom?» er over 2,5.",
            "Blir vist når svaret på «Kor mange bur her?» delt på svaret på «Kor mange rom?» er over 2,5.",
            "Shown when the answer to 'How many?' divided by the answer to 'How many rooms?' is over 2.5.",
        ),
    ],
)
def test_a_condition_is_read_back_in_the_words_of_the_questionnaire(
    source: str, nb: str, nn: str, en: str
) -> None:
    node = parse(source)
    assert [shown_when(node, Q, language) for language in ("nb", "nn", "en")] == [nb, nn, en]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('answers.heis == ""', "det ikke er svart på «Er det heis?»"),
        ("answers.mangler != []", "det er svart på «Hva mangler?»"),
        ("!has(answers.rom)", "det ikke er svart på «Hvor mange rom?»"),
        ('"m1" in answers.mangler', "«m1» er krysset av på «Hva mangler?»"),
        ('!("m1" in answers.mangler)', "«m1» ikke er krysset av på «Hva mangler?»"),
        ('answers.heis in ["ja", "nei", "vet_ikke"]',
         "svaret på «Er det heis?» er «ja», «Nei» eller «vet ikke»"),
        ('!(answers.heis in ["ja", "nei"])', "svaret på «Er det heis?» ikke er «ja» eller «Nei»"),
        ("!(answers.rom <= 2)", "svaret på «Hvor mange rom?» er over 2"),
        ("2 < answers.rom", "svaret på «Hvor mange rom?» er over 2"),
        ("answers.rom in [1, -1500.5]", "svaret på «Hvor mange rom?» er 1 eller -1 500,5"),
        ('answers.flyttet < "2024-05"', "svaret på «Når flyttet du inn?» er før mai 2024"),
        ("answers.heis == answers.trapp_tung",
         "svaret på «Er det heis?» er det samme som svaret på «Er trappen tung?»"),
        ('answers.heis == "nei" || answers.rom > 2 && has(answers.folk)',
         "svaret på «Er det heis?» er «Nei» eller både svaret på «Hvor mange rom?» er over 2 og det er svart "
         "på «Hvor mange bor her?»"),
        ('answers.mangler.exists(x, x in ["m1", "m2"])',
         "det blant svarene på «Hva mangler?» er noe som er slik at det er «m1» eller «m2»"),
        ('answers.mangler == ["m1", "m2"]', "svarene på «Hva mangler?» er «m1» og «m2», og ikke noe annet"),
        ("!(answers.rom > 1 && answers.folk > 1)",
         "det ikke stemmer at (både svaret på «Hvor mange rom?» er over 1 og svaret på «Hvor mange bor her?» "
         "er over 1)"),
        ("(answers.rom + 1) * 2 == answers.folk - 1",
         "(svaret på «Hvor mange rom?» pluss 1) ganger 2 er svaret på «Hvor mange bor her?» minus 1"),
        ('answers.fjernet == "a"', "svaret på «fjernet» er «a»"),
    ],
)  # fmt: skip
def test_every_turn_of_the_language_has_words(source: str, said: str) -> None:
    assert spoken(parse(source), Q, "nb").replace("\u00a0", " ").replace("\u2212", "-") == said


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_whatever_is_asked_can_be_read_back_in_every_language(data: st.DataObject) -> None:
    node = Chooser(lambda things: data.draw(st.sampled_from(things))).truth(4)
    said = {language: spoken(node, questionnaire(), language) for language in ("nb", "nn", "en")}
    assert all(words and "answers." not in words and "spoken." not in words for words in said.values())


@st.composite
def some_rows(draw: st.DrawFn) -> tuple[Row, ...]:
    def one() -> Row:
        item = draw(st.sampled_from(sorted(KINDS)))
        word = st.sampled_from([word for word in WORDS if word])
        ops: dict[str, list[Op]] = {
            "words": ["answered", "unanswered", "ticked", "not_ticked"],
            "word": ["answered", "unanswered", "is", "is_not", "one_of", "none_of"],
            "number": ["answered", "unanswered", "is", "one_of", "none_of", "under", "at_least", "over"],
        }
        kind = KINDS[item]
        op = draw(st.sampled_from(ops.get("number" if kind == "month" else kind, ops["word"])))
        if op in ("answered", "unanswered"):
            return Row(item, op)
        if kind in ("number", "month") and op not in ("one_of", "none_of") and draw(st.booleans()):
            alike = [name for name in sorted(KINDS) if KINDS[name] == kind]
            return Row(item, op, other=draw(st.sampled_from(alike)))
        values = {"number": st.sampled_from(["2", "-2.5", "0"]), "month": st.sampled_from(MONTHS)}
        most = 3 if op in ("one_of", "none_of") else 1
        chosen = draw(st.lists(values.get(kind, word), min_size=1, max_size=most))
        return Row(item, op, tuple(chosen))

    return tuple(one() for _ in range(draw(st.integers(1, 4))))


@settings(deadline=None)
@given(some_rows(), st.booleans())
def test_rows_become_a_condition_that_fits_and_rows_again(filled: tuple[Row, ...], all_of: bool) -> None:
    source = asked(filled, KINDS, all_of=all_of)
    node = parse(source)
    assert type_of(node, KINDS) == "truth"
    assert rows(node) == (all_of or len(filled) == 1, filled)


@pytest.mark.parametrize(
    "source",
    ['answers.heis == "a" && (answers.etasje == "b" || answers.rom > 1)', "answers.rom + 1 > 2",
     "answers.rom == answers.etasje + 1", 'answers.mangler.exists(x, x == "a")', "true",
     'answers.rom > 1 ? answers.heis == "a" : false', 'answers.mangler == ["a"]', "!(answers.rom > 1)"],
)  # fmt: skip
def test_what_is_too_rich_for_rows_is_left_as_it_is_written(source: str) -> None:
    assert rows(parse(source)) is None


@pytest.mark.parametrize(
    "row", [Row("rom", "is", ("to",)), Row("rom", "one_of", ("1", "")), Row("heis", "is"), None]
)
def test_an_unfinished_row_makes_no_condition(row: Row | None) -> None:
    with pytest.raises(ValueError, match="needs a"):
        asked([row] if row else [], KINDS, all_of=True)
