"""Sends what is due, each message once as far as its channel allows.

A batch of contacts is drawn by lot from one mailing, which is of one channel; those in it who have said no
are not handed to us, and of a reminder those who have answered are not. The first message goes to these as
well: whose mailbox gets it tells nothing. Each message has a key of its own, the same however often it is
tried (Message-ID, Idempotency-Key). What became of a message stands in the journal, a file beside the keys,
before the next one is sent: killed anywhere, the sender goes on behind it. Only between the server's "taken"
and the journal's line can a message be sent twice, and then with the same key. The batch leaves the database
as a whole, and the journal with it: nothing says who was written to.

Tried again after a minute, five, fifteen, an hour, three hours; then it counts as failed. The tries stand in
the journal, so that a new start does not begin to count anew. Of a busy server nobody can tell whether it is
the address: so each is tried for itself, and only when several new ones in a row are not taken does the
channel rest, and their tries do not count, for a day at most. E-mail that is refused for good is followed by
an SMS where there is a number.

Of a mail server that is given a message whole and does not answer nobody can tell whether it has taken it:
the channel rests, and that message is handed over once more, an hour later, and not a third time.

A server that is away, or refuses us, holds up no other channel. A first message waits for it as long as the
round is open. What would else hold up a mailing that is not of this channel, or tell by its waiting that
somebody has not answered, waits a day and is then given up: an SMS after an e-mail, and a reminder.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from survey import logs
from survey.ballots.keys import KeyFault, KeyFolder, KeyMissing
from survey.database.pool import Database
from survey.delivery import key_stock, shared_letters
from survey.delivery.batches import (
    ONCE_MORE_SECONDS,
    PATIENCE_SECONDS,
    TRY_AGAIN_SECONDS,
    Batch,
    Letter,
    is_new,
    opened,
)
from survey.delivery.begun import Begun
from survey.delivery.channels import (
    ChannelDown,
    ChannelName,
    Channels,
    Deferred,
    Doubtful,
    Refused,
    Unanswered,
)
from survey.delivery.journal import DOUBT, GIVEN, LATER, RESTS, Journal, Outcome
from survey.delivery.safe import queries
from survey.delivery.texts import Text
from survey.delivery.writing import message

BATCH = 20
MOST_OPEN = 200
"""Batches with messages that wait for one channel. Begun at the pace below, each is over in five hours."""
PAUSE_SECONDS = (20.0, 100.0)
"""Between two batches, drawn by lot: 1,200 messages an hour."""
DOWN_SECONDS = 300.0
IN_A_ROW = 3
"""So many different addresses not taken one after the other: it is the channel."""


@dataclass(frozen=True)
class Looked:
    """What one look did. `waiting`: messages that will be tried again."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    locked: int = 0
    """Messages whose contacts no key of the folder opens."""


class ContactKeyMissing(KeyFault):
    """A round's contact key is not in the sender's folder."""


