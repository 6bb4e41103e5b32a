"""What a questionnaire asks, of whom, and what its codes mean: the lines of a codebook for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.errors import ConditionFault
from forms.exchange.specials import SPECIAL_TEXTS
from forms.expressions import parse
from forms.questionnaire import SPECIAL_CODES, Item, Matrix, Page, Questionnaire
from forms.spoken import shown_when


@dataclass(frozen=True)
class Code:
    """`score`: 0-100, None where it does not count. `condition`: who is shown it, '' when everybody is.
    `worth`: what conditions reckon with, None where they see the word. `alone`, `off_scale`: as of Choice."""

    code: int
    value: str
    text: str
    score: float | None
    condition: str
    worth: float | None = None
    alone: bool = False
    off_scale: bool = False


@dataclass(frozen=True)
class Line:
    """One question. `stem`: of its matrix, '' outside of one. `conditions`: of it and what it stands in."""

    item: Item
    text: str
    stem: str
    help: str
    unit: str
    conditions: tuple[str, ...]
    codes: tuple[Code, ...]
    demands: tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One page of the questionnaire."""

    title: str
    intro: str
    condition: str
    lines: tuple[Line, ...]


def chapters(questionnaire: Questionnaire, language: str) -> tuple[Chapter, ...]:
    """Every page in order. `language`: 'nb', 'nn' or 'en'."""
    return tuple(_Book(questionnaire, language).chapter(page) for page in questionnaire.pages)


class _Book:
    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self._questionnaire = questionnaire
        self._language = language

    def chapter(self, page: Page) -> Chapter:
        intro = page.intro.get(self._language) if page.intro else ""
        title = page.title.get(self._language)
        return Chapter(title, intro, self._shown(page.show_if), tuple(self._lines(page)))

    def _lines(self, page: Page) -> Iterator[Line]:
        for entry in page.items:
            if isinstance(entry, Matrix):
                for row in entry.scaled_rows:
                    yield self._line(row, entry.text.get(self._language), entry.show_if)
            else:
                yield self._line(entry, "", None)

    def _line(self, item: Item, stem: str, outer: str | None) -> Line:
        conditions = tuple(said for source in (outer, item.show_if) if (said := self._shown(source)))
        return Line(
            item=item,
            text=item.text.get(self._language),
            stem=stem,
            help=item.help.get(self._language) if item.help else "",
            unit=item.unit.get(self._language) if item.unit else "",
            conditions=conditions,
            codes=tuple(self._codes(item)),
            demands=tuple(must.text.get(self._language) for must in item.must),
        )

    def _codes(self, item: Item) -> Iterator[Code]:
        for choice in self._questionnaire.choices(item):
            text = self._questionnaire.told(item, choice, self._language)
            yield Code(
                choice.code, choice.value, text, choice.score, self._shown(choice.show_if),
                choice.number, choice.exclusive, choice.off_scale,
            )  # fmt: skip
        for special in item.specials:
            text = SPECIAL_TEXTS[special][self._language]
            yield Code(SPECIAL_CODES[special], special, text, None, "")

    def _shown(self, source: str | None) -> str:
        """The condition read back; as it is written when it cannot be read."""
        if not source:
            return ""
        try:
            return shown_when(parse(source), self._questionnaire, self._language)
        except ConditionFault:
            return source
