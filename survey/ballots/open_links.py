"""Open links: a page on a poster that gives whoever follows it a personal link, made on the spot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from survey.ballots import tokens
from survey.ballots.rounds import Stage, queries, stage_of
from survey.database.pool import Connection

_SLUG = re.compile(r"[0-9a-z]{10}")


@dataclass(frozen=True)
class OpenRound:
    """What anybody may know of the round an open link is for."""

    slug: str
    organisation: str
    fictitious: bool
    estate: str
    languages: tuple[str, ...]
    opens_on: date
    closes_on: date
    results_on: date
    today: date
    """By the clock that decides: that of the database."""
    stage: Stage
    draft: bool
    """The office has not opened it: its dates are a plan."""


def is_slug(written: str) -> bool:
    """Whether an open link could be called so."""
    return _SLUG.fullmatch(written.lower()) is not None


async def find(connection: Connection, written: str) -> OpenRound | None:
    """None when there is no such link, or it was switched off."""
    slug = written.lower()
    row = await queries.open_link(connection, slug=slug) if is_slug(written) else None
    if row is None:
        return None
    return OpenRound(
        slug,
        row["organisation_name"],
        row["fictitious"],
        row["estate_name"],
        tuple(row["languages"]),
        row["opens_on"],
        row["closes_on"],
        row["results_on"],
        row["today"],
        stage_of(row["status"], row["opens_on"], row["closes_on"], row["today"]),
        row["status"] == "draft",
    )


async def enter(connection: Connection, secret_key: bytes, slug: str) -> str | None:
    """The token of a new right to answer, of the link's stratum. None when the round takes no answers."""
    token = tokens.new_token()
    given = await queries.open_right(connection, slug=slug, token_hash=tokens.token_hash(secret_key, token))
    return token if given else None
