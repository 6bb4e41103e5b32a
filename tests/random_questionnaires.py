"""Questionnaires nobody thought of, for promises that must hold for all: every kind, conditions anywhere.

`questionnaires()` draws small ones that pass the check; `answers_of` draws what could be answered to an item,
asked or not.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from forms.answers import Answer, clean_text, special_codes
from forms.errors import QuestionnaireFault
from forms.lint import check
from forms.loading import from_document
from forms.pictures import NAMES
from forms.questionnaire import Item, Questionnaire
from tests.questionnaires import choices, t

SPECIALS = st.lists(st.sampled_from(["vet_ikke", "vil_ikke_svare", "ikke_aktuelt"]), unique=True, max_size=2)
UNREAD = ("info", "allocate")
"""Kinds that no condition reads."""
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def questionnaires(draw: Draw) -> Questionnaire:
    """One to four pages; what stands later may hang on what stands earlier."""
    earlier: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 4))):
        page: dict[str, Any] = {"id": f"s{number}", "title": t("Side"), "module": "kjerne", "items": []}
        before = list(earlier)
        if number:
            _hide(draw, page, before)
        for _ in range(draw(st.integers(1, 3))):
            entry = draw(st.sampled_from(KINDS))(draw, f"i{len(earlier)}")
            first = number == 0 and not page["items"]
            if "computed" in entry:
                _reckon(draw, entry, earlier)
            if not first:
                _hide(draw, entry, earlier if draw(st.booleans()) else before)
            if entry.get("choices") and not first and entry["kind"] != "allocate":
                _hide(draw, draw(st.sampled_from(entry["choices"])), before)
            if entry["kind"] in DEMANDED and "computed" not in entry:
                _demand(draw, entry, earlier)
            page["items"].append(entry)
            earlier.append(entry)
        page["shuffle"] = draw(st.booleans()) and all(entry["kind"] != "info" for entry in page["items"])
        pages.append(page)
    document = {
        "id": "tilfeldig",
        "version": "1.0",
        "title": t("Tilfeldig"),
        "description": t("Tilfeldig."),
        "credit": t("Ingen."),
        "languages": ["nb", "nn", "en"],
        "scales": [TO_FIVE],
        "pages": pages,
    }
    try:
        questionnaire = from_document(document)
    except QuestionnaireFault:  # a condition on nothing, or on itself
        assume(False)
    assume(not [fault for fault in check(questionnaire) if fault.severity == "error"])
    return questionnaire


TO_FIVE = {
    "id": "fem",
    "choices": [{"code": n + 1, "value": f"v{n}", "text": t(str(n)), "number": n} for n in range(6)],
    "ends": {"low": t("dårlig"), "high": t("godt")},
}


def _choice(draw: Draw, name: str) -> dict[str, Any]:
    display = draw(st.sampled_from(["list", "select", "scale"]))
    return _may_be_shuffled(
        draw, _item(draw, name, "choice", choices=choices("a", "b", "c"), display=display)
    )


def _scale(draw: Draw, name: str) -> dict[str, Any]:
    return _item(draw, name, "choice", scale="fem", display=draw(st.sampled_from(["list", "scale"])))


def _may_be_shuffled(draw: Draw, entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"shuffle": draw(st.booleans()) and entry.get("display") != "scale"}


def _multi(draw: Draw, name: str) -> dict[str, Any]:
    alone = {"code": 9, "value": "ingen", "text": t("Ingen"), "exclusive": True}
    return _may_be_shuffled(draw, _item(draw, name, "multi", choices=[*choices("a", "b", "c"), alone]))


def _rank(draw: Draw, name: str) -> dict[str, Any]:
    return _item(draw, name, "rank", choices=choices("a", "b", "c", "d"), rank_size=draw(st.integers(1, 3)))


def _number(draw: Draw, name: str) -> dict[str, Any]:
    return _item(draw, name, "number", maximum=9, decimals=draw(st.integers(0, 2)))


def _month(draw: Draw, name: str) -> dict[str, Any]:
    return _item(draw, name, "month", earliest="2019-01", latest="2021-12")


def _text(draw: Draw, name: str) -> dict[str, Any]:
    return {"id": name, "kind": "text", "text": t("Si noe"), "lines": draw(st.sampled_from([1, 5]))}


def _info(draw: Draw, name: str) -> dict[str, Any]:
    return {"id": name, "kind": "info", "text": t("Les dette")}


def _item(draw: Draw, name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "text": t("Hva?"), "specials": draw(SPECIALS), **more}


def _allocate(draw: Draw, name: str) -> dict[str, Any]:
    step = draw(st.sampled_from([1, 5, 20]))
    total = step * draw(st.sampled_from([1, 2, 10]))
    return _may_be_shuffled(
        draw, _item(draw, name, "allocate", choices=choices("a", "b", "c"), total=total, step=step)
    )


def _pictures(draw: Draw, name: str) -> dict[str, Any]:
    drawn = [choice | {"picture": word} for choice, word in zip(choices("a", "b", "c"), NAMES, strict=False)]
    return _may_be_shuffled(draw, _item(draw, name, "choice", choices=drawn, display="pictures"))


def _computed(draw: Draw, name: str) -> dict[str, Any]:
    """What it is reckoned from is put in by `_reckon`."""
    kind = draw(st.sampled_from(["number", "choice"]))
    more = {"decimals": 1, "maximum": 50} if kind == "number" else {"choices": choices("a", "b", "c")}
    return {"id": name, "kind": kind, "text": t("Regnet ut"), "computed": "", **more}


def _consent(draw: Draw, name: str) -> dict[str, Any]:
    return {"id": name, "kind": "choice", "text": t("Går det bra?"), "consent": True} | {
        "choices": [choice | {"text": t(choice["value"])} for choice in choices("ja", "nei")]
    }


KINDS = [
    *(_choice, _scale, _multi, _rank, _number, _month, _text, _info, _allocate, _pictures, _computed),
    _consent,
]
DEMANDED = ("choice", "multi", "rank", "number", "month", "text")


def _demand(draw: Draw, entry: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """Sometimes demands something of the answer, alone or together with what was answered before it."""
    open_to = [item for item in earlier if item["kind"] not in UNREAD and not item.get("consent")]
    if entry.get("consent") or draw(st.integers(0, 2)):
        return
    condition = _condition(draw, entry)
    if open_to and draw(st.booleans()):
        joined = draw(st.sampled_from([" && ", " || "]))
        condition += joined + _condition(draw, draw(st.sampled_from(open_to)))
    entry["must"] = [{"condition": condition, "text": t("Svaret passer ikke.")}]


def _reckon(draw: Draw, entry: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """Makes a computed entry of one or two of those before it."""
    readable = [item for item in earlier if item["kind"] not in UNREAD]
    assume(readable)
    if entry["kind"] == "choice":
        other = draw(st.sampled_from("abc"))
        entry["computed"] = f'{_condition(draw, draw(st.sampled_from(readable)))} ? "a" : "{other}"'
        return
    numbers = [item["id"] for item in readable if item.get("scale") or item["kind"] == "number"]
    assume(numbers)
    one, two = (f"answers.{draw(st.sampled_from(numbers))}" for _ in range(2))
    entry["computed"] = draw(st.sampled_from([f"{one} + {two}", f"{one} / {two}", f"{one} * 3 - {two}"]))


def _hide(draw: Draw, what: dict[str, Any], earlier: list[dict[str, Any]]) -> None:
    """Sometimes makes `what` hang on one or two of those before it."""
    open_to = [item for item in earlier if item["kind"] not in UNREAD]
    if not open_to or draw(st.booleans()):
        return
    parts = [_condition(draw, draw(st.sampled_from(open_to))) for _ in range(draw(st.integers(1, 2)))]
    what["show_if"] = draw(st.sampled_from([" && ", " || "])).join(parts)


def _condition(draw: Draw, item: dict[str, Any]) -> str:
    name = f"answers.{item['id']}"
    if item.get("consent"):
        return f'{name} == "ja"'
    if item.get("scale") or item["kind"] == "number":
        return f"{name} {draw(st.sampled_from(['<', '>=', '==', '!=']))} {draw(st.integers(1, 4))}"
    if item["kind"] == "month":
        return f'{name} {draw(st.sampled_from(["<", ">="]))} "2020-06"'
    if item["kind"] == "text":
        return f'{name} != ""'
    if item["kind"] == "choice":
        return f'{name} {draw(st.sampled_from(["==", "!="]))} "{draw(st.sampled_from("abc"))}"'
    return f'{draw(st.sampled_from(["", "!"]))}("{draw(st.sampled_from("abc"))}" in {name})'


def answers_of(questionnaire: Questionnaire, item: Item) -> st.SearchStrategy[Answer]:
    """Any answer that the item takes, asked or not."""
    chosen = questionnaire.choices(item)
    codes = st.sampled_from([choice.code for choice in chosen]) if chosen else st.nothing()
    specials = st.sampled_from(sorted(special_codes(item))) if item.specials else st.nothing()
    together = [choice.code for choice in chosen if not choice.exclusive]
    alone = st.sampled_from([[choice.code] for choice in chosen if choice.exclusive] or [[]]).filter(bool)
    match item.kind:
        case "choice":
            return codes | specials
        case "multi":
            several = st.lists(st.sampled_from(together), min_size=1, unique=True).map(sorted)
            return several | (alone if len(together) < len(chosen) else st.nothing()) | specials
        case "rank":
            return st.lists(codes, min_size=1, max_size=item.rank_size, unique=True) | specials
        case "allocate":
            return _shares(item) | specials
        case "number":
            return st.integers(0, 9).map(str) | specials
        case "month":
            return (
                st.builds(lambda y, m: f"{y}-{m:02}", st.integers(2019, 2021), st.integers(1, 12)) | specials
            )
        case _:
            return st.text(min_size=1, max_size=12).map(clean_text).filter(bool)


def _shares(item: Item) -> st.SearchStrategy[Answer]:
    """The whole amount, cut in as many parts as there are choices."""
    steps = item.total // item.step
    cuts = st.lists(st.integers(0, steps), min_size=len(item.choices) - 1, max_size=len(item.choices) - 1)

    def parts(at: list[int]) -> Answer:
        ends = [0, *sorted(at), steps]
        sizes = [(end - start) * item.step for start, end in pairwise(ends)]
        return {str(c.code): str(size) for c, size in zip(item.choices, sizes, strict=True) if size}

    return cuts.map(parts)
