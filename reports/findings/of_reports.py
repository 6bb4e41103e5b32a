"""What the report on one place tells, as leads: strong, weak, changed, unlike others, influence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reports.contrasts import Contrast
from reports.findings.everywhere import headline_cells
from reports.findings.headlines import every
from reports.findings.leads import ALONE, APART, Lead, ranked
from reports.findings.model import Kind
from reports.results import Finding, LeftOut, Results

LARGE = 3
"""As many as a report prints large."""


def of_report(report: Results, contrasts: Iterable[Contrast], more: Iterable[Lead]) -> list[Lead]:
    """Ranked, those first that the report prints large. `contrasts`, `more` leads: of the same place."""
    if report.hidden is not None:
        return []
    unlike = {
        (lead.object, lead.facet): lead for row in contrasts if row.sure for lead in (_unlike(report, row),)
    }
    large = [_of_headline(report, finding, unlike) for finding in report.findings[:LARGE]]
    told = [_of_headline(report, finding, unlike) for finding in every(report)]
    rest = [lead for lead in told if lead.kind != "unlike"]
    return ranked([lead for lead in large if lead.borne], [*rest, *unlike.values(), *more])


LEVELS: Mapping[str, tuple[Kind, str]] = {
    "strong": ("strong", "strong"),
    "weak": ("weak", "weak"),
    "participation_low": ("weak", "participation_low"),
    "grade": ("participation", "grade"),
}


def _of_headline(
    report: Results, finding: Finding, unlike: Mapping[tuple[str | None, str | None], Lead]
) -> Lead:
    """A finding of the report as one of the list."""
    values = finding.values
    if finding.kind in ("better_than_rest", "worse_than_rest"):
        return unlike[str(values["object"]), str(values["facet"]) if "facet" in values else None]
    if finding.kind in LEVELS:
        share = int(values["percent"]), int(values["low"]), int(values["high"])
        base = int(values["n"]), finding.everybody
        return level_lead(finding.kind, finding.item_ids, share, base, finding.weight, finding.left_out)
    if finding.kind == "influence":
        return _influence(report, finding)
    up = finding.kind.endswith("_up")
    score = finding.kind.startswith("score")
    kept: tuple[str, ...] = ("before", "previous", "score" if score else "percent")
    points = int(values["points"])
    return Lead(
        kind="changed",
        variant=finding.kind,
        measure="score_difference" if score else "share_difference",
        relation="above" if up else "below",
        reference=0,
        estimate=points,
        # The printed change is that between two printed figures, which may lie just outside.
        low=min(int(values["low"]), points),
        high=max(int(values["high"]), points),
        n=int(values["n"]),
        weight=finding.weight,
        multiplicity="holm",
        family="scores of the place" if score else "questions of the place",
        items=finding.item_ids,
        object=str(values["object"]) if score else None,
        values={name: values[name] for name in kept} | {"points": abs(points)},
        left_out=finding.left_out,
        everybody=finding.everybody,
    )


def level_lead(
    variant: str,
    items: tuple[str, ...],
    share: tuple[int, int, int],
    base: tuple[int, bool],
    weight: float,
    missing: LeftOut,
) -> Lead:
    """`share`: in per cent, with its printed interval, which leaves out half. `base`: answers, and whether
    they are everybody's."""
    value, low, high = share
    kind, name = LEVELS[variant]
    over = low >= 50
    if variant == "grade":
        name = "grade_high" if over else "grade_low"
    return Lead(
        kind=kind,
        variant=name,
        measure="share",
        relation="at_least" if over else "at_most",
        reference=50,
        estimate=value,
        low=low,
        high=high,
        n=base[0],
        weight=weight,
        multiplicity="benjamini_hochberg",
        family="questions of the place",
        items=items,
        values={"percent": value},
        left_out=missing,
        everybody=base[1],
    )


def _influence(report: Results, finding: Finding) -> Lead:
    values = finding.values
    rows = next(a.rows for a in report.associations if (a.factor, a.outcome) == finding.item_ids)
    return Lead(
        kind="importance",
        variant="influence",
        measure="share_difference",
        relation="above",
        reference=0,
        estimate=int(values["percent_high"]) - int(values["percent_low"]),
        low=int(values["low"]),
        high=int(values["high"]),
        n=int(values["n_low"]) + int(values["n_high"]),
        weight=finding.weight,
        multiplicity="holm",
        family="questions about influence and the scored ones",
        items=finding.item_ids,
        values={name: values[name] for name in ("percent_low", "percent_high", "n_low", "n_high")}
        | {"low_codes": _codes(rows[0][0]), "high_codes": _codes(rows[-1][0])},
        left_out=finding.left_out,
    )


def _codes(codes: tuple[int, ...]) -> str:
    return "+".join(map(str, codes))


def _unlike(report: Results, row: Contrast) -> Lead:
    told = {
        (cell.object, cell.facet): cell.score for cell in (*headline_cells(report).values(), *report.matrix)
    }
    score = told[row.object, row.facet].value or 0.0
    up = row.low > 0
    return Lead(
        kind="unlike",
        variant="better_than_rest" if up else "worse_than_rest",
        measure="score_difference",
        relation="above" if up else "below",
        reference=0,
        estimate=row.points,
        low=row.low,
        high=row.high,
        n=row.n,
        weight=(APART if row.facet is None else ALONE) + max(row.low, -row.high) / 100,
        multiplicity="holm",
        family="estates x scores of the round"
        if row.facet is None
        else "estates x scores and facets of the round",
        object=row.object or "",
        facet=row.facet,
        values={"score": int(score), "points": abs(row.points)},
        everybody=row.everybody,
    )
