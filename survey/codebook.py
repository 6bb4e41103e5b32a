"""The codebook of a questionnaire as a page that reads without a network and prints well, and as PDF/UA."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import jinja2

from forms.exchange.codebook import Code, Line, chapters
from forms.loading import content_hash
from forms.questionnaire import Questionnaire
from reports.documents import pdf
from survey.asking.questions import month_in_words, number_in_words, thousands
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
        about=partial(_about, language=language),
        marks=partial(_marks, language=language),
        items=sum(1 for _ in questionnaire.questions()),
        hash=content_hash(questionnaire).hex(),
    )


def as_pdf(questionnaire: Questionnaire, language: str) -> bytes:
    """Raises PdfUnavailable when the layout of text is not on this machine."""
    return pdf.write(html(questionnaire, language), title(questionnaire, language), language)


def _about(line: Line, language: str) -> str:
    """What kind of question it is and what it takes: 'Et tall, rom, fra 1 til 20'."""
    item, t = line.item, words(language)
    said = [t(f"codebook.kind.{item.kind}")]
    match item.kind:
        case "number":
            high = None if item.maximum is None else number_in_words(str(item.maximum), language)
            said += [line.unit, _limits(number_in_words(str(item.minimum), language), high, language)]
        case "month":
            low, high = (
                None if month is None else month_in_words(month, language)
                for month in (item.earliest, item.latest)
            )
            said.append(_limits(low, high, language))
        case "rank":
            said.append(t("codebook.rank", most=item.rank_size))
        case "allocate":
            total = f"{thousands(item.total, language)} {line.unit}".rstrip()
            said.append(t("codebook.shared", total=total, step=thousands(item.step, language)))
    for name in ("consent", "sensitive", "background"):
        said += [t(f"codebook.{name}")] if getattr(item, name) else []
    return ", ".join(one for one in said if one)


def _limits(low: str | None, high: str | None, language: str) -> str:
    t = words(language)
    if low and high:
        return t("codebook.limits", low=low, high=high)
    return t("codebook.from", low=low) if low else t("codebook.to", high=high) if high else ""


def _marks(code: Code, language: str) -> str:
    """What sets an answer apart from the others; '' for nothing."""
    t = words(language)
    said = (
        [t("codebook.worth", number=number_in_words(str(code.worth), language))]
        if code.worth is not None
        else []
    )
    said += [t("codebook.alone")] if code.alone else []
    said += [t("codebook.off_scale")] if code.off_scale else []
    return ", ".join(said)


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
