"""python -m bench.coverage [--write]: how often our 95 % intervals hold the truth, and how often we cry wolf.

Shares of one estate, and of few, are reckoned exactly, by adding up all outcomes; the rest is drawn, always
alike. `--write` puts the tables into docs/methods.md. All through the functions that the reports use.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from reports.disclosure import MINIMUM
from reports.inference import (
    Interval,
    Stratum,
    difference,
    from_rest,
    mean_interval,
    share_interval,
    stratified_share,
)
from reports.inference.importance import tau_b
from reports.inference.shrinkage import shrunken_shares
from reports.inference.weighting import Margin, Sample
from reports.trends import standings

Floats = NDArray[np.float64]

SIZES = (8, 15, 30, 60, 120, 250, 500)
RESPONSES = (0.2, 0.4, 0.6, 0.8, 0.95)
SHARES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98)
ITEMS = 12
DRAWS = 1000
METHODS = Path(__file__).parents[1] / "docs" / "methods.md"
BEGIN, END = "<!-- coverage: made by make coverage -->", "<!-- end of coverage -->"


@dataclass
class Cell:
    """How often the truth was held in one place of the grid."""

    size: int
    n: int
    share: float
    held: float


def grid() -> Iterator[tuple[int, int, float]]:
    for size in SIZES:
        for n in sorted({max(1, round(size * part)) for part in RESPONSES}):
            if n < size:
                for share in SHARES:
                    yield size, n, share


def shares() -> list[Cell]:
    """Exact: the chance of every number of good answers, times whether its interval holds the true share."""
    cells = []
    for size, n, share in grid():
        marked = round(share * size)
        k = np.arange(n + 1)
        low, high = share_interval(k, n, size)
        inside = (low <= marked / size + 1e-12) & (marked / size <= high + 1e-12)
        cells.append(Cell(size, n, share, float(stats.hypergeom.pmf(k, size, marked, n)[inside].sum())))
    return cells


def people(
    rng: np.random.Generator, shape: tuple[int, ...], share: float, mood: Floats | None = None
) -> Floats:
    """Index scores 0..100 of tenants: 12 items of five steps that hang together, `share` of answers good."""
    cut = stats.norm.ppf(1 - share)
    own = rng.normal(size=shape) if mood is None else mood
    latent = 0.65 * own[..., None] + np.sqrt(1 - 0.65**2) * rng.normal(size=(*shape, ITEMS))
    steps = np.digitize(latent, cut + np.asarray([-1.6, -0.7, 0.0, 0.9]))
    scores: Floats = steps.mean(axis=-1) * 25
    return scores


def index() -> list[Cell]:
    rng = np.random.default_rng(1)
    cells = []
    for size, n, share in grid():
        if n < MINIMUM:
            continue
        everyone = people(rng, (DRAWS, size), share)
        held = 0
        for row in everyone:
            found = mean_interval([Stratum.of(row[:n], size)])
            held += found.low - 1e-9 <= row.mean() <= found.high + 1e-9
        cells.append(Cell(size, n, share, held / DRAWS))
    return cells


def changes(of_index: bool) -> list[Cell]:
    """Two waves of one estate. Who answered is likelier than others to answer again; moods last."""
    rng = np.random.default_rng(2)
    cells = []
    draws = DRAWS // 2 if of_index else DRAWS
    for size, n, share in grid():
        if n < MINIMUM:
            continue
        mood = rng.normal(size=(draws, size))
        later = 0.7 * mood + np.sqrt(1 - 0.7**2) * rng.normal(size=mood.shape)
        if of_index:
            then, now = people(rng, mood.shape, share, mood), people(rng, mood.shape, share, later)
        else:
            cut = stats.norm.ppf(1 - share)
            then, now = (1.0 * (0.8 * m + 0.6 * rng.normal(size=m.shape) > cut) for m in (mood, later))
        again = n / size + 0.4 * (1 - n / size)
        same = min(n, max(round(again * n), 2 * n - size))
        second = np.r_[np.arange(same), np.arange(n, 2 * n - same)]
        held = 0
        for a, b in zip(then, now, strict=True):
            before, after = _estimate(a[:n], size, of_index), _estimate(b[second], size, of_index)
            found = difference(after, before)
            held += found.low - 1e-9 <= b.mean() - a.mean() <= found.high + 1e-9
        cells.append(Cell(size, n, share, held / draws))
    return cells


def _estimate(values: Floats, size: int, of_index: bool) -> Interval:
    if of_index:
        return mean_interval([Stratum.of(values, size)])
    return _share(int(values.sum()), values.size, size)


@cache
def _share(k: int, n: int, size: int) -> Interval:
    return stratified_share([k], [n], [size])


def estates(rng: np.random.Generator, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Sizes and numbers of answers of a municipality's estates, five answers at least."""
    sizes = np.exp(rng.uniform(np.log(8), np.log(500), number)).astype(np.int64)
    answers = np.maximum(MINIMUM, np.round(sizes * rng.uniform(0.2, 0.95, number))).astype(np.int64)
    return sizes, np.minimum(answers, sizes)


