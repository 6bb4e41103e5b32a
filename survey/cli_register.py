"""`bostemme register margins`: what the register knows of those a round asked, for its totals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE


@click.group(cls=SpokenGroup)
def register() -> None:
    """What public registers know."""


@register.command("margins")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--organisation", required=True, help="Name of the organisation, exactly.")
@click.option("--round", "round_name", required=True, help="Name of an open or closed round, exactly.")
@click.option("--remove", is_flag=True, help="Store no margins any more.")
@LANGUAGE
def margins(**asked: Any) -> None:
    """Store FILE (CSV or XLSX) as the margins that totals of a round are weighted to, in place of those
    stored. Without FILE: write a sheet with those stored, to be filled in."""
    from survey.commands import register as work

    work.margins(**asked)
