"""A judged breakdown written down: rows for people and for machines, as the profile has it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from itertools import product

import polars as pl

from reports.breakdowns.ledger import Judgement
from reports.disclosure import PROFILES, Profile
from reports.rounding import half_up
from reports.waves import Wave, seal

FEW = "few"
"""Why a number is not told: few answers here, or beside it, where they would follow. Never which of the
two."""
ALL_GROUPS = ""


@dataclass(frozen=True)
class Row:
    """One number. `answer` and `group`: empty for everybody. `n`: people, None when `hidden` says why not;
    then `wider` names the group that has an answer: the same place and answer for all groups together."""

    place: str
    group: str
    answer: str
    n: int | None
    share: float | None
    """Of the base, 0..1, from the numbers as they are told."""
    hidden: str | None
    wider: str | None


def rows_of(found: Judgement, language: str) -> list[Row]:
    """All groups together first, then each group, place by place."""
    answers = ["", *_answers(found, language)]
    groups = [ALL_GROUPS, *_groups(found, language)]
    told = _Told(found)
    rows = []
    for (at, place), (column, group) in product(enumerate(found.places), enumerate(groups)):
        base = told.number(at, 0, column)
        for line, answer in enumerate(answers):
            n = told.number(at, line, column)
            share = n / base if line and n is not None and base else None
            wider = f"{place}, {answer}".rstrip(", ") if n is None else None
            rows.append(Row(place, group, answer, n, share, FEW if n is None else None, wider))
    return rows


class _Told:
    def __init__(self, found: Judgement) -> None:
        self.found = found
        self.profile = PROFILES[found.ask.profile]
        self.noise = _Noise(found.people.wave) if self.profile.noise else None

    def number(self, place: int, answer: int, column: int) -> int | None:
        """As it is told; column 0 is all groups together."""
        found = self.found
        if column and not found.told[place, answer, column - 1]:
            return None
        n = int(found.values[place, answer, column - 1] if column else found.whole[place, answer])
        if self.noise is None:
            return int(half_up(n / self.profile.rounding) * self.profile.rounding)
        return self.noise.over(n, (found.places[place], answer, column, found.ask.canonical()), self.profile)


class _Noise:
    """Noise that is always the same for the same number, so that asking again does not average it away; drawn
    from the answers themselves, so that only those who have them can reckon it out."""

    def __init__(self, wave: Wave) -> None:
        self.key = hashlib.blake2b(seal(wave), digest_size=32, person=b"bostemme noise").digest()

    def over(self, n: int, about: object, profile: Profile) -> int:
        drawn = hashlib.blake2b(repr(about).encode(), digest_size=8, key=self.key).digest()
        off = int.from_bytes(drawn, "big") % (2 * profile.noise + 1) - profile.noise
        return max(profile.fewest, n + off) if n else 0


def _answers(found: Judgement, language: str) -> list[str]:
    form, people = found.people.wave.questionnaire, found.people
    texts = {choice.code: choice.text.get(language) for choice in form.choices(people.item)}
    return [" / ".join(texts[code] for code in people.codes[first:last]) for first, last in people.spans]


def _groups(found: Judgement, language: str) -> list[str]:
    form = found.people.wave.questionnaire
    names = []
    for grouping in sorted(found.ask.by, key=lambda g: g.variable):
        texts = {
            choice.code: choice.text.get(language) for choice in form.choices(form.item(grouping.variable))
        }
        names.append([" / ".join(texts[code] for code in band) for band in grouping.bands])
    return [", ".join(parts) for parts in product(*names)]


def as_json(found: Judgement, language: str) -> str:
    """One document: what was asked and answered, the wave it is of, and the rows."""
    wave = found.people.wave
    document = {
        "round": wave.campaign,
        "wave": wave.content_hash,
        "asked": json.loads(found.ask.canonical()),
        "wider_places": found.wider,
        "numbers": [asdict(row) for row in rows_of(found, language)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def as_parquet(found: Judgement, language: str) -> bytes:
    """The rows as one table."""
    buffer = io.BytesIO()
    schema = {
        "place": pl.String, "group": pl.String, "answer": pl.String, "n": pl.Int64, "share": pl.Float64,
        "hidden": pl.String, "wider": pl.String,
    }  # fmt: skip
    pl.DataFrame([asdict(row) for row in rows_of(found, language)], schema=schema).write_parquet(buffer)
    return buffer.getvalue()
