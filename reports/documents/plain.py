"""How documents for those who answered speak: plainly, in every language of tenants, drafts among them.

Their words are a catalogue of their own (`messages/{language}.po`; `{language}.facts.po` says what a good
answer to a question of Boindeks means, `{language}.asked.po` what the long form asks, in the drafts). What
is there in another language only (a question of the landlord's own, a measure) is shown in that one and
marked with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from forms import drafted
from forms.catalogue import read_catalogue
from forms.days import long_date
from forms.languages import DRAFTED, Direction, direction
from forms.loading import shipped
from forms.questionnaire import Item, Questionnaire, Text
from forms.scoring import favourable_codes

MESSAGES = Path(__file__).parent / "messages"
NORWEGIAN = "no"
"""Of what the landlord has written, in bokmål or nynorsk: nobody has said which."""
LONGEST_QUESTION, LONGEST_ANSWERS = 140, 90
LONGEST = 280
"""Characters of a text that somebody wrote at the desk; the rest is asked for."""


def way(text: str) -> Direction:
    """Which way a name runs: that of its first letter, from the left when it has none."""
    kinds = (unicodedata.bidirectional(sign) for sign in text)
    return "rtl" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


@dataclass(frozen=True)
class Plain:
    """One language, and the questionnaire that is spoken of."""

    language: str
    questionnaire: Questionnaire

    @property
    def draft(self) -> bool:
        return self.language in DRAFTED

    @property
    def direction(self) -> Direction:
        return direction(self.language)

    @property
    def _messages(self) -> dict[str, str]:
        return read_catalogue(MESSAGES, self.language)

    def knows(self, key: str) -> bool:
        return key in self._messages

    def say(self, key: str, /, **values: object) -> Markup:
        """The sentence as markup: names keep their own direction, what is marked stays marked."""
        return escape(self._messages[key]).format(
            **{name: self._held(value) for name, value in values.items()}
        )

    def text(self, key: str, /, **values: object) -> str:
        """The same where no markup can stand: titles, alternatives of drawings."""
        held = {
            name: f"\u2068{value}\u2069" if self.direction == "rtl" and isinstance(value, str) else value
            for name, value in values.items()
        }
        return self._messages[key].format(**held) if held else self._messages[key]

    def day(self, value: date) -> str:
        return long_date(value, self.language)

    def coming(self, value: date) -> Markup:
        """A day that is still to come: whoever shows the document later can tell that it has passed."""
        return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), self.name(self.day(value)))

    def _held(self, value: object) -> object:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        return self.name(value)

    def name(self, text: str) -> Markup:
        """The layout tells the direction of a name neither for itself nor from its letters."""
        if way(text) == self.direction:
            return escape(text)
        return Markup('<bdi dir="{}">{}</bdi>').format(way(text), text)

    def marked(self, text: str, language: str) -> Markup:
        """`text`, marked with its language where that is not the document's."""
        if language == self.language or (language == NORWEGIAN and self.language in ("nb", "nn")):
            return self.name(text)
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(language, way(text), text)

    def written(self, text: str, longest: int = LONGEST, spoken: str = NORWEGIAN) -> Markup:
        """What somebody wrote at the desk, cut short after a word where it is long. `spoken`: in which."""
        clean = " ".join(text.split())
        return self.marked(clean if not self.long(clean, longest) else shortened(clean, longest), spoken)

    def long(self, text: str, longest: int = LONGEST) -> bool:
        return len(" ".join(text.split())) > longest

    def foreign(self, *texts: str) -> bool:
        """Whether any of these is there, and not in the language of the document."""
        return self.language not in ("nb", "nn") and any(text.strip() for text in texts)

    def own(self, text: Text) -> tuple[str, str]:
        """A text of the questionnaire, and the language that it is there in."""
        return text.get(self.language), spoken_in(text, self.language)

    def label(self, key: str) -> Markup | None:
        """What the questionnaire calls one of its parts; None where it does not."""
        if key not in self.questionnaire.labels:
            return None
        return self.marked(*self.own(self.questionnaire.labels[key]))

    def credit(self) -> Markup:
        """What the questionnaire owes to others; of the short form said in the drafted languages too."""
        credit, same = self.questionnaire.credit, drafted.short_form().credit
        if not credit.root.get(self.language) and credit.get("nb") == same.get("nb"):
            credit = same
        return self.marked(*self.own(credit))

    def fact(self, item: Item, *, turned: bool = False) -> str:
        """What those say who give a good answer, or `turned` any other; '' where the question is not the one
        that ships, or where nobody has said it in this language."""
        key = f"fact.not.{item.meaning}" if turned else f"fact.{item.meaning}"
        as_shipped = _shipped().get(item.meaning)
        same = as_shipped == _asked(self.questionnaire, item)
        return self._messages[key] if same and self.knows(key) else ""

    def question(self, item: Item) -> tuple[Markup, Markup]:
        """The question, and its good answers, both as quotations in one language; no answers where they are
        long."""
        form = self.questionnaire
        same = None if item.text.root.get(self.language) else _drafted(item.meaning)
        if same is not None and _asked(form, item) == _asked(*same):
            form, item = same
        if same is None and (asked := self._asked_in_draft(item)):
            said = self._answers_in_draft(item)
            return self._quoted(asked, self.language), self._either(said, self.language)
        good = favourable_codes(form, item)
        choices = sorted((one for one in form.choices(item) if one.code in good), key=lambda one: one.code)
        spoken = {spoken_in(text, self.language) for text in (item.text, *(one.text for one in choices))}
        language = self.language if spoken == {self.language} else spoken_in(item.text, "")
        answers = [form.told(item, one, language) for one in choices]
        asked = item.text.get(language)
        short = shortened(asked, LONGEST_QUESTION) if len(asked) > LONGEST_QUESTION else asked
        if sum(map(len, answers)) > LONGEST_ANSWERS:
            answers = []
        return self._quoted(short, language), self._either(answers, language)

    def _asked_in_draft(self, item: Item) -> str:
        """A question of the long form, put by somebody who does not speak the language; '' where the form has
        it in the language, or words it otherwise."""
        key = f"asked.{item.meaning}"
        if item.text.root.get(self.language) or not self.knows(key):
            return ""
        as_shipped = _shipped().get(item.meaning)
        return self._messages[key] if as_shipped == _asked(self.questionnaire, item) else ""

    def _answers_in_draft(self, item: Item) -> list[str]:
        """Its good answers in the words that the short form has for the same ones; none where one lacks."""
        good = favourable_codes(self.questionnaire, item)
        choices = [one for one in self.questionnaire.choices(item) if one.code in good]
        known = _words_of_answers()
        said = [known.get(one.text.get("nb"), {}).get(self.language, "") for one in choices]
        return said if all(said) and sum(map(len, said)) <= LONGEST_ANSWERS else []

    def _quoted(self, text: str, language: str) -> Markup:
        """With the marks inside of what is marked: they stand at its ends, whichever way it runs."""
        return self.marked(self._messages["quote"].format(text=text), language)

    def _either(self, answers: Sequence[str], language: str) -> Markup:
        quoted = [self._quoted(text[:1].lower() + text[1:], language) for text in answers]
        if len(quoted) < 2:
            return Markup("").join(quoted)
        first = Markup(", ").join(quoted[:-1])
        return Markup("{} {} {}").format(first, self.say("or"), quoted[-1])


