"""From a frame to all that reports tell: 40 questions in every one of 500 estates, and in all together."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

import numpy as np
import polars as pl

from bench.measure import Line, by_turns, growth, peak_megabytes, processor_seconds
from bench.world import frame, wave_info
from forms import loading
from forms.questionnaire import Item, Matrix, Questionnaire
from forms.scoring import favourable_codes
from reports import counts as counting
from reports.cells import Matrix as Scores
from reports.cells import matrix_of
from reports.compute import compute, compute_each
from reports.contrasts import contrasts
from reports.each import EachEstate
from reports.index import Key
from reports.inference.proportions import share_interval
from reports.items import item_result
from reports.results import ItemResult, Results
from reports.scope import Groundwork, Scope
from reports.side_by_side import ItemTable, ScoreTable
from reports.waves import Wave, assemble

QUESTIONS = 40
ESTATES = 500
SIZES = (50_000, 500_000)
SMALL_SIZES = (2_000, 20_000)
ASKED = 2.5
"""Dwellings for each that answered."""
INTERVALS = 20_000
R_MINUTES = 3


def tables(small: bool) -> Iterator[Line]:
    sizes = SMALL_SIZES if small else SIZES
    counted, told, written = [], [], []
    for size in sizes:
        wave = a_round(size)
        where = counting.estate_index(wave)
        names = [item.id for item in wave.questionnaire.items()]
        columns = [wave.frame[name].to_numpy() for name in names]

        def floor(columns: list[np.ndarray] = columns, where: np.ndarray = where) -> object:
            return [np.bincount(where * 256 + column, minlength=ESTATES * 256) for column in columns]

        def by_group(table: pl.DataFrame = wave.frame, names: list[str] = names) -> object:
            return [table.group_by("estate", name).len() for name in names]

        passed, every, reported, whole, bare, grouped = by_turns(
            partial(counting.count, wave),
            partial(_table_set, wave),
            partial(_reports, wave),
            partial(compute, wave, None),
            floor,
            by_group,
        )
        counted.append(passed)
        told.append(every)
        written.append(reported)
        floors = (f"{bare:.3f} s (numpy bincount)", bare), (f"{grouped:.3f} s (Polars group by)", grouped)
        for work, ours, target in (
            (f"counts, {size:,} x {len(names)} questions x {ESTATES} estates", passed, ""),
            ("  table set: every estate, and all together", every, "< 2 s; <= 8"),
            ("  all reports: with comparisons, findings", reported, ""),
            ("  the report on all alone", whole, ""),
        ):
            yield Line(work, f"{ours:.3f} s", floors[0][0], f"{ours / floors[0][1]:.1f}", target)
            yield Line("", "", floors[1][0], f"{ours / floors[1][1]:.1f}")
        theirs = processor_seconds(by_group)  # of all its threads
        for work, make in (("table set", _table_set), ("all reports", _reports)):
            used = processor_seconds(partial(make, wave))
            floor_used = f"{theirs:.3f} s (Polars, processor)"
            yield Line(f"  of processor: {work}", f"{used:.3f} s", floor_used, f"{used / theirs:.1f}")
            with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
                held = fresh.submit(_peak, size, make).result()
            yield Line(f"  memory: the most held, frame and {work}", f"{held:.0f} MB", "", "", "< 400 MB")
        if size == sizes[0]:
            yield from _peer(wave, every)
    yield growth("counts", sizes, counted)
    yield growth("table set", sizes, told)
    yield growth("all reports", sizes, written)
    yield _intervals()


def a_round(size: int) -> Wave:
    """So many answers to the first 40 questions with one answer; estates of very different sizes."""
    questionnaire = _shortened(loading.shipped("boindeks"))
    estates = tuple(UUID(int=n + 1) for n in range(ESTATES))
    shares = np.random.default_rng(2).gamma(1.5, size=ESTATES)
    answers = frame(questionnaire, estates, size, shares / shares.sum())
    info = wave_info(questionnaire, UUID(int=1), UUID(int=2), estates)
    held = dict(answers["estate"].value_counts().iter_rows())
    asked = [replace(estate, invited=int(ASKED * held.get(estate.id, 2))) for estate in info.estates]
    return assemble(replace(info, estates=tuple(asked)), answers)


def _shortened(questionnaire: Questionnaire) -> Questionnaire:
    first = [item.id for item in questionnaire.items() if item.kind == "choice"][:QUESTIONS]
    pages = []
    for page in questionnaire.pages:
        kept: list[Item | Matrix] = []
        for entry in page.items:
            if isinstance(entry, Matrix):
                rows = tuple(row for row in entry.rows if row.id in first)
                kept += [entry.model_copy(update={"rows": rows})] if rows else []
            elif entry.id in first:
                kept.append(entry)
        if kept:
            pages.append(page.model_copy(update={"items": tuple(kept)}))
    return questionnaire.model_copy(update={"pages": tuple(pages)})


TableSet = tuple[dict[str, ItemTable], dict[Key, ScoreTable], dict[str, ItemResult], Scores]
"""Counts, shares with exact intervals, and means of each question; the index matrix; as they may be told: of
every estate, in columns from which any figure can be read, and of all together."""


def _table_set(wave: Wave) -> TableSet:
    ground = Groundwork.of(wave)
    whole = Scope.of(ground, None)
    items = [item for item in wave.questionnaire.items() if item.counted]
    each = EachEstate(ground)
    return each.tables, each.scores, {item.id: item_result(whole, item) for item in items}, matrix_of(whole)


def _reports(wave: Wave) -> tuple[Results, dict[str, Results]]:
    """The same, and all else that reports tell."""
    ground = Groundwork.of(wave)
    return compute_each(ground, None, contrasts(ground))


def _peak(size: int, make: Callable[[Wave], object]) -> float:
    """Megabytes that a process with a frame holds at the most while this is made of it, the frame among them,
    beyond what the code takes."""
    before = peak_megabytes()
    wave = a_round(size)
    Path("/proc/self/clear_refs").write_text("5")  # the peak of making the frame is not meant
    make(wave)
    return peak_megabytes() - before


def _intervals() -> Line:
    """Exact intervals of different shares, so that none is known from another."""
    random = np.random.default_rng(3)
    size = random.integers(20, 2_000, INTERVALS)
    n = np.maximum(1, (size * random.uniform(0.2, 0.9, INTERVALS)).astype(np.int64))
    k = random.binomial(n, random.random(INTERVALS))
    (ours,) = by_turns(partial(share_interval, k, n, size))
    return Line(f"{INTERVALS:,} exact intervals", f"{ours:.2f} s", "", "", "< 1 s")


def _peer(wave: Wave, ours: float) -> Iterator[Line]:
    """R survey, where it is installed: one question by estate, as many times as there are questions."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return
    item = next(wave.questionnaire.items())
    good = list(favourable_codes(wave.questionnaire, item))
    invited = {estate.id: estate.invited for estate in wave.estates}
    answers = wave.frame.select(
        "estate",
        good=pl.col(item.id).is_in(good).cast(pl.Int8),
        size=pl.col("estate").replace_strict(invited),
    )
    with tempfile.TemporaryDirectory(prefix="bostemme-bench-") as folder:
        file = Path(folder) / "answers.csv"
        answers.write_csv(file)
        script = Path(__file__).with_name("svyby.R")
        ran = subprocess.run(  # noqa: S603
            [rscript, script, file], capture_output=True, text=True, timeout=60 * R_MINUTES, check=False
        )
    if ran.returncode == 0:
        theirs = float(ran.stdout) * QUESTIONS
        yield Line(
            f"  peer: R survey, svyby of shares, x {QUESTIONS}", "", f"{theirs:.0f} s", f"{ours / theirs:.3f}"
        )
