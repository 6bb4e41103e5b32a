"""A questionnaire as it can be printed: everything it may ask, in one order, numbered, its logic in words.

A phone shows what the answers so far lead to; paper shows all, and says who should answer what: 'only if
the answer to question 4 is «Ja»'. The numbers are those of the questions that are asked, rows of a matrix
each with its own. What is shuffled on a phone stands in the order of the questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.condition_tree import names
from forms.errors import ConditionFault, wording
from forms.expressions import parse
from forms.questionnaire import LANGUAGES, Choice, Item, Matrix, Page, Questionnaire
from forms.spoken import spoken, worked_out

MOST_QUESTIONS = 200
"""On one form: some forty sheets. The check of a questionnaire warns long before."""


class TooMuchForPaper(Exception):
    """More than MOST_QUESTIONS. `questions`: how many there are."""

    def __init__(self, questions: int) -> None:
        super().__init__(f"{questions} questions; at most {MOST_QUESTIONS} go on paper")
        self.questions = questions


@dataclass(frozen=True)
class Option:
    """A choice. `end`: what the step means, at an end of a scale of numbers. `condition`: who may choose it,
    '' for everybody."""

    choice: Choice
    text: str
    end: str
    condition: str


@dataclass(frozen=True)
class Question:
    """`number` 0: information, which asks nothing. `conditions`: of it alone. `demands`: what is said when
    the answer does not fit, in the words of who made the questionnaire. `explained`: how what these
    conditions read is worked out, where nobody is asked it."""

    item: Item
    number: int
    text: str
    help: str
    conditions: tuple[str, ...]
    demands: tuple[str, ...]
    explained: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Block:
    """One question, or the rows of a matrix under its stem."""

    stem: str
    condition: str
    explained: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Part:
    """A page of the questionnaire. `condition`: '' when it is for everybody. `first`: its first question,
    0 when it has none."""

    number: int
    title: str
    intro: str
    condition: str
    explained: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def first(self) -> int:
        return next((q.number for block in self.blocks for q in block.questions if q.number), 0)


def parts(questionnaire: Questionnaire, language: str) -> tuple[Part, ...]:
    """Every page that has something to read or answer, in order. Conditions are said in bokmål where this
    room does not speak `language`. Raises TooMuchForPaper."""
    asked = sum(1 for _ in questionnaire.questions())
    if asked > MOST_QUESTIONS:
        raise TooMuchForPaper(asked)
    return tuple(_Form(questionnaire, language).parts())


class _Form:
    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self._questionnaire = questionnaire
        self._language = language
        self._t = wording(language if language in LANGUAGES else LANGUAGES[0])
        self._numbers = {item.id: n for n, item in enumerate(questionnaire.questions(), start=1)}
        self._called = {item_id: self._t("spoken.numbered", n=n) for item_id, n in self._numbers.items()}
        self._computed = {item.id: item for item in questionnaire.items() if item.computed is not None}

    def parts(self) -> Iterator[Part]:
        number = 0
        for page in self._questionnaire.pages:
            blocks = tuple(self._blocks(page))
            if not blocks:
                continue
            number += 1
            intro = page.intro.get(self._language) if page.intro else ""
            condition, explained = self._read(page.show_if)
            yield Part(number, page.title.get(self._language), intro, condition, explained, blocks)

    def _blocks(self, page: Page) -> Iterator[Block]:
        for entry in page.items:
            if isinstance(entry, Matrix):
                condition, explained = self._read(entry.show_if)
                questions = tuple(self._question(row) for row in entry.scaled_rows if row.computed is None)
                if questions:
                    yield Block(entry.text.get(self._language), condition, explained, questions)
            elif entry.computed is None:
                yield Block("", "", (), (self._question(entry),))

    def _question(self, item: Item) -> Question:
        condition, explained = self._read(item.show_if)
        options = tuple(self._options(item))
        return Question(
            item=item,
            number=self._numbers.get(item.id, 0),
            text=item.text.get(self._language),
            help=item.help.get(self._language) if item.help else "",
            conditions=(condition,) if condition else (),
            demands=tuple(must.text.get(self._language) for must in item.must),
            explained=explained,
            options=options,
        )

    def _options(self, item: Item) -> Iterator[Option]:
        scale = self._questionnaire.scale(item.scale) if item.scale and not item.choices else None
        for choice in self._questionnaire.choices(item):
            end = scale.end(choice) if scale else None
            condition, explained = self._read(choice.show_if)
            said = "; ".join([condition, *explained]) if condition else ""
            yield Option(
                choice, choice.text.get(self._language), end.get(self._language) if end else "", said
            )

    def _read(self, source: str | None) -> tuple[str, tuple[str, ...]]:
        """A condition in words, and how what it reads is worked out where that is on no sheet."""
        if not source:
            return "", ()
        try:
            node = parse(source)
        except ConditionFault:  # the check has said so; what cannot be read holds nobody back
            return "", ()
        said = spoken(node, self._questionnaire, self._language, self._called)
        return said, tuple(self._worked_out(names(node)))

    def _worked_out(self, read: frozenset[str]) -> Iterator[str]:
        for item_id, item in self._computed.items():
            if item_id not in read or item.computed is None:
                continue
            try:
                node = parse(item.computed)
            except ConditionFault:
                continue
            how = worked_out(node, item, self._questionnaire, self._language, self._called)
            name = self._t("quoted", text=item.text.get(self._language))
            yield self._t("spoken.worked_out", item=name, how=how)
            yield from self._worked_out(names(node))
