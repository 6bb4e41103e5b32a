"""A round that may be answered in a language nobody has read yet: how the office sees and sends it."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx

from survey.campaigns import links, rounds
from survey.database.pool import Database
from survey.delivery import contact_file
from survey.delivery.contacts import places
from survey.office import letters, poster
from survey.people.roles import Role
from survey.settings import Settings
from tests import offices
from tests.deliveries import csv_file

OFFERED = ("nn", "en", "ar")


async def test_letters_posters_and_messages_of_a_round_in_arabic_are_in_languages_that_are_read(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Havna kommune")
    staff = office.staff[Role.OFFICER]
    new = replace(offices.new_round(office), languages=OFFERED, estate_ids=(office.estates[0][0],))
    round_id = await offices.make_round(database, office, new)
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, staff, round_id)
        round = await rounds.find(connection, round_id)
        homes = await places(connection, round)
    assert round.languages == OFFERED and round.letter_languages == ("nn", "en")
    for printed in (letters.html(settings, staff, round, {}, made), poster.html(round, staff, settings)):
        assert '<html lang="nn"' in printed and 'lang="en"' in printed and 'lang="ar"' not in printed

    await offices.sign_in(client, office)
    sending = await client.get(f"/kontor/runder/{round_id}/utsending")
    assert sending.status_code == 200 and "/utsending/tekst/letter/ar" not in sending.text
    assert (await client.get(f"/kontor/runder/{round_id}/utsending/tekst/letter/ar")).status_code == 400
    page = await client.get(f"/kontor/runder/{round_id}")
    assert "Arabisk (utkast, ikke lest av noen som kan språket)" in page.text

    file = csv_file((homes[0].name, "1", "kari@beboer.example", "", "ar", ""))
    checked = contact_file.check(file, homes, round.letter_languages)
    assert [cell.column for cell in checked.bad] == ["sprak"]


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
