"""The landlord report as PDF, against WeasyPrint on the same markup without our code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter
from uuid import uuid4

import pikepdf
from weasyprint import HTML  # type: ignore[import-untyped]

from bench.measure import Line, by_turns, peak_megabytes
from bench.world import frame, wave_info
from forms import loading
from reports.compute import compute
from reports.documents import landlord, pdf
from reports.waves import Wave, assemble

ESTATES = 20
ANSWERS = 2_000
REPORTS = 100
FIRST = 10


def wave_of(times: int = 1) -> Wave:
    """Of ESTATES estates and ANSWERS answers, or so many times as many."""
    questionnaire = loading.shipped("boindeks")
    estates = tuple(uuid4() for _ in range(ESTATES))
    return assemble(
        wave_info(questionnaire, uuid4(), uuid4(), estates), frame(questionnaire, estates, times * ANSWERS)
    )


def _report(wave: Wave, estate_id: str) -> bytes:
    results = compute(wave, estate_id, None)
    return pdf.write(landlord.html(results, "nb"), landlord.title(results, "nb"), "nb")


def _reports(count: int) -> tuple[float, float]:
    """Peak megabytes of a process that writes reports one after the other: after the first ten, after all."""
    wave = wave_of()
    early = 0.0
    for n in range(count):
        _report(wave, wave.estates[n % ESTATES].id)
        if n < FIRST:
            early = peak_megabytes()
    return early, peak_megabytes()


def _pages(content: bytes) -> int:

    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def landlord_pdf(small: bool) -> Iterator[Line]:
    wave = wave_of()
    estate = wave.estates[0].id
    markup = landlord.html(compute(wave, estate, None), "nb")
    pages = _pages(_report(wave, estate))
    large = wave_of(10)
    ours, bare, more = by_turns(
        lambda: _report(wave, estate),
        lambda: HTML(string=markup).write_pdf(pdf_variant=pdf.VARIANT),
        lambda: _report(large, large.estates[0].id),
    )
    yield Line(
        f"landlord PDF, {pages} pages, tagged, from the wave",
        f"{ours:.2f} s",
        f"{bare:.2f} s (WeasyPrint alone)",
        f"{ours / bare:.2f}",
        "<= 1.2",
    )
    yield Line("  landlord PDF: x10 answers", f"x{more / ours:.1f} time", "", "", "flat")
    each = 6 if small else REPORTS // 2
    start = perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        peaks = list(pool.map(_reports, (each, each)))
    taken = perf_counter() - start
    early, late = max(early for early, _ in peaks), max(late for _, late in peaks)
    yield Line(
        f"{2 * each} reports on two processes, once",
        f"{taken:.0f} s",
        f"at that rate 200 take {taken * 100 / each:.0f} s",
        "",
        "200: < 240 s",
    )
    yield Line(
        f"  memory of a process after {each} reports",
        f"{late:.0f} MB",
        f"{early:.0f} MB (after {min(each, FIRST)})",
        f"{late / early:.2f}",
        "flat",
    )
