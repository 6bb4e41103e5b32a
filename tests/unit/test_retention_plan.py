"""What is deleted when, by the calendar alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from reports import published
from survey.retention.plan import Held, due
from tests.samples import report_results

CONTACTS, ANSWERS = date(2026, 3, 31), date(2031, 3, 1)
ROUND = Held(
    organisation_id=UUID(int=1),
    campaign_id=UUID(int=2),
    name="Runde",
    contacts_due_on=CONTACTS,
    answers_due_on=ANSWERS,
    answers_deleted_on=None,
    contacts=40,
    contact_keys=(b"k" * 32,),
    invitations=40,
    wave=24,
)
A_DAY = timedelta(days=1)


def test_nothing_is_due_before_its_day() -> None:
    assert due([ROUND], CONTACTS - A_DAY) == ()
    assert [step.kind for step in due([ROUND], CONTACTS)] == ["contacts", "invitations"]
    assert [step.kind for step in due([ROUND], ANSWERS - A_DAY)] == ["contacts", "invitations"]
    assert [step.kind for step in due([ROUND], ANSWERS)] == ["contacts", "invitations", "answers"]


def test_what_has_been_done_is_not_due_again() -> None:
    done = replace(ROUND, contacts=0, contact_keys=(), invitations=0, wave=None)
    assert due([replace(done, answers_deleted_on=ANSWERS)], ANSWERS + A_DAY) == ()


def test_a_step_that_was_cut_off_halfway_is_due_again() -> None:
    keys_left = replace(ROUND, contacts=0, invitations=0)
    assert [step.counts for step in due([keys_left], CONTACTS)] == [{"contacts": 0, "keys": 1}]
    wave_left = replace(ROUND, contacts=0, contact_keys=(), invitations=0)
    assert [step.counts["rows"] for step in due([wave_left], ANSWERS)] == [24]


def test_what_has_waited_longest_comes_first() -> None:
    older = replace(ROUND, invitations=0, campaign_id=UUID(int=3), contacts_due_on=CONTACTS - A_DAY)
    newer = replace(ROUND, invitations=0)
    assert [step.held.campaign_id.int for step in due([newer, older], CONTACTS)] == [3, 2]


def test_a_report_can_be_kept_as_text_and_comes_back_whole() -> None:
    for results in (report_results.eksempelvik(), report_results.copenhagen(), report_results.hidden_cells()):
        assert published.from_text(published.to_text(results), results.questionnaire) == results


def test_names_may_change_without_changing_what_was_found() -> None:
    results = report_results.eksempelvik()
    renamed = replace(
        results,
        organisation="Nytt navn",
        scope="Nytt navn",
        coverage=tuple(replace(c, name=f"Ny {c.name}", area="Ny") for c in reversed(results.coverage)),
        by_estate=tuple((f"Ny {name}", cell) for name, cell in reversed(results.by_estate)),
    )
    one, other = (published.figures(published.to_text(r)) for r in (results, renamed))
    assert not published.differences(one, other) and published.digest(one) == published.digest(other)


def test_another_number_is_another_result_but_the_last_bit_is_not() -> None:
    results = report_results.eksempelvik()
    then = published.figures(published.to_text(results))
    more = replace(results, n=results.n + 1)
    assert published.differences(then, published.figures(published.to_text(more)))
    assert results.index is not None
    score = results.index.score
    assert score.value is not None
    for shift, alike in ((1e-12, True), (1e-6, False)):
        moved = replace(results.index, score=replace(score, value=score.value + shift))
        now = published.figures(published.to_text(replace(results, index=moved)))
        assert (not published.differences(then, now)) is alike
