"""The chapters of the landlord report as plain data, in words: what the templates lay out."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from forms.questionnaire import Item
from reports.documents.rows import (
    Group,
    Row,
    beside_the_scale,
    is_ordered,
    likert_row,
    score_row,
    share_dot_row,
    share_rows,
)
from reports.documents.words import Words
from reports.figures import coverage_bar, heat_step
from reports.results import Association, Cell, Results
from reports.rounding import percent

ROWS_A_TABLE = 15
"""More rows than this do not fit one page; the table is split, so that none breaks over two."""
CHARACTERS_A_LINE = 34
"""Of an answer in a half-width table."""
COMMONEST = 5
"""Answers shown of a multiple-choice or ranked question."""


@dataclass(frozen=True)
class CoverageRow:
    name: str
    area: str
    figure: Markup
    answered: str
    invited: str
    rate: str


@dataclass(frozen=True)
class HeatCell:
    """A score of the matrix. `step` 0: hidden, and `interval` says why."""

    value: str
    interval: str
    step: int
    standing: str
    change: str


@dataclass(frozen=True)
class HeatRow:
    title: str
    cells: tuple[HeatCell, ...]
    total: HeatCell


@dataclass(frozen=True)
class Chapter:
    """Items of one object: a heading, the sentence that says the finding, and tables of groups of bars."""

    id: str
    title: str
    lead: str
    score: str
    interval: str
    tables: tuple[tuple[Group, ...], ...]


@dataclass(frozen=True)
class ShareTable:
    id: str
    title: str
    rows: tuple[Row, ...]
    note: str


def coverage(words: Words, results: Results) -> tuple[CoverageRow, ...]:
    rows = []
    for number, place in enumerate(results.coverage):
        answered = words.number(place.n) if place.n is not None else words.t("coverage.few")
        figure = Markup("")
        rate = ""
        if place.n is not None and place.invited:
            share = place.n / place.invited
            rate = words.share(share)
            figure = coverage_bar(
                share,
                key=f"cov-{number}",
                title=words.t("figure.coverage", name=place.name, rate=rate),
                description=words.t("figure.coverage_help"),
            )
        invited = words.number(place.invited) if place.invited is not None else words.t("coverage.unknown")
        rows.append(CoverageRow(place.name, place.area, figure, answered, invited, rate))
    return tuple(rows)


def heat_cell(words: Words, cell: Cell | None) -> HeatCell:
    if cell is None:
        return HeatCell("", words.t("hidden.none"), 0, "", "")
    value, interval = words.score(cell.score)
    step = heat_step(cell.score.value) if cell.score.value is not None else 0
    standing = (
        words.t(f"versus.{cell.versus_rest}") if cell.versus_rest in ("better", "worse") and step else ""
    )
    return HeatCell(value, interval, step, standing, words.change(cell.change, share=False))


def heat(words: Words, results: Results) -> tuple[HeatRow, ...]:
    rules = results.questionnaire.index
    if rules is None:
        return ()
    cells = {(cell.object, cell.facet): cell for cell in results.matrix}
    totals = {cell.object: cell for cell in results.objects}
    return tuple(
        HeatRow(
            words.label(thing),
            tuple(heat_cell(words, cells.get((thing, facet))) for facet in rules.facets),
            heat_cell(words, totals.get(thing)),
        )
        for thing in rules.objects
    )


def ranked_groups(words: Words, rows: list[Row]) -> tuple[Group, ...]:
    """Strongest first, then weakest, then the rest; hidden ones last."""
    shown = sorted((row for row in rows if row.rank >= 0), key=lambda row: -row.rank)
    unranked = [row for row in rows if row.rank < 0]
    if len(shown) < 4:
        return (Group("", (*shown, *unranked)),)
    most = 3 if len(shown) >= 8 else 2
    strongest, rest, weakest = shown[:most], shown[most:-most], shown[-most:][::-1]
    groups = [
        Group(words.t("items.strongest"), tuple(strongest)),
        Group(words.t("items.weakest"), tuple(weakest)),
    ]
    if rest or unranked:
        groups.append(Group(words.t("items.between"), (*rest, *unranked)))
    return tuple(groups)


def pages_of(groups: tuple[Group, ...]) -> tuple[tuple[Group, ...], ...]:
    """Groups dealt out to tables of at most ROWS_A_TABLE rows, so that no table breaks over two pages."""
    tables: list[list[Group]] = [[]]
    room = ROWS_A_TABLE
    for group in groups:
        rows = group.rows
        while rows:
            if room == 0 or (room < len(rows) <= ROWS_A_TABLE):
                tables.append([])
                room = ROWS_A_TABLE
            taken, rows = rows[:room], rows[room:]
            tables[-1].append(Group(group.title, taken))
            room -= len(taken)
    return tuple(tuple(table) for table in tables if table)


def object_chapters(words: Words, results: Results) -> tuple[Chapter, ...]:
    rules = results.questionnaire.index
    if rules is None:
        return ()
    totals = {cell.object: cell for cell in results.objects}
    chapters = []
    for thing in rules.objects:
        rows = [
            likert_row(words, item, results.items[item.id], prefix=thing)
            for item in words.questionnaire.items()
            if item.scoring is not None and item.scoring.object == thing and item.id in results.items
        ]
        if not rows:
            continue
        cell = totals.get(thing)
        value, interval = words.score(cell.score) if cell else ("", words.t("hidden.none"))
        chapters.append(
            Chapter(
                id=f"del-{thing}",
                title=words.label(thing),
                lead=_lead(words, rows),
                score=value,
                interval=interval,
                tables=pages_of(ranked_groups(words, rows)),
            )
        )
    return tuple(chapters)


def _lead(words: Words, rows: list[Row]) -> str:
    shown = sorted((row for row in rows if row.rank >= 0), key=lambda row: -row.rank)
    if len(shown) < 2:
        return words.t("items.lead_hidden")
    best, worst = shown[0], shown[-1]
    return words.t(
        "items.lead",
        best=words.quote(best.text),
        best_share=best.value,
        worst=words.quote(worst.text),
        worst_share=worst.value,
    )


def is_participation(item: Item, module: str) -> bool:
    return (
        item.level is not None or item.role in ("participation_grade", "priority") or module == "medvirkning"
    )


def _modules(words: Words) -> list[tuple[str, Item]]:
    form = words.questionnaire
    return [(page.module, item) for page in form.pages for item in form.page_items(page)]


def participation_groups(words: Words, results: Results) -> tuple[Group, ...]:
    """Participation items on a scale, by level: individ, kollektiv, system; weakest last."""
    groups: dict[str, list[Row]] = {}
    for module, item in _modules(words):
        if item.id not in results.items or item.scoring or not is_participation(item, module):
            continue
        if is_ordered(words, item):
            groups.setdefault(item.level or "individ", []).append(
                likert_row(words, item, results.items[item.id], prefix="medv")
            )
    return tuple(
        Group(words.t(f"level.{level}"), tuple(sorted(groups[level], key=lambda row: -row.rank)))
        for level in ("individ", "kollektiv", "system")
        if level in groups
    )


def participation_tables(words: Words, results: Results) -> tuple[tuple[ShareTable, ...], ...]:
    """Grades, priorities and choices without order, one bar an answer."""
    tables = []
    for module, item in _modules(words):
        if item.id not in results.items or item.scoring or not is_participation(item, module):
            continue
        if is_ordered(words, item) or item.kind == "text":
            continue
        result = results.items[item.id]
        rows = share_rows(words, item, result, prefix="medv")
        if not rows:
            continue
        note = words.t("table.n_answers", n=words.number(result.n))
        if item.kind in ("multi", "rank") and len(rows) > COMMONEST:
            rows = rows[:COMMONEST]
            note = words.t("table.commonest", n=words.number(result.n))
        if beside := beside_the_scale(words, item, result):
            note = f"{note}. {beside}"
        tables.append(ShareTable(item.id, words.item(item), rows, note))
    order = {
        item.id: (item.role != "participation_grade", item.role != "priority") for _, item in _modules(words)
    }
    return two_columns(sorted(tables, key=lambda table: order[table.id]))


def two_columns(tables: list[ShareTable]) -> tuple[tuple[ShareTable, ...], ...]:
    """Tables dealt out in order, each to the column that is shorter so far; long answers take more lines."""
    columns: tuple[list[ShareTable], list[ShareTable]] = ([], [])
    heights = [0, 0]
    for table in tables:
        shorter = 0 if heights[0] <= heights[1] else 1
        columns[shorter].append(table)
        heights[shorter] += 4 + sum(1 + len(row.text) // CHARACTERS_A_LINE for row in table.rows)
    return tuple(tuple(column) for column in columns if column)


def background_tables(words: Words, results: Results) -> tuple[tuple[ShareTable, ...], ...]:
    tables: list[ShareTable] = []
    for item in words.questionnaire.items():
        if item.background and not item.sensitive and item.id in results.items:
            rows = share_rows(words, item, results.items[item.id], prefix="bak")
            if rows:
                note = words.t("table.n_answers", n=words.number(results.items[item.id].n))
                tables.append(ShareTable(item.id, words.item(item), rows, note))
    return two_columns(tables)


def other_groups(words: Words, results: Results) -> tuple[tuple[Group, ...], ...]:
    """Closed items on a scale that belong neither to the index nor to participation."""
    indexed = results.questionnaire.index is not None
    rows = [
        likert_row(words, item, results.items[item.id], prefix="alt")
        for module, item in _modules(words)
        if item.id in results.items
        and not item.scoring
        and not item.background
        and is_ordered(words, item)
        and (not indexed or item.role != "overall")
        and (not indexed or not is_participation(item, module))
    ]
    return pages_of((Group("", tuple(rows)),))


def overall_row(words: Words, results: Results) -> Row | None:
    for item in words.questionnaire.items():
        if item.role == "overall" and item.id in results.items:
            return likert_row(words, item, results.items[item.id], prefix="helhet")
    return None


def association_rows(words: Words, association: Association, *, key: str) -> tuple[Row, ...]:
    """Share of good answers to the outcome, one row for each answer to the factor."""
    factor = words.questionnaire.item(association.factor)
    return tuple(
        share_dot_row(words, words.codes(factor, codes), estimate, key=f"{key}-{number}")
        for number, (codes, estimate) in enumerate(association.rows)
    )


def association_tables(words: Words, results: Results) -> tuple[ShareTable, ...]:
    """The strongest associations, for surveys without an index; with one, a finding tells of influence."""
    if results.questionnaire.index is not None:
        return ()
    tables = []
    for number, association in enumerate(results.associations[:3]):
        factor, outcome = (
            words.questionnaire.item(association.factor),
            words.questionnaire.item(association.outcome),
        )
        rows = association_rows(words, association, key=f"sam-{number}")
        title = words.t(
            "association.title",
            factor=words.quote(words.item(factor)),
            outcome=words.quote(words.item(outcome)),
        )
        tables.append(ShareTable(f"sam-{number}", title, rows, ""))
    return tuple(tables)


def estate_rows(words: Words, results: Results) -> tuple[Row, ...]:
    """Estates by name, never as a league table: index, or share of good overall answers."""
    by_name = sorted(results.by_estate, key=lambda pair: words.sorting(pair[0]))
    reference = results.index.score.value if results.index else None
    if results.index is not None:
        return tuple(
            score_row(words, name, cell, key=f"gard-{number}", reference=reference)
            for number, (name, cell) in enumerate(by_name)
        )
    return tuple(
        share_dot_row(words, name, cell.score, key=f"gard-{number}")
        for number, (name, cell) in enumerate(by_name)
    )


def rate(results: Results) -> int | None:
    """Response rate in whole per cent; None when nobody knows how many were asked."""
    return percent(results.n / results.invited) if results.invited else None


def participation_lead(words: Words, results: Results) -> str:
    rows = [row for group in participation_groups(words, results) for row in group.rows]
    return _lead(words, rows) if rows else ""
