"""`bostemme`: the one command. Each room brings its own group; the rest concerns the whole house."""

from __future__ import annotations

import ast
import asyncio
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from reports.errors import BrokenSeal
from survey.cli_help import Spoken, SpokenGroup
from survey.cli_language import LANGUAGE, language_of, sentence
from survey.output import ours_alone
from survey.patience import told_to_wait
from survey.settings import SIDES, Settings
from survey.wording import MachineFault, words

ROOMS = {
    "benchmarks": "survey.cli_findings",
    "demo": "survey.cli_demo",
    "findings": "survey.cli_findings",
    "keys": "survey.cli_keys",
    "numbers": "survey.cli_numbers",
    "organisation": "survey.cli_organisation",
    "questionnaire": "survey.cli_questionnaire",
    "register": "survey.cli_register",
    "release": "survey.cli_release",
    "responses": "survey.cli_responses",
    "retention": "survey.cli_retention",
    "staff": "survey.cli_staff",
}


RECKONING = frozenset({"benchmarks", "findings", "numbers", "release", "responses"})
"""Those that load what draws reports, and reckon: whoever waits is told so."""


class House(SpokenGroup):
    """Opens a room when it is asked for: `bostemme serve` need not wait for what draws reports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ROOMS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ROOMS:
            command: click.Command = getattr(importlib.import_module(ROOMS[cmd_name]), cmd_name)
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without opening a room: who asks which there are need not wait for all of them to load."""
        signs = {name: Spoken(name, help=_sign(room, name)) for name, room in ROOMS.items()}
        SpokenGroup(commands={**self.commands, **signs}).format_commands(ctx, formatter)

    def main(self, args: Sequence[str] | None = None, *more: Any, **other: Any) -> Any:
        """Runs a command; whatever stops it is said in one sentence in the reader's language."""
        arguments = list(sys.argv[1:] if args is None else args)
        try:
            language = language_of(arguments)
            ours = {"standalone_mode": False, "obj": language}
            reckons = bool(RECKONING.intersection(arguments[:1]))
            if reckons:
                ours_alone()
            waiting = told_to_wait(language) if reckons else nullcontext()
            with waiting:
                code = super().main(arguments, *more, **(other | ours))
        except NoArgsIsHelpError as unsaid:
            unsaid.show()
            sys.exit(unsaid.exit_code)
        except (click.ClickException, click.Abort, MachineFault, BrokenSeal, OSError) as fault:
            t = words(language_of(arguments))
            said = sentence(fault, t)
            if said is None:
                raise
            click.echo(t("cli.error", text=said), err=True)
            sys.exit(fault.exit_code if isinstance(fault, click.ClickException) else 1)
        sys.exit(code if isinstance(code, int) else 0)


def _sign(room: str, name: str) -> str:
    """What a command says of itself, read from its source."""
    source = (Path(__file__).parents[1] / f"{room.replace('.', '/')}.py").read_text(encoding="utf-8")
    found = (
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == name
    )
    return ast.get_docstring(next(found)) or ""


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Bostemme: tenants answer unseen, landlord and tenants act on it."""


@main.command(name="migrate")
@LANGUAGE
def migrate_command(language: str) -> None:
    """Bring the database to the schema of this version."""
    from survey.database.migrate import migrate
    from survey.database.opening import provided

    with provided(Settings.from_environment()) as url:
        done = asyncio.run(migrate(url))
    click.echo(words(language)("cli.migrated", done=done))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 to listen on every network.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: that of BOSTEMME_BASE_URL, else 8000.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--only", type=click.Choice(SIDES), help="One side alone, with a login that can do no more.")
@click.option("--mixer/--no-mixer", default=None,
              help="Run the mixer beside it; default: unless --only. Else `bostemme mix`.")  # fmt: skip
@click.option("--sender/--no-sender", default=None,
              help="Run the sender beside it; default: unless --only. Else `bostemme send`.")  # fmt: skip
@LANGUAGE
def serve(
    host: str,
    port: int | None,
    workers: int,
    only: str | None,
    mixer: bool | None,
    sender: bool | None,
    language: str,
) -> None:
    """Serve the tenants' pages and the office."""
    from survey.serving import serve as run

    if only is not None:
        os.environ["BOSTEMME_ONLY"] = only  # for the workers as well
    run(host, port, workers, words(language), mixer=mixer, sender=sender)


@main.command(hidden=True)
@click.argument("commands", nargs=-1, type=click.Choice(["mix", "send"]))
def beside(commands: tuple[str, ...]) -> None:
    """Keep the mixer and the sender running beside the server that calls this."""
    from survey.beside import keep

    keep(commands)


@main.command()
@click.option("--once", is_flag=True, help="Look at the box once, say what was done, and end.")
@LANGUAGE
def mix(once: bool, language: str) -> None:
    """Run the mixer, which needs the folder of keys; the web must not have it."""
    from survey import mixer

    settings = Settings.from_environment()
    if not once:
        asyncio.run(mixer.run(settings))
        return
    done = asyncio.run(mixer.once(settings))
    click.echo(words(language)("cli.mixed", moved=done.moved, stuck=done.stuck))
    raise SystemExit(1 if done.stuck else 0)


@main.command()
@click.option("--once", is_flag=True, help="Send what is due now, say how many, and end.")
@LANGUAGE
def send(once: bool, language: str) -> None:
    """Run the sender of e-mail and SMS, which needs the folder of contact keys; the web must not have it."""
    from survey import sender

    settings = Settings.from_environment()
    if not once:
        asyncio.run(sender.run(settings))
        return
    t = words(language)
    done = asyncio.run(sender.once(settings, lambda: click.echo(t("cli.sent.waits"), err=True)))
    click.echo(t("cli.sent", sent=done.sent, failed=done.failed, waiting=done.waiting))
    if done.locked:
        raise click.ClickException(t("cli.sent.locked", count=done.locked))


@main.command()
@click.argument("address")
@LANGUAGE
def bounced(address: str, language: str) -> None:
    """Count an e-mail that came back to ADDRESS (retur+...@...): for the mail server to call."""
    from survey import sender

    if not asyncio.run(sender.bounced(Settings.from_environment(), address)):
        raise click.ClickException(words(language)("cli.bounced.unknown"))
