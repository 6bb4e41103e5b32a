"""The index as a form: its parts by name and weight, how much must be answered, which questions count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from forms import scoring
from forms.answers import clean_text
from forms.editing import Document, unique
from forms.questionnaire import Facet, Item, Questionnaire
from survey.office.door import Form
from survey.office.editor_choices import number_of
from survey.office.editor_form import Read, form_of
from survey.office.fields import Problem, whole_of

FACETS: tuple[str, ...] = get_args(Facet)
MOST_WEIGHT = 100
MOST_PARTS = 12
LONGEST_PART = 60
SPARE_PARTS = 2


@dataclass(frozen=True)
class PartRow:
    """One part of the index as it is typed. `id`: '' for a new one."""

    id: str
    name: str
    weight: str


@dataclass(frozen=True)
class Counting:
    """One question that can count. `points`: its answers and what each is worth, as they are kept."""

    id: str
    text: str
    object: str
    facet: str
    reversed: bool
    points: tuple[tuple[str, float], ...]


def of_scoring(questionnaire: Questionnaire) -> Form:
    index = questionnaire.index
    objects = index.objects if index else ()
    first = questionnaire.languages[0]
    asked = countable(questionnaire)
    return form_of(
        {
            "part_id": list(objects),
            "part_name": [_name(questionnaire, name, first) for name in objects],
            "weight": [f"{index.weights.get(name, 1.0):g}".replace(".", ",") for name in objects]
            if index
            else [],
            "share": str(round(100 * index.min_answered)) if index else "50",
            "facet_used": list(index.facets) if index else [FACETS[0]],
            "asked": [item.id for item in asked],
            "counts": [item.scoring.object if item.scoring else "" for item in asked],
            "facet": [item.scoring.facet if item.scoring else "" for item in asked],
            "reversed": [item.id for item in asked if item.scoring and item.scoring.reversed],
        }
    )


def part_rows(form: Form, *, spare: int = SPARE_PARTS) -> tuple[PartRow, ...]:
    ids, weights = form.all("part_id"), form.all("weight")
    typed = [
        PartRow(_at(ids, place), name, _at(weights, place))
        for place, name in enumerate(form.all("part_name")[:MOST_PARTS])
    ]
    typed = [row for row in typed if row.id or row.name.strip()]
    return (*typed, *(PartRow("", "", "1") for _ in range(min(spare, MOST_PARTS - len(typed)))))


def read(form: Form, questionnaire: Questionnaire, document: Document) -> Read:
    """The index, the names of its parts, and where questions count; without a part there is no index."""
    problems: list[Problem] = []
    first = questionnaire.languages[0]
    labels: dict[str, dict[str, str]] = {}
    weights: dict[str, float] = {}
    for place, row in enumerate(part_rows(form, spare=0)):
        name = clean_text(row.name)
        if not name:
            continue  # emptied: it is taken away
        if len(name) > LONGEST_PART:
            problems.append(Problem(f"part-{place}", "problem.editor.part_long", {"most": LONGEST_PART}))
        taken = {*labels, *questionnaire.labels}
        id = row.id if row.id in _objects(questionnaire) else unique(name, taken, "del")
        labels[id] = {**_label(document, id), first: name}
        weight = number_of(row.weight or "1")
        if weight is None or not 0 <= weight <= MOST_WEIGHT:
            problems.append(Problem(f"weight-{place}", "problem.editor.weight", {"most": MOST_WEIGHT}))
        elif weight != 1:
            weights[id] = weight
    share = whole_of(form.one("share"))
    if share is None or not 1 <= share <= 100:
        problems.append(Problem("share", "problem.editor.share"))
    facets = [facet for facet in FACETS if facet in form.all("facet_used")]
    if not facets:
        problems.append(Problem("facets", "problem.editor.facets"))
    items = _items(form, questionnaire, labels, facets)
    gone = {id: None for id in _objects(questionnaire) if id not in labels}
    if not labels:
        if questionnaire.index is None:
            problems.append(Problem("part-0", "problem.editor.part_missing"))
        return Read({"index": None, "labels": gone, "items": items}, tuple(problems))
    kept = questionnaire.index.min_answered if questionnaire.index else 0.0
    least = kept if share == round(100 * kept) else (share or 50) / 100
    made = {"objects": list(labels), "facets": facets, "weights": weights, "min_answered": least}
    changed: dict[str, Any] = {id: label for id, label in labels.items() if label != _label(document, id)}
    return Read({"index": made, "labels": changed | gone, "items": items}, tuple(problems))


def _items(
    form: Form,
    questionnaire: Questionnaire,
    labels: Mapping[str, Any],
    facets: list[str],
) -> dict[str, Document | None]:
    """Where each question counts that the form shows; others stay as they are."""
    items: dict[str, Document | None] = {}
    turned, chosen = form.all("reversed"), _chosen(form)
    for item in countable(questionnaire):
        if item.id not in chosen and (item.scoring is None or item.scoring.object in labels):
            continue
        object, facet = chosen.get(item.id, ("", ""))
        if object not in labels:
            items[item.id] = None  # chosen so, or its part is taken away
        else:
            facet = facet if facet in facets else (facets or [FACETS[0]])[0]
            items[item.id] = {"object": object, "facet": facet, "reversed": item.id in turned}
    return items


def _chosen(form: Form) -> dict[str, tuple[str, str]]:
    """Of each question that the form shows: (part, side of the matter)."""
    objects, facets = form.all("counts"), form.all("facet")
    return {id: (_at(objects, place), _at(facets, place)) for place, id in enumerate(form.all("asked"))}


def countable(questionnaire: Questionnaire) -> tuple[Item, ...]:
    """Questions whose answers have points, and those that count already."""
    return tuple(
        item
        for item in questionnaire.items()
        if item.scoring is not None
        or (item.one_of and not item.sensitive and not item.consent and _has_points(questionnaire, item))
    )


def counting(questionnaire: Questionnaire, form: Form, language: str) -> tuple[Counting, ...]:
    """The questions that can count, with what is typed of each."""
    found = []
    chosen = _chosen(form)
    for item in countable(questionnaire):
        words = {choice.code: choice.text.get(language) for choice in questionnaire.choices(item)}
        points = scoring.item_scores(questionnaire, item)
        found.append(
            Counting(
                item.id,
                item.text.get(language),
                *chosen.get(item.id, ("", "")),
                item.id in form.all("reversed"),
                tuple((words[code], worth) for code, worth in points.items()),
            )
        )
    return tuple(found)


def differences(typed: Form, now: Form, questionnaire: Questionnaire) -> list[tuple[str, str, str]]:
    """(field, what stands now, what was typed) where they differ, when two people changed it at once."""
    told = [_told(form, questionnaire) for form in (now, typed)]
    return [(field, there, told[1][field]) for field, there in told[0].items() if there != told[1][field]]


def _told(form: Form, questionnaire: Questionnaire) -> dict[str, str]:
    first = questionnaire.languages[0]
    rows = part_rows(form, spare=0)
    names = {row.id: row.name for row in rows if row.id}
    counted = [
        f"{one.text}: {names.get(one.object, one.object)}{' (-)' if one.reversed else ''}"
        for one in counting(questionnaire, form, first)
        if one.object
    ]
    return {
        "part_name": "\n".join(f"{row.name} ({row.weight})" for row in rows),
        "share": form.one("share"),
        "counts": "\n".join(counted),
    }


def _has_points(questionnaire: Questionnaire, item: Item) -> bool:
    try:
        return sum(choice.score is not None for choice in questionnaire.choices(item)) >= 2
    except KeyError:  # a scale that is gone: the check tells of it
        return False


def _objects(questionnaire: Questionnaire) -> tuple[str, ...]:
    return questionnaire.index.objects if questionnaire.index else ()


def _label(document: Document, id: str) -> dict[str, str]:
    label: dict[str, str] = document.get("labels", {}).get(id, {})
    return label


def _name(questionnaire: Questionnaire, id: str, language: str) -> str:
    return questionnaire.labels[id].root.get(language, "") if id in questionnaire.labels else id


def _at(values: tuple[str, ...], place: int) -> str:
    return values[place] if place < len(values) else ""
