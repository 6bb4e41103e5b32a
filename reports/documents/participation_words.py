"""The chapter on how much tenants are heard, with the landlord's own grade beside theirs."""

from __future__ import annotations

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.documents.groups import best_and_weakest, by_module, closed, is_participation
from reports.documents.rows import Group, Row, beside_the_scale, is_ordered, likert_row, share_rows
from reports.documents.tables import ShareTable, commonest, two_columns
from reports.documents.words import Words
from reports.results import ItemResult, Results


def participation_groups(words: Words, results: Results) -> tuple[Group, ...]:
    """Participation items on a scale, by level: individ, kollektiv, system; weakest last. No level without
    a single figure."""
    groups: dict[str, list[Row]] = {}
    for module, item in by_module(words):
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
        for module, item in by_module(words)
        if item.id in results.items and not item.scoring and is_participation(item, module)
    ]
    return tuple(text for text in asked if text not in shown)


def participation_tables(words: Words, results: Results) -> tuple[tuple[ShareTable, ...], ...]:
    """Grades, priorities and choices without order, one bar an answer."""
    tables = []
    grade_id = first_grade_of(words)
    for module, item in by_module(words):
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
        item.id: (item.role != "participation_grade", item.role != "priority") for _, item in by_module(words)
    }
    return two_columns(sorted(tables, key=lambda table: order[table.id]))


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
    told = words.t(
        "heard.from_step", share=share, doubt=words.doubt(interval), step=first + 1, steps=len(steps)
    )
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


def participation_lead(words: Words, results: Results) -> str:
    rows = [row for group in participation_groups(words, results) for row in group.rows]
    return best_and_weakest(words, rows) if rows else ""
