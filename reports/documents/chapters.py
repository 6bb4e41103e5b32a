"""The chapters of the landlord report as plain data, in words: what the templates lay out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.disclosure import MINIMUM
from reports.documents.paging import pages_of
from reports.documents.rows import (
    Group,
    Row,
    beside_the_scale,
    good_answers,
    is_ordered,
    likert_row,
    score_row,
    share_dot_row,
    share_rows,
)
from reports.documents.words import Words
from reports.figures import WIDE, WIDTH, beside_bar, coverage_bar, heat_step
from reports.inference.settings import FEWEST_IN_MARGIN, LEVEL, MOST_WEIGHT, SMALL_ESTATE, TOO_HEAVY
from reports.results import Association, BesideRegister, Cell, Estimate, ItemResult, Results, WayBeside
from reports.rounding import percent
from reports.ways import HELPED

CHARACTERS_A_LINE = 34
"""Of an answer in a half-width table."""
COMMONEST = 5
"""Bars drawn of a multiple-choice or ranked question; the shares of its other answers follow in words."""


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
    """Items of one object: a heading, the sentence that says the finding, and tables of groups of bars.

    `closed`: the questions, where the answers to none of them may be shown; then there are no tables.
    """

    id: str
    title: str
    lead: str
    score: str
    interval: str
    tables: tuple[tuple[Group, ...], ...]
    closed: tuple[str, ...] = ()


@dataclass(frozen=True)
class ShareTable:
    """`remark`: a sentence under the table."""

    id: str
    title: str
    rows: tuple[Row, ...]
    note: str
    remark: str = ""


@dataclass(frozen=True)
class RegisterRow:
    """One group of background: its part of the answers, as they came, beside its part of the register."""

    text: str
    figure: Markup
    answers: str
    register: str
    note: str
    """'fewer than expected', or nothing."""


@dataclass(frozen=True)
class RegisterTable:
    title: str
    rows: tuple[RegisterRow, ...]
    remark: str = ""


def good_answers_named(words: Words) -> str:
    """What counts as a good answer, on the scale that most questions use: '«litt enig» eller «helt enig»'."""
    form = words.questionnaire
    scales = [item.scale for item in form.items() if item.scale and form.scale(item.scale).favourable]
    if not scales:
        return ""
    scale = form.scale(Counter(scales).most_common(1)[0][0])
    item = next(item for item in form.items() if item.scale == scale.id)
    return words.quoted_codes(item, scale.favourable)


def outside(results: Results) -> list[str]:
    """Estates that stand outside some totals: so few answers can seldom be shown alone, and whoever
    subtracted would find them in the total."""
    if results.estate_id is not None:
        return []
    named = [place.name for place in results.coverage if place.n is not None and place.n < 2 * MINIMUM]
    left_out = any(0 < item.n < results.n for item in results.items.values())
    return named if left_out else []


def coverage(words: Words, results: Results, *, wide: bool) -> tuple[CoverageRow, ...]:
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
                label=rate,
                title=words.t("figure.coverage", name=place.name, rate=rate),
                description=words.t("figure.coverage_help"),
                whole_width=WIDE if wide and len(results.coverage) == 1 else WIDTH,
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
    return HeatCell(value, interval, step, standing, words.change(cell.change, cell.score.value, share=False))


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


def object_chapters(words: Words, results: Results) -> tuple[Chapter, ...]:
    rules = results.questionnaire.index
    if rules is None:
        return ()
    totals = {cell.object: cell for cell in results.objects}
    chapters: list[Chapter] = []
    for thing in rules.objects:
        rows = [
            likert_row(words, item, results.items[item.id], prefix=thing)
            for item in words.questionnaire.items()
            if item.scoring is not None and item.scoring.object == thing and item.id in results.items
        ]
        if not rows:
            continue
        nothing = closed(rows)
        told = "object.closed_too" if chapters and chapters[-1].closed else "object.closed"
        cell = totals.get(thing)
        value, interval = words.score(cell.score) if cell else ("", words.t("hidden.none"))
        chapters.append(
            Chapter(
                id=f"del-{thing}",
                title=words.label(thing),
                lead=words.t(told) if nothing else _lead(words, rows),
                score=value,
                interval=interval,
                tables=() if nothing else pages_of(ranked_groups(words, rows)),
                closed=tuple(row.text for row in rows) if nothing else (),
            )
        )
    return tuple(chapters)


def closed(rows: Iterable[Row]) -> bool:
    """Whether there is not one figure to show."""
    return not any(row.figure or row.value for row in rows)


def _lead(words: Words, rows: list[Row]) -> str:
    shown = sorted((row for row in rows if row.rank >= 0), key=lambda row: -row.rank)
    if len(shown) < 2:
        return words.t("items.lead_hidden")
    best, worst = shown[0], shown[-1]
    return words.t(
        "items.lead",
        best=words.quote(best.text),
        best_share=_share_of_good(words, best),
        worst=words.quote(worst.text),
        worst_share=_share_of_good(words, worst),
    )


def _share_of_good(words: Words, row: Row) -> str:
    """'45 % gode svar', and which answers are the good ones where the question is turned round."""
    item = words.questionnaire.item(row.item_id)
    if item.scoring is None or not item.scoring.reversed:
        return words.t("items.share", share=row.value)
    return words.t("items.share_turned", share=row.value, answers=good_answers(words, item))


def is_participation(item: Item, module: str) -> bool:
    return (
        item.level is not None or item.role in ("participation_grade", "priority") or module == "medvirkning"
    )


def _modules(words: Words) -> list[tuple[str, Item]]:
    form = words.questionnaire
    return [(page.module, item) for page in form.pages for item in form.page_items(page)]


def participation_groups(words: Words, results: Results) -> tuple[Group, ...]:
    """Participation items on a scale, by level: individ, kollektiv, system; weakest last. No level without
    a single figure."""
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
        if level in groups and not closed(groups[level])
    )


def participation_closed(words: Words, results: Results) -> tuple[str, ...]:
    """The participation questions of which nothing may be shown, where that is a whole level of them."""
    shown = {row.text for group in participation_groups(words, results) for row in group.rows}
    shown |= {table.title for column in participation_tables(words, results) for table in column}
    asked = [
        words.item(item)
        for module, item in _modules(words)
        if item.id in results.items and not item.scoring and is_participation(item, module)
    ]
    return tuple(text for text in asked if text not in shown)


def participation_tables(words: Words, results: Results) -> tuple[tuple[ShareTable, ...], ...]:
    """Grades, priorities and choices without order, one bar an answer."""
    tables = []
    grade_id = first_grade_of(words)
    for module, item in _modules(words):
        if item.id not in results.items or item.scoring or not is_participation(item, module):
            continue
        if is_ordered(words, item) or item.kind == "text":
            continue
        result = results.items[item.id]
        first_grade = item.id == grade_id
        rows = share_rows(
            words, item, result, prefix="medv", declared=results.declared_grade if first_grade else None
        )
        if not rows:
            continue
        note = words.t("table.n_answers", n=words.number(result.n))
        if beside := beside_the_scale(words, item, result):
            note = f"{note}. {beside}"
        remarks = [
            grade_in_words(words, item, result),
            declared_in_words(words, results) if first_grade else "",
        ]
        if item.kind in ("multi", "rank"):
            rows, rest = commonest(words, rows)
            remarks.append(rest)
        remark = " ".join(part for part in remarks if part)
        tables.append(ShareTable(item.id, words.item(item), rows, note, remark))
    order = {
        item.id: (item.role != "participation_grade", item.role != "priority") for _, item in _modules(words)
    }
    return two_columns(sorted(tables, key=lambda table: order[table.id]))


def commonest(words: Words, rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], str]:
    """The rows to draw, and the others in a sentence: every answer has its share, or is said to be hidden."""
    shown, hidden = [row for row in rows if row.value], [row for row in rows if not row.value]
    told = []
    if rest := shown[COMMONEST:]:
        answers = "; ".join(f"{words.lower(row.text)} {row.value}" for row in rest)
        told.append(words.t("table.rest", answers=answers))
    if hidden:
        answers = words.join(words.quote(words.lower(row.text)) for row in hidden)
        told.append(words.t("table.rest_hidden", answers=answers))
    return tuple(shown[:COMMONEST]), " ".join(told)


def first_grade_of(words: Words) -> str | None:
    """The question that the landlord's own grade is set beside."""
    return next((i.id for i in words.questionnaire.items() if i.role == "participation_grade"), None)


