"""What an operator does with the keys of rounds: looks, backs up, restores, rotates, gives up.

A backup is one file, sealed with a passphrase (argon2id, libsodium's moderate limits; then a secret box). It
belongs apart from the database and its backups: who has both and the passphrase can read what waits in the
box. A destroyed key must be destroyed in its backups too, so keep few and make them anew. The folder
remembers what the last backup held (`last-backup.json`), so that the list can tell which keys are in none.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.exceptions import TypeError as NaclTypeError
from nacl.exceptions import ValueError as NaclValueError
from nacl.public import PrivateKey
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from survey.ballots import folders
from survey.ballots.keys import KeyDamaged, KeyFault, KeyFolder, State
from survey.database.pool import Database

SHORTEST_PASSPHRASE = 15
"""Characters."""
MAGIC = b"bostemme-keys-2\n"
MAGIC_WITHOUT_DIGEST = b"bostemme-keys-1\n"
"""Backups made before they had a digest."""
DIGEST_BYTES = 32
LAST_BACKUP = "last-backup.json"
"""In the folder of keys: {"day": "2026-11-21", "keys": [public keys in hexadecimal]}."""
NO_ROUND = ("fault.key.no_round", "fault.key.no_round_near")
NO_ORGANISATION = ("fault.key.no_organisation", "fault.key.no_organisation_near")

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


class WrongPassphrase(KeyFault):
    """The backup does not open: another passphrase, or another file."""


class NothingToDo(KeyFault):
    """No such key or round, or nothing waits under it."""


class WhichOne(KeyFault):
    """Several rounds or keys go by what was given."""


@dataclass(frozen=True)
class Known:
    """A public key in the database, and whether its private half is in the folder."""

    public_key: bytes
    organisation: str | None
    campaign_id: UUID | None
    campaign: str | None
    status: str | None
    """Of the round: 'open', 'closed', or 'sealed' when the key's work is done; of a panel 'goes_on' before.
    None: the key is in stock."""
    current: bool
    made_on: date | None
    """None: ballots wait under it, and nobody here has made it."""
    destroyed_on: date | None
    backed_up_on: date | None
    """The day of the last backup, when it holds this key."""
    waiting: int
    state: State
    """Of the file in the folder."""
    panel: bool
    """It links the waves of a panel; `campaign` is then the first of them."""

    @property
    def here(self) -> bool:
        return self.state == "good"

    @property
    def spoiled(self) -> bool:
        """A file of this name is there, and it is not the key."""
        return self.state in ("damaged", "another") and self.destroyed_on is None

    @property
    def name(self) -> str:
        """The beginning of the file's name: enough to tell keys apart."""
        return self.public_key.hex()[:12]

    @property
    def lost(self) -> bool:
        """Missing from the folder, or not what its name says, while something hangs on it or an open round
        goes on sealing with it."""
        in_use = self.current and self.status == "open"
        waited_for = self.waiting > 0 and not self.panel  # destroyed or not: nothing else opens them
        return not self.here and (waited_for or (self.destroyed_on is None and (self.panel or in_use)))

    @property
    def needs_backup(self) -> bool:
        """A round or panel that is not over hangs on it, and no backup that we know of holds it."""
        return self.campaign is not None and self.here and self.backed_up_on is None


async def listed(database: Database, keys: KeyFolder) -> list[Known]:
    """Every key that the database knows: by organisation and round, stock last."""
    async with database.mixer() as connection:
        rows = [row async for row in _queries.keys(connection)]
    day, held = _last_backup(keys)
    known = [
        Known(
            row["public_key"],
            row["organisation_name"],
            row["campaign_id"],
            row["campaign_name"],
            "sealed" if row["sealed"] else "goes_on" if row["panel"] else row["status"],
            row["current"],
            row["made_on"],
            row["destroyed_on"],
            day if row["public_key"].hex() in held else None,
            row["waiting"],
            keys.state(row["public_key"]),
            row["panel"],
        )
        for row in rows
    ]
    return sorted(
        known,
        key=lambda key: (
            key.campaign is None, key.organisation or "", key.campaign or "", str(key.campaign_id), key.panel,
            not key.current, key.made_on or date.max, key.public_key,
        ),
    )  # fmt: skip


