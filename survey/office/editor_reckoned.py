"""A computed value as fields: what is reckoned with, row by row, and for which numbers it is which answer.

What rows cannot say is written as it is, in the language of conditions, and read back all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forms.condition_tree import Arithmetic, Comparison
from forms.errors import ConditionFault, wording
from forms.expressions import parse
from forms.logic import kinds
from forms.questionnaire import Item, Questionnaire
from forms.reckoned import LIMITS, OPS, Calculation, Case, Term, taken_apart, written
from forms.spoken import worked_out
from survey.office.door import Form
from survey.office.fields import Problem

MOST_ROWS = 12
_OPS: dict[str, Arithmetic] = {"plus": "+", "minus": "-", "times": "*", "divided": "/"}
_LIMITS: dict[str, Comparison] = {"over": ">", "at_least": ">=", "under": "<", "at_most": "<=", "is": "=="}
OP_NAMES = {sign: name for name, sign in _OPS.items()}
LIMIT_NAMES = {sign: name for name, sign in _LIMITS.items()}


@dataclass(frozen=True)
class TermShown:
    op: str
    item: str
    number: str


@dataclass(frozen=True)
class CaseShown:
    op: str
    limit: str
    value: str


@dataclass(frozen=True)
class Shown:
    """`rich`: more than rows can say; then `source` is edited. `spoken`: how it comes about, read back."""

    terms: tuple[TermShown, ...]
    cases: tuple[CaseShown, ...]
    otherwise: str
    rich: bool
    source: str
    spoken: str
    items: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """The numbers that may be reckoned with: (title of the page, its questions as (id, words))."""
    answers: tuple[tuple[str, str], ...]
    """Of a computed choice what it may come to: (value, words)."""


def fields_of(source: str) -> dict[str, str | Sequence[str]]:
    """A computed value as the fields of a form."""
    fields: dict[str, str | Sequence[str]] = {"calc_way": "rows", "calc_source": source}
    try:
        found = taken_apart(parse(source))
    except ConditionFault:
        found = None
    if found is None:
        return {**fields, "calc_way": "source"}
    return {
        **fields,
        "calc_op": [OP_NAMES[term.op] for term in found.terms],
        "calc_item": [term.item for term in found.terms],
        "calc_number": [_comma(term.number) for term in found.terms],
        "case_op": [LIMIT_NAMES[case.op] for case in found.cases],
        "case_limit": [_comma(case.limit) for case in found.cases],
        "case_value": [case.value for case in found.cases],
        "case_otherwise": found.otherwise,
    }


def read(form: Form, *, closed: bool) -> tuple[str, list[Problem]]:
    """The expression of a form, and what is wrong with it. `closed`: it comes to one of some answers."""
    if form.one("calc_way") == "source":
        source = form.one("calc_source").strip()
        try:
            parse(source)
        except ConditionFault:
            return "", [Problem("calc_source", "problem.editor.cond_source")]
        return source, []
    terms = tuple(
        Term(_OPS.get(row.op, "+") if place else "+", row.item, "" if row.item else _point(row.number))
        for place, row in enumerate(_terms(form))
    )
    cases = tuple(Case(_LIMITS[row.op], _point(row.limit), row.value) for row in _cases(form))
    if closed and not cases:
        return "", [Problem("case_0", "problem.editor.calc_case")]
    try:
        return written(Calculation(terms, cases if closed else (), form.one("case_otherwise"))), []
    except ValueError:
        return "", [Problem("calc_0", "problem.editor.calc")]


def turned(form: Form, way: str, *, closed: bool) -> Form:
    """The same as it is written, or in rows where rows can say it. `way`: 'source', 'rows'."""
    if way == "source":
        source, _ = read(form, closed=closed)
        return Form({**form.fields, "calc_way": ["source"], "calc_source": [source]})
    found = fields_of(form.one("calc_source").strip())
    lists = {name: [value] if isinstance(value, str) else list(value) for name, value in found.items()}
    return Form({**form.fields, **lists})


def shown(form: Form, questionnaire: Questionnaire, item: Item, language: str) -> Shown:
    """The rows with what is typed in them."""
    closed = item.kind == "choice"
    rich = form.one("calc_way") == "source"
    source = form.one("calc_source").strip() if rich else read(form, closed=closed)[0]
    try:
        answers = tuple((one.value, one.text.get(language)) for one in questionnaire.choices(item))
    except KeyError:  # a scale that is gone: the check tells of it
        answers = ()
    return Shown(
        terms=(*_terms(form), TermShown("plus", "", "")),
        cases=(*_cases(form), CaseShown("over", "", "")) if closed else (),
        otherwise=form.one("case_otherwise"),
        rich=rich,
        source=form.one("calc_source"),
        spoken=spoken(source, questionnaire, item, language),
        items=numbers_before(questionnaire, item.id, language),
        answers=answers if closed else (),
    )


def spoken(source: str, questionnaire: Questionnaire, item: Item, language: str) -> str:
    """How it comes about, in words; what is wrong with what does not read; '' for nothing."""
    if not source:
        return ""
    try:
        how = worked_out(parse(source), item, questionnaire, language, {})
    except ConditionFault as fault:
        return fault.reason.worded(wording(language))
    return how[:1].upper() + how[1:]


def numbers_before(
    questionnaire: Questionnaire, item_id: str, language: str
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What can be reckoned with where this question stands: answers before it that are numbers."""
    known = kinds(questionnaire)
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for page in questionnaire.pages:
        row: list[tuple[str, str]] = []
        for item in questionnaire.page_items(page):
            if item.id == item_id:
                return (*found, (page.title.get(language), tuple(row))) if row else tuple(found)
            if known.get(item.id) == "number":
                row.append((item.id, item.text.get(language) or item.id))
        if row:
            found.append((page.title.get(language), tuple(row)))
    return tuple(found)


def _terms(form: Form) -> list[TermShown]:
    ops, numbers = form.all("calc_op"), form.all("calc_number")
    rows = [
        TermShown(_at(ops, place, "plus"), item, _at(numbers, place, ""))
        for place, item in enumerate(form.all("calc_item")[:MOST_ROWS])
    ]
    return [row for row in rows if row.item or row.number.strip()]


def _cases(form: Form) -> list[CaseShown]:
    limits, values = form.all("case_limit"), form.all("case_value")
    rows = [
        CaseShown(op, _at(limits, place, ""), _at(values, place, ""))
        for place, op in enumerate(form.all("case_op")[:MOST_ROWS])
    ]
    return [row for row in rows if row.op in _LIMITS and row.limit.strip() and row.value]


def _at(values: Sequence[str], place: int, otherwise: str) -> str:
    return values[place] if place < len(values) else otherwise


def _point(typed: str) -> str:
    return "".join(typed.split()).replace(",", ".").replace("−", "-")


def _comma(number: str) -> str:
    return number.replace(".", ",")


LIMIT_WORDS = tuple(LIMIT_NAMES[sign] for sign in LIMITS)
OP_WORDS = tuple(OP_NAMES[sign] for sign in OPS)
