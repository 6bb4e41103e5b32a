"""What a questionnaire must keep for its answers to have one meaning: ids, codes and words that are unique.

Checked whenever a questionnaire is read, so that everything after may rely on it. What is merely wrong for
the people who answer is found by `lint`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from forms import pictures
from forms.catalogue import Message
from forms.errors import Fault, Place, at
from forms.questionnaire import SPECIAL_CODES, Choice, Item, Matrix, Page, Questionnaire
from forms.shuffling import ORDER

RESERVED = frozenset({"estate", "language", "mode", ORDER})
"""Names of what stands beside the answers in every frame and file."""
SCALE_STEPS = (2, 11)
MOST_STEPS = 200
"""Of an amount that is shared out: each part is stored in a byte."""
_FIELDS = {
    "display": ("choice",),
    "unit": ("number", "allocate"),
    **dict.fromkeys(("minimum", "maximum", "decimals"), ("number",)),
    **dict.fromkeys(("earliest", "latest"), ("month",)),
    "lines": ("text",),
    **dict.fromkeys(("total", "step"), ("allocate",)),
}
_OF_WHO_IS_ASKED = ("help", "specials", "must", "display", "shuffle", "consent")
CEL_WORDS = frozenset(
    {"in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if"}
    | {"import", "let", "loop", "package", "namespace", "return", "var", "void", "while"}
)


def faults(questionnaire: Questionnaire) -> list[Fault]:
    """Every breach, in the order of the questionnaire."""
    return [
        *_double_ids(questionnaire),
        *(fault for scale in questionnaire.scales for fault in _scale_choices(scale.id, scale.choices)),
        *(fault for page in questionnaire.pages for fault in _page(questionnaire, page)),
        *_rulers(questionnaire),
        *_shuffled(questionnaire),
        *_consent(questionnaire),
        *_quote_consent(questionnaire),
        *_pictures(questionnaire),
        *_unchecked(questionnaire),
    ]


def _page(questionnaire: Questionnaire, page: Page) -> Iterator[Fault]:
    for entry in page.items:
        if isinstance(entry, Matrix):
            yield from _matrix(questionnaire, page, entry)
        else:
            yield from _item(questionnaire, at(page=page.id, item=entry.id), entry)


def _matrix(questionnaire: Questionnaire, page: Page, matrix: Matrix) -> Iterator[Fault]:
    place = at(page=page.id, matrix=matrix.id)
    if not _has_scale(questionnaire, matrix.scale):
        yield unknown_scale(questionnaire, place, matrix.scale)
    for row in matrix.rows:
        if row.computed is not None:
            yield Fault.error(place.at(row=row.id, field="computed"), "computed_kind")
        if row.kind != "choice" or row.choices or (row.scale and row.scale != matrix.scale):
            yield Fault.error(place.at(row=row.id), "row_choices")
        yield from _fields_of_its_kind(place.at(row=row.id), row)


def _item(questionnaire: Questionnaire, place: Place, item: Item) -> Iterator[Fault]:
    yield from _fields_of_its_kind(place, item)
    if item.computed is not None:
        yield from _computed(place, item)
    if item.kind == "info":
        if item.scale or item.choices or item.specials or item.must:
            yield Fault.error(place, "info_with_choices")
        return
    if item.kind == "text":
        if item.scale or item.choices or item.specials:
            yield Fault.error(place, "open_with_choices")
        return
    if item.kind in ("number", "month"):
        if item.scale or item.choices:
            yield Fault.error(place, "measure_with_choices")
        yield from _limits(place, item)
        return
    if item.kind == "allocate":
        yield from _shared_out(place, item)
    if item.scale and item.choices:
        yield Fault.error(place, "scale_and_choices")
    elif item.scale and not _has_scale(questionnaire, item.scale):
        yield unknown_scale(questionnaire, place, item.scale)
    elif not item.scale and not item.choices:
        yield Fault.error(place, "choices_missing")
    yield from _choices(place, item.choices)


def _fields_of_its_kind(place: Place, item: Item) -> Iterator[Fault]:
    """A limit that nothing heeds would make its author believe that it is kept."""
    for name, kinds in _FIELDS.items():
        if item.kind not in kinds and getattr(item, name) != Item.model_fields[name].default:
            yield Fault.error(place.at(field=name), "field_of_another_kind", field=name, kind=kinds[0])


def _computed(place: Place, item: Item) -> Iterator[Fault]:
    if item.kind not in ("number", "choice"):
        yield Fault.error(place.at(field="computed"), "computed_kind")
    for name in _OF_WHO_IS_ASKED:
        if getattr(item, name) != Item.model_fields[name].default:
            yield Fault.error(place.at(field=name), "computed_asks", field=name)


def _limits(place: Place, item: Item) -> Iterator[Fault]:
    if item.maximum is not None and item.minimum > item.maximum:
        yield Fault.error(place, "limits_crossed", low="minimum", high="maximum")
    if item.earliest is not None and item.latest is not None and item.earliest > item.latest:
        yield Fault.error(place, "limits_crossed", low="earliest", high="latest")


def _shared_out(place: Place, item: Item) -> Iterator[Fault]:
    """A part that is hidden or stands alone would leave an amount that nobody can share out."""
    unfit = any(choice.show_if is not None or choice.exclusive for choice in item.choices)
    if unfit or item.scale or len(item.choices) < 2:
        yield Fault.error(place, "allocate_choices")
    if item.total % item.step or item.total // item.step > MOST_STEPS:
        yield Fault.error(place.at(field="total"), "allocate_total", most=MOST_STEPS)


def _rulers(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Scales that are told by their ends, or laid side by side: too many steps do not fit a phone."""
    least, most = SCALE_STEPS
    for scale in questionnaire.scales:
        if scale.ends is not None and not least <= len(scale.steps) <= most:
            yield Fault.error(
                at(scale=scale.id), "scale_steps", count=len(scale.steps), least=least, most=most
            )
    for item in questionnaire.items():
        if item.display != "scale":
            continue
        try:
            steps = len(questionnaire.steps(item))
        except KeyError:  # an unknown scale: _item has said so
            continue
        if not least <= steps <= most:
            yield Fault.error(at(item=item.id), "scale_steps", count=steps, least=least, most=most)


