"""One element of a survey of SurveyJS as a question of ours."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.exchange.tables import slug
from forms.exchange.xlsform_cells import Document
from forms.exchange.xlsform_types import CONSENT
from forms.questionnaire import SPECIAL_CODES

Say = Callable[[Mapping[str, Any], str], dict[str, str]]
"""The text under a key of a part, by language."""

CARRIED = frozenset({"type", "name", "title", "description", "visibleIf"})
_CHOICES = frozenset({"choices", "choicesOrder", "hasNone", "showNoneItem", "noneText", "showDontKnowItem",
                      "showRefuseItem", "dontKnowText", "refuseText"})  # fmt: skip
LAYOUT = frozenset({
    "colCount", "width", "minWidth", "maxWidth", "startWithNewLine", "titleLocation", "descriptionLocation",
    "hideNumber", "indent", "state", "showProgressBar", "progressBarType", "showQuestionNumbers", "logo",
    "logoPosition", "logoWidth", "logoHeight", "widthMode", "questionTitleLocation", "showTitle", "cols",
    "placeholder", "autoGrow", "allowResize", "rateType", "renderAs", "itemSize", "imageFit", "autoComplete",
    "autocomplete", "questionDescriptionLocation", "textUpdateMode", "showNavigationButtons",
    "fitToContainer",
    "isPanelless", "showPreviewBeforeComplete", "headerView", "errorLocation", "searchEnabled", "allowClear",
})  # fmt: skip
"""How things look and where they stand: the house has its own way with that."""
_TAG = re.compile(r"<[^<>]{0,1000}>")
_MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])")
_CHOSEN = {"radiogroup": "choice", "buttongroup": "choice", "dropdown": "choice", "imagepicker": "choice",
           "checkbox": "multi", "tagbox": "multi", "ranking": "rank"}  # fmt: skip
_SPECIALS = {"showDontKnowItem": "vet_ikke", "showRefuseItem": "vil_ikke_svare"}
MOST_RANKED = 5
MOST_STEPS = 11
MOST_WORTH = 10**12


@dataclass
class Made:
    """`document`: without id and text. `named`: what SurveyJS calls its choices. `scale`: without its id.
    `expression`: what it is computed of. `shown`: choices with the condition each is shown on. `demands`:
    conditions with what is said. `carried`: fields of the element that are in it. `left`: what is not."""

    document: Document
    named: list[str] = field(default_factory=list)
    text: dict[str, str] = field(default_factory=dict)
    scale: Document | None = None
    expression: str | None = None
    shown: list[tuple[Document, str]] = field(default_factory=list)
    demands: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    carried: frozenset[str] = frozenset()
    left: list[tuple[str, object]] = field(default_factory=list)
    parts: list[Document] = field(default_factory=list)
    """Choices and rows as they stand in the file."""


def made(element: Document, say: Say, languages: Collection[str]) -> Made | None:
    """The question that an element is; None for what we do not ask."""
    kind = element.get("type", "text")
    if not isinstance(kind, str):
        return None
    found: Made | None = None
    if kind in _CHOSEN:
        found = _chosen(element, _CHOSEN[kind], say)
    elif (make := _MAKERS.get(kind)) is not None:
        found = make(element, say, languages)
    if found is not None:
        _validators(found, element, say)
    return found


# ---------------------------------------------------------------- choices


def _chosen(element: Document, kind: str, say: Say) -> Made:
    several = kind == "choice" and element.get("multiSelect") is True
    document: Document = {} if kind == "choice" and not several else {"kind": "multi" if several else kind}
    found = Made(document, carried=_CHOICES | {"multiSelect"})
    choices = _choices(found, element.get("choices"), say)
    if element.get("hasNone") is True or element.get("showNoneItem") is True:
        text = say(element, "noneText") or {
            "nb": "Ingen av disse",
            "nn": "Ingen av desse",
            "en": "None of these",
        }
        choices.append({"value": "none", "text": text, "exclusive": document.get("kind") == "multi"})
        found.named.append("none")
    _coded(choices, found.named)
    document["choices"] = choices
    specials = [word for key, word in _SPECIALS.items() if element.get(key) is True]
    if specials := list(dict.fromkeys([*document.get("specials", ()), *specials])):
        document["specials"] = specials
    order = element.get("choicesOrder", "none")
    if order == "random":
        document["shuffle"] = True
    elif order != "none":
        found.left.append(("choicesOrder", order))
    if element.get("type") == "dropdown":
        document["display"] = "select"
    if kind == "rank":
        asked = element.get("maxSelectedChoices")
        wanted = (
            asked if isinstance(asked, int) and not isinstance(asked, bool) and asked > 0 else len(choices)
        )
        document["rank_size"] = max(1, min(wanted, len(choices), MOST_RANKED))
        found.carried |= {"maxSelectedChoices"}
        if document["rank_size"] < wanted:
            found.left.append(("ranking", wanted))
    return found


def _choices(found: Made, given: object, say: Say) -> list[Document]:
    """Without codes. Special answers go to the specials of the question."""
    choices: list[Document] = []
    for one in given if isinstance(given, list) else ():
        part = one if isinstance(one, dict) else {"value": one}
        name = _name(part.get("value"))
        if name is None:
            found.left.append(("choices", one))
            continue
        if name in SPECIAL_CODES:
            found.document.setdefault("specials", []).append(name)
            continue
        found.parts.append(part)
        text = say(part, "text") or say({"text": name}, "text")
        choice: Document = {"value": slug(name), "text": text}
        if isinstance(shown := part.get("visibleIf"), str) and shown.strip():
            found.shown.append((choice, shown))
        found.left += [
            (key, value)
            for key, value in part.items()
            if key not in ("value", "text", "visibleIf", "visible")
        ]
        choices.append(choice)
        found.named.append(name)
    return choices


def _coded(choices: list[Document], named: list[str]) -> None:
    """Codes, and the number that each is worth where all are called by one."""
    figures = [name for name in named if name != "none"]
    numbers = bool(figures) and all(
        name.isdecimal() and name.isascii() and len(name) < 10 for name in figures
    )
    by_name = numbers and "none" not in named and all(1 <= int(name) <= 250 for name in figures)
    for code, (choice, name) in enumerate(zip(choices, named, strict=True), 1):
        choice["code"] = int(name) if by_name else min(code, 251)
        if numbers and "none" not in named:
            choice["number"] = float(name)


def _name(value: object) -> str | None:
    """A value as the name of an answer."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}" if abs(value) <= MOST_WORTH else None
    return value.strip()[:200] if isinstance(value, str) and value.strip() else None


