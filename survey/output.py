"""What a command writes is its own: libraries of compiled code write past Python, to descriptor 1."""

from __future__ import annotations

import io
import os
import sys


def ours_alone() -> None:
    """From now on what others write to standard output goes nowhere; `sys.stdout` is where it was.

    For the whole process, since a solver's threads, and what the C library keeps until the end, come at any
    time. HiGHS at times writes a line on its search, which spoils JSON. Nothing is done where `sys.stdout` is
    not standard output itself (tests that read it).
    """
    own = sys.__stdout__
    try:
        if own is None or sys.stdout is not own or own.fileno() != 1:
            return
        own.flush()
    except (OSError, ValueError):  # it is closed
        return
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(kept, "w")),
        encoding=own.encoding,
        errors=own.errors,
        line_buffering=os.isatty(kept),
    )
