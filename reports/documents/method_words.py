"""What the page of methods tells of the numbers of this round."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from reports.disclosure import MINIMUM
from reports.documents.words import Words
from reports.inference.settings import LEVEL
from reports.results import Estimate, Results
from reports.rounding import percent


def good_answers_named(words: Words) -> str:
    """What counts as a good answer, on the scale that most questions use: '«litt enig» eller «helt enig»'."""
    form = words.questionnaire
    scales = [item.scale for item in form.items() if item.scale and form.scale(item.scale).favourable]
    if not scales:
        return ""
    scale = form.scale(Counter(scales).most_common(1)[0][0])
    item = next(item for item in form.items() if item.scale == scale.id)
    return words.quoted_codes(item, scale.favourable)


@dataclass(frozen=True)
class ScaleRow:
    title: str
    text: str


def scale_rows(words: Words, results: Results) -> tuple[ScaleRow, ...]:
    """How well the questions of each theme hang together, and which of them go against the others."""
    rows = []
    for scale in results.scales:
        told = [
            words.t(f"method.scales_{name}", value=value, interval=interval)
            for name, estimate in (("alpha", scale.alpha), ("omega", scale.omega))
            if estimate is not None and (value := _decimal(words, estimate.value))
            for interval in (_decimals(words, estimate),)
        ]
        text = words.t("method.scales_row", items=scale.items, measures=", ".join(told))
        if scale.turned:
            names = words.join(words.quote(words.item(words.questionnaire.item(i))) for i in scale.turned)
            text = f"{text} {words.t('method.scales_turned', items=names)}"
        rows.append(ScaleRow(words.label(scale.object), text))
    return tuple(rows)


def _decimal(words: Words, value: float | None) -> str:
    return "" if value is None else words.decimal(value)


def _decimals(words: Words, estimate: Estimate) -> str:
    low, high = _decimal(words, estimate.low), _decimal(words, estimate.high)
    return words.t("number.between", low=low, high=high)


def method_values(words: Words, results: Results) -> dict[str, object]:
    """The settings that the numbers were made with, for the sentences that tell of them."""
    rules = results.questionnaire.index
    return {
        "level": percent(LEVEL),
        "tail": words.decimal((1 - LEVEL) / 2, "0.###"),
        "part": percent(rules.min_answered) if rules else 0,
        "few": MINIMUM,
    }
