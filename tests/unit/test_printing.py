"""Promises about the process that sets PDFs: a crash is tried again, and what still fails says why."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from survey.office import printing
from survey.office.errors import PrinterMissing, PrintingFailed
from survey.office.printing import PRINTER, carry_out

ORDER = json.dumps({"html": "<!doctype html><title>x</title><p>Hei</p>", "title": "x", "language": "nb"})
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def test_a_page_becomes_a_pdf() -> None:
    assert carry_out(ORDER.encode()).startswith(b"%PDF-")


def test_a_printer_that_crashes_once_is_asked_again(tmp_path: Path) -> None:
    mark = tmp_path / "crashed"
    once = (
        f"import os, pathlib, sys; mark = pathlib.Path({str(mark)!r})\n"
        f"if not mark.exists():\n    mark.touch(); {CRASH}\n"
        f"os.execv({PRINTER[0]!r}, {list(PRINTER)!r})"
    )
    assert carry_out(ORDER.encode(), [sys.executable, "-c", once]).startswith(b"%PDF-")
    assert mark.exists()


def test_a_printer_that_goes_on_crashing_says_by_which_signal() -> None:
    with pytest.raises(PrintingFailed) as failed:
        carry_out(ORDER.encode(), [sys.executable, "-c", CRASH])
    assert failed.value.values["reason"] == "SIGSEGV"


def test_a_page_that_cannot_be_set_says_what_was_wrong() -> None:
    with pytest.raises(PrintingFailed) as failed:
        carry_out(b'{"title": "x", "language": "nb"}')
    assert "html" in str(failed.value.values["reason"])


def test_a_missing_printer_is_told_apart() -> None:
    with pytest.raises(PrinterMissing):
        carry_out(ORDER.encode(), [sys.executable, "-c", "raise SystemExit(3)"])


def test_a_page_that_never_ends_is_stopped_by_the_time_of_the_processor_and_not_by_the_clock() -> None:
    """On a busy machine reports were refused that took two minutes by the clock and five seconds of work."""
    endless = "from survey.office import printer; printer.limit(1)\nwhile True: pass"
    with pytest.raises(PrintingFailed) as failed:
        carry_out(b"", [sys.executable, "-c", endless])
    assert failed.value.values["reason"] == "> 120 s"


def test_who_orders_no_page_is_given_none_and_no_printer_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """A printer of nothing had nothing of the processor's time: every hundredth edition whose last files were
    workbooks was stopped with "> 120 s"."""
    monkeypatch.setattr(printing, "PRINTER", [sys.executable, "-c", CRASH])
    assert asyncio.run(printing.print_many([])) == []


def test_a_list_of_no_pages_is_answered_by_none_however_the_processors_ticks_fall() -> None:
    slow = (
        "import time\nfrom survey.office import printer\ncode = printer.main()\n"
        "until = time.process_time() + 0.1\nwhile time.process_time() < until: pass"
    )
    assert carry_out(b"[]", [sys.executable, "-c", slow], b"[") == b"[]\n"


def test_each_of_many_pages_has_the_time_of_one() -> None:
    """One that never ends is stopped after its own two minutes, not after those of all twelve of its order,
    and the last one is not stopped for what the others took.

    The kernel counts this time by its ticks and not as finely as the process itself: each page takes half
    of what it is given, and all together more than what the first was given.
    """
    four = (
        "import time\nfrom survey.office import printer\n"
        "for page in range(4):\n    printer.limit(2)\n    until = time.process_time() + 1\n"
        "    while time.process_time() < until: pass\n"
        "print('%PDF-')"
    )
    assert carry_out(b"", [sys.executable, "-c", four]).startswith(b"%PDF-")
