"""A wave: all answers of one round as a frame, read fast from Postgres, sealed to Parquet when it closes.

Frame (Polars), one row per answer, rows sorted by content so that their order betrays nothing:

    estate    str, id of the estate      language  str      mode  str
    <slot>    UInt8, one column per slot of `forms.answers.Layout`, named like the slot

Texts (Polars): estate, item, language, text; sorted by content; nothing ties two texts to one person.

Answers by open links are a stratum apart: their rows are in no frame, and their texts in `open_texts`, which
says of each through what kind of link it came.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import aiosql
import asyncpg
import numpy as np
import polars as pl
from asyncpg.pool import PoolConnectionProxy

from forms.answers import Layout
from forms.influence import Declared, Signed
from forms.questionnaire import Questionnaire
from reports.errors import BrokenSeal, ReservedName, WrongVersion

# A connection, or one lent by a pool: the same methods, two types.
Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"

GROUPS = ("estate", "language", "mode")
OPEN = "open:"
"""How the modes begin of answers that anybody could give: 'open:library'."""
TEXT_COLUMNS = ("estate", "item", "language", "text")
OPEN_TEXT_COLUMNS = ("estate", "item", "language", "mode", "text")
FEWEST_FOR_TEXTS = 10
"""Answers of a stratum in an estate below which its texts are not even sealed: trust, section 2."""
# Names no item can have: ids begin with a letter.
_ITEM, _TEXT = "__item", "__text"

queries: Any = aiosql.from_path(Path(__file__).with_name("queries.sql"), "asyncpg")


@dataclass(frozen=True)
class Estate:
    """`invited`: dwellings asked, None when not known (then intervals assume an endless population)."""

    id: str
    name: str
    area: str
    invited: int | None
    dwellings: int | None = None
    """Where a simple random sample was asked: how many dwellings the invited were drawn from. None: all were
    asked."""
    elsewhere: tuple[int, int] = (0, 0)
    """At least and at most so many answers of its dwellings are counted with another estate of the wave."""
    others: bool = False
    """Answers of dwellings elsewhere are among these, nobody knows how many: they are more than its own
    dwellings gave, and no interval may treat them as a part of these."""
    pool: bool = False
    """No estate: what is counted without one, of an area or of the whole landlord."""
    overfull: bool = False
    """More answered than were asked: the number of dwellings is wrong, and taken as not known."""

    @property
    def population(self) -> int | None:
        """Dwellings that the answers stand for: each of those that were not drawn was as likely to be."""
        if self.overfull:
            return None
        return self.invited if self.dwellings is None else self.dwellings

    @property
    def finite(self) -> int | None:
        """Dwellings that the answers are a part of; None: not known, an endless population."""
        return None if self.others else self.population


@dataclass(frozen=True)
class WaveInfo:
    """What the registry knows of a round; `survey` gathers it, answers are read apart from it."""

    organisation_id: UUID
    campaign_id: UUID
    campaign: str
    organisation: str
    fictitious: bool
    questionnaire: Questionnaire
    estates: tuple[Estate, ...]
    opens_on: date
    closes_on: date
    results_on: date
    languages: tuple[str, ...]
    declared_grade: int | None = field(default=None, kw_only=True)
    """How far the landlord says tenants take part, 1..7; None: not said."""
    declared: Declared = field(default_factory=dict, kw_only=True)
    """Why the round asked and what could be influenced, by language."""
    signed: Signed | None = field(default=None, kw_only=True)
    """The residents' council's sign-off of the questions."""
    salt: bytes = field(default=b"", kw_only=True, repr=False)
    """Drawn once for the round and told nowhere: without it nobody finds out by trying which answers have the
    wave's hash, or its noise."""
    closed_on: date | None = field(default=None, kw_only=True)
    """The day the round was really closed, before or after `closes_on`; None: not known."""

    @property
    def last_day(self) -> date:
        """The last day on which answers were taken: the deadline, or the day it was closed before it."""
        return self.closes_on if self.closed_on is None else min(self.closes_on, self.closed_on)


