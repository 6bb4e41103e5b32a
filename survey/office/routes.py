"""The office's addresses, all under /kontor.

    logg-inn  logg-ut  sprak                          the door
    runder                                            the rounds and how many have answered
    runder/ny                                         a new round
    runder/{id}                                       one round: who is missing, what to do next
    runder/{id}/endre  slett                          a draft: changing, deleting
    runder/{id}/apne  lenker  plakat.pdf  lukk        opening, links, poster, closing
    runder/{id}/brev  brev/{id}  brev.pdf  slett      letters: made, printed, fetched, thrown away
    runder/{id}/utsending  kontakter  tekst  plan     who is reached, what is said, when, how it went
    runder/{id}/apne-lenker  plakat.pdf               links for anybody, and their posters
    runder/{id}/frist                                 another deadline for an open round
    runder/{id}/rapport  rapport.pdf                  results of one estate (?leiegard=id) or all
    runder/{id}/beboerrapport  beboerrapport.pdf      the same for tenants, in plain words or pictures
    runder/{id}/oppslag  oppslag.pdf                  a poster for the stairwell
    runder/{id}/funn                                  all findings of one place (?sted=), of one kind (?slag=)
    runder/{id}/oppfolging  {funn}  svar  kunnskap    what comes of findings: replies, what is known, plan
    runder/{id}/tiltak/nytt  {id}  fjern  tilbake     what will be done, and how it went
    runder/{id}/leserunde  merknad                    findings shown to tenants, what they say of them
    runder/{id}/utgaver  {id}  alle.zip               documents that are frozen together
    runder/{id}/utgaver/ved-lukking                   drafts that are made when a round is closed
    runder/{id}/utgaver/{id}/mottakere                an edition sent to people by name
    runder/{id}/plandokumenter  plangrunnlag  radssak for planners and councils: chosen, read, fetched
    runder/{id}/sammenligning  trekk                  comparing with other landlords who agree
    runder/{id}/datautgivelse                         research data
    runder/{id}/register  register/ark.csv  fjern     the register's numbers that totals are weighted to
    skjemaer  skjemaer/ny                             the questionnaires in the making, a new one
    skjemaer/{id}  gjor  angre  arkiv                 one of them: its outline, steps and their way back
    skjemaer/{id}/sporsmal/{id}  side/{id}            the form of a question, of a page
    skjemaer/{id}/sporsmal/{id}/vis  side/{id}/vis    how it looks on a phone
    skjemaer/{id}/skala/{id}  om                      the form of a scale, of the whole
    skjemaer/{id}/oversettelse/{code}  poeng          translations side by side, the scoring
    skjemaer/{id}/endret  endret/svar                 what has changed since it was asked, answers touched
    skjemaer/{id}/beboere  svar  godkjent  plakat.pdf the draft shown to residents, what they said, a poster
    skjemaer/{id}/prov  fil/{format}                  a trial run that stores nothing, files
    planer  planer/ny  {id}  mal                      plans and their goals
    profil  profil/logo  forside.svg                  the landlord's own colour and logo, a cover in them
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

from reports.areas.errors import AreaNotTold
from reports.errors import ReportsError
from survey import logs
from survey.campaigns.errors import CampaignError, NoBallotKey, StillMixing
from survey.delivery.errors import DeliveryError
from survey.loop.errors import LoopError
from survey.office import (
    door,
    kept,
    routes_breakdowns,
    routes_changes,
    routes_documents,
    routes_door,
    routes_editions,
    routes_estates,
    routes_letters,
    routes_livery,
    routes_log,
    routes_loop,
    routes_margins,
    routes_measures,
    routes_paper,
    routes_peers,
    routes_plan_documents,
    routes_plans,
    routes_questionnaire_files,
    routes_questionnaire_parts,
    routes_questionnaire_scoring,
    routes_questionnaire_texts,
    routes_questionnaire_trial,
    routes_questionnaire_versions,
    routes_questionnaires,
    routes_quotes,
    routes_readers,
    routes_reading,
    routes_results,
    routes_rounds,
    routes_sending,
    routes_sharing,
)
from survey.office.door import Form
from survey.office.errors import FileTooLarge, OfficeError, StillReckoning
from survey.office.pages import AGAIN, SOON, AnyRequest, go, render
from survey.office.reckoning import WAITED
from survey.people.errors import NotSignedIn, PeopleError, StaleForm
from survey.questionnaires.errors import DraftError, NotReady
from survey.register.errors import RegisterError

Shown = (
    PeopleError
    | RegisterError
    | CampaignError
    | DeliveryError
    | LoopError
    | OfficeError
    | ReportsError
    | DraftError
)


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
    if isinstance(fault, StillMixing):
        return waiting(request)
    if isinstance(fault, StillReckoning):
        return reckoning(request, fault)
    if fault.status >= 500:
        logs.failed_request(fault, request.method, str(request.scope.get("path_template") or "-"))
    values = getattr(fault, "values", {})
    staff = request.state.get("staff")
    if isinstance(fault, NoBallotKey):
        return render(request, "no_key.html", staff=staff, status=fault.status, back=_round_of(request))
    return render(
        request,
        "fault.html",
        staff=staff,
        status=fault.status,
        code=fault.status,
        key=fault.key,
        values=values,
        way=_way_on(request, fault),
    )


def _way_on(request: AnyRequest, fault: Shown) -> tuple[str, str] | None:
    """Where it can be mended, and what the way there is called; None where no one place is."""
    if isinstance(fault, NotReady):
        return f"{routes_questionnaires.HERE}/{fault.id}#sjekk", "way_on.check"
    if isinstance(fault, AreaNotTold):
        return f"{_round_of(request)}/rapport", "way_on.whole_report"
    if isinstance(fault, FileTooLarge) and fault.form:
        return fault.form, "way_on.form"
    return None


def waiting(request: AnyRequest) -> Response[str]:
    """The answers of a closed round are being mixed: nobody's fault, and over in a moment."""
    page = render(
        request,
        "waiting.html",
        staff=request.state.get("staff"),
        status=StillMixing.status,
        refresh=AGAIN,
        back=_round_of(request),
    )
    page.headers["Retry-After"] = str(AGAIN)
    return page


