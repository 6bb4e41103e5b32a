"""The codebook of a questionnaire as a page that reads without a network and prints well, and as PDF/UA."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from forms.exchange.codebook import chapters
from forms.loading import content_hash
from forms.questionnaire import Questionnaire
from reports.documents import pdf
from survey.wording import words

TEMPLATES = Path(__file__).parent / "templates"


def html(questionnaire: Questionnaire, language: str) -> str:
    """`language`: 'nb', 'nn' or 'en'."""
    return _template().render(
        t=words(language),
        language=language,
        form=questionnaire,
        title=title(questionnaire, language),
        chapters=chapters(questionnaire, language),
        items=sum(1 for _ in questionnaire.questions()),
        hash=content_hash(questionnaire).hex(),
    )


def as_pdf(questionnaire: Questionnaire, language: str) -> bytes:
    """Raises PdfUnavailable when the layout of text is not on this machine."""
    return pdf.write(html(questionnaire, language), title(questionnaire, language), language)


def title(questionnaire: Questionnaire, language: str) -> str:
    return words(language)("codebook.title", title=questionnaire.title.get(language))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("codebook.html")