def _rating(element: Document, say: Say, languages: Collection[str]) -> Made:
    found = Made({}, carried=frozenset({"rateValues", "rateMin", "rateMax", "rateStep", "rateCount",
                                        "minRateDescription", "maxRateDescription"}))  # fmt: skip
    low, high = _whole(element.get("rateMin"), 1), _whole(element.get("rateMax"), 5)
    step = max(1, _whole(element.get("rateStep"), 1))
    if "rateMax" not in element and "rateCount" in element:
        high = low + (_whole(element.get("rateCount"), 5) - 1) * step
    steps = list(range(low, min(high, low + 300 * step) + 1, step))
    choices = _choices(found, element.get("rateValues") or steps, say)
    _coded(choices, found.named)
    ends = {end: say(element, f"{side}RateDescription") for end, side in (("low", "min"), ("high", "max"))}
    if 2 <= len(choices) <= MOST_STEPS:
        found.document["display"] = "scale"
    if all(ends.values()) and "display" in found.document:
        found.scale = {"choices": choices, "ends": ends}
    else:
        found.document["choices"] = choices
        told = ((f"{side}RateDescription", ends[end]) for end, side in (("low", "min"), ("high", "max")))
        found.left += [(key, text) for key, text in told if text]
    return found


def _boolean(element: Document, say: Say, languages: Collection[str]) -> Made:
    found = Made({}, carried=frozenset({"labelTrue", "labelFalse", "valueTrue", "valueFalse"}))
    choices = []
    for code, (value, words) in enumerate(CONSENT.items(), 1):
        truth = "True" if value == "ja" else "False"
        text = say(element, f"label{truth}") or {lang: words.get(lang, words["en"]) for lang in languages}
        choices.append({"code": code, "value": value, "text": text})
        found.named.append(_name(element.get(f"value{truth}")) or truth.lower())
    found.document["choices"] = choices
    return found


