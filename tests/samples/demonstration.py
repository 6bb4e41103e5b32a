"""The waves of the demonstration without a database: what the generator draws, and Copenhagen 1976."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

from forms.answers import Layout
from forms.loading import shipped
from forms.questionnaire import Questionnaire
from reports.compute import compute
from reports.results import Results
from reports.waves import Estate, RegisterMargin, Wave, WaveInfo, assemble, to_frame
from survey.demo.generator import draw_wave
from survey.demo.loading import COPENHAGEN, COPENHAGEN_FILE, COPENHAGEN_ROUND
from survey.demo.truth import ESTATES, ORGANISATION, WAVES
from survey.responses.reading import read_table
from survey.responses.rows import GoodRow, check_rows, column_names
from tests.samples.waves import info


def _wave(about: WaveInfo, rows: list[GoodRow]) -> Wave:
    layout = Layout.of(about.questionnaire)
    ids = {estate.name: estate.id for estate in about.estates}
    groups: dict[tuple[str, str, str], list[bytes]] = {}
    for row in rows:
        groups.setdefault((ids[row.estate], row.language, row.mode), []).append(layout.pack(row.answers))
    packed = [
        {"estate": estate, "language": language, "mode": mode, "n": len(codes), "codes": b"".join(codes)}
        for (estate, language, mode), codes in groups.items()
    ]
    return assemble(about, to_frame(packed, about.questionnaire), None)


@cache
def waves() -> tuple[Wave, Wave]:
    """The made-up municipality, first and second year."""
    form: Questionnaire = shipped("boindeks")
    places = [Estate(truth.name, truth.name, truth.area, truth.dwellings) for truth in ESTATES]
    first, second = (
        _wave(
            replace(
                info(form, places, wave.name),
                organisation=ORGANISATION,
                opens_on=wave.opens_on,
                closes_on=wave.closes_on,
                results_on=wave.results_on,
            ),
            draw_wave(form, wave, ESTATES),
        )
        for wave in WAVES
    )
    return first, second


@cache
def results(estate: str | None) -> Results:
    """The second year's report on one estate, or on all."""
    first, second = waves()
    return compute(second, estate, first)


REGISTER = (
    RegisterMargin("alder", (((2,), 45), ((3,), 80), ((4,), 60), ((5,), 42))),
    RegisterMargin("husstand", (((1,), 120), ((2,), 45), ((3,), 30), ((4,), 22), ((5,), 10))),
)


@cache
def weighted() -> Results:
    """The second year on all estates, weighted to a register that has more young people who live alone."""
    return compute(replace(waves()[1], margins=REGISTER), None)


@cache
def copenhagen() -> Results:
    form = shipped("copenhagen")
    rows = check_rows(
        read_table(COPENHAGEN_FILE, column_names(form, "leiegard").__contains__), form, "leiegard", "nb"
    ).good
    places = [Estate(name, name, "København", None) for name in sorted({row.estate for row in rows})]
    last = date(1976, 12, 31)
    about = replace(
        info(form, places, COPENHAGEN_ROUND),
        organisation=COPENHAGEN,
        fictitious=False,
        opens_on=date(1976, 1, 1),
        closes_on=last,
        results_on=last,
        languages=("nb",),
    )
    return compute(_wave(about, rows), None)
