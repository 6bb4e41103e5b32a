"""A report that was kept and one computed anew: what counts as another figure, and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reports import published
from tests.samples import demonstration


def _figures(scope: str | None = None) -> Any:
    return published.figures(published.to_text(demonstration.results(scope)))


def _without(value: Any, names: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(held, names) for key, held in value.items() if key not in names}
    if isinstance(value, list):
        return [_without(held, names) for held in value]
    return value


@pytest.mark.parametrize("scope", [None, "Nordlia"])
def test_the_same_report_computed_twice_differs_in_nothing(scope: str | None) -> None:
    assert published.differences(_figures(scope), _figures(scope)) == frozenset()


def test_what_a_later_version_tells_besides_is_no_difference() -> None:
    """A report kept before the limits of the funnel, the scales and the open answers were told."""
    now = _figures()
    then = _without(now, {"limits", "scales", "open_answers", "step"})
    assert then != now
    assert published.differences(then, now) == frozenset()
    assert published.differences(now, then), "what is told no longer is one"


def test_other_findings_from_the_same_figures_are_no_difference() -> None:
    now = _figures("Nordlia")
    assert published.differences({**now, "findings": []}, now) == frozenset()


def _changed(place: tuple[str | int, ...], value: Any) -> Any:
    figures = json.loads(json.dumps(_figures("Nordlia")))
    held = figures
    for step in place[:-1]:
        held = held[step]
    assert held[place[-1]] != value
    held[place[-1]] = value
    return figures


@pytest.mark.parametrize(
    ("place", "value", "part"),
    [
        (("n",), 3, "number"),
        (("index", "score", "value"), 1.0, "number"),
        (("index", "score", "low"), 0.5, "interval"),
        (("index", "versus_rest"), "worse?", "rest"),
        (("index", "change"), {"difference": 1.0}, "change"),
        (("index", "score", "hidden"), "hidden.few", "hidden"),
    ],
)
def test_what_differs_is_named(place: tuple[str | int, ...], value: Any, part: str) -> None:
    assert published.differences(_figures("Nordlia"), _changed(place, value)) == {part}


def test_digits_that_another_library_would_add_up_otherwise_are_no_difference() -> None:
    now = _figures("Nordlia")
    then = json.loads(json.dumps(now), parse_float=lambda digits: float(digits) * (1 + 1e-12))
    assert published.differences(then, now) == frozenset()


def test_what_a_report_is_sealed_by_is_all_its_figures() -> None:
    now = _figures("Nordlia")
    assert published.digest(now) == published.digest(_figures("Nordlia"))
    assert published.digest({**now, "findings": []}) != published.digest(now)
