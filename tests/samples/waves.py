"""Waves for the tests of numbers: drawn from a fixed seed in which the truth is known, wholly made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import numpy as np
import polars as pl

from forms.answers import Answers, Layout
from forms.questionnaire import Questionnaire
from reports.waves import Estate, Wave, WaveInfo, assemble, to_frame


def info(questionnaire: Questionnaire, estates: Sequence[Estate], campaign: str = "Høsten 2025") -> WaveInfo:
    return WaveInfo(
        organisation_id=UUID(int=1),
        campaign_id=UUID(int=2),
        campaign=campaign,
        organisation="Eksempelvik kommune (oppdiktet)",
        fictitious=True,
        questionnaire=questionnaire,
        estates=tuple(estates),
        opens_on=date(2025, 9, 1),
        closes_on=date(2025, 9, 21),
        results_on=date(2025, 10, 15),
        languages=questionnaire.languages,
    )


def wave_of(
    questionnaire: Questionnaire,
    estates: Sequence[Estate],
    answers: Mapping[str, Sequence[Answers]],
    campaign: str = "Høsten 2025",
    texts: pl.DataFrame | None = None,
) -> Wave:
    """A wave of answer documents by estate id."""
    layout = Layout.of(questionnaire)
    groups = [
        {
            "estate": estate,
            "language": "nb",
            "mode": "web",
            "n": len(documents),
            "codes": b"".join(layout.pack(document) for document in documents),
        }
        for estate, documents in answers.items()
    ]
    return assemble(info(questionnaire, estates, campaign), to_frame(groups, questionnaire), texts)


def drawn_answers(
    questionnaire: Questionnaire, n: int, rng: np.random.Generator, lean: float = 0.0, skip: float = 0.1
) -> list[Answers]:
    """n answer documents; `lean` moves all ordered answers up (towards the last choice) or down, in codes."""
    documents: list[Answers] = []
    asked = [
        (item, questionnaire.choices(item))
        for item in questionnaire.items()
        if item.kind != "text" and item.role != "quote_consent"
    ]
    coded = [
        (item, [choice.code for choice in choices], {choice.code for choice in choices if choice.exclusive})
        for item, choices in asked
    ]
    for _ in range(n):
        mood = rng.normal(lean, 0.7)
        document: Answers = {}
        for item, codes, alone in coded:
            if rng.random() < skip:
                continue
            if item.kind == "choice":
                place = round((len(codes) - 1) / 2 + mood + rng.normal(0, 0.9))
                document[item.id] = codes[min(max(place, 0), len(codes) - 1)]
            elif item.kind == "multi":
                picked = [code for code in codes if code not in alone and rng.random() < 0.4]
                if picked:
                    document[item.id] = picked
            else:
                document[item.id] = rng.permutation(codes)[: item.rank_size].tolist()
        documents.append(document)
    return documents
