"""What a figure says in words, in the language of its reader; and numbers as each kind of them is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal

from forms import languages
from forms.catalogue import Translate, translator
from reports.rounding import half_up, outward, percent, whole

MESSAGES = Path(__file__).parent / "messages"
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
SPOKEN = tuple(sorted(path.stem for path in MESSAGES.glob("*.po")))


@dataclass(frozen=True)
class Voice:
    """`language`: of the words of the figure; its labels may be in another one."""

    language: str
    t: Translate

    @classmethod
    def of(cls, language: str) -> Voice:
        """Bokmål for a language that the figures do not speak."""
        return _voice(language if language in SPOKEN else "nb")

    @property
    def mirrored(self) -> bool:
        """Whether rows begin at the right."""
        return languages.direction(self.language) == "rtl"

    def number(self, value: int) -> str:
        return str(format_decimal(value, locale=LOCALES.get(self.language, self.language)))

    def decimal(self, value: float, form: str) -> str:
        return str(format_decimal(value, format=form, locale=LOCALES.get(self.language, self.language)))

    def answers(self, n: int) -> str:
        """'92 svar'."""
        return self.t("answers", n=self.number(n))

    def sentences(self, *parts: str) -> str:
        """Parts one after another, each with an end of its own."""
        return " ".join(part if part[-1] in ".!?…։؟።" else f"{part}." for part in parts if part)

    def listed(self, parts: list[str]) -> str:
        return self.t("between_parts").join(parts)


@cache
def _voice(language: str) -> Voice:
    return Voice(language, translator(MESSAGES, language))


@dataclass(frozen=True)
class Measure:
    """A kind of number: the `least` and the `most` it can be, and the numbers along its axis.

    `factor`: from the number to how it is printed. `form`: its digits, as in babel; `step`: to what its
    interval is rounded outwards, as printed.
    """

    least: float
    most: float
    ticks: tuple[float, ...]
    factor: float = 1.0
    form: str = "0"
    step: float = 1.0
    per_cent: bool = False

    def at(self, value: float) -> float:
        """Where it lies between the least (0) and the most (1)."""
        return min(1.0, max(0.0, (value - self.least) / (self.most - self.least)))

    def said(self, voice: Voice, value: float) -> str:
        """'62 %', '58', '5,3'."""
        return voice.t("percent", value=self.bare(voice, value)) if self.per_cent else self.bare(voice, value)

    def bare(self, voice: Voice, value: float) -> str:
        """The number without what it is counted in."""
        if self.per_cent:
            return voice.decimal(percent(value), "0")
        if self.form == "0":
            return voice.decimal(whole(value), "0")
        digits = len(self.form.partition(".")[2])
        return voice.decimal(half_up(value, digits), self.form)

    def ends(self, voice: Voice, low: float, high: float) -> tuple[str, str]:
        """Of an interval, outwards, and never beyond what there can be."""
        edges = self.least * self.factor, self.most * self.factor
        first, last = outward(low * self.factor, high * self.factor, self.step)
        return (
            voice.decimal(max(edges[0], first), self.form),
            voice.decimal(min(edges[1], last), self.form),
        )

    def short(self, voice: Voice, low: float, high: float) -> str:
        """'57–70'; one number where both ends are the same."""
        first, last = self.ends(voice, low, high)
        return first if first == last else f"{first}–{last}"

    def between(self, voice: Voice, low: float, high: float) -> str:
        """'mellom 57 og 70 %'."""
        first, last = self.ends(voice, low, high)
        if first == last:
            return voice.t("percent", value=first) if self.per_cent else first
        return voice.t("between_percent" if self.per_cent else "between", low=first, high=last)


SHARE = Measure(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), factor=100.0, per_cent=True)
SCORE = Measure(0.0, 100.0, (0.0, 25.0, 50.0, 75.0, 100.0))
SEVEN = Measure(1.0, 7.0, (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), form="0.0", step=0.1)
STRENGTH = Measure(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), form="0.00", step=0.01)
