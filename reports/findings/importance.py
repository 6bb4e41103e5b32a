"""What goes with satisfaction, beside what the answers are."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from reports.findings.everywhere import Driver, Everywhere
from reports.findings.headlines import every
from reports.findings.leads import MATTERS, Lead
from reports.findings.of_reports import LEVELS
from reports.left_out import most_left_out
from reports.results import Finding, Results


def matters(found: Everywhere) -> Iterator[Lead]:
    """Weak answers, and strong ones, to what goes with satisfaction as much as half of the questions do."""
    if not found.drivers:
        return
    middle = median(driver.strength for driver in found.drivers)
    levels = {finding.item_ids[0]: finding for finding in every(found.whole) if finding.kind in LEVELS}
    for driver in found.drivers:
        level = levels.get(driver.item_id)
        if driver.left_out == "many":
            continue
        if driver.sure and driver.low > 0 and driver.strength >= middle and level and level.kind != "grade":
            yield _driver(driver, found.whole, level)


def _driver(driver: Driver, whole: Results, level: Finding) -> Lead:
    overall = next(a.outcome for a in whole.associations if a.factor == driver.item_id)
    share = {name: level.values[name] for name in ("percent", "low", "high")}
    gap = abs(int(share["percent"]) - 50) / 100
    return Lead(
        kind="importance",
        variant="matters_strong" if level.kind == "strong" else "matters_weak",
        measure="association",
        relation="above",
        reference=0,
        estimate=driver.strength,
        low=driver.low,
        high=driver.high,
        n=driver.n,
        weight=MATTERS + driver.low * gap,
        multiplicity="holm",
        family="questions beside the overall one",
        items=(driver.item_id, overall),
        values={**share, "strength": driver.strength, "n_share": level.values["n"]},
        left_out=most_left_out(level.left_out, driver.left_out),
        everybody=level.everybody,
    )
