"""One visit by one link: which round, which answers so far, and what the visitor does with them."""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from forms.answers import Answers, Problem, field_names, parse_form, special_codes
from forms.journey import Journey, VisiblePage
from forms.questionnaire import Item, Page, Questionnaire
from forms.shuffling import ORDER, ORDERS, any_shuffled, order_in
from survey import logs
from survey.ballots import drafts, submission, tokens
from survey.ballots.drafts import Draft, DraftChanged
from survey.ballots.rounds import Found, Panel, Round, Stage, Version, asked_later, find, load_version
from survey.database.pool import Connection
from survey.modes import WEB
from survey.phone import errors
from survey.phone.reading import Form, one, whole
from survey.phone.rendering import LANGUAGES

ORDER_FIELD = "_rekkefolge"
STAGES: dict[Stage, type[errors.RoundError]] = {
    Stage.CLOSED: errors.RoundClosed,
    Stage.NOT_YET: errors.NotOpenYet,
}


@dataclass(frozen=True)
class Visit:
    """A link to an open round, used or not: that is not known here. `sealed`: the draft as it lies in the
    database. `device`: whose draft it is; None where the browser brought no secret, and the draft is that of
    the link. `laid_by`: the draft under the link, for a device, where that was asked for. `pausing`: the
    draft is to lie under the link from now on."""

    secret_key: bytes
    token: str
    round: Round
    version: Version
    draft: Draft
    sealed: bytes | None
    device: str | None = None
    laid_by: Draft | None = None
    pausing: bool = False
    shown_in: int = 0
    """The order of the page that this visit was sent from, where it said so."""

    @property
    def here(self) -> str:
        return f"/s/{self.token}"

    @property
    def own(self) -> bool:
        """Whether this device has a draft that the link alone does not open."""
        return self.device is not None and self.draft.kept

    @property
    def changing(self) -> bool:
        """Whether the draft is what was sent before, opened by its receipt."""
        return self.draft.replaces is not None

    @property
    def paused(self) -> Draft | None:
        """What lies under the link alone, for everybody who has it."""
        if self.device is not None:
            return self.laid_by
        return self.draft if self.draft.kept else None

    @property
    def questionnaire(self) -> Questionnaire:
        return self.version.questionnaire

    @property
    def languages(self) -> tuple[str, ...]:
        return offered(self.round)

    @property
    def panel(self) -> Panel | None:
        """Where answers may be linked to those of other waves."""
        panel = self.round.panel
        return panel if panel is not None and panel.linkable else None

    @property
    def must_be_asked(self) -> bool:
        """Whether the visitor has yet to be asked if the answer may be linked."""
        return self.panel is not None and self.draft.linked is None

    @cached_property
    def order(self) -> int:
        """Which order the pages are shown in: the draft's from its first answer on. Until then another each
        time, and the page brings back which it was. It is kept with the answer: so it must not follow from
        the link, nor from anything that stays on the device."""
        return order_in(self.draft.answers) or self.shown_in or _drawn_order()

    @cached_property
    def journey(self) -> Journey:
        return Journey(self.questionnaire, {**self.draft.answers, ORDER: self.order})

    @property
    def order_to_bring(self) -> int:
        """What a page has to bring back of the order; 0 when nothing is shuffled, or the draft knows."""
        known = order_in(self.draft.answers) or not any_shuffled(self.questionnaire)
        return 0 if known else self.order

    @property
    def place(self) -> VisiblePage:
        """Where the visitor left off, or the first page when that one is no longer on the route."""
        return self.journey.page(self.draft.page) or self.journey.first

    def page(self, page_id: str) -> Page:
        """NoSuchPage when the questionnaire has none of this name, on the route or off it."""
        for page in self.questionnaire.pages:
            if page.id == page_id:
                return page
        raise errors.NoSuchPage(self.token, self.round, self.draft.language)


@dataclass(frozen=True)
class Filled:
    """One page as it was filled in: the visit with what could be kept, and what must be mended.

    `typed`: what the page held, for showing it again. `new`: questions of this page that these answers
    brought forth and that the visitor has not been shown.
    """

    visit: Visit
    typed: Answers
    problems: tuple[Problem, ...]
    new: tuple[str, ...]


