"""The composition root: puts the rooms behind one door and decides only what belongs to all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from litestar import Litestar, MediaType, Response, Router, route
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.static_files import create_static_files_router

from survey import asking, logs
from survey.database.errors import DatabaseUnreachable
from survey.database.migrate import require_current
from survey.database.opening import provided
from survey.database.pool import ALL_DOORS, OFFICE_DOORS, TENANTS_DOORS, Database
from survey.faults import fault_response
from survey.headers import close_after_too_large, no_body_for_head, security_headers
from survey.settings import PROJECT, Settings
from survey.workers import end_with_server

LARGEST_BODY = (
    256 * 1024
)  # bytes; a full answer with long texts is under 60 kB. Uploads of the office say more.
DOORS = {None: ALL_DOORS, "tenants": TENANTS_DOORS, "office": OFFICE_DOORS}
"""What each side may do in the database: the tenants' pages can list nothing, the office sees no ballot."""


def create_app(settings: Settings, database: Database | None = None) -> Litestar:
    """The whole application, or the side of it that `settings` says.

    Without `database` it opens its own at start-up and closes it at the end.
    """
    logs.configure()
    return Litestar(
        route_handlers=[health, *_shared(), *_rooms(settings.only)],
        dependencies={
            "database": Provide(_database, sync_to_thread=False),
            "settings": Provide(_settings, sync_to_thread=False),
        },
        state=State({"database": database, "settings": settings}),
        lifespan=[] if database is not None else [_own_database],
        exception_handlers={Exception: fault_response, HTTPException: fault_response},
        before_send=[security_headers(secure=settings.secure), close_after_too_large, no_body_for_head],
        compression_config=CompressionConfig(backend="gzip", minimum_size=500),
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        openapi_config=None,
    )


def _shared() -> Iterator[Router]:
    """What both sides show: the look of faults and of questions, and the drawings beside choices."""
    folders = {
        "app": PROJECT / "survey" / "static",
        "asking": asking.STATIC,
        "phone": PROJECT / "survey" / "phone" / "static",
    }
    for room, folder in folders.items():
        yield _static(room, folder)


def _rooms(only: str | None) -> Iterator[Router]:
    """A side that is not served is not even loaded."""
    if only != "office":
        from survey.phone.routes import router as phone

        yield phone
    if only != "tenants":
        from survey.office.routes import router as office

        yield office
        yield _static("office", PROJECT / "survey" / "office" / "static")


def from_environment() -> Litestar:
    """What the web server's workers call."""
    return create_app(Settings.from_environment())


@route("/helse", http_method=["GET", "HEAD"], media_type=MediaType.TEXT)
async def health(database: NamedDependency[Database]) -> Response[str]:
    """200 'ok' when the database answers; DatabaseUnreachable (503) when it does not."""
    try:
        await database.ping()
    except Exception as error:  # whatever the driver says, we are not well
        raise DatabaseUnreachable("fault.database.silent") from error
    return Response("ok")


def _database(state: State) -> Database:
    database: Database = state["database"]
    return database


def _settings(state: State) -> Settings:
    settings: Settings = state["settings"]
    return settings


@contextlib.asynccontextmanager
async def _own_database(app: Litestar) -> AsyncIterator[None]:
    settings: Settings = app.state["settings"]
    beside = [asyncio.create_task(end_with_server())]
    with provided(settings) as url:
        await require_current(url)
        database = app.state["database"] = await Database.connect(url, DOORS[settings.only])
        if settings.only != "tenants":
            from survey.office.on_close import keep_making

            beside.append(asyncio.create_task(keep_making(database, settings.base_url)))
        if settings.only == "office":
            from survey.campaigns.sealing import keep_sealing

            beside.append(asyncio.create_task(keep_sealing(database)))
        try:
            yield
        finally:
            for task in beside:
                task.cancel()
            if (reckonings := app.state.get("reckonings")) is not None:
                await reckonings.stop()
            await database.close()


def _static(room: str, folder: Path) -> Router:
    folder.mkdir(exist_ok=True)
    return create_static_files_router(
        path=f"/static/{room}",
        directories=[folder],
        name=f"static-{room}",
        cache_control=CacheControlHeader(public=True, max_age=3600),
    )
