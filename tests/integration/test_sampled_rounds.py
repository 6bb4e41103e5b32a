"""Rounds that ask only some of the homes, drawn by lot: what is drawn, what is counted, who can change it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from forms.answers import Layout
from reports.compute import compute
from reports.documents import landlord
from survey.campaigns import asked, changes, coverage, links, rounds, waves
from survey.campaigns.errors import SampledPanel, SampleStands, TooFewDwellings
from survey.campaigns.links import Link
from survey.campaigns.rounds import NewRound, Plan, Round
from survey.database.pool import Database
from survey.delivery import contacts
from survey.delivery.contact_file import Checked, Row
from survey.delivery.sealing import Contact
from survey.people.roles import Role
from survey.register import estates
from survey.responses.errors import RowsRefused
from survey.settings import Settings
from tests import offices
from tests.mornings import mornings_pass
from tests.offices import Office


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


def _sampled(office: Office) -> NewRound:
    """20 of the 40 homes of the middle estate and 60 of the 180 of the large one; all 7 of the small one."""
    _, (middle, _), (large, _) = office.estates
    return replace(offices.new_round(office), drawn={middle: 20, large: 60})


async def _draw(database: Database, office: Office, settings: Settings, round_id: UUID) -> list[Link]:
    async with database.registry(office.organisation_id) as connection:
        return await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)


async def _round(database: Database, office: Office, round_id: UUID) -> Round:
    async with database.registry(office.organisation_id) as connection:
        return await rounds.find(connection, round_id)


def _homes(made: list[Link]) -> set[tuple[str, int]]:
    return {(link.estate, link.dwelling) for link in made}


async def test_so_many_homes_as_were_asked_for_are_drawn_from_all_of_them(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office, _sampled(office))
    made = await _draw(database, office, settings, round_id)
    assert Counter(link.estate for link in made) == {
        "Bakkegata 2": 7,
        "Nordlysgata 4-18": 20,
        "Havneveien 1-9": 60,
    }
    assert len(_homes(made)) == len(made), "no home is drawn twice"
    large = {number for estate, number in _homes(made) if estate == "Havneveien 1-9"}
    assert large <= set(range(1, 181))
    assert max(large) > 60, "drawn among all, not the first on the list; fails by chance once in 10**48"


async def test_the_homes_of_two_rounds_are_drawn_apart(
    database: Database, office: Office, settings: Settings
) -> None:
    drawn = []
    for _ in range(2):
        round_id = await offices.make_round(database, office, _sampled(office))
        drawn.append(_homes(await _draw(database, office, settings, round_id)))
    assert drawn[0] != drawn[1]


async def test_new_links_lead_to_the_homes_that_were_drawn_first(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office, _sampled(office))
    first = await _draw(database, office, settings, round_id)
    second = await _draw(database, office, settings, round_id)
    assert _homes(first) == _homes(second)
    assert {link.token for link in first}.isdisjoint(link.token for link in second)


async def test_whoever_dislikes_the_homes_drawn_cannot_have_others(
    database: Database, office: Office, settings: Settings
) -> None:
    new = _sampled(office)
    round_id = await offices.make_round(database, office, new)
    before = _homes(await _draw(database, office, settings, round_id))
    officer = office.staff[Role.OFFICER]
    plan = Plan(**{name: getattr(new, name) for name in Plan.__dataclass_fields__})
    for wanted in (plan, replace(plan, drawn={})):
        with pytest.raises(SampleStands):
            async with database.registry(office.organisation_id) as connection:
                seen = (await rounds.find(connection, round_id)).mark
                await changes.change_draft(connection, officer, round_id, wanted, seen=seen, drop_links=True)
    assert _homes(await _draw(database, office, settings, round_id)) == before
    async with database.registry(office.organisation_id) as connection:
        seen = (await rounds.find(connection, round_id)).mark
        other = replace(plan, name="Et annet navn")
        await changes.change_draft(connection, officer, round_id, other, seen=seen)
    assert _homes(await _draw(database, office, settings, round_id)) == before


async def test_the_sizes_of_a_draft_follow_the_register_until_homes_are_drawn(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office, _sampled(office))
    middle = office.estates[1][0]
    officer = office.staff[Role.OFFICER]

    async def lives(n: int) -> tuple[int | None, int | None]:
        async with database.registry(office.organisation_id) as connection:
            estate = await estates.find(connection, middle)
            await asked.change_estate(
                connection, officer, middle, area=estate.area, name=estate.name, dwellings=n, seen=estate.mark
            )
        own = next(e for e in (await _round(database, office, round_id)).estates if e.id == middle)
        return own.invited, own.dwellings

    assert await lives(30) == (20, 30)
    assert await lives(21) == (20, 21)
    await _draw(database, office, settings, round_id)
    with pytest.raises(TooFewDwellings):
        await lives(20)
    assert await lives(50) == (20, 21), "the homes were drawn from those that there were"


async def test_a_sample_of_all_homes_is_none(database: Database, office: Office) -> None:
    middle = office.estates[1][0]
    round_id = await offices.make_round(database, office, replace(_sampled(office), drawn={middle: 40}))
    round = await _round(database, office, round_id)
    assert round.drawn == {} and round.invited == 7 + 40 + 180


async def test_a_panel_asks_everybody(database: Database, office: Office) -> None:
    with pytest.raises(SampledPanel):
        await offices.make_round(database, office, replace(_sampled(office), panel_waves=2))


async def test_addresses_of_homes_that_were_not_drawn_are_not_kept(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office, _sampled(office))
    middle, n = office.estates[1]
    rows = tuple(
        Row(line, middle, home, False, Contact(f"beboer-{home}@example.org", "", "nb"))
        for line, home in enumerate(range(1, n + 1), start=2)
    )
    officer = office.staff[Role.OFFICER]
    async with database.registry(office.organisation_id) as connection:
        assert await contacts.keep(connection, settings, officer, round_id, Checked(rows, (), ())) == 20
        assert len(await contacts.reachable(connection, round_id)) == 20
    assert (await _round(database, office, round_id)).invited == 7 + 20 + 60


async def test_a_home_that_was_drawn_has_one_chance_whoever_lives_there(
    database: Database, office: Office, settings: Settings
) -> None:
    round_id = await offices.make_round(database, office, _sampled(office))
    middle = office.estates[1][0]
    rows = tuple(
        Row(line, middle, 1, True, Contact(f"beboer-{line}@example.org", "", "nb")) for line in (2, 3)
    )
    with pytest.raises(RowsRefused) as refused:
        async with database.registry(office.organisation_id) as connection:
            officer = office.staff[Role.OFFICER]
            await contacts.keep(connection, settings, officer, round_id, Checked(rows, (), ()))
    assert [(cell.line, cell.complaint.key) for cell in refused.value.bad] == [(3, "contacts.one_each")]


async def test_rates_are_of_those_who_were_asked_and_numbers_about_all_homes(
    database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office, _sampled(office))
    await offices.answer(database, office, round_id, (5, 15, 30))
    await mornings_pass(database)
    round = await _round(database, office, round_id)
    async with database.answers(office.organisation_id) as connection:
        shown = (await coverage.seen(connection, (round,)))[round.id]
    assert [(e.answered.n, e.answered.invited, e.dwellings) for e in shown.estates] == [
        (5, 7, None),
        (15, 20, 40),
        (30, 60, 180),
    ]
    assert shown.missing == (), "half of those who were asked have answered everywhere"
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    found = await waves.load_waves(database, office.organisation_id, round_id)
    report = compute(found.now, None)
    assert (report.n, report.invited, report.dwellings) == (50, 87, 227)
    own = compute(found.now, str(office.estates[2][0]))
    assert (own.n, own.invited, own.dwellings) == (30, 60, 180)


async def test_an_officer_writes_how_many_homes_to_draw_where_the_round_is_made(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    await offices.sign_in(client, office)
    page = await client.get("/kontor/runder/ny")
    middle, large = (str(id) for id, _ in office.estates[1:])
    assert "Spør bare et utvalg" in page.text and f'name="drawn-{middle}"' in page.text
    fields = {
        "csrf": offices.csrf_of(page),
        "template": "kort",
        "name": "Utvalgsrunden",
        "estate": [middle, large],
        "language": ["nb"],
        "opens_on": date.today().isoformat(),
        "closes_on": (date.today() + timedelta(days=9)).isoformat(),
        "results_on": (date.today() + timedelta(days=30)).isoformat(),
        f"drawn-{large}": "60",
    }
    for wrong in ("4", "40", "mange", "-7"):
        answer = await client.post("/kontor/runder/ny", data={**fields, f"drawn-{middle}": wrong})
        assert answer.status_code == 422 and f'href="#drawn-{middle}"' in answer.text, wrong
        assert "fra 5 til 39" in answer.text and f'value="{wrong}"' in answer.text
    panel = await client.post("/kontor/runder/ny", data={**fields, "panel": "new", "waves": "3"})
    assert panel.status_code == 422 and "spør alle" in panel.text
    made = await client.post("/kontor/runder/ny", data=fields)
    assert made.status_code == 303
    shown = await client.get(made.headers["location"])
    assert "60 trukket ut av 180 boliger" in shown.text
    again = await client.get(made.headers["location"].split("?")[0] + "/endre")
    field = re.search(rf'name="drawn-{large}"[^>]*value="(\d*)"', again.text)
    assert field is not None and field[1] == "60"


async def test_the_page_of_a_draft_says_why_other_homes_cannot_be_drawn(
    client: httpx.AsyncClient, database: Database, office: Office, settings: Settings
) -> None:
    await offices.sign_in(client, office)
    round_id = await offices.make_round(database, office, _sampled(office))
    await _draw(database, office, settings, round_id)
    page = await client.get(f"/kontor/runder/{round_id}/endre")
    mark = re.search(r'name="mark" value="(\w+)"', page.text)
    assert mark is not None
    fields = {
        "csrf": offices.csrf_of(page),
        "mark": mark[1],
        "name": "Utvalgsrunden",
        "estate": [str(id) for id, _ in office.estates],
        "language": ["nb"],
        "opens_on": date.today().isoformat(),
        "closes_on": (date.today() + timedelta(days=9)).isoformat(),
        "results_on": (date.today() + timedelta(days=30)).isoformat(),
        "drop_links": "1",
    }
    answer = await client.post(f"/kontor/runder/{round_id}/endre", data=fields)
    assert "det gjøres bare én gang" in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("trukket ut tilfeldig", "Havneveien 1-9 (60 av 180)", "Boliger i alt", "like stor sjanse")),
        ("nn", ("trekte ut tilfeldig", "Havneveien 1-9 (60 av 180)", "Bustader i alt", "like stor sjanse")),
        ("en", ("drawn by lot", "Havneveien 1-9 (60 of 180)", "Homes in all", "the same chance")),
    ],
)
async def test_the_report_says_who_was_drawn_and_how_it_was_reckoned_in_every_language(
    database: Database, office: Office, language: str, words: tuple[str, ...]
) -> None:
    round_id = await offices.open_round(database, office, _sampled(office))
    await offices.answer(database, office, round_id, (5, 20, 60))
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    found = await waves.load_waves(database, office.organisation_id, round_id)
    page = landlord.web(compute(found.now, str(office.estates[2][0])), language)
    assert [word for word in words if word not in page] == []
    whole = landlord.web(compute(found.now, None), language)
    assert "Nordlysgata 4-18 (20" in whole and "Havneveien 1-9 (60" in whole
    assert "Bakkegata 2 (" not in whole, "all were asked there"


async def test_a_sample_in_which_all_answered_alike_is_hidden_as_an_estate_of_them_would_be(
    database: Database, office: Office
) -> None:
    """The office knows whom it asked: homes that were not drawn are no cover for those that were."""
    round_id = await offices.open_round(database, office, _sampled(office))
    form = offices.short_form()
    alike = {item.id: form.choices(item)[0].code for item in form.items() if item.one_of}
    await offices.answer(database, office, round_id, (0, 0, 0))
    packed = Layout.of(form).pack(alike)
    async with database.registry(office.organisation_id) as connection:
        version_id = (await rounds.find(connection, round_id)).questionnaire_version_id
    async with database.owner() as connection:
        for _ in range(20):
            await connection.execute(
                "insert into answers.responses (organisation_id, campaign_id, estate_id,"
                " questionnaire_version_id, language, mode, answers, codes)"
                " values ($1, $2, $3, $4, 'nb', 'web', '{}', $5)",
                office.organisation_id, round_id, office.estates[1][0], version_id, packed,
            )  # fmt: skip
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    found = await waves.load_waves(database, office.organisation_id, round_id)
    report = compute(found.now, str(office.estates[1][0]))
    assert (report.n, report.invited, report.dwellings) == (20, 20, 40)
    shown = [name for name in alike if report.items[name].favourable.value is not None]
    assert shown == [], "that all said the same tells what each of them said"
