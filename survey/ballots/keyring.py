"""What an operator does with the keys of rounds: looks, backs up, restores, rotates, gives up.

A backup is one file, sealed with a passphrase (argon2id, libsodium's moderate limits; then a secret box). It
belongs apart from the database and its backups: who has both and the passphrase can read what waits in the
box. A destroyed key must be destroyed in its backups too, so keep few and make them anew.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from survey.ballots.keys import SUFFIX, KeyDamaged, KeyFault, KeyFolder
from survey.database.pool import Database

SHORTEST_PASSPHRASE = 15
"""Characters."""
MAGIC = b"bostemme-keys-1\n"

_queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


class WrongPassphrase(KeyFault):
    """The backup does not open: another passphrase, or another file."""


class NothingToDo(KeyFault):
    """No such key or round, or nothing waits under it."""


@dataclass(frozen=True)
class Known:
    """A public key in the database, and whether its private half is in the folder."""

    public_key: bytes
    campaign_id: UUID | None
    campaign: str | None
    current: bool
    made_on: date
    destroyed_on: date | None
    waiting: int
    here: bool
    panel: bool
    """It links the waves of a panel; `campaign` is then the first of them."""

    @property
    def name(self) -> str:
        """The beginning of the file's name: enough to tell keys apart."""
        return self.public_key.hex()[:12]


async def listed(database: Database, keys: KeyFolder) -> list[Known]:
    """Every key that the database knows, stock last."""
    async with database.mixer() as connection:
        rows = [row async for row in _queries.keys(connection)]
    known = [
        Known(
            row["public_key"],
            row["campaign_id"],
            row["campaign_name"],
            row["current"],
            row["made_on"],
            row["destroyed_on"],
            row["waiting"],
            keys.has(row["public_key"]),
            row["panel"],
        )
        for row in rows
    ]
    return sorted(known, key=lambda key: (key.campaign is None, key.campaign or "", key.public_key))


def backup(keys: KeyFolder, to: Path, passphrase: str) -> int:
    """Write every key of the folder to one sealed file, which must not exist; how many it holds."""
    files = sorted(keys.path.glob(f"*{SUFFIX}"))
    if not files:
        raise NothingToDo("fault.key.none", folder=keys.path)
    document = json.dumps({file.stem: file.read_text(encoding="ascii").strip() for file in files})
    salt = random_bytes(pwhash.argon2id.SALTBYTES)
    sealed = SecretBox(_derived(passphrase, salt)).encrypt(document.encode())
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFault("fault.key.file_there", file=to) from error
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(MAGIC + salt + sealed)
        opened.flush()
        os.fsync(opened.fileno())
    return len(files)


def restore(keys: KeyFolder, file: Path, passphrase: str) -> int:
    """Put the keys of a backup that are missing back into the folder; how many that was.

    Raises WrongPassphrase, KeyDamaged.
    """
    content = file.read_bytes()
    if not content.startswith(MAGIC):
        raise KeyDamaged("fault.key.no_backup", file=file)
    body = content[len(MAGIC) :]
    salt, sealed = body[: pwhash.argon2id.SALTBYTES], body[pwhash.argon2id.SALTBYTES :]
    try:
        held: dict[str, str] = json.loads(SecretBox(_derived(passphrase, salt)).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise WrongPassphrase("fault.key.passphrase", file=file) from error
    missing = {public: private for public, private in held.items() if not keys.has(bytes.fromhex(public))}
    for public, private in missing.items():
        keys.keep(bytes.fromhex(public), bytes.fromhex(private))
    return len(missing)


async def rotate(database: Database, campaign_id: UUID) -> bytes:
    """An open round goes on with a new key from the stock. Raises NothingToDo."""
    async with database.mixer() as connection:
        key: bytes | None = await _queries.rotate_key(connection, campaign_id=campaign_id)
    if key is None:
        raise NothingToDo("fault.key.no_rotation", round=campaign_id)
    return key


async def give_up(database: Database, keys: KeyFolder, name: str) -> int:
    """The ballots under a lost key can never be read: they leave the box, and their receipts say so. Under a
    panel's key nothing is lost but the linking: how many ballots can now be mixed without.

    `name`: the beginning of the key, as `listed` gives it. Raises NothingToDo, also while the key is here.
    """
    found = [key for key in await listed(database, keys) if key.public_key.hex().startswith(name.lower())]
    if len(found) != 1 or not (found[0].waiting or found[0].panel):
        raise NothingToDo("fault.key.not_one", name=name)
    if found[0].here:
        raise NothingToDo("fault.key.here", key=found[0].name)
    async with database.mixer() as connection:
        if found[0].panel:
            await _queries.note_destroyed(connection, public_key=found[0].public_key)
            return found[0].waiting
        given_up: int = await _queries.give_up(connection, public_key=found[0].public_key)
    return given_up


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
