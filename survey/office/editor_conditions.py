"""The condition of a page, a question, a row or an answer as rows to choose in: which question, how, what.

What an answer must fit is chosen in the same rows.

What rows cannot say is written as it is, in the language of conditions, and read back all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms import builder
from forms.builder import Op, Row
from forms.condition_tree import Kind
from forms.errors import ConditionFault, wording
from forms.expressions import parse
from forms.logic import kinds
from forms.questionnaire import Item, Questionnaire
from forms.spoken import must_be, shown_when
from survey.office.door import Form
from survey.office.fields import Problem

SPARE_ROWS = 1
MOST_ROWS = 12
_MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_NORWEGIAN_MONTH = re.compile(r"(0?[1-9]|1[0-2])[./]((?:19|20)[0-9]{2})")
_ANSWERED: tuple[Op, ...] = ("answered", "unanswered")
_MEASURED: tuple[Op, ...] = ("is", "is_not", "under", "at_most", "over", "at_least", *_ANSWERED)
_COMPARABLE: tuple[Kind, ...] = ("number", "month")
OPS: dict[Kind, tuple[Op, ...]] = {
    "word": ("one_of", "none_of", *_ANSWERED),
    "words": ("ticked", "not_ticked", *_ANSWERED),
    "text": _ANSWERED,
    "number": _MEASURED,
    "month": _MEASURED,
}
"""What can be asked of a question, by what its answer is to conditions."""


@dataclass(frozen=True)
class Pick:
    value: str
    text: str
    picked: bool


Readable = Sequence[tuple[str, Sequence[Item]]]
"""The questions that may be asked about, by the title of their page."""


@dataclass(frozen=True)
class RowShown:
    """`item`: '' until a question is chosen. `picks`: its answers, () where none is picked. `others`:
    questions whose answers it may be held against."""

    number: int
    item: str
    op: str
    ops: tuple[Op, ...]
    picks: tuple[Pick, ...]
    value: str
    typed: bool
    other: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Shown:
    """`rich`: more than rows can say; then `source` is edited. `spoken`: what it comes to, read back."""

    rows: tuple[RowShown, ...]
    all_of: bool
    rich: bool
    source: str
    spoken: str
    items: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    """What can be asked about: (title of the page, its questions as (id, words))."""


def fields_of(source: str | None, questionnaire: Questionnaire) -> dict[str, str | Sequence[str]]:
    """A condition as the fields of a form."""
    fields: dict[str, str | Sequence[str]] = {
        "cond_join": "all",
        "cond_source": source or "",
        "cond_way": "rows",
    }
    if not source:
        return fields
    try:
        found = builder.rows(parse(source))
    except ConditionFault:
        found = None
    known = kinds(questionnaire)
    if found is None or not all(_fits(row, known) for row in found[1]):
        return {**fields, "cond_way": "source"}
    all_of, rows = found
    picks = [
        f"{number}:{value}"
        for number, row in enumerate(rows)
        if known[row.item] in ("word", "words")
        for value in row.values
    ]
    return {
        **fields,
        "cond_join": "all" if all_of else "any",
        "cond_item": [row.item for row in rows],
        "cond_op": [_general(row.op, known[row.item]) for row in rows],
        "cond_value": [_typed(row, known[row.item]) for row in rows],
        "cond_other": [row.other for row in rows],
        "cond_pick": picks,
    }


def _fits(row: Row, known: Mapping[str, Kind]) -> bool:
    """Whether a row of the form can say it."""
    if row.item not in known:
        return False
    return not row.other or (known[row.item] == known.get(row.other) and known[row.item] in _COMPARABLE)


def turned(form: Form, questionnaire: Questionnaire, way: str) -> Form:
    """The same condition as it is written, or in rows where rows can say it. `way`: 'source', 'rows'."""
    if way == "source":
        source, _ = read(form, questionnaire)
        return Form({**form.fields, "cond_way": ["source"], "cond_source": [source]})
    fields = fields_of(form.one("cond_source").strip(), questionnaire)
    lists = {name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()}
    kept = {name: value for name, value in form.fields.items() if not name.startswith("cond_")}
    return Form({**kept, **lists, "cond_source": form.all("cond_source")})


def read(form: Form, questionnaire: Questionnaire) -> tuple[str, list[Problem]]:
    """The condition of a form, '' for none, and what is wrong with it."""
    if form.one("cond_way") == "source":
        return _checked(form.one("cond_source").strip())
    known = kinds(questionnaire)
    rows: list[Row] = []
    problems: list[Problem] = []
    for row in _typed_rows(form):
        if not row.item:
            continue
        if row.item not in known:
            problems.append(Problem(f"cond_item_{row.number}", "problem.editor.cond_item"))
            continue
        made = _row(row, known[row.item], known.get(row.other))
        if made is None:
            problems.append(Problem(f"cond_item_{row.number}", "problem.editor.cond_value"))
        else:
            rows.append(made)
    if problems or not rows:
        return "", problems
    return builder.asked(rows, known, all_of=form.one("cond_join") != "any"), []


def shown(
    form: Form, questionnaire: Questionnaire, readable: Readable, language: str, *, demand: bool = False
) -> Shown:
    """The builder with what is typed in it. `demand`: it is what an answer must fit, and read back so."""
    known = kinds(questionnaire)
    everything = {item.id: item for item in questionnaire.items()}
    rows = [row for row in _typed_rows(form) if row.item]
    rows += [_Typed(len(rows) + spare, "", "", "", (), "") for spare in range(SPARE_ROWS)]
    rich = form.one("cond_way") == "source"
    source = form.one("cond_source").strip() if rich else read(form, questionnaire)[0]
    offered = [
        (title, tuple((item.id, item.text.get(language) or item.id) for item in items if item.id in known))
        for title, items in readable
    ]
    there = {id for _, items in offered for id, _ in items}
    # What a row is about already stays on offer, wherever it stands.
    strays = tuple(
        (row.item, everything[row.item].text.get(language) or row.item)
        for row in rows
        if row.item in everything and row.item not in there
    )
    if strays:
        offered.append(("…", tuple(dict.fromkeys(strays))))
    pairs = tuple(pair for _, items in offered for pair in items)
    return Shown(
        rows=tuple(
            _shown_row(row, number, questionnaire, language, pairs) for number, row in enumerate(rows)
        ),
        all_of=form.one("cond_join") != "any",
        rich=rich,
        source=form.one("cond_source"),
        spoken=spoken(source, questionnaire, language, demand=demand),
        items=tuple((title, items) for title, items in offered if items),
    )


def spoken(source: str | None, questionnaire: Questionnaire, language: str, *, demand: bool = False) -> str:
    """'Vises når …', as the condition reads, or 'Dette må stemme: …'; what is wrong with one that does not
    read; '' for none."""
    if not source:
        return ""
    try:
        if demand:
            return must_be(parse(source), questionnaire, language)
        return shown_when(parse(source), questionnaire, language)
    except ConditionFault as fault:
        return fault.reason.worded(wording(language))


@dataclass(frozen=True)
class _Typed:
    number: int
    item: str
    op: str
    value: str
    picks: tuple[str, ...]
    other: str


def _typed_rows(form: Form) -> list[_Typed]:
    ops, values, others = form.all("cond_op"), form.all("cond_value"), form.all("cond_other")
    picks = [pick.partition(":") for pick in form.all("cond_pick")]
    return [
        _Typed(
            number,
            item,
            ops[number] if number < len(ops) else "",
            values[number] if number < len(values) else "",
            tuple(word for place, _, word in picks if place == str(number)),
            others[number] if number < len(others) else "",
        )
        for number, item in enumerate(form.all("cond_item")[:MOST_ROWS])
    ]


def _shown_row(
    row: _Typed,
    number: int,
    questionnaire: Questionnaire,
    language: str,
    offered: Sequence[tuple[str, str]],
) -> RowShown:
    known = kinds(questionnaire)
    kind = known.get(row.item)
    if kind is None or kind == "truth":
        return RowShown(number, "", "", (), (), "", typed=False)
    ops = OPS[kind]
    picks: tuple[Pick, ...] = ()
    if kind in ("word", "words"):
        item = questionnaire.item(row.item)
        t = wording(language)
        words = [(one.value, one.text.get(language)) for one in questionnaire.choices(item)]
        words += [(word, t(f"spoken.{word}")) for word in item.specials]
        picks = tuple(Pick(value, text or value, value in row.picks) for value, text in words)
    op = row.op if row.op in ops else ops[0]
    if kind not in _COMPARABLE:
        return RowShown(number, row.item, op, ops, picks, row.value, typed=False)
    others = tuple(pair for pair in offered if known.get(pair[0]) == kind and pair[0] != row.item)
    return RowShown(number, row.item, op, ops, picks, row.value, True, row.other, others)


def _row(row: _Typed, kind: Kind, other: Kind | None) -> Row | None:
    """None when an answer is missing, or is none that can be compared."""
    op = next((one for one in OPS.get(kind, ()) if one == row.op), None)
    if op is None:
        return None
    if op in _ANSWERED:
        return Row(row.item, op)
    if kind == "word":
        if len(row.picks) == 1:
            return Row(row.item, "is" if op == "one_of" else "is_not", row.picks)
        return Row(row.item, op, row.picks) if row.picks else None
    if kind == "words":
        return Row(row.item, op, row.picks) if len(row.picks) == 1 else None
    if row.other:
        return Row(row.item, op, other=row.other) if other == kind else None
    value = month_of(row.value) if kind == "month" else row.value.strip().replace(",", ".")
    if not value:
        return None
    made = Row(row.item, op, (value,))
    try:
        builder.asked([made], {row.item: kind}, all_of=True)
    except ValueError:
        return None
    return made


def month_of(typed: str) -> str | None:
    """'2024-05', typed so or as 5.2024.

    >>> month_of("5.2024"), month_of("2024-05"), month_of("mai")
    ('2024-05', '2024-05', None)
    """
    if _MONTH.fullmatch(typed.strip()):
        return typed.strip()
    found = _NORWEGIAN_MONTH.fullmatch(typed.strip())
    return f"{found[2]}-{int(found[1]):02}" if found else None


def _general(op: Op, kind: Kind) -> str:
    """'is' of a word is 'one of' with one answer: one way of choosing for both."""
    if kind == "word":
        return {"is": "one_of", "is_not": "none_of"}.get(op, op)
    return op


def _typed(row: Row, kind: Kind) -> str:
    return row.values[0] if row.values and kind in ("number", "month") else ""


def _checked(source: str) -> tuple[str, list[Problem]]:
    if not source:
        return "", []
    try:
        parse(source)
    except ConditionFault:
        return "", [Problem("cond_source", "problem.editor.cond_source")]
    return source, []
