"""Who owns the whole database learns from its quotes nothing about who wrote them: what is shared with the
answers is the round and the place, and after the answers' day not even the words."""

from __future__ import annotations

import httpx

from survey.database.pool import Database
from survey.people.roles import Role
from survey.retention import steps
from tests import offices
from tests.integration.test_quotes import ITEM, SAID, Desk, _years_later, asked, closed, text, write


async def _dump(database: Database, *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Every row of every table as text, with the columns that the system keeps of it."""
    async with database.owner() as connection:
        tables = await connection.fetch(
            "select n.nspname || '.' || c.relname as name"
            "  from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind = 'r' and n.nspname !~ '^(pg_|information_schema)'"
        )
        names = [row["name"] for row in tables if row["name"] not in but]
        every = "select xmin::text || t::text as row from {} t"
        return {name: [row["row"] for row in await connection.fetch(every.format(name))] for name in names}


async def test_a_dump_ties_no_quote_to_an_answer_while_they_are_kept_and_has_no_words_after(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)
    round_id = await asked(database, office)
    place = office.estates[2][0]
    texts = [SAID, *(text(n) for n in range(40))]
    await write(database, office, round_id, place, texts)
    await closed(database, office, round_id)
    desk = await Desk(client, office, round_id).as_(Role.ANALYST)
    wording = "Det er kaldt hos oss om vinteren."
    addresses = [await desk.picked(wording=wording, place=f"leiegard:{place}")]
    addresses += [await desk.picked(text(n), wording=f"Noe helt annet, {'abcdefg'[n] * 9}") for n in range(7)]
    await desk.as_(Role.OFFICER)
    for address in addresses[:4]:
        assert (await desk.do(address, "godkjenn")).status_code == 303

    async with database.owner() as connection:
        answers = await connection.fetch(
            "select id::text, xmin::text as xmin, ctid::text as ctid from answers.responses"
        )
        columns = await connection.fetch(
            "select column_name from information_schema.columns where table_schema = 'quotes'"
        )
        kept = await connection.fetch("select q.*, q.xmin::text as xmin from quotes.quotes q")
    ids, transactions = {row["id"] for row in answers}, {row["xmin"] for row in answers}
    assert not {row["column_name"] for row in columns} & {
        "response_id",
        "number",
        "picked_at",
        "language",
        "mode",
    }
    dumped = await _dump(database, but=("answers.responses",))
    for rows in dumped.values():
        assert not any(id in row for row in rows for id in ids)
    assert all(row["xmin"] not in transactions for row in kept)
    # The words themselves stand in the answers and beside the quote, and in no log.
    assert {name for name, rows in dumped.items() if any("Nordmann" in row for row in rows)} == {
        "quotes.verbatim"
    }

    await _years_later(database, round_id)
    assert {done.fault for done in await steps.run(database, ())} == {None}
    after = await _dump(database)
    assert after["answers.responses"] == [] == after["quotes.verbatim"]
    assert len(after["quotes.quotes"]) == 4 and ITEM in after["quotes.quotes"][0]
    for name, rows in after.items():
        for said in texts:
            assert not any(said in row for row in rows), (name, said)
