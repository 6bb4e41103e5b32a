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

from forms.catalogue import Translate
from survey.ballots import keyring
from survey.ballots.keyring import Known
from survey.ballots.keys import KeyFolder
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE
from survey.database.opening import opened
from survey.database.pool import Database
from survey.settings import Settings
from survey.wording import words

MIXER_ALONE = ("mixer",)

Done = TypeVar("Done")


@click.group(cls=SpokenGroup)
def keys() -> None:
    """Keys that open sealed answers until they are mixed. Run it as the mixer's user."""


@keys.command("list")
@LANGUAGE
def list_keys(language: str) -> None:
    """Every key: its round, how many ballots wait under it, and whether it is in the folder."""
    t = words(language)
    folder = KeyFolder(Settings.from_environment().keys)
    known = _run(lambda database: keyring.listed(database, folder))
    for key in known:
        waiting = t("cli.keys.waiting", count=f"{key.waiting:6}")
        of = t("cli.keys.panel", round=key.campaign) if key.panel else key.campaign or t("cli.keys.in_stock")
        click.echo(f"{key.name}  {_state(key, t):22}  {waiting}  {of}")
    if any(key.waiting and not key.here for key in known):
        raise click.ClickException(t("cli.keys.lost"))


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@LANGUAGE
def backup(file: Path, language: str) -> None:
    """Write all keys to FILE, sealed with a passphrase. Keep it apart from the database."""
    t = words(language)
    folder = KeyFolder(Settings.from_environment().keys)
    count = keyring.backup(folder, file, _passphrase(t, twice=True))
    click.echo(t("cli.keys.backed_up", count=count, file=file))


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
@LANGUAGE
def restore(file: Path, language: str) -> None:
    """Put the keys of FILE that are missing back into the folder."""
    t = words(language)
    folder = KeyFolder(Settings.from_environment().keys)
    click.echo(t("cli.keys.restored", count=keyring.restore(folder, file, _passphrase(t))))


@keys.command()
@click.argument("round_id", type=click.UUID)
@LANGUAGE
def rotate(round_id: UUID, language: str) -> None:
    """Let an open round go on with a new key. What waits under the old one is still opened with it."""
    key = _run(lambda database: keyring.rotate(database, round_id))
    click.echo(words(language)("cli.keys.rotated", key=key.hex()[:12]))


@keys.command("give-up")
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@LANGUAGE
def give_up(key: str, yes: bool, language: str) -> None:
    """Take the ballots under a lost KEY out of the box. Their receipts will say that they were lost.

    A panel's KEY loses no answers: they are counted, but not linked to those of other waves.
    """
    t = words(language)
    folder = KeyFolder(Settings.from_environment().keys)
    if not yes and click.prompt(t("cli.keys.give_up")).strip().lower() not in t("cli.yes").split():
        raise click.Abort
    count = _run(lambda database: keyring.give_up(database, folder, key))
    click.echo(t("cli.keys.given_up", count=count))


def _state(key: Known, t: Translate) -> str:
    if key.destroyed_on is not None:
        return t("cli.keys.destroyed", day=key.destroyed_on)
    if not key.here:
        return t("cli.keys.not_here")
    return t("cli.keys.in_use" if key.current else "cli.keys.old" if key.campaign else "cli.keys.ready")


def _passphrase(t: Translate, *, twice: bool = False) -> str:
    """From the terminal, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass(t("cli.keys.passphrase"))
    if twice and getpass.getpass(t("cli.keys.once_more")) != given:
        raise click.ClickException(t("cli.keys.not_the_same"))
    return given


def _run(work: Callable[[Database], Coroutine[Any, Any, Done]]) -> Done:
    async def whole() -> Done:
        async with opened(Settings.from_environment(), MIXER_ALONE) as database:
            return await work(database)

    return asyncio.run(whole())
