"""How questions look on a tenant's phone while they are written: the same fields behind another door.

Nothing of it is stored, and no answer of a tenant is near.
"""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from forms import languages
from forms.answers import Answers, Problem
from forms.catalogue import Translate, translator
from forms.journey import VisiblePage
from forms.questionnaire import Item, Matrix, Page, Questionnaire
from survey import asking
from survey.asking import questions, unfinished
from survey.headers import CONTENT_SECURITY_POLICY
from survey.office.pages import ROOM

FRAMING = {"Content-Security-Policy": f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"}
"""Of a page with a preview in it."""
FRAMED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}
"""Of the preview itself: only our own pages may show it."""

_environment = Environment(
    loader=FileSystemLoader([ROOM / "templates", asking.TEMPLATES]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(direction_of=languages.direction, name_of=languages.name)


def words_of_fields(language: str) -> Translate:
    """What stands around the questions of a page, in a language of the questionnaire."""
    return translator(asking.MESSAGES, language if language in languages.SPOKEN else "nb")


def of_entry(questionnaire: Questionnaire, entry_id: str, language: str) -> Response[str]:
    """One question, or a matrix with its rows, as it looks to whoever is asked it."""
    for page in questionnaire.pages:
        for entry in page.items:
            rows = questionnaire.rows(entry) if isinstance(entry, Matrix) else ()
            row = next((one for one in rows if one.id == entry_id), None)
            if isinstance(entry, Matrix) and (entry.id == entry_id or row):
                return _shown(questionnaire, page, ((entry, (row,) if row else rows),), language, whole=False)
            if isinstance(entry, Item) and entry.id == entry_id:
                return _shown(questionnaire, page, ((None, (entry,)),), language, whole=False)
    return _shown(questionnaire, questionnaire.pages[0], (), language, whole=False)


def of_page(questionnaire: Questionnaire, page_id: str, language: str) -> Response[str]:
    """A whole page, all of its questions shown."""
    page = next((one for one in questionnaire.pages if one.id == page_id), questionnaire.pages[0])
    entries = tuple(
        (entry, questionnaire.rows(entry)) if isinstance(entry, Matrix) else (None, (entry,))
        for entry in page.items
    )
    return _shown(questionnaire, page, entries, language, whole=True)


def groups(
    questionnaire: Questionnaire,
    page: VisiblePage,
    answers: Answers,
    problems: tuple[Problem, ...],
    language: str,
) -> tuple[questions.Group, ...]:
    """The questions of a page, also of one that is not finished."""
    return unfinished.groups(questionnaire, page, answers, problems, language, words_of_fields(language))


def html(template: str, language: str, values: Mapping[str, object]) -> str:
    """A page that is set with the fields of tenants."""
    return _environment.get_template(template).render(
        language=language, f=words_of_fields(language), **values
    )


def _shown(
    questionnaire: Questionnaire,
    page: Page,
    entries: tuple[tuple[Matrix | None, tuple[Item, ...]], ...],
    language: str,
    *,
    whole: bool,
) -> Response[str]:
    text = html(
        "editor_preview.html",
        language,
        {
            "title": page.title.get(language) if whole else "",
            "intro": page.intro.get(language) if whole and page.intro else "",
            "groups": groups(questionnaire, VisiblePage(page, entries), {}, (), language),
        },
    )
    return Response(text, media_type=MediaType.HTML, headers=dict(FRAMED))
