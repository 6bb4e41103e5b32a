"""What groups people in research files: the order in which it is kept, and which answers are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forms.editing import Document
from forms.questionnaire import Questionnaire
from survey.office.door import Form

BANDS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Key:
    """A background question that parts people. `answers`: (code, words, band it is put into, '' for none)."""

    id: str
    text: str
    place: int
    answers: tuple[tuple[int, str, str], ...]


def fields_of(questionnaire: Questionnaire) -> dict[str, str | Sequence[str]]:
    fields: dict[str, str | Sequence[str]] = {
        "key": list(questionnaire.release_keys),
        "key_place": [str(place + 1) for place in range(len(questionnaire.release_keys))],
    }
    for key in questionnaire.release_keys:
        fields[f"band_{key}"] = [_band(questionnaire, key, code) for code in _codes(questionnaire, key)]
    return fields


def shown(form: Form, questionnaire: Questionnaire) -> tuple[Key, ...]:
    """The keys as they are typed."""
    language = questionnaire.languages[0]
    found = []
    for place, (key, typed) in enumerate(_typed(form, questionnaire)):
        item = questionnaire.item(key)
        bands = form.all(f"band_{key}")
        answers = tuple(
            (choice.code, choice.text.get(language), bands[n] if n < len(bands) else "")
            for n, choice in enumerate(questionnaire.choices(item))
        )
        found.append(Key(key, item.text.get(language), typed or place + 1, answers))
    return tuple(found)


def read(form: Form, questionnaire: Questionnaire, document: Document) -> dict[str, Any]:
    """Fields for `Change`; none where the form has none of it. A band of one answer puts nothing together."""
    typed = _typed(form, questionnaire)
    if not typed:
        return {}
    shown_keys = _ordered(typed)
    keys = shown_keys + [key for key in questionnaire.release_keys if key not in shown_keys]
    bands: dict[str, list[list[int]]] = {}
    for key in keys:
        chosen = form.all(f"band_{key}")
        codes = _codes(questionnaire, key)
        if key not in shown_keys or len(chosen) != len(codes):
            if key in document.get("release_bands", {}):
                bands[key] = document["release_bands"][key]
            continue
        together = [[c for c, band in zip(codes, chosen, strict=True) if band == name] for name in BANDS]
        if own := sorted(band for band in together if len(band) > 1):
            bands[key] = own
    return {"release_keys": keys, "release_bands": bands}


def _ordered(typed: Sequence[tuple[str, int]]) -> list[str]:
    """Who was given another place gets it; the others close up in their order."""
    places: list[str | None] = [None] * len(typed)
    stay = []
    for n, (key, place) in enumerate(typed):
        if place in (0, n + 1):
            stay.append(key)
            continue
        free = [at for at, taken in enumerate(places) if taken is None]
        places[min(free, key=lambda at: abs(at - (place - 1)))] = key
    left = iter(stay)
    return [key if key is not None else next(left) for key in places]


def _typed(form: Form, questionnaire: Questionnaire) -> list[tuple[str, int]]:
    """(key, the place that is chosen for it, 0 for none)."""
    places = form.all("key_place")
    return [
        (key, int(places[n]) if n < len(places) and places[n] in _NUMBERS else 0)
        for n, key in enumerate(form.all("key"))
        if key in questionnaire.release_keys
    ]


_NUMBERS = frozenset(map(str, range(1, 61)))


def _codes(questionnaire: Questionnaire, key: str) -> list[int]:
    try:
        return [choice.code for choice in questionnaire.choices(questionnaire.item(key))]
    except KeyError:  # gone, or a scale that is: the check tells of it
        return []


def _band(questionnaire: Questionnaire, key: str, code: int) -> str:
    bands = questionnaire.release_bands.get(key, ())
    return next((name for name, band in zip(BANDS, bands, strict=False) if code in band), "")
