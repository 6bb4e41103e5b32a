"""The operator sets up an organisation and its staff from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))

    def command(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(words), input=typed)

    return command


ADD = ("staff", "add", "--organisation", "Vår kommune", "--name", "Kari", "--role", "officer", "--email")


def test_an_organisation_its_buildings_and_its_staff_are_added_and_listed(run) -> None:  # type: ignore[no-untyped-def]
    assert run("organisation", "add", "Vår kommune", "--kind", "municipality").exit_code == 0
    added = run(
        "organisation", "estate", "Bakkegata 2", "--organisation", "Vår kommune", "--area", "Nord",
        "--dwellings", "7",
    )  # fmt: skip
    assert added.exit_code == 0 and "Bakkegata 2" in added.output
    shown = run(*ADD, "kari@example.org")
    assert shown.exit_code == 0 and "Passordet er: " in shown.output
    quiet = run(*ADD, "ola@example.org", "--password-stdin", typed="et langt nok passord\n")
    assert quiet.exit_code == 0 and "passord" not in quiet.output.lower()
    assert run("staff", "deactivate", "ola@example.org").exit_code == 0
    listed = run("staff", "list", "--organisation", "Vår kommune")
    assert "kari@example.org  officer  Kari" in listed.output and "(slått av)" in listed.output
    assert run("staff", "password", "kari@example.org").exit_code == 0


def test_each_wrong_command_says_what_to_do(run) -> None:  # type: ignore[no-untyped-def]
    unknown = run(*ADD, "kari@example.org")
    assert unknown.exit_code == 1 and "bostemme organisation add" in unknown.output
    run("organisation", "add", "Vår kommune", "--kind", "municipality")
    again = run("organisation", "add", "Vår kommune", "--kind", "municipality")
    assert again.exit_code == 1 and "finnes allerede" in again.output
    short = run(*ADD, "kari@example.org", "--password-stdin", typed="kort\n")
    assert short.exit_code == 1 and "minst 12 tegn" in short.output
    assert "ikke en e-postadresse" in run(*ADD, "kari").output
    nobody = run("staff", "password", "ingen@example.org")
    assert nobody.exit_code == 1 and "staff list" in nobody.output
    huge = run(
        "organisation", "estate", "Slottet", "--organisation", "Vår kommune", "--area", "Nord",
        "--dwellings", "0",
    )  # fmt: skip
    assert huge.exit_code == 1 and "Skriv et tall fra 1 til 10000" in huge.output
