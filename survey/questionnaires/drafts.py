"""Drafts of questionnaires: every change is one step, audited, and can be taken back.

Two people may work on the same draft. Each operation is done on the newest document under a lock; only when
the very part that somebody changes was changed by somebody else meanwhile is it refused, and nothing is lost.
"""

from __future__ import annotations

import asyncio
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql

from forms import editing, loading
from forms import versions as versions_of
from forms.editing import Document, EditFault, Elsewhere, Gone
from forms.errors import Fault, QuestionnaireFault
from forms.operations import Change, Delete, Operation, Part
from forms.questionnaire import Questionnaire
from survey.campaigns import rounds
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff
from survey.questionnaires.errors import (
    MovedOn,
    NoSuchDraft,
    NoSuchPart,
    NothingToUndo,
    NotReady,
    PartChanged,
    Refused,
    TextsChanged,
    TooManyDrafts,
)

MOST_DRAFTS = 200
"""Of one organisation, those that were put away among them."""
KEPT_STEPS = 50
"""So many can be taken back."""
LONGEST_NAME = 200
LATELY = 16
"""Drafts that a process keeps as it read them last; each is some hundred kilobytes."""

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Step:
    """`action`: the last part of a message key, `about`: the words of what it was done to."""

    number: int
    action: str
    about: str
    at: datetime
    staff_name: str | None


@dataclass(frozen=True)
class Draft:
    id: UUID
    name: str
    revision: int
    document: Document
    archived: bool
    changed_at: datetime
    changed_by: str | None
    based_on: UUID | None
    """The version it began as a copy of, or that was frozen from it last."""

    @cached_property
    def questionnaire(self) -> Questionnaire:
        return _read(_written(self.document))

    @property
    def language(self) -> str:
        """The one it is written in first."""
        return self.questionnaire.languages[0]


@dataclass(frozen=True)
class Version:
    """A frozen version. `round`: the newest that asked it."""

    id: UUID
    questionnaire: Questionnaire
    round: str


async def all_of(connection: Connection) -> tuple[Draft, ...]:
    """Every draft, what was changed last first, those put away at the end."""
    return tuple([_draft(row) async for row in queries.drafts(connection)])


async def find(connection: Connection, id: UUID) -> Draft:
    """Raises NoSuchDraft, also when it belongs to somebody else."""
    row = await queries.draft(connection, id=id)
    if row is None:
        raise NoSuchDraft()
    return _draft(row)


async def versions(connection: Connection) -> tuple[Version, ...]:
    """What has been asked here, newest first, at most 50."""
    return tuple(
        [
            Version(row["id"], loading.from_document(json.loads(row["document"])), row["round"])
            async for row in queries.versions(connection)
        ]
    )


async def version(connection: Connection, id: UUID) -> Questionnaire:
    """A frozen version of the organisation. Raises NoSuchDraft."""
    return loading.from_document(json.loads(await _version(connection, id)))


async def _version(connection: Connection, id: UUID) -> str:
    row = await queries.version(connection, id=id)
    if row is None:
        raise NoSuchDraft()
    document: str = row["document"]
    return document


async def create(
    connection: Connection,
    staff: Staff,
    document: Document,
    based_on: UUID | None = None,
    copied_draft: UUID | None = None,
) -> UUID:
    """A draft of its own. `based_on`: the version it is a copy of, or that the draft was which it is a copy
    of, `copied_draft`. Raises TooManyDrafts."""
    if await queries.count_drafts(connection) >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    name = name_of(loading.unfinished(document))
    id: UUID = await queries.add_draft(
        connection,
        organisation_id=staff.organisation_id,
        name=name,
        document=_written(document),
        based_on=based_on,
        copied_draft=copied_draft,
        staff_id=staff.id,
    )
    await audit.record(
        connection, "questionnaire.created", "questionnaire", id, staff.id, {"questionnaire": name}
    )
    return id


