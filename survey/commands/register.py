"""What `bostemme register margins` does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from reports.breakdowns.errors import NumbersRefused
from reports.waves import RegisterMargin
from survey.campaigns import margins as register_margins
from survey.campaigns.errors import AnswersDeleted, MarginsOfDraft, MarginsStand
from survey.campaigns.margins import Kept
from survey.campaigns.margins_notes import notes
from survey.cli_rounds import round_named
from survey.responses.errors import ImportRefused, RowsRefused
from survey.responses.errors import wording as file_words
from survey.wording import words


def margins(file: Path | None, organisation: str, round_name: str, remove: bool, language: str) -> None:
    """See `survey.cli_register`."""
    told = words(language)
    try:
        data = file.read_bytes() if file is not None else None
        kept, made = asyncio.run(_run(organisation, round_name, data, remove=remove))
    except ImportRefused as refused:
        translate = file_words(language)
        said = [cell.sentence(translate) for cell in refused.bad] if isinstance(refused, RowsRefused) else []
        if isinstance(refused, RowsRefused):
            said.append(
                translate("margins.refused", lines=len({c.line for c in refused.bad}), total=refused.total)
            )
        else:
            said += refused.sentences(language)
        click.echo("\n".join(said), err=True)
        raise SystemExit(1) from refused
    except NumbersRefused as refusal:
        raise click.ClickException(told(refusal.key, **refusal.values)) from refusal
    if made is None:
        click.echo(
            register_margins.sheet(kept.questionnaire, kept.margins, language).lstrip("\ufeff"), nl=False
        )
    elif made:
        groups = sum(len(margin.groups) for margin in made)
        names = ", ".join(margin.item for margin in made)
        click.echo(told("margins.kept", round=round_name, variables=names, groups=groups))
        for note in notes(kept.round, kept.questionnaire, made):
            click.echo(note.sentence(file_words(language)), err=True)
    else:
        click.echo(told("margins.removed", round=round_name))


async def _run(
    organisation: str, round_name: str, data: bytes | None, *, remove: bool
) -> tuple[Kept, tuple[RegisterMargin, ...] | None]:
    async with round_named(organisation, round_name) as (database, organisation_id, round_id):
        kept = await register_margins.kept(database, organisation_id, round_id)
        if data is None and not remove:
            return kept, None
        try:
            register_margins.check_may_change(kept.round)
            made = () if remove or data is None else register_margins.check(data, kept.questionnaire)
            await register_margins.keep(database, organisation_id, round_id, made)
        except MarginsOfDraft as early:
            raise NumbersRefused("margins.draft", round=round_name) from early
        except MarginsStand as late:
            raise NumbersRefused("margins.stand", round=round_name) from late
        except AnswersDeleted as gone:
            raise NumbersRefused("numbers.deleted", round=round_name) from gone
        return kept, made
