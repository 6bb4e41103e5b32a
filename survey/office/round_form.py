"""The form of a round and of its deadline: what was written, what is wrong with it, what it becomes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from forms.influence import Declared
from forms.languages import DRAFTED, WRITTEN, name
from forms.modules import MODULES, joined, within
from forms.questionnaire import Questionnaire
from reports.disclosure import MINIMUM
from survey import declared
from survey.campaigns.panels import MOST_WAVES, Ready
from survey.campaigns.rounds import ARCHIVE_YEARS, CONTACT_DAYS, LONGEST_NAME, NewRound, Plan, Round
from survey.campaigns.templates import Dates, Template, a_year_after
from survey.office import declared_form
from survey.office.door import Form
from survey.office.fields import Problem, day_of, name_of, whole_of
from survey.register.errors import NoSuchEstate
from survey.register.estates import Estate

SHORTEST_NAME = 3
DATE_FIELDS = ("opens_on", "closes_on", "results_on")
GRADES = {"": None, **{str(grade): grade for grade in range(1, 8)}}
"""What the field of the declared grade may hold."""
SUGGESTED_WAVES = 3
WAVES = {str(waves): waves for waves in range(2, MOST_WAVES + 1)}
"""How many times a panel may be asked."""
YEARS = {str(years): years for years in range(1, 11)}
"""How long answers may be kept after closing."""
FEWEST_DRAWN = MINIMUM
"""Of a smaller sample no number could ever be shown."""
DRAWN = "drawn-"
"""How the fields begin in which it is written how many homes of an estate to draw."""
OWN = "draft:"
"""Begins what the form calls a questionnaire of the office."""
AGAIN = "round:"
"""Begins what it calls the questionnaire of the wave before, as it was asked."""
"""How the field of the template begins for a questionnaire of the office's own, before its id."""
MOST_DAYS = 365
"""How long addresses and invitations may be kept after closing."""


@dataclass(frozen=True)
class Filled:
    """The form as it was written, so that nothing has to be written twice."""

    template: str
    name: str
    estates: frozenset[str]
    languages: frozenset[str]
    dates: Mapping[str, str]
    grade: str = ""
    archive_years: str = str(ARCHIVE_YEARS)
    contact_days: str = str(CONTACT_DAYS)
    drop_links: bool = False
    mark: str = ""
    """Of the draft the form was filled in from."""
    panel: str = ""
    """'new', the id of a panel that goes on, or '' for a round that follows nobody."""
    waves: str = str(SUGGESTED_WAVES)
    modules: frozenset[str] = frozenset()
    """What is asked beside the template."""
    drawn: Mapping[str, str] = field(default_factory=dict)
    """How many homes to draw, by estate: what was written, where anything was."""
    declared: Declared = field(default_factory=dict)
    """Why it asks and what can be influenced, by language and field."""


@dataclass(frozen=True)
class Checked:
    problems: tuple[Problem, ...]
    plan: Plan | None
    """Set when there are no problems."""


@dataclass(frozen=True)
class NewChecked:
    problems: tuple[Problem, ...]
    new: NewRound | None
    """Set when there are no problems."""


def suggested(
    name: str,
    template: Template,
    estates: Sequence[Estate],
    dates: Dates,
    panel: str = "",
) -> Filled:
    """What the form shows first: a whole, sensible round that may be made as it stands."""
    return Filled(
        template=template.id,
        name=name,
        estates=frozenset(str(estate.id) for estate in estates),
        # Drafts are for who asks for them: no tenant meets one unless an officer has thought of it.
        languages=frozenset(template.core.languages) - set(template.core.unchecked),
        dates={name: getattr(dates, name).isoformat() for name in DATE_FIELDS},
        panel=panel,
        declared=declared.suggested(template.core.languages),
    )


def of_round(round: Round) -> Filled:
    """A draft as it stands."""
    return Filled(
        template="",
        name=round.name,
        estates=frozenset(str(estate.id) for estate in round.estates),
        languages=frozenset(round.languages),
        dates={name: getattr(round, name).isoformat() for name in DATE_FIELDS},
        grade=str(round.declared_grade or ""),
        archive_years=str(round.archive_years),
        contact_days=str(round.contact_days),
        mark=round.mark,
        declared=round.declared,
        drawn={str(estate): str(n) for estate, n in round.drawn.items()},
    )


