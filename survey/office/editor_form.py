"""The forms of the editor: a part of a questionnaire as fields, and fields as changes of that part.

A form that is shown first and a form that comes back are the same thing here, a `Form`: what a page shows is
what was typed, or what would have been typed to get the part as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms import editing, languages
from forms.answers import clean_text
from forms.editing import Document
from forms.lint.size import LONGEST_TEXT
from forms.questionnaire import SPECIAL_CODES, Questionnaire
from survey.office import editor_conditions, editor_reckoned, editor_release, editor_tags, editor_theme
from survey.office.door import Form
from survey.office.editor_choices import decimal, number_of, of_choices, read_choices
from survey.office.editor_conditions import month_of
from survey.office.fields import Problem, whole_of

CHOSEN = ("choice", "multi", "rank")
"""Kinds that may become one another: all are answered by choosing."""
LONGEST_REF = 200
FLAGS = ("sensitive", "background", "short", "retrospective")
DISPLAYS = ("list", "scale", "select", "pictures")
ORDERS = ("rising", "none")
"""Whether the answers of a scale go from one end to the other, or stand beside each other."""
ROLES = ("overall", "participation_grade", "priority", "quote_consent")
Fields = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """What a form comes to. `fields`: for `Change`; of use only without problems."""

    fields: Fields
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ChoiceRow:
    """One answer as it is typed. `code`: '' for a new one."""

    code: str
    text: str
    score: str
    exclusive: bool


def form_of(fields: Mapping[str, str | Sequence[str]]) -> Form:
    return Form({name: [value] if isinstance(value, str) else list(value) for name, value in fields.items()})


# ---------------------------------------------------------------- questions


def of_entry(questionnaire: Questionnaire, entry: Document, language: str) -> Form:
    """A question, a matrix or a row as its form shows it."""
    scoring = entry.get("scoring", {})
    fields: dict[str, str | Sequence[str]] = {
        "text": entry["text"].get(language, ""),
        "help": entry.get("help", {}).get(language, ""),
        "kind": entry.get("kind", "choice"),
        "answers": entry.get("scale", ""),
        "special": entry.get("specials", []),
        "flag": [name for name in FLAGS if entry.get(name)],
        "level": entry.get("level", ""),
        "display": entry.get("display", "list"),
        "shuffle": "1" if entry.get("shuffle") else "",
        "object": scoring.get("object", ""),
        "facet": scoring.get("facet", ""),
        "reversed": "1" if scoring.get("reversed") else "",
        "unit": entry.get("unit", {}).get(language, ""),
        "minimum": decimal(entry.get("minimum", 0)),
        "maximum": decimal(entry.get("maximum")),
        "decimals": str(entry.get("decimals", 0)),
        "earliest": entry.get("earliest") or "",
        "latest": entry.get("latest") or "",
        "lines": str(entry.get("lines", 5)),
        "total": str(entry.get("total", 100)),
        "step": str(entry.get("step", 10)),
        "rank_size": str(entry.get("rank_size", 3)),
        **of_choices(entry.get("choices", []), language),
        "role": entry.get("role", ""),
        "ref": entry.get("ref", ""),
        **editor_tags.fields_of(entry.get("tags", [])),
        **editor_conditions.fields_of(entry.get("show_if"), questionnaire),
    }
    if entry.get("computed") is not None:
        fields |= editor_reckoned.fields_of(entry["computed"])
    return form_of(fields)


def read_entry(
    form: Form, questionnaire: Questionnaire, document: Document, entry: Document, language: str
) -> Read:
    """What of a question its form changes; texts in other languages and what it does not show stay."""
    problems: list[Problem] = []
    fields: Fields = {"text": _said(entry, "text", _words(form, "text", problems), language)}
    kind = entry.get("kind", "choice")
    row = editing.matrix_of(document, entry["id"]) is not None
    if kind != "matrix":
        fields["help"] = _said(entry, "help", _words(form, "help", problems), language) or None
        fields |= _asked(form, entry, row, problems, questionnaire, language)
    else:
        fields["scale"] = form.one("answers") or entry["scale"]
        fields["shuffle"] = form.one("shuffle") == "1"
    if entry.get("computed") is not None:
        source, wrong = editor_reckoned.read(form, closed=kind == "choice")
        problems += wrong
        fields["computed"] = source
    condition, wrong = editor_conditions.read(form, questionnaire)
    problems += wrong
    if not wrong:
        fields["show_if"] = condition or None
    return Read(fields, tuple(problems))


def _asked(
    form: Form,
    entry: Document,
    row: bool,
    problems: list[Problem],
    questionnaire: Questionnaire,
    language: str,
) -> Fields:
    kind = entry.get("kind", "choice")
    fields: Fields = {}
    if kind in CHOSEN and not row:
        kind = form.one("kind") if form.one("kind") in CHOSEN else kind
        fields["kind"] = kind
        fields |= _closed(form, entry, kind, problems, language)
    if kind == "allocate":
        fields["choices"] = read_choices(form, entry, problems, language, scored=False)
        fields |= _numbers(form, problems, total=(1, 100_000_000), step=(1, 1_000_000))
        fields["unit"] = _said(entry, "unit", _words(form, "unit", problems), language) or None
    if kind == "number":
        fields |= _measure(form, problems)
        fields["unit"] = _said(entry, "unit", _words(form, "unit", problems), language) or None
    if kind == "month":
        fields |= _months(form, problems)
    if kind == "text":
        fields |= _numbers(form, problems, lines=(1, 10))
    if kind not in ("text", "info") and not entry.get("consent"):
        before = entry.get("specials", [])
        chosen = [word for word in SPECIAL_CODES if word in form.all("special")]
        fields["specials"] = sorted(chosen, key=lambda word: (word not in before, *_place(before, word)))
    if kind != "info":
        flags = form.all("flag")
        fields |= {name: name in flags for name in FLAGS}
        fields["level"] = (
            form.one("level") if form.one("level") in ("individ", "kollektiv", "system") else None
        )
        fields |= _kept_for(form, entry, kind, problems)
    if kind == "choice" and questionnaire.index is not None and fields.get("role") != "quote_consent":
        fields["scoring"] = _scoring(form, questionnaire, problems)
    return fields


def _kept_for(form: Form, entry: Document, kind: str, problems: list[Problem]) -> Fields:
    """What a question is to reports and codebooks."""
    fields: Fields = {}
    if kind in CHOSEN:
        fields["role"] = form.one("role") if form.one("role") in ROLES else None
    if fields.get("role") == "quote_consent":
        fields["scoring"] = None
    fields["ref"] = clean_text(form.one("ref"))[:LONGEST_REF]
    fields["tags"], wrong = editor_tags.read(form, entry.get("tags", []))
    problems += wrong
    return fields


def _closed(form: Form, entry: Document, kind: str, problems: list[Problem], language: str) -> Fields:
    scale = form.one("answers")
    fields: Fields = {"scale": scale or None, "choices": None}
    if not scale:
        fields["choices"] = read_choices(form, entry, problems, language, scored=True)
    display = form.one("display")
    fields["display"] = display if kind == "choice" and display in DISPLAYS else None
    fields["shuffle"] = form.one("shuffle") == "1" and not scale and fields["display"] != "scale"
    fields["rank_size"] = None
    if kind == "rank":
        fields |= _numbers(form, problems, rank_size=(1, 5))
    return fields


def _place(words: Sequence[str], word: str) -> tuple[int, ...]:
    return (words.index(word),) if word in words else ()


def _scoring(form: Form, questionnaire: Questionnaire, problems: list[Problem]) -> Fields | None:
    index = questionnaire.index
    if index is None or not (form.one("object") or form.one("facet")):
        return None
    if form.one("object") not in index.objects or form.one("facet") not in index.facets:
        problems.append(Problem("object", "problem.editor.scoring"))
        return None
    return {
        "object": form.one("object"),
        "facet": form.one("facet"),
        "reversed": form.one("reversed") == "1",
    }


# ---------------------------------------------------------------- pages, scales, the questionnaire


def of_page(questionnaire: Questionnaire, page: Document, language: str) -> Form:
    return form_of(
        {
            "title": page["title"].get(language, ""),
            "intro": page.get("intro", {}).get(language, ""),
            "shuffle": "1" if page.get("shuffle") else "",
            "module": page["module"],
            **editor_conditions.fields_of(page.get("show_if"), questionnaire),
        }
    )


def read_page(form: Form, questionnaire: Questionnaire, page: Document, language: str) -> Read:
    problems: list[Problem] = []
    condition, wrong = editor_conditions.read(form, questionnaire)
    fields: Fields = {
        "title": _said(page, "title", _words(form, "title", problems), language),
        "intro": _said(page, "intro", _words(form, "intro", problems), language) or None,
        "shuffle": form.one("shuffle") == "1",
        "show_if": condition or None,
        **editor_theme.read(form, questionnaire, page["module"], language, problems),
    }
    return Read(fields, (*problems, *wrong))


_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?")


def of_form(questionnaire: Questionnaire, document: Document, language: str) -> Form:
    """What the questionnaire is called and who made it."""
    return form_of(
        {
            **editor_release.fields_of(questionnaire),
            **{name: document[name].get(language, "") for name in ("title", "description", "credit")},
            "version": document["version"],
            "language": document["languages"],
            "read": [code for code in document["languages"] if code not in document.get("unchecked", ())],
        }
    )


def offered_languages(document: Document) -> tuple[str, ...]:
    """Those of the house, and whatever else somebody has written it in."""
    return tuple(dict.fromkeys((*languages.SPOKEN, *document["languages"])))


def to_be_read(document: Document) -> tuple[str, ...]:
    """Languages of the questionnaire that somebody who speaks them is to read before tenants do."""
    waits = document.get("unchecked", ())
    return tuple(code for code in document["languages"] if code not in languages.WRITTEN or code in waits)


def read_form(form: Form, questionnaire: Questionnaire, document: Document, language: str) -> Read:
    problems: list[Problem] = []
    fields: Fields = {
        name: _said(document, name, _words(form, name, problems), language)
        for name in ("title", "description", "credit")
    }
    fields |= editor_release.read(form, questionnaire, document)
    if not clean_text(form.one("title")):
        problems.append(Problem("title", "problem.editor.title"))
    fields["version"] = clean_text(form.one("version")) or document["version"]
    if not _VERSION.fullmatch(fields["version"]):
        problems.append(Problem("version", "problem.editor.version"))
    # What it is written in comes first and stays.
    wanted = set(form.all("language")) - {language}
    chosen = [code for code in offered_languages(document) if code in wanted]
    fields["languages"] = [language, *chosen]
    # What is new and none of ours speaks waits for a reader; what waits does so until one has read it.
    new = [code for code in chosen if code not in (*document["languages"], *languages.WRITTEN)]
    waits = [code for code in to_be_read(document) if code in chosen and code not in form.all("read")]
    before = document.get("unchecked", [])
    unchecked = [code for code in before if code in waits] + [c for c in waits if c not in before] + new
    fields["unchecked"] = unchecked or None
    return Read(fields, tuple(problems))


def of_scale(scale: Document, language: str) -> Form:
    ends = scale.get("ends", {})
    return form_of(
        {
            **of_choices(scale["choices"], language),
            "favourable": [str(code) for code in scale.get("favourable", [])],
            "order": "none" if scale.get("ordinal") is False else "rising",
            "low": ends.get("low", {}).get(language, ""),
            "high": ends.get("high", {}).get(language, ""),
        }
    )


def read_scale(form: Form, scale: Document, language: str) -> Read:
    problems: list[Problem] = []
    choices = read_choices(form, scale, problems, language, scored=True)
    if not choices:
        problems.append(Problem("answers", "problem.editor.scale_empty"))
    codes = [choice["code"] for choice in choices]
    fields: Fields = {
        "choices": choices,
        "favourable": [code for code in codes if str(code) in form.all("favourable")],
        "ends": None,
    }
    if form.one("order") in ORDERS:
        fields["ordinal"] = form.one("order") == "rising"
    low, high = _words(form, "low", problems), _words(form, "high", problems)
    if low or high:
        ends = scale.get("ends", {})
        fields["ends"] = {
            "low": {**ends.get("low", {}), language: low},
            "high": {**ends.get("high", {}), language: high},
        }
    return Read(fields, tuple(problems))


# ---------------------------------------------------------------- words and numbers


def _words(form: Form, field: str, problems: list[Problem]) -> str:
    words = clean_text(form.one(field))
    if len(words) > LONGEST_TEXT:
        problems.append(Problem(field, "problem.editor.long", {"most": LONGEST_TEXT, "n": len(words)}))
    return words


def _said(part: Document, field: str, words: str, language: str) -> dict[str, str]:
    """The text in all its languages; empty when nothing is left in any of them."""
    text = {**part.get(field, {}), language: words}
    if any(text.values()):
        return text
    return text if field in ("text", "title") else {}


def _numbers(form: Form, problems: list[Problem], **limits: tuple[int, int]) -> Fields:
    """Whole numbers between limits, each required."""
    fields: Fields = {}
    for name, (least, most) in limits.items():
        number = whole_of(form.one(name))
        if number is None or not least <= number <= most:
            problems.append(Problem(name, "problem.editor.whole", {"least": least, "most": most}))
        else:
            fields[name] = number
    return fields


def _measure(form: Form, problems: list[Problem]) -> Fields:
    fields: Fields = _numbers(form, problems, decimals=(0, 2))
    for name in ("minimum", "maximum"):
        typed = form.one(name).strip()
        number = number_of(typed) if typed else None
        if typed and number is None:
            problems.append(Problem(name, "problem.editor.number"))
        fields[name] = 0 if name == "minimum" and not typed else number
    return fields


def _months(form: Form, problems: list[Problem]) -> Fields:
    fields: Fields = {}
    for name in ("earliest", "latest"):
        typed = form.one(name).strip()
        month = month_of(typed)
        if typed and month is None:
            problems.append(Problem(name, "problem.editor.month"))
        fields[name] = month
    return fields
