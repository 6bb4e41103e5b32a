"""`bostemme staff`: the accounts of those who use the console."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from forms.catalogue import Translate, translator
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE
from survey.database.opening import opened
from survey.database.pool import Database
from survey.people import accounts
from survey.people.errors import PeopleError
from survey.people.roles import Role
from survey.register import organisations
from survey.register.errors import RegisterError
from survey.settings import Settings

MESSAGES = Path(__file__).parent / "people" / "messages"
PASSWORD = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input; else one is made and shown.",
)
Done = TypeVar("Done")


@click.group(cls=SpokenGroup)
def staff() -> None:
    """Accounts of those who use the console."""


@staff.command("add")
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@click.option("--email", required=True)
@click.option("--name", required=True, help="Shown in the console and the log.")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@PASSWORD
@LANGUAGE
def add_staff(
    organisation: str, email: str, name: str, role: str, password_stdin: bool, language: str
) -> None:
    """A new account."""
    t = translator(MESSAGES, language)
    password = _password(password_stdin)

    async def work(database: Database) -> None:
        own = await organisations.named(database, organisation)
        await accounts.add(database, own, email=email, name=name, role=Role(role), password=password)

    run(work, t)
    click.echo(t("cli.staff.added", email=email, organisation=organisation))
    if not password_stdin:
        click.echo(t("cli.staff.password", password=password))


@staff.command("list")
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@LANGUAGE
def list_staff(organisation: str, language: str) -> None:
    """The accounts of an organisation."""
    t = translator(MESSAGES, language)

    async def work(database: Database) -> tuple[accounts.Account, ...]:
        return await accounts.listed(database, await organisations.named(database, organisation))

    for account in run(work, t):
        state = "" if account.active else f"  ({t('cli.staff.off')})"
        click.echo(f"{account.email}  {account.role.value}  {account.name}{state}")


@staff.command("password")
@click.argument("email")
@PASSWORD
@LANGUAGE
def change_password(email: str, password_stdin: bool, language: str) -> None:
    """A new password; ends every session of the account."""
    t = translator(MESSAGES, language)
    password = _password(password_stdin)
    run(lambda database: accounts.change_password(database, email, password), t)
    click.echo(t("cli.staff.password_changed", email=email))
    if not password_stdin:
        click.echo(t("cli.staff.password", password=password))


@staff.command("deactivate")
@click.argument("email")
@LANGUAGE
def deactivate(email: str, language: str) -> None:
    """Turn an account off; ends every session of it."""
    t = translator(MESSAGES, language)
    run(lambda database: accounts.set_active(database, email, False), t)
    click.echo(t("cli.staff.deactivated", email=email))


@staff.command("activate")
@click.argument("email")
@LANGUAGE
def activate(email: str, language: str) -> None:
    """Turn an account on again."""
    t = translator(MESSAGES, language)
    run(lambda database: accounts.set_active(database, email, True), t)
    click.echo(t("cli.staff.activated", email=email))


def _password(from_stdin: bool) -> str:
    # On the command line itself a password would stay in the history and in the list of processes.
    return sys.stdin.readline().rstrip("\n") if from_stdin else secrets.token_urlsafe(15)


def run(work: Callable[[Database], Coroutine[Any, Any, Done]], t: Translate) -> Done:
    """Do the work on an open database; a fault becomes one sentence and exit code 1."""

    async def whole() -> Done:
        async with opened(Settings.from_environment()) as database:
            return await work(database)

    try:
        return asyncio.run(whole())
    except (PeopleError, RegisterError) as error:
        raise click.ClickException(t(error.key, **error.values)) from error
