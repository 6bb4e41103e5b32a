"""What `bostemme numbers` does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import cast

import click

from forms.catalogue import Translate
from reports.breakdowns.asking import MOST_ASKED, Ask, parse
from reports.breakdowns.cost import Cost
from reports.breakdowns.errors import NumbersRefused
from reports.breakdowns.ledger import Judgement
from reports.breakdowns.writing import (
    Basis,
    Row,
    as_json,
    as_parquet,
    basis_of,
    overfull_of,
    rows_of,
    sampled_of,
    weighting_of,
)
from reports.documents import question_tables as tables
from reports.documents.words import Words
from reports.findings.everywhere import Everywhere
from reports.inference.settings import MOST_WEIGHT
from reports.requests import Level
from reports.results import Weighting
from reports.rounding import percent
from survey.campaigns.breakdowns import cost, tell
from survey.campaigns.findings import shown
from survey.campaigns.waves import load_wave
from survey.cli_rounds import round_named
from survey.wording import words
from survey.written import write

MOST_NAMED = 12
"""Estates named in a line of text; JSON and Parquet name all."""


@dataclass(frozen=True)
class _Consent:
    preview: bool
    usual_first: bool
    yes: bool


def numbers(
    organisation: str, round_name: str, item: str | None, by: tuple[str, ...], level: str, profile: str,
    kind: str, output: Path | None, preview: bool, usual_first: bool, yes: bool, language: str,
) -> None:  # fmt: skip
    """See `survey.cli_numbers`."""
    told = words(language)
    if kind == "parquet" and output is None:
        raise click.ClickException(told("numbers.output"))
    if not by:
        try:
            _of_reports(organisation, round_name, item, level, profile, kind, output, language)
        except NumbersRefused as refusal:
            raise click.ClickException("\n".join(_refused(refusal, told))) from refusal
        return
    if item is None:
        raise click.ClickException(told("numbers.which_item"))
    consent = _Consent(preview, usual_first, yes)
    try:
        found = asyncio.run(_found(organisation, round_name, item, by, cast(Level, level), profile, consent))
    except NumbersRefused as refusal:
        raise click.ClickException("\n".join(_refused(refusal, told))) from refusal
    if isinstance(found, Cost):
        said = "\n".join(cost_lines(found, told, asking=not preview))
        if not preview:
            raise click.ClickException(said)
        click.echo(said)
        return
    if kind == "parquet" and output is not None:
        write(output, as_parquet(found, language))
        return
    text = as_json(found, language) if kind == "json" else as_text(found, told, language)
    if output is None:
        click.echo(text)
    else:
        write(output, text + "\n")


def _of_reports(
    organisation: str, round_name: str, item: str | None, level: str, profile: str, kind: str,
    output: Path | None, language: str,
) -> None:  # fmt: skip
    """What the reports show, as they show it."""
    told = words(language)
    if level == "area":
        raise click.ClickException(told("numbers.report_area"))
    if profile != "standard":
        raise click.ClickException(told("numbers.report_profile", profile=profile))
    everywhere = asyncio.run(_everywhere(organisation, round_name, each=level == "estate"))
    form = everywhere.whole.questionnaire
    if item is not None and item not in {one.id for one in form.items() if one.counted}:
        raise click.ClickException(told("numbers.no_item", item=item))
    made = tables.tables(everywhere, language, each=level == "estate", item_id=item)
    if kind == "parquet" and output is not None:
        write(output, tables.as_parquet(made))
        return
    spoken = Words.of(form, language)
    text = tables.as_json(everywhere, made) if kind == "json" else tables.as_text(made, spoken)
    if output is None:
        click.echo(text)
    else:
        write(output, text + "\n")


async def _everywhere(organisation: str, round_name: str, *, each: bool) -> Everywhere:
    async with round_named(organisation, round_name) as (database, organisation_id, round_id):
        return await shown(database, organisation_id, round_id, each=each)


async def _found(
    organisation: str,
    round_name: str,
    item: str,
    by: tuple[str, ...],
    level: Level,
    profile: str,
    consent: _Consent,
) -> Judgement | Cost:
    """What it costs instead of the numbers, where that is all that is asked for, or not agreed to."""
    async with round_named(organisation, round_name) as (database, organisation_id, round_id):
        wave = await load_wave(database, organisation_id, round_id)
        ask = parse(wave.questionnaire, item, by, level, profile)
        found = await cost(database, wave, ask)
        if consent.preview or not (found.free or consent.yes or consent.usual_first):
            return found
        return await tell(database, wave, ask, first=found.first if consent.usual_first else ())


def _refused(refusal: NumbersRefused, told: Translate) -> list[str]:
    """The reason, then what may be had instead, as the words of this command that ask for it."""
    lines = [told(refusal.key, **refusal.values)]
    if (have := refusal.instead) is None:
        return lines
    if have.again:
        lines += [told("numbers.instead.again"), *(f"  {_options(ask)}" for ask in have.again)]
    if have.other:
        lines += [told("numbers.instead.other"), *(f"  {_options(ask)}" for ask in have.other)]
    return lines if len(lines) > 1 else [*lines, told("numbers.instead.report")]


def _options(ask: Ask) -> str:
    by = " ".join(f"--by {grouping}" for grouping in ask.by)
    more = f" --profile {ask.profile}" if ask.profile != "standard" else ""
    return f"--item {ask.item} {by} --level {ask.level}{more}"


def cost_lines(found: Cost, told: Translate, *, asking: bool) -> list[str]:
    """`asking`: end with what to add to the command to be told the table."""
    if found.again:
        return [told("numbers.cost.again")]
    if found.too_many:
        return [told("numbers.too_many", groups=found.groups, most=MOST_ASKED)]
    lines = [told("numbers.cost.size", groups=found.groups, places=found.places, numbers=found.numbers)]
    if found.homes is not None:
        lines.append(told("numbers.cost.homes", homes=found.homes, fewest=found.fewest))
    if found.keys:
        lines.append(told("numbers.cost.keys", names=", ".join(found.keys)))
    for key, asks in (("first", found.first), ("later", found.later)):
        if asks:
            lines += [told(f"numbers.cost.{key}"), *(f"  {_options(ask)}" for ask in asks)]
    if found.free and not found.later:
        lines.append(told("numbers.cost.free"))
    if asking:
        lines.append(told("numbers.cost.first_or_yes" if found.first else "numbers.cost.yes"))
    return lines


def as_text(found: Judgement, told: Translate, language: str) -> str:
    """The table as lines: which estates it stands on, then place by place and group by group."""
    lines = [found.people.item.text.get(language), ""]
    if found.wider:
        lines[1:1] = [told(f"numbers.wider.{found.ask.level}")]
    if weights := weighting_of(found):
        lines[1:1] = [_weights(weights, told, language)]
    if sampled := sampled_of(found):
        names = [
            told("numbers.sampled_one", name=one.estate, n=one.asked, of=one.dwellings) for one in sampled
        ]
        lines[1:1] = [told("numbers.sampled", names=_few_named(names, told))]
    if overfull := overfull_of(found):
        lines[1:1] = [told("numbers.overfull", names=_few_named(overfull, told))]
    basis = basis_of(found)
    lines[1:1] = _stands_on(basis, told)
    everybody = "numbers.everybody" if basis is not None and basis.whole else "numbers.everybody_in"
    rows = rows_of(found, language)
    if any(row.low is not None for row in rows):
        lines[-1:] = [told("numbers.intervals"), ""]
    for (place, group), own in groupby(rows, key=lambda row: (row.place, row.group)):
        base, *answers = own
        head = told("numbers.head", place=place, group=group or told(everybody))
        # Where nothing is told of a group it is said once.
        if all(row.n is None for row in (base, *answers)):
            lines.append(f"{head}: {_number(base, told)}")
            continue
        lines += [head, f"  {told('numbers.base')}: {_number(base, told)}"]
        lines += [f"  {row.answer}: {_number(row, told)}" for row in answers]
    return "\n".join(lines)


def _few_named(places: Sequence[str], told: Translate) -> str:
    more = len(places) - MOST_NAMED
    listed = ", ".join(places[:MOST_NAMED])
    return told("numbers.and_more", names=listed, n=more) if more > 0 else listed


def _stands_on(basis: Basis | None, told: Translate) -> list[str]:
    if basis is None:
        return [told("numbers.basis_sensitive")]

    def names(places: tuple[str, ...]) -> str:
        return _few_named(places, told)

    every = len(basis.estates) + len(basis.few) + len(basis.hiding)
    lines = [told("numbers.basis", n=len(basis.estates), of=every, names=names(basis.estates))]
    if basis.few:
        lines.append(told("numbers.basis_few", names=names(basis.few)))
    if basis.hiding:
        hiding = names(basis.hiding)
        lines.append(told("numbers.basis_hiding", names=hiding, answers=basis.hidden_answers))
    return lines


def _weights(weights: Weighting, told: Translate, language: str) -> str:
    names = ", ".join(weights.variables)
    if weights.refused is not None:
        return told("numbers.weights_refused", variables=names, reason=told(weights.refused))
    said = [
        told(
            "numbers.weights",
            variables=names,
            most=f"{MOST_WEIGHT:g}",
            effect=f"{weights.design_effect:.1f}".replace(".", "." if language == "en" else ","),
            effective=weights.effective,
        )
    ]
    if weights.trimmed is None:
        said.append(told("numbers.weights_trimmed_few"))
    elif weights.trimmed:
        said.append(told("numbers.weights_trimmed", n=weights.trimmed))
    if weights.gap:
        said.append(told("numbers.weights_gap", gap=percent(weights.gap)))
    return " ".join(said)


def _number(row: Row, told: Translate) -> str:
    if row.n is None:
        return told("numbers.hidden", wider=row.wider)
    if row.share is None and row.asked is not None and row.everybody:
        return told("numbers.everybody_answered", n=row.n)
    if row.share is None:
        return str(row.n) if row.asked is None else told("numbers.asked", n=row.n, asked=row.asked)
    share = told("numbers.percent", percent=percent(row.share))
    if row.low is not None and row.high is not None:
        share = told("numbers.interval", share=share, low=percent(row.low), high=percent(row.high))
    if row.weighted is not None:
        return told("numbers.weighted", n=row.n, share=share, weighted=percent(row.weighted))
    return told("numbers.share", n=row.n, share=share)
