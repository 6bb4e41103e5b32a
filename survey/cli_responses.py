"""`bostemme responses import`: answers from a file become a closed and sealed round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE, Day
from survey.register import organisations

DAY = Day()


@click.group(cls=SpokenGroup)
def responses() -> None:
    """Answers that were collected elsewhere."""


@responses.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--questionnaire", "questionnaire_name", required=True, help="A YAML or JSON file, or a shipped name."
)
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@click.option("--round", "round_name", required=True, help="Name of the new round.")
@click.option(
    "--estate-column", default="leiegard", show_default=True, help="Column with the name of the estate."
)
@click.option(
    "--answer-language", default="nb", show_default=True, help="Used when there is no column `language`."
)
@click.option("--opens-on", type=DAY, help="First day of the collection. Default: the closing day.")
@click.option("--closes-on", type=DAY, help="Last day of the collection. Default: today.")
@click.option("--series", help="Rounds of one series are compared. Default: the questionnaire.")
@click.option(
    "--asked",
    multiple=True,
    metavar="NAME=N[/ALL]",
    help="How many homes of an estate were asked; of how many, when they were drawn by lot.",
)
@click.option("--create-organisation", type=click.Choice(organisations.KINDS), help="Make it if it is new.")
@click.option("--accept-partial", is_flag=True, help="Import the good rows even when others are bad.")
@click.option("--dry-run", is_flag=True, help="Check the file, store nothing.")
@LANGUAGE
def import_(**asked: Any) -> None:
    """Import FILE (CSV, TSV, XLSX or Parquet) as a closed round. See docs/import.md for the columns."""
    from survey.commands import responses as work

    work.import_(**asked)
