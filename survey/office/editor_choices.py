"""The answers of a question or a scale as fields: words, points, what each is worth, drawings, order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forms import pictures
from forms.answers import clean_text
from forms.builder import digits
from forms.editing import Document, unique
from forms.lint.size import LONGEST_TEXT
from survey.office.door import Form
from survey.office.fields import Problem

SPARE_CHOICES = 2
"""Empty fields after the answers there are, for more."""
MOST_CHOICES = 60
_DECIMAL = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,6})?")


@dataclass(frozen=True)
class ChoiceRow:
    """One answer as it is typed. `code`: '' for a new one. `number`: what it is worth to what is reckoned."""

    code: str
    text: str
    score: str
    exclusive: bool
    number: str = ""
    off_scale: bool = False
    picture: str = ""

    @property
    def more(self) -> bool:
        """Whether there is something to see besides its words and points."""
        return bool(self.number or self.off_scale or self.picture)


def choice_rows(form: Form, *, spare: int = SPARE_CHOICES) -> tuple[ChoiceRow, ...]:
    """The answers as they are typed, with empty fields after them."""
    typed = list(_typed(form))
    while typed and not typed[-1].text.strip() and not typed[-1].code:
        typed.pop()
    return (*typed, *(ChoiceRow("", "", "", exclusive=False) for _ in range(spare)))


def moved(form: Form, place: int, by: int) -> Form:
    """The same form with one answer a place up or down."""
    rows = list(choice_rows(form, spare=0))
    if 0 <= place < len(rows) and 0 <= place + by < len(rows):
        rows.insert(place + by, rows.pop(place))
    return Form({**form.fields, **_of_rows(rows)})


def _typed(form: Form) -> Iterator[ChoiceRow]:
    codes, scores = form.all("choice_code"), form.all("choice_score")
    numbers, drawn = form.all("choice_number"), form.all("choice_picture")
    alone, off = form.all("choice_exclusive"), form.all("choice_off")
    for place, text in enumerate(form.all("choice_text")[:MOST_CHOICES]):
        code, score, number, picture = (
            values[place] if place < len(values) else "" for values in (codes, scores, numbers, drawn)
        )
        yield ChoiceRow(code, text, score, str(place) in alone, number, str(place) in off, picture)


def of_choices(choices: Sequence[Document], language: str) -> dict[str, Sequence[str]]:
    return _of_rows(
        [
            ChoiceRow(
                str(choice["code"]),
                choice["text"].get(language, ""),
                decimal(choice.get("score")),
                bool(choice.get("exclusive")),
                decimal(choice.get("number")),
                bool(choice.get("off_scale")),
                choice.get("picture") or "",
            )
            for choice in choices
        ]
    )


def _of_rows(rows: Sequence[ChoiceRow]) -> dict[str, Sequence[str]]:
    return {
        "choice_code": [row.code for row in rows],
        "choice_text": [row.text for row in rows],
        "choice_score": [row.score for row in rows],
        "choice_number": [row.number for row in rows],
        "choice_picture": [row.picture for row in rows],
        "choice_exclusive": [str(place) for place, row in enumerate(rows) if row.exclusive],
        "choice_off": [str(place) for place, row in enumerate(rows) if row.off_scale],
    }


def read_choices(
    form: Form, entry: Document, problems: list[Problem], language: str, *, scored: bool
) -> list[Document]:
    """The answers; those that were there keep their code and word, whatever they are called now."""
    before = {str(choice["code"]): choice for choice in entry.get("choices", [])}
    rows = [(n, row) for n, row in enumerate(choice_rows(form, spare=0)) if clean_text(row.text)]
    made: list[Document] = []
    next_code = max([int(code) for code in before] or [0]) + 1
    values = {choice["value"] for choice in before.values()}
    for place, row in rows:
        words = clean_text(row.text)[:LONGEST_TEXT]
        old = before.pop(row.code, None)
        if old is None:
            value = unique(words, values, "svar")
            values.add(value)
            old = {"code": next_code, "value": value, "text": {}}
            next_code += 1
        choice = {**old, "text": {**old["text"], language: words}}
        if scored:
            choice |= {"exclusive": row.exclusive, "score": _score(row.score, place, problems)}
        if form.all("choice_number"):  # fields of their own, where answers have such
            choice |= {
                "number": _number(row.number, place, problems),
                "off_scale": row.off_scale,
                "picture": row.picture if row.picture in pictures.NAMES else None,
            }
        made.append(choice)
    if next_code > 250:
        problems.append(Problem("answers", "problem.editor.codes"))
    return made


def _score(typed: str, place: int, problems: list[Problem]) -> float | None:
    if not typed.strip():
        return None
    number = number_of(typed)
    if number is None or not 0 <= number <= 100:
        problems.append(Problem(f"choice_score_{place}", "problem.editor.score"))
        return None
    return number


def _number(typed: str, place: int, problems: list[Problem]) -> float | None:
    number = number_of(typed) if typed.strip() else None
    if typed.strip() and number is None:
        problems.append(Problem(f"choice_number_{place}", "problem.editor.number"))
    return number


def number_of(typed: str) -> float | None:
    plain = "".join(typed.split()).replace("−", "-")
    if not plain.isascii() or not _DECIMAL.fullmatch(plain):
        return None
    return float(plain.replace(",", "."))


def decimal(number: float | None) -> str:
    """As it is typed: '1250000', '0,125'; '' for none."""
    return "" if number is None else digits(float(number)).replace(".", ",")
