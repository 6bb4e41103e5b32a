"""Two questions at once over several estates: whether a table of all leaves what is hidden in each.

A reader knows from its bars how many in an estate gave each answer to the one question, and to the other. A
table of both over all estates together then tells little of two estates, or of many; unless the bars leave
hardly any room on one side. Fifteen of twenty in one house say yes to both questions: ten at least said so
twice. If no more did, and in the next house none of five and five, a table of both that counts ten tells it
all: of those five nobody agrees with the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.requests import MINIMUM


def each_keeps_its_range(tables: NDArray[np.int64]) -> bool:
    """Whether, once their sum is told, every number in the tables of single estates can lie in a range of
    MINIMUM people, or in as wide a one as the bars of the estate alone leave.

    `tables`: estates x parts of one question x parts of the other. Proved by exchange: two people of an
    estate exchange their answers to one question, two of other estates do the opposite, and all bars and the
    sum are as they were. For two parts by two it is exact, else it may say no where the answer is yes.

    Source: moves of Diaconis and Sturmfels 1998, Annals of Statistics 26, 363-397; our own rule,
    docs/methods.md; attacked in tests/attack/test_joint.py.
    """
    _, rows, columns = tables.shape
    if min(rows, columns) < 2:
        return True
    for row in range(rows):
        for column in range(columns):
            own, kept = _ranges(tables, row, column)
            if (kept < np.minimum(own, MINIMUM)).any():
                return False
    return True


def _ranges(tables: NDArray[np.int64], row: int, column: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each estate how far this number can move for who knows its bars, and for who knows the sum too."""
    other_rows = np.arange(tables.shape[1]) != row
    other_columns = np.arange(tables.shape[2]) != column
    # Estates x other rows x other columns: how many can leave this cell in exchange, and how many come to it.
    leave = np.minimum(tables[:, row, column][:, None, None], tables[:, other_rows][:, :, other_columns])
    come = np.minimum(tables[:, row, other_columns][:, None, :], tables[:, other_rows, column][:, :, None])
    own = [way.max(axis=(1, 2)) for way in (leave, come)]
    kept = [
        np.minimum(way, back.sum(axis=0) - back).max(axis=(1, 2))
        for way, back in ((leave, come), (come, leave))
    ]
    return own[0] + own[1], kept[0] + kept[1]
