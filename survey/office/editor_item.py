"""What the page of a question shows beside its form: rows, demands, who gets which answer, tags, drawings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from forms import editing, pictures, taxonomies
from forms.editing import Document
from forms.operations import Part
from forms.phrases import data
from forms.questionnaire import Questionnaire
from survey import asking
from survey.office import editor_reckoned
from survey.office.door import Form
from survey.office.editor_conditions import spoken
from survey.office.editor_outline import answers_in_words


@dataclass(frozen=True)
class Row:
    """One row of a matrix. `mark`: of all of it, for deleting."""

    id: str
    text: str
    condition: str
    mark: str


@dataclass(frozen=True)
class Demand:
    place: int
    said: str
    condition: str
    mark: str


def item_values(
    questionnaire: Questionnaire, document: Document, entry: Document, filled: Form, speaks: str
) -> Mapping[str, Any]:
    """`speaks`: the language of who sits at the desk."""
    kind = entry.get("kind", "choice")
    first = questionnaire.languages[0]
    computed = entry.get("computed") is not None
    consent = bool(entry.get("consent"))
    quoting = entry.get("role") == "quote_consent"
    return {
        "kind": kind,
        "row_of": editing.matrix_of(document, entry["id"]),
        "page": editing.page_of(document, entry["id"]),
        "rows": [_row(questionnaire, document, row, first, speaks) for row in entry.get("rows", ())],
        "scored": questionnaire.index is not None and kind == "choice" and not quoting,
        "consent": consent,
        "computed": computed,
        "reckoned": editor_reckoned.shown(filled, questionnaire, questionnaire.item(entry["id"]), speaks)
        if computed
        else None,
        "demands": [
            Demand(
                place,
                must["text"].get(first, ""),
                spoken(must["condition"], questionnaire, speaks, demand=True),
                editing.mark(document, Part("must", f"{entry['id']}/{place}"), whole=True),
            )
            for place, must in enumerate(entry.get("must", ()))
        ],
        "may_demand": not computed and not consent and kind not in ("info", "matrix"),
        "of_answers": answers_in_words(questionnaire, entry, speaks),
        "drawings": drawings(),
        "schemes": schemes(speaks),
        "of_schemes": frozenset(tag for _, tags in schemes(speaks) for tag, _ in tags),
    }


def _row(questionnaire: Questionnaire, document: Document, row: Document, first: str, speaks: str) -> Row:
    return Row(
        row["id"],
        row["text"].get(first, ""),
        spoken(row.get("show_if"), questionnaire, speaks),
        editing.mark(document, Part("entry", row["id"]), whole=True),
    )


def drawings() -> list[tuple[str, str]]:
    """The drawings of the house, with the address of each."""
    return [(name, asking.picture_address(name)) for name in pictures.NAMES]


def schemes(speaks: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every scheme of tags with its tags, each with what it is called."""
    found = []
    for scheme, codes in data("taxonomies").items():
        tags = [code if scheme == "own" else f"{scheme}:{code}" for code in codes]
        found.append((scheme, [(tag, taxonomies.name(tag, speaks)) for tag in tags]))
    return found
