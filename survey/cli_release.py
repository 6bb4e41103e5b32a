"""`bostemme release`: a closed round becomes research data that may be handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_help import Spoken
from survey.cli_language import LANGUAGE


@click.command(cls=Spoken)
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@click.option("--round", "round_name", required=True, help="Name of a closed round, exactly.")
@click.option(
    "--output", type=click.Path(path_type=Path), help="The zip to write. Default: named after the round."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option(
    "--linked", is_flag=True, help="Of a panel: a record a person, over all waves up to this round."
)
@click.option(
    "--other-readers",
    is_flag=True,
    help="For others than who got another file (persons, other waves of them, single rounds); in the log.",
)
@LANGUAGE
def release(**asked: Any) -> None:
    """Write CSV, Parquet and SAV with codebook and risk page: k-anonymous, no free text."""
    from survey.commands import release as work

    work.release(**asked)
