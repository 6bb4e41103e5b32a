"""Two versions of a questionnaire side by side: what changed, what can still be compared, where a trend ends.

Questions are the same when they have one `meaning`. Mended wording keeps it; who changes what is asked, the
answers, their scores, the cut between good and poor or who is asked gives the question a new one. This is the
one rule of comparison between waves: reports, releases and the check go by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import reduce
from typing import Literal, get_args

from forms import languages
from forms.catalogue import Message
from forms.errors import Fault, Place, at, wording
from forms.phrases import listed
from forms.questionnaire import Choice, Item, Questionnaire, Text
from forms.scoring import favourable_codes, item_scores
from forms.version_sides import Side

Breaks = Literal[
    "kind", "code_reused", "choice_added", "choice_removed", "scale", "cutoff", "scores", "unit", "total",
    "numbers", "computed", "asked",
]  # fmt: skip
"""After these the answers of before and after are not told as a change."""
Keeps = Literal[
    "renamed", "wording", "choice_wording", "specials", "order", "moved", "limits", "display", "index", "use"
]  # fmt: skip
Effect = Breaks | Keeps
BREAKS: frozenset[str] = frozenset(get_args(Breaks))
_SAID: Mapping[str, str] = {
    "kind": "change.kind",
    "code_reused": "change.code_reused",
    "choice_added": "change.choice_added",
    "choice_removed": "change.choice_removed",
    "scale": "change.scale",
    "cutoff": "change.cutoff",
    "scores": "change.scores",
    "unit": "change.unit",
    "total": "change.total",
    "numbers": "change.numbers",
    "computed": "change.computed",
    "asked": "change.asked",
    "renamed": "change.renamed",
    "wording": "change.wording",
    "choice_wording": "change.choice_wording",
    "specials": "change.specials",
    "order": "change.order",
    "moved": "change.moved",
    "limits": "change.limits",
    "display": "change.display",
    "index": "change.index",
    "use": "change.use",
}
_READ: Mapping[str, str] = {"kind": "change.kind_read", "code_reused": "change.code_reused_read"}
"""Where what is said to who writes questionnaires names kinds and codes."""
_DISPLAY = ("display", "shuffle", "lines")
_LIMITS = ("minimum", "maximum", "decimals", "earliest", "latest", "step", "must")
_USE = ("background", "retrospective", "sensitive", "level", "role", "short", "tags", "ref", "consent")
LEAST_ALIKE = 0.4
"""Share of its words that a mended question has in common with the old one."""
_NUMBER = re.compile(r"\d+")
Cell = tuple[str | None, str | None]
"""(object, facet) of the index; (object, None) for a whole object, (None, None) for the index."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was. `about`: what of it, in words of the questionnaires."""

    effect: Effect
    about: tuple[str, ...] = ()
    texts: tuple[Text, ...] = field(default=(), compare=False)
    """Of answers in `about`: as people read them."""

    @property
    def breaks(self) -> bool:
        return self.effect in BREAKS

    @property
    def message(self) -> Message:
        """'answers added: «kanskje»'."""
        return Message.of(_SAID[self.effect], about=self.about)

    def for_readers(self, language: str) -> Message:
        """The same without the names that only who writes questionnaires knows."""
        about = tuple(text.get(language) for text in self.texts) or self.about
        if self.effect in ("wording", "choice_wording"):
            about = tuple(map(languages.name, about))
        return Message.of(_READ.get(self.effect, _SAID[self.effect]), about=about)


@dataclass(frozen=True)
class Change:
    """One question that is not as it was. `before`, `after`: its id in each version, None where it is not."""

    meaning: str
    before: str | None
    after: str | None
    differences: tuple[Difference, ...] = ()

    @property
    def comparable(self) -> bool:
        """Whether its trend goes on. Not for what is new or gone."""
        return self.matched and not any(difference.breaks for difference in self.differences)

    @property
    def matched(self) -> bool:
        return self.before is not None and self.after is not None

    def said(self, language: str) -> str:
        """What is different, in one line; empty for what is new or gone."""
        if not self.differences:
            return ""
        return _together(self.differences).worded(wording(language))

    def in_words(self, language: str) -> str:
        """What is different, in one line, without the names that only who writes files knows: of what breaks
        a trend that alone."""
        if self.matched and not self.comparable:
            return self.for_readers(language)
        said = [difference.for_readers(language) for difference in self.differences]
        return _joined(said).worded(wording(language)) if said else ""

    def for_readers(self, language: str) -> str:
        """Why the trend ends, in one line for who reads a report; empty where it goes on."""
        breaking = [difference.for_readers(language) for difference in self.differences if difference.breaks]
        return _joined(breaking).worded(wording(language)) if breaking else ""


