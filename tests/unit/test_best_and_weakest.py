"""What a chapter says is best and weakest is so of what it shows, and it says of what that is."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from reports.compute import compute
from reports.documents.groups import best_and_weakest, ranked_groups
from reports.documents.rows import Row, likert_row
from reports.documents.words import Words
from reports.waves import Estate
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

NAMES = tuple("abcdef")
FORM = questionnaire(*map(item, NAMES), index=False)


def _rows(*shares: float | None, doubt: float = 0.05) -> list[Row]:
    return [
        Row(name, Markup(""), "", "", "", rank=-1.0, item_id=name)
        if share is None
        else Row(
            name,
            Markup(""),
            "",
            f"{share:.0%}",
            "",
            rank=share,
            between=(share - doubt, share + doubt),
            item_id=name,
        )
        for name, share in zip(NAMES, shares, strict=False)
    ]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_best_and_weakest_are_said_to_be_of_the_questions_that_can_be_shown(language: str) -> None:
    words = Words.of(FORM, language)
    some = best_and_weakest(words, _rows(0.9, 0.5, 0.6, 0.2, None, None))
    assert some == words.t(
        "items.lead_shown",
        best=words.quote("a"), best_share=words.t("items.share", share="90%"),
        worst=words.quote("d"), worst_share=words.t("items.share", share="20%"),
    )  # fmt: skip
    part = {
        "nb": "Av spørsmålene som kan vises",
        "nn": "Av spørsmåla som kan visast",
        "en": "that can be shown",
    }
    assert part[language] in some
    assert part[language] not in best_and_weakest(words, _rows(0.9, 0.5, 0.2))


def test_nothing_is_best_where_less_than_two_thirds_of_the_questions_show_their_share() -> None:
    words = Words.of(FORM, "nb")
    rows = _rows(0.9, 0.5, 0.2, None, None, None)
    assert best_and_weakest(words, rows) == words.t("items.lead_few")
    rows = _rows(0.9, 0.5, 0.4, 0.2, *[None] * 2)
    assert best_and_weakest(words, rows) != words.t("items.lead_few")
    many_hidden = [*rows, *_rows(None)]
    assert len(ranked_groups(words, many_hidden)) == 1, "and none stands under Strongest or Weakest"
    assert len(ranked_groups(words, rows)) == 3


def test_nothing_is_best_where_its_interval_meets_that_of_the_weakest() -> None:
    words = Words.of(FORM, "nb")
    assert best_and_weakest(words, _rows(0.63, 0.55, 0.51, doubt=0.1)) == words.t("items.lead_same")
    assert best_and_weakest(words, _rows(0.63, 0.55, 0.51, doubt=0.05)) != words.t("items.lead_same")


def test_a_share_that_says_nothing_of_all_estates_is_not_among_the_best() -> None:
    people = {"s": [{"a": 5 if k < 10 else 1 + k % 3} for k in range(40)]}
    people |= {f"l{k}": [{"a": 5 if k < 8 else 1} for k in range(9)] for k in range(6)}
    estates = [Estate(name, name, "Nord", 50 if name == "s" else 20) for name in people]
    found = compute(wave_of(FORM, estates, people), None).items["a"]
    assert found.favourable.left_out == "many", "or this is no test"
    row = likert_row(Words.of(FORM, "nb"), FORM.item("a"), found, prefix="x")
    assert row.between is None