def grade_in_words(words: Words, item: Item, result: ItemResult) -> str:
    """How many stand on the upper steps of the grade, and how that has changed; never as good or better."""
    share, interval = words.estimate(result.favourable)
    if item.role != "participation_grade" or not share:
        return ""
    steps = words.questionnaire.steps(item)
    first = min(
        place for place, step in enumerate(steps) if step.code in favourable_codes(words.questionnaire, item)
    )
    told = words.t("heard.from_step", share=share, interval=interval, step=first + 1, steps=len(steps))
    change = words.change(result.change, result.favourable.value, share=True)
    return f"{told} {change}." if change else told


def declared_in_words(words: Words, results: Results) -> str:
    """'Utleier mener selv: …'; that the landlord has said nothing when so."""
    if results.declared_grade is None:
        return words.t("heard.undeclared")
    return words.t(
        "heard.declared", grade=words.t(f"grade.{results.declared_grade}"), step=results.declared_grade
    )


def declared_apart(words: Words, results: Results) -> str:
    """What the landlord says, for the text: when the tenants' grades, beside which it belongs, are hidden."""
    grade_id = first_grade_of(words)
    shown = {table.id for column in participation_tables(words, results) for table in column}
    return "" if grade_id is None or grade_id in shown else declared_in_words(words, results)


