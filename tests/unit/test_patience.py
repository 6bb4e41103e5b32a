"""Whoever waits for a command is told that it works; who does not, and what reads its output, is not."""

from __future__ import annotations

import io
import subprocess
import sys
from threading import Event

import pytest

from survey.cli import ROOMS, main
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


def test_who_waits_for_a_command_that_reckons_is_told_while_it_still_loads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    def slow(*_: object) -> None:
        assert terminal.heard.wait(30)

    monkeypatch.setattr("survey.cli.importlib.import_module", slow)
    with pytest.raises(AttributeError):
        main(["numbers", "--language", "en"])
    assert terminal.getvalue().startswith("Working.")


def test_help_names_every_command_without_loading_what_they_need() -> None:
    code = "import sys; from survey.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    code += "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *told, loaded = done.stdout.splitlines()
    assert not {"scipy", "numpy", "polars", "weasyprint", "litestar", "asyncpg"} & set(loaded.split())
    for name in ROOMS:
        (line,) = (line for line in told if line.split()[:1] == [name])
        assert len(line.split()) > 2, line
