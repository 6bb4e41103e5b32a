"""What comes of findings, in plain words: replies, measures, what became of those of last time, next dates.

Texts that somebody wrote at the desk are in their own language, marked as such, and cut short where they are
long: who reads in plain words is not given a page of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from reports.documents.loop_words import agreed_before
from reports.documents.plain import LONGEST, NORWEGIAN, Plain
from reports.documents.points import Point
from reports.findings.model import FoundResult
from reports.loop import Edition, Loop, Measure, Reply
from reports.results import Results


@dataclass(frozen=True)
class Limits:
    """How much is told: characters of a text that somebody wrote, and measures of now and of last time.
    `terse`: without hopes, and the lines of each as one."""

    text: int = LONGEST
    doings: int = 4
    before: int = 4
    terse: bool = False


OVER = ("done", "stopped")
PAST = ("reply.due_past", "measure.late")
"""What is said of days that are over."""


@dataclass(frozen=True)
class Answered:
    """A reply to one finding. `lines`: the first says what it is."""

    theme: Markup
    lines: tuple[Markup, ...]


@dataclass(frozen=True)
class Doing:
    """A measure: what, and in lines who, when and how it goes."""

    title: Markup
    lines: tuple[Markup, ...]


@dataclass(frozen=True)
class Now:
    replies: tuple[Answered, ...]
    silent: tuple[Markup, ...]
    """Themes of what nobody has replied to, of what is not good."""
    none: bool
    """There is something to reply to, and no reply at all."""
    doings: tuple[Doing, ...]
    more: int
    """Measures that are not told."""
    clipped: bool
    foreign: bool


def now(
    plain: Plain, points: Sequence[Point], found: Sequence[FoundResult], loop: Loop, limits: Limits
) -> Now:
    """`points`: those that are told, what is not good first. `found`: all of the place; what was agreed about
    others of them is told after that about these."""
    replies, silent = [], []
    for point in points:
        reply = loop.replies.get(point.id)
        if reply is not None and point.good and limits.doings == 1:
            continue  # the least that is told: what is not good
        if reply is not None:
            replies.append(Answered(point.theme, _set(_reply(plain, loop, reply, limits.text), limits)))
        elif not point.good:
            silent.append(point.theme)
    measures = _measures(loop, [point.id for point in points], [one.id for one in found])
    told = measures[: limits.doings]
    texts = [text for m in told for text in (m.title, m.unit, m.hoped)]
    for point in points:
        if (own := loop.replies.get(point.id)) is not None:
            texts += [own.text, own.alternative, own.place]
    return Now(
        replies=tuple(replies),
        silent=tuple(silent),
        none=bool(silent) and not replies,
        doings=tuple(_doing(plain, loop, measure, limits) for measure in told),
        more=len(measures) - len(told),
        clipped=any(plain.long(text, limits.text) for text in texts),
        foreign=plain.foreign(*texts),
    )


def _measures(loop: Loop, first: Sequence[str], then: Sequence[str]) -> list[Measure]:
    """Of these findings, each once: what hangs on the first of them first."""
    found: dict[object, Measure] = {}
    for finding in (*first, *then):
        for measure in loop.measures_of(finding):
            found.setdefault(measure.id, measure)
    return list(found.values())


def _reply(plain: Plain, loop: Loop, reply: Reply, longest: int) -> tuple[Markup, ...]:
    lines = [plain.say(f"reply.{reply.kind}")]
    if reply.text.strip():
        lines.append(plain.say("reply.text", text=plain.written(reply.text, longest)))
    if reply.kind == "alternativ" and reply.alternative.strip():
        lines.append(plain.say("reply.instead", text=plain.written(reply.alternative, longest)))
    if reply.kind == "parkert":
        if reply.place.strip():
            lines.append(plain.say("reply.place", text=plain.written(reply.place, longest)))
        passed = reply.due_on is not None and loop.past(reply.due_on)
        lines.append(_due(plain, "reply.due_past" if passed else "reply.due", reply.due_on))
    return tuple(lines)


def _set(lines: Sequence[Markup], limits: Limits) -> tuple[Markup, ...]:
    return (Markup(" ").join(map(_ended, lines)),) if limits.terse else tuple(lines)


def _ended(line: Markup) -> Markup:
    """With a full stop, to stand before another."""
    return line if line.striptags()[-1:] in ".!?።…" else Markup("{}.").format(line)


def _due(plain: Plain, key: str, day: date | None) -> Markup:
    told = plain.day if key in PAST else plain.coming
    return plain.say(key, date=told(day)) if day is not None else plain.say("measure.undated")


def _doing(plain: Plain, loop: Loop, measure: Measure, limits: Limits) -> Doing:
    who = plain.say(f"owner.{measure.owner}")
    if measure.unit.strip():
        who = Markup("{} ({})").format(who, plain.written(measure.unit, limits.text))
    lines = [plain.say("measure.who", who=who)]
    if measure.status not in OVER:
        lines.append(_due(plain, "measure.late" if loop.late(measure) else "measure.when", measure.due_on))
    lines.append(plain.say("measure.status", status=plain.say(f"status.{measure.status}")))
    if measure.hoped.strip() and measure.status not in OVER and not limits.terse:
        lines.append(plain.say("measure.hoped", text=plain.written(measure.hoped, limits.text)))
    return Doing(plain.written(measure.title, limits.text), _set(lines, limits))


@dataclass(frozen=True)
class Past:
    """`lead`: after which round, or why nothing is told."""

    lead: tuple[Markup, ...]
    doings: tuple[Doing, ...]
    more: int
    clipped: bool
    foreign: bool


def before(plain: Plain, results: Results, loop: Loop, limits: Limits) -> Past | None:
    """What became of what was agreed last time; None where there was no last time."""
    if loop.before is None:
        if results.previous_campaign is None:
            return None
        said = plain.say("before.from", campaign=results.previous_campaign), plain.say("before.unknown")
        return Past(said, (), 0, clipped=False, foreign=False)
    measures = agreed_before(loop.before, results)
    lead = [plain.say("before.from", campaign=loop.before.campaign)]
    if not measures:
        lead.append(plain.say("before.nothing"))
    told = measures[: limits.before]
    texts = [text for measure in told for text in (measure.title, measure.outcome)]
    return Past(
        tuple(lead),
        tuple(_became(plain, measure, limits) for measure in told),
        len(measures) - len(told),
        clipped=any(plain.long(text, limits.text) for text in texts),
        foreign=plain.foreign(*texts),
    )


def _became(plain: Plain, measure: Measure, limits: Limits) -> Doing:
    lines = [plain.say("measure.status", status=plain.say(f"status.{measure.status}"))]
    if measure.outcome.strip():
        lines.append(plain.say("reply.text", text=plain.written(measure.outcome, limits.text)))
    lines.append(plain.say(f"effect.{measure.effect or 'unknown'}"))
    if measure.verdict is not None:
        lines.append(plain.say(f"verdict.{measure.verdict}"))
    return Doing(plain.written(measure.title, limits.text), _set(lines, limits))


def status(plain: Plain, loop: Loop) -> Markup:
    """Of the document: which version, or that it is not the final one."""
    if loop.edition is None:
        return plain.say("doc.unfinished")
    return plain.say("doc.version", n=loop.edition.version, date=plain.day(loop.edition.frozen_on))


def corrected(plain: Plain, edition: Edition, longest: int = LONGEST) -> Markup:
    """What was corrected: in the language of the document, or marked as Norwegian."""
    spoken = plain.language if edition.corrected_in(plain.language) else NORWEGIAN
    return plain.written(edition.corrected(plain.language), longest, spoken)


def presented(results: Results) -> date | None:
    """The day on which the answers are presented; None where none was set. Answers from elsewhere may have
    no day of their own."""
    return results.results_on if results.results_on > results.closes_on else None


@dataclass(frozen=True)
class Step:
    """What comes, and when. `text`: None for the day on which the answers are presented."""

    on: date
    text: Markup | None


def steps(
    plain: Plain, results: Results, found: Sequence[FoundResult], loop: Loop, longest: int = LONGEST
) -> tuple[Step, ...]:
    """All that has a day and is not over, the next first. `longest`: characters of what it is."""
    coming: list[Step] = []
    if (day := presented(results)) is not None and not loop.past(day):
        coming.append(Step(day, None))
    for measure in _measures(loop, [one.id for one in found], ()):
        if measure.due_on is not None and measure.status not in OVER and not loop.late(measure):
            coming.append(Step(measure.due_on, plain.written(measure.title, longest)))
    return tuple(sorted(coming, key=lambda step: (step.on, step.text or "")))


def undated(plain: Plain, results: Results, found: Sequence[FoundResult], loop: Loop) -> Markup:
    """Instead of `steps`, where there are none: that no day was set, or that those that were have passed."""
    day = presented(results)
    measures = _measures(loop, [one.id for one in found], ())
    passed = (day is not None and loop.past(day)) or any(
        one.due_on is not None and one.status not in OVER and loop.late(one) for one in measures
    )
    return plain.say("when.passed" if passed else "when.undated")
