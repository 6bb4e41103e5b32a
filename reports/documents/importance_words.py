"""What matters to tenants, asked in two ways and set beside what they answered.

Derived: how strongly good answers to a question go with good answers to the overall one, for all estates
together. Their own: which themes they put among the few that they would most like to influence. Neither is
read off the other, and both stand as protected elsewhere: see `findings.everywhere` and `items`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.associations import outcome_of
from reports.documents.association_words import about
from reports.documents.rows import Row, share_dot_row, share_rows
from reports.documents.words import Words
from reports.findings.everywhere import Driver, Everywhere
from reports.results import Results
from reports.together import Odds


@dataclass(frozen=True)
class Strength:
    """A question with its result (`row`), and how strongly it goes with the overall one, as in findings."""

    row: Row
    strength: str
    interval: str


@dataclass(frozen=True)
class Derived:
    """`said`: in words. `about`: whom it is about. `unsure`: questions of which the strength is not told, for
    it is too unsure, or too many estates cannot be shown."""

    said: str
    about: str
    rows: tuple[Strength, ...]
    unsure: int


@dataclass(frozen=True)
class OwnChoices:
    """`question`: as it was asked. `said`: the most chosen in words; '' where nobody can tell which it is."""

    question: str
    said: str
    rows: tuple[Row, ...]


def sure_drivers(found: Everywhere) -> list[Driver]:
    """What surely goes with the overall question, strongest first."""
    return [own for own in found.drivers if own.sure and own.low > 0 and own.left_out != "many"]


def derived(words: Words, found: Everywhere) -> Derived | None:
    """What surely goes with the overall question, strongest first; None where nothing may be shown."""
    outcome = outcome_of(words.questionnaire)
    if outcome is None or not found.drivers:
        return None
    sure = sure_drivers(found)
    rows = tuple(_strength(words, found.whole, driver, number) for number, driver in enumerate(sure))
    said = words.t("matters.derived", outcome=words.quote(words.item(outcome)))
    whom = about(words, found.whole, shown_only=any(driver.left_out != "nobody" for driver in sure))
    return Derived(said, whom, rows, len(found.drivers) - len(rows))


def _strength(words: Words, whole: Results, driver: Driver, number: int) -> Strength:
    text = words.item(words.questionnaire.item(driver.item_id))
    row = share_dot_row(words, text, whole.items[driver.item_id].favourable, key=f"betyr-{number}")
    low, high = words.decimal(driver.low), words.decimal(driver.high)
    return Strength(row, words.decimal(driver.strength), words.t("number.between", low=low, high=high))


def own_choices(words: Words, results: Results) -> OwnChoices | None:
    """Most chosen first; None where nobody was asked, or nothing of it may be shown."""
    item = next((item for item in words.questionnaire.items() if item.role == "priority"), None)
    if item is None or item.id not in results.items or results.items[item.id].hidden:
        return None
    result = results.items[item.id]
    rows = share_rows(words, item, result, prefix="valgt")
    shares = sorted(estimate.value for estimate in result.chosen.values() if estimate.value is not None)
    # A share that is hidden may be the largest; and of two alike none is.
    if len(shares) < len(result.chosen) or shares[-1:] == shares[-2:-1]:
        return OwnChoices(words.item(item), "", rows)
    theme = words.quote(words.lower(rows[0].text))
    most = max((own for own in result.chosen.values()), key=lambda own: own.value or 0.0)
    key = "matters.most_known" if most.low == most.high else "matters.most"
    said = words.t(key, theme=theme, share=rows[0].value, interval=rows[0].interval)
    return OwnChoices(words.item(item), said, rows)


@dataclass(frozen=True)
class OddsRow:
    """`text`: the answers, and what they are set beside. `standing`: in words, with the interval."""

    question: str
    text: str
    odds: str
    interval: str
    standing: str


@dataclass(frozen=True)
class Model:
    """`said`: how to read it, and the first row as a sentence."""

    said: str
    rows: tuple[OddsRow, ...]


def model(words: Words, found: Everywhere) -> Model | None:
    """None where there is none to tell."""
    told = found.together
    if told is None:
        return None
    rows = tuple(_odds_row(words, row) for row in told.rows)
    outcome = words.quote(words.item(words.questionnaire.item(told.outcome)))
    who = words.t("model.all" if told.left_out == "nobody" else "model.shown", n=words.number(told.n))
    return Model(words.t("model.how", outcome=outcome, who=who), rows)


def _odds_row(words: Words, row: Odds) -> OddsRow:
    item = words.questionnaire.item(row.factor)
    key = "same" if not row.sure else "higher" if row.low > 1 else "lower"
    answers, lowest = words.codes(item, row.codes), words.lower(words.codes(item, row.lowest))
    value, low, high = (words.decimal(end, _form(end)) for end in (row.value, row.low, row.high))
    key_of_ends = "model.or_more" if math.isinf(row.high) else "number.between"
    return OddsRow(
        words.item(item),
        words.t("model.beside", answers=answers, lowest=lowest),
        value,
        words.t(key_of_ends, low=low, high=high),
        words.t(f"model.{key}"),
    )


def _form(odds: float) -> str:
    """As many digits as `Odds` has of it."""
    return "0" if odds >= 10 or not odds else "0.0" if odds >= 0.1 else "0.00"
