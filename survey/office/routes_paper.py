"""Forms on paper for a round: the same for every home of a building, to be copied by the printer."""

from __future__ import annotations

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from survey import file_names
from survey.campaigns import rounds
from survey.campaigns.errors import NoSuchEstateInRound
from survey.office.door import TheDatabase, TheStaff
from survey.office.pages import AnyRequest, download, language_of, render, words
from survey.office.paper import occasion, print_form
from survey.office.routes_rounds import running
from survey.paper.form import LONGEST_NOTE
from survey.people import audit

RoundId = FromPath[UUID]


@get("/runder/{round_id:uuid}/papir")
async def paper_page(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[str]:
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
    return render(request, "paper.html", staff=staff, round=round, longest=LONGEST_NOTE)


@get("/runder/{round_id:uuid}/papir/skjema.pdf")
async def paper_pdf(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, round_id: RoundId
) -> Response[bytes]:
    """Of one building (`leiegard`), in one language of the round (`sprak`)."""
    asked = request.query_params
    async with database.registry(staff.organisation_id) as connection:
        round = await running(connection, staff, round_id)
        estate = next((one for one in round.estates if str(one.id) == asked.get("leiegard", "")), None)
        if estate is None:
            raise NoSuchEstateInRound()
        language = asked.get("sprak", "")
        language = language if language in round.languages else round.languages[0]
        questionnaire = await rounds.questionnaire_of(connection, round)
        details = {"estate": estate.name, "language": language}
        await audit.record(connection, "campaign.paper_form", "campaign", round_id, staff.id, details)
    told = occasion(staff, round, estate, asked.get("levering", ""), asked.get("kontakt", ""))
    written = await print_form(questionnaire, language, told)
    t = words(language_of(request))
    name = t("paper.file", estate=file_names.part(estate.name, str(estate.id)[:8]), language=language)
    return download(written, "application/pdf", name)


handlers = [paper_page, paper_pdf]
