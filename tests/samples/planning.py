"""What came of the made-up municipality's second round: replies, measures, ties, quotes, a reading round.

All of it is made up, and hangs on the findings of the demonstration as they are computed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from uuid import UUID

from reports.findings.everywhere import Everywhere, everywhere
from reports.findings.listing import findings_list
from reports.findings.model import FindingsList, FoundResult
from reports.loop import (
    Before,
    Goal,
    Heard,
    Knowledge,
    Loop,
    Measure,
    PlanInReport,
    Quote,
    Reply,
    Tie,
)
from tests.samples import demonstration

NAME, YEARS = "Boligsosial handlingsplan", (2027, 2030)


def goal(number: str, text: str, gone_on: date | None = None) -> Goal:
    return Goal(NAME, "boligsosial", *YEARS, number, text, gone_on)


GOALS = (
    goal("1.1", "Alle som leier av kommunen, skal ha en bolig som er trygg og god å være i."),
    goal("1.2", "Leietakere skal få svar når de sier fra, og vite hva som skjer videre."),
    goal("2.1", "Leietakere skal ha innflytelse på bolig, bomiljø og forvaltning."),
    goal("2.2", "Ingen leiegård skal være mye dårligere å bo i enn de andre."),
    goal("3.1", "Kommunen skal ha et felles bolignettverk med frivillige."),
)
GONE = goal("4.1", "Kommunen skal ha egen vaktmester i hver bydel.", date(2026, 3, 2))
PLAN = PlanInReport(NAME, "boligsosial", YEARS, (*GOALS, GONE))
BARE = replace(PLAN, goals=())


@cache
def whole_round() -> Everywhere:
    first, second = demonstration.waves()
    return everywhere(second, first)


@cache
def found() -> FindingsList:
    return findings_list(whole_round())


@cache
def _of_the_round_before() -> tuple[FoundResult, ...]:
    first, _ = demonstration.waves()
    return findings_list(everywhere(first)).findings


def measure(number: int, title: str, findings: tuple[str, ...], **more: object) -> Measure:
    planned: dict[str, object] = {
        "owner": "utleier",
        "level": "kollektiv",
        "unit": "Driftsavdelingen",
        "due_on": date(2027, 3, 15),
        "budget_line": "Vedlikehold 2027, post 4400",
        "status": "planned",
        "hoped": "Flere sier at de får svar innen en uke",
    }
    return Measure(id=UUID(int=number), title=title, findings=findings, **{**planned, **more})  # type: ignore[arg-type]


@cache
def loop() -> Loop:
    """Something of every kind."""
    weak = [one for one in found().findings if one.asks_for_a_reply]
    of_all = [one for one in weak if one.place.level == "all"]
    of_estates = [one for one in weak if one.place.level == "estate"]
    strong = next(one for one in found().findings if one.kind == "strong")
    unequal = [one for one in found().findings if one.kind in ("hidden_inequality", "unlike")]
    first, second, third = (*of_all, *of_estates)[:3]
    fourth, fifth = of_estates[-2:]
    ties = (
        Tie(
            first.id,
            GOALS[0],
            "boligsosiallova",
            "Boligen er det første målet i planen, og her er det svakest.",
        ),
        Tie(second.id, GOALS[1], "", "Den som ikke får svar, slutter å si fra."),
        Tie(third.id, GOALS[1], "husleieloven_6", "Målet gjelder alle gårder, og denne ligger lavt."),
        Tie(first.id, GOALS[2], "plan_bygning_5_1", "Innflytelse begynner med å bli hørt om egen bolig."),
        Tie(fourth.id, GONE, "", "Gården har ikke hatt vaktmester siden i fjor."),
        Tie(fifth.id, None, "folkehelseloven", "Kommunen skal ha oversikt over det som virker på helsen."),
        *(Tie(one.id, GOALS[3], "", "Forskjellen er så stor at den er sikker.") for one in unequal[:2]),
        Tie(strong.id, GOALS[0], "", "Dette er det verdt å ta vare på."),
    )
    before = _of_the_round_before()[:3]
    return Loop(
        replies={
            first.id: Reply(
                "delvis", "Vi tetter vinduene i to av fire gårder i år. Resten står i budsjettet for 2028."
            ),
            second.id: Reply(
                "alternativ", "Døgnvakt kan vi ikke ha.", alternative="Telefonvakt til klokka 22."
            ),
            third.id: Reply(
                "parkert",
                "Vi må se det sammen med ny leiekontrakt.",
                place="Beboermøtet i mars",
                due_on=date(2027, 3, 9),
            ),
        },
        knowledge={
            first.id: Knowledge(
                "På dialogkafeen sa mange at det trekker fra vinduene mot nord.",
                "Driften har hatt 41 henvendelser om kalde rom siden oktober.",
                "Kalde boliger henger sammen med flere luftveisplager (Folkehelseinstituttet, 2022).",
            ),
            second.id: Knowledge(residents="Noen har sluttet å ringe."),
        },
        heard={
            first.id: Heard(6, 0, 1, ("Badet burde også vært nevnt.",)),
            second.id: Heard(3, 2, 0, ("Det er blitt bedre etter sommeren.", "Ikke hos oss.")),
        },
        readers=7,
        measures=(
            measure(1, "Tette vinduene mot nord", (first.id,), hoped="Færre fryser hjemme om vinteren"),
            measure(
                2,
                "Svare på alle henvendelser innen en uke",
                (second.id, third.id),
                unit="Boligkontoret",
                status="under_way",
            ),
            measure(
                3,
                "Beboerråd i alle gårder",
                (first.id,),
                owner="begge",
                level="system",
                due_on=None,
                budget_line="",
                unit="",
            ),
            measure(
                4,
                "Dugnad i bakgården",
                (strong.id, fourth.id),
                owner="beboere",
                unit="Beboerrådet",
                status="done",
            ),
            measure(5, "Benk ved inngangen", (weak[-1].id,), budget_line="Nabolagspotten"),
        ),
        ties=ties,
        quotes=(
            Quote("Inneklima", "Det trekker fra vinduet, og barna sover med lue.", True, "fritt_bedre"),
            Quote("Inneklima", "Jeg er glad i utsikten.", False, "fritt_bra", "Nordlia"),
            Quote(
                "Svar", "Når jeg ringer, er det ingen som vet hvem jeg har snakket med.", False, "fritt_bedre"
            ),
        ),
        before=Before(
            "Beboerundersøkelsen 2024",
            (
                measure(
                    11,
                    "Nye lys i oppgangene",
                    (before[0].id,),
                    status="done",
                    outcome="Satt opp i alle gårder.",
                    effect="better",
                    verdict="end",
                ),
                measure(
                    12,
                    "Åpen kontordag hver måned",
                    (before[1].id,),
                    status="done",
                    outcome="Få kom.",
                    effect="same",
                    verdict="go_on",
                ),
                measure(13, "Velkomstmappe", (before[2].id, "0" * 20), status="stopped"),
            ),
            before,
        ),
    )
