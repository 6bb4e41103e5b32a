"""`--help` in the reader's language. The code holds it in English; `help/{nb,nn}.po` words each text anew.

Commands are worded when help is written, not when they are made: one process may speak several languages.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from forms.catalogue import read_catalogue
from survey.cli_language import terminal_language

MESSAGES = Path(__file__).parent / "help"
LANGUAGES = ("nb", "nn")
"""Those that are not in the code."""
HELP = "Show this message and exit."
_MORE = re.compile(r"(?:^|(?<=  ))\[([^\[\]]*(?:default: |required)[^\[\]]*)\]$")
"""What click puts behind the help of an option: '[default: 8000; required]'."""

_KIND = re.compile(r"(?<= )[A-Z]{2,}(?: [A-Z]{2,})*$")

Wording = Callable[[str], str]
Worded = TypeVar("Worded", bound=click.Command)


def wording(language: str) -> Wording:
    """From a text of the code to the same text in `language`."""
    known = read_catalogue(MESSAGES, language) if language in LANGUAGES else {}
    return lambda text: known.get(" ".join(text.split()), text)


class _Help(click.HelpFormatter):
    """Writes click's own words in the reader's language as well."""

    def __init__(self, t: Wording, **widths: Any) -> None:
        super().__init__(**widths)
        self._t = t

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        words = " ".join(self._t(word) for word in args.split())
        super().write_usage(prog, words, f"{self._t('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(self._t(heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **more: Any) -> None:
        told = [(self._kind(name), _MORE.sub(self._more, text)) for name, text in rows]
        super().write_dl(told, *args, **more)

    def _kind(self, name: str) -> str:
        """'--port INTEGER RANGE' with the kind of its value worded."""
        return _KIND.sub(lambda found: self._t(found[0]), name)

    def _more(self, found: re.Match[str]) -> str:
        parts = []
        for part in found[1].split("; "):
            name, colon, value = part.partition(": ")
            parts.append(f"{self._t(name)}{colon}{self._t(value)}" if colon else self._t(name))
        return f"[{'; '.join(parts)}]"


class _Context(click.Context):
    def make_formatter(self) -> click.HelpFormatter:
        return _Help(wording(_language(self)), width=self.terminal_width, max_width=self.max_content_width)


class Spoken(click.Command):
    """A command whose help is in the reader's language."""

    context_class = _Context

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        worded = _worded(self, wording(_language(ctx)))
        super(Spoken, worded).format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        worded = _worded(self, wording(_language(click.get_current_context(silent=True))))
        return super(Spoken, worded).get_short_help_str(limit)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:  # click knows it by being the same object every time: no copy here
            option.help = wording(_language(ctx))(HELP)
        return option


class SpokenGroup(Spoken, click.Group):
    """A group whose help, and that of its commands, is in the reader's language."""

    command_class = Spoken


def _language(ctx: click.Context | None) -> str:
    """What `House.main` found among the arguments, else the language of the terminal."""
    asked = ctx.find_root().obj if ctx is not None else None
    return asked if isinstance(asked, str) else terminal_language(os.environ)


def _worded(command: Worded, t: Wording) -> Worded:
    worded = copy.copy(command)
    worded.help = t(command.help or "")
    worded.params = [
        _worded_option(param, t) if isinstance(param, click.Option) else param for param in command.params
    ]
    return worded


def _worded_option(option: click.Option, t: Wording) -> click.Option:
    worded = copy.copy(option)
    worded.help = t(option.help or "")
    return worded
