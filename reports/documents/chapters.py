"""The chapters of the landlord report as plain data, in words: what the templates lay out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.documents.groups import best_and_weakest, by_module, closed, is_participation, ranked_groups
from reports.documents.paging import pages_of, under
from reports.documents.participation_words import participation_closed
from reports.documents.rows import Group, Row, is_ordered, likert_row
from reports.documents.words import Words
from reports.results import Results


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


def object_chapters(words: Words, results: Results) -> tuple[Chapter, ...]:
    rules = results.questionnaire.index
    if rules is None:
        return ()
    totals = {cell.object: cell for cell in results.objects}
    chapters: list[Chapter] = []
    for thing in rules.objects:
        rows = [
            _cautioned(words, results, likert_row(words, item, results.items[item.id], prefix=thing))
            for item in words.questionnaire.items()
            if item.scoring is not None and item.scoring.object == thing and item.id in results.items
        ]
        if not rows:
            continue
        nothing = closed(rows)
        told = "object.closed_too" if chapters and chapters[-1].closed else "object.closed"
        cell = totals.get(thing)
        value, interval = words.score(cell.score) if cell else ("", words.t("hidden.none"))
        title = words.label(thing)
        lead = words.t(told) if nothing else best_and_weakest(words, rows)
        chapters.append(
            Chapter(
                id=f"del-{thing}",
                title=title,
                lead=lead,
                score=value,
                interval=interval,
                tables=() if nothing else pages_of(ranked_groups(words, rows), under(title, lead)),
                closed=tuple(row.text for row in rows) if nothing else (),
            )
        )
    return tuple(chapters)


def _cautioned(words: Words, results: Results, row: Row) -> Row:
    """With a word of warning where its answers seem to have come the wrong way round."""
    if row.item_id not in results.turned or not row.value:
        return row
    return replace(row, note=f"{row.note} {words.t('row.turned')}".strip())


def other_groups(words: Words, results: Results) -> tuple[tuple[Group, ...], ...]:
    """Closed items on a scale that belong neither to the index nor to participation."""
    indexed = results.questionnaire.index is not None
    rows = [
        likert_row(words, item, results.items[item.id], prefix="alt")
        for module, item in by_module(words)
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
    whole = overall_row(words, results, wide=False)
    if whole is not None and not whole.figure:
        about.insert(0, (words.t("matrix.whole"), 1))
    parts = words.join(f"{words.lower(title)} ({n})" for title, n in about)
    return words.t("untold.text", n=sum(n for _, n in about), parts=parts)
