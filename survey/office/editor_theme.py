"""What a page is about: under which heading of a report its numbers stand."""

from __future__ import annotations

from typing import Any

from forms import editing
from forms.answers import clean_text
from forms.catalogue import Translate
from forms.house_names import MODULES, house_name
from forms.questionnaire import Questionnaire
from survey.office.door import Form
from survey.office.fields import Problem

LONGEST_THEME = 60


def themes(questionnaire: Questionnaire, speaks: str, t: Translate) -> list[tuple[str, str]]:
    """(id, name) of what a page can be about: nothing of its own, what other pages are about, and what the
    house has pages about."""
    used = dict.fromkeys(page.module for page in questionnaire.pages)
    own = [name for name in used if name != editing.MODULE]
    named = [(name, questionnaire.label(name, speaks)) for name in dict.fromkeys((*own, *MODULES))]
    return [(editing.MODULE, t("editor.theme.whole")), *named]


def read(
    form: Form, questionnaire: Questionnaire, module: str, language: str, problems: list[Problem]
) -> dict[str, Any]:
    """Fields for `Change`. `module`: as it is kept, which stays where the form has no such field."""
    typed = clean_text(form.one("theme"))
    used = {page.module for page in questionnaire.pages}
    if not typed:
        chosen = form.one("module")
        return {"module": chosen if chosen in {editing.MODULE, *used, *MODULES} else module}
    if len(typed) > LONGEST_THEME:
        problems.append(Problem("theme", "problem.editor.part_long", {"most": LONGEST_THEME}))
        return {"module": module}
    for name in (*sorted(used & questionnaire.labels.keys()), *MODULES):
        words = questionnaire.labels[name].get(language) if name in questionnaire.labels else ""
        if typed.casefold() in (words.casefold(), house_name(name, language).casefold()):
            return {"module": name}
    taken = {*used, *questionnaire.labels, *MODULES, editing.MODULE}
    if questionnaire.index is not None:
        taken |= {*questionnaire.index.objects}
    return {"module": editing.unique(typed, taken, "tema"), "label": {language: typed}}
