"""`bostemme keys`: the private keys of rounds, for the operator who keeps the mixer's folder."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from forms.catalogue import Translate
from survey.ballots import folders, keyring
from survey.ballots.keyring import Known
from survey.ballots.keys import KeyFolder, State
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE
from survey.database.opening import opened
from survey.database.pool import SENDER_DOORS, Database
from survey.delivery import contact_keys
from survey.delivery.contact_keys import ContactKey
from survey.settings import Settings
from survey.wording import words

MIXER_ALONE = ("mixer",)
NOT_GOOD: Mapping[State, str] = {
    "missing": "cli.keys.not_here",
    "damaged": "cli.keys.damaged",
    "another": "cli.keys.another",
}
ORGANISATION = click.option(
    "--organisation", help="Name of the organisation, when several have a round of this name."
)
CONTACTS = click.option(
    "--contacts", is_flag=True, help="The sender's keys (BOSTEMME_CONTACT_KEYS). Run it as the sender's user."
)

Done = TypeVar("Done")


@click.group(cls=SpokenGroup)
def keys() -> None:
    """Keys that open sealed answers until they are mixed. Run it as the mixer's user."""


@keys.command("list")
@CONTACTS
@LANGUAGE
def list_keys(contacts: bool, language: str) -> None:
    """The keys of every round: day, use, ballots that wait, last backup. Exit code 1 when one is missing,
    spoiled, or (--contacts) here and should be gone.
    """
    t = words(language)
    folder = _folder(contacts=contacts)
    if contacts:
        _list_contact_keys(folder, t)
        return
    known = _run(lambda database: keyring.listed(database, folder))
    of_rounds = [key for key in known if key.campaign is not None]
    for key in of_rounds:
        click.echo(_line(key, t))
    stock = [key for key in known if key.campaign is None and key.destroyed_on is None]
    held = sum(key.backed_up_on is not None for key in stock)
    click.echo(t("cli.keys.stock", count=sum(key.here for key in stock), held=held))
    if old := [key.name for key in of_rounds if key.destroyed_on and key.backed_up_on]:
        click.echo(t("cli.keys.destroyed_in_backup", keys=", ".join(old)))
    if bare := [key.name for key in of_rounds if key.needs_backup]:
        click.echo(t("cli.keys.in_no_backup", keys=", ".join(bare)))
    made_since = set(folder.here()) - {key.public_key for key in known}
    if made_since:
        click.echo(t("cli.keys.made_since", keys=", ".join(sorted(key.hex()[:12] for key in made_since))))
    spoiled = [key.name for key in known if key.spoiled]
    lost = [key.name for key in of_rounds if key.lost and not key.spoiled]
    _end_with_faults(t, {"cli.keys.lost": lost, "cli.keys.spoiled": spoiled})


def _list_contact_keys(folder: KeyFolder, t: Translate) -> None:
    known = _run(lambda database: contact_keys.listed(database, folder), SENDER_DOORS)
    of_rounds = [key for key in known if key.campaign_id is not None]
    for key in of_rounds:
        click.echo(f"{key.name}  {key.made_on}  {_contact_state(key, t):22}  {key.of or key.campaign_id}")
    stock = [key for key in known if key.campaign_id is None and key.destroyed_on is None]
    click.echo(t("cli.keys.contact_stock", count=sum(key.state == "good" for key in stock)))
    faults = {
        "cli.keys.lost": [key.name for key in of_rounds if key.lost],
        "cli.keys.spoiled": [key.name for key in known if key.spoiled],
        "cli.keys.not_gone": [key.name for key in known if key.not_gone],
    }
    _end_with_faults(t, faults)


def _end_with_faults(t: Translate, faults: Mapping[str, Sequence[str]]) -> None:
    told = [t(key, keys=", ".join(names)) for key, names in faults.items() if names]
    if told:
        raise click.ClickException(" ".join(told))


@keys.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@CONTACTS
@LANGUAGE
def backup(file: Path, contacts: bool, language: str) -> None:
    """Write all keys to FILE, sealed with a passphrase. Keep it apart from the database."""
    t = words(language)
    count = keyring.backup(_folder(contacts=contacts), file, _passphrase(t, twice=True))
    click.echo(t("cli.keys.backed_up", count=count, file=file))


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
@CONTACTS
@LANGUAGE
def restore(file: Path, contacts: bool, language: str) -> None:
    """Put the keys of FILE that are missing back into the folder, or that lie there spoiled."""
    t = words(language)
    restored = keyring.restore(_folder(contacts=contacts), file, _passphrase(t))
    click.echo(t("cli.keys.restored", count=restored.count))
    for path in restored.set_aside:
        click.echo(t("cli.keys.set_aside", file=path))


