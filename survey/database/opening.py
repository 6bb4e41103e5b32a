"""From settings to a database that is running, reachable and of our version."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Iterator

from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate, require_current
from survey.database.pool import ALL_DOORS, Database
from survey.settings import Settings


@contextlib.contextmanager
def provided(settings: Settings) -> Iterator[str]:
    """The address of the database: the operator's own, else the embedded one, running during the block."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded_postgres(settings.home / "postgres") as url:
        yield url


@contextlib.asynccontextmanager
async def opened(settings: Settings, doors: Collection[str] = ALL_DOORS) -> AsyncIterator[Database]:
    """For commands: provided, migrated, connected; closed when the block ends. Raises DatabaseFault.

    With `doors`, only those; and only who may do everything migrates.
    """
    with provided(settings) as url:
        await (migrate(url) if "owner" in doors else require_current(url))
        database = await Database.connect(url, doors)
        try:
            yield database
        finally:
            await database.close()
