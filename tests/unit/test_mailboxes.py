"""Which addresses end up in the same place: an office must not hold the mail of many homes in one box."""

from __future__ import annotations

import pytest

from survey.delivery.sealing import Contact


def _box(email: str) -> tuple[str, ...]:
    return Contact(email=email, phone="", language="nb").mailboxes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kari@b.no", "kari@B.no"),
        ("kari+2@b.no", "kari@b.no"),
        ("k.a.ri@gmail.com", "kari@gmail.com"),
        ("ka.ri+x@googlemail.com", "kari@gmail.com"),
    ],
)
def test_two_names_of_one_mailbox_are_one(one: str, other: str) -> None:
    assert _box(one) == _box(other)


@pytest.mark.parametrize(
    ("one", "other"), [("k.ari@b.no", "kari@b.no"), ("kari@gmail.com", "kari@outlook.com")]
)
def test_names_of_different_mailboxes_stay_apart(one: str, other: str) -> None:
    assert _box(one) != _box(other)
