"""What a proposed change of a questionnaire touches: answers of closed rounds, told as reports tell them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from click.testing import CliRunner, Result

from forms.loading import content_hash, dump, from_document
from forms.questionnaire import Questionnaire
from reports.compute import compute
from survey.campaigns import rounds
from survey.campaigns.versions import standing
from survey.campaigns.waves import load_wave
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices

NAME = "Vår kommune"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(map(str, words)))


def _changed(spoil: Callable[[Any], object]) -> Questionnaire:
    data = dump(offices.short_form())
    spoil(data)
    return from_document(json.loads(json.dumps(data)) | {"version": "1.1"})


def _file(folder: Path, name: str, form: Questionnaire) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(dump(form), allow_unicode=True), encoding="utf-8")
    return path


async def test_answers_are_added_up_over_closed_rounds_as_far_as_reports_tell_them(
    database: Database,
) -> None:
    """Two closed rounds and one that is open: the three of the smallest estate are in no sum."""
    office = await offices.found(database, NAME)
    first = await offices.closed_round(database, office, (3, 24, 90))
    second = await offices.closed_round(
        database, office, (4, 12, 33), offices.new_round(office, "Våren etter")
    )
    await offices.open_round(database, office, offices.new_round(office, "Pågår"))
    form = offices.short_form()
    meanings = ["totalt_fornoyd", "bolig_standard", "apent_bedre"]
    found = await standing(database, office.organisation_id, form, meanings)
    told = [
        compute(await load_wave(database, office.organisation_id, id), None).items for id in (first, second)
    ]
    for meaning in meanings[:2]:
        whole = sum(items[meaning].n for items in told)
        assert found.answers[meaning] == whole // 5 * 5 and whole > 100
    assert found.answers["apent_bedre"] is None, "words are no figures of any report"
    assert len(found.rounds) == 2 and "Våren etter" in found.rounds


async def test_answers_to_another_question_of_the_same_meaning_do_not_count(database: Database) -> None:
    office = await offices.found(database, NAME)
    await offices.closed_round(database, office)

    def recut(data: Any) -> None:
        for scale in data["scales"]:
            if scale["id"] == "f5":
                scale["favourable"] = [5]

    form = _changed(recut)
    found = await standing(database, office.organisation_id, form, ["totalt_fornoyd", "bolig_plass"])
    assert found.answers["totalt_fornoyd"] is None
    other = await offices.found(database, "En annen kommune")
    assert (await standing(database, other.organisation_id, form, ["bolig_plass"])).rounds == ()


async def test_too_few_answers_are_no_figure(database: Database) -> None:
    office = await offices.found(database, NAME)
    await offices.closed_round(database, office, (4, 3, 0))
    found = await standing(database, office.organisation_id, offices.short_form(), ["totalt_fornoyd"])
    assert found.answers == {"totalt_fornoyd": None}


async def test_the_command_says_what_a_change_touches(
    database: Database, run: Callable[..., Result], tmp_path: Path
) -> None:
    office = await offices.found(database, NAME)
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, round_id)).name
    used = _file(tmp_path, "brukt.yaml", offices.short_form())

    def added(data: Any) -> None:
        for scale in data["scales"]:
            if scale["id"] == "f5":
                scale["choices"].append({**scale["choices"][-1], "code": 6, "value": "over_alt"})

    proposed = _file(tmp_path, "ny.yaml", _changed(added))
    compare = ("questionnaire", "compare", used, proposed, "--organisation")
    told = await asyncio.to_thread(run, *compare, NAME)
    lines = told.output.splitlines()
    place = next(i for i, line in enumerate(lines) if "totalt_fornoyd: svar lagt til («over_alt»)" in line)
    assert lines[place].startswith("BRYTES") and "Svar i lukkede runder: 1" in lines[place + 1]
    assert f"Lukkede runder som er regnet med: {name}." in lines
    machine = json.loads((await asyncio.to_thread(run, *compare, NAME, "--format", "json")).output)
    assert machine["rounds"] == [name] and machine["answers"]["totalt_fornoyd"] % 5 == 0
    lost = await asyncio.to_thread(run, *compare, "Ingen kommune")
    assert lost.exit_code == 1 and "Ingen kommune" in lost.output


async def test_a_version_is_frozen_from_the_day_its_round_opens(database: Database) -> None:
    """Not the console, nor the owner of the database by mistake, gives answers other questions."""
    office = await offices.found(database, NAME)
    other = _changed(lambda data: data["scales"][0]["choices"][0].update(value="noe_annet"))
    round_id = await offices.make_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        other_id = await rounds.keep_questionnaire(connection, office.organisation_id, other)
    point = "update registry.campaigns set questionnaire_version_id = $1 where id = $2"
    async with database.owner() as connection:
        drafted = "select questionnaire_version_id from registry.campaigns where id = $1"
        as_drafted = await connection.fetchval(drafted, round_id)
        await connection.execute(point, other_id, round_id)
        await connection.execute(point, as_drafted, round_id)  # a draft may still choose
    async with database.registry(office.organisation_id) as connection:
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    back = "update registry.campaigns set status = 'draft' where id = $1"
    for statement, values in ((point, (other_id, round_id)), (back, (round_id,))):
        with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
            async with database.registry(office.organisation_id) as connection:
                await connection.execute(statement, *values)
        with pytest.raises(asyncpg.RestrictViolationError, match="keeps its questionnaire"):
            async with database.owner() as connection:
                await connection.execute(statement, *values)
    for statement in (
        "update registry.questionnaire_versions set document = '{}'",
        "update registry.questionnaire_versions set version = '2.0'",
        "delete from registry.questionnaire_versions",
        "truncate registry.questionnaire_versions cascade",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.RestrictViolationError)):
            async with database.registry(office.organisation_id) as connection:
                await connection.execute(statement)
        with pytest.raises(asyncpg.RestrictViolationError):
            async with database.owner() as connection:
                await connection.execute(statement)
    async with database.registry(office.organisation_id) as connection:
        kept = await rounds.questionnaire_of(connection, await rounds.find(connection, round_id))
    assert content_hash(kept) == content_hash(offices.short_form())
