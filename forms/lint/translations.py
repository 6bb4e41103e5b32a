"""Texts that a declared language lacks, or that nobody gets to see."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import Fault, at
from forms.languages import SPOKEN, name
from forms.questionnaire import Questionnaire
from forms.texts import whole


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    declared = questionnaire.languages
    for place, text in whole(questionnaire):
        for language in declared:
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
