"""One part of a questionnaire under work: its form as it begins, as it is typed, and as it is kept.

Questions, pages, scales, answers, demands and the whole are all the same here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response

from forms import editing
from forms.answers import clean_text, hides
from forms.editing import Document
from forms.house_scales import standard_scales
from forms.operations import AddMust, Change, Operation, Part
from forms.questionnaire import Questionnaire
from survey.database.pool import Database
from survey.office import (
    editor_answers,
    editor_choices,
    editor_conditions,
    editor_form,
    editor_outline,
    editor_pipes,
    editor_reckoned,
    editor_release,
    editor_theme,
    preview,
)
from survey.office.door import Form
from survey.office.editor_answers import NEW
from survey.office.editor_form import Read
from survey.office.editor_item import drawings, item_values
from survey.office.fields import Problem, Problems
from survey.office.pages import CLEANED, AnyRequest, go, language_of, render, words
from survey.office.routes_questionnaires import HERE, draft_of
from survey.people.roles import Staff
from survey.questionnaires import drafts, readers
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NoSuchPart, PartChanged
from survey.questionnaires.readers import Tally

SHOWN_AGAIN = ("flere", "vilkar", "opp", "ned", "kilde", "rader", "regn_kilde", "regn_rader", "sett_inn")
"""Buttons that change the form and save nothing; 'opp:2' moves the third answer up."""
COMPARED = ("text", "help", "title", "intro", "description", "credit", "choice_text", "low", "high", "unit")
"""Fields that are told side by side when two people changed the same part."""
PIPED = {"entry": ("text", "help"), "page": ("title", "intro")}
"""Fields that earlier answers may stand in, by kind of part."""


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
    def owner(self) -> str:
        """Of an answer or a demand: the id of what it belongs to."""
        return self.part.id.partition("/")[0]

    @property
    def new(self) -> bool:
        return self.part.kind == "must" and self.part.id.endswith(f"/{NEW}")

    @property
    def mark(self) -> str:
        return "" if self.new else editing.mark(self.draft.document, self.part)

    @property
    def page_id(self) -> str:
        """Of the page it stands on."""
        if self.part.kind in ("entry", "answer", "must"):
            return str(editing.page_of(self.draft.document, self.owner)["id"])
        return self.part.id

    def begun(self) -> Form:
        match self.part.kind:
            case "entry":
                return editor_form.of_entry(self.questionnaire, self.element, self.language)
            case "page":
                return editor_form.of_page(self.questionnaire, self.element, self.language)
            case "scale":
                return editor_form.of_scale(self.element, self.language)
            case "answer" | "step":
                return editor_answers.of_answer(self.questionnaire, self.element)
            case "must":
                return editor_answers.of_must(self.questionnaire, self.element, self.owner)
        return editor_form.of_form(self.questionnaire, self.element, self.language)

    def read(self, form: Form) -> Read:
        read = self._read(form)
        texts = [(field, form.one(field)) for field in PIPED.get(self.part.kind, ())]
        open_ones = editor_pipes.refused(texts, self.questionnaire, self.language)
        return Read(read.fields, (*read.problems, *open_ones))

    def _read(self, form: Form) -> Read:
        match self.part.kind:
            case "entry":
                return editor_form.read_entry(
                    form, self.questionnaire, self.draft.document, self.element, self.language
                )
            case "page":
                return editor_form.read_page(form, self.questionnaire, self.element, self.language)
            case "scale":
                return editor_form.read_scale(form, self.element, self.language)
            case "answer" | "step":
                return editor_answers.read_answer(form, self.questionnaire)
            case "must":
                return editor_answers.read_must(form, self.questionnaire, self.element)
        return editor_form.read_form(form, self.questionnaire, self.element, self.language)

    def operation(self, read: Read) -> Operation:
        if self.new:
            return AddMust(self.owner, read.fields["condition"], read.fields["text"])
        return Change(self.part, read.fields)

    @property
    def back(self) -> str:
        """Where to go when it is saved, below the page of the draft."""
        match self.part.kind:
            case "entry":
                if matrix := editing.matrix_of(self.draft.document, self.part.id):
                    return f"/sporsmal/{matrix['id']}?melding=draft_saved#rader"
                return f"?melding=draft_saved#sporsmal-{self.part.id}"
            case "page":
                return f"?melding=draft_saved#side-{self.part.id}"
            case "answer":
                return f"/sporsmal/{self.owner}?melding=draft_saved#answers"
            case "must":
                return f"/sporsmal/{self.owner}?melding=draft_saved#krav"
            case "step":
                return f"/skala/{self.owner}?melding=draft_saved#answers"
        return "?melding=draft_saved"


TEMPLATES = {
    "entry": "editor_item.html",
    "page": "editor_page.html",
    "scale": "editor_scale.html",
    "form": "editor_form.html",
    "answer": "editor_answer.html",
    "step": "editor_answer.html",
    "must": "editor_must.html",
}


def desk(draft: Draft, part: Part) -> Desk:
    """Raises NoSuchPart."""
    try:
        if part.kind == "must" and part.id.endswith(f"/{NEW}"):
            editing.found(draft.document, Part("entry", part.id.partition("/")[0]))
            return Desk(draft, part, {}, TEMPLATES[part.kind])
        element = editing.found(draft.document, part)
    except editing.Gone as fault:
        raise NoSuchPart() from fault
    return Desk(draft, part, element, TEMPLATES[part.kind])


async def show(
    request: AnyRequest, database: Database, staff: Staff, draft_id: UUID, part: Part
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


async def save(
    request: AnyRequest, database: Database, staff: Staff, form: Form, draft_id: UUID, part: Part
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
            again, wrong = _shifted(at, form, knob, place)
            return _page(request, staff, at, again, form.one("mark"), tuple(wrong), spare=_spare(knob))
        read = at.read(form)
        if read.problems:
            return _page(request, staff, at, form, form.one("mark"), read.problems)
        try:
            action = "must" if at.new else f"changed_{part.kind}"
            seen = "" if at.new else form.one("mark") or "?"
            about = _about(form, at)
            await drafts.do(connection, staff, draft_id, at.operation(read), seen, action=action, about=about)
        except PartChanged:
            at = desk(await draft_of(connection, staff, draft_id), part)
            now = at.begun()
            problem = Problem("naa", "problem.editor.changed")
            return _page(request, staff, at, form, at.mark, (problem,), now=now)
    where = f"{request.url.path}?melding=draft_saved"
    if form.one("knapp") != "bli":
        where = f"{HERE}/{draft_id}{at.back}"
    return go(where.replace("melding=draft_saved", f"melding={saved_as(form)}"))


def saved_as(form: Form) -> str:
    """The notice of what was saved: also when not all signs of it were, and then of which fields."""
    cleaned = {
        _called(name)
        for name, values in form.fields.items()
        if name not in ("mark", "knapp", "was", "address") and any(map(hides, values))
    }
    return f"draft_cleaned&felt={'.'.join(sorted(cleaned))}" if cleaned else "draft_saved"


def _called(field: str) -> str:
    """What a field of a form is called in the notice (`pages.CLEANED`)."""
    for begins, name in (("choice_text", "answers"), ("must_", "must")):
        if field.startswith(begins):
            return name
    return field if field in CLEANED else "other"


def _about(form: Form, at: Desk) -> str:
    own = at.element.get("text", {}).get(at.language, "") if at.part.kind in ("answer", "step") else ""
    said = form.one("text") or form.one("title") or form.one(editor_answers.text_field(at.language)) or own
    return clean_text(said) or at.part.id


def _shifted(at: Desk, form: Form, knob: str, place: str) -> tuple[Form, list[Problem]]:
    """The form after one of the buttons that save nothing."""
    closed = at.element.get("kind", "choice") == "choice"
    match knob:
        case "opp" | "ned" if place.isascii() and place.isdigit() and len(place) < 4:
            return editor_choices.moved(form, int(place), -1 if knob == "opp" else 1), []
        case "kilde":
            return editor_conditions.turned(form, at.questionnaire, "source"), []
        case "rader":
            return editor_conditions.turned(form, at.questionnaire, "rows"), []
        case "regn_kilde":
            return editor_reckoned.turned(form, "source", closed=closed), []
        case "regn_rader":
            return editor_reckoned.turned(form, "rows", closed=closed), []
        case "sett_inn":
            may = editor_pipes.offered(at.questionnaire, at.page_id, at.language)
            return editor_pipes.put_in(form, PIPED.get(at.part.kind, ()), may)
    return form, []


def _spare(knob: str) -> int:
    return 6 if knob == "flere" else editor_choices.SPARE_CHOICES


def _typed(form: Form) -> list[tuple[str, str]]:
    said = [(name, "\n".join(filter(None, form.all(name)))) for name in (*COMPARED, *_demands(form))]
    return [("must" if name.startswith("must_") else name, words) for name, words in said if words]


def _demands(form: Form) -> list[str]:
    return sorted(name for name in form.fields if name.startswith("must_"))


def differences(typed: Form, now: Form) -> list[tuple[str, str, str]]:
    """(field, what stands now, what was typed) where they differ."""
    found = []
    musts = _demands(typed)
    for name in (*COMPARED, *musts):
        there, mine = ("\n".join(text for text in one.all(name) if text.strip()) for one in (now, typed))
        if there != mine:
            found.append(("must" if name in musts else name, there, mine))
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
    spare: int = editor_choices.SPARE_CHOICES,
) -> Response[str]:
    problems = Problems(wrong)
    speaks = language_of(request)
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
        told=editor_outline.together([one for one in told if one.about == at.part.id], words(speaks)),
        choices=editor_choices.choice_rows(filled, spare=spare),
        **_values(at, filled, speaks),
    )
    page.headers.update(preview.FRAMING)
    return page


def _values(at: Desk, filled: Form, speaks: str) -> Mapping[str, Any]:
    """What the templates need of the part, by its kind."""
    form = at.questionnaire
    match at.part.kind:
        case "form":
            return {
                "offered": editor_form.offered_languages(at.draft.document),
                "to_be_read": editor_form.to_be_read(at.draft.document),
                "keys": editor_release.shown(filled, form),
                "bands": editor_release.BANDS,
            }
        case "scale":
            return {
                "scale_used": sum(1 for item in form.items() if item.scale == at.part.id),
                "of_answers": editor_outline.answers_in_words(form, at.element, speaks),
                "drawings": drawings(),
            }
        case "answer" | "step" | "must":
            readable = editor_answers.readable(form, at.part)
            demand = at.part.kind == "must"
            owner = editing.found(
                at.draft.document, Part("scale" if at.part.kind == "step" else "entry", at.owner)
            )
            return {
                "conditions": editor_conditions.shown(filled, form, readable, speaks, demand=demand),
                "owner": owner,
                "new": at.new,
            }
    readable = editor_outline.earlier(form, at.page_id)
    values = {
        "conditions": editor_conditions.shown(filled, form, readable, speaks),
        "pipes": editor_pipes.offered(form, at.page_id, at.language),
    }
    if at.part.kind == "page":
        values |= {"themes": editor_theme.themes(form, speaks, words(speaks))}
    if at.part.kind == "entry":
        values |= {"scales": _scales(at)}
        values |= item_values(form, at.draft.document, at.element, filled, speaks)
    return values


def _scales(at: Desk) -> list[tuple[str, str]]:
    """What a question can be answered on: the scales of the questionnaire, then those of the house."""
    own = [scale.id for scale in at.questionnaire.scales]
    found = [(id, editor_outline.scale_in_words(at.questionnaire, id, at.language)) for id in own]
    for scale in standard_scales():
        if scale.id not in own:
            house = at.questionnaire.model_copy(update={"scales": (scale,)})
            found.append((scale.id, editor_outline.scale_in_words(house, scale.id, at.language)))
    return found
