"""The report on an estate tells what became of its own measures and of those for all, not of others'."""

from __future__ import annotations

from reports.documents import loop_words
from reports.documents.words import Words
from reports.loop import Before, Loop
from tests.samples import tenants


def test_measures_of_another_estate_are_left_to_its_own_report() -> None:
    results = tenants.estate()
    own = tenants.finding(results, "weak", "bolig_inneklima", 10, 20, 30)
    elsewhere = own.model_copy(
        update={
            "id": "a" * 20,
            "place": own.place.model_copy(update={"id": "another", "name": "Et annet hus"}),
        }
    )
    whole = own.model_copy(
        update={"id": "b" * 20, "place": own.place.model_copy(update={"id": "", "level": "all"})}
    )
    measures = (
        tenants.measure(1, own.id),
        tenants.measure(2, elsewhere.id),
        tenants.measure(3, elsewhere.id, whole.id),
    )
    before = Before("Runden før", measures, (own, elsewhere, whole))
    assert before.about(results.estate_id) == (measures[0], measures[2])
    assert before.about(None) == measures
    words = Words.of(results.questionnaire, "nb")
    told = loop_words.chapter(words, Loop(before=before), (), results)
    assert told and [row.title for row in told.became] == [measures[0].title, measures[2].title]
