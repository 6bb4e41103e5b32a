"""The findings of a round as a web page: list, matrix, what matters, changes, distributions and funnel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from forms import taxonomies
from forms.benchmarks import shipped
from reports.benchmarks import beside
from reports.disclosure import PROFILES
from reports.documents import chapters, funnels, matrix_words, participation_words
from reports.documents.benchmark_words import benchmark_lines
from reports.documents.importance_figure import matters
from reports.documents.importance_words import derived, model, own_choices
from reports.documents.landlord import environment
from reports.documents.peer_words import peer_parts
from reports.documents.rows import Group
from reports.documents.words import MOST_NAMED as MOST_NAMED_QUESTIONS
from reports.documents.words import Words
from reports.few_people import nothing_estimated
from reports.findings.everywhere import Everywhere, headline_cells
from reports.findings.listing import findings_list
from reports.findings.model import FoundResult, Kind, Language, Level
from reports.order import Order, orders
from reports.peers import Shared, compare
from reports.results import Change, Results
from reports.rounding import outward, percent, whole
from reports.trends import interval_of

MOST_NAMED = 12
"""Estates named in a line."""
FIRST = 5
"""Findings told at once, of all kinds; the others open with a click, kind by kind."""
FEW = 12
"""So many, or all of one kind that was asked for, are one list."""
KINDS_IN_ORDER: tuple[Kind, ...] = (
    "changed",
    "unlike",
    "hidden_inequality",
    "weak",
    "grade_gap",
    "participation",
    "strong",
    "importance",
)
"""What one can act on first; that answers go together, which a table tells as well, last."""
ROWS = 12
"""Of the table of changes by order, before the others open with a click."""
STRONGEST = 8
"""The same of questions that go with the overall one."""


@dataclass(frozen=True)
class Line:
    id: str
    kind: str
    sentence: str
    tags: str


@dataclass(frozen=True)
class Lines:
    """Findings that open with a click, under the words `title`."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChangeRow:
    """`standing`: of `Change`, for the colour; `standing_text` says it."""

    text: str
    before: str
    now: str
    standing: str
    standing_text: str
    interval: str


