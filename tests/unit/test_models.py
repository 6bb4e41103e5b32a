"""A model is fitted or refused in words: never a number out of nothing."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.miscmodels.ordinal_model import OrderedModel

from reports.errors import BadDesign, DoesNotConverge, NoSpread, TooFewAnswers, TooManyGroups
from reports.inference.models import Factor, ordered_logit


def _drawn(
    n: int, effect: float = 1.0, seed: int = 1
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Factor]:
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    latent = effect * group + rng.logistic(size=n)
    return np.digitize(latent, [-1, 0, 1]), Factor(group, ("nei", "ja"))


def test_a_known_effect_is_found() -> None:
    outcome, heard = _drawn(2000)
    (effect,) = ordered_logit(outcome, {"hørt": heard}).effects
    assert (effect.factor, effect.group) == ("hørt", "ja")
    assert effect.low < 1.0 < effect.high and effect.p < 1e-6
    assert effect.odds[0] == pytest.approx(np.exp(effect.value))


def test_four_hundred_groups_and_too_few_answers_are_refused() -> None:
    outcome, heard = _drawn(4000)
    many = Factor(np.arange(4000) % 400, [str(i) for i in range(400)])
    with pytest.raises(TooManyGroups, match="400 groups"):
        ordered_logit(outcome, {"leiegård": many})
    with pytest.raises(TooFewAnswers, match="40"):
        ordered_logit(outcome[:30], {"hørt": Factor(heard.groups[:30], heard.names)})
    with pytest.raises(NoSpread, match="alike"):
        ordered_logit(np.full(100, 3), {"hørt": Factor(heard.groups[:100], heard.names)})
    with pytest.raises(NoSpread, match="one group"):
        ordered_logit(outcome, {"hørt": Factor(np.zeros(4000, int), ("ja",))})
    with pytest.raises(TooFewAnswers):
        ordered_logit([], {"hørt": Factor(np.zeros(0, int), ("nei", "ja"))})


def test_a_group_that_all_answered_alike_has_no_odds() -> None:
    outcome, heard = _drawn(200)
    outcome = np.where(heard.groups == 1, 3, np.minimum(outcome, 2))
    with pytest.raises(DoesNotConverge, match="merge small groups"):
        ordered_logit(outcome, {"hørt": heard})


def test_factors_that_divide_alike_or_do_not_fit_are_refused() -> None:
    outcome, heard = _drawn(300)
    with pytest.raises(BadDesign, match="alike"):
        ordered_logit(outcome, {"hørt": heard, "hørt igjen": heard})
    with pytest.raises(BadDesign, match="299 values"):
        ordered_logit(outcome, {"hørt": Factor(heard.groups[1:], heard.names)})
    with pytest.raises(BadDesign, match="at least one"):
        ordered_logit(outcome, {})


def test_counts_of_people_give_what_the_library_finds_from_each_of_them() -> None:
    """Its own search, with its own derivatives, on one row a person: all of them, and without one estate."""
    rng = np.random.default_rng(5)
    n = 600
    groups = [rng.integers(0, 3, n) for _ in range(2)]
    outcome = np.digitize(0.8 * groups[0] - 0.5 * groups[1] + rng.logistic(size=n), [-1.0, 0.2, 1.4])
    estates = rng.integers(0, 4, n)
    design = np.column_stack([own == step for own in groups for step in (1, 2)]).astype(float)
    factors = {str(i): Factor(own, ("0", "1", "2")) for i, own in enumerate(groups)}

    def alone(of: NDArray[np.bool_]) -> NDArray[np.float64]:
        found = OrderedModel(outcome[of], design[of], distr="logit").fit(method="newton", disp=False)
        return np.asarray(found.params[:4])

    whole = ordered_logit(outcome, factors, estates)
    assert [effect.value for effect in whole.effects] == pytest.approx(alone(np.ones(n, bool)), abs=1e-6)
    apart = np.asarray([alone(estates != own) for own in range(4)]) - [e.value for e in whole.effects]
    jackknife = np.sqrt(0.75 * (apart**2).sum(axis=0))
    people = [effect.error for effect in ordered_logit(outcome, factors).effects]
    units = [effect.error for effect in whole.effects]
    assert all(
        one == pytest.approx(jack, abs=1e-6) or one == pytest.approx(single, abs=1e-6)
        for one, jack, single in zip(units, jackknife, people, strict=True)
    )
    assert units != pytest.approx(people, abs=1e-3)


def test_an_estate_with_nearly_all_of_the_answers_can_be_left_out() -> None:
    """What is left answers the other way round: far from where the search begins."""
    rng = np.random.default_rng(3)
    estates = np.repeat([0, 1, 2], [4000, 60, 60])
    group = rng.integers(0, 2, estates.size)
    lean = np.where(estates == 0, 4.0, -3.0) * group + np.where(estates == 0, 0.0, 4.0)
    outcome = np.digitize(lean + rng.logistic(size=estates.size), [-2.0, 0.0, 2.0, 4.0])
    factors = {"hørt": Factor(group, ("nei", "ja"))}
    (effect,) = ordered_logit(outcome, factors, estates).effects
    (without,) = ordered_logit(
        outcome[estates > 0], {"hørt": Factor(group[estates > 0], ("nei", "ja"))}
    ).effects
    assert effect.value > 3 and without.value < -2
    assert effect.error > np.sqrt(2 / 3) * (effect.value - without.value) - 1e-9


def test_an_answer_that_one_estate_alone_gave_leaves_no_model_without_it() -> None:
    outcome, heard = _drawn(400)
    estates = np.arange(400) % 4
    outcome = np.where((estates > 0) & (outcome == 3), 2, outcome)
    ordered_logit(outcome, {"hørt": heard})
    with pytest.raises(DoesNotConverge, match="merge small groups"):
        ordered_logit(outcome, {"hørt": heard}, estates)


def test_large_libraries_are_loaded_by_who_asks_for_what_they_do_alone() -> None:
    """The model's takes a second and a half and 90 MB, distributions and solvers a second more: no page of a
    tenant, no list of rounds and no start waits for them, and what mixes and sends reckons nothing."""
    loaded = (
        "import sys, survey.cli, survey.mixer, survey.sender;"
        "print(sorted({'litestar', 'numpy', 'polars', 'scipy'} & set(sys.modules)));"
        "import survey.app, survey.phone.routes, survey.office.routes, reports.compute, reports.findings;"
        "large = {'statsmodels', 'pandas', 'scipy.stats', 'scipy.optimize', 'weasyprint'};"
        "print(sorted(large & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n") == ["[]", "[]", ""]


def test_help_waits_for_nothing_that_reckons_or_draws() -> None:
    """Of every command of every room; what a command does is loaded when it is run."""
    asked = """
import contextlib, io, sys
from survey.cli import main

def walk(command, words):
    with contextlib.redirect_stdout(io.StringIO()) as told, contextlib.suppress(SystemExit):
        main.main([*words, "--help"], prog_name="bostemme")
    assert "--help" in told.getvalue(), words
    return 1 + sum(walk(own, [*words, name]) for name, own in getattr(command, "commands", {}).items())

print(sum(walk(main.get_command(None, name), [name]) for name in main.list_commands(None)) > 30)
print(sorted({"numpy", "polars", "scipy", "litestar", "weasyprint", "jinja2", "cel"} & set(sys.modules)))
"""
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n") == ["True", "[]", ""]
