"""What is too large, an example each."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from forms.errors import Fault
from tests.faults.kinds import told
from tests.questionnaires import t


def _pages(data: Any, pages: int, items: int) -> None:
    for page in range(pages):
        asked = [{"id": f"q{page}_{n}", "text": t("Hva?"), "kind": "text"} for n in range(items)]
        new = deepcopy(data["pages"][0]) | {"id": f"s{page}", "items": asked}
        data["pages"].append(new)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "pages_many": lambda: told(lambda d: _pages(d, 60, 1)),
    "questions_many": lambda: told(lambda d: _pages(d, 10, 30)),
    "text_long": lambda: told(lambda d: d["pages"][0]["title"].update(nb="Hus " * 501)),
    "language_twice": lambda: told(lambda d: d["languages"].append("nb")),
}
