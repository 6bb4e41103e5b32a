"""Translations side by side, and what is reckoned: the two pages about a questionnaire as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from forms import editing, scoring
from forms.addresses import addresses
from forms.answers import clean_text
from forms.lint.size import LONGEST_TEXT
from forms.operations import FORM, Change, Say
from forms.questionnaire import Questionnaire, Scale
from survey.office import editor_form
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_outline import completeness
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, render
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people.roles import Staff
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NoSuchPart, PartChanged, TextsChanged

Code = FromPath[str]
MOST_WEIGHT = 100


# ---------------------------------------------------------------- translations


@dataclass(frozen=True)
class Pair:
    """A text and its translation. `was`: what stood there when it was shown, `now`: what others wrote."""

    address: str
    original: str
    typed: str
    was: str
    now: str | None


@get("/skjemaer/{draft_id:uuid}/oversettelse/{code:str}")
async def texts_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, code: Code
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
    return _texts_page(request, staff, draft, code)


@post("/skjemaer/{draft_id:uuid}/oversettelse/{code:str}", status_code=200)
async def save_texts(
    request: AnyRequest,
    database: TheDatabase,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
    code: Code,
) -> Response[Any]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        if form.only_shown:
            return _texts_page(request, staff, draft, code, form)
        _check_language(draft, code)
        typed = _typed(form)
        long = next((words for _, words in typed.values() if len(words) > LONGEST_TEXT), None)
        if long is not None:
            problem = Problem("tekster", "problem.editor.long", {"most": LONGEST_TEXT, "n": len(long)})
            return _texts_page(request, staff, draft, code, form, problem)
        changed = {address: both for address, both in typed.items() if both[0] != both[1]}
        try:
            if changed:
                await drafts.do(connection, staff, draft_id, Say(code, changed), action="texts", about=code)
        except TextsChanged as fault:
            problem = Problem("tekster", "problem.editor.changed")
            return _texts_page(request, staff, draft, code, form, problem, now=dict(fault.texts))
    return go(f"{HERE}/{draft_id}/oversettelse/{code}?melding=draft_saved")


def _typed(form: Form) -> dict[str, tuple[str, str]]:
    """By address: what stood there, and what shall."""
    return {
        address: (was, clean_text(words))
        for address, was, words in zip(form.all("address"), form.all("was"), form.all("words"), strict=False)
    }


def _check_language(draft: Draft, code: str) -> None:
    """Raises NoSuchPart for a language that it is not translated to."""
    if code not in draft.questionnaire.languages[1:]:
        raise NoSuchPart()


def _texts_page(
    request: AnyRequest,
    staff: Staff,
    draft: Draft,
    code: str,
    form: Form | None = None,
    *wrong: Problem,
    now: dict[str, str] | None = None,
) -> Response[str]:
    _check_language(draft, code)
    problems = Problems(wrong)
    typed = _typed(form) if form else {}
    done, all_of = completeness(draft.questionnaire, code)
    return render(
        request,
        "editor_texts.html",
        staff=staff,
        status=409 if now else problems.status,
        draft=draft,
        form=draft.questionnaire,
        code=code,
        groups=_groups(draft, code, typed, now or {}),
        done=done,
        all_of=all_of,
        problems=problems,
    )


def _groups(
    draft: Draft, code: str, typed: dict[str, tuple[str, str]], now: dict[str, str]
) -> list[tuple[str, list[Pair]]]:
    """By page, what belongs to none first."""
    titles = {page.id: page.title.get(draft.language) for page in draft.questionnaire.pages}
    groups: dict[str, list[Pair]] = {}
    for address, worded in addresses(draft.questionnaire):
        original = worded.text.root.get(draft.language, "")
        kept = worded.text.root.get(code, "")
        was, words = typed.get(address, (kept, kept))
        if not original.strip() and not words:
            continue
        # Who saves once more has seen what others wrote.
        there = now.get(address)
        pair = Pair(address, original, words, was if there is None else there, there)
        steps = address.split("/")
        groups.setdefault(titles[steps[1]] if steps[0] == "pages" else "", []).append(pair)
    return list(groups.items())


# ---------------------------------------------------------------- what is reckoned


@dataclass(frozen=True)
class Scored:
    id: str
    text: str
    reversed: bool
    points: tuple[tuple[str, float], ...]
    """The answers and what each is worth, once turned round."""


@get("/skjemaer/{draft_id:uuid}/poeng")
async def scoring_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
    return _scoring_page(request, staff, draft, None, editing.mark(draft.document, FORM))


@post("/skjemaer/{draft_id:uuid}/poeng", status_code=200)
async def save_scoring(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[Any]:
    """Which objects the index has, and how much each weighs."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        index = draft.document.get("index")
        if index is None:
            raise NoSuchPart()
        if form.only_shown:
            return _scoring_page(request, staff, draft, form, form.one("mark"))
        problems: list[Problem] = []
        kept = [name for name in index["objects"] if name in form.all("object")]
        weights: dict[str, float] = {}
        for name, typed in zip(index["objects"], form.all("weight"), strict=False):
            weight = editor_form.number_of(typed)
            if weight is None or not 0 <= weight <= MOST_WEIGHT:
                problems.append(Problem(f"weight-{name}", "problem.editor.weight", {"most": MOST_WEIGHT}))
            elif name in kept and weight != 1:
                weights[name] = weight
        if problems:
            return _scoring_page(request, staff, draft, form, form.one("mark"), *problems)
        changed = {**index, "objects": kept, "weights": weights} if kept else None
        try:
            await drafts.do(
                connection,
                staff,
                draft_id,
                Change(FORM, {"index": changed}),
                form.one("mark") or "?",
                action="index",
            )
        except PartChanged:
            problem = Problem("poeng", "problem.editor.changed_scoring")
            mark = editing.mark(draft.document, FORM)
            return _scoring_page(request, staff, draft, form, mark, problem)
    return go(f"{HERE}/{draft_id}/poeng?melding=draft_saved")


