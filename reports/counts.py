"""The one pass: counts of every code of every closed item by estate. Shares, bars and suppression follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from forms.answers import Layout
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire
from reports.errors import UnknownEstate
from reports.waves import Wave

CODES = 256
Table = NDArray[np.int64]


@dataclass(frozen=True)
class Counts:
    """Whole numbers, unprotected: for use inside this room only. E estates in the order of the wave."""

    estates: tuple[str, ...]
    responses: Table
    """E: answers of each estate."""
    codes: dict[str, Table]
    """Item -> E x 256: answers by code. Multi items: 1 answered, 0 not, 253-255; rank items: first place."""
    chosen: dict[str, dict[int, Table]]
    """Multi and rank items -> code -> E: how many chose it (in any place)."""
    outside: dict[str, tuple[int, ...]]
    """Item -> codes that stand outside its scale: 'don't know' and the like, and choices off the scale."""
    modes: dict[str, Table]
    """Mode -> E."""

    def substantive(self, item_id: str) -> Table:
        """E: answers to the item that are neither skipped nor outside its scale."""
        table = self.codes[item_id]
        base: Table = table.sum(axis=1) - table[:, [UNANSWERED, *self.outside[item_id]]].sum(axis=1)
        return base

    def special(self, item_id: str, estates: Sequence[int]) -> list[dict[int, int]]:
        """Of each of these estates the answers outside the scale, by code; no code that nobody gave."""
        outside = self.outside[item_id]
        table = self.codes[item_id][np.ix_(estates, outside)].tolist()
        return [{code: n for code, n in zip(outside, row, strict=True) if n} for row in table]


def estate_index(wave: Wave) -> NDArray[np.int64]:
    """For each answer the place of its estate in `wave.estates`. UnknownEstate when it has none."""
    return _places(wave, wave.frame["estate"])


def _places(wave: Wave, estates: pl.Series) -> NDArray[np.int64]:
    known = estates.cast(pl.Enum([estate.id for estate in wave.estates]), strict=False)
    if known.null_count():
        strangers = estates.filter(known.is_null()).unique().sort().to_list()
        raise UnknownEstate(
            f"round '{wave.campaign}' has answers from estate {', '.join(map(str, strangers))}, which is not "
            "one of its estates; add the estate to the round"
        )
    return _numbers(known)


def _numbers(names: pl.Series) -> NDArray[np.int64]:
    """For each of an Enum its place among the categories."""
    result: NDArray[np.int64] = names.to_physical().to_numpy().astype(np.int64)
    return result


def count(wave: Wave, estate_of: NDArray[np.int64] | None = None) -> Counts:
    """Counts of the whole wave. `estate_of`: as from `estate_index`, when it is at hand."""
    where = estate_index(wave) if estate_of is None else estate_of
    size = len(wave.estates)
    layout = Layout.of(wave.questionnaire)
    by_slot = _by_slot(wave.frame, [slot.name for slot in layout.slots], where, size)
    codes: dict[str, Table] = {}
    chosen: dict[str, dict[int, Table]] = {}
    for item in wave.questionnaire.items():
        if not item.counted:
            continue
        first = f"{item.id}__r1" if item.kind == "rank" else item.id
        codes[item.id] = by_slot[first]
        if item.kind != "choice":
            chosen[item.id] = _chosen(by_slot, wave.questionnaire, item.id)
    return Counts(
        tuple(estate.id for estate in wave.estates),
        np.bincount(where, minlength=size),
        codes,
        chosen,
        {item.id: _outside(wave.questionnaire, item) for item in wave.questionnaire.items()},
        _modes(wave.frame["mode"], where, size),
    )


def _outside(questionnaire: Questionnaire, item: Item) -> tuple[int, ...]:
    off = [choice.code for choice in questionnaire.choices(item) if choice.off_scale]
    return (*SPECIAL_CODES.values(), *(off if item.kind == "choice" else ()))


def _by_slot(
    frame: pl.DataFrame, slots: Sequence[str], where: NDArray[np.int64], estates: int
) -> dict[str, Table]:
    # One scratch column for all slots: a new one each time is fetched from the system, and given back.
    rows = where * CODES
    cells = np.empty_like(rows)
    tables: dict[str, Table] = {}
    for slot in slots:
        np.add(rows, frame[slot].to_numpy(), out=cells)
        tables[slot] = np.bincount(cells, minlength=estates * CODES).reshape(estates, CODES)
    return tables


def _modes(mode: pl.Series, where: NDArray[np.int64], estates: int) -> dict[str, Table]:
    names = mode.unique().sort().to_list()
    number = _numbers(mode.cast(pl.Enum(names)))
    table = np.bincount(where * len(names) + number, minlength=estates * len(names))
    return dict(zip(names, table.reshape(estates, len(names)).T, strict=True))


def _chosen(by_slot: dict[str, Table], questionnaire: Questionnaire, item_id: str) -> dict[int, Table]:
    """Code -> E for a multi or rank item, from the counts of its bytes alone."""
    item = questionnaire.item(item_id)
    choices = questionnaire.choices(item)
    if item.kind == "rank":
        places = [by_slot[f"{item_id}__r{place}"] for place in range(1, item.rank_size + 1)]
        return {choice.code: sum((place[:, choice.code] for place in places[1:]), places[0][:, choice.code])
                for choice in choices}  # fmt: skip
    values = np.arange(CODES)
    return {
        choice.code: by_slot[f"{item_id}__m{i // 8}"][:, (values >> (i % 8)) & 1 == 1].sum(axis=1)
        for i, choice in enumerate(choices)
    }
