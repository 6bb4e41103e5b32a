"""The ledger at rest: which cells of which requests were told. Runs under the role of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from reports.breakdowns.ledger import Entry, Judgement, Released
from reports.waves import Connection, Wave, queries

RECORDS = ""
"""The file of a round by itself."""
PERSONS = "persons"


async def held(connection: Connection, campaign_id: UUID) -> tuple[list[Entry], Released]:
    """What was told of a round, and whether research data of it were handed out. Until the transaction ends
    nobody else is told anything of this round."""
    await queries.hold_ledger(connection, campaign_id=campaign_id)
    return await seen(connection, campaign_id)


async def seen(connection: Connection, campaign_id: UUID) -> tuple[list[Entry], Released]:
    """The same to look at: who only reads does not wait for a table that is being judged."""
    rows = [row async for row in queries.told(connection, campaign_id=campaign_id)]
    entries = [
        Entry.unpacked(row["asked"], bytes(row["told"]), row["cells"])
        for row in rows
        if row["kind"] == "table"
    ]
    files = {row["asked"] for row in rows if row["kind"] == "release"}
    return entries, "persons" if any(map(_of_persons, files)) else "records" if files else None


async def files(connection: Connection, campaign_id: UUID) -> frozenset[str]:
    """Which files of research data a round is in: `RECORDS`, or `persons_of` some waves."""
    rows = [row async for row in queries.told(connection, campaign_id=campaign_id)]
    return frozenset(row["asked"] for row in rows if row["kind"] == "release")


def persons_of(waves: Sequence[int]) -> str:
    """The file of persons over these waves of a panel; of other waves it is another, with other blanks."""
    return f"{PERSONS} {'+'.join(map(str, sorted(waves)))}"


def _of_persons(file: str) -> bool:
    return file.startswith(PERSONS)  # alone: entered before its waves were


async def add(connection: Connection, wave: Wave, judgement: Judgement) -> None:
    entry = judgement.entry
    await _add(connection, wave, "table", entry.ask.canonical(), entry.told.size, entry.packed())


async def add_release(connection: Connection, wave: Wave, file: str) -> None:
    """A file of research data that the wave is in is about to be handed out. The same file is always the
    same, so once is enough."""
    await _add(connection, wave, "release", file, 0, b"")


async def _add(connection: Connection, wave: Wave, kind: str, asked: str, cells: int, told: bytes) -> None:
    await queries.add_told(
        connection,
        organisation_id=wave.organisation_id,
        campaign_id=wave.campaign_id,
        wave_hash=bytes.fromhex(wave.content_hash),
        kind=kind,
        asked=asked,
        cells=cells,
        told=told,
    )
