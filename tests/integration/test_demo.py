"""What someone who types `make demo` can count on."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from survey import cli_demo, cli_language, ports
from survey.campaigns.waves import load_waves
from survey.database.pool import Database
from survey.delivery import contacts
from survey.demo import loading, papers
from survey.demo.errors import NotADemo
from survey.demo.foundation import BUILDINGS, FOUNDATION
from survey.demo.truth import ORGANISATION, WAVES
from survey.office.errors import PrintingFailed
from survey.people import accounts
from survey.register import organisations
from survey.retention import published


@pytest.fixture
def port_let_go(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The port that a demonstration claims is free afterwards, and nothing of it stays in the environment."""
    claims: dict[int, socket.socket] = {}
    monkeypatch.setattr(ports, "_claims", claims)
    monkeypatch.setenv("BOSTEMME_BASE_URL", "")  # so that what the demonstration sets is taken back
    monkeypatch.delenv("BOSTEMME_BASE_URL")
    yield
    for claim in claims.values():
        claim.close()


@pytest.fixture
def load(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port_let_go: None
) -> Callable[..., str]:
    """Runs `bostemme demo load` without printing, which takes a minute and is tested with the report."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")

    async def not_printed(folder: Path, document: papers.Document) -> Path:
        path = folder / f"{document.name}.pdf"
        path.write_text(document.title)
        return path

    monkeypatch.setattr(papers, "print_one", not_printed)
    # A few buildings of the landlord that has many: what is drawn of all is tested with the generator.
    monkeypatch.setattr("survey.commands.demo.BUILDINGS", BUILDINGS[:3])

    def run(code: int = 0) -> str:
        done = CliRunner().invoke(cli_demo.demo, ["load", "--output", str(tmp_path / "demo")])
        assert done.exit_code == code, done.output
        return done.output

    return run


async def test_everything_is_there_a_second_run_serves_it_as_it_is_and_a_third_makes_whole_what_is_missing(
    load: Callable[..., str], database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def poster_fails(folder: Path, document: papers.Document) -> Path:
        if document.name == "plakat":
            raise PrintingFailed(reason="SIGSEGV")
        return folder / f"{document.name}.pdf"

    def nothing_to_do(*_given: object) -> None:
        raise AssertionError("all is there")

    folder = tmp_path / "demo"
    first = await asyncio.to_thread(load)
    await _has_one_round_to_try(database)
    links = (folder / "lenker.xlsx").read_bytes()
    with monkeypatch.context() as patched:
        for work in ("print_one", "report_documents", "write_release", "write_links"):
            patched.setattr(papers, work, nothing_to_do)
        again = await asyncio.to_thread(load)
    assert "er hele og lages ikke på nytt" in again and "er hele" not in first
    assert "Alt er klart" in again and (folder / "lenker.xlsx").read_bytes() == links
    to_try = [re.findall(r"/s/[0-9a-z]{20}\n", output) for output in (first, again)]
    assert to_try[0] == to_try[1] and len(to_try[0]) == 3
    (folder / "plakat.pdf").unlink()
    monkeypatch.setattr(papers, "print_one", poster_fails)
    second = await asyncio.to_thread(load, 1)
    assert not (folder / ".made.json").exists(), "what is half made is not taken for whole"
    await _has_one_round_to_try(database)
    assert "1681 virkelige svar er importert" in first
    assert "København 1976 ligger der fra før" in second
    assert "Eksempelvik (oppdiktet) ligger der fra før" in second
    assert "Fjellheim (oppdiktet): 3 leiegårder" in first and "Fjellheim (oppdiktet) ligger der" in second
    for output in (first, second):
        assert len(re.findall(r"/s/[0-9a-z]{20}\n", output)) == 3
        assert "/kontor" in output
        for name in ("alle-leiegarder", "fjordglott", "solbakken", "nordlia", "omrade-sentrum"):
            assert f"rapport-eksempelvik-{name}.pdf" in output
        assert "rapport-fjellheim-alle-leiegarder.pdf" in output
        for name in ("solbakken-nb", "solbakken-en", "solbakken-ar", "bilder-solbakken-nb"):
            assert f"beboerrapport-{name}.pdf" in output
        assert "oppslag-solbakken.pdf" in output
    assert "plakat.pdf" in first and "plakat.pdf" not in second
    assert "Alt er klart" in first and "Alt er klart" not in second
    assert "SIGSEGV" in second and "1 PDF ble ikke laget" in second
    assert [path.name for path in (tmp_path / "demo").glob("*.xlsx")] == ["lenker.xlsx"]
    assert len(list((tmp_path / "demo").glob("*.zip"))) == 1
    passwords = {
        found[1] for output in (first, again, second) if (found := re.search(r"alle: (\S+)", output))
    }
    assert len(passwords) == 3, "a new one with every run"


async def _has_one_round_to_try(database: Database) -> None:
    """With made-up contacts and homes that need letters, so that the pages of sending have something to
    show; a second run adds none."""
    async with database.owner() as connection:
        rows = await connection.fetch(
            "select c.id, c.organisation_id, c.status from registry.campaigns c where c.name = $1",
            loading.OPEN_ROUND,
        )
    (round,) = rows
    async with database.registry(round["organisation_id"]) as connection:
        reached = await contacts.reached(connection, round["id"])
    assert round["status"] == "open" and reached.sms == 0
    assert reached.email > 2 * reached.without > 0


def test_what_is_told_follows_the_terminal_and_is_english_abroad() -> None:
    said = [
        cli_language.terminal_language(environ)
        for environ in ({"LANG": "nb_NO.UTF-8"}, {"LANG": "nn_NO"}, {"LC_ALL": "C", "LANG": "nb_NO"}, {})
    ]
    assert said == ["nb", "nn", "en", "en"]


async def test_the_made_up_municipality_says_that_it_is_and_its_waves_are_a_year_apart(
    database: Database,
) -> None:
    organisation_id = await loading.organisation(database, ORGANISATION, "municipality", fictitious=True)
    await loading.made_up_estates(database, organisation_id)
    assert await loading.made_up_waves(database, organisation_id) == 2
    assert await loading.made_up_waves(database, organisation_id) == 0
    latest = await loading.find_round(database, organisation_id, WAVES[1].name)
    assert latest is not None
    both = await load_waves(database, organisation_id, latest.id)
    assert both.now.fictitious
    assert both.before is not None
    assert (both.now.frame.height, both.before.frame.height) == (131, 119)
    assert 300 < (both.now.closes_on - both.before.closes_on).days < 400
    assert sorted((e.name, e.area, e.invited) for e in both.now.estates) == [
        ("Fjordgløtt", "Sentrum", 7), ("Nordlia", "Øståsen", 180), ("Solbakken", "Sentrum", 40),
    ]  # fmt: skip
    assert set(both.now.texts["language"]) == {"nb", "nn", "en"}


async def test_the_reports_that_are_written_are_kept_as_published(database: Database) -> None:
    organisation_id = await loading.organisation(database, ORGANISATION, "municipality", fictitious=True)
    await loading.made_up_estates(database, organisation_id)
    await loading.made_up_waves(database, organisation_id)
    latest = await loading.find_round(database, organisation_id, WAVES[1].name)
    assert latest is not None
    written = await papers.report_documents(database, organisation_id, latest, "rapport", "nb", estates=True)
    checked = await published.check(database, organisation_id, latest.id)
    # That on an area is worked out from those on its estates, and is not kept besides.
    kept = [one for one in written if "-omrade-" not in one.name]
    assert [one.outcome for one in checked] == ["unchanged"] * len(kept)
    assert (len(kept), len(written)) == (4, 5)


async def test_a_real_organisation_of_that_name_is_left_alone(database: Database) -> None:
    await organisations.add(database, ORGANISATION, "municipality", fictitious=False)
    with pytest.raises(NotADemo):
        await loading.organisation(database, ORGANISATION, "municipality", fictitious=True)


async def test_each_role_has_an_account_in_its_own_organisation(database: Database) -> None:
    ids = {
        name: await loading.organisation(database, name, kind, fictitious=name != loading.COPENHAGEN)
        for name, kind in (
            (ORGANISATION, "municipality"),
            (FOUNDATION, "housing_company"),
            (loading.COPENHAGEN, "research"),
        )
    }
    _, officer = await loading.staff(database, ids)
    assert officer.organisation_id == ids[ORGANISATION]
    roles = {account.role.value for account in await accounts.listed(database, ids[ORGANISATION])}
    assert roles == {"officer", "researcher", "analyst"}
    foundation = await accounts.listed(database, ids[FOUNDATION])
    assert [account.role.value for account in foundation] == ["officer"]
    assert len(await accounts.listed(database, ids[loading.COPENHAGEN])) == 1
