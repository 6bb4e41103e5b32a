"""Tokens that prove a form came from our own page.

A token is a random nonce and its keyed hash, so that every page carries another one (compressed pages
would else give it away little by little) and nothing needs to be stored.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hashlib import blake2b
from hmac import compare_digest
from secrets import token_bytes

from survey.people.errors import StaleForm

FIELD = "csrf"
_NONCE = 16
_MAC = 32


def _mac(secret: bytes, nonce: bytes) -> bytes:
    return blake2b(nonce, key=secret, digest_size=_MAC, person=b"bostemme-csrf").digest()


def issue(secret: bytes) -> str:
    """A new token under a secret of 16 to 64 bytes."""
    nonce = token_bytes(_NONCE)
    return urlsafe_b64encode(nonce + _mac(secret, nonce)).decode()


def check(secret: bytes, token: str | None) -> None:
    """Raises StaleForm unless the token was issued under this secret."""
    try:
        raw = urlsafe_b64decode((token or "").encode("ascii"))
    except (Base64Error, ValueError):
        raise StaleForm() from None
    if len(raw) != _NONCE + _MAC or not compare_digest(_mac(secret, raw[:_NONCE]), raw[_NONCE:]):
        raise StaleForm()