def web(
    found: Everywhere,
    language: str,
    place: tuple[Level, str] = ("all", ""),
    kinds: Iterable[str] = (),
    others: Sequence[Shared] = (),
) -> str:
    """A fragment for a page of the console. `kinds`: only findings of these, all when empty. `others`: what
    other landlords show, to be set beside the round on its page of all estates.

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
    moved = order_rows(words, results) if results and shown else ()
    lines = [_line(words, f) for f in made.findings if not wanted or f.kind in wanted]
    lines, shown_only = _said_once(words, lines)
    first, folded = told_first(words, lines, one_kind=len(wanted) == 1)
    return (
        environment()
        .get_template("findings.html")
        .render(
            words=words,
            t=words.t,
            language=language,
            place=summary.place,
            summary=summary,
            stands_on=_stands_on(words, found.whole) if level == "all" and shown else (),
            notes=[_said(language, note) for note in made.notes],
            area_size=len(found.areas[id]) if level == "area" else 1,
            nothing=_under_heading(_said(language, summary.sentences), summary.place.name),
            shown_only=shown_only,
            findings=first,
            folded=folded,
            rows=ROWS,
            not_compared=[_said(language, told.sentences) for told in made.not_compared]
            if results and results.previous_campaign
            else (),
            named=MOST_NAMED_QUESTIONS,
            strongest=STRONGEST,
            results=results,
            heat=matrix_words.heat(words, results) if results and shown else (),
            derived=derived(words, found) if level == "all" else None,
            matters=matters(words, found) if level == "all" else None,
            model=model(words, found) if level == "all" else None,
            own_choices=own_choices(words, results) if results and shown else None,
            changes=change_rows(words, results) if results and shown else (),
            orders=moved,
            order_said=order_said(words, moved),
            distributions=_distributions(words, results) if results and shown else (),
            funnel=funnels.of_round(words, found) if level == "all" else None,
            benchmarks=benchmark_lines(words, beside(found.whole, shipped())) if level == "all" else (),
            peers=peer_parts(words, compare(found.whole, others)) if level == "all" else (),
            credit=form.credit.get(language),
        )
    )


def _said_once(words: Words, lines: Sequence[Line]) -> tuple[list[Line], str]:
    """Where several lines are all about the estates that can be shown alone: the lines without that, and what
    says it above them, else ''."""
    start = _under_heading(words.t("said.shown_only", scope="x"), "x") + ": "
    if len(lines) < 2 or not all(line.sentence.startswith(start) for line in lines):
        return list(lines), ""
    own = [_under_heading(line.sentence.removeprefix(start), "") for line in lines]
    shorter = [replace(line, sentence=text) for line, text in zip(lines, own, strict=True)]
    return shorter, words.t("found.shown_only")


def _stands_on(words: Words, whole: Results) -> tuple[str, ...]:
    """Which estates the figures of all are made of and which not, as their own reports tell it."""
    inside = [estate.name for estate in whole.coverage if estate.n is not None]
    few = [estate.name for estate in whole.coverage if estate.n is None]

    def names(of: Sequence[str]) -> str:
        listed, more = ", ".join(of[:MOST_NAMED]), len(of) - MOST_NAMED
        return words.t("found.and_more", names=listed, n=more) if more > 0 else listed

    key = "found.stands_on" if few else "found.stands_on_all"
    said = [words.t(key, n=len(inside), of=len(whole.coverage), names=names(inside))]
    if few:
        said.append(words.t("found.left_out", names=names(few)))
    return (*said, words.t("found.single_figures"))


def told_first(
    words: Words, lines: Sequence[Line], *, one_kind: bool
) -> tuple[tuple[Line, ...], tuple[Lines, ...]]:
    """What is told at once, and what opens with a click: by kind, those to act on first."""
    if one_kind or len(lines) <= FEW:
        more = len(lines) - FEW
        rest = (Lines(words.t("found.more", n=more), tuple(lines[FEW:])),) if more > 0 else ()
        return tuple(lines[:FEW]), rest
    groups = [(kind, tuple(line for line in lines[FIRST:] if line.kind == kind)) for kind in KINDS_IN_ORDER]
    return tuple(lines[:FIRST]), tuple(
        Lines(words.t("found.more_of", kind=words.t(f"kind.{kind}"), n=len(own)), own)
        for kind, own in groups
        if own
    )


def _line(words: Words, finding: FoundResult) -> Line:
    labels = words.questionnaire.labels
    known = [
        words.label(tag) if tag in labels else taxonomies.name(tag, words.language)
        for tag in finding.tags
        if tag in labels or taxonomies.known(tag)
    ]
    text = within(finding, words.language)
    return Line(finding.id, finding.kind, text, " · ".join(known))


def within(finding: FoundResult, language: str) -> str:
    """Its sentence under a heading that names the place already, though not which estates of it."""
    return _under_heading(_said(language, finding.sentences), finding.place.name)


def _under_heading(text: str, place: str) -> str:
    own = text.removeprefix(f"{place}: ").removeprefix(f"{place}, ")
    return own[:1].upper() + own[1:]


def _said(language: str, sentences: Mapping[Language, str]) -> str:
    return next((said for known, said in sentences.items() if known == language), "")


def change_rows(words: Words, results: Results) -> tuple[ChangeRow, ...]:
    """Scores first, then questions; of each what has surely changed before what has not."""
    scores = [
        _change_row(words, words.score_name(name), cell.change, score.value)
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
    unit = words.t("changes.points" if share else "changes.score")
    printed = (percent, words.share) if share else (whole, lambda value: str(whole(value)))
    then = now - change.difference
    if change.everybody:
        apart = words.signed(printed[0](now) - printed[0](then))
        size_told = words.t("changes.exactly", points=apart, unit=unit)
    else:
        low, high = (int(end) for end in outward(change.low * size, change.high * size, 1))
        size_told = words.t("changes.interval", low=words.signed(low), high=words.signed(high), unit=unit)
    return ChangeRow(
        text,
        printed[1](then),
        printed[1](now),
        change.standing,
        words.t(f"changes.{_standing(change)}"),
        size_told,
    )


def _standing(change: Change) -> str:
    """Where everybody answered both times nothing is 'probably' so: it, or a person or two, changed."""
    if not change.everybody:
        return change.standing
    if change.standing == "same":
        return "few_people" if change.difference else "same"
    return f"known_{change.standing}"


@dataclass(frozen=True)
class OrderRow:
    """`value`: of 100 draws. `standing`, `standing_text`: as in `ChangeRow`, but of where on the scale the
    answers lie. `beside`: what the share of good answers says of the same question, where it says no such."""

    text: str
    value: str
    interval: str
    standing: str
    standing_text: str
    beside: str = ""


def order_rows(words: Words, results: Results) -> tuple[OrderRow, ...]:
    """How often somebody now answers higher than somebody then; what has surely moved first."""
    rows = [
        _order_row(words, words.item(words.questionnaire.item(name)), found, results.items[name].change)
        for name, found in orders(results).items()
    ]
    return tuple(sorted(rows, key=lambda row: row.standing == "same"))


def _order_row(words: Words, text: str, found: Order, change: Change | None) -> OrderRow:
    chance = found.chance
    low, high = (int(end) for end in outward(chance.low * 100, chance.high * 100, 1))
    known = nothing_estimated((chance,))
    return OrderRow(
        text,
        words.t("order.value", value=percent(chance.value)),
        words.t("number.between", low=low, high=high) if not known else "",
        found.standing,
        words.t(f"order.{found.standing}", likely=words.t("said.likely", what="") if not known else ""),
        words.t("order.beside")
        if change is not None and change.standing == "same" and found.standing != "same"
        else "",
    )


def order_said(words: Words, rows: Sequence[OrderRow]) -> str:
    """The first of the table as a sentence, so that its numbers can be read; '' where there are none."""
    if not rows:
        return ""
    first = rows[0]
    doubt = f" ({words.t('said.likely', what=first.interval)})" if first.interval else ""
    return words.t("order.said", item=words.quote(first.text), value=first.value, doubt=doubt)


def _distributions(words: Words, results: Results) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """Titles and rows of all that has bars: by object of the index, participation, and the rest."""
    parts = [
        (chapter.title, tuple(group for table in chapter.tables for group in table))
        for chapter in chapters.object_chapters(words, results)
    ]
    parts.append((words.label("medvirkning"), participation_words.participation_groups(words, results)))
    others = tuple(group for table in chapters.other_groups(words, results) for group in table)
    parts.append((words.t("distributions.others"), others))
    return tuple((title, groups) for title, groups in parts if any(group.rows for group in groups))
