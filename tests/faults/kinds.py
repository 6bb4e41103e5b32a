"""What can be wrong with the kinds of questions, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.errors import Fault, QuestionnaireFault
from forms.lint import check
from forms.loading import from_document
from tests.questionnaires import document


def told(spoil: Callable[[dict[str, Any]], object]) -> list[Fault]:
    """What is said of the small questionnaire once it is spoiled."""
    data = document()
    spoil(data)
    try:
        return check(from_document(data))
    except QuestionnaireFault as fault:
        return list(fault.faults)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "numbers_partly": lambda: told(lambda d: d["scales"][1]["choices"][0].update(number=0)),
}
