"""What is reckoned from answers instead of being asked: whether a home is crowded, of its rooms and persons.

    computed: 'answers.personer / answers.rom > 2 ? "ja" : "nei"'      kind: choice, a word of its choices
    computed: answers.husleie + answers.strom                          kind: number

It is worked out on the way through the questionnaire, from answers that are on the route themselves. It is
unanswered when one of them is missing, when a number does not fit its limits, or when no choice has the word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal

from forms import measures
from forms.condition_tree import Kind
from forms.condition_types import fits
from forms.errors import ConditionFault, Fault, at
from forms.layout import Answer
from forms.logic import Condition, Seen, compile_condition, kinds
from forms.questionnaire import Item, Questionnaire

COMES_TO: dict[str, Kind] = {"number": "number", "choice": "word"}
"""What an expression has to come to, by the kind of the item; other kinds are not computed."""

BEYOND = 1e12
"""Numbers that are too long to be answers."""


def value(
    questionnaire: Questionnaire, item: Item, condition: Condition, seen: Mapping[str, Seen]
) -> Answer | None:
    """The answer that is computed from what is `seen`, as it is stored; None when there is none.

    A number is rounded to the decimals of the item, halves away from zero. ConditionFault when it adds up
    what cannot be added: a questionnaire that passed `check` does not.
    """
    found = condition.outcome(seen)
    if item.kind == "choice":
        return next((c.code for c in questionnaire.choices(item) if c.value == found), None)
    if not isinstance(found, float) or abs(found) >= BEYOND:
        return None
    rounded = Decimal(repr(found)).quantize(Decimal(1).scaleb(-item.decimals), ROUND_HALF_UP)
    read = measures.number(item, format(rounded, "f"))
    return read if isinstance(read, str) else None


def conditions(questionnaire: Questionnaire) -> dict[str, Condition]:
    """Of the computed items, by id: those that can be read, come to what they should, and read only what
    stands before them."""
    found: dict[str, Condition] = {}
    known = kinds(questionnaire)
    before: set[str] = set()
    for item in questionnaire.items():
        if item.computed is not None and item.kind in COMES_TO:
            try:
                condition = compile_condition(item.computed)
                if condition.references <= before:
                    fits(condition.node, known, COMES_TO[item.kind])
                    found[item.id] = condition
            except ConditionFault:  # lint_conditions has said so
                pass
        before.add(item.id)
    return found


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Expressions that tell more than may be told: of sensitive answers without being so, or of a consent."""
    items = {item.id: item for item in questionnaire.items()}
    for item_id, condition in conditions(questionnaire).items():
        place = at(item=item_id, field="computed")
        for name in sorted(condition.references):
            if items[name].consent:
                yield Fault.error(place, "computed_of_consent", item=name)
            elif items[name].sensitive and not items[item_id].sensitive:
                yield Fault.error(place, "computed_not_sensitive", item=name)
