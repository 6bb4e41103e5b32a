"""What is wrong with conditions: unreadable, unfit for their items, about later items, never or always true.

Each is judged by itself, by its tree and the kinds of its items, and then tried with every answer they can
get; last, together with whatever else decides whether a tenant gets there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from forms import computed
from forms.catalogue import Message
from forms.condition_tree import Literal, held, results
from forms.condition_types import fits, type_of
from forms.errors import ConditionFault, Fault, Place, at
from forms.logic import Condition, Located, compile_condition, conditions, kinds, unreadable
from forms.questionnaire import Item, Matrix, Questionnaire
from forms.reach import Reach


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Every fault of every condition."""
    places = _Places(questionnaire)
    reach = Reach(questionnaire)
    sound = True
    for located in conditions(questionnaire):
        try:
            condition = compile_condition(located.source)
        except ConditionFault as fault:
            sound = False
            yield unreadable(located.place, fault)
            continue
        faults = [
            *_missing(located, condition, places),
            *_without_answer(located, condition),
            *_unknown_words(located, condition, places),
        ] or [*_unfit(located, condition, places), *_computed_words(located, condition, places)]
        if not faults and located.must and located.first_item not in condition.references:
            faults = [Fault.error(located.place, "must_elsewhere", item=located.first_item)]
        if not faults:
            told = [] if located.computed else [*_one_outcome(located, reach)]
            faults = [*told, *_too_early(located, condition, places)]
        sound = sound and all(fault.severity == "warning" for fault in faults)
        yield from faults
    yield from _first_page(questionnaire)
    if sound:
        yield from _out_of_reach(questionnaire, reach)


