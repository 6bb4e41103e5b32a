"""All figures of a round as a workbook: what its reports show, rounded as there, and nothing that they hide.

A hidden figure has no number and a reason in words: one reason whether its answers were too few or too much
alike, for the report on a small place does not tell question by question which it was. Shares are whole per
cent, scores whole points of 100, intervals rounded outwards: more digits would tell more than the reports do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms.questionnaire import Item
from reports import laws
from reports.coding import themes
from reports.documents import loop_words, method_words, who
from reports.documents.plan_claims import heard, sentence, tag_names
from reports.documents.rows import shares
from reports.documents.sheets import Cell, Column, Sheet, workbook
from reports.documents.words import Words
from reports.findings.everywhere import headline_cells
from reports.findings.model import FindingsList, FoundResult
from reports.loop import Loop, Measure
from reports.results import Cell as Score
from reports.results import Change, Coverage, Estimate, ItemResult, Results
from reports.rounding import outward, percent, whole

Row = tuple[Cell, ...]
NONE: tuple[None, None, None] = (None, None, None)


def book(
    whole_: Results, estates: Mapping[str, Results], found: FindingsList, loop: Loop, language: str
) -> bytes:
    """XLSX. Of a round of which nothing may be shown: one sheet that says so."""
    words = Words.of(whole_.questionnaire, language)
    t = words.t
    places = [] if whole_.hidden else [whole_, *(estates.values() if len(estates) > 1 else ())]
    sheets = [
        Sheet(
            t("book.about"),
            (Column(t("book.what"), 32), Column(t("book.said"), 90)),
            _about(words, whole_, loop),
        ),
    ]
    if not whole_.hidden:
        sheets += [
            _findings(words, found),
            _questions(words, places),
            _answers(words, places),
            _scores(words, places),
            _coverage(words, whole_),
            _replies(words, found, loop),
            _measures(words, found, loop),
            _ties(words, found, loop),
            *([_quotes(words, estates, loop)] if loop.quotes else ()),
        ]
    return workbook(title(whole_, language), whole_.organisation, whole_.results_on, sheets)


def title(whole_: Results, language: str) -> str:
    return Words.of(whole_.questionnaire, language).t("book.title", campaign=whole_.campaign)


def _columns(words: Words, named: str) -> tuple[Column, ...]:
    """Of 'place 26, n 8': names and widths."""
    pairs = (column.split() for column in named.split(", "))
    return tuple(Column(words.t(f"book.column.{name}"), int(width)) for name, width in pairs)


def _about(words: Words, whole_: Results, loop: Loop) -> list[Row]:
    t, form = words.t, whole_.questionnaire
    rows: list[Row] = [
        (t("method.round"), whole_.campaign),
        (t("cover.landlord"), whole_.organisation),
        *((row.title, row.text) for row in method_words.asked_by(words, whole_)),
        (t("method.period"), words.period(whole_.opens_on, whole_.closes_on)),
        (t("loop.status"), loop_words.status_of(words, loop)),
        *loop_words.edition_rows(words, loop),
    ]
    if whole_.hidden:
        return [*rows, (t("few.title"), who.few(words, whole_))]
    return [
        *rows,
        (t("method.counts"), who.answered(words, whole_)),
        (t("method.form"), f"{form.title.get(words.language)} ({form.id} {form.version})"),
        (t("method.credit"), form.credit.get(words.language)),
        (t("method.hash"), whole_.wave_hash),
        (t("book.figures"), t("book.figures_text")),
        (t("book.hidden"), t("book.hidden_text")),
        (t("book.satisfied"), t("plan.sure.satisfied")),
    ]


def _findings(words: Words, found: FindingsList) -> Sheet:
    rows = [_finding(words, one) for one in found.findings]
    named = (
        "id 23, level 12, place 26, kind 18, sentence 80, estimate 10, low 9, high 9, unit 16, n 8, "
        "asks 12, tags 26"
    )
    return Sheet(words.t("book.sheet.findings"), _columns(words, named), rows)


def _finding(words: Words, one: FoundResult) -> Row:
    return (
        one.id,
        words.t(f"book.level.{one.place.level}"),
        one.place.name,
        words.t(f"kind.{one.kind}"),
        sentence(words, one),
        one.estimate,
        one.low,
        one.high,
        words.t(f"plan.unit.{one.measure}"),
        one.n,
        words.t("book.yes" if one.asks_for_a_reply else "book.no"),
        ", ".join(tag_names(words, one)),
    )


def _asked(report: Results) -> Iterator[tuple[str, Item, ItemResult]]:
    """(module, question, its result) of all that a report tells of; sensitive background is in none."""
    form = report.questionnaire
    for page in form.pages:
        for item in form.page_items(page):
            if item.id in report.items and not (item.background and item.sensitive):
                yield page.module, item, report.items[item.id]


def _questions(words: Words, places: list[Results]) -> Sheet:
    """Share of good answers, one row a place and question."""
    rows: list[Row] = []
    for report in places:
        for module, item, result in _asked(report):
            if item.role == "participation_grade" or result.favourable.hidden == "hidden.unscored":
                continue
            share = (
                Estimate(None, None, None, 0, hidden=result.hidden) if result.hidden else result.favourable
            )
            rows.append(
                (
                    report.scope,
                    words.label(module),
                    words.item(item),
                    item.meaning,
                    *_figure(words, share, share_=True),
                    *_changed(result.change if share.value is not None else None, share.value, share_=True),
                )
            )
    named = (
        "place 26, theme 18, question 60, meaning 22, share 10, low 9, high 9, n 8, hidden 36, "
        "change 10, change_low 10, change_high 10"
    )
    return Sheet(words.t("book.sheet.questions"), _columns(words, named), rows)


def _figure(words: Words, own: Estimate, *, share_: bool) -> tuple[Cell, Cell, Cell, Cell, Cell]:
    """Value, low, high, answers, and the reason why there is none."""
    if own.value is None or own.low is None or own.high is None:
        return *NONE, None, _why(words, own.hidden)
    printed, size = (percent, 100) if share_ else (whole, 1)
    low, high = outward(own.low * size, own.high * size, 1)
    return printed(own.value), int(max(0, low)), int(min(100, high)), own.n, None


def _why(words: Words, hidden: str | None) -> str:
    """Why there is no figure: few answers and answers that are protected are told alike."""
    return words.hidden("hidden.protected" if hidden in (None, "hidden.few") else hidden)


def _changed(change: Change | None, now: float | None, *, share_: bool) -> tuple[Cell, Cell, Cell]:
    """The change between the two printed figures, and its interval outwards."""
    if change is None or now is None:
        return NONE
    printed, size = (percent, 100) if share_ else (whole, 1)
    apart = printed(now) - printed(now - change.difference)
    if change.everybody:
        return apart, apart, apart
    low, high = (int(end) for end in outward(change.low * size, change.high * size, 1))
    return apart, low, high


def _answers(words: Words, places: list[Results]) -> Sheet:
    """Each answer that is shown, those that are merged as one."""
    rows: list[Row] = []
    for report in places:
        for _, item, result in _asked(report):
            told = (report.scope, words.item(item), item.meaning)
            parts = [] if result.hidden else shares(result)
            if not parts:
                rows.append((*told, None, *NONE, None, _why(words, result.hidden)))
            for codes, own in parts:
                value, low, high, n, hidden = _figure(words, own, share_=True)
                if not result.chosen:  # parts of a bar have no interval of their own
                    low = high = None
                rows.append((*told, words.codes(item, codes), value, low, high, n, hidden))
    named = "place 26, question 60, meaning 22, answer 44, share 10, low 9, high 9, n 8, hidden 36"
    return Sheet(words.t("book.sheet.answers"), _columns(words, named), rows)


def _scores(words: Words, places: list[Results]) -> Sheet:
    rows: list[Row] = []
    for report in places:
        for cell in (*headline_cells(report).values(), *report.matrix):
            rows.append(_score(words, report, cell))
    named = (
        "place 26, object 22, facet 16, score 9, low 9, high 9, n 8, hidden 36, versus 26, change "
        "10, change_low 10, change_high 10"
    )
    return Sheet(words.t("book.sheet.scores"), _columns(words, named), rows)


def _score(words: Words, report: Results, cell: Score) -> Row:
    shown = cell.score.value is not None
    beside = (
        words.t(f"versus.{cell.versus_rest}") if shown and cell.versus_rest in ("better", "worse") else None
    )
    return (
        report.scope,
        words.score_name(cell.object),
        words.label(cell.facet) if cell.facet else None,
        *_figure(words, cell.score, share_=False),
        beside,
        *_changed(cell.change if shown else None, cell.score.value, share_=False),
    )


def _coverage(words: Words, whole_: Results) -> Sheet:
    """As the report tells of who has answered: numbers where it tells one, words where it tells from - to or
    why there is none."""
    told = zip(who.in_order(words, whole_), who.coverage(words, whole_, wide=False), strict=True)
    rows = [_covered(place, own) for place, own in told]
    named = "place 30, area 22, invited 12, answered 16, rate 16, missing 36"
    return Sheet(words.t("book.sheet.coverage"), _columns(words, named), rows)


def _covered(place: Coverage, own: who.CoverageRow) -> Row:
    answered: Cell = own.answered
    rate: Cell = own.rate or None
    missing: Cell = own.missing or own.untold
    if place.answered is not None and place.answered[0] == place.answered[1] and not place.others:
        n = place.answered[0]
        answered = place.n if place.overfull else n
        if place.invited and not place.overfull:
            rate, missing = percent(n / place.invited), max(0, place.invited - n)
    invited = own.invited if place.invited is None else place.invited
    return own.name, own.area, invited, answered, rate, missing


def _where(found: FindingsList) -> dict[str, FoundResult]:
    return {one.id: one for one in found.findings}


def _replies(words: Words, found: FindingsList, loop: Loop) -> Sheet:
    """Findings that ask for a reply, or of which somebody has said something."""
    rows: list[Row] = []
    for one in found.findings:
        reply, known, own = loop.replies.get(one.id), loop.knowledge.get(one.id), loop.heard.get(one.id)
        if reply is None and known is None and own is None and not one.asks_for_a_reply:
            continue
        rows.append(
            (
                one.id,
                one.place.name,
                sentence(words, one),
                words.t(f"reply.{reply.kind}") if reply else words.t("loop.silent"),
                reply.text if reply else None,
                reply.alternative if reply else None,
                reply.place if reply else None,
                reply.due_on if reply else None,
                heard(words, own) if own else None,
                " / ".join(own.remarks) if own else None,
                known.residents if known else None,
                known.practice if known else None,
                known.research if known else None,
            )
        )
    named = (
        "id 23, place 26, sentence 70, reply 22, reply_text 50, alternative 36, parked 26, "
        "parked_until 12, heard 40, remarks 40, residents 40, practice 40, research 40"
    )
    return Sheet(words.t("book.sheet.replies"), _columns(words, named), rows)


def _measures(words: Words, found: FindingsList, loop: Loop) -> Sheet:
    """Those of the round, then those of the round before."""
    rows = [_measure(words, loop, found.campaign, one, _where(found)) for one in loop.measures]
    if (then := loop.before) is not None:
        was = {one.id: one for one in then.findings}
        rows += [_measure(words, loop, then.campaign, one, was) for one in then.measures]
    named = (
        "round 26, measure 46, owner 18, level 16, responsible 26, due 12, late 14, budget 26, "
        "status 12, hoped 40, outcome 40, effect 18, verdict 16, findings 60"
    )
    return Sheet(words.t("book.sheet.measures"), _columns(words, named), rows)


def _measure(words: Words, loop: Loop, campaign: str, one: Measure, known: Mapping[str, FoundResult]) -> Row:
    return (
        campaign,
        one.title,
        words.t(f"measure.owner.{one.owner}"),
        words.t(f"level.{one.level}"),
        one.unit,
        one.due_on,
        words.t("book.yes") if loop.late(one) else None,
        one.budget_line,
        words.t(f"measure.status.{one.status}"),
        one.hoped,
        one.outcome,
        words.t(f"measure.effect.{one.effect}") if one.effect else None,
        words.t(f"measure.verdict.{one.verdict}") if one.verdict else None,
        " / ".join(sentence(words, known[id]) for id in one.findings if id in known),
    )


def _ties(words: Words, found: FindingsList, loop: Loop) -> Sheet:
    known, names = _where(found), laws.names(words.language)
    rows: list[Row] = [
        (
            tie.finding,
            sentence(words, known[tie.finding]),
            tie.goal.plan if tie.goal else None,
            tie.goal.number if tie.goal else None,
            tie.goal.text if tie.goal else None,
            tie.goal.gone_on if tie.goal else None,
            names.get(tie.law),
            tie.reasoning,
        )
        for tie in loop.ties
        if tie.finding in known
    ]
    named = "id 23, sentence 70, plan 30, number 10, goal 50, gone 12, law 32, why 60"
    return Sheet(words.t("book.sheet.ties"), _columns(words, named), rows)


def _quotes(words: Words, estates: Mapping[str, Results], loop: Loop) -> Sheet:
    """Words of tenants that two persons have let through, as they stand in the documents."""
    names = {id: report.scope for id, report in estates.items()}
    rows: list[Row] = [
        (
            themes.label(one.theme, words.language),
            one.text,
            words.t("book.yes" if one.edited else "book.no"),
            names.get(one.estate_id or "") or words.t("plan.quotes.no_estate"),
        )
        for one in loop.quotes
    ]
    named = "theme 26, quote 80, edited 18, place 30"
    return Sheet(words.t("book.sheet.quotes"), _columns(words, named), rows)
