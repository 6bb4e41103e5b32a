"""Report, table, another question, the same file once more, the next wave: whoever has it all finds nobody.

BOSTEMME_ATTACKS says how many sequences are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.answers import Answers
from reports.breakdowns.asking import Ask, parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import Judgement, judge
from reports.breakdowns.people import Crossing, population
from reports.compute import compute
from reports.copies import copied
from reports.disclosure import MINIMUM
from reports.likeness import likeness
from reports.requests import LEVELS
from reports.waves import Estate, Wave
from tests.attack.attacker import Attacker
from tests.attack.test_tables import DRAWN
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

drawn = settings(
    max_examples=DRAWN or 12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
GROUPS = {"alder": 3, "bo": 2}
CODES = 5


def _choices(n: int) -> list[dict[str, object]]:
    return [{"code": c, "value": f"v{c}", "text": {"nb": f"gruppe {c}"}} for c in range(1, n + 1)]


FORM = questionnaire(
    scored("hjem"),
    scored("ute"),
    *(
        item(name, scale=None, background=True, specials=[], choices=_choices(n))
        for name, n in GROUPS.items()
    ),
)
Answered = dict[str, list[Answers]]


def _wave(answers: Answered) -> Wave:
    estates = [Estate(name, name.upper(), "Nord" if name < "e2" else "Sør", 200) for name in answers]
    return wave_of(FORM, estates, answers)


def _town(random: np.random.Generator, estates: int = 3) -> Answered:
    """Estates in some of which nearly all agree, so that the questions are told of different ones."""
    town: Answered = {}
    for number in range(estates):
        leans = {
            name: random.dirichlet(np.ones(CODES) * random.choice([0.2, 2.0])) for name in ("hjem", "ute")
        }
        ages, homes = random.dirichlet([4.0, 2.0, 0.6]), random.dirichlet([3.0, 1.0])
        town[f"e{number}"] = [
            {
                **{name: int(random.choice(CODES, p=lean)) + 1 for name, lean in leans.items()},
                "alder": int(random.choice(3, p=ages)) + 1,
                "bo": int(random.choice(2, p=homes)) + 1,
            }
            for _ in range(int(random.integers(15, 70)))
        ]
    return town


@st.composite
def requests(draw: st.DrawFn) -> Ask:
    by = draw(st.sampled_from(["alder", "alder=1,2+3", "alder=1+2,3", "bo", "alder,bo"]))
    wanted = ["alder", "bo"] if by == "alder,bo" else [by]
    return parse(
        FORM, draw(st.sampled_from(["hjem", "ute"])), wanted, draw(st.sampled_from(LEVELS)), "standard"
    )


def _tell(wave: Wave, asks: Iterable[Ask], *, forgetful: bool = False) -> list[Judgement]:
    """Whatever is told of them, one after the other; `forgetful`: as if each were the first."""
    told: list[Judgement] = []
    for ask in asks:
        try:
            told.append(judge(wave, ask, [] if forgetful else [one.entry for one in told], None))
        except NumbersRefused:
            continue
    return told


class Reader:
    """Has all reports of the round and all that was told. His unknowns: how many people of each estate gave
    each answer to `hjem` and are in each group, all backgrounds crossed."""

    def __init__(self, wave: Wave, told: list[Judgement]) -> None:
        self.wave = wave
        self.names = [estate.id for estate in wave.estates]
        self.sizes = list(GROUPS.values())
        self.leaves = int(np.prod(self.sizes))
        self.spy = Attacker(((len(self.names), CODES, self.leaves),))
        self.told: set[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = set()
        for name in self.names:
            self._read_report(name)
        for one in told:
            self._read_table(one)

    def _group(self, by: dict[str, set[int]]) -> tuple[int, ...]:
        """Leaves of a group: of each background the codes that are in it."""
        marks = np.ones(self.sizes, bool)
        for axis, (name, n) in enumerate(GROUPS.items()):
            inside = np.isin(np.arange(1, n + 1), list(by.get(name, set(range(1, n + 1)))))
            marks &= np.moveaxis(np.broadcast_to(inside, [*np.delete(self.sizes, axis), n]), -1, axis)
        return tuple(np.flatnonzero(marks).tolist())

    def _learn(self, places: Iterable[int], answers: Iterable[int], groups: Iterable[int], n: int) -> None:
        cell = tuple(sorted(places)), tuple(sorted(answers)), tuple(sorted(groups))
        self.told.add(cell)
        self.spy.learn(self.spy.row(0, *cell), n, n)

    def _read_report(self, estate: str) -> None:
        place = [self.names.index(estate)]
        report = compute(self.wave, estate)
        for segment in report.items["hjem"].segments:
            self._learn(place, [code - 1 for code in segment.codes], self._group({}), segment.n)
        for name in GROUPS:
            for segment in report.items[name].segments:
                self._learn(place, range(CODES), self._group({name: set(segment.codes)}), segment.n)
        if report.hidden is None:
            self._learn(place, range(CODES), self._group({}), report.n)

    def _read_table(self, one: Judgement) -> None:
        people = one.people
        nodes = [people.places().nodes[node] for node in people.asked(one.ask)]
        groups = [{}]
        for grouping in one.ask.by:
            groups = [{**own, grouping.variable: set(band)} for own in groups for band in grouping.bands]
        for (place, answer, group), is_told in np.ndenumerate(one.told):
            if not is_told or (answer and one.ask.item != "hjem"):
                continue
            first, last = people.spans[answer - 1] if answer else (0, len(people.codes))
            self._learn(
                [people.estates[leaf] for leaf in nodes[place]],
                range(first, last),
                self._group(groups[group]),
                int(one.values[place, answer, group]),
            )

    def found(self) -> list[tuple[object, tuple[int, int]]]:
        """Groups of 1 to 4 people of an estate, by background or also by what they answered, that he knows
        within fewer than five."""
        counts = np.zeros((len(self.names), CODES, self.leaves), np.int64)
        frame = self.wave.frame
        leaf = np.ravel_multi_index([frame[name].to_numpy() - 1 for name in GROUPS], self.sizes)
        places = np.array([self.names.index(name) for name in frame["estate"]])
        np.add.at(counts, (places, frame["hjem"].to_numpy() - 1, leaf), 1)
        try:
            spans = population(self.wave, FORM.item("hjem")).spans
        except NumbersRefused:
            spans = ((0, CODES),)
        wanted = []
        for place in range(len(self.names)):
            for name, n in GROUPS.items():
                wanted += [((place,), tuple(range(CODES)), self._group({name: {c}})) for c in range(1, n + 1)]
            wanted += [
                ((place,), tuple(range(*span)), (group,)) for span in spans for group in range(self.leaves)
            ]
        few = [cell for cell in wanted if cell not in self.told and 0 < counts[np.ix_(*cell)].sum() < MINIMUM]
        tight = self.spy.found([self.spy.row(0, *cell) for cell in few], MINIMUM)
        return [(few[number], edges) for number, edges in tight.items()]


@drawn
@given(st.integers(0, 2**32 - 1), st.lists(requests(), min_size=1, max_size=4))
def test_reports_and_tables_of_several_questions_together_give_nobody_away(
    seed: int, asks: list[Ask]
) -> None:
    wave = _wave(_town(np.random.default_rng(seed)))
    assert Reader(wave, _tell(wave, asks)).found() == []


def _three_in_the_last(n: int = 3) -> Wave:
    """The third estate has three people of the second age, whom its own report hides; on `ute` all of it
    agrees, so that question is told of the others alone."""
    people: list[Answers] = [
        {"hjem": 1 + 4 * (number % 2), "ute": 1 + 4 * (number % 2), "alder": 1 + (number % 4 == 0), "bo": 1}
        for number in range(40)
    ]
    last: list[Answers] = [
        {"hjem": 1 + 4 * (number % 2), "ute": 5, "alder": 2 if number < n else 1, "bo": 1}
        for number in range(30)
    ]
    return _wave({"e0": people, "e1": people, "e2": last})


def test_without_the_bars_of_the_reports_a_table_of_all_is_enough() -> None:
    """The control: two estates' bars tell their share of a group, the table of all the rest."""
    wave = _three_in_the_last()
    ask = parse(FORM, "hjem", ["alder"], "all", "standard")
    people = population(wave, FORM.item("hjem"))
    crossing = Crossing.of(people, ["alder"])
    assert people.estates == (0, 1, 2) and crossing.leaves == 4
    counted = int((wave.frame["alder"] == 2).sum())
    reader = Reader(wave, [])
    reader._learn(range(3), range(CODES), reader._group({"alder": {2}}), counted)
    assert ((2,), tuple(range(CODES)), reader._group({"alder": {2}})) in [cell for cell, _ in reader.found()]
    assert Reader(wave, _tell(wave, [ask])).found() == []


