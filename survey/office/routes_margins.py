"""The register's numbers of a round at the desk: the sheet to fill in, taking it in, taking it away.

`survey.campaigns.margins` is imported in the functions that need it, as `survey.office.numbers` is.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from survey import file_names
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.opening import open_numbers
from survey.office.pages import AnyRequest, download, go, language_of, render, words
from survey.office.uploads import LARGEST_UPLOAD, TheUpload, checked_upload
from survey.people.roles import Right, Staff
from survey.responses import errors as file_errors
from survey.responses.errors import ImportRefused, RowsRefused

RoundId = FromPath[UUID]
MOST_BAD_SHOWN = 50


@get("/runder/{round_id:uuid}/register")
async def margins_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    staff.require(Right.RUN_ROUNDS)
    return await _page(request, database, staff, round_id)


@get("/runder/{round_id:uuid}/register/ark.csv")
async def sheet(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[bytes]:
    """Every group that can be filled in, with what is stored."""
    staff.require(Right.RUN_ROUNDS)
    from survey.campaigns import margins

    language = language_of(request)
    kept = await margins.kept(database, staff.organisation_id, round_id)
    written = margins.sheet(kept.questionnaire, kept.margins, language).encode("utf-8")
    name = words(language)("margins.file", round=file_names.part(kept.round.name, kept.round.id))
    return download(written, "text/csv; charset=utf-8", name)


@post(
    "/runder/{round_id:uuid}/register",
    request_max_body_size=LARGEST_UPLOAD,
    dependencies={"upload": Provide(checked_upload)},
)
async def upload_margins(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, upload: TheUpload, round_id: RoundId
) -> Response[Any]:
    staff.require(Right.RUN_ROUNDS)
    from survey.campaigns import margins

    kept = await margins.kept(database, staff.organisation_id, round_id)
    margins.check_may_change(kept.round)
    try:
        made = margins.check(upload.file, kept.questionnaire)
    except ImportRefused as refused:
        return await _page(request, database, staff, round_id, refused)
    await margins.keep(database, staff.organisation_id, round_id, made, staff.id)
    return go(f"/kontor/runder/{round_id}/register?melding=margins_kept")


@post("/runder/{round_id:uuid}/register/fjern")
async def remove_margins(
    database: TheDatabase, staff: TheStaff, form: TheForm, round_id: RoundId
) -> Redirect:
    staff.require(Right.RUN_ROUNDS)
    from survey.campaigns import margins

    await margins.keep(database, staff.organisation_id, round_id, (), staff.id)
    return go(f"/kontor/runder/{round_id}/register?melding=margins_removed")


async def _page(
    request: AnyRequest,
    database: TheDatabase,
    staff: Staff,
    round_id: UUID,
    refused: ImportRefused | None = None,
) -> Response[str]:
    from survey.campaigns import margins
    from survey.campaigns.margins_notes import notes

    language = language_of(request)
    kept = await margins.kept(database, staff.organisation_id, round_id)
    margins.check_may_change(kept.round)
    form = kept.questionnaire
    tables = []
    for margin in kept.margins:
        item = form.item(margin.item)
        names = {choice.code: choice.text.get(language) for choice in form.choices(item)}
        rows = [(" / ".join(names[code] for code in codes), number) for codes, number in margin.groups]
        tables.append((item.text.get(language), rows))
    said = _said(refused, language) if refused else []
    return render(
        request,
        "margins.html",
        staff=staff,
        status=refused.status if refused else 200,
        round=kept.round,
        tables=tables,
        stands=kept.stands,
        notes=[
            note.sentence(file_errors.wording(language)) for note in notes(kept.round, form, kept.margins)
        ],
        variables=[(item.id, item.text.get(language)) for item in margins.choices_of(form).values()],
        refused=said[:MOST_BAD_SHOWN],
        more_refused=max(0, len(said) - MOST_BAD_SHOWN),
    )


def _said(refused: ImportRefused, language: str) -> list[str]:
    """Every bad row with its line and reason, or what is wrong with the whole."""
    translate = file_errors.wording(language)
    if isinstance(refused, RowsRefused):
        return [cell.sentence(translate) for cell in refused.bad]
    return [complaint.sentence(translate) for complaint in refused.complaints]


handlers: list[ControllerRouterHandler] = [
    Router(
        "",
        route_handlers=[margins_page, sheet, upload_margins, remove_margins],
        before_request=open_numbers,
    )
]
