"""A round that may be answered in a language nobody has read yet: how the office sees and sends it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import httpx

from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.database.pool import Database
from survey.delivery import plans, texts
from survey.delivery.plans import Plan
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.deliveries import csv_file, gateway, mailbox, sender, upload

OFFERED = ("ar", "nn", "en", "pl")


async def test_a_round_in_drafts_too_is_read_through_and_sent_in_the_language_of_each(
    client: httpx.AsyncClient, database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    office = await offices.found(database, "Havna kommune")
    staff = office.staff[Role.OFFICER]
    new = replace(offices.new_round(office), languages=OFFERED, estate_ids=(office.estates[0][0],))
    round_id = await offices.make_round(database, office, new)
    async with database.registry(office.organisation_id) as connection:
        round = await rounds.find(connection, round_id)
    assert round.languages == OFFERED and round.letter_languages == ("nn", "en", "ar", "pl")

    await offices.sign_in(client, office)
    sending = f"/kontor/runder/{round_id}/utsending"
    page = (await client.get(f"/kontor/runder/{round_id}")).text
    assert "Arabisk (utkast, ikke lest av noen som kan språket)" in page
    assert "Arabisk<small>utkast</small>" in (await client.get(sending)).text
    for kind in texts.KINDS:
        page = (await client.get(f"{sending}/tekst/{kind}/ar")).text
        assert "Utkast: Ingen som kan språket" in page and 'class="preview" lang="ar" dir="rtl"' in page, kind
        page = (await client.get(f"{sending}/tekst/{kind}/nn")).text
        assert "Utkast" not in page and 'lang="nn" dir="rtl"' not in page, kind
    assert "én SMS plass til 70 tegn" in (await client.get(f"{sending}/tekst/sms/ar")).text
    assert (await client.get(f"{sending}/tekst/letter/ti")).status_code == 400, "not of this round"

    home = "Bakkegata 2"
    contacts_file = csv_file(
        (home, "1", "amal@beboer.example", "", "ar", ""),
        (home, "2", "", "40000002", "pl", ""),
        (home, "3", "kari@beboer.example", "", "", ""),
    )
    await upload(database, settings, office, round_id, contacts_file)
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, staff, round_id, Plan(date.today()))
        await rounds.open_round(connection, staff, round_id)
    async with mailbox() as box:
        with gateway() as phones:
            await sender(database, contact_keys, box.channel(), phones.channel()).look(0.0, pauses=False)
    mails = {to: mail for to, _, mail in box.received}
    arabic = mails["amal@beboer.example"]
    said = texts.wording("ar")
    assert arabic["Content-Language"] == "ar" and "السكن" in arabic["Subject"]
    assert said("draft") in arabic.get_content() and "لا أريد أن أجيب" in arabic.get_content()
    assert mails["kari@beboer.example"]["Content-Language"] == "nn", "whose language nobody knows"
    (text,) = (document["text"] for document in phones.sent.values())
    assert "jak się mieszka: Bakkegata 2" in text and "„Nie chcę odpowiadać”" in text


async def test_the_form_of_a_round_says_which_languages_are_drafts_and_takes_none_unasked(
    client: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Havna kommune")
    await offices.sign_in(client, office)
    page = await client.get("/kontor/runder/ny")
    assert 'lang="ar" dir="rtl">العربية' in page.text
    assert "utkast, ikke lest av noen som kan språket" in page.text
    ticked = re.findall(r'name="language" value="(\w+)" checked', page.text)
    assert ticked == ["nb", "nn", "en"]
