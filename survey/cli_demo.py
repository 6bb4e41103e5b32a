"""`bostemme demo load`: a demonstration to click through, ready in less than a minute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_help import SpokenGroup


@click.group(cls=SpokenGroup)
def demo() -> None:
    """A demonstration: a real survey of 1976 and a made-up municipality."""


@demo.command()
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), default="demo", show_default=True,
              help="Folder for PDFs, links and the data release.")  # fmt: skip
@click.option("--language", type=click.Choice(["nb", "nn", "en"]), default="nb", show_default=True,
              help="Language of the reports. What is told here follows the terminal.")  # fmt: skip
@click.option("--serve", is_flag=True, help="Go on serving it, on a port that is free.")
def load(**asked: Any) -> None:
    """Fill the database and write the demonstration's files. Safe to run again."""
    from survey.commands import demo as work

    work.load(**asked)
