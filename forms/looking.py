"""Everything that one look at a file can tell: its form, its ids and codes, and what the check finds in it.

Who mends what is told need not run the check again to be told of more.
"""

from __future__ import annotations

from pathlib import Path

from forms import editing, integrity, lint, loading, partly, source
from forms.errors import Fault, QuestionnaireFault
from forms.lines import with_line
from forms.questionnaire import Questionnaire


def everything(
    path: Path, before: Questionnaire | None = None
) -> tuple[Questionnaire | None, tuple[Fault, ...]]:
    """(the questionnaire, None when it cannot be used; what is wrong with it, errors first).

    `before`: the version that rounds were held with. Never raises for what stands in the file.
    """
    name = path.name
    try:
        read = source.read(loading.text_of(path), name)
    except QuestionnaireFault as fault:
        return None, fault.faults
    form = loading.formed(read, name)
    whole = form.questionnaire
    if whole is None:
        more = partly.told_anyway(lint.check(form.rest)) if form.rest else []
        return None, (*form.faults, *(with_line(fault, read, name) for fault in more))
    broken = integrity.faults(whole)
    found = tuple(with_line(fault, read, name) for fault in editing.faults(whole, before))
    return (None if broken else whole), found
