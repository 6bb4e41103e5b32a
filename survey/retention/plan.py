"""What is due on a date. No database, no clock: what is left of rounds goes in, what is to do comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

Kind = Literal["contacts", "invitations", "answers"]
"""`contacts`: addresses, links, the keys to them. `invitations`: the rights to answer.
`answers`: answers, ballots, receipts, the sealed wave."""


@dataclass(frozen=True)
class Held:
    """What is left of a closed round. Numbers of rows, never what is in them; of answers that of the
    sealed wave alone, which reports tell: a number of receipts would tell who else had sent one."""

    organisation_id: UUID
    campaign_id: UUID
    name: str
    contacts_due_on: date
    answers_due_on: date
    answers_deleted_on: date | None
    contacts: int
    contact_keys: tuple[bytes, ...]
    """Public halves of the keys whose private halves are not known to be destroyed."""
    invitations: int
    """Those that may go: none before the round's wave is sealed."""
    wave: int | None
    """Rows of the sealed wave; None when there is none."""


@dataclass(frozen=True)
class Due:
    """A step whose day has come and that has something left to do."""

    held: Held
    kind: Kind
    due_on: date
    counts: dict[str, int]


def due(rounds: Iterable[Held], day: date) -> tuple[Due, ...]:
    """Everything to be done on `day`, what has waited longest first."""
    found = [step for held in rounds for step in _of_round(held) if step.due_on <= day]
    return tuple(sorted(found, key=lambda step: (step.due_on, step.kind, step.held.campaign_id)))


def _of_round(held: Held) -> Iterable[Due]:
    if held.contacts or held.contact_keys:
        counts = {"contacts": held.contacts, "keys": len(held.contact_keys)}
        yield Due(held, "contacts", held.contacts_due_on, counts)
    if held.invitations:
        yield Due(held, "invitations", held.contacts_due_on, {"invitations": held.invitations})
    if held.answers_deleted_on is None:
        yield Due(held, "answers", held.answers_due_on, {"rows": held.wave or 0})
