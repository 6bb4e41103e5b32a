"""Questions that need a consent: what it opens is asked of those who said 'ja', and of nobody else.

A condition such as `answers.samtykke != "nei"` reads well and asks those who passed the consent over; `check`
tries every condition on a consent with everything but 'ja'.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from forms.errors import ConditionFault, Fault, at
from forms.logic import Located, compile_condition, conditions, words
from forms.questionnaire import Item, Questionnaire

MAX_TRIALS = 5_000


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Consents that open nothing, and what they open without a yes or on their own page."""
    items = {item.id: item for item in questionnaire.items()}
    pages = {item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)}
    consents = {item.id for item in items.values() if item.consent}
    used: set[str] = set()
    for located in conditions(questionnaire) if consents else ():
        try:
            references = compile_condition(located.source).references
        except ConditionFault:
            continue  # lint_conditions has said so
        for consent in sorted(references & consents):
            used.add(consent)
            if located.first_item is not None and pages[located.first_item] == pages[consent]:
                yield Fault.error(located.place, "consent_same_page", item=consent)
            if references <= items.keys() and _opens_without(questionnaire, items, located, consent):
                yield Fault.error(located.place, "consent_not_needed", item=consent, condition=located.source)
    for consent in sorted(consents - used):
        yield Fault.warning(at(item=consent), "consent_unused", item=consent)


def _opens_without(
    questionnaire: Questionnaire, items: dict[str, Item], located: Located, consent: str
) -> bool:
    """Whether the condition holds for somebody who did not say 'ja'."""
    condition = compile_condition(located.source)
    names = sorted(condition.references)
    said = [["", "nei"] if name == consent else _all_words(questionnaire, items[name]) for name in names]
    try:
        return any(
            condition.holds(dict(zip(names, seen, strict=True)))
            for seen in islice(product(*said), MAX_TRIALS)
        )
    except ConditionFault:  # lint_conditions has said so
        return False


def _all_words(questionnaire: Questionnaire, item: Item) -> list[str] | list[str | list[str]]:
    answers = [None, *(choice.code for choice in questionnaire.choices(item))]
    if item.kind == "choice":
        return [words(questionnaire, item, code) for code in answers]
    return [words(questionnaire, item, None if code is None else [code]) for code in answers]
