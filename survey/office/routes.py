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

Whoever is not signed in is sent to the door, with what they had typed (see `kept`). What belongs to another
organisation is not there (404).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response, Router
from litestar.di import Provide

from reports.errors import ReportsError
from survey import logs
from survey.campaigns.errors import CampaignError
from survey.office import (
    door,
    kept,
    routes_changes,
    routes_door,
    routes_estates,
    routes_log,
    routes_results,
    routes_rounds,
)
from survey.office.door import Form
from survey.office.errors import OfficeError
from survey.office.pages import AnyRequest, go, render
from survey.people.errors import NotSignedIn, PeopleError, StaleForm
from survey.register.errors import RegisterError

Shown = PeopleError | RegisterError | CampaignError | OfficeError | ReportsError


def show_fault(request: AnyRequest, fault: Shown) -> Response[Any]:
    """The fault as a page of the console, or the way to the door."""
    form: Form | None = request.state.get("form")
    if isinstance(fault, NotSignedIn):
        if form is None:
            return go(f"/kontor/logg-inn?neste={quote(request.url.path)}")
        if request.url.path == "/kontor/logg-ut":
            return go("/kontor/logg-inn?ut=1")
        return routes_door.ask_again(request, kept.of_request(request, form))
    typed = kept.of_request(request, form) if form and isinstance(fault, StaleForm) else None
    if typed and (staff := request.state.get("staff")):
        return routes_door.give_back(request, staff, typed, stale=True)
    if fault.status >= 500:
        logs.failed_request(fault, request.method, str(request.scope.get("path_template") or "-"))
    values = {} if isinstance(fault, ReportsError) else fault.values
    staff = request.state.get("staff")
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
        *routes_log.handlers,
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
