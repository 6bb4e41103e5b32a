"""The short form in languages that await a person: texts in files of their own, laid over the questionnaire.

`drafts/boindeks_kort.ar.yaml` says every text of the short form in Arabic, under the ids and the
words of `boindeks.yaml`, which people edit without meeting seven more languages:

    language: ar
    title: ...
    labels: {bolig: ...}
    scales: {e5: {helt_uenig: ...}}
    pages: {alt_i_alt: {title: ..., intro: ...}}
    items: {alder: {text: ..., help: ..., choices: {a15_17: ...}}}

Nothing but texts can stand there: ids, codes, scoring and meaning are those of the questionnaire, so that an
answer is the same in whatever language it was given.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from forms import loading, source
from forms.languages import DRAFTED
from forms.questionnaire import Questionnaire

FOLDER = Path(__file__).parent / "drafts"
VERSION = "1.4"
"""Of the short form with its drafts: another questionnaire than that without them, which is 1.2. To be raised
when a draft is mended, or the instrument itself is."""
Key = tuple[str, ...]


class DraftUnfit(ValueError):
    """A file of texts that does not say what its questionnaire asks, text by text; caught by the tests."""


@cache
def short_form() -> Questionnaire:
    """The short form of the shipped instrument, with every language it is drafted in."""
    return with_drafts(loading.shipped("boindeks").short_form())


def with_drafts(form: Questionnaire, folder: Path = FOLDER) -> Questionnaire:
    """The same questionnaire, which can also be answered in the languages there are files for. They come last
    and are `unchecked`. DraftUnfit when a file lacks a text, or has one that nothing asks for."""
    document = loading.dump(form)
    spots = dict(_spots(document))
    added = []
    for language in DRAFTED:
        path = folder / f"{form.id}.{language}.yaml"
        if not path.exists():
            continue
        texts = dict(_flat(source.read(path.read_text(encoding="utf-8"), path.name).data))
        if texts.pop(("language",), None) != language or texts.keys() != spots.keys():
            raise DraftUnfit(f"{path.name}: {sorted(texts.keys() ^ spots.keys())}")
        for key, text in texts.items():
            spots[key][language] = text
        added.append(language)
    document["version"] = VERSION
    document["languages"] = [*document["languages"], *added]
    document["unchecked"] = [*document.get("unchecked", []), *added]
    return loading.from_document(document)


def _spots(document: dict[str, Any]) -> Iterator[tuple[Key, dict[str, str]]]:
    """Every text of a dumped questionnaire, under the ids that lead to it."""
    for field in ("title", "description", "credit"):
        yield (field,), document[field]
    for key, label in document.get("labels", {}).items():
        yield ("labels", key), label
    for scale in document.get("scales", ()):
        yield from _of_choices(("scales", scale["id"]), scale)
        for end, text in (scale.get("ends") or {}).items():
            yield ("scales", scale["id"], f"ends_{end}"), text
    for page in document["pages"]:
        for field in ("title", "intro"):
            if page.get(field):
                yield ("pages", page["id"], field), page[field]
        for entry in page["items"]:
            for item in (entry, *entry.get("rows", ())):
                yield from _of_item(("items", item["id"]), item)


def _of_item(key: Key, item: dict[str, Any]) -> Iterator[tuple[Key, dict[str, str]]]:
    for field in ("text", "help", "unit"):
        if item.get(field):
            yield (*key, field), item[field]
    for number, must in enumerate(item.get("must", ()), start=1):
        yield (*key, f"must_{number}"), must["text"]
    yield from _of_choices((*key, "choices"), item)


def _of_choices(key: Key, holder: dict[str, Any]) -> Iterator[tuple[Key, dict[str, str]]]:
    for choice in holder.get("choices", ()):
        yield (*key, choice["value"]), choice["text"]


def _flat(data: Any, key: Key = ()) -> Iterator[tuple[Key, str]]:
    if not isinstance(data, dict):
        yield key, str(data)
        return
    for name, value in data.items():
        yield from _flat(value, (*key, str(name)))
