"""Fields of a survey of SurveyJS that hold another kind of thing than they should.

A condition that is a list, or a title that is a number, is read by nobody: what it should have done is lost,
and so it is told of, as is a question that the file hides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

TEXTS = frozenset({"title", "description", "text", "html", "labelTrue", "labelFalse", "noneText",
                   "minRateDescription", "maxRateDescription"})  # fmt: skip
_WORDS = frozenset({"visibleIf", "expression", "questionsOrder", "locale"})
_LISTS = frozenset({"choices", "columns", "rateValues"})
_TRUTHS = frozenset({"hasNone", "showNoneItem", "showDontKnowItem", "showRefuseItem", "multiSelect"})
_WHOLE = frozenset({"rateMin", "rateMax", "rateStep", "rateCount", "maxSelectedChoices"})


def _text(value: object) -> bool:
    parts = value.values() if isinstance(value, dict) else (value,)
    return all(isinstance(part, str) for part in parts)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_FITS: tuple[tuple[frozenset[str], Callable[[object], bool]], ...] = (
    (TEXTS, _text),
    (_WORDS, lambda value: isinstance(value, str)),
    (_TRUTHS, lambda value: isinstance(value, bool)),
    (_WHOLE, _whole),
)


def odd(of: Mapping[str, Any]) -> list[tuple[str, str, object]]:
    """(the kind of fault, the field, what stands there) for every field of a part that cannot be read as it
    is. Whole lists of parts (pages, elements, validators) are looked through where they are read."""
    found = []
    for key, value in of.items():
        lists = key in _LISTS or (key == "rows" and of.get("type") == "matrix")
        if value is None:
            continue
        if lists and not isinstance(value, list):
            found.append(("sjs_no_list", key, value))
        elif not all(fits(value) for keys, fits in _FITS if key in keys):
            found.append(("sjs_odd", key, value))
        elif key == "visible" and value is not True:
            found.append(("sjs_hidden", key, value))
    return found
