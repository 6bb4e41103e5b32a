"""Figures that others have published, to be set beside ours: rows of YAML, each with where it is from.

A row says whether it asks the same as one of our questions. Only then, and when answers and cut-off are the
same too, is ours set beside it; see `reports.benchmarks`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, model_validator

from forms.questionnaire import Model, Slug, Text

HERE = Path(__file__).parent


class Benchmark(Model):
    """One published figure.

    measure     share: per cent 0..100 who gave the `good` answers; mean: of `answers` as numbers
    wording     the question as it was asked; None: the source we have does not say
    cut_off     which answers are counted, in words
    answers     values of its answers in their order, as a questionnaire of ours names them; None: not known
    good        those of them that count
    beside      meaning ids of our questions nearest to it
    same        whether it asks the same as the one question named in `beside`
    differs     why not, in words
    """

    id: Slug
    source: str
    publication: str
    year: Annotated[int, Field(ge=1900, le=2100)]
    population: Text
    n: Annotated[int, Field(ge=1)] | None = None
    what: Text
    measure: Literal["share", "mean"] = "share"
    value: float
    of: float = 100
    wording: Text | None = None
    cut_off: Text
    answers: tuple[Slug, ...] | None = None
    good: tuple[Slug, ...] = ()
    beside: Annotated[tuple[Slug, ...], Field(min_length=1)]
    same: bool = False
    differs: Text | None = None

    @model_validator(mode="after")
    def _says_enough(self) -> Benchmark:
        if not 0 <= self.value <= self.of:
            raise ValueError(f"{self.id}: {self.value} is not between 0 and {self.of}")
        if self.same and (self.wording is None or self.answers is None or len(self.beside) != 1):
            raise ValueError(f"{self.id}: the same question needs its wording, its answers and one of ours")
        if self.same == (self.differs is not None):
            raise ValueError(f"{self.id}: either it is the same question, or it says how it differs")
        if not set(self.good) <= set(self.answers or ()):
            raise ValueError(f"{self.id}: good answers must be among its answers")
        return self


class Benchmarks(Model):
    rows: tuple[Benchmark, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Benchmarks:
        ids = [row.id for row in self.rows]
        if len(set(ids)) < len(ids):
            raise ValueError("a row is there twice")
        return self


@cache
def shipped() -> Benchmarks:
    """The rows that come with Bostemme."""
    return parse((HERE / "norway.yaml").read_text(encoding="utf-8"))


def parse(text: str) -> Benchmarks:
    """Rows from YAML. pydantic's ValidationError names what is wrong."""
    return Benchmarks.model_validate(yaml.safe_load(text))


def json_schema() -> dict[str, Any]:
    return Benchmarks.model_json_schema()
