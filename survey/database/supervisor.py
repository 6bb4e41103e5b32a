"""The small process that runs PostgreSQL as long as somebody needs it. Started by `embedded.py` alone.

Whoever uses the database keeps a connection to the supervisor's socket open. When the last one is gone -
finished, crashed or killed, the kernel closes its end either way - PostgreSQL is shut down and the sockets
are removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from survey.database.binaries import Programs, find_programs
from survey.database.errors import EmbeddedPostgresFault
from survey.database.places import CONTROL_SOCKET, DATABASE, PORT, USER, Places

START_SECONDS = 60
START_ATTEMPTS = 6
START_PAUSE_SECONDS = 0.5
STOP_SECONDS = 60
AGAIN_SECONDS = 5
IDLE_SECONDS = 10  # for the first user to come, after that PostgreSQL stops at once when the last one leaves


def main(folder: str, durable: str) -> None:
    """Run until nobody needs the database. What goes wrong at start goes to the first user, who words it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the users; we follow them
    places = Places(Path(folder))
    with _only_one(places), _listening(places) as listener:
        try:
            programs = find_programs(_major(places.data), _owner(places.data))
            _stop_leftover(places)
            _prepare(places, programs)
            postgres = _Postgres(places, programs, durable=durable == "durable")
        except EmbeddedPostgresFault as fault:
            _tell_first_user(listener, fault)
            return
        except OSError as error:
            _tell_first_user(listener, EmbeddedPostgresFault("fault.postgres.system", said=error))
            return
        try:
            last_user = _serve_users(listener, postgres)
        finally:
            _stop(postgres.server)
            places.forget_sockets()
    if last_user is not None:
        last_user.close()  # who left last and waits to see everything tidied up, may go now


@contextlib.contextmanager
def _only_one(places: Places) -> Iterator[None]:
    """Wait until the supervisor before us, which may still be shutting down, is gone."""
    with places.running_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _listening(places: Places) -> Iterator[socket.socket]:
    address = places.sockets / CONTROL_SOCKET
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        address.chmod(0o600)
        listener.listen(64)
        yield listener
        address.unlink(missing_ok=True)


def _major(data: Path) -> int | None:
    file = data / "PG_VERSION"
    return int(file.read_text().strip()) if file.exists() else None


def _owner(data: Path) -> int | None:
    return data.stat().st_uid if data.exists() else None


def _prepare(places: Places, programs: Programs) -> None:
    """Make the data folder if there is none. A half-made one, from a start that was killed, is made again."""
    if programs.uid is not None:
        for own in (places.folder, places.sockets):
            os.chown(own, programs.uid, programs.uid)
        if _owner(places.data) not in (None, programs.uid):
            _hand_over(places.data, programs.uid)
    if (places.data / "PG_VERSION").exists():
        return
    half_made = places.data.with_name("data.new")
    shutil.rmtree(half_made, ignore_errors=True)
    provider = (
        ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        if programs.major >= 17
        else ("--locale-provider=libc", "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C")
    )
    options = ("--no-sync", "--encoding=UTF8", "--auth=trust", f"--username={USER}", *provider)
    _run(programs.command("initdb", "-D", str(half_made), *options))
    single = programs.command("postgres", "--single", "-D", str(half_made), "postgres")
    _run(single, f"create database {DATABASE}\n")
    half_made.rename(places.data)


def _hand_over(data: Path, uid: int) -> None:
    """Root wrote the data where it had a user namespace, which is forbidden now: its other id takes over."""
    for folder, _, files in os.walk(data):
        for name in (".", *files):
            os.chown(Path(folder, name), uid, uid, follow_symlinks=False)


def _run(command: list[str], text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, env=_environment())  # noqa: S603
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise EmbeddedPostgresFault("fault.postgres.not_prepared", said=" ".join(lines[-2:]))


