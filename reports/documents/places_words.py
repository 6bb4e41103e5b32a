"""What people think of the place around their homes: themes from 1 to 7 around a circle, with their numbers.

Each number is the mean that the bars of the report bear (`items.bar_mean`), and is hidden where they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from forms.places import MODULE, on_ladder, themes
from forms.questionnaire import Item
from reports.documents.words import Words
from reports.figures.canvas import PAPER, PHONE
from reports.figures.radar import Radar, Theme, radar, radar_table
from reports.figures.values import Measured, Table, not_shown
from reports.figures.voice import SEVEN, Voice
from reports.results import Estimate, Results

FEWEST = 3
"""Themes that make a shape; of fewer the bars tell it all."""


@dataclass(frozen=True)
class Places:
    title: str
    lead: str
    how: str
    figure: Markup
    narrow: Markup
    """The same for a telephone; empty on paper."""
    table: Table


def places(words: Words, results: Results, *, wide: bool) -> Places | None:
    """None where the round did not ask, or hardly a theme may be shown. `wide`: for paper alone."""
    asked = [item for item in themes(words.questionnaire) if item.id in results.items]
    told = [Theme(words.item(item), _measured(words, results.items[item.id].mean)) for item in asked]
    shown = [theme for theme in told if theme.figure.value is not None]
    if len(shown) < FEWEST:
        return None
    voice = Voice.of(words.language)
    lead = _lead(words, voice, shown)
    data = Radar(lead, tuple(told))
    return Places(
        words.label(MODULE),
        lead,
        words.t("places.how", **_ends(words, asked[0])),
        radar(data, voice, key="sted-radar", width=PAPER),
        Markup() if wide else radar(data, voice, key="sted-radar-smal", width=PHONE),
        radar_table(data, voice),
    )


def _measured(words: Words, mean: Estimate) -> Measured:
    if mean.value is None or mean.low is None or mean.high is None:
        return not_shown(words.hidden(mean.hidden))
    value, low, high = map(on_ladder, (mean.value, mean.low, mean.high))
    if mean.everybody:
        return Measured(value, n=mean.n)
    return Measured(value, min(low, value), max(high, value), mean.n)


def _lead(words: Words, voice: Voice, shown: list[Theme]) -> str:
    """The best and the weakest of what is shown; where several share a place, nothing of that place."""
    best, weakest = (_alone(voice, shown, turn) for turn in (1, -1))
    told = [
        words.t(f"places.{key}", theme=words.quote(theme.name), value=_said(voice, theme))
        for key, theme in (("best", best), ("weakest", weakest))
        if theme is not None
    ]
    return " ".join(told) or words.t("places.even")


def _alone(voice: Voice, shown: list[Theme], turn: int) -> Theme | None:
    """The one that is printed with the highest (1) or the lowest (-1) number; None where it is not alone."""
    ranked = sorted(shown, key=lambda theme: -turn * (theme.figure.value or 0.0))
    return None if _said(voice, ranked[0]) == _said(voice, ranked[1]) else ranked[0]


def _said(voice: Voice, theme: Theme) -> str:
    return SEVEN.said(voice, theme.figure.value or 0.0)


def _ends(words: Words, item: Item) -> dict[str, str]:
    """What 1 and 7 mean, in the words of the scale."""
    scale = words.questionnaire.scale(item.scale) if item.scale else None
    ends = scale.ends if scale is not None else None
    low, high = (ends.low, ends.high) if ends is not None else (None, None)
    return {
        "low": words.quote(words.lower(low.get(words.language))) if low is not None else "1",
        "high": words.quote(words.lower(high.get(words.language))) if high is not None else "7",
    }
