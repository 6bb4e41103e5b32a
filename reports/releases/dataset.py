"""From a sealed wave to records that may leave the house, with the account of what it cost.

What is left out, always: free text; items marked `sensitive` (they may never be told by estate) unless
declared as keys; background items that are not declared as keys, since nothing protects them; the
language and the mode of the answer; estates with fewer than `MIN_ANSWERS` answers, which no total counts
either. Estates with fewer than `MIN_NAMED` are left out too; only where there are so many that reports do not
part them again are they put together under one name (`pools.py`).

What is put together: answers to a key that the questionnaire declares as one band (`release_bands`).

What is blanked: rare combinations of keys within an estate (`anonymity.py`), an item in an estate where all
who answered said the same, or all who are alike on keys (`diversity.py`), and what depends on what is blanked
(`dependents.py`). What depends on an item that is left out for what it tells, is left out with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from forms.answers import Layout
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire
from forms.ties import behind
from reports.releases.anonymity import Cells, Suppression, frequencies, suppress
from reports.releases.beside import blank_beside, fewest_alike
from reports.releases.dependents import blank_dependents, says_a_key_again, told_apart
from reports.releases.diversity import blank_where_groups_agree, groups_of
from reports.releases.errors import NothingToRelease, UnknownKeys
from reports.releases.pools import may_be_put_together
from reports.releases.wording import wording
from reports.scope import Groundwork
from reports.waves import Estate, Wave

K = 5
MIN_ANSWERS = 5
MIN_NAMED = 10
"""Below this an estate is never named: breakdowns by group begin at 10 answers."""
HIDDEN = 252
"""Key not given or blanked; item blanked. Codes of choices end at 250, special codes begin at 253."""
POOLED = 999
"""Code of 'smaller estates, put together'."""
EMPTY = -1
"""Unanswered while the records are made; null in the end. 0 means 'not picked' in columns of a multi item."""


@dataclass(frozen=True)
class Variable:
    """One column. `values`: code -> label. `picks`: 1 or 0, whether one choice of several was picked."""

    name: str
    label: str
    item_id: str
    values: dict[int, str]
    ordinal: bool
    role: Literal["person", "estate", "key", "item"]
    picks: bool = False
    compares: str = ""
    """Of a panel: the column of an earlier wave whose answers these may be held against."""
    broken: bool = False
    """Of a panel: asked before, in another way."""


@dataclass(frozen=True)
class Risk:
    """What was at stake and what was done. Counts are records unless said otherwise."""

    k: int
    keys: tuple[str, ...]
    records_in_wave: int
    records_released: int
    left_out_records: int
    left_out_estates: int
    pooled_estates: int
    unique_before: int
    below_k_before: int
    smallest_group_after: int
    blanked: dict[str, int]
    """Cells blanked, by key."""
    not_given: dict[str, int]
    """Cells that were empty from the start, by key; told here, not in the data."""
    banded: tuple[str, ...]
    """Keys of which answers are put together in wider bands."""
    alike: int
    """(estate, column) pairs blanked because nearly all who answered said the same, or because reports and
    records together would have told of such, or of estates that are left out. Which of them is not told."""
    agreeing: int
    """Cells of items blanked because all who are alike on keys said the same, or for the sake of such."""
    dependent: dict[str, int]
    """Records in which an item is blanked for what it depends on, by item."""
    dropped: dict[str, tuple[str, ...]]
    """Items left out by reason: text, sensitive, background, dependent on one of the latter two."""

    @property
    def blanked_share(self) -> float:
        """Blanked cells of all key cells that were given, 0..1."""
        given = self.records_released * len(self.keys) - sum(self.not_given.values())
        return sum(self.blanked.values()) / given if given else 0.0


@dataclass(frozen=True)
class Dataset:
    """Protected records. `frame`: one Int16 column a variable; null means unanswered.

    `linked`: hash of what it was made of, when a record is a person over several waves; then `wave` is the
    last.
    """

    wave: Wave
    language: str
    variables: tuple[Variable, ...]
    frame: pl.DataFrame
    risk: Risk
    linked: str = ""

    @property
    def name(self) -> str:
        """Stem of the file names: questionnaire, month of closing, first digits of the wave's hash."""
        wave = self.wave
        if self.linked:
            return f"{wave.questionnaire.id}-panel-{wave.last_day:%Y-%m}-{self.linked[:8]}"
        return f"{wave.questionnaire.id}-{wave.last_day:%Y-%m}-{wave.content_hash[:8]}"


