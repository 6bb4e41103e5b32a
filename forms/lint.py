"""What is wrong or unkind in a questionnaire that can be read: `check` finds it all at once.

With an error no round should open: somebody would be asked nonsense, or numbers would mean nothing. Warnings
are for the judgement of the author.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms import computed, consents, integrity, lint_conditions, piping
from forms.errors import Fault, Place, at
from forms.questionnaire import LANGUAGES, IndexRules, Item, Questionnaire, Scale, Text
from forms.reading import lix, page_texts, whole_minutes
from forms.texts import of_page

MAX_LIX = 35
MAX_MINUTES = 10
MAX_ITEMS_A_PAGE = 7
LIX_LANGUAGES = ("nb", "nn", "en")
MIN_WORDS_FOR_LIX = 30
"""LIX of a few words says nothing: one long word in five is already 20 points."""


def check(questionnaire: Questionnaire) -> list[Fault]:
    """Every fault, errors first, otherwise in the order of the questionnaire."""
    found = [
        *integrity.faults(questionnaire),
        *_scales(questionnaire),
        *_translations(questionnaire),
        *lint_conditions.check(questionnaire),
        *computed.check(questionnaire),
        *consents.check(questionnaire),
        *piping.check(questionnaire),
        *_index(questionnaire),
        *_release_keys(questionnaire),
        *_short_form(questionnaire),
        *_kindness(questionnaire),
    ]
    return sorted(found, key=lambda fault: fault.severity != "error")


def texts(questionnaire: Questionnaire) -> Iterator[tuple[Place, Text]]:
    """Every text people see, with its place."""
    head = at(questionnaire=questionnaire.id)
    yield head.at(field="title"), questionnaire.title
    yield head.at(field="description"), questionnaire.description
    yield head.at(field="credit"), questionnaire.credit
    for key, label in questionnaire.labels.items():
        yield at(label=key), label
    for scale in questionnaire.scales:
        for choice in scale.choices:
            yield at(scale=scale.id, choice=choice.value), choice.text
        if scale.ends is not None:
            yield at(scale=scale.id, field="ends.low"), scale.ends.low
            yield at(scale=scale.id, field="ends.high"), scale.ends.high
    for page in questionnaire.pages:
        yield from ((worded.place, worded.text) for worded in of_page(page))


def _translations(questionnaire: Questionnaire) -> Iterator[Fault]:
    declared = questionnaire.languages
    for place, text in texts(questionnaire):
        for language in declared:
            if not text.root.get(language, "").strip():
                yield Fault.error(place, "text_missing", language=language)
        if strange := sorted(set(text.root) - set(declared)):
            yield Fault.warning(place, "text_undeclared", languages=tuple(strange))
    for language in declared:
        if language not in LANGUAGES:
            place = at(questionnaire=questionnaire.id, field="languages")
            yield Fault.warning(place, "language_unwritten", language=language, written=LANGUAGES)


def _scales(questionnaire: Questionnaire) -> Iterator[Fault]:
    used = {item.scale for item in questionnaire.items()}
    for scale in questionnaire.scales:
        place = at(scale=scale.id)
        codes = [choice.code for choice in scale.choices]
        if unknown := sorted(set(scale.favourable) - set(codes)):
            yield Fault.error(
                place.at(field="favourable"),
                "favourable_unknown",
                codes=_listed(unknown),
                known=_listed(codes),
            )
        elif scale.ordinal and scale.favourable and not _at_one_end(scale):
            yield Fault.warning(place.at(field="favourable"), "favourable_apart")
        if codes != sorted(codes) and scale.ordinal:
            yield Fault.warning(place, "codes_unordered")
        if scale.id not in used:
            yield Fault.warning(place, "scale_unused")


def _at_one_end(scale: Scale) -> bool:
    places = [i for i, choice in enumerate(scale.choices) if choice.code in scale.favourable]
    return places == list(range(places[0], places[0] + len(places)))


def _index(questionnaire: Questionnaire) -> Iterator[Fault]:
    rules = questionnaire.index
    for item in questionnaire.items():
        scoring = item.scoring
        if item.sensitive and (scoring is not None or item.role is not None):
            yield Fault.error(at(item=item.id, field="sensitive"), "sensitive_shown")
        if scoring is None:
            continue
        place = at(item=item.id, field="scoring")
        if rules is None:
            yield Fault.error(place, "index_missing")
            continue
        if scoring.object not in rules.objects:
            yield Fault.error(place, "object_unknown", object=scoring.object, known=rules.objects)
        if scoring.facet not in rules.facets:
            yield Fault.error(place, "facet_unknown", facet=scoring.facet, known=rules.facets)
        if not _has_scores(questionnaire, item):
            yield Fault.error(place, "scores_missing")
    if rules is not None:
        yield from _objects(questionnaire, rules)


def _objects(questionnaire: Questionnaire, rules: IndexRules) -> Iterator[Fault]:
    used = {item.scoring.object for item in questionnaire.items() if item.scoring is not None}
    for name in rules.objects:
        place = at(field="index", object=name)
        if name not in used:
            yield Fault.error(place, "object_unused")
        if name not in questionnaire.labels:
            yield Fault.warning(place, "object_unnamed", object=name)
    for name, weight in rules.weights.items():
        place = at(field="index").at(field="weights", named=name)
        if name not in rules.objects:
            yield Fault.error(place, "weight_object_unknown", known=rules.objects)
        elif weight < 0:
            yield Fault.error(place, "weight_negative", known=rules.objects)


def _has_scores(questionnaire: Questionnaire, item: Item) -> bool:
    try:
        choices = questionnaire.choices(item)
    except KeyError:  # an unknown scale: integrity has said so
        return True
    return item.kind == "choice" and sum(choice.score is not None for choice in choices) >= 2


def _release_keys(questionnaire: Questionnaire) -> Iterator[Fault]:
    items = {item.id: item for item in questionnaire.items()}
    for key in questionnaire.release_keys:
        item = items.get(key)
        if item is None or not item.background or item.kind != "choice":
            yield Fault.error(at(field="release_keys", named=key), "release_key_unfit")
    for item in items.values():
        if item.background and item.kind == "choice" and not questionnaire.release_keys:
            yield Fault.warning(at(item=item.id), "release_keys_missing")
    yield from _release_bands(questionnaire, items)


def _release_bands(questionnaire: Questionnaire, items: dict[str, Item]) -> Iterator[Fault]:
    for key, bands in questionnaire.release_bands.items():
        place = at(field="release_bands", named=key)
        if key not in questionnaire.release_keys or key not in items:
            yield Fault.error(place, "band_without_key")
            continue
        known = {choice.code for choice in questionnaire.choices(items[key])}
        codes = [code for band in bands for code in band]
        if unknown := sorted(set(codes) - known):
            yield Fault.error(
                place, "band_code_unknown", codes=_listed(unknown), known=_listed(sorted(known))
            )
        elif len(codes) != len(set(codes)):
            yield Fault.error(place, "band_code_twice")


def _short_form(questionnaire: Questionnaire) -> Iterator[Fault]:
    short = questionnaire.short_form()
    left = {item.id for item in short.items()}
    if not left or len(left) == sum(1 for _ in questionnaire.items()):
        return
    for fault in lint_conditions.missing_items(short):
        place = fault.place.within(at(short_form=""))
        yield Fault.error(place, "short_form_item_missing", **dict(fault.message.values))


def _kindness(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page in questionnaire.pages:
        place = at(page=page.id)
        asked = sum(item.asks for item in questionnaire.page_items(page))
        if asked > MAX_ITEMS_A_PAGE:
            yield Fault.warning(place, "page_crowded", count=asked, most=MAX_ITEMS_A_PAGE)
        for language in questionnaire.languages:
            read = page_texts(page, language)
            heavy = lix(read)
            enough = sum(len(text.split()) for text in read) >= MIN_WORDS_FOR_LIX
            if language in LIX_LANGUAGES and enough and heavy > MAX_LIX:
                yield Fault.warning(place.at(named=language), "text_heavy", lix=f"{heavy:.0f}", most=MAX_LIX)
    language = questionnaire.languages[0]
    if (whole := whole_minutes(questionnaire, language)) > MAX_MINUTES:
        place = at(questionnaire=questionnaire.id)
        short = questionnaire.short_form()
        if short.pages:
            shortly = whole_minutes(short, language)
            yield Fault.warning(place, "long_with_short_form", minutes=whole, most=MAX_MINUTES, short=shortly)
        else:
            yield Fault.warning(place, "long", minutes=whole, most=MAX_MINUTES)


def _listed(codes: Iterable[int]) -> str:
    return ", ".join(map(str, codes))