def _environment() -> dict[str, str]:
    """Nothing of the operator's PG* variables: they speak of another database."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}


def _start(places: Places, programs: Programs, *, durable: bool) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(places.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "log_timezone": "UTC",
        "timezone": "Europe/Oslo",  # 'today' in a round is the tenants' today
        "log_statement": "none",
        "log_min_error_statement": "panic",  # statements may hold answers
        "log_connections": "off",
        # Files of the write-ahead log that are done with are removed: used anew, they hold for months what
        # they held until others are written over it.
        "wal_recycle": "off",
        # Nor are new ones filled with zeros, 16 MB at a time, while all who have sent wait for it.
        "wal_init_zero": "off",
        # Under load, too, a checkpoint comes by the clock, after five minutes: after each of them every page
        # that is touched is written whole.
        "max_wal_size": "4GB",
    }
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    for _ in range(START_ATTEMPTS):
        server = _launch(places, programs.command("postgres", "-D", str(places.data), *options))
        if _comes_up(places, server):
            return server
        # After a kill -9 the helpers of the former PostgreSQL hold its memory for a moment longer.
        time.sleep(START_PAUSE_SECONDS)
    raise EmbeddedPostgresFault("fault.postgres.stopped", log=places.log)


def _launch(places: Places, command: list[str]) -> subprocess.Popen[bytes]:
    with places.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
        )


def _comes_up(places: Places, server: subprocess.Popen[bytes]) -> bool:
    """Wait until it takes connections; False when it ended instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return False
        if _ready(places, server.pid):
            return True
        time.sleep(0.02)
    _stop(server)
    raise EmbeddedPostgresFault("fault.postgres.not_ready", seconds=START_SECONDS, log=places.log)


def _ready(places: Places, pid: int) -> bool:
    """PostgreSQL writes its process id and, at last, 'ready' into postmaster.pid."""
    try:
        lines = (places.data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) >= 8 and int(lines[0]) == pid and lines[7].strip() == "ready"


def _stop_leftover(places: Places) -> None:
    """A PostgreSQL whose supervisor was killed too still holds the data: make it stop before ours starts."""
    file = places.data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    deadline = time.monotonic() + STOP_SECONDS
    while _serves(pid, places.data):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresFault("fault.postgres.earlier", pid=pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        time.sleep(0.1)


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a PostgreSQL on this very data folder, not a stranger with a reused number."""
    link = Path(f"/proc/{pid}/cwd")
    if link.parent.parent.exists() and Path("/proc/self").exists():
        try:
            return link.resolve(strict=True) == data.resolve() and _state(pid) != "Z"
        except OSError:
            return False
    listing = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return str(data) in listing.stdout


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


class _Postgres:
    """The server, and another in its place when it dies while somebody uses it: killed, or its disk full."""

    def __init__(self, places: Places, programs: Programs, *, durable: bool) -> None:
        self._places, self._programs, self._durable = places, programs, durable
        self._again_at = 0.0
        self.server = self._started()

    def keep_alive(self) -> None:
        if self.server.poll() is None or time.monotonic() < self._again_at:
            return
        try:
            self.server = self._started()
        except (EmbeddedPostgresFault, OSError) as error:  # it may be there again in a while
            print(f"supervisor: {error}", file=sys.stderr, flush=True)
            self._again_at = time.monotonic() + AGAIN_SECONDS

    def _started(self) -> subprocess.Popen[bytes]:
        return _start(self._places, self._programs, durable=self._durable)


def _serve_users(listener: socket.socket, postgres: _Postgres) -> socket.socket | None:
    """Count who is here by their open connections; return when the last one has left."""
    users = 0
    last_user = None
    waited_until = time.monotonic() + IDLE_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while users or time.monotonic() < waited_until:
            postgres.keep_alive()
            for key, _ in selector.select(timeout=0.5):
                if key.fileobj is listener:
                    user, _ = listener.accept()
                    with contextlib.suppress(OSError):
                        user.sendall(b"ready\n")
                    selector.register(user, selectors.EVENT_READ)
                    users += 1
                    waited_until = 0
                    if last_user is not None:
                        last_user.close()
                        last_user = None
                elif isinstance(key.fileobj, socket.socket):
                    selector.unregister(key.fileobj)
                    users -= 1
                    if users == 0:
                        last_user = key.fileobj
                    else:
                        key.fileobj.close()
    return last_user


def _tell_first_user(listener: socket.socket, fault: EmbeddedPostgresFault) -> None:
    values = {name: value if isinstance(value, int) else str(value) for name, value in fault.message.values}
    told = json.dumps({"key": fault.message.key, "values": values})
    listener.settimeout(IDLE_SECONDS)
    with contextlib.suppress(OSError):
        user, _ = listener.accept()
        user.sendall(f"fault {told}\n".encode())
        user.close()


def _stop(server: subprocess.Popen[bytes]) -> None:
    for request in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate: both leave the data whole
        if server.poll() is None:
            server.send_signal(request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(STOP_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
