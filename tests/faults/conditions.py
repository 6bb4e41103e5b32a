"""What can be wrong with conditions that stand together, an example each."""

from __future__ import annotations

from collections.abc import Callable

from forms.errors import Fault
from tests.faults.kinds import told


def _third_page(source: str) -> list[Fault]:
    return told(lambda data: data["pages"][2].update(show_if=source))


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "never_shown": lambda: _third_page('answers.trapp_tung == "ja" && answers.heis == "ja"'),
    "reach_undecided": lambda: told(
        lambda data: data["pages"][3].update(
            show_if="answers.mangler == answers.temaer && answers.mangler != []"
        )
    ),
}