def test_two_questions_of_different_estates_do_not_tell_of_the_one_between_them() -> None:
    wave = _three_in_the_last()
    asks = [parse(FORM, name, ["alder"], "all", "standard") for name in ("ute", "hjem", "ute")]
    for order in (asks, asks[::-1]):
        assert Reader(wave, _tell(wave, order)).found() == []


# ---------------------------------------------------------------- rounds


class House:
    """Tells reports as the house does: of what was told before, nothing that nearly repeats it."""

    def __init__(self) -> None:
        self.told: list[Wave] = []

    def tell(self, wave: Wave, *, imported: bool) -> Wave | None:
        if imported and any(copied(wave, other) for other in self.told):
            return None
        alike = [likeness(wave, other) for other in self.told]
        repeated = frozenset[str]().union(*(one.repeated for one in alike))
        unchanged = frozenset[str]().union(*(one.unchanged for one in alike)) - repeated
        made = replace(wave, repeated=repeated, unchanged=unchanged)
        self.told.append(made)
        return made


def _bars(wave: Wave, names: Iterable[str]) -> list[tuple[int, dict[tuple[str, tuple[int, ...]], int]]]:
    """Of every report: how many answered, and every part of every bar."""
    found = []
    for estate in wave.estates:
        report = compute(wave, estate.id)
        parts = {
            (name, segment.codes): segment.n
            for name in names
            for segment in report.items[name].segments
        } if report.hidden is None else {}  # fmt: skip
        found.append((report.n, parts))
    return found


