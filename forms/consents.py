"""Questions that need a consent: what it opens is asked of those who said 'ja', and of nobody else.

A condition such as `answers.samtykke != "nei"` reads well and asks those who passed the consent over; `check`
tries every condition on a consent with everything but 'ja'.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms.condition_types import type_of
from forms.errors import ConditionFault, Fault, at
from forms.logic import Condition, compile_condition, conditions
from forms.questionnaire import Questionnaire
from forms.reach import Reach


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Consents that open nothing, and what they open without a yes or on their own page."""
    pages = {item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)}
    consents = {item.id for item in questionnaire.items() if item.consent}
    reach = Reach(questionnaire)
    used: set[str] = set()
    for located in conditions(questionnaire) if consents else ():
        try:
            condition = compile_condition(located.source)
        except ConditionFault:
            continue  # lint_conditions has said so
        for consent in (
            sorted(condition.references & consents) if not located.must and not located.computed else ()
        ):
            used.add(consent)
            if located.first_item is not None and pages[located.first_item] == pages[consent]:
                yield Fault.error(located.place, "consent_same_page", item=consent)
            if _opens_without(reach, condition, consent):
                yield Fault.error(located.place, "consent_not_needed", item=consent, condition=located.source)
    for consent in sorted(consents - used):
        yield Fault.warning(at(item=consent), "consent_unused", item=consent)


def _opens_without(reach: Reach, condition: Condition, consent: str) -> bool:
    """Whether it holds for somebody who did not say 'ja'."""
    try:
        if not condition.references <= reach.kinds.keys() or type_of(condition.node, reach.kinds) != "truth":
            return False
    except ConditionFault:  # lint_conditions has said so
        return False
    return True in reach.tried([condition.source], on_route=False, unsaid=(consent, "ja")).outcomes