@dataclass(frozen=True)
class Comparison:
    """`changes`: of every question that is not the same, in the order of `after`, then those that are gone.
    `comparable`: by its id after, the id before of every question whose trend goes on; never of questions
    that look back on one time.
    `cells`: parts of the index that can be compared."""

    changes: tuple[Change, ...]
    comparable: Mapping[str, str]
    cells: frozenset[Cell]

    @property
    def broken(self) -> tuple[Change, ...]:
        """Questions that kept their meaning in name only."""
        return tuple(change for change in self.changes if change.matched and not change.comparable)


def compare(before: Questionnaire, after: Questionnaire) -> Comparison:
    """All that differs between two versions, question by question."""
    pairs = _pairs(before, after)
    now, then = Side(after), Side(before)
    order = _moved([old.meaning for old in before.stored()], [new.meaning for new in after.stored()])
    changes = []
    for meaning, (old, new) in pairs.items():
        if old is None or new is None:
            changes.append(Change(meaning, old.id if old else None, new.id if new else None))
        elif found := (*_differences(then, old, now, new), *_if(meaning in order, "moved")):
            changes.append(Change(meaning, old.id, new.id, found))
    return Comparison(tuple(changes), comparable(before, after), comparable_cells(before, after))


def alike(before: Questionnaire, after: Questionnaire) -> dict[str, str]:
    """By its id after, the id before of every question that is asked in the same way, those that look back on
    one time as well: their answers may stand under one name."""
    then, now = Side(before), Side(after)
    return {
        new.id: old.id
        for old, new in _pairs(before, after).values()
        if old is not None and new is not None and not any(_breaking(then, old, now, new))
    }


def comparable(before: Questionnaire, after: Questionnaire) -> dict[str, str]:
    """By its id after, the id before of every question whose answers may be told as a change.

    None of those that look back on one time: what was then is the same in both waves.
    """
    linked = alike(before, after)
    backward = {item.id for item in after.items() if item.retrospective}
    backward_then = {item.id for item in before.items() if item.retrospective}
    return {new: old for new, old in linked.items() if new not in backward and old not in backward_then}


def comparable_cells(before: Questionnaire, after: Questionnaire) -> frozenset[Cell]:
    """The parts of the index that are made of the same questions in the same way."""
    if before.index is None or after.index is None or before.index.min_answered != after.index.min_answered:
        return frozenset()
    linked = alike(before, after)
    old, new = _cells(before), _cells(after)
    same = {
        cell
        for cell, items in new.items()
        if {linked.get(item, ""): name for item, name in items.items()} == old.get(cell)
    }
    if before.index.weights != after.index.weights:
        same.discard((None, None))
    return frozenset(same)


def faults(before: Questionnaire, after: Questionnaire) -> list[Fault]:
    """What would mix answers of two kinds under one name: questions that changed and kept their meaning. As
    warnings, those whose words changed so much that they may have."""
    found: list[Fault] = []
    known = {item.meaning for form in (before, after) for item in form.items()}
    places = {
        item.id: at(page=page.id, item=item.id) for page in after.pages for item in after.page_items(page)
    }
    for change in compare(before, after).changes:
        if change.before is None or change.after is None:
            continue
        free = free_meaning(change.meaning, known)
        place = places[change.after]
        if change.comparable:
            found += _doubtful(place, before, change.before, after, change.after, free)
            continue
        codes = [*_codes(place, before, change.before, after, change.after, free)]
        others = tuple(d for d in change.differences if d.breaks and d.effect not in _OF_CODES)
        found += codes
        if others or not codes:
            said = _together(others or change.differences)
            found.append(Fault.error(place, "meaning_kept", changes=said, meaning=change.meaning, free=free))
    if before.id == after.id and before.version == after.version and before != after:
        place = at(questionnaire=after.id, field="version")
        major, minor, *_ = map(int, after.version.split("."))
        numbers = {"version": after.version, "following": f"{major}.{minor + 1}", "higher": f"{major + 1}.0"}
        found.append(Fault.warning(place, "version_kept", **numbers))
    return found


_OF_CODES = ("code_reused", "choice_removed")


