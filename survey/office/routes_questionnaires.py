"""Questionnaires at the desk: the list, a new one, its outline, and every step with its way back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect

from forms import editing, loading
from forms.answers import clean_text
from forms.editing import Document
from forms.errors import Fault, QuestionnaireFault
from forms.exchange.tables import Carried
from forms.integrity import SCALE_STEPS
from forms.lint import characters
from forms.lint.size import LONGEST_TEXT, MOST_PAGES, MOST_QUESTIONS
from forms.modules import MODULES, module
from forms.operations import (
    STARTERS,
    AddPage,
    AddQuestion,
    AddRow,
    AddScale,
    Change,
    Copy,
    Delete,
    Join,
    Move,
    MoveTo,
    Operation,
    Part,
)
from forms.questionnaire import Questionnaire
from survey.campaigns.templates import modules, templates
from survey.database.pool import Connection
from survey.office import editor_outline
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_choices import MOST_CHOICES
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems, name_of
from survey.office.pages import AnyRequest, go, language_of, render, words
from survey.office.uploads import LARGEST_UPLOAD, TheUpload, Upload, checked_upload
from survey.people.roles import Right, Staff
from survey.questionnaire_files import read_questionnaire
from survey.questionnaires import drafts, readers
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NoSuchDraft
from survey.register import estates

DraftId = FromPath[UUID]
HERE = "/kontor/skjemaer"
LONGEST_TITLE = 100
LARGEST_SENT = 4 * LARGEST_UPLOAD
"""Bytes that are read, so that the form with too large a file comes back as it was filled in."""


async def draft_of(connection: Connection, staff: Staff, draft_id: UUID) -> Draft:
    """A draft, for one who may write it. Raises NoSuchDraft, NotAllowed."""
    draft = await drafts.find(connection, draft_id)
    staff.require(Right.WRITE_QUESTIONNAIRES)
    return draft


@get("/skjemaer")
async def list_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.WRITE_QUESTIONNAIRES)
    async with database.registry(staff.organisation_id) as connection:
        known = await drafts.all_of(connection)
    shown = [
        (
            draft,
            sum(1 for _ in draft.questionnaire.questions()),
            editor_outline.minutes(draft.questionnaire, draft.language),
        )
        for draft in known
    ]
    return render(
        request,
        "editor_list.html",
        staff=staff,
        drafts=[one for one in shown if not one[0].archived],
        archived=[one for one in shown if one[0].archived],
    )


# ---------------------------------------------------------------- a new one


@get("/skjemaer/ny")
async def new_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.WRITE_QUESTIONNAIRES)
    async with database.registry(staff.organisation_id) as connection:
        return await _new_page(request, connection, staff, Form({}))


@post(
    "/skjemaer/ny",
    request_max_body_size=LARGEST_SENT,
    dependencies={"upload": Provide(checked_upload)},
    status_code=200,
)
async def create(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, upload: TheUpload
) -> Response[Any]:
    staff.require(Right.WRITE_QUESTIONNAIRES)
    form = upload.form
    async with database.registry(staff.organisation_id) as connection:
        if form.only_shown:
            return await _new_page(request, connection, staff, form)
        begun = await _begun(request, connection, staff, upload)
        if isinstance(begun, Carried):
            return _carried_page(request, staff, upload, begun)
        if isinstance(begun, tuple):
            return await _new_page(request, connection, staff, form, *begun)
        document = begun.document
        if title := name_of(form.one("name"))[:LONGEST_TITLE]:
            # In every language: what it was called before is the name of something else.
            document["title"] = dict.fromkeys(document["languages"], title)
        draft_id = await drafts.create(connection, staff, document, begun.based_on, begun.copied)
    return go(f"{HERE}/{draft_id}?melding=draft_created")


class _Begun:
    def __init__(self, document: Document, based_on: UUID | None = None, copied: UUID | None = None) -> None:
        self.document, self.based_on, self.copied = document, based_on, copied


async def _begun(
    request: AnyRequest, connection: Connection, staff: Staff, upload: Upload
) -> _Begun | Carried | tuple[Problem | Fault, ...]:
    """What a new draft starts as, or why it cannot; Carried, when not all of a file could be carried over.
    Raises NoSuchDraft for what belongs to somebody else."""
    form = upload.form
    kind, _, name = form.one("start").partition(":")
    t = words(language_of(request))
    match kind:
        case "blank":
            title = name_of(form.one("name"))[:LONGEST_TITLE]
            if not title:
                return (Problem("name", "problem.editor.name"),)
            return _Begun(
                editing.blank(
                    "nb",
                    title,
                    page=t("editor.blank.page"),
                    description=t("editor.blank.description"),
                    credit=t("editor.blank.credit", organisation=staff.organisation),
                )
            )
        case "module" if name in MODULES:
            return _Begun(loading.dump(module(name)))
        case "template" if name in templates():
            return _Begun(loading.dump(templates()[name].core))
        case "draft" | "version":
            try:
                id = UUID(name)
            except ValueError:
                raise NoSuchDraft() from None
            if kind == "draft":
                twin = await drafts.find(connection, id)
                return _Begun(twin.document, twin.based_on, twin.id)
            return _Begun(loading.dump(await drafts.version(connection, id)), id)
        case "file":
            return _from_file(upload)
        case "carried":
            return _from_carried(form)
    return (Problem("start", "problem.editor.start"),)


def _from_file(upload: Upload) -> _Begun | Carried | tuple[Problem | Fault, ...]:
    if not upload.file:
        return (Problem("file", "problem.editor.file_missing"),)
    if len(upload.file) > LARGEST_UPLOAD:
        told = {"name": upload.name or "fil", "most": LARGEST_UPLOAD // 1024**2}
        return (Problem("file", "problem.editor.file_large", told),)
    carried = read_questionnaire(upload.file, upload.name or "fil")
    if carried.questionnaire is None:
        return (Problem("file", "problem.editor.file"), *carried.faults)
    document = loading.dump(carried.questionnaire)
    if editing.too_much(document):
        limits = {"pages": MOST_PAGES, "questions": MOST_QUESTIONS}
        return (Problem("file", "problem.editor.file_much", limits),)
    # What a text hides is told before there is a draft; the check of the draft tells of the rest.
    return carried if carried.faults or _hidden(carried.questionnaire) else _Begun(document)


def _hidden(questionnaire: Questionnaire) -> list[Fault]:
    """Texts that are not what they look like, with their places."""
    return list(characters.check(questionnaire))


def _carried_page(request: AnyRequest, staff: Staff, upload: Upload, carried: Carried) -> Response[str]:
    """What is in the file and will not be in the questionnaire, to be read before there is one: nothing is
    stored, the page holds what was read."""
    assert carried.questionnaire is not None  # noqa: S101 - for the types: what was refused is told elsewhere
    language = language_of(request)
    return render(
        request,
        "editor_carried.html",
        staff=staff,
        file=upload.name or "fil",
        name=upload.form.one("name"),
        questions=sum(1 for _ in carried.questionnaire.questions()),
        left=[characters.visible(fault.sentence(language)) for fault in carried.faults],
        hidden=[characters.visible(fault.sentence(language)) for fault in _hidden(carried.questionnaire)],
        document=json.dumps(loading.dump(carried.questionnaire), ensure_ascii=False),
    )


def _from_carried(form: Form) -> _Begun:
    """What `_carried_page` held. Raises Unreadable for anything else."""
    if len(form.one("document")) > LARGEST_UPLOAD:
        raise Unreadable()
    try:
        document = loading.dump(loading.unfinished(json.loads(form.one("document"))))
    except (ValueError, RecursionError, QuestionnaireFault) as fault:
        raise Unreadable() from fault
    if editing.too_much(document):
        raise Unreadable()
    return _Begun(document)


async def _new_page(
    request: AnyRequest, connection: Connection, staff: Staff, form: Form, *wrong: Problem | Fault
) -> Response[str]:
    problems = Problems(tuple(one for one in wrong if isinstance(one, Problem)))
    return render(
        request,
        "editor_new.html",
        staff=staff,
        status=problems.status,
        problems=problems,
        filled=form,
        refused=[one.sentence(language_of(request)) for one in wrong if isinstance(one, Fault)],
        templates=[one for one in templates().values() if one.id != "puls"],
        modules=list(modules().values()),
        drafts=[one for one in await drafts.all_of(connection) if not one.archived],
        versions=await drafts.versions(connection),
    )


# ---------------------------------------------------------------- one draft


@get("/skjemaer/{draft_id:uuid}")
async def outline_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        return await outline(request, connection, staff, draft)


async def outline(
    request: AnyRequest,
    connection: Connection,
    staff: Staff,
    draft: Draft,
    form: Form | None = None,
    *wrong: Problem,
) -> Response[str]:
    speaks = language_of(request)
    t = words(speaks)
    problems = Problems(wrong)
    questionnaire = draft.questionnaire
    found = await drafts.faults(connection, draft)
    told = editor_outline.tell(found, questionnaire, draft.language, speaks, t)
    back, again = await drafts.last_steps(connection, draft.id)
    return render(
        request,
        "editor_outline.html",
        staff=staff,
        status=problems.status,
        draft=draft,
        form=questionnaire,
        sheets=editor_outline.sheets(questionnaire, told, draft.language, speaks),
        errors=editor_outline.together([one for one in told if one.severity == "error"], t),
        warnings=[one for one in told if one.severity == "warning"],
        notes=[one for one in told if one.severity == "note"],
        questions=sum(1 for _ in questionnaire.questions()),
        minutes=editor_outline.minutes(questionnaire, draft.language),
        marks=_marks(draft),
        tallies=await readers.tallies(connection, draft),
        scale_words={
            scale.id: characters.visible(
                editor_outline.scale_in_words(questionnaire, scale.id, draft.language)
            )
            for scale in questionnaire.scales
        },
        starters=STARTERS,
        modules=list(modules().values()),
        back=back,
        again=again,
        uses=await drafts.uses(connection, draft),
        translated=[
            (code, *editor_outline.completeness(questionnaire, code)) for code in questionnaire.languages[1:]
        ],
        problems=problems,
        filled=form or Form({}),
    )


def _marks(draft: Draft) -> dict[str, str]:
    """What each page and question was when the page was shown: a delete is of that, and of nothing newer."""
    marks = {}
    for page in draft.document["pages"]:
        marks[page["id"]] = editing.mark(draft.document, Part("page", page["id"]), whole=True)
        for entry in page["items"]:
            marks[entry["id"]] = editing.mark(draft.document, Part("entry", entry["id"]), whole=True)
    return marks


@post("/skjemaer/{draft_id:uuid}/gjor", status_code=200)
async def do(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[Any]:
    """One operation from a button of the outline: `gjor` says which."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        typed = clean_text(form.one("words"))
        doing = form.one("gjor")
        if doing in ("page", "question", "row") and not 0 < len(typed) <= LONGEST_TEXT:
            field = f"words-{form.one('id') or 'page'}"
            problem = Problem(field, "problem.editor.words", {"most": LONGEST_TEXT})
            return await outline(request, connection, staff, draft, form, problem)
        answers = tuple(filter(None, map(clean_text, form.one("answers").splitlines())))
        if doing == "scale" and not (
            SCALE_STEPS[0] <= len(answers) <= SCALE_STEPS[1] and all(len(a) <= LONGEST_TEXT for a in answers)
        ):
            limits = {"least": SCALE_STEPS[0], "most": SCALE_STEPS[1]}
            wrong = Problem("new-scale", "problem.editor.new_scale", limits)
            return await outline(request, connection, staff, draft, form, wrong)
        if doing == "question" and form.one("starter") == "place":
            answers = await _areas(connection)
            if len(answers) > MOST_CHOICES:
                much = {"n": len(answers), "most": MOST_CHOICES}
                wrong = Problem(f"words-{form.one('id')}", "problem.editor.areas", much)
                return await outline(request, connection, staff, draft, form, wrong)
        if doing == "renew":
            fields = {"meaning": await drafts.new_meaning(connection, draft, form.one("id"))}
            operation: Operation = Change(Part("entry", form.one("id")), fields)
        else:
            operation = _operation(doing, form, typed, draft, answers)
        about = (
            typed
            or " – ".join(answers[:: max(len(answers) - 1, 1)])
            or (_module_called(form, draft) if doing == "module" else "")
            or _called(draft, Part(_kind(form), form.one("id")))
        )
        part = await drafts.do(
            connection, staff, draft_id, operation, form.one("mark"), action=doing, about=about
        )
    return go(_after(draft_id, doing, part, form))


