"""The personal link: what is derived from it tells nothing about it, and nothing about each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.ballots import codes, spelling, tokens
from survey.ballots.tokens import (
    RECEIPT_LENGTH,
    UnreadableDraft,
    draft_key,
    is_seed,
    new_seed,
    new_token,
    normalise,
    normalise_receipt,
    open_draft,
    receipt,
    seal_draft,
    token_hash,
)

KEY = b"k" * 32


def test_a_new_token_is_well_formed_and_never_the_same() -> None:
    made = {new_token() for _ in range(1000)}
    assert len(made) == 1000
    assert all(normalise(token) == token for token in made)


def test_what_is_derived_shares_nothing_and_depends_on_the_servers_secret() -> None:
    token = new_token()
    derived = {token_hash(KEY, token), draft_key(KEY, token), token_hash(b"x" * 32, token)}
    assert len(derived) == 3
    seed = new_seed()
    shown = receipt(KEY, token, seed)
    assert shown == receipt(KEY, token, seed) == normalise_receipt(shown.lower().replace("-", " "))
    assert shown not in {receipt(KEY, new_token(), seed), receipt(KEY, token, new_seed())}
    assert len(shown) == len("K7Q2FA-9M3XTB-D4RTHX") and not set(shown) & set("01OILUW")
    assert is_seed(seed) and not any(
        map(is_seed, ("", seed[1:], seed + "0", seed[1:] + "G", seed[1:] + "\n"))
    )


@given(st.binary(max_size=9000))
def test_a_sealed_draft_opens_with_its_own_link_and_the_server_s_secret_only(document: bytes) -> None:
    token = new_token()
    sealed = seal_draft(KEY, token, document)
    assert open_draft(KEY, token, sealed) == document
    with pytest.raises(UnreadableDraft):
        open_draft(KEY, new_token(), sealed)
    with pytest.raises(UnreadableDraft):
        open_draft(KEY, token, sealed[:-1])
    with pytest.raises(UnreadableDraft):
        open_draft(b"x" * 32, token, sealed)
    with pytest.raises(UnreadableDraft):
        open_draft(KEY, token, b"\x02" + sealed[1:])


def test_a_draft_of_a_device_opens_by_link_and_device_together_only() -> None:
    token, other = new_token(), new_token()
    device = tokens.new_device(KEY, token)
    assert tokens.is_device(KEY, token, device) and not tokens.is_device(KEY, other, device)
    assert not tokens.is_device(b"x" * 32, token, device) and not tokens.is_device(KEY, token, device[:-1])
    owners = [token, device, tokens.owner(other, device), tokens.owner(token, tokens.new_device(KEY, token))]
    mine = tokens.owner(token, device)
    sealed = seal_draft(KEY, mine, b"mine")
    assert open_draft(KEY, mine, sealed) == b"mine" and tokens.owner(token, None) == token
    for owner in owners:
        assert draft_key(KEY, owner) != draft_key(KEY, mine)
        with pytest.raises(UnreadableDraft):
            open_draft(KEY, owner, sealed)


@given(st.text(max_size=200))
def test_anything_typed_as_a_code_is_a_token_or_nothing(written: str) -> None:
    token = normalise(written)
    assert token is None or (len(token) == 20 and set(token) <= set(tokens.ALPHABET))


shown = st.builds(lambda: receipt(KEY, new_token(), new_seed()))
places = st.integers(0, RECEIPT_LENGTH - 1)


def test_a_receipt_cannot_be_guessed_by_who_has_database_links_and_secret() -> None:
    assert spelling.PRIME ** (RECEIPT_LENGTH - 1) >= 2**80


@given(shown, places, st.sampled_from(spelling.ALPHABET))
def test_any_one_wrong_symbol_of_a_receipt_is_noticed(right: str, place: int, wrong: str) -> None:
    symbols = list(right.replace("-", ""))
    symbols[place] = wrong
    mistyped = "".join(symbols)
    assert (normalise_receipt(mistyped) is None) == (mistyped != right.replace("-", ""))


@given(shown, places, places)
def test_any_two_symbols_of_a_receipt_that_changed_places_are_noticed(
    right: str, one: int, other: int
) -> None:
    symbols = list(right.replace("-", ""))
    symbols[one], symbols[other] = symbols[other], symbols[one]
    mistyped = "".join(symbols)
    assert (normalise_receipt(mistyped) is None) == (mistyped != right.replace("-", ""))


@pytest.mark.parametrize(
    "typed",
    [
        "{a}\u2014{b}\u2212{c}",
        "{a}/{b}/{c}",
        "Kvittering: {a}-{b}-{c}.",
        "\u2068{a}\u200e-\u200f{b}-{c}\u2069",
        "\u00ab{a} {b}, {c}\u00bb:",
    ],
)
def test_a_receipt_is_read_as_kindly_as_a_code_and_what_is_left_out_is_not_counted(typed: str) -> None:
    right = receipt(KEY, new_token(), new_seed())
    a, b, c = right.split("-")
    written = typed.format(a=a, b=b, c=c)
    assert normalise_receipt(written) == right and spelling.length_of(written) == RECEIPT_LENGTH
    code = codes.new_code()
    assert codes.read(typed.format(a=code[:4], b=code[4:8], c=code[8:])) == code
