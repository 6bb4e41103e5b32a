"""How surely answers to several questions go together is told in widths that rest on the table of each
estate, with noise: what is printed is as likely, or nearly, of tables in which each hidden count lies apart.

BOSTEMME_ATTACKS says how many landlords are drawn; see tests/attack/test_tables.py.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forms.questionnaire import Questionnaire
from reports.associations import common, crossed_by_estate, merged, outcome_of
from reports.errors import NoEstimate
from reports.findings.everywhere import Everywhere, everywhere
from reports.inference.settings import FEWEST_UNITS
from reports.rounding import half_up
from reports.scope import Groundwork, Scope
from reports.together import candidates, printed_ends, printed_value
from reports.waves import Estate, Wave
from reports.widths import scale, shift
from tests.attack.joint import CODES, GOOD
from tests.attack.odds import Floats, Reader, Tables, Widths, model_of
from tests.attack.test_joint import RANGE
from tests.attack.test_tables import DRAWN
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import wave_of

LESS = 2.0
"""All that is printed together is at most e^2 = 7.4 times as likely of the true tables as of the others."""
NONE = 1e-3
"""Noise that is none."""
IDS = ("ro", "lys", "tak", "vei")
drawn = settings(
    max_examples=DRAWN or 3, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not DRAWN
)


def _landlord(seed: int, estates: int) -> Wave:
    """Two to four questions that go with the overall one, in estates that stand differently."""
    random = np.random.default_rng(seed)
    ids = IDS[: int(random.integers(2, 5))]
    firm, noise = random.choice([0.3, 0.8]), random.choice([0.5, 1.0, 1.5])
    sizes = [16, 24, 36, 60] if estates > 4 else [30, 60, 100, 200]
    answers = {}
    for estate in range(estates):
        n = int(random.choice(sizes))
        mood = random.normal(random.normal(0, firm), 1, n)
        own = {
            name: np.clip(np.rint(3.4 + mood + random.normal(0, noise, n)), 1, CODES).astype(int).tolist()
            for name in ("helhet", *ids)
        }
        answers[f"e{estate:02}"] = [{name: own[name][k] for name in own} for k in range(n)]
    return wave_of(_form(ids), [Estate(name, name, "Nord", None) for name in answers], answers)


def _form(ids: tuple[str, ...]) -> Questionnaire:
    return questionnaire(item("helhet", role="overall"), *[item(name) for name in ids], index=False)


def _model(wave: Wave, found: Everywhere) -> tuple[Widths, Floats] | None:
    """What the odds of a report rest on, and the widths of all that is told of these questions: what is
    printed of the odds follows from them."""
    if found.together is None:
        return None
    ground = Groundwork.of(wave)
    for groups, placed in candidates(ground, found.whole):
        everybody = np.all([place >= 0 for place in placed], axis=0)
        estates, where = np.unique(ground.estate_of[everybody], return_inverse=True)
        parts = [int(placed[0].max()) + 1, *map(len, groups.values())]
        tables = np.zeros((estates.size, *parts), np.int64)
        np.add.at(tables, (where, *(place[everybody] for place in placed)), 1)
        try:
            effects = model_of(tables).effects
        except NoEstimate:
            continue
        about: list[tuple[object, ...]] = [
            ("odds", name, own[place]) for name, own in groups.items() for place in range(1, len(own))
        ]
        for effect, of, row in zip(effects, about, found.together.rows, strict=True):
            half = (effect.high - effect.value) * ground.widths.wider(estates.size, of)
            assert (row.factor, row.codes) == of[1:]
            assert (row.low, row.high) == printed_ends(printed_value(effect.odds[0]), half)
        about += [("apart", name) for name in groups]
        good = ground.wave.frame["helhet"].is_in(list(GOOD)).to_numpy()[everybody]
        widths = Widths(tables, np.unique(placed[0][everybody][good]).size)
        return widths, _told(ground, widths, about)
    raise AssertionError("a model is told that nothing led to")


def _pairs(wave: Wave, found: Everywhere) -> list[tuple[Widths, Floats]]:
    """The same of each association by itself."""
    ground, form = Groundwork.of(wave), wave.questionnaire
    scope, outcome, told = Scope.of(ground, None), outcome_of(form), []
    assert outcome is not None
    for association in found.whole.associations:
        factor = form.item(association.factor)
        shared = common(scope, factor, outcome)
        assert shared is not None
        each = crossed_by_estate(scope, factor, outcome)[list(shared.estates)]
        tables: Tables = merged(form, factor, outcome, each, (shared.rows, shared.columns)).transpose(0, 2, 1)
        if len(tables) >= FEWEST_UNITS:
            cuts = sorted({0, *shared.columns} | {CODES - len(GOOD)})
            widths = Widths(tables, _good_parts(tables, each, cuts), model=False)
            told.append((widths, _told(ground, widths, [("apart", factor.id)])))
    return told


def _good_parts(tables: Tables, each: Tables, cuts: list[int]) -> int:
    """So many of the last columns as good overall answers make up."""
    good = int(each[:, :, cuts[cuts.index(CODES - len(GOOD))] :].sum())
    upto = tables.sum(axis=(0, 2))[::-1].cumsum().tolist()
    return int(upto.index(good)) + 1


def _told(ground: Groundwork, widths: Widths, about: list[tuple[object, ...]]) -> Floats:
    exact = widths.halves(widths.squares(widths.tables).sum(axis=0))
    estates = len(widths.tables)
    noise = [math.log(ground.widths.wider(estates, of)) - shift(estates) for of in about]
    found: Floats = exact + np.array(noise)
    return found


def _finite(widths: Widths) -> bool:
    return bool(np.isfinite(widths.squares(widths.tables)).all())


def _found(widths: Widths, told: Floats) -> dict[object, tuple[int, int]]:
    """What the widths tell beyond the patterns of all estates, which give some away by themselves to who is
    told them."""
    found = Reader(widths, told, scale(len(widths.tables)), LESS).found(RANGE)
    known = Reader(widths, told, math.inf, LESS).found(RANGE) if found else {}
    return {pair: ends for pair, ends in found.items() if pair not in known}


@drawn
@given(st.integers(3, 12), st.integers(0, 2**32 - 1))
def test_what_is_told_of_several_questions_gives_no_table_of_an_estate_away(estates: int, seed: int) -> None:
    wave = _landlord(seed, estates)
    found = everywhere(wave)
    of_model = _model(wave, found)
    for widths, told in [*_pairs(wave, found), *([of_model] if of_model else [])]:
        if _finite(widths):
            assert _found(widths, told) == {}


def test_an_exact_width_tells_the_tables_of_the_estates() -> None:
    """The same reader, of the same landlord, without noise and with it."""
    wave = _landlord(7005, 8)
    found = everywhere(wave)
    made = _model(wave, found)
    assert made is not None
    widths, told = made
    exact = widths.halves(widths.squares(widths.tables).sum(axis=0))
    assert len(Reader(widths, exact, NONE, LESS, steps=60).found(RANGE)) > 2
    assert _found(widths, told) == {}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_wave_tells_the_same_widths_to_all(seed: int) -> None:
    one, other = (everywhere(_landlord(seed, 5)) for _ in range(2))
    assert one.together == other.together
    assert one.whole.associations == other.whole.associations


def test_the_reader_reckons_the_widths_as_they_are_told() -> None:
    wave = _landlord(7005, 8)
    made = _model(wave, everywhere(wave))
    assert made is not None
    widths, _ = made
    halves = np.exp(widths.halves(widths.squares(widths.tables).sum(axis=0)))
    effects = model_of(widths.tables).effects
    assert halves[: len(effects)] == pytest.approx([own.high - own.value for own in effects], abs=1e-6)
    assert half_up(float(halves.min()), 2) > 0