async def do(
    connection: Connection,
    staff: Staff,
    id: UUID,
    operation: Operation,
    seen: str = "",
    *,
    action: str,
    about: str = "",
) -> Part:
    """One step; what is new or changed by it.

    `seen`: the mark of the part as it was shown, where the operation changes or deletes one. Raises
    NoSuchDraft, NoSuchPart, PartChanged, TextsChanged and Refused.
    """
    row = await _locked(connection, id)
    before: Document = json.loads(row["document"])
    try:
        if isinstance(operation, Change | Delete) and seen:
            whole = isinstance(operation, Delete)
            if editing.mark(before, operation.part, whole=whole) != seen:
                raise PartChanged()
        after, part = editing.apply(before, operation)
    except Gone as fault:
        raise NoSuchPart() from fault
    except Elsewhere as fault:
        raise TextsChanged(fault.texts) from fault
    except EditFault as fault:
        raise Refused(fault.key) from fault
    except QuestionnaireFault as fault:
        raise Refused("error.edit.unfit") from fault
    if after == before:
        return part
    await queries.drop_undone(connection, draft_id=id)
    await queries.add_step(
        connection,
        organisation_id=staff.organisation_id,
        draft_id=id,
        number=await queries.next_number(connection, draft_id=id),
        document=_written(before),
        action=action,
        about=about[:200],
        staff_id=staff.id,
    )
    await queries.drop_old_steps(connection, draft_id=id, kept=KEPT_STEPS)
    await _store(connection, staff, id, after, action)
    return part


async def last_steps(connection: Connection, id: UUID) -> tuple[Step | None, Step | None]:
    """What would be taken back, and what would be done again."""
    back = await queries.last_step(connection, draft_id=id)
    again = await queries.undone_step(connection, draft_id=id)
    return _step(back), _step(again)


async def undo(connection: Connection, staff: Staff, id: UUID, number: int) -> Step:
    """Take the last step back. `number`: of the step that was shown. Raises NothingToUndo, MovedOn."""
    return await _turn(connection, staff, id, number, undone=True)


async def redo(connection: Connection, staff: Staff, id: UUID, number: int) -> Step:
    """Do the step again that was taken back last. Raises NothingToUndo, MovedOn."""
    return await _turn(connection, staff, id, number, undone=False)


async def _turn(connection: Connection, staff: Staff, id: UUID, number: int, *, undone: bool) -> Step:
    row = await _locked(connection, id)
    found = await (queries.last_step if undone else queries.undone_step)(connection, draft_id=id)
    if found is None:
        raise NothingToUndo()
    if found["number"] != number:
        raise MovedOn()
    await queries.turn_step(connection, draft_id=id, number=number, document=row["document"], undone=undone)
    await _store(connection, staff, id, json.loads(found["document"]), "undone" if undone else "redone")
    step = _step(found)
    assert step is not None  # noqa: S101 - for the types: it was found
    return step


async def archive(connection: Connection, staff: Staff, id: UUID, *, archived: bool) -> None:
    """Put it away, or take it out again; nothing is deleted. Raises NoSuchDraft."""
    row = await _locked(connection, id)
    await queries.archive_draft(connection, id=id, archived=archived, staff_id=staff.id)
    action = "questionnaire.archived" if archived else "questionnaire.restored"
    await audit.record(connection, action, "questionnaire", id, staff.id, {"questionnaire": row["name"]})


async def faults(connection: Connection, draft: Draft) -> list[Fault]:
    """What the check finds, also against the version it follows."""
    before = await _version(connection, draft.based_on) if draft.based_on else None
    # A heavy one takes a second or two of processor: others are served meanwhile.
    return list(await asyncio.to_thread(_checked, _written(draft.document), before))


async def faulty(connection: Connection, draft: Draft) -> bool:
    """Whether no round can start from it as it stands."""
    return any(fault.severity == "error" for fault in await faults(connection, draft))


async def new_meaning(connection: Connection, draft: Draft, entry: str) -> str:
    """A meaning id for a question that asks something else from now on: neither the draft nor any version of
    the questionnaire has it. Raises NoSuchPart."""
    own = {item.id: item.meaning for item in draft.questionnaire.items()}
    if entry not in own:
        raise NoSuchPart()
    known = set(own.values())
    async for row in queries.versions_called(connection, questionnaire_id=draft.questionnaire.id):
        known |= {item.meaning for item in loading.from_document(json.loads(row["document"])).items()}
    if draft.based_on:
        before = loading.from_document(json.loads(await _version(connection, draft.based_on)))
        known |= {item.meaning for item in before.items()}
    return versions_of.free_meaning(own[entry], known)


@dataclass(frozen=True)
class Use:
    """A round that asks, or asked, a version of a questionnaire."""

    round_id: UUID
    name: str
    status: str
    version: str


