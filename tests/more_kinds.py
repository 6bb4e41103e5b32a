"""A small questionnaire with what takes more room: an amount to share out, drawings, a matrix."""

from __future__ import annotations

from functools import cache
from typing import Any

from forms.loading import from_document
from forms.questionnaire import Questionnaire
from tests.kinds import text
from tests.questionnaires import t

FIVE = (
    text("Svært misfornøyd", "Svært misnøgd", "Very dissatisfied"),
    text("Litt misfornøyd", "Litt misnøgd", "A little dissatisfied"),
    text("Verken eller", "Verken eller", "Neither"),
    text("Litt fornøyd", "Litt nøgd", "A little satisfied"),
    text("Svært fornøyd", "Svært nøgd", "Very satisfied"),
)
ROWS = {
    "standard": text(
        "Standarden på boligen, altså kjøkken, bad og gulv",
        "Standarden på bustaden, altså kjøkken, bad og golv",
        "The standard of the home: kitchen, bath and floors",
    ),
    "plass": text("Hvor stor boligen er", "Kor stor bustaden er", "How big the home is"),
    "lys": text("Dagslyset", "Dagslyset", "The daylight"),
    "naboer": text("Naboene", "Naboane", "The neighbours"),
}
SPENT = {
    "lys": text("Bedre lys ute", "Betre lys ute", "Better light outside"),
    "lek": text("Lekeplass for de minste", "Leikeplass for dei minste", "A playground for the smallest"),
    "hage": text("Felles kjøkkenhage", "Felles kjøkkenhage", "A shared kitchen garden"),
}
FACES = {
    "glad": text("Glad", "Glad", "Happy"),
    "midt_imellom": text("Midt imellom", "Midt imellom", "In between"),
    "lei": text("Lei meg", "Lei meg", "Sad"),
}


def document_of_more_kinds() -> dict[str, Any]:
    """Fresh plain data, free to be spoiled by a test."""
    return {
        "id": "flere_slag",
        "version": "1.0",
        "title": t("Flere slag"),
        "description": t("En prøve."),
        "credit": t("Oppdiktet."),
        "languages": ["nb", "nn", "en"],
        "scales": [
            {"id": "f5", "favourable": [4, 5], "choices": _choices(dict(zip("abcde", FIVE, strict=True)))}
        ],
        "pages": [
            {
                "id": "penger",
                "title": text("Pengene", "Pengane", "The money"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "budsjett",
                        "kind": "allocate",
                        "text": text(
                            "Hva skal vi bruke 100 000 kroner på?",
                            "Kva skal vi bruke 100 000 kroner på?",
                            "What should we spend 100 000 kroner on?",
                        ),
                        "unit": text("kr", "kr", "NOK"),
                        "total": 100_000,
                        "step": 5_000,
                        "choices": _choices(SPENT),
                        "specials": ["vet_ikke"],
                    }
                ],
            },
            {
                "id": "barn",
                "title": text("Hvordan er det her?", "Korleis er det her?", "What is it like here?"),
                "module": "barn",
                "items": [
                    {
                        "id": "humor",
                        "display": "pictures",
                        "text": text(
                            "Hvordan er det å være hjemme?",
                            "Korleis er det å vere heime?",
                            "How is it to be at home?",
                        ),
                        "choices": [c | {"picture": c["value"]} for c in _choices(FACES)],
                        "specials": ["vil_ikke_svare"],
                    }
                ],
            },
            {
                "id": "boligen",
                "title": text("Boligen", "Bustaden", "The home"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "fornoyd",
                        "kind": "matrix",
                        "text": text(
                            "Hvor fornøyd er du med", "Kor nøgd er du med", "How satisfied are you with"
                        ),
                        "scale": "f5",
                        "rows": [
                            {"id": name, "text": words, "specials": ["vet_ikke", "ikke_aktuelt"]}
                            for name, words in ROWS.items()
                        ],
                    }
                ],
            },
        ],
    }


def _choices(words: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {"code": n, "value": value, "text": said} for n, (value, said) in enumerate(words.items(), start=1)
    ]


@cache
def questionnaire_of_more_kinds() -> Questionnaire:
    return from_document(document_of_more_kinds())
