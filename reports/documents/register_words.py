"""Those who answered beside the register, and how totals are weighted to it."""

from __future__ import annotations

from forms.questionnaire import Item
from reports.documents.rows import share_rows
from reports.documents.tables import RegisterRow, RegisterTable, ShareTable, two_columns
from reports.documents.words import Words
from reports.figures import beside_bar
from reports.inference.settings import FEWEST_IN_MARGIN, LEVEL, MOST_WEIGHT, TOO_HEAVY
from reports.results import BesideRegister, Results, Weighting
from reports.rounding import percent


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


def background_note(words: Words, results: Results) -> str:
    """How estates count in the bars of background of a total; '' where every answer counts the same."""
    if results.estate_id is not None or len(results.coverage) < 2:
        return ""
    unweighted = results.weighting is None or results.weighting.refused is not None
    if not results.invited:
        return "" if unweighted else words.t("who.background_raw")
    return words.t("who.background_dwellings" if unweighted else "who.background_raw_dwellings")


def register_tables(words: Words, results: Results) -> tuple[tuple[RegisterTable, ...], ...]:
    """In columns. Empty when the register's margins were not given, or nothing may be set beside them."""
    if results.weighting is None:
        return ()
    tables = []
    for name in _beside_register(results):
        item = words.questionnaire.item(name)
        rows = [row for row in results.weighting.beside if row.item == name]
        described = register_figure(words, results)
        drawn = tuple(_register_row(words, item, row, number, described) for number, row in enumerate(rows))
        tables.append(RegisterTable(words.item(item), drawn))
    return two_columns(tables)


def _beside_register(results: Results) -> list[str]:
    """Questions whose groups stand beside the register."""
    if results.weighting is None:
        return []
    told = {row.item for row in results.weighting.beside}
    return [name for name in results.weighting.variables if name in told]


def _register_row(words: Words, item: Item, row: BesideRegister, number: int, described: str) -> RegisterRow:
    text = words.run(item, row.codes)
    answers, register = words.share(row.share), words.share(row.register_share)
    figure = beside_bar(
        row.share,
        row.register_share,
        key=f"reg-{item.id}-{number}",
        title=words.t("figure.beside", text=words.quote(text), share=answers, register=register),
        description=described,
    )
    note = "" if row.standing == "same" else words.t(f"who.register_{row.standing}")
    return RegisterRow(text, figure, answers, register, note)


def register_lead(words: Words, results: Results) -> str:
    """That the shares beside the register are of the answers as they came, or by the homes of each estate
    where some were drawn; and what the totals are."""
    told = results.weighting
    if told is None:
        return ""
    text = "who.register_text_sampled" if results.sampled else "who.register_text"
    totals = "who.register_weighted" if told.refused is None else "who.register_unweighted"
    return f"{words.t(text, level=percent(LEVEL))} {words.t(totals)}"


def register_figure(words: Words, results: Results) -> str:
    """What bar and line beside the register are."""
    return words.t("who.register_figure_sampled" if results.sampled else "who.register_figure")


def weighted_beside(words: Words, results: Results) -> str:
    """Why a total need not lie among the estates beside it; '' where it is not weighted to the register."""
    told = results.weighting
    if results.estate_id is not None or told is None or told.refused is not None:
        return ""
    return words.t("weights.beside") if len(results.coverage) > 1 else ""


def weighted_by(words: Words, results: Results) -> str:
    """The questions that a total is weighted by; '' where it is not."""
    return (
        _variables(words, results.weighting) if results.weighting and weighted_beside(words, results) else ""
    )


def _variables(words: Words, told: Weighting) -> str:
    return words.join(words.quote(words.item(words.questionnaire.item(name))) for name in told.variables)


def weighting_text(words: Words, results: Results) -> str:
    """How totals are weighted to the register, or why they are not; '' when it said nothing."""
    told = results.weighting
    if told is None:
        return ""
    names = _variables(words, told)
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
