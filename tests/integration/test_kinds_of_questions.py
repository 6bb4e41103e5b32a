"""Numbers, months, information and consents on a tenant's pages with scripts off, all the way to the box."""

from __future__ import annotations

import re

import httpx
import pytest

from forms.loading import from_document
from survey.database.pool import Database
from survey.settings import Settings
from tests.kinds import document_of_kinds, questionnaire_of_kinds
from tests.questionnaires import t
from tests.tenants import Invited, invite, press_send, stored_answers

FIRST = "rom,leie,innflyttet,navn_pa_hus"


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, questionnaire=questionnaire_of_kinds())


async def fill(
    client: httpx.AsyncClient, tenant: Invited, page: str, fields: dict[str, str]
) -> httpx.Response:
    return await client.post(f"{tenant.link}/side/{page}", data={"_handling": "neste", **fields})


async def test_what_one_types_is_shown_before_sending_and_stored(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    typed = {"rom.1": "3", "leie.1": "9 500,50", "innflyttet.1": "5", "innflyttet.2": "2019"}
    on = await fill(client, tenant, "hjemmet", {"_vist": FIRST, **typed, "navn_pa_hus": "Slottet"})
    assert on.headers["location"].endswith("/side/stedet")
    placed = {"_vist": "trivsel,bydel,naboer", "trivsel": "11", "bydel": "7"}
    on = await fill(client, tenant, "stedet", placed)
    assert on.headers["location"].endswith("/side/om_helse")
    page = (await client.get(f"{tenant.link}/side/hjemmet")).text
    assert 'value="3"' in page and 'value="9500,5"' in page and 'value="5" selected' in page
    on = await fill(client, tenant, "om_helse", {"_vist": "forklaring,samtykke", "samtykke": "1"})
    assert on.headers["location"].endswith("/side/helse")
    on = await fill(client, tenant, "helse", {"_vist": "frisk", "frisk": "2"})
    review = (await client.get(on.headers["location"])).text
    for words in (
        "3 rom",
        "9500,5 kr",
        "mai 2019",
        "Slottet",
        "10 – svært fornøyd",
        "bydel_7",
        "Du har svart på 8 av 9 spørsmål",
    ):
        assert words in review
    assert "Nå kommer det om helse." not in review
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await stored_answers(database, tenant) == [
        {
            "rom": "3",
            "leie": "9500.5",
            "innflyttet": "2019-05",
            "navn_pa_hus": "Slottet",
            "trivsel": 11,
            "bydel": 7,
            "samtykke": 1,
            "frisk": 2,
        }
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rom.1": "tre"}, "Skriv bare sifre"),
        ({"rom.1": "99"}, "Det største er 20"),
        ({"rom.1": "3", "rom": "254"}, "Ta bort det ene"),
        ({"leie.1": "9"}, "Skriv leien for en måned."),
        ({"innflyttet.1": "5"}, "Velg både måned og år"),
        ({"innflyttet.1": "5", "innflyttet.2": "1910"}, "Det første som passer, er januar 1950"),
        ({"navn_pa_hus": "x" * 201}, "201 tegn. Kort den ned med 1"),
    ],
)
async def test_a_mistake_is_shown_at_its_field_with_what_was_typed(
    client: httpx.AsyncClient, tenant: Invited, fields: dict[str, str], words: str
) -> None:
    page = await fill(client, tenant, "hjemmet", {"_vist": FIRST, **fields})
    assert page.status_code == 422
    assert page.text.count(words) == 2, "once in the summary, once at the field"
    target = re.search(r'<li><a href="#([^"]+)"', page.text)
    assert target and f'id="{target[1]}"' in page.text
    assert all(f'value="{typed}"' in page.text for typed in fields.values())


