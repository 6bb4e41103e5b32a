"""Residents read a draft by a link and say what they think of each question; the office sees it beside it.

Nothing is kept of who reads: a remark has a day and a language, and no two are tied together. What was said
belongs to the words that were read, which are kept with it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from forms import loading, remarks
from forms.answers import clean_text
from forms.questionnaire import Item, Matrix, Page, Questionnaire
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.questionnaires.drafts import Draft, queries

Verdict = Literal["clear", "unclear", "uncomfortable", "missing"]
VERDICTS: tuple[Verdict, ...] = ("clear", "unclear", "uncomfortable", "missing")
OUTCOMES = ("done", "partly", "not_done")
LONGEST_SUGGESTION = 500
LONGEST_ANSWER = 300
MOST_DAYS = 180
"""How long a link may be open."""
SUGGESTED_DAYS = 21
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_SLUG = re.compile(r"[0-9a-z]{16}")


@dataclass(frozen=True)
class Link:
    slug: str
    active: bool
    ends_on: date
    open: bool
    """Switched on, and not past its last day."""

    @property
    def path(self) -> str:
        return f"/les/{self.slug}"


@dataclass(frozen=True)
class Suggestion:
    id: UUID
    text: str
    said_on: date
    changed: bool
    """The question has other words now than those it was made of."""
    outcome: str | None
    answer: str


@dataclass(frozen=True)
class Tally:
    """What was said of one question. `changed`: how many of the remarks were of other words than today's."""

    counts: Mapping[str, int]
    suggestions: tuple[Suggestion, ...]
    readers: int
    changed: int

    @property
    def waiting(self) -> int:
        """Suggestions that nobody has answered."""
        return sum(one.outcome is None for one in self.suggestions)


@dataclass(frozen=True)
class Reading:
    """A draft as a reader meets it. `questionnaire` None: the link is closed."""

    slug: str
    organisation: str
    fictitious: bool
    questionnaire: Questionnaire | None
    answered: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By question: (outcome, the office's words)."""


def entries(page: Page) -> tuple[Item | Matrix, ...]:
    """What a reader is asked about on a page: each question, a matrix as one; nothing that is computed."""
    return tuple(one for one in page.items if isinstance(one, Matrix) or one.computed is None)


async def link(connection: Connection, draft_id: UUID) -> Link | None:
    """None when none was ever made."""
    row = await queries.reading_link(connection, draft_id=draft_id)
    return Link(row["slug"], row["active"], row["ends_on"], row["open"]) if row else None


async def last_days(connection: Connection) -> tuple[date, date, date]:
    """Today, the last day that is suggested for a link, and the latest there can be."""
    today: date = await queries.day_now(connection)
    return today, today + timedelta(days=SUGGESTED_DAYS), today + timedelta(days=MOST_DAYS)


async def show_until(connection: Connection, staff: Staff, draft: Draft, ends_on: date) -> None:
    """Make the link, or move its last day; one that was closed gets another address."""
    slug = "".join(secrets.choice(_LETTERS) for _ in range(16))
    await queries.put_reading_link(
        connection, organisation_id=staff.organisation_id, draft_id=draft.id, slug=slug, ends_on=ends_on
    )
    await _record(connection, staff, draft, "shown", {"ends_on": ends_on.isoformat()})


async def stop(connection: Connection, staff: Staff, draft: Draft) -> None:
    """The link opens nothing any more; what was said stays."""
    await queries.stop_reading_link(connection, draft_id=draft.id)
    await _record(connection, staff, draft, "unshown", {})


async def answer(
    connection: Connection, staff: Staff, draft: Draft, id: UUID, outcome: str, words: str
) -> None:
    """Say what became of a suggestion; readers see these words, and not the suggestion."""
    await queries.answer_remark(connection, draft_id=draft.id, id=id, outcome=outcome, answer=words)
    await _record(connection, staff, draft, "answered", {"outcome": outcome})


async def tallies(connection: Connection, draft: Draft) -> dict[str, Tally]:
    """By question, also of those that are deleted since."""
    now = {entry.id: entry for page in draft.questionnaire.pages for entry in page.items}
    found: dict[str, list[tuple[str | None, Suggestion | None, bool]]] = {}
    async for row in queries.remarks(connection, draft_id=draft.id):
        entry = now.get(row["entry_id"])
        same = entry is not None and row["shown"] == remarks.shown(
            draft.questionnaire, entry, row["language"]
        )
        said = None
        if row["suggestion"] is not None:
            said = Suggestion(
                row["id"], row["suggestion"], row["said_on"], not same, row["outcome"], row["answer"] or ""
            )
        found.setdefault(row["entry_id"], []).append((row["verdict"], said, not same))
    return {
        entry_id: Tally(
            {verdict: sum(one == verdict for one, _, _ in rows) for verdict in VERDICTS},
            tuple(said for _, said, _ in rows if said is not None),
            len(rows),
            sum(changed for _, _, changed in rows),
        )
        for entry_id, rows in found.items()
    }


async def read(connection: Connection, written: str) -> Reading | None:
    """What a link shows; None when there is no such link. For the role of tenants' pages."""
    slug = written.lower()
    row = await queries.read_draft(connection, slug=slug) if _SLUG.fullmatch(slug) else None
    if row is None:
        return None
    questionnaire = loading.unfinished(json.loads(row["document"])) if row["document"] else None
    answered: dict[str, tuple[tuple[str, str], ...]] = {}
    if questionnaire is not None:
        async for one in queries.remarks_answered(connection, slug=slug):
            before = answered.get(one["entry_id"], ())
            answered[one["entry_id"]] = (*before, (one["outcome"], one["answer"]))
    return Reading(slug, row["organisation_name"], row["fictitious"], questionnaire, answered)


@dataclass(frozen=True)
class Said:
    """What a reader sent of one question. `seen`: the mark of the words they had before them."""

    entry_id: str
    verdict: str
    suggestion: str
    seen: str

    @property
    def empty(self) -> bool:
        return not self.suggestion and self.verdict not in VERDICTS


def said(entry_id: str, verdict: str, suggestion: str, seen: str) -> Said:
    return Said(entry_id, verdict if verdict in VERDICTS else "", clean_text(suggestion), seen)


async def keep(connection: Connection, reading: Reading, language: str, what: Said) -> bool:
    """Write down one remark; whether it was kept: not when the link has closed meanwhile, or is full."""
    questionnaire = reading.questionnaire
    now = {entry.id: entry for page in questionnaire.pages for entry in page.items} if questionnaire else {}
    entry = now.get(what.entry_id)
    if questionnaire is None or entry is None:
        return False
    words = remarks.shown(questionnaire, entry, language)
    outcome = await queries.remark(
        connection,
        slug=reading.slug,
        entry=what.entry_id,
        language=language,
        shown=words if remarks.mark(words) == what.seen else "",
        verdict=what.verdict or None,
        suggestion=what.suggestion or None,
    )
    return bool(outcome == "kept")


async def _record(
    connection: Connection, staff: Staff, draft: Draft, step: str, more: Mapping[str, object]
) -> None:
    details = {"questionnaire": draft.name, **more}
    await audit.record(connection, f"questionnaire.{step}", "questionnaire", draft.id, staff.id, details)
