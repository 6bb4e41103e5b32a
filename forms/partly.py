"""What of a file is sound, when not all of it is: so that one look tells as much as it can.

What has not the form of a questionnaire is left out, and the rest is looked through for what no part that was
left out can have brought about.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from forms import source
from forms.errors import Fault
from forms.questionnaire import (
    Choice,
    Ends,
    IndexRules,
    Item,
    Matrix,
    Must,
    Page,
    Questionnaire,
    Scale,
    Scoring,
)

TOLD_ANYWAY = frozenset(
    {"page_id_twice", "item_id_twice", "item_id_taken", "code_twice", "value_twice", "special_as_choice"}
    | {"limits_crossed", "language_twice", "allocate_total"}
    | {"text_missing", "text_empty", "text_undeclared", "text_markup", "text_hidden", "text_long"}
    | {"question_leading", "question_double", "negation_twice", "negation_answered", "label_stigma"}
    | {"condition_unreadable", "choices_alike"}
)
"""Faults that are there whatever was left out."""
_TURNS = 5
_TAGS = ("item", "matrix")
_INSTEAD: dict[str, Any] = {"module": "skjema", "version": "1.0", "id": "uten_id"}
_TEXTS = ("title", "description", "credit")
_NEEDED = frozenset(
    name
    for model in (Questionnaire, Page, Item, Matrix, Scale, Choice, Scoring, Must, Ends, IndexRules)
    for name, field in model.model_fields.items()
    if field.is_required()
)
"""Fields that some part cannot do without."""


def sound(data: Any, details: Sequence[ErrorDetails]) -> Questionnaire | None:
    """The questionnaire without what pydantic complains of; None when nothing of it can be read."""
    left = copy.deepcopy(data)
    for _ in range(_TURNS):
        for detail in details:
            _leave_out(left, plain(detail["loc"]))
        left = _without_gaps(left)
        try:
            return Questionnaire.model_validate(left)
        except ValidationError as problem:
            details = problem.errors(include_url=False)
    return None


def told_anyway(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.kind in TOLD_ANYWAY]


def plain(location: tuple[int | str, ...]) -> source.Path:
    """The path without the tags pydantic adds where items and matrices are told apart."""
    path: list[str | int] = []
    for step in location:
        if step in _TAGS and len(path) >= 2 and path[-2] == "items" and isinstance(path[-1], int):
            continue
        path.append(step)
    return tuple(path)


def _leave_out(data: Any, path: source.Path) -> None:
    """The field, where the part can do without it; else the innermost part of a list, or something else."""
    owners = [data]
    for step in path[:-1]:
        try:
            owners.append(owners[-1][step])
        except (KeyError, IndexError, TypeError):
            return  # it is out already
    if not path or owners[-1] is None:
        return
    owner, field = owners[-1], path[-1]
    of_the_whole = len(owners) in (1, 3)  # the questionnaire, or a page of it
    if isinstance(owner, dict) and of_the_whole and field in (*_INSTEAD, *_TEXTS):
        owner[field] = _INSTEAD.get(str(field), {})
    elif isinstance(owner, dict) and field in owner and field not in _NEEDED:
        del owner[field]
    else:
        for whole, step in zip(reversed(owners), reversed(path), strict=True):
            if isinstance(whole, list) and isinstance(step, int):
                whole[step] = None
                return


def _without_gaps(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without_gaps(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_without_gaps(value) for value in data if value is not None]
    return data