T = TypeVar("T", bound=ShareTable | RegisterTable)


def two_columns(tables: list[T]) -> tuple[tuple[T, ...], ...]:
    """Tables dealt out in order, each to the column that is shorter so far; long answers take more lines."""
    columns: tuple[list[T], list[T]] = ([], [])
    heights = [0, 0]
    for table in tables:
        shorter = 0 if heights[0] <= heights[1] else 1
        columns[shorter].append(table)
        lines = sum(1 + (len(row.text) + len(row.note)) // CHARACTERS_A_LINE for row in table.rows)
        heights[shorter] += 3 + lines + (len(table.title) + len(table.remark)) // (CHARACTERS_A_LINE * 3 // 2)
    return tuple(tuple(column) for column in columns if column)


def background_tables(words: Words, results: Results) -> tuple[tuple[ShareTable, ...], ...]:
    """Questions of background, but for those that stand beside the register."""
    beside = _beside_register(results)
    tables: list[ShareTable] = []
    for item in words.questionnaire.items():
        if item.background and not item.sensitive and item.id in results.items and item.id not in beside:
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


def overall_row(words: Words, results: Results, *, wide: bool) -> Row | None:
    for item in words.questionnaire.items():
        if item.role == "overall" and item.id in results.items:
            return likert_row(words, item, results.items[item.id], prefix="helhet", wide=wide)
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
        share_dot_row(words, name, cell.score, key=f"gard-{number}", lent=cell.lent)
        for number, (name, cell) in enumerate(by_name)
    )


def lent_text(words: Words, results: Results) -> str:
    """What the figures that lend from all estates are; '' where there are none."""
    if all(cell.lent is None for _, cell in results.by_estate):
        return ""
    return words.t("estates.lent_text", few=SMALL_ESTATE)


@dataclass(frozen=True)
class ScaleRow:
    title: str
    text: str


def scale_rows(words: Words, results: Results) -> tuple[ScaleRow, ...]:
    """How well the questions of each theme hang together, and which of them go against the others."""
    rows = []
    for scale in results.scales:
        told = [
            words.t(f"method.scales_{name}", value=value, interval=interval)
            for name, estimate in (("alpha", scale.alpha), ("omega", scale.omega))
            if estimate is not None and (value := _decimal(words, estimate.value))
            for interval in (_decimals(words, estimate),)
        ]
        text = words.t("method.scales_row", items=scale.items, measures=", ".join(told))
        if scale.turned:
            names = words.join(words.quote(words.item(words.questionnaire.item(i))) for i in scale.turned)
            text = f"{text} {words.t('method.scales_turned', items=names)}"
        rows.append(ScaleRow(words.label(scale.object), text))
    return tuple(rows)


def _decimal(words: Words, value: float | None) -> str:
    return "" if value is None else words.decimal(value)


def _decimals(words: Words, estimate: Estimate) -> str:
    low, high = _decimal(words, estimate.low), _decimal(words, estimate.high)
    return words.t("number.between", low=low, high=high)


