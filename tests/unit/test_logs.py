"""The log names what went wrong as far as that can hold nothing that somebody wrote."""

from __future__ import annotations

import errno

import pytest

from survey import logs


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/var/lib/keys/ab.key"), "OSError ENOSPC"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "ConnectionRefusedError ECONNREFUSED"),
        (OSError("what a tenant wrote"), "OSError"),
        (ValueError("what a tenant wrote"), "ValueError"),
    ],
)
def test_an_error_is_known_by_its_class_and_the_systems_name(error: Exception, told: str) -> None:
    assert logs.known(error) == told
