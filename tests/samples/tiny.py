"""A questionnaire of a few items, small enough to reckon by hand."""

from __future__ import annotations

from typing import Any

from forms.questionnaire import Questionnaire


def _text(words: str) -> dict[str, str]:
    return {"nb": words, "nn": words, "en": words}


SCALE: dict[str, Any] = {
    "id": "e5",
    "favourable": [4, 5],
    "choices": [
        {"code": code, "value": f"v{code}", "text": _text(f"svar {code}"), "score": 25 * (code - 1)}
        for code in range(1, 6)
    ],
}


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": _text(name), "scale": "e5", "specials": ["vet_ikke"], **more}


def questionnaire(*items: dict[str, Any], index: bool = True) -> Questionnaire:
    """One page of these items; objects bolig and utleier when there is an index."""
    document: dict[str, Any] = {
        "id": "liten",
        "version": "1.0",
        "title": _text("Liten"),
        "description": _text("Liten"),
        "credit": _text("Ingen"),
        "languages": ["nb", "nn", "en"],
        "scales": [SCALE],
        "pages": [{"id": "side", "title": _text("Side"), "module": "bolig", "items": list(items)}],
    }
    if index:
        document["index"] = {"objects": ["bolig", "utleier"]}
    return Questionnaire.model_validate(document)


def scored(name: str, object: str = "bolig", facet: str = "funksjonell", **more: Any) -> dict[str, Any]:
    reversed = bool(more.pop("reversed", False))
    return item(name, scoring={"object": object, "facet": facet, "reversed": reversed}, **more)
