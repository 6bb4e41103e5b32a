"""Whoever reads an estimator finds in its own words where it is from."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

import reports
from reports import disclosure, inference

ESTIMATING = "alphas associations contrasts copies index likeness representation scales trends weights"
NOTHING_RECKONED = {"reports.disclosure.errors", "reports.disclosure.tables", "reports.inference.settings"}


def _modules() -> Iterator[str]:
    for room in (inference, disclosure):
        yield from (f"{room.__name__}.{found.name}" for found in pkgutil.iter_modules(room.__path__))
    yield from (f"{reports.__name__}.{name}" for name in ESTIMATING.split())


def _public(module: str) -> Iterator[tuple[str, str]]:
    """Name and words of its own functions, and of the methods of its own classes; properties are figures that
    methods have made."""
    for name, found in inspect.getmembers(importlib.import_module(module)):
        if name.startswith("_") or getattr(found, "__module__", None) != module:
            continue
        if inspect.isfunction(found):
            yield name, found.__doc__ or ""
        elif inspect.isclass(found):
            for own, made in vars(found).items():
                method = made.__func__ if isinstance(made, classmethod | staticmethod) else made
                if inspect.isfunction(method) and not own.startswith("_"):
                    yield f"{name}.{own}", method.__doc__ or ""


RECKONING = sorted(set(_modules()) - NOTHING_RECKONED)


@pytest.mark.parametrize("module", RECKONING)
def test_every_public_estimator_names_its_source(module: str) -> None:
    without = [
        name for name, words in _public(module) if not re.search(r"^\s*Source: \S", words, re.MULTILINE)
    ]
    assert not without, f"{module}: add a line 'Source: ...' to the docstring of {', '.join(without)}"


def test_what_a_source_refers_to_is_there() -> None:
    """`see X` names a function that exists, and a year stands beside a name."""
    known = {name.rpartition(".")[2] for module in RECKONING for name, _ in _public(module)}
    for module in RECKONING:
        for name, words in _public(module):
            source = " ".join(words.partition("Source: ")[2].split())
            for other in re.findall(r"see `([\w.]+)`", source):
                assert other.rpartition(".")[2] in known, f"{module}.{name} sees {other}, which is not there"
            if not re.search(r"see `|[Oo]ur own|a definition|`\w+`", source):
                assert re.search(r"[A-ZÅÄÖØ]\w+ (and others )?(1[89]|20)\d\d", source), (
                    f"{module}.{name}: {source}"
                )
