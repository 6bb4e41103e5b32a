"""Conditions: which pages, questions and choices a tenant sees, in the language of `expressions`.

Evaluated by an engine for CEL (Common Expression Language), here and in the browser of who makes a
questionnaire. What an answer looks like to a condition is `seen_as`:

    answers.heis == "nei"              choice: the word of the answer, "" when unanswered
    "fukt" in answers.mangler          multi, rank: a list of words, [] when unanswered
    answers.kommentar != ""            text: the words
    answers.rom < 3                    number, choices worth a number: that number, absent when unanswered
    answers.flyttet >= "2024-05"       month: as it is stored, absent when unanswered

'vil_ikke_svare', 'vet_ikke' and 'ikke_aktuelt' are words like any other. What cannot be decided because a
number or a month is absent is not true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forms.answers import Answer
from forms.catalogue import Message
from forms.condition_tree import Kind, Node, names
from forms.engine import cel
from forms.errors import ConditionFault, Fault, Place, QuestionnaireFault, at
from forms.expressions import for_engines, parse
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Questionnaire

Words = str | list[str]
Seen = str | list[str] | float

_SPECIAL_WORDS = {code: word for word, code in SPECIAL_CODES.items()}
_KINDS: dict[str, Kind] = {
    "choice": "word",
    "multi": "words",
    "rank": "words",
    "text": "text",
    "number": "number",
    "month": "month",
}
"""Of the kinds of items that conditions can read."""


@dataclass(frozen=True)
class Located:
    """A condition, the place it stands, and the first item it decides on.

    `must`: it is a demand on the answer to that item, which it may read; nothing is shown or hidden by it.
    `computed`: it is no condition but an expression for the answer itself.
    """

    place: Place
    source: str
    first_item: str | None
    must: bool = False
    computed: bool = False


def words(questionnaire: Questionnaire, item: Item, answer: Answer | None) -> Words:
    """An answer as conditions see it. Codes that the item does not know are left out."""
    if item.kind == "text":
        return answer if isinstance(answer, str) else ""
    by_code = {choice.code: choice.value for choice in questionnaire.choices(item)} | _SPECIAL_WORDS
    if item.kind == "choice":
        return by_code.get(answer, "") if isinstance(answer, int) else ""
    codes = [answer] if isinstance(answer, int) else answer if isinstance(answer, list) else []
    return [by_code[code] for code in codes if code in by_code]


def seen_as(questionnaire: Questionnaire, item: Item, answer: Answer | None) -> Seen | None:
    """An answer as conditions see it. None: it is not there for them."""
    match kind_of(questionnaire, item):
        case "number" if item.kind == "choice":
            worth = {choice.code: choice.number for choice in questionnaire.choices(item)}
            return worth.get(answer) if isinstance(answer, int) else None
        case "number":
            return float(answer) if isinstance(answer, str) and answer else None
        case "month":
            return answer if isinstance(answer, str) and answer else None
        case None:
            return None
        case _:
            return words(questionnaire, item, answer)


def all_seen(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> dict[str, Seen]:
    """Every item that is there for conditions, by id."""
    seen = {item.id: seen_as(questionnaire, item, answers.get(item.id)) for item in questionnaire.items()}
    return {name: said for name, said in seen.items() if said is not None}


def kinds(questionnaire: Questionnaire) -> dict[str, Kind]:
    """What each item is to conditions, by id; those that conditions cannot read are left out."""
    found = {item.id: kind_of(questionnaire, item) for item in questionnaire.items()}
    return {name: kind for name, kind in found.items() if kind is not None}


def kind_of(questionnaire: Questionnaire, item: Item) -> Kind | None:
    """None for what conditions cannot read."""
    steps = questionnaire.steps(item) if item.kind == "choice" else ()
    if steps and all(choice.number is not None for choice in steps):
        return "number"
    return _KINDS.get(item.kind)


@dataclass(frozen=True)
class Condition:
    """One compiled condition."""

    source: str
    node: Node
    _program: cel.Program

    def holds(self, seen: Mapping[str, Seen]) -> bool:
        """Whether it is true of what is `seen`, by item id; not when that cannot be decided.

        ConditionFault when it compares what cannot be compared, or comes to something else than yes or no.
        """
        found = self._evaluated(seen)
        if found is None:
            return False
        if not isinstance(found, bool):
            raise ConditionFault(self.source, Message.of("reason.not_yes_or_no"))
        return found

    def outcome(self, seen: Mapping[str, Seen]) -> bool | float | str | None:
        """What it comes to; None when something it needs is unanswered, or it divides by 0."""
        found = self._evaluated(seen)
        if found is None or isinstance(found, bool | float | str):
            return found
        raise ConditionFault(self.source, Message.of("reason.not_yes_or_no"))

    def _evaluated(self, seen: Mapping[str, Seen]) -> object:
        # The engine copies what it is given: a condition on one answer must not pay for all of them.
        given = {name: seen[name] for name in self.references if name in seen}
        try:
            return self._program.execute({"answers": given})
        except KeyError:
            return None
        except (RuntimeError, TypeError, ValueError) as problem:
            raise ConditionFault(self.source, Message.of("reason.not_comparable")) from problem

    @cached_property
    def references(self) -> frozenset[str]:
        """Ids of the items it reads."""
        return names(self.node)


@lru_cache(maxsize=4096)
def compile_condition(source: str) -> Condition:
    """ConditionFault when it is not in the language."""
    node = parse(source)
    return Condition(source, node, cel.compile(for_engines(node)))


def compile_conditions(questionnaire: Questionnaire) -> dict[str, Condition]:
    """Every condition of the questionnaire by its source. QuestionnaireFault lists the unreadable."""
    compiled: dict[str, Condition] = {}
    faults: list[Fault] = []
    for located in conditions(questionnaire):
        try:
            compiled[located.source] = compile_condition(located.source)
        except ConditionFault as fault:
            faults.append(unreadable(located.place, fault))
    if faults:
        raise QuestionnaireFault(faults)
    return compiled


def unreadable(place: Place, fault: ConditionFault) -> Fault:
    return Fault.error(place, "condition_unreadable", condition=fault.source, reason=fault.reason)


def conditions(questionnaire: Questionnaire) -> Iterator[Located]:
    """Every condition in order, with the place it stands; expressions of computed items among them."""
    for page in questionnaire.pages:
        place = at(page=page.id)
        if page.show_if is not None:
            first = next((item.id for item in questionnaire.page_items(page)), None)
            yield Located(place.at(field="show_if"), page.show_if, first)
        for entry in page.items:
            rows = entry.rows if isinstance(entry, Matrix) else (entry,)
            if entry.show_if is not None:
                yield Located(place.at(item=entry.id, field="show_if"), entry.show_if, rows[0].id)
            for row in rows:
                own = place.at(item=row.id)
                if row is not entry and row.show_if is not None:
                    yield Located(own.at(field="show_if"), row.show_if, row.id)
                if row.computed is not None:
                    yield Located(own.at(field="computed"), row.computed, row.id, computed=True)
                for must in row.must:
                    yield Located(own.at(field="must"), must.condition, row.id, must=True)
                yield from _of_choices(own, row.choices, row.id)
    for scale in questionnaire.scales:
        if all(choice.show_if is None for choice in scale.choices):
            continue
        first = next((item.id for item in questionnaire.items() if item.scale == scale.id), None)
        yield from _of_choices(at(scale=scale.id), scale.choices, first)


def _of_choices(place: Place, choices: tuple[Choice, ...], first_item: str | None) -> Iterator[Located]:
    for choice in choices:
        if choice.show_if is not None:
            yield Located(place.at(choice=choice.value, field="show_if"), choice.show_if, first_item)
