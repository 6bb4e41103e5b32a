"""A code can be read over the telephone, and a slip of the tongue or the finger is noticed."""

from __future__ import annotations

import asyncio
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from survey.ballots import codes, spelling, tokens
from survey.ballots.codes import CODE_LENGTH
from survey.ballots.spelling import ALPHABET

SECRET = b"s" * 32
made = st.builds(codes.new_code)
places = st.integers(0, CODE_LENGTH - 1)


@given(made)
def test_a_code_is_read_as_it_was_printed(code: str) -> None:
    assert codes.read(spelling.grouped(code)) == code
    assert codes.read(f" {spelling.grouped(code).lower().replace('-', ' ')} ") == code
    assert not set(code) & set("01OILUW")


@given(made, places, st.sampled_from(ALPHABET))
def test_any_one_wrong_symbol_is_noticed(code: str, place: int, wrong: str) -> None:
    mistyped = code[:place] + wrong + code[place + 1 :]
    assert (codes.read(mistyped) is None) == (mistyped != code)


@given(made, places, places)
def test_any_two_symbols_that_changed_places_are_noticed(code: str, one: int, other: int) -> None:
    symbols = list(code)
    symbols[one], symbols[other] = symbols[other], symbols[one]
    mistyped = "".join(symbols)
    assert (codes.read(mistyped) is None) == (mistyped != code)


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_none(written: str) -> None:
    read = codes.read(written)
    assert read is None or codes.read(read) == read


def test_a_code_always_leads_to_the_same_link_and_only_with_the_secret() -> None:
    code = codes.new_code()
    token = codes.token_of(SECRET, code)
    assert tokens.normalise(token) == token and codes.token_of(SECRET, code) == token
    assert codes.token_of(b"t" * 32, code) != token
    assert codes.read(token) is None and tokens.normalise(code) is None


def test_a_code_takes_the_work_that_the_documentation_promises(codes_as_sold: None) -> None:
    """RFC 7914: N = 2^13, r = 8, one lane, 8 MB. Reckoned anew for a printed letter it is still its link."""
    assert (codes.COST["n"], codes.COST["r"], codes.COST["p"]) == (2**13, 8, 1)
    derived = hashlib.scrypt(b"K7Q2FA9M3XTB", salt=b"bostemme.code" + SECRET, dklen=16, n=2**13, r=8, p=1)
    letters = f"{int.from_bytes(derived, 'big'):0128b}"[-100:]
    told = "".join(tokens.ALPHABET[int(letters[at - 5 : at], 2)] for at in range(100, 0, -5))
    assert codes.token_of(SECRET, "K7Q2FA9M3XTB") == told


def test_codes_of_a_round_are_all_different_and_carry_their_tokens() -> None:
    rights = asyncio.run(codes.new_rights(SECRET, 12))
    assert len({right.code for right in rights}) == len({right.token for right in rights}) == 12
    assert all(codes.token_of(SECRET, right.code) == right.token for right in rights[:3])
