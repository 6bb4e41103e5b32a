"""Groups of questions on a scale: what is shown of them, in which order, and the best and the weakest."""

from __future__ import annotations

from collections.abc import Iterable

from forms.questionnaire import Item
from reports.documents.rows import Group, Row, good_answers
from reports.documents.words import Words

MOST_SHOWN = 2 / 3
"""Of the questions of a chapter: fewer that show their share say nothing of which are strong, which weak."""


def is_participation(item: Item, module: str) -> bool:
    """Whether it belongs to the chapter on having a say."""
    return (
        item.level is not None or item.role in ("participation_grade", "priority") or module == "medvirkning"
    )


def by_module(words: Words) -> list[tuple[str, Item]]:
    """All questions with the module of their page, in their order."""
    form = words.questionnaire
    return [(page.module, item) for page in form.pages for item in form.page_items(page)]


def ranked_groups(words: Words, rows: list[Row]) -> tuple[Group, ...]:
    """Strongest first, then weakest, then the rest; hidden ones last. One group where too many are hidden."""
    shown = sorted((row for row in rows if row.rank >= 0), key=lambda row: -row.rank)
    unranked = [row for row in rows if row.rank < 0]
    if len(shown) < max(4, MOST_SHOWN * len(rows) - 1e-9):
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


def closed(rows: Iterable[Row]) -> bool:
    """Whether there is not one figure to show."""
    return not any(row.figure or row.value for row in rows)


def best_and_weakest(words: Words, rows: list[Row]) -> str:
    """'Best svar får «...» med 82 %. Svakest er «...»'.

    Where some of the questions do not show their share, it is said to be of those that do; where too many do
    not, or the intervals do not part the best from the weakest, nothing is said to be best."""
    shown = sorted((row for row in rows if row.between is not None), key=lambda row: -row.rank)
    if len(shown) < 2:
        return words.t("items.lead_hidden")
    if len(shown) < MOST_SHOWN * len(rows) - 1e-9:
        return words.t("items.lead_few")
    best, worst = shown[0], shown[-1]
    if not _apart(best, worst):
        return words.t("items.lead_same")
    return words.t(
        "items.lead" if len(shown) == len(rows) else "items.lead_shown",
        best=words.quote(best.text),
        best_share=_share_of_good(words, best),
        worst=words.quote(worst.text),
        worst_share=_share_of_good(words, worst),
    )


def _apart(best: Row, worst: Row) -> bool:
    return (
        best.between is not None and worst.between is not None and best.between[0] > worst.between[1] + 1e-9
    )


def _share_of_good(words: Words, row: Row) -> str:
    """'45 % gode svar', and which answers are the good ones where the question is turned round."""
    item = words.questionnaire.item(row.item_id)
    if item.scoring is None or not item.scoring.reversed:
        return words.t("items.share", share=row.value)
    return words.t("items.share_turned", share=row.value, answers=good_answers(words, item))
