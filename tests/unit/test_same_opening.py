"""What many findings have in common is said once, and not of each again."""

from __future__ import annotations

import pytest

from reports.documents import same_opening
from reports.documents.blocks import Points, Text
from reports.documents.plan_claims import shortly
from reports.documents.words import Words
from tests.samples import planning


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_opening_is_said_once_and_no_finding_is_lost(language: str) -> None:
    every, listed = planning.whole_round(), planning.found()
    words = Words.of(every.whole.questionnaire, language)
    texts, _ = shortly(words, [one for one in listed.findings if one.place.level != "estate"])
    said, start, seen = [], "", []
    for block in same_opening.blocks(words, texts):
        if isinstance(block, Text):
            start = block.text.removesuffix(":")
            seen.append(start)
        elif isinstance(block, Points):
            said += [f"{start} {item}" if start else item for item in block.items]
            assert not start or len(block.items) > 1
            start = ""
    assert sorted(said) == sorted(texts)
    assert seen and len(set(seen)) == len(seen)
    openings = [opening for text in said if (opening := same_opening.opening(words, text))]
    alone = [one for one in openings if openings.count(one) == 1]
    assert set(openings) - set(alone) == {f"{one} " for one in seen}


def test_what_is_no_such_sentence_stays_as_it_is() -> None:
    words = Words.of(planning.whole_round().whole.questionnaire, "nb")
    texts = ("Område Sentrum: 40 % sier det.", "Område Sentrum: 40 % sier det andre.", "")
    assert same_opening.blocks(words, texts) == [Points(texts)]
    assert same_opening.blocks(words, ()) == []
