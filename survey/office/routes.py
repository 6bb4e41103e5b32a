"""The office's addresses, all under /kontor.

    logg-inn  logg-ut  sprak                          the door
    runder                                            the rounds and how many have answered
    runder/ny                                         a new round
    runder/{id}                                       one round: who is missing, what to do next
    runder/{id}/endre  slett                          a draft: changing, deleting
    runder/{id}/apne  lenker  plakat.pdf  lukk        opening, links, poster, closing
    runder/{id}/frist                                 another deadline for an open round
    runder/{id}/rapport  rapport.pdf                  results of one estate (?leiegard=id) or all
    runder/{id}/datautgivelse                         research data
    leiegarder  leiegarder/ny                         the buildings, a new one
    leiegarder/{id}  fjern  bruk                      changing one, taking it out of use, using it again
    logg                                              what was done, by whom

Whoever is not signed in is sent to the door; what belongs to another organisation is not there (404).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response, Router
from litestar.di import Provide

from reports.errors import ReportsError
from survey import logs
from survey.campaigns.errors import CampaignError
from survey.office import door, routes_changes, routes_door, routes_estates, routes_results, routes_rounds
from survey.office.errors import OfficeError
from survey.office.pages import AnyRequest, go, render
from survey.people.errors import NotSignedIn, PeopleError
from survey.people.roles import Staff
from survey.register.errors import RegisterError

Shown = PeopleError | RegisterError | CampaignError | OfficeError | ReportsError


def show_fault(request: AnyRequest, fault: Shown) -> Response[Any]:
    """The fault as a page of the console, or the way to the door."""
    if isinstance(fault, NotSignedIn):
        wanted = request.url.path if request.method == "GET" else ""
        return go(f"/kontor/logg-inn?neste={quote(wanted)}" if wanted else "/kontor/logg-inn")
    if fault.status >= 500:
        logs.failed_request(fault, request.method, str(request.scope.get("path_template") or "-"))
    values = {} if isinstance(fault, ReportsError) else fault.values
    staff: Staff | None = request.state.get("staff")
    return render(
        request,
        "fault.html",
        staff=staff,
        status=fault.status,
        code=fault.status,
        key=fault.key,
        values=values,
    )


router = Router(
    path="/kontor",
    route_handlers=[
        *routes_door.handlers,
        *routes_rounds.handlers,
        *routes_changes.handlers,
        *routes_estates.handlers,
        *routes_results.handlers,
    ],
    dependencies={"staff": Provide(door.signed_in), "form": Provide(door.checked_form)},
    exception_handlers={
        PeopleError: show_fault,
        RegisterError: show_fault,
        CampaignError: show_fault,
        OfficeError: show_fault,
        ReportsError: show_fault,
    },
)