async def uses(connection: Connection, draft: Draft) -> tuple[Use, ...]:
    """Rounds that asked a version of this draft, or of what it was made from; newest first, at most 20."""
    rows = queries.rounds_of(connection, draft_id=draft.id)
    return tuple([Use(row["id"], row["name"], row["status"], row["version"]) async for row in rows])


async def newer(connection: Connection, asked: Questionnaire) -> tuple[Draft, ...]:
    """Drafts that went on from the version that is asked and say something else now, newest first.

    Of a version that was frozen from no draft: every draft of the same questionnaire."""
    same = loading.content_hash(asked)
    went_on = {row["id"] async for row in queries.drafts_from(connection, content_hash=same)}
    return tuple(
        draft
        for draft in await all_of(connection)
        if not draft.archived
        and draft.questionnaire.id == asked.id
        and (not went_on or draft.id in went_on)
        and loading.content_hash(draft.questionnaire.model_copy(update={"version": asked.version})) != same
    )


async def freeze(connection: Connection, staff: Staff, id: UUID) -> Questionnaire:
    """The draft as it stands, as a version that never changes: with a number that no other has.

    The same content gets the number it had before. Raises NoSuchDraft, NotReady when the check finds errors.
    """
    await _locked(connection, id)
    draft = await find(connection, id)
    if await faulty(connection, draft):
        raise NotReady(draft.id, draft.name)
    known = {
        row["version"]: loading.from_document(json.loads(row["document"]))
        async for row in queries.versions_called(connection, questionnaire_id=draft.questionnaire.id)
    }
    frozen = numbered(draft.questionnaire, known.values())
    kept = await rounds.keep_questionnaire(connection, staff.organisation_id, frozen)
    await queries.base_draft(connection, id=id, based_on=kept)
    await queries.add_frozen(connection, organisation_id=staff.organisation_id, version_id=kept, draft_id=id)
    await audit.record(
        connection,
        "questionnaire.frozen",
        "questionnaire",
        id,
        staff.id,
        {"questionnaire": draft.name, "version": frozen.version},
    )
    return frozen


def numbered(form: Questionnaire, known: Any) -> Questionnaire:
    """The questionnaire with the number of the known version that says the same, else with the next."""
    highest: tuple[int, ...] = (0, 0)
    for one in known:
        same = form.model_copy(update={"version": one.version})
        if loading.content_hash(same) == loading.content_hash(one):
            return same
        highest = max(highest, tuple(int(part) for part in one.version.split(".")))
    own = tuple(int(part) for part in form.version.split("."))
    if own > highest:
        return form
    return form.model_copy(update={"version": f"{highest[0]}.{highest[1] + 1}"})


def name_of(form: Questionnaire) -> str:
    """What it is called in lists: its title on one line, without signs that nobody sees."""
    seen = "".join(
        sign if not sign.isspace() else " "
        for sign in form.title.get(form.languages[0])
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    return " ".join(seen.split())[:LONGEST_NAME] or form.id


async def _locked(connection: Connection, id: UUID) -> Any:
    row = await queries.lock_draft(connection, id=id)
    if row is None:
        raise NoSuchDraft()
    return row


async def _store(connection: Connection, staff: Staff, id: UUID, document: Document, action: str) -> None:
    name = name_of(loading.unfinished(document))
    await queries.change_draft(connection, id=id, name=name, document=_written(document), staff_id=staff.id)
    await audit.record(
        connection,
        "questionnaire.changed",
        "questionnaire",
        id,
        staff.id,
        {"questionnaire": name, "step": action},
    )


def _draft(row: Any) -> Draft:
    return Draft(
        id=row["id"],
        name=row["name"],
        revision=row["revision"],
        document=json.loads(row["document"]),
        archived=row["archived"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
        based_on=row["based_on"],
    )


def _step(row: Any) -> Step | None:
    if row is None:
        return None
    return Step(row["number"], row["action"], row["about"], row["at"], row["staff_name"])


def _written(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False)


# Every page of the editor reads the whole questionnaire and shows what the check finds in it, which takes a
# quarter of a second for a large one: as long as nobody changes it, it is the same.
@lru_cache(maxsize=LATELY)
def _read(written: str) -> Questionnaire:
    return loading.unfinished(json.loads(written))


@lru_cache(maxsize=LATELY)
def _checked(written: str, before: str | None) -> tuple[Fault, ...]:
    version = loading.from_document(json.loads(before)) if before else None
    return tuple(editing.faults(_read(written), version))
