"""The paper form of a questionnaire, HTML for print.

It is the same for everybody who is asked in a building: nothing on it tells whose it is. The right to answer
stands on a slip of its own (see docs/anonymity.md), so that who opens the envelope can part the two.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

import jinja2
from markupsafe import Markup

from forms.catalogue import Translate, translator
from forms.exchange.paper import parts
from forms.languages import DRAFTED, Direction, direction
from forms.questionnaire import LANGUAGES, Questionnaire
from reports.documents import pdf
from survey import asking
from survey.asking.questions import month_in_words, number_in_words, thousands
from survey.days import long_date
from survey.modes import WHO_ANSWERED
from survey.paper import MESSAGES, TEMPLATES, looks

LONGEST_NOTE = 120
"""Characters of where to hand it in, and of whom to ask."""


@dataclass(frozen=True)
class Occasion:
    """What a form is printed for. What is not known has a line to write on: '' and None.

    `slip`: a slip with a code goes with it, to be handed in with the form but loose.
    """

    organisation: str = ""
    estate: str = ""
    closes_on: date | None = None
    hand_in: str = ""
    contact: str = ""
    slip: bool = False
    fictitious: bool = False


def house_language(language: str) -> str:
    """What the words of the house are said in, beside questions in `language`: bokmål where we have none."""
    return language if (MESSAGES / f"{language}.po").exists() else "nb"


def logic_language(language: str) -> str:
    """What conditions are said in; see `forms.exchange.paper.parts`."""
    return language if language in LANGUAGES else LANGUAGES[0]


def words(language: str) -> Translate:
    return translator(MESSAGES, house_language(language), asking.MESSAGES)


def way(text: str) -> Direction:
    """Which way a name, a number or a date runs: that of its first letter, from the left when it has none.
    The layout tells neither for itself; from the right, '12 34 56 78' would be another number."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def title(questionnaire: Questionnaire, language: str) -> str:
    return words(language)("paper.title", title=questionnaire.title.get(language))


def html(questionnaire: Questionnaire, language: str, occasion: Occasion | None = None) -> str:
    """`language`: any of the questionnaire's. Raises TooMuchForPaper."""
    occasion = occasion or Occasion()
    form = parts(questionnaire, language)
    house = house_language(language)
    t = words(language)
    return _template().render(
        t=t,
        looks=looks,
        language=language,
        house=house,
        logic_language=logic_language(language),
        said_if=words(logic_language(language)),
        draft=language in questionnaire.unchecked or house in DRAFTED,
        direction=direction,
        way=way,
        form=questionnaire,
        title=title(questionnaire, language),
        parts=form,
        questions=sum(1 for _ in questionnaire.questions()),
        occasion=occasion,
        asks_for_help=not any(item.meaning == WHO_ANSWERED for item in questionnaire.items()),
        closes_on=long_date(occasion.closes_on, house, weekday=True) if occasion.closes_on else "",
        number=lambda value: number_in_words(str(value), house),
        thousands=lambda value: thousands(value, house),
        month=lambda value: month_in_words(value, house),
        letter=lambda place: chr(ord("A") + place) if place < 26 else f"A{chr(ord('A') + place - 26)}",
        drawing=looks.drawing,
        pages=_pages(t),
    )


def as_pdf(questionnaire: Questionnaire, language: str, occasion: Occasion | None = None) -> bytes:
    """PDF/UA. Raises PdfUnavailable when the layout of text is not on this machine; TooMuchForPaper."""
    return pdf.write(html(questionnaire, language, occasion), title(questionnaire, language), language)


def _pages(t: Translate) -> Markup:
    """'Side 3 av 14', the numbers filled in by the layout."""
    page, pages = (Markup(f'<span class="{name}"></span>') for name in ("page", "pages"))
    return Markup(t("paper.page").replace("{page}", page).replace("{pages}", pages))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("form.html")
