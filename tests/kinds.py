"""A small questionnaire with the kinds of questions that are no choices, for tests of every room."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from forms.loading import from_document
from forms.questionnaire import Questionnaire
from tests.questionnaires import choices, t


def text(nb: str, nn: str, en: str) -> dict[str, str]:
    return {"nb": nb, "nn": nn, "en": en}


def document_of_kinds() -> dict[str, Any]:
    """Fresh plain data, free to be spoiled by a test."""
    return {
        "id": "slag",
        "version": "1.0",
        "title": t("Slag"),
        "description": t("En prøve."),
        "credit": t("Oppdiktet."),
        "languages": ["nb", "nn", "en"],
        "scales": [{"id": "jn", "ordinal": False, "choices": _yes_no()}, _zero_to_ten()],
        "pages": [
            {
                "id": "hjemmet",
                "title": text("Hjemmet", "Heimen", "Home"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "rom",
                        "kind": "number",
                        "text": text("Hvor mange rom har du?", "Kor mange rom har du?", "How many rooms?"),
                        "unit": text("rom", "rom", "rooms"),
                        "minimum": 1,
                        "maximum": 20,
                        "specials": ["vet_ikke"],
                    },
                    {
                        "id": "leie",
                        "kind": "number",
                        "text": text("Hva betaler du?", "Kva betaler du?", "What do you pay?"),
                        "must": [
                            {
                                "condition": "answers.leie >= 500",
                                "text": text(
                                    "Skriv leien for en måned.", "Skriv leiga for ein månad.", "A month."
                                ),
                            },
                            {
                                "condition": "answers.leie / answers.rom <= 100000",
                                "text": text(
                                    "Det er mye for hvert rom.", "Det er mykje per rom.", "A lot per room."
                                ),
                            },
                        ],
                        "unit": text("kr", "kr", "NOK"),
                        "decimals": 2,
                    },
                    {
                        "id": "innflyttet",
                        "kind": "month",
                        "text": text("Når flyttet du inn?", "Når flytta du inn?", "When did you move in?"),
                        "earliest": "1950-01",
                        "latest": "2026-11",
                        "specials": ["vet_ikke", "vil_ikke_svare"],
                    },
                    {
                        "id": "navn_pa_hus",
                        "kind": "text",
                        "lines": 1,
                        "text": text(
                            "Hva kaller folk huset?", "Kva kallar folk huset?", "What is it called?"
                        ),
                    },
                ],
            },
            {
                "id": "stedet",
                "title": text("Stedet", "Staden", "The place"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "trivsel",
                        "display": "scale",
                        "scale": "tall10",
                        "text": text("Hvor godt trives du?", "Kor godt trivst du?", "How do you like it?"),
                        "specials": ["vet_ikke"],
                    },
                    {
                        "id": "bydel",
                        "display": "select",
                        "text": text("Hvilken bydel bor du i?", "Kva bydel bur du i?", "Which district?"),
                        "choices": choices(*(f"bydel_{n}" for n in range(1, 16))),
                        "specials": ["vil_ikke_svare"],
                    },
                    {
                        "id": "naboer",
                        "scale": "tall10",
                        "text": text("Hva med naboene?", "Kva med naboane?", "And the neighbours?"),
                    },
                ],
            },
            {
                "id": "om_helse",
                "title": text("Om helse", "Om helse", "About health"),
                "module": "kjerne",
                "items": [
                    {
                        "id": "forklaring",
                        "kind": "info",
                        "text": text("Nå kommer det om helse.", "No kjem det om helse.", "Now about health."),
                        "help": text("Du kan la være.", "Du kan la vere.", "You need not."),
                    },
                    {
                        "id": "samtykke",
                        "consent": True,
                        "scale": "jn",
                        "text": text(
                            "Vil du svare om helse?", "Vil du svare om helse?", "Answer about health?"
                        ),
                    },
                ],
            },
            {
                "id": "helse",
                "title": text("Helse", "Helse", "Health"),
                "module": "kjerne",
                "show_if": 'answers.samtykke == "ja"',
                "items": [
                    {
                        "id": "frisk",
                        "sensitive": True,
                        "specials": ["vil_ikke_svare"],
                        "scale": "jn",
                        "text": text("Er du frisk?", "Er du frisk?", "Are you well?"),
                    },
                ],
            },
        ],
    }


def _yes_no() -> list[dict[str, Any]]:
    yes, no = choices("ja", "nei")
    return [yes | {"text": text("Ja", "Ja", "Yes")}, no | {"text": text("Nei", "Nei", "No")}]


def _zero_to_ten() -> dict[str, Any]:
    return {
        "id": "tall10",
        "favourable": [9, 10, 11],
        "choices": [
            *({"code": n + 1, "value": f"v{n}", "text": t(str(n)), "number": n} for n in range(11)),
            {"code": 20, "value": "flytter", "text": text("Jeg flytter", "Eg flyttar", "I am moving"),
             "off_scale": True},
        ],
        "ends": {
            "low": text("svært misfornøyd", "svært misnøgd", "very dissatisfied"),
            "high": text("svært fornøyd", "svært nøgd", "very satisfied"),
        },
    }  # fmt: skip


def consenting(condition: str | None) -> Callable[[dict[str, Any]], None]:
    """Puts this condition where the consent is needed; none for None."""

    def spoil(data: dict[str, Any]) -> None:
        last = data["pages"][-1]
        last.pop("show_if")
        if condition is not None:
            last["show_if"] = condition

    return spoil


@cache
def questionnaire_of_kinds() -> Questionnaire:
    return from_document(document_of_kinds())
