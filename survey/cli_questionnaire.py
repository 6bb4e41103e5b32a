"""`bostemme questionnaire`: is this file fit to ask people with?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from forms.catalogue import Translate
from forms.errors import Fault, QuestionnaireFault
from forms.lint import check as lint
from forms.loading import json_schema, load
from survey.cli_help import SpokenGroup
from survey.cli_language import LANGUAGE
from survey.wording import words


@click.group(cls=SpokenGroup)
def questionnaire() -> None:
    """Check questionnaire files and print their schema."""


@questionnaire.command()
@click.argument("file", type=click.Path(path_type=Path))
@LANGUAGE
def check(file: Path, language: str) -> None:
    """Say what is wrong or unkind in FILE, where, and how to mend it. Exit code 1 when there are errors."""
    t = words(language)
    try:
        read = load(file)
    except QuestionnaireFault as fault:
        head = t("cli.questionnaire.unusable", file=file)
        raise SystemExit(_tell(fault.faults, head, t, language)) from fault
    items = sum(1 for _ in read.questions())
    head = t("cli.questionnaire.read", id=read.id, version=read.version, items=items, pages=len(read.pages))
    raise SystemExit(_tell(lint(read), head, t, language))


@questionnaire.command()
def schema() -> None:
    """Print the JSON Schema of questionnaire files, for editors that check while you write."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True))


def _tell(faults: Sequence[Fault], head: str, t: Translate, language: str) -> int:
    """Print faults, then what they come to. The exit code: 1 when one is an error."""
    for fault in faults:
        click.echo(f"{t(f'cli.questionnaire.{fault.severity}'):8} {fault.sentence(language)}")
    errors = sum(fault.severity == "error" for fault in faults)
    click.echo(t("cli.questionnaire.sum", head=head, errors=errors, warnings=len(faults) - errors))
    return 1 if errors else 0
