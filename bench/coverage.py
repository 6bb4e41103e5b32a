"""python -m bench.coverage [--write]: how often our 95 % intervals hold the truth, and how often we cry wolf.

Shares of one estate, and of few, are reckoned exactly, by adding up all outcomes; the rest is drawn, always
alike, on all cores. A place whose first draws held fewer than 95 of 100 is drawn anew, ten times as often,
and those draws alone count: so what chance put below is told apart from what is below, and nothing is picked.
`--write` puts the tables into docs/methods.md.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from scipy import stats

from bench import draws
from bench.draws import UNEQUAL
from reports.disclosure import MINIMUM
from reports.inference import share_interval, stratified_share

SIZES = (8, 15, 30, 60, 120, 250, 500)
RESPONSES = (0.2, 0.4, 0.6, 0.8, 0.95)
SHARES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
BLOCK = 500
"""Draws at a time."""
BLOCKS = 2
BLOCKS_ANEW = 20
"""Of a place whose first draws held fewer than 95 of 100."""
MUNICIPALITIES = 300
ALARMS = 11
"""Begins the seeds of the false alarms; those of a study begin with its number."""
METHODS = Path(__file__).parents[1] / "docs" / "methods.md"
BEGIN, END = "<!-- coverage: made by make coverage -->", "<!-- end of coverage -->"

Place = tuple[float, ...]


@dataclass(frozen=True)
class Cell:
    """How often the truth was held in one place of the grid; `draws`: 0 where it was reckoned exactly."""

    place: Place
    held: float
    draws: int = 0


@dataclass(frozen=True)
class Study:
    name: str
    held: Callable[..., int]
    """Of a generator, how many draws, and a place: how many of them were held."""
    places: tuple[Place, ...]


def grid(fewest: int = 1) -> Iterator[tuple[int, int, float]]:
    """Homes, answers and true share."""
    for size in SIZES:
        for n in sorted({max(1, round(size * part)) for part in RESPONSES}):
            if fewest <= n < size:
                for share in SHARES:
                    yield size, n, share


ONE_ESTATE = tuple(grid(MINIMUM))
ALL = tuple((share,) for share in SHARES)
FEW_TO_MANY = tuple(product((3, 5, 8, 20, 60), (0.0, 0.1, 0.3)))
"""Estates, and how much of the spread of both answers is between them."""
INDEX = "index of one estate among others"
STUDIES = (
    Study(INDEX, draws.index, ONE_ESTATE),
    Study("change of a share between waves", draws.change_of_shares, ONE_ESTATE),
    Study("change of the index between waves", draws.change_of_index, ONE_ESTATE),
    Study("share of 20 estates, by dwellings", draws.total_share, ALL),
    Study("index of 20 estates, by dwellings", draws.total_index, ALL),
    Study("share of 20 estates, weighted to estate and age", draws.weighted_share, ALL),
    Study("index of 20 estates, weighted to estate and age", draws.weighted_index, ALL),
    Study(
        "index of two or three unequal estates",
        draws.unequal_index,
        tuple(product(range(len(UNEQUAL)), SHARES)),
    ),
    Study("share of a very small estate, borrowed", draws.borrowed, ALL),
    Study("tau-b of answers that do not go together, estates as units", draws.strength, FEW_TO_MANY),
    Study("difference of two shares of such answers, estates as units", draws.apart, FEW_TO_MANY),
    Study("share of 20 estates, rounded so that two answers do not show", draws.rounded_share, ALL),
    Study("share of 20 estates, weighted and rounded", draws.rounded_weighted_share, ALL),
    Study("index of an estate that is alone in its round", draws.index_alone, ONE_ESTATE),
)


def shares() -> list[Cell]:
    """Exact: the chance of every number of good answers, times whether its interval holds the true share."""
    cells = []
    for size, n, share in grid():
        marked = round(share * size)
        k = np.arange(n + 1)
        low, high = share_interval(k, n, size)
        inside = (low <= marked / size + 1e-12) & (marked / size <= high + 1e-12)
        chances = stats.hypergeom.pmf(k, size, marked, n)
        cells.append(Cell((size, n, share), float(chances[inside].sum())))
    return cells


def unequal_shares() -> list[Cell]:
    """Exact, as `shares`, of two and three estates with all true shares against one another."""
    cells = []
    for sizes, answers in UNEQUAL:
        outcomes = product(*(range(n + 1) for n in answers))
        found = [stratified_share(list(k), list(answers), list(sizes)) for k in outcomes]
        low, high = (np.asarray([getattr(one, end) for one in found]) for end in ("low", "high"))
        for each in product(SHARES, repeat=len(sizes)):
            marked = [round(share * size) for share, size in zip(each, sizes, strict=True)]
            truth = sum(marked) / sum(sizes)
            chance = np.ones(())
            for size, own, n in zip(sizes, marked, answers, strict=True):
                chance = np.multiply.outer(chance, stats.hypergeom.pmf(np.arange(n + 1), size, own, n))
            inside = (low <= truth + 1e-9) & (truth <= high + 1e-9)
            cells.append(Cell((*sizes, *answers, *each), float(chance.ravel()[inside].sum())))
    return cells


def drawn(pool: ProcessPoolExecutor, number: int) -> list[Cell]:
    """Of the study with this number; each block of draws has a seed of its own."""
    study = STUDIES[number]

    def held(places: Sequence[int], first: int, blocks: int) -> list[Cell]:
        own = [(place, block) for place in places for block in range(first, first + blocks)]
        counts = pool.map(_block, [(number, *one) for one in own])
        found = np.asarray(list(counts)).reshape(len(places), blocks).sum(axis=1) / (blocks * BLOCK)
        rows = zip(places, found.tolist(), strict=True)
        return [Cell(study.places[place], part, blocks * BLOCK) for place, part in rows]

    cells = held(range(len(study.places)), 0, BLOCKS)
    anew = [place for place, cell in enumerate(cells) if cell.held < 0.95]
    for place, cell in zip(anew, held(anew, BLOCKS, BLOCKS_ANEW), strict=True):
        cells[place] = cell
    return cells


def _block(at: tuple[int, int, int]) -> int:
    number, place, _ = at
    study = STUDIES[number]
    return study.held(np.random.default_rng(at), BLOCK, *study.places[place])


def false_alarms(pool: ProcessPoolExecutor, share: float) -> tuple[float, float]:
    """200 estates that are truly alike: municipalities where any is flagged worse; estates that are."""
    parts = pool.map(_flagged, [(share, part) for part in range(MUNICIPALITIES // 10)])
    worse = np.concatenate(list(parts))
    return float((worse > 0).mean()), float(worse.mean() / 200)


def _flagged(at: tuple[float, int]) -> list[int]:
    share, part = at
    return draws.flagged(np.random.default_rng([ALARMS, round(100 * share), part]), 10, share)


def table(cells: list[Cell]) -> list[str]:
    """Rows: size of the estate; columns: true share; lowest to highest over the response rates, %."""
    lines = [
        "| N | " + " | ".join(f"p {share:g}" for share in SHARES) + " |",
        "|---" * (len(SHARES) + 1) + "|",
    ]
    for size in SIZES:
        row = []
        for share in SHARES:
            held = [100 * cell.held for cell in cells if (cell.place[0], cell.place[-1]) == (size, share)]
            row.append(f"{min(held):.1f} to {max(held):.1f}" if held else "")
        lines.append(f"| {size} | " + " | ".join(row) + " |")
    return lines


def summary(name: str, cells: list[Cell]) -> str:
    held = np.asarray([cell.held for cell in cells]) * 100
    within = float(((held >= 94) & (held <= 98)).mean() * 100)
    return (
        f"| {name} | {held.mean():.1f} | {held.min():.1f} | {held.max():.1f} | {within:.0f} % | "
        f"{(held < 94).sum()} of {held.size} |"
    )


def report(pool: ProcessPoolExecutor) -> str:
    exact: list[tuple[str, Callable[[], list[Cell]]]] = [
        ("share in one estate (exact)", shares),
        ("share of two or three unequal estates (exact)", unequal_shares),
    ]
    studies = [*exact, *((one.name, lambda i=i: drawn(pool, i)) for i, one in enumerate(STUDIES))]
    found = {}
    for name, study in studies:
        start = time.monotonic()
        found[name] = study()
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        for cell in found[name]:
            if cell.held < 0.94:
                print(f"  {cell.place}: {100 * cell.held:.2f} of {cell.draws}", file=sys.stderr, flush=True)
    lines = [
        "| 95 % intervals | mean | lowest | highest | within 94 to 98 | under 94 |",
        "|---|---|---|---|---|---|",
        *(summary(name, cells) for name, cells in found.items()),
        "",
        "Share in one estate, by its size and the true share; lowest to highest over response 20 to 95 %:",
        "",
        *table(found["share in one estate (exact)"]),
        "",
        "Index of one estate among others, of five answers and more:",
        "",
        *table(found[INDEX]),
        "",
        '| 200 estates truly alike | municipalities with any estate flagged "worse" | estates flagged |',
        "|---|---|---|",
    ]
    for share in (0.1, 0.5, 0.9):
        some, each = false_alarms(pool, share)
        lines.append(f"| share of good answers {share:g} | {100 * some:.1f} % | {100 * each:.2f} % |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        made = report(pool)
    print(made)
    if "--write" in arguments:
        text = METHODS.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        METHODS.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
