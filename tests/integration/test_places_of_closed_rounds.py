"""What happens to estates after a round is closed changes nothing of what the round told.

The ledger keeps what was told of groups in the order of the places (`reports.breakdowns.ledger.Entry`).
"""

from __future__ import annotations

from survey.campaigns import rounds
from survey.database.pool import Database
from tests import offices


async def _scramble(database: Database) -> None:
    """Estates get names in the opposite order, and all of them another area."""
    async with database.owner() as connection:
        await connection.execute(
            "update registry.estates set name = (100 - ascii(name))::text || name;"
            "insert into registry.areas (organisation_id, name)"
            " select id, 'Aa ny bydel' from registry.organisations;"
            "update registry.estates e set area_id = a.id from registry.areas a"
            " where a.organisation_id = e.organisation_id and a.name = 'Aa ny bydel'"
        )


async def test_an_estate_that_is_renamed_or_moved_stays_in_its_place_in_rounds_that_are_closed(
    database: Database,
) -> None:
    office = await offices.found(database, "Vår kommune")
    ended = await offices.closed_round(database, office)
    running = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        before = await rounds.find(connection, ended)
    await _scramble(database)
    async with database.registry(office.organisation_id) as connection:
        after, open_one = await rounds.find(connection, ended), await rounds.find(connection, running)

    assert [estate.id for estate in after.estates] == [estate.id for estate in before.estates]
    assert [estate.area for estate in after.estates] == [estate.area for estate in before.estates]
    assert [estate.area_id for estate in after.estates] == [estate.area_id for estate in before.estates]
    assert all(estate.name[:1].isdigit() for estate in after.estates), (
        "they are called what they are called now"
    )
    assert {estate.area for estate in open_one.estates} == {"Aa ny bydel"}
