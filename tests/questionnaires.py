"""A small questionnaire with one of everything, for the tests of forms/."""

from __future__ import annotations

from functools import cache
from typing import Any

from forms.loading import from_document
from forms.questionnaire import Questionnaire


def t(text: str) -> dict[str, str]:
    return {"nb": text, "nn": text, "en": text}


def choices(*values: str, scored: bool = False) -> list[dict[str, Any]]:
    last = max(len(values) - 1, 1)
    return [
        {"code": i + 1, "value": value, "text": t(value)} | ({"score": 100 * i / last} if scored else {})
        for i, value in enumerate(values)
    ]


def document() -> dict[str, Any]:
    """Fresh plain data of the questionnaire, free to be spoiled by a test."""
    return {
        "id": "prove",
        "version": "1.0",
        "title": t("Prøve"),
        "description": t("En prøve."),
        "credit": t("Oppdiktet."),
        "languages": ["nb", "nn", "en"],
        "labels": {"bolig": t("Boligen"), "utleier": t("Utleier")},
        "index": {"objects": ["bolig", "utleier"]},
        "release_keys": ["alder"],
        "scales": [
            {"id": "e5", "favourable": [4, 5], "choices": choices("a", "b", "c", "d", "e", scored=True)},
            {"id": "jn", "favourable": [2], "choices": choices("nei", "ja", scored=True)},
        ],
        "pages": [
            {
                "id": "huset",
                "title": t("Huset"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "heis",
                        "text": t("Er det heis?"),
                        "scale": "jn",
                        "specials": ["vet_ikke"],
                        "short": True,
                    },
                    {
                        "id": "mangler",
                        "kind": "multi",
                        "text": t("Hva mangler?"),
                        "choices": [
                            *choices(*(f"m{n}" for n in range(1, 10))),
                            {"code": 20, "value": "ingenting", "text": t("Ingenting"), "exclusive": True},
                        ],
                        "specials": ["vil_ikke_svare"],
                    },
                ],
            },
            {
                "id": "trapp",
                "title": t("Trappen"),
                "module": "kjerne",
                "show_if": 'answers.heis == "nei"',
                "items": [{"id": "trapp_tung", "text": t("Er trappen tung?"), "scale": "jn"}],
            },
            {
                "id": "hjelp",
                "title": t("Hjelp"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "hjelp_trapp",
                        "text": t("Får du hjelp?"),
                        "scale": "jn",
                        "show_if": 'answers.trapp_tung == "ja"',
                    },
                    {
                        "id": "temaer",
                        "kind": "rank",
                        "text": t("Hva er viktigst?"),
                        "rank_size": 3,
                        "specials": ["vet_ikke"],
                        "choices": [
                            *choices("husleie", "naboer", "regler", "hage"),
                            {
                                "code": 9,
                                "value": "trapp",
                                "text": t("Trapp"),
                                "show_if": 'answers.heis == "nei"',
                            },
                        ],
                    },
                    {"id": "bedre", "kind": "text", "text": t("Hva kan bli bedre?")},
                ],
            },
            {
                "id": "mening",
                "title": t("Mening"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "enig",
                        "kind": "matrix",
                        "text": t("Hvor enig er du?"),
                        "scale": "e5",
                        "rows": [
                            _row("hjem", "bolig", "emosjonell", short=True),
                            _row("plass", "bolig", "funksjonell"),
                            _row("stoy", "bolig", "funksjonell", reversed=True),
                            _row("alvor", "utleier", "emosjonell", short=True),
                        ],
                    }
                ],
            },
            {
                "id": "deg",
                "title": t("Om deg"),
                "module": "bakgrunn",
                "items": [
                    {
                        "id": "alder",
                        "text": t("Hvor gammel er du?"),
                        "choices": choices("ung", "gammel"),
                        "background": True,
                        "specials": ["vil_ikke_svare"],
                    }
                ],
            },
        ],
    }


def _row(item_id: str, of: str, facet: str, *, reversed: bool = False, short: bool = False) -> dict[str, Any]:
    return {
        "id": item_id,
        "text": t(item_id),
        "specials": ["vet_ikke", "ikke_aktuelt"],
        "short": short,
        "scoring": {"object": of, "facet": facet, "reversed": reversed},
    }


@cache
def questionnaire() -> Questionnaire:
    return from_document(document())
