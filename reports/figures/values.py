"""What figures are made of: a number with its interval and its answers, or why it is not shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.errors import BadFigure
from reports.figures.voice import Measure, Voice

LOOSE = 1e-9
NOTHING = "–"
"""In a cell of a table that has nothing to say."""


@dataclass(frozen=True)
class Measured:
    """`value` in the units of its measure, its 95 % interval, and the answers behind it, where they are told.

    `hidden`: why it is not shown, in words of the reader's language; then there is no number at all.
    `low` and `high` None: nothing is uncertain. `note`: a few words that stand with the number.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    hidden: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        numbers = [number for number in (self.value, self.low, self.high) if number is not None]
        if not all(math.isfinite(number) for number in numbers):
            raise BadFigure(f"no number can be drawn at {numbers}")
        if (self.value is None) != bool(self.hidden):
            raise BadFigure("a figure has either a value or a reason why it is hidden")
        if self.value is None and (numbers or self.n is not None):
            raise BadFigure("what is hidden has no number")
        if (self.low is None) != (self.high is None):
            raise BadFigure("an interval has two ends")
        low, high = self._ends
        if self.value is not None and not low - LOOSE <= self.value <= high + LOOSE:
            raise BadFigure(f"{self.value} lies outside its interval {low} to {high}")
        if self.n is not None and self.n < 0:
            raise BadFigure(f"{self.n} answers")

    @property
    def _ends(self) -> tuple[float, float]:
        if self.low is None or self.high is None:
            return -math.inf, math.inf
        return self.low, self.high

    @property
    def interval(self) -> tuple[float, float] | None:
        if self.low is None or self.high is None or self.high - self.low < 1e-9:
            return None
        return self.low, self.high


def not_shown(why: str) -> Measured:
    """A figure that is hidden; `why` in the words of the reader."""
    return Measured(None, hidden=why)


def fits(measure: Measure, *figures: Measured) -> None:
    """Raises BadFigure where a number lies where its axis has no place for it."""
    for figure in figures:
        for number in (figure.value, figure.low, figure.high):
            if number is not None and not measure.least - 1e-9 <= number <= measure.most + 1e-9:
                raise BadFigure(f"{number} is not between {measure.least} and {measure.most}")


def in_words(voice: Voice, measure: Measure, name: str, figure: Measured) -> str:
    """'Fjordveien: 62 %, mellom 57 og 70 % (92 svar)': a part of what a figure says in words."""
    if figure.value is None:
        return voice.t("part", name=name, told=figure.hidden)
    told = [measure.said(voice, figure.value)]
    if figure.interval:
        told.append(measure.between(voice, *figure.interval))
    if figure.note:
        told.append(figure.note)
    said = voice.t("part", name=name, told=voice.t("comma").join(told))
    return said if figure.n is None else voice.t("with_answers", said=said, answers=voice.answers(figure.n))


def cells(voice: Voice, measure: Measure, figure: Measured) -> tuple[str, str, str]:
    """Value, interval and answers, as a row of a table has them; of a hidden one the reason as its value."""
    if figure.value is None:
        return figure.hidden, NOTHING, NOTHING
    interval = measure.between(voice, *figure.interval) if figure.interval else NOTHING
    value = measure.said(voice, figure.value)
    return (
        voice.t("comma").join([value, figure.note]) if figure.note else value,
        interval,
        NOTHING if figure.n is None else voice.number(figure.n),
    )


@dataclass(frozen=True)
class Table:
    """The numbers of a figure as rows, to stand beside it. The first cell of a row is its heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
