"""Places whose whole breakdown is hidden: how far their cells range, reckoned instead of walked.

Take the places of one area that hide all their numbers by group. For one answer a reader knows how many gave
it in each place (the face) and how many in each group in all of them together (the area less the places that
show theirs). That is all: a table of which only the margins are known, and such tables exist for every whole
number that a cell can hold between max(0, row + column - total) and min(row, column). Different answers do
not bind one another, since the bases by group are hidden too, so a sum over answers ranges over the sum of
the ranges.
"""

from __future__ import annotations

import numpy as np

from reports.disclosure.tables import Dimension, Flags, Ints, Table


def door_of(dimension: Dimension) -> Ints:
    """For each leaf the narrowest node that holds it and another leaf; everybody where there is none.

    Source: a definition; nothing is estimated.
    """
    sizes = np.array([len(node) for node in dimension.nodes])
    above = dimension.above
    size = np.where((above >= 0) & (sizes[above] > 1), sizes[above], dimension.leaves + 1)
    found: Ints = np.take_along_axis(above, size.argmin(axis=1)[:, None], axis=1)[:, 0]
    return found


def hidden_whole(table: Table, block: int, free: Flags) -> Flags:
    """Which leaf places hide everything by group in this block.

    Source: a definition; nothing is estimated.
    """
    leaves = slice(1, 1 + table.places.leaves)
    return np.asarray(free[table.blocks[block][leaves, :, 1:]].all(axis=(1, 2)))


def spread(table: Table, free: Flags, low: Ints, high: Ints) -> None:
    """Widen what each cell was seen to hold by what these places allow. `free`: cells that readers do not
    know.

    Changes `low` and `high` in place. Nothing but cells of places that hide a whole block is changed by the
    tables this speaks of.

    Source: Dobra and Fienberg 2000, PNAS 97, 11885-11892 (bounds from two margins).
    """
    doors = door_of(table.places)
    answers = table.answers
    for number, (block, groups) in enumerate(zip(table.blocks, table.groups, strict=True)):
        whole = hidden_whole(table, number, free)
        for door in np.unique(doors[whole]):
            places = 1 + np.flatnonzero(whole & (doors == door))
            leaf = slice(1, 1 + answers.leaves)
            rows = table.values[block[places, leaf, 0]][:, :, None]
            columns = table.values[block[places][:, leaf, 1:]].sum(axis=0)[None]
            total = rows.sum(axis=0)[None]
            least = np.maximum(rows + columns - total, 0)
            most = np.minimum(rows, columns)
            # answers x leaves of answers: unions range over the sums
            add = answers.sums.toarray()
            cells = block[places][:, :, 1:]
            shape = (len(places), len(answers), len(groups) - 1)
            for seen, edge, widen in ((low, least, np.minimum), (high, most, np.maximum)):
                edges = np.einsum("al,plg->pag", add, edge).reshape(shape)
                seen[cells] = widen(seen[cells], edges)