async def _areas(connection: Connection) -> tuple[str, ...]:
    """The areas of the register in its order, those in use."""
    known = [estate.area for estate in await estates.all_of(connection) if not estate.archived]
    return tuple(dict.fromkeys(known))


def _kind(form: Form) -> Any:
    kind = form.one("part")
    if kind not in ("page", "entry", "scale", "must"):
        raise Unreadable()
    return kind


def _operation(doing: str, form: Form, typed: str, draft: Draft, answers: tuple[str, ...]) -> Operation:
    id = form.one("id")
    match doing:
        case "page":
            return AddPage(draft.language, typed, id)
        case "question":
            starter = next((one for one in STARTERS if one == form.one("starter")), None)
            if starter is None:
                raise Unreadable()
            return AddQuestion(id, starter, draft.language, typed, answers if starter == "place" else ())
        case "scale":
            return AddScale(draft.language, answers)
        case "row":
            return AddRow(id, draft.language, typed)
        case "up":
            return Move(Part(_kind(form), id), -1)
        case "down":
            return Move(Part(_kind(form), id), 1)
        case "move":
            return MoveTo(id, form.one("page"))
        case "copy":
            return Copy(Part(_kind(form), id))
        case "delete":
            return Delete(Part(_kind(form), id))
        case "module":
            return Join(form.one("module"))
    raise Unreadable()


