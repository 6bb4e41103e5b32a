"""A PostgreSQL of our own for trying out and for small houses: nothing to install, no network port.

    with embedded_postgres(folder) as url:
        ...

Several processes may hold the same folder at once; the first one in
starts the supervisor (supervisor.py), the last one out, however it ends, stops it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from survey.database.errors import EmbeddedPostgresFault
from survey.database.places import CONTROL_SOCKET, DATABASE, USER, Places
from survey.settings import PROJECT

PATIENCE_SECONDS = 90
GOODBYE_SECONDS = 20

Supervisor: TypeAlias = "subprocess.Popen[bytes]"
_started: list[Supervisor] = []  # a forgotten child would stay a zombie as long as we live


@contextlib.contextmanager
def embedded_postgres(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """The address of the running database. `durable=False`: for tests, a power cut would lose data.

    Raises EmbeddedPostgresFault, one sentence saying what is wrong and what to do.
    """
    places = Places(folder.absolute())
    places.make()
    user, supervisor = _hold(places, durable)
    try:
        yield f"postgresql://{USER}@/{DATABASE}?host={quote(str(places.sockets), safe='')}"
    finally:
        _leave(user, supervisor)


def _leave(user: socket.socket, supervisor: Supervisor | None) -> None:
    """Say goodbye. If we were the last, the other end closes when all is tidied up, else at once."""
    with user, contextlib.suppress(OSError):
        user.settimeout(GOODBYE_SECONDS)
        user.shutdown(socket.SHUT_WR)
        user.recv(1)
    if supervisor is not None and supervisor.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):  # others are using it: it outlives us
            supervisor.wait(timeout=1)


def _hold(places: Places, durable: bool) -> tuple[socket.socket, Supervisor | None]:
    with places.start_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        deadline = time.monotonic() + PATIENCE_SECONDS
        supervisor = None
        while time.monotonic() < deadline:
            held = _join(places)
            if held is not None:
                return held, supervisor
            if supervisor is None:
                supervisor = _start_supervisor(places, durable)
            elif supervisor.poll() is not None:
                raise EmbeddedPostgresFault("fault.postgres.not_started", log=places.log)
            time.sleep(0.02)
    raise EmbeddedPostgresFault("fault.postgres.silent", seconds=PATIENCE_SECONDS, log=places.log)


def _join(places: Places) -> socket.socket | None:
    """A connection to the supervisor once PostgreSQL is ready; None when none is there (any more)."""
    user = socket.socket(socket.AF_UNIX)
    user.settimeout(PATIENCE_SECONDS)
    try:
        user.connect(str(places.sockets / CONTROL_SOCKET))
        answer = user.makefile().readline().strip()
    except OSError:
        answer = ""
    if answer == "ready":
        return user
    user.close()
    if answer.startswith("fault "):
        told = json.loads(answer.removeprefix("fault "))
        raise EmbeddedPostgresFault(told["key"], **told["values"])
    return None


def _start_supervisor(places: Places, durable: bool) -> Supervisor:
    _started[:] = [earlier for earlier in _started if earlier.poll() is None]
    with places.log.open("ab") as log:
        supervisor = subprocess.Popen(  # noqa: S603
            [
                sys.executable,
                "-m",
                "survey.database.supervisor",
                str(places.folder),
                "durable" if durable else "fast",
            ],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C or a closed terminal must not reach it before its users
        )
    _started.append(supervisor)
    return supervisor
