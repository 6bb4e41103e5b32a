"""How bars are cut: which answers are told together, of one and of many side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Span = tuple[int, int]
"""(first, last) stands for the answers first..last - 1."""
Spans = tuple[Span, ...]
"""() where nothing is told."""


@dataclass(frozen=True, eq=False)
class Told(Sequence[Spans]):
    """How each of many bars is told: a few `kinds`, and which of them each bar is (`rows`)."""

    kinds: tuple[Spans, ...]
    rows: Ints

    @classmethod
    def of(cls, each: Sequence[Spans]) -> Told:
        """Source: a definition; nothing is estimated."""
        if isinstance(each, Told):
            return each
        kinds = {spans: kind for kind, spans in enumerate(dict.fromkeys(each))}
        return cls(tuple(kinds), np.fromiter((kinds[spans] for spans in each), np.int64, len(each)))

    @classmethod
    def joined(cls, several: Sequence[Told]) -> Told:
        """One after the other.

        Source: a definition; nothing is estimated.
        """
        kinds = {
            spans: kind for kind, spans in enumerate(dict.fromkeys(k for own in several for k in own.kinds))
        }
        rows = [np.array([kinds[spans] for spans in own.kinds], np.int64)[own.rows] for own in several]
        return cls(tuple(kinds), np.concatenate(rows))

    def __len__(self) -> int:
        return self.rows.size

    @overload
    def __getitem__(self, place: int) -> Spans: ...
    @overload
    def __getitem__(self, place: slice) -> Told: ...
    def __getitem__(self, place: int | slice) -> Spans | Told:
        found = self.rows[place]
        return Told(self.kinds, found) if isinstance(place, slice) else self.kinds[found]

    def __iter__(self) -> Iterator[Spans]:
        return map(self.kinds.__getitem__, self.rows.tolist())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Told) and self.kinds == other.kinds:
            return np.array_equal(self.rows, other.rows)
        return isinstance(other, Sequence) and [*self] == [*other]

    def __hash__(self) -> int:
        return hash(tuple(self))

    def at(self, places: Ints | Sequence[int]) -> Told:
        """Those of them.

        Source: a definition; nothing is estimated.
        """
        return Told(self.kinds, self.rows[np.asarray(places, np.int64)])

    def without(self, kept_back: Flags) -> Told:
        """The same, and nothing of those that are kept back.

        Source: a definition; nothing is estimated.
        """
        if not kept_back.any():
            return self
        kinds = self.kinds if () in self.kinds else (*self.kinds, ())
        return Told(kinds, np.where(kept_back, kinds.index(()), self.rows))

    def same(self, other: Sequence[Spans]) -> Flags:
        """Of each whether the other is told in the same parts.

        Source: a definition; nothing is estimated.
        """
        theirs = Told.of(other)
        number = {spans: kind for kind, spans in enumerate(dict.fromkeys((*self.kinds, *theirs.kinds)))}
        one, two = (np.array([number[spans] for spans in own.kinds])[own.rows] for own in (self, theirs))
        found: Flags = one == two
        return found

    @property
    def shown(self) -> Flags:
        """Of which anything is told."""
        found: Flags = np.array([bool(spans) for spans in self.kinds], np.bool_)[self.rows]
        return found

    def alike(self) -> Iterator[tuple[Spans, Ints]]:
        """The kinds that there are, in the order of their first bars, and the places of each."""
        there, first = np.unique(self.rows, return_index=True)
        for kind in there[np.argsort(first)].tolist():
            yield self.kinds[kind], np.flatnonzero(self.rows == kind)