def _codes(
    place: Place, before: Questionnaire, old: str, after: Questionnaire, new: str, free: str
) -> Iterator[Fault]:
    then = {choice.code: choice for choice in before.choices(before.item(old))}
    now = {choice.code: choice for choice in after.choices(after.item(new))}
    for code, choice in then.items():
        if code not in now:
            yield Fault.error(place, "code_vanished", code=code, then=choice.value, free=free)
        elif now[code].value != choice.value:
            own = place.at(choice=now[code].value)
            yield Fault.error(
                own, "code_reused", code=code, then=choice.value, now=now[code].value, free=free
            )


def _doubtful(
    place: Place, before: Questionnaire, old: str, after: Questionnaire, new: str, free: str
) -> Iterator[Fault]:
    """Texts that say so much else than before that only their author can tell whether they ask the same.

    In the first language: a translation may be mended as much as it needs.
    """
    then, now = before.item(old), after.item(new)
    texts = [(place.at(field="text"), then.text, now.text, LEAST_ALIKE)]
    own = {choice.code: choice for choice in after.choices(now)}
    for choice in before.choices(then):
        texts.append((place.at(choice=own[choice.code].value), choice.text, own[choice.code].text, 0.0))
    language = after.languages[0]
    for where, was, says, least in texts:
        words = [text.root.get(language, "") for text in (was, says)]
        if all(words) and words[0] != words[1] and _says_else(words[0], words[1], language, least):
            shown = [" ".join(text.split())[:80] for text in words]
            yield Fault.warning(where, "meaning_doubtful", then=shown[0], now=shown[1], free=free)


def _says_else(one: str, other: str, language: str, least: float) -> bool:
    """Other numbers, a 'not' more or less, or fewer words in common than `least` (0..1)."""
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(other)):
        return True
    negations = listed("wording", "negations").get(language)
    if negations and len(negations.findall(one)) != len(negations.findall(other)):
        return True
    words = [re.findall(r"\w+", text.casefold()) for text in (one, other)]
    return SequenceMatcher(None, words[0], words[1], autojunk=False).ratio() < least


def free_meaning(meaning: str, known: Collection[str]) -> str:
    """A name for another meaning that is not among those `known`: of the versions there are."""
    return next(name for n in range(2, len(known) + 3) if (name := f"{meaning[:60]}_{n}") not in known)


def _together(differences: Sequence[Difference]) -> Message:
    return _joined([difference.message for difference in differences])


def _joined(said: Sequence[Message]) -> Message:
    return reduce(lambda one, other: Message.of("change.several", one=one, other=other), said)


def _pairs(before: Questionnaire, after: Questionnaire) -> dict[str, tuple[Item | None, Item | None]]:
    """The questions of both by meaning: those of `after` in their order, then those that are gone."""
    then = {item.meaning: item for item in before.stored()}
    now = {item.meaning: item for item in after.stored()}
    return {meaning: (then.get(meaning), now.get(meaning)) for meaning in (*now, *then)}


def _differences(then: Side, old: Item, now: Side, new: Item) -> tuple[Difference, ...]:
    return (*_breaking(then, old, now, new), *_harmless(then, old, now, new))


def _breaking(then: Side, old: Item, now: Side, new: Item) -> Iterator[Difference]:
    if old.kind != new.kind:
        yield Difference("kind", (old.kind, new.kind))
        return
    was = {choice.code: choice for choice in then.form.choices(old)}
    own = {choice.code: choice for choice in now.form.choices(new)}
    yield from _answers("choice_added", [c for code, c in own.items() if code not in was])
    yield from _answers("choice_removed", [c for code, c in was.items() if code not in own])
    both = [(choice, own[code]) for code, choice in was.items() if code in own]
    yield from _answers("code_reused", [new for old, new in both if old.value != new.value])
    turned = [*was] != [*own] and set(was) == set(own) and now.ordinal(new)
    sizes = (old.rank_size, new.rank_size) if new.kind == "rank" else (0, 0)
    if turned or then.ordinal(old) != now.ordinal(new) or len({*sizes}) > 1 or _stand_apart(both):
        yield Difference("scale")
    if favourable_codes(then.form, old) != favourable_codes(now.form, new):
        yield Difference("cutoff")
    if _other_unit(old.unit, new.unit):
        yield Difference("unit")
    if new.kind == "allocate" and old.total != new.total:
        yield Difference("total", (str(old.total), str(new.total)))
    yield from _answers("numbers", [new for old, new in both if _worth_else(old, new)])
    if item_scores(then.form, old) != item_scores(now.form, new):
        yield Difference("scores")
    if then.computed(old) != now.computed(new):
        yield Difference("computed")
    if then.asked(old) != now.asked(new):
        yield Difference("asked")


