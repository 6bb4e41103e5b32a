"""A made-up foundation with many small buildings: enough places to see what goes with what.

What is true of it: flats with children are crowded, some buildings are cold, and both lower what is
held of the home; where repairs are slow, less is held of the landlord; Strandkanten is a good place and
Industriveien is not. Between the years three cold buildings got new windows and one lost its caretaker.
"""

from __future__ import annotations

from collections.abc import Mapping

from survey.demo.truth import EstateTruth

FOUNDATION = "Fjellheim boligstiftelse (oppdiktet)"
CROWDED: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "husstand": {
        "alene": {"bolig": 0.25},
        "alene_med_barn": {"bolig": -0.55},
        "familie": {"bolig": -0.7},
    },
    "alder": {"a18_25": {"bomiljo": -0.3}, "a67_pluss": {"bomiljo": 0.3, "utleier": 0.2}},
}
"""Background, its answer, object: what those who gave it hold of it besides the others."""
COLD, SLOW = {"bolig_inneklima": -0.9, "bolig_strom": -0.7}, {"utleier_henvendelse": -0.8}
WARM, PROMPT = {"bolig_inneklima": 0.4, "bolig_strom": 0.3}, {"utleier_henvendelse": 0.6}
WINDOWS = {"bolig_inneklima": 1.3, "bolig_strom": 0.8}


def _building(
    name: str,
    area: str,
    dwellings: int,
    effects: tuple[float, float, float],
    always: Mapping[str, float],
    answers: tuple[int, int],
    *,
    change: Mapping[str, float] | None = None,
    items: Mapping[str, float] | None = None,
) -> EstateTruth:
    """`effects`: on home, neighbourhood and landlord."""
    home, place, landlord = effects
    return EstateTruth(
        name=name,
        area=area,
        dwellings=dwellings,
        start={
            "bolig": home,
            "bomiljo": place,
            "kontrakt": 0.1,
            "utleier": landlord,
            "medvirkning": landlord / 2,
        },
        change=dict(change or {}),
        items=dict(items or {}),
        languages=(0.7, 0.16, 0.14),
        answers=answers,
        themes={"kvalitet": 1.2 if home < 0 else 0.3, "trygghet": 1.2 if place < 0 else 0.3, "okonomi": 0.7},
        always=always,
        leanings=CROWDED,
    )


STRAND, BYEN, SKOGEN = "Strandkanten", "Industriveien", "Skogkanten"
BUILDINGS = (
    _building("Måkeveien 2", STRAND, 48, (0.35, 0.6, 0.3), WARM, (31, 34)),
    _building("Måkeveien 6", STRAND, 36, (0.3, 0.55, 0.25), PROMPT, (24, 25)),
    _building("Ternestien 1", STRAND, 60, (0.2, 0.5, 0.3), WARM, (38, 41)),
    _building("Naustgata 12", STRAND, 28, (0.1, 0.45, 0.0), {}, (19, 20)),
    _building("Naustgata 14", STRAND, 22, (0.15, 0.5, 0.1), PROMPT, (15, 16)),
    _building("Industriveien 3", BYEN, 56, (-0.45, -0.5, -0.5), COLD | SLOW, (33, 35),
              change={"bolig": 0.35}, items=WINDOWS),
    _building("Industriveien 5", BYEN, 52, (-0.4, -0.55, -0.45), COLD | SLOW, (30, 33),
              change={"bolig": 0.35}, items=WINDOWS),
    _building("Industriveien 7", BYEN, 44, (-0.5, -0.4, -0.55), COLD | SLOW, (27, 28),
              change={"bolig": 0.35}, items=WINDOWS),
    _building("Verkstedgata 8", BYEN, 40, (-0.2, -0.35, -0.6), SLOW, (25, 24)),
    _building("Verkstedgata 10", BYEN, 24, (-0.1, -0.3, -0.3), COLD, (16, 16)),
    _building("Furulia 1", SKOGEN, 46, (0.05, 0.1, 0.15), {}, (29, 31)),
    _building("Furulia 3", SKOGEN, 42, (0.0, 0.05, 0.2), {}, (27, 28),
              change={"utleier": -0.6, "medvirkning": -0.3}, items={"utleier_henvendelse": -0.5}),
    _building("Granstubben 4", SKOGEN, 32, (-0.1, 0.15, 0.1), COLD, (21, 22)),
    _building("Granstubben 9", SKOGEN, 20, (0.1, 0.2, 0.0), PROMPT, (14, 14)),
)  # fmt: skip
