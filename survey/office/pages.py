"""Turns a template and some values into a page in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.response import Redirect

from forms import influence, languages
from forms.catalogue import Translate, read_catalogue, translator
from survey.faults import preferred_language
from survey.people import csrf
from survey.people.roles import Right, Staff
from survey.settings import Settings

ROOM = Path(__file__).parent
LANGUAGES = ("nb", "nn", "en")
LANGUAGE_COOKIE = "bostemme_sprak"
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}

AGAIN = 5
"""Seconds between two looks at a page that waits for the mixer, which itself looks as often."""
SOON = 2
"""Between two looks at numbers that are being reckoned."""

AnyRequest = Request[Any, Any, Any]

templates = Environment(
    loader=FileSystemLoader(ROOM / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals.update(direction_of=languages.direction, name_of=languages.name, told=influence.told)
templates.tests["drafted"] = languages.DRAFTED.__contains__


def language_of(request: AnyRequest) -> str:
    """The language chosen in the console; that of the browser until somebody chooses."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))


def settings_of(request: AnyRequest) -> Settings:
    settings: Settings = request.app.state["settings"]
    return settings


def words(language: str) -> Translate:
    return translator(ROOM / "messages", language)


def render(
    request: AnyRequest,
    template: str,
    *,
    staff: Staff | None = None,
    secret: bytes | None = None,
    status: int = 200,
    refresh: int | None = None,
    leads_to: str = "",
    **values: object,
) -> Response[str]:
    """A page. `secret`: what its forms are signed with before anyone is signed in (else the session's).

    `refresh`: seconds until the browser asks again by itself, by a header: neither script nor markup. What it
    asks for: `leads_to`, else the same address.
    """
    again = f"{refresh}; url={leads_to}" if leads_to else str(refresh)
    secret = staff.csrf_secret if staff else secret
    return Response(
        to_html(
            template,
            language_of(request),
            staff=staff,
            csrf=csrf.issue(secret) if secret else None,
            fictitious=staff.fictitious if staff else settings_of(request).demo,
            here=request.url.path,
            notice=_notice(request),
            cleaned=_cleaned(request),
            refresh=refresh,
            **{"typed": None, **values},
        ),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Cache-Control": "no-store", **({"Refresh": again} if refresh else {})},
    )


def to_html(template: str, language: str, **values: object) -> str:
    locale = LOCALES[language]
    said = words(language)
    short = "d. MMMM" if language != "en" else "d MMMM"

    def day(value: date) -> str:
        return format_date(value, f"{short} y", locale=locale)

    def period(first: date, last: date) -> str:
        if first == last:
            return day(first)
        opens = day(first) if first.year != last.year else format_date(first, short, locale=locale)
        return said("round.period", opens=opens, closes=day(last))

    def month(value: date) -> str:
        return format_date(value, "LLLL y", locale=locale)

    def moment(value: datetime) -> str:
        return format_datetime(
            value, "d. MMM y HH:mm" if language != "en" else "d MMM y HH:mm", tzinfo=_zone(), locale=locale
        )

    def number(value: float) -> str:
        return format_decimal(value, locale=locale)

    def percent(value: float) -> str:
        # Rounded half up, for people; 0.285 is shown as 29.
        return format_percent(int(value * 100 + 0.5) / 100, locale=locale)

    def t(key: str, /, **filled: object) -> str:
        return said(key, **{name: shown(value) for name, value in filled.items()})

    def shown(value: object) -> object:
        if isinstance(value, date):
            return day(value)
        return number(value) if isinstance(value, int) else value

    def known(key: str) -> bool:
        return key in read_catalogue(ROOM / "messages", language)

    return templates.get_template(template).render(
        t=t,
        known=known,
        language=language,
        languages=LANGUAGES,
        Right=Right,
        day=day,
        period=period,
        day_of=lambda written: day(date.fromisoformat(written)),
        month=month,
        moment=moment,
        number=number,
        percent=percent,
        **values,
    )


@cache
def _zone() -> tzinfo:
    """Norwegian time; UTC on a machine without a table of time zones."""
    try:
        return ZoneInfo("Europe/Oslo")
    except ZoneInfoNotFoundError:
        return UTC


NOTICES = frozenset(
    {
        "created",
        "opened",
        "closed",
        "changed",
        "asked_otherwise",
        "links_dropped",
        "deleted",
        "moved",
        "given_back",
    }
    | {"letters_dropped", "contacts_kept", "sending_planned", "sending_stopped", "text_kept"}
    | {"open_links_changed", "panel_ended", "peers_agreed", "peers_withdrawn"}
    | {"margins_kept", "margins_removed", "table_told", "table_lost", "file_lost"}
    | {"readers_shown", "readers_stopped", "readers_answered", "readers_signed"}
    | {f"draft_{done}" for done in ("created", "saved", "cleaned", "deleted", "undone", "redone", "renewed")}
    | {"draft_archived", "draft_restored", "draft_moved", "draft_copied", "draft_added"}
    | {"loop_begun", "loop_finished", "loop_taken_up", "reply_saved", "reply_taken_back", "knowledge_saved"}
    | {"tied", "untied", "measure_added", "measure_saved", "measure_removed", "measure_brought_back"}
    | {"reading_shown", "reading_stopped", "remark_shown", "remark_hidden"}
    | {f"quote_{done}" for done in ("picked", "changed", "dropped", "approved", "returned", "taken_back")}
    | {"edition_stopped", "edition_thrown_away", "edition_published", "edition_withdrawn"}
    | {"livery_changed", "livery_logo", "livery_logo_words", "livery_no_logo", "livery_removed"}
    | {"share_revoked", "shares_made_before", "on_close_kept", "on_close_off"}
    | {"plan_added", "plan_saved", "plan_removed", "plan_brought_back"}
    | {"goal_added", "goal_saved", "goal_ended", "goal_brought_back"}
    | {f"estate_{done}" for done in ("added", "changed", "archived", "deleted", "restored")}
)


CLEANED = (
    "text",
    "title",
    "help",
    "intro",
    "description",
    "credit",
    "answers",
    "must",
    "words",
    "other",
)
"""Fields of the editor by what they are called in the notice of what was taken out of them."""


def _notice(request: AnyRequest) -> str | None:
    """What was just done, named in the address after a redirect; only words we know."""
    name = request.query_params.get("melding")
    return name if name in NOTICES else None


def _cleaned(request: AnyRequest) -> tuple[str, ...]:
    """The fields that signs were taken out of, by the names that `editor_desk.saved_as` gives them."""
    told = request.query_params.get("felt", "").split(".")
    return tuple(name for name in CLEANED if name in told)


def removed_of(request: AnyRequest, name: str) -> UUID | None:
    """What was just taken away, from the address, so that the page can offer to bring it back."""
    try:
        return UUID(request.query_params.get(name, ""))
    except ValueError:
        return None


def go(path: str) -> Redirect:
    """On to another page after a form (303, so that reloading does not send it again)."""
    return Redirect(path=path, status_code=303, headers={"Cache-Control": "no-store"})


def download(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to keep. `name` is plain ASCII from the message catalogue or made of ids."""
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def inside(path: str | None) -> str:
    """An address within the console to go back to; anything else becomes its first page.

    >>> inside('/kontor/runder?x=1'), inside('//evil.example'), inside('/kontor/\\\\evil.example')
    ('/kontor/runder?x=1', '/kontor/runder', '/kontor/runder')
    """
    odd = ("\\", "//", "/.")
    if path and path.startswith("/kontor/") and path.isprintable() and not any(part in path for part in odd):
        return path
    return "/kontor/runder"
