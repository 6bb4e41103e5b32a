"""Findings in the plain words of the residents' report, kept beside each when a reading round is opened.

Tenants' pages show what is kept: they reckon nothing, and their role reads no questionnaire for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from forms.questionnaire import Questionnaire
from reports.documents.plain import Plain
from reports.documents.points import BAD, GOOD, Point, point
from reports.findings.model import FoundResult
from reports.findings.sentences import LANGUAGES
from survey.campaigns import rounds
from survey.database.pool import Connection
from survey.loop.dossiers import queries


async def keep(connection: Connection, campaign_id: UUID) -> None:
    """Say plainly what has not been said yet of a round's findings."""
    rows = queries.findings_unsaid(connection, campaign_id=campaign_id)
    found = [FoundResult.model_validate_json(row["document"]) async for row in rows]
    if not found:
        return
    form = await rounds.questionnaire_of(connection, await rounds.find(connection, campaign_id))
    # A landlord of 300 estates has some ten thousand findings: others are served meanwhile.
    said = await asyncio.to_thread(all_of, form, found)
    await queries.say_plainly(
        connection, campaign_id=campaign_id, ids=list(said), plain=[json.dumps(one) for one in said.values()]
    )


def all_of(form: Questionnaire, found: Sequence[FoundResult]) -> dict[str, dict[str, Any]]:
    """By finding and language: `theme`, `sentence` and `notes`, as text. No language of a finding that the
    residents' report does not tell, nor one that it would quote a question for in another language."""
    spoken = [Plain(language, form) for language in LANGUAGES]
    return {
        one.id: {
            plain.language: _told(said)
            for plain in spoken
            if one.variant in GOOD + BAD and not (said := point(plain, one, good=one.variant in GOOD)).foreign
        }
        for one in found
    }


def _told(said: Point) -> dict[str, Any]:
    return {
        "theme": said.theme_text,
        "sentence": said.sentence.striptags(),
        "notes": [note.striptags() for note in said.notes],
    }
