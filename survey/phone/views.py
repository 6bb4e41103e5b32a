"""Which page is shown, with what on it."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from litestar import Response

from forms import influence
from forms.answers import Answers, Problem
from forms.journey import VisiblePage
from survey import declared
from survey.asking import questions
from survey.ballots import codes, spelling, tokens
from survey.ballots.open_links import OpenRound
from survey.ballots.rounds import Panel, Purpose, Round, Stage
from survey.days import long_date
from survey.modes import SENT, presumed
from survey.phone import visits
from survey.phone.errors import (
    AlreadyAnswered,
    DraftGone,
    NoSuchPage,
    NotOpenYet,
    OtherForm,
    PhoneError,
    RoundClosed,
    RoundError,
    TooManyBegun,
    TooManyShared,
    TooManyTries,
)
from survey.phone.reading import AnyRequest
from survey.phone.rendering import LANGUAGES, Frame, messages, reading_language, show, show_alike
from survey.phone.visits import Filled, Visit

Shown = Response[str]
_LINKED = {None: "panel.said.nothing", True: "panel.said.yes", False: "panel.said.no"}


def landing(language: str, typed: str = "", *, office: bool, wrong: bool = False) -> Shown:
    """The front page. `office`: whether the office's pages are served here."""
    t = messages(language)
    there = spelling.length_of(typed)
    told = "landing.problem" if there == codes.CODE_LENGTH else "landing.problem.length"
    return show(
        "landing.html",
        Frame(language, t("landing.title"), status=422 if wrong else 200),
        problem=t(told, length=codes.CODE_LENGTH, there=there) if wrong else "",
        typed=typed,
        length=codes.CODE_LENGTH,
        office=office,
    )


def privacy(language: str) -> Shown:
    return show(
        "privacy.html", Frame(language, messages(language)("privacy.title"), privacy=False), kept=None
    )


def open_door(found: OpenRound, language: str) -> Shown:
    t = messages(language)
    fault = visits.STAGES.get(found.stage)
    frame = Frame(
        language,
        t("start.title" if fault is None else f"{fault.key}.title"),
        200 if fault is None else fault.status,
        languages=visits.known(found.languages),
        here=f"/a/{found.slug}",
        organisation=found.organisation,
        fictitious=found.fictitious,
    )
    if fault is not None:
        text, more = _door_told(found, language)
        return show("error.html", frame, text=text, more=more, go="", ask_code=False)
    return show("open.html", frame, estate=found.estate, closes_on=long_date(found.closes_on, language))


def _door_told(found: OpenRound, language: str) -> tuple[str, str]:
    """Why the open link takes no answers, and what comes of it; as `_told` says it to who has a link."""
    t = messages(language)
    dates = {
        "opens_on": long_date(found.opens_on, language),
        "closes_on": long_date(found.closes_on, language),
        "results_on": long_date(found.results_on, language),
    }
    if found.stage is Stage.NOT_YET:
        key = _not_yet(found)
        return t(key, organisation=found.organisation, **dates), ""
    coming = t(_results(found), **dates)
    where = t("results.where", organisation=found.organisation)
    if found.today <= found.closes_on:  # the office closed it early: which day is not known here
        return coming, where
    return t("error.closed.text", last_day=dates["closes_on"]), f"{coming} {where}"


def start(visit: Visit, purpose: Purpose, language: str) -> Shown:
    told = influence.told(purpose.declared, language)
    return show(
        "start.html",
        _frame(visit, language, messages(language)("start.title"), "start"),
        estate=visit.round.estate,
        own=visit.own,
        paused=visit.paused is not None,
        again=visit.round.invited,
        unfit=visit.draft.unfit or (visit.paused is not None and visit.paused.unfit),
        unreadable=visit.draft.unreadable or (visit.paused is not None and visit.paused.unreadable),
        resume=f"{visit.here}/side/{visit.place.id}",
        minutes=visit.version.minutes.get(language) or max(visit.version.minutes.values()),
        credit=visit.questionnaire.credit.get(language),
        panel=visit.round.panel,
        told=told,
        own_words=told is not None and not declared.is_suggested(told),
        grade=purpose.grade,
        **_dates(visit.round, language),
    )


def page(visit: Visit, seen: VisiblePage, language: str, *, returning: bool = False, more: int = 0) -> Shown:
    return _page(visit, seen, language, visit.draft.answers, (), returning=returning, more=more)


