"""What a new round can start from, and the dates it suggests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from forms import loading
from forms.questionnaire import Questionnaire
from forms.reading import whole_minutes

OPEN_DAYS = 21
READING_DAYS = 21


@dataclass(frozen=True)
class Template:
    id: str
    questionnaire: Questionnaire
    items: int
    minutes: int


@cache
def templates() -> dict[str, Template]:
    """By id, the suggested one first."""
    full = loading.shipped("boindeks")
    return {made.id: made for made in (_template("kort", full.short_form()), _template("full", full))}


def _template(id: str, questionnaire: Questionnaire) -> Template:
    minutes = whole_minutes(questionnaire, questionnaire.languages[0])
    return Template(id, questionnaire, len(list(questionnaire.items())), minutes)


@dataclass(frozen=True)
class Dates:
    opens_on: date
    closes_on: date
    results_on: date


def suggested_dates(today: date) -> Dates:
    """Opens on the next Monday with a week left for letters, three weeks to answer, three to read."""
    opens_on = today + timedelta(days=7 + (-today.weekday()) % 7)
    closes_on = opens_on + timedelta(days=OPEN_DAYS - 1)
    return Dates(opens_on, closes_on, closes_on + timedelta(days=READING_DAYS))
