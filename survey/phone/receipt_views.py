"""Pages of the receipt, of regret, and of not wishing to take part."""

from __future__ import annotations

from dataclasses import replace

from survey.ballots.receipts import Receipt, State
from survey.ballots.rounds import Found, Kept
from survey.phone import visits
from survey.phone.rendering import Frame, long_date, messages, show
from survey.phone.views import Shown


def ask(language: str, typed: str = "", *, problem: str = "") -> Shown:
    """The form for a receipt. `problem`: the key of what was wrong with the one typed."""
    t = messages(language)
    return show(
        "receipt_form.html",
        Frame(language, t("receipt.ask.title"), status=422 if problem else 200),
        typed=typed,
        problem=t(problem) if problem else "",
        lead=t("receipt.ask.lead"),
        action="/kvittering",
        go=t("receipt.ask.go"),
    )


def state(receipt: str, found: Receipt, language: str) -> Shown:
    """What became of the answer with this receipt."""
    t = messages(language)
    return show(
        "receipt_state.html",
        Frame(
            language, t(f"receipt.{found.state.value}.title"), languages=(), organisation=found.organisation
        ),
        receipt=receipt,
        text=t(f"receipt.{found.state.value}.text", results_on=long_date(found.results_on, language)),
        waiting=found.state is State.WAITING,
        withdrawn=found.state is State.WITHDRAWN,
    )


def ask_to_regret(found: Found, language: str, typed: str = "", *, problem: str = "") -> Shown:
    """The form for the receipt of what was sent by this link."""
    t = messages(language)
    frame = replace(_frame(found, language, t("regret.title")), status=422 if problem else 200)
    return show(
        "receipt_form.html",
        replace(frame, languages=() if problem else frame.languages),
        typed=typed,
        problem=t(problem) if problem else "",
        lead=t("regret.ask"),
        action=f"{frame.here}/angre?sprak={language}",
        go=t("regret.ask.go"),
    )


def regret(found: Found, receipt: str, state: Receipt, language: str) -> Shown:
    """Change or withdraw what was sent; when it is mixed, why it cannot be found."""
    t = messages(language)
    waiting = state.state is State.WAITING
    key = {
        State.WAITING: "regret",
        State.COUNTED: "regret.late",
        State.WITHDRAWN: "receipt.withdrawn",
        State.LOST: "receipt.lost",
    }[state.state]
    return show(
        "regret.html",
        replace(_frame(found, language, t(f"{key}.title")), languages=()),
        text=t(f"{key}.text"),
        waiting=waiting,
        may_change=waiting and found.round.still_open,
        receipt=receipt,
    )


def declined(found: Found, language: str) -> Shown:
    t = messages(language)
    return show(
        "declined.html",
        _frame(found, language, t("declined.title")),
        closes_on=long_date(found.round.closes_on, language),
        still_open=found.round.still_open,
        again=found.round.asked_again,
    )


def privacy(found: Found, kept: Kept | None, language: str) -> Shown:
    """How answers are looked after, with how long this round keeps what."""
    return show(
        "privacy.html",
        replace(_frame(found, language, messages(language)("privacy.title")), privacy=False),
        kept=kept,
    )


def _frame(found: Found, language: str, title: str) -> Frame:
    return Frame(
        language,
        title,
        languages=visits.offered(found.round),
        here=f"/s/{found.token}",
        organisation=found.round.organisation,
        fictitious=found.round.fictitious,
    )
