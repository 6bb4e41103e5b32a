"""What stands beside the findings in the planning annex: priorities, quotes, others' figures, common aims."""

from __future__ import annotations

from collections.abc import Sequence

from forms import taxonomies
from forms.benchmarks import shipped
from reports.benchmarks import beside
from reports.coding import themes
from reports.documents.benchmark_words import BenchmarkLine, benchmark_lines
from reports.documents.blocks import Block, Chapter, Dots, Quoted, Sub, Table, Text
from reports.documents.importance_words import own_choices
from reports.documents.plan_claims import Told
from reports.documents.words import Words
from reports.findings.model import FoundResult
from reports.results import Results

SCHEMES = ("marmot", "sdg")
MOST_QUOTES = 40
FEW_LINES = 6
"""Figures of others that stand on one page."""


def priorities(words: Words, whole: Results) -> Chapter | None:
    """Themes that tenants themselves would most like to influence; None where nobody was asked."""
    chosen = own_choices(words, whole)
    if chosen is None or not chosen.rows:
        return None
    lead = Text(words.t("plan.priorities.lead"), "lead")
    said = Text(f"{words.t('matters.own', question=words.quote(chosen.question))} {chosen.said}".strip())
    title = words.t("plan.priorities.title")
    rows = Dots("prioritert-tabell", title, chosen.rows, words.t("matters.theme"), words.t("matters.chosen"))
    return Chapter("prioritert", title, (lead, said, rows), whole=True)


def quotes(told: Told, estates: dict[str, str], area: str | None) -> Chapter | None:
    """Words of tenants that two persons have let through. `estates`: id -> name. `area`: that the annex is
    on."""
    words, own = told.words, told.loop.quotes
    if not own:
        return None
    blocks: list[Block] = [Text(words.t("quotes.lead"), "lead")]
    shown = own[:MOST_QUOTES]
    for theme in dict.fromkeys(quote.theme for quote in shown):
        blocks.append(Sub(themes.label(theme, words.language)))
        for quote in (one for one in shown if one.theme == theme):
            where = estates.get(quote.estate_id or "", "") or area or words.t("plan.quotes.no_estate")
            blocks.append(
                Quoted(quote.text, f"{where} {words.t('quotes.edited')}" if quote.edited else where)
            )
    if more := len(own) - len(shown):
        blocks.append(Text(words.t("plan.quotes.more", n=more), "note"))
    return Chapter("sitater", words.t("quotes.title"), tuple(blocks), whole=len(shown) < 9)


def benchmarks(words: Words, whole: Results) -> Chapter | None:
    """Figures of others, with their source, where the questionnaire asks the same or near it."""
    near = [row for row in beside(whole, shipped()) if row.refused != "not_asked"]
    if not near:
        return None
    lines = benchmark_lines(words, tuple(near))
    same, apart = ([one for one in lines if bool(one.ours) is told] for told in (True, False))
    blocks: list[Block] = [Text(words.t("benchmark.lead"), "lead")]
    if same:
        cells = tuple(
            (_about(one), one.theirs, ", ".join(filter(None, (one.ours, one.interval)))) for one in same
        )
        caption = words.t("plan.benchmarks.caption")
        blocks.append(Table("andres-tall", caption, _head(words, "benchmark.ours"), cells, (52, 14, 34)))
    if apart:
        blocks.append(
            Text(words.t("plan.benchmarks.others" if same else "plan.benchmarks.none", n=len(apart)))
        )
        blocks += _apart(words, apart)
    return Chapter("andres", words.t("benchmark.title"), tuple(blocks), whole=len(lines) < FEW_LINES)


def _apart(words: Words, lines: Sequence[BenchmarkLine]) -> list[Block]:
    """A table for each publication: none of them is split, and together they fill pages."""
    refused = words.t("benchmark.refused.question", why="")
    head, tables = _head(words, "plan.benchmarks.why"), []
    for number, publication in enumerate(dict.fromkeys(one.publication for one in lines), 1):
        rows = tuple(
            (f"{one.about} ({one.when})", one.theirs, one.why.removeprefix(refused))
            for one in lines
            if one.publication == publication
        )
        caption = f"{words.t('plan.benchmarks.apart')}: {publication}"
        tables.append(Table(f"andres-som-ligner-{number}", caption, head, rows, (52, 12, 36)))
    return [*tables]


def _about(line: BenchmarkLine) -> str:
    return f"{line.about} ({line.source})"


def _head(words: Words, last: str) -> tuple[str, ...]:
    return words.t("benchmark.what"), words.t("benchmark.theirs"), words.t(last)


def common_aims(told: Told) -> Chapter | None:
    """Marmot's principles and the UN's goals that the questions of the findings are tagged with."""
    words = told.words
    rows = []
    for scheme in SCHEMES:
        tagged: dict[str, list[FoundResult]] = {}
        for one in told.found.findings:
            for tag in one.tags:
                if tag.startswith(f"{scheme}:"):
                    tagged.setdefault(tag, []).append(one)
        for tag in sorted(tagged, key=words.sorting):
            numbers = sorted(told.numbers[one.id] for one in tagged[tag] if one.id in told.numbers)
            here = ", ".join(map(str, numbers)) or "–"
            name = f"{words.t(f'plan.aims.{scheme}')} {tag.rpartition(':')[2].upper()}"
            rows.append((name, taxonomies.name(tag, words.language), str(len(tagged[tag])), here))
    if not rows:
        return None
    head = tuple(words.t(f"plan.aims.{column}") for column in ("aim", "name", "count", "numbers"))
    table = Table(
        "felles-mal", words.t("plan.aims.caption"), head, tuple(rows), (16, 48, 14, 22), frozenset({2})
    )
    return Chapter("felles", words.t("plan.aims.title"), (Text(words.t("plan.aims.lead")), table), whole=True)
