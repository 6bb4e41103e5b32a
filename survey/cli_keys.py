"""`bostemme keys`: the private keys of rounds, for the operator who keeps the mixer's folder."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click

from survey.ballots import keyring
from survey.ballots.keyring import Known
from survey.ballots.keys import KeyFault, KeyFolder
from survey.database.opening import opened
from survey.database.pool import Database
from survey.settings import Settings

MIXER_ALONE = ("mixer",)

Done = TypeVar("Done")


@click.group()
def keys() -> None:
    """Keys that open sealed answers until they are mixed. Run it as the mixer's user."""


@keys.command("list")
def list_keys() -> None:
    """Every key: its round, how many ballots wait under it, and whether it is in the folder."""
    folder = KeyFolder(Settings.from_environment().keys)
    known = _run(lambda database: keyring.listed(database, folder))
    for key in known:
        click.echo(f"{key.name}  {_state(key):22}  {key.waiting:6} waiting  {key.campaign or 'in stock'}")
    if any(key.waiting and not key.here for key in known):
        raise click.ClickException(
            "Ballots wait under a key that is not here. Put it back with `bostemme keys restore`."
        )


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write all keys to FILE, sealed with a passphrase. Keep it apart from the database."""
    folder = KeyFolder(Settings.from_environment().keys)
    click.echo(f"{_told(lambda: keyring.backup(folder, file, _passphrase(twice=True)))} keys are in {file}.")


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Put the keys of FILE that are missing back into the folder."""
    folder = KeyFolder(Settings.from_environment().keys)
    click.echo(f"{_told(lambda: keyring.restore(folder, file, _passphrase()))} keys were put back.")


@keys.command()
@click.argument("round_id", type=click.UUID)
def rotate(round_id: UUID) -> None:
    """Let an open round go on with a new key. What waits under the old one is still opened with it."""
    key = _run(lambda database: keyring.rotate(database, round_id))
    click.echo(f"The round now seals with {key.hex()[:12]}. Make a new backup.")


@keys.command("give-up")
@click.argument("key")
@click.confirmation_option(prompt="These answers can then never be counted. Is the key lost for good?")
def give_up(key: str) -> None:
    """Take the ballots under a lost KEY out of the box. Their receipts will say that they were lost."""
    folder = KeyFolder(Settings.from_environment().keys)
    click.echo(f"{_run(lambda database: keyring.give_up(database, folder, key))} ballots were given up.")


def _state(key: Known) -> str:
    if key.destroyed_on is not None:
        return f"destroyed {key.destroyed_on}"
    if not key.here:
        return "NOT IN THE FOLDER"
    return "in use" if key.current else "old" if key.campaign else "ready"


def _passphrase(*, twice: bool = False) -> str:
    """From the terminal, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass("Passphrase: ")
    if twice and getpass.getpass("Once more: ") != given:
        raise click.ClickException("The two are not the same.")
    return given


def _run(work: Callable[[Database], Coroutine[Any, Any, Done]]) -> Done:
    async def whole() -> Done:
        async with opened(Settings.from_environment(), MIXER_ALONE) as database:
            return await work(database)

    return _told(lambda: asyncio.run(whole()))


def _told(work: Callable[[], Done]) -> Done:
    """A fault becomes one sentence and exit code 1."""
    try:
        return work()
    except KeyFault as fault:
        raise click.ClickException(str(fault)) from fault
