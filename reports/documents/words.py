"""Numbers and names as words of one language: the only place where figures of a report become text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal

from forms.catalogue import Translate, translator
from forms.questionnaire import Item, Questionnaire
from reports.results import Change, Estimate
from reports.rounding import outward, percent, whole

MESSAGES = Path(__file__).parents[1] / "messages"
MOST_NAMED = 5
"""Questions named one by one in a sentence."""
NUMBER = 9
"""Digits that numbers in names are filled up to, to be sorted."""
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}


@dataclass(frozen=True)
class Words:
    """How one report speaks: its language, its questionnaire and its catalogue."""

    language: str
    questionnaire: Questionnaire
    t: Translate

    @classmethod
    def of(cls, questionnaire: Questionnaire, language: str) -> Words:
        return cls(language, questionnaire, translator(MESSAGES, language))

    @property
    def locale(self) -> str:
        return LOCALES.get(self.language, "nb_NO")

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=self.locale))

    def signed(self, value: int) -> str:
        """'+7', '−7', '0'."""
        return f"+{value}" if value > 0 else f"−{-value}" if value < 0 else "0"

    def decimal(self, value: float, form: str = "0.00") -> str:
        """'0,84'; no more digits than the form has."""
        return str(format_decimal(value, format=form, locale=self.locale))

    def day(self, value: date) -> str:
        return str(
            format_date(value, "d. MMMM y" if self.language != "en" else "d MMMM y", locale=self.locale)
        )

    def period(self, first: date, last: date) -> str:
        """'8. september 2025 – 28. september 2025'; one day alone; the year alone when it is a whole
        one, as of answers of which no more is known."""
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def last_of(self, first: date, last: date) -> str:
        """The last day of a period, as sharply as the period is known."""
        return self.period(first, last).rsplit("–", 1)[-1].strip()

    def share(self, value: float) -> str:
        return self.t("number.percent", value=percent(value))

    def share_interval(self, low: float, high: float) -> str:
        """'mellom 57 og 70 %', rounded outwards; one number when both ends are the same."""
        first, last = (int(end) for end in outward(low * 100, high * 100, 1))
        if first == last:
            return self.t("number.exactly_percent", value=first)
        return self.t("number.between_percent", low=first, high=min(last, 100))

    def score_interval(self, low: float, high: float) -> str:
        first, last = (int(end) for end in outward(low, high, 1))
        if first == last:
            return self.t("number.exactly", value=first)
        return self.t("number.between", low=first, high=min(last, 100))

    def hidden(self, key: str | None) -> str:
        return self.t(key or "hidden.few")

    def estimate(self, estimate: Estimate) -> tuple[str, str]:
        """(share, interval) in words, or ('', the reason it is hidden). No interval where everybody answered:
        what width rounding would give it is no doubt."""
        if estimate.value is None or estimate.low is None or estimate.high is None:
            return "", self.hidden(estimate.hidden)
        known = estimate.high - estimate.low < 1e-9
        return self.share(estimate.value), "" if known else self.share_interval(estimate.low, estimate.high)

    def score(self, estimate: Estimate) -> tuple[str, str]:
        if estimate.value is None or estimate.low is None or estimate.high is None:
            return "", self.hidden(estimate.hidden)
        known = estimate.everybody
        interval = "" if known else self.score_interval(estimate.low, estimate.high)
        return str(whole(estimate.value)), interval

    def shown_only(self, interval: str) -> str:
        """An interval of a total that some estates are left out of, and that they are."""
        told = self.t("figure.shown_only")
        return f"{interval}, {told}" if interval else told

    def doubt(self, interval: str) -> str:
        """An interval behind its figure, with the comma between; '' where there is none."""
        return f", {interval}" if interval else ""

    def change(self, change: Change | None, now: float | None, *, share: bool) -> str:
        """'Opp 14 siden sist'; empty when it cannot be told apart from no change.

        `now`: the figure it led to. The change is that between the two printed figures.
        """
        if change is None or now is None or change.standing in ("same", "unknown"):
            return ""
        printed = percent if share else whole
        size = printed(now) - printed(now - change.difference)
        return self.t("change.up" if size > 0 else "change.down", size=abs(size)) if size else ""

    def label(self, key: str) -> str:
        return self.questionnaire.label(key, self.language)

    def score_name(self, object: str | None, facet: str | None = None) -> str:
        """'Boligen', 'Bomiljøet (sosialt)'; the whole index when there is no object."""
        if not object:
            return self.t("matrix.whole")
        if facet is None:
            return self.label(object)
        return self.t("score.facet", object=self.label(object), facet=self.lower(self.label(facet)))

    def item(self, item: Item) -> str:
        return item.text.get(self.language)

    def quote(self, text: str) -> str:
        """The text as a quotation inside a sentence, which has its own full stop."""
        return self.t("text.quote", text=text.removesuffix("."))

    def asked_otherwise(self, items: Sequence[str]) -> str:
        """Which questions are not compared with the wave before; how many, where they are more than a few."""
        if len(items) > MOST_NAMED:
            return self.t("about.asked_otherwise_many", n=len(items))
        texts = [self.quote(self.item(self.questionnaire.item(name))) for name in items]
        return self.t("about.asked_otherwise", questions=", ".join(texts))

    def count(self, what: str, n: int) -> str:
        """'1 husstand', '7 husstander': `what` is a key under `count.`."""
        return self.t(f"count.{what}.one" if n == 1 else f"count.{what}.many", n=self.number(n))

    def choice(self, item: Item, code: int) -> str:
        for choice in self.questionnaire.choices(item):
            if choice.code == code:
                return self.questionnaire.told(item, choice, self.language)
        return self.t(f"special.{code}")

    def codes(self, item: Item, codes: Iterable[int]) -> str:
        """The words of merged answers: 'Helt uenig eller litt uenig'."""
        words = [self.choice(item, code) for code in codes]
        if len(words) == 1:
            return words[0]
        words = [words[0], *(self.lower(word) for word in words[1:])]
        return f"{', '.join(words[:-1])} {self.t('text.or')} {words[-1]}"

    def run(self, item: Item, codes: Iterable[int]) -> str:
        """The short name of merged answers that stand side by side, from the first to the last of them:
        'Litt eller helt enig', 'Sjelden eller aldri', 'Helt uenig – verken enig eller uenig'."""
        every = list(codes)
        if len(every) < 3:
            words = [self.choice(item, code).split(" ", 1) for code in every]
            if len(words) == 2 and all(len(parts) == 2 for parts in words) and words[0][1] == words[1][1]:
                return f"{words[0][0]} {self.t('text.or')} {self.lower(words[1][0])} {words[0][1]}"
            return self.codes(item, every)
        return f"{self.choice(item, every[0])} – {self.lower(self.choice(item, every[-1]))}"

    def steps(self, item: Item, codes: Iterable[int]) -> str:
        """'4' or '5–6': where the answers stand on the scale of participation; '' for other questions."""
        if item.role != "participation_grade":
            return ""
        order = [step.code for step in self.questionnaire.steps(item)]
        places = [str(order.index(code) + 1) for code in codes if code in order]
        return places[0] if len(places) == 1 else f"{places[0]}–{places[-1]}" if places else ""

    def quoted_codes(self, item: Item, codes: Iterable[int]) -> str:
        """Answers as quotations: '«helt uenig» eller «litt uenig»'."""
        parts = [self.quote(self.lower(self.choice(item, code))) for code in codes]
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.t('text.or')} {parts[-1]}"

    def join(self, words: Iterable[str]) -> str:
        """'Fjordveien, Tunet og Nordlysgata'."""
        parts = list(words)
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.t('text.and')} {parts[-1]}"

    def sorting(self, text: str) -> str:
        """A key that puts æ, ø and å last, whatever the machine's locale, and 2 before 10."""
        small = text.casefold().translate({ord("æ"): "{", ord("ø"): "|", ord("å"): "}"})
        return re.sub(r"\d+", lambda number: number.group().zfill(NUMBER), small)

    def lower(self, text: str) -> str:
        """Small first letter inside a sentence; the English 'I' keeps its own."""
        if self.language == "en" and text.split(" ", 1)[0] in ("I", "I'm", "I'd"):
            return text
        return text[:1].lower() + text[1:]
