"""The server as the operator starts it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from survey.database.migrate import migrate
from tests.waiting import PATIENCE, ended, first_line

KEY = "a secret of at least 32 characters"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _bostemme(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "survey", *arguments],
        env={**os.environ, "LC_ALL": "C.UTF-8", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hears_a_closed_terminal,
    )


def _hears_a_closed_terminal() -> None:
    """Whoever runs the tests under nohup has it that nothing hears a closed terminal; a user has not."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _answers(port: int, patience: float = PATIENCE) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/helse", timeout=patience, verify=False).text == "ok"
    except httpx.HTTPError:
        return False


def _within(seconds: float, port: int, *, up: bool) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if _answers(port, patience=2) is up:
            return True
        time.sleep(0.1)
    return False


BARE = ("--workers", "1", "--no-mixer", "--no-sender")
"""Where the promise is about the web server alone: half the processor of a start."""


@contextmanager
def _served(url: str, port: int, *more: str) -> Iterator[subprocess.Popen[str]]:
    server = _bostemme("serve", "--port", str(port), *more, DATABASE_URL=url, BOSTEMME_SECRET_KEY=KEY)
    try:
        assert _within(PATIENCE, port, up=True)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
        try:
            server.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            ended(server)
            raise AssertionError("the server did not stop") from None


@pytest.fixture
def port() -> int:
    return _free_port()


def test_one_command_serves_and_ctrl_c_ends_it(database_url: str, port: int) -> None:
    with _served(database_url, port) as server:
        pass
    assert server.returncode == 0
    assert not _answers(port)


UNTRUE = re.compile(r"\[WARNING\] Killing worker-\d after it refused to gracefully stop\n")
"""What Granian 2.8 says of a worker that has ended well, where two of its threads wait for it at once on a
busy machine: only one is told that it ended."""


@pytest.mark.parametrize("only", [(), ("--only", "tenants"), ("--only", "office")])
def test_it_says_that_it_answers_when_it_answers(database_url: str, port: int, only: tuple[str, ...]) -> None:
    asyncio.run(migrate(database_url))
    server = _bostemme(
        "serve", "--port", str(port), *only, DATABASE_URL=database_url, BOSTEMME_SECRET_KEY=KEY
    )
    try:
        assert str(port) in first_line(server)
        assert _answers(port), "asked once, at once"
        front = httpx.get(f"http://127.0.0.1:{port}/").text
        assert ("/kontor/logg-inn" in front) is (only == ()), "a link to where it leads"
        server.send_signal(signal.SIGINT)
        rest, _ = server.communicate(timeout=PATIENCE)
        assert UNTRUE.sub("", rest) == "", "said once"
    finally:
        ended(server)


def test_a_form_that_is_too_large_is_answered_and_the_connection_closed(database_url: str, port: int) -> None:
    """Half of it is still to come: neither is waited for nor taken for another request."""
    with (
        _served(database_url, port, *BARE),
        socket.create_connection(("127.0.0.1", port), timeout=10) as line,
    ):
        start = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        line.sendall(start + b"Content-Length: 9000000\r\n\r\nkode=" + b"x" * 300_000)
        answer = b""
        while part := line.recv(65536):
            answer += part
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 413") and b"connection: close" in head


@pytest.mark.parametrize("child", ["keeper", "worker"])
def test_told_to_end_while_it_is_starting_it_waits_for_nobody_and_leaves_nobody_behind(
    database_url: str, port: int, child: str
) -> None:
    server = _bostemme("serve", "--port", str(port), DATABASE_URL=database_url, BOSTEMME_SECRET_KEY=KEY)
    try:
        _until_born(server, child)
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=PATIENCE)  # until the last of them has let go of its output
    finally:
        ended(server)
    assert "Killing worker" not in said, "it was waited for until there was no patience left"


