"""The check of a long questionnaire, as whoever writes it runs it, and two versions of it compared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from bench.measure import Line, by_turns
from forms.lint import check
from forms.loading import dump, parse, shipped
from forms.questionnaire import Questionnaire
from forms.versions import compare

ITEMS = 150
TARGET = 2.0
"""Seconds."""


def questionnaires(small: bool) -> Iterator[Line]:
    """Checked from the text of the file, as the command does. The floor: reading the YAML and no more."""
    items = 20 if small else ITEMS
    text = yaml.safe_dump(_long(items), allow_unicode=True, sort_keys=False)
    form = parse(text, "lang.yaml")
    if errors := [fault for fault in check(form) if fault.severity == "error"]:
        raise SystemExit(f"The questionnaire of this benchmark is broken: {errors[0]}")
    taken, bare = by_turns(lambda: check(parse(text, "lang.yaml")), lambda: yaml.load(text, yaml.CSafeLoader))
    yield Line(
        f"questionnaire of {items} items checked",
        f"{taken:.2f} s",
        f"{bare:.2f} s (reading the YAML)",
        f"{taken / bare:.1f}",
        f"< {TARGET:g} s",
    )
    before = _changed(form)
    (compared,) = by_turns(lambda: compare(before, form))
    yield Line("two versions of it compared", f"{compared * 1_000:.0f} ms")


def _long(items: int) -> dict[str, Any]:
    """Pages of five questions in the words of the shipped questionnaire, two of three shown on a condition of
    earlier pages, with a number that is computed on every fourth page."""
    words = [item for item in shipped("boindeks").questions() if item.kind == "choice"]
    languages = ("nb", "nn", "en")
    pages: list[dict[str, Any]] = []
    for number in range(items):
        if number % 5 == 0:
            title = dict.fromkeys(languages, f"Side {number // 5 + 1}")
            pages.append({"id": f"s{number // 5}", "module": "kjerne", "title": title, "items": []})
        item: dict[str, Any] = {"id": f"i{number}", "text": words[number % len(words)].text.root}
        if number % 10 == 9:
            item |= {"kind": "number", "maximum": 20}
        else:
            item |= {"scale": "ja_nei", "specials": ["vet_ikke", "vil_ikke_svare"]}
        page = number // 5
        if page and number % 3:
            near, far = (page - 1) * 5, max(0, (page - 3) * 5 + 1)
            item["show_if"] = f'answers.i{near} == "ja" || answers.i{far} in ["nei", "vet_ikke"]'
        pages[-1]["items"].append(item)
        if number % 20 == 19:
            rooms = {"id": f"sum{number}", "kind": "number", "maximum": 99, "text": item["text"]}
            pages[-1]["items"].append(rooms | {"computed": f"answers.i{number} + answers.i{number - 10}"})
    scale = {
        "id": "ja_nei",
        "ordinal": False,
        "choices": [
            {"code": 1, "value": "nei", "text": dict(zip(languages, ("Nei", "Nei", "No"), strict=True))},
            {"code": 2, "value": "ja", "text": dict(zip(languages, ("Ja", "Ja", "Yes"), strict=True))},
        ],
    }
    named = dict.fromkeys(languages, "Langt")
    head = {"id": "langt", "version": "1.0", "title": named, "description": named, "credit": named}
    return head | {"languages": list(languages), "scales": [scale], "pages": pages}


def _changed(form: Questionnaire) -> Questionnaire:
    data = dump(form)
    data["scales"][0]["choices"].append({"code": 3, "value": "delvis", "text": {"nb": "Delvis"}})
    return Questionnaire.model_validate(data)
