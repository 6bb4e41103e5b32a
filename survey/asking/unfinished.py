"""Questions of a questionnaire that is still being written, drawn as they will look."""

from __future__ import annotations

from forms.answers import Answers, Problem
from forms.catalogue import Translate
from forms.journey import VisiblePage
from forms.questionnaire import Item, Questionnaire
from survey.asking import questions


def groups(
    questionnaire: Questionnaire,
    page: VisiblePage,
    answers: Answers,
    problems: tuple[Problem, ...],
    language: str,
    t: Translate,
) -> tuple[questions.Group, ...]:
    """The questions of a page, also of one that is not finished: rulers need steps to lie on."""
    entries = tuple(
        (matrix, tuple(_drawable(questionnaire, item) for item in items if item.computed is None))
        for matrix, items in page.entries
    )
    shown = VisiblePage(page.page, tuple(entry for entry in entries if entry[1]))
    return questions.page_groups(questionnaire, shown, answers, problems, language, t)


def _drawable(questionnaire: Questionnaire, item: Item) -> Item:
    choices = questionnaire.choices(item)
    bare = item.display == "scale" and not questionnaire.steps(item)
    undrawn = item.display == "pictures" and any(choice.picture is None for choice in choices)
    return item.model_copy(update={"display": "list"}) if bare or undrawn else item
