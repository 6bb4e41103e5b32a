"""What there must be before something can be measured: a durable database with a round, links and answers."""

from __future__ import annotations

import contextlib
import json
import random
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from forms import loading
from forms.answers import Answers, Layout
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire
from reports.waves import Estate, WaveInfo, slot_names
from survey.ballots import drafts, tokens
from survey.ballots.drafts import Draft
from survey.database.opening import opened
from survey.database.pool import Database
from survey.settings import Settings

SECRET = "a secret of the bench, 32 characters"  # noqa: S105
queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class World:
    settings: Settings
    database: Database
    questionnaire: Questionnaire
    organisation_id: UUID
    campaign_id: UUID
    estates: tuple[UUID, ...]

    def info(self) -> WaveInfo:
        return wave_info(self.questionnaire, self.organisation_id, self.campaign_id, self.estates)


def wave_info(
    questionnaire: Questionnaire, organisation_id: UUID, campaign_id: UUID, estates: tuple[UUID, ...]
) -> WaveInfo:
    today = date(2026, 6, 1)
    return WaveInfo(
        organisation_id,
        campaign_id,
        "Bench",
        "Bench kommune",
        True,
        questionnaire,
        tuple(Estate(str(id), f"Leiegård {n}", "Bench", 10_000) for n, id in enumerate(estates)),
        today,
        today,
        today,
        ("nb",),
    )


@contextlib.asynccontextmanager
async def world(estates: int = 1) -> AsyncIterator[World]:
    """An embedded database that waits for the disk, as in production; its folder is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bostemme-bench-") as folder:
        settings = Settings.from_environment({"BOSTEMME_HOME": folder, "BOSTEMME_SECRET_KEY": SECRET})
        async with opened(settings) as database:
            yield await _furnish(settings, database, estates)


async def _furnish(settings: Settings, database: Database, estates: int) -> World:
    questionnaire = loading.shipped("boindeks")
    async with database.owner() as connection:
        organisation = await queries.organisation(connection, name="Bench kommune")
        area = await queries.area(connection, organisation_id=organisation)
        document = json.dumps(loading.dump(questionnaire))
        version = await queries.version(connection, organisation_id=organisation, document=document)
        campaign = await queries.campaign(connection, organisation_id=organisation, version_id=version)
        ids = []
        for n in range(estates):
            estate = await queries.estate(
                connection,
                organisation_id=organisation,
                area_id=area,
                name=f"Leiegård {n}",
                dwellings=10_000,
            )
            await queries.campaign_estate(
                connection, organisation_id=organisation, campaign_id=campaign, estate_id=estate
            )
            ids.append(estate)
    return World(settings, database, questionnaire, organisation, campaign, tuple(ids))


async def add_links(world: World, count: int) -> list[str]:
    """Unused tokens, dealt out over the estates."""
    new = [tokens.new_token() for _ in range(count)]
    hashes = [tokens.token_hash(world.settings.secret_key, token) for token in new]
    async with world.database.owner() as connection:
        for place, estate in enumerate(world.estates):
            await queries.invitations(
                connection,
                organisation_id=world.organisation_id,
                campaign_id=world.campaign_id,
                estate_id=estate,
                token_hashes=hashes[place :: len(world.estates)],
            )
    return new


async def add_drafts(world: World, links: list[str], rng: random.Random) -> None:
    """Every question answered and saved, ready to be sent."""
    async with world.database.phone() as connection:
        for token in links:
            draft = Draft("nb", answers(world.questionnaire, rng), world.questionnaire.pages[1].id)
            await drafts.save(connection, world.settings.secret_key, token, draft)


def answers(questionnaire: Questionnaire, rng: random.Random) -> Answers:
    return {item.id: _answer(questionnaire, item, rng) for item in questionnaire.items()}


def _answer(questionnaire: Questionnaire, item: Item, rng: random.Random) -> int | list[int] | str:
    codes = [choice.code for choice in questionnaire.choices(item)]
    if item.kind == "text":
        return "Det er fint å bo her, men heisen står ofte."
    if item.kind == "choice":
        return rng.choice(codes)
    if item.kind == "rank":
        return rng.sample(codes, min(item.rank_size, len(codes)))
    return sorted(rng.sample(codes, min(2, len(codes))))


def codes(questionnaire: Questionnaire, count: int, rng: np.random.Generator) -> Any:
    """count x width bytes with the spread of a thousand drawn answers.

    Who is content with one thing is likelier content with another (rank correlations of some 0.4): of
    answers that have nothing to do with each other, the one thing that a scale measures would be sought long.
    """
    layout = Layout.of(questionnaire)
    drawn = random.Random(1)
    packed = [layout.pack(answers(questionnaire, drawn)) for _ in range(1_000)]
    pattern = np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(1_000, layout.width)
    table = np.empty((count, layout.width), np.uint8)
    nothing = [UNANSWERED, *SPECIAL_CODES.values()]
    leaning = rng.standard_normal(count)
    for slot in range(layout.width):
        lot = pattern[rng.integers(0, 1_000, count), slot]
        given = ~np.isin(lot, nothing)
        own = np.sort(pattern[~np.isin(pattern[:, slot], nothing), slot])
        if own.size:
            place = special.ndtr(0.65 * leaning + 0.76 * rng.standard_normal(count))
            lot = np.where(given, own[(place * own.size).astype(int)], lot)
        table[:, slot] = lot
    return table


def frame(
    questionnaire: Questionnaire,
    estates: tuple[UUID, ...],
    count: int,
    shares: NDArray[np.float64] | None = None,
) -> pl.DataFrame:
    """A wave's answers without a database. `shares`: of each estate in the answers; None: all alike."""
    rng = np.random.default_rng(1)
    table = np.ascontiguousarray(codes(questionnaire, count, rng).T)
    names = slot_names(questionnaire)
    where = pl.Series([str(id) for id in estates]).gather(rng.choice(len(estates), count, p=shares))
    return pl.DataFrame(
        {
            "estate": where,
            "language": pl.repeat("nb", count, eager=True),
            "mode": pl.repeat("web", count, eager=True),
            **{name: table[i] for i, name in enumerate(names)},
        }
    )