Changed = TypeVar("Changed", Visit, Filled)


def offered(round: Round) -> tuple[str, ...]:
    return known(round.languages)


def known(languages: Sequence[str]) -> tuple[str, ...]:
    """Those of a round's languages that our pages speak."""
    return tuple(language for language in languages if language in LANGUAGES) or LANGUAGES[:1]


def read_token(written: str) -> str:
    token = tokens.normalise(written)
    if token is None:
        raise errors.MalformedLink("not the shape of a link")
    return token


def read_device(secret_key: bytes, token: str, cookie: str) -> str | None:
    """The secret of the device that brought this cookie; None when it brought none of ours."""
    return cookie if tokens.is_device(secret_key, token, cookie) else None


async def look_up(
    connection: Connection,
    secret_key: bytes,
    written: str,
    cookie: str = "",
    *,
    with_paused: bool = False,
) -> Found:
    """What the link leads to, whatever its stage."""
    token = read_token(written)
    device = read_device(secret_key, token, cookie)
    found = await find(connection, secret_key, token, device, with_paused=with_paused)
    if found is None:
        if await asked_later(connection, secret_key, token):
            raise errors.BetweenWaves("no wave of the panel takes answers now")
        raise errors.UnknownLink("no invitation has this link")
    return found


async def look_up_open(
    connection: Connection,
    secret_key: bytes,
    written: str,
    cookie: str = "",
    *,
    with_paused: bool = False,
) -> Found:
    """What the link leads to while the round takes answers, else the error that says why not."""
    found = await look_up(connection, secret_key, written, cookie, with_paused=with_paused)
    if found.round.stage is not Stage.OPEN:
        raise STAGES[found.round.stage](found.token, found.round)
    return found


async def enter(
    connection: Connection, secret_key: bytes, written: str, cookie: str, *, with_paused: bool = False
) -> Visit:
    """A visit to an open round, else the error that says why not. `cookie`: what the browser brought."""
    found = await look_up_open(connection, secret_key, written, cookie, with_paused=with_paused)
    version = await load_version(connection, found.round.questionnaire_version_id)
    device = read_device(secret_key, found.token, cookie)
    draft = _read(secret_key, found, version, tokens.owner(found.token, device), found.sealed)
    laid_by = _read(secret_key, found, version, found.token, found.paused)
    return Visit(
        secret_key, found.token, found.round, version, draft or Draft(), found.sealed, device, laid_by
    )


def _read(
    secret_key: bytes, found: Found, version: Version, owner: str, sealed: bytes | None
) -> Draft | None:
    draft = drafts.read(secret_key, owner, sealed)
    if draft is None:
        return None
    if draft.unreadable:
        logs.trouble("a draft cannot be read", campaign=found.round.campaign)
    return drafts.fitted(draft, found.round.questionnaire_version_id, version.questionnaire)


async def change(
    connection: Connection, secret_key: bytes, written: str, cookie: str, step: Callable[[Visit], Changed]
) -> Changed:
    """Read the draft, take one step, save it, as one: begun anew when another page was quicker."""
    while True:  # ends: each time somebody else has got on
        changed = step(await enter(connection, secret_key, written, cookie))
        try:
            await _keep(connection, changed if isinstance(changed, Visit) else changed.visit)
        except DraftChanged:
            continue
        return changed


async def _keep(connection: Connection, visit: Visit) -> None:
    """Save the draft of the visit; the error that says why not when the round stopped taking answers."""
    if not visit.draft.kept:
        return
    draft, device, secret_key = visit.draft, visit.device, visit.secret_key
    if visit.pausing and device is not None:
        kept = await drafts.lay_by(connection, secret_key, visit.token, draft, device, visit.version.room)
    else:
        kept = await drafts.save(connection, secret_key, visit.token, draft, device, visit.version.room)
    if not kept:
        raise await stopped(connection, secret_key, visit.token, draft.language)


