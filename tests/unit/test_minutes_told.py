"""Everywhere people are told how long it takes, they are told the same."""

from __future__ import annotations

import pytest

from forms.answers import Layout
from forms.lint import check
from forms.loading import shipped
from survey.ballots.rounds import Version
from survey.campaigns.templates import templates
from survey.settings import PROJECT


@pytest.mark.parametrize(("template", "minutes", "questions"), [("kort", 5, 20), ("full", 13, 74)])
def test_console_phone_and_documents_tell_the_same_minutes(
    template: str, minutes: int, questions: int
) -> None:
    made = templates()[template]
    assert (made.minutes, made.items) == (minutes, questions)
    on_the_phone = Version(made.questionnaire, Layout.of(made.questionnaire)).minutes
    assert set(on_the_phone.values()) == {minutes}
    for name in ("tenant.md", "instrument.md"):
        text = " ".join((PROJECT / "docs" / name).read_text(encoding="utf-8").replace("*", "").split())
        assert f"about {minutes}" in text and f" {questions} " in text, name


def test_the_check_of_a_questionnaire_tells_them_too() -> None:
    said = next(str(fault) for fault in check(shipped("boindeks")) if "minutes" in str(fault))
    assert "about 13 minutes" in said and "about 5 minutes" in said
