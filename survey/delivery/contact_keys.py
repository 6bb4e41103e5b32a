"""The sender's keys as an operator looks at them: which are here, which are not, which should be gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from survey.ballots.keys import KeyFolder, State
from survey.database.pool import Database
from survey.delivery.safe import queries


@dataclass(frozen=True)
class ContactKey:
    """A public key in the database, and what lies under its name in the folder."""

    public_key: bytes
    campaign_id: UUID | None
    """None: in stock."""
    made_on: date
    destroyed_on: date | None
    state: State
    of: str = ""
    """'Eksempelvik kommune: Bo i Havna'; '' in stock, and when the round is deleted."""

    @property
    def name(self) -> str:
        """The beginning of the file's name: enough to tell keys apart."""
        return self.public_key.hex()[:12]

    @property
    def lost(self) -> bool:
        """A round's addresses and links open with it, and it is not in the folder."""
        return self.campaign_id is not None and self.destroyed_on is None and self.state == "missing"

    @property
    def spoiled(self) -> bool:
        """A file of this name is there, and it is not the key."""
        return self.destroyed_on is None and self.state in ("damaged", "another")

    @property
    def not_gone(self) -> bool:
        """Said to be destroyed, and lies in the folder."""
        return self.destroyed_on is not None and self.state != "missing"


async def listed(database: Database, keys: KeyFolder) -> list[ContactKey]:
    """Every contact key that a round has or may get, the oldest first."""
    async with database.sender() as connection:
        rows = [row async for row in queries.known_contact_keys(connection)]
        of = {
            row["public_key"]: f"{row['organisation_name']}: {row['campaign_name']}"
            async for row in queries.rounds_of_contact_keys(connection)
        }
    known = [
        ContactKey(
            row["public_key"],
            row["campaign_id"],
            row["made_on"],
            row["destroyed_on"],
            keys.state(row["public_key"]),
            of.get(row["public_key"], ""),
        )
        for row in rows
    ]
    return sorted(known, key=lambda key: (key.made_on, key.of, str(key.campaign_id), key.public_key))