def protect(wave: Wave, language: str = "nb") -> Dataset:
    """The records of a sealed wave, protected. Raises NothingToRelease, UnknownKeys."""
    questionnaire = wave.questionnaire
    keys = key_items(questionnaire)
    sizes = dict(wave.frame.group_by("estate").len().iter_rows())
    codes, labels, pooled = estate_codes(wave.estates, sizes, language, together=_together(wave, sizes))
    frame = wave.frame.filter(pl.col("estate").is_in(list(codes)))
    if not frame.height:
        raise NothingToRelease("release.nothing", limit=MIN_NAMED)
    estate = frame["estate"].replace_strict(codes, return_dtype=pl.Int16).to_numpy().astype(np.int16)

    items, dropped = chosen_items(questionnaire, keys)
    columns: dict[str, Cells] = {}
    variables = [Variable("estate", wording(language)("release.estate"), "", labels, False, "estate")]
    raw_keys, safe = _safe_keys(questionnaire, frame, keys, codes)
    for place, item in enumerate(keys):
        columns[item.id] = safe.values[:, place]
        variables.append(variable_of(questionnaire, item, item.id, language, "key"))
    for item in items:
        for name, values, variable in item_columns(questionnaire, item, frame, language):
            columns[name] = values
            variables.append(variable)
    alike = sum(blank_where_alike(columns[v.name], estate, v) for v in variables if v.role == "item")
    alike += blank_beside(wave, columns, columns_of_items(variables), estate, codes, POOLED, HIDDEN)
    agreeing = blank_where_agreed(columns, variables, estate, np.column_stack([estate, safe.values]))
    places = {item.id: place for place, item in enumerate(keys)}
    dependent, seen = blank_what_depends(
        questionnaire,
        columns,
        columns_of_items(variables),
        places,
        raw_keys,
        safe.values,
        np.column_stack([estate, safe.values]),
    )

    before = frequencies(np.column_stack([estate, raw_keys]))
    after = frequencies(seen)
    risk = Risk(
        k=K,
        keys=tuple(item.id for item in keys),
        records_in_wave=wave.frame.height,
        records_released=frame.height,
        left_out_records=wave.frame.height - frame.height,
        left_out_estates=len([n for e, n in sizes.items() if e not in codes]),
        pooled_estates=pooled,
        unique_before=int((before == 1).sum()),
        below_k_before=int((before < K).sum()),
        smallest_group_after=int(after.min()),
        blanked={item.id: int(safe.blanked[:, place].sum()) for place, item in enumerate(keys)},
        not_given={item.id: int((raw_keys[:, place] == HIDDEN).sum()) for place, item in enumerate(keys)},
        banded=tuple(item.id for item in keys if questionnaire.release_bands.get(item.id)),
        alike=alike,
        agreeing=agreeing,
        dependent=dependent,
        dropped=dropped,
    )
    return Dataset(wave, language, tuple(variables), ordered(estate, columns), risk)


def columns_of_items(variables: Sequence[Variable]) -> dict[str, list[str]]:
    """Item -> its columns."""
    found: dict[str, list[str]] = {}
    for variable in variables:
        if variable.role == "item":
            found.setdefault(variable.item_id, []).append(variable.name)
    return found


