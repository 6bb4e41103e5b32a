"""Questions that are hard to answer honestly: leading, two in one, turned around twice, stamping people.

Rules of thumb over the words in `forms/data`, so all are warnings: the author knows what was meant. Bokmål,
nynorsk and English; other languages are left to people.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from forms import phrases, texts
from forms.errors import Fault, Place, at
from forms.phrases import any_of, data, found, listed
from forms.questionnaire import Item, Matrix, Questionnaire, Text

MOST_READ = 5_000
"""Characters of a text that are judged: what is longer is no question."""


def check(questionnaire: Questionnaire) -> Iterator[Fault]:
    yield from _labels(questionnaire)
    for page in questionnaire.pages:
        for entry in page.items:
            place = at(page=page.id, item=entry.id, field="text")
            if isinstance(entry, Matrix):
                yield from _asked(place, entry.text)
                for row in entry.rows:
                    own = at(page=page.id, item=row.id, field="text")
                    yield from _asked(own, row.text)
                    yield from _turned_twice(questionnaire, own, row)
            elif entry.asks:
                yield from _asked(place, entry.text)
                yield from _turned_twice(questionnaire, place, entry)


def _asked(place: Place, text: Text) -> Iterator[Fault]:
    for kind in ("leading", "double"):
        for language in listed("wording", kind):
            words = _words(text, language)
            if kind == "double":
                words = _without("pairs", language, words)
            hit = found(listed("wording", kind)[language], words)
            if hit is None and kind == "double":
                hit = found(_judged_twice(language), words)
            if hit is not None:
                yield Fault.warning(place.at(named=language), f"question_{kind}", words=hit)
                break


def _turned_twice(questionnaire: Questionnaire, place: Place, item: Item) -> Iterator[Fault]:
    """A negation that the answer 'no' or 'disagree' turns around once more, or two in one sentence."""
    for language, negations in listed("wording", "negations").items():
        words = _without("harmless", language, _words(item.text, language))
        negation = found(negations, words)
        if negation is None:
            continue
        if again := found(_again(language), words):
            yield Fault.warning(place.at(named=language), "negation_twice", words=again)
            return
        said_no = listed("wording", "no_answers")[language]
        for choice in questionnaire.choices(item):
            answer = _words(choice.text, language)
            if said_no is not None and said_no.fullmatch(answer.strip().rstrip(".")):
                yield Fault.warning(
                    place.at(named=language), "negation_answered", word=negation, answer=answer
                )
                return


def _labels(questionnaire: Questionnaire) -> Iterator[Fault]:
    for place, text in texts.whole(questionnaire):
        for language in ("nb", "nn", "en"):
            words = _words(text, language)
            if not found(_any_stamp(language), words):
                continue
            for label, better in _stamps(language):
                if hit := found(label, words):
                    yield Fault.warning(place.at(named=language), "label_stigma", word=hit, better=better)


@cache
def _stamps(language: str) -> tuple[tuple[phrases.Phrases, str], ...]:
    """The labels of a language, and what to write instead."""
    return tuple(
        (any_of(row["words"][language]), row["better"][language])
        for row in data("labels")
        if row["words"].get(language)
    )


@cache
def _any_stamp(language: str) -> phrases.Phrases:
    return any_of([phrase for row in data("labels") for phrase in row["words"].get(language, ())])


@cache
def _judged_twice(language: str) -> phrases.Phrases:
    words = "|".join(data("wording")["judgements"][language])
    return any_of([f"({words}) {_AND[language]} ({words})"])


@cache
def _again(language: str) -> phrases.Phrases:
    lists = data("wording")
    first = "|".join(lists["negations"][language])
    second = "|".join([*lists["negations"][language], *lists["undone"][language]])
    return any_of([f"({first}) ... ({second})"])


_AND = {"nb": "og", "nn": "og", "en": "and"}


def _words(text: Text, language: str) -> str:
    """The beginning of the text as it is said to nobody in particular, '' when it is not in this language."""
    return Text({language: text.root[language][:MOST_READ]}).get(language) if text.root.get(language) else ""


def _without(kind: str, language: str, words: str) -> str:
    """The words without those in which 'and' or 'not' joins or turns nothing."""
    harmless = listed("wording", kind)[language]
    return harmless.sub(" – ", words) if harmless else words
