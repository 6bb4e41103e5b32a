"""That something was pressed a moment ago: a word in the address of the page that says it is noted.

All links look alike whether they were used or not, so nothing can be looked up to know it. The server makes
the word when the button is pressed; by an address without it, or with an old one (shared, restored, gone back
to), the question is shown instead. The word is made of the link, the choice and the time, and kept nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import time

SPAN_SECONDS = 600
"""A word is good until the span after the one that it was made in is over: for ten to twenty minutes."""
FIELD = "sagt"
"""Its name in an address."""


def word(secret_key: bytes, token: str, choice: str) -> str:
    """32 hexadecimal digits. `secret_key`: at most 64 bytes. `choice`: what was pressed."""
    return _of(secret_key, token, choice, _span())


def holds(secret_key: bytes, token: str, choice: str, written: str) -> bool:
    """Whether `choice` was pressed by this link just now, as far as `written` tells."""
    now, given = _span(), written.encode()
    return any(
        hmac.compare_digest(given, _of(secret_key, token, choice, span).encode()) for span in (now, now - 1)
    )


def _of(secret_key: bytes, token: str, choice: str, span: int) -> str:
    said = f"{token} {choice} {span}".encode()
    return hashlib.blake2b(said, key=secret_key, person=b"bostemme.said", digest_size=16).hexdigest()


def _span() -> int:
    return int(time.time()) // SPAN_SECONDS
