"""The residents' council's sign-off is of a content, stands with the round, and reaches the report."""

from __future__ import annotations

import re
from dataclasses import replace

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
from survey.questionnaires import drafts
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