def _module_called(form: Form, draft: Draft) -> str:
    """The title of a module of the house, for the list of steps; it is no part of the draft yet."""
    if form.one("module") not in MODULES:
        raise Unreadable()
    return module(form.one("module")).title.get(draft.language)


def _called(draft: Draft, part: Part) -> str:
    """The words of a part, for the list of steps."""
    try:
        one = editing.found(draft.document, part)
    except editing.Gone:
        return ""
    text = one.get("text") or one.get("title") or {}
    return str(text.get(draft.language, "") or part.id)


def _after(draft_id: UUID, doing: str, part: Part, form: Form) -> str:
    """Where to go on: to the form of what is new, else back to where the button was."""
    home = f"{HERE}/{draft_id}"
    if doing in ("question", "row"):
        return f"{home}/sporsmal/{part.id}"
    if doing == "renew":
        return f"{home}{f'/sporsmal/{part.id}' if form.one('stay') else ''}?melding=draft_renewed"
    if part.kind == "scale":
        return f"{home}/skala/{part.id}"
    if doing == "delete":
        above = f"/sporsmal/{part.id}" if form.one("stay") == "1" and part.kind == "entry" else ""
        return f"{home}{above}?melding=draft_deleted"
    if doing in ("up", "down") and form.one("stay"):
        return f"{home}/sporsmal/{form.one('stay')}?melding=draft_moved#rader"
    return f"{home}?melding=draft_{_DONE[doing]}#{'side' if part.kind == 'page' else 'sporsmal'}-{part.id}"


