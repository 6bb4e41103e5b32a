"""Ballots in tests: keys that rounds were opened with, and what lies in the box or has left it."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from pathlib import Path
from uuid import UUID

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.ballots.sealing import Ballot, open_ballot
from survey.database.pool import Database


def _folder(prefix: str) -> Path:
    """Of this process, gone with it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


STOCK = _folder("bostemme-keys-")
"""Made once: every test database is a copy of one that knows the public halves."""

SEED = "0" * 32
"""Of the page an answer is sent from: the receipt comes of it and of the link."""

CONTACT_STOCK = _folder("bostemme-contact-keys-")
"""The same for contacts."""


def copied_contact_keys(to: Path) -> KeyFolder:
    shutil.copytree(CONTACT_STOCK, to, dirs_exist_ok=True)
    return KeyFolder(to)


def copied_keys(to: Path) -> KeyFolder:
    """A folder of one's own, so that destroying a key in one test leaves it to the next."""
    shutil.copytree(STOCK, to, dirs_exist_ok=True)
    return KeyFolder(to)


def receipt_on(page: str) -> str:
    """The receipt that a page shows."""
    (shown,) = re.findall(r'<p class="code"><bdi dir="ltr">([0-9A-Z-]+)</bdi></p>', page)
    return str(shown)


def change_code_on(page: str) -> str:
    """The change code that a page shows below its receipt."""
    (shown,) = re.findall(r'<p class="change-code"><bdi dir="ltr">([0-9A-Z]+)</bdi></p>', page)
    return str(shown)


def with_code(receipt: str, secret_key: bytes = b"k" * 32) -> dict[str, str]:
    """What whoever sent types to change or withdraw: the receipt and the code that was shown with it."""
    return {"kvittering": receipt, "kode": tokens.change_code(secret_key, receipt)}


async def in_the_box(database: Database, campaign_id: UUID, keys: Path = STOCK) -> list[Ballot]:
    """What waits sealed, opened with the key of the round."""
    folder = KeyFolder(keys)
    async with database.owner() as connection:
        waiting = await connection.fetch(
            "select public_key, sealed from ballots.box where campaign_id = $1", campaign_id
        )
    return [open_ballot(folder.load(row["public_key"]), row["sealed"]) for row in waiting]


async def sent_answers(database: Database, campaign_id: UUID, keys: Path = STOCK) -> list[dict[str, object]]:
    """Every answer document of a round, in the box or out of it."""
    async with database.owner() as connection:
        mixed = await connection.fetch(
            "select answers::text from answers.responses where campaign_id = $1", campaign_id
        )
    waiting = await in_the_box(database, campaign_id, keys)
    return [json.loads(row["answers"]) for row in mixed] + [dict(ballot.answers) for ballot in waiting]
