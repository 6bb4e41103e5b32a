"""What is wrong or unkind in a questionnaire that can be read: `check` finds it all at once.

With an error no round should open: somebody would be asked nonsense, or numbers would mean nothing. Warnings
are for the judgement of the author.
"""

from __future__ import annotations

from collections.abc import Iterator

from forms import integrity, lint_conditions
from forms.errors import Fault
from forms.questionnaire import LANGUAGES, IndexRules, Item, Matrix, Questionnaire, Scale, Text
from forms.reading import lix, page_texts, whole_minutes

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
        *_index(questionnaire),
        *_release_keys(questionnaire),
        *_short_form(questionnaire),
        *_kindness(questionnaire),
    ]
    return sorted(found, key=lambda fault: fault.severity != "error")


def texts(questionnaire: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Every text people see, with its place."""
    head = f"questionnaire '{questionnaire.id}'"
    yield f"{head}, title", questionnaire.title
    yield f"{head}, description", questionnaire.description
    yield f"{head}, credit", questionnaire.credit
    for key, label in questionnaire.labels.items():
        yield f"label '{key}'", label
    for scale in questionnaire.scales:
        for choice in scale.choices:
            yield f"scale '{scale.id}', choice '{choice.value}'", choice.text
    for page in questionnaire.pages:
        where = f"page '{page.id}'"
        yield f"{where}, title", page.title
        if page.intro is not None:
            yield f"{where}, intro", page.intro
        for entry in page.items:
            yield f"{where}, item '{entry.id}', text", entry.text
            for item in entry.rows if isinstance(entry, Matrix) else (entry,):
                if item is not entry:
                    yield f"{where}, item '{item.id}', text", item.text
                if item.help is not None:
                    yield f"{where}, item '{item.id}', help", item.help
                for choice in item.choices:
                    yield f"{where}, item '{item.id}', choice '{choice.value}'", choice.text


def _translations(questionnaire: Questionnaire) -> Iterator[Fault]:
    declared = questionnaire.languages
    for where, text in texts(questionnaire):
        for language in declared:
            if not text.root.get(language, "").strip():
                yield Fault(
                    where,
                    f"the text in '{language}' is missing",
                    "somebody who chose that language would meet another one",
                    f"write it, or take '{language}' out of 'languages'",
                )
        if strange := sorted(set(text.root) - set(declared)):
            yield Fault(
                where,
                f"there is a text in {_quoted(strange)}, which is not among 'languages'",
                "nobody will see it",
                "add the language to 'languages', or take the text out",
                "warning",
            )
    for language in declared:
        if language not in LANGUAGES:
            yield Fault(
                f"questionnaire '{questionnaire.id}', languages",
                f"the buttons and messages around the questions are not written in '{language}'",
                "the tenant would meet two languages on one page",
                f"use {_quoted(LANGUAGES)}, or have the pages translated first",
                "warning",
            )


def _scales(questionnaire: Questionnaire) -> Iterator[Fault]:
    used = {item.scale for item in questionnaire.items()}
    for scale in questionnaire.scales:
        where = f"scale '{scale.id}'"
        codes = [choice.code for choice in scale.choices]
        if unknown := sorted(set(scale.favourable) - set(codes)):
            yield Fault(
                f"{where}, favourable",
                f"code {', '.join(map(str, unknown))} is not a choice of the scale",
                "the share of good answers would be wrong",
                f"use codes of the scale: {', '.join(map(str, codes))}",
            )
        elif scale.ordinal and scale.favourable and not _at_one_end(scale):
            yield Fault(
                f"{where}, favourable",
                "the good answers are not next to each other",
                "a share that is cut out of the middle of a scale cannot be protected or read from a bar",
                "let them be neighbours, or mark the scale as ordinal: false",
                "warning",
            )
        if codes != sorted(codes) and scale.ordinal:
            yield Fault(
                where,
                "the codes do not rise from choice to choice",
                "bars and files show answers by code, the tenant in this order",
                "number the choices from the poorest to the best",
                "warning",
            )
        if scale.id not in used:
            yield Fault(where, "no item uses it", "it is read but never shown", "take it out", "warning")


def _at_one_end(scale: Scale) -> bool:
    places = [i for i, choice in enumerate(scale.choices) if choice.code in scale.favourable]
    return places == list(range(places[0], places[0] + len(places)))


def _index(questionnaire: Questionnaire) -> Iterator[Fault]:
    rules = questionnaire.index
    for item in questionnaire.items():
        if item.scoring is None:
            continue
        where = f"item '{item.id}', scoring"
        if rules is None:
            yield Fault(
                where,
                "the questionnaire has no index",
                "the item would count nowhere",
                "add 'index' with the object, or take 'scoring' out",
            )
            continue
        if item.scoring.object not in rules.objects:
            yield Fault(
                where,
                f"there is no object '{item.scoring.object}' in the index",
                "the item would count nowhere",
                f"use one of {_quoted(rules.objects)}, or add it to index: objects",
            )
        if item.scoring.facet not in rules.facets:
            yield Fault(
                where,
                f"the facet '{item.scoring.facet}' is not in the index",
                "the item would count nowhere",
                f"use one of {_quoted(rules.facets)}, or add it to index: facets",
            )
        if not _has_scores(questionnaire, item):
            yield Fault(
                where,
                "fewer than two of its choices have a score",
                "an item in the index needs a scale from poor to good",
                "give the choices a 'score' from 0 to 100, or take 'scoring' out",
            )
    if rules is not None:
        yield from _objects(questionnaire, rules)


def _objects(questionnaire: Questionnaire, rules: IndexRules) -> Iterator[Fault]:
    used = {item.scoring.object for item in questionnaire.items() if item.scoring is not None}
    for name in rules.objects:
        if name not in used:
            yield Fault(
                f"index, object '{name}'",
                "no item counts towards it",
                "its row in the report would be empty",
                "give an item 'scoring' with this object, or take the object out",
            )
        if name not in questionnaire.labels:
            yield Fault(
                f"index, object '{name}'",
                "it has no name for people",
                "the report would print the id",
                f"add '{name}' under 'labels'",
                "warning",
            )
    for name, weight in rules.weights.items():
        if name not in rules.objects or weight < 0:
            yield Fault(
                f"index, weights, '{name}'",
                "it is not an object of the index" if name not in rules.objects else "the weight is below 0",
                "the index could not be worked out",
                f"use objects {_quoted(rules.objects)} and weights of 0 or more",
            )


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
            yield Fault(
                f"release_keys, '{key}'",
                "it is not a background item with one choice",
                "research files are protected by what these items reveal",
                "name an item that has background: true and kind: choice",
            )
    for item in items.values():
        if item.background and item.kind == "choice" and not questionnaire.release_keys:
            yield Fault(
                f"item '{item.id}'",
                "it asks about background, and there are no release keys",
                "nothing protects it, so it is left out of every research file",
                "add it to 'release_keys' if research needs it; each key more hides more of the others",
                "warning",
            )
    yield from _release_bands(questionnaire, items)


def _release_bands(questionnaire: Questionnaire, items: dict[str, Item]) -> Iterator[Fault]:
    for key, bands in questionnaire.release_bands.items():
        where = f"release_bands, '{key}'"
        if key not in questionnaire.release_keys or key not in items:
            yield Fault(
                where,
                "it is not among the release keys",
                "nothing would be put together",
                "add it to 'release_keys', or take it out here",
            )
            continue
        known = {choice.code for choice in questionnaire.choices(items[key])}
        codes = [code for band in bands for code in band]
        if unknown := sorted(set(codes) - known):
            yield Fault(
                where,
                f"code {', '.join(map(str, unknown))} is not a choice of the item",
                "the research file would hold a code that means nothing",
                f"use codes of the item: {', '.join(map(str, sorted(known)))}",
            )
        elif len(codes) != len(set(codes)):
            yield Fault(
                where,
                "a code stands in two bands",
                "an answer can be in one group only",
                "let each code stand once",
            )


def _short_form(questionnaire: Questionnaire) -> Iterator[Fault]:
    short = questionnaire.short_form()
    left = {item.id for item in short.items()}
    if not left or len(left) == sum(1 for _ in questionnaire.items()):
        return
    for fault in lint_conditions.missing_items(short):
        yield Fault(
            f"short form, {fault.where}",
            fault.what,
            "the short form could not be shown",
            "mark that item as short: true as well",
        )


def _kindness(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page in questionnaire.pages:
        where = f"page '{page.id}'"
        asked = sum(1 for _ in questionnaire.page_items(page))
        if asked > MAX_ITEMS_A_PAGE:
            yield Fault(
                where,
                f"there are {asked} questions on one page",
                "long pages are left half done on a phone",
                f"split the page: {MAX_ITEMS_A_PAGE} is a good limit",
                "warning",
            )
        for language in questionnaire.languages:
            read = page_texts(page, language)
            heavy = lix(read)
            enough = sum(len(text.split()) for text in read) >= MIN_WORDS_FOR_LIX
            if language in LIX_LANGUAGES and enough and heavy > MAX_LIX:
                yield Fault(
                    f"{where}, '{language}'",
                    f"the text is heavy to read (LIX {heavy:.0f})",
                    "tenants who read little will stop here",
                    f"use shorter sentences and shorter words until LIX is {MAX_LIX} or less",
                    "warning",
                )
    language = questionnaire.languages[0]
    if (whole := whole_minutes(questionnaire, language)) > MAX_MINUTES:
        short = questionnaire.short_form()
        shortly = whole_minutes(short, language)
        shorter = f"offer the short form (about {shortly} minutes), or " if short.pages else ""
        yield Fault(
            f"questionnaire '{questionnaire.id}'",
            f"it takes about {whole} minutes to answer",
            f"after {MAX_MINUTES} minutes many give up",
            f"{shorter}take out what nobody will act on",
            "warning",
        )


def _quoted(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
