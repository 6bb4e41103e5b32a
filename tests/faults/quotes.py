"""What can be wrong with the question whether words may be quoted, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.errors import Fault
from tests.faults.kinds import told
from tests.questionnaires import t


def _asking(data: Any, *ids: str, **fields: Any) -> None:
    choices = [
        {"code": 1, "value": "nei", "text": t("Nei")},
        {"code": 2, "value": "ja", "text": t("Ja")},
    ]
    data["pages"][0]["items"] += [
        {"id": id, "role": "quote_consent", "text": t("Kan vi sitere deg?"), "choices": choices, **fields}
        for id in ids
    ]


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "quote_consent_unfit": lambda: told(lambda d: _asking(d, "sitat", specials=["vet_ikke"])),
    "quote_consent_twice": lambda: told(lambda d: _asking(d, "sitat", "sitat_til")),
}
