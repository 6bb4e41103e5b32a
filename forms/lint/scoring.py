"""What numbers are made of: scales and their good answers, the index, keys and bands of releases, tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forms import taxonomies
from forms.errors import Fault, at
from forms.house_names import house_name
from forms.questionnaire import IndexRules, Item, Questionnaire, Scale


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    yield from _scales(questionnaire)
    yield from _index(questionnaire)
    yield from _release_keys(questionnaire)
    yield from _tags(questionnaire)


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
        if name not in questionnaire.labels and not house_name(name, "nb"):
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


def _tags(questionnaire: Questionnaire) -> Iterator[Fault]:
    for page in questionnaire.pages:
        for item in questionnaire.page_items(page):
            place = at(page=page.id, item=item.id, field="tags")
            for tag in item.tags:
                if not taxonomies.known(tag):
                    yield Fault.warning(place, "theme_unknown", tag=tag)


def _listed(codes: Iterable[int]) -> str:
    return ", ".join(map(str, codes))
