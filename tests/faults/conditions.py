"""What can be wrong with conditions that stand together, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.errors import Fault
from tests.faults.kinds import told
from tests.questionnaires import t


def _third_page(source: str) -> list[Fault]:
    return told(lambda data: data["pages"][2].update(show_if=source))


def _demanded() -> list[Fault]:
    def change(data: dict[str, Any]) -> None:
        rooms = {"id": "rom", "kind": "number", "text": t("Hvor mange rom?"), "maximum": 20}
        demand = {"condition": "answers.rom > 5", "text": t("Skriv mer enn 5.")}
        data["pages"][0]["items"].append(rooms | {"must": [demand]})
        data["pages"][2]["show_if"] = "answers.rom < 3"

    return told(change)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "never_shown": lambda: _third_page('answers.trapp_tung == "ja" && answers.heis == "ja"'),
    "reach_demanded": _demanded,
    "reach_undecided": lambda: told(
        lambda data: data["pages"][3].update(
            show_if="answers.mangler == answers.temaer && answers.mangler != []"
        )
    ),
}
