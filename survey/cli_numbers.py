"""`bostemme numbers`: what the reports show of each question, or one of them by background, as far as what
was told allows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reports.requests import LEVELS, PROFILES
from survey.cli_help import Spoken
from survey.cli_language import LANGUAGE


@click.command(cls=Spoken)
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@click.option("--round", "--wave", "round_name", required=True, help="Name of a closed round, exactly.")
@click.option("--item", help="Id of a question; without it all of them. With --by one that has one answer.")
@click.option(
    "--by", multiple=True,
    help="By groups: id of a background; with bands of codes: age=1+2,3+4. Twice: crossed.",
)  # fmt: skip
@click.option("--level", type=click.Choice(LEVELS), default="all", show_default=True, help="Of the places.")
@click.option("--profile", type=click.Choice(list(PROFILES)), default="standard", show_default=True,
              help="Who reads it: see docs/methods.md.")  # fmt: skip
@click.option(
    "--format", "kind", type=click.Choice(["txt", "json", "parquet"]), default="txt", show_default=True,
    help="How it is written.",
)  # fmt: skip
@click.option("--output", type=click.Path(path_type=Path), help="A file to write; needed for Parquet.")
@click.option("--preview", is_flag=True, help="Only say what asking would cost later tables.")
@click.option("--usual-first", is_flag=True,
              help="Enter the simpler tables it could spoil in the ledger first, then tell it.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Tell it whatever it costs.")
@LANGUAGE
def numbers(**asked: Any) -> None:
    """The protected tables. Without --by what the reports show of each question, for everybody or each
    estate. With it counts of one question by background. What is told of groups is kept in the ledger, and
    later requests are judged by it: nothing told later gives back what was hidden before. A request that
    could spoil simpler tables says so first, and is told with --usual-first or --yes."""
    from survey.commands import numbers as work

    work.numbers(**asked)
