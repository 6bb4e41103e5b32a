"""What a codebook may say of how often an answer was given: what the report on all estates says, and no more.

A codebook is what people hand on. So its figures are not counted from the records but taken from the
protected results: answers that the report shows as one are shown as one here, what it hides is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reports.compute import compute
from reports.releases.dataset import HIDDEN, Dataset, Variable
from reports.results import ItemResult, Results

Share = Callable[[float], str]


@dataclass(frozen=True)
class Line:
    """One code. `share`: in words, '' when there is none; it stands for this and the next `rows` - 1 codes.
    `rows` 0: told in a line above."""

    code: int
    label: str
    share: str = ""
    rows: int = 1


def results_of(dataset: Dataset) -> Results | None:
    """Where shares are taken from. None over several waves: the report of each wave has them. None where
    records are left out: shares of all would tell what those said."""
    return None if dataset.linked or dataset.risk.left_out_records else compute(dataset.wave, None)


def lines_of(dataset: Dataset, results: Results | None, told: Share) -> dict[str, tuple[Line, ...]]:
    """Variable -> its codes. `told`: a share 0..1 in words."""
    if results is None:
        return {
            variable.name: tuple(Line(code, label) for code, label in variable.values.items())
            for variable in dataset.variables
        }
    return {variable.name: _lines(dataset, results, variable, told) for variable in dataset.variables}


def answers_of(dataset: Dataset, results: Results | None) -> dict[str, int]:
    """Item -> answers that its shares are of; only where there are shares."""
    if results is None:
        return {}
    return {
        name: item.n
        for name, item in results.items.items()
        if item.hidden is None and not _blanked(dataset, name)
    }


def _blanked(dataset: Dataset, item_id: str) -> bool:
    """Whether any cell of the item is: what all records say less what is left would be what was blanked."""
    return any(
        bool((dataset.frame[variable.name] == HIDDEN).any())
        for variable in dataset.variables
        if variable.item_id == item_id and variable.name in dataset.frame.columns
    )


def _lines(dataset: Dataset, results: Results, variable: Variable, told: Share) -> tuple[Line, ...]:
    result = results.items.get(variable.item_id)
    plain = tuple(Line(code, label) for code, label in variable.values.items())
    if result is None or result.hidden or _blanked(dataset, variable.item_id):
        return plain
    if variable.picks:
        return _picked(dataset, result, variable, plain, told)
    if not result.segments:
        return plain
    bands = (
        dataset.wave.questionnaire.release_bands.get(variable.item_id, ()) if variable.role == "key" else ()
    )
    parts = _parts(result, [set(band) for band in bands])
    return tuple(_merged(plain, parts, told))


def _parts(result: ItemResult, bands: Iterable[set[int]]) -> list[tuple[set[int], float]]:
    """Parts of the bar, those that share a band put together."""
    parts = [(set(segment.codes), segment.share) for segment in result.segments]
    for band in bands:
        inside = [part for part in parts if part[0] & band]
        if inside:
            rest = [part for part in parts if not part[0] & band]
            codes = set().union(*(codes for codes, _ in inside))
            parts = [*rest, (codes, sum(share for _, share in inside))]
    return parts


def _merged(plain: tuple[Line, ...], parts: list[tuple[set[int], float]], told: Share) -> Iterable[Line]:
    seen: set[int] = set()
    for line in plain:
        part = next(((codes, share) for codes, share in parts if line.code in codes), None)
        if part is None:
            yield line
            continue
        codes, share = part
        first = min(codes) not in seen
        seen |= codes
        rows = sum(other.code in codes for other in plain)
        yield Line(line.code, line.label, told(share) if first else "", rows if first else 0)


def _picked(
    dataset: Dataset, result: ItemResult, variable: Variable, plain: tuple[Line, ...], told: Share
) -> tuple[Line, ...]:
    """A choice of several: 1 picked, 0 not."""
    choices = dataset.wave.questionnaire.choices(dataset.wave.questionnaire.item(variable.item_id))
    value = variable.name.removeprefix(f"{variable.item_id}__")
    code = next(choice.code for choice in choices if choice.value == value)
    estimate = result.chosen.get(code)
    if estimate is None or estimate.value is None:
        return plain
    shares = {1: told(estimate.value), 0: told(1 - estimate.value)}
    return tuple(Line(line.code, line.label, shares.get(line.code, "")) for line in plain)
