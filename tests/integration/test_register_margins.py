"""The register's margins of a round: taken in whole or not at all, replaceable until numbers are told."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from click.testing import CliRunner, Result

from reports.compute import compute
from reports.waves import RegisterMargin
from survey.campaigns import margins, rounds
from survey.campaigns.errors import MarginsStand
from survey.campaigns.waves import load_wave
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.offices import Office

NAME = "Vår kommune"
GOOD = "variabel;kode;antall\nalder;1;60\nalder;2+3;160\nalder;4;60\n"


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


async def _closed(database: Database) -> tuple[Office, UUID, tuple[str, ...]]:
    office = await offices.found(database, NAME)
    round_id = await offices.closed_round(database, office, (7, 36, 120))
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, round_id)).name
    return office, round_id, ("--organisation", NAME, "--round", name)


async def _stored(database: Database, office: Office, round_id: UUID) -> dict[str, int]:
    kept = await margins.kept(database, office.organisation_id, round_id)
    return {f"{m.item} {'+'.join(map(str, codes))}": n for m in kept.margins for codes, n in m.groups}


async def test_margins_given_by_command_weight_the_totals_and_then_stand(
    database: Database, run: Callable[..., Result], tmp_path: Path
) -> None:
    office, round_id, asked = await _closed(database)
    sheet = await asyncio.to_thread(run, "register", "margins", *asked)
    assert sheet.exit_code == 0 and sheet.output.startswith("variabel;kode;svar;antall")
    assert "alder;1;" in sheet.output
    file = tmp_path / "register.csv"
    file.write_text(GOOD, encoding="utf-8")
    done = await asyncio.to_thread(run, "register", "margins", str(file), *asked)
    assert done.exit_code == 0, done.output
    assert await _stored(database, office, round_id) == {"alder 1": 60, "alder 2+3": 160, "alder 4": 60}
    again = await asyncio.to_thread(run, "register", "margins", *asked)
    assert "alder;2+3;" in again.output and ";160" in again.output
    gone = await asyncio.to_thread(run, "register", "margins", "--remove", *asked)
    assert gone.exit_code == 0 and await _stored(database, office, round_id) == {}
    file.write_text(GOOD.replace("60", "70"), encoding="utf-8")
    await asyncio.to_thread(run, "register", "margins", str(file), *asked)

    async with database.registry(office.organisation_id) as connection:
        log = [row[0] for row in await connection.fetch(
            "select action from registry.audit_log where entity_id = $1 and action like 'margins.%'"
            " order by at, action", round_id,
        )]  # fmt: skip
    assert sorted(log) == ["margins.kept", "margins.kept", "margins.removed"]

    by_age = ("numbers", *asked, "--item", "trivsel", "--by", "alder=1+2,3+4", "--yes")
    numbers = await asyncio.to_thread(run, *by_age, "--format", "json")
    if numbers.exit_code == 0:
        assert json.loads(numbers.output)["weighting"]["variables"] == ["alder"]
    in_words = await asyncio.to_thread(run, *by_age)
    assert "ektet" in in_words.output or in_words.exit_code == 1
    wave = await load_wave(database, office.organisation_id, round_id)
    told = compute(wave, None).weighting
    assert told is not None and told.variables == ("alder",)

    late = await asyncio.to_thread(run, "register", "margins", str(file), *asked)
    assert late.exit_code == 1 and "kan ikke endres" in late.output
    assert (await _stored(database, office, round_id))["alder 1"] == 70
    with pytest.raises(MarginsStand):
        await margins.keep(database, office.organisation_id, round_id, ())
    # Not by the database's own doors either.
    for door in (database.answers(office.organisation_id), database.owner()):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with door as connection:
                await connection.execute("delete from answers.margins where campaign_id = $1", round_id)


BAD = {
    "an unknown variable": ("hatt;1;5\n", "Linje 5, kolonne «variabel», verdi «hatt»"),
    "no background": ("trivsel;1;5\n", "Linje 5, kolonne «variabel», verdi «trivsel»"),
    "an unknown code": ("alder;9;5\n", "Linje 5, kolonne «kode», verdi «9»"),
    "a code twice": ("alder;3;5\n", "Svaret med kode 3 er alt med"),
    "no number": ("alder;5;mange\n", "Linje 5, kolonne «antall», verdi «mange»"),
    "nobody": ("alder;5;0\n", "Stryk linjen"),
    "less than nobody": ("alder;5;-3\n", "Linje 5, kolonne «antall», verdi «-3»"),
    "half a person": ("alder;5;2,5\n", "Linje 5, kolonne «antall», verdi «2,5»"),
    "too many columns": ("alder;5;3;4;5\n", "Linje 5"),
}


@pytest.mark.parametrize("what", BAD)
async def test_every_bad_row_is_told_and_nothing_is_stored(
    database: Database, run: Callable[..., Result], tmp_path: Path, what: str
) -> None:
    office, round_id, asked = await _closed(database)
    file = tmp_path / "register.csv"
    row, said = BAD[what]
    file.write_text(GOOD + row, encoding="utf-8")
    refused = await asyncio.to_thread(run, "register", "margins", str(file), *asked)
    assert refused.exit_code == 1 and said in refused.output, refused.output
    assert await _stored(database, office, round_id) == {}


async def test_two_bad_rows_are_told_both_and_a_file_that_is_none_in_one_sentence(
    database: Database, run: Callable[..., Result], tmp_path: Path
) -> None:
    office, round_id, asked = await _closed(database)
    file = tmp_path / "register.csv"
    file.write_text(GOOD + "alder;9;1\nhatt;1;1\n", encoding="utf-8")
    refused = await asyncio.to_thread(run, "register", "margins", str(file), *asked)
    assert "Linje 5" in refused.output and "Linje 6" in refused.output
    assert "2 av 5 rader kan ikke brukes. Ingenting er lagret." in refused.output
    for content in (b"", b"\x89PNG\r\n", b"a;b\n1;2\n", b"variabel;kode\nalder;1\n", b"PK\x03\x04tull"):
        file.write_bytes(content)
        refused = await asyncio.to_thread(run, "register", "margins", str(file), *asked)
        assert refused.exit_code == 1 and refused.output.strip() and "Traceback" not in refused.output
    lost = await asyncio.to_thread(run, "register", "margins", str(tmp_path / "nei.csv"), *asked)
    assert lost.exit_code == 1 and "nei.csv" in lost.output
    assert await _stored(database, office, round_id) == {}


async def test_a_draft_gets_none_and_another_organisation_sees_none(
    database: Database, run: Callable[..., Result], tmp_path: Path
) -> None:
    office = await offices.found(database, NAME)
    draft = await offices.make_round(database, office)
    async with database.registry(office.organisation_id) as connection:
        name = (await rounds.find(connection, draft)).name
    file = tmp_path / "register.csv"
    file.write_text(GOOD, encoding="utf-8")
    refused = await asyncio.to_thread(
        run, "register", "margins", str(file), "--organisation", NAME, "--round", name
    )
    assert refused.exit_code == 1 and "utkast" in refused.output
    other = await offices.found(database, "Naboen")
    round_id = await offices.open_round(database, office)
    form = (await margins.kept(database, office.organisation_id, round_id)).questionnaire
    made = margins.check(GOOD.encode(), form)
    await margins.keep(database, office.organisation_id, round_id, made)
    async with database.answers(other.organisation_id) as connection:
        assert await connection.fetch("select * from answers.margins") == []


# ---------------------------------------------------------------- the console


def _workbook() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for line, row in enumerate(
            [("variabel", "kode", "svar", "antall"), ("alder", 1, "ung", 60), ("alder", "2+3", "", 160),
             ("alder", 4, "", 60)]
        ):  # fmt: skip
            page.write_row(line, 0, row)
    return buffer.getvalue()


async def test_an_officer_fetches_the_sheet_fills_it_in_and_reads_the_weighted_report(
    client: httpx.AsyncClient, database: Database
) -> None:
    office, round_id, _ = await _closed(database)
    await offices.sign_in(client, office)
    address = f"/kontor/runder/{round_id}/register"
    assert address in (await client.get(f"/kontor/runder/{round_id}")).text
    page = await client.get(address)
    assert page.status_code == 200 and "Ingen tall er lagret" in page.text
    sheet = await client.get(f"{address}/ark.csv")
    assert sheet.content.startswith(b"\xef\xbb\xbfvariabel;kode;svar;antall\r\n")
    token = offices.csrf_of(page)

    refused = await client.post(
        address, data={"csrf": token}, files={"fil": ("r.csv", (GOOD + "alder;9;<b>\n").encode())}
    )
    assert refused.status_code == 422
    assert "Linje 5, kolonne «kode», verdi «9»" in refused.text and "&lt;b&gt;" in refused.text
    assert "Ingen tall er lagret" in refused.text
    forged = await client.post(address, data={"csrf": "x"}, files={"fil": ("r.csv", GOOD.encode())})
    assert forged.status_code == 403
    nothing = await client.post(address, data={"csrf": token}, files={"fil": ("r.csv", b"")})
    assert nothing.status_code == 400

    kept = await client.post(address, data={"csrf": token}, files={"fil": ("r.xlsx", _workbook())})
    assert kept.status_code == 303
    page = await client.get(kept.headers["location"])
    assert "Tallene er lagret" in page.text and "160" in page.text
    removed = await client.post(f"{address}/fjern", data={"csrf": token})
    assert removed.status_code == 303
    assert "Ingen tall er lagret" in (await client.get(address)).text
    await client.post(address, data={"csrf": token}, files={"fil": ("r.csv", GOOD.encode())})

    report = await client.get(f"/kontor/runder/{round_id}/rapport")
    assert report.status_code == 200
    assert "Vekter fra registeret" in report.text and "bm-register" in report.text
    page = await client.get(address)
    assert "står fast" in page.text and 'type="file"' not in page.text
    late = await client.post(address, data={"csrf": token}, files={"fil": ("r.csv", GOOD.encode())})
    assert late.status_code == 409


async def test_readers_do_not_put_in_numbers_and_english_columns_are_read(
    client: httpx.AsyncClient, database: Database
) -> None:
    office, round_id, _ = await _closed(database)
    await offices.sign_in(client, office, Role.READER)
    address = f"/kontor/runder/{round_id}/register"
    for asked in (address, f"{address}/ark.csv"):
        assert (await client.get(asked)).status_code == 403
    assert address not in (await client.get(f"/kontor/runder/{round_id}")).text
    form = (await margins.kept(database, office.organisation_id, round_id)).questionnaire
    made = margins.check(b"number,variable,code\n1 060,alder,1\n1055.0,alder,2\n", form)
    assert made[0].groups == (((1,), 1060), ((2,), 1055))


@pytest.mark.parametrize(
    ("language", "said"),
    [("nb", "motsier hverandre"), ("nn", "motseier kvarandre"), ("en", "contradict each other")],
)
async def test_margins_that_no_weights_can_meet_are_refused_in_words_on_the_report_that_the_office_reads(
    database: Database, client: httpx.AsyncClient, language: str, said: str
) -> None:
    """Fewer in the register than have answered: the totals go by dwellings, and the page says why."""
    office = await offices.found(database, NAME)
    round_id = await offices.closed_round(database, office, (7, 36, 120))
    impossible = (RegisterMargin("alder", (((1,), 5), ((2, 3), 5), ((4, 5), 5))),)
    await margins.keep(database, office.organisation_id, round_id, impossible)
    await offices.sign_in(client, office)
    page = await client.get(f"/kontor/runder/{round_id}/rapport", headers={"accept-language": language})
    assert page.status_code == 200
    assert said in page.text
    assert "nan" not in re.sub(r"<[^>]*>", " ", page.text).lower().split()
