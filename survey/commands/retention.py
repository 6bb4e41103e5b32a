"""What `bostemme retention` does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from typing import Any, TypeVar

import click

from forms.catalogue import Translate
from survey import logs
from survey.ballots.keys import KeyFolder
from survey.database.migrate import granted, require_current
from survey.database.opening import provided
from survey.database.pool import RETENTION_DOORS, Database
from survey.retention import published, steps
from survey.retention.plan import Due
from survey.retention.steps import Done
from survey.settings import Settings
from survey.wording import words

Result = TypeVar("Result")


def run_steps(dry_run: bool, day: date | None, language: str) -> None:
    """See `survey.cli_retention`."""
    t = words(language)
    settings = Settings.from_environment()
    if day and not dry_run:
        raise click.ClickException(t("cli.retention.on_alone"))
    if dry_run:
        found = _run(settings, t, lambda database: steps.due(database, day))
        for due in found:
            click.echo(f"{due.due_on}  {_of(due, due.counts, t)}")
        click.echo(t("cli.retention.due", count=len(found)))
        return
    folders = [KeyFolder(settings.contact_keys)]

    async def delete(database: Database) -> tuple[Done, ...]:
        logs.configure()  # a job: what it did stands in the journal as the mixer's does
        return await steps.run(database, folders)

    done = _run(settings, t, delete)
    for step in done:
        if step.due:
            click.echo(_of(step.due, step.counts, t))
    if waiting := sum(step.waiting for step in done):
        click.echo(t("cli.retention.waits", n=waiting))
    click.echo(t("cli.retention.done", count=sum(step.due is not None for step in done)))
    if faults := [step.fault.worded(t) for step in done if step.fault]:
        raise click.ClickException(" ".join(dict.fromkeys(faults)))


def check(language: str) -> None:
    """See `survey.cli_retention`."""
    t = words(language)
    found = _run(Settings.from_environment(), t, steps.check)
    for one in found:
        outcome = t(f"cli.retention.count.{one.outcome}")
        parts = ", ".join(t(f"cli.retention.part.{part}") for part in sorted(one.parts))
        click.echo(f"{outcome:15}  {one.campaign}: {one.scope}{f' ({parts})' if parts else ''}")
    click.echo(f"{_counted(published.tally(found), t)}.")
    if any(one.outcome == "recomputed" for one in found):
        click.echo(t("cli.retention.recomputed"))
    if any(one.outcome not in published.GOOD for one in found):
        raise click.ClickException(t("cli.retention.not_the_same"))


def _of(due: Due, counts: Mapping[str, int], t: Translate) -> str:
    """'contacts      The round: 7 contacts, 1 keys'."""
    return f"{t(f'cli.retention.{due.kind}'):12}  {due.held.name}: {_counted(counts, t)}"


def _counted(counts: Mapping[str, int], t: Translate) -> str:
    told = (f"{n} {t(f'cli.retention.count.{name}')}" for name, n in counts.items())
    return ", ".join(told) or t("cli.retention.count.nothing")


def _run(settings: Settings, t: Translate, work: Callable[[Database], Coroutine[Any, Any, Result]]) -> Result:
    """Raises ClickException where the login may not do it, and DatabaseFault."""

    async def whole() -> Result:
        with provided(settings) as url:
            await require_current(url)
            if await granted(url, RETENTION_DOORS) != RETENTION_DOORS:
                raise click.ClickException(t("cli.retention.login"))
            database = await Database.connect(url, RETENTION_DOORS)
            try:
                return await work(database)
            finally:
                await database.close()

    return asyncio.run(whole())
