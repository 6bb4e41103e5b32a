"""Questions and answers as a page shows them: texts in one language, what is picked, what must be mended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal

from forms import shares
from forms.answers import Answer, Answers, Problem
from forms.catalogue import Translate
from forms.journey import VisiblePage
from forms.questionnaire import SPECIAL_CODES, Item, Matrix, Questionnaire
from survey.asking import picture_address

MONTHS = 12


@dataclass(frozen=True)
class Option:
    code: int
    text: str
    picked: bool
    special: bool
    end: str = ""
    """What the step means, at an end of a scale of numbers."""
    picture: str = ""
    """Address of its drawing."""


@dataclass(frozen=True)
class PlaceInRank:
    """One select of a ranking; `code` 0 when nothing is chosen."""

    field: str
    name: str
    label: str
    code: int


@dataclass(frozen=True)
class Part:
    """One field of an amount that is shared out."""

    field: str
    name: str
    label: str
    written: str


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
    lines: int = 0
    """Of text."""
    unit: str = ""
    keyboard: str = ""
    """Of number: which keys a phone shows."""
    months: tuple[Option, ...] = ()
    """Of month: `written` is then the year."""
    display: str = "list"
    parts: tuple[Part, ...] = ()
    given: str = ""
    total: str = ""
    """Of allocate: what is shared out so far, and how much there is."""

    @property
    def described_by(self) -> str:
        """Ids of what explains the field, for aria-describedby; '' when there is nothing."""
        if self.parts:  # each of its fields has its unit beside it
            told = {"hjelp": self.help, "slik": self.instruction, "feil": self.problem}
            return " ".join(f"{name}-{self.id}" for name, text in told.items() if text)
        parts = {"hjelp": self.help, "slik": self.instruction, "enhet": self.unit, "feil": self.problem}
        return " ".join(f"{name}-{self.id}" for name, text in parts.items() if text)

    @property
    def first_field(self) -> str:
        """Id of the field that a link to the question moves the focus to."""
        if self.places:
            return self.places[0].field
        if self.parts:
            return self.parts[0].field
        if self.kind in ("number", "month", "text") or self.display == "select":
            return f"felt-{self.id}"
        options = self.choices or self.specials
        return f"{self.id}-{options[0].code}" if options else f"felt-{self.id}"


@dataclass(frozen=True)
class Group:
    """Questions under one stem, or a single question with none.

    `heads`: the choices that all its questions share, where it can stand as a table on a wide screen.
    """

    id: str
    stem: str
    questions: tuple[Question, ...]
    heads: tuple[str, ...] = ()


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
    said = {
        problem.item_id: problem.text.get(language)
        if problem.text
        else t(problem.key, **_told(problem, language))
        for problem in problems
    }

    def build(matrix: Matrix | None, items: tuple[Item, ...]) -> Group:
        questions = tuple(
            _question(questionnaire, item, answers.get(item.id), said.get(item.id, ""), language, t)
            for item in items
        )
        stem = matrix.text.get(language) if matrix else ""
        return Group(items[0].id, stem, questions, _heads(questions) if matrix else ())

    return tuple(build(matrix, items) for matrix, items in page.entries)


MOST_COLUMNS = 7
SHORT_HEAD = 3
"""Characters of a head, such as a number, of which there may be as many as a scale has steps."""


def _heads(questions: Sequence[Question]) -> tuple[str, ...]:
    """The heads of the columns; () where no table would hold: one row, rows that differ, too many."""
    first = [(option.code, option.text, option.end) for option in questions[0].choices]
    alike = all([(o.code, o.text, o.end) for o in each.choices] == first for each in questions)
    if len(questions) < 2 or not alike or any(q.kind != "choice" or q.display != "list" for q in questions):
        return ()
    if len(first) > MOST_COLUMNS and any(len(text) > SHORT_HEAD for _, text, _ in first):
        return ()
    return tuple(f"{text} – {end}" if end else text for _, text, end in first)


def review(
    questionnaire: Questionnaire, pages: Sequence[VisiblePage], answers: Answers, language: str, t: Translate
) -> tuple[ReviewPage, ...]:
    def lines(items: tuple[Item, ...]) -> tuple[Line, ...]:
        return tuple(
            Line(item.text.get(language), in_words(questionnaire, item, answers.get(item.id), language, t))
            for item in items
            if item.asks
        )

    return tuple(
        ReviewPage(
            page.id,
            page.page.title.get(language),
            tuple(
                LineGroup(matrix.text.get(language) if matrix else "", found)
                for matrix, items in page.entries
                if (found := lines(items))
            ),
        )
        for page in pages
        if any(item.asks for item in page.items)
    )


def in_words(
    questionnaire: Questionnaire, item: Item, answer: Answer | None, language: str, t: Translate
) -> tuple[str, ...]:
    """The answer as the tenant picked or wrote it, one entry a choice; () when unanswered."""
    if answer is None:
        return ()
    if isinstance(answer, str):
        return (_written_in_words(item, answer, language),)
    if isinstance(answer, dict):
        return tuple(
            f"{choice.text.get(language)}: {_amount(item, int(answer[str(choice.code)]), language)}"
            for choice in item.choices
            if str(choice.code) in answer
        )
    words = {
        choice.code: questionnaire.told(item, choice, language) for choice in questionnaire.choices(item)
    }
    words |= {code: t(f"special.{name}") for name, code in SPECIAL_CODES.items()}
    codes = answer if isinstance(answer, list) else [answer]
    texts = [words[code] for code in codes if code in words]
    if item.kind == "rank" and isinstance(answer, list):
        return tuple(f"{place}. {text}" for place, text in enumerate(texts, start=1))
    return tuple(texts)


def _written_in_words(item: Item, answer: str, language: str) -> str:
    if item.kind == "month":
        return month_in_words(answer, language)
    if item.kind == "number":
        return _of_unit(item, answer, language)
    return answer


def _of_unit(item: Item, number: str, language: str) -> str:
    """'3 rom'."""
    unit = item.unit.get(language) if item.unit else ""
    return f"{number_in_words(number, language)} {unit}".rstrip()


def _amount(item: Item, amount: int, language: str) -> str:
    """'60 000 kr'."""
    unit = item.unit.get(language) if item.unit else ""
    return f"{thousands(amount, language)} {unit}".rstrip()


def thousands(amount: int, language: str) -> str:
    """'60 000', as it is written in the language."""
    return format_decimal(amount, "#,##0", locale=_locale(language))


def month_in_words(month: str, language: str) -> str:
    """'mai 2024'."""
    return format_date(date.fromisoformat(f"{month}-01"), "LLLL y", locale=_locale(language))


def number_in_words(number: str, language: str) -> str:
    """'2,5', as it is written in the language; what is no number stays as it was typed."""
    try:
        return format_decimal(
            Decimal(number), "0.######", locale=_locale(language), decimal_quantization=False
        )
    except InvalidOperation:
        return number


def _locale(language: str) -> str:
    return "en_GB" if language == "en" else language


def _told(problem: Problem, language: str) -> dict[str, str | int]:
    """The placeholders of a problem, numbers and months as people write them."""
    told = dict(problem.values)
    for name in ("least", "most"):
        if name in told:
            told[name] = number_in_words(str(told[name]), language)
    for name in ("left", "over", "step"):
        if name in told:
            told[name] = thousands(int(told[name]), language)
    for name in ("earliest", "latest"):
        if name in told:
            told[name] = month_in_words(str(told[name]), language)
    return told


@cache
def _month_names(language: str) -> tuple[str, ...]:
    names = get_month_names("wide", context="stand-alone", locale=_locale(language))
    return tuple(names[number] for number in range(1, MONTHS + 1))


def _months(item: Item, answer: Answer | None, language: str) -> tuple[Option, ...]:
    """The months of a year, that of the answer picked; of a faulty one too."""
    if item.kind != "month":
        return ()
    typed = answer.rpartition("-")[2].lstrip("0") if isinstance(answer, str) else ""
    return tuple(
        Option(number, name, str(number) == typed, special=False)
        for number, name in enumerate(_month_names(language), start=1)
    )


def _in_field(item: Item, answer: Answer | None, language: str) -> str:
    """What stands in the field where one types."""
    if not isinstance(answer, str):
        return ""
    if item.kind == "month":
        return answer.rpartition("-")[0]
    return number_in_words(answer, language) if item.kind == "number" else answer


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
    scale = questionnaire.scale(item.scale) if item.scale and not item.choices else None
    ruler, drawn = item.display == "scale", item.display == "pictures"
    every = tuple(
        Option(
            choice.code,
            choice.text.get(language),
            choice.code in codes,
            special=ruler and choice.off_scale,
            end=end.get(language) if scale and (end := scale.end(choice)) else "",
            picture=picture_address(choice.picture) if drawn and choice.picture else "",
        )
        for choice in questionnaire.choices(item)
    )
    # What has no place in the order has none on the ruler.
    choices = tuple(option for option in every if not option.special)
    specials = tuple(option for option in every if option.special) + tuple(
        Option(SPECIAL_CODES[name], t(f"special.{name}"), SPECIAL_CODES[name] in codes, special=True)
        for name in item.specials
    )
    return Question(
        id=item.id,
        kind=item.kind,
        text=item.text.get(language),
        help=item.help.get(language) if item.help else "",
        instruction=_instruction(item, language, t),
        problem=problem,
        choices=choices,
        specials=specials,
        places=_places(item, [code for code in codes if code not in SPECIAL_CODES.values()], t),
        written=_in_field(item, answer, language),
        lines=item.lines,
        unit=item.unit.get(language) if item.unit else "",
        keyboard="" if item.kind != "number" else _keyboard(item),
        months=_months(item, answer, language),
        display=item.display,
        parts=_parts(item, answer, language),
        given=thousands(shares.given(answer), language) if isinstance(answer, dict) else "0",
        total=_amount(item, item.total, language) if item.kind == "allocate" else "",
    )


def _keyboard(item: Item) -> str:
    """A numeric keypad has no comma, and on some phones no minus."""
    if item.minimum < 0:
        return "text"
    return "decimal" if item.decimals else "numeric"


def _instruction(item: Item, language: str, t: Translate) -> str:
    """How the field is used. The help of an item says it in its own words, and then we do not say it again;
    only the limit of a text is always told."""
    if item.kind == "text":
        limit = t("field.text.limit", limit=item.most_characters)
        return limit if item.help else f"{t('field.text.names')} {limit}"
    if item.consent:
        return t("field.consent")
    if item.kind == "allocate":
        total, step = (_amount(item, n, language) for n in (item.total, item.step))
        if item.step == 1:
            return t("field.allocate.one", total=total)
        return t("field.allocate", total=total, step=step)
    if item.help or item.kind not in ("multi", "rank"):
        return ""
    return t("field.multi") if item.kind == "multi" else t("field.rank", count=item.rank_size)


def _parts(item: Item, answer: Answer | None, language: str) -> tuple[Part, ...]:
    if item.kind != "allocate":
        return ()
    typed = answer if isinstance(answer, dict) else {}
    return tuple(
        Part(
            f"{item.id}-del-{choice.code}",
            f"{item.id}.{choice.code}",
            choice.text.get(language),
            typed.get(str(choice.code), ""),
        )
        for choice in item.choices
    )


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
