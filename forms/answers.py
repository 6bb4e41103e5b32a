"""Answers to a questionnaire: checked, and read from a web form. `Layout` packs them into bytes and back.

An answer document is a dict from item id to answer; an item that was skipped is not in it.

    choice   code of the choice, or 253 / 254 / 255           {"bolig_hjem": 4}
    multi    sorted list of codes, or 253 / 254 / 255          {"tilpasninger": [1, 3]}
    rank     list of distinct codes, first choice first        {"temaer": [7, 2]}
    text     the words, at most `item.most_characters`         {"bra_her": "Utsikten"}
    number   the number as text, or 253 / 254 / 255            {"rom": "3"}
    month    the month as text, or 253 / 254 / 255             {"innflyttet": "2024-05"}
    allocate parts by code, see `shares`, or 253 / 254 / 255   {"torget": {"1": "60", "3": "40"}}
    info     none

    order    which of the orders it was shown in, 1..24, where anything is shuffled   {"order": 17}

Problems a tenant can mend on the page carry one of these message keys, worded by the room that shows them:

    problem.unknown_choice   the value sent is not one of the choices                 (no placeholders)
    problem.one_only         several values sent where one is wanted                  (no placeholders)
    problem.exclusive        an answer that stands alone was picked with others       (no placeholders)
    problem.rank_twice       the same choice has two places               {first} {second}: the places, 1..5
    problem.text_too_long    the text is longer than fits            {length} {limit} {over}: in characters
    problem.measure_and_special   a number or month, and a special code too             (no placeholders)
    problem.must             the questionnaire demands something else, said in `text`   (no placeholders)
    problem.<misfit>         a number, month or part that is none: the keys and placeholders of `measures`
                             and `shares`
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from forms import measures, shares
from forms.catalogue import Message
from forms.errors import AnswerFault, Fault, at
from forms.layout import Answer, Answers, Layout, Slot, unknown_item
from forms.measures import Misfit
from forms.questionnaire import SPECIAL_CODES, UNANSWERED, Item, Questionnaire, Text
from forms.shuffling import ORDER, ORDERS, any_shuffled, order_in

__all__ = [
    "Answer",
    "Answers",
    "Layout",
    "Problem",
    "Slot",
    "clean_text",
    "field_names",
    "parse_form",
    "special_codes",
    "validate",
]


@dataclass(frozen=True)
class Problem:
    """Something the tenant can mend: message key and its placeholders, or the questionnaire's own `text`."""

    item_id: str
    key: str
    values: Mapping[str, str | int]
    text: Text | None = None


UNSEEN = frozenset(
    chr(code)
    for codes in (
        (0xAD, 0x180E, 0x200B, 0xFEFF),
        range(0x202A, 0x202F),
        range(0x2060, 0x2070),
        range(0xFFF9, 0xFFFC),
    )
    for code in codes
)
"""Turns of direction of all that follows, spaces without width, and other signs that nobody sees."""


def hides(text: str) -> bool:
    """Whether there are signs in it that nobody sees, which `clean_text` takes out."""
    return not UNSEEN.isdisjoint(text)


def clean_text(text: str) -> str:
    """The words as they are stored: composed Unicode, \\n line ends, no control characters, no outer space.

    Nor signs that nobody sees and that turn the words around them, or hide in them: a name written backwards
    is read forwards, and the masker does not know it. What Persian, Indic scripts and emoji need (U+200C,
    U+200D) and marks of direction of one sign (U+200E, U+200F, U+061C) stay.

    NUL and lone surrogates cannot be stored as jsonb, so they go here and not in an error page.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        c for c in text if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in UNSEEN)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()


_MEASURES = {"number": measures.number, "month": measures.month}


def special_codes(item: Item) -> frozenset[int]:
    """Codes of 'don't know' and the like that this item offers."""
    return frozenset(SPECIAL_CODES[word] for word in item.specials)


def validate(questionnaire: Questionnaire, document: object) -> Answers:
    """The document as checked answers, items in the order of the questionnaire; unanswered ones left out.

    None, 0, "" and [] mean unanswered. AnswerFault lists every fault: unknown item, code that is not among
    the choices, wrong type, too long a text.
    """
    if not isinstance(document, Mapping):
        raise AnswerFault([Fault.error(at(answers=""), "answers_not_an_object", got=_kind(document))])
    items = {item.id: item for item in questionnaire.stored()}
    shuffled = any_shuffled(questionnaire)
    known = {*items, ORDER} if shuffled else items.keys()
    faults = [unknown_item(str(name)) for name in document if name not in known]
    answers: Answers = {}
    for name, item in items.items():
        raw = document.get(name)
        if raw is None or raw == "" or raw == [] or (raw == UNANSWERED and raw is not False):
            continue
        checked = _check(questionnaire, item, raw)
        if isinstance(checked, Fault):
            faults.append(checked)
        elif checked != "":
            answers[name] = checked
    if shuffled and document.get(ORDER):
        if order := order_in(document):
            answers[ORDER] = order
        else:
            faults.append(Fault.error(at(item=ORDER), "order_unknown", most=ORDERS))
    if faults:
        raise AnswerFault(faults)
    return answers


