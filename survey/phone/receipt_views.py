"""Pages of the receipt, of regret, and of not wishing to take part."""

from __future__ import annotations

from dataclasses import replace

from survey.ballots import spelling, tokens
from survey.ballots.receipts import Receipt, State
from survey.ballots.rounds import Found, Kept
from survey.days import long_date
from survey.phone import visits
from survey.phone.rendering import Frame, messages, show
from survey.phone.views import Shown
from survey.phone.visits import Visit


def ask(language: str, typed: str = "", *, problem: str = "") -> Shown:
    """The form for a receipt. `problem`: what was wrong with the one typed."""
    t = messages(language)
    return show(
        "receipt_form.html",
        Frame(language, t("receipt.ask.title"), status=422 if problem else 200),
        typed=typed,
        problem=problem,
        lead=t("receipt.ask.lead"),
        hint=t("receipt.ask.hint", length=tokens.RECEIPT_LENGTH),
        action="/kvittering",
        go=t("receipt.ask.go"),
        by_link=False,
        code="",
        code_problem="",
    )


def unknown(language: str) -> str:
    return messages(language)("receipt.problem.unknown")


def misspelt(typed: str, language: str) -> str:
    """What is wrong with a receipt that cannot be one: so many symbols, or a slip."""
    there = spelling.length_of(typed)
    key = "receipt.problem.slip" if there == tokens.RECEIPT_LENGTH else "receipt.problem.length"
    return messages(language)(key, length=tokens.RECEIPT_LENGTH, there=there)


def code_problem(typed: str, language: str) -> str:
    """What is wrong with a change code that cannot be one; '' where it could."""
    there = spelling.length_of(typed)
    if there != tokens.CHANGE_CODE_LENGTH:
        return messages(language)("code.problem.length", length=tokens.CHANGE_CODE_LENGTH, there=there)
    return "" if spelling.read(typed, tokens.CHANGE_CODE_LENGTH) else wrong_code(language)


def wrong_code(language: str) -> str:
    return messages(language)("code.problem.slip")


def state(receipt: str, found: Receipt, language: str, *, code: str = "", problem: str = "") -> Shown:
    """What became of the answer with this receipt. `code` did not withdraw it, for this `problem`."""
    t = messages(language)
    return show(
        "receipt_state.html",
        Frame(
            language,
            t(f"receipt.{found.state.value}.title"),
            status=422 if problem else 200,
            languages=(),
            organisation=found.organisation,
        ),
        receipt=receipt,
        text=t(f"receipt.{found.state.value}.text", results_on=long_date(found.results_on, language)),
        waiting=found.state is State.WAITING,
        code=code,
        code_problem=problem,
        code_hint=t("code.hint", length=tokens.CHANGE_CODE_LENGTH),
    )


def ask_to_regret(
    found: Found,
    language: str,
    typed: str = "",
    code: str = "",
    *,
    problem: str = "",
    code_problem: str = "",
) -> Shown:
    """The form for receipt and change code of what was sent; the same for every link, used or not."""
    t = messages(language)
    wrong = bool(problem or code_problem)
    frame = replace(_frame(found, language, t("regret.title")), status=422 if wrong else 200)
    return show(
        "receipt_form.html",
        replace(frame, languages=() if wrong else frame.languages),
        typed=typed,
        problem=problem,
        code=code,
        code_problem=code_problem,
        code_hint=t("code.hint", length=tokens.CHANGE_CODE_LENGTH),
        lead=t("regret.ask"),
        hint=t("receipt.ask.hint", length=tokens.RECEIPT_LENGTH),
        action=f"{frame.here}/angre?sprak={language}",
        go=t("regret.ask.go"),
        by_link=True,
    )


def no_answer(language: str) -> str:
    """The one sentence for link, receipt and code that open nothing together, whichever of them it is."""
    return messages(language)("regret.problem")


def regret(found: Found, receipt: str, code: str, language: str, *, no_device: bool) -> Shown:
    """Change or withdraw what was sent by this link, for whoever has its receipt and code as well.

    `no_device`: it was to be opened, in a browser that brought no secret of its own."""
    t = messages(language)
    frame = replace(_frame(found, language, t("regret.title")), languages=())
    return show(
        "regret.html",
        replace(frame, status=422) if no_device else frame,
        text=t("regret.text"),
        receipt=receipt,
        code=code,
        problem=t("regret.no_device") if no_device else "",
    )


def ask_to_decline(found: Found, language: str) -> Shown:
    """Whether to take part; the same for every link, whatever was said by it."""
    frame = _frame(found, language, messages(language)("start.decline"))
    return show("decline.html", frame, again=found.round.invited)


def declined(visit: Visit, language: str, *, never: bool) -> Shown:
    """A no is noted. Nothing here tells whether the link is used. `never`: nor wishes to be asked again."""
    frame = Frame(
        language,
        messages(language)("declined.title"),
        languages=(),  # in another language it would be a page that nobody pressed anything for
        here=visit.here,
        organisation=visit.round.organisation,
        fictitious=visit.round.fictitious,
    )
    return show(
        "declined.html",
        frame,
        closes_on=long_date(visit.round.closes_on, language),
        again=not never if visit.round.invited else None,
        paused=visit.paused is not None,
    )


def again(found: Found, language: str, said: bool | None) -> Shown:
    """Whether later rounds may ask. `said`: what was noted just now; None before anything is said."""
    t = messages(language)
    title = {None: "again.title", True: "again.noted.title", False: "again.not.title"}[said]
    frame = _frame(found, language, t(title))
    return show("asked_again.html", frame if said is None else replace(frame, languages=()), said=said)


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