@dataclass(frozen=True)
class RegisterMargin:
    """How many dwellings, or people, the register has in groups of answers to a question of background.

    `groups`: (codes, number), more than 0 each.
    """

    item: str
    groups: tuple[tuple[tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Wave(WaveInfo):
    frame: pl.DataFrame
    texts: pl.DataFrame
    content_hash: str
    """Hex SHA-256 of the round's salt and the sealed wave (its Parquet bytes)."""
    open_answers: Mapping[str, int] = field(default_factory=dict)
    """Answers by open links, by estate: sealed with the others, a stratum apart, in neither frame nor texts.
    Unprotected, for use inside this room only."""
    open_texts: pl.DataFrame = field(default_factory=lambda: empty_texts(OPEN_TEXT_COLUMNS))
    """Texts by open links, `mode` says which: 'open:library'. Never to be shown among `texts` or without
    their label; only of strata with FEWEST_FOR_TEXTS answers in the estate."""
    margins: tuple[RegisterMargin, ...] = ()
    """What the register says of all whom the round asked; totals are weighted to it."""
    repeated: frozenset[str] = frozenset()
    """Estates where nearly the same people answered a wave that was told before ('' for all together): what
    people are, and does not change, would show who came or went. See `reports/likeness.py`."""
    unchanged: frozenset[str] = frozenset()
    """The same where nobody came or went."""

    @property
    def modes(self) -> dict[str, int]:
        """Answers by mode: unprotected, for use inside this room only."""
        return {str(mode): int(n) for mode, n in self.frame.group_by("mode").len().sort("mode").iter_rows()}


@dataclass(frozen=True)
class LinkedWave:
    """A wave of a panel with the answers that bear a pseudonym.

    `people`: person (str, the stored pseudonym: it must not leave this room), estate, and the slots.
    """

    number: int
    wave: Wave
    people: pl.DataFrame


def empty_texts(columns: Sequence[str] = TEXT_COLUMNS) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def slot_names(questionnaire: Questionnaire) -> list[str]:
    """Columns of the frame after the groups. ReservedName when an item is called like a group."""
    names = [slot.name for slot in Layout.of(questionnaire).slots]
    if taken := set(names) & set(GROUPS):
        raise ReservedName(
            f"questionnaire '{questionnaire.id}': item {', '.join(sorted(taken))} is called like a column of "
            "every wave; give it another id"
        )
    return names


def to_frame(groups: Sequence[Mapping[str, Any]], questionnaire: Questionnaire) -> pl.DataFrame:
    """Rows of `read_codes` as an unsorted frame. WrongVersion when the bytes do not fit the questionnaire."""
    names = slot_names(questionnaire)
    width = len(names)
    counts = [int(group["n"]) for group in groups]
    for group, n in zip(groups, counts, strict=True):
        if len(group["codes"]) != n * width:
            raise WrongVersion(
                f"answers of estate {group['estate']} are {len(group['codes'])} bytes for {n} answers, but "
                f"questionnaire {questionnaire.id} {questionnaire.version} packs {width} bytes each; "
                "read them with the version the round was opened with"
            )
    codes = np.frombuffer(b"".join(group["codes"] for group in groups), dtype=np.uint8)
    # Columns lie side by side after this, so that Polars takes them without copying.
    columns = np.ascontiguousarray(codes.reshape(sum(counts), width).T)
    repeat = np.asarray(counts, dtype=np.int64)
    groups_by_row = {
        name: np.repeat(np.asarray([group[name] for group in groups], dtype=object), repeat)
        for name in GROUPS
    }
    return pl.DataFrame(
        {**groups_by_row, **{name: columns[i] for i, name in enumerate(names)}},
        schema={**dict.fromkeys(GROUPS, pl.String), **dict.fromkeys(names, pl.UInt8)},
    )


async def read_frame(connection: Connection, info: WaveInfo) -> pl.DataFrame:
    """The fast read: one row a group over the wire, bytes to columns without a loop over answers."""
    groups = [
        row
        async for row in queries.read_codes(
            connection, organisation_id=info.organisation_id, campaign_id=info.campaign_id
        )
    ]
    return to_frame(groups, info.questionnaire)


async def read_people(connection: Connection, info: WaveInfo) -> pl.DataFrame:
    """The answers of a round that bear a pseudonym, as `LinkedWave` has them."""
    rows = [
        row
        async for row in queries.read_people(
            connection, organisation_id=info.organisation_id, campaign_id=info.campaign_id
        )
    ]
    groups = [
        {"estate": row["estate"], "language": "", "mode": "", "n": 1, "codes": row["codes"]} for row in rows
    ]
    frame = to_frame(groups, info.questionnaire)
    return frame.select(
        pl.Series("person", [row["person"] for row in rows], dtype=pl.String),
        pl.all().exclude("language", "mode"),
    )


async def fetch(answers_connection: Connection, info: WaveInfo) -> Wave:
    """The wave as it stands now. The connection has the role of the answers, or one that may do as much."""
    frame = await read_frame(answers_connection, info)
    round = {
        "organisation_id": info.organisation_id,
        "campaign_id": info.campaign_id,
        "items": [item.id for item in info.questionnaire.items() if item.kind == "text"],
    }
    texts = [row async for row in queries.read_texts(answers_connection, **round)]
    open_texts = [
        row async for row in queries.read_open_texts(answers_connection, **round, fewest=FEWEST_FOR_TEXTS)
    ]
    return assemble(info, frame, _texts(texts, TEXT_COLUMNS), _texts(open_texts, OPEN_TEXT_COLUMNS))


def _texts(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pl.DataFrame:
    found = [tuple(row[name] for name in columns) for row in rows]
    return pl.DataFrame(found, schema=empty_texts(columns).schema, orient="row")


def assemble(
    info: WaveInfo,
    frame: pl.DataFrame,
    texts: pl.DataFrame | None = None,
    open_texts: pl.DataFrame | None = None,
) -> Wave:
    """A wave of these rows, put in the order of their content, with its hash."""
    texts = empty_texts() if texts is None else texts
    open_texts = empty_texts(OPEN_TEXT_COLUMNS) if open_texts is None else open_texts
    ordered, words = frame.sort(frame.columns), texts.select(TEXT_COLUMNS).sort(TEXT_COLUMNS)
    apart = open_texts.select(OPEN_TEXT_COLUMNS).sort(OPEN_TEXT_COLUMNS)
    content = _hash(info, _parquet(ordered, words, apart)).hex()
    known = {f.name: getattr(info, f.name) for f in fields(WaveInfo)}
    return Wave(**known, frame=ordered, texts=words, open_texts=apart, content_hash=content)


def seal(wave: Wave) -> bytes:
    """The wave as one Parquet file, the same bytes for the same content.

    Answers first; then one row a text, with `__item` and `__text` filled in and the slots null; the mode is
    filled in for texts by open links alone, which come last.
    """
    return _parquet(wave.frame, wave.texts, wave.open_texts)


def _hash(info: WaveInfo, parquet: bytes) -> bytes:
    return hashlib.sha256(info.salt + parquet).digest()


def _parquet(frame: pl.DataFrame, texts: pl.DataFrame, open_texts: pl.DataFrame) -> bytes:
    words, apart = (part.rename({"item": _ITEM, "text": _TEXT}) for part in (texts, open_texts))
    joined = pl.concat([frame, words, *([apart] if apart.height else [])], how="diagonal")
    buffer = io.BytesIO()
    joined.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def unseal(parquet: bytes, info: WaveInfo) -> Wave:
    """A sealed wave back. Raises WrongVersion when it was sealed with another questionnaire,
    BrokenSeal when it is none."""
    try:
        joined = pl.read_parquet(io.BytesIO(parquet))
    except pl.exceptions.PolarsError as error:
        raise _broken(info) from error
    names = slot_names(info.questionnaire)
    if joined.columns != [*GROUPS, *names, _ITEM, _TEXT]:
        raise WrongVersion(
            f"the sealed wave of '{info.campaign}' has other items than questionnaire "
            f"{info.questionnaire.id} {info.questionnaire.version}; "
            "open it with the version the round was opened with"
        )
    words = joined.filter(pl.col(_ITEM).is_not_null()).rename({_ITEM: "item", _TEXT: "text"})
    answers = joined.filter(pl.col(_ITEM).is_null()).select(*GROUPS, *names)
    by_open_link = pl.col("mode").str.starts_with(OPEN)
    known = {f.name: getattr(info, f.name) for f in fields(WaveInfo)}
    return Wave(
        **known,
        frame=answers.filter(~by_open_link),
        texts=words.filter(pl.col("mode").is_null()).select(TEXT_COLUMNS),
        open_texts=words.filter(pl.col("mode").is_not_null()).select(OPEN_TEXT_COLUMNS),
        content_hash=_hash(info, parquet).hex(),
        open_answers={
            str(estate): int(n)
            for estate, n in answers.filter(by_open_link).group_by("estate").len().sort("estate").iter_rows()
        },
    )


async def store_sealed(answers_connection: Connection, wave: Wave) -> None:
    """Keep the wave for good. A wave that is sealed already stays as it was."""
    parquet = seal(wave)
    await queries.store_wave(
        answers_connection,
        organisation_id=wave.organisation_id,
        campaign_id=wave.campaign_id,
        content_hash=_hash(wave, parquet),
        parquet=parquet,
        responses=wave.frame.height,
    )


async def load_sealed(answers_connection: Connection, info: WaveInfo) -> Wave | None:
    """The sealed wave of a round, None when it is not sealed. BrokenSeal when its bytes were changed, also
    together with their hash after something was published."""
    row = await queries.load_wave(
        answers_connection, organisation_id=info.organisation_id, campaign_id=info.campaign_id
    )
    if row is None:
        return None
    parquet = bytes(row["parquet"])
    if row["replaced"] or _hash(info, parquet) != bytes(row["content_hash"]):
        raise _broken(info)
    return unseal(parquet, info)


def _broken(info: WaveInfo) -> BrokenSeal:
    return BrokenSeal(
        f"the sealed wave of '{info.campaign}' does not match its hash, or that of a published report: "
        "it was changed after sealing; restore it from a backup"
    )
