"""`bostemme findings` and `bostemme benchmarks` on a closed round in a real database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from reports.documents.findings_page import within
from reports.findings.model import FindingsList
from survey.campaigns import rounds
from survey.campaigns.findings import found
from survey.cli import main
from survey.database.pool import Database
from tests import offices

NAME = "Vår kommune"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


async def test_the_findings_of_a_round_are_told_in_words_and_for_machines(
    database: Database, run: Callable[..., Result]
) -> None:
    office = await offices.found(database, NAME)
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, round_id)).name
    asked = ("--organisation", NAME, "--round", name)

    told = await asyncio.to_thread(run, "findings", *asked)
    assert told.exit_code == 0, told.output
    assert told.output.startswith(NAME) and "Bakkegata 2" in told.output

    machine = await asyncio.to_thread(run, "findings", *asked, "--format", "json")
    made = FindingsList.model_validate_json(machine.output)
    again = await asyncio.to_thread(run, "findings", *asked, "--format", "json", "--profile", "offentlig")
    public = FindingsList.model_validate_json(again.output)
    assert [f.id for f in made.findings] == [f.id for f in public.findings]
    assert all(within(f, "nb") in told.output for f in made.findings)

    lost = await asyncio.to_thread(run, "findings", *asked, "--place", "Ingensteds")
    assert lost.exit_code == 1 and "Ingensteds" in lost.output and "Bakkegata 2" in lost.output

    others = await asyncio.to_thread(run, "benchmarks", *asked, "--format", "json")
    rows = json.loads(others.output)["benchmarks"]
    assert {row["source"] for row in rows} == {"SSB", "HUNT", "Ungdata"}
    assert all((row["ours"] is None) == bool(row["refused"]) for row in rows)
    in_words = await asyncio.to_thread(run, "benchmarks", *asked)
    assert "Kan ikke sammenlignes" in in_words.output

    await _numbers_are_those_of_the_reports(database, run, office.organisation_id, round_id, asked)

    async with database.answers(office.organisation_id) as connection:
        kept = await connection.fetchval(
            "select count(*) from answers.published where campaign_id = $1", round_id
        )
    assert kept == 1 + len([p for p in made.places if p.place.level == "estate"])


async def _numbers_are_those_of_the_reports(
    database: Database,
    run: Callable[..., Result],
    organisation_id: UUID,
    round_id: UUID,
    asked: tuple[str, ...],
) -> None:
    """`numbers` without groups: the protected tables of each question, of everybody and of each estate."""
    report = await found(database, organisation_id, round_id)
    for level, shown in (("all", [report.whole]), ("estate", list(report.estates.values()))):
        told = await asyncio.to_thread(run, "numbers", *asked, "--level", level, "--format", "json")
        assert told.exit_code == 0, told.output
        places = json.loads(told.output)["places"]
        assert [place["place"] for place in places] == [one.scope for one in shown]
        for place, one in zip(places, shown, strict=True):
            parts = [row for row in place["rows"] if row["part"] == "answer" and row["share"] is not None]
            hidden = {row["item"] for row in place["rows"] if row["part"] == "base" and row["hidden"]}
            for item_id, result in one.items.items():
                here = [row for row in parts if row["item"] == item_id]
                assert bool(result.segments or result.chosen) == bool(here) or result.hidden
                assert not (here and item_id in hidden)
                if here and result.segments:
                    cut = {"+".join(map(str, part.codes)) for part in result.segments if part.n}
                    assert {row["codes"] for row in here} == cut
            assert all(0 <= row["share"] <= 1 for row in parts)
    in_words = await asyncio.to_thread(
        run, "numbers", *asked, "--item", "totalt_fornoyd", "--level", "estate"
    )
    assert "Bakkegata 2" in in_words.output and "Gode svar" in in_words.output
    for more in (("--item", "ingenting"), ("--level", "area"), ("--profile", "offentlig"), ("--by", "alder")):
        refused = await asyncio.to_thread(run, "numbers", *asked, *more)
        assert refused.exit_code == 1 and refused.output.startswith("Feil: ")


async def test_an_open_round_has_no_findings_yet(database: Database, run: Callable[..., Result]) -> None:
    office = await offices.found(database, NAME)
    round_id = await offices.open_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, round_id)).name
    refused = await asyncio.to_thread(run, "findings", "--organisation", NAME, "--round", name)
    assert refused.exit_code == 1 and name in refused.output


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("findings", ()),
        ("benchmarks", ()),
        ("numbers", ("--item", "totalt_fornoyd", "--by", "alder", "--yes")),
    ],
)
async def test_of_altered_answers_no_command_makes_a_figure_and_it_says_why(
    database: Database, run: Callable[..., Result], command: str, more: tuple[str, ...]
) -> None:
    office = await offices.found(database, NAME)
    round_id = await offices.closed_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, round_id)).name
    asked = ("--organisation", NAME, "--round", name, *more)
    assert (await asyncio.to_thread(run, command, *asked)).exit_code == 0
    async with database.owner() as connection:
        await connection.execute("alter table answers.waves disable trigger sealed_for_good")
        await connection.execute("update answers.waves set parquet = parquet || '\\x00'::bytea")
    refused = await asyncio.to_thread(run, command, *asked)
    assert refused.exit_code == 1
    assert refused.output.startswith("Feil: De forseglede svarene er endret")
