"""A judged breakdown written down: rows for people and for machines, as the profile has it."""

from __future__ import annotations

import io
import json
import math
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.breakdowns.ledger import Judgement
from reports.breakdowns.people import Crossing
from reports.counts import estate_index
from reports.disclosure import PROFILES, Profile, rounded_base
from reports.inference.proportions import share_interval
from reports.inference.settings import MOST_WEIGHT
from reports.results import Weighting
from reports.rounding import half_up
from reports.scope import wave_of_sizes_that_can_be
from reports.waves import Estate, seal
from reports.widths import Lots

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
    low: float | None
    high: float | None
    """Where the share lies among all such tenants, those who did not answer too: 95 %, exact, whole percent
    outwards, from the numbers as they are told. All groups of one estate are a part of its homes, where these
    are known (hypergeometric). How many such tenants there are is not known of a group, so endlessly
    many are assumed (Clopper and Pearson): wider than where all were asked. None where the numbers are
    blurred, and where everybody answered."""
    asked: int | None
    """Homes asked in the place, beside the base of everybody; None where not all are known."""
    everybody: bool
    """All homes of the place were asked and answered the question: its shares are counted, not estimated."""
    weighted: float | None
    """The same weighted to the register, rounded so far that two answers do not show: of areas and all, where
    every number of the place is told."""
    hidden: str | None
    wider: str | None


@dataclass(frozen=True)
class Basis:
    """Which estates the numbers are made of, and which not: as the reports on the estates tell it."""

    estates: tuple[str, ...]
    few: tuple[str, ...]
    """Left out: fewer than five answers to the question."""
    hiding: tuple[str, ...]
    """Left out: their own reports do not show these answers, and who takes the others from the whole would
    have them."""
    hidden_answers: int
    """Answers of `hiding`, to fives."""

    @property
    def whole(self) -> bool:
        return not self.few and not self.hiding


def basis_of(found: Judgement) -> Basis | None:
    """None of a sensitive question: no report tells how single estates answered, and who is in would."""
    people = found.people
    if people.item.sensitive:
        return None
    names = [estate.name for estate in people.wave.estates]
    estates, few, hiding = (
        tuple(names[place] for place in places) for places in (people.estates, people.few, people.hiding)
    )
    return Basis(estates, few, hiding, rounded_base(people.hidden_answers))


@dataclass(frozen=True)
class Sampled:
    """An estate of the round where so many homes were drawn by lot, and of how many."""

    estate: str
    asked: int
    dwellings: int


def sampled_of(found: Judgement) -> tuple[Sampled, ...]:
    """Of all estates of the round, whether or not they are in the numbers: how it asked is no secret."""
    return tuple(
        Sampled(estate.name, estate.invited or 0, estate.dwellings)
        for estate in found.people.wave.estates
        if estate.dwellings is not None
    )


def rows_of(found: Judgement, language: str) -> list[Row]:
    """All groups together first, then each group, place by place."""
    answers = ["", *_answers(found, language)]
    groups = [ALL_GROUPS, *_groups(found, language)]
    told = _Told(found)
    weighted = _Weighted(found)
    rows = []
    for (at, place), (column, group) in product(enumerate(found.places), enumerate(groups)):
        base = told.number(at, 0, column)
        known = told.everybody(at)
        for line, answer in enumerate(answers):
            n = told.number(at, line, column)
            share = n / base if line and n is not None and base else None
            low, high = (None, None)
            if share is not None and not known:
                low, high = told.interval(n, base, None if column else told.homes(at))
            asked = None if line or column else told.asked(at)
            wider = f"{place}, {answer}".rstrip(", ") if n is None else None
            fitted = weighted.share(at, line, column) if share is not None else None
            few = FEW if n is None else None
            rows.append(Row(place, group, answer, n, share, low, high, asked, known, fitted, few, wider))
    return rows