def _shuffled(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Steps of a scale have their order, and information belongs to what comes after it."""
    for page in questionnaire.pages:
        if page.shuffle and any(entry.kind == "info" for entry in page.items):
            yield Fault.error(at(page=page.id, field="shuffle"), "shuffle_with_info")
        for item in questionnaire.page_items(page):
            if item.shuffle and (not item.choices or item.display == "scale"):
                yield Fault.error(at(page=page.id, item=item.id, field="shuffle"), "shuffle_of_steps")


def _consent(questionnaire: Questionnaire) -> Iterator[Fault]:
    for item in questionnaire.items():
        if not item.consent:
            continue
        try:
            values = sorted(choice.value for choice in questionnaire.choices(item))
        except KeyError:  # an unknown scale: _item has said so
            continue
        if item.kind != "choice" or values != ["ja", "nei"] or item.specials:
            yield Fault.error(at(item=item.id, field="consent"), "consent_unfit")


def _quote_consent(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Of two that answer differently nobody knows what holds; and no other word than 'ja' is a consent."""
    own = [item for item in questionnaire.items() if item.role == "quote_consent"]
    for item in own:
        try:
            values = sorted(choice.value for choice in questionnaire.choices(item))
        except KeyError:  # an unknown scale: _item has said so
            continue
        asked_of_all = item.kind == "choice" and not item.specials and item.computed is None
        if not asked_of_all or values != ["ja", "nei"] or item.scoring is not None:
            yield Fault.error(at(item=item.id, field="role"), "quote_consent_unfit")
    for item in own[1:]:
        yield Fault.error(at(item=item.id, field="role"), "quote_consent_twice", first=own[0].id)


def _pictures(questionnaire: Questionnaire) -> Iterator[Fault]:
    """Drawings that there are not, and questions that have them for some of their choices."""
    for scale in questionnaire.scales:
        yield from _unknown_pictures(at(scale=scale.id), scale.choices)
    for item in questionnaire.items():
        place = at(item=item.id)
        yield from _unknown_pictures(place, item.choices)
        if item.display != "pictures":
            continue
        try:
            without = [choice.value for choice in questionnaire.choices(item) if choice.picture is None]
        except KeyError:  # an unknown scale: _item has said so
            continue
        if without:
            yield Fault.error(place.at(field="display"), "pictures_partly", choices=tuple(without))


def _unknown_pictures(place: Place, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    for choice in choices:
        if choice.picture is not None and choice.picture not in pictures.NAMES:
            own = place.at(choice=choice.value, field="picture")
            yield Fault.error(own, "picture_unknown", picture=choice.picture, known=", ".join(pictures.NAMES))


def _unchecked(questionnaire: Questionnaire) -> Iterator[Fault]:
    for language, times in Counter(questionnaire.languages).items():
        if times > 1:
            where = at(questionnaire=questionnaire.id, field="languages")
            yield Fault.error(where, "language_twice", language=language)
    place = at(questionnaire=questionnaire.id, field="unchecked")
    for language in questionnaire.unchecked:
        if language not in questionnaire.languages:
            yield Fault.error(place, "unchecked_unknown", language=language, known=questionnaire.languages)


def _scale_choices(scale_id: str, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    place = at(scale=scale_id)
    if not choices:
        yield Fault.error(place, "scale_empty")
    yield from _choices(place, choices)


def _choices(place: Place, choices: tuple[Choice, ...]) -> Iterator[Fault]:
    for code in _doubles(choice.code for choice in choices):
        yield Fault.error(place, "code_twice", code=code)
    for value in _doubles(choice.value for choice in choices):
        yield Fault.error(place, "value_twice", value=value)
    for choice in choices:
        if choice.value in SPECIAL_CODES:
            yield Fault.error(place, "special_as_choice", choice=choice.value)
    steps = [choice for choice in choices if not choice.off_scale]
    without = [choice.value for choice in steps if choice.number is None]
    if without and len(without) < len(steps):
        yield Fault.error(place, "numbers_partly", choices=tuple(without))


def _double_ids(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page_id in _doubles(page.id for page in questionnaire.pages):
        yield Fault.error(at(page=page_id), "page_id_twice")
    first: dict[str, str] = {}
    for page in questionnaire.pages:
        for entry in page.items:
            rows = [row.id for row in entry.rows] if isinstance(entry, Matrix) else []
            for item_id in (entry.id, *rows):
                if item_id in first:
                    place = at(page=page.id, item=item_id)
                    yield Fault.error(place, "item_id_twice", first=first[item_id])
                first.setdefault(item_id, page.id)
    items = dict.fromkeys(item.id for item in questionnaire.items())
    for item_id in items:
        if item_id in RESERVED or item_id in CEL_WORDS or "__" in item_id:
            yield Fault.error(at(item=item_id), "item_id_taken")


def unknown_scale(questionnaire: Questionnaire, place: Place, scale_id: str) -> Fault:
    known = ", ".join(scale.id for scale in questionnaire.scales) or Message.of("none_yet")
    return Fault.error(place, "scale_unknown", scale=scale_id, known=known)


def _has_scale(questionnaire: Questionnaire, scale_id: str) -> bool:
    return any(scale.id == scale_id for scale in questionnaire.scales)


def _doubles(values: Iterable[str | int]) -> list[str | int]:
    return [value for value, times in Counter(values).items() if times > 1]