def totals(kind: str) -> list[Cell]:
    """A municipality of 20 estates that differ: its share or index, also raked."""
    cells = []
    for share in SHARES:
        rng = np.random.default_rng(3)
        held, draws = 0, DRAWS * (2 if kind == "share" else 1)
        for _ in range(draws):
            sizes, answers = estates(rng, 20)
            lean = rng.normal(0, 0.3, 20)
            truth, found = _total(rng, kind, share, sizes, answers, lean)
            held += found.low - 1e-9 <= truth <= found.high + 1e-9
        cells.append(Cell(int(sizes.sum()), int(answers.sum()), share, held / draws))
    return cells


UNEQUAL = (
    ((400, 100), (10, 50)),
    ((400, 60), (40, 48)),
    ((200, 200), (8, 60)),
    ((100, 100), (20, 20)),
    ((60, 60), (57, 57)),
    ((60, 40), (12, 30)),
    ((40, 40), (30, 10)),
    ((30, 8), (5, 5)),
    ((30, 20, 25), (5, 12, 24)),
)
"""Homes and answers of few estates that were drawn, or have answered, unequally."""


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
            cells.append(Cell(sum(sizes), sum(answers), truth, float(chance.ravel()[inside].sum())))
    return cells


def unequal_index() -> list[Cell]:
    """The same estates, drawn; in each case one true share in all of them."""
    rng = np.random.default_rng(6)
    cells = []
    for sizes, answers in UNEQUAL:
        for share in SHARES:
            places = [people(rng, (DRAWS, size), share) for size in sizes]
            truth = np.concatenate(places, axis=1).mean(axis=1)
            held = 0
            for draw in range(DRAWS):
                strata = [
                    Stratum.of(own[draw, :n], size)
                    for own, n, size in zip(places, answers, sizes, strict=True)
                ]
                found = mean_interval(strata)
                held += found.low - 1e-9 <= truth[draw] <= found.high + 1e-9
            cells.append(Cell(sum(sizes), sum(answers), share, held / DRAWS))
    return cells


