"""The log names what went wrong as far as that can hold nothing that somebody wrote."""

from __future__ import annotations

import errno

import pytest
from structlog.testing import capture_logs

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


def test_what_is_news_only_when_it_lasts_is_told_as_a_warning_and_without_a_round() -> None:
    with capture_logs() as log:
        logs.lasting("held", 3600.0)
        assert not log
        logs.lasting("held", 0.0)
        assert log == [{"event": "held", "log_level": "warning"}]
        logs.lasting("held", 0.0)
        assert len(log) == 1, "once an hour"
        logs.over("held")
        logs.lasting("held", 3600.0)
        assert len(log) == 1
        logs.over("held")
