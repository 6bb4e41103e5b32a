"""How much of the answers a total stands on, and when something may be said of all from it.

An estate is left out of a total where its own answers could be worked out from the sum. What is left may be
the worst estate, or the best, by that very rule, and is no sample of the others.
"""

from __future__ import annotations

from reports.results import LeftOut

LARGE_PART_OF_ANSWERS = 0.8
LARGE_PART_OF_ESTATES = 0.5

_ORDER: tuple[LeftOut, ...] = ("nobody", "some", "many")


def left_out(inside: int, estates: int, n: int, answers: int) -> LeftOut:
    """Who is not in a figure over `inside` of `estates` estates and `n` of the `answers`.

    `answers`: of estates with at least five of them; how many the others have is told to nobody. 'many': no
    finding about all may be made.

    Source: our own rule, docs/methods.md.
    """
    if inside == estates:
        return "nobody"
    enough = n >= LARGE_PART_OF_ANSWERS * answers and inside >= LARGE_PART_OF_ESTATES * estates
    return "some" if enough else "many"


def most_left_out(*figures: LeftOut) -> LeftOut:
    """Of what is said from several figures at once.

    Source: our own rule, docs/methods.md.
    """
    return max(figures, key=_ORDER.index)
