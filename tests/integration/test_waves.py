"""Answers come out of the database as they went in, and a sealed wave stays as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest

from forms.answers import Answers, Layout
from forms.loading import shipped
from reports import waves
from reports.compute import compute
from reports.errors import BrokenSeal, WrongVersion
from reports.waves import Estate, WaveInfo
from survey.database.pool import Database
from tests.samples.tiny import item, questionnaire
from tests.samples.waves import drawn_answers, info, wave_of

FORM = shipped("boindeks")
ESTATES = [Estate(str(UUID(int=i)), f"Leiegård {i}", "Sentrum", 40) for i in (11, 12)]


def _answers() -> dict[str, list[Answers]]:
    rng = np.random.default_rng(21)
    drawn = {estate.id: drawn_answers(FORM, 15, rng) for estate in ESTATES}
    open_item = next(asked.id for asked in FORM.items() if asked.kind == "text")
    for number, document in enumerate(drawn[ESTATES[0].id]):
        document[open_item] = f"Ord nummer {number:02d}"
    return drawn


async def _store(database: Database, known: WaveInfo, answers: dict[str, list[Answers]]) -> None:
    """As the answers of a round that has closed: those of an open one are read by nobody."""
    layout = Layout.of(known.questionnaire)
    async with database.owner() as connection:
        await connection.execute(
            "insert into registry.organisations values ($1, $2, 'municipality', true) on conflict do nothing",
            known.organisation_id,
            known.organisation,
        )
        await connection.execute(
            "with version as (insert into registry.questionnaire_versions"
            "  select $1, gen_random_uuid(), 'boindeks', '1.0.0', 'hash', '{}'"
            "   where not exists (select from registry.campaigns where id = $2) returning id)"
            " insert into registry.campaigns (organisation_id, id, name, series, questionnaire_version_id,"
            "   languages, opens_on, closes_on, results_on, status, closed_on)"
            " select $1, $2, $3, 'sentrum', id, $4, $5, $6, $7, 'closed', $6 from version",
            known.organisation_id,
            known.campaign_id,
            known.campaign,
            list(known.languages),
            known.opens_on,
            known.closes_on,
            known.results_on,
        )
    async with database.owner() as connection:
        await connection.executemany(
            "insert into answers.responses (organisation_id, campaign_id, estate_id, "
            "questionnaire_version_id, language, mode, answers, codes) "
            "values ($1, $2, $3, $4, 'nb', 'web', $5::text::jsonb, $6)",
            [
                (known.organisation_id, known.campaign_id, UUID(estate), uuid4(), json.dumps(document),
                 layout.pack(document))
                for estate, documents in answers.items()
                for document in documents
            ],
        )  # fmt: skip


async def test_the_fast_read_gives_the_answers_that_were_stored(database: Database) -> None:
    known, answers = info(FORM, ESTATES), _answers()
    await _store(database, known, answers)
    async with database.owner() as connection:
        wave = await waves.fetch(connection, known)
    expected = wave_of(FORM, ESTATES, answers)
    assert wave.frame.equals(expected.frame)
    assert wave.texts["text"].to_list() == [f"Ord nummer {number:02d}" for number in range(15)]
    assert compute(wave, None).items == compute(expected, None).items


async def test_a_sealed_wave_comes_back_the_same_and_is_never_overwritten(database: Database) -> None:
    known, answers = info(FORM, ESTATES), _answers()
    await _store(database, known, answers)
    async with database.owner() as connection:
        assert await waves.load_sealed(connection, known) is None
        wave = await waves.fetch(connection, known)
        await waves.store_sealed(connection, wave)
    await _store(database, known, answers)
    async with database.owner() as connection:
        later = await waves.fetch(connection, known)
        await waves.store_sealed(connection, later)
        kept = await waves.load_sealed(connection, known)
    assert later.frame.height == 2 * wave.frame.height
    assert kept is not None
    assert kept.frame.equals(wave.frame)
    assert kept.texts.equals(wave.texts)
    assert kept.content_hash == wave.content_hash


async def test_answers_of_another_organisation_are_not_read(database: Database) -> None:
    known = info(FORM, ESTATES)
    await _store(database, known, _answers())
    stranger = UUID(int=99)
    async with database.answers(stranger) as connection:
        assert (await waves.read_frame(connection, known)).height == 0


async def test_a_wave_changed_after_sealing_is_refused(database: Database) -> None:
    known = info(FORM, ESTATES)
    await _store(database, known, _answers())
    async with database.owner() as connection:
        await waves.store_sealed(connection, await waves.fetch(connection, known))
    async with database.owner() as connection:
        # As somebody would who owns the database and means to; nobody else can.
        await connection.execute("alter table answers.waves disable trigger sealed_for_good")
        await connection.execute("update answers.waves set parquet = parquet || '\\x00'::bytea")
    async with database.owner() as connection:
        with pytest.raises(BrokenSeal, match="changed after sealing"):
            await waves.load_sealed(connection, known)


async def test_a_wave_is_read_only_with_the_version_it_was_asked_with(database: Database) -> None:
    known = info(FORM, ESTATES)
    await _store(database, known, _answers())
    other = replace(known, questionnaire=questionnaire(item("hjem"), index=False))
    async with database.owner() as connection:
        with pytest.raises(WrongVersion, match="packs 1 bytes each"):
            await waves.fetch(connection, other)
