"""`bostemme questionnaire`: is this file fit to ask people with?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from forms.errors import Fault, QuestionnaireFault
from forms.lint import check as lint
from forms.loading import json_schema, load


@click.group()
def questionnaire() -> None:
    """Check questionnaire files and print their schema."""


@questionnaire.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say what is wrong or unkind in FILE, where, and how to mend it. Exit code 1 when there are errors."""
    try:
        read = load(file)
    except QuestionnaireFault as fault:
        raise SystemExit(_tell(fault.faults, f"{file} cannot be used")) from fault
    faults = lint(read)
    items = sum(1 for _ in read.items())
    raise SystemExit(_tell(faults, f"{read.id} {read.version}: {items} items on {len(read.pages)} pages"))


@questionnaire.command()
def schema() -> None:
    """Print the JSON Schema of questionnaire files, for editors that check while you write."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True))


def _tell(faults: list[Fault] | tuple[Fault, ...], head: str) -> int:
    """Print faults, then what they come to. The exit code: 1 when one is an error."""
    for fault in faults:
        click.echo(f"{fault.severity.upper():7} {fault}")
    errors = sum(fault.severity == "error" for fault in faults)
    warnings = len(faults) - errors
    click.echo(f"{head}: {_count(errors, 'error')}, {_count(warnings, 'warning')}.")
    return 1 if errors else 0


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"