def _check(questionnaire: Questionnaire, item: Item, raw: object) -> Answer | Fault:
    if item.kind == "text":
        return _check_text(item, raw)
    if item.kind in _MEASURES and not (isinstance(raw, int) and raw in special_codes(item)):
        return _check_measure(item, raw)
    if item.kind == "allocate" and not (isinstance(raw, int) and raw in special_codes(item)):
        return _check_shares(item, raw)
    if item.kind == "choice" or not isinstance(raw, list | tuple):
        return _check_single(questionnaire, item, raw)
    return _check_several(questionnaire, item, raw)


def _check_text(item: Item, raw: object) -> str | Fault:
    if not isinstance(raw, str):
        return _fault(item, "answer_not_text", got=_kind(raw))
    text = clean_text(raw)
    if len(text) > item.most_characters:
        return _fault(item, "answer_too_long", length=len(text), most=item.most_characters)
    return text


def _check_measure(item: Item, raw: object) -> str | Fault:
    if not isinstance(raw, str):
        return _fault(item, "answer_not_measured", got=_kind(raw))
    text = clean_text(raw)
    read = _MEASURES[item.kind](item, text) if text else ""
    if isinstance(read, Misfit):
        reason = Message.of(read.key, **read.values)
        return _fault(item, "answer_unfit", given=(text[:40],), reason=reason)
    return read


def _check_shares(item: Item, raw: object) -> dict[str, str] | str | Fault:
    codes = {str(choice.code) for choice in item.choices}
    if not isinstance(raw, Mapping) or not all(isinstance(part, str) for part in raw.values()):
        return _fault(item, "answer_not_shared", got=_kind(raw))
    if strangers := [str(code)[:10] for code in raw if code not in codes]:
        return _fault(item, "answer_code_unknown", codes=", ".join(strangers), known=", ".join(sorted(codes)))
    read = shares.shared(item, raw)
    if isinstance(read, Misfit):
        reason = Message.of(read.key, **read.values)
        return _fault(item, "answer_unfit", given=(str(dict(raw))[:40],), reason=reason)
    return read or ""


def _check_single(questionnaire: Questionnaire, item: Item, raw: object) -> int | Fault:
    """A choice; or, for multi and rank, one of the special codes alone."""
    known = special_codes(item)
    if item.kind == "choice":
        known |= {choice.code for choice in questionnaire.choices(item)}
    if not isinstance(raw, int) or isinstance(raw, bool):
        kind = "answer_not_a_code" if item.kind == "choice" else "answer_not_a_list"
        return _fault(item, kind, got=_kind(raw), known=_listed(known))
    return raw if raw in known else _no_such_code(item, [raw], known)


def _check_several(questionnaire: Questionnaire, item: Item, raw: Sequence[object]) -> list[int] | Fault:
    choices = questionnaire.choices(item)
    known = {choice.code for choice in choices}
    codes = [code for code in raw if isinstance(code, int) and not isinstance(code, bool)]
    if len(codes) != len(raw):
        return _fault(item, "answer_list_unfit", known=_listed(known))
    if strangers := [code for code in codes if code not in known]:
        return _no_such_code(item, strangers, known)
    if item.kind == "rank":
        if len(set(codes)) != len(codes):
            return _fault(item, "rank_twice", codes=codes)
        if len(codes) > item.rank_size:
            return _fault(item, "rank_too_long", count=len(codes), most=item.rank_size)
        return codes
    alone = {choice.code for choice in choices if choice.exclusive}
    if len(set(codes)) > 1 and alone & set(codes):
        return _fault(item, "answer_stands_alone", codes=_listed(alone & set(codes)))
    return sorted(set(codes))


def _no_such_code(item: Item, codes: Sequence[int], known: Iterable[int]) -> Fault:
    return _fault(item, "answer_code_unknown", codes=_listed(codes), known=_listed(known))


def _fault(item: Item, kind: str, /, **values: object) -> Fault:
    return Fault.error(at(item=item.id), kind, **values)


def _listed(codes: Iterable[int]) -> str | Message:
    return ", ".join(str(code) for code in sorted(codes)) or Message.of("no_code")


def _kind(value: object) -> Message:
    names: dict[type, str] = {
        type(None): "kind.nothing",
        bool: "kind.truth",
        int: "kind.number",
        float: "kind.decimal",
        str: "kind.text",
        list: "kind.list",
        dict: "kind.object",
    }
    return Message.of(names.get(type(value), "kind.other"))


def parse_form(
    questionnaire: Questionnaire, items: Iterable[Item], form: Mapping[str, Sequence[str]]
) -> tuple[Answers, tuple[Problem, ...]]:
    """Read the fields of one page: answers to `items` and what the tenant must mend.

    Fields: choice `id`; multi `id` repeated; rank `id.1`, `id.2`, ...; text `id`; number `id.1`; month `id.1`
    (1..12) and `id.2` (the year); allocate `id.<code>` for each choice. A special
    code comes as `id`. Other fields are ignored. When there are
    problems, the answers are what was typed, for showing the page again, not for storing; of a month then
    'year-month', either of which may be empty.
    """
    answers: Answers = {}
    problems: list[Problem] = []
    for item in items:
        if not item.asks:
            continue
        answer, problem = _READERS.get(item.kind, _closed_fields)(questionnaire, item, form)
        if answer:
            answers[item.id] = answer
        if problem is not None:
            problems.append(problem)
    return answers, tuple(problems)


