"""Items as rows of a chart table: question, drawing, answers, share of good answers with interval."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from forms.questionnaire import Item
from forms.scoring import favourable_codes
from reports.documents.words import Words
from reports.figures import WIDE, WIDTH, Bar, dot, likert, lines_under, share_bar
from reports.results import Cell, Estimate, ItemResult

NO_DRAWING = Markup("")


@dataclass(frozen=True)
class Row:
    """One line of a chart table, in words. `figure` is empty when hidden; `interval` then says why."""

    text: str
    figure: Markup
    n: str
    value: str
    interval: str
    note: str = ""
    change: str = ""
    standing: str = ""
    rank: float = 0.0
    between: tuple[float, float] | None = None
    """The interval of `rank`, where it says something of all whom the report is about."""
    item_id: str = ""
    merged: bool = False
    """The bar has a hatched part: several answers shown as one."""
    lines: int = 1
    """Lines of words under the bar."""


@dataclass(frozen=True)
class Group:
    title: str
    rows: tuple[Row, ...]

    @property
    def merged(self) -> bool:
        return any(row.merged for row in self.rows)


def worst_to_best(words: Words, item: Item) -> list[int]:
    """Codes from the least to the most favourable answer."""
    form = words.questionnaire
    choices = form.steps(item)
    codes = [choice.code for choice in choices]
    scores = [choice.score for choice in choices if choice.score is not None]
    flipped = len(scores) > 1 and scores[0] > scores[-1]
    if not scores and item.scale:
        favourable = form.scale(item.scale).favourable
        flipped = bool(favourable) and codes[0] in favourable and codes[-1] not in favourable
    if item.scoring is not None and item.scoring.reversed:
        flipped = not flipped
    return codes[::-1] if flipped else codes


def good_answers(words: Words, item: Item) -> str:
    """'«litt enig» eller «helt enig»': what a good answer to this question is, turned round where it is."""
    good = sorted(favourable_codes(words.questionnaire, item), key=worst_to_best(words, item).index)
    return words.quoted_codes(item, good)


def is_ordered(words: Words, item: Item) -> bool:
    """Whether the answers make a scale from worse to better, so that a stacked bar says something."""
    if not item.one_of or item.background or item.role == "participation_grade":
        return False
    if item.scale is None:
        return any(choice.score is not None for choice in item.choices)
    scale = words.questionnaire.scale(item.scale)
    return scale.ordinal or len(scale.choices) == 2


def answers_in_words(words: Words, item: Item, result: ItemResult) -> str:
    """'Helt uenig 7 %, litt uenig 12 % ...': the numbers of a chart for those who do not see it."""
    order = worst_to_best(words, item)
    segments = sorted(result.segments, key=lambda s: min(order.index(c) for c in s.codes if c in order))
    return ", ".join(
        f"{words.codes(item, segment.codes)} {words.share(segment.share)}" for segment in segments
    )


def likert_row(words: Words, item: Item, result: ItemResult, *, prefix: str, wide: bool = False) -> Row:
    """A question with its stacked bar. `prefix` keeps ids apart when a question is drawn twice.

    `wide`: for a bar that stands alone under text.
    """
    order = worst_to_best(words, item)
    segments = sorted(result.segments, key=lambda s: min(order.index(c) for c in s.codes if c in order))
    value, interval = words.estimate(result.favourable)
    figure = NO_DRAWING
    # What nobody chose has no width, and the answer beside it keeps its own name.
    parts = [
        (sorted((c for c in s.codes if c in order), key=order.index), s.share)
        for s in segments
        if s.share > 0
    ]
    ends = (words.run(item, parts[0][0]), words.run(item, parts[-1][0])) if parts else ("", "")
    if parts and not result.hidden:
        bars = [Bar(tuple(map(order.index, codes)), share) for codes, share in parts]
        low, high = result.favourable.low, result.favourable.high
        # Where everybody answered nothing is uncertain.
        bracket = (low, high) if value and interval and low is not None and high is not None else None
        figure = likert(
            bars,
            len(order),
            key=f"{prefix}-{item.id}",
            title=words.t(
                "figure.answers", text=words.item(item), answers=answers_in_words(words, item, result)
            ),
            description=words.t(f"figure.likert_{'help' if bracket else 'bare'}", n=words.number(result.n)),
            ends=ends,
            interval=bracket,
            whole_width=WIDE if wide else WIDTH,
        )
    hidden = result.hidden is not None or not result.segments
    notes = [
        beside_the_scale(words, item, result),
        *merged_between(words, item, [codes for codes, _ in parts]),
    ]
    if item.scoring is not None and item.scoring.reversed:
        notes.insert(0, words.t("row.good", answers=good_answers(words, item)))
    return Row(
        text=words.item(item),
        figure=figure,
        n="" if hidden and result.n < 5 else words.number(result.n),
        value="" if hidden else value,
        interval=words.hidden(result.hidden or result.favourable.hidden) if hidden else interval,
        note="" if hidden else " ".join(note for note in notes if note),
        change="" if hidden else words.change(result.change, result.favourable.value, share=True),
        standing=result.change.standing if result.change and not hidden else "",
        rank=result.favourable.value if result.favourable.value is not None and not hidden else -1.0,
        between=_between(result.favourable) if not hidden else None,
        item_id=item.id,
        merged=not hidden and any(len(codes) > 1 for codes, _ in parts),
        lines=lines_under(ends, WIDE if wide else WIDTH),
    )


def _between(estimate: Estimate) -> tuple[float, float] | None:
    if estimate.low is None or estimate.high is None or estimate.left_out == "many":
        return None
    return estimate.low, estimate.high


def merged_between(words: Words, item: Item, parts: list[list[int]]) -> list[str]:
    """Names of merged answers in the middle of a bar, where no words stand under them."""
    return [
        words.t("row.between", answers=words.lower(words.codes(item, codes)))
        for codes in parts[1:-1]
        if len(codes) > 1
    ]


def beside_the_scale(words: Words, item: Item, result: ItemResult) -> str:
    """'I tillegg: vet ikke 7': answers outside the scale, as far as their number may be shown; else ''."""
    answers = [
        f"{words.lower(words.choice(item, code))} {words.number(n)}"
        for code, n in result.special.items()
        if n
    ]
    return words.t("row.special", answers=", ".join(answers)) if answers else ""


def share_rows(
    words: Words, item: Item, result: ItemResult, *, prefix: str, declared: int | None = None
) -> tuple[Row, ...]:
    """One bar an answer. Ranked and multiple choice: most chosen first; others in their own order.

    `declared`: the step that the landlord says is true; the bar it lies in is marked.
    """
    if result.hidden:
        return ()
    rows: list[Row] = []
    for number, (codes, estimate) in enumerate(shares(result, declared)):
        value, interval = words.estimate(estimate)
        text = words.codes(item, codes)
        step = words.steps(item, codes)
        marked = declared in codes
        figure = NO_DRAWING
        if estimate.value is not None and estimate.low is not None and estimate.high is not None:
            figure = share_bar(
                estimate.value,
                estimate.low,
                estimate.high,
                key=f"{prefix}-{item.id}-{number}",
                title=words.t("figure.share", text=words.quote(text), value=value),
                description=words.t("figure.share_help", interval=interval)
                if estimate.high > estimate.low
                else text,
                marked=marked,
            )
        note = words.t("heard.marked") if marked else ""
        told = words.t("text.step", step=step, text=text) if step else text
        rows.append(Row(told, figure, words.number(estimate.n), value, interval, note))
    return tuple(rows)


def shares(result: ItemResult, declared: int | None = None) -> list[tuple[tuple[int, ...], Estimate]]:
    """(codes, share) of every part that is shown: with intervals when each answer was a choice of its own.

    Parts that nobody chose are left out, but for the one with the `declared` code.
    """
    if result.chosen:
        by_size = sorted(result.chosen.items(), key=lambda pair: -(pair[1].value or 0.0))
        return [((code,), estimate) for code, estimate in by_size]
    return [
        (segment.codes, Estimate(segment.share, segment.share, segment.share, result.n))
        for segment in result.segments
        if segment.n or declared in segment.codes
    ]


def score_row(words: Words, text: str, cell: Cell, *, key: str, reference: float | None = None) -> Row:
    """A score 0-100 as a dot with its interval."""
    value, interval = words.score(cell.score)
    figure = NO_DRAWING
    score = cell.score
    if score.value is not None and score.low is not None and score.high is not None:
        figure = dot(
            score.value / 100,
            score.low / 100,
            score.high / 100,
            key=key,
            title=words.t("figure.score", text=text, value=value, doubt=words.doubt(interval)),
            description=words.t("figure.dot_help"),
            reference=None if reference is None else reference / 100,
        )
    return Row(
        text,
        figure,
        words.number(score.n) if figure else "",
        value,
        interval,
        note=_lent(words, words.score(cell.lent)) if cell.lent else "",
        change=words.change(cell.change, score.value, share=False),
    )


def _lent(words: Words, told: tuple[str, str]) -> str:
    value, interval = told
    return words.t("estates.lent", value=value, doubt=words.doubt(interval))


def share_dot_row(
    words: Words, text: str, estimate: Estimate, *, key: str, lent: Estimate | None = None
) -> Row:
    """A share of good answers as a dot with its interval. `lent`: as in `Cell`."""
    value, interval = words.estimate(estimate)
    figure = NO_DRAWING
    if estimate.value is not None and estimate.low is not None and estimate.high is not None:
        figure = dot(
            estimate.value,
            estimate.low,
            estimate.high,
            key=key,
            title=words.t("figure.good", text=words.quote(text), value=value, doubt=words.doubt(interval)),
            description=words.t("figure.dot_help"),
        )
    note = _lent(words, words.estimate(lent)) if lent else ""
    return Row(text, figure, words.number(estimate.n) if figure else "", value, interval, note)