async def take_up(
    connection: Connection, secret_key: bytes, written: str, cookie: str, language: str
) -> Visit:
    """What was laid by under the link is this device's own again, in this language and an order of its own,
    and no longer lies there. The visit as it was when there is nothing to take up, or no device to have
    it."""
    while True:  # as in `change`
        visit = await enter(connection, secret_key, written, cookie, with_paused=True)
        draft = visit.laid_by
        device = visit.device
        if draft is None or draft.unreadable or device is None:
            return visit
        visit = in_language(replace(visit, draft=_in_another_order(draft)), language)
        try:
            kept = await drafts.take_up(
                connection, secret_key, visit.token, visit.draft, device, visit.version.room
            )
        except DraftChanged:
            continue
        if not kept:
            raise await stopped(connection, secret_key, visit.token, draft.language)
        return replace(visit, laid_by=None)


def _in_another_order(draft: Draft) -> Draft:
    """The draft with its order drawn anew: whoever has the link may have laid it there, and chosen an order
    to know the answer by."""
    if ORDER not in draft.answers:
        return draft
    return replace(draft, answers=draft.answers | {ORDER: _drawn_order()})


def _drawn_order() -> int:
    return secrets.randbelow(ORDERS) + 1


async def stopped(connection: Connection, secret_key: bytes, token: str, language: str) -> errors.RoundError:
    """Why the database no longer takes anything of this round."""
    found = await look_up(connection, secret_key, token)
    return STAGES.get(found.round.stage, errors.RoundClosed)(found.token, found.round, language)


def fill_in(visit: Visit, page: Page, form: Form) -> Filled:
    """Take in the fields of a page. Only questions that it showed count; those sent empty are cleared.

    OtherForm when the fields are not those of the page: to take some of them would lose the others unseen.
    DraftGone when the page was shown with a draft and there is none any more: late, it would bring part of
    it back. What needs mending keeps its earlier answer in the draft. Answers that these ones take off the
    route stay in the draft, in case the visitor changes their mind; sending leaves them out.
    """
    shown = set(one(form, "_vist").split(","))
    items = [item for item in visit.questionnaire.page_items(page) if item.id in shown]
    if {item.id for item in items} != shown or not form.keys() <= _fields(items):
        raise errors.OtherForm(visit.token, visit.round, visit.draft.language)
    if one(form, "_utkast") and not visit.draft.kept:
        raise errors.DraftGone(visit.token, visit.round, one(form, "_sprak"))
    typed, problems = parse_form(visit.questionnaire, items, form)
    faulty = {problem.item_id for problem in problems}
    visit = replace(visit, shown_in=order_in({ORDER: whole(one(form, ORDER_FIELD))}))
    answers = dict(visit.draft.answers)
    for item in items:
        if item.id in faulty and item.kind == "rank":
            typed[item.id] = _picked(item, form)
        if item.id not in faulty:
            answers.pop(item.id, None)
            if item.id in typed:
                answers[item.id] = typed[item.id]
    unmet: tuple[Problem, ...] = ()
    if demanding := [item for item in items if item.must and item.id not in faulty]:
        unmet = Journey(visit.questionnaire, answers).unmet(demanding)
    for problem in unmet:
        answers.pop(problem.item_id, None)
        if problem.item_id in visit.draft.answers:
            answers[problem.item_id] = visit.draft.answers[problem.item_id]
    problems += unmet
    if answers and any_shuffled(visit.questionnaire):
        answers[ORDER] = visit.order
    if unfit := _too_much(visit, items, answers):
        problems += (unfit,)
        answers.pop(unfit.item_id)
        if unfit.item_id in visit.draft.answers:
            answers[unfit.item_id] = visit.draft.answers[unfit.item_id]
    filled = replace(visit, draft=replace(visit.draft, answers=answers, page=page.id))
    now = filled.journey.page(page.id)
    new = tuple(item.id for item in now.items if item.asks and item.id not in shown) if now else ()
    return Filled(filled, typed, problems, new)