def blank_what_depends(
    questionnaire: Questionnaire,
    columns: dict[str, Cells],
    of_item: Mapping[str, Sequence[str]],
    places: Mapping[str, int],
    raw: Cells,
    released: Cells,
    seen: Cells,
) -> tuple[dict[str, int], Cells]:
    """Blank what tells of blanked answers, and what parts the answers of a band. In place; item -> records,
    and what records are alike on, by keys and by what the rest tells of them.

    `places`: item -> which of the keys it is, `raw` and as `released`. `seen`: see `told_apart`.
    """
    depends = behind(questionnaire)
    keys = {name: released[:, place] for name, place in places.items()}
    again = {
        name: frozenset(
            key
            for key, place in places.items()
            if len(own) == 1
            and says_a_key_again(columns[own[0]], raw[:, place], (EMPTY, HIDDEN, *SPECIAL_CODES.values()))
        )
        for name, own in of_item.items()
    }
    for name in of_item:
        own_ties = depends.get(name, frozenset())
        more_keys = (again.get(other, frozenset()) for other in (name, *own_ties))
        depends[name] = own_ties.union(*more_keys)
    blanked = blank_dependents(columns, of_item, depends, keys, HIDDEN)
    telling = [
        (
            [columns[column] for column in of_item[name]],
            [places[key] for key in depends[name] & places.keys()],
        )
        for name in of_item
        if depends.get(name, frozenset()) & places.keys()
    ]
    before = {name: _hidden(columns, own) for name, own in of_item.items()}
    seen = told_apart(seen, released, raw, telling, K, EMPTY, HIDDEN)
    blank_dependents(columns, of_item, depends, keys, HIDDEN)
    for name, own in of_item.items():
        if more := _hidden(columns, own) - before[name]:
            blanked[name] = blanked.get(name, 0) + more
    return blanked, seen


def _hidden(columns: Mapping[str, Cells], own: Sequence[str]) -> int:
    return int(np.all([columns[column] == HIDDEN for column in own], axis=0).sum())


def released_keys(wave: Wave) -> tuple[tuple[str, ...], Cells]:
    """The keys of a release, and what it shows of them: records of the wave x keys, HIDDEN where it shows
    nothing and for records that are left out. The release of a wave is always the same, so this is what was
    handed out.

    Raises NothingToRelease, UnknownKeys.
    """
    keys = key_items(wave.questionnaire)
    sizes = dict(wave.frame.group_by("estate").len().iter_rows())
    codes, _, _ = estate_codes(wave.estates, sizes, "nb", together=_together(wave, sizes))
    kept = wave.frame["estate"].is_in(list(codes)).to_numpy()
    frame = wave.frame.filter(kept)
    if not frame.height:
        raise NothingToRelease("release.nothing", limit=MIN_NAMED)
    shown = np.full((wave.frame.height, len(keys)), HIDDEN, np.int16)
    if keys:
        shown[kept] = _safe_keys(wave.questionnaire, frame, keys, codes)[1].values
    return tuple(item.id for item in keys), shown


def key_names(wave: Wave) -> tuple[str, ...]:
    """The keys of a release of this wave. Raises UnknownKeys."""
    return tuple(item.id for item in key_items(wave.questionnaire))


def _safe_keys(
    questionnaire: Questionnaire, frame: pl.DataFrame, keys: tuple[Item, ...], codes: dict[str, int]
) -> tuple[Cells, Suppression]:
    """Raw codes of the keys, and the keys as released. Earlier keys are worth more."""
    estate = frame["estate"].replace_strict(codes, return_dtype=pl.Int16).to_numpy().astype(np.int16)
    if not keys:
        raw = np.zeros((len(estate), 0), np.int16)
        return raw, suppress(estate, raw, K, HIDDEN)
    raw = np.column_stack([key_codes(frame, item) for item in keys])
    banded = np.column_stack([banded_codes(questionnaire, item, raw[:, i]) for i, item in enumerate(keys)])
    weights = tuple(float(len(keys) - place) for place in range(len(keys)))
    return raw, suppress(estate, banded, K, HIDDEN, weights)


def key_items(questionnaire: Questionnaire) -> tuple[Item, ...]:
    items = {item.id: item for item in questionnaire.items()}
    # A short form may lack some of the keys that the full form declares.
    declared = [key for key in questionnaire.release_keys if key in items]
    wrong = [key for key in declared if items[key].kind != "choice"]
    if wrong:
        raise UnknownKeys("release.unknown_keys", keys=", ".join(wrong))
    return tuple(items[key] for key in declared)


