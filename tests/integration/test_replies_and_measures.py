"""What comes of findings, at the desk: every finding gets a reply, measures have somebody responsible,
nothing that somebody wrote is lost, and a round is not done while tenants wait for a reply."""

from __future__ import annotations

import asyncio
import html
import re
from uuid import UUID

import httpx
import pytest

from reports.findings.model import FoundResult
from reports.loop import Loop
from survey.database.pool import Database
from survey.loop import dossiers
from survey.loop.telling import loop_of
from survey.people.roles import Role
from tests import offices
from tests.offices import Office

MEASURE = {
    "title": "Tette vinduene mot nord",
    "owner": "utleier",
    "level": "kollektiv",
    "unit": "Driftsavdelingen",
    "due_on": "2028-03-15",
    "budget_line": "Vedlikehold 2028",
    "status": "planned",
    "hoped": "Færre fryser hjemme",
}


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Eksempelvik kommune (oppdiktet)", fictitious=True)


class Work:
    """An officer at work on the findings of a closed round."""

    def __init__(
        self, client: httpx.AsyncClient, database: Database, office: Office, round_id: UUID, token: str
    ):
        self.client, self.round_id, self.token = client, round_id, token
        self._database, self._office = database, office

    @property
    def home(self) -> str:
        return f"/kontor/runder/{self.round_id}/oppfolging"

    async def post(self, address: str, **fields: str | list[str]) -> httpx.Response:
        return await self.client.post(address, data={"csrf": self.token, **fields})

    async def findings(self) -> list[FoundResult]:
        async with self._database.registry(self._office.organisation_id) as connection:
            found = await dossiers.whole_list(connection, self.round_id)
        assert found is not None
        return list(found.findings)

    async def asking(self) -> list[str]:
        return [one.id for one in await self.findings() if one.asks_for_a_reply]

    async def loop(self) -> Loop:
        async with self._database.registry(self._office.organisation_id) as connection:
            return await loop_of(connection, self.round_id)

    async def reply(self, finding: str, **fields: str | list[str]) -> httpx.Response:
        written = {"kind": "innfridd", "reply": "Vi gjør det i vår.", "seen": "0", **fields}
        return await self.post(f"{self.home}/{finding}/svar", **written)


@pytest.fixture
async def work(client: httpx.AsyncClient, database: Database, office: Office) -> Work:
    round_id = await offices.closed_round(database, office, (7, 35, 150))
    await offices.sign_in(client, office)
    own = Work(client, database, office, round_id, await offices.token_for(client))
    begun = await own.post(own.home, gjor="start")
    assert begun.status_code == 303, begun.text[:500]
    return own


async def test_the_findings_that_are_talked_about_are_those_of_the_report(work: Work) -> None:
    shown = html.unescape((await work.client.get(f"/kontor/runder/{work.round_id}/funn")).text)
    page = html.unescape((await work.client.get(work.home)).text)
    whole = [one for one in await work.findings() if one.place.level == "all"]
    assert whole
    for one in whole:
        assert one.sentences["nb"] in page
        claim = one.sentences["nb"].partition(": ")[2]
        assert claim[1:60] in shown


async def test_a_reply_stands_where_it_was_given_and_can_be_taken_back(work: Work) -> None:
    finding = (await work.asking())[0]
    assert (await work.reply(finding)).status_code == 303
    page = (await work.client.get(f"{work.home}/{finding}")).text
    assert "Vi gjør det i vår." in page
    assert (await work.loop()).replies[finding].kind == "innfridd"
    taken = await work.post(f"{work.home}/{finding}/svar", gjor="trekk", seen="1")
    assert taken.status_code == 303 and finding not in (await work.loop()).replies


