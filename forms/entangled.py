"""Which questions that hang on others can be told of at all.

How many answered such a question, and what, may add nothing to what is told of the others than its own
answers among people whose number is told already. Of the form alone follows where it cannot be so:

    several     two questions decide, or one and a number: it would say how many gave both answers
    options     something else than one option of a question with several answers decides, or a ranking
    specials    "don't know" and the like lead elsewhere than no answer: mostly few, of whom nothing is told
    numbers     an earlier question was asked or worked out by the same number (or month, or words): both
                together are a finer division of it than either
    must        answers that have to fit each other rule combinations out: of these questions one is told

`reports.tied` hides them in every estate and sum, and `lint.telling` says so to who writes the form.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from forms import computed
from forms.answers import special_codes
from forms.condition_tree import Compare, Has, In, Name, Several, Some, Sum, walk
from forms.condition_tree import Literal as Word
from forms.errors import ConditionFault
from forms.logic import Seen, compile_condition, seen_as
from forms.questionnaire import Item, Questionnaire
from forms.ties import Decided, Tie, decided, ties

Why = Literal["several", "options", "specials", "numbers", "must"]


@dataclass(frozen=True)
class Entangled:
    """`items`: the questions that would be told of, in the order of the questionnaire."""

    why: Why
    items: tuple[str, ...]


@dataclass(frozen=True)
class Telling:
    """`never`: question -> why nothing is told of it. `whole`: questions with several answers of which an
    estate is told all options or none, since they have to fit what is demanded."""

    never: Mapping[str, Entangled]
    whole: frozenset[str]


def telling(form: Questionnaire) -> Telling:
    """Source: our own rule, docs/methods.md, rule 11; attacked in tests/attack/test_tied_questions.py."""
    order = {item.id: place for place, item in enumerate(form.items())}
    items = {item.id: item for item in form.items()}
    never: dict[str, Entangled] = {}
    used: dict[str, str] = {}
    for tie in decided(form):
        why, names = _why(form, tie, items, used)
        if why is not None:
            never[tie.item.id] = Entangled(why, tuple(sorted(names, key=order.__getitem__)))
        else:
            used |= {name: tie.item.id for name in tie.deciding if not items[name].counted}
    whole: set[str] = set()
    for names in _demanded(form, items, used):
        first, *others = sorted(names, key=order.__getitem__)
        whole |= {name for name in names if items[name].kind != "choice"}
        for name in others:
            never.setdefault(name, Entangled("must", (first,)))
    return Telling(never, frozenset(whole))


def outcome(form: Questionnaire, tie: Decided, code: int | None) -> Hashable:
    """What an answer to the one question that decides leads to; alike for answers that lead the same way.
    None: no answer."""
    (name,) = tie.deciding
    found = seen_as(form, form.item(name), code)
    seen: dict[str, Seen] = dict.fromkeys(tie.by - tie.deciding, "ja")  # consents
    if found is not None:
        seen[name] = found
    asked = tuple(condition.holds(seen) for condition in tie.conditions)
    return asked, tie.reckoned and computed.value(form, tie.item, tie.reckoned, seen)


def _why(
    form: Questionnaire, tie: Decided, items: Mapping[str, Item], used: Mapping[str, str]
) -> tuple[Why | None, Iterable[str]]:
    counted = {name for name in tie.deciding if items[name].counted}
    asked_by = {name for name in tie.shown_by if not items[name].consent}
    if len(counted) > 1 or (counted and counted != tie.deciding):
        return "several", tie.deciding
    if counted:
        item = items[next(iter(counted))]
        if item.kind != "choice":
            return (None if item.kind == "multi" and _by_one_option(tie) else "options"), counted
        off = [choice.code for choice in form.choices(item) if choice.off_scale]
        try:
            ways = {outcome(form, tie, code) for code in (None, *special_codes(item), *off)}
        except ConditionFault:  # lint_conditions has said so
            return None, ()
        return (None if len(ways) == 1 else "specials"), counted
    if asked_by and tie.reckoned:
        return "several", tie.deciding
    return ("numbers" if (same := used.keys() & tie.deciding) else None), {used[name] for name in same}


def _by_one_option(tie: Decided) -> bool:
    """Whether nothing of the answers is read but whether one option is among them."""
    words: set[Word] = set()
    for condition in (*tie.conditions, *([tie.reckoned] if tie.reckoned else [])):
        for node in walk(condition.node):
            if isinstance(node, Compare | Has | Several | Some | Sum):
                return False
            if isinstance(node, In):
                if not (isinstance(node.left, Word) and isinstance(node.right, Name)):
                    return False
                words.add(node.left)
    return len(words) == 1


def _demanded(form: Questionnaire, items: Mapping[str, Item], used: Mapping[str, str]) -> Iterator[set[str]]:
    """Of each demand on answers, the questions whose answers are counted that it binds: read by it, or made
    of what it reads."""
    made = {name: tie for name, tie in ties(form).items() if tie.reckoned and not tie.item.counted}
    for item in items.values():
        for must in item.must:
            try:
                names = compile_condition(must.condition).references | {item.id}
            except ConditionFault:  # lint_conditions has said so
                continue
            bound: set[str] = set()
            for name in _parts(names & items.keys(), made):
                if items[name].counted and not items[name].consent:
                    bound.add(name)
                elif name in used:
                    bound.add(used[name])
            if bound:
                yield bound


def _parts(names: Iterable[str], made: Mapping[str, Tie]) -> set[str]:
    found: set[str] = set()
    waiting = [*names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += made[name].made_of if name in made else ()
    return found