def backup(keys: KeyFolder, to: Path, passphrase: str) -> int:
    """Write every key of the folder to one sealed file, which must not exist; how many it holds.

    Raises KeyDamaged when one of them is not the key its name says: the former backup may have the good one.
    """
    held = sorted(keys.here())
    if not held:
        raise NothingToDo("fault.key.none", folder=keys.path)
    document = json.dumps({public.hex(): bytes(keys.load(public)).hex() for public in held})
    salt = random_bytes(pwhash.argon2id.SALTBYTES)
    sealed = SecretBox(_derived(passphrase, salt)).encrypt(document.encode())
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFault("fault.key.file_there", file=to) from error
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(MAGIC + _digest(salt + sealed) + salt + sealed)
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:  # half a backup is none, and would be in the way of the next try
        to.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(to)) from error
    note = json.dumps({"day": date.today().isoformat(), "keys": [public.hex() for public in held]})
    (keys.path / LAST_BACKUP).write_text(note, encoding="ascii")
    return len(held)


@dataclass(frozen=True)
class Restored:
    """How many keys a backup put back, and where it kept what lay under their names and was not they."""

    count: int
    set_aside: tuple[Path, ...] = ()


def restore(keys: KeyFolder, file: Path, passphrase: str) -> Restored:
    """Put the keys of a backup that are missing, or whose files hold something else, back into the folder.

    Raises WrongPassphrase, KeyDamaged.
    """
    body, has_digest = _sealed_body(file)
    salt, sealed = body[: pwhash.argon2id.SALTBYTES], body[pwhash.argon2id.SALTBYTES :]
    try:
        held: dict[str, str] = json.loads(SecretBox(_derived(passphrase, salt)).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        key = "fault.key.passphrase" if has_digest else "fault.key.passphrase_or_damaged"
        raise WrongPassphrase(key, file=file) from error
    pairs = {bytes.fromhex(public): bytes.fromhex(private) for public, private in held.items()}
    missing = [public for public in pairs if keys.state(public) != "good" and _fits(public, pairs[public])]
    aside = [keys.set_aside(public) for public in missing if keys.has(public)]
    for public in missing:
        keys.keep(public, pairs[public])
    return Restored(len(missing), tuple(aside))


async def unknown(database: Database, keys: KeyFolder) -> tuple[bytes, ...]:
    """The keys of the folder that this database does not know: of one that was lost, made after the dump that
    was restored. Whoever has the lost one still and these can read what waited there."""
    async with database.mixer() as connection:
        known = {row["public_key"] async for row in _queries.keys(connection)}
    return tuple(sorted(key for key in keys.here() if key not in known))


async def discard(database: Database, keys: KeyFolder, unwanted: Sequence[bytes]) -> tuple[bytes, ...]:
    """Destroy those of them that are unknown: which. The database notes them as destroyed, so that none is
    taken that the mixer is making known, and one that a backup brings back is destroyed again.

    Raises AnotherFolder, since in another folder every key is unknown."""
    await folders.claim(database, keys)
    async with database.mixer() as connection:
        gone = [key for key in unwanted if await _queries.discard_key(connection, public_key=key)]
    for public in gone:
        keys.destroy(public)
    return tuple(gone)


async def rotate(
    database: Database, keys: KeyFolder, name: str, organisation: str | None = None
) -> tuple[Known, bytes]:
    """The open round called `name` goes on with a key made now: its former key, and the new one.

    The stock lay beside a key that may have been seen, and in the same backups: it is destroyed, and the
    mixer makes another. Raises NothingToDo, WhichOne, AnotherFolder.
    """
    await folders.claim(database, keys)
    known = await listed(database, keys)
    current = [key for key in known if key.current and not key.panel and key.campaign is not None]
    (key,) = _of_one_round(current, name, organisation)
    if key.status != "open" or key.campaign_id is None:
        raise NothingToDo("fault.key.no_rotation", round=key.campaign)
    stock = [own.public_key for own in known if own.campaign is None and own.destroyed_on is None]
    async with database.mixer() as connection:
        dropped = [own for own in stock if await _queries.drop_stock(connection, public_key=own)]
        await _queries.keep_key(connection, public_key=keys.make())
        new: bytes | None = await _queries.rotate_key(connection, campaign_id=key.campaign_id)
    for public in dropped:  # what a round has taken meanwhile stays
        keys.destroy(public)
    if new is None:  # closed in the same moment
        raise NothingToDo("fault.key.no_rotation", round=key.campaign)
    return key, new


async def to_give_up(
    database: Database, keys: KeyFolder, name: str, organisation: str | None = None
) -> Known:
    """The one lost key of a round, or the one whose name begins so, on which something hangs.

    Raises NothingToDo, also while the key is here, and WhichOne.
    """
    known = [key for key in await listed(database, keys) if key.campaign is not None]
    matching = [key for key in known if _begins(key, name)] or _of_one_round(known, name, organisation)
    lost = [key for key in matching if key.lost and (key.waiting or key.panel)]
    if len(lost) == 1:
        return lost[0]
    if lost:
        raise WhichOne("fault.key.several_lost", keys=", ".join(key.name for key in lost))
    here = [key for key in matching if key.here]
    if here and not any(key.lost for key in matching):
        raise NothingToDo("fault.key.here", key=here[0].name)
    raise NothingToDo("fault.key.nothing_lost", name=name)


async def give_up(database: Database, key: Known) -> int:
    """The ballots under a lost key can never be read: they leave the box, and their receipts say so. Under a
    panel's key nothing is lost but the linking: how many ballots can now be mixed without.

    `key`: as `to_give_up` found it.
    """
    async with database.mixer() as connection:
        if key.panel:
            await _queries.link_no_more(connection, public_key=key.public_key)
            return key.waiting
        given_up: int = await _queries.give_up(connection, public_key=key.public_key)
    return given_up


def _of_one_round(known: Sequence[Known], name: str, organisation: str | None) -> list[Known]:
    """The keys of the round that is called so, or has this id: capitals and spaces at the ends do not count.

    Raises NothingToDo with the name that is nearest, WhichOne when rounds share the name.
    """
    if organisation is not None:
        known = _like(known, organisation, lambda key: key.organisation or "", NO_ORGANISATION)
    found = [key for key in known if str(key.campaign_id) == name.strip().lower()]
    found = found or _like(known, name, lambda key: key.campaign or "", NO_ROUND)
    rounds = {key.campaign_id: key for key in found}
    if len(rounds) > 1:
        raise WhichOne(
            "fault.key.several_rounds",
            name=name,
            rounds=", ".join(f"{key.organisation} ({key.campaign_id})" for key in rounds.values()),
        )
    return found


def _like(
    known: Sequence[Known], name: str, of: Callable[[Known], str], faults: tuple[str, str]
) -> list[Known]:
    """Those whose name this is. Else NothingToDo: the second of `faults` names the nearest there is."""
    names: Mapping[str, str] = {_plain(of(key)): of(key) for key in known}
    if _plain(name) in names:
        return [key for key in known if _plain(of(key)) == _plain(name)]
    near = difflib.get_close_matches(_plain(name), names, n=1, cutoff=0.5)
    if near:
        raise NothingToDo(faults[1], name=name, near=names[near[0]])
    raise NothingToDo(faults[0], name=name)


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _begins(key: Known, name: str) -> bool:
    """Four characters at least: a round may be called 'Bo'."""
    return len(name) >= 4 and key.public_key.hex().startswith(name.lower())


def _last_backup(keys: KeyFolder) -> tuple[date | None, frozenset[str]]:
    """The day and the keys of the last backup; of one that cannot be read nothing is known."""
    try:
        note = json.loads((keys.path / LAST_BACKUP).read_text(encoding="ascii"))
        return date.fromisoformat(note["day"]), frozenset(note["keys"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, frozenset()


def _sealed_body(file: Path) -> tuple[bytes, bool]:
    """The salt and the box of a backup, and whether a digest says that they are whole. Raises KeyDamaged when
    it is none, or was cut short or changed.
    """
    content = file.read_bytes()
    if content.startswith(MAGIC):
        digest, body = content[len(MAGIC) :][:DIGEST_BYTES], content[len(MAGIC) + DIGEST_BYTES :]
        if digest != _digest(body):
            raise KeyDamaged("fault.key.backup_damaged", file=file)
        return body, True
    if content.startswith(MAGIC_WITHOUT_DIGEST):
        return content[len(MAGIC_WITHOUT_DIGEST) :], False
    if content and (MAGIC.startswith(content) or MAGIC_WITHOUT_DIGEST.startswith(content)):
        raise KeyDamaged("fault.key.backup_damaged", file=file)
    raise KeyDamaged("fault.key.no_backup", file=file)


def _digest(body: bytes) -> bytes:
    """Of what is sealed already: it tells a damaged file from a wrong passphrase, and nothing else."""
    return hashlib.blake2b(body, digest_size=DIGEST_BYTES, person=b"bostemme.backup").digest()


def _fits(public: bytes, private: bytes) -> bool:
    try:
        return bytes(PrivateKey(private).public_key) == public
    except (NaclTypeError, NaclValueError):
        return False


def _derived(passphrase: str, salt: bytes) -> bytes:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WrongPassphrase("fault.key.passphrase_short", least=SHORTEST_PASSPHRASE)
    return bytes(
        pwhash.argon2id.kdf(
            SecretBox.KEY_SIZE,
            passphrase.encode(),
            salt,
            opslimit=pwhash.argon2id.OPSLIMIT_MODERATE,
            memlimit=pwhash.argon2id.MEMLIMIT_MODERATE,
        )
    )
