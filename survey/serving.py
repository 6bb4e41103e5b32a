"""The web server: Granian with a few worker processes, no access log, on a port that is free."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
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
    # Workers are copies of this process and load nothing again that it has loaded; it does so while it would
    # only wait for the database to start.
    loading = Thread(target=import_module, args=("survey.app",), daemon=True)
    loading.start()
    with provided(settings) as url:
        asyncio.run(migrate(url) if settings.only is None else require_current(url))
        loading.join()
        gc.freeze()  # what is loaded stays: no worker need ever look through it for rubbish
        os.environ[SERVER_PID] = str(os.getpid())
        click.echo(t("cli.served", url=settings.base_url))
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


def _nothing(*_: object) -> None: ...


def _end_when_told() -> None:
    """A worker that is still starting has the server's own handlers, which in a copy of it end nothing."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
