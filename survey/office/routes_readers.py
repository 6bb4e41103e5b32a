"""A draft shown to residents: its link, and what they said of each question."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from survey import file_names
from survey.database.pool import Connection
from survey.office import poster
from survey.office.door import Form, TheDatabase, TheForm, TheSettings, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems, day_of, name_of
from survey.office.pages import AnyRequest, download, go, language_of, render, to_html, words
from survey.office.printing import print_pdf
from survey.office.routes_questionnaires import HERE, DraftId, draft_of
from survey.people.roles import Staff
from survey.questionnaires import readers, signoffs
from survey.questionnaires.drafts import Draft
from survey.questionnaires.readers import LONGEST_ANSWER, OUTCOMES, Tally
from survey.settings import Settings


@get("/skjemaer/{draft_id:uuid}/beboere")
async def readers_page(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, draft_id: DraftId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        return await _page(request, connection, settings, staff, draft)


@post("/skjemaer/{draft_id:uuid}/beboere", status_code=200)
async def change_link(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
) -> Response[Any]:
    """`gjor`: 'vis' makes the link or moves its last day, 'stopp' switches it off."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        if form.only_shown:
            return await _page(request, connection, settings, staff, draft, form)
        if form.one("gjor") == "stopp":
            await readers.stop(connection, staff, draft)
            return go(f"{HERE}/{draft_id}/beboere?melding=readers_stopped")
        today, _, latest = await readers.last_days(connection)
        day = day_of(form.one("ends_on"))
        if day is None or not today <= day <= latest:
            problem = Problem("ends_on", "problem.readers.ends_on", {"today": today, "latest": latest})
            return await _page(request, connection, settings, staff, draft, form, problem)
        await readers.show_until(connection, staff, draft, day)
    return go(f"{HERE}/{draft_id}/beboere?melding=readers_shown")


@get(["/skjemaer/{draft_id:uuid}/beboere/svar", "/skjemaer/{draft_id:uuid}/beboere/godkjent"])
async def back_to_readers(database: TheDatabase, staff: TheStaff, draft_id: DraftId) -> Redirect:
    """Where somebody comes who has signed in anew and brings nothing that was typed."""
    async with database.registry(staff.organisation_id) as connection:
        await draft_of(connection, staff, draft_id)  # of another organisation there is none
    return go(f"{HERE}/{draft_id}/beboere")


@post("/skjemaer/{draft_id:uuid}/beboere/svar", status_code=200)
async def answer_suggestion(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
) -> Response[Any]:
    """What became of one suggestion."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        if form.only_shown:
            return await _page(request, connection, settings, staff, draft, form)
        remark = None
        with suppress(ValueError):
            remark = UUID(form.one("remark"))
        outcome, said = form.one("outcome"), name_of(form.one("answer"))
        if remark is None or outcome not in OUTCOMES:
            raise Unreadable()
        if not 0 < len(said) <= LONGEST_ANSWER:
            problem = Problem(f"svar-{remark}", "problem.readers.answer", {"most": LONGEST_ANSWER})
            return await _page(request, connection, settings, staff, draft, form, problem)
        await readers.answer(connection, staff, draft, remark, outcome, said)
    return go(f"{HERE}/{draft_id}/beboere?melding=readers_answered#forslag-{remark}")


@post("/skjemaer/{draft_id:uuid}/beboere/godkjent", status_code=200)
async def sign_off(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    staff: TheStaff,
    form: TheForm,
    draft_id: DraftId,
) -> Response[Any]:
    """The council's sign-off of what the page showed; refused when the draft has changed since."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        names = {field: name_of(form.one(field)) for field in ("council", "person")}
        wrong = [
            Problem(field, "problem.signed", {"most": signoffs.LONGEST_NAME})
            for field, said in names.items()
            if len(said) > signoffs.LONGEST_NAME or (field == "council" and not said)
        ]
        if form.one("content") != _content(draft):
            wrong = [Problem("godkjent", "problem.signed.changed")]
        elif form.only_shown:
            wrong = []
        if wrong or form.only_shown:
            return await _page(request, connection, settings, staff, draft, form, *wrong)
        await signoffs.record(connection, staff, draft_id, draft.questionnaire, **names)
    return go(f"{HERE}/{draft_id}/beboere?melding=readers_signed#godkjent")