def overfull_of(found: Judgement) -> tuple[str, ...]:
    """Estates in the numbers with more answers than homes asked: how many homes there are is not known."""
    marked = _sized(found)
    return tuple(marked[place].name for place in found.people.estates if marked[place].overfull)


def _sized(found: Judgement) -> tuple[Estate, ...]:
    wave = found.people.wave
    responses = np.bincount(estate_index(wave), minlength=len(wave.estates))
    return wave_of_sizes_that_can_be(wave, responses).estates


class _Members:
    """Who is counted in a number, whatever it was asked with."""

    def __init__(self, found: Judgement) -> None:
        people = self.people = found.people
        crossing = Crossing.of(people, sorted(grouping.variable for grouping in found.ask.by))
        self.groups = [np.isin(crossing.leaf, list(union)) for union in crossing.unions(found.ask)]
        nodes = people.places().nodes
        self.places = [np.isin(people.estate, nodes[node]) for node in people.asked(found.ask)]

    def inside(self, place: int, column: int) -> NDArray[np.bool_]:
        """Marks over `people.rows`; column 0 is all groups together."""
        return self.places[place] & self.groups[column - 1] if column else self.places[place]

    def rows(self, place: int, answer: int, column: int) -> NDArray[np.int64]:
        """Of the wave's frame; answers are 1, 2, ..., 0 is whoever answered."""
        inside = self.inside(place, column)
        return self.people.rows[inside & (self.people.answer == answer - 1) if answer else inside]


class _Told:
    def __init__(self, found: Judgement) -> None:
        self.found = found
        self.profile = PROFILES[found.ask.profile]
        self.noise = _Noise(found) if self.profile.noise else None
        self._all = _sized(found)

    def estates(self, place: int) -> list[Estate]:
        people = self.found.people
        leaves = people.places().nodes[people.asked(self.found.ask)[place]]
        return [self._all[people.estates[leaf]] for leaf in leaves]

    def asked(self, place: int) -> int | None:
        """Homes asked in a place; None where not all are known."""
        estates = self.estates(place)
        if any(own.invited is None or own.pool or own.others or own.overfull for own in estates):
            return None
        return sum(own.invited or 0 for own in estates)

    def number(self, place: int, answer: int, column: int) -> int | None:
        """As it is told; column 0 is all groups together."""
        found = self.found
        if column and not found.told[place, answer, column - 1]:
            return None
        n = int(found.values[place, answer, column - 1] if column else found.whole[place, answer])
        if self.noise is None:
            return int(half_up(n / self.profile.rounding) * self.profile.rounding)
        return self.noise.over(n, (place, answer, column), self.profile)

    def everybody(self, place: int) -> bool:
        """From what is told: as many answers as homes, and no home that was not drawn."""
        if self.profile.rounding > 1 or self.noise is not None:
            return False
        drawn = any(estate.dwellings is not None for estate in self.estates(place))
        return not drawn and self.number(place, 0, 0) == self.asked(place)

    def homes(self, place: int) -> int | None:
        """Of one estate, those that its answers are a part of. Several are strata, of which no sum is one."""
        estates = self.estates(place)
        return estates[0].finite if len(estates) == 1 else None

    def interval(
        self, n: int | None, base: int | None, homes: int | None
    ) -> tuple[float, float] | tuple[None, None]:
        """Of a share n of base, both as they are told; where they are rounded, of all that they may be.
        `homes`: that the base is of; None: endless."""
        if n is None or not base or self.noise is not None:
            return None, None
        off = self.profile.rounding // 2
        low, _ = share_interval(max(n - off, 0), max(base + off, n - off), homes)
        _, high = share_interval(n + off, max(base - off, n + off), homes)
        return math.floor(float(low) * 100) / 100, math.ceil(float(high) * 100) / 100