def field_names(item: Item) -> frozenset[str]:
    """Names of all the fields that a page can send for the item."""
    if not item.asks:
        return frozenset()
    parts = {"rank": item.rank_size, "number": 1, "month": 2}.get(item.kind, 0)
    numbers = [choice.code for choice in item.choices] if item.kind == "allocate" else range(1, parts + 1)
    return frozenset({item.id} | {f"{item.id}.{number}" for number in numbers})


def _text_field(
    questionnaire: Questionnaire, item: Item, form: Mapping[str, Sequence[str]]
) -> tuple[Answer | None, Problem | None]:
    text = clean_text("\n".join(form.get(item.id, ())))
    over = len(text) - item.most_characters
    if over <= 0:
        return text, None
    values = {"length": len(text), "limit": item.most_characters, "over": over}
    return text, Problem(item.id, "problem.text_too_long", values)


def _measured(
    questionnaire: Questionnaire, item: Item, form: Mapping[str, Sequence[str]]
) -> tuple[Answer | None, Problem | None]:
    special, problem = _closed_fields(questionnaire, item, {item.id: form.get(item.id, ())})
    if problem is not None:
        return None, problem
    first, second = (clean_text(" ".join(form.get(f"{item.id}.{part}", ())))[:40] for part in (1, 2))
    typed = first if item.kind == "number" else f"{second}-{first}" if first or second else ""
    if not typed:
        return special, None
    if special is not None:
        return typed, Problem(item.id, "problem.measure_and_special", {})
    read = _MEASURES[item.kind](item, typed)
    if isinstance(read, Misfit):
        return typed, Problem(item.id, f"problem.{read.key}", read.values)
    return read, None


def _shared_out(
    questionnaire: Questionnaire, item: Item, form: Mapping[str, Sequence[str]]
) -> tuple[Answer | None, Problem | None]:
    special, problem = _closed_fields(questionnaire, item, {item.id: form.get(item.id, ())})
    if problem is not None or (special is not None and special not in special_codes(item)):
        return None, problem or Problem(item.id, "problem.unknown_choice", {})
    fields = ((str(choice.code), form.get(f"{item.id}.{choice.code}", ())) for choice in item.choices)
    typed = {code: text for code, sent in fields if (text := clean_text(" ".join(sent))[:20])}
    if special is not None and typed:
        return typed, Problem(item.id, "problem.measure_and_special", {})
    if special is not None or not typed:
        return special, None
    read = shares.shared(item, typed)
    if isinstance(read, Misfit):
        return typed, Problem(item.id, f"problem.{read.key}", read.values)
    return read, None


def _closed_fields(
    questionnaire: Questionnaire, item: Item, form: Mapping[str, Sequence[str]]
) -> tuple[Answer | None, Problem | None]:
    choices = questionnaire.choices(item)
    specials = special_codes(item)
    sent = list(form.get(item.id, ()))
    if item.kind == "rank":
        for place in range(1, item.rank_size + 1):
            sent.extend(form.get(f"{item.id}.{place}", ()))
    written = [text.strip() for text in sent if text.strip()]
    # isascii first: int() also reads digits of other scripts, which no page of ours sends.
    codes = [int(text) for text in written if text.isascii() and text.isdigit() and len(text) <= 3]
    known = {choice.code for choice in choices} | specials
    if len(codes) != len(written) or not set(codes) <= known:
        return None, Problem(item.id, "problem.unknown_choice", {})
    if item.kind not in ("multi", "rank"):
        if len(set(codes)) > 1:
            return None, Problem(item.id, "problem.one_only", {})
        return (codes[0] if codes else None), None
    alone = specials | {c.code for c in choices if c.exclusive and item.kind == "multi"}
    picked = set(codes)
    if len(picked) > 1 and picked & alone:
        # The special codes stay in the list only here, so that the page shows what was picked.
        return sorted(picked), Problem(item.id, "problem.exclusive", {})
    if picked and picked <= specials:
        return codes[0], None
    if item.kind == "rank" and len(picked) != len(codes):
        return list(dict.fromkeys(codes)), _rank_twice(item, form)
    return (codes if item.kind == "rank" else sorted(picked)), None


def _rank_twice(item: Item, form: Mapping[str, Sequence[str]]) -> Problem:
    seen: dict[str, int] = {}
    for place in range(1, item.rank_size + 1):
        for text in form.get(f"{item.id}.{place}", ()):
            word = text.strip()
            if word and word in seen:
                return Problem(item.id, "problem.rank_twice", {"first": seen[word], "second": place})
            seen.setdefault(word, place)
    return Problem(item.id, "problem.one_only", {})


_READERS = {"text": _text_field, "number": _measured, "month": _measured, "allocate": _shared_out}
"""Of the fields of a kind; the others are read as choices."""
