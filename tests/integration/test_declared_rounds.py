"""What a round says of itself: written by the office, read by tenants first, frozen once opened."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import asyncpg
import httpx
import pytest

from survey import declared
from survey.campaigns import rounds
from survey.campaigns.links import issue_links
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.integration.test_round_changes import _form, _mark


async def test_the_form_suggests_purpose_and_room_for_change_in_each_language_of_the_house(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Vår kommune")
    await offices.sign_in(client, office)
    page = (await client.get("/kontor/runder/ny")).text
    for language in ("nb", "nn", "en"):
        for field in ("purpose", "open", "decided", "who", "when", "paid", "contact"):
            found = re.search(rf'id="declared_{field}_{language}" [^>]*value="([^"]*)"', page)
            assert found and found.group(1), (field, language)
    assert 'id="declared_open_ar"' in page and 'dir="rtl"' in page


async def test_tenants_read_what_can_be_influenced_and_the_office_cannot_change_it_once_opened(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Vår kommune")
    await offices.sign_in(client, office)
    new = replace(offices.new_round(office), languages=("nb", "en", "ar"))
    round_id = await offices.make_round(database, office, new)
    said = {
        "declared_purpose_nb": "  Vi skal\u202e pusse opp\ntrappene.  ",
        "declared_open_nb": "Farge & <b>lys</b>",
        "declared_when_en": "In June",
        "declared_who_nn": "Ikke et språk i runden",
    }
    token = await offices.token_for(client)
    mark = await _mark(client, round_id)
    form = _form(office, token, mark=mark, **said) | {
        "language": ["nb", "en", "ar"],
        "opens_on": date.today().isoformat(),
    }
    address = f"/kontor/runder/{round_id}/endre"
    long = await client.post(address, data=form | {"declared_open_nb": "x" * 201})
    assert long.status_code == 422 and 'href="#declared_open_nb"' in long.text
    assert (await client.post(address, data=form)).status_code == 303
    async with database.registry(office.organisation_id) as connection:
        staff = office.staff[Role.OFFICER]
        now = await rounds.find(connection, round_id)
        assert now.declared == {
            "nb": {"purpose": "Vi skal pusse opp trappene.", "open": "Farge & <b>lys</b>"},
            "en": {"when": "In June"},
        }
        link = (await issue_links(connection, settings, staff, round_id))[0]
        await rounds.open_round(connection, staff, round_id)
    shown = (await client.get(f"/s/{link.token}?sprak=nb")).text
    assert "Hvorfor vi spør, og hva du kan påvirke" in shown and "Vi skal pusse opp trappene." in shown
    assert "Farge &amp; &lt;b&gt;lys&lt;/b&gt;" in shown and "In June" not in shown
    assert "Leietakerne får et svar eller et annet forslag." in shown, "the grade, in words"
    assert "In June" in (await client.get(f"/s/{link.token}?sprak=en")).text
    elsewhere = (await client.get(f"/s/{link.token}?sprak=ar")).text
    assert (
        "كتب المؤجّر هذا بلغة أخرى: \u2068Bokmål\u2069." in elsewhere
        and "Vi skal pusse opp trappene." in elsewhere
    )
    assert "Utleieren har skrevet dette på et annet språk" not in shown
    assert "Vi skal pusse opp" in (await client.get(f"/kontor/runder/{round_id}")).text
    with pytest.raises(asyncpg.RaiseError, match="frozen"):
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set declared = '{}' where id = $1", round_id)
    async with database.owner() as connection:  # as it was suggested: nothing that the landlord has written
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update registry.campaigns set declared = $1::text::jsonb where id = $2",
            json.dumps(declared.suggested(("nb", "en"))),
            round_id,
        )
    untouched = (await client.get(f"/s/{link.token}?sprak=ar")).text
    assert "كتب المؤجّر" not in untouched and '<p class="hint">Bokmål</p>' in untouched
