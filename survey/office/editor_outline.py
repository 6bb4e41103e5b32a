"""A questionnaire in the making as its page tells it: pages, questions, what the check finds and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from forms import reading
from forms.addresses import addresses
from forms.catalogue import Message, Translate, read_catalogue
from forms.editing import Document
from forms.errors import Fault, wording
from forms.lint.characters import visible
from forms.questionnaire import Item, Matrix, Page, Questionnaire
from survey.office.editor_conditions import spoken
from survey.office.pages import ROOM

OF_MEANING = frozenset({"meaning_kept", "code_reused", "code_vanished", "meaning_doubtful", "meaning_twice"})
"""Faults that are gone once the question has a meaning id of its own."""
BY_ITSELF = frozenset({"version_kept"})
"""What whoever writes files has to mend, and the console mends when a round is made."""


@dataclass(frozen=True)
class Told:
    """One fault in the grammar of the house. `address`: where it is mended, below that of the draft."""

    severity: str
    where: str
    what: str
    why: str
    how: str
    address: str
    about: str
    """Id of the page or question, '' for the whole."""
    renew: str = ""
    """Id of a question whose answers can no longer be set beside those of before, unless it gets a meaning
    of its own."""
    missing: str = ""
    """The language that a text lacks, when that is all."""


@dataclass(frozen=True)
class Line:
    """One question on the outline. `faults`: errors, warnings."""

    item: Item | Matrix
    text: str
    kind: str
    scale: str
    condition: str
    rows: tuple[str, ...]
    faults: tuple[int, int]
    moves: tuple[bool, bool]
    """Whether it can go up and down."""


@dataclass(frozen=True)
class Sheet:
    page: Page
    title: str
    condition: str
    lines: tuple[Line, ...]
    moves: tuple[bool, bool]


def sheets(
    questionnaire: Questionnaire, told: Sequence[Told], language: str, speaks: str
) -> tuple[Sheet, ...]:
    """Every page. `language`: of the questions, `speaks`: of what is said about them."""
    found = []
    last = len(questionnaire.pages) - 1
    for number, page in enumerate(questionnaire.pages):
        lines = tuple(
            _line(questionnaire, entry, told, language, speaks, _moves(number, place, last, len(page.items)))
            for place, entry in enumerate(page.items)
        )
        found.append(
            Sheet(
                page,
                visible(page.title.get(language)),
                visible(spoken(page.show_if, questionnaire, speaks)),
                lines,
                (number > 0, number < last),
            )
        )
    return tuple(found)


def _moves(page: int, place: int, last_page: int, lines: int) -> tuple[bool, bool]:
    return page > 0 or place > 0, page < last_page or place < lines - 1


def _line(
    questionnaire: Questionnaire,
    entry: Item | Matrix,
    told: Sequence[Told],
    language: str,
    speaks: str,
    moves: tuple[bool, bool],
) -> Line:
    rows = entry.rows if isinstance(entry, Matrix) else ()
    ids = {entry.id, *(row.id for row in rows)}
    own = [one.severity for one in told if one.about in ids]
    return Line(
        item=entry,
        text=visible(entry.text.get(language)),
        kind=kind_of(entry),
        scale=visible(scale_in_words(questionnaire, entry.scale, language)) if entry.scale else "",
        condition=visible(spoken(entry.show_if, questionnaire, speaks)),
        rows=tuple(visible(row.text.get(language)) for row in rows),
        faults=(own.count("error"), own.count("warning")),
        moves=moves,
    )


def answers_in_words(
    questionnaire: Questionnaire, owner: Document, speaks: str
) -> dict[str, tuple[str, str]]:
    """Of a question or a scale as it is kept, by the code of its answers: the value of each, and who gets it
    in words, '' where everybody does."""
    return {
        str(choice["code"]): (choice["value"], spoken(choice.get("show_if"), questionnaire, speaks))
        for choice in owner.get("choices", ())
    }


def kind_of(entry: Item | Matrix) -> str:
    """The last part of the message that names its kind."""
    if isinstance(entry, Matrix):
        return "matrix"
    if entry.computed is not None:
        return "computed"
    return "consent" if entry.consent else entry.kind


def scale_in_words(questionnaire: Questionnaire, scale_id: str, language: str) -> str:
    """'Helt uenig – Helt enig (5)'."""
    choices = next((scale.choices for scale in questionnaire.scales if scale.id == scale_id), ())
    if not choices:
        return scale_id
    scale = questionnaire.scale(scale_id)
    # What stands off the scale is no end of it.
    steps = scale.steps or choices
    first, last = steps[0].text.get(language), steps[-1].text.get(language)
    if scale.ends:
        first = f"{first} {scale.ends.low.get(language)}"
        last = f"{last} {scale.ends.high.get(language)}"
    return f"{first} – {last} ({len(choices)})"


def tell(
    faults: Sequence[Fault], questionnaire: Questionnaire, language: str, speaks: str, t: Translate
) -> tuple[Told, ...]:
    """Faults, in words, each with the page where it is mended."""
    told = [
        replace(one, where=visible(one.where), what=visible(one.what), how=visible(one.how))
        for one in (_told(fault, questionnaire, language, speaks, t) for fault in faults)
    ]
    # One button a question, whatever of it is told beside.
    offered: set[str] = set()
    for place, one in enumerate(told):
        if one.renew in offered:
            told[place] = replace(one, renew="")
        offered.add(one.renew)
    return tuple(told)


def _told(fault: Fault, questionnaire: Questionnaire, language: str, speaks: str, t: Translate) -> Told:
    steps = {
        message.key.removeprefix("place."): dict(message.values)["name"] for message in fault.place.steps
    }
    entry = str(steps.get("row") or steps.get("item") or steps.get("matrix") or "")
    page, scale = str(steps.get("page") or ""), str(steps.get("scale") or "")
    items: dict[str, Item | Matrix] = {item.id: item for item in questionnaire.items()}
    items |= {entry.id: entry for each in questionnaire.pages for entry in each.items}
    titles = {one.id: one.title.get(language) for one in questionnaire.pages}
    where: list[str] = []
    if entry in items:
        address, about = f"/sporsmal/{entry}", entry
        where.append(items[entry].text.get(language) or t("editor.no_words"))
    elif page in titles:
        address, about = f"/side/{page}", page
        where.append(t("editor.where.page", title=titles[page]))
    elif any(one.id == scale for one in questionnaire.scales):
        address, about = f"/skala/{scale}", ""
        where.append(t("editor.where.scale", scale=scale_in_words(questionnaire, scale, language)))
    elif "object" in steps or steps.get("field") == "index":
        address, about = "/poeng", ""
        where.append(t("editor.scoring"))
    else:
        address, about = "/om", ""
        where.append(t("editor.where.form"))
    where += _field(steps, _choice(questionnaire, items.get(entry), scale, steps, language), t)
    code = str(dict(fault.message.values).get("language", ""))
    missing = code if fault.kind == "text_missing" and code in questionnaire.languages[1:] else ""
    if missing:
        address = f"/oversettelse/{code}"
    lines = [*fault.message.worded(wording(speaks)).split("\n"), "", "", ""][:3]
    own = read_catalogue(ROOM / "messages", "nb")
    for place, part in enumerate(("what", "why", "mend")):
        if (key := f"editor.{part}.{fault.kind}") in own:
            lines[place] = Message(key, fault.message.values).worded(_both(t, wording(speaks), own))
    what, why, how = (line[:1].upper() + line[1:] for line in lines)
    renew = entry if fault.kind in OF_MEANING and entry in items else ""
    severity = "note" if fault.kind in BY_ITSELF else fault.severity
    return Told(severity, " · ".join(where), what, why, how, address, about, renew, missing)


def together(told: Sequence[Told], t: Translate) -> tuple[Told, ...]:
    """The same, and what lacks in one language told once: somebody who translates wants to know how much."""
    lacking = Counter(one.missing for one in told)
    found: dict[str, Told] = {}
    for place, one in enumerate(told):
        if not one.missing:
            found[str(place)] = one
        elif one.missing not in found:
            found[one.missing] = _lacking(one, lacking[one.missing], t)
    return tuple(found.values())


def _lacking(one: Told, n: int, t: Translate) -> Told:
    key = f"language.{one.missing}"
    language = t(key) if key in read_catalogue(ROOM / "messages", "nb") else one.missing
    where = t("editor.texts", language=language)
    if n == 1:
        what = t("editor.what.text_missing_one", language=language)
        return replace(one, where=f"{where} · {one.where}", what=what)
    what = t("editor.what.text_missing_many", n=n, language=language)
    return replace(one, where=where, what=what, how=t("editor.mend.text_missing_many"), about="")


def _both(t: Translate, of_forms: Translate, own: Collection[str]) -> Translate:
    """Our words, and within them those of the check."""

    def translate(key: str, /, **values: object) -> str:
        return (t if key in own else of_forms)(key, **values)

    return translate


def _choice(
    questionnaire: Questionnaire,
    entry: Item | Matrix | None,
    scale: str,
    steps: dict[str, object],
    language: str,
) -> str:
    """The words of the answer that a place names, its own name where it has none; '' where it names none."""
    name = str(steps.get("choice", ""))
    own = entry.choices if isinstance(entry, Item) else ()
    shared = next((one.choices for one in questionnaire.scales if one.id == scale), ())
    return next((one.text.get(language) for one in (*own, *shared) if one.value == name), "") or name


def _field(steps: dict[str, object], choice: str, t: Translate) -> list[str]:
    found = []
    if choice:
        found.append(t("editor.where.choice", choice=choice))
    field = str(steps.get("field", "")).partition(".")[0]
    key = f"editor.field.{field}"
    if field and key in read_catalogue(ROOM / "messages", "nb"):
        found.append(t(key))
    return found


def minutes(questionnaire: Questionnaire, language: str) -> int:
    """As people are told it, 0 when nothing is asked yet."""
    return reading.whole_minutes(questionnaire, language) if any(questionnaire.questions()) else 0


def completeness(questionnaire: Questionnaire, code: str) -> tuple[int, int]:
    """(texts there are in `code`, texts there are to translate)."""
    first = questionnaire.languages[0]
    needed = [w.text.root for _, w in addresses(questionnaire) if w.text.root.get(first, "").strip()]
    return sum(bool(text.get(code, "").strip()) for text in needed), len(needed)


def earlier(questionnaire: Questionnaire, page_id: str) -> list[tuple[str, tuple[Item, ...]]]:
    """The questions of the pages before this one, by title: what conditions may read there."""
    found = []
    for page in questionnaire.pages:
        if page.id == page_id:
            break
        found.append((page.title.get(questionnaire.languages[0]), tuple(questionnaire.page_items(page))))
    return found
