"""`bostemme retention`: what is deleted when, and the proof that no published figure changes."""

from __future__ import annotations

from typing import Any

import click

from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE, Day

DAY = Day()


@click.group(cls=SpokenGroup)
def retention() -> None:
    """What is deleted of closed rounds, and when. The mixer does it once a day."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what is due and delete nothing.")
@click.option("--on", "day", type=DAY, help="With --dry-run: what is due on this day.")
@LANGUAGE
def run_steps(**asked: Any) -> None:
    """Delete what is due today, by the clock of the database."""
    from survey.commands import retention as work

    work.run_steps(**asked)


@retention.command()
@LANGUAGE
def check(**asked: Any) -> None:
    """Compute every published report anew from its sealed wave and compare it with what was published."""
    from survey.commands import retention as work

    work.check(**asked)
