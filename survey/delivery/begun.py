"""Which reminders were begun: a file beside the sender's keys, for the day an older database comes back.

A line is a round, a reminder's number, its channel and its day, as in `delivery.mailings`; of persons it says
nothing. Without it a restored database sends once more what was sent after its dump, and more often than the
tenants were told. Lines of rounds that are closed go.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from uuid import UUID

from survey.database.pool import Database
from survey.delivery.safe import queries

_LINE = re.compile(r"([0-9a-f]{32}) ([0-9]{1,2}) (email|sms) ([0-9]{4}-[0-9]{2}-[0-9]{2})")

_Reminder = tuple[UUID, int, str, date]


class Begun:
    def __init__(self, path: Path) -> None:
        self._path = path

    async def keep(self, database: Database) -> None:
        """The database learns what it has forgotten, and the file what is new: on the disk when this returns.
        Raises OSError."""
        noted = self._noted()
        async with database.sender() as connection:
            rows = [
                row
                async for row in queries.begun(
                    connection,
                    campaigns=[one[0] for one in noted],
                    numbers=[one[1] for one in noted],
                    channels=[one[2] for one in noted],
                    days=[one[3] for one in noted],
                )
            ]
        now = sorted({(row["campaign_id"], row["number"], row["channel"], row["day"]) for row in rows})
        if now != noted:
            self._write(now)

    def _noted(self) -> list[_Reminder]:
        try:
            lines = self._path.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return []
        found = [match.groups() for line in lines if (match := _LINE.fullmatch(line))]
        return sorted(
            (UUID(id), int(number), name, date.fromisoformat(day)) for id, number, name, day in found
        )

    def _write(self, reminders: list[_Reminder]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = self._path.with_suffix(".half")
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{id.hex} {number} {name} {day}\n" for id, number, name, day in reminders)
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._path)
