"""Importing answers, from the command line to the report's numbers, on a real database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from forms import lint
from forms.loading import shipped
from reports.waves import seal
from survey import cli_responses
from survey.campaigns import rounds
from survey.campaigns.waves import load_wave
from survey.database.opening import opened
from survey.database.pool import Database
from survey.register import estates, organisations
from survey.responses import storing
from survey.responses.errors import RoundConflict
from survey.responses.rows import GoodRow
from survey.responses.storing import ClosedRound, store
from survey.settings import Settings
from tests.samples import tiny

COPENHAGEN = Path(storing.__file__).parents[1] / "demo" / "data" / "copenhagen-1976.csv"
DAY = date(1976, 12, 31)


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path / "home"))

    def command(file: Path, *more: str) -> Result:
        return CliRunner().invoke(
            cli_responses.responses,
            ["import", str(file), "--questionnaire", "copenhagen", "--organisation", "København",
             "--round", "1976", "--create-organisation", "research", *more],
        )  # fmt: skip

    return command


def _round(name: str = "1976") -> ClosedRound:
    return ClosedRound(name, "København", shipped("copenhagen"), DAY, DAY, DAY, "copenhagen")


def _rows(estate: str = "Blokk", area: str = "", n: int = 6) -> list[GoodRow]:
    return [GoodRow(line, estate, area, "nb", "import", {"tilfredshet": 3}) for line in range(n)]


async def _rounds(database: Database, organisation_id: object) -> int:
    async with database.registry(organisation_id) as connection:  # type: ignore[arg-type]
        return len(await rounds.rounds(connection))


def test_the_copenhagen_survey_becomes_a_closed_sealed_round_of_1681_answers(
    run: Callable[..., Result],
) -> None:
    done = run(COPENHAGEN)
    assert done.exit_code == 0, done.output
    assert "1681 besvarelser fra 4 leiegårder" in done.output
    again = run(COPENHAGEN)
    assert again.exit_code == 1
    assert "finnes fra før" in again.output


def test_one_bad_row_stops_everything_and_nothing_is_stored(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\n" + "A;low\n" * 9 + "A;supert\n", encoding="utf-8")
    refused = run(file)
    assert refused.exit_code == 1
    assert "Linje 11, kolonne «tilfredshet», verdi «supert»" in refused.output
    assert "1 av 10 rader kan ikke importeres. Ingenting er lagret." in refused.output
    partial = run(file, "--accept-partial")
    assert partial.exit_code == 0, partial.output
    assert "9 besvarelser" in partial.output
    assert "Rader som ikke ble importert: 1." in partial.output


def test_one_answer_from_one_estate_is_told_in_the_singular(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\nA;low\n", encoding="utf-8")
    for language, told in {
        "nb": "Importert: 1 besvarelse fra 1 leiegård i runden",
        "nn": "Importert: 1 svar frå 1 leigegard i runden",
        "en": "Imported: 1 response from 1 estate in the round",
    }.items():
        done = run(file, "--round", language, "--language", language)
        assert done.exit_code == 0 and told in done.output, done.output


async def _asked() -> list[tuple[str, int | None, int | None]]:
    async with opened(Settings.from_environment()) as database:
        organisation_id = await organisations.named(database, "København")
        async with database.registry(organisation_id) as connection:
            (round,) = await rounds.rounds(connection)
    return [(estate.name, estate.invited, estate.dwellings) for estate in round.estates]


def test_an_import_takes_how_many_homes_were_asked_and_of_how_many(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\n" + "A;low\nB;low\nC;low\n" * 6, encoding="utf-8")
    for wrong, told in {
        "A=40/40": "færre spurte enn boliger",
        "A=0": "Skriv «A=0»",
        "A": "Skriv «A»",
        "D=20": "ingen svar fra D",
    }.items():
        refused = run(file, "--asked", wrong)
        assert refused.exit_code == 1 and told in refused.output, refused.output
    done = run(file, "--asked", "A=40", "--asked", "B=20/60")
    assert done.exit_code == 0, done.output
    assert asyncio.run(_asked()) == [("A", 40, None), ("B", 20, 60), ("C", None, None)]
    assert "ikke stemme" not in done.output


def test_an_import_warns_where_more_answered_than_were_asked(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\n" + "A;low\nB;low\n" * 12, encoding="utf-8")
    done = run(file, "--asked", "A=10", "--asked", "B=12")
    assert done.exit_code == 0, done.output
    assert "«A» har 12 svar, men bare 10 husstander er oppgitt som spurt" in done.output
    assert "«B» har" not in done.output


def test_an_unknown_organisation_is_told_before_any_row_has_to_be_mended(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\n" + "A;supert\n" * 9, encoding="utf-8")
    assert run(COPENHAGEN).exit_code == 0  # the database is there
    words = ["import", str(file), "--questionnaire", "copenhagen", "--round", "ny", "--organisation"]
    refused = CliRunner().invoke(cli_responses.responses, [*words, "Kobenhavn"])
    assert refused.exit_code == 1
    assert "Organisasjonen «Kobenhavn» finnes ikke" in refused.output
    assert "Linje" not in refused.output and "rader" not in refused.output
    known = CliRunner().invoke(cli_responses.responses, [*words, "København"])
    assert known.exit_code == 1 and "Linje 2" in known.output


def test_a_dry_run_stores_nothing(run: Callable[..., Result]) -> None:
    for _ in range(2):
        tried = run(COPENHAGEN, "--dry-run")
        assert tried.exit_code == 0
        assert "Rader som kan importeres: 1681." in tried.output


def test_an_unknown_organisation_or_questionnaire_is_told_and_not_made_up(
    run: Callable[..., Result], database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    arguments = ["import", str(COPENHAGEN), "--organisation", "Ingen", "--round", "1976"]
    unknown = CliRunner().invoke(cli_responses.responses, [*arguments, "--questionnaire", "copenhagen"])
    assert unknown.exit_code == 1
    assert "Organisasjonen «Ingen» finnes ikke" in unknown.output
    for name in ("bodex", str(tmp_path / "mangler.yaml")):
        refused = CliRunner().invoke(cli_responses.responses, [*arguments, "--questionnaire", name])
        assert refused.exit_code == 1
        assert name in refused.output


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_questionnaire_with_errors_takes_no_answers_and_all_its_errors_are_told(
    run: Callable[..., Result], tmp_path: Path, language: str
) -> None:
    """A theme that nothing counts towards, and two questions of one meaning: no round opens with it."""
    form = tiny.questionnaire(tiny.scored("hjem", meaning="ro"), tiny.scored("hus", meaning="ro"))
    wrong = [fault.sentence(language) for fault in lint.check(form) if fault.severity == "error"]
    assert len(wrong) > 1
    file, rows = tmp_path / "feil.json", tmp_path / "svar.csv"
    file.write_text(json.dumps(form.model_dump(mode="json")), encoding="utf-8")
    rows.write_text("leiegard;hjem\nLia;4\n", encoding="utf-8")
    arguments = ["import", str(rows), "--questionnaire", str(file), "--organisation", "x", "--round", "y"]
    refused = CliRunner().invoke(cli_responses.responses, [*arguments, "--dry-run", "--language", language])
    assert refused.exit_code == 1
    assert str(file) in refused.output
    for sentence in wrong:
        assert sentence in refused.output


async def test_imported_answers_can_be_read_as_a_sealed_wave_and_known_estates_are_matched(
    database: Database,
) -> None:
    organisation_id = await organisations.add(database, "København", "research")
    async with database.registry(organisation_id) as connection:
        known = await estates.add(connection, organisation_id, area="Byen", name="Blokk", dwellings=40)
    stored = await store(database, organisation_id, _round(), [*_rows(), *_rows("Tårn", "Havna", 7)])
    assert (stored.responses, stored.estates) == (13, 2)
    wave = await load_wave(database, organisation_id, stored.campaign_id)
    assert wave.content_hash == stored.content_hash
    assert stored.content_hash != sha256(seal(wave)).hexdigest(), "or whoever guesses the answers knows it"
    assert {(e.name, e.area) for e in wave.estates} == {("Blokk", "Byen"), ("Tårn", "Havna")}
    assert wave.frame.filter(estate=str(known)).height == 6
    assert wave.frame["tilfredshet"].unique().to_list() == [3]


async def test_a_round_that_fails_half_way_leaves_no_trace(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation_id = await organisations.add(database, "København", "research")

    async def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(storing, "_add_responses", broken)
    with pytest.raises(RuntimeError):
        await store(database, organisation_id, _round(), _rows())
    assert await _rounds(database, organisation_id) == 0
    async with database.registry(organisation_id) as connection:
        assert await estates.all_of(connection) == ()


async def test_a_name_that_two_estates_share_is_refused_until_the_area_is_given(database: Database) -> None:
    organisation_id = await organisations.add(database, "København", "research")
    async with database.registry(organisation_id) as connection:
        for area in ("Nord", "Sør"):
            await estates.add(connection, organisation_id, area=area, name="Blokk", dwellings=9)
    with pytest.raises(RoundConflict) as refusal:
        await store(database, organisation_id, _round(), _rows())
    assert "kolonnen area" in refusal.value.sentences("nb")[0]
    stored = await store(database, organisation_id, _round(), _rows(area="Sør"))
    assert stored.estates == 1


async def test_a_name_another_round_has_is_refused_in_words_also_when_two_import_at_once(
    database: Database,
) -> None:
    organisation_id = await organisations.add(database, "København", "research")
    both = await asyncio.gather(
        *(store(database, organisation_id, _round(), _rows()) for _ in range(2)), return_exceptions=True
    )
    refused = [result for result in both if isinstance(result, RoundConflict)]
    assert len(refused) == 1 and "finnes fra før hos København" in refused[0].sentences("nb")[0]
    assert await _rounds(database, organisation_id) == 1


async def test_the_order_of_the_file_is_not_kept(database: Database) -> None:
    organisation_id = await organisations.add(database, "København", "research")
    rows = [GoodRow(line, "A", "", "nb", "import", {"tilfredshet": 1 + (line >= 100)}) for line in range(200)]
    await store(database, organisation_id, _round(), rows)
    async with database.answers(organisation_id) as connection:
        codes = [row["codes"][0] for row in await connection.fetch("select codes from answers.responses")]
    assert codes != sorted(codes)


def test_a_round_whose_name_is_longer_than_the_console_takes_is_refused(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "svar.csv"
    file.write_text("leiegard;tilfredshet\n" + "A;low\n" * 6, encoding="utf-8")
    for name in ("x" * 5000, "x" * 101, "  "):
        refused = run(file, "--round", name)
        assert refused.exit_code == 1 and "1 til 100 tegn" in refused.output, refused.output
    assert run(file, "--round", "x" * 100).exit_code == 0
