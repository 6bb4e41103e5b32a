"""The codebook and the risk page: HTML that reads without a network and prints well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from reports.releases.dataset import HIDDEN, MIN_ANSWERS, MIN_NAMED, Dataset, K, Variable
from reports.releases.wording import wording

TEMPLATES = Path(__file__).parent / "templates"


def codebook(dataset: Dataset) -> str:
    """Every variable with its question, codes, labels and how often each occurs in the released records."""
    return _render("codebook.html", dataset)


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


def _render(template: str, dataset: Dataset) -> str:
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
            counts=_counts(dataset),
            percent=lambda share: told("release.percent", percent=int(100 * share + 0.5)),
            limits={"k": K, "answers": MIN_ANSWERS, "named": MIN_NAMED, "hidden": HIDDEN},
        )
    )


def _counts(dataset: Dataset) -> dict[str, dict[int | None, int]]:
    """Variable -> code (None: unanswered) -> records."""

    def of(variable: Variable) -> dict[int | None, int]:
        return dict(dataset.frame[variable.name].value_counts().iter_rows())

    return {variable.name: of(variable) for variable in dataset.variables}
