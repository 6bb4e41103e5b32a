"""Whatever is done to a questionnaire in the making, it stays one, and only what is deleted is gone."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import editing, loading
from forms.addresses import addresses
from forms.editing import Document, EditFault, Elsewhere, Gone, LastOne, ScaleInUse, TooMuch
from forms.errors import QuestionnaireFault
from forms.house_scales import standard_scales
from forms.modules import MODULES
from forms.operations import (
    FORM,
    SCORING,
    STARTERS,
    AddMust,
    AddPage,
    AddQuestion,
    AddRow,
    AddScale,
    Change,
    Copy,
    Delete,
    Join,
    Move,
    MoveTo,
    Operation,
    Part,
    Say,
    Starter,
)
from forms.scoring import score


def blank() -> Document:
    return editing.blank("nb", "Trivsel", page="Side 1", description="Om å bo her.", credit="Oss.")


def done(document: Document, *operations: Operation) -> Document:
    for operation in operations:
        document, _ = editing.apply(document, operation)
    return document


def asked(document: Document) -> list[str]:
    return [item.id for item in loading.unfinished(document).items()]


def errors(document: Document) -> set[str]:
    return {fault.kind for fault in editing.faults(loading.unfinished(document)) if fault.severity == "error"}


def three() -> Document:
    """Two pages: one with two questions, the second with one that depends on the first."""
    document = done(
        blank(),
        AddQuestion("side_1", "yes_no", "nb", "Er det heis?"),
        AddQuestion("side_1", "satisfied", "nb", "Hvor fornøyd er du?"),
        AddPage("nb", "Mer"),
        AddQuestion("mer", "text", "nb", "Hva skjedde?"),
    )
    return done(document, Change(Part("entry", "hva_skjedde"), {"show_if": 'answers.er_det_heis == "nei"'}))


def test_a_questionnaire_made_from_nothing_passes_the_check() -> None:
    assert editing.faults(loading.unfinished(three())) == []


@pytest.mark.parametrize("starter", STARTERS)
def test_every_question_one_can_begin_with_has_the_form_of_a_questionnaire(starter: Starter) -> None:
    document = done(blank(), AddQuestion("side_1", starter, "nb", "Hva mener du?"))
    kinds = {
        fault.kind for fault in editing.faults(loading.unfinished(document)) if fault.severity == "error"
    }
    # Own answers, the words of rows and what is to be reckoned are still to be written.
    still = {"choices_missing", "allocate_choices", "text_empty", "first_page_hidden"}
    assert kinds <= still | {"condition_without_answer"}, kinds


def test_ids_are_made_of_the_first_words_and_never_change_with_them() -> None:
    document = three()
    assert asked(document) == ["er_det_heis", "hvor_fornoyd_er_du", "hva_skjedde"]
    changed = done(document, Change(Part("entry", "er_det_heis"), {"text": {"nb": "Har huset heis?"}}))
    assert asked(changed) == asked(document)
    twice = done(document, AddQuestion("mer", "yes_no", "nb", "Er det heis?"))
    assert asked(twice)[-1] == "er_det_heis_2"


@pytest.mark.parametrize(
    "words", ["in", "vet_ikke", "estate", "...", "🏠", "language", "ÆØÅ " * 200, "1 + 1"]
)
def test_an_id_is_never_a_word_that_conditions_or_files_know_as_something_else(words: str) -> None:
    document = done(blank(), AddQuestion("side_1", "text", "nb", words))
    assert errors(document) == set()


def test_a_question_at_the_edge_of_its_page_moves_on_to_the_next() -> None:
    down = done(three(), Move(Part("entry", "hvor_fornoyd_er_du"), 1))
    assert asked(down) == ["er_det_heis", "hvor_fornoyd_er_du", "hva_skjedde"]
    assert [len(page["items"]) for page in down["pages"]] == [1, 2]
    assert done(down, Move(Part("entry", "hvor_fornoyd_er_du"), -1)) == three()
    assert done(three(), Move(Part("entry", "er_det_heis"), -1)) == three(), "the first stays where it is"


def test_what_reads_an_answer_that_is_moved_behind_it_or_deleted_is_told_of_and_not_refused() -> None:
    moved = done(three(), MoveTo("er_det_heis", "mer"))
    assert [fault.kind for fault in editing.faults(loading.unfinished(moved))] == ["condition_too_early"]
    deleted = done(three(), Delete(Part("entry", "er_det_heis")))
    kinds = [fault.kind for fault in editing.faults(loading.unfinished(deleted))]
    assert "condition_item_unknown" in kinds


def test_a_copy_has_ids_and_meanings_of_its_own() -> None:
    document = done(loading.dump(loading.shipped("boindeks")), Copy(Part("page", "bolig_hjemme")))
    questionnaire = loading.unfinished(document)
    meanings = [item.meaning for item in questionnaire.items()]
    assert len(meanings) == len(set(meanings))
    before = loading.shipped("boindeks")
    copied = len(list(before.page_items(next(p for p in before.pages if p.id == "bolig_hjemme"))))
    assert len(meanings) == len(list(before.items())) + copied
    assert [fault for fault in editing.faults(questionnaire) if fault.severity == "error"] == []


def test_one_page_one_row_and_a_scale_in_use_stay() -> None:
    with pytest.raises(LastOne):
        editing.apply(blank(), Delete(Part("page", "side_1")))
    matrix = done(blank(), AddQuestion("side_1", "matrix", "nb", "Hvor enig er du?"))
    row = matrix["pages"][0]["items"][0]["rows"][0]["id"]
    with pytest.raises(LastOne):
        editing.apply(matrix, Delete(Part("entry", row)))
    with pytest.raises(ScaleInUse):
        editing.apply(matrix, Delete(Part("scale", "e5")))
    more = done(matrix, AddRow("hvor_enig_er_du", "nb", "Det er stille her"), Delete(Part("entry", row)))
    assert asked(more) == ["det_er_stille_her"]
    free = done(more, Delete(Part("entry", "hvor_enig_er_du")), Delete(Part("scale", "e5")))
    assert "scales" not in free


@pytest.mark.parametrize(
    "operation",
    [
        Delete(Part("entry", "borte")),
        Move(Part("page", "borte"), 1),
        Copy(Part("scale", "borte")),
        Change(Part("entry", "borte"), {}),
        AddQuestion("borte", "text", "nb", "Hei"),
        AddRow("er_det_heis", "nb", "Rad av noe som ikke er en matrise"),
        MoveTo("er_det_heis", "borte"),
        Join("borte"),
        Change(Part("entry", "er_det_heis"), {"scale": "borte"}),
        Say("nb", {"pages/side_1/items/borte/text": ("", "x")}),
        Say("nb", {"pages": ("", "x")}),
        Say("nb", {"version": ("", "x")}),
    ],
)
def test_what_is_not_there_is_said_to_be_gone_and_nothing_changes(operation: Operation) -> None:
    document = three()
    with pytest.raises(Gone):
        editing.apply(document, operation)
    assert document == three()


def test_what_became_too_large_elsewhere_can_be_made_smaller_and_no_larger() -> None:
    document = done(blank(), *(Join("sted") for _ in range(2)))
    page = document["pages"][1]
    document["pages"] += [page | {"id": f"s{n}", "items": []} for n in range(80)]
    smaller, _ = editing.apply(document, Delete(Part("page", "s7")))
    assert len(smaller["pages"]) == len(document["pages"]) - 1
    changed, _ = editing.apply(document, Change(Part("page", "s7"), {"title": {"nb": "Nytt"}}))
    assert len(changed["pages"]) == len(document["pages"])
    with pytest.raises(TooMuch):
        editing.apply(document, AddPage("nb", "En til"))


def test_a_questionnaire_has_an_end() -> None:
    document = done(blank(), *(Join("sted") for _ in range(12)))
    with pytest.raises(TooMuch):
        done(document, *(Join("sted") for _ in range(20)))


def test_every_module_can_be_joined_also_twice_and_nothing_clashes() -> None:
    document = done(blank(), *(Join(name) for name in MODULES), *(Join(name) for name in MODULES[:3]))
    items = asked(document)
    assert len(items) == len(set(items))
    faults = editing.faults(loading.unfinished(document))
    # Only the empty first page is left to fill.
    assert {fault.kind for fault in faults if fault.severity == "error"} <= {"first_page_empty"}


def test_background_that_is_deleted_is_no_key_of_releases_any_more() -> None:
    document = done(loading.dump(loading.shipped("boindeks")), Delete(Part("entry", "alder")))
    kinds = [fault.kind for fault in editing.faults(loading.unfinished(document))]
    assert "release_key_unfit" not in kinds and "band_without_key" not in kinds
    marked = done(three(), Change(Part("entry", "er_det_heis"), {"background": True}))
    assert marked["release_keys"] == ["er_det_heis"]
    assert "release_keys" not in done(marked, Change(Part("entry", "er_det_heis"), {"background": False}))


def test_every_text_of_every_questionnaire_of_the_house_has_an_address_where_it_stands() -> None:
    for name in ("boindeks", "copenhagen"):
        form = loading.shipped(name)
        document = loading.dump(form)
        found = [address for address, _ in addresses(form)]
        assert len(found) == len(set(found))
        changed = {address: (worded.text.get("nb"), "X") for address, worded in addresses(form)}
        said = done(document, Say("nb", changed))
        assert {w.text.root["nb"] for _, w in addresses(loading.unfinished(said))} == {"X"}


def test_scales_of_the_house_speak_the_languages_of_the_questionnaire() -> None:
    document = done(three(), Change(FORM, {"languages": ["nb", "nn"]}))
    words = {choice["value"]: choice["text"] for scale in document["scales"] for choice in scale["choices"]}
    assert words["svaert_fornoyd"] == {"nb": "Svært fornøyd", "nn": "Svært nøgd"}
    own = done(three(), Say("nb", {"scales/f5/choices/svaert_fornoyd/text": ("Svært fornøyd", "Topp")}))
    kept = done(own, Change(FORM, {"languages": ["nb", "nn"]}))
    assert "Svært nøgd" not in str(kept["scales"]), "words of our own are not translated by others"


def test_texts_that_others_changed_meanwhile_are_handed_back_and_none_is_written() -> None:
    title, text = "pages/side_1/title", "pages/side_1/items/er_det_heis/text"
    document = done(three(), Say("nb", {title: ("Side 1", "Huset")}))
    with pytest.raises(Elsewhere) as caught:
        editing.apply(document, Say("nb", {title: ("Side 1", "Bygget"), text: ("Er det heis?", "Heis?")}))
    assert caught.value.texts == {title: "Huset"}
    same = done(document, Say("nb", {title: ("Side 1", "Huset")}))
    assert same == document, "who writes the same stands in nobody's way"


def test_the_mark_of_a_part_changes_with_the_part_and_with_nothing_else() -> None:
    document = three()
    page, first, second = (
        Part("page", "side_1"),
        Part("entry", "er_det_heis"),
        Part("entry", "hvor_fornoyd_er_du"),
    )
    changed = done(document, Change(first, {"text": {"nb": "Heis?"}}))
    assert editing.mark(changed, first) != editing.mark(document, first)
    assert editing.mark(changed, second) == editing.mark(document, second)
    assert editing.mark(changed, page) == editing.mark(document, page)
    assert editing.mark(changed, page, whole=True) != editing.mark(document, page, whole=True)
    assert editing.mark(changed, FORM) == editing.mark(document, FORM)


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    ids = st.sampled_from(
        [
            "er_det_heis",
            "hvor_fornoyd_er_du",
            "hva_skjedde",
            "bra",
            "bra_2",
            "side_1",
            "mer",
            "f5",
            "e5",
            "bra_a",
        ]
    )
    part = st.builds(Part, st.sampled_from(["page", "entry", "scale"]), ids)
    return draw(
        st.one_of(
            st.builds(AddPage, st.just("nb"), st.text(max_size=20), ids | st.just("")),
            st.builds(
                AddQuestion, ids, st.sampled_from(STARTERS), st.just("nb"), st.sampled_from(["Bra", ""])
            ),
            st.builds(AddRow, ids, st.just("nb"), st.text(max_size=20)),
            st.builds(Move, part, st.sampled_from([-1, 1])),
            st.builds(MoveTo, ids, ids),
            st.builds(Copy, part),
            st.builds(Delete, part),
            st.builds(Join, st.sampled_from(["puls", "sted"])),
            st.builds(Change, part, st.just({"show_if": 'answers.bra == "ja"'})),
        )
    )


@settings(max_examples=60)
@given(st.lists(operations(), max_size=12))
def test_whatever_is_done_in_whatever_order_the_check_can_tell_what_is_wrong(
    several: list[Operation],
) -> None:
    document = three()
    for operation in several:
        before = copy.deepcopy(document)
        try:
            changed, _ = editing.apply(document, operation)
        except (EditFault, QuestionnaireFault):
            changed = document
        assert document == before, "an operation makes a new document and leaves the old one"
        document = changed
    questionnaire = loading.unfinished(document)
    editing.faults(questionnaire)
    ids = asked(document)
    assert len(ids) == len(set(ids))
    assert loading.dump(questionnaire) == document


def test_a_scale_of_ones_own_has_its_points_spread_and_a_copy_of_a_scale_changes_nothing_else() -> None:
    document = done(three(), AddScale("nb", ("Aldri", "Av og til", "Ofte", "Alltid")))
    scale = loading.unfinished(document).scales[-1]
    assert [choice.score for choice in scale.choices] == [0, 33.3333, 66.6667, 100]
    assert [choice.value for choice in scale.choices] == ["aldri", "av_og_til", "ofte", "alltid"]
    copied, part = editing.apply(document, Copy(Part("scale", "f5")))
    assert part.kind == "scale" and part.id not in {"f5", scale.id}
    changed = done(copied, Change(Part("step", f"{part.id}/svaert_fornoyd"), {"score": 90}))
    form = loading.unfinished(changed)
    assert form.scale("f5") == loading.unfinished(document).scale("f5")
    assert form.item("hvor_fornoyd_er_du").scale == "f5"
    assert form.scale(part.id).choices[-1].score == 90


def test_a_scale_of_ones_own_never_takes_the_name_of_one_of_the_house() -> None:
    document = done(blank(), AddQuestion("side_1", "satisfied", "nb", "Hvor fornøyd?"))
    for _ in range(3):
        document = done(document, Copy(Part("scale", "f5")))
    house = {scale.id for scale in standard_scales()}
    own = [scale.id for scale in loading.unfinished(document).scales]
    assert len(own) == len(set(own)) == 4 and not house & set(own[1:])


def test_one_answer_is_a_part_of_its_own() -> None:
    document = done(blank(), AddQuestion("side_1", "choice", "nb", "Hvor bor du?", ("Nord", "Sør")))
    part = Part("answer", "hvor_bor_du/nord")
    seen, other = editing.mark(document, part), editing.mark(document, Part("answer", "hvor_bor_du/sor"))
    changed = done(document, Change(part, {"show_if": 'answers.heis == "ja"', "number": 2}))
    choice = loading.unfinished(changed).item("hvor_bor_du").choices[0]
    assert (choice.show_if, choice.number) == ('answers.heis == "ja"', 2)
    assert editing.mark(changed, part) != seen
    assert editing.mark(changed, Part("answer", "hvor_bor_du/sor")) == other
    assert done(changed, Change(part, {"show_if": None, "number": None})) == document
    for gone in (Part("answer", "hvor_bor_du/ost"), Part("step", "f5/nord"), Part("must", "hvor_bor_du/0")):
        with pytest.raises(Gone):
            editing.found(document, gone)


def test_a_demand_is_added_changed_and_taken_away_again() -> None:
    document = done(blank(), AddQuestion("side_1", "number", "nb", "Hvor mange rom?"))
    first = AddMust("hvor_mange_rom", "answers.hvor_mange_rom > 0", {"nb": "Minst ett."})
    second = AddMust("hvor_mange_rom", "answers.hvor_mange_rom < 90", {"nb": "Under 90."})
    both, part = editing.apply(done(document, first), second)
    assert part == Part("must", "hvor_mange_rom/1")
    entry = Part("entry", "hvor_mange_rom")
    assert editing.mark(both, entry) == editing.mark(document, entry), "its own form does not show them"
    changed = done(both, Change(part, {"text": {"nb": "Færre enn 90."}}))
    left = done(changed, Delete(Part("must", "hvor_mange_rom/0")))
    (must,) = loading.unfinished(left).item("hvor_mange_rom").must
    assert must.text.root == {"nb": "Færre enn 90."}
    assert done(left, Delete(Part("must", "hvor_mange_rom/0"))) == document


def test_an_index_is_made_from_nothing_and_its_questions_count_in_it() -> None:
    document = three()
    before = editing.mark(document, SCORING)
    counts = {"object": "huset", "facet": "funksjonell", "reversed": True}
    made = {"index": {"objects": ["huset"], "facets": ["funksjonell"], "min_answered": 0.6},
            "labels": {"huset": {"nb": "Huset"}}, "items": {"hvor_fornoyd_er_du": counts}}  # fmt: skip
    scored = done(document, Change(SCORING, made))
    form = loading.unfinished(scored)
    assert editing.mark(scored, SCORING) != before and errors(scored) == set()
    assert score(form, {"hvor_fornoyd_er_du": form.scale("f5").choices[0].code}).index == 100
    assert editing.mark(scored, FORM) == editing.mark(document, FORM)
    none = done(scored, Change(SCORING, {"index": None, "items": {"hvor_fornoyd_er_du": None}}))
    assert loading.unfinished(none).index is None and errors(none) == set()
    with pytest.raises(Gone):
        done(document, Change(SCORING, {"items": {"finnes_ikke": None}}))
