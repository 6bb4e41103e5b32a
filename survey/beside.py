"""Processes that work beside the web server: the mixer and the sender, kept running for as long as it serves.

One keeper process starts them and starts them again when they die. It is a process and not a thread of the
server, because the server's workers are copies of it: a copy made while a thread holds a lock never gets it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType

from survey.workers import SERVER_PID

AFTER_DEATH = 2.0
"""Seconds before a process that died is started anew; twice as many each time it dies soon again."""
LONGEST_REST = 60.0
LASTED = 30.0
"""Seconds after which a death is a new one: a database that is away for a night must not cost a core."""
PATIENCE = 10.0
"""Seconds a process has to end in when it is told to."""
LOOK = 0.2


def rest_after(lasted: float, before: float) -> float:
    """Seconds to wait after a process died that had run for `lasted` seconds. `before`: the wait before it
    was started; 0 the first time."""
    if lasted >= LASTED or not before:
        return AFTER_DEATH
    return min(2 * before, LONGEST_REST)


@contextlib.contextmanager
def running_beside(commands: Sequence[str]) -> Iterator[None]:
    """The commands (`mix`, `send`) run in processes of their own while the block lasts."""
    if not commands:
        yield
        return
    with subprocess.Popen([sys.executable, "-m", "survey", "beside", *commands]) as keeper:  # noqa: S603, ours
        try:
            yield
        finally:
            keeper.terminate()


def keep(commands: Sequence[str]) -> None:
    """The keeper: until it is told to stop, or the server that started it is gone."""
    over = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        over.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    # Told by the server, which may be gone before its keeper is up.
    server = int(os.environ.get(SERVER_PID, os.getppid()))
    os.environ[SERVER_PID] = str(os.getpid())  # those beside the server end with their keeper
    running: dict[str, subprocess.Popen[bytes]] = {}
    due = dict.fromkeys(commands, 0.0)
    started = dict.fromkeys(commands, 0.0)
    rest = dict.fromkeys(commands, 0.0)
    while not over.wait(LOOK) and os.getppid() == server:
        for command in commands:
            process = running.get(command)
            if process is not None and process.poll() is not None:
                del running[command]
                rest[command] = rest_after(time.monotonic() - started[command], rest[command])
                due[command] = time.monotonic() + rest[command]
            elif process is None and time.monotonic() >= due[command]:
                started[command] = time.monotonic()
                running[command] = subprocess.Popen([sys.executable, "-m", "survey", command])  # noqa: S603, ours
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
