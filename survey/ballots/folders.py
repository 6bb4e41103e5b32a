"""One folder of keys for a database: a second mixer with another one is refused, and says so.

Two mixers with a folder each (a server's own, and one started elsewhere) each held the other's keys for lost:
rounds took keys that were called destroyed. So a folder bears a mark, drawn by lot the first time, and the
database knows the mark of the one in use and, to ten minutes, when it was last used. Another folder gets its
turn when that has not been for twenty minutes, or by `bostemme keys adopt`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiosql

from survey import logs
from survey.ballots.keys import KeyDamaged, KeyFault, KeyFolder
from survey.database.pool import Database

MARK = "folder-mark"
"""In the folder: which it is. Copies of a folder are the same one."""
NOT_OURS = "this folder of keys is not the one in use"
IS_OURS_NOW = "another folder of keys is in use from now on"

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


class AnotherFolder(KeyFault):
    """The database's keys are made in another folder, which is in use."""


async def claim(database: Database, keys: KeyFolder, *, adopt: bool = False) -> None:
    """This is the folder that keys are made and used in, or becomes it where there is none or the former is
    silent. `adopt`: whatever the former is.

    Raises AnotherFolder, KeyDamaged, OSError."""
    mark = _mark(keys)
    async with database.mixer() as connection:
        row = await _queries.claim_folder(connection, mark=mark, adopt=adopt)
    if row["outcome"] == "another":
        raise AnotherFolder(
            "fault.key.another_folder", folder=keys.path, mark=_short(mark), other=_short(row["in_use"])
        )
    if row["outcome"] == "taken_over":
        logs.trouble(IS_OURS_NOW, why=f"{keys.path} ({_short(mark)}), no longer {_short(row['in_use'])}")


def _mark(keys: KeyFolder) -> UUID:
    """Made the first time, by one of several who come at once. Raises KeyDamaged, OSError."""
    file = keys.path / MARK
    if not file.exists():
        keys.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = file.with_suffix(f".{uuid4().hex}")
        half.write_text(f"{uuid4()}\n", encoding="ascii")
        try:
            os.link(half, file)  # unlike renaming, it takes nobody's place
        except FileExistsError:
            pass
        finally:
            half.unlink()
    try:
        return UUID(file.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise KeyDamaged("fault.key.damaged_mark", file=file) from error


def _short(mark: UUID) -> str:
    return mark.hex[:8]