def _together(wave: Wave, sizes: Mapping[str, int]) -> bool:
    """Whether the records of small estates may stand in a release, put together."""
    small = [place for place, estate in enumerate(wave.estates) if _small(sizes.get(estate.id, 0))]
    return len(small) > 1 and may_be_put_together(Groundwork.of(wave), small)


def _small(answers: int) -> bool:
    return MIN_ANSWERS <= answers < MIN_NAMED


def estate_codes(
    estates: Sequence[Estate], sizes: Mapping[str, int], language: str, *, together: bool
) -> tuple[dict[str, int], dict[int, str], int]:
    """Estate id -> code for the estates that are released, code -> label, and how many were put together.

    `together`: whether small ones may be; else they are left out.
    """
    by_name = sorted(estates, key=lambda estate: (estate.area, estate.name, estate.id))
    named = [estate for estate in by_name if sizes.get(estate.id, 0) >= MIN_NAMED]
    small = [estate for estate in by_name if together and _small(sizes.get(estate.id, 0))]
    codes = {estate.id: code for code, estate in enumerate(named, start=1)}
    labels = {codes[estate.id]: f"{estate.name} ({estate.area})" for estate in named}
    if len(small) < 2:
        return codes, labels, 0
    labels[POOLED] = wording(language)("release.pooled")
    return {**codes, **{estate.id: POOLED for estate in small}}, labels, len(small)


def chosen_items(
    questionnaire: Questionnaire, keys: tuple[Item, ...]
) -> tuple[list[Item], dict[str, tuple[str, ...]]]:
    chosen: list[Item] = []
    dropped: dict[str, list[str]] = {"text": [], "measured": [], "sensitive": [], "background": []}
    dropped["dependent"] = []
    names = {key.id for key in keys}
    # Text and exact numbers are left out for being what they are; these for what they tell.
    kept_out = {
        item.id
        for item in questionnaire.stored()
        if item.id not in names and (item.sensitive or item.background)
    }
    depends = behind(questionnaire)
    for item in questionnaire.stored():
        if item.id in names:
            continue
        if item.kind == "text" or item.role == "quote_consent":
            dropped["text"].append(item.id)
        elif not item.counted:
            dropped["measured"].append(item.id)
        elif item.sensitive:
            dropped["sensitive"].append(item.id)
        elif item.background:
            dropped["background"].append(item.id)
        elif depends[item.id] & kept_out:
            dropped["dependent"].append(item.id)
        else:
            chosen.append(item)
    return chosen, {reason: tuple(ids) for reason, ids in dropped.items()}


def key_codes(frame: pl.DataFrame, item: Item) -> Cells:
    """Codes of a key. 'Not given' and 'won't say' become the same as blanked: fewer ways to stand out."""
    codes = frame[item.id].to_numpy().astype(np.int16)
    codes[(codes == UNANSWERED) | (codes >= min(SPECIAL_CODES.values()))] = HIDDEN
    return codes


def banded_codes(questionnaire: Questionnaire, item: Item, codes: Cells) -> Cells:
    """Codes with those of a band turned into its lowest one."""
    wide = codes.copy()
    for band in questionnaire.release_bands.get(item.id, ()):
        wide[np.isin(codes, band)] = min(band)
    return wide


def _banded_labels(questionnaire: Questionnaire, item: Item, labels: dict[int, str]) -> dict[int, str]:
    """'15–17 år / 18–25 år': the codes that are left, a band named by all that is in it."""
    bands = {min(band): sorted(band) for band in questionnaire.release_bands.get(item.id, ())}
    gone = {code for band in bands.values() for code in band[1:]}
    return {
        code: " / ".join(labels[part] for part in bands.get(code, [code]))
        for code in labels
        if code not in gone
    }


