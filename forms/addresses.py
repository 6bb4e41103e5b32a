"""Every text of a questionnaire has an address in its document: 'pages/side_1/items/heis/choices/ja/text'.

Translations are written by address, so that two people may translate at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from forms import loading, texts
from forms.questionnaire import Questionnaire

Document: TypeAlias = dict[str, Any]


def addresses(questionnaire: Questionnaire) -> Iterator[tuple[str, texts.Worded]]:
    """Every text with its address, in the order of `texts.whole`."""
    document = loading.dump(questionnaire)
    for (place, text), address in zip(texts.whole(questionnaire), _addresses(document), strict=True):
        yield address, texts.Worded(place, text, False)


def text_at(document: Document, address: str) -> dict[str, str] | None:
    """The text at an address, by language, to be read or written; None where none stands."""
    here: Any = document
    for step in address.split("/"):
        if isinstance(here, dict):
            here = here.get(step)
        elif isinstance(here, list):
            named = (one for one in here if step in (one.get("id"), one.get("value")))
            here = next(named, here[int(step)] if step.isdecimal() and int(step) < len(here) else None)
        if here is None:
            return None
    if not isinstance(here, dict) or not all(isinstance(words, str) for words in here.values()):
        return None
    return here


def _addresses(document: Document) -> Iterator[str]:
    """In the order of `texts.whole`."""
    yield from ("title", "description", "credit")
    yield from (f"labels/{key}" for key in document.get("labels", {}))
    for scale in document.get("scales", ()):
        here = f"scales/{scale['id']}"
        yield from (f"{here}/choices/{choice['value']}/text" for choice in scale.get("choices", ()))
        if "ends" in scale:
            yield from (f"{here}/ends/low", f"{here}/ends/high")
    for page in document["pages"]:
        here = f"pages/{page['id']}"
        yield f"{here}/title"
        if "intro" in page:
            yield f"{here}/intro"
        for entry in page["items"]:
            yield f"{here}/items/{entry['id']}/text"
            if "rows" not in entry:
                yield from _of_item(f"{here}/items/{entry['id']}", entry)
            for row in entry.get("rows", ()):
                yield f"{here}/items/{entry['id']}/rows/{row['id']}/text"
                yield from _of_item(f"{here}/items/{entry['id']}/rows/{row['id']}", row)


def _of_item(here: str, item: Document) -> Iterator[str]:
    if "help" in item:
        yield f"{here}/help"
    yield from (f"{here}/must/{number}/text" for number in range(len(item.get("must", ()))))
    if "unit" in item:
        yield f"{here}/unit"
    yield from (f"{here}/choices/{choice['value']}/text" for choice in item.get("choices", ()))
