"""One palette. Likert colours are dark at both ends, so that they survive greyscale and colour blindness."""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1f2a30"
MUTED = "#55636b"
LINE = "#d9d2c7"
WHITE = "#ffffff"
ACCENT = "#0b5d66"
ACCENT_SOFT = "#dcecec"
TRACK = "#ece6dc"
WARN = "#8a4b08"


@dataclass(frozen=True)
class Colour:
    """A fill and the text colour that has a contrast of at least 4.5 on it."""

    fill: str
    text: str


LIKERT = (
    Colour("#8c3b1f", WHITE),
    Colour("#d98f5c", INK),
    Colour("#e6e0d6", INK),
    Colour("#7fb0b5", INK),
    Colour("#0b5d66", WHITE),
)
HEAT = (
    Colour("#faf5ec", INK),
    Colour("#cfe1e1", INK),
    Colour("#9fc5c9", INK),
    Colour("#689fa6", INK),
    Colour("#0b5d66", WHITE),
)
"""From weak to strong: each step darker than the one before, so that greyscale tells them apart as well."""
HEAT_STEPS = len(HEAT)
"""The stylesheet has a class bm-heat-1 .. bm-heat-5 for each step of the heat table, of the same colours."""
HIDDEN = Colour("#f4f1ec", MUTED)
"""The ground of what is not shown; it is hatched, and says why."""
HATCHED = "#c9c0b2"
SURFACE = WHITE


def likert_colour(positions: tuple[int, ...], size: int) -> Colour:
    """Colour of a segment that covers `positions` (0 = worst) of a scale with `size` steps.

    Merged neighbours take the colour in the middle of them, rounded towards neutral, so that two segments of
    one bar never get the same colour on a five-step scale.
    """
    if size < 2:
        return LIKERT[2]
    centre = (sum(positions) / len(positions)) / (size - 1) * 4
    below, rest = int(centre), centre - int(centre)
    if rest < 0.5:
        return LIKERT[below]
    if rest > 0.5:
        return LIKERT[below + 1]
    return LIKERT[below + 1] if below < 2 else LIKERT[below]


def worse(colour: Colour) -> bool:
    """Whether it is of the worse half of a scale. The two ends are equally dark in grey: what has such a
    colour is marked with a line along its upper edge as well."""
    return colour in LIKERT[:2]


def heat_step(score: float) -> int:
    """Score 0..100 to a step 1 (weak) .. 5 (strong)."""
    return min(HEAT_STEPS, max(1, int(score // (100 / HEAT_STEPS)) + 1))


def heat_colour(part: float) -> Colour:
    """Of a number that lies at 0..1 of its measure."""
    return HEAT[heat_step(part * 100) - 1]
