"""A questionnaire in the making as a file: YAML, an XLSForm workbook, its codebook, or a form for print."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from survey import codebook
from survey.office.door import TheDatabase, TheStaff
from survey.office.pages import AnyRequest, download, language_of
from survey.office.paper import print_form
from survey.office.routes_questionnaires import DraftId, draft_of
from survey.office.spreadsheets import XLSX
from survey.people import audit
from survey.questionnaire_files import as_xlsform, as_yaml
from survey.questionnaires.errors import NoSuchPart

Format = FromPath[str]


@get("/skjemaer/{draft_id:uuid}/fil/{format:str}")
async def file(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, draft_id: DraftId, format: Format
) -> Response[bytes]:
    """`format`: yaml, xlsx, kodebok or papir, the last in the language of the query, `sprak`."""
    async with database.registry(staff.organisation_id) as connection:
        draft = await draft_of(connection, staff, draft_id)
        if format not in ("yaml", "xlsx", "kodebok", "papir"):
            raise NoSuchPart()
        await audit.record(
            connection,
            "questionnaire.downloaded",
            "questionnaire",
            draft_id,
            staff.id,
            {"questionnaire": draft.name, "format": format},
        )
    form = draft.questionnaire
    if format == "yaml":
        return download(as_yaml(form).encode(), "application/yaml; charset=utf-8", f"{form.id}.yaml")
    if format == "xlsx":
        return download(as_xlsform(form)[0], XLSX, f"{form.id}.xlsx")
    if format == "papir":
        asked_for = request.query_params.get("sprak", "")
        language = asked_for if asked_for in form.languages else form.languages[0]
        return download(await print_form(form, language), "application/pdf", f"{form.id}-{language}.pdf")
    book = codebook.html(form, language_of(request))
    return download(book.encode(), "text/html; charset=utf-8", f"{form.id}.html")


handlers = [file]
