"""How much of answers and homes a total stands on, and when something may be said of all from it.

An estate is left out of a total where its own answers could be worked out from the sum. What is left may be
the worst estate, or the best, by that very rule, and is no sample of the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from reports.results import LeftOut

LARGE_PART_OF_ANSWERS = 0.8
LARGE_PART_OF_ESTATES = 0.5
LARGE_PART_OF_HOMES = 0.8

_ORDER: tuple[LeftOut, ...] = ("nobody", "some", "many")


Homes = Iterable[int | None]
"""Of estates; None where it is not known."""


def left_out(
    inside: int, estates: int, n: int, answers: int, inside_homes: Homes = (), homes: Homes = ()
) -> LeftOut:
    """Who is not in a figure over `inside` of `estates` estates and `n` of the `answers`, with the homes of
    the ones and the others where all are known.

    `answers`: of estates with at least five of them; how many the others have is told to nobody. An estate
    where few homes were drawn has few answers and may be most of all homes. 'many': no finding about all may
    be made.

    Source: our own rule, docs/methods.md.
    """
    if inside == estates:
        return "nobody"
    enough = n >= LARGE_PART_OF_ANSWERS * answers and inside >= LARGE_PART_OF_ESTATES * estates
    every = list(homes)
    if None not in every:
        most = sum(size for size in every if size is not None)
        enough = enough and sum(size for size in inside_homes if size) >= LARGE_PART_OF_HOMES * most
    return "some" if enough else "many"


def most_left_out(*figures: LeftOut) -> LeftOut:
    """Of what is said from several figures at once.

    Source: our own rule, docs/methods.md.
    """
    return max(figures, key=_ORDER.index, default="nobody")