def read(form: Form) -> Filled:
    return Filled(
        template=form.one("template"),
        name=name_of(form.one("name")),
        estates=frozenset(form.all("estate")),
        languages=frozenset(form.all("language")),
        dates={name: form.one(name).strip() for name in DATE_FIELDS},
        grade=form.one("grade"),
        archive_years=form.one("archive_years") or str(ARCHIVE_YEARS),
        contact_days=form.one("contact_days") if "contact_days" in form.fields else str(CONTACT_DAYS),
        drop_links=form.one("drop_links") == "1",
        mark=form.one("mark"),
        panel=form.one("panel"),
        waves=form.one("waves").strip() or str(SUGGESTED_WAVES),
        modules=frozenset(form.all("module")),
        declared=declared_form.read(form),
        drawn={
            name.removeprefix(DRAWN): written
            for name in form.fields
            if name.startswith(DRAWN) and (written := form.one(name).strip())
        },
    )


def check_new(
    filled: Filled,
    templates: Mapping[str, Template],
    modules: Collection[str],
    estates: Sequence[Estate],
    today: date,
    ready: Sequence[Ready] = (),
) -> NewChecked:
    """Every problem at once, in the order of the page. Raises NoSuchEstate as `check`.

    `modules`: the names of those that were offered. `ready`: panels that may go on with another wave.
    """
    template = templates.get(filled.template)
    questionnaire = asked(filled, template) if template else None
    known = questionnaire.languages if questionnaire else tuple(filled.languages)
    checked = check(filled, known, estates, today, panel=bool(filled.panel))
    problems = list(checked.problems)
    if template is None:
        problems.insert(0, Problem("template", "problem.template"))
    if filled.modules and filled.template.startswith((OWN, AGAIN)):
        problems.insert(0, Problem("modules", "problem.editor.modules"))
    elif not filled.modules <= set(modules):
        problems.insert(0 if template else 1, Problem("modules", "problem.modules"))
    goes_on = {str(panel.id): panel.id for panel in ready}
    if filled.panel not in ("", "new", *goes_on):
        problems.append(Problem("panel", "problem.panel"))
    if filled.panel == "new" and filled.waves not in WAVES:
        problems.append(Problem("waves", "problem.waves", {"most": MOST_WAVES}))
    if problems or questionnaire is None or checked.plan is None:
        return NewChecked(tuple(problems), None)
    new = NewRound(
        **vars(checked.plan),
        questionnaire=questionnaire,
        panel_waves=WAVES[filled.waves] if filled.panel == "new" else None,
        next_of=goes_on.get(filled.panel),
    )
    return NewChecked((), new)


def asked(filled: Filled, template: Template) -> Questionnaire:
    """The template with the modules that were ticked, in the languages that all of it has. Modules that do
    not exist are told elsewhere."""
    beside = (filled.modules & set(MODULES)) - within(template.questionnaire)
    return joined(template.core, beside) if beside else template.questionnaire


