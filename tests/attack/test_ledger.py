"""One more breakdown after another: whoever has them all, and the research data too, finds nobody.

BOSTEMME_ATTACKS says how many sequences are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from forms.answers import Answers
from forms.questionnaire import Questionnaire
from reports.breakdowns.asking import Ask, parse
from reports.breakdowns.errors import NothingToTell, NumbersRefused
from reports.breakdowns.ledger import Entry, Judgement, cells_of, judge
from reports.breakdowns.people import Crossing, Population, population, table_of
from reports.breakdowns.writing import rows_of
from reports.disclosure import MINIMUM, Table, estate_segments
from reports.items import distribution
from reports.releases.dataset import HIDDEN, released_keys
from reports.requests import LEVELS, Level
from reports.scope import Groundwork, Scope
from reports.waves import Estate, Wave
from tests.attack.attacker import Attacker, attacker_of
from tests.attack.test_tables import DRAWN
from tests.samples.tiny import item, questionnaire, scored
from tests.samples.waves import wave_of

GROUPS = {"alder": 3, "bo": 2}


def _form(**more: Any) -> Questionnaire:
    backgrounds = [
        item(
            name, scale=None, background=True, specials=[],
            choices=[{"code": c, "value": f"v{c}", "text": {"nb": f"{name} {c}"}} for c in range(1, n + 1)],
        )
        for name, n in GROUPS.items()
    ]  # fmt: skip
    return questionnaire(scored("hjem"), item("rus", sensitive=True), *backgrounds).model_copy(update=more)


FORM = _form()


def _wave(seed: int, estates: int = 3, people: int = 45, form: Questionnaire = FORM) -> Wave:
    random = np.random.default_rng(seed)
    answers: dict[str, list[Answers]] = {}
    for number in range(estates):
        lean = random.dirichlet(np.ones(5) * 2)
        ages = random.dirichlet([4.0, 2.0, 0.6])
        answers[f"e{number}"] = [
            {
                "hjem": int(random.choice(5, p=lean)) + 1,
                "rus": int(random.choice(5, p=lean)) + 1,
                "alder": int(random.choice(3, p=ages)) + 1,
                "bo": int(random.random() < 0.3) + 1,
            }
            for _ in range(int(random.integers(people // 2, people * 2)))
        ]
    places = [Estate(name, name.upper(), "Nord" if name < "e2" else "Sør", 200) for name in answers]
    return wave_of(form, places, answers)


def _tell(wave: Wave, asks: list[Ask], released: bool = False) -> list[Judgement]:
    """Whatever is told of them, one after the other."""
    told: list[Judgement] = []
    for ask in asks:
        try:
            told.append(judge(wave, ask, [one.entry for one in told], "records" if released else None))
        except NumbersRefused:
            continue
    return told


def _town(estates: int, groups: dict[tuple[int, int], int]) -> Wave:
    """So many people of (age, dwelling) in each estate; every other one is content."""
    people = [pair for pair, n in groups.items() for _ in range(n)]
    answers: list[Answers] = [
        {"hjem": 5 if number % 2 else 1, "alder": age, "bo": dwelling}
        for number, (age, dwelling) in enumerate(people)
    ]
    names = [f"e{number}" for number in range(estates)]
    return wave_of(FORM, [Estate(name, name, "Nord", 200) for name in names], dict.fromkeys(names, answers))


def _found(
    wave: Wave, told: list[Judgement], others_were_told: list[Judgement] | None = None
) -> dict[int, tuple[int, int]]:
    """Leaves of 1 to 4 people (of an estate, an answer, and all backgrounds crossed) that a reader of all of
    it knows within fewer than five.

    `others_were_told`: only leaves that these tell. Of all others who has less finds no more than who has
    that too."""
    people = population(wave, wave.questionnaire.item("hjem"))
    crossing = Crossing.of(people, sorted(GROUPS))
    spy, sums, table, known = _reader(told, people, crossing)
    few = (table.values > 0) & (table.values < MINIMUM) & ~known
    leaves = _leaves(table)
    if others_were_told is not None:
        _, _, theirs, told_them = _reader(others_were_told, people, crossing)
        leaves = [cell for cell, leaf in zip(leaves, _leaves(theirs), strict=True) if told_them[leaf]]
    cells = [cell for cell in leaves if few[cell]]
    if people.pooled:
        houses = table.face[1 : 1 + len(people.estates), 1 : 1 + len(people.spans)].ravel()
        cells += [int(cell) for cell in houses if few[cell]]
    found = spy.found([sums[cell] for cell in cells], MINIMUM)
    return {cells[number]: edges for number, edges in found.items()}


def _filled_in(wave: Wave, told: list[Judgement], background: str) -> dict[int, tuple[int, int]]:
    """Blanks of one background in the research data that the numbers told beside them fill in: leaves of 1
    to 4 blanked people known more closely than five, or than how many were blanked there at all."""
    people = population(wave, wave.questionnaire.item("hjem"))
    crossing = Crossing.of(people, [background])
    own = [one for one in told if [g.variable for g in one.ask.by] == [background]]
    spy, sums, table, _ = _reader(own, people, crossing)
    keys, codes = released_keys(wave)
    shown = codes[people.rows, keys.index(background)] != HIDDEN
    (block,) = table.blocks
    seen = np.zeros(table.size, np.int64)
    np.add.at(seen, block[1 + people.estate[shown], 1 + people.answer[shown], 1 + crossing.leaf[shown]], 1)
    np.add.at(seen, block[1 + people.estate[shown], 1 + people.answer[shown], 0], 1)
    blank = table.values - seen
    for cell in _leaves(table):
        spy.learn(sums[cell], seen[cell], np.inf)
    cells = [cell for cell in _leaves(table) if 0 < blank[cell] < MINIMUM]
    pool = {int(cell): int(blank[row[0]]) for row in block.reshape(-1, block.shape[2]) for cell in row}
    least = [min(MINIMUM, pool[cell]) for cell in cells]
    found = spy.found([sums[cell] for cell in cells], least)
    return {cells[number]: edges for number, edges in found.items()}


def _reader(
    told: list[Judgement], people: Population, crossing: Crossing
) -> tuple[Attacker, dict[int, Any], Table, Any]:
    """Who has read all of it and every report."""
    unions = [union for one in told for union in crossing.unions(one.ask)]
    table = table_of(people, crossing, unions)
    known = table.none()
    # Where estates are told of together because no cut is shown by enough of them, their own numbers are not.
    known[table.face[[0]] if people.pooled else table.face] = True
    known[table.face[:, 0]] = True
    for one in told:
        known[cells_of(table, people, crossing, one.ask)[one.told]] = True
    spy = attacker_of(table)
    sums = spy.read(table, known)
    if people.pooled:
        _read_bars(spy, sums, people, table)
        _read_report(spy, sums, people, table)
    return spy, sums, table, known


def _read_bars(spy: Attacker, sums: dict[int, Any], people: Population, table: Table) -> None:
    """What the bar of each estate tells of the parts that all of them together are told in: between any two
    of its edges as many as it says, no fewer than in the parts inside, no more than in those that it touches.
    """
    frame = people.wave.frame
    for leaf, place in enumerate(people.estates):
        codes = frame.filter(frame["estate"] == people.wave.estates[place].id)[people.item.id].to_list()
        counts = [codes.count(code) for code in people.codes]
        told = estate_segments(counts, (3,))
        for first, last in combinations(sorted({edge for span in told for edge in span}), 2):
            n = sum(counts[first:last])
            inside = [k for k, (a, b) in enumerate(people.spans) if first <= a and b <= last]
            touched = [k for k, (a, b) in enumerate(people.spans) if a < last and first < b]
            for parts, low, high in ((inside, 0, n), (touched, n, np.inf)):
                if parts:
                    spy.learn(sum(sums[int(table.face[1 + leaf, 1 + k])] for k in parts), low, high)


def _read_report(spy: Attacker, sums: dict[int, Any], people: Population, table: Table) -> None:
    """The report's bar of all beside the numbers of all: the same answers by dwellings, its edges rounded. An
    edge within a part lies between what is before the part and what is before its end."""
    found = distribution(Scope.of(Groundwork.of(people.wave), None), people.item)
    assert set(found.places) == set(people.estates)
    weight = dict(zip(found.places, (found.weights / found.base).tolist(), strict=True))
    off = found.step / 2 + 1e-9
    for edge, _ in found.spans[1:]:
        told = found.share(0, edge)
        for outside, low, high in ((False, -np.inf, told + off), (True, told - off, np.inf)):
            row = sum(
                weight[place] * sums[int(table.face[1 + leaf, 1 + k])]
                for leaf, place in enumerate(people.estates)
                for k, (first, last) in enumerate(people.spans)
                if (first < edge if outside else last <= edge)
            )
            if not isinstance(row, int):
                spy.learn(row, low, high)


def _leaves(table: Table) -> list[int]:
    (block,) = table.blocks
    ends = [1 + dimension.leaves for dimension in (table.places, table.answers, *table.groups)]
    return [int(cell) for cell in block[1 : ends[0], 1 : ends[1], 1 : ends[2]].ravel()]


@st.composite
def requests(draw: st.DrawFn) -> Ask:
    level = draw(st.sampled_from(LEVELS))
    by = draw(
        st.sampled_from(["alder", "alder=1,2+3", "alder=1+2,3", "alder=1+2,2+3", "bo", "alder,bo", "bo=1"])
    )
    wanted = ["alder", "bo"] if by == "alder,bo" else [by]
    return parse(FORM, "hjem", wanted, level, "standard")


@settings(
    max_examples=DRAWN or 15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
@given(st.integers(0, 2**32 - 1), st.lists(requests(), min_size=1, max_size=4))
def test_nobody_is_found_in_all_that_was_told_together(seed: int, asks: list[Ask]) -> None:
    wave = _wave(seed)
    assert _found(wave, _tell(wave, asks)) == {}


def test_of_estates_that_show_different_cuts_a_reader_does_not_know_the_numbers_of_each() -> None:
    """Their bars are cut in three ways, so that numbers are of all of them together; nothing can be told of
    these groups, and their bars alone give nobody away."""
    wave = _wave(10372797)
    assert population(wave, wave.questionnaire.item("hjem")).pooled
    assert _found(wave, _tell(wave, [parse(FORM, "hjem", ["alder"], "estate", "standard")])) == {}


def test_without_the_ledger_the_same_requests_give_somebody_away() -> None:
    """Each judged as if nothing had been told before: the bands differ by the six who are of the second
    age."""
    wave = _town(1, {(1, 1): 40, (2, 1): 6, (3, 1): 40})
    asks = [parse(FORM, "hjem", [by], "all", "standard") for by in ("alder=1+2", "alder=1")]
    alone = [one for ask in asks for one in _tell(wave, [ask])]
    assert len(alone) == 2
    assert set(_found(wave, alone).values()) == {(0, 3)}  # where the six live is not told
    assert _found(wave, _tell(wave, asks)) == {}


def test_the_same_request_has_the_same_answer_whatever_was_told_in_between() -> None:
    wave = _wave(4, people=90)
    first, *others = (
        parse(FORM, "hjem", [by], "estate", "standard") for by in ("alder", "bo", "alder=1,2+3")
    )
    told = _tell(wave, [first, *others, first])
    assert len(told) == 4
    assert told[0].ask == told[-1].ask == first
    assert (told[0].told == told[-1].told).all()


def test_a_request_for_small_places_is_answered_for_wider_ones() -> None:
    wave = _town(8, {(1, 1): 8, (1, 2): 6})
    found = judge(wave, parse(FORM, "hjem", ["bo"], "estate", "standard"), [], None)
    assert (found.wider, found.ask.level, found.told.all()) == (True, "area", True)
    assert found.values[0, 0].tolist() == [64, 48]


def test_sensitive_questions_are_never_told_by_estate_and_only_of_twenty() -> None:
    with pytest.raises(NumbersRefused, match=r"numbers\.sensitive"):
        parse(FORM, "rus", ["alder"], "estate", "standard")
    wave = _wave(5, people=60)
    found = judge(wave, parse(FORM, "rus", ["alder"], "all", "standard"), [], None)
    assert (found.values[:, 0][found.told[:, 0]] >= 20).all()


@pytest.mark.parametrize("level", ["area", "all"])
@pytest.mark.parametrize("item_id, by", [("hjem", "frisk"), ("rus", "alder")])
def test_an_area_of_one_estate_is_told_no_more_of_what_is_sensitive_than_the_estate(
    item_id: str, by: str, level: Level
) -> None:
    """Sør is one estate. Neither is it told of, nor left when Nord is taken from everybody."""
    frisk = item(
        "frisk", scale=None, background=True, specials=[], sensitive=True,
        choices=[{"code": c, "value": f"f{c}", "text": {"nb": f"Frisk {c}"}} for c in (1, 2)],
    )  # fmt: skip
    form = questionnaire(*FORM.items(), frisk)
    people: list[Answers] = [
        {"hjem": n % 5 + 1, "rus": n % 5 + 1, "alder": n // 5 % 2 + 1, "frisk": n // 10 % 2 + 1}
        for n in range(100)
    ]
    places = [Estate(name, name, area, 200) for name, area in (("a", "Nord"), ("b", "Nord"), ("c", "Sør"))]
    wave = wave_of(form, places, dict.fromkeys("abc", people))
    told = _tell(wave, [parse(form, item_id, [by], wanted, "standard") for wanted in ("area", "all")])
    if item_id == "rus":
        # What everybody answered stands beside the groups: it would say what Sør did.
        assert {one.places for one in told} == {(wave.organisation,)}
        return
    assert [one.places for one in told][:1] == [("Nord",)]
    for one in told[1:]:
        # Whoever takes Nord from everybody has Sør: of one of the two nothing is told.
        assert not (told[0].told[0] & one.told[0])[1:].any()
    lone = wave_of(form, places[2:], {"c": people})
    with pytest.raises(NumbersRefused, match=r"numbers\.sensitive"):
        judge(lone, parse(form, item_id, [by], level, "standard"), [], None)


@pytest.mark.parametrize("answers", [[], [{"hjem": 5, "alder": 1, "bo": 1}] * 40, [{"hjem": 3}] * 4])
def test_nobody_all_alike_and_too_few_are_refused_with_a_reason(answers: list[Answers]) -> None:
    wave = wave_of(FORM, [Estate("e0", "E0", "Nord", 3)], {"e0": answers})
    with pytest.raises(NothingToTell, match=r"numbers\.nothing"):
        judge(wave, parse(FORM, "hjem", ["alder"], "estate", "standard"), [], None)


def test_what_is_hidden_says_so_and_names_the_wider_group_that_has_an_answer() -> None:
    wave = _wave(1, people=60)
    found = judge(wave, parse(FORM, "hjem", ["alder"], "all", "standard"), [], None)
    rows = rows_of(found, "nb")
    hidden = [row for row in rows if row.hidden]
    assert hidden
    for row in hidden:
        assert (row.n, row.share, row.hidden) == (None, None, "few")
        assert row.wider is not None and row.wider.startswith(row.place)
    everybody = [row for row in rows if not row.group]
    assert all(row.n is not None for row in everybody)


def test_profiles_round_and_blur_and_repeat_themselves() -> None:
    wave = _wave(1, people=90)
    by_profile = {}
    for profile in ("standard", "forskning", "offentlig", "microdata"):
        found = judge(wave, parse(FORM, "hjem", ["bo"], "all", profile), [], None)
        by_profile[profile] = [row.n for row in rows_of(found, "nb")]
        assert by_profile[profile] == [row.n for row in rows_of(found, "nb")]
    kinds = (by_profile[profile] for profile in ("standard", "microdata", "offentlig"))
    told = [(n, m, o) for n, m, o in zip(*kinds, strict=True) if None not in (n, m, o)]
    assert all(abs(n - m) <= 5 and (m >= 5 or n == 0) for n, m, _ in told)
    assert any(n != m for n, m, _ in told)
    assert all(o % 5 == 0 and abs(n - o) <= 2 for n, _, o in told)
    assert sum(n is None for n in by_profile["forskning"]) <= sum(n is None for n in by_profile["standard"])


def test_a_blurred_number_is_blurred_alike_whatever_bands_it_is_asked_in() -> None:
    """Otherwise who asks seven times knows it."""
    wave = _wave(1, people=90)
    seen: dict[tuple[str, str, str], set[int | None]] = {}
    for bands in ("alder", "alder=1,2", "alder=1,2+3", "alder=1,1+2", "alder=1", "alder=1,3", "alder=1,1+3"):
        for row in rows_of(judge(wave, parse(FORM, "hjem", [bands], "all", "microdata"), [], None), "nb"):
            seen.setdefault((row.place, row.group, row.answer), set()).add(row.n)
    assert all(len(told - {None}) <= 1 for told in seen.values())
    again = [told - {None} for (_, group, _), told in seen.items() if group in ("", "alder 1")]
    assert len(again) > 6
    assert all(again)


@pytest.mark.parametrize("by", ["alder", "bo"])
def test_a_background_is_not_asked_by_another_for_that_is_the_same_table_turned_round(by: str) -> None:
    """'alder 2 / alder 3: 11' of those who are bo 2, and 'bo 2: 9' of those who are alder 3: two are left."""
    item_id = "bo" if by == "alder" else "alder"
    with pytest.raises(NumbersRefused, match=r"numbers\.a_background"):
        parse(FORM, item_id, [by], "estate", "standard")


@st.composite
def requests_of_both(draw: st.DrawFn) -> Ask:
    return replace(draw(requests()), profile=draw(st.sampled_from(["standard", "forskning"])))


@settings(
    max_examples=DRAWN or 15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)
@given(st.integers(0, 2**32 - 1), st.lists(requests_of_both(), min_size=2, max_size=4))
def test_what_researchers_were_told_is_told_to_nobody_else(seed: int, asks: list[Ask]) -> None:
    """Whatever they were told before: everybody's tables have no group of fewer than ten, and neither they
    nor everything together gives anybody away."""
    wave = _wave(seed)
    told = _tell(wave, asks)
    everybody = [one for one in told if one.ask.profile == "standard"]
    for one in everybody:
        groups = one.values[:, :1].repeat(one.values.shape[1], axis=1)
        assert (groups[one.told] >= 10).all()
    assert _found(wave, told) == {}
    assert _found(wave, everybody, told) == {}


def test_a_group_that_researchers_were_told_does_not_follow_from_what_others_are_told() -> None:
    """Seven are of the second age."""
    wave = _town(1, {(1, 1): 40, (2, 1): 7, (3, 1): 40})
    asks = [parse(FORM, "hjem", ["alder"], "all", profile) for profile in ("forskning", "standard")]
    asks += [parse(FORM, "hjem", ["alder=2,1+3"], "all", profile) for profile in ("standard", "offentlig")]
    told = _tell(wave, asks)
    assert told[0].told[:, 0].all()  # or there was nothing to keep from anybody
    for one in told[1:]:
        rows = rows_of(one, "nb")
        assert all(row.hidden for row in rows if row.group == "alder 2")
        # Of the only other group neither: taken from all of them, theirs would be left.
        if len(one.ask.by[0].bands) == 2:
            assert not one.told[:, 1:][one.values[:, 1:] > 0].any()


def test_what_researchers_are_told_in_between_does_not_change_the_answer() -> None:
    wave = _town(1, {(1, 1): 40, (2, 1): 7, (3, 1): 40})
    first, between = (parse(FORM, "hjem", ["alder"], "all", p) for p in ("standard", "forskning"))
    told = _tell(wave, [first, between, first])
    assert (told[0].told == told[-1].told).all()


def test_every_share_has_its_interval_and_every_place_how_many_were_asked() -> None:
    """Of the numbers as they are told, so that an interval tells nothing more."""
    wave = _wave(1, people=90)
    for profile in ("standard", "forskning", "offentlig", "microdata"):
        found = judge(wave, parse(FORM, "hjem", ["bo"], "all", profile), [], None)
        base: int | None = None
        for row in rows_of(found, "nb"):
            assert row.asked == (None if row.answer or row.group else 600)
            if not row.answer:
                base = row.n
            if row.share is None or profile == "microdata":
                assert (row.low, row.high) == (None, None)
                continue
            assert row.n is not None and base is not None and row.low is not None and row.high is not None
            off = 2 if profile == "offentlig" else 0
            for n, of in ((row.n, base), (max(row.n - off, 0), base + off), (row.n + off, base - off)):
                exact = binomtest(min(n, of), of).proportion_ci(0.95)
                assert row.low <= exact.low and exact.high <= row.high
            if not off:
                assert row.low > exact.low - 0.01 and row.high < exact.high + 0.01


@settings(
    max_examples=DRAWN // 4 or 6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not DRAWN,
)
@given(st.integers(0, 2**32 - 1), st.lists(requests(), min_size=1, max_size=3))
def test_research_data_and_numbers_together_do_not_fill_in_what_is_blank(seed: int, asks: list[Ask]) -> None:
    form = _form(release_keys=("alder", "bo"), release_bands={})
    wave = _wave(seed, form=form)
    told = _tell(wave, asks, released=True)
    for background in GROUPS:
        assert _filled_in(wave, told, background) == {}


def test_the_ledger_forgets_nothing_of_an_entry() -> None:
    wave = _wave(4, people=90)
    level: Level = "estate"
    entry = judge(wave, parse(FORM, "hjem", ["alder", "bo"], level, "standard"), [], None).entry
    again = Entry.unpacked(entry.ask.canonical(), entry.packed(), entry.told.size)
    assert again.ask == entry.ask
    assert (again.told == entry.told).all()


def _small_estates(answer: Callable[[int, int], int], estates: int = 400) -> Wave:
    """Estates of six answers each; the answer by estate and person."""
    places = [Estate(f"e{e}", f"E{e}", "Nord", 9) for e in range(estates)]
    answers: dict[str, list[Answers]] = {
        place.id: [{"hjem": answer(e, k), "alder": 1 + (e + k) % 3, "bo": 1 + k % 2} for k in range(6)]
        for e, place in enumerate(places)
    }
    return wave_of(FORM, places, answers)


def test_four_hundred_estates_too_small_to_be_told_are_told_together() -> None:
    wave = _small_estates(lambda e, k: 1 + (e * 7 + k * 3) % 5)
    found = judge(wave, parse(FORM, "hjem", ["bo"], "estate", "standard"), [], None)
    assert (found.ask.level, found.wider) == ("all", True)
    assert (found.whole[0, 0], len(found.people.estates)) == (2400, 400)
    assert found.told.all()
    # Of no estate can more be known than that six answered: each of its answers may have been given by none
    # of them or by five.
    spy = Attacker(((20, len(found.people.spans), 1),))
    few = _small_estates(lambda e, k: 1 + (e * 7 + k * 3) % 5, 20)
    told = judge(few, parse(FORM, "hjem", ["bo"], "all", "standard"), [], None)
    answers = range(len(told.people.spans))
    for estate in range(20):
        spy.learn(spy.row(0, [estate], answers, [0]), 6, 6)
    for answer in answers:
        n = int(told.whole[0, 1 + answer])
        spy.learn(spy.row(0, range(20), [answer], [0]), n, n)
    assert spy.found([spy.row(0, [e], [a], [0]) for e in range(20) for a in answers], MINIMUM) == {}


def test_small_estates_that_all_agree_are_not_told_together_either() -> None:
    with pytest.raises(NothingToTell, match=r"numbers\.nothing"):
        judge(_small_estates(lambda e, k: 5), parse(FORM, "hjem", ["bo"], "all", "standard"), [], None)
    with pytest.raises(NothingToTell, match=r"numbers\.nothing"):
        nearly = _small_estates(lambda e, k: 4 if e == k == 0 else 5)
        judge(nearly, parse(FORM, "hjem", ["bo"], "all", "standard"), [], None)