def shortened(text: str, most: int = LONGEST) -> str:
    """'... and so on …', cut between words where it has any.

    >>> shortened('en to tre', 7), shortened('entotrefire', 5)
    ('en to …', 'entot …')
    """
    cut = text[:most]
    whole = cut if text[most : most + 1] in ("", " ") else cut.rpartition(" ")[0] or cut
    return f"{whole.rstrip(' ,.;:')} …"


def spoken_in(text: Text, language: str) -> str:
    """The language that `Text.get` answers in."""
    if text.root.get(language):
        return language
    return "nb" if text.root.get("nb") else next(iter(text.root), "nb")


def _asked(form: Questionnaire, item: Item) -> tuple[str, frozenset[int], tuple[int, ...]]:
    codes = tuple(choice.code for choice in form.choices(item))
    return item.text.get("nb"), favourable_codes(form, item), codes


@cache
def _drafted(meaning: str) -> tuple[Questionnaire, Item] | None:
    """The question in the short form, which is there in the drafted languages too."""
    form = drafted.short_form()
    return next(((form, item) for item in form.items() if item.meaning == meaning), None)


@cache
def _words_of_answers() -> dict[str, dict[str, str]]:
    """What answers of the short form are called in all its languages, by what they are in bokmål."""
    form = drafted.short_form()
    return {one.text.get("nb"): one.text.root for item in form.items() for one in form.choices(item)}


@cache
def _shipped() -> dict[str, tuple[str, frozenset[int], tuple[int, ...]]]:
    form = shipped("boindeks")
    return {item.meaning: _asked(form, item) for item in form.items() if item.kind == "choice"}
