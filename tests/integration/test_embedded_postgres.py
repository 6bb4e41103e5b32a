"""The database that is simply there: whatever happens to its users, it starts again, leaving nothing."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from survey.database.binaries import NOBODY, find_programs
from survey.database.embedded import embedded_postgres
from survey.database.errors import EmbeddedPostgresFault
from survey.database.places import Places
from tests.waiting import PATIENCE, first_line

HOLD = """
import sys, time
from pathlib import Path
from survey.database.embedded import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), durable=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def _holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the database of `folder` until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first_line(process).startswith("postgresql://")
    return process


def _end(process: subprocess.Popen[str], how: signal.Signals | None = None) -> None:
    if how is not None:
        process.send_signal(how)
    process.communicate(timeout=PATIENCE)


def _value(url: str, query: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(ask())


def _pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def _supervisor_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait_until(what: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.05)
    return False


def _nothing_left(folder: Path) -> bool:
    sockets = Places(folder).sockets
    left = [*sockets.glob(".s.PGSQL*"), *sockets.glob("*.sock"), *folder.glob("data/postmaster.pid")]
    return not left


def test_it_starts_without_set_up_and_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path, durable=False) as url:
        pid = _pid(tmp_path)
        assert _value(url, "select 1") == 1
    assert not _alive(pid)
    assert _nothing_left(tmp_path)


def test_what_was_stored_is_there_the_next_time(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as url:
        _value(url, "create table kept as select 42 as value")
    with embedded_postgres(tmp_path) as url:
        assert _value(url, "select value from kept") == 42


def test_nothing_listens_on_the_network(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path, durable=False) as url:
        assert _value(url, "show listen_addresses") == ""


def test_kill_9_of_the_only_user_stops_it_cleanly(tmp_path: Path) -> None:
    user = _holder(tmp_path)
    pid = _pid(tmp_path)
    _end(user, signal.SIGKILL)
    assert _wait_until(lambda: not _alive(pid) and _nothing_left(tmp_path))
    assert "database system is shut down" in (tmp_path / "postgres.log").read_text()


def test_two_users_share_it_and_the_last_one_out_stops_it(tmp_path: Path) -> None:
    first = _holder(tmp_path)
    with embedded_postgres(tmp_path, durable=False) as url:
        pid = _pid(tmp_path)
        _end(first, signal.SIGKILL)
        time.sleep(0.5)
        assert _value(url, "select 1") == 1
    assert not _alive(pid)


def test_a_start_while_it_is_stopping_waits_and_succeeds(tmp_path: Path) -> None:
    for _ in range(3):
        _end(_holder(tmp_path), signal.SIGKILL)
        with embedded_postgres(tmp_path, durable=False) as url:
            assert _value(url, "select 1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc")
def test_kill_9_of_user_and_supervisor_is_mended_at_the_next_start(tmp_path: Path) -> None:
    user = _holder(tmp_path)
    orphan = _pid(tmp_path)
    os.kill(_supervisor_of(orphan), signal.SIGKILL)
    _end(user, signal.SIGKILL)
    assert _alive(orphan)
    with embedded_postgres(tmp_path, durable=False) as url:
        assert _value(url, "select 1") == 1
        assert not _alive(orphan)


def test_kill_9_of_everything_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    with embedded_postgres(tmp_path) as url:
        assert all(_value(url, f"show {how}") == "on" for how in ("fsync", "full_page_writes"))
        _value(url, "create table kept as select 42 as value")
        pid = _pid(tmp_path)
        supervisor = _supervisor_of(pid)
        os.kill(supervisor, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
        _wait_until(lambda: not _alive(pid))
    with embedded_postgres(tmp_path) as url:
        assert _value(url, "select value from kept") == 42


def test_a_first_start_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new" / "half").write_text("made")
    with embedded_postgres(tmp_path, durable=False) as url:
        assert _value(url, "select 1") == 1


def test_two_folders_side_by_side_do_not_meet(tmp_path: Path) -> None:
    with (
        embedded_postgres(tmp_path / "one", durable=False) as one,
        embedded_postgres(tmp_path / "two", durable=False) as two,
    ):
        _value(one, "create table mine ()")
        assert _value(two, "select to_regclass('mine') is null")


def test_a_folder_with_a_very_long_name_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 20) / ("name" * 20)
    sockets = Places(folder).sockets
    with embedded_postgres(folder, durable=False) as url:
        assert _value(url, "select 1") == 1
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.is_relative_to(folder)
    assert not sockets.exists()


def test_permissions_outside_its_folder_stay_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "closed" / "database"
    folder.parent.mkdir(mode=0o700)
    before = [(parent.stat().st_mode, parent.stat().st_uid) for parent in folder.parents]
    with embedded_postgres(folder, durable=False) as url:
        assert _value(url, "select 1") == 1
    assert [(parent.stat().st_mode, parent.stat().st_uid) for parent in folder.parents] == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.fixture
def no_namespaces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in most containers: the program is there, the kernel says no."""
    unshare = tmp_path / "bin" / "unshare"
    unshare.parent.mkdir()
    unshare.write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2; exit 1\n")
    unshare.chmod(0o755)
    monkeypatch.setenv("PATH", f"{unshare.parent}:{os.environ['PATH']}")


only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root must step down")


@only_as_root
@pytest.mark.usefixtures("no_namespaces")
def test_root_without_namespaces_steps_down_to_nobody_in_a_closed_folder(tmp_path: Path) -> None:
    folder = tmp_path / "closed" / "database"
    folder.parent.mkdir(mode=0o700)
    for _ in range(2):
        with embedded_postgres(folder, durable=False) as url:
            assert _value(url, "select 1") == 1
            assert Path(f"/proc/{_pid(folder)}").stat().st_uid == NOBODY
    assert (folder.parent.stat().st_uid, folder.stat().st_uid) == (0, NOBODY)


@only_as_root
def test_data_stays_usable_when_namespaces_are_forbidden_later(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "database"
    with embedded_postgres(folder, durable=False) as url:
        _value(url, "create table kept as select 42 as value")
    request.getfixturevalue("no_namespaces")
    with embedded_postgres(folder, durable=False) as url:
        assert _value(url, "select value from kept") == 42


@only_as_root
def test_root_works_on_the_data_of_an_ordinary_user_as_that_user(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    with embedded_postgres(folder, durable=False) as url:
        _value(url, "create table kept as select 42 as value")
    owner = pwd.getpwnam("daemon").pw_uid
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, owner)
    with embedded_postgres(folder, durable=False) as url:
        assert _value(url, "select value from kept") == 42
    assert {path.stat().st_uid for path in folder.rglob("*")} == {owner}


def test_data_of_another_postgres_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    with (
        pytest.raises(EmbeddedPostgresFault, match=r"written by PostgreSQL 9, which is not on this machine"),
        embedded_postgres(tmp_path),
    ):
        raise AssertionError("must not start")
    assert (tmp_path / "data" / "PG_VERSION").read_text() == "9\n"


def test_the_packaged_postgres_does_where_none_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    programs = find_programs()
    assert "pginstall" in str(programs.folder)
    with embedded_postgres(tmp_path, durable=False) as url:
        assert str(_value(url, "show server_version")).startswith(str(programs.major))
        assert _value(url, "select datlocale from pg_database where datname = 'bostemme'") == "C.UTF-8"
