"""`bostemme retention`: what is deleted when, and the proof that no published figure changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, TypeVar

import click

from survey.ballots.keys import KeyFolder
from survey.database.opening import opened
from survey.database.pool import Database
from survey.retention import published, steps
from survey.settings import Settings

Result = TypeVar("Result")


@click.group()
def retention() -> None:
    """What is deleted of closed rounds, and when. The mixer does it once a day."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Say what is due and delete nothing.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="With --dry-run: what is due on this day."
)
def run_steps(dry_run: bool, day: datetime | None) -> None:
    """Delete what is due today, by the clock of the database."""
    settings = Settings.from_environment()
    if day and not dry_run:
        raise click.ClickException("--on goes with --dry-run: nothing is deleted before its day.")
    if dry_run:
        found = _run(settings, lambda database: steps.due(database, day.date() if day else None))
        for due in found:
            click.echo(f"{due.due_on}  {due.kind:8}  {due.held.name}: {_words(due.counts)}")
        click.echo(f"{len(found)} steps are due. Nothing was deleted.")
        return
    folders = [KeyFolder(settings.contact_keys)]
    done = _run(settings, lambda database: steps.run(database, folders))
    for step in done:
        click.echo(f"{step.due.kind:8}  {step.due.held.name}: {_words(step.counts)}")
    click.echo(f"{len(done)} steps were done.")
    if faults := [step.fault for step in done if step.fault]:
        raise click.ClickException(" ".join(dict.fromkeys(faults)))


@retention.command()
def check() -> None:
    """Compute every published report anew from its sealed wave and compare it with what was published."""
    found = _run(Settings.from_environment(), steps.check)
    for one in found:
        click.echo(f"{one.outcome:10}  {one.campaign}: {one.scope}")
    click.echo(f"{_words(published.tally(found))}.")
    if any(one.outcome not in published.GOOD for one in found):
        raise click.ClickException("Not every published figure is what it was; see docs/operator.md.")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in counts.items()) or "nothing"


def _run(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, Result]]) -> Result:
    async def whole() -> Result:
        async with opened(settings) as database:
            return await work(database)

    return asyncio.run(whole())
