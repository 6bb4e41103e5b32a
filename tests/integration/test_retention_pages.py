"""What the office is told: that answers are being mixed, who declined, what is deleted when."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import httpx
import pytest

from survey import mixer
from survey.ballots import keyring, mixing
from survey.ballots.keys import KeyFolder
from survey.campaigns.links import issue_links
from survey.campaigns.waves import load_wave
from survey.database.pool import Database
from survey.people.roles import Role
from survey.retention import steps
from survey.settings import Settings
from tests import offices
from tests.offices import Office


@pytest.fixture
async def office(database: Database, client: httpx.AsyncClient) -> Office:
    office = await offices.found(database, "Vår kommune")
    await offices.sign_in(client, office)
    return office


async def _closed_with_ballots(
    database: Database, office: Office, settings: Settings, *, sent: int = 7
) -> str:
    """The address of a round that has just been closed, with nobody who mixes."""
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        links = await issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    tokens = [link.token for link in links if link.estate == "Nordlysgata 4-18"]
    async with database.phone() as connection:
        for token in tokens[:sent]:
            await offices.send(connection, settings, token)
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    return f"/kontor/runder/{round_id}"


async def test_while_answers_are_mixed_the_pages_say_so_and_ask_again_by_themselves(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings, keys: KeyFolder
) -> None:
    address = await _closed_with_ballots(database, office, settings)
    page = await client.get(address)
    assert page.status_code == 200 and page.headers["refresh"] == "5"
    assert "Svarene blandes og forsegles nå" in page.text and f"{address}/rapport" not in page.text
    for path in ("rapport", "rapport.pdf", "datautgivelse"):
        waiting = await client.get(f"{address}/{path}")
        assert (waiting.status_code, waiting.headers["refresh"]) == (503, "5"), path
        assert waiting.headers["retry-after"] == "5"
        assert "<h1>Svarene blandes</h1>" in waiting.text and "<script" not in waiting.text
    await mixer.work_once(database, keys)
    page = await client.get(address)
    assert "refresh" not in page.headers and f'href="{address}/rapport"' in page.text
    assert (await client.get(f"{address}/rapport")).status_code == 200


async def test_answers_lost_with_a_key_are_told_to_the_office_and_nothing_is_promised_before(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings, tmp_path: Path
) -> None:
    address = await _closed_with_ballots(database, office, settings)
    empty = KeyFolder(tmp_path / "empty")
    await mixer.work_once(database, empty)
    waiting = await client.get(f"{address}/rapport")
    assert waiting.status_code == 503 and "tapt" not in waiting.text
    assert "Tar det mer enn fem minutter, si fra" in (await client.get(address)).text
    (lost,) = [key for key in await keyring.listed(database, empty) if key.lost]
    assert await keyring.give_up(database, lost) == 7
    await mixer.work_once(database, empty)
    page = (await client.get(address)).text
    assert "<strong>Svar er gått tapt</strong>" in page and "Hvor mange: 7." in page
    assert "Nøkkelen til 7 svar som ventet, var borte for godt" in page


@pytest.mark.parametrize("sent", [0, 1, 4])
async def test_the_page_of_a_round_that_lost_fewer_than_five_answers_is_there_and_says_no_number(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,
    settings: Settings,
    tmp_path: Path,
    sent: int,
) -> None:
    address = await _closed_with_ballots(database, office, settings, sent=sent)
    empty = KeyFolder(tmp_path / "empty")
    for lost in [key for key in await keyring.listed(database, empty) if key.lost]:
        assert await keyring.give_up(database, lost) == sent
    for language, words in (("nb", "gått tapt"), ("nn", "gått tapt"), ("en", "lost")):
        page = await client.get(address, headers={"accept-language": language})
        assert page.status_code == 200
        found = re.findall(r'<p class="warning">.*?</p>', page.text, re.S)
        assert len(found) == (1 if sent else 0)
        assert all(words in one and not re.search(r"\d", one) for one in found)


async def test_a_round_that_no_key_is_ready_for_is_explained_and_nothing_has_changed(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.make_round(database, office)
    async with database.owner() as connection:
        await connection.execute("delete from registry.ballot_keys")
    address = f"/kontor/runder/{round_id}"
    form = await client.get(f"{address}/apne")
    page = await client.post(f"{address}/apne", data={"csrf": offices.csrf_of(form)})
    assert page.status_code == 503
    assert "<h1>Undersøkelsen kan ikke åpnes akkurat nå</h1>" in page.text
    assert f'href="{address}/apne">Prøv igjen' in page.text
    assert "Utkast" in (await client.get(address)).text


async def test_those_who_did_not_wish_to_take_part_are_a_number_of_their_own_where_they_are_many(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings, keys: KeyFolder
) -> None:
    address = await _closed_with_ballots(database, office, settings)
    words = {"nb": "ønsket ikke å delta", "nn": "ønskte ikkje å delta", "en": "did not wish to take part"}
    about = {"nb": "omtrent 35", "nn": "omtrent 35", "en": "about 35"}
    for told in (None, 35):
        if told is not None:
            await mixing.mix_and_tell(database, keys)
            async with database.owner() as connection:
                await connection.execute("update registry.campaigns set declined_in_all = $1", told)
        for language, said in words.items():
            asked = {"accept-language": language}
            page, rounds = [
                (await client.get(path, headers=asked)).text for path in (address, "/kontor/runder")
            ]
            assert (f"<dt>{said.capitalize()}</dt><dd>{about[language]}</dd>" in page) is (told is not None)
            assert (f"{about[language].capitalize()} {said}" in rounds) is (told is not None)


async def test_the_officer_chooses_how_long_answers_are_kept_until_the_round_opens(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.make_round(database, office)
    address = f"/kontor/runder/{round_id}"
    assert "5 år etter at undersøkelsen er lukket" in (await client.get(address)).text
    form = await client.get(f"{address}/endre")
    assert '<option value="5" selected>5 år</option>' in form.text
    fields = {
        "csrf": offices.csrf_of(form),
        "name": "Runde",
        "estate": [str(id) for id, _ in office.estates],
        "language": ["nb"],
        "opens_on": date.today().isoformat(),
        "closes_on": date.today().isoformat(),
        "results_on": date.today().isoformat(),
        "grade": "",
        "mark": form.text.split('name="mark" value="')[1].split('"')[0],
    }
    wrong = await client.post(f"{address}/endre", data={**fields, "archive_years": "11"})
    assert wrong.status_code == 422 and "fra 1 til 10 år" in wrong.text
    done = await client.post(f"{address}/endre", data={**fields, "archive_years": "1"})
    assert done.status_code == 303
    assert "1 år etter at undersøkelsen er lukket" in (await client.get(address)).text


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("90", "90 dager etter at undersøkelsen er lukket"),
        ("1", "1 dag etter at undersøkelsen er lukket"),
        ("0", "Når undersøkelsen er lukket"),
    ],
)
async def test_the_officer_chooses_how_long_addresses_are_kept(
    client: httpx.AsyncClient, database: Database, office: Office, written: str, told: str
) -> None:
    form = await client.get("/kontor/runder/ny")
    assert re.search(r'name="contact_days" type="text" value="30"', form.text)
    fields = {
        "csrf": offices.csrf_of(form),
        "template": "kort",
        "name": "Runde",
        "estate": [str(id) for id, _ in office.estates],
        "language": ["nb"],
        "opens_on": date.today().isoformat(),
        "closes_on": date.today().isoformat(),
        "results_on": date.today().isoformat(),
        "grade": "",
    }
    for wrong in ("366", "-1", "en uke", ""):
        refused = await client.post("/kontor/runder/ny", data={**fields, "contact_days": wrong})
        assert refused.status_code == 422 and "fra 0 til 365" in refused.text
        assert f'name="contact_days" type="text" value="{wrong}"' in refused.text
    made = await client.post("/kontor/runder/ny", data={**fields, "contact_days": written})
    assert told in (await client.get(made.headers["location"])).text


async def test_when_the_answers_are_deleted_the_reports_that_were_read_are_as_they_were(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.closed_round(database, office)
    address = f"/kontor/runder/{round_id}"
    smallest, other, largest = (id for id, _ in office.estates)
    async with database.owner() as connection:  # by name the other way round than by number
        await connection.executemany(
            "update registry.estates set name = $2, area_id = (select min(area_id::text)::uuid"
            " from registry.estates) where id = $1",
            zip(sorted((smallest, largest)), ("Ålegata", "Agata"), strict=True),
        )
    read = ("", f"?leiegard={largest}", f"?leiegard={smallest}")
    before = [await client.get(f"{address}/rapport{of}") for of in read]
    wave = await load_wave(database, office.organisation_id, round_id)
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set answers_due_on = current_date")
    await steps.run(database, [])

    after = [await client.get(f"{address}/rapport{of}") for of in read]
    for then, now in zip(before, after, strict=True):
        assert now.status_code == 200
        assert _paper(now) == _paper(then)
        assert _places(now) == [place for place in _places(then) if str(other) not in place]
    written = await client.get(f"{address}/rapport.pdf")
    assert written.status_code == 200 and wave.content_hash[:8] in written.headers["content-disposition"]
    for path in (f"rapport?leiegard={other}", "datautgivelse"):
        gone = await client.get(f"{address}/{path}")
        assert gone.status_code == 410 and "<h1>Svarene er slettet</h1>" in gone.text, path
    page = (await client.get(address)).text
    assert f"rapport?leiegard={largest}" in page and f"rapport?leiegard={other}" not in page
    assert "Enkeltsvar og kvitteringer er slettet.</li>" in page
    assert "Rapporter regnet om igjen like før: 3. Alle tall var de samme." in page
    assert "færre enn 5" not in page
    assert "Svarene er slettet, rapportene er bevart" in (await client.get("/kontor/runder")).text


def _paper(page: httpx.Response) -> str:
    return page.text.split('<div class="paper">')[1]


def _places(page: httpx.Response) -> list[str]:
    """What one can choose between, in its order."""
    return re.findall(r'href="[^"]*leiegard=([^"]+)"', page.text.split('<div class="paper">')[0])


@pytest.mark.parametrize(
    ("openly", "told"),
    [
        (False, ("Svar kan være slettet", "bare at de var færre enn fem", "I så fall ble de slettet")),
        (
            True,
            ("Noen svar er slettet", "Hvor mange: færre enn fem, alle gjennom åpne", "De ble slettet uten"),
        ),
    ],
)
async def test_the_office_is_told_that_answers_were_deleted_as_too_few_and_not_how_few(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,
    settings: Settings,
    keys: KeyFolder,
    openly: bool,
    told: tuple[str, str, str],
) -> None:
    address = await _closed_with_few(database, office, settings, openly=openly)
    assert "slettet" not in (await client.get(address)).text.split("Hva slettes når")[0]
    await mixer.work_once(database, keys)
    page = (await client.get(address)).text
    above, below = page.split("Hva slettes når")
    title, number, deleted = told
    assert f"<strong>{title}</strong>" in above and number in above
    assert deleted in below
    assert "3" not in re.findall(rf"{title}.*?</p>", page, re.S)[0]
    told_in = (
        (("nn", "Nokre svar er sletta"), ("en", "Some answers are deleted"))
        if openly
        else (("nn", "Svar kan vere sletta"), ("en", "Answers may be deleted"))
    )
    for language, words in told_in:
        assert words in (await client.get(address, headers={"accept-language": language})).text


async def test_where_hardly_anybody_was_asked_nothing_tells_whether_somebody_answered(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings, keys: KeyFolder
) -> None:
    """Of three homes, 'fewer than five were deleted' would say that one of them had answered."""
    address = await _closed_with_few(database, office, settings)
    async with database.owner() as connection:
        await connection.execute("update registry.campaign_estates set invited = 1")
    await mixer.work_once(database, keys)
    assert "slettet" not in (await client.get(address)).text.split("Hva slettes når")[0]


async def _closed_with_few(
    database: Database, office: Office, settings: Settings, *, openly: bool = False
) -> str:
    """The address of a round that has been closed with three answers, not yet mixed."""
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        links = await issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    async with database.phone() as connection:
        for link in links[:3]:
            await offices.send(connection, settings, link.token)
    if openly:
        async with database.owner() as connection:
            await connection.execute("update ballots.box set source = 'cafe'")
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    return f"/kontor/runder/{round_id}"


async def test_the_page_of_a_closed_round_tells_the_rates_that_are_true_and_those_of_the_report(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings, keys: KeyFolder
) -> None:
    """Two of seven homes have answered, and twelve of forty; some of these are counted with the two."""
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        links = await issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    small, middle = (
        [link.token for link in links if link.estate == name]
        for name in dict.fromkeys(link.estate for link in sorted(links, key=lambda one: one.estate))
        if sum(link.estate == name for link in links) < 100
    )
    small, middle = sorted((small, middle), key=len)
    assert (len(small), len(middle)) == (7, 40)
    async with database.phone() as connection:
        for token in (*small[:2], *middle[:12]):
            await offices.send(connection, settings, token)
    async with database.owner() as connection:  # in one area
        await connection.execute(
            "update registry.estates set area_id = (select area_id from registry.estates where dwellings = 7)"
        )
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    await mixer.work_once(database, keys)
    page = " ".join((await client.get(f"/kontor/runder/{round_id}")).text.split())
    assert '<td class="n">10–14</td>' in page and "25 %–35 %" in page.replace("\xa0", " "), "twelve of forty"
    assert "<dd>14</dd>" in page and "<dd>47</dd>" in page and "30 %" in page.replace("\xa0", " ")
    assert "Svar uten leiegård" in page
    report = (await client.get(f"/kontor/runder/{round_id}/rapport")).text
    assert "14 av 47 husstander har svart." in report
    assert "10–14" in report
