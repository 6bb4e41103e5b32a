"""Translations of a questionnaire side by side with what it is written in first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from forms import languages
from forms.addresses import addresses
from forms.answers import clean_text
from forms.lint.size import LONGEST_TEXT
from forms.operations import Say
from survey.office import editor_pipes
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.editor_desk import saved_as
from survey.office.editor_outline import completeness
from survey.office.fields import Problem, Problems
from survey.office.pages import AnyRequest, go, render
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people.roles import Staff
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NoSuchPart, TextsChanged

Code = FromPath[str]


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
        open_ones = editor_pipes.refused(
            [("tekster", words) for _, words in typed.values()], draft.questionnaire, draft.language
        )
        if open_ones:
            return _texts_page(request, staff, draft, code, form, open_ones[0])
        changed = {address: both for address, both in typed.items() if both[0] != both[1]}
        try:
            if changed:
                said = Say(code, changed)
                await drafts.do(connection, staff, draft_id, said, action="texts", about=languages.name(code))
        except TextsChanged as fault:
            problem = Problem("tekster", "problem.editor.changed")
            return _texts_page(request, staff, draft, code, form, problem, now=dict(fault.texts))
    return go(f"{HERE}/{draft_id}/oversettelse/{code}?melding={saved_as(form)}")


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


handlers = [texts_page, save_texts]
