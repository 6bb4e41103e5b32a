"""What has changed in a questionnaire since a version of it was asked, and what that does to comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from litestar import Response, Router, get
from litestar.types import ControllerRouterHandler

from forms import versions
from forms.questionnaire import Questionnaire
from forms.versions import Change, Comparison
from survey.database.pool import Database
from survey.office import reckoning
from survey.office.door import TheDatabase, TheStaff
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, language_of, render
from survey.office.reckoning import Key
from survey.office.routes_questionnaires import DraftId, draft_of
from survey.people.roles import Right, Staff
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft, Version

if TYPE_CHECKING:
    from survey.campaigns.versions import Standing


@dataclass(frozen=True)
class Line:
    """One question that is not as it was. `id`: of the question in the draft, '' when it is gone."""

    id: str
    text: str
    said: str
    meaning: str


@get("/skjemaer/{draft_id:uuid}/endret")
async def page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    """`mot`: the version it is compared with; else the one it follows, else the newest."""
    draft, known = await _found(database, staff, draft_id)
    return _page(request, staff, draft, known, _chosen(request, draft, known), None)


@get("/skjemaer/{draft_id:uuid}/endret/svar", before_request=open_numbers)
async def with_answers(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    """The same, and how many answers stand behind each question: that tells of rounds as a report does."""
    staff.require(Right.READ_RESULTS)
    draft, known = await _found(database, staff, draft_id)
    chosen = _chosen(request, draft, known)
    standing = None
    if chosen is not None:
        before = chosen.questionnaire
        meanings = {item.meaning for item in before.stored()}

        async def counted() -> Standing:
            from survey.campaigns.versions import standing

            return await standing(database, staff.organisation_id, before, meanings)

        key = Key(staff.organisation_id, "standing", chosen.id)
        standing = await reckoning.of(request).get(database, key, counted)
    return _page(request, staff, draft, known, chosen, standing)


async def _found(database: Database, staff: Staff, draft_id: UUID) -> tuple[Draft, tuple[Version, ...]]:
    """The draft, and the versions there are of it, newest first."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        asked = await drafts.versions(connection)
    same = {draft.questionnaire.id}
    known = [one for one in asked if one.questionnaire.id in same or one.id == draft.based_on]
    return draft, tuple(known)


def _chosen(request: AnyRequest, draft: Draft, known: tuple[Version, ...]) -> Version | None:
    wanted = (request.query_params.get("mot", ""), str(draft.based_on))
    for id in wanted:
        if (one := next((one for one in known if str(one.id) == id), None)) is not None:
            return one
    return known[0] if known else None


def _page(
    request: AnyRequest,
    staff: Staff,
    draft: Draft,
    known: tuple[Version, ...],
    chosen: Version | None,
    standing: Standing | None,
) -> Response[str]:
    speaks = language_of(request)
    values: dict[str, Any] = {"groups": (), "unchanged": 0, "cells": ()}
    if chosen is not None:
        before, after = chosen.questionnaire, draft.questionnaire
        found = versions.compare(before, after)
        matched = {change.meaning for change in found.changes}
        values = {
            "groups": _groups(found, before, after, draft.language, speaks),
            "unchanged": sum(1 for item in after.stored() if item.meaning not in matched),
            "cells": _cells(found, before, after, speaks),
        }
    return render(
        request,
        "editor_versions.html",
        staff=staff,
        draft=draft,
        listed=known,
        chosen=chosen,
        standing=standing,
        answers=standing.answers if standing else {},
        **values,
    )


def _groups(
    found: Comparison, before: Questionnaire, after: Questionnaire, language: str, speaks: str
) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """(last part of a message key, its questions), what matters most first; none that is empty."""
    sorted_: dict[str, list[Line]] = {"breaks": [], "gone": [], "new": [], "goes_on": []}
    for change in found.changes:
        sorted_[_kind(change, found.comparable)].append(_line(change, before, after, language, speaks))
    return tuple((kind, tuple(lines)) for kind, lines in sorted_.items() if lines)


def _kind(change: Change, comparable: Mapping[str, str]) -> str:
    if change.before is None:
        return "new"
    if change.after is None:
        return "gone"
    return "goes_on" if change.comparable else "breaks"


def _line(change: Change, before: Questionnaire, after: Questionnaire, language: str, speaks: str) -> Line:
    item = after.item(change.after) if change.after else before.item(change.before or "")
    return Line(change.after or "", item.text.get(language), change.in_words(speaks), change.meaning)


def _cells(
    found: Comparison, before: Questionnaire, after: Questionnaire, speaks: str
) -> tuple[tuple[str, bool], ...]:
    """Of the index and of each object both have: whether its points can be compared."""
    if before.index is None or after.index is None:
        return ()
    objects = [name for name in after.index.objects if name in before.index.objects]
    return tuple(
        (after.label(name, speaks) if name else "", (name, None) in found.cells) for name in (None, *objects)
    )


handlers: list[ControllerRouterHandler] = [Router("", route_handlers=[page, with_answers])]
