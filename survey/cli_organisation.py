"""`bostemme organisation`: what the operator sets up before an office can start."""

from __future__ import annotations

import click

from forms.catalogue import translator
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE
from survey.cli_staff import MESSAGES, run
from survey.database.pool import Database
from survey.register import estates, organisations


@click.group(cls=SpokenGroup)
def organisation() -> None:
    """Organisations and their buildings."""


@organisation.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(organisations.KINDS), required=True)
@click.option("--fictitious", is_flag=True, help="Made up: every page says so.")
@LANGUAGE
def add_organisation(name: str, kind: str, fictitious: bool, language: str) -> None:
    """A new organisation."""
    t = translator(MESSAGES, language)
    run(lambda database: organisations.add(database, name, kind, fictitious=fictitious), t)
    click.echo(t("cli.organisation.added", name=name))


@organisation.command("estate")
@click.argument("name")
@click.option("--organisation", "owner", required=True, help="Name of the organisation, exactly.")
@click.option("--area", required=True, help="The area it lies in; made when it is new.")
@click.option("--dwellings", type=int, required=True)
@LANGUAGE
def add_estate(name: str, owner: str, area: str, dwellings: int, language: str) -> None:
    """A new building with its number of homes."""
    t = translator(MESSAGES, language)

    async def work(database: Database) -> None:
        own = await organisations.named(database, owner)
        async with database.registry(own) as connection:
            await estates.add(connection, own, area=area, name=name, dwellings=dwellings)

    run(work, t)
    click.echo(t("cli.estate.added", name=name, area=area))
