"""Where PostgreSQL puts what is too long for a row: the pieces of such values, and where they lie."""

from __future__ import annotations

from collections.abc import Callable

from survey.database.pool import Database

Piece = tuple[bytes, dict[str, int]]
"""The beginning of a value, and everything about where it lies that can be put in an order."""


async def pieces(database: Database, table: str) -> list[Piece]:
    """The first piece of every value of a table that lies out of line."""
    async with database.owner() as connection:
        beside = await connection.fetchval(
            "select reltoastrelid::regclass::text from pg_class where oid = $1::text::regclass", table
        )
        rows = await connection.fetch(
            f"select chunk_id::bigint, chunk_data, ctid::text as place, xmin::text from {beside}"  # noqa: S608
            " where chunk_seq = 0"
        )
    found = []
    for row in rows:
        page, line = row["place"].strip("()").split(",")
        orders = {
            "number": row["chunk_id"],
            "place": int(page) * 1000 + int(line),
            "transaction": int(row["xmin"]) * 10_000 + int(page) * 100 + int(line),
        }
        found.append((bytes(row["chunk_data"]), orders))
    return found


async def in_the_box(database: Database, column: str) -> Callable[[bytes], str | None]:
    """Whose ballot a piece is the beginning of, by the receipt's hash: what only the judge knows."""
    async with database.owner() as connection:
        rows = await connection.fetch(f"select receipt_hash, {column} as value from ballots.box")  # noqa: S608
    whose = {bytes(row["value"])[:500]: row["receipt_hash"].hex() for row in rows}
    return lambda piece: whose.get(piece[:500])
