"""Templates and languages of the room."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.response import Redirect
from markupsafe import escape

from forms import languages
from forms.catalogue import Translate, translator
from survey import asking
from survey.faults import preferred_language
from survey.phone.reading import AnyRequest

ROOM = Path(__file__).parent
LANGUAGES = languages.SPOKEN
"""Languages of the interface; a round offers those of them it has texts in."""

_environment = Environment(
    loader=FileSystemLoader([ROOM / "templates", asking.TEMPLATES, ROOM.parent / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def _address(name: str) -> str:
    """Address of a static file, with its content in it so that a browser never keeps an old one."""
    digest = hashlib.blake2b((ROOM / "static" / name).read_bytes(), digest_size=4).hexdigest()
    return f"/static/phone/{name}?v={digest}"


_environment.globals.update(
    stylesheet=_address("phone.css"),
    script=_address("phone.js"),
    direction_of=languages.direction,
    name_of=languages.name,
)


_CODE = re.compile(r"[0-9A-Z]{6}(?:-[0-9A-Z]{6})+")
"""Such as the example of a receipt, whose hyphens would change sides at the end of a line."""


@cache
def messages(language: str) -> Translate:
    """The sentences of the room. From the right, words of another script in them keep their own order."""
    plain = translator(ROOM / "messages", language, asking.MESSAGES)
    if languages.direction(language) == "ltr":
        return plain

    def isolating(key: str, /, **values: object) -> str:
        said = plain(key, **{name: _isolated(value) for name, value in values.items()})
        return _CODE.sub(lambda code: f"\u2068{code[0]}\u2069", said)

    return isolating


def _isolated(value: object) -> object:
    """A name as <bdi> would hold it, for titles and attributes too, where no markup can stand: between
    U+2068 and U+2069. Without them 'Havneveien 1-9' turns its numbers round."""
    return f"\u2068{value}\u2069" if isinstance(value, str) else value


@dataclass(frozen=True)
class Frame:
    """What every page has around its content.

    `switch`: how the language is changed: 'page' (buttons of the page's form), 'links', or the name of the
    place that changing it leads back to. `here`: the address of the link, '' outside of a round.
    """

    language: str
    title: str
    status: int = 200
    languages: Sequence[str] = LANGUAGES
    switch: str = "links"
    here: str = ""
    organisation: str = ""
    fictitious: bool = False
    unchecked: bool = False
    """Nobody who speaks the language has read the questions in it yet."""
    privacy: bool = True
    tenants: bool = True
    """Read by tenants: not what was sent to a planner, who has no answer that could be counted."""

    @property
    def draft(self) -> bool:
        """Whether texts on this page are a draft: those of the house, or those of the questionnaire."""
        return self.unchecked or self.language in languages.DRAFTED

    @property
    def failed(self) -> bool:
        """The reader has something to mend; the title of the page says so first."""
        return self.status == 422


def show(template: str, frame: Frame, **values: object) -> Response[str]:
    """One page, never kept by a browser or anything on the way."""
    return _page(_rendered(template, frame, here=frame.here, **values), frame.status)


def show_alike(template: str, frame: Frame, own: Mapping[str, str], **values: Hashable) -> Response[str]:
    """A page that is the same for many but for what is `own`, 'here' among it: rendered once for all of them,
    with gaps where each one's own goes. What is own is remembered nowhere, and the template can but write it.
    """
    text = _with_gaps(template, frame, tuple(own), tuple(values.items()))
    for name, said in own.items():
        text = text.replace(_gap(name), escape(said))
    return _page(text, frame.status)


@lru_cache(maxsize=512)
def _with_gaps(
    template: str, frame: Frame, own: tuple[str, ...], values: tuple[tuple[str, Hashable], ...]
) -> str:
    return _rendered(template, frame, **{name: _gap(name) for name in own}, **dict(values))


@cache
def _gap(_name: str) -> str:
    """What nobody can write, so that a gap is never filled where there is none."""
    return secrets.token_hex()


def _rendered(template: str, frame: Frame, **values: object) -> str:
    return _environment.get_template(template).render(
        t=messages(frame.language),
        frame=frame,
        language=frame.language,
        title=frame.title,
        organisation=frame.organisation,
        **values,
    )


def _page(text: str, status: int) -> Response[str]:
    headers = {"Cache-Control": "no-store"}
    return Response(text, media_type=MediaType.HTML, status_code=status, headers=headers)


FORGET = {"Clear-Site-Data": '"cache"', "Cache-Control": "no-store"}
"""With these a browser drops the pages it keeps to go back to as they were: whatever they say about storing,
newer ones keep them, with all that was answered."""


def go(address: str, *, forget: bool = False) -> Redirect:
    """On to the next page by GET, so that reload and back never send anything twice. `forget`: what the pages
    before it show is deleted now."""
    return Redirect(address, status_code=303, headers=FORGET if forget else {"Cache-Control": "no-store"})


def reading_language(request: AnyRequest, offered: Sequence[str] = LANGUAGES, chosen: str = "") -> str:
    """Asked for in the address, else chosen before, else what the browser prefers, else the first offered."""
    for language in (request.query_params.get("sprak", ""), chosen):
        if language in offered:
            return language
    preferred = preferred_language(request.headers.get("accept-language", ""), tuple(offered))
    return preferred if preferred in offered else offered[0]
