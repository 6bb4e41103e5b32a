"""A ballot: one answer, sealed for the mixer (libsodium sealed box), as long as all of its questionnaire.

Whoever seals cannot open: the web holds the public half of the round's key, the mixer alone the private half.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from uuid import UUID

from msgspec import json
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from forms.answers import Answers
from survey.ballots.padding import BLOCK, pack, unpad
from survey.ballots.tokens import SEED_LENGTH

NO_SEED = bytes(SEED_LENGTH)


class UnreadableBallot(Exception):
    """Not sealed with this key, or damaged."""


@dataclass(frozen=True)
class Ballot:
    """What is on the route of one tenant, packed, and nothing that says who it was."""

    version_id: UUID
    language: str
    mode: str
    answers: Answers
    codes: bytes
    seed: bytes | None = None
    """Of a pseudonym, 32 bytes: only in a panel, and only with the tenant's consent."""


def seal(public_key: bytes, ballot: Ballot, room: int = BLOCK) -> bytes:
    """`public_key`: 32 bytes. `room`: see `padding.room`; 48 bytes come to it."""
    document = json.encode(
        {
            "version": str(ballot.version_id),
            "language": ballot.language,
            "mode": ballot.mode,
            "answers": ballot.answers,
            "codes": b64encode(ballot.codes).decode(),
            "seed": (ballot.seed or NO_SEED).hex(),  # as long with consent as without
        }
    )
    return bytes(SealedBox(PublicKey(public_key)).encrypt(pack(document, room)))


def open_ballot(private_key: PrivateKey, sealed: bytes) -> Ballot:
    """The inverse of `seal`. Raises UnreadableBallot."""
    try:
        document = json.decode(unpad(SealedBox(private_key).decrypt(sealed)))
        seed = bytes.fromhex(document.get("seed", ""))
        return Ballot(
            UUID(document["version"]),
            document["language"],
            document["mode"],
            document["answers"],
            b64decode(document["codes"]),
            seed if len(seed) == SEED_LENGTH and seed != NO_SEED else None,
        )
    except (CryptoError, ValueError, KeyError, TypeError) as error:
        raise UnreadableBallot("the ballot was not sealed with this key, or is damaged") from error