def _worth_else(old: Choice, new: Choice) -> bool:
    """Not what is only now worth something: nothing was reckoned with it."""
    return old.number is not None and new.number is not None and old.number != new.number


def _other_unit(old: Text | None, new: Text | None) -> bool:
    """Not what is mended in one language."""
    if old is None or new is None:
        return old is not new
    return all(old.root[name] != new.root[name] for name in old.root.keys() & new.root.keys())


def _stand_apart(both: Sequence[tuple[Choice, Choice]]) -> bool:
    return any((a.exclusive, a.off_scale) != (b.exclusive, b.off_scale) for a, b in both)


def _harmless(then: Side, old: Item, now: Side, new: Item) -> Iterator[Difference]:
    if old.id != new.id:
        yield Difference("renamed", (old.id, new.id))
    stems = (then.stems.get(old.id), now.stems.get(new.id))
    units = (old.unit, new.unit)
    yield from _listed("wording", _reworded([(old.text, new.text), (old.help, new.help), stems, units]))
    was = {choice.code: choice for choice in then.form.choices(old)}
    own = {choice.code: choice for choice in now.form.choices(new)}
    both = [code for code in was if code in own]
    pairs = [(was[code].text, own[code].text) for code in both] + [*_ends(then, old, now, new)]
    yield from _listed("choice_wording", _reworded(pairs))
    yield from _listed("specials", sorted(set(old.specials) ^ set(new.specials)))
    yield from _if([*was] != [*own] and set(was) == set(own) and not now.ordinal(new), "order")
    yield from _listed("limits", _fields(old, new, _LIMITS))
    drawn = any(was[code].picture != own[code].picture for code in both)
    yield from _listed("display", [*_fields(old, new, _DISPLAY), *(["picture"] if drawn else [])])
    places = [(item.scoring.object, item.scoring.facet) if item.scoring else None for item in (old, new)]
    yield from _if(places[0] != places[1], "index")
    yield from _listed("use", _fields(old, new, _USE))


def _ends(then: Side, old: Item, now: Side, new: Item) -> Iterator[tuple[Text | None, Text | None]]:
    was, own = (
        side.form.scale(item.scale).ends if item.scale and not item.choices else None
        for side, item in ((then, old), (now, new))
    )
    yield was.low if was else None, own.low if own else None
    yield was.high if was else None, own.high if own else None


def _reworded(pairs: Sequence[tuple[Text | None, Text | None]]) -> list[str]:
    """Languages in which a text is another than it was. A language that came or went is told of the whole."""
    found: dict[str, None] = {}
    for old, new in pairs:
        if old is None or new is None:
            found |= dict.fromkeys((old or new or Text({})).root)
        else:
            both = old.root.keys() & new.root.keys()
            found |= dict.fromkeys(
                name for name in new.root if name in both and old.root[name] != new.root[name]
            )
    return [*found]


def _fields(old: Item, new: Item, names: Sequence[str]) -> list[str]:
    return [name for name in names if getattr(old, name) != getattr(new, name)]


def _listed(effect: Effect, about: Iterator[str] | Sequence[str]) -> Iterator[Difference]:
    if words := tuple(about):
        yield Difference(effect, words)


def _answers(effect: Effect, choices: Sequence[Choice]) -> Iterator[Difference]:
    if choices:
        about, texts = (tuple(c.value for c in choices), tuple(c.text for c in choices))
        yield Difference(effect, about, texts)


def _if(true: bool, effect: Effect) -> Iterator[Difference]:
    if true:
        yield Difference(effect)


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """What both have and does not stand in the same order any more: as few of them as the matcher finds."""
    old = [name for name in before if name in set(after)]
    new = [name for name in after if name in set(before)]
    stay = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = {old[i] for block in stay for i in range(block.a, block.a + block.size)}
    return frozenset(new) - kept


def _cells(form: Questionnaire) -> dict[Cell, dict[str, str]]:
    """What each part of the index is made of: items, and the object each counts in."""
    found: dict[Cell, dict[str, str]] = {}
    for item in form.items():
        if item.scoring is not None:
            place, facet = item.scoring.object, item.scoring.facet
            for cell in ((place, facet), (place, None), (None, None)):
                found.setdefault(cell, {})[item.id] = place
    return found
