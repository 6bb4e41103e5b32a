"""Commands speak the reader's language, from the first slip of the hand to the file that is ready."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from forms.catalogue import read_catalogue
from survey import cli_help
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from survey.settings import PROJECT
from survey.wording import MESSAGES
from tests import offices

Run = Callable[..., Result]
ENGLISH = re.compile(r"\b(the|is not|does not|no such|missing|invalid|error|try|usage|file or)\b", re.I)
"""Words that no Norwegian sentence holds."""


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))

    def command(*words: str, lang: str = "nb_NO.UTF-8") -> Result:
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", lang)
        return CliRunner().invoke(main, list(words))

    return command


SLIPS = {
    "no such command": (("finnes-ikke",), "Kommandoen finnes ikke"),
    "no such option": (("migrate", "--raskt"), "Valget --raskt finnes ikke"),
    "something missing": (("release", "--round", "x"), "--organisation mangler"),
    "nothing after an option": (("numbers", "--by"), "Det mangler noe etter --by"),
    "one word too many": (("migrate", "nå"), "kan ikke forstås"),
    "not one of the choices": (("staff", "add", "--role", "sjef"), "Mulige verdier: officer, reader"),
    "not a number": (("serve", "--port", "mange"), "et helt tall fra 1 til 65535"),
    "not a date": (
        ("responses", "import", "x.csv", "--closes-on", "31.12.2023"),
        "«31.12.2023» er ikke en dato. Skriv den som 2023-09-30",
    ),
    "no such day": (("responses", "import", "x.csv", "--opens-on", "2023-02-30"), "er ikke en dato"),
    "no such file": (
        (
            "responses",
            "import",
            "nei.csv",
            "--questionnaire",
            "boindeks",
            "--organisation",
            "a",
            "--round",
            "b",
        ),
        "Vi kan ikke lese filen nei.csv",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_of_the_hand_is_told_in_one_norwegian_sentence(run: Run, slip: str) -> None:
    words, said = SLIPS[slip]
    answer = run(*words)
    assert answer.exit_code in (1, 2) and said in answer.output
    told = answer.output.replace("--help", "")
    for word in words:
        told = told.replace(word, "")
    assert not ENGLISH.search(told) and "Traceback" not in told and len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("lang", "option", "said"),
    [
        ("nb_NO.UTF-8", (), "Databasen er oppdatert"),
        ("no_NO", (), "Databasen er oppdatert"),
        ("nn_NO.UTF-8", (), "Migreringar som vart køyrde"),
        ("en_GB.UTF-8", (), "The database is up to date"),
        ("C", (), "The database is up to date"),
        ("de_DE", ("--language", "nn"), "Migreringar som vart køyrde"),
        ("nb_NO", ("--language=en",), "The database is up to date"),
    ],
)
def test_the_option_decides_else_the_terminal_else_english(
    run: Run, lang: str, option: tuple[str, ...], said: str
) -> None:
    assert said in run("migrate", *option, lang=lang).output
    complaint = run("migrate", *option, "--raskt", lang=lang).output
    assert complaint.startswith("Error: " if "The" in said else "Feil: ")


MACHINE: dict[str, tuple[dict[str, str], tuple[str, ...], str, str]] = {
    "no secret": (
        {"BOSTEMME_SECRET_KEY": ""},
        ("migrate",),
        "BOSTEMME_SECRET_KEY har 0 tegn, men må ha minst 32",
        "BOSTEMME_SECRET_KEY har 0 teikn, men må ha minst 32",
    ),
    "no such side": (
        {"BOSTEMME_ONLY": "begge"},
        ("migrate",),
        "BOSTEMME_ONLY er «begge», men må være en av disse",
        "BOSTEMME_ONLY er «begge», men må vere ein av desse",
    ),
    "no database": (
        {"DATABASE_URL": "postgresql://me:hemmelig@127.0.0.1:1/hus"},
        ("migrate",),
        "Databasen kan ikke nås på 127.0.0.1: ingen svarer der. Sjekk DATABASE_URL",
        "Databasen kan ikkje nåast på 127.0.0.1: ingen svarer der. Sjekk DATABASE_URL",
    ),
    "no such machine": (
        {"DATABASE_URL": "postgresql://me:hemmelig@no-such-host.invalid/hus"},
        ("staff", "list", "--organisation", "a"),
        "Databasen kan ikke nås på no-such-host.invalid: ",
        "Databasen kan ikkje nåast på no-such-host.invalid: ",
    ),
    "another kind of address": (
        {"DATABASE_URL": "mysql://me:hemmelig@127.0.0.1/hus"},
        ("migrate",),
        "DATABASE_URL kan ikke leses. Den må se ut som postgresql://bruker:passord@maskin/navn",
        "DATABASE_URL kan ikkje lesast. Han må sjå ut som postgresql://brukar:passord@maskin/namn",
    ),
    "no keys": (
        {},
        ("keys", "backup", "kopi"),
        "Det er ingen nøkler i ",
        "Det er ingen nøklar i ",
    ),
    "a channel that cannot be": (
        {"BOSTEMME_SMTP": "gopher://x", "BOSTEMME_MAIL_FROM": "a@example.org"},
        ("send", "--once"),
        "BOSTEMME_SMTP må være smtp://, smtps:// eller smtp+plain:// og et maskinnavn.",
        "BOSTEMME_SMTP må vere smtp://, smtps:// eller smtp+plain:// og eit maskinnamn.",
    ),
}


@pytest.mark.parametrize("fault", MACHINE)
def test_what_the_machine_lacks_is_told_in_one_norwegian_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    environment, command, bokmaal, nynorsk = MACHINE[fault]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for said, lang in ((bokmaal, "nb_NO.UTF-8"), (nynorsk, "nn_NO.UTF-8")):
        answer = run(*command, lang=lang)
        assert answer.exit_code == 1 and answer.output.startswith(f"Feil: {said}"), answer.output
        told = answer.output.replace("no-such-host.invalid", "")
        assert not ENGLISH.search(told) and len(told.splitlines()) == 1
        assert "hemmelig" not in answer.output


def test_who_serves_nobody_needs_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOSTEMME_SECRET_KEY")
    for command in (
        ("migrate",),
        ("keys", "list"),
        ("mix", "--once"),
        ("send", "--once"),
        ("retention", "run"),
    ):
        answer = run(*command)
        assert answer.exit_code == 0, answer.output
    refused = run("serve")
    # Another test may keep the usual port busy, and then a line about that stands before it.
    assert refused.exit_code == 1 and "Feil: BOSTEMME_SECRET_KEY er ikke satt." in refused.output


def test_a_busy_port_is_told_in_bokmaal(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("serve", "--port", str(port))
    assert answer.output == (
        f"Feil: Port {port} er opptatt. "
        "Stopp det som bruker den, eller velg en annen med --port og BOSTEMME_BASE_URL.\n"
    )


async def test_a_database_of_another_version_is_told_in_bokmaal(run: Run, database: Database) -> None:
    async with database.owner() as connection:
        await connection.execute("insert into schema_migrations values ('9999')")
    answer = await asyncio.to_thread(run, "migrate")
    assert answer.output.startswith("Feil: Databasen er gjort klar av et nyere Bostemme (migrering 9999;")


def test_data_of_another_postgres_is_told_in_nynorsk_by_who_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    answer = run("migrate", lang="nn_NO.UTF-8")
    assert answer.output.startswith("Feil: Dataa er skrivne av PostgreSQL 9, som ikkje finst på denne")


def test_keys_are_listed_kept_and_put_back_in_norwegian(run: Run, tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    KeyFolder(tmp_path / "keys").make()
    made = CliRunner().invoke
    kept = made(main, ["keys", "backup", str(tmp_path / "kopi")], input="en ganske lang frase\n")
    assert kept.output == f"1 nøkkel ligger i {tmp_path / 'kopi'}.\n"
    again = made(main, ["keys", "backup", str(tmp_path / "kopi")], input="en ganske lang frase\n")
    assert "kopi finnes fra før. Velg et annet navn" in again.output and again.exit_code == 1
    wrong = made(main, ["keys", "restore", str(tmp_path / "kopi")], input="en annen lang frase\n")
    assert "lar seg ikke åpne med denne passfrasen" in wrong.output
    back = made(main, ["keys", "restore", str(tmp_path / "kopi")], input="en ganske lang frase\n")
    assert back.output == "0 nøkler ble lagt tilbake.\n"
    gone = made(main, ["keys", "restore", str(tmp_path / "nei")])
    assert gone.output == f"Feil: {tmp_path / 'nei'} finnes ikke.\n"
    nobody = made(main, ["keys", "give-up", "abc"])
    assert nobody.output.startswith("Feil: Ingen runde som heter «abc», har en nøkkel.")


def test_every_fault_of_the_machine_has_words_in_every_language_and_none_is_left_over() -> None:
    code = "".join(file.read_text() for file in (PROJECT / "survey").rglob("*.py"))
    told = {language: read_catalogue(MESSAGES, language) for language in ("nb", "nn", "en")}
    kinds = {key for key in told["nb"] if key.startswith("fault.")}
    assert set(re.findall(r'"(fault\.[a-z_.]+)"', code)) - {"fault.css", "fault.html"} == kinds
    for kind in kinds:
        assert told["en"][kind] not in (told["nb"][kind], told["nn"][kind]), kind
    for language in ("nb", "nn"):
        for kind in kinds:
            own = re.sub(r"create database.*|`[^`]*`|\{\w+\}", "", told[language][kind])
            assert not ENGLISH.search(own), kind


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("nb_NO.UTF-8", "Dette mangler på maskinen. Installer det som i Debian heter: libpango-1.0-0"),
        ("nn_NO.UTF-8", "Dette manglar på maskina. Installer det som i Debian heiter: libpango-1.0-0"),
        ("C", "Missing on this machine; install what Debian calls: libpango-1.0-0"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="what is missing is named as Debian names it")
def test_a_missing_pango_is_told_in_the_language_of_the_terminal(
    tmp_path: Path, lang: str, said: str
) -> None:
    for program in ("sh", "dirname", "uname", "grep", "cat", "ls"):
        found = shutil.which(program)
        assert found is not None
        (tmp_path / program).symlink_to(found)
    (tmp_path / "ldconfig").write_text("#!/bin/sh\n")  # a machine without libraries
    (tmp_path / "ldconfig").chmod(0o755)
    done = subprocess.run(
        [PROJECT / "scripts" / "system-parts", "pango"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "LANG": lang},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and done.stderr.startswith(said), done.stderr


def _help(*command: str, lang: str) -> str:
    environment = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": lang}
    return CliRunner(env=environment).invoke(main, [*command, "--help"]).output


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for name in command.list_commands(ctx):
            found = command.get_command(ctx, name)
            if found is not None and not found.hidden:
                yield from _commands(found, (*path, name))


@pytest.mark.parametrize("command", [*_commands(main)], ids=" ".join)
def test_help_is_in_the_readers_language(command: tuple[str, ...]) -> None:
    told = {lang: _help(*command, lang=lang) for lang in ("nb_NO.UTF-8", "nn_NO.UTF-8", "C")}
    assert "Show this message and exit." in told["C"] and "Usage: " in told["C"]
    foreign = re.compile(ENGLISH.pattern + r"|default: |required|TEXT|INTEGER|OPTIONS|COMMAND", re.IGNORECASE)
    for lang in ("nb_NO.UTF-8", "nn_NO.UTF-8"):
        assert "Bruk: " in told[lang] and "Vis denne teksten og avslutt." in told[lang]
        assert not foreign.search(told[lang].replace("retur+...", "")), told[lang]
    assert len(set(told.values())) == 3


def test_every_text_of_the_help_is_worded_and_no_wording_is_left_over() -> None:
    texts = {cli_help.HELP}
    for path in _commands(main):
        command: click.Command = main
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        texts.add(command.help or "")
        texts |= {
            option.help for option in command.params if isinstance(option, click.Option) and option.help
        }
    wanted = {" ".join(text.split()) for text in texts}
    for language in cli_help.LANGUAGES:
        known = read_catalogue(cli_help.MESSAGES, language).keys()
        assert wanted <= known, wanted - known
        assert {text for text in known if text.endswith(".") and text != "[ARGS]..."} <= wanted


def test_the_option_decides_the_language_of_help_too() -> None:
    assert "Bruk: " in _help("serve", "--language", "nn", lang="C")
    assert "Usage: " in _help("serve", "--language=en", lang="nb_NO")
    assert "Vis sidene til leigetakarane" in _help(lang="nn_NO")


def test_every_command_takes_the_language(run: Run) -> None:
    for words in (
        ("migrate",),
        ("serve",),
        ("release",),
        ("questionnaire", "check"),
        ("questionnaire", "compare"),
        ("responses", "import"),
        ("organisation", "add"),
        ("organisation", "estate"),
        ("mix",),
        ("send",),
        ("bounced",),
        *(("keys", each) for each in ("list", "backup", "restore", "rotate", "give-up")),
        *(("retention", each) for each in ("run", "check")),
        *(("staff", each) for each in ("add", "list", "password", "activate", "deactivate")),
    ):
        assert "--language [nb|nn|en]" in run(*words, "--help").output, words


def test_the_check_of_a_questionnaire_speaks_the_readers_language(run: Run) -> None:
    file = str(PROJECT / "forms" / "instruments" / "boindeks.yaml")
    told = run("questionnaire", "check", file)
    assert told.exit_code == 0
    assert "74 spørsmål på 18 sider: feil: 0, advarsler: 1, opplysninger: 1." in told.output
    assert told.output.startswith(
        "ADVARSEL spørreskjema «boindeks»: Det tar om lag 13 minutter å svare. Etter 10 minutter "
        "gir mange opp. Tilby kortversjonen (om lag 5 minutter), eller ta bort det ingen kommer til å gjøre "
        "noe med.\n"
    )
    assert "items on" in run("questionnaire", "check", file, lang="C").output


def test_two_versions_are_compared_in_the_readers_language_and_for_machines(run: Run, tmp_path: Path) -> None:
    """A new answer under the old meaning is an error; the rest of the questionnaire goes on."""
    used = PROJECT / "forms" / "instruments" / "boindeks.yaml"
    text = used.read_text(encoding="utf-8").replace('version: "1.2"', 'version: "1.3"')
    wider = text.replace("15–17 år, nn: 15–17 år, en: 15–17}", "Under 18 år, nn: Under 18 år, en: Under 18}")
    wider = wider.replace(" value: a67_pluss,", " value: eldre,")
    proposed = tmp_path / "ny.yaml"
    proposed.write_text(wider, encoding="utf-8")
    told = run("questionnaire", "compare", str(used), str(proposed))
    assert told.exit_code == 1
    assert told.output.splitlines()[0] == (
        "BRYTES    alder: koder som betyr noe annet («eldre»); ny ordlyd i svarene («nb», «nn», «en»)"
    )
    assert "Koden 5 betydde «a67_pluss» og betyr nå «eldre»." in told.output
    assert (
        "boindeks 1.2 mot 1.3: spørsmål endret: 1, nye: 0, borte: 0. Tidsserier som brytes: 1." in told.output
    )
    assert "BREAKS    alder:" in run("questionnaire", "compare", str(used), str(proposed), lang="C").output
    assert run("questionnaire", "check", str(proposed), "--before", str(used)).exit_code == 1

    found = json.loads(run("questionnaire", "compare", str(used), str(proposed), "--format", "json").output)
    (change,) = found["changes"]
    assert (change["meaning"], change["comparable"]) == ("alder", False)
    assert "alder" not in found["comparable"] and found["comparable"]["sprak"] == "sprak"
    assert {fault["kind"] for fault in found["faults"]} == {"code_reused"}
    assert set(found["faults"][0]["sentence"]) == {"nb", "nn", "en"}
    assert run("questionnaire", "compare", str(used), str(used)).exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: !python/object:os.system {}",
        "{",
        '{"a": }',
        "a: \x07b",
        "title: {nb: a}\nindex: {k: 999999}",
        "- a",
    ],
)
def test_no_phrase_of_a_library_reaches_the_writer_of_a_questionnaire(
    run: Run, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(text, encoding="utf-8")
    told = run("questionnaire", "check", str(file), lang="C")
    assert told.exit_code == 1
    for phrase in (
        "constructor",
        "while parsing",
        "expected",
        "Input should",
        "Expecting",
        "Errno",
        "ordinal",
    ):
        assert phrase not in told.output


async def test_a_release_tells_what_it_made_and_never_writes_over_a_file_or_makes_a_folder_unasked(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = await offices.found(database, "Vår kommune")
    await offices.closed_round(database, office, new=offices.new_round(office, "Vår runde"))
    file = tmp_path / "data.zip"

    def release(*more: str) -> Result:
        return run("release", "--organisation", "Vår kommune", "--round", "Vår runde", *more)

    async def threaded(*more: str) -> Result:
        return await asyncio.to_thread(release, *more)  # a command has an event loop of its own

    made = await threaded("--output", str(file))
    assert made.exit_code == 0 and str(file) in made.output and "besvarelser" in made.output
    first = file.read_bytes()
    file.write_bytes(b"noe annet")
    again = await threaded("--output", str(file))
    assert again.exit_code == 1 and "finnes fra før" in again.output and "--force" in again.output
    assert file.read_bytes() == b"noe annet"
    forced = await threaded("--output", str(file), "--force")
    assert forced.exit_code == 0 and file.read_bytes()[:2] == first[:2] == b"PK"
    nowhere = await threaded("--output", str(tmp_path / "nei" / "data.zip"))
    assert nowhere.exit_code == 1 and "Lag den først" in nowhere.output
    assert not (tmp_path / "nei").exists()
    folder = await threaded("--output", str(tmp_path))
    assert folder.exit_code == 1 and "er en mappe" in folder.output
    async with database.registry(office.organisation_id) as connection:
        assert (await rounds.rounds(connection))[0].name == "Vår runde"
        count = await connection.fetchval(
            "select count(*) from registry.audit_log where action = 'release.made'"
        )
    assert count == 2, "what was refused did no work and left no entry"
    assert office.staff[Role.OFFICER].name not in made.output
