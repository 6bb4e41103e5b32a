"""Whose words are in another language than the document: what the office wrote, and quotes.

A screen reader that is not told says Norwegian words by English rules (WCAG 2.2, 3.1.2; PDF/UA-1, 7.2). These
words go through sentences, lists and cells on their way to the page, so they carry signs of their own there
(Unicode's private use), which become marks of the language where the document is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from forms.languages import direction
from reports.loop import Before, Edition, Goal, Heard, Knowledge, Loop, Measure, PlanInReport, Reply, Tie

LANGUAGES = ("nb", "en", "ar", "uk", "ti")
_OPEN = {language: chr(0xE101 + place) for place, language in enumerate(LANGUAGES)}
_OPENED = {sign: language for language, sign in _OPEN.items()}
_CLOSE = "\ue100"
_SIGNS = re.compile(f"[{_CLOSE}{''.join(_OPENED)}]")
_SAID = re.compile(f"([{''.join(_OPENED)}])([^{_CLOSE}{''.join(_OPENED)}]*)(?:{_CLOSE}|$)")
_UNMARKED = r"<svg\b.*?</svg>|<title\b.*?</title>|<style\b.*?</style>|<[^>]*>"
_NOT_TEXT = re.compile(f"({_UNMARKED})", re.S)
_NOT_IN_PRINT = re.compile(rf"(<a\b.*?</a>|{_UNMARKED})", re.S)

_SCRIPTS = {"ar": r"[\u0600-\u06ff]", "uk": r"[\u0400-\u04ff]", "ti": r"[\u1200-\u139f]"}
_ENGLISH = """the of and that is with was are this have from not we they their you can should has been who
which when what there more all our your an it its would no my me were how out about because"""
_NORWEGIAN = """og er det som på av med et ein eit ei en ikke ikkje den har de vi å om ble vart skal kan fra
frå også når etter ved mer meir dette disse slik alle hos seg være vere blir må bør flere fleire mange mye"""


def spoken(text: str) -> str:
    """The language of `LANGUAGES` that a text is in, by its letters and its smallest words: Norwegian where
    nothing says otherwise, since the offices are. Nynorsk is not told from bokmål: they are read alike."""
    letters = re.findall(r"[^\W\d_]", text)
    for language, script in _SCRIPTS.items():
        if 2 * len(re.findall(script, text)) > len(letters):
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    english, norwegian = (
        sum(word in known for word in words) for known in (set(_ENGLISH.split()), set(_NORWEGIAN.split()))
    )
    return "en" if english > norwegian else "nb"


def said(text: str, language: str) -> str:
    """Somebody's own words for a document in `language`, with signs where they are in another."""
    bare = without(text)
    own = spoken(bare)
    if not bare.strip() or own == language or (own == "nb" and language == "nn"):
        return bare
    return f"{_OPEN[own]}{bare}{_CLOSE}"


def marked(loop: Loop, language: str) -> Loop:
    """All that people have said of a round, for a document in `language`."""

    def own(text: str) -> str:
        return said(text, language)

    return replace(
        loop,
        replies={id: _reply(one, language) for id, one in loop.replies.items()},
        knowledge={
            id: Knowledge(own(one.residents), own(one.practice), own(one.research))
            for id, one in loop.knowledge.items()
        },
        heard={id: _heard(one, language) for id, one in loop.heard.items()},
        measures=_measures(loop.measures, language),
        ties=tuple(_tie(one, language) for one in loop.ties),
        quotes=tuple(replace(one, text=own(one.text)) for one in loop.quotes),
        before=_before(loop.before, language),
        edition=_edition(loop.edition, language),
    )


def marked_plan(plan: PlanInReport, language: str) -> PlanInReport:
    """Its goals; its name is a name."""
    return replace(plan, goals=tuple(_goal(one, language) for one in plan.goals))


def spans(html: str, *, printed: bool) -> str:
    """The page with the languages marked; none in attributes, titles and drawings, which cannot bear them.

    `printed`: nor within links, where WeasyPrint 70 makes a second link of each mark, outside the first. What
    a link leads to is marked where it stands.
    """
    if not _SIGNS.search(html):
        return html
    parts = (_NOT_IN_PRINT if printed else _NOT_TEXT).split(html)
    return "".join(without(part) if place % 2 else _span(part) for place, part in enumerate(parts))


def in_runs(root: Any, locales: dict[str, str]) -> None:
    """The same in a part of a DOCX: runs are parted where the language changes. `locales`: by language."""
    for run in list(root.iter(qn("w:r"))):
        if any(_SIGNS.search(own.text or "") for own in run.iter(qn("w:t"))):
            _part(run, locales)


def closed(text: str) -> str:
    """What is left of a text that was cut."""
    signs = _SIGNS.findall(text)
    return text + _CLOSE if signs and signs[-1] in _OPENED else text


def without(text: str) -> str:
    return _SIGNS.sub("", text)


def _span(text: str) -> str:
    return without(_SAID.sub(lambda found: _element(_OPENED[found[1]], found[2]), text))


def _element(language: str, text: str) -> str:
    way = ' dir="rtl"' if direction(language) == "rtl" else ""
    return f'<span lang="{language}"{way}>{text}</span>'


def _part(run: Any, locales: dict[str, str]) -> None:
    language = ""
    for child in list(run):
        if child.tag == qn("w:rPr"):
            continue
        pieces = re.split(f"({_SIGNS.pattern})", child.text or "") if child.tag == qn("w:t") else [None]
        for piece in pieces:
            if piece is not None and _SIGNS.fullmatch(piece):
                language = _OPENED.get(piece, "")
            elif piece != "":
                run.addprevious(_run(run, child, piece, locales.get(language, "")))
    run.getparent().remove(run)


def _run(like: Any, child: Any, text: str | None, locale: str) -> Any:
    own = OxmlElement("w:r")
    if like.rPr is not None:
        own.append(deepcopy(like.rPr))
    if locale:
        mark = OxmlElement("w:lang")
        mark.set(qn("w:val"), locale)
        own.get_or_add_rPr().append(mark)
    held = deepcopy(child)
    if text is not None:
        held.text = text
        held.set(qn("xml:space"), "preserve")
    own.append(held)
    return own


def _reply(one: Reply, language: str) -> Reply:
    return replace(
        one,
        text=said(one.text, language),
        alternative=said(one.alternative, language),
        place=said(one.place, language),
    )


def _heard(one: Heard, language: str) -> Heard:
    return replace(one, remarks=tuple(said(text, language) for text in one.remarks))


def _measures(measures: Sequence[Measure], language: str) -> tuple[Measure, ...]:
    return tuple(
        replace(
            one,
            title=said(one.title, language),
            unit=said(one.unit, language),
            budget_line=said(one.budget_line, language),
            hoped=said(one.hoped, language),
            outcome=said(one.outcome, language),
        )
        for one in measures
    )


def _goal(one: Goal, language: str) -> Goal:
    return replace(one, text=said(one.text, language))


def _tie(one: Tie, language: str) -> Tie:
    goal = one.goal and _goal(one.goal, language)
    return replace(one, goal=goal, reasoning=said(one.reasoning, language))


def _before(before: Before | None, language: str) -> Before | None:
    return before and replace(before, measures=_measures(before.measures, language))


def _edition(edition: Edition | None, language: str) -> Edition | None:
    """What was corrected is there in several languages; what is told is in one of them."""
    if edition is None:
        return None
    own = edition.corrected_in(language)
    return replace(
        edition,
        reading=said(edition.reading, language),
        erratum=edition.erratum if own else said(edition.erratum, language),
    )
