"""The number a version gets when a round is made: what somebody wrote, else the next."""

from __future__ import annotations

import pytest

from forms.questionnaire import Questionnaire
from survey.questionnaires.drafts import numbered
from tests.questionnaires import questionnaire, t


def _numbered(version: str, *known: str) -> str:
    """Of a questionnaire that says something else than those before it."""
    before = [questionnaire().model_copy(update={"version": one}) for one in known]
    title = questionnaire().title.model_copy(update={"root": t("Ny")})
    return numbered(_with(version).model_copy(update={"title": title}), before).version


def _with(version: str) -> Questionnaire:
    return questionnaire().model_copy(update={"version": version})


@pytest.mark.parametrize(
    ("written", "known", "gets"),
    [
        ("1.0", (), "1.0"),
        ("1.0", ("1.0",), "1.1"),
        ("2.0", ("1.0", "1.3"), "2.0"),
        ("1.0.1", ("1.0",), "1.0.1"),
        ("1.0.1", ("1.0.1",), "1.1"),
        ("1.0", ("1.0.1",), "1.1"),
        ("1.2", ("1.10",), "1.11"),
    ],
)
def test_a_number_that_is_higher_is_kept_and_what_is_not_gets_the_next(
    written: str, known: tuple[str, ...], gets: str
) -> None:
    assert _numbered(written, *known) == gets


def test_the_same_content_keeps_its_number() -> None:
    assert numbered(_with("9.9"), [_with("1.4")]).version == "1.4"
