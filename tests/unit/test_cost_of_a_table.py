"""Who asks for a table by group is told first which simpler tables it could spoil, and nothing of answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.breakdowns.asking import Ask, parse
from reports.breakdowns.cost import cost_of, usual
from reports.breakdowns.ledger import judge
from reports.requests import Level
from reports.waves import Estate
from tests.attack.test_ledger import FORM, _form, _tell, _wave

ESTATES = [Estate(f"e{n}", f"E{n}", "Nord" if n < 2 else "Sør", 40 + n) for n in range(3)]


def _ask(*by: str, level: Level = "all", profile: str = "standard") -> Ask:
    return parse(FORM, "hjem", list(by), level, profile)


def _names(asks: tuple[Ask, ...]) -> list[tuple[str, str]]:
    return [(ask.by[0].variable, ask.level) for ask in asks]


EVERY = [(name, level) for level in ("all", "area", "estate") for name in ("alder", "bo")]


def test_a_crossed_table_names_every_simpler_one_that_it_comes_before() -> None:
    found = cost_of(FORM, ESTATES, _ask("alder", "bo", level="estate"), [], released=False)
    assert not found.free
    assert _names(found.first) == EVERY
    assert (found.groups, found.places, found.numbers, found.homes) == (6, 3, 3 * 6 * 6, 6)


def test_a_table_in_its_turn_costs_no_simpler_one_and_is_told_at_once() -> None:
    told: list[Ask] = []
    for ask in usual(FORM, ESTATES, "hjem"):
        assert cost_of(FORM, ESTATES, ask, told, released=False).free
        told.append(ask)
    assert _names(tuple(told)) == EVERY
    assert cost_of(FORM, ESTATES, _ask("alder", "bo"), told, released=False).free


@pytest.mark.parametrize(
    ("by", "level", "profile", "first"),
    [
        ("alder", "estate", "standard", [("alder", "all"), ("alder", "area")]),
        ("alder=1+2,3", "all", "standard", [("alder", level) for level in ("all", "area", "estate")]),
        ("bo", "all", "forskning", [("bo", level) for level in ("all", "area", "estate")]),
    ],
)
def test_small_places_bands_and_other_readers_come_after_the_usual_tables(
    by: str, level: Level, profile: str, first: list[tuple[str, str]]
) -> None:
    found = cost_of(FORM, ESTATES, _ask(by, level=level, profile=profile), [], released=False)
    assert _names(found.first) == first


def test_what_was_told_crossed_ties_its_backgrounds_together_from_then_on() -> None:
    found = cost_of(FORM, ESTATES, _ask("bo"), [_ask("alder", "bo")], released=False)
    assert ("alder", "all") in _names(found.later)
    assert cost_of(FORM, ESTATES, _ask("alder", "bo"), [_ask("bo", "alder")], released=False).again


def test_a_table_by_a_key_says_that_research_data_by_it_cannot_be_handed_out_afterwards() -> None:
    form = _form(release_keys=("alder",))
    assert cost_of(form, ESTATES, _ask("alder"), [], released=False).keys == ("alder",)
    assert cost_of(form, ESTATES, _ask("alder"), [], released=True).free
    assert cost_of(form, ESTATES, _ask("alder"), [_ask("alder", level="estate")], released=False).free


def test_nothing_is_said_twice_where_a_place_is_all_there_is() -> None:
    one = ESTATES[:1]
    assert _names(usual(FORM, one, "hjem")) == [("alder", "all"), ("bo", "all")]
    apart = [replace(estate, area=estate.name) for estate in ESTATES]
    assert {level for _, level in _names(usual(FORM, apart, "hjem"))} == {"all", "estate"}
    assert {level for _, level in _names(usual(FORM, ESTATES, "rus"))} == {"all", "area"}


TOWN = _wave(2, estates=2, people=30)
"""Here a crossed table before the simple one costs the simple one numbers."""
CROSSED, SIMPLE = _ask("alder", "bo"), _ask("alder")


def test_a_crossed_table_asked_for_first_spoils_simpler_ones_and_entered_first_they_stand() -> None:
    (alone,) = _tell(TOWN, [SIMPLE])
    crossed, spoilt = _tell(TOWN, [CROSSED, SIMPLE])
    assert (crossed.ask, spoilt.ask) == (CROSSED, SIMPLE)
    assert spoilt.told.sum() < alone.told.sum(), "if this ever holds no more, nobody needs to be warned"
    first = cost_of(FORM, TOWN.estates, CROSSED, [], released=False).first
    assert SIMPLE in first
    entered = _tell(TOWN, [*first, CROSSED])
    again = judge(TOWN, SIMPLE, [one.entry for one in entered], None)
    assert (again.told == alone.told).all()


def test_a_table_that_is_not_named_is_told_alike_before_and_after() -> None:
    odd = _ask("alder=1+2,3")
    named = cost_of(FORM, TOWN.estates, odd, [], released=False)
    assert {name for name, _ in _names((*named.first, *named.later))} == {"alder"}
    (alone,) = _tell(TOWN, [_ask("bo")])
    after = _tell(TOWN, [odd, _ask("bo")])[-1]
    assert after.ask == alone.ask
    assert (after.told == alone.told).all()
