"""Tables of counts in which everything that adds up is known: what an attacker adds up, the engine adds up
too.

A table counts people by three things at once: where they live, what they answered, and a group they belong
to. Each is a `Dimension`: its *leaves* are the finest parts, its *nodes* are all the sets of leaves that a
number may be told about: everybody, each leaf, and any unions (an area of estates, two answers merged, a band
of ages, two bands that overlap). Hierarchies and overlapping groupings are both nothing but nodes.

Several groupings (age; tenure) make several *blocks* that share their `face`, the numbers for all groups
together. Within a block every cell is a sum of leaf cells. Blocks that share nothing but their face can
always be fitted together by some table of people, so the face is all that an attacker can carry from one to
the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from reports.disclosure.errors import NotATable

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_CELLS = 2_000_000
"""A table with more cells is refused: nobody reads it, and it would be made of single people."""


@dataclass(frozen=True)
class Dimension:
    """`nodes`: for each node its leaves, in order. Node 0 is everybody, nodes 1..leaves are the single
    leaves."""

    leaves: int
    nodes: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, leaves: int, unions: Iterable[Iterable[int]] = ()) -> Dimension:
        """Everybody, each of `leaves` parts (0-based), and the unions, in this order. NotATable when there
        is no leaf, or a union is empty or names a leaf that is not there."""
        if leaves < 1:
            raise NotATable("a dimension needs at least one part")
        more = tuple(tuple(sorted(set(union))) for union in unions)
        if any(not union or union[0] < 0 or union[-1] >= leaves for union in more):
            raise NotATable(f"a union must hold some of the parts 0 to {leaves - 1}")
        return cls(leaves, (tuple(range(leaves)), *((leaf,) for leaf in range(leaves)), *more))

    @classmethod
    def tree(cls, parent_of: Sequence[Sequence[int]]) -> Dimension:
        """A hierarchy: one row a level, from the widest to the finest, each telling for every leaf which part
        of that level it lies in (0-based). Level parts with one leaf are nodes of their own all the same."""
        unions = [
            [leaf for leaf, part in enumerate(level) if part == wanted]
            for level in parent_of
            for wanted in range(max(level, default=-1) + 1)
        ]
        return cls.of(len(parent_of[0]) if parent_of else 0, [union for union in unions if union])

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def sums(self) -> scipy.sparse.csr_array:
        """Nodes x leaves, 1 where the leaf lies in the node."""
        counts = [len(node) for node in self.nodes]
        rows = np.repeat(np.arange(len(self.nodes)), counts)
        columns = np.concatenate([np.asarray(node) for node in self.nodes])
        return scipy.sparse.csr_array(
            (np.ones(len(rows), np.int64), (rows, columns)), shape=(len(self.nodes), self.leaves)
        )

    @cached_property
    def above(self) -> Ints:
        """Leaves x depth: the nodes that hold the leaf, everybody (0) first; -1 fills up."""
        held: list[list[int]] = [[] for _ in range(self.leaves)]
        for number, node in enumerate(self.nodes):
            for leaf in node:
                held[leaf].append(number)
        depth = max(map(len, held))
        return np.array([row + [-1] * (depth - len(row)) for row in held], np.int64)

    @cached_property
    def in_levels(self) -> bool:
        """Whether each node stands in one column of `above`: in a hierarchy, not where groupings overlap."""
        columns = [set(column[column >= 0].tolist()) for column in self.above.T]
        return sum(map(len, columns)) == len(set().union(*columns))

    @cached_property
    def starts(self) -> tuple[Ints, Ints, Ints]:
        """All leaves of all nodes end to end; where each node begins in that row; how many it has."""
        sizes = np.array([len(node) for node in self.nodes], np.int64)
        return np.concatenate([np.asarray(n, np.int64) for n in self.nodes]), np.cumsum(sizes) - sizes, sizes

    def widen(self, node: int) -> tuple[int, ...]:
        """The nodes that hold all of this one and more, the narrowest first."""
        own = set(self.nodes[node])
        wider = [n for n, other in enumerate(self.nodes) if len(other) > len(own) and own <= set(other)]
        return tuple(sorted(wider, key=lambda n: (len(self.nodes[n]), n)))


@dataclass(frozen=True)
class Table:
    """Counts of all cells in one flat row. `face`: place x answer -> cell; `blocks`: place x answer x group
    -> cell, of which group 0 is the face."""

    places: Dimension
    answers: Dimension
    groups: tuple[Dimension, ...]
    face: Ints
    blocks: tuple[Ints, ...]
    values: Ints

    @classmethod
    def of(
        cls, places: Dimension, answers: Dimension, groups: Sequence[Dimension], counts: Sequence[Ints]
    ) -> Table:
        """`counts`: one array a grouping, leaves x leaves x leaves; without groupings one array of places x
        answers. NotATable when they do not fit or are not counts of the same people."""
        shape: tuple[int, ...] = (places.leaves, answers.leaves)
        wanted = [(*shape, group.leaves) for group in groups] or [shape]
        if [np.shape(count) for count in counts] != wanted:
            raise NotATable(f"counts must have the shapes {wanted}")
        arrays = [np.asarray(count, np.int64) for count in counts]
        faces = [array.sum(axis=2) if groups else array for array in arrays]
        if any((array < 0).any() for array in arrays) or any((face != faces[0]).any() for face in faces[1:]):
            raise NotATable("counts must be whole numbers from 0 up, and every grouping of the same people")
        sizes = [len(places) * len(answers) * (len(group) - 1) for group in groups]
        if (cells := len(places) * len(answers) + sum(sizes)) > MOST_CELLS:
            raise NotATable(f"{cells} cells are more than {MOST_CELLS}: ask for fewer groups or wider places")
        face = np.arange(len(places) * len(answers)).reshape(len(places), len(answers))
        values = [_summed(places, answers, faces[0]).ravel()]
        blocks, begin = [], face.size
        for group, array, size in zip(groups, arrays, sizes, strict=False):
            inner = np.arange(begin, begin + size).reshape(len(places), len(answers), len(group) - 1)
            blocks.append(np.concatenate([face[:, :, None], inner], axis=2))
            by_leaf = np.stack(
                [_summed(places, answers, array[:, :, leaf]) for leaf in range(group.leaves)], axis=2
            )
            values.append((by_leaf @ group.sums.toarray().T)[:, :, 1:].ravel())
            begin += size
        return cls(places, answers, tuple(groups), face, tuple(blocks), np.concatenate(values))

    @property
    def size(self) -> int:
        return int(self.values.size)

    def none(self) -> Flags:
        """No cell marked."""
        return np.zeros(self.size, bool)

    def base_of(self) -> Ints:
        """For each cell the cell of all who answered in the same place and group."""
        base = np.empty(self.size, np.int64)
        base[self.face] = self.face[:, :1]
        for block in self.blocks:
            base[block] = block[:, :1, :]
        return base

    @cached_property
    def relations(self) -> scipy.sparse.csr_array:
        """One row for every sum that holds: union = its leaves, 1 and -1 over the cells."""
        rows, columns, signs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        number = 0
        for union, leaves in self._sums():
            every = np.arange(number, number + union.size)
            rows += [every, np.repeat(every, leaves.shape[1])]
            columns += [union, leaves.ravel()]
            signs += [np.ones(union.size, np.int64), -np.ones(leaves.size, np.int64)]
            number += union.size
        where = np.concatenate(rows), np.concatenate(columns)
        return scipy.sparse.csr_array((np.concatenate(signs), where), shape=(number, self.size))

    def _sums(self) -> Iterator[tuple[Ints, Ints]]:
        """Cells of a union, and beside each the cells that add up to it."""
        arrays: list[tuple[Ints, tuple[Dimension, ...]]] = [(self.face, (self.places, self.answers))]
        for block, group in zip(self.blocks, self.groups, strict=True):
            arrays.append((block, (self.places, self.answers, group)))
        for array, dimensions in arrays:
            for axis, dimension in enumerate(dimensions):
                ordered = np.moveaxis(array, axis, 0)
                for node, leaves in enumerate(dimension.nodes):
                    if not 1 <= node <= dimension.leaves:
                        parts = ordered[[1 + leaf for leaf in leaves]]
                        yield ordered[node].ravel(), parts.reshape(len(leaves), -1).T

    def holds(self, values: Ints) -> bool:
        """Are these the cells of some table: whole, from 0 up, every sum right?"""
        return bool((values >= 0).all()) and not (self.relations @ values).any()


def _summed(places: Dimension, answers: Dimension, leaf_counts: Ints) -> Ints:
    found: Ints = (answers.sums @ (places.sums @ leaf_counts).T).T
    return found