def _too_much(visit: Visit, items: Sequence[Item], answers: Answers) -> Problem | None:
    """Of signs that take a lot of room (a page of emoji), the longest text of the page may have to be
    shortened: all answers to a questionnaire are sealed at one length."""

    def fits(held: Answers) -> bool:
        return drafts.fits(replace(visit.draft, answers=held), visit.questionnaire)

    words = {item.id: text for item in items if isinstance(text := answers.get(item.id), str)}
    written = {item.id: words[item.id] for item in items if item.kind == "text" and item.id in words}
    if not written or fits(answers):
        return None
    longest = max(written, key=lambda name: len(written[name].encode()))
    text = written[longest]
    limit = bisect_left(range(len(text)), True, key=lambda n: not fits({**answers, longest: text[: n + 1]}))
    values = {"length": len(text), "limit": limit, "over": len(text) - limit}
    return Problem(longest, "problem.text_too_long", values)


def _fields(items: Sequence[Item]) -> set[str]:
    """Names of all the fields that a page with these questions can send."""
    own = {name for item in items for name in field_names(item)}
    return {"_side", "_vist", "_til", "_handling", "_sprak", "_utkast", ORDER_FIELD} | own


def _picked(item: Item, form: Form) -> list[int]:
    """A ranking as it stood on the page: place by place, 0 where nothing was chosen, special codes last."""
    sent = [one(form, f"{item.id}.{place}") for place in range(1, item.rank_size + 1)]
    codes = [whole(text) for text in sent]
    return codes + [code for code in special_codes(item) if str(code) in form.get(item.id, ())]


def in_language(visit: Visit, language: str) -> Visit:
    """The same visit in another language; unchanged when the round does not offer it."""
    if language not in visit.languages:
        return visit
    return replace(visit, draft=replace(visit.draft, language=language))


async def send(
    connection: Connection,
    secret_key: bytes,
    written: str,
    cookie: str,
    seed: str,
    in_hand: bytes | None,
    language_of: Callable[[Visit], str],
    mode: str = WEB,
) -> tuple[Visit, str | None]:
    """Send what is on the route. The visit, and its receipt; None when there was nothing to send.

    Returns when it was this call that did it, else raises the reason. `seed`: of the page it is sent from.
    `in_hand`: the draft that this page showed, sealed; sent when none lies in the database any more, so
    that who sends too late learns it, and nobody can ask without sending. `mode`: one of `modes.SENT`.
    """
    while True:  # as in `change`
        visit = _with(await enter(connection, secret_key, written, cookie, with_paused=True), in_hand)
        answers = visit.journey.on_route()
        if not visit.journey.answered:
            return visit, None
        receipt = tokens.receipt(secret_key, visit.token, seed)
        try:
            outcome = await submission.submit(
                connection,
                secret_key,
                visit.token,
                visit.round,
                visit.version,
                answers,
                seen=visit.draft.mark,
                language=language_of(visit),
                mode=mode,
                receipt=receipt,
                linked=visit.draft.linked,
                replaces=visit.draft.replaces,
                device=visit.device,
            )
        except DraftChanged:
            continue
        if outcome is submission.Outcome.ACCEPTED:
            return visit, receipt
        if outcome is submission.Outcome.UNKNOWN:
            raise errors.UnknownLink("no invitation has this link")
        if outcome is submission.Outcome.OTHER_KEY:
            logs.trouble("a round has no key to seal with", campaign=visit.round.campaign)
            raise errors.NotReady(visit.token, visit.round, language_of(visit))
        if outcome is submission.Outcome.ALREADY:
            used = errors.AlreadyAnswered(visit.token, visit.round, language_of(visit))
            used.late = visit.draft.replaces is not None
            raise used
        # The round is another than it was when the visit began: say what it is now.
        raise await stopped(connection, secret_key, visit.token, language_of(visit))


def _with(visit: Visit, in_hand: bytes | None) -> Visit:
    """The visit with the draft that its page held, where it has no other; unchanged when that cannot be
    read."""
    if visit.draft.kept:
        return visit
    version = visit.round.questionnaire_version_id
    owner = tokens.owner(visit.token, visit.device)
    draft = drafts.carried(visit.secret_key, owner, in_hand, version, visit.questionnaire)
    return visit if draft is None else replace(visit, draft=draft)


def answered(pages: Sequence[VisiblePage], answers: Answers) -> tuple[int, int]:
    """How many of the questions seen have an answer, and how many there are."""
    ids = [item.id for page in pages for item in page.items if item.asks]
    return sum(item_id in answers for item_id in ids), len(ids)
