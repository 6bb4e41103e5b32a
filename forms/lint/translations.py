"""Texts that a declared language lacks, or that nobody gets to see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from forms.errors import Fault, at
from forms.languages import SPOKEN, name
from forms.questionnaire import Questionnaire
from forms.texts import whole

MOST_TOLD = 3
"""Texts that one language lacks and that are told one by one."""


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    declared = questionnaire.languages
    for place, text in whole(questionnaire):
        if not text.root.get(declared[0], "").strip():
            yield Fault.error(place, "text_empty", language=declared[0])
        for language in declared[1:]:
            if not text.root.get(language, "").strip():
                yield Fault.error(place, "text_missing", language=language, name=name(language))
        if strange := sorted(set(text.root) - set(declared)):
            yield Fault.warning(place, "text_undeclared", languages=tuple(strange))
    for language in declared:
        if language not in SPOKEN:
            place = at(questionnaire=questionnaire.id, field="languages")
            yield Fault.warning(place, "language_unwritten", language=language, written=SPOKEN)
    for language in questionnaire.unchecked:
        place = at(questionnaire=questionnaire.id, field="unchecked")
        yield Fault.warning(place, "language_unchecked", language=language)


def together(faults: Sequence[Fault]) -> list[Fault]:
    """The same, and of each language that lacks many texts one fault that says how many and names the first:
    who forgot to translate wants to know so once."""
    lacking: dict[object, list[Fault]] = {}
    for fault in faults:
        if fault.kind == "text_missing":
            lacking.setdefault(dict(fault.message.values)["language"], []).append(fault)
    found: list[Fault] = []
    for fault in faults:
        values = dict(fault.message.values)
        own = lacking.get(values.get("language"), []) if fault.kind == "text_missing" else []
        if len(own) <= MOST_TOLD:
            found.append(fault)
        elif fault is own[0]:
            found.append(Fault.error(fault.place, "texts_missing", n=len(own), **values))
    return found