async def test_without_a_yes_nothing_that_needs_it_is_asked_or_stored(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await fill(client, tenant, "om_helse", {"_vist": "forklaring,samtykke", "samtykke": "1"})
    await fill(client, tenant, "helse", {"_vist": "frisk", "frisk": "2"})
    on = await fill(client, tenant, "om_helse", {"_vist": "forklaring,samtykke", "samtykke": "2"})
    assert on.headers["location"].endswith("/se-over")
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await stored_answers(database, tenant) == [{"samtykke": 2}]


async def test_a_page_of_information_alone_can_be_passed(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    whole = questionnaire_of_kinds()
    second = whole.pages[2].model_copy(update={"items": whole.pages[2].items[:1]})
    told = whole.model_copy(update={"pages": (second, whole.pages[0])})
    tenant = await invite(database, settings.secret_key, questionnaire=told)
    assert "Nå kommer det om helse." in (await client.get(f"{tenant.link}/side/om_helse")).text
    on = await fill(client, tenant, "om_helse", {"_vist": "forklaring"})
    assert "/side/hjemmet" in on.headers["location"]
    on = await fill(client, tenant, "hjemmet", {"_vist": FIRST, "rom.1": "3"})
    assert "Du har svart på 1 av 4 spørsmål" in (await client.get(on.headers["location"])).text
    forged = await fill(client, tenant, "om_helse", {"_vist": "forklaring", "forklaring": "1"})
    assert forged.status_code >= 400


async def test_fields_of_another_kind_are_refused(client: httpx.AsyncClient, tenant: Invited) -> None:
    for name in ("rom.2", "innflyttet.3", "navn_pa_hus.1"):
        refused = await fill(client, tenant, "hjemmet", {"_vist": FIRST, name: "1"})
        assert refused.status_code >= 400, name


async def test_what_does_not_fit_a_demand_keeps_the_earlier_answer_and_an_empty_field_goes_through(
    client: httpx.AsyncClient, tenant: Invited, database: Database
) -> None:
    await fill(client, tenant, "hjemmet", {"_vist": FIRST, "rom.1": "1", "leie.1": "9500"})
    refused = await fill(client, tenant, "hjemmet", {"_vist": FIRST, "rom.1": "1", "leie.1": "200000"})
    assert refused.status_code == 422 and refused.text.count("Det er mye for hvert rom.") == 2
    assert 'value="200000"' in refused.text
    assert "9500 kr" in (await client.get(f"{tenant.link}/se-over")).text
    english = await fill(
        client, tenant, "hjemmet", {"_vist": FIRST, "leie.1": "9", "_sprak": "en", "_handling": "sprak-en"}
    )
    assert english.status_code in (303, 422)
    on = await fill(client, tenant, "hjemmet", {"_vist": FIRST, "rom.1": "1", "leie.1": ""})
    assert on.headers["location"].endswith("/side/stedet")
    assert (await press_send(client, tenant.link)).status_code == 200
    assert await stored_answers(database, tenant) == [{"rom": "1"}]


async def test_what_one_answered_earlier_stands_in_the_texts_as_text_and_never_as_markup(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    data = document_of_kinds()
    data["pages"][1]["items"][1]["choices"][0]["text"] = t("<b>Nord</b>")
    data["pages"][2]["title"] = t("Om {bydel|stedet}")
    tenant = await invite(database, settings.secret_key, questionnaire=from_document(data))
    assert "<h1>Om stedet</h1>" in (await client.get(f"{tenant.link}/side/om_helse")).text
    on = await fill(client, tenant, "stedet", {"_vist": "trivsel,bydel,naboer", "bydel": "1"})
    page = (await client.get(on.headers["location"])).text
    assert "<h1>Om &lt;b&gt;Nord&lt;/b&gt;</h1>" in page and "<b>" not in page
    assert "Om &lt;b&gt;Nord&lt;/b&gt;" in (await client.get(f"{tenant.link}/se-over")).text


async def test_whoever_reads_a_language_that_nobody_has_checked_is_told_on_every_page(
    client: httpx.AsyncClient, database: Database, settings: Settings
) -> None:
    whole = from_document(document_of_kinds() | {"unchecked": ["en"]})
    tenant = await invite(database, settings.secret_key, questionnaire=whole)
    for place in ("", "/side/hjemmet", "/se-over"):
        english = (await client.get(f"{tenant.link}{place}?sprak=en")).text
        assert "Draft: nobody who knows the language well has read these texts yet." in english
        assert "Utkast:" not in (await client.get(f"{tenant.link}{place}?sprak=nb")).text