def item_columns(
    questionnaire: Questionnaire, item: Item, frame: pl.DataFrame, language: str
) -> list[tuple[str, Cells, Variable]]:
    """Columns of one item: a choice has one, a multi one 0/1 column a choice, a ranking one a place."""
    slots = [slot for slot in Layout.of(questionnaire).slots if slot.item_id == item.id]
    raw = {slot.name: frame[slot.name].to_numpy().astype(np.int16) for slot in slots}
    if item.kind != "multi":
        return [
            (
                name,
                np.where(values == UNANSWERED, EMPTY, values).astype(np.int16),
                variable_of(questionnaire, item, name, language, "item", place if len(raw) > 1 else 0),
            )
            for place, (name, values) in enumerate(raw.items(), start=1)
        ]
    state = raw[item.id]
    told = wording(language)
    columns: list[tuple[str, Cells, Variable]] = []
    for bit, choice in enumerate(questionnaire.choices(item)):
        mask = raw[f"{item.id}__m{bit // 8}"]
        picked = np.where(state == 1, (mask >> (bit % 8)) & 1, np.where(state == 0, EMPTY, state)).astype(
            np.int16
        )
        name = f"{item.id}__{choice.value}"
        label = f"{item.text.get(language)} – {choice.text.get(language)}"
        values = {0: told("release.not_picked"), 1: told("release.picked"), **_special_labels(item, language)}
        columns.append((name, picked, Variable(name, label, item.id, values, False, "item", True)))
    return columns


def variable_of(
    questionnaire: Questionnaire,
    item: Item,
    name: str,
    language: str,
    role: Literal["key", "item"],
    place: int = 0,
) -> Variable:
    values = {
        choice.code: questionnaire.told(item, choice, language) for choice in questionnaire.choices(item)
    }
    if role == "key":
        values = _banded_labels(questionnaire, item, values)
    ordinal = bool(item.scale) and questionnaire.scale(item.scale or "").ordinal
    label = item.text.get(language)
    if place:
        label = wording(language)("release.place", place=place, text=label)
    specials = (
        {HIDDEN: wording(language)("release.hidden")} if role == "key" else _special_labels(item, language)
    )
    return Variable(name, label, item.id, {**values, **specials}, ordinal, role)


def _special_labels(item: Item, language: str) -> dict[int, str]:
    told = wording(language)
    labels = {SPECIAL_CODES[word]: told(f"release.special.{word}") for word in item.specials}
    return {HIDDEN: told("release.hidden"), **labels}


def blank_where_alike(values: Cells, estate: Cells, variable: Variable) -> int:
    """Blank a column in every estate where nearly all who answered said the same; returns in how many.

    In place. All but fewer than 5, for else a blank would say that they all did. That nobody picked one of
    several choices tells little about anyone, and stays.
    """
    blanked = 0
    for code in np.unique(estate):
        here = estate == code
        said, counts = np.unique(values[here & (values != EMPTY)], return_counts=True)
        many = counts[said == 1] if variable.picks else counts
        if many.size and many.max() >= fewest_alike(int(counts.sum())):
            values[here] = HIDDEN
            blanked += 1
    return blanked


def blank_where_agreed(
    columns: Mapping[str, Cells], variables: Sequence[Variable], place: Cells, seen: Cells
) -> int:
    """Blank items where all records alike in `seen` (estate, keys) said the same; returns how many cells."""
    group = groups_of(seen)
    return sum(
        blank_where_groups_agree(
            columns[variable.name], place, group, empty=EMPTY, hidden=HIDDEN, picks=variable.picks
        )
        for variable in variables
        if variable.role == "item"
    )


def ordered(estate: Cells, columns: dict[str, Cells]) -> pl.DataFrame:
    """Records in an order that follows from what they hold alone: the same records, the same bytes."""
    table = np.column_stack([estate, *columns.values()])
    table = table[np.lexsort(table.T[::-1])]
    twins: dict[bytes, int] = {}
    places: list[bytes] = []
    for row in table:
        content = row.tobytes()
        twins[content] = twins.get(content, 0) + 1
        places.append(hashlib.sha256(content + twins[content].to_bytes(4, "big")).digest())
    table = table[sorted(range(len(table)), key=places.__getitem__)]
    names = ["estate", *columns]
    data: dict[str, Any] = {name: table[:, place] for place, name in enumerate(names)}
    return pl.DataFrame(data, schema=dict.fromkeys(names, pl.Int16)).with_columns(
        pl.when(pl.col(name) == EMPTY).then(None).otherwise(pl.col(name)).alias(name) for name in columns
    )
