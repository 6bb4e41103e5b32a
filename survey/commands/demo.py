"""What `bostemme demo load` does."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from uuid import UUID

import click

from forms.catalogue import Translate, translator
from survey import ports, sender
from survey.ballots import folders, mixing
from survey.ballots.keys import KeyFolder
from survey.campaigns.rounds import Round
from survey.cli_language import terminal_language
from survey.database.opening import opened
from survey.database.pool import Database
from survey.demo import loading, made, papers
from survey.demo.errors import DemoFault
from survey.demo.follow_up import follow_up
from survey.demo.foundation import BUILDINGS, FOUNDATION
from survey.demo.truth import ORGANISATION, WAVES
from survey.office.errors import PrinterMissing, PrintingFailed
from survey.people.roles import Staff
from survey.settings import Settings
from survey.wording import words

MESSAGES = Path(__file__).parents[1] / "demo" / "messages"
ESTATE_TO_TRY = "Solbakken"
LINKS_TO_TRY = 3


def load(output: Path, language: str, serve: bool) -> None:
    """See `survey.cli_demo`."""
    told = translator(MESSAGES, terminal_language(os.environ))
    output.mkdir(parents=True, exist_ok=True)
    if serve:
        ports.choose(ports.LOOPBACK, None, words(terminal_language(os.environ)))
    try:
        to_click, missing = asyncio.run(_load(Settings.from_environment(), output, language, told))
    except DemoFault as fault:
        raise click.ClickException(told(fault.key, **fault.values)) from fault
    click.echo(to_click)
    if missing:
        click.echo(told("demo.incomplete", count=missing), err=True)
        raise SystemExit(1)
    click.echo()
    if serve:
        ports.become_server()
    click.echo(told("demo.serve"))


async def _load(settings: Settings, folder: Path, language: str, told: Translate) -> tuple[str, int]:
    """Returns what to click, and how many PDFs could not be made."""
    async with opened(settings) as database:
        ids = {
            ORGANISATION: await loading.organisation(database, ORGANISATION, "municipality", fictitious=True),
            FOUNDATION: await loading.organisation(database, FOUNDATION, "housing_company", fictitious=True),
            loading.COPENHAGEN: await loading.organisation(
                database, loading.COPENHAGEN, "research", fictitious=False
            ),
        }
        new = await loading.copenhagen(database, ids[loading.COPENHAGEN])
        click.echo(told("demo.copenhagen.new" if new else "demo.copenhagen.there"))
        await loading.made_up_estates(database, ids[ORGANISATION])
        new = await loading.made_up_waves(database, ids[ORGANISATION]) > 0
        click.echo(told("demo.waves.new" if new else "demo.waves.there"))
        await loading.made_up_estates(database, ids[FOUNDATION], BUILDINGS)
        new = await loading.made_up_waves(database, ids[FOUNDATION], FOUNDATION, BUILDINGS) > 0
        click.echo(told("demo.foundation.new" if new else "demo.foundation.there", buildings=len(BUILDINGS)))
        password, officer = await loading.staff(database, ids)
        await folders.claim(database, KeyFolder(settings.keys))
        await mixing.keep_stock(database, KeyFolder(settings.keys))
        await sender.of(settings, database).keep_stock()
        latest = await _closed(database, officer, WAVES[-1].name)
        earlier = await _closed(database, officer, WAVES[0].name)
        new = await follow_up(database, officer, earlier, latest)
        click.echo(told("demo.follow_up.new" if new else "demo.follow_up.there"))
        made_of = made.fingerprint(language, settings.base_url, sorted(ids.items()), latest.id)
        if there := await loading.opened_before(database, officer):
            at_hand = made.links(folder, f"{made_of} {there.id}")
            to_try = await loading.unused(database, settings, at_hand, LINKS_TO_TRY)
            if len(to_try) == LINKS_TO_TRY:
                click.echo(told("demo.whole", round=there.name, closes_on=there.closes_on, folder=folder))
                return _what_to_click(settings, told, password, to_try, folder, whole=True), 0
        made.forget(folder)
        round, links = await loading.open_round(database, settings, officer)
        file = papers.write_links(folder, links, language)
        click.echo(
            told("demo.round", round=round.name, closes_on=round.closes_on, links=len(links), file=file)
        )
        at_hand = [link.url for link in links if link.estate == ESTATE_TO_TRY]
        to_try = await loading.unused(database, settings, at_hand, LINKS_TO_TRY)
        release = await papers.write_release(database, ids[ORGANISATION], latest, folder, language)
        click.echo(told("demo.release", file=release))
        written = await _print(database, settings, ids, officer, round, latest, folder, language, told)
        missing = written.count(None)
        if written and not missing:
            files = [file, release, *(path for path in written if path)]
            made.note(folder, f"{made_of} {round.id}", files, at_hand)
    return _what_to_click(settings, told, password, to_try, folder, whole=not missing), missing


async def _closed(database: Database, officer: Staff, name: str) -> Round:
    found = await loading.find_round(database, officer.organisation_id, name)
    if found is None:
        raise DemoFault("demo.round_missing", round=name)
    return found


async def _print(
    database: Database,
    settings: Settings,
    ids: dict[str, UUID],
    officer: Staff,
    round: Round,
    latest: Round,
    folder: Path,
    language: str,
    told: Translate,
) -> list[Path | None]:
    """PDFs last: they take longest, and all else works without them. None stands for one that could not be
    made; nothing at all where there is no printer."""
    historic = await loading.find_round(database, ids[loading.COPENHAGEN], loading.COPENHAGEN_ROUND)
    documents = await papers.report_documents(
        database, ids[ORGANISATION], latest, "rapport-eksempelvik", language, estates=True
    )
    foundation = await loading.find_round(database, ids[FOUNDATION], WAVES[-1].name)
    if foundation is not None:
        documents += await papers.report_documents(
            database, ids[FOUNDATION], foundation, "rapport-fjellheim", language, estates=False
        )
    if historic is not None:
        documents += await papers.report_documents(
            database, ids[loading.COPENHAGEN], historic, "rapport-kobenhavn-1976", language, estates=False
        )
    documents += await papers.tenants_documents(
        database, ids[ORGANISATION], latest, ESTATE_TO_TRY, papers.file_stem(ESTATE_TO_TRY)
    )
    documents.append(papers.poster_document(round, officer, settings))
    click.echo(told("demo.printing", count=len(documents), folder=folder))
    try:
        # Two at a time; each is told as it is ready.
        printing = asyncio.as_completed([_print_one(folder, document, told) for document in documents])
        return [await one for one in printing]
    except PrinterMissing:
        click.echo(told("demo.no_printer"), err=True)
        return []


async def _print_one(folder: Path, document: papers.Document, told: Translate) -> Path | None:
    """None where it could not be printed, which does not keep the others from it."""
    try:
        path = await papers.print_one(folder, document)
    except PrintingFailed as fault:
        click.echo(told("demo.not_printed", title=document.title, reason=fault.values["reason"]), err=True)
        return None
    click.echo(f"  {path}")
    return path


def _what_to_click(
    settings: Settings, told: Translate, password: str, links: list[str], folder: Path, *, whole: bool
) -> str:
    lines = ["", told("demo.ready" if whole else "demo.rest_ready"), "", told("demo.tenant")]
    lines += [f"  {url}" for url in links]
    lines += ["", told("demo.office", url=f"{settings.base_url}/kontor", password=password)]
    lines += [
        f"  {login.email:36} {told(f'demo.role.{login.role}')}, {login.organisation}"
        for login in loading.LOGINS
    ]
    lines += ["", told("demo.files", folder=folder)]
    return "\n".join(lines)
