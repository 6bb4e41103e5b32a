"""The web server: Granian with a few worker processes, no access log, on a port that is free."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from importlib import import_module
from threading import Thread
from urllib.parse import urlsplit

import click
from granian import Granian
from granian.constants import Interfaces

from survey.database.migrate import migrate
from survey.database.opening import provided
from survey.settings import Settings, SettingsFault
from survey.workers import SERVER_PID

USUAL_PORT = 8000
LOCAL = ("localhost", "127.0.0.1")


def serve(host: str, port: int | None, workers: int) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM). SettingsFault when a port that was asked for is busy."""
    port = _port(host, port)
    settings = Settings.from_environment()
    # Workers are copies of this process and load nothing again that it has loaded; it does so while it would
    # only wait for the database to start.
    loading = Thread(target=import_module, args=("survey.app",), daemon=True)
    loading.start()
    with provided(settings) as url:
        asyncio.run(migrate(url))
        loading.join()
        gc.freeze()  # what is loaded stays: no worker need ever look through it for rubbish
        os.environ[SERVER_PID] = str(os.getpid())
        click.echo(f"Bostemme is served at {settings.base_url} (stop with Ctrl-C).")
        Granian(
            "survey.app:from_environment",
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=workers,
            factory=True,
            log_access=False,  # an address of a tenant's page holds the token
            log_enabled=True,
            log_level="warning",  # type: ignore[arg-type]
            respawn_failed_workers=True,
            workers_kill_timeout=10,
            websockets=False,
        ).serve()


def _port(host: str, asked: int | None) -> int:
    """The port to listen on; without a wish and with 8000 busy another one, and links then name it."""
    chosen = os.environ.get("BOSTEMME_BASE_URL")
    port = asked or _local_port(chosen)
    if is_free(host, port):
        if chosen is None:
            os.environ["BOSTEMME_BASE_URL"] = f"http://localhost:{port}"
        return port
    if asked or chosen:
        raise SettingsFault(
            f"Port {port} is busy. Stop what uses it, or choose another with --port and BOSTEMME_BASE_URL."
        )
    os.environ["BOSTEMME_BASE_URL"] = free_address()
    return _local_port(os.environ["BOSTEMME_BASE_URL"])


def free_address() -> str:
    """http://localhost:8000, or with another port and one line about it when that one is busy."""
    port = USUAL_PORT
    if not is_free("127.0.0.1", port):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        click.echo(f"Port {USUAL_PORT} is busy, using {port} instead.", err=True)
    return f"http://localhost:{port}"


def _local_port(url: str | None) -> int:
    parts = urlsplit(url or "")
    return parts.port or USUAL_PORT if parts.hostname in LOCAL else USUAL_PORT


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        # As the server will do it: a port that is only cooling off after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
