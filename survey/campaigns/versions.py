"""What a change of a questionnaire costs: how many answers of closed rounds stand behind each question."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from forms import versions
from forms.questionnaire import Questionnaire
from reports.items import item_result
from reports.scope import Groundwork, Scope
from reports.waves import Wave
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted, NearlyTheSame, StillMixing
from survey.campaigns.waves import load_wave
from survey.database.pool import Database

STEP = 5
"""Sums are told down to this, and nothing below it."""


@dataclass(frozen=True)
class Standing:
    """`rounds`: names of the closed rounds that asked any of the questions in the same way, oldest first.
    `answers`: by meaning, how many of their answers are told, all estates and rounds together, down to the
    nearest five; None where there are none or too few."""

    rounds: tuple[str, ...]
    answers: Mapping[str, int | None]


async def standing(
    database: Database, organisation_id: UUID, form: Questionnaire, meanings: Collection[str]
) -> Standing:
    """The answers that stand behind questions of `form`.

    They are those of the reports, each protected by itself before it is added up, and so this tells a round:
    see `survey.campaigns.telling`. Rounds that cannot be told are left out.
    """
    async with database.registry(organisation_id) as connection:
        closed = [
            round
            for round in reversed(await rounds.rounds(connection))
            if round.status == "closed" and round.answers_deleted_on is None
        ]
        asked = {}
        for round in closed:
            same = versions.alike(await rounds.questionnaire_of(connection, round), form)
            found = {i.meaning: same[i.id] for i in form.stored() if i.id in same and i.meaning in meanings}
            if found:
                asked[round.id] = (round.name, found)
    names: list[str] = []
    total = dict.fromkeys(meanings, 0)
    for round_id, (name, found) in asked.items():
        try:
            wave = await load_wave(database, organisation_id, round_id)
        except (AnswersDeleted, NearlyTheSame, StillMixing):
            continue
        names.append(name)
        for meaning, n in (await asyncio.to_thread(_told, wave, found)).items():
            total[meaning] += n
    return Standing(
        tuple(names), {meaning: n // STEP * STEP if n >= STEP else None for meaning, n in total.items()}
    )


def _told(wave: Wave, items: Mapping[str, str]) -> dict[str, int]:
    """Answers by meaning as far as the report on all estates tells them."""
    scope = Scope.of(Groundwork.of(wave), None)
    if not scope.members:
        return {}
    form = wave.questionnaire
    asked = {meaning: form.item(name) for meaning, name in items.items()}
    return {meaning: item_result(scope, item).n for meaning, item in asked.items() if item.counted}
