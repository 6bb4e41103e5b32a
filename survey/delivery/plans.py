"""When a round is sent, how many reminders it gets, and what may be shown of how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from survey.campaigns import rounds
from survey.campaigns.rounds import Round
from survey.database.pool import Connection
from survey.delivery import contacts
from survey.delivery.errors import ChannelsClosed, NoContacts
from survey.delivery.safe import queries
from survey.people import audit
from survey.people.roles import Staff

REMINDERS, EVERY_DAYS = 2, 7
"""Unless the office says otherwise."""
MOST_REMINDERS = 3
FEWEST_DAYS, MOST_DAYS = 3, 30
MOST_NEW_LINKS = 3
"""As `delivery.start_due` has it."""


@dataclass(frozen=True)
class Plan:
    """`first_on`: the invitations; `reminders` after it, `every_days` apart, to those who have not
    answered.
    """

    first_on: date
    reminders: int = REMINDERS
    every_days: int = EVERY_DAYS

    def days(self, closes_on: date) -> tuple[date, ...]:
        """The invitations' day and the reminders' that still come before the round closes."""
        planned = (self.first_on + timedelta(days=self.every_days * n) for n in range(self.reminders + 1))
        return tuple(day for day in planned if day <= closes_on)


@dataclass(frozen=True)
class Mailing:
    """0 is the invitation. Begun for all contacts of the round at once that have this channel."""

    number: int
    channel: str
    started_on: date
    done: bool


@dataclass(frozen=True)
class Sent:
    """One channel of the first message (`number` 0). None: fewer than five; other numbers are rounded down to
    a multiple of five. Of reminders nothing is told: who gets them has not answered.
    """

    number: int
    channel: str
    sent: int | None
    failed: int | None
    bounced: int | None
    waiting: int | None
    """Not sent yet, or to be tried again."""


@dataclass(frozen=True)
class Progress:
    plan: Plan | None
    mailings: tuple[Mailing, ...]
    sent: tuple[Sent, ...]


async def progress(connection: Connection, round_id: UUID) -> Progress:
    row = await queries.plan(connection, campaign_id=round_id)
    plan = Plan(row["first_on"], row["reminders"], row["every_days"]) if row else None
    begun = [Mailing(**row) async for row in queries.mailings(connection, campaign_id=round_id)]
    shown = [Sent(**row) async for row in queries.shown_counts(connection, campaign_id=round_id)]
    return Progress(plan, tuple(begun), tuple(shown))


@dataclass(frozen=True)
class NewLinks:
    """Links that replace those that were sent: `sent` times so far, `most` at most, `every_days` apart."""

    sent: int
    every_days: int
    most: int = MOST_NEW_LINKS


async def new_links(connection: Connection, round_id: UUID) -> NewLinks | None:
    """None while nothing has been sent."""
    begun = [row async for row in queries.mailings(connection, campaign_id=round_id)]
    if not begun:
        return None
    row = await queries.plan(connection, campaign_id=round_id)
    sent: int = await queries.sent_again(connection, campaign_id=round_id)
    return NewLinks(sent, row["every_days"] if row else EVERY_DAYS)


def suggested(round: Round) -> Plan:
    return Plan(max(round.opens_on, round.today))


async def keep(connection: Connection, staff: Staff, round_id: UUID, plan: Plan) -> None:
    """Send by this plan from its first day on, once the round is open. Also changes one under way: what has
    been sent stays sent. Raises NoSuchRound, ChannelsClosed, NoContacts.
    """
    if (await rounds.lock(connection, round_id))["status"] == "closed":
        raise ChannelsClosed()
    reached = await contacts.reached(connection, round_id)
    if not reached.email + reached.sms:
        raise NoContacts()
    await queries.keep_plan(
        connection,
        organisation_id=staff.organisation_id,
        campaign_id=round_id,
        first_on=plan.first_on,
        reminders=plan.reminders,
        every_days=plan.every_days,
    )
    details = {
        "first_on": plan.first_on.isoformat(),
        "reminders": plan.reminders,
        "every_days": plan.every_days,
    }
    await audit.record(connection, "campaign.sending_planned", "campaign", round_id, staff.id, details)
    await queries.wake_sender(connection)


async def stop(connection: Connection, staff: Staff, round_id: UUID) -> None:
    """No mailing begins any more. One that has begun goes on: some have got it, the rest may ask why not."""
    await rounds.lock(connection, round_id)
    await queries.drop_plan(connection, campaign_id=round_id)
    await audit.record(connection, "campaign.sending_stopped", "campaign", round_id, staff.id)
