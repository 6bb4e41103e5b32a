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


def _wave() -> Wave:
    questionnaire = loading.shipped("boindeks")
    estates = tuple(uuid4() for _ in range(ESTATES))
    return assemble(
        wave_info(questionnaire, uuid4(), uuid4(), estates), frame(questionnaire, estates, ANSWERS)
    )


def _report(wave: Wave, estate_id: str) -> bytes:
    results = compute(wave, estate_id, None)
    return pdf.write(landlord.html(results, "nb"), landlord.title(results, "nb"), "nb")


def _reports(count: int) -> float:
    """Peak megabytes of a process that writes `count` reports one after the other."""
    wave = _wave()
    for n in range(count):
        _report(wave, wave.estates[n % ESTATES].id)
    return peak_megabytes()


def _pages(content: bytes) -> int:

    with pikepdf.open(io.BytesIO(content)) as document:
        return len(document.pages)


def landlord_pdf(small: bool) -> Iterator[Line]:
    wave = _wave()
    estate = wave.estates[0].id
    markup = landlord.html(compute(wave, estate, None), "nb")
    pages = _pages(_report(wave, estate))
    ours, bare = by_turns(
        lambda: _report(wave, estate), lambda: HTML(string=markup).write_pdf(pdf_variant=pdf.VARIANT)
    )
    yield Line(
        f"landlord PDF, {pages} pages, tagged, from the wave",
        f"{ours:.2f} s",
        f"{bare:.2f} s (WeasyPrint alone)",
        f"{ours / bare:.2f}",
        "<= 1.2",
    )
    few, many = (2, 6) if small else (10, 50)
    start = perf_counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        peaks = list(pool.map(_reports, (many, many)))
    rate = (perf_counter() - start) / (2 * many)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        first = pool.submit(_reports, few).result()
    yield Line("200 reports on two processes", f"{200 * rate:.0f} s", "", "", "< 240 s")
    yield Line(
        f"  memory after {many} reports",
        f"{max(peaks):.0f} MB",
        f"{first:.0f} MB (after {few})",
        f"{max(peaks) / first:.2f}",
        "flat",
    )
