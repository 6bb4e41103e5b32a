"""What is true in the made-up municipality. The generator draws answers from this; docs/demo.md explains it.

Effects are in standard deviations of one tenant's latent opinion: 0 is an ordinary estate, +0.5 clearly
better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ORGANISATION = "Eksempelvik kommune (oppdiktet)"
SEED = 1976
NONRESPONSE_TILT = 0.35
"""Log odds of answering that one standard deviation more content brings: the sour answer less."""
OBJECTS = ("bolig", "bomiljo", "kontrakt", "utleier", "medvirkning")


@dataclass(frozen=True)
class EstateTruth:
    """`start`: effect on each object in the first wave. `change`: what the year until the second brought.

    `items`: change of single items on top. `languages`: share that answers in nb, nn, en.
    `answers`: how many answer in each wave. `always`: effect on single items in both waves. `leanings`:
    background, its answer, object: what those who would give it hold of the object besides the others.
    """

    name: str
    area: str
    dwellings: int
    start: dict[str, float]
    change: dict[str, float]
    items: dict[str, float]
    languages: tuple[float, float, float]
    answers: tuple[int, int]
    themes: dict[str, float]
    always: Mapping[str, float] = field(default_factory=dict)
    leanings: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)


ESTATES = (
    EstateTruth(
        name="Fjordgløtt",
        area="Sentrum",
        dwellings=7,
        start={"bolig": 0.3, "bomiljo": 0.5, "kontrakt": 0.1, "utleier": 0.2, "medvirkning": 0.1},
        change={},
        items={},
        languages=(0.7, 0.3, 0.0),
        # Four of seven stay hidden in the first wave; six of seven are just enough in the second.
        answers=(4, 6),
        themes={"frihet": 1.0, "bomiljo": 0.8},
    ),
    EstateTruth(
        name="Solbakken",
        area="Sentrum",
        dwellings=40,
        start={"bolig": 0.2, "bomiljo": 0.5, "kontrakt": 0.15, "utleier": 0.1, "medvirkning": 0.0},
        # The common room was closed in spring.
        change={"bomiljo": -0.25},
        items={"bomiljo_moteplass": -0.9},
        languages=(0.66, 0.22, 0.12),
        answers=(27, 30),
        themes={"bomiljo": 1.4, "okonomi": 0.6},
    ),
    EstateTruth(
        name="Nordlia",
        area="Øståsen",
        dwellings=180,
        start={"bolig": -0.35, "bomiljo": -0.2, "kontrakt": -0.05, "utleier": -0.6, "medvirkning": -0.5},
        # A caretaker on the spot and a promise to reply within five days, from January.
        change={"utleier": 0.5, "medvirkning": 0.25},
        items={"bolig_vedlikehold": 0.6, "utleier_henvendelse": 0.3, "bomiljo_stoy": -0.3},
        languages=(0.62, 0.1, 0.28),
        answers=(88, 95),
        themes={"kvalitet": 1.6, "okonomi": 1.2, "trygghet": 0.6},
    ),
)


@dataclass(frozen=True)
class WaveTruth:
    number: int
    name: str
    opens_on: date
    closes_on: date
    results_on: date


WAVES = (
    WaveTruth(1, "Beboerundersøkelsen 2024", date(2024, 9, 9), date(2024, 9, 29), date(2024, 10, 20)),
    WaveTruth(2, "Beboerundersøkelsen 2025", date(2025, 9, 8), date(2025, 9, 28), date(2025, 10, 19)),
)


def effect(estate: EstateTruth, wave: WaveTruth, object: str, item_id: str = "") -> float:
    """True effect of an estate on an object (and an item) in a wave, in standard deviations."""
    value = estate.start.get(object, 0.0) + estate.always.get(item_id, 0.0)
    if wave.number > 1:
        value += estate.change.get(object, 0.0) + estate.items.get(item_id, 0.0)
    return value
