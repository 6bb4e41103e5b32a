"""Earlier answers in texts: which may be put in, the placeholder put in, and those that never can be."""

from __future__ import annotations

from collections.abc import Iterable

from forms.answers import clean_text
from forms.questionnaire import PIPE, Questionnaire
from survey.office.door import Form
from survey.office.fields import Problem

LONGEST_WORD = 60
Offered = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def offered(questionnaire: Questionnaire, page_id: str, language: str) -> Offered:
    """Questions whose answer may stand in the texts of a page: one choice, on an earlier page. By page."""
    found: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for page in questionnaire.pages:
        if page.id == page_id:
            break
        closed = tuple(
            (item.id, item.text.get(language) or item.id)
            for item in questionnaire.page_items(page)
            if item.kind == "choice" and not item.consent and item.role != "quote_consent"
        )
        if closed:
            found.append((page.title.get(language), closed))
    return tuple(found)


def put_in(form: Form, fields: Iterable[str], may: Offered) -> tuple[Form, list[Problem]]:
    """The form with the chosen answer at the end of the chosen text, or what is missing for that."""
    word = "".join(sign for sign in clean_text(form.one("pipe_word")) if sign not in "{|}")[:LONGEST_WORD]
    into = form.one("pipe_to")
    problems = []
    if form.one("pipe_item") not in {id for _, items in may for id, _ in items}:
        problems.append(Problem("pipe_item", "problem.editor.pipe_item"))
    if not word:
        problems.append(Problem("pipe_word", "problem.editor.pipe_word"))
    if problems or into not in fields:
        return form, problems
    placeholder = f"{{{form.one('pipe_item')}|{word}}}"
    text = " ".join(filter(None, (form.one(into).rstrip(), placeholder)))
    return Form({**form.fields, into: [text], "pipe_item": [""], "pipe_word": [""]}), []


def refused(texts: Iterable[tuple[str, str]], questionnaire: Questionnaire, language: str) -> list[Problem]:
    """Of (field, words): those that would print what somebody wrote, or ticked among others, in a text."""
    items = {item.id: item for item in questionnaire.items()}
    found = []
    for field, words in texts:
        for hit in PIPE.finditer(words):
            item = items.get(hit[1])
            if item is not None and item.kind != "choice":
                question = item.text.get(language) or item.id
                found.append(Problem(field, "problem.editor.pipe_open", {"question": question}))
                break
    return found
