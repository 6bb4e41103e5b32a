"""The drawings of the house that can stand beside a choice, for those who do not read well yet.

Their files are in `survey/asking/static/pictures`. Whoever makes a questionnaire chooses among these: a file
of somebody else's could show who asks, or fetch something that shows who answers.
"""

from __future__ import annotations

NAMES = (
    *("glad", "litt_glad", "midt_imellom", "litt_lei", "lei"),
    *("trygg", "redd", "sint", "alene", "venner", "familie"),
    *("hus", "blokk", "rom", "seng", "bord", "trapp"),
    *("lekeplass", "ball", "tre", "sykkel", "skole"),
    *("stille", "brak", "lyst", "morkt", "varmt", "kaldt"),
)
"""Five faces from glad to sad; feelings and people; the home; what is outside; what it is like there."""
