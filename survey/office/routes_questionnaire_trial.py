"""The trial run: a questionnaire in the making, walked through as a tenant would, and nothing stored.

The answers ride along in the pages themselves and are checked on every page as a stranger's would be.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from litestar import MediaType, Response, get, post

from forms import scoring
from forms.answers import Answers, Problem, parse_form, validate
from forms.errors import AnswerFault, QuestionnaireFault
from forms.journey import Journey, VisiblePage
from forms.questionnaire import Questionnaire
from forms.shuffling import ORDER, ORDERS, any_shuffled
from survey.asking import questions
from survey.office import preview
from survey.office.door import Form, TheDatabase, TheForm, TheStaff
from survey.office.pages import AnyRequest, language_of, words
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people import csrf
from survey.people.roles import Staff
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft
from survey.questionnaires.errors import NotReady


@dataclass(frozen=True)
class Trial:
    """Where somebody is in a trial run."""

    draft: Draft
    language: str
    answers: Answers

    @property
    def questionnaire(self) -> Questionnaire:
        return self.draft.questionnaire

    @property
    def journey(self) -> Journey:
        return Journey(self.questionnaire, self.answers)


UNWRITTEN = ("text_missing", "text_empty")
"""Kinds of faults that keep nobody from trying the rest."""


@get("/skjemaer/{draft_id:uuid}/prov")
async def trial_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    draft = await _ready(database, staff, draft_id)
    wanted = request.query_params.get("sprak", "")
    language = wanted if wanted in draft.questionnaire.languages else draft.language
    answers: Answers = {}
    if any_shuffled(draft.questionnaire):
        answers[ORDER] = 1 + secrets.randbelow(ORDERS)
    trial = Trial(draft, language, answers)
    return _page(request, staff, trial, trial.journey.first)


@post("/skjemaer/{draft_id:uuid}/prov", status_code=200)
async def trial_step(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm, draft_id: DraftId
) -> Response[str]:
    """One page on or back. What does not fit the questionnaire any more, since it was changed, falls away."""
    draft = await _ready(database, staff, draft_id)
    questionnaire = draft.questionnaire
    language = form.one("_sprak") if form.one("_sprak") in questionnaire.languages else draft.language
    before = Trial(draft, language, _carried(questionnaire, form))
    seen = before.journey.page(form.one("_side")) or before.journey.first
    typed, problems = parse_form(questionnaire, seen.items, form.fields)
    if problems and form.one("_handling") == "neste":
        return _page(request, staff, before, seen, typed, problems)
    kept = {name: said for name, said in before.answers.items() if name not in {i.id for i in seen.items}}
    trial = Trial(draft, language, kept if problems else {**kept, **typed})
    journey = trial.journey
    if form.one("_handling") == "tilbake":
        return _page(request, staff, trial, journey.before(seen.id) or journey.first)
    if unmet := journey.unmet(seen.items):
        return _page(request, staff, trial, seen, {}, unmet)
    following = journey.after(seen.id)
    return _page(request, staff, trial, following) if following else _end(request, staff, trial)


async def _ready(database: TheDatabase, staff: Staff, draft_id: DraftId) -> Draft:
    """Raises NoSuchDraft, NotAllowed, and NotReady for one that a tenant could not walk through."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        found = await drafts.faults(connection, draft)
    if any(fault.severity == "error" and fault.kind not in UNWRITTEN for fault in found):
        raise NotReady(draft.id, draft.name)
    try:
        Journey(draft.questionnaire, {})
    except QuestionnaireFault as fault:
        raise NotReady(draft.id, draft.name) from fault
    return draft


def _carried(questionnaire: Questionnaire, form: Form) -> Answers:
    try:
        return validate(questionnaire, json.loads(form.one("_svar") or "{}"))
    except (AnswerFault, ValueError, RecursionError):
        return {}


def _page(
    request: AnyRequest,
    staff: Staff,
    trial: Trial,
    seen: VisiblePage,
    typed: Mapping[str, object] | None = None,
    problems: tuple[Problem, ...] = (),
) -> Response[str]:
    shown: Answers = {**trial.answers, **(typed or {})}  # type: ignore[dict-item]
    groups = preview.groups(trial.questionnaire, seen, shown, problems, trial.language)
    pages = [page.id for page in trial.journey.pages]
    return _shown(
        request,
        staff,
        trial,
        status=422 if problems else 200,
        page=seen,
        title=seen.page.title.get(trial.language),
        intro=seen.page.intro.get(trial.language) if seen.page.intro else "",
        groups=groups,
        problems=questions.summary(groups, preview.words_of_fields(trial.language)),
        number=pages.index(seen.id) + 1,
        pages=len(pages),
    )


def _end(request: AnyRequest, staff: Staff, trial: Trial) -> Response[str]:
    """What would have been sent, in words, and what it would have counted for."""
    journey = trial.journey
    f = preview.words_of_fields(trial.language)
    route = journey.on_route()
    found = scoring.score(trial.questionnaire, route)
    computed = [
        (
            item.text.get(trial.language),
            questions.in_words(trial.questionnaire, item, route.get(item.id), trial.language, f),
        )
        for item in trial.questionnaire.items()
        if item.computed is not None
    ]
    speaks = language_of(request)
    return _shown(
        request,
        staff,
        trial,
        page=None,
        title=words(speaks)("editor.trial.end"),
        review=questions.review(trial.questionnaire, journey.pages, route, trial.language, f),
        computed=computed,
        scores=[
            (trial.questionnaire.label(name, speaks), None if points is None else round(points))
            for name, points in found.objects.items()
        ],
        index=None if found.index is None else round(found.index),
    )


def _shown(
    request: AnyRequest, staff: Staff, trial: Trial, *, status: int = 200, **values: object
) -> Response[str]:
    html = preview.html(
        "editor_trial.html",
        trial.language,
        {
            "t": words(language_of(request)),
            "speaks": language_of(request),
            "home": f"{HERE}/{trial.draft.id}",
            "draft": trial.draft,
            "languages": trial.questionnaire.languages,
            "csrf": csrf.issue(staff.csrf_secret),
            "carried": json.dumps(trial.answers, ensure_ascii=False),
            **values,
        },
    )
    return Response(
        html, media_type=MediaType.HTML, status_code=status, headers={"Cache-Control": "no-store"}
    )


handlers = [trial_page, trial_step]