def check(
    filled: Filled, known: Sequence[str], estates: Sequence[Estate], today: date, *, panel: bool = False
) -> Checked:
    """Every problem at once, in the order of the page. `known`: languages of the questionnaire. `panel`:
    whether the round is a wave of one, for which nobody is drawn.

    Raises NoSuchEstate when an estate was asked for that the page did not offer: somebody else's, or none.
    """
    offered = {str(estate.id): estate.id for estate in estates}
    if filled.estates - offered.keys():
        raise NoSuchEstate()
    problems: list[Problem] = []
    if not SHORTEST_NAME <= len(filled.name) <= LONGEST_NAME:
        problems.append(Problem("name", "problem.name", {"shortest": SHORTEST_NAME, "longest": LONGEST_NAME}))
    if not filled.estates:
        problems.append(Problem("estates", "problem.estates"))
    drawn = _check_drawn(filled, estates, problems, panel)
    dates = check_dates(filled.dates, problems, today)
    languages = tuple(language for language in known if language in filled.languages)
    if lacking := sorted(filled.languages & set(DRAFTED) - set(known)):
        named = ", ".join(name(language) for language in lacking)
        problems.append(Problem("languages", "problem.languages_lacking", {"languages": named}))
    elif not languages:
        problems.append(Problem("languages", "problem.languages"))
    elif not set(languages) & set(WRITTEN) and set(known) & set(WRITTEN):
        problems.append(Problem("languages", "problem.languages_letters"))
    if filled.grade not in GRADES:
        problems.append(Problem("grade", "problem.grade"))
    problems.extend(declared_form.check(filled.declared, languages))
    if filled.archive_years not in YEARS:
        problems.append(Problem("archive_years", "problem.archive_years", {"most": max(YEARS.values())}))
    contact_days = whole_of(filled.contact_days)
    if contact_days is None or contact_days > MOST_DAYS:
        problems.append(Problem("contact_days", "problem.contact_days", {"most": MOST_DAYS}))
    if problems or dates is None or contact_days is None:
        return Checked(tuple(problems), None)
    plan = Plan(
        name=filled.name,
        estate_ids=tuple(UUID(str(offered[id])) for id in sorted(filled.estates)),
        languages=languages,
        opens_on=dates.opens_on,
        closes_on=dates.closes_on,
        results_on=dates.results_on,
        declared_grade=GRADES[filled.grade],
        declared=filled.declared,
        archive_years=YEARS[filled.archive_years],
        contact_days=contact_days,
        drawn=drawn,
    )
    return Checked((), plan)


def _check_drawn(
    filled: Filled, estates: Sequence[Estate], problems: list[Problem], panel: bool
) -> dict[UUID, int]:
    """How many homes to draw in the chosen estates that are not asked in full; `problems` may grow."""
    found: dict[UUID, int] = {}
    for estate in estates:
        written = filled.drawn.get(str(estate.id))
        if written is None or str(estate.id) not in filled.estates:
            continue
        n, most = whole_of(written), (estate.dwellings or 0) - 1
        if n is None or not FEWEST_DRAWN <= n <= most:
            values = {"estate": estate.name, "fewest": FEWEST_DRAWN, "most": most}
            problems.append(Problem(f"{DRAWN}{estate.id}", "problem.drawn", values))
        else:
            found[estate.id] = n
    if found and panel:
        problems.append(Problem("estates", "problem.drawn_panel"))
    return found


def name_taken(name: str) -> Problem:
    return Problem("name", "problem.name_taken", {"name": name})


def check_dates(written: Mapping[str, str], problems: list[Problem], today: date) -> Dates | None:
    """The dates in order, none more than a year after what comes before it, and no deadline in the past.

    None when `problems` got one more.
    """
    found = {name: day_of(written[name]) for name in DATE_FIELDS}
    wrong = [Problem(name, f"problem.{name}") for name, day in found.items() if day is None]
    opens_on, closes_on, results_on = found.values()
    if opens_on is not None and opens_on > (latest := a_year_after(today)):
        wrong.append(Problem("opens_on", "problem.opens_too_late", {"latest": latest}))
    if closes_on is not None:
        if opens_on is not None and closes_on < opens_on:
            wrong.append(Problem("closes_on", "problem.closes_before_opens"))
        elif closes_on < today:
            wrong.append(Problem("closes_on", "problem.closes_in_the_past"))
        elif opens_on is not None and closes_on > (latest := a_year_after(opens_on)):
            wrong.append(Problem("closes_on", "problem.closes_too_late", {"latest": latest}))
        if results_on is not None and results_on < closes_on:
            wrong.append(Problem("results_on", "problem.results_before_closes"))
        elif results_on is not None and results_on > (latest := a_year_after(closes_on)):
            wrong.append(Problem("results_on", "problem.results_too_late", {"latest": latest}))
    problems.extend(wrong)
    if wrong or opens_on is None or closes_on is None or results_on is None:
        return None
    return Dates(opens_on, closes_on, results_on)
