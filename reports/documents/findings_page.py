"""The findings of a round as a web page: the list, then matrix, changes, distributions and funnel."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from markupsafe import Markup

from forms.benchmarks import shipped
from reports.associations import outcome_of
from reports.benchmarks import beside
from reports.disclosure import PROFILES
from reports.documents import chapters
from reports.documents.benchmark_words import benchmark_lines
from reports.documents.landlord import environment
from reports.documents.rows import Group
from reports.documents.words import Words
from reports.errors import TooFewAnswers
from reports.figures import FunnelPoint, funnel
from reports.findings import places
from reports.findings.everywhere import Everywhere, headline_cells
from reports.findings.listing import findings_list
from reports.findings.model import FoundResult, Level
from reports.inference.funnel import Funnel, share_funnel
from reports.inference.settings import FEWEST_ESTATES
from reports.results import Change, Results
from reports.rounding import outward, percent, whole
from reports.trends import interval_of

FIRST = 12
"""Findings told at once; the others open with a click."""


@dataclass(frozen=True)
class Line:
    id: str
    kind: str
    sentence: str
    tags: str


@dataclass(frozen=True)
class ChangeRow:
    """`standing`: of `Change`, for the colour; `standing_text` says it."""

    text: str
    before: str
    now: str
    standing: str
    standing_text: str
    interval: str


@dataclass(frozen=True)
class FunnelRow:
    name: str
    n: str
    share: str
    inner: str
    outer: str
    place: str


@dataclass(frozen=True)
class FunnelPart:
    """`figure`: empty with fewer than `fewest` estates. `hidden`: estates that show no share."""

    item: str
    figure: Markup
    rows: tuple[FunnelRow, ...]
    hidden: tuple[str, ...]
    fewest: int = FEWEST_ESTATES


def web(
    found: Everywhere, language: str, place: tuple[Level, str] = ("all", ""), kinds: Iterable[str] = ()
) -> str:
    """A fragment for a page of the console. `kinds`: only findings of these, all when empty.

    UnknownEstate: the round has no such place. The page must load `landlord.STYLESHEET`.
    """
    made = findings_list(found, PROFILES["standard"], only=place)
    form = found.whole.questionnaire
    words = Words.of(form, language)
    wanted = frozenset(kinds)
    (summary,) = made.places
    level, id = place
    results = found.estates[id] if level == "estate" else found.whole if level == "all" else None
    shown = results is not None and results.hidden is None
    return (
        environment()
        .get_template("findings.html")
        .render(
            words=words,
            t=words.t,
            language=language,
            place=summary.place,
            summary=summary,
            area_size=len(found.areas[id]) if level == "area" else 1,
            findings=[_line(words, f) for f in made.findings if not wanted or f.kind in wanted],
            first=FIRST,
            results=results,
            heat=chapters.heat(words, results) if results and shown else (),
            changes=change_rows(words, results) if results and shown else (),
            distributions=_distributions(words, results) if results and shown else (),
            funnel=funnel_part(words, found) if level == "all" else None,
            benchmarks=benchmark_lines(words, beside(found.whole, shipped())) if level == "all" else (),
            credit=form.credit.get(language),
        )
    )


def _line(words: Words, finding: FoundResult) -> Line:
    known = [words.label(tag) for tag in finding.tags if tag in words.questionnaire.labels]
    text = next(said for language, said in finding.sentences.items() if language == words.language)
    # The place stands in the heading of the list.
    return Line(finding.id, finding.kind, text.removeprefix(f"{finding.place.name}: "), " · ".join(known))


def change_rows(words: Words, results: Results) -> tuple[ChangeRow, ...]:
    """Scores first, then questions; of each what has surely changed before what has not."""
    scores = [
        _change_row(words, words.label(name) if name else words.t("matrix.whole"), cell.change, score.value)
        for name, cell in headline_cells(results).items()
        if cell.change is not None and (score := interval_of(cell.score))
    ]
    asked = [
        _change_row(words, words.item(item), result.change, share.value, share=True)
        for item in words.questionnaire.items()
        if not item.background
        and not item.sensitive
        and (result := results.items.get(item.id))
        and result.change is not None
        and (share := interval_of(result.favourable))
    ]
    return tuple(
        row for rows in (scores, asked) for row in sorted(rows, key=lambda row: row.standing == "same")
    )


def _change_row(words: Words, text: str, change: Change, now: float, *, share: bool = False) -> ChangeRow:
    size = 100 if share else 1
    low, high = (int(end) for end in outward(change.low * size, change.high * size, 1))
    unit = words.t("changes.points" if share else "changes.score")
    printed = (percent, words.share) if share else (whole, lambda value: str(whole(value)))
    return ChangeRow(
        text,
        printed[1](now - change.difference),
        printed[1](now),
        change.standing,
        words.t(f"changes.{change.standing}"),
        words.t("changes.interval", low=_signed(low), high=_signed(high), unit=unit),
    )


def _signed(value: int) -> str:
    return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"


def _distributions(words: Words, results: Results) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Titles and rows of all that has bars: by object of the index, participation, and the rest."""
    parts = [
        (chapter.title, tuple(group for table in chapter.tables for group in table))
        for chapter in chapters.object_chapters(words, results)
    ]
    parts.append((words.label("medvirkning"), chapters.participation_groups(words, results)))
    others = tuple(group for table in chapters.other_groups(words, results) for group in table)
    parts.append((words.t("distributions.others"), others))
    return tuple((title, groups) for title, groups in parts if any(group.rows for group in groups))


