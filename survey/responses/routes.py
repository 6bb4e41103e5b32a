"""Which items somebody with given answers is asked, worked out once for each way through the questionnaire.

A journey costs milliseconds and a file has up to 200,000 rows, while conditions hang on a few items: rows
that answer those alike are asked the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from forms.answers import Answer, Answers
from forms.journey import Journey
from forms.questionnaire import Matrix, Questionnaire

_NAMES = re.compile(r"answers\s*(?:\.\s*(\w+)|\[\s*[\"'](\w+)[\"']\s*\])")
MOST_KEPT = 10_000


class Routes:
    """`off_route(answers)`: the answered items that somebody with these answers would not be asked.

    `computed(answers)`: what the questionnaire works out from them.
    """

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        conditions, self._by_choice = _conditions(questionnaire)
        self._decisive = sorted(
            {name for text in conditions for pair in _NAMES.findall(text) for name in pair if name}
        )
        self._branches = bool(conditions)
        self._computes = [item.id for item in questionnaire.stored() if not item.asks]
        self._asked: dict[tuple[str, ...], frozenset[str]] = {}

    def off_route(self, answers: Answers) -> list[str]:
        if not self._branches:
            return []
        if self._by_choice or self._computes:
            # Single choices come and go, and computed answers decide too: only the whole journey can tell.
            kept: Mapping[str, Answer] = Journey(self._questionnaire, answers).on_route()
            return [item_id for item_id in answers if item_id not in kept]
        way = tuple(repr(answers.get(name)) for name in self._decisive)
        asked = self._asked.get(way)
        if asked is None:
            pages = Journey(self._questionnaire, answers).pages
            asked = frozenset(item.id for page in pages for item in page.items)
            if len(self._asked) < MOST_KEPT:
                self._asked[way] = asked
        return [item_id for item_id in answers if item_id not in asked]

    def computed(self, answers: Answers) -> Answers:
        if not self._computes:
            return {}
        kept = Journey(self._questionnaire, answers).on_route()
        return {item_id: kept[item_id] for item_id in self._computes if item_id in kept}


def _conditions(questionnaire: Questionnaire) -> tuple[list[str], bool]:
    """Every condition of the questionnaire, and whether one of them is on a single choice."""
    found: list[str | None] = []
    for page in questionnaire.pages:
        found.append(page.show_if)
        for entry in page.items:
            found.append(entry.show_if)
            if isinstance(entry, Matrix):
                found.extend(row.show_if for row in entry.rows)
    choices = [c.show_if for item in questionnaire.items() for c in questionnaire.choices(item) if c.show_if]
    return [text for text in found if text] + choices, bool(choices)
