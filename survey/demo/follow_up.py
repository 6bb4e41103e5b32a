"""What the made-up municipality did with what its tenants said: measures after the first round, replies and
a plan after the second. Some findings have no reply yet, so that there is something to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from reports.findings.listing import findings_list
from reports.findings.model import FindingsList
from reports.loop import Effect, Knowledge, Level, Measure, Owner, Reply, Status, Verdict
from survey.campaigns.findings import found
from survey.campaigns.rounds import Round
from survey.database.pool import Connection, Database
from survey.loop import dossiers, measures, plainly, plans, readings, replies
from survey.people.roles import Staff


@dataclass(frozen=True)
class _Agreed:
    """`on`: meaning ids of the questions it is about; '' the index."""

    title: str
    on: tuple[str, ...]
    owner: Owner
    level: Level
    unit: str
    due_on: date
    budget_line: str
    status: Status
    hoped: str
    outcome: str = ""
    effect: Effect | None = None
    verdict: Verdict | None = None


AFTER_THE_FIRST = (
    _Agreed(
        "Fast vaktmester på stedet i Nordlia",
        ("utleier_henvendelse", "utleier_alvor"),
        "utleier",
        "system",
        "Driftsavdelingen",
        date(2025, 1, 15),
        "Drift 2025, post 4210",
        "done",
        "Feil blir rettet fortere.",
        "Vaktmesteren begynte 6. januar og er der hver dag til klokka tre.",
        "better",
        "go_on",
    ),
    _Agreed(
        "Svar innen fem dager til alle som sier fra",
        ("sist_sa_fra", "utleier_info", "nytter_a_si_fra"),
        "utleier",
        "system",
        "Boligkontoret",
        date(2025, 2, 1),
        "",
        "done",
        "Flere opplever at det nytter å si fra.",
        "Fire av fem får svar i tide. Resten får beskjed om at det tar lengre tid.",
        "better",
        "go_on",
    ),
    _Agreed(
        "Kaffe i fellesrommet en gang i måneden",
        ("bomiljo_utskifting", "beboere_ansvar"),
        "beboere",
        "kollektiv",
        "Beboerrådet i Solbakken",
        date(2025, 4, 1),
        "Bomiljøtilskudd, 6 000 kroner",
        "stopped",
        "Flere naboer blir kjent.",
        "Rommet ble stengt i mars på grunn av fukt.",
        "worse",
        "end",
    ),
)


def _coming(today: date, month: int) -> date:
    """The first day of that month that is more than two months ahead."""
    this_year = date(today.year, month, 1)
    return this_year if this_year > today + timedelta(days=60) else date(today.year + 1, month, 1)


def after_the_second(today: date) -> tuple[_Agreed, ...]:
    """What is still to be done, whenever the demonstration is loaded."""
    return (
        _Agreed(
            "Tette vinduene i de 20 kaldeste leilighetene",
            ("bolig_inneklima",),
            "utleier",
            "kollektiv",
            "Driftsavdelingen",
            _coming(today, 11),
            f"Vedlikehold {_coming(today, 11).year}, post 4301",
            "under_way",
            "Ingen fryser hjemme neste vinter.",
        ),
        _Agreed(
            "Pusse opp og åpne fellesrommet i Solbakken",
            ("bomiljo_moteplass",),
            "begge",
            "kollektiv",
            "Driftsavdelingen og beboerrådet",
            _coming(today, 9),
            f"Investering {_coming(today, 9).year}",
            "planned",
            "Det finnes et sted å møtes igjen.",
        ),
        _Agreed(
            "Husregler om støy, skrevet av beboerne",
            ("bomiljo_stoy", "bomiljo_konflikt"),
            "beboere",
            "kollektiv",
            "Beboerrådene",
            _coming(today, 3),
            "",
            "planned",
            "Færre blir plaget av støy om natta.",
        ),
    )


REPLIES: dict[str, Reply] = {
    "bomiljo_stoy": Reply(
        "delvis", "Vi setter inn tettere dører i oppgangene. Støyen fra veien kan vi ikke gjøre noe med."
    ),
    "bolig_inneklima": Reply(
        "delvis", "Vi tetter vinduene der det er kaldest, og måler fukt hos alle som sier fra."
    ),
    "system_spurt": Reply("innfridd", "Vi spør hvert år, og svarer innen to måneder."),
    "sist_sa_fra": Reply("innfridd", "Alle som sier fra, får svar innen fem dager, også når svaret er nei."),
    "bolig_plass": Reply(
        "alternativ",
        "Vi har ingen større leiligheter ledig.",
        alternative="Familier som bor trangt, står først på byttelista.",
    ),
    "bolig_preg": Reply("innfridd", "Fra nyttår kan alle male og sette opp hyller uten å søke."),
    "bolig_besok_rullestol": Reply("grunn", "Husene fra 1960 har ikke plass til heis."),
    "bomiljo_moteplass": Reply(
        "parkert",
        "Fellesrommet må pusses opp før det kan åpnes.",
        place="Budsjettmøtet i bystyret",
    ),
}
KNOWLEDGE: dict[str, Knowledge] = {
    "bolig_inneklima": Knowledge(
        "Det trekker mest i endeleilighetene, sa flere på møtet i Nordlia.",
        "Vinduene i Nordlia er fra 1974. Halvparten har fått nye pakninger.",
        "",
    ),
    "bomiljo_stoy": Knowledge("Det verste er dørene som slår.", "Vi får flest klager i helgene.", ""),
}
GOALS = (
    ("1.1", "Alle leietakere bor trygt og tørt."),
    ("2.1", "Leietakere får svar når de sier fra."),
    ("2.2", "Leietakere er med når noe skal bestemmes."),
)
TIES = (
    ("bolig_inneklima", "1.1", "", "Kulde og trekk er det flest er misfornøyde med i boligen."),
    ("sist_sa_fra", "2.1", "", "Mange fikk ikke svar sist de sa fra."),
    ("system_spurt", "2.2", "plan_bygning_5_1", "Få har vært spurt om boligpolitikken i kommunen."),
)
PLAN = "Boligsosial handlingsplan (oppdiktet)"
SAID = (
    ("bolig_inneklima", "stands", "Det stemmer. Stua er kald til langt ut i mars."),
    *[("bolig_inneklima", "stands", "")] * 5,
    ("bolig_inneklima", "lacks", ""),
    ("bomiljo_stoy", "lacks", "Søppelbilen klokka seks er glemt."),
)


async def follow_up(database: Database, staff: Staff, first: Round, second: Round) -> bool:
    """Enter what was agreed after each round; False when it was there."""
    async with database.registry(staff.organisation_id) as connection:
        if await dossiers.find(connection, second.id) is not None:
            return False
    today = date.today()
    lists = [await _begin(database, staff, round.id) for round in (first, second)]
    async with database.registry(staff.organisation_id) as connection:
        await _agree(connection, staff, lists[0], AFTER_THE_FIRST)
        await _agree(connection, staff, lists[1], after_the_second(today))
        for finding in lists[1].findings:
            if not finding.asks_for_a_reply or len(finding.items) != 1:
                continue
            if (reply := REPLIES.get(finding.items[0])) is not None:
                if reply.kind == "parkert":
                    reply = replace(reply, due_on=_coming(today, 2))
                await replies.save(connection, staff, second.id, finding.id, reply, 0)
            if finding.place.level == "all" and (known := KNOWLEDGE.get(finding.items[0])) is not None:
                await replies.write_down(connection, staff, second.id, finding.id, known, 0)
        await _plan(connection, staff, lists[1])
    await _read(database, staff, lists[1])
    return True


async def _begin(database: Database, staff: Staff, round_id: UUID) -> FindingsList:
    listed = findings_list(await found(database, staff.organisation_id, round_id))
    async with database.registry(staff.organisation_id) as connection:
        await dossiers.begin(connection, staff, listed)
    return listed


def _about(listed: FindingsList, *questions: str) -> tuple[str, ...]:
    """Findings about these questions that ask for a reply, in all places."""
    return tuple(
        one.id
        for one in listed.findings
        if one.asks_for_a_reply and len(one.items) == 1 and one.items[0] in questions
    )


async def _agree(
    connection: Connection, staff: Staff, listed: FindingsList, agreed: Sequence[_Agreed]
) -> None:
    for one in agreed:
        measure = Measure(
            UUID(int=0),
            one.title,
            one.owner,
            one.level,
            one.unit,
            one.due_on,
            one.budget_line,
            one.status,
            one.hoped,
            _about(listed, *one.on),
        )
        id = await measures.add(connection, staff, listed.campaign_id, measure)
        if one.outcome:
            became: dict[str, Any] = {
                **vars(measure),
                "id": id,
                "outcome": one.outcome,
                "effect": one.effect,
                "verdict": one.verdict,
            }
            await measures.change(connection, staff, listed.campaign_id, Measure(**became), 1)


async def _plan(connection: Connection, staff: Staff, listed: FindingsList) -> None:
    plan_id = await plans.add(connection, staff, PLAN, "boligsosial", 2026, 2029)
    for number, text in GOALS:
        await plans.add_goal(connection, staff, plan_id, number, text)
    goals = {goal.number: goal.id for goal in (await plans.find(connection, plan_id)).goals}
    whole = {one.items: one.id for one in listed.findings if one.place.level == "all"}
    for question, number, law, reasoning in TIES:
        if (finding := whole.get((question,))) is not None:
            await plans.tie(connection, staff, listed.campaign_id, finding, goals[number], law, reasoning)


async def _read(database: Database, staff: Staff, listed: FindingsList) -> None:
    """A reading round that is over."""
    async with database.registry(staff.organisation_id) as connection:
        today, _, _ = await readings.last_days(connection)
        await plainly.keep(connection, listed.campaign_id)
        await readings.show_until(connection, staff, listed.campaign_id, today + timedelta(days=1))
        link = await readings.link(connection, listed.campaign_id)
    whole = {one.items: one.id for one in listed.findings if one.place.level == "all"}
    if link is not None:
        async with database.phone() as connection:
            for question, verdict, text in SAID:
                if (finding := whole.get((question,))) is not None:
                    await readings.keep(connection, link.slug, [readings.said(finding, verdict, text)])
    async with database.registry(staff.organisation_id) as connection:
        await readings.stop(connection, staff, listed.campaign_id)
        for remark in await readings.remarks(connection, listed.campaign_id):
            if remark.text:
                await readings.let_stand(connection, staff, listed.campaign_id, remark.id, True)
