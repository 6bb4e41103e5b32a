"""The landlord's own colour and logo at the desk: chosen, seen on a cover, taken away.

What reads pictures is imported in the functions that need it: few processes ever do.
"""

from __future__ import annotations

import asyncio
import textwrap
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from reports import livery as liveries_of
from reports.livery import Livery
from survey.database.pool import Connection
from survey.office.door import TheDatabase, TheForm, TheStaff
from survey.office.errors import Unreadable
from survey.office.fields import Problem, Problems, name_of
from survey.office.pages import AnyRequest, go, language_of, render, to_html
from survey.office.uploads import LARGEST_UPLOAD, TheUpload, checked_upload
from survey.people.roles import Right, Staff
from survey.register import liveries

HERE = "/kontor/profil"
OF_THE_HOUSE = Livery("#084850")
"""What covers wear until somebody chooses."""
LONGEST_ALT = 150
LETTERS, LINES = 24, 3
"""Of the landlord's name on the cover that is shown."""


@get("/profil")
async def livery_page(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    staff.require(Right.PUBLISH_REPORTS)
    async with database.registry(staff.organisation_id) as connection:
        return await _page(request, staff, connection)


@post("/profil", status_code=200)
async def change_livery(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, form: TheForm
) -> Response[Any]:
    """`gjor`: 'vis' the colour on a cover, or 'lagre' it; 'uten_logo', 'uten' both."""
    staff.require(Right.PUBLISH_REPORTS)
    async with database.registry(staff.organisation_id) as connection:
        worn = await liveries.worn(connection)
        done, typed = form.one("gjor"), form.one("farge")
        if form.only_shown:
            return await _page(request, staff, connection, typed)
        match done:
            case "vis" | "lagre":
                colour = liveries_of.colour_of(typed)
                if colour is None:
                    return await _page(
                        request, staff, connection, typed, Problem("farge", "problem.livery.colour")
                    )
                if done == "vis":
                    return await _page(request, staff, connection, colour)
                await liveries.wear(connection, staff, replace(worn or OF_THE_HOUSE, colour=colour))
                return go(f"{HERE}?melding=livery_changed")
            case "uten_logo":
                if worn and worn.logo:
                    await liveries.wear(connection, staff, replace(worn, logo=None))
                return go(f"{HERE}?melding=livery_no_logo")
            case "uten":
                await liveries.take_off(connection, staff)
                return go(f"{HERE}?melding=livery_removed")
    raise Unreadable()


@post(
    "/profil/logo",
    status_code=200,
    request_max_body_size=LARGEST_UPLOAD,
    dependencies={"upload": Provide(checked_upload)},
)
async def take_logo(
    request: AnyRequest, database: TheDatabase, staff: TheStaff, upload: TheUpload
) -> Response[Any]:
    """A new picture (`fil`), or other words and another ground for the one that is there."""
    staff.require(Right.PUBLISH_REPORTS)
    from survey.register.logos import reading
    from survey.register.logos.errors import LogoRefused

    form = upload.form
    alt, plate = name_of(form.one("alt")), form.one("bunn") != "farge"
    async with database.registry(staff.organisation_id) as connection:
        worn = await liveries.worn(connection) or OF_THE_HOUSE
        if form.only_shown:
            return await _page(request, staff, connection, alt=alt, plate=plate)
        problem = None
        if not alt or len(alt) > LONGEST_ALT:
            problem = Problem("alt", "problem.livery.alt", {"most": LONGEST_ALT})
        logo = worn.logo
        if upload.name and not upload.file:
            problem = Problem("fil", "problem.logo.nothing")
        elif upload.file or logo is None:
            try:
                logo = await asyncio.to_thread(reading.read, upload.file, alt)
            except LogoRefused as refused:
                problem = Problem("fil", refused.key, refused.values)
        if problem or logo is None:
            wrong = [problem] if problem else []
            return await _page(request, staff, connection, "", *wrong, alt=alt, plate=plate)
        await liveries.wear(connection, staff, replace(worn, logo=replace(logo, alt=alt), plate=plate))
    return go(f"{HERE}?melding={'livery_logo' if upload.file else 'livery_logo_words'}")


@get("/profil/forside.svg")
async def cover(request: AnyRequest, database: TheDatabase, staff: TheStaff) -> Response[str]:
    """A cover, drawn small; in the colour `farge`, else in what is worn."""
    staff.require(Right.PUBLISH_REPORTS)
    async with database.registry(staff.organisation_id) as connection:
        worn = await liveries.worn(connection) or OF_THE_HOUSE
    shown = replace(worn, colour=liveries_of.colour_of(request.query_params.get("farge", "")) or worn.colour)
    name = textwrap.wrap(staff.organisation, LETTERS, max_lines=LINES, placeholder=" …")
    size = shown.logo.within(*(LOGO_FRAME if not shown.plate else LOGO_ON_PLATE)) if shown.logo else (0, 0)
    drawn = to_html("livery_cover.svg", language_of(request), livery=shown, name=name, logo_size=size)
    return Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


LOGO_FRAME, LOGO_ON_PLATE = (84.0, 30.0), (76.8, 22.8)
"""Millimetres, as `reports.documents.cover` has it."""


async def _hardly(livery: Livery) -> list[tuple[str, dict[str, object]]]:
    """Why the logo is hardly seen on the cover, as keys with values."""
    if livery.logo is None:
        return []
    from survey.register.logos import seeing

    found: list[tuple[str, dict[str, object]]] = []
    stands_out = await asyncio.to_thread(seeing.strongest, livery)
    if stands_out < seeing.SEEN:
        ground = "white" if livery.plate else "colour"
        found.append((f"livery.pale.{ground}", {"ratio": stands_out}))
    size = livery.logo.within(*(LOGO_ON_PLATE if livery.plate else LOGO_FRAME))
    if min(size) < seeing.THINNEST:
        side = "wide" if size[0] < size[1] else "high"
        found.append((f"livery.thin.{side}", {"size": max(round(min(size)), 1)}))
    return found


async def _page(
    request: AnyRequest,
    staff: Staff,
    connection: Connection,
    typed: str = "",
    *wrong: Problem,
    alt: str | None = None,
    plate: bool | None = None,
) -> Response[str]:
    """`typed`: a colour that is tried."""
    problems = Problems(wrong)
    worn = await liveries.worn(connection)
    own = worn or OF_THE_HOUSE
    tried = liveries_of.colour_of(typed)
    shown = replace(own, colour=tried) if tried else own
    return render(
        request,
        "livery.html",
        staff=staff,
        status=problems.status,
        problems=problems,
        worn=worn,
        shown=shown,
        hardly=await _hardly(shown),
        tried=bool(tried) and tried != own.colour,
        typed_colour=typed or own.colour,
        alt=alt if alt is not None else own.logo.alt if own.logo else "",
        plate=own.plate if plate is None else plate,
        longest_alt=LONGEST_ALT,
    )


handlers: list[ControllerRouterHandler] = [livery_page, change_livery, take_logo, cover]
