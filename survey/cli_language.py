"""One rule for every command: `--language`, else the language of the terminal, else English.

What is told to people goes through a catalogue, click's own complaints too; `--help` is `cli_help`'s.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from datetime import date

import click

from forms.catalogue import Translate
from reports.errors import BrokenSeal
from survey.wording import MachineFault, words

LANGUAGES = ("nb", "nn", "en")
OF_THE_TERMINAL = "that of the terminal, else en"


def terminal_language(environ: Mapping[str, str]) -> str:
    """nb, nn or, for everyone else, en: the language that the reader's terminal is set to."""
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return {"nb": "nb", "no": "nb", "nn": "nn"}.get(locale[:2], "en")


LANGUAGE = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=lambda: terminal_language(os.environ),
    show_default=OF_THE_TERMINAL,
    help="Language of what is told and made.",
)
"""The option of every command; its value is one of `LANGUAGES`."""


def language_of(arguments: Sequence[str]) -> str:
    """The language to complain in, before anything has been made of the arguments."""
    for place, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        wanted = value or next(iter(arguments[place + 1 :]), "")
        if name == "--language" and wanted in LANGUAGES:
            return wanted
    return terminal_language(os.environ)


class UnfitValue(click.BadParameter):
    """A value that one of our own types refuses: a key of the catalogue instead of a sentence."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(words("en")(key, **values))
        self.key, self.values = key, values


class Day(click.ParamType[date]):
    """A date as `2023-09-30`."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise UnfitValue("cli.unfit.day", value=value) from None


def sentence(fault: BaseException, t: Translate) -> str | None:
    """What stopped a command, in the reader's words; None for what is no sentence to anybody."""
    match fault:
        case click.Abort():
            return t("cli.aborted")
        case click.UsageError():
            return _about_usage(fault, t)
        case click.ClickException():
            return fault.format_message()
        case MachineFault():
            return fault.message.worded(t)
        case BrokenSeal():
            return t("cli.broken_seal")
        case OSError() if fault.filename is not None:
            return _about_a_file(fault, t)
        case _:
            return None


def _about_usage(fault: click.UsageError, t: Translate) -> str:
    parameter = fault.param if isinstance(fault, click.BadParameter) else None
    name = (parameter.opts[0] if isinstance(parameter, click.Option) else parameter.name) if parameter else ""
    match fault:
        case click.MissingParameter():
            said = t("cli.missing", name=name, possible=_possible(parameter, t))
        case UnfitValue():
            said = t("cli.unfit", name=name, why=t(fault.key, **fault.values))
        case click.BadParameter():
            said = t("cli.unfit", name=name, why=_possible(parameter, t))
        case click.BadOptionUsage():
            said = t("cli.needs_value", name=fault.option_name)
        case click.NoSuchOption():
            said = t("cli.no_such_option", name=fault.option_name)
        case _ if fault.ctx is not None and isinstance(fault.ctx.command, click.Group):
            known = ", ".join(fault.ctx.command.list_commands(fault.ctx))
            said = t("cli.no_such_command", known=known)
        case _:
            said = t("cli.not_understood")
    helped = fault.ctx.command_path if fault.ctx else "bostemme"
    return f"{said.strip()} {t('cli.help', command=helped)}"


def _possible(parameter: click.Parameter | None, t: Translate) -> str:
    kind = parameter.type if parameter else None
    if isinstance(kind, click.Choice):
        return t("cli.unfit.choice", choices=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.IntRange):
        return t("cli.unfit.range", least=kind.min, most=kind.max)
    if isinstance(kind, type(click.INT)):
        return t("cli.unfit.number")
    return ""


def _about_a_file(fault: OSError, t: Translate) -> str:
    """Why a file cannot be used, without the system's own English."""
    why = {
        errno.ENOENT: "missing",
        errno.EACCES: "forbidden",
        errno.EPERM: "forbidden",
        errno.EISDIR: "folder",
        errno.ENOTDIR: "no_folder",
        errno.ENOSPC: "full",
        errno.EROFS: "read_only",
        errno.ENAMETOOLONG: "long_name",
    }.get(fault.errno or 0, "other")
    return t(f"cli.file.{why}", file=fault.filename)
