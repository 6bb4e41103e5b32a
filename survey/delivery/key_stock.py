"""Contact keys in the sender's folder: a stock for rounds to come, and the end of those that nobody needs.

A public half is known to the database, the private one lies in the folder alone.
"""

from __future__ import annotations

from survey import logs
from survey.ballots.keys import KeyFolder
from survey.database.pool import Database
from survey.delivery.safe import queries

KEYS_AWAY = "contact keys that are to be destroyed are not in the sender's folder"
STOCK = 20
"""Unused keys that wait for rounds."""


async def keep_stock(database: Database, keys: KeyFolder, wanted: int = STOCK) -> int:
    """Make contact keys until `wanted` unused ones are in stock. How many were made.

    Raises OSError where there is no room for more; those that could be made are in stock."""
    async with database.sender() as connection:
        known = [row async for row in queries.known_contact_keys(connection)]
        unused = [row for row in known if row["campaign_id"] is None and row["destroyed_on"] is None]
        for row in unused:
            if not keys.has(row["public_key"]):  # made by a sender whose folder is gone
                await queries.drop_contact_stock(connection, public_key=row["public_key"])
        missing = max(0, wanted - sum(keys.has(row["public_key"]) for row in unused))
        made, fault = keys.make_some(missing)
        for public in made:
            await queries.keep_contact_key(connection, public_key=public)
    if fault:
        raise fault
    return len(made)


async def destroy_discarded(database: Database, keys: KeyFolder) -> int:
    """Destroy the keys of drafts that were deleted and of rounds whose addresses are, and those that
    should be gone and lie here; how many that was.

    First the file, then the note. A key that is not here is not said to be destroyed. Killed under way,
    it goes on.
    """
    async with database.sender() as connection:
        wanted = [row["public_key"] async for row in queries.discarded_contact_keys(connection)]
        found = [
            row["public_key"] async for row in queries.contact_keys_to_be_gone(connection, here=keys.here())
        ]
    gone = [key for key in wanted if keys.retire(key)]
    for key in gone:
        async with database.sender() as connection:
            await queries.note_contact_key_destroyed(connection, public_key=key)
        keys.forget(key)
    for key in found:
        keys.destroy(key)
        async with database.sender() as connection:
            await queries.note_contact_key_found(connection, public_key=key)
    if gone:
        logs.done("contact keys destroyed", n=len(gone))
    if found:
        logs.done("contact keys that should have been gone were found and destroyed", n=len(found))
    if len(gone) < len(wanted):
        away = len(wanted) - len(gone)
        logs.trouble(KEYS_AWAY, why=f"{away} of them; look where BOSTEMME_CONTACT_KEYS points")
    else:
        logs.over(KEYS_AWAY)
    return len(gone) + len(found)
