"""PDFs are set in a process of their own, so that no tenant waits for a landlord's report.

At most two at a time; each gives its memory back when it ends and is stopped when it takes too long.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from survey.office.errors import PrinterMissing, PrintingFailed
from survey.settings import PROJECT

LONGEST_SECONDS = 120
EXIT_FAILED, EXIT_PRINTER_MISSING = 2, 3

_desks = ThreadPoolExecutor(max_workers=2, thread_name_prefix="printing")


async def print_pdf(html: str, title: str, language: str) -> bytes:
    """The PDF/UA of a page. Raises PrinterMissing, PrintingFailed."""
    return await asyncio.get_running_loop().run_in_executor(_desks, _print, html, title, language)


def _print(html: str, title: str, language: str) -> bytes:
    order = json.dumps({"html": html, "title": title, "language": language}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "survey.office.printer"],
            input=order,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            cwd=PROJECT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PrintingFailed() from error
    if done.returncode == EXIT_PRINTER_MISSING:
        raise PrinterMissing()
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise PrintingFailed() from RuntimeError(done.stderr.decode(errors="replace")[-2000:])
    return done.stdout
