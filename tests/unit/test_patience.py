"""Whoever waits for a command is told that it works; who does not, and what reads its output, is not."""

from __future__ import annotations

import io
import sys
from threading import Event

import pytest

from survey.patience import told_to_wait


class Terminal(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.heard = Event()

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        self.heard.set()


@pytest.mark.parametrize(("language", "said"), [("nb", "Regner."), ("nn", "Reknar."), ("en", "Working.")])
def test_who_waits_at_a_terminal_is_told_once(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with told_to_wait(language, after=0):
        assert terminal.heard.wait(30)
    (line,) = terminal.getvalue().splitlines()
    assert line.startswith(said)


def test_a_quick_command_says_nothing_of_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with told_to_wait("nb", after=3600):
        pass
    assert not terminal.getvalue()


def test_a_program_that_reads_the_output_gets_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with told_to_wait("nb", after=0):
        Event().wait(0.2)
    assert capsys.readouterr() == ("", "")
