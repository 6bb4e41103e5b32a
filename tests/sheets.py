"""Small workbooks for tests, written as people see them: rows of cells."""

from __future__ import annotations

from forms.errors import Fault
from forms.exchange.tables import Carried
from forms.exchange.xlsform_in import from_xlsform

SURVEY = [
    ["type", "name", "label", "relevant"],
    ["select_one jn", "heis", "Er det heis?", ""],
    ["text", "hvorfor", "Hvorfor ikke?", "${heis} = 'nei'"],
]
CHOICES = [["list_name", "name", "label"], ["jn", "ja", "Ja"], ["jn", "nei", "Nei"]]


def carried(*survey: list[str], choices: list[list[str]] | None = None, **more: list[list[str]]) -> Carried:
    """What comes of a workbook. `survey`: rows under a header that is the first of them."""
    sheets = {"survey": list(survey) or SURVEY, "choices": CHOICES if choices is None else choices}
    return from_xlsform(sheets | more, "prøve")


def told(*survey: list[str], **more: list[list[str]]) -> list[Fault]:
    return list(carried(*survey, **more).faults)


def one(kind: str, name: str = "sporsmal", label: str = "Hva?", **cells: str) -> list[list[str]]:
    """A form of two questions: the lift, and this one, with further cells by the name of their column."""
    head = ["type", "name", "label", *cells]
    blank = [""] * len(cells)
    return [head, ["select_one jn", "heis", "Er det heis?", *blank], [kind, name, label, *cells.values()]]
