"""What is wrong or unkind in a questionnaire that can be read: `check` finds it all at once.

With an error no round should open: somebody would be asked nonsense, or numbers would mean nothing. Warnings
are for the judgement of the author. Notes ask for nothing: they say what will not be seen of the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from forms import computed, consents, integrity, lint_conditions, piping, versions
from forms.errors import Fault, Severity, at
from forms.lint import characters, choices, kindness, scoring, size, telling, translations, wording
from forms.questionnaire import Questionnaire


def check(questionnaire: Questionnaire, before: Questionnaire | None = None) -> list[Fault]:
    """Every fault, errors first and notes last, otherwise in the order of the questionnaire.

    `before`: the version that rounds were held with; then also what would mix its answers with new ones.
    """
    if much := list(size.check(questionnaire)):
        return much
    broken = integrity.faults(questionnaire)
    found = [
        *broken,
        *size.texts(questionnaire),
        *translations.check(questionnaire),
        *lint_conditions.check(questionnaire),
        *computed.check(questionnaire),
        *consents.check(questionnaire),
        *piping.check(questionnaire),
        *scoring.check(questionnaire),
        *_meanings(questionnaire),
        *_short_form(questionnaire),
        *characters.check(questionnaire),
        *choices.check(questionnaire),
        *kindness.check(questionnaire),
        *wording.check(questionnaire),
    ]
    if not broken:
        found += telling.check(questionnaire)
    if before is not None and not broken:
        found += versions.faults(before, questionnaire)
    return sorted(found, key=lambda fault: get_args(Severity).index(fault.severity))


def _meanings(questionnaire: Questionnaire) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for item in questionnaire.items():
        one = first.setdefault(item.meaning, item.id)
        if one != item.id:
            place = at(item=item.id, field="meaning")
            yield Fault.error(place, "meaning_twice", meaning=item.meaning, one=one, other=item.id)


def _short_form(questionnaire: Questionnaire) -> Iterator[Fault]:
    short = questionnaire.short_form()
    left = {item.id for item in short.items()}
    if not left or len(left) == sum(1 for _ in questionnaire.items()):
        return
    for fault in lint_conditions.missing_items(short):
        place = fault.place.within(at(short_form=""))
        yield Fault.error(place, "short_form_item_missing", **dict(fault.message.values))