def _until_born(process: subprocess.Popen[str], wanted: str) -> None:
    """The keeper is a child of the server. Copies of it: one that says that it answers, then the workers."""
    server = process.pid
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        own, commands = Path(f"/proc/{server}/cmdline").read_bytes(), []
        for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
            with suppress(FileNotFoundError):
                commands.append(Path(f"/proc/{child}/cmdline").read_bytes())
        if any(b"beside" in command for command in commands) and (
            wanted == "keeper" or commands.count(own) > 1
        ):
            return
        time.sleep(0.001)
    ended(process)
    raise AssertionError(f"no {wanted} was started")


def test_closing_the_terminal_ends_it(database_url: str, port: int) -> None:
    with _served(database_url, port) as server:
        server.send_signal(signal.SIGHUP)
        server.wait(timeout=PATIENCE)
    assert server.returncode == 0
    assert not _answers(port)


def test_kill_9_of_the_server_frees_the_port(database_url: str, port: int) -> None:
    with _served(database_url, port) as server:
        server.kill()
        server.wait(PATIENCE)
        assert _within(PATIENCE, port, up=False)
    with _served(database_url, port, *BARE):
        assert _answers(port)


def test_a_busy_port_that_was_asked_for_is_named(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = _bostemme("serve", "--port", str(port), DATABASE_URL=database_url, BOSTEMME_SECRET_KEY=KEY)
        _, error = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert error == (
        f"Error: Port {port} is busy. "
        "Stop what uses it, or choose another with --port and BOSTEMME_BASE_URL.\n"
    )


def test_on_a_busy_machine_another_port_is_served_with_one_line_about_it(database_url: str) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass  # somebody else keeps it busy for us
        server = _bostemme("serve", *BARE, DATABASE_URL=database_url, BOSTEMME_SECRET_KEY=KEY)
        said = first_line(server)
        server.send_signal(signal.SIGINT)
        _, error = server.communicate(timeout=PATIENCE)
    chosen = said.split()[4].removeprefix("http://localhost:")
    assert chosen.isdigit() and chosen != "8000"
    assert error.startswith(f"Port 8000 is busy, using {chosen} instead.\n")


CLAIM = """
import sys
from survey import ports
from survey.wording import words
print(ports.choose("127.0.0.1", int(sys.argv[1]), words("en")), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port is only looked at, not claimed")
def test_a_port_that_another_bostemme_is_about_to_use_is_busy_until_that_one_ends(
    database_url: str, port: int
) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert first_line(first).strip() == str(port)
    second = _bostemme("serve", "--port", str(port), DATABASE_URL=database_url, BOSTEMME_SECRET_KEY=KEY)
    _, error = second.communicate(timeout=PATIENCE)
    assert error.startswith(f"Error: Port {port} is busy. ")
    ended(first)
    with _served(database_url, port, *BARE):
        assert _answers(port)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "The database cannot be reached"),
        ("postgresql://nobody@/none?host=/no/such/folder", "The database cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_sentence(url: str, sentence: str, port: int) -> None:
    server = _bostemme("serve", "--port", str(port), DATABASE_URL=url, BOSTEMME_SECRET_KEY=KEY)
    _, error = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert error.startswith(f"Error: {sentence}")
    assert "Traceback" not in error


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    occupied = tmp_path / "home"
    occupied.touch()
    migrating = _bostemme("migrate", BOSTEMME_HOME=str(occupied), DATABASE_URL="", BOSTEMME_SECRET_KEY=KEY)
    _, error = migrating.communicate(timeout=PATIENCE)
    assert migrating.returncode == 1
    assert (
        error == f"Error: {occupied}/postgres cannot be used: a part of its path is a file, not a folder.\n"
    )


def test_a_missing_secret_is_one_sentence(database_url: str, port: int) -> None:
    server = _bostemme("serve", "--port", str(port), DATABASE_URL=database_url, BOSTEMME_SECRET_KEY="")
    _, error = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert error.startswith("Error: BOSTEMME_SECRET_KEY")
    assert error.count("\n") == 1
