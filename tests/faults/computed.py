"""What can be wrong with what is computed, with drawings and with languages that await a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from forms.answers import validate
from forms.errors import AnswerFault, Fault
from tests.faults.kinds import told
from tests.kinds import document_of_kinds
from tests.more_kinds import document_of_more_kinds, questionnaire_of_more_kinds


def _with(**fields: object) -> list[Fault]:
    """The small questionnaire of kinds with something computed on its last page."""

    def spoil(data: dict[str, Any]) -> None:
        item = {"id": "regnet", "kind": "number", "text": data["title"], "computed": "answers.rom * 2"}
        data["pages"][-1]["items"].append(item | fields)

    return told(spoil, document_of_kinds)


def _pictures(name: str) -> Callable[[dict[str, Any]], None]:
    def spoil(data: dict[str, Any]) -> None:
        item = data["pages"][1]["items"][1]
        item["display"] = "pictures"
        for choice in item["choices"][1:]:
            choice["picture"] = "hus"
        item["choices"][1]["picture"] = name

    return spoil


def _budget(**fields: object) -> list[Fault]:
    def spoil(data: dict[str, Any]) -> None:
        data["pages"][0]["items"][0].update(fields)

    return told(spoil, document_of_more_kinds)


def _answered(budget: object) -> list[Fault]:
    with pytest.raises(AnswerFault) as caught:
        validate(questionnaire_of_more_kinds(), {"budsjett": budget})
    return list(caught.value.faults)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "computed_kind": lambda: _with(kind="multi", choices=document_of_kinds()["scales"][0]["choices"]),
    "computed_asks": lambda: _with(help=document_of_kinds()["title"]),
    "computed_of_consent": lambda: _with(
        kind="choice", scale="jn", computed='answers.samtykke == "ja" ? "ja" : "nei"'
    ),
    "computed_not_sensitive": lambda: _with(
        kind="choice", scale="jn", computed='answers.frisk == "ja" ? "ja" : "nei"'
    ),
    "allocate_choices": lambda: _budget(
        choices=document_of_more_kinds()["pages"][0]["items"][0]["choices"][:1]
    ),
    "allocate_total": lambda: _budget(step=30),
    "answer_not_shared": lambda: _answered("100000"),
    "pictures_partly": lambda: told(_pictures("hus"), document_of_kinds),
    "picture_unknown": lambda: told(_pictures("hule"), document_of_kinds),
    "language_unchecked": lambda: told(lambda data: data.update(unchecked=["en"]), document_of_kinds),
    "unchecked_unknown": lambda: told(lambda data: data.update(unchecked=["se"]), document_of_kinds),
}
