"""Numbers by group from a closed round: what is told, and what the ledger in the database remembers of it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from uuid import uuid4

import asyncpg
import polars as pl
import pytest

from reports.breakdowns import keeping
from reports.breakdowns.asking import parse
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.writing import as_json, as_parquet
from reports.releases.errors import ReleaseRefused
from reports.waves import Estate, Wave
from survey.campaigns.breakdowns import release, tell
from survey.commands.numbers import as_text
from survey.database.pool import Database
from survey.wording import words
from tests import offices
from tests.attack.test_ledger import _form as form_of
from tests.attack.test_ledger import _wave as wave_of
from tests.samples.waves import wave_of as drawn_wave

REFUSED = (asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)


async def _known(database: Database) -> Wave:
    office = await offices.found(database, "Vår kommune")
    form = form_of(release_keys=("alder",), release_bands={"alder": ((1, 2),)})
    return replace(
        wave_of(4, people=90, form=form), organisation_id=office.organisation_id, campaign_id=uuid4()
    )


async def test_what_was_told_is_kept_for_good_and_for_the_own_organisation_only(database: Database) -> None:
    wave = await _known(database)
    found = await tell(database, wave, parse(wave.questionnaire, "hjem", ["bo"], "estate", "standard"))
    again = await tell(database, wave, parse(wave.questionnaire, "hjem", ["bo"], "estate", "standard"))
    assert as_json(again, "nb") == as_json(found, "nb")
    async with database.answers(wave.organisation_id) as connection:
        (entry,), released = await keeping.held(connection, wave.campaign_id)
        assert entry.ask == found.ask
        assert (entry.told == found.told.ravel()).all()
        assert released is None
    async with database.answers(uuid4()) as connection:
        assert await keeping.held(connection, wave.campaign_id) == ([], None)
    for statement in ("delete from answers.told", "update answers.told set told = ''"):
        for door in (database.answers(wave.organisation_id), database.owner()):
            with pytest.raises(REFUSED):
                async with door as connection:
                    await connection.execute(statement)
    async with database.registry(wave.organisation_id) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select * from answers.told")


async def test_every_request_has_a_line_in_the_log(database: Database) -> None:
    wave = await _known(database)
    await tell(database, wave, parse(wave.questionnaire, "hjem", ["bo"], "all", "standard"))
    async with database.registry(wave.organisation_id) as connection:
        (details,) = await connection.fetchrow(
            "select details from registry.audit_log where action = 'numbers.told' and entity_id = $1",
            wave.campaign_id,
        )
    assert json.loads(json.loads(details)["asked"])["by"] == [["bo", [[1], [2]]]]


async def test_research_data_by_what_was_told_in_numbers_are_refused(database: Database) -> None:
    wave = await _known(database)
    await tell(database, wave, parse(wave.questionnaire, "hjem", ["alder"], "all", "standard"))
    with pytest.raises(ReleaseRefused, match=r"release\.after_numbers"):
        await release(database, wave, "nb")


async def test_numbers_know_of_the_research_data_before_them(database: Database) -> None:
    """Ages 1 and 2 are one band there: told apart, they would say who in the band is which."""
    wave = await _known(database)
    await release(database, wave, "nb")
    await release(database, wave, "nb")
    with pytest.raises(NumbersRefused, match=r"numbers\.released"):
        await tell(database, wave, parse(wave.questionnaire, "hjem", ["alder"], "all", "standard"))
    with pytest.raises(NumbersRefused, match=r"numbers\.released"):
        await tell(database, wave, parse(wave.questionnaire, "hjem", ["alder", "bo"], "all", "standard"))
    await tell(database, wave, parse(wave.questionnaire, "hjem", ["bo"], "all", "standard"))


async def test_json_and_parquet_say_the_same_and_every_gap_has_a_reason(database: Database) -> None:
    wave = await _known(database)
    found = await tell(database, wave, parse(wave.questionnaire, "hjem", ["alder"], "estate", "offentlig"))
    rows = json.loads(as_json(found, "nb"))["numbers"]
    table = pl.read_parquet(as_parquet(found, "nb"))
    assert table.to_dicts() == rows
    for row in rows:
        assert (row["n"] is None) == (row["hidden"] == "few") == (row["wider"] is not None)
        assert row["n"] is None or row["n"] % 5 == 0


async def test_numbers_say_which_estates_they_stand_on_and_why_others_are_left_out(
    database: Database,
) -> None:
    office = await offices.found(database, "Vår kommune")
    form = form_of()
    codes = {"stor": [1, 2, 4, 5] * 10, "enig": [5] * 24, "liten": [3] * 4}
    answers = {
        name: [{"hjem": code, "alder": 1 + k % 2, "bo": 1 + k % 2} for k, code in enumerate(own)]
        for name, own in codes.items()
    }
    estates = [Estate(name, name.capitalize(), "Nord", 60) for name in answers]
    wave = replace(
        drawn_wave(form, estates, answers), organisation_id=office.organisation_id, campaign_id=uuid4()
    )
    found = await tell(database, wave, parse(form, "hjem", ["bo"], "all", "standard"))
    basis = {"estates": ["Stor"], "few": ["Liten"], "hiding": ["Enig"], "hidden_answers": 25}
    document = json.loads(as_json(found, "nb"))
    assert document["basis"] == basis
    assert document["numbers"][0]["n"] == 40
    metadata = pl.read_parquet_metadata(as_parquet(found, "nb"))
    assert json.loads(metadata["basis"]) == basis
    assert document["sampled"] == [] and "sampled" not in metadata
    for language, left_out in (
        ("nb", "Ikke med, rundt 25 svar: Enig."),
        ("nn", "Ikkje med, rundt 25 svar: Enig."),
        ("en", "Left out, about 25 answers: Enig."),
    ):
        text = as_text(found, words(language), language)
        assert left_out in text
        assert "Liten" in text
        assert "Vår kommune: alle\n" not in text


async def test_a_group_of_which_nothing_is_told_has_one_line(database: Database) -> None:
    wave = await _known(database)
    found = await tell(database, wave, parse(wave.questionnaire, "hjem", ["alder"], "estate", "standard"))
    lines = as_text(found, words("nb"), "nb").splitlines()
    silent = [line for line in lines if "alder 3: for få svar her, eller ved siden av" in line]
    assert silent
    assert not [after for line, after in pairwise(lines) if line in silent and after.startswith("  ")]


async def test_of_a_sensitive_question_no_estate_is_named(database: Database) -> None:
    """Which ones are left out would tell how alike their answers are."""
    wave = await _known(database)
    found = await tell(database, wave, parse(wave.questionnaire, "rus", ["bo"], "all", "standard"))
    assert json.loads(as_json(found, "nb"))["basis"] is None
    text = as_text(found, words("nb"), "nb")
    assert not [estate.name for estate in wave.estates if estate.name in text]


async def test_numbers_say_where_only_some_of_the_homes_were_asked(database: Database) -> None:
    office = await offices.found(database, "Vår kommune")
    form = form_of()
    answers = {"stor": [{"hjem": 1 + k % 5, "alder": 1 + k % 2, "bo": 1 + k % 2} for k in range(40)]}
    wave = replace(
        drawn_wave(form, [Estate("stor", "Stor", "Nord", 60, 180)], answers),
        organisation_id=office.organisation_id,
        campaign_id=uuid4(),
    )
    found = await tell(database, wave, parse(form, "hjem", ["bo"], "all", "standard"))
    places = [{"estate": "Stor", "asked": 60, "dwellings": 180}]
    assert json.loads(as_json(found, "nb"))["sampled"] == places
    assert json.loads(pl.read_parquet_metadata(as_parquet(found, "nb"))["sampled"]) == places
    for language, told in {
        "nb": "Stor (60 av 180)",
        "nn": "Stor (60 av 180)",
        "en": "Stor (60 of 180)",
    }.items():
        assert told in as_text(found, words(language), language)
