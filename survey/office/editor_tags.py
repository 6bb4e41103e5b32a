"""Tags of a question as fields: those of the schemes to tick, themes of one's own plan to write."""

from __future__ import annotations

from collections.abc import Sequence

from forms import taxonomies
from forms.answers import clean_text
from forms.exchange.tables import slug
from survey.office.door import Form
from survey.office.fields import Problem

PLAN = "plan:"
MOST_TAGS = 40


def fields_of(tags: Sequence[str]) -> dict[str, str | Sequence[str]]:
    """What no scheme knows stays as it is, so that saving loses nothing."""
    return {
        "tag": [tag for tag in tags if not tag.startswith(PLAN)],
        "plan": ", ".join(tag.removeprefix(PLAN) for tag in tags if tag.startswith(PLAN)),
    }


def read(form: Form, before: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The tags, those that were there first and in their order."""
    typed = [clean_text(word) for word in form.one("plan").split(",")]
    plan = [f"{PLAN}{slug(word)}" for word in typed if any(letter.isalnum() for letter in word)]
    chosen = [tag for tag in form.all("tag") if tag in before or taxonomies.known(tag)]
    wanted = list(dict.fromkeys((*chosen, *plan)))
    if len(wanted) > MOST_TAGS or any(len(tag) > 64 + len(PLAN) for tag in plan):
        return list(before), [Problem("plan", "problem.editor.tags", {"most": MOST_TAGS})]
    kept = [tag for tag in before if tag in wanted]
    return kept + [tag for tag in wanted if tag not in kept], []
