"""Documents on the web in a landlord's colour and with its logo: sound to axe on a telephone and on a desk.

BOSTEMME_SHOTS, a folder: pictures of the pages are made there.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser

from reports.areas.narrowed import of_area
from reports.documents import council_case, landlord, plan_annex, residents
from reports.findings.listing import findings_list
from reports.livery import Livery
from reports.loop import Loop
from survey.office import pages
from tests.browser.axe import faults_on
from tests.integration.test_livery import LIVERIES
from tests.samples import areas, planning, tenants

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CONSOLE = pages.ROOM / "static" / "office.css"
SHOTS = os.environ.get("BOSTEMME_SHOTS")
DOCUMENTS = ("landlord", "area", "residents", "area-residents", "pictures", "annex", "area-annex", "case")
SHEETS = (landlord.STYLESHEET, residents.STYLESHEET, plan_annex.STYLESHEET, council_case.STYLESHEET)


def _document(kind: str, livery: Livery) -> str:
    every, listed, told = planning.whole_round(), planning.found(), planning.loop()
    loop, own, found = replace(told, livery=livery), tenants.estate(), tenants.usual()
    of_tenants = replace(tenants.loop(found, measures=4), livery=livery)
    results, all_found = areas.results(areas.LARGE), findings_list(areas.found())
    match kind:
        case "landlord":
            return landlord.web(every.whole, "nb", loop, listed.findings)
        case "area":
            return landlord.web(results, "en", Loop(livery=livery))
        case "residents" | "pictures":
            return residents.web(own, found, of_tenants, "ar", pictures=kind == "pictures")
        case "area-residents":
            return residents.web(results, all_found, Loop(livery=livery), "nb")
        case "annex":
            return plan_annex.web(every.whole, every.estates, listed, loop, planning.PLAN, "nn")
        case "area-annex":
            estates = {place.estate_id: areas.found().estates[place.estate_id] for place in results.coverage}
            inside = of_area(results, all_found, Loop(livery=livery))
            return plan_annex.web(results, estates, *inside, planning.PLAN, "nb")
    return council_case.web(every.whole, listed, loop, "ungdom", "nb")


@pytest.mark.parametrize("name", LIVERIES)
@pytest.mark.parametrize("kind", DOCUMENTS)
async def test_axe_finds_nothing_and_nothing_sticks_out(kind: str, name: str, browser: Browser) -> None:
    sheets = DOCUMENT_SHEETS.get(kind.removeprefix("area-"), SHEETS[:1])
    styles = "".join(sheet.read_text(encoding="utf-8") for sheet in (CONSOLE, *sheets))
    page = await browser.new_page(locale="nb-NO")
    await page.set_content(
        '<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Dokument</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{styles}</style></head>'
        f'<body><main><div class="paper">{_document(kind, LIVERIES[name])}</div></main></body></html>'
    )
    await page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
    for width, height in ((360, 740), (1280, 800)):
        await page.set_viewport_size({"width": width, "height": height})
        assert await faults_on(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        if SHOTS:
            file = Path(SHOTS) / f"{kind}-{name.replace(' ', '-')}-{width}.png"
            await page.screenshot(path=file, clip={"x": 0, "y": 0, "width": width, "height": 1100})
    await page.close()


DOCUMENT_SHEETS = {
    "residents": SHEETS[1:2],
    "pictures": SHEETS[1:2],
    "annex": (SHEETS[0], SHEETS[2]),
    "case": (SHEETS[0], SHEETS[2], SHEETS[3]),
}
"""As the pages of the console load them."""
