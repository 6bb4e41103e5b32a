"""How results are spread over estates and over people: an average hides the places where it is bad.

Counts of estates are of figures that each estate's own report shows; an estate whose figure is hidden is
counted as that and as nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from reports.documents.association_words import about_rows, association_rows, of_all
from reports.documents.blocks import Block, Chapter, Dots, Drawing, Points, Sub, Table, Text
from reports.documents.chapters import overall_row
from reports.documents.plan_claims import Told, sentence
from reports.documents.words import Words
from reports.figures.tiles import Tile, TileMap, tile_map, tile_table
from reports.figures.values import Measured, not_shown
from reports.figures.voice import SCORE, SHARE, Voice
from reports.findings.everywhere import headline_cells
from reports.results import Estimate, Results
from reports.rounding import percent, whole

EDGES = (20, 40, 60, 80)
"""Where one part of the scale of 0 to 100 ends and the next begins."""
MOST_QUESTIONS = 14
APART = frozenset(
    {"hidden_inequality", "unlike"},
)
MOST_APART = 12
MOST_GRADIENTS = 3
COLUMNS, MOST_TILES, TILES_WIDE = 7, 21, 640.0
"""Of one map of tiles: three rows, so that one after another fills pages; its width as figures measure."""


def spread(told: Told, whole_: Results, estates: Mapping[str, Results]) -> Chapter:
    """Distribution over estates, those that are surely apart, and gradients."""
    words = told.words
    shown = [report for report in estates.values() if not (report.place is not None and report.place.pool)]
    blocks: list[Block] = [Text(words.t("plan.spread.lead"), "lead")]
    scores = _scores(words, shown)
    shares = _shares(words, shown, _questions(told))
    if len(shown) > 1 and (scores or shares):
        blocks += [Text(words.t("plan.spread.how", n=len(shown)))]
        for id, key, rows in (("fordeling-poeng", "scores", scores), ("fordeling-svar", "shares", shares)):
            if rows:
                blocks.append(_table(words, id, words.t(f"plan.spread.{key}"), rows))
        blocks.append(Text(words.t("plan.spread.no_league"), "note"))
    else:
        blocks.append(Text(words.t("plan.spread.one")))
    blocks += _apart(told)
    blocks += _tiles(words, shown)
    blocks += _gradients(words, whole_)
    return Chapter("fordeling", words.t("plan.spread.title"), tuple(blocks))


def _questions(told: Told) -> tuple[str, ...]:
    """Meaning ids: of findings that stand in full, then of those about differences, then of what is weak."""
    findings = [
        *(one for one in told.found.findings if one.id in told.full),
        *(one for one in told.found.findings if one.kind in APART),
        *(one for one in told.found.findings if one.place.level == "all" and one.kind == "weak"),
    ]
    names = dict.fromkeys(one.items[0] for one in findings if len(one.items) == 1)
    return tuple(names)[:MOST_QUESTIONS]


def _scores(words: Words, reports: Sequence[Results]) -> list[tuple[str, list[Estimate]]]:
    """By object: what each estate's report shows of it."""
    index = words.questionnaire.index
    if index is None:
        return []
    rows = [
        (words.score_name(name), [_score(report, name) for report in reports])
        for name in (None, *index.objects)
    ]
    return [row for row in rows if any(one.value is not None for one in row[1])]


NOTHING = Estimate(None, None, None, 0, hidden="hidden.none")


def _score(report: Results, name: str | None) -> Estimate:
    cell = headline_cells(report).get(name)
    if cell is None or cell.score.value is None:
        return NOTHING
    return cell.score


def _shares(
    words: Words, reports: Sequence[Results], names: Iterable[str]
) -> list[tuple[str, list[Estimate]]]:
    by_meaning = {item.meaning: item for item in words.questionnaire.items()}
    rows = []
    for name in names:
        item = by_meaning.get(name)
        if item is None or item.sensitive or item.background:
            continue
        own = [_share(report, item.id) for report in reports]
        if any(one.value is not None for one in own):
            rows.append((words.item(item), own))
    return rows


def _share(report: Results, item_id: str) -> Estimate:
    result = report.items.get(item_id)
    share = None if result is None or result.hidden else result.favourable
    if share is None or share.value is None or share.low is None or share.high is None:
        return NOTHING
    return Estimate(percent(share.value), 100 * share.low, 100 * share.high, share.n)


def _table(words: Words, id: str, caption: str, rows: Sequence[tuple[str, Sequence[Estimate]]]) -> Table:
    """How many estates lie where: by the printed figure, and surely under the middle by the interval."""
    ends = (0, *EDGES, 100)
    parts = [f"{low}–{high - (high < 100)}" for low, high in pairwise(ends)]
    head = (
        words.t("plan.spread.what"),
        *parts,
        words.t("plan.spread.under"),
        words.t("plan.spread.hidden"),
    )
    cells = []
    for name, estates in rows:
        values = [whole(one.value) for one in estates if one.value is not None]
        counts = [
            sum(low <= value and (value < high or high == 100) for value in values)
            for low, high in pairwise(ends)
        ]
        under = sum(one.high is not None and one.high < 50 for one in estates)
        cells.append((name, *map(str, counts), str(under), str(len(estates) - len(values))))
    return Table(id, caption, head, tuple(cells), (36, 8, 8, 8, 8, 8, 13, 11), frozenset(range(1, 8)))


