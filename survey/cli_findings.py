"""`bostemme findings` and `bostemme benchmarks`: what a closed round says, and what others have found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reports.findings.model import KINDS
from reports.requests import PROFILES
from survey.cli_help import Spoken
from survey.cli_language import LANGUAGE

ROUND: tuple[Callable[[Any], Any], ...] = (
    click.option("--organisation", required=True, help="Name of the organisation, exactly."),
    click.option("--round", "round_name", required=True, help="Name of a closed round, exactly."),
    click.option(
        "--format", "kind", type=click.Choice(["txt", "json"]), default="txt", show_default=True,
        help="How it is written.",
    ),
    click.option("--output", type=click.Path(path_type=Path), help="A file to write."),
    LANGUAGE,
)  # fmt: skip


def _of_a_round(command: Any) -> Any:
    for option in reversed(ROUND):
        command = option(command)
    return command


@click.command(cls=Spoken)
@_of_a_round
@click.option("--place", help="Name of an estate, an area or the organisation; all when left out.")
@click.option("--about", type=click.Choice(KINDS), multiple=True, help="Only findings of this kind.")
@click.option("--profile", type=click.Choice([name for name, found in PROFILES.items() if not found.noise]),
              default="standard", show_default=True, help="Who reads it: see docs/methods.md.")  # fmt: skip
def findings(**asked: Any) -> None:
    """All that a closed round says for certain enough, ranked, for all estates, areas and each estate."""
    from survey.commands import findings as work

    work.findings(**asked)


@click.command(cls=Spoken)
@_of_a_round
def benchmarks(**asked: Any) -> None:
    """Figures that others have published, and those of landlords who agreed to it as well, beside those of a
    closed round; or why they cannot be compared."""
    from survey.commands import findings as work

    work.benchmarks(**asked)
