"""The residents' council's sign-off is of a content, stands with the round, and reaches the report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from forms.loading import dump
from forms.operations import AddPage
from survey import mixer
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds, waves
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts, signoffs
from tests import offices


async def test_a_sign_off_is_of_the_very_content_and_a_later_change_says_so(
    client: httpx.AsyncClient, database: Database, keys: KeyFolder
) -> None:
    office = await offices.found(database, "Vår kommune")
    staff = office.staff[Role.OFFICER]
    await offices.sign_in(client, office)
    async with database.registry(office.organisation_id) as connection:
        draft_id = await drafts.create(connection, staff, dump(offices.short_form()))
    home, token = f"/kontor/skjemaer/{draft_id}/beboere", await offices.token_for(client)
    page = (await client.get(home)).text
    content = re.findall(r'name="content" value="(\w{8})"', page)[0]
    form = {"csrf": token, "content": content, "council": "Beboerrådet på Havna", "person": "Kari"}
    for wrong in ({"council": ""}, {"person": "x" * 101}, {"content": "00000000"}):
        assert (await client.post(f"{home}/godkjent", data=form | wrong)).status_code == 422
    shown_again = await client.post(f"{home}/godkjent", data=form | {"bare_vis": "1"})
    assert shown_again.status_code == 200 and 'value="Beboerrådet på Havna"' in shown_again.text
    changed = await client.post(f"{home}/godkjent", data=form | {"bare_vis": "1", "content": "00000000"})
    assert changed.status_code == 422, "of what was on the page before the session ended, and no other"
    assert "Skrev ned beboerrådets" not in (await client.get("/kontor/logg")).text, "shown, not done"
    assert (await client.post(f"{home}/godkjent", data=form)).status_code == 303
    page = (await client.get(home)).text
    assert "Beboerrådet på Havna, Kari" in page and "Gjaldt en annen versjon" not in page
    assert "Skrev ned beboerrådets godkjenning" in (await client.get("/kontor/logg")).text

    async with database.registry(office.organisation_id) as connection:
        frozen = await drafts.freeze(connection, staff, draft_id)
        round_id = await rounds.create(
            connection, staff, replace(offices.new_round(office), questionnaire=frozen)
        )
        await rounds.open_round(connection, staff, round_id)
        await drafts.do(connection, staff, draft_id, AddPage("nb", "Mer", ""), action="page")
    assert "Gjaldt en annen versjon" in (await client.get(home)).text
    shown = (await client.get(f"/kontor/runder/{round_id}")).text
    assert f"innhold {content}" in shown and "Gjaldt en annen versjon" not in shown
    await offices.close(database, staff, round_id)
    await mixer.work_once(database, keys)
    wave = await waves.seal_wave(database, office.organisation_id, round_id)
    assert wave.signed and (wave.signed.council, wave.signed.same) == ("Beboerrådet på Havna", True)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.registry(office.organisation_id) as connection:
            await connection.execute("delete from registry.signoffs")


def titled(title: str) -> dict[str, Any]:
    """The short form under another title: another content of the same id."""
    document = dump(offices.short_form())
    return document | {"title": dict.fromkeys(document["title"], title)}


async def test_a_sign_off_and_the_rounds_follow_the_draft_and_not_the_name_of_its_module(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Two begin with the same module: the council of the one never saw the other's."""
    office = await offices.found(database, "Vår kommune")
    staff = office.staff[Role.OFFICER]
    await offices.sign_in(client, office)
    async with database.registry(office.organisation_id) as connection:
        north = await drafts.create(connection, staff, dump(offices.short_form()))
        south = await drafts.create(connection, staff, titled("Sør"))
        draft = await drafts.find(connection, north)
        await signoffs.record(connection, staff, north, draft.questionnaire, "Rådet i Nord", "")
        asked = await drafts.freeze(connection, staff, north)
        round_id = await rounds.create(
            connection, staff, replace(offices.new_round(office), questionnaire=asked)
        )
        copied = await drafts.create(connection, staff, titled("Kopi"), draft.based_on, north)
        version = (await drafts.find(connection, north)).based_on
        again = await drafts.create(connection, staff, dump(asked), version)
        # What is said of the first draft after the copies were made is of another thing than they are.
        await signoffs.record(connection, staff, north, asked, "Rådet i Vest", "")

        async def seen(id: UUID) -> list[tuple[str, bool]]:
            found = await signoffs.all_of(connection, await drafts.find(connection, id))
            return [(one.council, one.same) for one in found]

        async def used(id: UUID) -> list[UUID]:
            return [one.round_id for one in await drafts.uses(connection, await drafts.find(connection, id))]

        assert await seen(north) == [("Rådet i Vest", True), ("Rådet i Nord", True)]
        assert await seen(south) == []
        assert await seen(copied) == [("Rådet i Nord", False)]
        assert await seen(again) == [("Rådet i Nord", True)]
        assert await used(north) == await used(copied) == await used(again) == [round_id]
        assert await used(south) == []
        newer = {draft.id for draft in await drafts.newer(connection, asked)}
        assert newer == {copied}, "a round is not offered what another office made of the same module"
        mine = await signoffs.of(connection, asked)
        assert mine and mine.council == "Rådet i Vest"
        theirs = await drafts.freeze(connection, staff, south)
        assert await signoffs.of(connection, theirs) is None, "so a report of it prints none"
        later = await drafts.freeze(connection, staff, copied)
        told = await signoffs.of(connection, later)
        assert told and (told.council, told.same) == ("Rådet i Nord", False)
    assert "Rådet i" not in (await client.get(f"/kontor/skjemaer/{south}/beboere")).text
    assert "Brukt i" not in (await client.get(f"/kontor/skjemaer/{south}")).text
    assert "Brukt i" in (await client.get(f"/kontor/skjemaer/{copied}")).text


async def test_a_draft_made_as_a_copy_in_the_console_keeps_what_it_was_made_from(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Vår kommune")
    staff = office.staff[Role.OFFICER]
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    async with database.registry(office.organisation_id) as connection:
        first = await drafts.create(connection, staff, dump(offices.short_form()))
        draft = await drafts.find(connection, first)
        await signoffs.record(connection, staff, first, draft.questionnaire, "Rådet i Nord", "")
    made = await client.post(
        "/kontor/skjemaer/ny", data={"csrf": token, "start": f"draft:{first}", "name": "Kopi"}
    )
    assert made.status_code == 303, made.text[:500]
    home = made.headers["location"].partition("?")[0]
    assert "Rådet i Nord" in (await client.get(f"{home}/beboere")).text