class _Weighted:
    """Shares by the weights of the round; None of all where it has none, or the profile blurs its numbers."""

    def __init__(self, found: Judgement) -> None:
        self.found = found
        profile = PROFILES[found.ask.profile]
        sharp = profile.rounding == 1 and not profile.noise and found.ask.level != "estate"
        self.weights = found.people.weighted[0] if sharp else None
        if self.weights is None:
            return
        self.members = _Members(found)

    def share(self, place: int, answer: int, column: int) -> float | None:
        """Answers are 1, 2, ...; column 0 is all groups together."""
        if self.weights is None or not self.found.told[place].all():
            return None
        people = self.found.people
        inside, whole = self.members.inside(place, column), self.members.inside(place, 0)
        own = self.weights.of_rows[people.rows]
        domain = np.zeros(people.wave.frame.height, bool)
        domain[people.rows[whole]] = True
        step = self.weights.step(domain, inside.sum() / max(1, whole.sum()))
        if step is None:
            return None
        # Not shares but the edges between them are rounded: as in the bars of the reports.
        edges = [
            half_up(own[inside & (people.answer < end)].sum() / own[inside].sum() / step) * step
            for end in (answer - 1, answer)
        ]
        return round(float(edges[1] - edges[0]), 10)  # 0.3, not 0.30000000000000004


class _Noise:
    """Noise that is always the same for the same people, so that asking again, or in other bands, does not
    average it away; drawn from the answers themselves, so that only those who have them can reckon it out.

    Source: the cell key method, Fraser and Wooton 2005, A proposed method for confidentialising tabular
    output to protect against differencing (Australian Bureau of Statistics).
    """

    def __init__(self, found: Judgement) -> None:
        self.lots = Lots.of(b"bostemme noise", found.people.wave.salt, seal(found.people.wave))
        self.members = _Members(found)

    def over(self, n: int, cell: tuple[int, int, int], profile: Profile) -> int:
        off = self.lots.number(self.members.rows(*cell).tobytes()) % (2 * profile.noise + 1) - profile.noise
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
    weights = weighting_of(found)
    document = {
        "round": wave.campaign,
        "wave": wave.content_hash,
        "asked": json.loads(found.ask.canonical()),
        "wider_places": found.wider,
        "basis": _basis(found),
        "sampled": [asdict(place) for place in sampled_of(found)],
        "overfull": overfull_of(found),
        "weighting": None if weights is None else _weighting(weights),
        "numbers": [asdict(row) for row in rows_of(found, language)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def weighting_of(found: Judgement) -> Weighting | None:
    """How the totals of this round are weighted to the register, or why they are not; None where it said
    nothing."""
    return found.people.weighted[1]


def _weighting(weights: Weighting) -> dict[str, object]:
    document = asdict(weights)
    del document["beside"]  # the report tells it
    return document | {"most": MOST_WEIGHT}


def _basis(found: Judgement) -> dict[str, object] | None:
    basis = basis_of(found)
    return None if basis is None else asdict(basis)


def as_parquet(found: Judgement, language: str) -> bytes:
    """The rows as one table; which estates they are made of, where homes were drawn and how they are
    weighted, as JSON under `basis`, `sampled` and `weighting` in the file's metadata."""
    buffer = io.BytesIO()
    schema = {
        "place": pl.String, "group": pl.String, "answer": pl.String, "n": pl.Int64, "share": pl.Float64,
        "low": pl.Float64, "high": pl.Float64, "asked": pl.Int64,
        "everybody": pl.Boolean, "weighted": pl.Float64, "hidden": pl.String, "wider": pl.String,
    }  # fmt: skip
    weights = weighting_of(found)
    about = {"basis": json.dumps(_basis(found))}
    if places := sampled_of(found):
        about["sampled"] = json.dumps([asdict(place) for place in places])
    if overfull := overfull_of(found):
        about["overfull"] = json.dumps(overfull)
    if weights is not None:
        about["weighting"] = json.dumps(_weighting(weights))
    rows = [asdict(row) for row in rows_of(found, language)]
    pl.DataFrame(rows, schema=schema).write_parquet(buffer, metadata=about)
    return buffer.getvalue()
