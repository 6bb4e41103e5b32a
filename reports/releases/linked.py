"""Records of persons over the waves of a panel: one a person, what was answered in each wave side by side.

Only those who agreed, whose answers the mixer stored with a pseudonym; those seen in one wave alone are in
the release of that wave. The pseudonym itself never leaves: a record bears a number drawn from where it
comes to stand, made for this release and good for no other.

A record of several waves tells more than one of a single wave, so it is protected as a whole. In which waves
somebody took part is no secret to neighbours: a record must be alike with `K` - 1 others in estate, waves
*and* keys. A key is told once, as it was first given to the question that the last wave asks; items stand
once a wave. Which questions are the same over the waves is for `forms.versions` to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

import numpy as np
import polars as pl

from forms.questionnaire import Item
from forms.versions import alike, comparable
from reports.errors import BrokenSeal
from reports.releases import dataset as records
from reports.releases.anonymity import Cells, frequencies, suppress
from reports.releases.dataset import HIDDEN, MIN_NAMED, Dataset, K, Risk, Variable
from reports.releases.errors import NothingToRelease
from reports.releases.wording import wording
from reports.waves import LinkedWave, Wave

PERSON, WAVES = "person", "waves"


def protect_linked(waves: Sequence[LinkedWave], language: str = "nb") -> Dataset:
    """The persons of a panel, protected. `waves`: in their order, each with its linked answers.

    Raises NothingToRelease, UnknownKeys, and BrokenSeal when an answer is not in its sealed wave.
    """
    for wave in waves:
        _check_sealed(wave)
    last = waves[-1].wave
    keys = records.key_items(last.questionnaire)
    persons = _persons(waves)
    took_part = np.column_stack([np.isin(persons["person"], wave.people["person"]) for wave in waves])
    several = took_part.sum(axis=1) > 1
    sizes = dict(persons.filter(pl.Series(several)).group_by("estate").len().iter_rows())
    estates = {place.id: place for wave in waves for place in wave.wave.estates}
    # Never put together: the reports of each wave would say which of them a person is from.
    codes, labels, pooled = records.estate_codes(tuple(estates.values()), sizes, language, together=False)
    estate = np.array([codes.get(place, 0) for place in persons["estate"]], np.int16)
    pattern = took_part.astype(np.int64) @ (1 << np.arange(len(waves)))
    chosen = several & (estate > 0)
    together = frequencies(np.column_stack([estate, pattern, chosen]).astype(np.int16))
    chosen &= together >= K
    if not chosen.any():
        raise NothingToRelease("release.nothing_linked", limit=MIN_NAMED)
    who, estate, pattern = persons["person"].filter(pl.Series(chosen)), estate[chosen], pattern[chosen]
    rows = [_rows(wave, who) for wave in waves]

    raw_keys = _first_given(waves, rows, last, keys, len(who))
    banded = raw_keys.copy()
    for place, item in enumerate(keys):
        banded[:, place] = records.banded_codes(last.questionnaire, item, raw_keys[:, place])
    _, place_and_waves = np.unique(np.column_stack([estate, pattern]), axis=0, return_inverse=True)
    fixed = place_and_waves.reshape(-1).astype(np.int16)
    safe = suppress(fixed, banded, K, HIDDEN, tuple(float(len(keys) - place) for place in range(len(keys))))

    told = wording(language)
    columns: dict[str, Cells] = {WAVES: pattern.astype(np.int16)}
    variables = [
        Variable(PERSON, told("release.person"), "", {}, False, "person"),
        Variable("estate", told("release.estate"), "", labels, False, "estate"),
        Variable(WAVES, told("release.waves"), "", _patterns(waves, pattern), False, "estate"),
    ]
    for place, item in enumerate(keys):
        columns[item.id] = safe.values[:, place]
        variables.append(records.variable_of(last.questionnaire, item, item.id, language, "key"))
    dropped: dict[str, tuple[str, ...]] = {}
    for place, (wave, row) in enumerate(zip(waves, rows, strict=True)):
        items, left_out = records.chosen_items(wave.wave.questionnaire, _keys_of(wave, last, keys))
        dropped = {
            reason: tuple(dict.fromkeys((*dropped.get(reason, ()), *ids))) for reason, ids in left_out.items()
        }
        for item in items:
            for name, values, variable in records.item_columns(
                wave.wave.questionnaire, item, wave.people, language
            ):
                of_wave = f"w{wave.number}_{name}"
                columns[of_wave] = np.where(row < 0, records.EMPTY, values[row]).astype(np.int16)
                label = told("release.of_wave", n=wave.number, text=variable.label)
                told_apart = _trend(waves[:place], wave, item, name.removeprefix(item.id))
                variables.append(replace(variable, name=of_wave, label=label, **told_apart))
    one_answer = sum(
        records.blank_where_alike(columns[v.name], fixed, v) for v in variables if v.role == "item"
    )
    agreeing = records.blank_where_agreed(columns, variables, fixed, np.column_stack([fixed, safe.values]))
    dependent: dict[str, int] = {}
    seen = np.column_stack([fixed, safe.values])
    for wave in waves:
        form = wave.wave.questionnaire
        same = alike(form, last.questionnaire)
        own_columns = {
            name: [f"w{wave.number}_{column}" for column in own]
            for name, own in records.columns_of_items(
                [
                    variable
                    for item in records.chosen_items(form, _keys_of(wave, last, keys))[0]
                    for _, _, variable in records.item_columns(form, item, wave.people, language)
                ]
            ).items()
        }
        places = {same.get(item.id, item.id): place for place, item in enumerate(keys)}
        found, seen = records.blank_what_depends(
            form, columns, own_columns, places, raw_keys, safe.values, seen
        )
        dependent |= {f"w{wave.number}_{name}": n for name, n in found.items()}
    frame = records.ordered(estate, columns)
    frame = frame.with_row_index(PERSON, offset=1).with_columns(pl.col(PERSON).cast(pl.Int32))
    before = frequencies(np.column_stack([fixed, raw_keys]))
    after = frequencies(seen)
    risk = Risk(
        k=K,
        keys=tuple(item.id for item in keys),
        records_in_wave=int(several.sum()),
        records_released=len(who),
        left_out_records=int(several.sum()) - len(who),
        left_out_estates=len([place for place in sizes if place not in codes]),
        pooled_estates=pooled,
        unique_before=int((before == 1).sum()),
        below_k_before=int((before < K).sum()),
        smallest_group_after=int(after.min()),
        blanked={item.id: int(safe.blanked[:, place].sum()) for place, item in enumerate(keys)},
        not_given={item.id: int((raw_keys[:, place] == HIDDEN).sum()) for place, item in enumerate(keys)},
        banded=tuple(item.id for item in keys if last.questionnaire.release_bands.get(item.id)),
        alike=one_answer,
        agreeing=agreeing,
        dependent=dependent,
        dropped=dropped,
    )
    return Dataset(last, language, tuple(variables), frame, risk, linked=_hash(waves, frame))


def _check_sealed(linked: LinkedWave) -> None:
    """Raises BrokenSeal when a linked answer is not, as often, among the sealed ones of its estate."""
    answers = [name for name in linked.people.columns if name != "person"]
    mine = linked.people.group_by(answers).len("linked")
    sealed = linked.wave.frame.select(answers).group_by(answers).len("sealed")
    both = mine.join(sealed, on=answers, how="left", nulls_equal=True)
    if both.filter(pl.col("sealed").fill_null(0) < pl.col("linked")).height:
        raise BrokenSeal(
            f"linked answers of '{linked.wave.campaign}' are not those of its sealed wave: they were changed "
            "after sealing; restore the database from a backup"
        )


def _persons(waves: Sequence[LinkedWave]) -> pl.DataFrame:
    """Each person once, with the estate; in an order that says nothing of the waves."""
    every = pl.concat([wave.people.select("person", "estate") for wave in waves])
    return every.unique().sort("person")


def _rows(wave: LinkedWave, who: pl.Series) -> Cells:
    """For each person the place of the answer in this wave, -1 where there is none."""
    places = {person: place for place, person in enumerate(wave.people["person"])}
    return np.array([places.get(person, -1) for person in who], np.int64)


def _keys_of(wave: LinkedWave, last: Wave, keys: Sequence[Item]) -> tuple[Item, ...]:
    """The questions of a wave that are told as keys, or bear the name of one."""
    same = alike(wave.wave.questionnaire, last.questionnaire)
    names = {key.id for key in keys} | {same[key.id] for key in keys if key.id in same}
    return tuple(item for item in wave.wave.questionnaire.items() if item.id in names)


class _Trend(TypedDict):
    compares: str
    broken: bool


def _trend(before: Sequence[LinkedWave], wave: LinkedWave, item: Item, part: str) -> _Trend:
    """What of the waves before a column can be held against; `part`: what its name has after the item."""
    asked_before = False
    for earlier in reversed(before):
        form = earlier.wave.questionnaire
        if old := comparable(form, wave.wave.questionnaire).get(item.id):
            return _Trend(compares=f"w{earlier.number}_{old}{part}", broken=False)
        asked_before = asked_before or any(one.meaning == item.meaning for one in form.stored())
    return _Trend(compares="", broken=asked_before and not item.retrospective)


def _first_given(
    waves: Sequence[LinkedWave], rows: Sequence[Cells], last: Wave, keys: Sequence[Item], n: int
) -> Cells:
    """Codes of the keys as they were first given, in the waves that asked as the last one does (persons x
    keys); HIDDEN where never."""
    found = np.full((n, len(keys)), HIDDEN, np.int16)
    for wave, row in zip(waves, rows, strict=True):
        form = wave.wave.questionnaire
        same = alike(form, last.questionnaire)
        for place, item in enumerate(keys):
            if item.id in same:
                codes = records.key_codes(wave.people, form.item(same[item.id]))
                given = np.where(row < 0, HIDDEN, codes[row] if len(codes) else HIDDEN)
                found[:, place] = np.where(found[:, place] == HIDDEN, given, found[:, place])
    return found


def _patterns(waves: Sequence[LinkedWave], pattern: Cells) -> dict[int, str]:
    """'1 + 3': the waves of each code, the sum of 1, 2, 4, 8 ... for the first, second, third ..."""
    return {
        int(code): " + ".join(str(wave.number) for bit, wave in enumerate(waves) if code >> bit & 1)
        for code in np.unique(pattern)
    }


def _hash(waves: Sequence[LinkedWave], frame: pl.DataFrame) -> str:
    """Of what the release was made of and became: the same waves, the same name."""
    content = "".join(wave.wave.content_hash for wave in waves) + frame.write_csv()
    return hashlib.sha256(content.encode()).hexdigest()