def reckoning(request: AnyRequest, fault: StillReckoning) -> Response[str]:
    """What was asked for takes a while; the same address shows it when it is there. A file would leave this
    page standing, so what a browser that waited for one comes to is a page that hands it out."""
    query = request.url.query
    again = f"{request.url.path}?{query}" if query else request.url.path
    to_file = fault.values["what"] in ("pdf", "file") and WAITED not in request.query_params
    if to_file:
        again += f"{'&' if query else '?'}{WAITED}=1"
    return render(
        request,
        "reckoning.html",
        staff=request.state.get("staff"),
        status=fault.status,
        refresh=SOON,
        leads_to=again if to_file else "",
        what=fault.values["what"],
        again=again,
        back=_round_of(request),
    )


def _round_of(request: AnyRequest) -> str:
    """The page of the round an address is about."""
    round_id = request.path_params.get("round_id")
    return f"/kontor/runder/{round_id}" if round_id else "/kontor/runder"


router = Router(
    path="/kontor",
    route_handlers=[
        *routes_door.handlers,
        *routes_rounds.handlers,
        *routes_letters.handlers,
        *routes_paper.handlers,
        *routes_sending.handlers,
        *routes_changes.handlers,
        *routes_questionnaires.handlers,
        *routes_questionnaire_parts.handlers,
        *routes_questionnaire_scoring.handlers,
        *routes_questionnaire_texts.handlers,
        *routes_questionnaire_trial.handlers,
        *routes_questionnaire_versions.handlers,
        *routes_questionnaire_files.handlers,
        *routes_readers.handlers,
        *routes_estates.handlers,
        *routes_results.handlers,
        *routes_documents.handlers,
        *routes_breakdowns.handlers,
        *routes_peers.handlers,
        *routes_margins.handlers,
        *routes_loop.handlers,
        *routes_reading.handlers,
        *routes_editions.handlers,
        *routes_sharing.handlers,
        *routes_measures.handlers,
        *routes_plans.handlers,
        *routes_plan_documents.handlers,
        *routes_quotes.handlers,
        *routes_livery.handlers,
        *routes_log.handlers,
    ],
    dependencies={"staff": Provide(door.signed_in), "form": Provide(door.checked_form)},
    exception_handlers={
        PeopleError: show_fault,
        RegisterError: show_fault,
        CampaignError: show_fault,
        DeliveryError: show_fault,
        LoopError: show_fault,
        OfficeError: show_fault,
        DraftError: show_fault,
        ReportsError: show_fault,
    },
)
