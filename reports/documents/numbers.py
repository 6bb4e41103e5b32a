"""Every figure behind the charts as plain tables, for the web: nothing that the charts do not show."""

from __future__ import annotations

from dataclasses import dataclass

from forms.questionnaire import Item
from reports.documents.rows import beside_the_scale, is_ordered, shares, worst_to_best
from reports.documents.words import Words
from reports.results import ItemResult, Results


@dataclass(frozen=True)
class Line:
    """One answer: its share, and the interval where the share has one."""

    text: str
    value: str
    interval: str


@dataclass(frozen=True)
class Question:
    """`note`: number of answers and what stands beside the scale, or why nothing is shown."""

    text: str
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    questions: tuple[Question, ...]


def tables(words: Words, results: Results) -> tuple[Table, ...]:
    """One table a module of the questionnaire, in its order; sensitive background is in no report."""
    form = words.questionnaire
    found: dict[str, list[Question]] = {}
    for page in form.pages:
        for item in form.page_items(page):
            if item.id in results.items and not (item.background and item.sensitive):
                found.setdefault(page.module, []).append(_question(words, item, results.items[item.id]))
    return tuple(
        Table(f"tall-{module}", words.label(module), tuple(questions)) for module, questions in found.items()
    )


def _question(words: Words, item: Item, result: ItemResult) -> Question:
    parts = shares(result)
    if result.hidden or not parts:
        return Question(words.item(item), words.hidden(result.hidden), ())
    note = words.t("table.n_answers", n=words.number(result.n))
    if beside := beside_the_scale(words, item, result):
        note = f"{note}. {beside}"
    if is_ordered(words, item):
        order = worst_to_best(words, item)
        parts = sorted(parts, key=lambda part: min(order.index(code) for code in part[0]))
    lines = []
    for codes, estimate in parts:
        value, interval = words.estimate(estimate)
        # Parts of a bar have no interval of their own; that of the good answers stands under them.
        lines.append(Line(words.codes(item, codes), value, interval if result.chosen else ""))
    good, around = words.estimate(result.favourable)
    if good and item.role != "participation_grade":
        lines.append(Line(words.t("table.good"), good, around))
    return Question(words.item(item), note, tuple(lines))
