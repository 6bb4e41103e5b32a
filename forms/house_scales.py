"""The scales of the house, taken into a questionnaire that somebody makes, in its languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forms import loading
from forms.addresses import Document
from forms.modules import module
from forms.questionnaire import LANGUAGES, Scale


def standard_scales() -> tuple[Scale, ...]:
    """The scales of the house that any question may be answered on."""
    index = [scale for scale in loading.shipped("boindeks").scales if scale.id not in ("mg7", "utfall")]
    return (*index, module("hverdagsliv").scale("liv11"))


def taken_in(document: Document, name: str) -> bool:
    """Whether the document has a scale of this name; one of the house is taken in when it is missing."""
    scales = document.setdefault("scales", [])
    if not any(scale["id"] == name for scale in scales):
        scale = next((one for one in standard_scales() if one.id == name), None)
        if scale is None:
            return False
        dumped = scale.model_dump(mode="json", exclude_defaults=True)
        scales.append(in_languages(dumped, document["languages"]))
    return True


def in_languages(value: Any, languages: Iterable[str]) -> Any:
    """Without the texts of other languages, so that nobody is told of texts that nobody sees."""
    if isinstance(value, list):
        return [in_languages(one, languages) for one in value]
    if not isinstance(value, dict):
        return value
    if value and value.keys() <= set(LANGUAGES):
        kept = {language: value[language] for language in languages if language in value}
        return kept or value
    return {name: in_languages(one, languages) for name, one in value.items()}


def speak(document: Document) -> None:
    """Scales of the house speak the languages of the questionnaire as soon as it has them."""
    house = {scale.id: scale for scale in standard_scales()}
    for scale in document.get("scales", ()):
        known = (
            {choice.value: choice.text.root for choice in house[scale["id"]].choices}
            if scale["id"] in house
            else {}
        )
        for choice in scale["choices"]:
            words = known.get(choice["value"], {})
            if any(words.get(language) == text for language, text in choice["text"].items()):
                more = {code: words[code] for code in document["languages"] if code in words}
                choice["text"] = {**more, **choice["text"]}
