"""A reader of two dumps who looks at how long rows are: one while ballots wait, one after they are mixed.

Whoever writes much has a long answer. If her ballot, her copy or her draft were long as well, home and answer
would be tied by that alone.
"""

from __future__ import annotations

from survey import mixer
from survey.ballots import drafts
from survey.ballots.drafts import Draft
from survey.ballots.keys import KeyFolder
from survey.ballots.rounds import find, load_version
from survey.database.pool import Database
from tests.elections import SECRET, close, hold, send

TALKATIVE = "ord " * 450


async def test_who_writes_much_has_no_longer_ballot_copy_or_draft_than_her_neighbours(
    database: Database, keys: KeyFolder
) -> None:
    held = await hold(database, [7, 7])
    await mixer.work_once(database, keys)
    words = [TALKATIVE if n == 3 else "kort" for n in range(7)]
    for links in held.tenants.values():
        for said, link in zip(words, links, strict=True):
            async with database.phone() as connection:
                found = await find(connection, SECRET, link)
                assert found is not None
                version = await load_version(connection, found.round.questionnaire_version_id)
                draft = Draft("nb", {"bedre": said})
                assert await drafts.save(connection, SECRET, link, draft, room=version.room)
    async with database.owner() as connection:
        of_drafts = "select distinct pg_column_size(sealed), octet_length(sealed) from ballots.drafts"
        assert len(await connection.fetch(of_drafts)) == 1
    for links in held.tenants.values():
        for said, link in zip(words, links, strict=True):
            async with database.phone() as connection:
                await send(connection, link, said)
    async with database.owner() as connection:
        waiting = await connection.fetch(
            "select distinct octet_length(sealed), octet_length(copy), pg_column_size(sealed),"
            " pg_column_size(copy) from ballots.box"
        )
        assert len(waiting) == 1
    await close(database, held)
    await mixer.work_once(database, keys)
    async with database.owner() as connection:
        lengths = await connection.fetch("select length(r::text) as n from answers.responses r")
    longest = [row["n"] for row in lengths if row["n"] > 1000]
    assert len(lengths) == 14 and len(longest) == 2, "the control: mixed, the talkative are seen"
