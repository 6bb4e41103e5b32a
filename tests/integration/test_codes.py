"""The code of a letter, typed on the first page."""

from __future__ import annotations

import asyncio

import httpx
from litestar import Litestar

from survey.ballots import codes, spelling
from survey.ballots.tokens import token_hash
from survey.database.pool import Database
from survey.phone.limits import Allowance, Guard
from survey.settings import Settings
from tests.tenants import invite


async def test_the_code_of_a_letter_leads_to_its_link_however_it_is_typed(
    client: httpx.AsyncClient, database: Database, settings: Settings, codes_as_sold: None
) -> None:
    invited = await invite(database, settings.secret_key)
    (right,) = await codes.new_rights(settings.secret_key, 1)
    async with database.owner() as connection:
        await connection.execute(
            "update registry.invitations set token_hash = $1 where campaign_id = $2",
            token_hash(settings.secret_key, right.token),
            invited.campaign_id,
        )
    for typed in (right.code, spelling.grouped(right.code).lower(), f" {right.code[:3]} {right.code[3:]}. ",
                  f"Kode: {spelling.grouped(right.code)}", f"{right.code[:6]}/{right.code[6:]}",
                  f"\u200b{right.code}\u2060",
                  "".join(chr(ord(sign) + 0xFEE0) for sign in right.code)):  # fmt: skip
        entered = await client.post("/", data={"kode": typed, "sprak": "nn"})
        assert entered.status_code == 303 and entered.headers["location"] == f"/s/{right.token}?sprak=nn"
    assert (await client.get(f"/s/{right.token}")).status_code == 200


async def test_a_mistyped_code_is_told_so_at_once_and_costs_no_try(
    client: httpx.AsyncClient, app: Litestar
) -> None:
    app.state["guard"] = Guard(Allowance(1, 60))
    code = codes.new_code()
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    swapped = next(
        code[:n] + code[n + 1] + code[n] + code[n + 2 :] for n in range(11) if code[n] != code[n + 1]
    )
    for typed in (wrong, swapped):
        for language, words in (("nb", "byttet plass"), ("nn", "bytt plass"), ("en", "changed places")):
            answer = await client.post("/", data={"kode": typed, "sprak": language})
            assert answer.status_code == 422 and words in answer.text and typed in answer.text
    short = await client.post("/", data={"kode": "k7q-2", "sprak": "nb"})
    assert short.status_code == 422 and "Du har skrevet 4." in short.text


async def test_too_many_codes_are_refused_in_the_readers_language_and_links_still_work(
    client: httpx.AsyncClient, app: Litestar, database: Database, settings: Settings
) -> None:
    invited = await invite(database, settings.secret_key)
    app.state["guard"] = Guard(Allowance(2, 60))
    for _ in range(2):
        tried = await client.post("/", data={"kode": codes.new_code()})
        assert (await client.get(tried.headers["location"])).status_code == 404
    for language, words in (
        ("nb-NO,nb;q=0.9", "Vent litt før du prøver igjen"),
        ("nn-NO,nn;q=0.9", "Vent litt før du prøver igjen"),
        ("en-GB,en;q=0.9", "Wait a little before you try again"),
    ):
        headers = {"Accept-Language": language}
        refused = await client.post("/", data={"kode": codes.new_code()}, headers=headers)
        assert refused.status_code == 429 and int(refused.headers["retry-after"]) <= 60
        assert words in refused.text and f'lang="{language[:2]}"' in refused.text
    assert (await client.get(invited.link)).status_code == 200


async def test_who_types_a_code_does_not_wait_behind_a_flood_of_them(
    client: httpx.AsyncClient, database: Database, settings: Settings, codes_as_sold: None
) -> None:
    """Two hundred codes from as many networks at once: fifty are followed, the rest are sent away at no cost,
    in the reader's language, and a code that is typed then is followed at the first try."""

    async def typed(network: int) -> httpx.Response:
        headers = {"X-Forwarded-For": f"2001:db8:{network:x}::1", "Accept-Language": "nn"}
        return await client.post("/", data={"kode": codes.new_code()}, headers=headers)

    answers = await asyncio.gather(*(typed(network) for network in range(200)))
    assert {answer.status_code for answer in answers} == {303, 429}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 100
    assert "Vent nokre sekund" in refused[0].text and int(refused[0].headers["retry-after"]) == 5
    assert (await typed(len(answers))).status_code == 303


async def test_a_code_is_followed_while_the_letters_of_a_round_are_made(
    client: httpx.AsyncClient, settings: Settings, codes_as_sold: None
) -> None:
    letters = asyncio.create_task(codes.new_rights(settings.secret_key, 300))
    for _ in range(3):
        entered = await client.post("/", data={"kode": codes.new_code()})
        assert entered.status_code == 303 and not letters.done(), "it did not wait for all of them"
    assert len(await letters) == 300


async def test_a_link_pasted_into_the_field_of_the_code_works_too(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    invited = await invite(database, settings.secret_key)
    entered = await client.post("/", data={"kode": f"https://bostemme.example{invited.link}"})
    assert entered.headers["location"] == invited.link
    for hung_on in ("?utm_source=x", "/", "#top", "?sprak=en&fbclid=1 "):
        entered = await client.post("/", data={"kode": f"https://bostemme.example{invited.link}{hung_on}"})
        assert entered.headers["location"] == invited.link
