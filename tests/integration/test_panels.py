"""Waves that follow the same persons: linked for those who agreed, among enough others, by nobody else."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import uuid4

import fastexcel
import httpx
import pymupdf
import pytest

from reports.documents import pdf
from survey.ballots import keyring, mixing, receipts, submission, tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.receipts import State
from survey.ballots.rounds import Stage, find
from survey.ballots.submission import Outcome
from survey.campaigns import coverage, links, panels, rounds
from survey.campaigns.errors import PanelNotReady
from survey.database.pool import Database
from survey.office import letters
from survey.people.roles import Role
from survey.settings import Settings
from tests import mornings, offices
from tests.ballots import in_the_box, receipt_on, with_code
from tests.elections import SECRET
from tests.offices import Office
from tests.panels import begin, close, end_wave, next_wave, seen, send, send_all, stored
from tests.tenants import invite


async def test_who_agreed_each_time_has_one_pseudonym_in_all_waves_and_who_refused_has_none(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [30])
    (estate,) = series.tenants
    refusing = series.tenants[estate][:6]
    for wave in (1, 2, 3):
        if wave > 1:
            await next_wave(database, series)
        await send_all(database, series.tenants[estate][:24], refusing=refusing)
        await end_wave(database, keys, series)
    people = await seen(database, series, estate)
    assert {owner for owner, _ in people.values()} == set(series.tenants[estate][6:24])
    assert {waves for _, waves in people.values()} == {frozenset({1, 2, 3})}
    assert len(await stored(database, series, 3)) == 24, "everybody is counted, linked or not"


async def test_a_panel_is_not_mixed_before_it_closes_and_then_each_estate_at_once(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [30])
    await send_all(database, series.everybody[:20])
    await mornings.mix(database, keys)
    assert await stored(database, series, 1) == {}, "while it is open no pseudonym is to be seen"
    await end_wave(database, keys, series)
    assert len(await stored(database, series, 1)) == 20
    async with database.owner() as connection:
        assert await connection.fetchval("select array_agg(size) from ballots.batches") == [20]


async def test_answers_of_an_estate_too_small_to_be_named_bear_no_pseudonym(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [7, 30])
    small, large = series.tenants
    for wave in (1, 2):
        if wave > 1:
            await next_wave(database, series)
        await send_all(database, series.tenants[small][: 7 if wave == 1 else 4])
        await send_all(database, series.tenants[large][:20])
        await end_wave(database, keys, series)
    second = await stored(database, series, 2)
    assert [second[token] for token in series.tenants[small][:4]] == [(None, None)] * 4
    # One of the large house went along with the four, and has no pseudonym there: it is not told which.
    took_part = Counter(waves for _, waves in (await seen(database, series, large)).values())
    assert took_part.keys() == {frozenset({1}), frozenset({1, 2})}
    assert min(took_part.values()) >= 5 and sum(took_part.values()) == 20


async def test_when_a_wave_is_sealed_nothing_says_any_more_who_took_part_but_how_many_refused(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [30])
    # Of forty: of the nineteen who are silent nothing is told, however the lot of it falls.
    await send_all(database, series.everybody[:21])
    for token in series.everybody[21:27]:
        async with database.phone() as connection:
            assert await submission.decline(connection, SECRET, token)
    async with database.owner() as connection:
        before = await connection.fetch("select invitation_id as id, xmin::text as x from ballots.rights")
    await end_wave(database, keys, series)
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.rights where used or declined") == 0
        after = await connection.fetch("select invitation_id as id, xmin::text as x from ballots.rights")
    assert len({row["x"] for row in after}) == 1, "all were written anew, the unused too"
    assert {row["id"] for row in before} == {row["id"] for row in after}
    async with database.registry(series.organisation_id) as connection:
        round = await rounds.find(connection, series.now)
        assert await coverage.declined(connection, (round,)) == {}, "told where twenty or more are silent"


async def test_a_letter_opens_the_next_wave_and_its_receipts_are_not_the_same(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [20])
    token = series.everybody[0]
    first = None
    for wave in (1, 2):
        if wave > 1:
            await next_wave(database, series)
        async with database.phone() as connection:
            found = await find(connection, SECRET, token)
            assert found is not None and found.round.stage is Stage.OPEN
            assert found.round.panel is not None and found.round.panel.wave == wave
        await send_all(database, series.everybody[:12])
        await end_wave(database, keys, series)
        receipt = tokens.receipt(SECRET, token, found.round.campaign)
        async with database.phone() as connection:
            counted = await receipts.look_up(connection, SECRET, receipt)
            assert counted is not None and counted.state is State.COUNTED
        assert receipt != first, "or the receipts would show which waves somebody took part in"
        first = receipt


async def test_consent_can_be_taken_back_until_the_wave_is_mixed(database: Database, keys: KeyFolder) -> None:
    series = await begin(database, [20])
    regretting = series.everybody[:5]
    await send_all(database, series.everybody[:15])
    for token in regretting:
        async with database.phone() as connection:
            found = await find(connection, SECRET, token)
            assert found is not None
            receipt = tokens.receipt(SECRET, token, found.round.campaign)
            device = tokens.new_device(SECRET, token)
            assert await receipts.reopen(connection, SECRET, token, receipt, device)
        async with database.phone() as connection:
            sent = await send(connection, token, linked=False, rng=random.Random(1), replaces=receipt)
            assert sent is Outcome.ACCEPTED
    await end_wave(database, keys, series)
    linked = {token for token, (_, person) in (await stored(database, series, 1)).items() if person}
    assert linked == set(series.everybody[5:15])
    async with database.phone() as connection:
        found = await find(connection, SECRET, regretting[0])
        assert found is not None
        receipt = tokens.receipt(SECRET, regretting[0], found.round.campaign)
        assert not await receipts.reopen(connection, SECRET, regretting[0], receipt, device)


async def test_a_ballot_is_as_long_with_consent_as_without(database: Database) -> None:
    series = await begin(database, [6])
    await send_all(database, series.everybody, refusing=series.everybody[:3])
    async with database.owner() as connection:
        lengths = await connection.fetch(
            "select distinct octet_length(sealed), octet_length(copy) from ballots.box"
        )
    assert len(lengths) == 1
    assert sum(ballot.seed is None for ballot in await in_the_box(database, series.now)) == 3


async def test_waves_are_mixed_in_their_order(database: Database, keys: KeyFolder, tmp_path: Path) -> None:
    series = await begin(database, [20])
    await send_all(database, series.everybody[:12])
    await close(database, series)
    await next_wave(database, series)
    await send_all(database, series.everybody[:12])
    await close(database, series)
    # The first wave's key is away: the second waits for it, or it would not know who was there before.
    (held,) = [key for key in await keyring.listed(database, keys) if key.waiting and not key.panel][:1]
    away = tmp_path / "away"
    async with database.owner() as connection:
        first = await connection.fetchval(
            "select ballot_key from registry.campaigns where id = $1", series.rounds[0]
        )
    file = keys.path / f"{first.hex()}.key"
    file.rename(away)
    await mornings.mix(database, keys)
    assert await stored(database, series, 2) == {}
    away.rename(file)
    await mornings.mix(database, keys)
    await mornings.mix(database, keys)
    assert {waves for _, waves in (await seen(database, series, next(iter(series.tenants)))).values()} == {
        frozenset({1, 2})
    }
    assert held.waiting == 12


async def test_without_the_panels_key_ballots_wait_and_given_up_they_are_counted_unlinked(
    database: Database, keys: KeyFolder, tmp_path: Path
) -> None:
    series = await begin(database, [20])
    await send_all(database, series.everybody[:12])
    (panel_key,) = [key for key in await keyring.listed(database, keys) if key.panel]
    assert (panel_key.campaign, panel_key.waiting, panel_key.here) == ("Bo i Havna", 12, True)
    with pytest.raises(keyring.NothingToDo, match="is in the folder"):
        await keyring.to_give_up(database, keys, panel_key.name)
    keys.destroy(panel_key.public_key)
    await end_wave(database, keys, series)
    assert await stored(database, series, 1) == {}, "they wait for the backup of the key"
    lost = await keyring.to_give_up(database, keys, panel_key.name)
    assert await keyring.give_up(database, lost) == 12
    async with database.phone() as connection:
        found = await find(connection, SECRET, series.everybody[0])
        assert found is not None and found.round.panel is not None and not found.round.panel.linkable
    await mornings.mix(database, keys)
    assert {person for _, person in (await stored(database, series, 1)).values()} == {None}


async def test_the_key_is_destroyed_when_the_last_wave_is_sealed(database: Database, keys: KeyFolder) -> None:
    series = await begin(database, [20], waves=2)
    (panel_key,) = [key for key in await keyring.listed(database, keys) if key.panel]
    for wave in (1, 2):
        if wave > 1:
            await next_wave(database, series)
        await send_all(database, series.everybody[:12])
        assert keys.has(panel_key.public_key)
        await end_wave(database, keys, series)
    assert not keys.has(panel_key.public_key)
    (destroyed,) = [key for key in await keyring.listed(database, keys) if key.panel]
    assert destroyed.destroyed_on is not None
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from registry.panel_members") == 0
        told = await connection.fetch("select * from retention.log where step = 'panel_key'")
        rounds_asked = await connection.fetch("select id from registry.campaigns")
    assert {row["campaign_id"] for row in told} == {row["id"] for row in rounds_asked}
    assert {(row["done_on"], row["counts"]) for row in told} == {(destroyed.destroyed_on, "{}")}


async def test_a_panel_that_is_ended_before_its_wave_is_mixed_gives_no_pseudonyms(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [20])
    await send_all(database, series.everybody[:12])
    await close(database, series)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.panels set ended_on = current_date where id = $1", series.panel_id
        )
    await mixing.mix(database, keys)
    assert {person for _, person in (await stored(database, series, 1)).values()} == {None}


async def test_a_panel_that_nobody_goes_on_with_ends_after_two_years(
    database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [20])
    await send_all(database, series.everybody[:12])
    await end_wave(database, keys, series)
    for days, ended in ((730, False), (731, True)):
        async with database.owner() as connection:
            await connection.execute("update registry.campaigns set closed_on = current_date - $1::int", days)
        await mixing.destroy_spent_keys(database, keys)
        (panel_key,) = [key for key in await keyring.listed(database, keys) if key.panel]
        assert (panel_key.destroyed_on is not None) is ended


# ---------------------------------------------------------------- at the office


@pytest.fixture
async def office(database: Database) -> Office:
    office = await offices.found(database, "Vår kommune")
    async with database.owner() as connection:
        await connection.execute("update registry.estates set dwellings = 12 where dwellings > 12")
    return office


def _form(office: Office, csrf: str, **other: object) -> dict[str, object]:
    day = date.today().isoformat()
    estates = [str(id) for id, _ in office.estates]
    return {
        "csrf": csrf,
        "template": "kort",
        "name": "Innflytting",
        "estate": estates,
        "language": ["nb", "nn", "en"],
        "opens_on": day,
        "closes_on": day,
        "results_on": day,
        **other,
    }


async def _made(client: httpx.AsyncClient, form: dict[str, object]) -> str:
    made = await client.post("/kontor/runder/ny", data=form)
    assert made.status_code == 303, made.text[:3000]
    return str(made.headers["location"]).partition("?")[0]


async def _codes(
    client: httpx.AsyncClient, at: str, csrf: str, homes: str = ""
) -> dict[tuple[str, int], str]:
    sheet = await client.post(f"{at}/lenker", data={"csrf": csrf, "homes": homes})
    assert sheet.status_code == 200
    rows = fastexcel.read_excel(sheet.content).load_sheet(0).to_polars()
    links = zip(rows["Leiegård"], rows["Nr."], rows["Lenke"], strict=True)
    return {(estate, int(n)): (link or "").rpartition("/")[2] for estate, n, link in links}


async def test_an_officer_begins_a_series_and_goes_on_with_the_links_tenants_have(
    client: httpx.AsyncClient, database: Database, office: Office, keys: KeyFolder
) -> None:
    await offices.sign_in(client, office)
    csrf = await offices.token_for(client)
    first = await _made(client, _form(office, csrf, panel="new", waves="3"))
    page = (await client.get(first)).text
    assert "Bølge 1 av 3 i serien «Innflytting»" in page and "går bare ut med brev" in page
    codes = await _codes(client, first, csrf)
    await client.post(f"{first}/apne", data={"csrf": csrf})
    early = await client.post("/kontor/runder/ny", data=_form(office, csrf, name="To", panel="x"))
    assert early.status_code == 422 and "Serien kan ikke fortsette nå" in early.text
    await client.post(f"{first}/lukk", data={"csrf": csrf})

    panel = re.search(r"/kontor/runder/ny\?panel=([0-9a-f-]+)", (await client.get(first)).text)
    assert panel
    suggested = (await client.get(panel[0])).text
    assert 'value="Innflytting, bølge 2"' in suggested and "Bølge 2 av 3" in suggested
    before = re.search(r'name="template" value="(round:[0-9a-f-]+)" checked', suggested)
    assert before and "Det samme som sist" in suggested, "a series goes on with what it asked"
    form = _form(office, csrf, name="Innflytting, bølge 2", panel=panel[1], template=before[1])
    refused = await client.post("/kontor/runder/ny", data=form | {"module": "puls"})
    assert refused.status_code == 422 and "legger du til temaer i skjemaet" in refused.text
    foreign = await client.post("/kontor/runder/ny", data=form | {"template": f"round:{uuid4()}"})
    assert foreign.status_code == 422
    second = await _made(client, form)
    async with database.registry(office.organisation_id) as connection:
        versions = {round.questionnaire_version_id for round in await rounds.rounds(connection)}
    assert len(versions) == 1
    async with database.owner() as connection:
        await connection.execute("update registry.campaign_estates set invited = 13 where invited = 12")
    home = ("Havneveien 1-9", 3)
    again = await _codes(client, second, csrf, "Havneveien 1-9: 3")
    assert again[home] not in ("", codes[home]), "others live there now"
    assert again[("Havneveien 1-9", 13)] and again[("Nordlysgata 4-18", 13)], "and these are new homes"
    assert not again[("Havneveien 1-9", 4)], "the others keep their letter"
    await client.post(f"{second}/apne", data={"csrf": csrf})
    kept = await client.get(f"/s/{codes[('Havneveien 1-9', 4)]}")
    assert kept.status_code == 200 and "dette er gang 2" in kept.text
    assert (await client.get(f"/s/{again[home]}")).status_code == 200
    assert (await client.get(f"/s/{codes[home]}")).status_code in (404, 410), "the old letter opens nothing"
    goes_on = await client.post(f"{second}/serie/slutt", data={"csrf": csrf})
    assert goes_on.status_code == 409 and "planlagt eller åpen" in goes_on.text
    await client.post(f"{second}/lukk", data={"csrf": csrf})
    link = f"/s/{codes[('Havneveien 1-9', 4)]}"
    for language, words in (("nb", "Ta vare på koden."), ("en", "Keep your code.")):
        assert words in (await client.get(link, params={"sprak": language})).text, "between two waves"
    asked = await client.get(f"{second}/serie/slutt")
    assert "Det kan ikke gjøres om" in asked.text and "Behold serien" in asked.text
    assert "Serien ble avsluttet" not in (await client.get(second)).text, "nothing ends by looking"
    await client.post(f"{second}/serie/slutt", data={"csrf": csrf})
    ended = (await client.get(second)).text
    assert "Serien ble avsluttet" in ended and "beholdes til serien er slutt" not in ended
    assert (await client.get(f"{second}/serie/slutt")).headers["location"] == second
    assert "Ta vare på koden." not in (await client.get(link)).text
    log = (await client.get("/kontor/logg")).text
    assert "Avsluttet en serie" in log


async def test_a_later_wave_that_is_opened_at_once_takes_the_codes_tenants_have(
    client: httpx.AsyncClient, database: Database, office: Office, keys: KeyFolder
) -> None:
    await offices.sign_in(client, office)
    csrf = await offices.token_for(client)
    first = await _made(client, _form(office, csrf, panel="new", waves="3"))
    codes = await _codes(client, first, csrf)
    await client.post(f"{first}/apne", data={"csrf": csrf})
    await client.post(f"{first}/lukk", data={"csrf": csrf})
    panel = re.search(r"/kontor/runder/ny\?panel=([0-9a-f-]+)", (await client.get(first)).text)
    assert panel
    second = await _made(client, _form(office, csrf, name="Bølge 2", panel=panel[1]))
    before = (await client.get(f"{second}/apne")).text
    assert "svarer med lenken og koden fra sitt første brev" in before
    assert "Uten lenke kan ingen svare" not in before
    opened = await client.post(f"{second}/apne", data={"csrf": csrf})
    assert opened.status_code == 303
    for code in codes.values():
        kept = await client.get(f"/s/{code}")
        assert kept.status_code == 200 and "dette er gang 2" in kept.text
    again = await _codes(client, second, csrf)
    assert not any(again.values()), "nobody is new, and nobody's letter is replaced"


async def test_letters_of_a_later_wave_have_a_code_for_those_who_are_new_and_none_for_the_others(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings
) -> None:
    staff = office.staff[Role.OFFICER]
    small = replace(offices.new_round(office), estate_ids=(office.estates[0][0],), panel_waves=2)
    first = await offices.make_round(database, office, small)
    printed = []
    for wave in (1, 2):
        async with database.registry(office.organisation_id) as connection:
            made = await links.issue_links(
                connection, settings, staff, first, anew={(small.estate_ids[0], 2)}
            )
            round = await rounds.find(connection, first)
        layout = await letters.fitting(settings, staff, round, {}, made)
        assert layout.both_sides, "three languages in full, and what a series asks for"
        printed.append(letters.html(settings, staff, round, {}, made, layout=layout))
        if wave == 1:
            async with database.registry(office.organisation_id) as connection:
                await rounds.open_round(connection, staff, first)
            await rounds.close_round(database, staff, first)
            assert round.wave is not None
            again = replace(
                offices.new_round(office), estate_ids=small.estate_ids, next_of=round.wave.panel_id
            )
            first = await offices.make_round(database, office, again)
    assert printed[0].count('class="code"') == 7 and "Ta vare på brevet med koden" in printed[0]
    for said in printed:
        assert said.count("Vi spør 2 gonger") == said.count("We ask 2 times") == 7
    assert len(pymupdf.open(stream=pdf.write(printed[0], "Brev", "nb"))) == 14
    assert printed[1].count('class="code"') == 1
    assert printed[1].count("Bruk koden i det første brevet du fikk fra oss.") == 6


async def test_a_draft_of_a_wave_can_be_deleted_and_letters_go_on_working(
    client: httpx.AsyncClient, database: Database, office: Office, keys: KeyFolder
) -> None:
    await offices.sign_in(client, office)
    csrf = await offices.token_for(client)
    first = await _made(client, _form(office, csrf, panel="new"))
    codes = await _codes(client, first, csrf)
    await client.post(f"{first}/apne", data={"csrf": csrf})
    await client.post(f"{first}/lukk", data={"csrf": csrf})
    panel = re.search(r"/kontor/runder/ny\?panel=([0-9a-f-]+)", (await client.get(first)).text)
    assert panel
    for name in ("Feil", "Riktig"):
        second = await _made(client, _form(office, csrf, name=name, panel=panel[1]))
        await _codes(client, second, csrf)
        if name == "Feil":
            await client.post(f"{second}/slett", data={"csrf": csrf})
    await client.post(f"{second}/apne", data={"csrf": csrf})
    opened = [(await client.get(f"/s/{token}")).status_code for token in list(codes.values())[:3]]
    assert opened == [200, 200, 200]


async def test_links_of_a_series_are_said_to_work_once_in_every_wave(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    await offices.sign_in(client, office)
    for waves, sentence in ((3, "svare én gang i hver bølge"), (None, "svare én gang.")):
        new = replace(offices.new_round(office), panel_waves=waves)
        round_id = await offices.make_round(database, office, new)
        assert sentence in (await client.get(f"/kontor/runder/{round_id}/lenker")).text


async def test_links_of_a_series_are_not_sent_by_e_mail_or_text(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    csrf = await offices.token_for(client)
    first = await _made(client, _form(office, csrf, panel="new"))
    await _codes(client, first, csrf)
    page = (await client.get(f"{first}/utsending")).text
    assert "går bare ut med brev" in page and 'type="file"' not in page
    file = {"fil": ("k.csv", b"leiegard;bolig;epost\nHavneveien 1-9;1;a@b.no", "text/csv")}
    refused = await client.post(f"{first}/utsending/kontakter", data={"csrf": csrf}, files=file)
    assert refused.status_code == 409 and "går bare ut med brev" in refused.text
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from delivery.links") == 0


async def test_the_next_wave_is_not_planned_before_the_one_before_is_closed(
    database: Database, office: Office
) -> None:
    staff = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        first = await rounds.create(connection, staff, replace(offices.new_round(office), panel_waves=2))
        assert await panels.ready(connection) == ()
        wave = (await rounds.find(connection, first)).wave
        assert wave is not None and (wave.number, wave.waves) == (1, 2)
    with pytest.raises(PanelNotReady):
        async with database.registry(office.organisation_id) as connection:
            await rounds.create(connection, staff, replace(offices.new_round(office), next_of=wave.panel_id))


# ---------------------------------------------------------------- on the phone


async def test_a_tenant_is_asked_on_a_page_of_its_own_and_sees_what_she_said(
    client: httpx.AsyncClient, database: Database, keys: KeyFolder
) -> None:
    series = await begin(database, [20])
    link = f"/s/{series.everybody[0]}"
    assert "Vi spør de samme 3 ganger, og dette er gang 1" in (await client.get(link)).text
    fields = {"_vist": "bolig_hjem,bolig_fred,mott", "bolig_hjem": "4", "_handling": "neste"}
    await client.post(f"{link}/side/hjem", data=fields)
    last = {"_vist": "tema,bedre", "_handling": "neste"}
    on = await client.post(f"{link}/side/viktig", data=last)
    assert on.headers["location"] == f"{link}/kobling"
    page = (await client.get(on.headers["location"])).text
    assert "Kan vi koble svarene dine?" in page and "Du kan si nei og svare likevel." in page
    assert "checked" not in page, "nothing is chosen beforehand"
    bare = (await client.get(f"{link}/se-over")).text
    assert "Du har ikke valgt. Svarene blir ikke koblet." in bare
    said = await client.post(f"{link}/kobling", data={"kobling": "ja"})
    assert said.status_code == 303
    assert "Ja. Svarene kan bli koblet" in (await client.get(said.headers["location"])).text
    sent = await client.post(f"{link}/send")
    assert "Den samme koden virker neste gang vi spør." in sent.text
    (ballot,) = await in_the_box(database, series.now)
    assert ballot.seed is not None

    held = with_code(receipt_on(sent.text))
    await client.post(f"{link}/angre", data=held)
    await client.post(f"{link}/angre", data={**held, "_handling": "apne"})
    assert "Ja. Svarene kan bli koblet" in (await client.get(f"{link}/se-over")).text
    await client.post(f"{link}/kobling", data={"kobling": "nei"})
    await client.post(f"{link}/send")
    (ballot,) = await in_the_box(database, series.now)
    assert ballot.seed is None


async def test_a_round_that_follows_nobody_asks_for_no_consent(
    client: httpx.AsyncClient, database: Database
) -> None:
    tenant = await invite(database, SECRET)
    await client.post(f"{tenant.link}/side/hjem", data={"_vist": "bolig_hjem", "bolig_hjem": "4"})
    assert (await client.get(f"{tenant.link}/kobling")).headers["location"] == f"{tenant.link}/se-over"
    await client.post(f"{tenant.link}/kobling", data={"kobling": "ja"})
    assert "Kobling" not in (await client.get(f"{tenant.link}/se-over")).text
    await client.post(f"{tenant.link}/send")
    (ballot,) = await in_the_box(database, tenant.campaign_id)
    assert ballot.seed is None


async def test_a_kept_code_that_is_tried_between_two_waves_is_not_called_unknown(
    client: httpx.AsyncClient, database: Database, keys: KeyFolder
) -> None:
    """Who is told to ask for a new link gets one, and is then linked to nothing she said before."""
    series = await begin(database, [20], waves=2)
    answered, silent, moved = series.everybody[0], series.everybody[15], series.everybody[16]
    await send_all(database, series.everybody[:12])
    await end_wave(database, keys, series)
    async with database.owner() as connection:  # as retention does, some days after closing
        await connection.execute("delete from registry.invitations")

    told = await client.get(f"/s/{answered}", headers={"accept-language": "nb"})
    assert told.status_code == 410
    assert "Akkurat nå spør vi ikke" in told.text and "Du trenger ingen ny lenke." in told.text
    assert (await client.get(f"/s/{silent}", headers={"accept-language": "nb"})).text == told.text.replace(
        answered, silent
    ), "whether she answered or not"
    for language, words in (("nn", "Akkurat no spør vi ikkje"), ("en", "You need no new link")):
        assert words in (await client.get(f"/s/{silent}", headers={"accept-language": language})).text
    assert (await client.get(f"/s/{tokens.new_token()}")).status_code == 404, "others' are as they were"

    async with database.owner() as connection:  # new tenants there: they get a link of their own
        await connection.execute(
            "update registry.panel_members set token_hash = $2 where token_hash = $1",
            tokens.token_hash(SECRET, moved),
            tokens.token_hash(SECRET, tokens.new_token()),
        )
    await next_wave(database, series)
    assert (await client.get(f"/s/{answered}")).status_code == 200
    assert (await client.get(f"/s/{moved}")).status_code == 404
    await end_wave(database, keys, series)
    async with database.owner() as connection:
        await connection.execute("delete from registry.invitations")
    assert (await client.get(f"/s/{answered}")).status_code == 404, "the panel is over"


async def test_the_next_wave_is_suggested_in_the_languages_of_the_last(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    """Whoever answered in Arabic would meet Norwegian, and nobody would have meant it."""
    await offices.sign_in(client, office)
    csrf = await offices.token_for(client)
    first = await _made(client, _form(office, csrf, panel="new", language=["nb", "ar"]))
    await _codes(client, first, csrf)
    await client.post(f"{first}/apne", data={"csrf": csrf})
    await client.post(f"{first}/lukk", data={"csrf": csrf})
    panel = re.search(r"/kontor/runder/ny\?panel=([0-9a-f-]+)", (await client.get(first)).text)
    assert panel
    form = (await client.get(panel[0])).text
    assert set(re.findall(r'name="language" value="(\w+)"[^>]* checked', form)) == {"nb", "ar"}


async def test_a_link_made_on_the_spot_follows_nobody(database: Database) -> None:
    series = await begin(database, [20])
    async with database.owner() as connection:
        await connection.execute("update registry.invitations set source = 'library'")
    async with database.phone() as connection:
        found = await find(connection, SECRET, series.everybody[0])
        assert found is not None and found.round.panel is None