def _matrix(element: Document, say: Say, languages: Collection[str]) -> Made | None:
    found = Made({"kind": "matrix"}, carried=frozenset({"columns", "rows", "rowsOrder"}))
    choices = _choices(found, element.get("columns"), say)
    _coded(choices, found.named)
    specials = found.document.pop("specials", [])
    rows = []
    given = element.get("rows")
    for one in given if isinstance(given, list) else ():
        part = one if isinstance(one, dict) else {"value": one}
        name = _name(part.get("value"))
        if name is None:
            found.left.append(("rows", one))
            continue
        found.parts.append(part)
        row: Document = {
            "id": f"{element['name']}_{name}",
            "text": say(part, "text") or say({"text": name}, "text"),
        }
        rows.append(row | ({"specials": specials} if specials else {}))
        found.left += [(key, value) for key, value in part.items() if key not in ("value", "text")]
    if not rows or not choices:
        return None
    if element.get("rowsOrder") == "random":
        found.document["shuffle"] = True
    found.document["rows"] = rows
    found.scale = {"choices": choices}
    return found


# ---------------------------------------------------------------- words and numbers


def _typed(element: Document, say: Say, languages: Collection[str]) -> Made | None:
    kind = element.get("inputType", "text")
    found = Made({}, carried=frozenset({"inputType", "min", "max", "step"}))
    limits = [element.get("min"), element.get("max")]
    match kind:
        case "number" | "range":
            step = element.get("step")
            whole = isinstance(step, int) and not isinstance(step, bool)
            found.document = {"kind": "number", "decimals": 0 if whole else 2}
            names: tuple[str, str] = ("minimum", "maximum")
            fit = _is_number
        case "month":
            found.document, names, fit = {"kind": "month"}, ("earliest", "latest"), _is_month
        case "text" | "search":
            found.document, names, fit = {"kind": "text", "lines": 1}, ("", ""), _is_nothing
        case _:
            return None
    for key, name, limit in zip(("min", "max"), names, limits, strict=True):
        if limit is not None:
            if fit(limit):
                found.document[name] = limit
            else:
                found.left.append((key, limit))
    return found


def _comment(element: Document, say: Say, languages: Collection[str]) -> Made:
    lines = min(10, max(2, _whole(element.get("rows"), 5)))
    return Made({"kind": "text", "lines": lines}, carried=frozenset({"rows"}))


def _html(element: Document, say: Say, languages: Collection[str]) -> Made:
    """Its words; what is set with markup is told of."""
    said = say(element, "html")
    plain = {lang: " ".join(html.unescape(_TAG.sub(" ", words)).split()) for lang, words in said.items()}
    found = Made({"kind": "info"}, carried=frozenset({"html"}), text={k: v for k, v in plain.items() if v})
    if said != plain:
        found.left.append(("html", next(iter(said.values()))))
    return found


def _expression(element: Document, say: Say, languages: Collection[str]) -> Made:
    source = element.get("expression")
    return Made(
        {"kind": "number", "decimals": 2},
        expression=source if isinstance(source, str) else "",
        carried=frozenset({"expression"}),
    )


_MAKERS: dict[str, Callable[[Document, Say, Collection[str]], Made | None]] = {
    "text": _typed,
    "comment": _comment,
    "rating": _rating,
    "boolean": _boolean,
    "matrix": _matrix,
    "html": _html,
    "expression": _expression,
}


def _validators(found: Made, element: Document, say: Say) -> None:
    """Limits of numbers, and conditions with what is said when they are not met."""
    given = element.get("validators")
    found.carried |= {"validators"}
    if not isinstance(given, list):
        if given is not None:
            found.left.append(("validators", given))
        return
    for one in given:
        match one:
            case {"type": "numeric"} if found.document.get("kind") == "number":
                found.left += list(_numeric(found.document, one))
            case {"type": "expression", "expression": str(source)} if "rows" not in found.document:
                found.demands.append((source, say(one, "text")))
            case _:
                found.left.append(("validators", one))


def _numeric(document: Document, validator: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for key, name in (("minValue", "minimum"), ("maxValue", "maximum")):
        if _is_number(limit := validator.get(key)):
            document[name] = limit
        elif limit is not None:
            yield key, limit


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST_WORTH


def _is_month(value: object) -> bool:
    return isinstance(value, str) and bool(_MONTH.fullmatch(value))


def _is_nothing(value: object) -> bool:
    return False


def _whole(value: object, otherwise: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= 1_000_000:
        return value
    return otherwise
