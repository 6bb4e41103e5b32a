"""Which scores of several questions may be told, of each estate and of all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reports.columns import Column, cuts_of, good_answers, nominal_parts, parts_of, step_of
from reports.disclosure import total_mean_may_be_shown
from reports.disclosure.alike import Alike
from reports.disclosure.sums import HAIR, Room, Score, Sums, Total, Totals
from reports.disclosure.worlds import Question, Worlds, can_be_solved
from reports.index import Key
from reports.inference import weights

if TYPE_CHECKING:
    from reports.scope import Groundwork

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Openness:
    """Of scores made of two questions or more. `estates`: by score, of every estate in the order of the wave;
    `total`: by score, of all estates with at least five."""

    estates: dict[Key, Flags]
    total: dict[Key, bool]


def openness(ground: Groundwork) -> Openness:
    """Each by itself first (`mean_may_be_shown`), then beside what else is told (`Sums`, `Totals`), then
    proved (`Worlds`) where that can be done."""
    made = parts_made(ground)
    keys, items, scores, questions = made.keys, made.items, made.scores, made.questions
    if not keys or not ground.large_enough:
        none = np.zeros(len(ground.wave.estates), bool)
        return Openness(dict.fromkeys(keys, none), dict.fromkeys(keys, False))
    shares = made.shares
    room = Room.of([(own.counts, own.told, own.scores) for own in questions])
    cuts = [
        cuts_of(good_answers(ground.wave.questionnaire, ground.wave.questionnaire.item(i))) for i in items
    ]
    alike = Alike(room, questions, cuts)
    allowed = [
        alike.keep_enough(score, _alone(ground, key), _steps(ground, key))
        for key, score in zip(keys, scores, strict=True)
    ]
    sums = Sums(scores, room, allowed)
    of_all = [_total(ground, key, told, shares[key]) for key, told in zip(keys, sums.told, strict=True)]
    totals = Totals(sums, of_all)
    told, whole = sums.told, totals.told
    if can_be_solved(questions):
        told, whole = _proved_once(ground, items, questions, scores, of_all, told, whole)
    for place, key in enumerate(keys):
        # Those that hide may be others now.
        whole[place] = whole[place] and _together(ground, key, told[place], shares[key])
    return Openness(dict(zip(keys, told, strict=True)), dict(zip(keys, whole, strict=True)))


@dataclass(frozen=True)
class Made:
    """What scores of two questions or more are made of: `scores` by `keys`, of `questions` (`items`), and
    what each estate weighs in that of all (`shares`)."""

    keys: list[Key]
    items: list[str]
    shares: dict[Key, Floats]
    scores: list[Score]
    questions: list[Question]


def parts_made(ground: Groundwork) -> Made:
    """From the widest score to the narrowest; nothing where no estate is large enough."""
    keys = [key for key in sorted(ground.scores.values, key=_widest) if len(ground.scores.items[key]) > 1]
    if not ground.large_enough:
        return Made(keys, [], {}, [], [])
    items = [name for name in ground.scored if any(name in ground.scores.items[key] for key in keys)]
    shares = {key: _shares(ground, key) for key in keys}
    scores = [_score(ground, key, keys, items, shares[key]) for key in keys]
    return Made(keys, items, shares, scores, [known_answers(ground.column(name)) for name in items])


def total_of(ground: Groundwork, key: Key, shares: Floats) -> Total:
    """The score of all as it is told, if it is."""
    down, up = _rounding(np.array([shares @ _means(ground, key, shares)]))
    return Total(shares, ground.open.total[key], float(down[0]), float(up[0]))


Told = tuple[list[Flags], list[bool]]
KEPT = 32
_kept: OrderedDict[Hashable, Told] = OrderedDict()
"""Of the waves last asked for: the report of every estate asks for the same, and the proof takes a second."""


def _proved_once(
    ground: Groundwork,
    items: Sequence[str],
    questions: Sequence[Question],
    scores: Sequence[Score],
    of_all: Sequence[Total],
    told: Sequence[Flags],
    whole: Sequence[bool],
) -> Told:
    wave = ground.wave
    form = sha256(wave.questionnaire.model_dump_json().encode()).digest()
    key = wave.content_hash, form, wave.estates, wave.repeated
    if key not in _kept:
        bars = [ground.column(name).bar for name in items]
        _kept[key] = _proved(Worlds(questions, bars, scores, of_all), told, whole)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    found, of_all_found = _kept[key]
    return list(found), list(of_all_found)


def _proved(worlds: Worlds, told: Sequence[Flags], of_all: Sequence[bool]) -> Told:
    """What is left when scores are taken back until every count is seen to keep its range, or none is left
    that the question is in."""
    told, of_all = [own.copy() for own in told], list(of_all)
    same = True  # as when it was found lacking
    for cell in worlds.lacking(told, of_all):
        estate, question = int(worlds.estate[cell]), int(worlds.question[cell])
        if not same and worlds.keeps(cell, told, of_all):
            continue
        while _taken_back(worlds, told, of_all, estate, question):
            same = False
            if worlds.keeps(cell, told, of_all):
                break
    return told, of_all


def _taken_back(
    worlds: Worlds, told: Sequence[Flags], of_all: list[bool], estate: int, question: int
) -> bool:
    """Take back one score that the question is in: the narrowest of all estates, else of this one, else of
    another. False when there is none."""
    narrow = [place for place, score in enumerate(worlds.scores) if score.weights[:, question].any()][::-1]
    for place in narrow:
        if of_all[place]:
            of_all[place] = False
            return True
    for own in (slice(estate, estate + 1), slice(None)):
        for place in narrow:
            if told[place][own].any():
                told[place][own][np.flatnonzero(told[place][own])[0]] = False
                return True
    return False


def _widest(key: Key) -> int:
    return sum(part is not None for part in key)


def _score(ground: Groundwork, key: Key, keys: Sequence[Key], items: Sequence[str], shares: Floats) -> Score:
    around = [
        place
        for place, other in enumerate(keys)
        if other != key and (other[0] is None or (other[0] == key[0] and other[1] is None))
    ]
    down, up = _rounding(_means(ground, key, shares))
    return Score(_parts(ground, key, items), tuple(around), down, up)


def known_answers(column: Column) -> Question:
    """Of estates where too few have answered it nothing goes into a score."""
    own = column.question
    return replace(own, counts=np.where(column.there[:, None], own.counts, 0))


def _means(ground: Groundwork, key: Key, shares: Floats) -> Floats:
    """Of every estate that is in the total, else 0."""
    means = np.zeros(len(shares))
    spread = ground.spread(key)
    means[spread.places] = spread.strata.mean
    means[shares == 0] = 0.0
    return means


def _rounding(exact: Floats) -> tuple[Floats, Floats]:
    """How far what is printed in whole points could be below and above what it is."""
    printed = np.floor(exact + 0.5 + HAIR)
    return np.clip(exact - printed + 0.5, 0.0, 1.0), np.clip(printed + 0.5 - exact, 0.0, 1.0)


def _parts(ground: Groundwork, key: Key, items: Sequence[str]) -> Floats:
    """Estates x questions: what each question weighs in the score of each estate; where an estate has none,
    as in one where enough have answered all."""
    parts = np.zeros((len(ground.wave.estates), len(items)))
    own = parts_of(ground, key)
    own[~own.any(axis=1)] = [nominal_parts(ground, key)[name] for name in ground.scores.items[key]]
    parts[:, [items.index(name) for name in ground.scores.items[key]]] = own
    return parts


def _steps(ground: Groundwork, key: Key) -> Floats:
    """Of every estate, how far one answer moves one person's score."""
    return step_of(ground, key, parts_of(ground, key))


def _alone(ground: Groundwork, key: Key) -> Flags:
    """Estates that may show it for what it is."""
    return ground.spread(key).alone


def _shares(ground: Groundwork, key: Key) -> Floats:
    """What each estate weighs in the score of all."""
    shares = np.zeros(len(ground.wave.estates))
    spread = ground.spread(key)
    if spread.places.size:
        shares[spread.places] = weights(spread.strata)
    return shares


def _total(ground: Groundwork, key: Key, told: Flags, shares: Floats) -> Total:
    down, up = _rounding(np.array([shares @ _means(ground, key, shares)]))
    return Total(shares, _together(ground, key, told, shares), float(down[0]), float(up[0]))


def _together(ground: Groundwork, key: Key, told: Flags, shares: Floats) -> bool:
    inside = np.flatnonzero(shares > 0).tolist()
    if len(inside) < 2:
        return bool(inside) and bool(told[inside].all())
    hiding = ground.may_be_shown(key, (i for i in inside if not told[i]))
    return total_mean_may_be_shown([bool(told[i]) for i in inside], shares[inside], hiding)
