"""Calculations of others that hang on one another: what is left behind takes those with it that read it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping


def left_behind(reads: Mapping[str, Collection[str]], carried: Callable[[str], bool]) -> frozenset[str]:
    """The calculations, by name, that cannot be carried over.

    `reads`: what each of them reads. `carried`: tries one, knowing what was left behind before; it is asked
    again when something that it reads has been.
    """
    readers: dict[str, list[str]] = {}
    for name, read in reads.items():
        for other in read:
            readers.setdefault(other, []).append(name)
    waiting, left = deque(reads), set[str]()
    while waiting:
        name = waiting.popleft()
        if name not in left and not carried(name):
            left.add(name)
            waiting += readers.get(name, ())
    return frozenset(left)