def page_to_mend(filled: Filled, seen: VisiblePage, language: str, *, returning: bool) -> Shown:
    """The page again, with what was typed and what is wrong with it."""
    answers = {**filled.visit.draft.answers, **filled.typed}
    return _page(filled.visit, seen, language, answers, filled.problems, returning=returning)


def _page(
    visit: Visit,
    seen: VisiblePage,
    language: str,
    answers: Answers,
    problems: tuple[Problem, ...],
    *,
    returning: bool,
    more: int = 0,
) -> Shown:
    t = messages(language)
    groups = questions.page_groups(visit.questionnaire, seen, answers, problems, language, t)
    pages = [page.id for page in visit.journey.pages]
    number = pages.index(seen.id) + 1
    forward, forward_key = "neste", "page.next"
    if returning:
        forward, forward_key = "oversikt", "page.return"
    elif number == len(pages):
        forward_key = "page.last"
    title = seen.page.title.get(language)
    return show(
        "page.html",
        _frame(visit, language, title, "page", status=422 if problems else 200),
        page_id=seen.id,
        intro=seen.page.intro.get(language) if seen.page.intro else "",
        number=number,
        pages=len(pages),
        done=round(100 * number / len(pages)),
        groups=groups,
        shown=",".join(item.id for item in seen.items),
        problems=questions.summary(groups, t),
        more=more,
        returning=returning,
        begun=visit.draft.kept,
        order=visit.order_to_bring,
        by_link=visit.device is None,
        forward=forward,
        forward_key=forward_key,
    )


def pause(visit: Visit, language: str) -> Shown:
    """What is laid under the link, or, of an answer that is being changed, what stays on the device."""
    return show(
        "pause.html",
        _frame(visit, language, messages(language)("pause.title"), "pause"),
        changing=visit.changing,
        resume=f"{visit.here}/side/{visit.place.id}",
        **_dates(visit.round, language),
    )


def consent(visit: Visit, panel: Panel, language: str) -> Shown:
    """What it means that the answer is linked to those of other waves, and whether it may be."""
    return show(
        "link.html",
        _frame(visit, language, messages(language)("panel.title"), "kobling"),
        wave=panel.wave,
        waves=panel.waves,
        years=panel.years,
        linked=visit.draft.linked,
        last=visit.journey.pages[-1].id,
    )


def review(visit: Visit, language: str, *, empty: bool = False) -> Shown:
    t = messages(language)
    pages, answers = visit.journey.pages, visit.journey.on_route()
    answered, total = visits.answered(pages, answers)
    return show(
        "review.html",
        _frame(visit, language, t("review.title"), "se-over", status=422 if empty else 200),
        problem=t("problem.nothing_to_send") if empty else "",
        answered=answered,
        total=total,
        review=questions.review(visit.questionnaire, pages, answers, language, t),
        first=pages[0].id,
        last=pages[-1].id,
        seed=tokens.new_seed(),
        in_hand=urlsafe_b64encode(visit.sealed or b"").decode() if visit.journey.answered else "",
        linked=_LINKED[visit.draft.linked] if visit.panel else "",
        # Beside linked answers, and those of people nobody asked, it is not stored: then it is not asked for.
        modes=SENT if visit.round.invited and not visit.panel else (),
        mode=visit.draft.mode or presumed(visit.questionnaire, answers),
    )


def thanks(sent: Visit, receipt: str, code: str, language: str) -> Shown:
    """The receipt and what happens next, right after sending. In one language: there is no second showing."""
    return _sent(
        sent.round,
        sent.token,
        receipt,
        code,
        language,
        title="thanks.title",
        lead="thanks.text",
        status=200,
        left_behind=sent.laid_by is not None,
    )


def already(fault: AlreadyAnswered, language: str) -> Shown:
    """For whoever sends by a used link: one answer counts, and nothing was changed."""
    key = "already.sent" if fault.receipt else "already.late" if fault.late else "already"
    return _sent(
        fault.round,
        fault.token,
        fault.receipt,
        fault.code,
        language,
        title=f"{key}.title",
        lead=f"{key}.text",
        status=fault.status,
    )


