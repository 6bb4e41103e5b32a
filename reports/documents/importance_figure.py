"""What goes with the overall question set beside what people answer: a figure of four fields.

Of the same questions as the table beside it (`importance_words.derived`): those that surely go with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from reports.documents.importance_words import sure_drivers
from reports.documents.words import Words
from reports.figures.canvas import PHONE
from reports.figures.quadrants import Quadrants, Thing, quadrants, quadrants_table
from reports.figures.values import Measured, Table, not_shown
from reports.figures.voice import STRENGTH, Voice
from reports.findings.everywhere import Driver, Everywhere
from reports.results import Estimate

FEWEST = 4
"""Questions that fill four fields; of fewer the table tells it all."""
MOST = 30
"""That can be told apart; of more, those nearest to the border of what matters much are left to the table."""
HALF = 0.5
"""Of the answers good: where a result is good rather than weak, as in the findings."""


@dataclass(frozen=True)
class Matters:
    """`left_out`: questions of the table that are not drawn."""

    figure: Markup
    table: Table
    left_out: int


def matters(words: Words, found: Everywhere) -> Matters | None:
    """The border of what matters much is the middle of all questions, as in the findings (`importance`).
    None with fewer than FEWEST."""
    drivers = sure_drivers(found)
    middle = median(driver.strength for driver in found.drivers) if found.drivers else 0.0
    if len(drivers) < FEWEST or not STRENGTH.least < middle < STRENGTH.most:
        return None
    drawn = sorted(drivers, key=lambda driver: -abs(driver.strength - middle))[:MOST]
    drawn.sort(key=lambda driver: -driver.strength)
    voice = Voice.of(words.language)
    data = Quadrants(
        words.t("quadrants.heading", n=len(drawn)),
        tuple(_thing(words, found, driver) for driver in drawn),
        HALF,
        middle,
        words.t("quadrants.result"),
        words.t("quadrants.weight"),
    )
    figure = quadrants(data, voice, key="betyr-figur", width=PHONE)
    return Matters(figure, quadrants_table(data, voice), len(drivers) - len(drawn))


def _thing(words: Words, found: Everywhere, driver: Driver) -> Thing:
    name = words.item(words.questionnaire.item(driver.item_id))
    weight = Measured(driver.strength, driver.low, driver.high, driver.n)
    return Thing(name, _result(words, found.whole.items[driver.item_id].favourable), weight)


def _result(words: Words, share: Estimate) -> Measured:
    if share.value is None or share.low is None or share.high is None:
        return not_shown(words.hidden(share.hidden))
    return Measured(share.value, min(share.low, share.value), max(share.high, share.value), share.n)
