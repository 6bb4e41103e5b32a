"""The personal link and everything that is derived from it.

A token is 20 characters of Crockford base32 (100 random bits). It exists in the letter and in the tenant's
address bar alone: the registry holds a keyed hash of it, the draft is found by another keyed hash and
sealed with a key that only the token and the server's secret give together, or only these and the secret of
one device. None gives another away.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random as random_bytes

from survey.ballots import padding, spelling

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
TOKEN_LENGTH = 20
RECEIPT_LENGTH = 18
"""Seventeen symbols of 29 and their check: 82 bits. Whoever has the database, the links and the server's
secret could try 60 in earnest."""
CHANGE_CODE_LENGTH = 6
"""Five symbols of 29 and their check: 24 bits. They can be tried at the server alone, which counts tries."""
SEED_DIGITS = 32
SEED_MINUTE_DIGITS = 8
FRESH_MINUTES = 30
DEVICE_DIGITS = 32
DEVICE_CHECK_DIGITS = 16
SEED_LENGTH = 32
"""Bytes."""

SEALED_AS = b"\x01"
"""The first byte of what is sealed here: how its key is made."""
SEALING = 41
"""Bytes that sealing adds to a draft or a copy."""

_WELL_FORMED = re.compile(f"[{ALPHABET}]{{{TOKEN_LENGTH}}}")
_AS_MEANT = str.maketrans({"o": "0", "i": "1", "l": "1"})


class UnreadableDraft(Exception):
    """The sealed bytes were not made with this token, or were damaged."""


def new_token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def normalise(written: str) -> str | None:
    """The token somebody typed or followed: capitals, spaces, hyphens, O for 0 and I or L for 1 are
    forgiven. None when it cannot be a token."""
    token = re.sub(r"[\s\-]", "", written[:100]).lower().translate(_AS_MEANT)
    return token if _WELL_FORMED.fullmatch(token) else None


def token_hash(secret_key: bytes, token: str) -> bytes:
    """32 bytes: what the registry knows an invitation by. `secret_key`: at most 64 bytes."""
    return _keyed(secret_key, token, b"bostemme.token")


def unknown_hash() -> bytes:
    """32 bytes where a token's hash belongs, of a token that nobody has."""
    return secrets.token_bytes(32)


def draft_key(secret_key: bytes, owner: str) -> bytes:
    """32 bytes: what a draft is found by. Shares nothing with `token_hash`. `owner`: a link, or what `owner`
    makes of it and a device."""
    return _keyed(secret_key, owner, b"bostemme.draft")