@keys.command()
@click.argument("round_name", metavar="ROUND")
@ORGANISATION
@LANGUAGE
def rotate(round_name: str, organisation: str | None, language: str) -> None:
    """Let the open ROUND, by its name, go on with a new key.

    What waits under the old one is still opened with it.
    """
    folder = KeyFolder(Settings.from_environment().keys)
    former, key = _run(lambda database: keyring.rotate(database, folder, round_name, organisation))
    t = words(language)
    click.echo(t("cli.keys.rotated", key=key.hex()[:12], former=former.name, of=_of(former, t)))


@keys.command("give-up")
@click.argument("name", metavar="KEY")
@ORGANISATION
@click.option("--yes", is_flag=True, help="Do not ask first.")
@LANGUAGE
def give_up(name: str, organisation: str | None, yes: bool, language: str) -> None:
    """Take the ballots under a lost KEY, or that of a round by its name, out of the box.

    Their receipts will say that they were lost. A panel's KEY loses no answers: they are counted, but not
    linked to those of other waves.
    """
    t = words(language)
    folder = KeyFolder(Settings.from_environment().keys)
    key = _run(lambda database: keyring.to_give_up(database, folder, name, organisation))
    click.echo(t("cli.keys.to_give_up", key=key.name, of=_of(key, t), count=key.waiting))
    if not yes and click.prompt(t("cli.keys.give_up")).strip().lower() not in t("cli.yes").split():
        raise click.Abort
    count = _run(lambda database: keyring.give_up(database, key))
    click.echo(t("cli.keys.linked_no_more" if key.panel else "cli.keys.given_up", count=count))


@keys.command()
@click.option("--yes", is_flag=True, help="Do not ask first.")
@LANGUAGE
def discard(yes: bool, language: str) -> None:
    """Destroy the keys of the folder that the database does not know: those made after the dump that was
    restored. With the lost database they open what waited there.
    """
    t = words(language)
    folder = _folder(contacts=False)
    unwanted = _run(lambda database: keyring.unknown(database, folder))
    if not unwanted:
        click.echo(t("cli.keys.none_unknown"))
        return
    click.echo(t("cli.keys.to_discard", keys=", ".join(key.hex()[:12] for key in unwanted)))
    if not yes and click.prompt(t("cli.keys.discard")).strip().lower() not in t("cli.yes").split():
        raise click.Abort
    gone = _run(lambda database: keyring.discard(database, folder, unwanted))
    click.echo(t("cli.keys.discarded", count=len(gone)))


@keys.command()
@LANGUAGE
def adopt(language: str) -> None:
    """Let the mixer's folder be the one that keys are made in: the former is lost, or was moved.

    A mixer with the former is refused from then on. Rounds keep the keys they have.
    """
    folder = _folder(contacts=False)
    _run(lambda database: folders.claim(database, folder, adopt=True))
    click.echo(words(language)("cli.keys.adopted", folder=folder.path))


def _folder(*, contacts: bool) -> KeyFolder:
    settings = Settings.from_environment()
    return KeyFolder(settings.contact_keys if contacts else settings.keys)


def _line(key: Known, t: Translate) -> str:
    waiting = t("cli.keys.waiting", count=f"{key.waiting:6}")
    used = f"{key.name}  {key.made_on or '–'!s:10}  {_state(key, t):22}  {waiting}"
    return f"{used}  {_backed_up(key, t):26}  {_of(key, t)}"


def _of(key: Known, t: Translate) -> str:
    """'Eksempelvik kommune: Bo i Havna (open)'."""
    name = t("cli.keys.panel", round=key.campaign) if key.panel else key.campaign
    return f"{key.organisation}: {name} ({t(f'cli.keys.status.{key.status}')})"


def _state(key: Known, t: Translate) -> str:
    if key.destroyed_on is not None:
        return t("cli.keys.destroyed", day=key.destroyed_on)
    if key.state != "good":
        return t(NOT_GOOD[key.state])
    return t("cli.keys.in_use" if key.current else "cli.keys.old")


def _contact_state(key: ContactKey, t: Translate) -> str:
    if key.not_gone:
        return t("cli.keys.should_be_gone")
    if key.destroyed_on is not None:
        return t("cli.keys.destroyed", day=key.destroyed_on)
    return t("cli.keys.in_use" if key.state == "good" else NOT_GOOD[key.state])


def _backed_up(key: Known, t: Translate) -> str:
    if key.backed_up_on is not None:
        return t("cli.keys.in_backup", day=key.backed_up_on)
    return "–" if key.destroyed_on is not None else t("cli.keys.no_backup")


def _passphrase(t: Translate, *, twice: bool = False) -> str:
    """From the terminal, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    given = getpass.getpass(t("cli.keys.passphrase"))
    if twice and getpass.getpass(t("cli.keys.once_more")) != given:
        raise click.ClickException(t("cli.keys.not_the_same"))
    return given


def _run(work: Callable[[Database], Coroutine[Any, Any, Done]], doors: Sequence[str] = MIXER_ALONE) -> Done:
    async def whole() -> Done:
        async with opened(Settings.from_environment(), doors) as database:
            return await work(database)

    return asyncio.run(whole())
