"""What can be wrong with the texts of a questionnaire and of its choices, an example each."""

from __future__ import annotations

from collections.abc import Callable

from forms.errors import Fault
from forms.lint.translations import together
from tests.faults.kinds import told
from tests.questionnaires import t


def _untranslated() -> list[Fault]:
    def spoil(data: dict[str, object]) -> None:
        for page in data["pages"]:  # type: ignore[attr-defined]
            page["title"].pop("en")

    return together(told(spoil))


EXAMPLES: dict[str, Callable[[], list[Fault]]] = {
    "text_empty": lambda: told(lambda d: d["pages"][0]["items"][0]["text"].update(nb=" ")),
    "texts_missing": _untranslated,
    "choices_alike": lambda: told(lambda d: d["scales"][1]["choices"][1].update(text=t("Nei"))),
    "first_page_empty": lambda: told(
        lambda d: d["pages"].insert(0, {"id": "tom", "title": t("Tom"), "module": "kjerne", "items": []})
    ),
}
