"""What holds for every questionnaire that passes the check, whatever is asked and whatever is answered."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.answers import Answers, Layout, parse_form, validate
from forms.errors import AnswerFault
from forms.journey import Journey, VisiblePage
from forms.loading import content_hash, dump, from_document
from forms.questionnaire import Item, Questionnaire
from forms.shuffling import ORDER, ORDERS, any_shuffled
from survey.asking.questions import page_groups, review
from survey.phone.rendering import messages
from tests.questionnaires import document
from tests.random_questionnaires import answers_of, questionnaires

MANY = settings(max_examples=100, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def _all_answers(draw: st.DataObject, questionnaire: Questionnaire) -> Answers:
    items = list(questionnaire.questions())
    answered = draw.draw(
        st.lists(st.sampled_from([True, True, True, False]), min_size=len(items), max_size=len(items))
    )
    return {
        item.id: draw.draw(answers_of(questionnaire, item))
        for item, said in zip(items, answered, strict=True)
        if said
    }


def _walked(questionnaire: Questionnaire, wanted: Answers) -> Answers:
    """From the first page to the last, answering as wanted whatever is asked, and nothing else."""
    said: Answers = {}
    page: VisiblePage | None = Journey(questionnaire, {}).first
    while page is not None:
        asked: set[str] = set()
        while new := {item.id for item in page.items if item.asks} - asked:
            asked |= new
            said |= {name: wanted[name] for name in new & wanted.keys()}
            page = Journey(questionnaire, said).page(page.id) or page
        page = Journey(questionnaire, said).after(page.id)
    return Journey(questionnaire, said).on_route()


def _packed(item: Item) -> bool:
    return item.counted or item.kind == "allocate"


@MANY
@given(questionnaires(), st.data())
def test_going_back_and_changing_ends_where_a_straight_walk_would(
    questionnaire: Questionnaire, draw: st.DataObject
) -> None:
    draft: Answers = {}
    for _ in range(draw.draw(st.integers(1, 12))):
        page = draw.draw(st.sampled_from(Journey(questionnaire, draft).pages))
        for item in page.items:
            if not item.asks:
                continue
            draft.pop(item.id, None)
            if draw.draw(st.booleans()):
                draft[item.id] = draw.draw(answers_of(questionnaire, questionnaire.item(item.id)))
    assert Journey(questionnaire, draft).on_route() == _walked(questionnaire, draft)


@MANY
@given(questionnaires(), st.data())
def test_there_is_always_a_way_to_the_end_and_back(questionnaire: Questionnaire, draw: st.DataObject) -> None:
    journey = Journey(questionnaire, _all_answers(draw, questionnaire))
    forward = [journey.first]
    while (following := journey.after(forward[-1].id)) is not None:
        forward.append(following)
    assert tuple(forward) == journey.pages
    assert all(page.items for page in forward)
    for earlier, later in pairwise(forward):
        assert journey.before(later.id) == earlier
    for page in questionnaire.pages:  # also from a page that has left the route
        ways = journey.after(page.id), journey.before(page.id)
        assert any(ways) or [page.id] == [only.id for only in journey.pages]


@settings(MANY, max_examples=300)
@given(questionnaires(), st.data())
def test_no_demand_holds_anybody_who_empties_what_it_names(
    questionnaire: Questionnaire, draw: st.DataObject
) -> None:
    """The first sending of a page may be refused; emptied where it was told, the page lets everybody on."""
    answers = _all_answers(draw, questionnaire)
    for page in Journey(questionnaire, answers).pages:
        for _ in range(len(page.items) + 1):
            journey = Journey(questionnaire, answers)
            here = journey.page(page.id)
            told = journey.unmet(here.items if here else ())
            if not told:
                break
            assert here is not None
            named = {problem.item_id for problem in told}
            assert named <= answers.keys() & {item.id for item in here.items if item.must}
            assert all(problem.text and problem.text.get("nb") for problem in told)
            answers = {name: answer for name, answer in answers.items() if name not in named}
        else:
            raise AssertionError(f"page {page.id} lets nobody on")
    assert Journey(questionnaire, {}).unmet(questionnaire.items()) == ()


@MANY
@given(questionnaires(), st.data())
def test_what_needs_a_consent_is_seen_by_nobody_who_did_not_give_it(
    questionnaire: Questionnaire, draw: st.DataObject
) -> None:
    """Of conditions on one consent alone: two joined by 'or' may be opened by the other."""
    answers = _all_answers(draw, questionnaire)
    consents = [item.id for item in questionnaire.items() if item.consent]
    for name in consents:
        answers[name] = 2
    shown = {item.id for page in Journey(questionnaire, answers).pages for item in page.items}
    asked = {f'answers.{name} == "ja"' for name in consents}
    for page in questionnaire.pages:
        for entry in page.items:
            if page.show_if in asked or entry.show_if in asked:
                assert entry.id not in shown


@settings(MANY, max_examples=300)
@given(questionnaires(), st.data())
def test_nothing_off_the_route_is_stored(questionnaire: Questionnaire, draw: st.DataObject) -> None:
    answers = _all_answers(draw, questionnaire)
    kept = Journey(questionnaire, answers).on_route()
    again = Journey(questionnaire, kept)
    seen = {item.id: item for page in again.pages for item in page.items}
    computed = {item.id for item in questionnaire.stored() if not item.asks}
    shown = {name for name, item in seen.items() if item.asks}
    assert again.on_route() == kept and kept.keys() <= shown | computed and not shown & computed
    for name, answer in kept.items():
        if isinstance(answer, dict) or name in computed:
            continue
        codes = answer if isinstance(answer, list) else [answer]
        offered = {choice.code for choice in questionnaire.choices(seen[name])} | {253, 254, 255}
        assert isinstance(answer, str) or set(codes) <= offered
    assert validate(questionnaire, kept) == kept
    layout = Layout.of(questionnaire)
    closed = {name: answer for name, answer in kept.items() if _packed(questionnaire.item(name))}
    assert layout.unpack(layout.pack(kept)) == closed


@MANY
@given(questionnaires(), st.data())
def test_what_the_pages_show_again_is_read_as_it_was_answered(
    questionnaire: Questionnaire, draw: st.DataObject
) -> None:
    answers = Journey(questionnaire, _all_answers(draw, questionnaire)).on_route()
    journey = Journey(questionnaire, answers)
    language = draw.draw(st.sampled_from(["nb", "nn", "en"]))
    t = messages(language)
    form: dict[str, list[str]] = {}
    for page in journey.pages:
        for group in page_groups(questionnaire, page, answers, (), language, t):
            for question in group.questions:
                picked = [*question.choices, *question.specials]
                form[question.id] = [str(option.code) for option in picked if option.picked]
                if question.kind == "rank":
                    form[question.id] = [str(option.code) for option in question.specials if option.picked]
                    form |= {place.name: [str(place.code or "")] for place in question.places}
                if question.kind == "text":
                    form[question.id] = [question.written]
                if question.kind == "number":
                    form[f"{question.id}.1"] = [question.written]
                form |= {part.name: [part.written] for part in question.parts}
                if question.kind == "month":
                    form[f"{question.id}.1"] = [str(month.code) for month in question.months if month.picked]
                    form[f"{question.id}.2"] = [question.written]
    items = [item for page in journey.pages for item in page.items]
    asked = {name: answer for name, answer in answers.items() if questionnaire.item(name).asks}
    assert parse_form(questionnaire, items, form) == (asked, ())
    told = review(questionnaire, journey.pages, answers, language, t)
    lines = [line for page in told for group in page.groups for line in group.lines]
    assert sum(bool(line.answers) for line in lines) == len(asked)


@MANY
@given(questionnaires())
def test_what_is_dumped_comes_back_with_the_same_hash(questionnaire: Questionnaire) -> None:
    assert content_hash(from_document(dump(questionnaire))) == content_hash(questionnaire)


@MANY
@given(questionnaires(), st.data())
def test_every_order_shows_all_there_is_and_changes_nothing_that_counts(
    questionnaire: Questionnaire, draw: st.DataObject
) -> None:
    answers = _all_answers(draw, questionnaire)
    ordered = answers | {ORDER: draw.draw(st.integers(1, ORDERS))}
    written, mixed = Journey(questionnaire, answers), Journey(questionnaire, ordered)
    assert mixed.pages == Journey(questionnaire, ordered).pages
    kept = mixed.on_route()
    assert {name: answer for name, answer in kept.items() if name != ORDER} == written.on_route()
    assert (ORDER in kept) == any_shuffled(questionnaire)
    assert validate(questionnaire, kept) == kept
    said = {item.id for item in questionnaire.items() if item.computed is None}  # the rest nobody says
    assert mixed.answered == bool(said & written.on_route().keys())
    layout = Layout.of(questionnaire)
    assert layout.unpack(layout.pack(kept)).get(ORDER) == kept.get(ORDER)
    for page, other in zip(written.pages, mixed.pages, strict=True):
        seen = {item.id: {choice.code for choice in questionnaire.choices(item)} for item in page.items}
        assert seen == {i.id: {choice.code for choice in questionnaire.choices(i)} for i in other.items}
        if not page.page.shuffle:
            assert [item.id for item in page.items] == [item.id for item in other.items]
        for item in other.items:
            codes = [choice.code for choice in questionnaire.choices(item)]
            assert item.shuffle or codes == sorted(codes)
            assert 9 not in codes or codes[-1] == 9, "what stands alone stays last"


def test_over_all_orders_each_row_stands_in_each_place_equally_often() -> None:
    data = document()
    data["pages"][3]["items"][0]["shuffle"] = True
    questionnaire = from_document(data)
    orders = [
        tuple(item.id for item in page.items)
        for number in range(1, ORDERS + 1)
        if (page := Journey(questionnaire, {ORDER: number}).page("mening"))
    ]
    assert len(set(orders)) > 12
    for item in orders[0]:
        assert all(sum(order[place] == item for order in orders) == 6 for place in range(4))


def test_what_comes_and_goes_does_not_move_the_rest_about() -> None:
    data = document()
    data["pages"][3]["items"][0]["shuffle"] = True
    data["pages"][3]["items"][0]["rows"][1]["show_if"] = 'answers.heis == "nei"'
    questionnaire = from_document(data)
    for number in range(1, ORDERS + 1):
        with_all, without = (
            [item.id for page in Journey(questionnaire, {ORDER: number, "heis": heis}).pages
             if page.id == "mening" for item in page.items]
            for heis in (1, 2)
        )  # fmt: skip
        assert [item for item in with_all if item != "plass"] == without


def test_where_all_choices_stand_alone_they_stay_as_they_are_written() -> None:
    """Nothing is left to shuffle; a tenant once got a page of errors for it."""
    data = document()
    item = data["pages"][0]["items"][1]
    assert item["id"] == "mangler"
    item["shuffle"] = True
    for choice in item["choices"]:
        choice["exclusive"] = True
    questionnaire = from_document(data)
    written = [choice["code"] for choice in item["choices"]]
    for number in range(1, ORDERS + 1):
        seen = Journey(questionnaire, {ORDER: number}).first
        (shown,) = (item for item in seen.items if item.id == "mangler")
        assert [choice.code for choice in questionnaire.choices(shown)] == written


@pytest.mark.parametrize("order", [0, 25, -1, True, "3", [3], 3.0])
def test_an_order_that_is_none_is_refused_or_means_the_one_that_is_written(order: Any) -> None:
    data = document()
    data["pages"][3]["shuffle"] = True
    questionnaire = from_document(data)
    assert Journey(questionnaire, {"heis": 1, ORDER: order}).on_route() == {"heis": 1}
    if order:
        with pytest.raises(AnswerFault):
            validate(questionnaire, {ORDER: order})
    with pytest.raises(AnswerFault):  # nothing is shuffled here
        validate(from_document(document()), {ORDER: 3})