def funnel_part(words: Words, found: Everywhere) -> FunnelPart:
    """Estates by the share of good answers to the overall question, from what each estate shows; no ranks."""
    item = outcome_of(words.questionnaire)
    rows = [] if item is None else _overall(found, item.id)
    names = {name for name, *_ in rows}
    hidden = [report.scope for report in found.estates.values() if report.scope not in names]
    rows.sort(key=lambda row: words.sorting(row[0]))
    drawn: Funnel | None = None
    with suppress(TooFewAnswers):
        drawn = share_funnel([k for _, k, _, _ in rows], [n for _, _, n, _ in rows], [N for *_, N in rows])
    about = words.quote(words.item(item)) if item is not None else ""
    figure = _figure(words, drawn, about) if drawn else Markup("")
    lines = [
        FunnelRow(
            name,
            words.number(n),
            words.share(k / n),
            *((_limits(words, drawn, at, 0), _limits(words, drawn, at, 1), _placed(words, drawn, at))
              if drawn else ("", "", "")),
        )
        for at, (name, k, n, _) in enumerate(rows)
    ]  # fmt: skip
    return FunnelPart(about, figure, tuple(lines), tuple(sorted(hidden, key=words.sorting)))


def _overall(found: Everywhere, item_id: str) -> list[tuple[str, int, int, int | None]]:
    """(estate, k good of n answers, dwellings) of those that show them."""
    return [
        (report.scope, round(share.value * share.n), share.n, places.dwellings(report, item_id))
        for report in found.estates.values()
        if item_id in report.items and (share := interval_of(report.items[item_id].favourable))
    ]


def _limits(words: Words, drawn: Funnel, at: int, which: int) -> str:
    return words.share_interval(*drawn.placed[at].limits[which])


def _placed(words: Words, drawn: Funnel, at: int) -> str:
    placed = drawn.placed[at]
    low, high = placed.limits[0]
    if placed.place != "within":
        return words.t(f"funnel.{placed.place}")
    return words.t("funnel.within" if low - 1e-9 <= placed.value <= high + 1e-9 else "funnel.between")


def _figure(words: Words, drawn: Funnel, about: str) -> Markup:
    points = [FunnelPoint(p.n, p.value, p.limits[0], p.limits[1], p.place != "within") for p in drawn.placed]
    outside = sum(point.outside for point in points)
    return funnel(
        points,
        drawn.whole,
        key="trakt",
        title=words.t(
            "funnel.figure", item=about, estates=len(points), whole=words.share(drawn.whole), outside=outside
        ),
        description=words.t("funnel.help"),
        axis=words.t("funnel.axis"),
    )
