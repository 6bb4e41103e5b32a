"""When a session ends while somebody types: they are told, and nothing they typed is lost."""

from __future__ import annotations

import html
import re
from uuid import UUID

import httpx
import pytest

from survey.campaigns import rounds
from survey.database.pool import Database
from survey.office import kept
from survey.people.roles import Role
from tests import offices
from tests.offices import Office

TYPED = 'Vår «nye» undersøkelse <b> & "sånn"'


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


def _hidden(page: httpx.Response, action: str) -> dict[str, list[str]]:
    """The hidden fields of the form with this action, as a browser would send them."""
    form = page.text.partition(f'action="{action}"')[2].partition("</form>")[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


async def _end_session(database: Database) -> None:
    async with database.owner() as connection:
        await connection.execute("update registry.sessions set expires_at = now() - interval '1 minute'")


async def _back(client: httpx.AsyncClient, door: httpx.Response, office: Office) -> httpx.Response:
    """Sign in on the page the form led to."""
    fields = _hidden(door, "/kontor/logg-inn")
    credentials = {"epost": office.emails[Role.OFFICER], "passord": offices.PASSWORD}
    return await client.post("/kontor/logg-inn", data={**fields, **credentials})


def _new(office: Office, token: str) -> dict[str, object]:
    return {
        "csrf": token,
        "template": "full",
        "name": TYPED,
        "estate": [str(office.estates[0][0]), str(office.estates[2][0])],
        "language": ["nn"],
        "opens_on": "2030-05-02",
        "closes_on": "i morgen",
        "results_on": "",
        "grade": "6",
        **{f"drawn-{id}": "17" for id, _ in office.estates},  # as a browser sends them, used or not
    }


async def test_a_new_round_typed_in_a_session_that_ended_comes_back_after_signing_in(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await _end_session(database)
    door = await client.post("/kontor/runder/ny", data=_new(office, token))
    assert door.status_code == 401 and "<title>Logg inn" in door.text
    assert "Du er logget ut" in door.text and "ingenting ble lagret" in door.text

    wrong = _hidden(door, "/kontor/logg-inn") | {"epost": [office.emails[Role.OFFICER]], "passord": ["feil"]}
    door = await client.post("/kontor/logg-inn", data=wrong)
    assert door.status_code == 422, "a wrong password loses nothing either"

    again = await _back(client, door, office)
    assert again.status_code == 200 and "Ingenting er lagret ennå" in again.text
    action = "/kontor/runder/ny?melding=given_back"
    shown = await client.post(action, data=_hidden(again, action))
    assert shown.status_code == 200 and "Her er det du skrev" in shown.text
    assert html.escape(TYPED, quote=False).replace('"', "&#34;") in shown.text
    assert 'value="2030-05-02"' in shown.text and 'value="i morgen"' in shown.text
    assert shown.text.count("checked") == 1 + 1 + 2 + 1, "the form, alone, two estates, a language"
    assert '<option value="6" selected>' in shown.text
    async with database.registry(office.organisation_id) as connection:
        assert await rounds.rounds(connection) == (), "shown, not saved"


async def test_every_form_in_which_something_is_typed_comes_back(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    draft = await offices.make_round(database, office)
    opened = await offices.open_round(database, office)
    closed = await offices.closed_round(database, office)
    typed: dict[str, tuple[dict[str, object], str]] = {
        f"/kontor/runder/{draft}/endre": (_new(office, ""), "i morgen"),
        f"/kontor/runder/{opened}/frist": (
            {"closes_on": "2031-01-01", "results_on": "2031-02-02"},
            "2031-02-02",
        ),
        f"/kontor/runder/{closed}/datautgivelse": (
            {"purpose": "Masteroppgave om støy"},
            "Masteroppgave om støy",
        ),
        "/kontor/leiegarder/ny": ({"name": "Ny gård", "area": "Øst", "dwellings": "mange"}, "mange"),
        f"/kontor/leiegarder/{office.estates[0][0]}": (
            {"name": "Bakkegata 2 B", "area": "Øst"},
            "Bakkegata 2 B",
        ),
    }
    await offices.sign_in(client, office)
    for path, (fields, word) in typed.items():
        token = await offices.token_for(client)
        await _end_session(database)
        door = await client.post(path, data={**fields, "csrf": token})
        assert door.status_code == 401 and "du får tilbake det du skrev" in door.text.replace(
            "så får du", "du får"
        )
        again = await _back(client, door, office)
        action = f"{path}?melding=given_back"
        shown = await client.post(action, data=_hidden(again, action))
        assert shown.status_code == 200 and f'value="{word}"' in shown.text, path


async def test_a_button_pressed_in_a_session_that_ended_does_nothing_and_leads_back_to_its_page(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    opened = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await _end_session(database)
    door = await client.post(f"/kontor/runder/{opened}/lukk", data={"csrf": token})
    assert door.status_code == 401 and "ingenting ble lagret eller gjort" in door.text
    answer = await _back(client, door, office)
    assert answer.headers["location"] == f"/kontor/runder/{opened}/lukk"
    async with database.registry(office.organisation_id) as connection:
        assert (await rounds.find(connection, opened)).status == "open"


async def test_signing_out_after_the_session_ended_is_signing_out(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    token = await offices.token_for(client)
    await _end_session(database)
    answer = await client.post("/kontor/logg-ut", data={"csrf": token})
    assert answer.headers["location"] == "/kontor/logg-inn?ut=1"


async def test_a_page_from_before_one_signed_in_again_gives_back_what_was_typed(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    old = await offices.token_for(client)
    await offices.sign_in(client, office)
    answer = await client.post("/kontor/runder/ny", data=_new(office, old))
    assert answer.status_code == 403 and "Siden var fra før du logget inn" in answer.text
    action = "/kontor/runder/ny?melding=given_back"
    shown = await client.post(action, data=_hidden(answer, action))
    assert shown.status_code == 200 and 'value="i morgen"' in shown.text


async def test_no_password_is_carried_and_no_token_of_the_old_session(
    client: httpx.AsyncClient, office: Office
) -> None:
    form = {"csrf": "gammel", "passord": "hemmelig setning", "bare_vis": "1", "name": "Et navn"}
    door = await client.post("/kontor/runder/ny", data=form)
    assert "hemmelig setning" not in door.text and "gammel" not in door.text
    carried = [name for name in _hidden(door, "/kontor/logg-inn") if name.startswith(kept.PREFIX)]
    assert carried == [f"{kept.PREFIX}name"]


@pytest.mark.parametrize(
    ("next", "field"),
    [
        ("https://evil.example/kontor/runder/ny", "name"),
        ("//evil.example/kontor/runder/ny", "name"),
        ("/kontor/runder/ny/../../s/x", "name"),
        ("/kontor/logg-ut", "name"),
        (f"/kontor/runder/{UUID(int=1)}/lukk", "name"),
        (f"/kontor/runder/{UUID(int=1)}/apne", "name"),
        ("/kontor/runder/ny", 'x" autofocus'),
    ],
)
async def test_what_is_carried_leads_to_no_other_place_than_forms_of_the_console(
    client: httpx.AsyncClient, office: Office, next: str, field: str
) -> None:
    page = await client.get("/kontor/logg-inn")
    form = {
        "csrf": offices.csrf_of(page),
        "epost": office.emails[Role.OFFICER],
        "passord": offices.PASSWORD,
        "neste": next,
        f"{kept.PREFIX}{field}": "noe",
    }
    answer = await client.post("/kontor/logg-inn", data=form)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/kontor/")
    assert "evil" not in answer.headers["location"] and ".." not in answer.headers["location"]


async def test_another_site_cannot_put_words_into_our_forms(
    client: httpx.AsyncClient, office: Office
) -> None:
    answer = await client.post(
        "/kontor/runder/ny", data={"name": "Fra et annet sted"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 401 and "Fra et annet sted" not in answer.text


async def test_too_much_to_carry_is_not_carried_and_not_promised(
    client: httpx.AsyncClient, office: Office
) -> None:
    answer = await client.post("/kontor/runder/ny", data={"name": "x" * (kept.MOST_BYTES + 1)})
    assert answer.status_code == 401 and len(answer.text) < 20_000
    assert "ingenting ble lagret eller gjort" in answer.text
