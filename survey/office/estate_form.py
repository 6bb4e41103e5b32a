"""The form of an estate: what was written, what is wrong with it, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass

from survey.office.door import Form
from survey.office.fields import Problem, name_of, whole_of
from survey.register.estates import MOST_DWELLINGS, Estate

LIMITS = {"name": (2, 100, "problem.estate_name"), "area": (2, 100, "problem.area")}


@dataclass(frozen=True)
class Filled:
    """The form as it was written, so that nothing has to be written twice."""

    name: str = ""
    area: str = ""
    dwellings: str = ""
    mark: str = ""
    """Of the estate the form was filled in from."""


@dataclass(frozen=True)
class Checked:
    """`dwellings` None with no problems: not known, and not known before either."""

    problems: tuple[Problem, ...]
    dwellings: int | None


def of_estate(estate: Estate) -> Filled:
    return Filled(
        estate.name, estate.area, "" if estate.dwellings is None else str(estate.dwellings), estate.mark
    )


def read(form: Form) -> Filled:
    return Filled(
        name_of(form.one("name")), name_of(form.one("area")), form.one("dwellings").strip(), form.one("mark")
    )


def check(filled: Filled, *, unknown_allowed: bool) -> Checked:
    """Every problem at once, in the order of the page."""
    problems = []
    for field, (shortest, longest, key) in LIMITS.items():
        if not shortest <= len(getattr(filled, field)) <= longest:
            problems.append(Problem(field, key, {"shortest": shortest, "longest": longest}))
    dwellings = whole_of(filled.dwellings)
    unknown = unknown_allowed and not filled.dwellings
    if not unknown and (dwellings is None or not 1 <= dwellings <= MOST_DWELLINGS):
        problems.append(Problem("dwellings", "problem.dwellings", {"most": MOST_DWELLINGS}))
    return Checked(tuple(problems), dwellings)
