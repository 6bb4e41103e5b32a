"""The forms of a questionnaire in the making: question, answer, demand, page, scale, and the whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from forms import editing, loading
from forms.editing import EditFault
from forms.errors import QuestionnaireFault
from forms.operations import FORM, Change, Part
from survey.office import preview
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_desk import desk, save, show
from survey.office.pages import AnyRequest
from survey.office.routes_questionnaires import DraftId, draft_of

ItemId = FromPath[str]
PageId = FromPath[str]
ScaleId = FromPath[str]
Value = FromPath[str]
Place = FromPath[str]


@get("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}")
async def item_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, item_id: ItemId
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("entry", item_id))


@post("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}", status_code=200)
async def save_item(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    item_id: ItemId,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("entry", item_id))


@get("/skjemaer/{draft_id:uuid}/side/{page_id:str}")
async def page_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, page_id: PageId
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("page", page_id))


@post("/skjemaer/{draft_id:uuid}/side/{page_id:str}", status_code=200)
async def save_page(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    page_id: PageId,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("page", page_id))


@get("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}")
async def scale_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, scale_id: ScaleId
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("scale", scale_id))


@post("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}", status_code=200)
async def save_scale(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    scale_id: ScaleId,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("scale", scale_id))


@get("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/svar/{value:str}")
async def answer_page(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    draft_id: DraftId,
    item_id: ItemId,
    value: Value,
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("answer", f"{item_id}/{value}"))


@post("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/svar/{value:str}", status_code=200)
async def save_answer(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    item_id: ItemId,
    value: Value,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("answer", f"{item_id}/{value}"))


@get("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}/svar/{value:str}")
async def step_page(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    draft_id: DraftId,
    scale_id: ScaleId,
    value: Value,
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("step", f"{scale_id}/{value}"))


@post("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}/svar/{value:str}", status_code=200)
async def save_step(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    scale_id: ScaleId,
    value: Value,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("step", f"{scale_id}/{value}"))


@get("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/krav/{place:str}")
async def must_page(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    draft_id: DraftId,
    item_id: ItemId,
    place: Place,
) -> Response[str]:
    return await show(request, database, staff, draft_id, Part("must", f"{item_id}/{place}"))


@post("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/krav/{place:str}", status_code=200)
async def save_must(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    item_id: ItemId,
    place: Place,
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, Part("must", f"{item_id}/{place}"))


@get("/skjemaer/{draft_id:uuid}/om")
async def form_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    return await show(request, database, staff, draft_id, FORM)


@post("/skjemaer/{draft_id:uuid}/om", status_code=200)
async def save_form(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[Any]:
    return await save(request, database, staff, form, draft_id, FORM)


@get("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/vis")
async def item_preview(
    database: TheDatabase, staff: TheStaff, draft_id: DraftId, item_id: ItemId
) -> Response[str]:
    return await _preview(database, staff, draft_id, Part("entry", item_id))


@post("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}/vis", status_code=200)
async def item_preview_typed(
    database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId, item_id: ItemId
) -> Response[str]:
    return await _preview(database, staff, draft_id, Part("entry", item_id), form)


@get("/skjemaer/{draft_id:uuid}/side/{page_id:str}/vis")
async def page_preview(
    database: TheDatabase, staff: TheStaff, draft_id: DraftId, page_id: PageId
) -> Response[str]:
    return await _preview(database, staff, draft_id, Part("page", page_id))


@post("/skjemaer/{draft_id:uuid}/side/{page_id:str}/vis", status_code=200)
async def page_preview_typed(
    database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId, page_id: PageId
) -> Response[str]:
    return await _preview(database, staff, draft_id, Part("page", page_id), form)


async def _preview(
    database: TheDatabase, staff: TheStaff, draft_id: UUID, part: Part, form: Form | None = None
) -> Response[str]:
    """As it looks on a phone: as it is kept, or with what is typed and not kept. Stores nothing."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
    at = desk(draft, part)
    shown = draft.questionnaire
    if form is not None:
        try:
            typed, _ = editing.apply(draft.document, Change(part, at.read(form).fields))
            shown = loading.unfinished(typed)
        except (EditFault, QuestionnaireFault):
            pass  # what cannot be kept is not shown either
    look = preview.of_page if part.kind == "page" else preview.of_entry
    return look(shown, part.id, draft.language)


handlers = [
    item_page,
    save_item,
    item_preview,
    item_preview_typed,
    page_preview,
    page_preview_typed,
    page_page,
    save_page,
    scale_page,
    save_scale,
    answer_page,
    save_answer,
    step_page,
    save_step,
    must_page,
    save_must,
    form_page,
    save_form,
]
