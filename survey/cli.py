"""`bostemme`: the one command. Each room brings its own group; the rest concerns the whole house."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any

import click

from survey.database.errors import DatabaseFault
from survey.database.migrate import migrate
from survey.database.opening import provided
from survey.settings import Settings, SettingsFault

ROOMS = {
    "demo": "survey.cli_demo",
    "organisation": "survey.cli_organisation",
    "questionnaire": "survey.cli_questionnaire",
    "release": "survey.cli_release",
    "responses": "survey.cli_responses",
    "staff": "survey.cli_staff",
}


class House(click.Group):
    """Opens a room when it is asked for: `bostemme serve` need not wait for what draws reports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ROOMS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ROOMS:
            command: click.Command = getattr(importlib.import_module(ROOMS[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Says in one sentence what stopped a command, instead of a traceback."""
        try:
            return super().invoke(ctx)
        except (SettingsFault, DatabaseFault) as fault:
            raise click.ClickException(str(fault)) from fault
        except OSError as fault:
            if fault.filename is None:
                raise
            raise click.ClickException(_about_a_file(fault)) from fault


def _about_a_file(fault: OSError) -> str:
    if isinstance(fault, PermissionError):  # as after `sudo make demo`
        return (
            f"{fault.filename} may not be read or written by this user. Make it yours (sudo chown -R), or "
            "choose another folder (BOSTEMME_HOME, --output)."
        )
    return f"{fault.filename} cannot be used: {fault.strerror}."


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Bostemme: tenants answer unseen, landlord and tenants act on it."""


@main.command(name="migrate")
def migrate_command() -> None:
    """Bring the database to the schema of this version."""
    with provided(Settings.from_environment()) as url:
        done = asyncio.run(migrate(url))
    click.echo(f"The database is up to date; migrations run: {done}.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 to listen on every network.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: that of BOSTEMME_BASE_URL, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
def serve(host: str, port: int | None, workers: int) -> None:
    """Serve the tenants' pages and the office."""
    from survey.serving import serve as run

    run(host, port, workers)
