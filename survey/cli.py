"""`bostemme`: the one command. Each room brings its own group; the rest concerns the whole house."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from typing import Any

import click

from survey.database.errors import DatabaseFault
from survey.database.migrate import migrate
from survey.database.opening import provided
from survey.settings import Settings, SettingsFault

ROOMS = {
    "survey.cli_questionnaire": "questionnaire",
    "survey.cli_responses": "responses",
    "survey.cli_release": "release",
    "survey.cli_demo": "demo",
    "survey.cli_organisation": "organisation",
    "survey.cli_staff": "staff",
}


class House(click.Group):
    """Says in one sentence what stopped a command, instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except (SettingsFault, DatabaseFault) as fault:
            raise click.ClickException(str(fault)) from fault


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Bostemme: tenants answer unseen, landlord and tenants act on it."""


@main.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the schema of this version."""
    with provided(Settings.from_environment()) as url:
        done = asyncio.run(migrate(url))
    click.echo(f"The database is up to date ({done} migrations run).")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 to listen on every network.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: that of BOSTEMME_BASE_URL, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve the tenants' pages and the office."""
    from survey.serving import serve as run

    run(host, port, workers)


@main.command()
def address() -> None:
    """Print an address of this machine to serve on; another port when the usual one is busy."""
    from survey.serving import free_address

    click.echo(free_address())


def add_rooms() -> None:
    for module, name in ROOMS.items():
        with contextlib.suppress(ModuleNotFoundError):
            main.add_command(getattr(importlib.import_module(module), name))


add_rooms()
