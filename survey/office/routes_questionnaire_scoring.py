"""What is reckoned of the answers: the index of a questionnaire, made and changed on one page."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from forms import editing
from forms.operations import SCORING, Change
from forms.questionnaire import Scale
from survey.office import editor_scoring
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_desk import saved_as
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, render
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people.roles import Staff
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import PartChanged


@get("/skjemaer/{draft_id:uuid}/poeng")
async def scoring_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
    form = editor_scoring.of_scoring(draft.questionnaire)
    return _page(request, staff, draft, form, editing.mark(draft.document, SCORING))


@post("/skjemaer/{draft_id:uuid}/poeng", status_code=200)
async def save_scoring(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[Any]:
    """The parts of the index, how much each weighs, how much must be answered, and which questions count."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        if form.only_shown or form.one("knapp") == "flere":
            return _page(request, staff, draft, form, form.one("mark"), spare=6)
        read = editor_scoring.read(form, draft.questionnaire, draft.document)
        if read.problems:
            return _page(request, staff, draft, form, form.one("mark"), *read.problems)
        try:
            seen = form.one("mark") or "?"
            await drafts.do(connection, staff, draft_id, Change(SCORING, read.fields), seen, action="index")
        except PartChanged:
            draft = await draft_of(connection, staff, draft_id)
            now = editor_scoring.of_scoring(draft.questionnaire)
            problem = Problem("naa", "problem.editor.changed")
            mark = editing.mark(draft.document, SCORING)
            return _page(request, staff, draft, form, mark, problem, now=now)
    return go(f"{HERE}/{draft_id}/poeng?melding={saved_as(form)}")


def _page(
    request: AnyRequest,
    staff: Staff,
    draft: Draft,
    form: Form,
    mark: str,
    *wrong: Problem,
    now: Form | None = None,
    spare: int = editor_scoring.SPARE_PARTS,
) -> Response[str]:
    questionnaire = draft.questionnaire
    problems = Problems(wrong)
    parts = editor_scoring.part_rows(form, spare=spare)
    named = [(row.id, row.name or questionnaire.label(row.id, draft.language)) for row in parts if row.id]
    return render(
        request,
        "editor_scoring.html",
        staff=staff,
        status=409 if now else problems.status,
        draft=draft,
        form=questionnaire,
        filled=form,
        mark=mark,
        problems=problems,
        rows=parts,
        objects=named,
        differences=editor_scoring.differences(form, now, questionnaire) if now else [],
        facets=editor_scoring.FACETS,
        counting=editor_scoring.counting(questionnaire, form, draft.language),
        scales=[scale for scale in questionnaire.scales if _has_points(scale)],
    )


def _has_points(scale: Scale) -> bool:
    return any(choice.score is not None for choice in scale.choices)


handlers = [scoring_page, save_scoring]
