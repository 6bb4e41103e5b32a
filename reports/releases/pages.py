"""The codebook and the risk page: HTML that reads without a network and prints well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from reports.releases.dataset import HIDDEN, MIN_ANSWERS, MIN_NAMED, Dataset, K
from reports.releases.shares import answers_of, lines_of, results_of
from reports.releases.wording import wording
from reports.rounding import percent as rounded

TEMPLATES = Path(__file__).parent / "templates"


def codebook(dataset: Dataset) -> str:
    """Every variable with its question, codes, labels, and shares as far as the report shows them."""
    told = wording(dataset.language)

    def percent(share: float) -> str:
        return told("release.percent", percent=rounded(share))

    results = results_of(dataset)
    lines = lines_of(dataset, results, percent)
    return _render("codebook.html", dataset, lines=lines, answers=answers_of(dataset, results))


def risk(dataset: Dataset) -> str:
    """What was at stake and what was done, as a page of its own."""
    return _render("risk.html", dataset)


def risk_body(dataset: Dataset) -> str:
    """The same without head and style, to be put into a page of the console."""
    return _render("risk_body.html", dataset)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _render(template: str, dataset: Dataset, **more: object) -> str:
    told = wording(dataset.language)
    labels = {variable.name: variable.label for variable in dataset.variables}
    return (
        _environment()
        .get_template(template)
        .render(
            _=told,
            dataset=dataset,
            wave=dataset.wave,
            risk=dataset.risk,
            labels=labels,
            percent=lambda share: told("release.percent", percent=int(100 * share + 0.5)),
            few=lambda n: str(n) if n == 0 or n >= MIN_ANSWERS else told("release.few"),
            limits={"k": K, "answers": MIN_ANSWERS, "named": MIN_NAMED, "hidden": HIDDEN},
            **more,
        )
    )