async def test_what_is_parked_needs_a_known_place_and_time_and_a_refusal_its_alternative(work: Work) -> None:
    finding = (await work.asking())[0]
    parked = await work.reply(finding, kind="parkert")
    assert parked.status_code == 422
    assert "kjent sted" in parked.text and "Skriv dagen" in parked.text
    assert "Vi gjør det i vår." in parked.text  # nothing that was typed is lost
    refused = await work.reply(finding, kind="alternativ")
    assert refused.status_code == 422 and "i stedet" in refused.text
    assert not (await work.loop()).replies
    fields = {"place": "Beboermøtet i mars", "due_on": "15.3.2028"}
    assert (await work.reply(finding, kind="parkert", **fields)).status_code == 303
    reply = (await work.loop()).replies[finding]
    assert reply.due_on and (reply.place, reply.due_on.isoformat()) == ("Beboermøtet i mars", "2028-03-15")


async def test_a_round_is_not_done_while_a_finding_that_asks_for_it_has_no_reply(work: Work) -> None:
    first, *others = await work.asking()
    assert others
    await work.reply(first)
    refused = await work.post(work.home, gjor="ferdig")
    assert refused.status_code == 409 and f"{len(others)} funn mangler svar" in refused.text
    for one in others:
        await work.reply(one)
    assert (await work.post(work.home, gjor="ferdig")).status_code == 303
    assert "Arbeidet ble avsluttet" in (await work.client.get(work.home)).text
    assert (await work.post(work.home, gjor="gjenoppta")).status_code == 303
    assert "Alle funn som krever det, har fått svar" in (await work.client.get(work.home)).text


async def test_one_reply_is_given_to_the_same_finding_in_other_places_and_to_no_other(work: Work) -> None:
    found = await work.findings()
    by_claim: dict[tuple[object, ...], list[str]] = {}
    for one in found:
        by_claim.setdefault((one.variant, one.items, one.object, one.facet), []).append(one.id)
    first, *same = next(ids for ids in by_claim.values() if len(ids) > 1)
    stranger = next(one.id for one in found if one.id not in (first, *same))
    assert (await work.reply(first, others=[*same, stranger])).status_code == 303
    assert set((await work.loop()).replies) == {first, *same}


async def test_two_who_reply_at_once_do_not_write_over_each_other(work: Work) -> None:
    finding = (await work.asking())[0]
    await work.reply(finding, reply="Den første skrev dette.")
    late = await work.reply(finding, reply="Den andre skrev dette.")
    assert late.status_code == 422
    assert "Den første skrev dette." in late.text and "Den andre skrev dette." in late.text
    assert (await work.loop()).replies[finding].text == "Den første skrev dette."
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen and (await work.reply(finding, reply="Enige nå.", seen=seen[1])).status_code == 303
    assert (await work.loop()).replies[finding].text == "Enige nå."


async def test_what_three_kinds_of_people_know_stands_side_by_side(work: Work) -> None:
    finding = (await work.asking())[0]
    fields = {"residents": "Det trekker.", "practice": "Vinduene er fra 1974.", "research": "", "seen": "0"}
    assert (await work.post(f"{work.home}/{finding}/kunnskap", **fields)).status_code == 303
    known = (await work.loop()).knowledge[finding]
    assert (known.residents, known.practice, known.research) == ("Det trekker.", "Vinduene er fra 1974.", "")
    late = await work.post(f"{work.home}/{finding}/kunnskap", **{**fields, "residents": "Noe annet."})
    assert late.status_code == 422 and "Det trekker." in late.text and "Noe annet." in late.text


