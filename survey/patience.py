"""Whoever waits for a command is told that it works."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from threading import Timer

import click

from survey.wording import words

SECONDS = 1.0
"""Longer than most commands take; then silence looks like a fault."""


@contextlib.contextmanager
def told_to_wait(language: str, after: float = SECONDS) -> Iterator[None]:
    """One sentence on standard error when the block lasts longer and somebody sits there: programs, and what
    is printed or written, are left alone."""
    if not sys.stderr.isatty():
        yield
        return
    said = Timer(after, lambda: click.echo(words(language)("cli.wait"), err=True))
    said.daemon = True
    said.start()
    try:
        yield
    finally:
        said.cancel()