def new_device(secret_key: bytes, token: str) -> str:
    """The secret of a device for this link, 128 random bits, with a check that only we can make: nobody gets
    more of them than they are given."""
    drawn = secrets.token_hex(DEVICE_DIGITS // 2)
    return drawn + _device_check(secret_key, token, drawn)


def is_device(secret_key: bytes, token: str, written: str) -> bool:
    """Whether this was given out by `new_device` for this link."""
    if re.fullmatch(f"[0-9a-f]{{{DEVICE_DIGITS + DEVICE_CHECK_DIGITS}}}", written) is None:
        return False
    drawn, check = written[:DEVICE_DIGITS], written[DEVICE_DIGITS:]
    return hmac.compare_digest(check, _device_check(secret_key, token, drawn))


def owner(token: str, device: str | None) -> str:
    """Whose a draft is, for `draft_key` and for sealing: the device's that has the link, or, where there is
    no device, everybody's who has the link. 64 hexadecimal digits, which no link looks like."""
    if device is None:
        return token
    both = f"{token}{device[:DEVICE_DIGITS]}".encode()
    return hashlib.blake2b(both, person=b"bostemme.device", digest_size=32).hexdigest()


def new_seed() -> str:
    """What makes a receipt, besides the link: drawn for the page that is sent, kept nowhere else. Its first
    digits are the minute it was drawn in."""
    return f"{_minute():0{SEED_MINUTE_DIGITS}x}" + secrets.token_hex((SEED_DIGITS - SEED_MINUTE_DIGITS) // 2)


def is_seed(written: str) -> bool:
    return re.fullmatch(f"[0-9a-f]{{{SEED_DIGITS}}}", written) is not None


def is_fresh(seed: str) -> bool:
    """Whether the page was made so lately that sending it once more is its sender's slip, or the network's.
    Later it may be whoever finds the page in a browser's history."""
    return 0 <= _minute() - int(seed[:SEED_MINUTE_DIGITS], 16) <= FRESH_MINUTES


def _minute() -> int:
    return int(time.time()) // 60


def receipt(secret_key: bytes, token: str, seed: str) -> str:
    """'K7Q2FA-9M3XTB-D4RTHX': the same however often one page is sent, and not to be had by the link alone.

    Whoever handed out the link could otherwise open, change or withdraw what was sent by it.
    """
    drawn = _keyed(secret_key, token + seed, b"bostemme.receipt")
    return spelling.grouped(_word(drawn, RECEIPT_LENGTH))


def normalise_receipt(written: str) -> str | None:
    """A receipt as somebody typed it, in the form of `receipt`; None when it cannot be one."""
    symbols = spelling.read(written, RECEIPT_LENGTH)
    return None if symbols is None else spelling.grouped(symbols)


def change_code(secret_key: bytes, receipt: str) -> str:
    """'H4M7QX': what changing or withdrawing takes besides the receipt, which may be shown.

    Who hands out links and asks to see the receipt could otherwise open what was sent. It is kept nowhere.
    `receipt` as `receipt` gives it."""
    return _word(_keyed(secret_key, receipt, b"bostemme.change"), CHANGE_CODE_LENGTH)


def is_change_code(secret_key: bytes, receipt: str, written: str) -> bool:
    """Whether this is the code that was given with the receipt; small letters and signs are forgiven."""
    typed = spelling.read(written, CHANGE_CODE_LENGTH)
    return typed is not None and hmac.compare_digest(typed, change_code(secret_key, receipt))


def copy_secret(token: str, receipt: str) -> str:
    """What the copy of a sent answer is sealed with: link and receipt together, neither of them alone."""
    return token + receipt


def receipt_hash(secret_key: bytes, receipt: str) -> bytes:
    """32 bytes: what a ballot is found by until it is mixed. `receipt` as `receipt` gives it."""
    return _keyed(secret_key, receipt, b"bostemme.counted")


def panel_seed(token: str, panel_id: UUID) -> bytes:
    """32 bytes of which the mixer, and nobody without the panel's key, makes a pseudonym.

    Travels inside the sealed ballot and is stored nowhere.
    """
    return hashlib.blake2b(
        token.encode(), person=b"bostemme.panel", salt=panel_id.bytes, digest_size=SEED_LENGTH
    ).digest()


def seal_draft(secret_key: bytes, owner: str, document: bytes, room: int = padding.BLOCK) -> bytes:
    """Encrypt with a key that takes the link, or link and device, *and* the server's secret: neither the
    database with the office's list of links can read it, nor the database with the secret. `room`: see
    `padding.room`; SEALING comes to it."""
    plain = padding.pack(document, room)
    return SEALED_AS + bytes(_box(secret_key, owner).encrypt(plain, random_bytes(SecretBox.NONCE_SIZE)))


def open_draft(secret_key: bytes, owner: str, sealed: bytes) -> bytes:
    """The inverse of `seal_draft`; UnreadableDraft when the bytes are not this owner's, or were sealed
    another way or with another secret."""
    if sealed[:1] != SEALED_AS:
        raise UnreadableDraft("the draft is sealed in another way")
    try:
        return padding.unpad(_box(secret_key, owner).decrypt(sealed[1:]))
    except (CryptoError, ValueError) as error:
        raise UnreadableDraft("the draft does not belong to this link") from error


def mark(sealed: bytes) -> bytes:
    """24 bytes that no two sealings share, of one draft or of many."""
    return sealed[: SecretBox.NONCE_SIZE]


def _keyed(secret_key: bytes, token: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(token.encode(), key=secret_key, person=purpose, digest_size=32).digest()


def _word(drawn: bytes, length: int) -> str:
    """So many symbols of these 32 bytes, the last their check."""
    rest = int.from_bytes(drawn, "big")
    values = []
    for _ in range(length - 1):
        rest, value = divmod(rest, spelling.PRIME)
        values.append(value)
    return spelling.spelt(values)


def _device_check(secret_key: bytes, token: str, drawn: str) -> str:
    return _keyed(secret_key, token + drawn, b"bostemme.given").hex()[:DEVICE_CHECK_DIGITS]


def _box(secret_key: bytes, owner: str) -> SecretBox:
    key = hashlib.blake2b(
        owner.encode(),
        key=secret_key,
        person=b"bostemme.sealing",
        salt=SEALED_AS,
        digest_size=SecretBox.KEY_SIZE,
    )
    return SecretBox(key.digest())
