"""One more breakdown: told, told in part, told for wider places, or refused; by all that was told before.

The ledger keeps what was asked and which cells were told, never an answer. When somebody asks for more, the
people are counted anew from the sealed wave, everything told so far is laid beside what is asked, and the
engine hides of the new what would give anybody away *together with the old*: bands that overlap, a
background crossed with another that was told by itself, areas after estates. The reader is taken to know,
besides, every total and every bar of every report, how many of each group were told for other questions
(`knowledge.py`), and every record of research data that were handed out.

Rounds do not meet in it: nobody is linked between them. Where nearly the same people answered two of them,
`reports/likeness.py` keeps the later one from telling what would show who came and went."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.breakdowns.asking import MOST_ASKED, Ask, Grouping
from reports.breakdowns.errors import NothingToTell, NumbersRefused
from reports.breakdowns.knowledge import Base, following, of_bars, of_other_questions
from reports.breakdowns.people import Crossing, Population, population, table_of, without
from reports.breakdowns.weighted import Shares, lacking, weighted_by
from reports.disclosure import (
    MINIMUM,
    PROFILES,
    CannotProtect,
    Effort,
    Table,
    TooMuchWork,
    protect,
    small_cells,
)
from reports.disclosure.tables import Flags, Ints
from reports.releases.dataset import HIDDEN as BLANK
from reports.releases.dataset import released_keys
from reports.requests import LEVELS
from reports.waves import Wave

Released = Literal["records", "persons"] | None
MOST_WORK = 150_000
"""For one level of places (`Effort`): three to eight seconds of a slow machine. What is not proved by then is
protected by hiding more (`SPARE_WORK`), or not told."""
SPARE_WORK = 150_000
_Base: TypeAlias = tuple[frozenset[int], frozenset[int]]
"""Estates and a group, as leaves."""


@dataclass(frozen=True, eq=False)
class Entry:
    """What was told once. `told`: one mark for each cell that was asked for, in the order of `cells_of`."""

    ask: Ask
    told: Flags

    def packed(self) -> bytes:
        return np.packbits(self.told).tobytes()

    @classmethod
    def unpacked(cls, text: str, told: bytes, cells: int) -> Entry:
        return cls(Ask.of(text), np.unpackbits(np.frombuffer(told, np.uint8), count=cells).astype(bool))


@dataclass(frozen=True)
class Judgement:
    """`ask`: what is answered, `wider` when not for the places that were asked for."""

    ask: Ask
    wider: bool
    told: Flags
    """places x (everybody, then each answer) x groups."""
    values: Ints
    """The same, true numbers: for use inside this room only."""
    whole: Ints
    """places x (everybody, then each answer): all groups together, as the reports tell them."""
    places: tuple[str, ...]
    people: Population

    @property
    def entry(self) -> Entry:
        return Entry(self.ask, self.told.ravel())


def judge(
    wave: Wave,
    ask: Ask,
    earlier: Sequence[Entry],
    released: Released,
    effort: Effort | None = None,
    *,
    wider: bool = True,
) -> Judgement:
    """What may be told of `ask` when `earlier` was told of the same question of the same round.

    released  which research data of this round were handed out: records, or persons over several rounds
    effort    how much work may be done in all; None: MOST_WORK for each level
    wider     whether wider places are tried where nothing can be told of those asked for

    NumbersRefused, NothingToTell: with the reason.
    """
    people = population(wave, wave.questionnaire.item(ask.item))
    if people.sensitive(ask) and len(people.estates) < 2:
        names = [ask.item, *(g.variable for g in ask.by)]
        sensitive = next(name for name in names if wave.questionnaire.item(name).sensitive)
        raise NumbersRefused("numbers.sensitive", item=sensitive)
    same = next((entry for entry in earlier if entry.ask.canonical() == ask.canonical()), None)
    groups = math.prod(len(grouping.bands) for grouping in ask.by)
    if same is None and groups > MOST_ASKED:
        raise NumbersRefused("numbers.too_many", groups=groups, most=MOST_ASKED)
    reason = "numbers.nothing"
    known: list[list[Base]] = []  # the same for all levels
    for level in (ask.level,) if same or not wider else LEVELS[LEVELS.index(ask.level) :]:
        if people.pooled and level != "all":
            continue
        asked = replace(ask, level=level)
        if not people.asked(asked):
            continue
        try:
            found = _judged(people, asked, earlier, released, effort or Effort(MOST_WORK, SPARE_WORK), known)
        except TooMuchWork:
            reason = "numbers.too_much"
            continue
        except CannotProtect:
            continue
        if found.told.any():
            return replace(found, wider=level != ask.level)
    raise NothingToTell(reason, item=ask.item)


def _judged(
    people: Population, ask: Ask, earlier: Sequence[Entry], released: Released, effort: Effort,
    known: list[list[Base]],
) -> Judgement:  # fmt: skip
    """CannotProtect when what was told leaves no way, which no hiding of the new can mend. `known`: what each
    reader knows, filled in here the first time."""
    together = _entangled(ask, earlier)
    variables = sorted({g.variable for entry in (ask, *(e.ask for e in together)) for g in entry.by})
    readers = _readers(ask, earlier)
    if not known:
        known += [_known(people, variables, entries) for entries in readers]
    told_of = [g for entry in (ask, *(e.ask for e in together)) for g in entry.by]
    told_of += [grouping for base in known[0] for grouping in base.by]
    crossing = Crossing.of(people, variables, banded=released is not None, by=told_of)
    bases = [list(_bases(people, crossing, own)) for own in known]
    unions = [union for other in (ask, *(e.ask for e in together)) for union in crossing.unions(other)]
    unions += [group for _, group in bases[0]]
    places = {place for place, _ in bases[0]}
    table = table_of(people, crossing, unions, places)
    new = cells_of(table, people, crossing, ask)
    same = next((entry for entry in together if entry.ask.canonical() == ask.canonical()), None)
    if same is not None:
        hidden = ~_told(table, people, crossing, [same])[1]
    else:
        protected = table
        primary = small_cells(table, PROFILES[ask.profile], sensitive=people.sensitive(ask))
        if released:
            protected = _unknown(people, crossing, told_of, unions, places, released)
            primary |= (protected.values > 0) & (protected.values < MINIMUM)
        alone = _alone(table, people, crossing, ask)
        # What was hidden once stays hidden: the same question always has the same answer.
        asked, told = _told(table, people, crossing, together)
        hidden = primary | alone | (asked & ~told)
        # Where all of it is hidden already, nothing has to be proved: it tells nothing.
        to_prove = () if hidden[new].all() else zip(readers, bases, strict=True)
        for entries, groups in to_prove:
            asked, told = _told(table, people, crossing, [entry for entry in together if entry in entries])
            asked[new] = True
            asked |= alone
            shown = following(table, told | _marked(table, groups), effort)
            own = hidden & asked & ~shown
            safe = protect(protected, own, MINIMUM, asked=asked | shown, shown=shown, effort=effort)
            hidden = hidden | safe.hidden
        # What is known from elsewhere cannot be hidden; it is not told here all the same.
        hidden &= ~told
        if not hidden[new].all():
            hidden[new] |= ~_beside_weighted(people, ask, earlier, ~hidden[new], effort)
    return Judgement(
        ask,
        False,
        ~hidden[new],
        table.values[new],
        table.values[new[:, :, 0] * 0 + table.face[people.asked(ask)]],
        tuple(people.name(node) for node in people.asked(ask)),
        people,
    )


def _beside_weighted(
    people: Population, ask: Ask, earlier: Sequence[Entry], told: Flags, effort: Effort
) -> Flags:
    """What of `told` (places x answers x groups) can stand beside the weighted shares of the report and of
    the numbers: see `weighted.py`. CannotProtect when nothing can, or a table told before cannot."""
    margins, weights = weighted_by(people), people.weighted[0]
    entries = _entangled(ask, earlier, margins)
    names = {g.variable for other in (ask, *(entry.ask for entry in entries)) for g in other.by}
    if weights is None or not names & margins:
        return told
    variables = sorted(names | margins)
    known = _known(people, variables, earlier)
    told_of = [g for other in (ask, *(entry.ask for entry in entries)) for g in other.by]
    told_of += [grouping for base in known for grouping in base.by]
    try:
        crossing = Crossing.of(people, variables, by=told_of)
    except NumbersRefused as refused:  # too many groups together
        raise TooMuchWork("too many groups beside those of the weights") from refused
    bases = list(_bases(people, crossing, known))
    unions = [union for other in (ask, *(entry.ask for entry in entries)) for union in crossing.unions(other)]
    unions += [group for _, group in bases]
    table = table_of(people, crossing, unions, {place for place, _ in bases})
    shares = Shares(people, crossing, weights)
    for _ in range(2 * len(table.answers)):
        here = [*entries, Entry(ask, told.ravel())]
        asked, shown = _told(table, people, crossing, here)
        rows, least = shares.of_report()
        for entry in here:
            cells = cells_of(table, people, crossing, entry.ask)
            rows += shares.of_table(entry.ask, entry.told.reshape(cells.shape))
        found = lacking(table, shown | _marked(table, bases), asked, rows, least, effort)
        if not found.any():
            return told
        # The answer goes of all groups of the place, else all that is told of the place.
        lines: Flags = np.any(found[people.asked(ask)], axis=2)
        less = told & ~lines[:, :, None]
        if (less == told).all():
            less = told & ~np.any(lines, axis=1)[:, None, None]
        if (less == told).all() or not less.any():
            break
        told = less
    raise CannotProtect("a weighted share tells of a hidden number")


def _readers(ask: Ask, entries: Sequence[Entry]) -> list[Sequence[Entry]]:
    """What was told to those who may read the answer: to one who has all of it, and, unless they have signed
    an agreement, to one who has only what was told to everybody. What was told under the agreement is not
    told him for that, and what is told him must not give it back."""
    everybody = [entry for entry in entries if not PROFILES[entry.ask.profile].agreed]
    if PROFILES[ask.profile].agreed or len(everybody) == len(entries):
        everybody = list(entries)
    return [entries] if len(everybody) == len(entries) else [entries, everybody]


def _told(
    table: Table, people: Population, crossing: Crossing, entries: Iterable[Entry]
) -> tuple[Flags, Flags]:
    """The cells that were asked for, and of these those that were told. The totals of reports always."""
    told = table.none()
    told[table.face] = True
    asked = told.copy()
    for entry in entries:
        cells = cells_of(table, people, crossing, entry.ask).ravel()
        # Told by another version that merged answers in another way: then all of it counts as told.
        own = cells[entry.told] if cells.size == entry.told.size else cells
        told[own] = True
        asked[cells] = True
    return asked, told


def _alone(table: Table, people: Population, crossing: Crossing, ask: Ask) -> Flags:
    """Of a sensitive request the groups of areas that are one estate: not told, nor to be reckoned from what
    is told of wider places."""
    marks = table.none()
    if people.sensitive(ask):
        areas = [node for node in people.nodes("area") if len(table.places.nodes[node]) == 1]
        marks[_cells(table, crossing, ask, areas)] = True
    return marks


def _known(people: Population, variables: Sequence[str], entries: Iterable[Entry]) -> list[Base]:
    """How many are in groups: by the bars of the reports, and by tables of other questions."""
    others = [(entry.ask, entry.told) for entry in entries if entry.ask.item != people.item.id]
    return [*of_bars(people, variables), *of_other_questions(people, others, variables)]


def _bases(people: Population, crossing: Crossing, known: Iterable[Base]) -> Iterator[_Base]:
    """Of what is known, the estates of this population and the group, as leaves."""
    among = {place: leaf for leaf, place in enumerate(people.estates)}
    for base in known:
        place = frozenset(among[estate] for estate in base.estates if estate in among)
        group = crossing.union(base.by)
        if place and group:
            yield place, group


def _marked(table: Table, bases: Iterable[_Base]) -> Flags:
    """Everybody in these places and groups."""
    (block,), (groups,) = table.blocks, table.groups
    place_of, group_of = (
        {frozenset(node): number for number, node in reversed(list(enumerate(dimension.nodes)))}
        for dimension in (table.places, groups)
    )
    marks = table.none()
    for place, group in bases:
        marks[block[place_of[place], 0, group_of[group]]] = True
    return marks


def _entangled(ask: Ask, earlier: Sequence[Entry], margins: Collection[str] = ()) -> list[Entry]:
    """What was told that shares a background with this request, or with something that does. `margins`: these
    belong together."""
    names = {grouping.variable for grouping in ask.by}
    rest = [entry for entry in earlier if entry.ask.item == ask.item]
    if any(g.variable in margins for entry in rest for g in entry.ask.by) or names & set(margins):
        names |= set(margins)
    found: list[Entry] = []
    while near := [entry for entry in rest if names & {g.variable for g in entry.ask.by}]:
        found += near
        rest = [entry for entry in rest if entry not in near]
        names |= {g.variable for entry in near for g in entry.ask.by}
    return found


def cells_of(table: Table, people: Population, crossing: Crossing, ask: Ask) -> Ints:
    """The cells of a request: places x (everybody, then each answer) x groups."""
    return _cells(table, crossing, ask, people.asked(ask))


def _cells(table: Table, crossing: Crossing, ask: Ask, places: Sequence[int]) -> Ints:
    """The cells of its groups in these places."""
    (block,), (groups,) = table.blocks, table.groups
    node_of = {frozenset(node): number for number, node in reversed(list(enumerate(groups.nodes)))}
    nodes = [node_of[union] for union in crossing.unions(ask)]
    return block[places][:, :, nodes]


def _unknown(
    people: Population,
    crossing: Crossing,
    by: Sequence[Grouping],
    unions: Sequence[frozenset[int]],
    places: Collection[frozenset[int]],
    released: Released,
) -> Table:
    """The people of whom a holder of the research data does not know this background.

    Those whose record shows it are told already, with estate and answers: only the others can still be
    protected. NumbersRefused when the data follow persons over several rounds, or backgrounds are crossed:
    then records are known in part."""
    keys, codes = released_keys(people.wave)
    inside = [name for name in crossing.variables if name in keys]
    if not inside:
        return table_of(people, crossing, unions, places)
    if released == "persons" or len(crossing.variables) > 1:
        raise NumbersRefused("numbers.released", names=", ".join(inside))
    shown: NDArray[np.bool_] = codes[:, keys.index(inside[0])] != BLANK
    rest = without(people, np.flatnonzero(shown))
    return table_of(rest, Crossing.of(rest, crossing.variables, banded=True, by=by), unions, places)
