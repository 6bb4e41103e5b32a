"""What can be wrong with a new version of a questionnaire, an example each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from forms.errors import Fault
from forms.lint import check
from forms.loading import from_document
from tests.questionnaires import document, questionnaire, t

Spoil = Callable[[dict[str, Any]], object]


def changed(spoil: Spoil) -> list[Fault]:
    """What is said of the small questionnaire once it is changed after it has been used."""
    data = document()
    spoil(data)
    return check(from_document(data), questionnaire())


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "meaning_kept": lambda: changed(lambda d: d["scales"][1].update(favourable=[1])),
    "code_reused": lambda: changed(lambda d: d["scales"][1]["choices"][1].update(value="av_og_til")),
    "code_vanished": lambda: changed(lambda d: d["pages"][0]["items"][1]["choices"].pop(0)),
    "meaning_twice": lambda: changed(lambda d: d["pages"][1]["items"][0].update(meaning="heis")),
    "meaning_doubtful": lambda: changed(
        lambda d: d["pages"][0]["items"][0].update(text=t("Er det ikke heis?"))
    ),
    "version_kept": lambda: changed(lambda d: d["pages"][0].update(title=d["title"])),
}
