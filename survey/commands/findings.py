"""What `bostemme findings` does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import click

from forms import benchmarks as rows_of_others
from forms.catalogue import translator
from reports.benchmarks import beside
from reports.breakdowns.errors import NumbersRefused
from reports.compute import compute
from reports.disclosure import PROFILES
from reports.documents.benchmark_words import BenchmarkLine, benchmark_lines
from reports.documents.findings_page import FEW, FIRST, KINDS_IN_ORDER, within
from reports.documents.peer_words import PeerPart, peer_parts
from reports.documents.words import MESSAGES, Words
from reports.findings.listing import findings_list
from reports.findings.model import FindingsList, FoundResult, Level
from reports.peers import FIGURES, Compared, Shared, compare
from reports.results import Results
from survey.campaigns.findings import found
from survey.campaigns.peers import shown_by_others
from survey.campaigns.waves import load_wave
from survey.cli_rounds import round_named
from survey.database.pool import Database
from survey.wording import words
from survey.written import write


def findings(
    organisation: str, round_name: str, kind: str, output: Path | None, language: str, place: str | None,
    about: tuple[str, ...], profile: str,
) -> None:  # fmt: skip
    """See `survey.cli_findings`."""
    everywhere = _of_round(organisation, round_name, language, found)
    # What is said of a landlord's one estate is said of the landlord: told under the name that is asked for.
    alone = [id for id, report in everywhere.estates.items() if report.scope == place]
    only: tuple[Level, str] | None = ("estate", alone[0]) if alone and len(everywhere.estates) == 1 else None
    made = findings_list(everywhere, PROFILES[profile], only)
    kept = made.model_copy(
        update={
            "places": tuple(p for p in made.places if place in (None, p.place.name)),
            "findings": tuple(
                f for f in made.findings if place in (None, f.place.name) and (not about or f.kind in about)
            ),
        }
    )
    if not kept.places:
        known = ", ".join(p.place.name for p in made.places)
        raise click.ClickException(words(language)("findings.no_place", place=place, known=known))
    _write(kept.model_dump_json(indent=1) if kind == "json" else _text(kept, language), output)


def benchmarks(organisation: str, round_name: str, kind: str, output: Path | None, language: str) -> None:
    """See `survey.cli_findings`."""
    whole, shared = _of_round(organisation, round_name, language, _beside)
    spoken = Words.of(whole.questionnaire, language)
    compared = beside(whole, rows_of_others.shipped())
    lines = benchmark_lines(spoken, compared)
    peers = compare(whole, shared)
    if kind == "txt":
        told = [*map(_benchmark, lines), *(_peer(part, language) for part in peer_parts(spoken, peers))]
        _write("\n\n".join(told), output)
        return
    rows = [
        {
            **found.row.model_dump(mode="json"),
            "item": found.item.meaning if found.item else None,
            "ours": asdict(found.ours) if found.ours else None,
            "refused": found.refused,
            "why": line.why,
        }
        for found, line in zip(compared, lines, strict=True)
    ]
    document = {
        "round": whole.campaign,
        "wave": whole.wave_hash,
        "benchmarks": rows,
        "landlords": [
            {
                "organisation": peer.organisation,
                "round": peer.round,
                "year": peer.year,
                "items": [_compared(row) for row in peer.rows],
            }
            for peer in peers
        ],
    }
    _write(json.dumps(document, ensure_ascii=False, indent=1), output)


T = TypeVar("T")


def _of_round(
    organisation: str, round_name: str, language: str, read: Callable[[Database, UUID, UUID], Awaitable[T]]
) -> T:
    async def reading() -> T:
        async with round_named(organisation, round_name) as ids:
            return await read(*ids)

    try:
        return asyncio.run(reading())
    except NumbersRefused as refusal:
        raise click.ClickException(words(language)(refusal.key, **refusal.values)) from refusal


async def _beside(
    database: Database, organisation_id: UUID, round_id: UUID
) -> tuple[Results, tuple[Shared, ...]]:
    """The report on all estates, without what has changed: no single estate's, and not the round before. And
    what other landlords show."""
    wave = await load_wave(database, organisation_id, round_id)
    return compute(wave, None), await shown_by_others(database, organisation_id, round_id)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text)
    else:
        write(output, text + "\n")


def _text(made: FindingsList, language: Any) -> str:
    """Place by place: what matters most, then the others by kind, with their rank."""
    told = {place: list(own) for place, own in groupby(made.findings, key=lambda f: f.place)}
    t = translator(MESSAGES, language)
    lines: list[str] = []
    for summary in made.places:
        lines += [*([""] if lines else []), summary.place.name]
        own = told.get(summary.place, [])
        first = len(own) if len({finding.kind for finding in own}) == 1 or len(own) <= FEW else FIRST
        lines += [_numbered(finding, language) for finding in own[:first]]
        for kind in KINDS_IN_ORDER:
            of_kind = [finding for finding in own[first:] if finding.kind == kind]
            if of_kind:
                lines += ["", f"  {t(f'kind.{kind}')}", *(_numbered(one, language) for one in of_kind)]
        if summary.sentences:
            lines.append(f"  {summary.sentences[language].removeprefix(f'{summary.place.name}: ')}")
    for note in made.notes:
        lines += ["", note[language]]
    if made.not_compared:
        lines += ["", t("found.not_compared_title")]
        lines += [f"  {one.sentences[language]}" for one in made.not_compared]
    return "\n".join(lines)


def _numbered(finding: FoundResult, language: str) -> str:
    return f"  {finding.rank}. {within(finding, language)}"


def _benchmark(line: BenchmarkLine) -> str:
    ours = f"{line.ours} ({line.interval})" if line.ours else line.why
    return f"{line.theirs} {line.about}\n  {line.source}\n  {ours}"


def _peer(part: PeerPart, language: str) -> str:
    lines = [part.title]
    for row in part.rows:
        theirs, ours = f"{row.theirs} ({row.theirs_interval})", f"{row.ours} ({row.ours_interval})"
        lines.append(f"  {row.question}")
        lines.append(f"    {words(language)('benchmarks.peer', theirs=theirs, ours=ours)}")
        lines.append(f"    {row.standing}: {row.interval}")
    lines += [f"  {why} {questions}" for why, questions in part.refused]
    return "\n".join(lines)


def _compared(row: Compared) -> dict[str, Any]:
    told = {"item": row.item.meaning, "refused": row.refused}
    if row.refused is not None or row.theirs is None:
        return told
    return told | {
        "ours": {name: getattr(row.ours, name) for name in FIGURES},
        "theirs": {name: getattr(row.theirs, name) for name in FIGURES},
        "difference": {"points": row.points, "low": row.low, "high": row.high, "standing": row.standing},
    }
