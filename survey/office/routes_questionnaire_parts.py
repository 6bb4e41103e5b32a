"""The forms of a questionnaire in the making: a question, a page, a scale, and what the whole is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from forms import editing, loading
from forms.answers import clean_text
from forms.editing import Document, EditFault
from forms.errors import QuestionnaireFault
from forms.house_scales import standard_scales
from forms.operations import FORM, Change, Part
from forms.questionnaire import Questionnaire
from survey.office import editor_conditions, editor_form, editor_outline, preview
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_form import Read
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, language_of, render, words
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people.roles import Staff
from survey.questionnaires import drafts, readers
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NoSuchPart, PartChanged
from survey.questionnaires.readers import Tally

ItemId = FromPath[str]
PageId = FromPath[str]
ScaleId = FromPath[str]
SHOWN_AGAIN = ("flere", "vilkar", "opp", "ned")
"""Buttons that change the form and save nothing; 'opp:2' moves the third answer up."""
COMPARED = ("text", "help", "title", "intro", "description", "credit", "choice_text", "low", "high", "unit")
"""Fields that are told side by side when two people changed the same part."""


@dataclass(frozen=True)
class Desk:
    """One part under work: how its form begins, is read and is set."""

    draft: Draft
    part: Part
    element: Document
    template: str

    @property
    def questionnaire(self) -> Questionnaire:
        return self.draft.questionnaire

    @property
    def language(self) -> str:
        return self.draft.language

    @property
    def mark(self) -> str:
        return editing.mark(self.draft.document, self.part)

    def begun(self) -> Form:
        match self.part.kind:
            case "entry":
                return editor_form.of_entry(self.questionnaire, self.element, self.language)
            case "page":
                return editor_form.of_page(self.questionnaire, self.element, self.language)
            case "scale":
                return editor_form.of_scale(self.element, self.language)
        return editor_form.of_form(self.element, self.language)

    def read(self, form: Form) -> Read:
        match self.part.kind:
            case "entry":
                return editor_form.read_entry(
                    form, self.questionnaire, self.draft.document, self.element, self.language
                )
            case "page":
                return editor_form.read_page(form, self.questionnaire, self.element, self.language)
            case "scale":
                return editor_form.read_scale(form, self.element, self.language)
        return editor_form.read_form(form, self.element, self.language)


TEMPLATES = {
    "entry": "editor_item.html",
    "page": "editor_page.html",
    "scale": "editor_scale.html",
    "form": "editor_form.html",
}


def desk(draft: Draft, part: Part) -> Desk:
    """Raises NoSuchPart."""
    try:
        element = editing.found(draft.document, part)
    except editing.Gone as fault:
        raise NoSuchPart() from fault
    return Desk(draft, part, element, TEMPLATES[part.kind])


@get("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}")
async def item_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, item_id: ItemId
) -> Response[str]:
    return await _show(request, database, staff, draft_id, Part("entry", item_id))


@post("/skjemaer/{draft_id:uuid}/sporsmal/{item_id:str}", status_code=200)
async def save_item(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    item_id: ItemId,
) -> Response[Any]:
    return await _save(request, database, staff, form, draft_id, Part("entry", item_id))


@get("/skjemaer/{draft_id:uuid}/side/{page_id:str}")
async def page_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, page_id: PageId
) -> Response[str]:
    return await _show(request, database, staff, draft_id, Part("page", page_id))


@post("/skjemaer/{draft_id:uuid}/side/{page_id:str}", status_code=200)
async def save_page(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    page_id: PageId,
) -> Response[Any]:
    return await _save(request, database, staff, form, draft_id, Part("page", page_id))


@get("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}")
async def scale_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, scale_id: ScaleId
) -> Response[str]:
    return await _show(request, database, staff, draft_id, Part("scale", scale_id))


@post("/skjemaer/{draft_id:uuid}/skala/{scale_id:str}", status_code=200)
async def save_scale(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    scale_id: ScaleId,
) -> Response[Any]:
    return await _save(request, database, staff, form, draft_id, Part("scale", scale_id))


@get("/skjemaer/{draft_id:uuid}/om")
async def form_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    return await _show(request, database, staff, draft_id, FORM)


@post("/skjemaer/{draft_id:uuid}/om", status_code=200)
async def save_form(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[Any]:
    return await _save(request, database, staff, form, draft_id, FORM)


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


async def _show(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: UUID, part: Part
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        at = desk(draft, part)
        found = await drafts.faults(connection, draft)
        said = await readers.tallies(connection, draft) if part.kind == "entry" else {}
    told = editor_outline.tell(
        found, draft.questionnaire, draft.language, language_of(request), words(language_of(request))
    )
    return _page(request, staff, at, at.begun(), at.mark, told=told, tally=said.get(part.id))


async def _save(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: Form, draft_id: UUID, part: Part
) -> Response[Any]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        try:
            at = desk(draft, part)
        except NoSuchPart:
            # Somebody deleted it while this was typed: the words are shown, so that nothing is lost.
            return render(
                request, "editor_gone.html", staff=staff, status=409, draft=draft, typed_words=_typed(form)
            )
        knob, _, place = form.one("knapp").partition(":")
        if form.only_shown or knob in SHOWN_AGAIN:
            again = _shifted(form, knob, place)
            return _page(request, staff, at, again, form.one("mark"), spare=_spare(knob))
        read = at.read(form)
        if read.problems:
            return _page(request, staff, at, form, form.one("mark"), read.problems)
        try:
            await drafts.do(
                connection,
                staff,
                draft_id,
                Change(part, read.fields),
                form.one("mark") or "?",
                action=f"changed_{part.kind}",
                about=_about(form, at),
            )
        except PartChanged:
            at = desk(await draft_of(connection, staff, draft_id), part)
            now = at.begun()
            problem = Problem("naa", "problem.editor.changed")
            return _page(request, staff, at, form, at.mark, (problem,), now=now)
    home = f"{HERE}/{draft_id}"
    if form.one("knapp") == "bli":
        return go(f"{request.url.path}?melding=draft_saved")
    anchor = {"entry": f"#sporsmal-{part.id}", "page": f"#side-{part.id}"}.get(part.kind, "")
    if part.kind == "entry" and (matrix := editing.matrix_of(draft.document, part.id)):
        return go(f"{home}/sporsmal/{matrix['id']}?melding=draft_saved")
    return go(f"{home}?melding=draft_saved{anchor}")


def _about(form: Form, at: Desk) -> str:
    return clean_text(form.one("text") or form.one("title")) or at.part.id


def _shifted(form: Form, knob: str, place: str) -> Form:
    if knob in ("opp", "ned") and place.isascii() and place.isdigit() and len(place) < 4:
        return editor_form.moved(form, int(place), -1 if knob == "opp" else 1)
    return form


def _spare(knob: str) -> int:
    return 6 if knob == "flere" else editor_form.SPARE_CHOICES


def _typed(form: Form) -> list[tuple[str, str]]:
    return [(name, "\n".join(filter(None, form.all(name)))) for name in COMPARED if any(form.all(name))]


def differences(typed: Form, now: Form) -> list[tuple[str, str, str]]:
    """(field, what stands now, what was typed) where they differ."""
    found = []
    for name in COMPARED:
        there, mine = ("\n".join(text for text in one.all(name) if text.strip()) for one in (now, typed))
        if there != mine:
            found.append((name, there, mine))
    return found


def _page(
    request: AnyRequest,
    staff: Staff,
    at: Desk,
    filled: Form,
    mark: str,
    wrong: tuple[Problem, ...] = (),
    *,
    told: tuple[editor_outline.Told, ...] = (),
    now: Form | None = None,
    tally: Tally | None = None,
    spare: int = editor_form.SPARE_CHOICES,
) -> Response[str]:
    problems = Problems(wrong)
    own = {"entry": _of_entry, "form": _of_form}.get(at.part.kind)
    values = own(at) if own else {}
    page_id = _page_id(at)
    readable = editor_outline.earlier(at.questionnaire, page_id)
    conditions = editor_conditions.shown(filled, at.questionnaire, readable, language_of(request))
    page = render(
        request,
        at.template,
        staff=staff,
        status=409 if now else problems.status,
        draft=at.draft,
        form=at.questionnaire,
        part=at.part,
        element=at.element,
        filled=filled,
        mark=mark,
        problems=problems,
        now=now,
        differences=differences(filled, now) if now else [],
        tally=tally,
        told=[one for one in told if one.about == at.part.id],
        choices=editor_form.choice_rows(filled, spare=spare),
        conditions=conditions,
        scales=_scales(at, filled),
        scale_used=sum(1 for item in at.questionnaire.items() if item.scale == at.part.id),
        **values,
    )
    page.headers.update(preview.FRAMING)
    return page


def _page_id(at: Desk) -> str:
    if at.part.kind == "entry":
        return str(editing.page_of(at.draft.document, at.part.id)["id"])
    return at.part.id


def _of_entry(at: Desk) -> Mapping[str, Any]:
    matrix = editing.matrix_of(at.draft.document, at.part.id)
    element = at.element
    kind = element.get("kind", "choice")
    return {
        "kind": kind,
        "row_of": matrix,
        "page": editing.page_of(at.draft.document, at.part.id),
        "rows": [
            (row, editing.mark(at.draft.document, Part("entry", row["id"]), whole=True))
            for row in element.get("rows", ())
        ],
        "scored": at.questionnaire.index is not None and kind == "choice",
        "consent": bool(element.get("consent")),
        "computed": element.get("computed"),
    }


def _of_form(at: Desk) -> Mapping[str, Any]:
    return {
        "offered": editor_form.offered_languages(at.draft.document),
        "to_be_read": editor_form.to_be_read(at.draft.document),
    }


def _scales(at: Desk, filled: Form) -> list[tuple[str, str]]:
    """What a question can be answered on: the scales of the questionnaire, then those of the house."""
    own = [scale.id for scale in at.questionnaire.scales]
    found = [(id, editor_outline.scale_in_words(at.questionnaire, id, at.language)) for id in own]
    for scale in standard_scales():
        if scale.id not in own:
            house = at.questionnaire.model_copy(update={"scales": (scale,)})
            found.append((scale.id, editor_outline.scale_in_words(house, scale.id, at.language)))
    return found


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
    form_page,
    save_form,
]
