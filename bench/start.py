"""From the command to the first page, with an embedded Postgres that has been used before."""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.client import PATIENCE
from bench.measure import REPEATS, Line
from bench.serving import free_port, running
from survey.database.embedded import embedded_postgres


def cold_start(_small: bool) -> Iterator[Line]:
    with tempfile.TemporaryDirectory(prefix="bostemme-bench-") as folder:
        home = Path(folder)
        ours, floor = [], []
        for _ in range(REPEATS + 1):  # the first one makes the database and warms the caches
            ours.append(_start(["survey", "serve", "--port"], home, "/"))
            with embedded_postgres(home / "postgres") as url:
                bare_handlers = ["bench.floor", "--url", url, "--port"]
                floor.append(_start(bare_handlers, home, "/page", signal.SIGKILL))
    taken, bare = statistics.median(ours[1:]), statistics.median(floor[1:])
    yield Line(
        "cold start to first page, embedded Postgres",
        f"{taken:.2f} s",
        f"{bare:.2f} s (bare handlers, Postgres up)",
        f"{taken / bare:.2f}",
        "< 4 s",
    )


def _start(command: list[str], home: Path, path: str, stop: int = signal.SIGTERM) -> float:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environ |= {"BOSTEMME_HOME": str(home), "BOSTEMME_BASE_URL": f"http://127.0.0.1:{port}"}
    start = time.perf_counter()
    with running([*command, str(port)], environ, stop) as server:
        while server.poll() is None and time.perf_counter() - start < PATIENCE:
            asked = f"http://127.0.0.1:{port}{path}"
            with suppress(OSError), urllib.request.urlopen(asked, timeout=PATIENCE) as page:
                page.read()
                return time.perf_counter() - start
            time.sleep(0.005)
    raise SystemExit(f"{command[0]} did not start.")
