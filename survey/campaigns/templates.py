"""What a new round can start from, and the dates it suggests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import cache

from forms import drafted, loading
from forms.modules import MODULES, module
from forms.questionnaire import Questionnaire
from forms.reading import whole_minutes

OPEN_DAYS = 21
READING_DAYS = 21
"""What is suggested; each of the three dates may lie a year after what comes before it, not more."""


@dataclass(frozen=True)
class Template:
    id: str
    questionnaire: Questionnaire
    items: int
    minutes: int
    core: Questionnaire
    """Without languages that are drafts: what modules are asked beside, and what others write on."""
    faulty: bool = False
    """Whether the check found errors in it: no round can start from it."""

    @property
    def sensitive(self) -> bool:
        """Whether some of its answers are told of 20 people and more only."""
        return any(item.sensitive for item in self.questionnaire.items())


@cache
def templates() -> dict[str, Template]:
    """By id, the suggested one first. The pulse is a module that can also be asked alone."""
    full = loading.shipped("boindeks")
    asked = {"full": full, "puls": module("puls")}
    short = as_template("kort", drafted.short_form(), core=full.short_form())
    return {"kort": short} | {id: as_template(id, questionnaire) for id, questionnaire in asked.items()}


def as_template(id: str, questionnaire: Questionnaire, core: Questionnaire | None = None) -> Template:
    """A questionnaire as something that a round can start from."""
    minutes = whole_minutes(questionnaire, questionnaire.languages[0])
    return Template(id, questionnaire, len(list(questionnaire.questions())), minutes, core or questionnaire)


@cache
def modules() -> dict[str, Template]:
    """What can be asked beside a template, by name, in the order in which it is asked."""
    return {name: as_template(name, module(name)) for name in MODULES}


@dataclass(frozen=True)
class Dates:
    opens_on: date
    closes_on: date
    results_on: date


def a_year_after(day: date) -> date:
    """The latest day that may follow this one; the last day there is, when a calendar knows no later one.

    >>> a_year_after(date(2027, 2, 28)), a_year_after(date(2028, 2, 29))
    (datetime.date(2028, 2, 28), datetime.date(2029, 3, 1))
    """
    if day.year == MAXYEAR:
        return date.max
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 3, 1) if leap_day else day.replace(year=day.year + 1)


def suggested_dates(today: date) -> Dates:
    """Opens on the next Monday with a week left for letters, three weeks to answer, three to read."""
    opens_on = today + timedelta(days=7 + (-today.weekday()) % 7)
    closes_on = opens_on + timedelta(days=OPEN_DAYS - 1)
    return Dates(opens_on, closes_on, closes_on + timedelta(days=READING_DAYS))
