"""What can be wrong with the words of a questionnaire, an example each."""

from __future__ import annotations

from collections.abc import Callable

from forms.errors import Fault
from tests.faults.kinds import told
from tests.questionnaires import t


def _asked(words: str) -> list[Fault]:
    return told(lambda d: d["pages"][0]["items"][0].update(text=t(words)))


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "question_leading": lambda: _asked("Er du ikke glad for heisen?"),
    "question_double": lambda: _asked("Er heisen trygg og rask?"),
    "negation_twice": lambda: _asked("Ingen går aldri i trappen"),
    "negation_answered": lambda: told(
        lambda d: (
            d["pages"][0]["items"][0].update(text=t("Heisen virker ikke.")),
            d["scales"][1]["choices"][0].update(text=t("Nei")),
        )
    ),
    "label_stigma": lambda: told(lambda d: d["title"].update(nb="For rusmisbrukere")),
    "refusal_missing": lambda: told(lambda d: d["pages"][0]["items"][0].update(sensitive=True)),
    "text_markup": lambda: _asked("Er det <b>heis</b>?"),
    "text_hidden": lambda: _asked("Er det \u202eheis?"),
    "theme_unknown": lambda: told(lambda d: d["pages"][0]["items"][0].update(tags=["sdg:18"])),
}