def method_values(words: Words, results: Results) -> dict[str, object]:
    """The settings that the numbers were made with, for the sentences that tell of them."""
    rules = results.questionnaire.index
    return {
        "level": percent(LEVEL),
        "tail": words.decimal((1 - LEVEL) / 2, "0.###"),
        "part": percent(rules.min_answered) if rules else 0,
        "few": MINIMUM,
    }


def register_tables(words: Words, results: Results) -> tuple[tuple[RegisterTable, ...], ...]:
    """In columns. Empty when the register's margins were not given, or nothing may be set beside them."""
    if results.weighting is None:
        return ()
    tables = []
    for name in _beside_register(results):
        item = words.questionnaire.item(name)
        rows = [row for row in results.weighting.beside if row.item == name]
        drawn = tuple(_register_row(words, item, row, number) for number, row in enumerate(rows))
        tables.append(RegisterTable(words.item(item), drawn))
    return two_columns(tables)


def _beside_register(results: Results) -> list[str]:
    """Questions whose groups stand beside the register."""
    if results.weighting is None:
        return []
    told = {row.item for row in results.weighting.beside}
    return [name for name in results.weighting.variables if name in told]


def _register_row(words: Words, item: Item, row: BesideRegister, number: int) -> RegisterRow:
    text = words.run(item, row.codes)
    answers, register = words.share(row.share), words.share(row.register_share)
    figure = beside_bar(
        row.share,
        row.register_share,
        key=f"reg-{item.id}-{number}",
        title=words.t("figure.beside", text=words.quote(text), share=answers, register=register),
        description=words.t("who.register_figure"),
    )
    note = "" if row.standing == "same" else words.t(f"who.register_{row.standing}")
    return RegisterRow(text, figure, answers, register, note)


def register_lead(words: Words, results: Results) -> str:
    """That the shares beside the register are of the answers as they came, and what the totals are."""
    told = results.weighting
    if told is None:
        return ""
    totals = "who.register_weighted" if told.refused is None else "who.register_unweighted"
    return f"{words.t('who.register_text', level=percent(LEVEL))} {words.t(totals)}"


def background_note(words: Words, results: Results) -> str:
    """How estates count in the bars of background of a total; '' where every answer counts the same."""
    if results.estate_id is not None or len(results.coverage) < 2:
        return ""
    unweighted = results.weighting is None or results.weighting.refused is not None
    if not results.invited:
        return "" if unweighted else words.t("who.background_raw")
    return words.t("who.background_dwellings" if unweighted else "who.background_raw_dwellings")


def weighting_text(words: Words, results: Results) -> str:
    """How totals are weighted to the register, or why they are not; '' when it said nothing."""
    told = results.weighting
    if told is None:
        return ""
    names = words.join(words.quote(words.item(words.questionnaire.item(name))) for name in told.variables)
    if told.refused is not None:
        return words.t("method.weights_refused", variables=names, reason=words.t(told.refused))
    parts = [
        words.t(
            "method.weights_text",
            variables=names,
            most=words.decimal(MOST_WEIGHT, "0.#"),
            fewest=FEWEST_IN_MARGIN,
            heavy=percent(TOO_HEAVY),
            effect=words.decimal(told.design_effect, "0.0"),
            effective=words.number(told.effective),
        )
    ]
    if told.trimmed is None:
        parts.append(words.t("method.weights_trimmed_few"))
    elif told.trimmed:
        parts.append(words.t("method.weights_trimmed", n=words.number(told.trimmed)))
    if told.gap:
        parts.append(words.t("method.weights_gap", gap=words.share(told.gap)))
    return " ".join([*parts, words.t("method.weights_change")])


def answered(words: Words, results: Results) -> str:
    """'95 av 180 husstander', or as much of it as is known and may be shown."""
    n = words.number(results.n)
    if results.invited is None:
        return words.t("method.counts_unknown", n=n)
    key = "about.lead_more" if results.n > results.invited else "method.counts_text"
    text = words.t(key, n=n, households=words.count("household", results.invited))
    if results.dwellings is None:
        return text
    households = words.count("household", results.dwellings)
    return words.t("method.counts_sampled", answered=text, households=households)


def sampled(words: Words, results: Results) -> str:
    """Where homes were drawn, and how many of how many; '' when all were asked."""
    places = [
        words.t(
            "who.sampled_place",
            name=place.name,
            n=words.number(place.invited or 0),
            of=words.number(place.dwellings or 0),
        )
        for place in results.sampled
    ]
    return words.t("who.sampled", places=words.join(places)) if places else ""


