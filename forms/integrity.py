"""What a questionnaire must keep for its answers to have one meaning: ids, codes and words that are unique.

Checked whenever a questionnaire is read, so that everything after may rely on it. What is merely wrong for
the people who answer is found by `lint`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from forms.errors import Fault
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Page, Questionnaire

RESERVED = frozenset({"estate", "language", "mode"})
"""Names of columns that stand beside the answers in every frame and file."""
_CEL_WORDS = frozenset(
    {"in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if"}
    | {"import", "let", "loop", "package", "namespace", "return", "var", "void", "while"}
)


def faults(questionnaire: Questionnaire) -> list[Fault]:
    """Every breach, in the order of the questionnaire."""
    return [
        *_double_ids(questionnaire),
        *(fault for scale in questionnaire.scales for fault in _scale_choices(scale.id, scale.choices)),
        *(fault for page in questionnaire.pages for fault in _page(questionnaire, page)),
    ]


def _page(questionnaire: Questionnaire, page: Page) -> Iterator[Fault]:
    for entry in page.items:
        if isinstance(entry, Matrix):
            yield from _matrix(questionnaire, page, entry)
        else:
            yield from _item(questionnaire, f"page '{page.id}', item '{entry.id}'", entry)


def _matrix(questionnaire: Questionnaire, page: Page, matrix: Matrix) -> Iterator[Fault]:
    where = f"page '{page.id}', matrix '{matrix.id}'"
    if not _has_scale(questionnaire, matrix.scale):
        yield unknown_scale(questionnaire, where, matrix.scale)
    for row in matrix.rows:
        if row.kind != "choice" or row.choices or (row.scale and row.scale != matrix.scale):
            yield Fault(
                f"{where}, row '{row.id}'",
                "the row has choices of its own",
                "all rows of a matrix are read against one scale",
                "take out its kind, scale and choices, or make it an item of its own",
            )


def _item(questionnaire: Questionnaire, where: str, item: Item) -> Iterator[Fault]:
    if item.kind == "text":
        if item.scale or item.choices or item.specials:
            yield Fault(
                where,
                "an open question has choices",
                "only words can be written here",
                "take the choices out",
            )
        return
    if item.scale and item.choices:
        yield Fault(
            where,
            "it has both a scale and choices of its own",
            "nobody could tell which are meant",
            "keep one of them",
        )
    elif item.scale and not _has_scale(questionnaire, item.scale):
        yield unknown_scale(questionnaire, where, item.scale)
    elif not item.scale and not item.choices:
        yield Fault(
            where,
            "it has no choices",
            "nobody could answer it",
            "add 'scale' or 'choices', or make it kind: text",
        )
    yield from _choices(where, item.choices)


def _scale_choices(scale_id: str, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    where = f"scale '{scale_id}'"
    if not choices:
        yield Fault(where, "it has no choices", "nobody could answer with it", "add choices")
    yield from _choices(where, choices)


def _choices(where: str, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    for code in _doubles(choice.code for choice in choices):
        yield Fault(
            where,
            f"code {code} is given to two choices",
            "their answers could not be told apart",
            "give each choice a code of its own",
        )
    for value in _doubles(choice.value for choice in choices):
        yield Fault(
            where,
            f"the word '{value}' is given to two choices",
            "conditions could not tell them apart",
            "give each choice a word of its own",
        )
    for choice in choices:
        if choice.value in SPECIAL_CODES:
            yield Fault(
                where,
                f"the choice '{choice.value}' has the name of a special answer",
                f"'{choice.value}' has the same code in every questionnaire",
                f"take the choice out and write specials: [{choice.value}]",
            )


def _double_ids(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page_id in _doubles(page.id for page in questionnaire.pages):
        yield Fault(
            f"page '{page_id}'",
            "two pages have this id",
            "the way through could not tell them apart",
            "give one of them another id",
        )
    entries = [entry for page in questionnaire.pages for entry in page.items]
    matrices = [entry.id for entry in entries if isinstance(entry, Matrix)]
    items = [item.id for item in questionnaire.items()]
    for item_id in _doubles([*items, *matrices]):
        yield Fault(
            f"item '{item_id}'",
            "two items have this id",
            "their answers would be mixed up",
            "give one of them another id",
        )
    for item_id in items:
        if item_id in RESERVED or item_id in _CEL_WORDS or "__" in item_id:
            yield Fault(
                f"item '{item_id}'",
                "this id is taken",
                "the columns of the answers, or the language of conditions, use the name",
                "give the item another id, without two underscores in a row",
            )


def unknown_scale(questionnaire: Questionnaire, where: str, scale_id: str) -> Fault:
    known = ", ".join(scale.id for scale in questionnaire.scales) or "none yet"
    return Fault(
        where,
        f"there is no scale '{scale_id}'",
        "the question would have no answers",
        f"define it under 'scales', or use one of those there: {known}",
    )


def _has_scale(questionnaire: Questionnaire, scale_id: str) -> bool:
    return any(scale.id == scale_id for scale in questionnaire.scales)


def _doubles(values: Iterable[str | int]) -> list[str | int]:
    return [value for value, times in Counter(values).items() if times > 1]