async def test_a_measure_hangs_on_findings_has_somebody_responsible_and_tells_how_it_went(
    work: Work,
) -> None:
    finding = (await work.asking())[0]
    offered = await work.client.get(f"/kontor/runder/{work.round_id}/tiltak/nytt?funn={finding}")
    assert re.search(rf'value="{finding}" checked', offered.text)
    new = f"/kontor/runder/{work.round_id}/tiltak/nytt"
    without = await work.post(new, **MEASURE)
    assert (
        without.status_code == 422 and "minst ett funn" in without.text and MEASURE["title"] in without.text
    )
    assert (await work.post(new, **MEASURE, findings=[finding])).status_code == 303
    (measure,) = (await work.loop()).measures
    assert (measure.title, measure.unit, measure.findings) == (
        MEASURE["title"],
        "Driftsavdelingen",
        (finding,),
    )
    address = f"/kontor/runder/{work.round_id}/tiltak/{measure.id}"
    went = {
        **MEASURE,
        "findings": [finding],
        "seen": "1",
        "status": "done",
        "effect": "better",
        "verdict": "go_on",
    }
    untold = await work.post(address, **went)
    assert untold.status_code == 422 and "hva det ble til" in untold.text
    assert (await work.post(address, **went, outcome="Vinduene er tette.")).status_code == 303
    (measure,) = (await work.loop()).measures
    assert (measure.outcome, measure.effect, measure.verdict) == ("Vinduene er tette.", "better", "go_on")
    late = await work.post(address, **went, outcome="En annen fortelling.")
    assert late.status_code == 422 and "En annen fortelling." in late.text


async def test_a_new_measure_that_is_sent_twice_is_one(work: Work) -> None:
    finding = (await work.asking())[0]
    new = f"/kontor/runder/{work.round_id}/tiltak/nytt"
    both = await asyncio.gather(*(work.post(new, **MEASURE, findings=[finding]) for _ in range(3)))
    assert [one.status_code for one in both] == [303] * 3
    (measure,) = (await work.loop()).measures
    assert measure.findings == (finding,)
    assert (await work.post(new, **{**MEASURE, "title": "Noe annet"}, findings=[finding])).status_code == 303
    assert len((await work.loop()).measures) == 2


async def test_a_measure_that_was_taken_away_can_be_brought_back(work: Work) -> None:
    finding = (await work.asking())[0]
    await work.post(f"/kontor/runder/{work.round_id}/tiltak/nytt", **MEASURE, findings=[finding])
    (measure,) = (await work.loop()).measures
    address = f"/kontor/runder/{work.round_id}/tiltak/{measure.id}"
    gone = await work.post(f"{address}/fjern")
    assert gone.status_code == 303 and not (await work.loop()).measures
    page = await work.client.get(gone.headers["location"])
    assert f'action="{address}/tilbake"' in page.text
    assert (await work.post(f"{address}/tilbake")).status_code == 303
    assert [one.title for one in (await work.loop()).measures] == [MEASURE["title"]]


async def test_a_finding_is_tied_to_a_goal_and_says_so_when_the_goal_leaves_the_plan(work: Work) -> None:
    made = await work.post(
        "/kontor/planer/ny",
        name="Boligsosial handlingsplan",
        kind="boligsosial",
        first_year="2027",
        last_year="2030",
    )
    plan = made.headers["location"].partition("?")[0]
    await work.post(f"{plan}/mal", number="2.10", body="Alle bor trygt.")
    await work.post(f"{plan}/mal", number="2.9", body="Ingen fryser hjemme.")
    page = (await work.client.get(plan)).text
    assert page.index("Ingen fryser hjemme.") < page.index("Alle bor trygt.")
    finding = (await work.asking())[0]
    goal = re.search(r'/mal/([0-9a-f-]{36})"(?:(?!/mal/).)*Ingen fryser', page, re.S)
    assert goal
    address = f"{work.home}/{finding}/plan"
    empty = await work.post(address, goal="", law="", reasoning="Fordi.")
    assert empty.status_code == 422 and "Velg et mål eller en lov." in empty.text
    tied = await work.post(address, goal=goal[1], law="boligsosiallova_6", reasoning="Mange fryser.")
    assert tied.status_code == 303
    (tie,) = (await work.loop()).ties
    assert tie.goal and (tie.goal.number, tie.law, tie.reasoning) == (
        "2.9",
        "boligsosiallova_6",
        "Mange fryser.",
    )
    refused = await work.post(plan, gjor="fjern", seen="1")
    assert refused.status_code == 409 and "knyttet til mål" in refused.text
    await work.post(f"{plan}/mal/{goal[1]}", gjor="avslutt")
    assert "Tatt ut av planen" in (await work.client.get(f"{work.home}/{finding}")).text
    (tie,) = (await work.loop()).ties
    assert tie.goal and tie.goal.gone_on


