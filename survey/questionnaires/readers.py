"""Residents read a draft by a link and say what they think of each question; the office sees it beside it.

Nothing is kept of who reads, and no two remarks are tied together: with every page that is sent all remarks
of the draft are written anew in an order drawn by lot, and neither a day nor a language goes with them. What
was said belongs to the words that were read, of which a mark is kept.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
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
KEPT_DAYS = 180
"""So many days after the last day of the link what was said is deleted (`retention.forget_remarks`)."""
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
    def deleted_on(self) -> date:
        """When what was said is deleted, if the last day stays where it is."""
        return self.ends_on + timedelta(days=KEPT_DAYS)

    @property
    def path(self) -> str:
        return f"/les/{self.slug}"


@dataclass(frozen=True)
class Suggestion:
    id: UUID
    text: str
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
    def answered(self) -> tuple[tuple[str, str], ...]:
        """What the office said of suggestions, as readers see it: (outcome, its words), each once."""
        return tuple(sorted({(one.outcome, one.answer) for one in self.suggestions if one.outcome}))

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
    await queries.hold_remarks(connection, draft_id=draft.id)
    await queries.answer_remark(connection, draft_id=draft.id, id=id, outcome=outcome, answer=words)
    await _record(connection, staff, draft, "answered", {"outcome": outcome})


async def tallies(connection: Connection, draft: Draft) -> dict[str, Tally]:
    """By question, also of those that are deleted since."""
    now = {entry.id: entry for page in draft.questionnaire.pages for entry in page.items}
    found: dict[str, list[tuple[str | None, Suggestion | None, bool]]] = {}
    marks = {id: remarks.marks(draft.questionnaire, entry) for id, entry in now.items()}
    async for row in queries.remarks(connection, draft_id=draft.id):
        same = remarks.same(json.loads(row["words"]), marks.get(row["entry_id"], {}))
        said = None
        if row["suggestion"] is not None:
            said = Suggestion(row["id"], row["suggestion"], not same, row["outcome"], row["answer"] or "")
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


async def keep(connection: Connection, reading: Reading, language: str, sent: Sequence[Said]) -> int:
    """Write down what was sent at once; how many remarks were lost: of a question that is gone, and all of
    them when the link has closed meanwhile, or is full."""
    questionnaire = reading.questionnaire
    now = {entry.id: entry for page in questionnaire.pages for entry in page.items} if questionnaire else {}
    there = [said for said in sent if said.entry_id in now]
    if questionnaire is None or not there:
        return len(sent)
    words = []
    for said in there:
        entry = now[said.entry_id]
        read = remarks.mark(remarks.shown(questionnaire, entry, language)) == said.seen
        words.append(json.dumps(remarks.marks(questionnaire, entry) if read else {}))
    outcome = await queries.remark(
        connection,
        slug=reading.slug,
        entries=[said.entry_id for said in there],
        words=words,
        verdicts=[said.verdict or None for said in there],
        suggestions=[said.suggestion or None for said in there],
    )
    return len(sent) - len(there) if outcome == "kept" else len(sent)


async def _record(
    connection: Connection, staff: Staff, draft: Draft, step: str, more: Mapping[str, object]
) -> None:
    details = {"questionnaire": draft.name, **more}
    await audit.record(connection, f"questionnaire.{step}", "questionnaire", draft.id, staff.id, details)
