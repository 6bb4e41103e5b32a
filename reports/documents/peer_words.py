"""Other landlords' figures beside ours, in words; and what they see of ours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from reports.documents.words import Words
from reports.peers import Compared, Peer, SharedItem, share
from reports.results import Results


@dataclass(frozen=True)
class PeerRow:
    """A question that both asked alike. Figures and their intervals in words."""

    question: str
    theirs: str
    theirs_interval: str
    ours: str
    ours_interval: str
    standing: str
    interval: str


@dataclass(frozen=True)
class PeerPart:
    """One landlord. `refused`: (why, questions) of what cannot be compared; `left_out`: how many they are."""

    title: str
    rows: tuple[PeerRow, ...]
    refused: tuple[tuple[str, str], ...]
    left_out: int


@dataclass(frozen=True)
class SharedLine:
    """`share`: '' when nothing crosses."""

    question: str
    share: str
    interval: str
    n: str


def peer_parts(words: Words, peers: tuple[Peer, ...]) -> tuple[PeerPart, ...]:
    return tuple(
        PeerPart(
            words.t("peer.title", organisation=peer.organisation, round=peer.round, year=peer.year),
            tuple(_row(words, row) for row in peer.rows if row.refused is None),
            _refused(words, peer),
            sum(row.refused is not None for row in peer.rows),
        )
        for peer in peers
    )


def shared_lines(results: Results, language: str) -> tuple[SharedLine, ...]:
    """All that another landlord can see of a report, question by question."""
    words = Words.of(results.questionnaire, language)
    text = {item.meaning: words.item(item) for item in results.questionnaire.items()}
    return tuple(
        SharedLine(text[item.meaning], *_figure(words, item), words.number(item.n) if item.n else "")
        for item in share(results).items
    )


def _row(words: Words, row: Compared) -> PeerRow:
    theirs, theirs_interval = _figure(words, row.theirs)
    ours, ours_interval = _figure(words, row.ours)
    based = "" if row.theirs is None or row.theirs.n is None else words.number(row.theirs.n)
    return PeerRow(
        words.item(row.item),
        theirs,
        words.t("peer.based", interval=theirs_interval, n=based),
        ours,
        words.t("peer.based", interval=ours_interval, n=words.number(row.ours.n or 0)),
        words.t(_standing(row)),
        words.t(
            "changes.interval",
            low=words.signed(row.low),
            high=words.signed(row.high),
            unit=words.t("changes.points"),
        ),
    )


def _standing(row: Compared) -> str:
    """An interval that leaves out 0 is not called the same without saying why."""
    if row.standing == "same" and (row.low > 0 or row.high < 0):
        return "peer.unsure"
    return f"peer.{row.standing}"


def _figure(words: Words, item: SharedItem | None) -> tuple[str, str]:
    if item is None or item.percent is None or item.low is None or item.high is None:
        return "", ""
    interval = words.share_interval(item.low / 100, item.high / 100)
    if item.left_out == "some":
        interval = words.shown_only(interval)
    return words.share(item.percent / 100), interval


def _refused(words: Words, peer: Peer) -> tuple[tuple[str, str], ...]:
    """By reason, in the order in which the questions stand."""
    rows = [row for row in peer.rows if row.refused is not None]
    order = list(dict.fromkeys(row.refused for row in rows))
    rows.sort(key=lambda row: order.index(row.refused))
    return tuple(
        (words.t(f"peer.refused.{reason}"), "; ".join(words.quote(words.item(row.item)) for row in own))
        for reason, own in groupby(rows, key=lambda row: row.refused)
    )
