"""What nobody will be told of answers that are given, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.errors import Fault
from tests.faults.kinds import told
from tests.questionnaires import choices, t


def _after(source: str, spoil: Callable[[Any], object] = lambda d: None) -> list[Fault]:
    """The question about help is put to these alone."""
    return told(lambda d: (spoil(d), d["pages"][2]["items"][0].update(show_if=source)))


def _sensitive(data: Any) -> None:
    data["pages"][0]["items"][0].update(sensitive=True, specials=["vil_ikke_svare"])


def _crowded(data: Any) -> None:
    reckoned = 'answers.heis == "nei" || answers.trapp_tung == "ja" ? "ja" : "nei"'
    crowded = {"id": "tungt", "text": t("Tungt"), "choices": choices("nei", "ja"), "computed": reckoned}
    data["pages"][2]["items"].insert(0, crowded)
    data["pages"][2]["items"][1].update(show_if='answers.tungt == "ja"')


def _two_divisions(data: Any) -> None:
    asked = {"id": "rom", "kind": "number", "text": t("Rom"), "specials": ["vil_ikke_svare"]}
    made = [
        {"id": f"over_{n}", "text": t("Rom"), "choices": choices("nei", "ja"), "computed": source}
        for n in (2, 3)
        for source in [f'answers.rom > {n} ? "ja" : "nei"']
    ]
    data["pages"][2]["items"] = [asked, *made]


def _demanded(data: Any) -> None:
    must = [{"condition": 'answers.heis == "ja" || answers.hjelp_trapp == "nei"', "text": t("Passer det?")}]
    del data["pages"][2]["items"][0]["show_if"]
    data["pages"][2]["items"][0].update(must=must)


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "never_told_sensitive": lambda: _after('answers.heis == "nei"', _sensitive),
    "never_told_several": lambda: told(_crowded),
    "never_told_options": lambda: _after('answers.mangler == ["m1", "m2"]'),
    "never_told_specials": lambda: _after('answers.heis == "vet_ikke"'),
    "never_told_numbers": lambda: told(_two_divisions),
    "never_told_must": lambda: told(_demanded),
    "never_told_behind": lambda: told(_crowded),
    "never_told_by_group": lambda: _after('answers.heis == "nei"'),
}
