"""Figures of others beside ours, in words."""

from __future__ import annotations

from dataclasses import dataclass

from reports.benchmarks import Beside
from reports.documents.words import Words


@dataclass(frozen=True)
class BenchmarkLine:
    """`theirs` and `ours` with their unit; `ours` is '' when refused, and `why` says why. `source`: the
    `publication`, its year and whom it is about; `when`: the last two."""

    id: str
    about: str
    theirs: str
    source: str
    publication: str
    when: str
    ours: str
    interval: str
    why: str


def benchmark_lines(words: Words, rows: tuple[Beside, ...]) -> tuple[BenchmarkLine, ...]:
    return tuple(_line(words, row) for row in rows)


def _line(words: Words, found: Beside) -> BenchmarkLine:
    row, language = found.row, words.language
    form = "0.#" if row.value % 1 else "0"
    if row.measure == "mean":
        theirs = words.t(
            "benchmark.mean", value=words.decimal(row.value, "0.0"), of=words.decimal(row.of, "0")
        )
    else:
        theirs = words.t("number.percent", value=words.decimal(row.value, form))
    people = row.population.get(language)
    if row.n:
        people = words.t("benchmark.people", population=people, n=words.number(row.n))
    ours, interval = words.estimate(found.ours) if found.ours else ("", "")
    if found.ours and found.ours.left_out != "nobody":
        interval = words.shown_only(interval)
    why = ""
    if found.refused == "question" and row.differs is not None:
        why = words.t("benchmark.refused.question", why=row.differs.get(language))
    elif found.refused:
        why = words.t(f"benchmark.refused.{found.refused}")
    return BenchmarkLine(
        id=row.id,
        about=words.t("benchmark.about", what=row.what.get(language), cut_off=row.cut_off.get(language)),
        theirs=theirs,
        source=words.t("benchmark.source", publication=row.publication, year=row.year, population=people),
        publication=row.publication,
        when=f"{row.year}; {people}",
        ours=ours,
        interval=interval,
        why=why,
    )