def _scoring_page(
    request: AnyRequest, staff: Staff, draft: Draft, form: Form | None, mark: str, *wrong: Problem
) -> Response[str]:
    questionnaire = draft.questionnaire
    problems = Problems(wrong)
    index = questionnaire.index
    typed = dict(zip(index.objects if index else (), form.all("weight") if form else (), strict=False))
    return render(
        request,
        "editor_scoring.html",
        staff=staff,
        status=problems.status,
        draft=draft,
        form=questionnaire,
        mark=mark,
        problems=problems,
        cells=_cells(questionnaire, draft.language),
        weights={name: typed.get(name) or _weight(questionnaire, name) for name in index.objects}
        if index
        else {},
        kept=form.all("object") if form else index.objects if index else (),
        scales=[scale for scale in questionnaire.scales if _has_points(scale)],
    )


def _has_points(scale: Scale) -> bool:
    return any(choice.score is not None for choice in scale.choices)


def _weight(questionnaire: Questionnaire, name: str) -> str:
    weights = questionnaire.index.weights if questionnaire.index else {}
    return f"{weights.get(name, 1.0):g}".replace(".", ",")


def _cells(questionnaire: Questionnaire, language: str) -> dict[tuple[str, str], list[Scored]]:
    """By object and facet: the questions that count there."""
    cells: dict[tuple[str, str], list[Scored]] = {}
    for found in scoring.scored_items(questionnaire):
        item = questionnaire.item(found.item_id)
        words = {choice.code: choice.text.get(language) for choice in questionnaire.choices(item)}
        cells.setdefault((found.object, found.facet), []).append(
            Scored(
                item.id,
                item.text.get(language),
                item.scoring is not None and item.scoring.reversed,
                tuple((words[code], points) for code, points in found.scores.items()),
            )
        )
    return cells


handlers = [texts_page, save_texts, scoring_page, save_scoring]