def _total(
    rng: np.random.Generator,
    kind: str,
    share: float,
    sizes: Sequence[int],
    answers: Sequence[int],
    lean: Floats,
) -> tuple[float, Interval]:
    chances = stats.norm.sf(stats.norm.ppf(1 - share) - lean)
    if kind == "share":
        marked = rng.binomial(sizes, chances)
        k = rng.hypergeometric(marked, np.asarray(sizes) - marked, answers)
        found = stratified_share(k.tolist(), list(answers), list(sizes))
        return float(marked.sum() / np.sum(sizes)), found
    if kind == "index":
        places = [people(rng, (size,), float(p)) for size, p in zip(sizes, chances, strict=True)]
        strata = [Stratum.of(own[:n], len(own)) for own, n in zip(places, answers, strict=True)]
        return float(np.concatenate(places).mean()), mean_interval(strata)
    # Raked: old people are more content, and answer twice as often; the register knows how many are old.
    where = np.repeat(np.arange(len(sizes)), sizes)
    old = rng.random(where.size) < 0.35
    mood = rng.normal(size=where.size) + 0.6 * old
    score = people(rng, (where.size,), share, mood + lean[where])
    eager = rng.random(where.size) ** (1 / np.where(old, 2.0, 1.0))
    order = np.lexsort((-eager, where))
    rank = np.empty(where.size, np.int64)
    rank[order] = np.arange(where.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    came = rank < np.asarray(answers)[where]
    margins = [
        Margin(where[came], np.asarray(sizes, float)),
        Margin(old[came].astype(np.int64), np.bincount(old.astype(np.int64), minlength=2).astype(float)),
    ]
    fitted = Sample.of(where[came], np.asarray(sizes, float)).raked(margins)
    return float(score.mean()), fitted.mean(score[came]).interval()


def borrowed() -> list[Cell]:
    """Very small estates, each with 5 to 12 of 15 to 30 dwellings, drawn towards all."""
    cells = []
    for share in SHARES:
        rng = np.random.default_rng(4)
        held = number = 0
        for _ in range(10):
            sizes, answers = rng.integers(15, 31, 30), rng.integers(5, 13, 30)
            marked = rng.binomial(sizes, rng.beta(12 * share, 12 * (1 - share), 30))
            k = rng.hypergeometric(marked, sizes - marked, answers)
            for row, truth in zip(shrunken_shares(k, answers, sizes.tolist()), marked / sizes, strict=True):
                held += row.low - 1e-9 <= truth <= row.high + 1e-9
                number += 1
        cells.append(Cell(22, 8, share, held / number))
    return cells


def strengths() -> list[Cell]:
    """Tau-b, 0 in truth: two questions that have nothing to do with one another, parts of the spread of both
    between the estates. 3 to 60 estates of 8 to 80 people."""
    rng = np.random.default_rng(7)
    cells = []
    for number in (3, 5, 8, 20, 60):
        for alike in (0.0, 0.1, 0.3):
            held = people_seen = 0
            for _ in range(DRAWS // 2):
                n = np.exp(rng.uniform(np.log(8), np.log(80), number)).astype(np.int64)
                where = np.repeat(np.arange(number), n)
                one, other = (
                    np.digitize(
                        np.sqrt(alike) * rng.normal(size=number)[where]
                        + np.sqrt(1 - alike) * rng.normal(size=where.size),
                        [-0.5, 0.5],
                    )
                    for _ in range(2)
                )
                tables = np.bincount(where * 9 + one * 3 + other, minlength=number * 9).reshape(number, 3, 3)
                found = tau_b(tables)
                held += found.low <= 0 <= found.high
                people_seen += where.size
            cells.append(Cell(number, people_seen // (DRAWS // 2), alike, held / (DRAWS // 2)))
    return cells


def false_alarms(share: float, repeats: int = 200) -> tuple[float, float]:
    """200 estates that are truly alike: municipalities where any is flagged worse; estates that are."""
    rng = np.random.default_rng(5)
    kinds = np.sort(people(rng, (400,), share))[np.arange(8) * 50 + 25]
    municipalities = flagged = 0
    for _ in range(repeats):
        sizes, answers = estates(rng, 200)
        strata = []
        for size, n in zip(np.maximum(8, sizes // 8 * 8).tolist(), answers.tolist(), strict=True):
            strata.append(Stratum.of(rng.permutation(np.repeat(kinds, size // 8))[: min(n, size)], size))
        found = standings(
            {i: from_rest(own, [*strata[:i], *strata[i + 1 :]]) for i, own in enumerate(strata)}
        )
        worse = sum(standing == "worse" for standing in found.values())
        municipalities += worse > 0
        flagged += worse
    return municipalities / repeats, flagged / repeats / 200


def table(cells: list[Cell]) -> list[str]:
    """Rows: size of the estate; columns: true share; lowest to highest over the response rates, %."""
    lines = [
        "| N | " + " | ".join(f"p {share:g}" for share in SHARES) + " |",
        "|---" * (len(SHARES) + 1) + "|",
    ]
    for size in SIZES:
        row = []
        for share in SHARES:
            held = [100 * cell.held for cell in cells if (cell.size, cell.share) == (size, share)]
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


def report() -> str:
    studies: list[tuple[str, Callable[[], list[Cell]]]] = [
        ("share in one estate (exact)", shares),
        ("index of one estate", index),
        ("change of a share between waves", lambda: changes(False)),
        ("change of the index between waves", lambda: changes(True)),
        ("share of 20 estates, by dwellings", lambda: totals("share")),
        ("index of 20 estates, by dwellings", lambda: totals("index")),
        ("index of 20 estates, raked to estate and age", lambda: totals("raked")),
        ("share of two or three unequal estates (exact)", unequal_shares),
        ("index of two or three unequal estates", unequal_index),
        ("share of a very small estate, borrowed", borrowed),
        ("tau-b of answers that do not go together, estates as units", strengths),
    ]
    found = {}
    for name, study in studies:
        start = time.monotonic()
        found[name] = study()
        print(f"{name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    lines = [
        "| 95 % intervals | mean | lowest | highest | within 94 to 98 | under 94 |",
        "|---|---|---|---|---|---|",
        *(summary(name, cells) for name, cells in found.items()),
        "",
        "Share in one estate, by its size and the true share; lowest to highest over response 20 to 95 %:",
        "",
        *table(found["share in one estate (exact)"]),
        "",
        "Index of one estate, of five answers and more:",
        "",
        *table(found["index of one estate"]),
        "",
        '| 200 estates truly alike | municipalities with any estate flagged "worse" | estates flagged |',
        "|---|---|---|",
    ]
    for share in (0.1, 0.5, 0.9):
        some, each = false_alarms(share)
        lines.append(f"| share of good answers {share:g} | {100 * some:.1f} % | {100 * each:.2f} % |")
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    made = report()
    print(made)
    if "--write" in arguments:
        text = METHODS.read_text(encoding="utf-8")
        before, after = text.split(BEGIN)[0], text.split(END)[1]
        METHODS.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
