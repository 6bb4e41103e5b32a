"""The place around the home: themes that are each answered from 1 to 7, and drawn around a circle."""

from __future__ import annotations

from forms.questionnaire import Item, Questionnaire

MODULE = "sted"
STEPS = 7


def themes(questionnaire: Questionnaire) -> tuple[Item, ...]:
    """The themes that it asks of, in its order; none where the round has no such module."""
    return tuple(
        item
        for page in questionnaire.pages
        if page.module == MODULE
        for item in questionnaire.page_items(page)
        if ladder(questionnaire, item)
    )


def ladder(questionnaire: Questionnaire, item: Item) -> dict[int, float]:
    """0-100 by code, of the steps 1 to 7 of a theme; empty for a question that is answered otherwise."""
    if item.kind != "choice" or item.scoring is not None:
        return {}
    numbers = {choice.code: choice.number for choice in questionnaire.steps(item)}
    if list(numbers.values()) != list(range(1, STEPS + 1)):
        return {}
    return {code: 100.0 * place / (STEPS - 1) for place, code in enumerate(numbers)}


def on_ladder(score: float) -> float:
    """Of a mean 0-100 its place on the steps, 1-7."""
    return 1.0 + score / 100 * (STEPS - 1)