class Sender:
    """One process's work. `base_url`: what links begin with."""

    def __init__(
        self,
        database: Database,
        keys: KeyFolder,
        channels: Channels,
        base_url: str,
        *,
        lot: random.Random | None = None,
    ) -> None:
        self._database, self._keys, self._channels, self._base_url = database, keys, channels, base_url
        self._journal = Journal(keys.path / "sending.journal")
        self._begun = Begun(keys.path / "reminders-begun")
        self._lot = lot or random.SystemRandom()
        self._open: dict[UUID, Batch] = {}
        self._next_batch_at = 0.0
        self._down_until: dict[ChannelName, float] = {}
        self._in_a_row: dict[ChannelName, set[str]] = {
            "email": self._journal.in_a_row("email"),
            "sms": self._journal.in_a_row("sms"),
        }
        """Messages not taken at their first try, since the last that was."""
        self._looked_at = 0.0
        self._locked: dict[UUID, int] = {}
        """Batches whose key is not in the folder, and their messages: they wait in the database for its
        backup and a new start.
        """

    async def keep_stock(self, wanted: int = key_stock.STOCK) -> int:
        """As `key_stock.keep_stock`."""
        return await key_stock.keep_stock(self._database, self._keys, wanted)

    async def destroy_discarded_keys(self) -> int:
        """As `key_stock.destroy_discarded`."""
        return await key_stock.destroy_discarded(self._database, self._keys)

    async def send_shared(self) -> int:
        """Letters with links to frozen documents, at any hour; how many were taken."""
        return await shared_letters.send_due(self._database, self._keys, self._channels)

    async def look(self, now: float, *, reminders: bool = True, pauses: bool = True) -> Looked:
        """Begin what is due, try what waits, and take a new batch when the last one is long enough ago.

        `now`: Unix time; a clock that is put back holds nothing up. `pauses` False: as fast as the channels
        take it.
        """
        self._keep_to(now)
        await self._begun.keep(self._database)
        async with self._database.sender() as connection:
            await queries.start_due(connection, with_reminders=reminders)
        await self._begun.keep(self._database)
        sent, failed = 0, 0
        while (room := self._with_room(now)) and (now >= self._next_batch_at or not pauses):
            id = await self._draw(now, room)
            if id is None:
                break
            self._next_batch_at = now + self._lot.uniform(*PAUSE_SECONDS)
            if id in self._open:
                done = await self._work(self._open[id], now)
                sent, failed = sent + done["sent"], failed + done["failed"]
        # New addresses first: whether a channel is up again is not told by one that was not taken before.
        for batch in sorted(self._open.values(), key=lambda batch: not any(map(is_new, batch.waiting))):
            if any(letter.not_before <= now for letter in batch.waiting):
                if not await self._drop_settled(batch):
                    continue
                done = await self._work(batch, now)
                sent, failed = sent + done["sent"], failed + done["failed"]
        waiting = sum(len(batch.waiting) for batch in self._open.values())
        return Looked(sent, failed, waiting, sum(self._locked.values()))

    def _keep_to(self, now: float) -> None:
        """What waits goes back with a clock that was put back."""
        back = max(0.0, self._looked_at - now)
        self._looked_at = now
        if not back:
            return
        self._next_batch_at -= back
        for name in self._down_until:
            self._down_until[name] -= back
        for letter in self._waiting():
            letter.not_before -= back
            letter.since = None if letter.since is None else letter.since - back
            letter.resting_since = None if letter.resting_since is None else letter.resting_since - back

    def _waiting(self) -> Iterator[Letter]:
        for batch in self._open.values():
            yield from batch.waiting

    def _with_room(self, now: float) -> list[ChannelName]:
        """The channels that may begin another batch: no other's messages take their room."""
        waits = Counter(
            name for batch in self._open.values() for name in {letter.channels[0] for letter in batch.waiting}
        )
        names: tuple[ChannelName, ...] = ("email", "sms")
        return [name for name in names if waits[name] < MOST_OPEN and self._down_until.get(name, 0.0) <= now]

    async def _draw(self, now: float, channels: Sequence[ChannelName]) -> UUID | None:
        """The next batch of one of these channels, opened when its key is here. None when nothing waits."""
        async with self._database.sender() as connection:
            id: UUID | None = await queries.next_batch(
                connection, open=[*self._open, *self._locked], most=BATCH, channels=list(channels)
            )
            if id is None:
                return None
            round = await queries.batch_round(connection, batch=id)
            own = {
                (row["kind"], row["language"]): Text(row["subject"], row["body"])
                async for row in queries.batch_texts(connection, batch=id)
            }
            due = [row async for row in queries.due(connection, batch=id)]
        try:
            private = self._keys.load(round["public_key"])
        except KeyFault as fault:
            self._locked[id] = len(due)
            if isinstance(fault, KeyMissing):
                fault = ContactKeyMissing(
                    "fault.key.contacts", key=round["public_key"].hex()[:12], folder=self._keys.path
                )
            logs.trouble("contacts cannot be opened", campaign=str(round["campaign_id"]), why=str(fault))
            return id
        self._open[id] = Batch(id, round, own, opened(self._journal, id, round, due, private, now))
        return id

    async def _drop_settled(self, batch: Batch) -> bool:
        """Whoever is not to be written to since the batch was drawn is not tried again. False when nobody is
        to be for now: by a clock that may be wrong the round's days are over."""
        async with self._database.sender() as connection:
            if not await queries.may_be_sent(connection, batch=batch.id):
                return False
            due = {row["id"] async for row in queries.due(connection, batch=batch.id)}
        batch.dropped += [letter for letter in batch.waiting if letter.id not in due]
        batch.waiting = [letter for letter in batch.waiting if letter.id in due]
        return True

    async def _work(self, batch: Batch, now: float) -> Counter[str]:
        """Try every message of a batch whose time has come; the batch is finished when none is left."""
        done: Counter[str] = Counter()
        for letter in sorted(batch.waiting, key=is_new, reverse=True):
            while letter in batch.waiting and letter.not_before <= now:
                outcome = await self._try(batch, letter, now)
                if outcome:
                    done[outcome] += 1
        if not batch.waiting:
            self._open.pop(batch.id, None)
            await self._finish(batch.id)
        elif batch.is_first:
            await self._tell_under_way(batch)
        return done

    async def _try(self, batch: Batch, letter: Letter, now: float) -> Outcome | None:
        """One try over one channel. What it came to, None when it is to be tried again."""
        name = letter.channels[0]
        channel = self._channels.email if name == "email" else self._channels.sms
        if self._down_until.get(name, 0.0) > now:
            return self._kept_from(batch, letter, name, now)
        try:
            if channel is None:
                logs.trouble(
                    "a channel is not set up", campaign=str(batch.round["campaign_id"]), why=f"no {name}"
                )
                raise Refused("not set up")
            self._journal.probe()
            await channel.send(message(batch, letter, name, self._base_url))
        except Unanswered as silence:
            self._rest(batch, name, now, str(silence))
            return self._unanswered(batch, letter, name, now)
        except Doubtful as doubt:
            return self._doubted(batch, letter, name, now, str(doubt))
        except ChannelDown as down:
            self._rest(batch, name, now, str(down))
            return self._kept_from(batch, letter, name, now)
        except Deferred:
            return self._later(batch, letter, name, now)
        except Refused:
            return self._settle(batch, letter, name, "failed")
        self._in_a_row[name].clear()
        return self._settle(batch, letter, name, "sent")

    def _unanswered(self, batch: Batch, letter: Letter, name: ChannelName, now: float) -> Outcome | None:
        """The server may have taken it: once more, since it may not, and then it counts as failed. However
        long a server says nothing, nobody gets a third."""
        before = self._journal.times(batch.id, GIVEN).get((letter.id.hex, name), [])
        self._journal.note_time(batch.id, letter.id, name, GIVEN, now)
        if before:
            return self._settle(batch, letter, name, "failed")
        letter.since = now if letter.since is None else letter.since
        letter.not_before = now + ONCE_MORE_SECONDS
        return None

    def _doubted(
        self, batch: Batch, letter: Letter, name: ChannelName, now: float, why: str
    ) -> Outcome | None:
        """Not taken, and nobody can tell whether for the address or the channel: the others show it."""
        in_a_row = self._in_a_row[name]
        if letter.since is None:
            letter.since = now
            in_a_row.add(letter.id.hex)
            self._journal.note_time(batch.id, letter.id, name, DOUBT, now)
        if len(in_a_row) < IN_A_ROW or now - letter.since >= PATIENCE_SECONDS:
            return self._later(batch, letter, name, now)
        for one in self._waiting():
            if one.id.hex in in_a_row:
                one.tries, one.not_before = 0, now + DOWN_SECONDS
        self._rest(batch, name, now, why)
        return self._kept_from(batch, letter, name, now)

    def _rest(self, batch: Batch, name: ChannelName, now: float, why: str) -> None:
        """The channel takes nothing from anybody: leave it alone for a while."""
        self._down_until[name] = now + DOWN_SECONDS
        logs.trouble("a channel is down", campaign=str(batch.round["campaign_id"]), why=why)

    def _kept_from(self, batch: Batch, letter: Letter, name: ChannelName, now: float) -> Outcome | None:
        """Its channel rests. Failed when it cannot wait any longer."""
        letter.not_before = self._down_until[name]
        if batch.is_first and not letter.follows:
            return None
        if letter.resting_since is None:
            letter.resting_since = now
            self._journal.note_time(batch.id, letter.id, name, RESTS, now)
        if now - letter.resting_since < PATIENCE_SECONDS:
            return None
        return self._settle(batch, letter, name, "failed")

    def _later(self, batch: Batch, letter: Letter, name: ChannelName, now: float) -> Outcome | None:
        """This one again, after a longer while each time; failed when that has been done often enough."""
        if letter.tries >= len(TRY_AGAIN_SECONDS):
            return self._settle(batch, letter, name, "failed")
        letter.since = now if letter.since is None else letter.since
        letter.not_before = now + TRY_AGAIN_SECONDS[letter.tries]
        letter.tries += 1
        self._journal.note_time(batch.id, letter.id, name, LATER, now)
        return None

    def _settle(self, batch: Batch, letter: Letter, name: ChannelName, outcome: Outcome) -> Outcome:
        letter.channels.remove(name)
        letter.tries, letter.since, letter.resting_since = 0, None, None
        letter.follows = outcome == "failed"
        if outcome == "sent" or not letter.channels:
            batch.waiting.remove(letter)
        self._journal.note(batch.id, letter.id, name, outcome)  # last: may fail, and it is sent all the same
        return outcome

    async def _tell_under_way(self, batch: Batch) -> None:
        """How far a batch with messages that wait has come, for the office: by channel."""
        outcomes = self._journal.outcomes(batch.id)
        failed = Counter(channel for _, channel, outcome in outcomes if outcome == "failed")
        by_email = {id for id, channel, _ in outcomes if channel == "email"}
        left = [*batch.waiting, *batch.dropped]
        waiting = Counter(letter.channels[0] for letter in left)
        after_email = {id for id, channel, _ in outcomes if channel == "sms" and id in by_email}
        after_email |= {letter.id.hex for letter in left if letter.follows}
        told = (failed["email"], failed["sms"], len(after_email), waiting["email"], waiting["sms"])
        if told == batch.told:
            return
        async with self._database.sender() as connection:
            await queries.note_under_way(
                connection,
                batch=batch.id,
                email_failed=told[0],
                sms_failed=told[1],
                sms_after_email=told[2],
                email_waiting=told[3],
                sms_waiting=told[4],
            )
        batch.told = told

    async def _finish(self, batch: UUID) -> None:
        outcomes = self._journal.outcomes(batch)
        counts = Counter((channel, outcome) for _, channel, outcome in outcomes)
        without_email = {id for id, channel, outcome in outcomes if (channel, outcome) == ("email", "failed")}
        async with self._database.sender() as connection:
            await queries.finish_batch(
                connection,
                batch=batch,
                email_sent=counts["email", "sent"],
                email_failed=counts["email", "failed"],
                sms_sent=counts["sms", "sent"],
                sms_failed=counts["sms", "failed"],
                sms_after_email=sum(channel == "sms" and id in without_email for id, channel, _ in outcomes),
            )
        self._journal.forget(batch)
