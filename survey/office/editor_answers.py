"""The forms of one answer and of one demand: who gets it; what must fit, and what is said when it is not."""

from __future__ import annotations

from collections.abc import Sequence

from forms.answers import clean_text
from forms.editing import Document
from forms.lint.size import LONGEST_TEXT
from forms.operations import Part
from forms.questionnaire import Item, Questionnaire
from survey.office import editor_conditions
from survey.office.door import Form
from survey.office.editor_conditions import Readable
from survey.office.editor_form import Read, form_of
from survey.office.fields import Problem

NEW = "ny"
"""In the place of a number: of a demand that is to be made."""


def of_answer(questionnaire: Questionnaire, answer: Document) -> Form:
    return form_of(editor_conditions.fields_of(answer.get("show_if"), questionnaire))


def read_answer(form: Form, questionnaire: Questionnaire) -> Read:
    condition, wrong = editor_conditions.read(form, questionnaire)
    return Read({"show_if": condition or None}, tuple(wrong))


def of_must(questionnaire: Questionnaire, must: Document, item_id: str) -> Form:
    """A new one begins with the question itself."""
    fields = editor_conditions.fields_of(must.get("condition"), questionnaire)
    if not must.get("condition"):
        fields = {**fields, "cond_item": [item_id]}
    said = must.get("text", {})
    texts = {text_field(code): said.get(code, "") for code in questionnaire.languages}
    return form_of({**fields, **texts})


def text_field(language: str) -> str:
    return f"must_{language}"


def read_must(form: Form, questionnaire: Questionnaire, must: Document) -> Read:
    """A demand needs a condition, and words in the first language of the questionnaire."""
    condition, wrong = editor_conditions.read(form, questionnaire)
    problems = list(wrong)
    if not condition and not wrong:
        problems.append(Problem("vilkar", "problem.editor.must_nothing"))
    text = dict(must.get("text", {}))
    for code in questionnaire.languages:
        words = clean_text(form.one(text_field(code)))
        if len(words) > LONGEST_TEXT:
            long = {"most": LONGEST_TEXT, "n": len(words)}
            problems.append(Problem(text_field(code), "problem.editor.long", long))
        text.pop(code, None)
        if words:
            text[code] = words
    first = questionnaire.languages[0]
    if not text.get(first):
        problems.append(Problem(text_field(first), "problem.editor.must_text"))
    return Read({"condition": condition, "text": text}, tuple(problems))


def readable(questionnaire: Questionnaire, part: Part) -> Readable:
    """What the condition of an answer or a demand may ask about: answers of earlier pages; a demand also
    those before it on its own page, and its own."""
    name = part.id.partition("/")[0]
    found: list[tuple[str, Sequence[Item]]] = []
    for page in questionnaire.pages:
        items = tuple(questionnaire.page_items(page))
        mine = [
            place
            for place, item in enumerate(items)
            if (item.scale if part.kind == "step" else item.id) == name
        ]
        title = page.title.get(questionnaire.languages[0])
        if mine:
            if part.kind == "must":
                found.append((title, items[: mine[0] + 1]))
            return found
        found.append((title, items))
    return found