def _subtracted(one: Wave, other: Wave, names: tuple[str, ...]) -> bool:
    """Can somebody lay two reports on one another so that one to four people are left, on all of some three
    questions or more? Whoever can, knows what they are."""
    for n, parts in _bars(one, names):
        for m, others in _bars(other, names):
            common = parts.keys() & others.keys()
            left = Counter({key: parts[key] - others[key] for key in common})
            whole = {name for name in names if any(key[0] == name for key in common)}
            by_name = {name: [left[key] for key in common if key[0] == name] for name in whole}
            if len(whole) < 3 or not 1 <= abs(n - m) < MINIMUM:
                continue
            if all(sum(own) == n - m and len({x > 0 for x in own if x}) <= 1 for own in by_name.values()):
                return True
    return False


@st.composite
def corrections(draw: st.DrawFn) -> tuple[str, int]:
    return draw(st.sampled_from(["fewer", "other", "without", "cut", "joined", "moved"])), draw(
        st.integers(1, 8)
    )


def _corrected(town: Answered, what: str, few: int) -> Answered:
    made = {name: list(people) for name, people in town.items()}
    match what:
        case "fewer":
            made["e0"] = made["e0"][few:]
        case "other":
            made["e1"] = [{**p, "hjem": 1} if n < few else p for n, p in enumerate(made["e1"])]
        case "without":
            del made["e2"]
        case "cut":
            made["e3"] = made["e0"][:few]
            made["e0"] = made["e0"][few:]
        case "joined":
            made = {"e0": [p for people in made.values() for p in people][few:]}
        case "moved":
            made["e1"] += made["e0"][:few]
            made["e0"] = made["e0"][few:]
    return made


@drawn
@given(st.integers(0, 2**32 - 1), st.lists(corrections(), min_size=1, max_size=4))
def test_a_file_imported_again_and_again_is_told_once_or_differs_by_five(
    seed: int, changes: list[tuple[str, int]]
) -> None:
    random = np.random.default_rng(seed)
    town, house = _town(random), House()
    told = [house.tell(_wave(town), imported=True)]
    for what, few in changes:
        told.append(house.tell(_wave(_corrected(town, what, few)), imported=True))
    made = [wave for wave in told if wave is not None]
    names = tuple(item.id for item in FORM.items())
    for place, one in enumerate(made):
        for other in made[:place]:
            assert not _subtracted(one, other, names), changes


@drawn
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.booleans())
def test_the_same_people_but_for_a_few_in_the_next_wave_are_not_told_by_what_they_are(
    seed: int, few: int, came: bool
) -> None:
    random = np.random.default_rng(seed)
    town, house = _town(random), House()
    later = {
        name: [{**p, **{q: int(random.integers(1, 6)) for q in ("hjem", "ute")}} for p in people]
        for name, people in town.items()
    }
    later["e0"] = later["e0"] + _town(random)["e1"][:few] if came else later["e0"][few:]
    then, now = house.tell(_wave(town), imported=False), house.tell(_wave(later), imported=False)
    assert then is not None and now is not None
    for name in GROUPS:
        before, after = compute(then, "e0").items[name], compute(now, "e0").items[name]
        if before.segments and after.segments:
            left = [abs(a.n - b.n) for a, b in zip(before.segments, after.segments, strict=False)]
            assert not 1 <= sum(left) < MINIMUM


def test_without_looking_at_what_was_told_the_attackers_succeed() -> None:
    """In a house where every answer is common, so that every bar is shown as it is."""
    town: Answered = {
        name: [
            {"hjem": 1 + n % 5, "ute": 1 + n // 5 % 5, "alder": 1 + n % 3, "bo": 1 + n % 2} for n in range(60)
        ]
        for name in ("e0", "e1", "e2")
    }
    names = tuple(item.id for item in FORM.items())
    again = _wave(_corrected(town, "fewer", 2))
    assert _subtracted(_wave(town), again, names)
    house = House()
    assert house.tell(_wave(town), imported=True) is not None
    assert house.tell(again, imported=True) is None
