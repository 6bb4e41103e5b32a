"""Who holds the whole database tries to find out which remarks on a draft were one reader's.

Six residents read a draft and say something of most questions, page by page, one after another or several at
once. A remark names nobody; but whoever could lay a reader's remarks side by side would know her by the
one question that only she can have said it of. So he takes the table as its owner, with the system columns,
as a dump writes it and by whatever else stands in a row, and ties together what lies together. That is to
tell him no more than drawing lots does.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from forms import remarks
from forms.loading import dump
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts, readers
from tests import offices
from tests.chance import most_by_chance

DRAFTS = 5
READERS = ("nb", "nb", "nb", "nb", "nn", "en")
"""The language each of them reads in."""
SPOKEN_OF = ("entry_id", "words", "shown", "verdict", "suggestion", "outcome", "answer")
"""What a remark is of, what it says, and what the office said to it: what the attacker is meant to see."""

Row = dict[str, Any]
Tie = Callable[[Sequence[Row]], Iterable[tuple[Row, Row]]]


def _place(row: Row) -> tuple[int, int]:
    page, line = row["ctid"]
    return int(page), int(line)


def _beside(key: Callable[[Row], Any]) -> Tie:
    """Each with the next in some order."""
    return lambda rows: pairwise(sorted(rows, key=key))


def _alike(key: Callable[[Row], Any]) -> Tie:
    """All that share something."""
    return lambda rows: (pair for pair in combinations(rows, 2) if key(pair[0]) == key(pair[1]))


def _ways(rows: Sequence[Row]) -> dict[str, Tie]:
    """Every way he could think of; what all rows share, or none does, ties nothing more than another."""
    beside: dict[str, Callable[[Row], Any]] = {
        "place": _place,
        "transaction": lambda row: (int(row["xmin"]), _place(row)),
        "command": lambda row: (int(row["xmin"]), int(row["cmin"]), _place(row)),
        "id": lambda row: row["id"],
        "dump": lambda row: row["dumped"],
    }
    alike: dict[str, Callable[[Row], Any]] = {
        "transaction": lambda row: row["xmin"],
        "page of the disk": lambda row: row["ctid"][0],
    }
    for column in set(rows[0]) - {*SPOKEN_OF, "ctid", "dumped", "id"}:
        alike[column] = lambda row, column=column: str(row[column])  # type: ignore[misc]
    return {f"beside by {name}": _beside(key) for name, key in beside.items()} | {
        f"alike in {name}": _alike(key) for name, key in alike.items()
    }


async def _read_it(database: Database, slug: str, rng: random.Random) -> None:
    """All six, each page by page; who sends next is drawn, and mostly it is the one who sent last."""
    async with database.phone() as connection:
        reading = await readers.read(connection, slug)
    assert reading is not None and reading.questionnaire is not None
    questionnaire = reading.questionnaire
    at = dict.fromkeys(range(len(READERS)), 0)
    reader = 0
    while at:
        if reader not in at or rng.random() < 0.2:
            reader = rng.choice(sorted(at))
        language = READERS[reader]
        sent = [
            readers.said(
                entry.id,
                rng.choice(readers.VERDICTS),
                f"{reader} {rng.random()}",
                remarks.mark(remarks.shown(questionnaire, entry, language)),
            )
            for entry in readers.entries(questionnaire.pages[at[reader]])
            if rng.random() < 0.7
        ]
        async with database.phone() as connection:
            assert not await readers.keep(connection, reading, language, sent)
        at[reader] += 1
        if at[reader] == len(questionnaire.pages):
            del at[reader]


async def _stolen(database: Database, organisation_id: UUID) -> dict[UUID, list[Row]]:
    """By draft."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select *, ctid, xmin::text, cmin::text from registry.remarks where organisation_id = $1",
            organisation_id,
        )
        found: dict[UUID, list[Row]] = {}
        for number, row in enumerate(rows):  # no order is asked for: as a dump does
            found.setdefault(row["draft_id"], []).append({**row, "dumped": number})
    return found


def _who(row: Row) -> str:
    """What only the judge of this test knows."""
    return str(row["suggestion"]).partition(" ")[0]


def _by_chance(rows: Sequence[Row]) -> float:
    """How often two remarks drawn by lot are of one reader."""
    each = Counter(map(_who, rows)).values()
    return sum(n * (n - 1) for n in each) / (len(rows) * (len(rows) - 1))


async def test_nothing_ties_what_a_reader_said_of_one_question_to_what_she_said_of_another(
    database: Database,
) -> None:
    office = await offices.found(database, "Vår kommune")
    officer = office.staff[Role.OFFICER]
    for seed in range(DRAFTS):
        async with database.registry(office.organisation_id) as connection:
            draft_id = await drafts.create(connection, officer, dump(offices.short_form()))
            await readers.show_until(
                connection, officer, await drafts.find(connection, draft_id), date.today()
            )
            link = await readers.link(connection, draft_id)
        assert link is not None
        await _read_it(database, link.slug, random.Random(seed))

    stolen = await _stolen(database, office.organisation_id)
    assert len(stolen) == DRAFTS
    found = {}
    for way in _ways(next(iter(stolen.values()))):
        right = tied = 0
        chance = 0.0
        for rows in stolen.values():
            pairs = list(_ways(rows)[way](rows))
            right += sum(_who(a) == _who(b) for a, b in pairs)
            tied += len(pairs)
            chance += len(pairs) * _by_chance(rows)
        found[way] = (right, tied, round(chance))
        print(way, found[way])
    more = {
        way: (right, tied, chance)
        for way, (right, tied, chance) in found.items()
        if right > most_by_chance(chance + 1)
    }
    assert not more, "right, ties, by chance"


async def test_the_console_cannot_read_where_a_remark_lies_or_who_wrote_it(database: Database) -> None:
    office = await offices.found(database, "Vår kommune")
    for column in ("ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(office.organisation_id) as connection:
                await connection.fetch(f"select {column} from registry.remarks")  # noqa: S608
