"""Conditions: which pages, questions and choices a tenant sees, written in CEL (Common Expression Language).

    answers.heis == "nei" && answers.etasje != "forste"    choice: the word of the answer, "" when unanswered
    "fukt" in answers.mangler                              multi, rank: a list of words, [] when unanswered
    answers.kommentar != ""                                text: the words

'vil_ikke_svare', 'vet_ikke' and 'ikke_aktuelt' are words like any other. Arithmetic, size() and pattern
matching are left out on purpose: the engines for the server and the browser disagree about them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from forms.answers import Answer
from forms.catalogue import Message
from forms.engine import cel
from forms.errors import ConditionFault, Fault, Place, QuestionnaireFault, at
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Questionnaire

Words = str | list[str]

ALLOWED = frozenset({"_==_", "_!=_", "@in", "_&&_", "_||_", "!_", "@not_strictly_false", "_?_:_"})
"""What a condition may use; `@not_strictly_false` is part of what `exists` and `all` are made of."""

_SPECIAL_WORDS = {code: word for word, code in SPECIAL_CODES.items()}
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_REFERENCE = re.compile(r"\banswers\s*\.\s*([A-Za-z_]\w*)")
_AS_A_WHOLE = re.compile(r"\banswers\b(?!\s*\.\s*[A-Za-z_]\w*\b(?!\s*\())")
"""`answers` without a name behind it, or with that of a macro."""
_ENGINE_PLACE = re.compile(r"ERROR: <input>:1:(\d+): ")
_ENGINE_NAME = re.compile(r"Undefined variable or function: '([^']*)'")


@dataclass(frozen=True)
class Located:
    """A condition, the place it stands, and the first item it decides on."""

    place: Place
    source: str
    first_item: str | None


def words(questionnaire: Questionnaire, item: Item, answer: Answer | None) -> Words:
    """An answer as conditions see it. Codes that the item does not know are left out."""
    if item.kind == "text":
        return answer if isinstance(answer, str) else ""
    by_code = {choice.code: choice.value for choice in questionnaire.choices(item)} | _SPECIAL_WORDS
    if item.kind == "choice":
        return by_code.get(answer, "") if isinstance(answer, int) else ""
    codes = [answer] if isinstance(answer, int) else answer if isinstance(answer, list) else []
    return [by_code[code] for code in codes if code in by_code]


@dataclass(frozen=True)
class Condition:
    """One compiled condition."""

    source: str
    _program: cel.Program

    def holds(self, seen: Mapping[str, Words]) -> bool:
        """Whether it is true of the words `seen`, by item id. ConditionFault when it cannot be evaluated."""
        # The engine copies what it is given: a condition on one answer must not pay for all of them.
        if self.reads is None:
            given = dict(seen)
        else:
            given = {name: seen[name] for name in self.reads if name in seen}
        try:
            outcome = self._program.execute({"answers": given})
        except (KeyError, RuntimeError, TypeError, ValueError) as problem:
            raise ConditionFault(self.source, _reason(problem)) from problem
        if not isinstance(outcome, bool):
            raise ConditionFault(self.source, Message.of("reason.not_yes_or_no"))
        return outcome

    @cached_property
    def references(self) -> frozenset[str]:
        """Ids of the items it reads."""
        return frozenset(_REFERENCE.findall(_STRING.sub('""', self.source)))

    @cached_property
    def reads(self) -> frozenset[str] | None:
        """Names it must be given; None when it looks at the answers as a whole."""
        return None if _AS_A_WHOLE.search(_STRING.sub('""', self.source)) else self.references


@lru_cache(maxsize=4096)
def compile_condition(source: str) -> Condition:
    """ConditionFault when it is not CEL, or uses parts of CEL that are not for questionnaires."""
    try:
        program = cel.compile(source)
    except (ValueError, RuntimeError) as problem:
        raise ConditionFault(source, _reason(problem)) from problem
    if strange := sorted(set(program.functions()) - ALLOWED):
        used = ", ".join(_readable(name) for name in strange)
        raise ConditionFault(source, Message.of("reason.uses", used=used))
    return Condition(source, program)


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
    """Every condition in order, with the place it stands."""
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


def _reason(problem: BaseException) -> Message:
    """The engine's complaint, in none of the engine's words."""
    if isinstance(problem, KeyError):
        return Message.of("reason.no_answer", name=problem.args[0] if problem.args else "")
    said = str(problem)
    if found := _ENGINE_PLACE.search(said):
        return Message.of("reason.syntax", at=found[1])
    if found := _ENGINE_NAME.search(said):
        return Message.of("reason.no_such_name", name=found[1])
    return Message.of("reason.not_comparable" if "overload" in said else "reason.refused")


def _readable(name: str) -> str:
    return name.strip("_@").replace("_", " ") or name
