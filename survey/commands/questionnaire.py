"""What `bostemme questionnaire` does."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from forms import versions
from forms.catalogue import Translate
from forms.errors import Fault, QuestionnaireFault
from forms.lint.translations import together
from forms.loading import content_hash, json_schema, load
from forms.looking import everything
from forms.questionnaire import Questionnaire
from forms.versions import Change, Comparison
from survey.campaigns.versions import Standing, standing
from survey.cli_language import LANGUAGES
from survey.database.opening import opened
from survey.register import organisations
from survey.register.errors import NoSuchOrganisation
from survey.settings import Settings
from survey.wording import words


def check(file: Path, before: Path | None, kind: str, language: str) -> None:
    """See `survey.cli_questionnaire`."""
    t = words(language)
    then = None if before is None else _read(before, kind, language)
    read, faults = everything(file, then)
    if read is None:
        head = t("cli.questionnaire.unusable", file=file)
    else:
        items, pages = sum(1 for _ in read.questions()), len(read.pages)
        head = t("cli.questionnaire.read", id=read.id, version=read.version, items=items, pages=pages)
    raise SystemExit(_tell(faults, head, kind, language))


def compare(before: Path, after: Path, organisation: str | None, kind: str, language: str) -> None:
    """See `survey.cli_questionnaire`."""
    then, now = _read(before, kind, language), _read(after, kind, language)
    found, faults = versions.compare(then, now), versions.faults(then, now)
    meanings = [change.meaning for change in found.changes if change.before is not None]
    touched = None if organisation is None else _standing(organisation, then, meanings, language)
    if kind == "json":
        sides = {"before": _identity(then), "after": _identity(now)}
        _print(sides | _comparison(found, touched) | {"faults": [_fault(fault) for fault in faults]})
    else:
        _tell_comparison(then, now, found, touched, language)
        for fault in faults:
            click.echo(_line(fault, language))
    raise SystemExit(_code(faults))


def schema() -> None:
    """See `survey.cli_questionnaire`."""
    _print(json_schema(), sort_keys=True)


def _read(file: Path, kind: str, language: str) -> Questionnaire:
    """The questionnaire; else says why there is none, and ends."""
    try:
        return load(file)
    except QuestionnaireFault as fault:
        head = words(language)("cli.questionnaire.unusable", file=file)
        raise SystemExit(_tell(fault.faults, head, kind, language)) from fault


def _tell(faults: Sequence[Fault], head: str, kind: str, language: str) -> int:
    """Print faults, then what they come to. The exit code: 1 when one is an error."""
    if kind == "json":
        _print({"faults": [_fault(fault) for fault in faults]})
        return _code(faults)
    for fault in together(faults):
        click.echo(_line(fault, language))
    degrees = Counter(fault.severity for fault in faults)
    numbers = {"errors": degrees["error"], "warnings": degrees["warning"], "notes": degrees["note"]}
    click.echo(words(language)("cli.questionnaire.sum", head=head, **numbers))
    return _code(faults)


def _code(faults: Sequence[Fault]) -> int:
    return 1 if any(fault.severity == "error" for fault in faults) else 0


def _line(fault: Fault, language: str) -> str:
    return f"{words(language)(f'cli.questionnaire.{fault.severity}'):8} {fault.sentence(language)}"


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "kind": fault.kind,
        "severity": fault.severity,
        "place": {language: fault.place.words(language) for language in LANGUAGES},
        "sentence": {language: fault.sentence(language) for language in LANGUAGES},
    }


def _identity(form: Questionnaire) -> dict[str, str]:
    return {"id": form.id, "version": form.version, "hash": content_hash(form).hex()}


def _standing(organisation: str, form: Questionnaire, meanings: Sequence[str], language: str) -> Standing:
    async def read() -> Standing:
        async with opened(Settings.from_environment()) as database:
            organisation_id = await organisations.named(database, organisation)
            return await standing(database, organisation_id, form, meanings)

    try:
        return asyncio.run(read())
    except NoSuchOrganisation as missing:
        said = words(language)("numbers.no_organisation", organisation=organisation)
        raise click.ClickException(said) from missing


def _comparison(found: Comparison, touched: Standing | None) -> dict[str, Any]:
    answers = {} if touched is None else {"rounds": touched.rounds, "answers": touched.answers}
    return answers | {
        "changes": [
            {
                "meaning": change.meaning,
                "before": change.before,
                "after": change.after,
                "comparable": change.comparable,
                "differences": [
                    {"effect": one.effect, "breaks": one.breaks, "about": one.about}
                    for one in change.differences
                ],
                "sentence": {language: change.said(language) for language in LANGUAGES},
            }
            for change in found.changes
        ],
        "comparable": found.comparable,
        "cells": sorted(found.cells, key=lambda cell: [part or "" for part in cell]),
    }


def _tell_comparison(
    then: Questionnaire, now: Questionnaire, found: Comparison, touched: Standing | None, language: str
) -> None:
    t = words(language)
    for change in found.changes:
        click.echo(_told(change, t, language))
        if touched is not None and change.meaning in touched.answers:
            n = touched.answers[change.meaning]
            key = "cli.questionnaire.touched_few" if n is None else "cli.questionnaire.touched"
            click.echo(f"{'':9} {t(key, answers=n)}")
    if touched is not None:
        click.echo(t("cli.questionnaire.touched_rounds", rounds=", ".join(touched.rounds) or "–"))
    names = {"id": now.id, "then": then.version, "now": now.version}
    counts = {
        "changed": sum(change.matched for change in found.changes),
        "new": sum(change.before is None for change in found.changes),
        "gone": sum(change.after is None for change in found.changes),
        "broken": len(found.broken),
    }
    click.echo(t("cli.questionnaire.compared", **names, **counts))


def _told(change: Change, t: Translate, language: str) -> str:
    key = (
        "new" if change.before is None
        else "gone" if change.after is None
        else "goes_on" if change.comparable
        else "breaks"
    )  # fmt: skip
    said = change.said(language)
    head = f"{t(f'cli.questionnaire.{key}'):9} {change.after or change.before}"
    return f"{head}: {said}" if said else head


def _print(document: Mapping[str, Any], *, sort_keys: bool = False) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=sort_keys))
