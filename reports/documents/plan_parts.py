"""Chapters of the planning annex: the goals of the plan, laws, what is tied to nothing, and what became of
what was agreed last time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reports.documents import same_opening
from reports.documents.blocks import Became, Block, Chapter, Facts, Pair, Points, Sub, Table, Text
from reports.documents.plan_claims import (
    LEVELS,
    Told,
    claim,
    goal_name,
    measure_table,
    reason,
    sentence,
    shortly,
)
from reports.documents.words import Words
from reports.findings.model import FoundResult
from reports.loop import Before, Goal, Measure, PlanInReport, Tie

IN_FULL = 8
"""Findings of one goal or law that stand in full; the others are rows of a table."""
MOST_HUNG = 12
"""Findings of last time that one measure hung on, each in a line."""
LISTED = 16
"""Findings that are tied to nothing, one by one; of the others how many."""


def goals(told: Told, plan: PlanInReport) -> Chapter:
    """Goal by goal: findings that bear on it, and what will be done about them."""
    words = told.words
    tied = [(tie.goal, tie) for tie in told.loop.ties if tie.goal and plan.has(tie.goal)]
    by_goal: dict[tuple[str, str], list[Tie]] = {}
    for own, tie in tied:
        by_goal.setdefault((own.number, own.text), []).append(tie)
    mine = {(goal.number, goal.text): goal for goal in plan.goals}
    # What was tied to a goal that the plan as it is now does not have is no less said.
    for own, _ in tied:
        mine.setdefault((own.number, own.text), own)
    blocks: list[Block] = [_goals_lead(words, plan, [tie for _, tie in tied])]
    without = []
    for at, (key, goal) in enumerate(mine.items(), 1):
        if ties := by_goal.get(key, []):
            blocks += _goal(told, goal, ties, at)
        elif goal.gone_on is None:
            without.append(f"{goal_name(words, goal)}: {goal.text}")
    if without and tied:
        blocks += [Sub(words.t("plan.goals.without")), Text(words.t("plan.goals.without_text"))]
    if without:
        blocks.append(Points(tuple(without)))
    return Chapter("mal", words.t("plan.goals.title"), tuple(blocks))


def _goals_lead(words: Words, plan: PlanInReport, tied: Sequence[Tie]) -> Text:
    if not plan.goals and not tied:
        return Text(words.t("plan.goals.none"), "warn")
    if not tied:
        return Text(words.t("plan.goals.no_ties"), "warn")
    goals = len({(tie.goal.number, tie.goal.text) for tie in tied if tie.goal})
    findings = len({tie.finding for tie in tied})
    return Text(words.t("plan.goals.lead", findings=findings, goals=goals, plan=plan.name), "lead")


def _goal(told: Told, goal: Goal, ties: Sequence[Tie], at: int) -> list[Block]:
    words, name = told.words, goal_name(told.words, goal)
    blocks: list[Block] = [Sub(f"{name}: {goal.text}", f"mal-{at}")]
    if goal.gone_on is not None:
        blocks.append(Text(words.t("plan.goal.gone", day=words.day(goal.gone_on)), "warn"))
    return blocks + _tied(told, ties, f"mal-{at}", name)


def _tied(told: Told, ties: Sequence[Tie], id: str, name: str) -> list[Block]:
    """Findings, those beyond a few as a table, and their measures."""
    findings = told.known(tie.finding for tie in ties)
    blocks: list[Block] = [
        claim(told, one, [tie for tie in ties if tie.finding == one.id]) for one in findings[:IN_FULL]
    ]
    if more := findings[IN_FULL:]:
        blocks.append(_more(told, more, ties, f"{id}-flere", name))
    return blocks + _measures(told, findings, f"{id}-tiltak", name)


def _more(told: Told, findings: Sequence[FoundResult], ties: Sequence[Tie], id: str, name: str) -> Table:
    words = told.words
    rows = []
    for one in findings:
        why = "; ".join(reason(told, tie).text for tie in ties if tie.finding == one.id)
        rows.append((told.title(one), sentence(words, one), why, _reply_kind(told, one)))
    head = tuple(words.t(f"plan.column.{column}") for column in ("finding", "says", "why", "reply"))
    return Table(id, words.t("plan.more", name=name), head, tuple(rows), (12, 46, 26, 16))


def _reply_kind(told: Told, finding: FoundResult) -> str:
    if (reply := told.loop.replies.get(finding.id)) is not None:
        return told.words.t(f"reply.{reply.kind}")
    return told.words.t("loop.silent" if finding.asks_for_a_reply else "plan.reply.not_asked")


def _measures(told: Told, findings: Sequence[FoundResult], id: str, name: str) -> list[Block]:
    words, ids = told.words, {one.id for one in findings}
    agreed = [one for one in told.loop.measures if ids & set(one.findings)]
    if not agreed:
        return [Text(words.t("plan.measures.none"), "note")]
    table, elsewhere = measure_table(told, id, words.t("plan.measures.caption", name=name), agreed, name)
    blocks: list[Block] = [table] if table else []
    if elsewhere:
        blocks.append(Text(words.t("plan.measures.above", n=elsewhere), "note"))
    return blocks


def only_laws(told: Told) -> Chapter | None:
    """Findings that bear on a law and on no goal."""
    words = told.words
    with_goal = {tie.finding for tie in told.loop.ties if tie.goal}
    alone = [tie for tie in told.loop.ties if tie.law and tie.finding not in with_goal]
    if not alone:
        return None
    blocks: list[Block] = [Text(words.t("plan.laws.lead"), "lead")]
    for code in dict.fromkeys(tie.law for tie in alone):
        ties = [tie for tie in alone if tie.law == code]
        blocks.append(Sub(told.law(code) or words.t("plan.laws.unknown"), f"lov-{code}"))
        blocks += _tied(told, ties, f"lov-{code}", told.law(code))
    return Chapter("lov", words.t("plan.laws.title"), tuple(blocks))


def others(told: Told, plan: PlanInReport, area: str | None) -> Chapter | None:
    """Findings of which nobody has said what they bear on, and how many bear on other plans. `area`: that the
    annex is on."""
    words, ties = told.words, told.loop.ties
    elsewhere = {tie.finding for tie in ties if tie.goal and not plan.has(tie.goal)} - told.full
    tied = {tie.finding for tie in ties}
    free = told.known(one.id for one in told.found.findings if one.id not in tied)
    if not free and not elsewhere:
        return None
    blocks: list[Block] = []
    if free:
        first = sorted(free, key=lambda one: (not one.asks_for_a_reply, LEVELS[one.place.level], one.rank))
        lead = "plan.others.lead_area" if area else "plan.others.lead"
        blocks.append(Text(words.t(lead, n=len(free)), "lead"))
        listed = [one for one in first if one.place.level != "estate"][:LISTED]
        texts, note = shortly(words, listed)
        blocks += same_opening.blocks(words, texts)
        if note:
            blocks.append(Text(note, "note"))
        rest = [one for one in free if one not in listed]
        if rest:
            blocks += _rest(words, rest)
    if elsewhere:
        names = sorted({tie.goal.plan for tie in ties if tie.goal and tie.finding in elsewhere})
        blocks.append(Text(words.t("plan.others.elsewhere", n=len(elsewhere), plans=words.join(names))))
    return Chapter("andre", words.t("plan.others.title"), tuple(blocks))


def _rest(words: Words, rest: Sequence[FoundResult]) -> list[Block]:
    """How many more there are, and of which kinds."""
    kinds = Counter(one.kind for one in rest)
    places = len({(one.place.level, one.place.id) for one in rest})
    rows = tuple((words.t(f"kind.{kind}"), words.number(n)) for kind, n in kinds.most_common())
    return [
        Text(words.t("plan.others.rest", n=len(rest), places=places)),
        Facts(words.t("plan.others.rest_caption"), rows),
    ]


def remaining(told: Told) -> Chapter | None:
    """Measures that hang on nothing that was tied to the plan or to a law."""
    words, agreed = told.words, told.loop.measures
    table, _ = measure_table(told, "tiltak-andre", words.t("plan.measures.other_caption"), agreed, "")
    if table is None:
        return None
    parts = (Text(words.t("plan.measures.other_lead")), table)
    return Chapter("tiltak", words.t("plan.measures.other"), parts, whole=len(table.rows) < 9)


def before(told: Told) -> Chapter | None:
    """What was said and agreed last time, what it led to, and whether it goes on: measure by measure."""
    words, then = told.words, told.loop.before
    if then is None:
        return None
    ended = sum(one.verdict == "end" for one in then.measures)
    on = sum(one.verdict == "go_on" for one in then.measures)
    blocks: list[Block] = [
        Text(words.t("plan.before.lead", campaign=then.campaign, n=len(then.measures)), "lead"),
        Text(words.t("plan.before.verdicts", ended=ended, on=on, open=len(then.measures) - ended - on)),
    ]
    for measure in then.measures:
        blocks += [Sub(measure.title), Became(_became(told, then, measure))]
    hung = {id for measure in then.measures for id in measure.findings}
    some = any(one.values.get("left_out") for one in then.findings if one.id in hung)
    note = f"{words.t('plan.before.cause')} {words.t('plan.shown_only') if some else ''}"
    blocks.append(Text(note.strip(), "note"))
    return Chapter("sist-gang", words.t("plan.before.title"), tuple(blocks))


def _became(told: Told, then: Before, measure: Measure) -> tuple[Pair, ...]:
    words = told.words
    hung = [one for one in then.findings if one.id in measure.findings]
    points = tuple(_then_and_now(told, one) for one in hung[:MOST_HUNG])
    if more := len(hung) - len(points):
        points = (*points, words.t("plan.before.more", n=more))
    status = words.t(f"measure.status.{measure.status}")
    effect = words.t(f"measure.effect.{measure.effect}") if measure.effect else words.t("loop.no_verdict")
    verdict = (
        words.t(f"measure.verdict.{measure.verdict}") if measure.verdict else words.t("plan.before.open")
    )
    return (
        Pair(words.t("plan.before.said"), "" if points else words.t("plan.before.not_kept"), points),
        Pair(words.t("plan.before.done"), ". ".join(part for part in (measure.unit, status) if part)),
        Pair(words.t("plan.before.became"), f"{effect}. {measure.outcome}".strip()),
        Pair(words.t("plan.before.verdict"), verdict),
    )


def _then_and_now(told: Told, then: FoundResult) -> str:
    """'Nordlia, «Jeg stoler på utleieren»: 27 % sist, 37 % nå (ingen sikker endring)': what a finding said
    last time, and what the same question, or score, of the same place says now, where that is a finding."""
    words = told.words
    same = [
        one
        for one in told.found.findings
        if (one.place.level, one.place.id, one.items, one.object, one.facet)
        == (then.place.level, then.place.id, then.items, then.object, then.facet)
    ]
    changed = next((one for one in same if one.kind == "changed"), None)
    was = _figure(words, then)
    if was is None:  # not one figure: the whole sentence, of an association for one
        return shortly(words, [then])[0][0]
    now = next(filter(None, (_figure(words, one) for one in (*filter(None, (changed,)), *same))), None)
    said = words.t("plan.before.sure" if changed else "plan.before.unsure")
    if changed is not None and "before" in changed.values:
        was = _figure(words, changed, "before") or was
    figures = (
        words.t("plan.before.then_now", then=was, now=now, change=said)
        if now
        else words.t("plan.before.then", then=was)
    )
    place = "" if then.place.level == "all" else f"{then.place.name}, "
    return f"{place}{_about(words, then)}: {figures}"


def _figure(words: Words, one: FoundResult, when: str = "") -> str | None:
    """'27 %' or '55 av 100 poeng': the share or the score that a finding tells; `when` 'before': of last
    time."""
    if one.measure in ("share", "share_difference") and "percent" in one.values:
        return words.t("number.percent", value=one.values[when or "percent"])
    if one.measure in ("score", "score_difference") and "score" in one.values:
        return words.t("plan.before.points", n=one.values[when or "score"])
    return None


def _about(words: Words, one: FoundResult) -> str:
    item = next((item for item in words.questionnaire.items() if item.meaning in one.items), None)
    return words.quote(words.item(item)) if item else words.score_name(one.object, one.facet)