@get("/skjemaer/{draft_id:uuid}/beboere/plakat.pdf")
async def readers_poster(
    request: AnyRequest, database: TheDatabase, settings: TheSettings, staff: TheStaff, draft_id: DraftId
) -> Response[bytes]:
    """The link on paper, with a QR code."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        link = await readers.link(connection, draft_id)
    if link is None or not link.open:
        raise Unreadable()
    language = language_of(request)
    t = words(language)
    html = to_html(
        "readers_poster.html",
        language,
        title=t("readers.poster.title", name=draft.name),
        draft=draft,
        link=link,
        organisation=staff.organisation,
        fictitious=staff.fictitious,
        address=f"{settings.base_url}{link.path}".partition("://")[2],
        qr=poster.qr_code(f"{settings.base_url}{link.path}"),
    )
    written = await print_pdf(html, t("readers.poster.title", name=draft.name), language)
    return download(
        written,
        "application/pdf",
        t("readers.poster.file", name=file_names.part(draft.name, str(draft.id)[:8])),
    )


@get("/skjemaer/{draft_id:uuid}/beboere/merknader.pdf")
async def readers_tally(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId
) -> Response[bytes]:
    """How many said what of each question, for a meeting; no suggestions, which may name somebody."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        tallies = await readers.tallies(connection, draft)
        today, _, _ = await readers.last_days(connection)
    language = language_of(request)
    t = words(language)
    title = t("readers.tally.title", name=draft.name)
    html = to_html(
        "readers_tally.html",
        language,
        title=title,
        draft=draft,
        organisation=staff.organisation,
        fictitious=staff.fictitious,
        today=today,
        content=_content(draft),
        said=[(text, tally) for text, _, tally in _said(draft, tallies)],
        verdicts=readers.VERDICTS,
    )
    file = t("readers.tally.file", name=file_names.part(draft.name, str(draft.id)[:8]))
    return download(await print_pdf(html, title, language), "application/pdf", file)


def _content(draft: Draft) -> str:
    """The short code of what the draft says now."""
    return signoffs.content(draft.questionnaire).hex()[:8]


def _said(draft: Draft, tallies: Mapping[str, Tally]) -> list[tuple[str | None, str, Tally]]:
    """(its words, its id, what was said) of each question in the order they are asked; at the end those that
    are deleted, whose words are None."""
    known = {entry.id: entry for page in draft.questionnaire.pages for entry in page.items}
    asked = [id for id in known if id in tallies]
    gone = sorted(tallies.keys() - known.keys())
    return [
        (known[id].text.get(draft.language) if id in known else None, id, tallies[id]) for id in asked + gone
    ]


async def _page(
    request: AnyRequest,
    connection: Connection,
    settings: Settings,
    staff: Staff,
    draft: Draft,
    form: Form | None = None,
    *wrong: Problem,
) -> Response[str]:
    problems = Problems(wrong)
    link = await readers.link(connection, draft.id)
    _, suggested, latest = await readers.last_days(connection)
    tallies = await readers.tallies(connection, draft)
    said = _said(draft, tallies)
    typed = form.one("ends_on") if form else ""
    return render(
        request,
        "readers.html",
        staff=staff,
        status=problems.status,
        draft=draft,
        link=link,
        address=f"{settings.base_url}{link.path}" if link and link.open else "",
        qr=poster.qr_code(f"{settings.base_url}{link.path}") if link and link.open else None,
        ends_on=typed or (link.ends_on if link and link.open else suggested).isoformat(),
        latest=latest,
        kept_days=readers.KEPT_DAYS,
        signed=await signoffs.all_of(connection, draft),
        content=_content(draft),
        said=[one for one in said if one[0] is not None],
        gone=[tally for text, _, tally in said if text is None],
        filled=form or Form({}),
        problems=problems,
    )


handlers = [
    readers_page,
    change_link,
    back_to_readers,
    answer_suggestion,
    sign_off,
    readers_poster,
    readers_tally,
]
