"""What can be wrong with a survey of SurveyJS, an example each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from forms.errors import Fault
from forms.exchange.surveyjs_in import MOST_ELEMENTS, from_surveyjs

LIFT = {"type": "boolean", "name": "heis", "title": "Er det heis?"}


def told(*elements: dict[str, Any]) -> list[Fault]:
    survey = {"locale": "nb", "elements": [LIFT, *elements]}
    return list(from_surveyjs(json.dumps(survey), "skjema.json").faults)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "sjs_nothing": lambda: list(from_surveyjs('{"pages": []}', "skjema.json").faults),
    "sjs_many": lambda: told(
        *({"type": "html", "name": f"n{n}", "html": "Hei"} for n in range(MOST_ELEMENTS))
    ),
    "sjs_left": lambda: told({"type": "comment", "name": "hvorfor", "isRequired": True}),
    "sjs_odd": lambda: told({"type": "comment", "name": "hvorfor", "title": "Hvorfor?", "visibleIf": ["x"]}),
    "sjs_hidden": lambda: told({"type": "comment", "name": "hvorfor", "title": "Hvorfor?", "visible": False}),
    "sjs_matrix_bare": lambda: told({"type": "matrix", "name": "hvor", "columns": ["a"]}),
    "sjs_no_list": lambda: list(from_surveyjs('{"elements": "x"}', "skjema.json").faults),
    "sjs_type_unknown": lambda: told({"type": "slider", "name": "trivsel"}),
    "sjs_type_left": lambda: told({"type": "signaturepad", "name": "navnetrekk"}),
    "sjs_name_missing": lambda: told({"type": "comment"}),
    "sjs_name_clash": lambda: told({"type": "comment", "name": "HEIS"}),
    "sjs_sum": lambda: told(
        {"type": "text", "inputType": "number", "name": "hvor mange"},
        {"type": "expression", "name": "sum", "expression": "{hvor mange} + 1"},
    ),
}
