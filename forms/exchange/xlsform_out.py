"""A questionnaire as an XLSForm: ODK, KoboToolbox and others can ask with it, and we can read it back whole.

Every field of the model is either in a column of XLSForm or, as it is, in a column `bostemme_*`. Where
XLSForm says it in another way (conditions, demands), both stand there: as long as nobody changes the column
of XLSForm, ours is believed when the file is read again; see `xlsform_in`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.errors import Fault, at
from forms.exchange import xpath_out
from forms.exchange.names import Names, names_of
from forms.exchange.own_values import own_cell
from forms.exchange.specials import SPECIAL_TEXTS
from forms.exchange.tables import OWN, OWN_SHEET, shown, table, titled
from forms.exchange.xpath_out import Unsaid
from forms.loading import dump
from forms.questionnaire import Item, Matrix, Page, Questionnaire

Row = dict[str, str]
Document = Mapping[str, Any]

SURVEY_COLUMNS = ("type", "name")
MIDDLE = ("relevant", "constraint", "calculation", "choice_filter", "appearance", "parameters")
TYPES = {"choice": "select_one", "multi": "select_multiple", "rank": "rank", "text": "text", "info": "note"}
APPEARANCES = {"scale": "likert", "select": "minimal"}
HEAD = ("title", "description", "credit")
LATER = ("scales", "pages", "labels", *HEAD)
"""Fields of a questionnaire that do not stand in one row of our sheet."""


@dataclass(frozen=True)
class Written:
    """Sheets by name, and what other programs will not do of it, row by row."""

    sheets: dict[str, list[list[str]]]
    faults: tuple[Fault, ...]


def to_xlsform(questionnaire: Questionnaire) -> Written:
    """The sheets `survey`, `choices`, `settings` and our own."""
    return _Writer(questionnaire).written()


def known_of(questionnaire: Questionnaire) -> Names:
    known = Names()
    for item in questionnaire.items():
        choices = [_document(choice) for choice in questionnaire.choices(item)]
        known.add(item.id, item.kind, choices, item.specials)
    return known


def list_name(item: Document, matrix_scale: str = "") -> str:
    """The list of a question: of its scale with the special answers that it takes, or its own.

    No id has a hyphen, so none of them can be the name of another.
    """
    scale = item.get("scale") or matrix_scale
    return "-".join((scale, *item.get("specials", ()))) if scale else f"svar-{item['id']}"


def relevant(source: str | None, known: Names) -> str:
    """The cell of a condition; Unsaid when XLSForm cannot say it."""
    return xpath_out.condition(source, known) if source else ""


def calculation(item: Document, known: Names) -> str:
    return xpath_out.calculation(item["computed"], known, item["id"]) if item.get("computed") else ""


def constraint(item: Document, choices: Sequence[Document], known: Names) -> str:
    """Limits, answers that stand alone, and demands in one expression."""
    kind, said = item.get("kind", "choice"), []
    if item.get("computed"):
        return ""
    if kind == "number":
        said.append(f". >= {xpath_out.number(item.get('minimum', 0))}")
        said += [f". <= {xpath_out.number(item['maximum'])}"] if item.get("maximum") is not None else []
    if kind == "month":
        for op, field in ((">=", "earliest"), ("<=", "latest")):
            said += [f". {op} date('{item[field]}-01')"] if item.get(field) else []
    if kind == "multi":
        names = names_of(choices)
        alone = [name for name, choice in zip(names, choices, strict=True) if choice.get("exclusive")]
        said += [
            f"not(selected(., '{name}') and count-selected(.) > 1)"
            for name in (*alone, *item.get("specials", ()))
        ]
    return " and ".join([*said, *(f"({part})" for part in _musts(item, known))])


def _musts(item: Document, known: Names) -> list[str]:
    return [xpath_out.condition(must["condition"], known, item["id"]) for must in item.get("must", ())]


def choice_filter(choices: Sequence[Document], known: Names) -> str:
    """Which answers are shown to whom: `name != 'lys' or (...)` for each that is not for all."""
    names = names_of(choices)
    said = [
        f"(name != '{name}' or ({relevant(choice['show_if'], known)}))"
        for name, choice in zip(names, choices, strict=True)
        if choice.get("show_if")
    ]
    return " and ".join(said)


def labelled(column: str, text: Mapping[str, str] | None, languages: tuple[str, ...]) -> Row:
    """The cells of a text, one a language."""
    if text is None:
        return {}
    return {f"{column}::{titled(lang)}": shown(text[lang]) for lang in languages if lang in text}


def message(item: Document, languages: tuple[str, ...]) -> Row:
    """The messages of all demands, one after the other: XLSForm has place for one."""
    told = {
        language: " ".join(
            must["text"][language] for must in item.get("must", ()) if language in must["text"]
        )
        for language in languages
    }
    return labelled("constraint_message", {lang: said for lang, said in told.items() if said}, languages)


def odd(text: Mapping[str, str], languages: tuple[str, ...]) -> bool:
    """Whether cells do not hold all of a text."""
    return any(language not in languages or shown(words) != words for language, words in text.items())


class _Writer:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self._questionnaire = questionnaire
        self._languages = questionnaire.languages
        self._known = known_of(questionnaire)
        self._survey: list[Row] = []
        self._lists: dict[str, list[Row]] = {}
        self._faults: list[Fault] = []
        self._scales = {scale.id: _document(scale) for scale in questionnaire.scales}

    def written(self) -> Written:
        for scale_id, scale in self._scales.items():
            self._list(scale_id, scale["choices"], ())
        for page in self._questionnaire.pages:
            self._page(page)
        choices = [row for rows in self._lists.values() for row in rows]
        sheets = {
            "survey": table(self._survey, (*SURVEY_COLUMNS, *self._texts(), *MIDDLE)),
            "choices": table(choices, ("list_name", "name", *self._texts())),
            "settings": self._settings(),
            OWN_SHEET: [["part", "name", "value"], *self._head()],
        }
        return Written(sheets, tuple(self._faults))

    def _texts(self) -> list[str]:
        columns = ("label", "hint", "constraint_message")
        return [f"{column}::{titled(language)}" for column in columns for language in self._languages]

    def _page(self, page: Page) -> None:
        document = _document(page)
        row = self._row("page", document, ("title", "intro", "items"))
        row |= {"type": "begin_group", "appearance": "field-list"}
        row |= labelled("label", document["title"], self._languages)
        self._remember(row, "title", document["title"])
        self._condition(row, document)
        self._survey.append(row)
        if page.intro is not None:
            self._intro(page)
        for entry in page.items:
            if isinstance(entry, Matrix):
                self._matrix(entry)
            else:
                self._item(_document(entry), "item", list(self._choices(entry)))
        self._survey.append({"type": "end_group", "name": page.id, f"{OWN}part": "end"})

    def _intro(self, page: Page) -> None:
        intro = _document(page)["intro"]
        row = {"type": "note", "name": f"{page.id}__intro", f"{OWN}part": "intro"}
        row |= labelled("label", intro, self._languages)
        self._remember(row, "text", intro)
        self._survey.append(row)

    def _matrix(self, matrix: Matrix) -> None:
        document = _document(matrix)
        row = self._row("matrix", document, ("text", "rows", "kind"))
        row |= {"type": "begin_group"} | labelled("label", document["text"], self._languages)
        self._remember(row, "text", document["text"])
        self._condition(row, document)
        self._survey.append(row)
        for item in matrix.rows:
            choices = self._choices(item.model_copy(update={"scale": matrix.scale}))
            self._item(_document(item), "row", list(choices), matrix.scale)
        self._survey.append({"type": "end_group", "name": matrix.id, f"{OWN}part": "end"})

    def _item(self, item: dict[str, Any], part: str, choices: list[Document], matrix_scale: str = "") -> None:
        kind = item.get("kind", "choice")
        if kind == "allocate":
            self._allocate(item, choices)
            return
        elsewhere: tuple[str, ...] = ("text", "help", "choices", "kind")
        if choices and not item.get("computed"):
            elsewhere += ("specials", "shuffle") if part == "row" else ("specials", "shuffle", "scale")
        if item.get("display") in APPEARANCES:
            elsewhere += ("display",)
        row = self._row(part, item, elsewhere)
        row["type"] = self._type(item, choices, matrix_scale)
        row |= labelled("label", item["text"], self._languages)
        row |= labelled("hint", item.get("help"), self._languages) | message(item, self._languages)
        self._remember(row, "text", item["text"])
        if item.get("help"):
            self._remember(row, "help", item["help"])
        if item.get("computed"):
            row[f"{OWN}kind"] = kind
        if item.get("display") in APPEARANCES:
            row["appearance"] = APPEARANCES[item["display"]]
        elif kind == "month":
            row["appearance"] = "month-year"
        elif kind == "text" and item.get("lines") != 1:
            row["appearance"] = "multiline"
        if item.get("shuffle") and kind in TYPES and choices:
            row["parameters"] = "randomize=true"
        self._condition(row, item)
        self._said(row, "constraint", lambda: constraint(item, choices, self._known))
        self._said(row, "calculation", lambda: calculation(item, self._known))
        self._said(row, "choice_filter", lambda: choice_filter(choices, self._known))
        self._survey.append(row)

    def _allocate(self, item: dict[str, Any], choices: list[Document]) -> None:
        """Shares of an amount: a whole number for each choice, which together come to the amount."""
        row = self._row("allocate", item, ("text", "help", "choices", "kind"))
        row["type"] = "begin_group"
        row |= labelled("label", item["text"], self._languages)
        row |= labelled("hint", item.get("help"), self._languages)
        self._remember(row, "text", item["text"])
        if item.get("help"):
            self._remember(row, "help", item["help"])
        self._condition(row, item)
        self._survey.append(row)
        self._list(list_name(item), choices, ())
        total = item.get("total", Item.model_fields["total"].default)
        names = [f"{item['id']}__{choice['value']}" for choice in choices]
        for name, choice in zip(names, choices, strict=True):
            limits = f". >= 0 and . <= {total}"
            if name == names[-1]:
                others = "".join(f" + coalesce(${{{other}}}, 0)" for other in names[:-1])
                limits = f". >= 0 and .{others} = {total}"
            share = {"type": "integer", "name": name, "constraint": limits, f"{OWN}part": "share"}
            if choice.get("show_if"):
                self._condition(share, choice)
            self._survey.append(share | labelled("label", choice["text"], self._languages))
        self._survey.append({"type": "end_group", "name": item["id"], f"{OWN}part": "end"})

    def _type(self, item: dict[str, Any], choices: list[Document], matrix_scale: str) -> str:
        kind = item.get("kind", "choice")
        name = list_name(item, matrix_scale)
        if choices:
            self._list(name, choices, item.get("specials", ()))
        if item.get("computed"):
            return "calculate"
        if kind == "number":
            return "decimal" if item.get("decimals") else "integer"
        if kind == "month":
            return "date"
        return f"{TYPES[kind]} {name}" if choices else TYPES[kind]

    def _choices(self, item: Item) -> tuple[Document, ...]:
        if item.scale and not item.choices:
            return tuple(self._scales[item.scale]["choices"])
        return tuple(_document(choice) for choice in item.choices)

    def _list(self, name: str, choices: list[Document], specials: tuple[str, ...]) -> None:
        if name in self._lists:
            return
        own = []
        for choice, called in zip(choices, names_of(choices), strict=True):
            row = {"list_name": name, "name": called} | labelled("label", choice["text"], self._languages)
            rest = {field: value for field, value in choice.items() if field not in ("text", "value")}
            if called != choice["value"]:
                rest["value"] = choice["value"]
            self._remember(row, "text", choice["text"])
            own.append(row | {f"{OWN}{field}": own_cell(field, value) for field, value in rest.items()})
        for special in specials:
            text = {lang: SPECIAL_TEXTS[special].get(lang, special) for lang in self._languages}
            row = {"list_name": name, "name": special} | labelled("label", text, self._languages)
            own.append(row)
        self._lists[name] = own

    def _row(self, part: str, document: Document, elsewhere: tuple[str, ...]) -> Row:
        """A row with what XLSForm has no column for."""
        rest = {
            field: value
            for field, value in document.items()
            if field not in ("id", *elsewhere) and not (field == "meaning" and value == document["id"])
        }
        row = {"type": "", "name": document["id"], f"{OWN}part": part}
        return row | {f"{OWN}{field}": own_cell(field, value) for field, value in rest.items()}

    def _remember(self, row: Row, field: str, text: Mapping[str, str]) -> None:
        if odd(text, self._languages):
            row[f"{OWN}{field}"] = own_cell(field, text)

    def _condition(self, row: Row, document: Document) -> None:
        self._said(row, "relevant", lambda: relevant(document.get("show_if"), self._known))

    def _said(self, row: Row, column: str, say: Callable[[], str]) -> None:
        try:
            said = say()
        except Unsaid:
            place = at(sheet="survey", cell_row=len(self._survey) + 2, column=column)
            self._faults.append(Fault.warning(place.at(named=row["name"]), "xls_unsaid"))
            return
        if said:
            row[column] = said

    def _settings(self) -> list[list[str]]:
        form = self._questionnaire
        title = form.title.get(self._languages[0])
        return [
            ["form_title", "form_id", "version", "default_language"],
            [title, form.id, form.version, titled(self._languages[0])],
        ]

    def _head(self) -> list[list[str]]:
        """Our own sheet: what concerns the whole, and the scales without their choices."""
        form = dump(self._questionnaire)
        texts = {field: form[field] for field in HEAD}
        texts |= {f"labels.{name}": text for name, text in form.get("labels", {}).items()}
        said = [[part, language, words] for part, text in texts.items() for language, words in text.items()]
        rest = {field: value for field, value in form.items() if field not in LATER}
        said += [["questionnaire", field, own_cell(field, value)] for field, value in rest.items()]
        for scale_id, scale in self._scales.items():
            bare = {field: value for field, value in scale.items() if field not in ("id", "choices")}
            said.append(["scale", scale_id, own_cell("scales", bare)])
        return said


def _document(part: Any) -> dict[str, Any]:
    found: dict[str, Any] = part.model_dump(mode="json", exclude_defaults=True)
    return found
