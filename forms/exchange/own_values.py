"""A value of a field of ours in a cell, and back: words as they are, the rest as JSON of the right kind."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import Annotated, Any, NoReturn

from pydantic import BaseModel, TypeAdapter, ValidationError

from forms.questionnaire import Questionnaire

WORDS = frozenset(
    {"id", "kind", "meaning", "scale", "show_if", "computed", "level", "role", "ref", "display", "earliest",
     "latest", "module", "value", "picture", "version", "part"}
)  # fmt: skip
"""Fields that stand as they are."""
_ELSEWHERE = frozenset({"pages", "items", "rows"})
"""Fields that are rows of the sheets themselves."""
MOST_DIGITS = 15


def own_cell(field: str, value: object) -> str:
    """A value in a column of ours."""
    if field in WORDS and isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def own_value(model: type[BaseModel], field: str, cell: str) -> Any:
    """What `own_cell` wrote of this field of the model. ValueError when the field can be nothing like it."""
    named = field == "id" and model is not Questionnaire  # by the column `name`
    if field in _ELSEWHERE or named or field not in model.model_fields:
        raise ValueError(field)
    value = cell if field in WORDS else _json(cell)
    try:
        _adapter(model, field).validate_json(json.dumps(value), strict=True)
    except ValidationError as fault:
        raise ValueError(field) from fault
    return value


def own_fields(model: type[BaseModel], cell: str) -> dict[str, Any]:
    """Several fields of the model in one cell. ValueError as `own_value`."""
    found = _json(cell)
    if not isinstance(found, dict):
        raise ValueError(cell[:60])
    for field, value in found.items():
        own_value(model, field, value if field in WORDS else json.dumps(value))
    return found


def _json(cell: str) -> Any:
    """JSON with numbers that can be reckoned with. ValueError for the rest."""
    return json.loads(cell, parse_constant=_refused, parse_float=_number, parse_int=_whole)


def _refused(word: str) -> NoReturn:
    raise ValueError(word)


def _number(digits: str) -> float:
    if not math.isfinite(found := float(digits)) or abs(found) >= 10**MOST_DIGITS:
        raise ValueError(digits[:60])
    return found


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(digits[:60])
    return int(digits)


@cache
def _adapter(model: type[BaseModel], field: str) -> TypeAdapter[Any]:
    about = model.model_fields[field]
    wanted: Any = Annotated[about.annotation, about]
    return TypeAdapter(wanted)
