"""What `bostemme release` does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from reports.releases.bundle import Bundle
from reports.releases.errors import ReleaseRefused
from reports.releases.wording import wording
from survey.campaigns import breakdowns, rounds
from survey.campaigns.errors import NearlyTheSame, ResultsNotReady
from survey.campaigns.waves import load_linked, load_wave
from survey.database.opening import opened
from survey.people import audit
from survey.register import organisations
from survey.register.errors import NoSuchOrganisation
from survey.settings import Settings
from survey.written import write


class NoSuchRoundHere(ReleaseRefused):
    """No round, or no organisation, of this name."""

    status = 404


def release(
    organisation: str,
    round_name: str,
    output: Path | None,
    force: bool,
    linked: bool,
    other_readers: bool,
    language: str,
) -> None:
    """See `survey.cli_release`."""
    told = wording(language)
    try:
        if output is not None:
            _check(output, force=force)  # before a minute's work and a line in the log
        made = asyncio.run(_make(organisation, round_name, language, linked=linked, others=other_readers))
        file = output or Path(made.file_name)
        _check(file, force=force)
        write(file, made.content)
    except ReleaseRefused as refusal:
        click.echo(told(refusal.key, **refusal.values), err=True)
        raise SystemExit(1) from refusal
    risk = made.dataset.risk
    share = told("release.percent", percent=int(100 * risk.blanked_share + 0.5))
    click.echo(
        told(
            "release.done",
            file=file,
            records=risk.records_released,
            variables=len(made.dataset.variables),
            blanked=share,
        )
    )


def _check(file: Path, *, force: bool) -> None:
    """Neither over a file that is there nor into a folder that is not: a slip of the hand must not be either.

    Raises ReleaseRefused.
    """
    if file.is_dir():
        raise ReleaseRefused("release.is_folder", file=file)
    if not file.parent.is_dir():
        raise ReleaseRefused("release.no_folder", folder=file.parent)
    if file.exists() and not force:
        raise ReleaseRefused("release.file_exists", file=file)


async def _make(organisation: str, round_name: str, language: str, *, linked: bool, others: bool) -> Bundle:
    async with opened(Settings.from_environment()) as database:
        try:
            organisation_id = await organisations.named(database, organisation)
        except NoSuchOrganisation as missing:
            raise NoSuchRoundHere("release.no_organisation", organisation=organisation) from missing
        async with database.registry(organisation_id) as connection:
            known = await rounds.rounds(connection)
        found = next((round for round in known if round.name == round_name), None)
        if found is None:
            names = ", ".join(round.name for round in known) or "–"
            raise NoSuchRoundHere(
                "release.no_round", round=round_name, organisation=organisation, rounds=names
            )
        try:
            if linked:
                waves = await load_linked(database, organisation_id, found.id)
            else:
                wave = await load_wave(database, organisation_id, found.id)
        except ResultsNotReady as early:
            raise ReleaseRefused("release.not_closed", round=round_name) from early
        except NearlyTheSame as twin:
            raise ReleaseRefused("release.nearly_the_same", other=twin.values["round"]) from twin
        if linked and not waves:
            raise ReleaseRefused("release.not_panel", round=round_name)
        if linked:
            made = await breakdowns.release_linked(database, waves, language, other_readers=others)
        else:
            made = await breakdowns.release(database, wave, language, other_readers=others)
        released = made.dataset
        details = {"wave": released.linked or released.wave.content_hash, "linked": linked}
        details |= {"records": released.risk.records_released, "other_readers": others}
        async with database.registry(organisation_id) as connection:
            await audit.record(connection, "release.made", "campaign", found.id, None, details)
        return made