def rate(results: Results) -> int | None:
    """Response rate in whole per cent; None when nobody knows how many were asked, or more answered than
    that."""
    if not results.invited or results.n > results.invited:
        return None
    return percent(results.n / results.invited)


def missing(results: Results) -> int | None:
    """Households that have not answered; None when nobody knows how many were asked. What one estate has too
    many of, another does not lack the less."""
    if results.invited is None or not overfull(results):
        return None if results.invited is None else results.invited - results.n
    counted = [place for place in results.coverage if place.n is not None]
    return sum(max((place.invited or 0) - (place.n or 0), 0) for place in counted)


def overfull(results: Results) -> list[str]:
    """Estates with more answers than homes that were asked."""
    return [
        place.name
        for place in results.coverage
        if place.n is not None and place.invited is not None and place.n > place.invited
    ]


def few(words: Words, results: Results) -> str:
    """Why there is no figure at all: nobody is told how many, only that it is fewer than five."""
    if results.hidden is None:
        return ""
    if results.few_everywhere:
        return words.t("few.everywhere")
    if results.invited is None:
        return words.t("few.unknown")
    return words.t("few.lead", households=words.count("household", results.invited))


def modes(words: Words, results: Results) -> str:
    """How the answers came in, all of them: in numbers, or that some or all may not be told apart."""
    shown = ", ".join(f"{words.t(f'mode.{mode}')} {words.number(n)}" for mode, n in results.modes.items())
    rest = results.n - sum(results.modes.values())
    if not shown:
        return words.t("who.modes_hidden")
    if not rest:
        return words.t("who.modes", modes=shown)
    return words.t("who.modes_rest", modes=shown, rest=words.number(rest))


@dataclass(frozen=True)
class WayRow:
    """`difference`: in words, 'kan ikke skilles fra' where it cannot."""

    text: str
    n: str
    difference: str
    interval: str


@dataclass(frozen=True)
class WayTable:
    title: str
    rows: tuple[WayRow, ...]


def way_tables(words: Words, results: Results) -> tuple[WayTable, ...]:
    """Ways of answering oneself, and apart from them answers with help or through others."""
    told = results.ways
    if told is None:
        return ()
    parts = [
        ("oneself", [row for row in told.rows if row.way not in HELPED]),
        ("helped", [row for row in told.rows if row.way in HELPED]),
    ]
    return tuple(
        WayTable(words.t(f"ways.{name}"), tuple(_way_row(words, row) for row in rows))
        for name, rows in parts
        if rows
    )


def _way_row(words: Words, row: WayBeside) -> WayRow:
    key = "same" if not row.sure else "higher" if row.difference > 0 else "lower"
    said = words.t(f"ways.{key}", points=abs(int(row.difference)))
    low, high = words.signed(int(row.low)), words.signed(int(row.high))
    text = words.t(f"mode.{row.way}")
    return WayRow(
        text[:1].upper() + text[1:], words.number(row.n), said, words.t("number.between", low=low, high=high)
    )


def ways_text(words: Words, results: Results) -> str:
    """What the ways are set beside, and what the difference may come of; '' where nothing is told."""
    told = results.ways
    if told is None:
        return ""
    main = words.t(f"mode.{told.main}")
    estates = words.count("estate", told.estates)
    return words.t("ways.text", main=main, n=words.number(told.n), estates=estates)


def to_talk_about(words: Words, results: Results, objects: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """The themes of which no answers may be shown: their questions are what a meeting can begin with."""
    closed = [chapter for chapter in objects if chapter.closed]
    if participation := participation_closed(words, results):
        title = words.label("medvirkning")
        closed.append(Chapter("medvirkning", title, "", "", "", (), participation))
    return tuple(closed)


def untold(words: Words, results: Results, objects: tuple[Chapter, ...]) -> str:
    """One sentence for all the questions of which nothing may be shown: how many, and about what."""
    about = [(chapter.title, len(chapter.closed)) for chapter in to_talk_about(words, results, objects)]
    parts = words.join(f"{words.lower(title)} ({n})" for title, n in about)
    return words.t("untold.text", n=sum(n for _, n in about), parts=parts)


def participation_lead(words: Words, results: Results) -> str:
    rows = [row for group in participation_groups(words, results) for row in group.rows]
    return _lead(words, rows) if rows else ""
