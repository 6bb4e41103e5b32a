"""A real server in processes of its own, as an operator would start it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from survey.settings import PROJECT, Settings
from tests.ballots import copied_contact_keys, copied_keys

STARTING = 120
"""Seconds a server may take before the test gives up."""


@dataclass
class Server:
    url: str
    settings: Settings
    log: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """kill -9: server and workers at once, with no chance to tidy up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(STARTING)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    database_url: str,
    folder: Path,
    *arguments: str,
    workers: int = 1,
    port: int | None = None,
    base_url: str | None = None,
) -> Iterator[Server]:
    """`arguments`: more of them for `serve`. `port`: where an earlier one was, for tenants who come back.
    `base_url`: where tenants find it when that is elsewhere.
    """
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    chosen = {
        "DATABASE_URL": database_url,
        "BOSTEMME_SECRET_KEY": "for tests only, for tests only, for tests only",
        "BOSTEMME_BASE_URL": base_url or url,
        "BOSTEMME_HOME": str(folder / "home"),
        "BOSTEMME_KEYS": str(copied_keys(folder / "keys").path),
        "BOSTEMME_CONTACT_KEYS": str(copied_contact_keys(folder / "contact-keys").path),
    }
    log = folder / f"server-{port}.log"
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port), "--workers", str(workers)]
    command += arguments
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env={**os.environ, **chosen},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(url, Settings.from_environment(chosen), log, process)
    try:
        _wait(server)
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + STARTING
    with httpx.Client(verify=False) as client:  # to read certificates for each try took as long as the start
        while time.monotonic() < deadline and server.process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"{server.url}/helse").status_code == 200:
                    return
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()}")
