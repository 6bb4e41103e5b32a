"""What came of findings, in words: replies, what is known, measures, quotes, what became of those before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.coding import themes
from reports.documents.words import Words
from reports.findings.model import FoundResult
from reports.loop import Before, Heard, Loop, Measure, Reply
from reports.results import Results


@dataclass(frozen=True)
class Answered:
    """A finding and what was said of it. `reply`: (kind, text), ('', 'No reply yet') where there is none."""

    sentence: str
    reply: tuple[str, str]
    more: str
    known: tuple[tuple[str, str], ...]
    heard: str
    remarks: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class MeasureRow:
    title: str
    owner: str
    level: str
    due: str
    budget: str
    status: str
    hoped: str


@dataclass(frozen=True)
class BecameRow:
    title: str
    status: str
    outcome: str
    verdict: str


@dataclass(frozen=True)
class QuoteGroup:
    theme: str
    quotes: tuple[tuple[str, bool], ...]
    """Words, and whether they were edited."""


@dataclass(frozen=True)
class Chapter:
    answered: tuple[Answered, ...]
    silent: tuple[str, ...]
    """Findings that ask for a reply and have none: silence is told."""
    measures: tuple[MeasureRow, ...]
    became: tuple[BecameRow, ...]
    campaign_before: str
    quotes: tuple[QuoteGroup, ...]
    readers: str


def chapter(words: Words, loop: Loop, found: Sequence[FoundResult], results: Results) -> Chapter | None:
    """Of one place, `found` being its findings. None where nobody has said anything of it."""
    ids = {one.id for one in found}
    answered = tuple(_answered(words, loop, one) for one in found if _told(loop, one))
    measures = tuple(_row(words, loop, one) for one in loop.measures if ids & set(one.findings))
    became = tuple(_became(words, one) for one in agreed_before(loop.before, results)) if loop.before else ()
    quotes = _quotes(words, loop, results)
    if not (answered or measures or became or quotes):
        return None
    silent = [one for one in found if one.asks_for_a_reply and not _told(loop, one)]
    return Chapter(
        answered,
        tuple(_claim(words, one) for one in silent) if answered else (),
        measures,
        became,
        loop.before.campaign if loop.before else "",
        quotes,
        words.t("loop.readers", n=loop.readers) if loop.readers else "",
    )


def agreed_before(before: Before, results: Results) -> tuple[Measure, ...]:
    """What was agreed after the round before, of the place that the report is on."""
    if results.area is None:
        return before.about(results.estate_id)
    return before.about_area(results.area, [place.estate_id for place in results.coverage])


def status_of(words: Words, loop: Loop) -> str:
    """Of the document, for its cover: a draft, or which version."""
    edition = loop.edition
    if edition is None:
        return words.t("loop.draft")
    return words.t("loop.version", n=edition.version, day=words.day(edition.frozen_on))


def edition_rows(words: Words, loop: Loop) -> tuple[tuple[str, str], ...]:
    """For the page of methods, whose facts begin with `status_of`: (what, its words)."""
    edition = loop.edition
    rows: list[tuple[str, str]] = []
    if loop.readers:
        rows.append((words.t("loop.reading"), words.t("loop.readers", n=loop.readers)))
    elif edition is not None and edition.reading:
        rows.append((words.t("loop.reading"), words.t("loop.no_reading", why=edition.reading)))
    if edition is not None and edition.erratum:
        rows.append((words.t("loop.erratum"), edition.corrected(words.language)))
    return tuple(rows)


def corrected(words: Words, loop: Loop) -> tuple[str, str] | None:
    """What it says on the first page of a correction: (what, its words)."""
    if loop.edition is None or not loop.edition.erratum.strip():
        return None
    return words.t("loop.erratum"), loop.edition.corrected(words.language)


def _told(loop: Loop, one: FoundResult) -> bool:
    known = loop.knowledge.get(one.id)
    return (
        one.id in loop.replies
        or one.id in loop.heard
        or bool(loop.measures_of(one.id))
        or bool(known and (known.residents or known.practice or known.research))
    )


def _claim(words: Words, one: FoundResult) -> str:
    """What is found, without the name of the place, which stands above it."""
    sentence = one.sentences.get(words.language) or one.sentences["nb"]  # type: ignore[call-overload]
    head, colon, claim = sentence.partition(": ")
    return claim[:1].upper() + claim[1:] if colon and head.startswith(one.place.name) else sentence


def _answered(words: Words, loop: Loop, one: FoundResult) -> Answered:
    reply = loop.replies.get(one.id)
    known = loop.knowledge.get(one.id)
    said: tuple[tuple[str, str], ...] = ()
    if known is not None and (known.residents or known.practice or known.research):
        said = tuple(
            (words.t(f"knowledge.{kind}"), getattr(known, kind) or words.t("knowledge.nothing"))
            for kind in ("residents", "practice", "research")
        )
    heard = loop.heard.get(one.id)
    return Answered(
        sentence=_claim(words, one),
        reply=(words.t(f"reply.{reply.kind}"), reply.text) if reply else ("", words.t("loop.silent")),
        more=_more(words, loop, reply),
        known=said,
        heard=_heard(words, heard),
        remarks=heard.remarks if heard else (),
        measures=tuple(_short(words, loop, measure) for measure in loop.measures_of(one.id)),
    )


def _more(words: Words, loop: Loop, reply: Reply | None) -> str:
    if reply is None:
        return ""
    if reply.kind == "alternativ":
        return words.t("loop.alternative", text=reply.alternative)
    if reply.kind == "parkert" and reply.due_on:
        key = "loop.parked_past" if loop.past(reply.due_on) else "loop.parked"
        return words.t(key, place=reply.place, day=words.day(reply.due_on))
    return ""


def _heard(words: Words, heard: Heard | None) -> str:
    if heard is not None and heard.few:
        return words.t("loop.heard_few")
    if heard is None or not heard.stands + heard.does_not + heard.lacks:
        return ""
    counts = {"stands": heard.stands, "does_not": heard.does_not, "lacks": heard.lacks}
    return words.t("loop.heard", **counts)


def due(words: Words, loop: Loop, measure: Measure) -> str:
    """Of a measure: by when, or that it should have been done; '' without a day."""
    if measure.due_on is None:
        return ""
    key = "measure.late" if loop.late(measure) else "measure.by"
    return words.t(key, day=words.day(measure.due_on))


def due_cell(words: Words, loop: Loop, measure: Measure) -> str:
    """The same as a cell of a table."""
    if measure.due_on is None:
        return words.t("measure.no_day")
    day = words.day(measure.due_on)
    return words.t("measure.day_late", day=day) if loop.late(measure) else day


def _short(words: Words, loop: Loop, measure: Measure) -> str:
    """'Tette vinduene mot nord (Utleier, Driftsavdelingen, innen 15. mars 2028)'."""
    parts = [words.t(f"measure.owner.{measure.owner}"), measure.unit]
    parts.append(due(words, loop, measure))
    return f"{measure.title} ({', '.join(part for part in parts if part)})"


def _row(words: Words, loop: Loop, measure: Measure) -> MeasureRow:
    owner = words.t(f"measure.owner.{measure.owner}")
    return MeasureRow(
        measure.title,
        f"{owner}, {measure.unit}" if measure.unit else owner,
        words.t(f"level.{measure.level}"),
        due_cell(words, loop, measure),
        measure.budget_line or "–",
        words.t(f"measure.status.{measure.status}"),
        measure.hoped,
    )


def _became(words: Words, measure: Measure) -> BecameRow:
    said = [words.t(f"measure.effect.{measure.effect}")] if measure.effect else []
    if measure.verdict:
        said.append(words.t(f"measure.verdict.{measure.verdict}"))
    return BecameRow(
        measure.title,
        words.t(f"measure.status.{measure.status}"),
        measure.outcome or words.t("loop.no_outcome"),
        ". ".join(said) or words.t("loop.no_verdict"),
    )


def _quotes(words: Words, loop: Loop, results: Results) -> tuple[QuoteGroup, ...]:
    """Of an estate its own; of an area those of its estates too; of all together those that are tied to none
    as well."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    estates = {place.estate_id for place in results.coverage}
    for quote in loop.quotes:
        own = quote.estate_id in estates
        if results.area is not None:
            own = own or quote.area == results.area
        elif results.estate_id is None:
            own = True
        if own:
            groups.setdefault(quote.theme, []).append((quote.text, quote.edited))
    return tuple(
        QuoteGroup(themes.label(theme, words.language), tuple(quotes)) for theme, quotes in groups.items()
    )
