"""Every kind of document as PDF, each against WeasyPrint on the same markup without our code; and as DOCX."""

from __future__ import annotations

from collections.abc import Iterator

from weasyprint import HTML  # type: ignore[import-untyped]

from bench.measure import Line, by_turns, seconds
from bench.paper import wave_of
from reports.disclosure import PROFILES
from reports.documents import landlord, pdf, plan_annex, plan_docx, residents, stairwell
from reports.findings.everywhere import everywhere
from reports.findings.listing import findings_list
from reports.loop import Goal, Loop, PlanInReport
from reports.results import Results

YEARS = (2027, 2030)
GOAL = Goal("Boligplan", "boligsosial", *YEARS, "1.1", "Alle som leier, skal bo trygt.")
PLAN = PlanInReport("Boligplan", "boligsosial", YEARS, (GOAL,))
ADDRESS = "https://svar.example/hus/abcdefgh12345678"


def documents(small: bool) -> Iterator[Line]:
    every = everywhere(wave_of())
    told, loop = findings_list(every, PROFILES["offentlig"]), Loop()
    own: Results = next(iter(every.estates.values()))
    annexed = every.whole, every.estates, findings_list(every), loop, PLAN, "nb"
    markup = {
        "landlord's report": landlord.html(own, "nb"),
        "residents' report": residents.html(own, told, loop, "nb"),
        "the same in pictures, Arabic": residents.html(own, told, loop, "ar", pictures=True),
        "notice for the stairwell": stairwell.html(own, told, loop, ("nb",), address=ADDRESS),
        "planning annex": plan_annex.html(*annexed),
    }
    for name, html in markup.items():
        ours, bare = by_turns(
            lambda html=html: pdf.write(html, "x", "nb"),  # type: ignore[misc]
            lambda html=html: HTML(string=html).write_pdf(pdf_variant=pdf.VARIANT),  # type: ignore[misc]
        )
        alone = f"{bare:.2f} s (WeasyPrint alone)"
        yield Line(f"{name}, tagged PDF", f"{ours:.2f} s", alone, f"{ours / bare:.2f}", "<= 1.2")
        if small:
            return
    yield Line("planning annex, DOCX", f"{seconds(lambda: plan_docx.docx(*annexed)):.2f} s", "", "", "< 2 s")
