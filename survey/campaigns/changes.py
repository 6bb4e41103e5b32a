"""What may still change in a round: the plan and the version of a draft, the deadline while it is open.

Nothing when it is closed: the answers are sealed and the report is read. A report that changed afterwards
would show by its difference what the last tenants answered.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from forms.questionnaire import Questionnaire
from survey.campaigns import links, panels, rounds
from survey.campaigns.errors import (
    AnotherQuestionnaire,
    BadDeadline,
    ChangedMeanwhile,
    ClosedForGood,
    LanguagesGone,
    LinksWouldBreak,
    NameTaken,
    NotADraft,
    NotOpen,
    SampledPanel,
    SampleStands,
)
from survey.campaigns.rounds import Plan, queries
from survey.database.pool import Connection
from survey.people import audit
from survey.people.roles import Staff


async def change_draft(
    connection: Connection, staff: Staff, id: UUID, plan: Plan, *, seen: str, drop_links: bool = False
) -> None:
    """Give a draft another plan.

    `seen`: the mark of the draft as the officer saw it. `drop_links`: fetched links may stop working.
    Raises NoSuchRound, ClosedForGood, NotADraft, ChangedMeanwhile, NameTaken, NoSuchEstate, SampledPanel,
    LinksWouldBreak when links were fetched, other estates are chosen and `drop_links` is not set, and
    SampleStands when homes have been drawn: who may draw again may draw until the homes suit him.
    """
    row = await _lock_draft(connection, id)
    if plan.drawn and row["panel_id"] is not None:
        raise SampledPanel()
    now = await rounds.find(connection, id)
    if now.mark != seen:
        raise ChangedMeanwhile()
    issued = await links.issued(connection, id)
    same_estates = {estate.id for estate in now.estates} == set(plan.estate_ids) and now.drawn == plan.drawn
    if issued and not same_estates and not drop_links:
        raise LinksWouldBreak()
    if issued and now.drawn and drop_links:
        raise SampleStands()
    try:
        async with connection.transaction():
            await queries.change_draft(
                connection,
                id=id,
                name=plan.name,
                languages=list(plan.languages),
                opens_on=plan.opens_on,
                closes_on=plan.closes_on,
                results_on=plan.results_on,
                declared_grade=plan.declared_grade,
                declared=rounds.declared_text(plan),
                archive_years=plan.archive_years,
                contact_days=plan.contact_days,
            )
    except UniqueViolationError:
        raise NameTaken(name=plan.name) from None
    if drop_links or not issued:
        await queries.drop_invitations(connection, id=id)
        await queries.forget_handed_out(connection, id=id)
        await queries.drop_round_estates(connection, id=id)
        await rounds.ask(connection, id, plan.estate_ids, plan.drawn)
    details = {"estates": len(set(plan.estate_ids)), "links_dropped": issued and drop_links}
    await audit.record(connection, "campaign.changed", "campaign", id, staff.id, details)


async def ask_otherwise(connection: Connection, staff: Staff, id: UUID, questionnaire: Questionnaire) -> None:
    """Give a draft a newer version of the questionnaire it has; letters and links stay as they are.

    Raises NoSuchRound, ClosedForGood, NotADraft, AnotherQuestionnaire, and LanguagesGone when the version
    lacks a language that the round is to be asked in.
    """
    await _lock_draft(connection, id)
    now = await rounds.find(connection, id)
    if questionnaire.id != now.questionnaire_id:
        raise AnotherQuestionnaire()
    if gone := [language for language in now.languages if language not in questionnaire.languages]:
        raise LanguagesGone(languages=", ".join(gone))
    kept = await rounds.keep_questionnaire(connection, staff.organisation_id, questionnaire)
    await queries.change_questionnaire(connection, id=id, questionnaire_version_id=kept)
    details = {"version": questionnaire.version}
    await audit.record(connection, "campaign.asked_otherwise", "campaign", id, staff.id, details)


async def delete_draft(connection: Connection, staff: Staff, id: UUID) -> None:
    """A draft and its links are gone. Raises NoSuchRound, ClosedForGood, NotADraft."""
    row = await _lock_draft(connection, id)
    await queries.drop_invitations(connection, id=id)
    await queries.drop_round_estates(connection, id=id)
    await queries.delete_draft(connection, id=id)
    if row["panel_id"] is not None:
        await panels.queries.drop_unused_panel(connection, id=row["panel_id"])
    await audit.record(connection, "campaign.deleted", "campaign", id, staff.id, {"name": row["name"]})


async def move_deadline(
    connection: Connection, staff: Staff, id: UUID, closes_on: date, results_on: date, *, seen: str
) -> None:
    """Another last day to answer for an open round, also when the old one has passed.

    The tenants' pages read both dates from here. `seen`: the mark of the round as the officer saw it. Raises
    NoSuchRound, ClosedForGood, NotOpen, ChangedMeanwhile, BadDeadline.
    """
    row = await rounds.lock(connection, id)
    if row["status"] == "closed":
        raise ClosedForGood()
    if row["status"] != "open":
        raise NotOpen()
    if (await rounds.find(connection, id)).mark != seen:
        raise ChangedMeanwhile()
    if not max(row["today"], row["opens_on"]) <= closes_on <= results_on:
        raise BadDeadline()
    await queries.move_deadline(connection, id=id, closes_on=closes_on, results_on=results_on)
    details = {"from": row["closes_on"].isoformat(), "to": closes_on.isoformat()}
    await audit.record(connection, "campaign.deadline_moved", "campaign", id, staff.id, details)


async def _lock_draft(connection: Connection, id: UUID) -> Any:
    row = await rounds.lock(connection, id)
    if row["status"] == "closed":
        raise ClosedForGood()
    if row["status"] != "draft":
        raise NotADraft()
    return row
