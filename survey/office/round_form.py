"""The form for a new round: what was written, what is wrong with it, and the round it becomes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from survey.campaigns.rounds import NewRound
from survey.campaigns.templates import Dates, Template
from survey.office.door import Form
from survey.register.errors import NoSuchEstate
from survey.register.estates import Estate

SHORTEST_NAME, LONGEST_NAME = 3, 100
DATE_FIELDS = ("opens_on", "closes_on", "results_on")


@dataclass(frozen=True)
class Filled:
    """The form as it was written, so that nothing has to be written twice."""

    template: str
    name: str
    estates: frozenset[str]
    languages: frozenset[str]
    dates: Mapping[str, str]


@dataclass(frozen=True)
class Problem:
    """One thing to mend: the id of the field and a message key with its values."""

    field: str
    key: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    problems: tuple[Problem, ...]
    new: NewRound | None
    """Set when there are no problems."""


def suggested(name: str, template: Template, estates: tuple[Estate, ...], dates: Dates) -> Filled:
    """What the form shows first: a whole, sensible round that may be made as it stands."""
    return Filled(
        template=template.id,
        name=name,
        estates=frozenset(str(estate.id) for estate in estates),
        languages=frozenset(template.questionnaire.languages),
        dates={name: getattr(dates, name).isoformat() for name in DATE_FIELDS},
    )


def read(form: Form) -> Filled:
    return Filled(
        template=form.one("template"),
        name=" ".join(form.one("name").split()),
        estates=frozenset(form.all("estate")),
        languages=frozenset(form.all("language")),
        dates={name: form.one(name).strip() for name in DATE_FIELDS},
    )


def check(
    filled: Filled, templates: Mapping[str, Template], estates: tuple[Estate, ...], today: date
) -> Checked:
    """Every problem at once, in the order of the page.

    Raises NoSuchEstate when an estate was asked for that the page did not offer: somebody else's, or none.
    """
    offered = {str(estate.id): estate.id for estate in estates}
    if filled.estates - offered.keys():
        raise NoSuchEstate()
    problems: list[Problem] = []
    template = templates.get(filled.template)
    if template is None:
        problems.append(Problem("template", "problem.template"))
    if not SHORTEST_NAME <= len(filled.name) <= LONGEST_NAME:
        problems.append(Problem("name", "problem.name", {"shortest": SHORTEST_NAME, "longest": LONGEST_NAME}))
    if not filled.estates:
        problems.append(Problem("estates", "problem.estates"))
    known = template.questionnaire.languages if template else ()
    languages = tuple(language for language in known if language in filled.languages)
    if template and not languages:
        problems.append(Problem("languages", "problem.languages"))
    dates = _dates(filled, problems, today)
    if problems or template is None or dates is None:
        return Checked(tuple(problems), None)
    return Checked(
        (),
        NewRound(
            name=filled.name,
            questionnaire=template.questionnaire,
            estate_ids=tuple(UUID(str(offered[id])) for id in sorted(filled.estates)),
            languages=languages,
            opens_on=dates.opens_on,
            closes_on=dates.closes_on,
            results_on=dates.results_on,
        ),
    )


def _dates(filled: Filled, problems: list[Problem], today: date) -> Dates | None:
    found: dict[str, date] = {}
    for name in DATE_FIELDS:
        try:
            found[name] = date.fromisoformat(filled.dates[name])
        except ValueError:
            problems.append(Problem(name, f"problem.{name}"))
    if len(found) < len(DATE_FIELDS):
        return None
    dates = Dates(**found)
    before = len(problems)
    if dates.closes_on < dates.opens_on:
        problems.append(Problem("closes_on", "problem.closes_before_opens"))
    elif dates.closes_on < today:
        problems.append(Problem("closes_on", "problem.closes_in_the_past"))
    if dates.results_on < dates.closes_on:
        problems.append(Problem("results_on", "problem.results_before_closes"))
    return dates if len(problems) == before else None
