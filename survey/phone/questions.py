"""Questions and answers as a page shows them: texts in one language, what is picked, what must be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.answers import Answer, Answers, Problem
from forms.catalogue import Translate
from forms.journey import VisiblePage
from forms.questionnaire import MAX_TEXT_ANSWER, SPECIAL_CODES, Item, Matrix, Questionnaire


@dataclass(frozen=True)
class Option:
    code: int
    text: str
    picked: bool
    special: bool


@dataclass(frozen=True)
class PlaceInRank:
    """One select of a ranking; `code` 0 when nothing is chosen."""

    field: str
    name: str
    label: str
    code: int


@dataclass(frozen=True)
class Question:
    id: str
    kind: str
    text: str
    help: str
    instruction: str
    problem: str
    choices: tuple[Option, ...]
    specials: tuple[Option, ...]
    places: tuple[PlaceInRank, ...]
    written: str

    @property
    def described_by(self) -> str:
        """Ids of what explains the field, for aria-describedby; '' when there is nothing."""
        parts = {"hjelp": self.help, "slik": self.instruction, "feil": self.problem}
        return " ".join(f"{name}-{self.id}" for name, text in parts.items() if text)

    @property
    def first_field(self) -> str:
        """Id of the field that a link to the question moves the focus to."""
        if self.places:
            return self.places[0].field
        options = self.choices or self.specials
        return f"{self.id}-{options[0].code}" if options else f"felt-{self.id}"


@dataclass(frozen=True)
class Group:
    """Questions under one stem, or a single question with none."""

    id: str
    stem: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Line:
    """A question and its answers in words, on the page before sending."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class LineGroup:
    stem: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ReviewPage:
    id: str
    title: str
    groups: tuple[LineGroup, ...]


def page_groups(
    questionnaire: Questionnaire,
    page: VisiblePage,
    answers: Answers,
    problems: Sequence[Problem],
    language: str,
    t: Translate,
) -> tuple[Group, ...]:
    said = {problem.item_id: t(problem.key, **problem.values) for problem in problems}

    def build(matrix: Matrix | None, items: tuple[Item, ...]) -> Group:
        questions = tuple(
            _question(questionnaire, item, answers.get(item.id), said.get(item.id, ""), language, t)
            for item in items
        )
        return Group(items[0].id, matrix.text.get(language) if matrix else "", questions)

    return tuple(build(matrix, items) for matrix, items in page.entries)


def review(
    questionnaire: Questionnaire, pages: Sequence[VisiblePage], answers: Answers, language: str, t: Translate
) -> tuple[ReviewPage, ...]:
    def lines(items: tuple[Item, ...]) -> tuple[Line, ...]:
        return tuple(
            Line(item.text.get(language), in_words(questionnaire, item, answers.get(item.id), language, t))
            for item in items
        )

    return tuple(
        ReviewPage(
            page.id,
            page.page.title.get(language),
            tuple(
                LineGroup(matrix.text.get(language) if matrix else "", lines(items))
                for matrix, items in page.entries
            ),
        )
        for page in pages
    )


def in_words(
    questionnaire: Questionnaire, item: Item, answer: Answer | None, language: str, t: Translate
) -> tuple[str, ...]:
    """The answer as the tenant picked or wrote it, one entry a choice; () when unanswered."""
    if answer is None:
        return ()
    if isinstance(answer, str):
        return (answer,)
    words = {choice.code: choice.text.get(language) for choice in questionnaire.choices(item)}
    words |= {code: t(f"special.{name}") for name, code in SPECIAL_CODES.items()}
    codes = answer if isinstance(answer, list) else [answer]
    texts = [words[code] for code in codes if code in words]
    if item.kind == "rank" and isinstance(answer, list):
        return tuple(f"{place}. {text}" for place, text in enumerate(texts, start=1))
    return tuple(texts)


def summary(groups: Sequence[Group], t: Translate) -> list[Mapping[str, str]]:
    """The list at the top of a page that came back: what must be mended, each linked to its field."""
    return [
        {
            "field": question.first_field,
            "text": t("problem.at", question=question.text, problem=question.problem),
        }
        for group in groups
        for question in group.questions
        if question.problem
    ]


def _question(
    questionnaire: Questionnaire, item: Item, answer: Answer | None, problem: str, language: str, t: Translate
) -> Question:
    codes = answer if isinstance(answer, list) else [answer] if isinstance(answer, int) else []
    choices = tuple(
        Option(choice.code, choice.text.get(language), choice.code in codes, special=False)
        for choice in questionnaire.choices(item)
    )
    specials = tuple(
        Option(SPECIAL_CODES[name], t(f"special.{name}"), SPECIAL_CODES[name] in codes, special=True)
        for name in item.specials
    )
    return Question(
        id=item.id,
        kind=item.kind,
        text=item.text.get(language),
        help=item.help.get(language) if item.help else "",
        instruction=_instruction(item, t),
        problem=problem,
        choices=choices,
        specials=specials,
        places=_places(item, [code for code in codes if code not in SPECIAL_CODES.values()], t),
        written=answer if isinstance(answer, str) else "",
    )


def _instruction(item: Item, t: Translate) -> str:
    """How the field is used. The help of an item says it in its own words, and then we do not say it again;
    only the limit of a text is always told."""
    if item.kind == "text":
        limit = t("field.text.limit", limit=MAX_TEXT_ANSWER)
        return limit if item.help else f"{t('field.text.names')} {limit}"
    if item.help or item.kind == "choice":
        return ""
    return t("field.multi") if item.kind == "multi" else t("field.rank", count=item.rank_size)


def _places(item: Item, codes: list[int], t: Translate) -> tuple[PlaceInRank, ...]:
    if item.kind != "rank":
        return ()
    return tuple(
        PlaceInRank(
            field=f"{item.id}-plass-{place}",
            name=f"{item.id}.{place}",
            label=t(f"field.rank.{place}"),
            code=codes[place - 1] if place <= len(codes) else 0,
        )
        for place in range(1, item.rank_size + 1)
    )
