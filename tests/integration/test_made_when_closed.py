"""Documents are made by themselves when a round is closed: as drafts, once, whatever ends under way."""

from __future__ import annotations

import asyncio
import html
import re
from uuid import UUID

import asyncpg
import httpx
import pytest

from survey.campaigns import sealing
from survey.database.pool import Database
from survey.loop import editions
from survey.loop.editions import KeptEdition
from survey.office import editions as making
from survey.office import on_close
from survey.people.roles import Role
from tests import offices
from tests.integration.test_editions import _text, office  # noqa: F401 - fixtures
from tests.offices import Office
from tests.waiting import until

BASE = "http://testserver.local"


async def _chosen(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
    **changed: str | list[str],
) -> UUID:
    """An open round whose documents are to be made by themselves."""
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    kept = await _choose(client, round_id, **changed)
    assert kept.status_code == 303, kept.text[:500]
    return round_id


async def _choose(client: httpx.AsyncClient, round_id: UUID, **changed: str | list[str]) -> httpx.Response:
    fields = {
        "csrf": await offices.token_for(client),
        "gjor": "lagre",
        "document": ["utleier", "tall"],
        "language": ["nb"],
        "place": ["all"],
        **changed,
    }
    return await client.post(f"/kontor/runder/{round_id}/utgaver/ved-lukking", data=fields)


async def _close(database: Database, office: Office, round_id: UUID) -> None:  # noqa: F811
    await offices.answer(database, office, round_id, (3, 24, 90))
    await offices.close(database, office.staff[Role.OFFICER], round_id)


async def _known(database: Database, office: Office, round_id: UUID) -> list[KeptEdition]:  # noqa: F811
    async with database.registry(office.organisation_id) as connection:
        return await editions.all_of(connection, round_id)


async def test_what_was_chosen_lies_ready_as_drafts_once_the_round_is_closed_and_sealed(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    round_id = await _chosen(client, database, office)
    here = f"/kontor/runder/{round_id}/utgaver"
    assert await on_close.make_due(database, BASE) == 0  # not while tenants answer
    await _close(database, office, round_id)
    assert await on_close.make_due(database, BASE) == 0  # nor before it is sealed
    assert "talt opp og forseglet" in (await client.get(here)).text
    assert await sealing.seal_closed(database) == 1
    assert await on_close.make_due(database, BASE) == 1
    (draft,) = await _known(database, office, round_id)
    assert (draft.state, draft.files, draft.made, draft.made_by) == ("draft", 2, 2, None)
    page = html.unescape((await client.get(here)).text)
    assert "Utkast ble laget da runden ble lukket." in page and "Utkast fra lukkingen" in page
    report = await client.get(f"{here}/{draft.id}/1/fil")
    assert "-utkast-1.pdf" in report.headers["content-disposition"]
    assert "Utkast" in _text(report.content) and "Versjon" not in _text(report.content)[:2000]
    assert (await client.get(f"{here}/{draft.id}/2/fil")).content.startswith(b"PK")


async def test_they_are_made_once_also_when_somebody_has_thrown_them_away(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    round_id = await _chosen(client, database, office)
    await _close(database, office, round_id)
    await sealing.seal_closed(database)
    made = await asyncio.gather(*(on_close.make_due(database, BASE) for _ in range(3)))
    assert sum(made) == 1
    (draft,) = await _known(database, office, round_id)
    token = await offices.token_for(client)
    address = f"/kontor/runder/{round_id}/utgaver/{draft.id}"
    assert (await client.post(address, data={"csrf": token, "gjor": "kast"})).status_code == 303
    assert await on_close.make_due(database, BASE) == 0
    assert await _known(database, office, round_id) == []


async def test_a_server_that_ends_under_way_leaves_what_it_made_and_the_next_makes_the_rest(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(making, "AT_A_TIME", 1)
    monkeypatch.setattr(making, "DESKS", 1)
    round_id = await _chosen(client, database, office, place=["all", "estates"])
    await _close(database, office, round_id)
    await sealing.seal_closed(database)
    first = asyncio.create_task(on_close.make_due(database, BASE))

    async def some_made() -> bool:
        return any(one.made for one in await _known(database, office, round_id))

    await until(some_made, "the first file")
    first.cancel()
    for task in (first, *making._under_way.values()):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    (half,) = await _known(database, office, round_id)
    assert half.state == "making" and 0 < half.made < half.files
    assert await on_close.make_due(database, BASE) == 1
    (whole,) = await _known(database, office, round_id)
    assert (whole.id, whole.state, whole.made) == (half.id, "draft", half.files)


async def test_nothing_of_a_draft_is_published_sent_or_frozen_and_an_edition_is_made_beside_it(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    round_id = await _chosen(client, database, office)
    await _close(database, office, round_id)
    await sealing.seal_closed(database)
    await on_close.make_due(database, BASE)
    (draft,) = await _known(database, office, round_id)
    here = f"/kontor/runder/{round_id}/utgaver"
    token = await offices.token_for(client)
    refused = await client.post(f"{here}/{draft.id}", data={"csrf": token, "gjor": "publiser"})
    assert refused.status_code == 409
    assert "må være frosset" in (await client.get(f"{here}/{draft.id}/mottakere")).text
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.registry(office.organisation_id) as connection:
            await connection.execute("update loop.editions set state = 'ready'")
    form = html.unescape((await client.get(here)).text)
    assert re.findall(r'name="document" value="(\w+)" checked', form) == ["utleier", "tall"]
    ordered = await client.post(
        here, data={"csrf": token, "document": "tall", "language": "nb", "place": "all", "reading": "Nei."}
    )
    assert ordered.status_code == 303, ordered.text[:300]
    await asyncio.gather(*making._under_way.values())
    first, left = await _known(database, office, round_id)
    assert (first.version, first.state, left.id) == (1, "ready", draft.id)


async def test_what_is_made_can_be_changed_and_switched_off_while_the_round_is_open_and_no_later(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    round_id = await _chosen(client, database, office)
    for missing, told in (("document", "dokument"), ("language", "språk"), ("place", "sted")):
        refused = await _choose(client, round_id, **{missing: []})
        assert refused.status_code == 422 and f"Velg minst ett {told}." in refused.text
    assert (
        await _choose(client, round_id, document="plangrunnlag")
    ).status_code == 422  # nothing is tied yet
    assert (await _choose(client, round_id, gjor="av")).status_code == 303
    assert (await _choose(client, round_id, gjor="av")).status_code == 409
    assert (await _choose(client, round_id, gjor="x")).status_code == 400
    await _close(database, office, round_id)
    await sealing.seal_closed(database)
    assert (await _choose(client, round_id)).status_code == 409
    assert await on_close.make_due(database, BASE) == 0
    await offices.sign_in(client, office, Role.READER)
    assert (await _choose(client, round_id)).status_code == 403


async def test_one_round_that_cannot_be_made_says_so_and_stops_no_other(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,  # noqa: F811
) -> None:
    broken = await _chosen(client, database, office)
    await _close(database, office, broken)
    await sealing.seal_closed(database)
    async with database.owner() as connection:  # what was sealed is damaged
        await connection.execute("set session_replication_role = replica")
        await connection.execute("update answers.waves set parquet = 'x'")
        await connection.execute("set session_replication_role = default")
    whole = await _chosen(client, database, office)
    await _close(database, office, whole)
    await sealing.seal_closed(database)
    assert await on_close.make_due(database, BASE) == 1
    page = (await client.get(f"/kontor/runder/{broken}/utgaver")).text
    assert "kunne ikke lages av seg selv" in page
    assert (await _known(database, office, whole))[0].state == "draft"
