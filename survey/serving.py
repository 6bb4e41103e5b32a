"""The web server: Granian with a few worker processes, no access log, on a port that is free."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from threading import Thread

import click
from granian import Granian
from granian.constants import Interfaces

from forms.catalogue import Translate
from survey import ports
from survey.beside import running_beside
from survey.database.migrate import migrate, require_current
from survey.database.opening import provided
from survey.settings import Settings
from survey.workers import SERVER_PID

ANSWERS_EVERY = 0.1
"""Seconds between two looks at whether the server answers."""


def serve(
    host: str,
    port: int | None,
    workers: int,
    t: Translate,
    *,
    mixer: bool | None = None,
    sender: bool | None = None,
) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM, SIGHUP). SettingsFault when a port asked for is busy.

    One side alone has a login that can neither migrate, mix nor send.
    `mixer`, `sender`: None decides by that.
    """
    port = ports.choose(host, port, t)
    settings = Settings.from_environment()
    _ = settings.secret_key  # said now when it is missing, not at the first link
    # Workers are copies of this process and load nothing again that it has loaded; it does so while it would
    # only wait for the database to start.
    loading = Thread(target=import_module, args=("survey.app",), daemon=True)
    loading.start()
    with provided(settings) as url:
        asyncio.run(migrate(url) if settings.only is None else require_current(url))
        loading.join()
        gc.freeze()  # what is loaded stays: no worker need ever look through it for rubbish
        os.environ[SERVER_PID] = str(os.getpid())
        if settings.only != "office" and ports.elsewhere(settings.base_url, port):
            click.echo(t("cli.served.links", url=settings.base_url), err=True)
        _say_when_it_answers(host, port, t("cli.served", url=address(settings, host, port)))
        whole = settings.only is None
        wanted = {"mix": whole if mixer is None else mixer, "send": whole if sender is None else sender}
        with running_beside([command for command, runs in wanted.items() if runs]):
            server = Granian(
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
            )
            # A closed terminal ends it, unless nohup says no. Granian would load anew and stay, unseen.
            stays = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            on_hangup = _nothing if stays else server.signal_handler_interrupt
            server.signal_handler_reload = on_hangup  # type: ignore[method-assign]
            os.register_at_fork(after_in_child=_end_when_told)
            server.serve()


def address(settings: Settings, host: str, port: int) -> str:
    """Where this server is reached: BOSTEMME_BASE_URL, the tenants', does not lead to the office, nor here
    when it is of this machine and has another port."""
    if settings.only == "office":
        return f"http://{host}:{port}/kontor"
    return (
        f"http://{ports.LOCAL[0]}:{port}" if ports.elsewhere(settings.base_url, port) else settings.base_url
    )


def _say_when_it_answers(host: str, port: int, sentence: str) -> None:
    """Say so when the first worker answers, some seconds from now, and not before.

    Said by a copy of this process, made before there is anything to copy that must not be: a thread of the
    server would be in the way of its workers (survey/beside.py).
    """
    server = os.getpid()
    if os.fork():
        return
    _end_when_told()
    try:
        while os.getppid() == server and not _answers(ports.reached_at(host), port):
            time.sleep(ANSWERS_EVERY)
        if os.getppid() == server:
            click.echo(sentence)
    finally:
        os._exit(0)


def _answers(host: str, port: int) -> bool:
    """Whether there is any answer at all; a database that is away has one of its own."""
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("HEAD", "/helse")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _nothing(*_: object) -> None: ...


def _end_when_told() -> None:
    """A copy of the server has the server's own handlers while it starts, and in it they end nothing."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
