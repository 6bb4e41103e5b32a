"""The short code of a letter: what somebody reads aloud over the telephone instead of following a link.

'K7Q2FA-9M3XTB': twelve symbols in two groups, spelt as `spelling` says. Eleven are drawn by lot: 53 bits.
The twelfth is the check.

The token of the link is derived from the code by scrypt (N = 2^13, r = 8, 8 MB), salted with the server's
secret. One derivation takes 18 ms on one core of 2024: 500 codes are issued in some 5 seconds by two
threads. Whoever has stolen the database *and* the secret and owns 1,000 such cores tries 55,000 codes a
second: 3,500 years for half of the 1.2e16 codes, which is what one given household takes; among 10,000 open
invitations some one of them falls after 8 months, and rounds are open for weeks. Without the secret there
is nothing to try. Guessing through the page is limited by `survey/phone/limits.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from survey.ballots import spelling
from survey.ballots.tokens import ALPHABET as TOKEN_ALPHABET
from survey.ballots.tokens import TOKEN_LENGTH

CODE_LENGTH = 12

COST = {"n": 2**13, "r": 8, "p": 1, "maxmem": 2**25}
_workers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="codes")
"""scrypt lets other threads run. Two of them, and the rest of the machine is the tenants'."""


@dataclass(frozen=True)
class Right:
    """A code and the token that it gives: what a letter carries, and nothing that is kept."""

    code: str
    token: str


def new_code() -> str:
    """'K7Q2FA9M3XTB'."""
    return spelling.spelt([secrets.randbelow(spelling.PRIME) for _ in range(CODE_LENGTH - 1)])


def read(written: str) -> str | None:
    """The code somebody typed, read as `spelling.read` says. None when it is not one."""
    return spelling.read(written, CODE_LENGTH)


def token_of(secret_key: bytes, code: str) -> str:
    """The token of the link that this code stands for: 100 bits, always the same. Slow on purpose."""
    derived = hashlib.scrypt(code.encode(), salt=b"bostemme.code" + secret_key, dklen=16, **COST)
    bits = int.from_bytes(derived, "big")
    return "".join(TOKEN_ALPHABET[(bits >> (5 * place)) & 31] for place in range(TOKEN_LENGTH))


async def follow(secret_key: bytes, code: str) -> str:
    """`token_of` without holding up other pages."""
    return await asyncio.get_running_loop().run_in_executor(_workers, token_of, secret_key, code)


async def new_rights(secret_key: bytes, n: int) -> list[Right]:
    """So many codes with their tokens: 18 ms each, two at a time, so that a code that is typed meanwhile
    waits behind two and not behind all letters of a round."""
    made: set[str] = set()
    while len(made) < n:
        made.add(new_code())
    codes: Sequence[str] = secrets.SystemRandom().sample(sorted(made), n)
    halves = await asyncio.gather(*(_rights(secret_key, codes[start::2]) for start in range(2)))
    return [right for half in halves for right in half]


async def _rights(secret_key: bytes, codes: Sequence[str]) -> list[Right]:
    return [Right(code, await follow(secret_key, code)) for code in codes]
