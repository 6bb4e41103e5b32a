"""A batch in the sender's hands: its recipients, opened, and what the journal says was tried for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from nacl.public import PrivateKey

from survey import logs
from survey.delivery.channels import ChannelName
from survey.delivery.journal import DOUBT, GIVEN, LATER, RESTS, Journal, Outcome
from survey.delivery.sealing import Contact, UnreadableContact, open_contact, open_token
from survey.delivery.texts import Text

ONCE_MORE_SECONDS = 3600.0
"""After which a message is handed over a second time, when no answer came to the first."""
TRY_AGAIN_SECONDS = (60.0, 300.0, 900.0, 3600.0, 10800.0)
PATIENCE_SECONDS = 86400.0
"""How long tries at a channel that seems to be down do not count, and how long what cannot wait waits."""


@dataclass
class Letter:
    """One recipient of a batch. `channels`: what is still to be tried, the best first."""

    id: UUID
    contact: Contact
    token: str
    estate: str
    channels: list[ChannelName]
    tries: int = 0
    not_before: float = 0.0
    since: float | None = None
    """When the channel that comes next was first tried in vain."""
    resting_since: float | None = None
    """When it was first kept from a channel that rests; noted only of what cannot wait."""
    follows: bool = False
    """Its e-mail was refused, and an SMS comes next."""


def is_new(letter: Letter) -> bool:
    """Whether its address has not been tried in vain over the channel that comes next."""
    return letter.since is None


@dataclass
class Batch:
    id: UUID
    round: Any
    own: dict[tuple[str, str], Text]
    waiting: list[Letter] = field(default_factory=list)
    dropped: list[Letter] = field(default_factory=list)
    """Not to be written to any more. Counted with those that wait until the batch is over: a no is not to be
    seen in the numbers.
    """
    told: tuple[int, ...] = ()
    """What was last noted of it for the office."""

    @property
    def is_first(self) -> bool:
        """Of the first message, not of a reminder."""
        return bool(self.round["number"] == 0)


def opened(
    journal: Journal, batch: UUID, round: Any, due: Sequence[Any], private: PrivateKey, now: float
) -> list[Letter]:
    """The recipients with what is still to be tried for each, by the journal."""
    in_vain, doubted = journal.times(batch, LATER), journal.times(batch, DOUBT)
    resting, given = journal.times(batch, RESTS), journal.times(batch, GIVEN)
    before: dict[str, list[tuple[ChannelName, Outcome]]] = {}
    for id, channel, outcome in journal.outcomes(batch):
        before.setdefault(id, []).append((channel, outcome))
    letters = []
    for row in due:
        try:
            contact = open_contact(private, row["contact"])
            token = open_token(private, row["link"])
        except UnreadableContact:
            logs.trouble("a contact cannot be read", campaign=str(round["campaign_id"]))
            continue
        tried = before.get(row["id"].hex, [])
        channels: list[ChannelName] = []
        if contact.email:
            channels.append("email")
        if contact.phone:
            channels.append("sms")
        channels = [name for name in channels if name not in [channel for channel, _ in tried]]
        if channels and "sent" not in [outcome for _, outcome in tried]:
            letter = Letter(row["id"], contact, token, row["estate_name"], channels)
            letter.follows = bool(tried)
            place = (row["id"].hex, channels[0])
            if tries := in_vain.get(place, []):
                letter.tries = min(len(tries), len(TRY_AGAIN_SECONDS))
                letter.not_before = _next_try(tries[-1], letter.tries, now)
            if handed := given.get(place, []):
                again = handed[-1] + ONCE_MORE_SECONDS if handed[-1] <= now else now
                letter.not_before = max(letter.not_before, again)
            letter.since = _earliest([*doubted.get(place, []), *tries, *handed], now)
            letter.resting_since = _earliest(resting.get(place, []), now)
            letters.append(letter)
    return letters


def _next_try(last: float, tries: int, now: float) -> float:
    """At once where the last try is said to come yet: a clock was wrong."""
    return last + TRY_AGAIN_SECONDS[tries - 1] if last <= now else now


def _earliest(times: Sequence[float], now: float) -> float | None:
    """The first of these moments. One that is to come, or longer ago than anything waits, was noted by a
    clock that was wrong, or by a former version that counted from the machine's start: taken for now.
    """
    return min(
        (at if now - 2 * PATIENCE_SECONDS < at <= now else now for at in times),
        default=None,
    )