def _sent(
    answered: Round,
    token: str,
    receipt: str,
    code: str,
    language: str,
    *,
    title: str,
    lead: str,
    status: int,
    left_behind: bool = False,
) -> Shown:
    t = messages(language)
    frame = Frame(
        language,
        t(title),
        status,
        languages=(),
        organisation=answered.organisation,
        fictitious=answered.fictitious,
    )
    own = {"here": f"/s/{token}"}
    return show_alike(
        "thanks.html",
        frame,
        own | {"receipt": receipt, "code": code} if receipt else own,
        **({} if receipt else {"receipt": "", "code": ""}),
        lead=t(lead),
        again=True if answered.invited else None,
        paused=left_behind,
        next_wave=answered.panel is not None and answered.panel.wave < answered.panel.waves,
        results_due=answered.today > answered.results_on,
        **_dates(answered, language),
    )


def error(request: AnyRequest, fault: PhoneError) -> Shown:
    """The page of an error, in the reader's language."""
    if isinstance(fault, AlreadyAnswered):
        language = reading_language(request, visits.offered(fault.round), fault.language)
        return already(fault, language)
    if isinstance(fault, RoundError):
        return _round_error(request, fault)
    language = reading_language(request)
    t = messages(language)
    frame = Frame(
        language,
        t(f"{fault.key}.title"),
        fault.status,
        languages=LANGUAGES if request.method != "POST" else (),
    )
    shown = show(
        "error.html",
        frame,
        text=t(f"{fault.key}.text", length=tokens.TOKEN_LENGTH),
        more="",
        go="",
        ask_code=fault.status in (404, 429) and not isinstance(fault, TooManyBegun | TooManyShared),
        length=codes.CODE_LENGTH,
    )
    if isinstance(fault, TooManyTries):
        shown.headers["Retry-After"] = str(fault.seconds)
    return shown


def _round_error(request: AnyRequest, fault: RoundError) -> Shown:
    offered = visits.offered(fault.round)
    language = reading_language(request, offered, fault.language)
    t = messages(language)
    frame = Frame(
        language,
        t(f"{fault.key}.title"),
        fault.status,
        languages=offered if request.method != "POST" else (),
        organisation=fault.round.organisation,
        fictitious=fault.round.fictitious,
    )
    go = f"/s/{fault.token}" if isinstance(fault, DraftGone | NoSuchPage | OtherForm) else ""
    text, more = _told(fault, language)
    return show("error.html", frame, text=text, more=more, go=go, ask_code=False)


def _told(fault: RoundError, language: str) -> tuple[str, str]:
    """What a round says that cannot be answered, and what comes of it; '' when nothing does.

    Never a day to come as past, nor a past one as to come.
    """
    of = fault.round

    def say(*keys: str) -> str:
        t = messages(language)
        return " ".join(t(key, organisation=of.organisation, **_dates(of, language)) for key in keys)

    if isinstance(fault, RoundClosed):
        early = of.last_day < of.closes_on
        over = "error.closed.early" if early else "error.closed.text"
        later = ("error.closed.code",) if _asked_again(of) else ()
        return say(over), say(_results(of), "results.where", "error.closed.receipt", *later)
    if isinstance(fault, NotOpenYet):
        return say(_not_yet(of)), ""
    return say(f"{fault.key}.text"), ""


def _asked_again(of: Round) -> bool:
    """Whether a later wave takes the codes of this one."""
    return of.panel is not None and of.panel.linkable and of.panel.wave < of.panel.waves


def _not_yet(of: Round | OpenRound) -> str:
    if not of.draft:
        return "error.not_yet.text"
    return "error.overdue.text" if of.today >= of.opens_on else "error.planned.text"


def _results(of: Round | OpenRound) -> str:
    return "results.due" if of.today > of.results_on else "results.coming"


def _frame(visit: Visit, language: str, title: str, switch: str, status: int = 200) -> Frame:
    return Frame(
        language,
        title,
        status,
        languages=visit.languages,
        switch=switch,
        here=visit.here,
        organisation=visit.round.organisation,
        fictitious=visit.round.fictitious,
        unchecked=language in visit.questionnaire.unchecked,
    )


def _dates(of: Round, language: str) -> dict[str, str]:
    return {
        "opens_on": long_date(of.opens_on, language),
        "closes_on": long_date(of.closes_on, language),
        "last_day": long_date(of.last_day, language),
        "results_on": long_date(of.results_on, language),
    }