_DONE = {
    "up": "moved", "down": "moved", "move": "moved", "copy": "copied", "page": "added", "module": "added",
}  # fmt: skip
"""The notice of a step that leads back to the outline: whoever listens to the page does not see it change."""


@post("/skjemaer/{draft_id:uuid}/angre")
async def undo(database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId) -> Redirect:
    async with database.registry(staff.organisation_id) as connection:
        await draft_of(connection, staff, draft_id)
        turn = drafts.redo if form.one("igjen") == "1" else drafts.undo
        await turn(connection, staff, draft_id, _number(form))
    melding = "draft_redone" if form.one("igjen") == "1" else "draft_undone"
    return go(f"{HERE}/{draft_id}?melding={melding}")


def _number(form: Form) -> int:
    typed = form.one("number")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise Unreadable()
    return int(typed)


@post("/skjemaer/{draft_id:uuid}/arkiv")
async def archive(database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId) -> Redirect:
    """Put away, or taken out again."""
    async with database.registry(staff.organisation_id) as connection:
        await draft_of(connection, staff, draft_id)
        away = form.one("bort") == "1"
        await drafts.archive(connection, staff, draft_id, archived=away)
    if away:
        return go(f"{HERE}?melding=draft_archived")
    return go(f"{HERE}/{draft_id}?melding=draft_restored")


handlers = [list_page, new_page, create, outline_page, do, undo, archive]