@pytest.mark.parametrize("role", [Role.READER, Role.RESEARCHER])
async def test_who_only_reads_sees_the_replies_and_writes_none(
    client: httpx.AsyncClient, database: Database, office: Office, work: Work, role: Role
) -> None:
    finding = (await work.asking())[0]
    await work.reply(finding)
    await offices.sign_in(client, office, role)
    token = await offices.token_for(client)
    page = (await client.get(f"{work.home}/{finding}")).text
    assert "Vi gjør det i vår." in page and "<textarea" not in page
    fields = {"csrf": token, "kind": "innfridd", "reply": "Nei.", "seen": "1"}
    assert (await client.post(f"{work.home}/{finding}/svar", data=fields)).status_code == 403
    assert (await client.get(f"/kontor/runder/{work.round_id}/tiltak/nytt")).status_code == 403


async def test_another_landlord_finds_nothing_of_it(
    client: httpx.AsyncClient, database: Database, work: Work
) -> None:
    finding = (await work.asking())[0]
    await work.reply(finding)
    other = await offices.found(database, "Nabovik kommune (oppdiktet)", fictitious=True)
    await offices.sign_in(client, other)
    for address in (work.home, f"{work.home}/{finding}"):
        assert (await client.get(address)).status_code == 404


async def test_an_open_round_says_when_its_findings_can_be_answered(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    round_id = await offices.open_round(database, office)
    await offices.sign_in(client, office)
    page = await client.get(f"/kontor/runder/{round_id}/oppfolging")
    assert (
        page.status_code == 200
        and "åpen til" in page.text
        and "<button" not in page.text.partition("<main")[2]
    )


@pytest.mark.parametrize("language", ["nn", "en"])
async def test_all_pages_speak_the_three_languages(
    client: httpx.AsyncClient, work: Work, language: str
) -> None:
    finding = (await work.asking())[0]
    await work.post("/kontor/sprak", sprak=language, tilbake="/kontor/runder")
    titles = {"nn": "Svar og tiltak", "en": "Replies and measures"}
    assert titles[language] in (await client.get(work.home)).text
    for address in (f"{work.home}/{finding}", "/kontor/planer", "/kontor/planer/ny"):
        assert (await client.get(address)).status_code == 200


async def test_the_report_carries_replies_what_is_known_measures_and_that_it_is_a_draft(work: Work) -> None:
    finding = next(one for one in await work.findings() if one.place.level == "all" and one.asks_for_a_reply)
    await work.reply(finding.id, kind="parkert", place="Beboermøtet i mars", due_on="2028-03-15")
    known = {"residents": "Det trekker.", "practice": "", "research": "", "seen": "0"}
    await work.post(f"{work.home}/{finding.id}/kunnskap", **known)
    await work.post(f"/kontor/runder/{work.round_id}/tiltak/nytt", **MEASURE, findings=[finding.id])
    page = html.unescape((await work.client.get(f"/kontor/runder/{work.round_id}/rapport")).text)
    for words in (
        finding.sentences["nb"].partition(": ")[2][1:],
        "Svar: Parkert.",
        "Tas opp igjen: Beboermøtet i mars, 15. mars 2028.",
        "Det trekker.",
        "Ingen har skrevet noe her.",
        "Utleier, Driftsavdelingen",
        "Vedlikehold 2028",
        "Utkast, ikke endelig",
    ):
        assert words in page, words
    assert "Svarskjema" not in page
    other = html.unescape((await work.client.get(f"/kontor/runder/{work.round_id}/rapport?leiegard=x")).text)
    assert "Det trekker." not in other
