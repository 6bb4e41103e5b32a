"""PDFs are set in a process of their own, so that no tenant waits for a landlord's report.

At most two at a time; each gives its memory back when it ends and is stopped when it takes too long: by the
time of the processor, since a busy machine is no fault of the page. One that is ended by another signal is
tried once more: native libraries have been seen to crash on the way out.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from survey.office.errors import PrinterMissing, PrintingFailed
from survey.settings import PROJECT

LONGEST_SECONDS = 120
"""Of the processor, for each document. Layout takes about a fifth of a second a page, no longer of the
hundredth than of the first: six hundred pages. The longest report of the demonstration takes about
five seconds."""
LONGEST_WAIT = 900
"""By the clock, for a process that waits for something and never ends."""
PRINTER = (sys.executable, "-m", "survey.office.printer")
EXIT_FAILED, EXIT_PRINTER_MISSING = 2, 3


class Order(NamedTuple):
    """A page to be set."""

    html: str
    title: str
    language: str


_desks = ThreadPoolExecutor(max_workers=2, thread_name_prefix="printing")


async def print_pdf(html: str, title: str, language: str) -> bytes:
    """The PDF/UA of a page. Raises PrinterMissing, PrintingFailed (whose value `reason` says why)."""
    order = json.dumps({"html": html, "title": title, "language": language}).encode()
    return await asyncio.get_running_loop().run_in_executor(_desks, carry_out, order)


async def print_many(orders: Sequence[Order]) -> list[bytes]:
    """The PDFs of some pages, set one behind the other by one process. Raises as `print_pdf`."""
    if not orders:
        return []
    written = json.dumps([one._asdict() for one in orders]).encode()
    answer = await asyncio.get_running_loop().run_in_executor(_desks, carry_out, written, PRINTER, b"[")
    lengths, _, rest = answer.partition(b"\n")
    found, start = [], 0
    for length in json.loads(lengths):
        found.append(rest[start : start + length])
        start += length
    return found


def carry_out(order: bytes, printer: Sequence[str] = PRINTER, begins: bytes = b"%PDF-") -> bytes:
    """What the process `printer` makes of an order, which `begins` so. Raises as `print_pdf`."""
    done = _run(order, printer)
    if done.returncode == -signal.SIGXCPU:
        raise PrintingFailed(reason=f"> {LONGEST_SECONDS} s")
    if done.returncode < 0:
        done = _run(order, printer)
    if done.returncode == EXIT_PRINTER_MISSING:
        raise PrinterMissing()
    if done.returncode or not done.stdout.startswith(begins):
        told = done.stderr.decode(errors="replace")[-2000:]
        raise PrintingFailed(reason=_reason(done.returncode, told)) from RuntimeError(told)
    return done.stdout


def _run(order: bytes, printer: Sequence[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - our own program
            printer, input=order, capture_output=True, timeout=LONGEST_WAIT, cwd=PROJECT, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PrintingFailed(reason=f"> {LONGEST_WAIT} s") from error


def _reason(returncode: int, told: str) -> str:
    """The signal that ended the printer, else the last line that it said, else its exit code."""
    if returncode < 0:
        return signal.Signals(-returncode).name
    lines = told.strip().splitlines()
    return lines[-1] if lines else f"exit {returncode}"
