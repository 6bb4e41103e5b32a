"""What stands beside an answer and may be known of its sender is kept where at least k share it, and else
is made alike.

A landlord knows who speaks what, and who came by which poster. Of a batch, whoever compares two copies of
the database sees which answers came together: so it is within the batch that k must share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

UNTOLD = "und"
"""A language that is not told (ISO 639-2)."""
WEB = "web"
"""Every answer from the box was sent through it, whoever sat beside."""
OPEN = "open:"
SEVERAL = "open:several"
"""By open links of several kinds."""


def shared(values: Sequence[str], k: int, otherwise: str) -> list[str]:
    """The values of a batch in their order; `otherwise` for those that fewer than k share.

    The rarest of the others goes with them until they are k, or would be told by being left over.
    """
    numbers = Counter(values)
    del numbers[otherwise]
    rare = {value for value, n in numbers.items() if n < k}
    common = sorted(numbers.keys() - rare, key=lambda value: (numbers[value], value), reverse=True)
    left_over = len(values) - sum(numbers[value] for value in common)
    while common and 0 < left_over < k:
        left_over += numbers[value := common.pop()]
        rare.add(value)
    return [otherwise if value in rare else value for value in values]


def beside(
    modes: Sequence[str], languages: Sequence[str], k: int, *, linked: bool
) -> tuple[list[str], list[str]]:
    """Mode and language to be stored with each answer of a batch: both may be known of somebody,
    together.

    `linked`: a pseudonym may tie these answers to those of other waves, where what is shared in each need
    not be shared in all: neither is told.
    """
    if linked:
        return [WEB] * len(modes), [UNTOLD] * len(languages)
    kept = shared(modes, k, SEVERAL if any(mode.startswith(OPEN) for mode in modes) else WEB)
    told = list(languages)
    for mode in set(kept):
        places = [place for place, own in enumerate(kept) if own == mode]
        here = shared([languages[place] for place in places], k, UNTOLD)
        for place, language in zip(places, here, strict=True):
            told[place] = language
    return kept, told