def missing_items(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Conditions that read items the questionnaire does not have."""
    places = _Places(questionnaire)
    for located in conditions(questionnaire):
        try:
            yield from _missing(located, compile_condition(located.source), places)
        except ConditionFault:
            continue  # check() has said so


class _Places:
    """Items by id, the page each stands on, and its place in the whole."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.questionnaire = questionnaire
        self.items = {item.id: item for item in questionnaire.items()}
        self.kinds = kinds(questionnaire)
        self.order = {item_id: place for place, item_id in enumerate(self.items)}
        self.pages = {
            item.id: page.id for page in questionnaire.pages for item in questionnaire.page_items(page)
        }
        # What is computed is known as soon as the last of what it reads, wherever it is written.
        for item_id, condition in computed.conditions(questionnaire).items():
            if condition.references:
                last = max(condition.references, key=self.order.__getitem__)
                self.pages[item_id] = self.pages[last]
        self._waits = _waits(questionnaire)

    def ring(self, first: str, name: str) -> tuple[str, ...]:
        """What waits for what, from `first` by `name` back to `first`; empty when `name` waits for others."""
        ways: dict[str, tuple[str, ...]] = {name: (first, name)}
        front = [name]
        while front and first not in ways:
            here = front.pop(0)
            for further in sorted(self._waits.get(here, frozenset()) - ways.keys()):
                ways[further] = (*ways[here], further)
                front.append(further)
        return ways.get(first, ())


def _waits(questionnaire: Questionnaire) -> dict[str, set[str]]:
    """What each question waits for by conditions of its own; one of its page goes when it is moved."""
    own: dict[str, set[str]] = {}
    for located in conditions(questionnaire):
        if located.first_item is None or located.must or _of_page(located):
            continue
        try:
            references = compile_condition(located.source).references
        except ConditionFault:
            continue  # check() tells of it
        own.setdefault(located.first_item, set()).update(references)
    return own


def _of_page(located: Located) -> bool:
    return [step.key for step in located.place.steps] == ["place.page", "place.field"]


def _missing(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    unknown = condition.references - places.items.keys()
    for name in sorted(unknown):
        yield Fault.error(located.place, "condition_item_unknown", condition=located.source, item=name)


def _without_answer(located: Located, condition: Condition) -> Iterator[Fault]:
    if not condition.references:
        yield Fault.error(located.place, "condition_without_answer", condition=located.source)


def _too_early(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    first = located.first_item
    if first is None:
        return
    for name in sorted(condition.references):
        if located.must and name == first:
            continue
        if places.order[name] >= places.order[first]:
            if ring := () if located.must or _of_page(located) else places.ring(first, name):
                told = " → ".join(f"«{item}»" for item in ring)
                yield Fault.error(located.place, "condition_circle", ring=told)
            else:
                yield Fault.error(located.place, "condition_too_early", item=name)
        elif not located.must and not located.computed and places.pages[name] == places.pages[first]:
            yield Fault.warning(located.place, "condition_same_page", item=name)


def _unknown_words(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    for name, word in dict.fromkeys(held(condition.node)):
        item = places.items.get(name)
        if item is None or not isinstance(word, str) or not word:
            continue
        if places.kinds.get(name) not in ("word", "words"):
            continue
        known = _known_words(places.questionnaire, item)
        if word not in known:
            yield Fault.error(
                located.place, "condition_word_unknown", word=word, item=name, known=", ".join(known)
            )


def _known_words(questionnaire: Questionnaire, item: Item) -> list[str]:
    return [*(choice.value for choice in questionnaire.choices(item)), *item.specials]


def _unfit(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    """It holds things against each other that cannot be, or comes to something else than yes or no."""
    try:
        if located.computed:
            fits(condition.node, places.kinds, computed.COMES_TO[places.items[located.first_item or ""].kind])
            return
        if type_of(condition.node, places.kinds) == "truth":
            return
        reason = Message.of("reason.not_yes_or_no")
    except ConditionFault as fault:
        reason = fault.reason
    yield Fault.error(located.place, "condition_breaks", condition=located.source, reason=reason)


def _computed_words(located: Located, condition: Condition, places: _Places) -> Iterator[Fault]:
    """An answer that none of its choices is."""
    item = places.items[located.first_item or ""]
    if not located.computed or item.kind != "choice":
        return
    known = _known_words(places.questionnaire, item)
    for leaf in results(condition.node):
        if isinstance(leaf, Literal) and isinstance(leaf.value, str) and leaf.value not in ("", *known):
            yield Fault.error(
                located.place,
                "condition_word_unknown",
                word=leaf.value,
                item=item.id,
                known=", ".join(known),
            )


def _one_outcome(located: Located, reach: Reach) -> Iterator[Fault]:
    found = reach.tried([located.source], on_route=False)
    if not found.all_tried or len(found.outcomes) != 1:
        return
    if located.must:
        if False in found.outcomes:
            yield Fault.error(located.place, "must_never", condition=located.source)
    elif True in found.outcomes:
        yield Fault.warning(located.place, "condition_always", condition=located.source)
    else:
        yield Fault.error(located.place, "condition_never", condition=located.source)


def _out_of_reach(questionnaire: Questionnaire, reach: Reach) -> Iterator[Fault]:
    """Pages, items and choices that no answers lead to, the outermost of each."""
    for page in questionnaire.pages:
        place = at(page=page.id)
        if faults := [*_unreached(place, [page.show_if], reach)]:
            yield from faults
            continue
        for entry in page.items:
            if faults := [*_unreached(place.at(item=entry.id), [page.show_if, entry.show_if], reach)]:
                yield from faults
                continue
            for row in entry.rows if isinstance(entry, Matrix) else (entry,):
                own = place.at(item=row.id)
                if row is not entry and (faults := [*_unreached(own, reach.shown[row.id], reach)]):
                    yield from faults
                    continue
                for choice in row.choices:
                    if choice.show_if is not None:
                        together = [*reach.shown[row.id], choice.show_if]
                        yield from _unreached(own.at(choice=choice.value), together, reach)
    yield from _scale_choices_out_of_reach(questionnaire, reach)


def _scale_choices_out_of_reach(questionnaire: Questionnaire, reach: Reach) -> Iterator[Fault]:
    """A choice of a scale is out of reach when it is so in every item that has the scale."""
    for scale in questionnaire.scales:
        users = [item.id for item in questionnaire.items() if item.scale == scale.id and not item.choices]
        for choice in scale.choices:
            if choice.show_if is None:
                continue
            place = at(scale=scale.id, choice=choice.value)
            found = [[*_unreached(place, [*reach.shown[i], choice.show_if], reach)] for i in users]
            if found and all(found):
                yield from found[0]


def _unreached(place: Place, sources: Iterable[str | None], reach: Reach) -> Iterator[Fault]:
    together = tuple(dict.fromkeys(source for source in sources if source is not None))
    if not together:
        return
    found = reach.tried(together, on_route=True)
    if True in found.outcomes:
        if _kept_out(together, reach):
            yield Fault.warning(place, "reach_demanded")
        return
    if found.all_tried:
        yield Fault.error(place, "never_shown")
    else:
        yield Fault.warning(place, "reach_undecided")


def _kept_out(sources: Sequence[str], reach: Reach) -> bool:
    """Whether only answers lead there that are sent back, since they are not as demanded."""
    needed, _ = reach.depends([compile_condition(source) for source in sources], on_route=True)
    if not any(map(reach.demands, needed)):
        return False
    found = reach.tried(sources, on_route=True, demanded=True)
    return found.all_tried and True not in found.outcomes


def _first_page(questionnaire: Questionnaire) -> Iterator[Fault]:
    """The first page must show something to everybody, or a tenant may be left with an empty form."""
    first = questionnaire.pages[0]
    always = [
        entry
        for entry in first.items
        if entry.show_if is None
        and (isinstance(entry, Matrix) or entry.computed is None)
        and (not isinstance(entry, Matrix) or any(row.show_if is None for row in entry.rows))
    ]
    if first.show_if is None and not first.items:
        yield Fault.error(at(page=first.id), "first_page_empty")
    elif first.show_if is not None or not always:
        yield Fault.error(at(page=first.id), "first_page_hidden")
