"""The part of the round's form in which it is said why the round asks and what can be influenced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forms.influence import FIELDS, LONGEST, Declared
from forms.languages import SPOKEN
from survey.office.door import Form
from survey.office.fields import Problem, name_of


def field_of(field: str, language: str) -> str:
    """What the field is called in the form."""
    return f"declared_{field}_{language}"


def read(form: Form) -> Declared:
    """As it was typed, each text on one line."""
    return {
        language: {field: name_of(form.one(field_of(field, language))) for field in FIELDS}
        for language in SPOKEN
    }


def check(declared: Declared, languages: Sequence[str]) -> Iterator[Problem]:
    """What is too long, in the languages of the round."""
    for language in languages:
        for field, text in declared.get(language, {}).items():
            if len(text) > LONGEST:
                values = {"most": LONGEST, "there": len(text)}
                yield Problem(field_of(field, language), "problem.declared", values)
