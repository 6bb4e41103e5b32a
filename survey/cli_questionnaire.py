"""`bostemme questionnaire`: is this file fit to ask people with, and what of it can be compared?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_exchange import codebook_file, export_file, import_file, paper_file
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE

FORMAT = click.option(
    "--format", "kind", type=click.Choice(["txt", "json"]), default="txt", show_default=True,
    help="How it is written.",
)  # fmt: skip


@click.group(cls=SpokenGroup)
def questionnaire() -> None:
    """Check and compare questionnaire files and print their schema."""


questionnaire.add_command(export_file)
questionnaire.add_command(import_file)
questionnaire.add_command(codebook_file)
questionnaire.add_command(paper_file)


@questionnaire.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--before", type=click.Path(path_type=Path), help="The version that was used until now.")
@FORMAT
@LANGUAGE
def check(**asked: Any) -> None:
    """Say what is wrong or unkind in FILE, where, and how to mend it. Exit code 1 when there are errors."""
    from survey.commands import questionnaire as work

    work.check(**asked)


@questionnaire.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--organisation", help="Also say how many answers of its closed rounds each change touches.")
@FORMAT
@LANGUAGE
def compare(**asked: Any) -> None:
    """What changed from the version BEFORE to AFTER, what can still be compared, and where a trend breaks.
    Exit code 1 when a changed question has kept its meaning."""
    from survey.commands import questionnaire as work

    work.compare(**asked)


@questionnaire.command()
def schema(**asked: Any) -> None:
    """Print the JSON Schema of questionnaire files, for editors that check while you write."""
    from survey.commands import questionnaire as work

    work.schema(**asked)