def _apart(told: Told) -> list[Block]:
    """What hides behind the averages, in sentences: those of all and of areas before those of estates."""
    words = told.words
    apart = [one for one in told.known(_ids(told)) if one.kind in APART]
    apart.sort(key=lambda one: (one.kind != "hidden_inequality", not one.asks_for_a_reply))
    blocks: list[Block] = [Sub(words.t("plan.apart.title"))]
    if not apart:
        return [*blocks, Text(words.t("plan.apart.none"))]
    blocks += [
        Text(words.t("plan.apart.text")),
        Points(tuple(sentence(words, one) for one in apart[:MOST_APART])),
    ]
    if more := len(apart) - MOST_APART:
        blocks += [Text(words.t("plan.apart.more", n=more), "note")] if more > 0 else []
    return blocks


def _ids(told: Told) -> list[str]:
    return [one.id for one in told.found.findings]


def _tiles(words: Words, reports: Sequence[Results]) -> list[Block]:
    """Every estate as a tile: by its index, or without one by the share of good answers to the overall
    question. Area by area, maps one after another, of which the last has the key; the table has them all."""
    scored = words.questionnaire.index is not None
    named = sorted(
        ((_area(report), report.scope, _overall(words, report, scored)) for report in reports),
        key=lambda own: (words.sorting(own[0]), words.sorting(own[1])),
    )
    if len(named) < 2 or all(figure.value is None for _, _, figure in named):
        return []
    voice, measure = Voice.of(words.language), SCORE if scored else SHARE
    caption = words.t("plan.tiles.caption" if scored else "plan.tiles.caption_share")
    blocks: list[Block] = [Sub(words.t("plan.tiles.title")), Text(words.t("plan.tiles.text"))]
    parts = [
        (area if at == 0 else "", of_area[at : at + MOST_TILES])
        for area, own in groupby(named, key=lambda one: one[0])
        for of_area in [list(own)]
        for at in range(0, len(of_area), MOST_TILES)
    ]
    columns = min(COLUMNS, max(len(part) for _, part in parts))
    for number, (area, part) in enumerate(parts):
        tiles = tuple(
            Tile(name, figure, 1 + place // COLUMNS, 1 + place % COLUMNS)
            for place, (_, name, figure) in enumerate(part)
        )
        last = number == len(parts) - 1
        data = TileMap(caption, tiles, measure, over=area, keyed=last, columns=columns)
        blocks.append(Drawing(tile_map(data, voice, key=f"ruter-{number}", width=TILES_WIDE)))
    everyone = TileMap(caption, tuple(Tile(name, figure) for _, name, figure in named), measure)
    table = tile_table(everyone, voice)
    if not any(area for area, _, _ in named):
        return [*blocks, Table("ruter", caption, table.heads, table.rows, (46, 16, 26, 12), frozenset({3}))]
    head = (table.heads[0], words.t("plan.tiles.area"), *table.heads[1:])
    rows = tuple((row[0], area or "–", *row[1:]) for (area, _, _), row in zip(named, table.rows, strict=True))
    return [*blocks, Table("ruter", caption, head, rows, (34, 20, 12, 22, 12), frozenset({4}))]


def _area(report: Results) -> str:
    return report.place.area if report.place is not None else ""


def _overall(words: Words, report: Results, scored: bool) -> Measured:
    if scored:
        cell = headline_cells(report).get(None)
        own, hidden = (cell.score, cell.score.hidden) if cell else (NOTHING, report.hidden)
    else:
        row = overall_row(words, report, wide=False)
        result = report.items[row.item_id] if row else None
        own, hidden = (result.favourable, result.hidden) if result else (NOTHING, report.hidden)
    if own.value is None or hidden or own.low is None or own.high is None:
        return not_shown(words.hidden(hidden or own.hidden))
    if own.everybody:
        return Measured(own.value, n=own.n)
    return Measured(own.value, own.low, own.high, own.n)


def _gradients(words: Words, whole_: Results) -> list[Block]:
    """How the share of good answers to the overall question rises or falls with the answers to others."""
    found = [own for own in of_all(whole_) if own.distinguishable][:MOST_GRADIENTS]
    if not found:
        return []
    blocks: list[Block] = [Sub(words.t("plan.gradient.title")), Text(words.t("plan.gradient.text"))]
    for number, own in enumerate(found, 1):
        factor, outcome = (words.questionnaire.item(name) for name in (own.factor, own.outcome))
        caption = words.t(
            "association.title",
            factor=words.quote(words.item(factor)),
            outcome=words.quote(words.item(outcome)),
        )
        rows = association_rows(words, own, key=f"gradient-{number}")
        blocks.append(
            Dots(f"gradient-{number}", caption, rows, words.t("table.answer"), words.t("table.good"))
        )
    blocks.append(Text(f"{about_rows(words, whole_)} {words.t('association.caution')}", "note"))
    return blocks
