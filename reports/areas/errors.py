"""Why there is no report on an area. `values` name the area, and what has the answer.

AreaNotTold       409  error.reports.area        too few of its estates show anything
├── NoSuchArea    404  error.reports.area.none   no estate of the round lies there
├── AreaAlone     409  error.reports.area.alone  one estate: its report has the answer
└── AreaHasAll    409  error.reports.area.all    all estates: that of the landlord has
"""

from __future__ import annotations

from reports.errors import ReportsError


class AreaNotTold(ReportsError):
    """`values`: for the sentence that says so."""

    status = 409
    key = "error.reports.area"

    def __init__(self, area: str, organisation: str = "") -> None:
        super().__init__(area)
        self.values = {"area": area, "organisation": organisation}


class NoSuchArea(AreaNotTold):
    status = 404
    key = "error.reports.area.none"


class AreaAlone(AreaNotTold):
    key = "error.reports.area.alone"

    def __init__(self, area: str, estate: str) -> None:
        super().__init__(area)
        self.values["estate"] = estate


class AreaHasAll(AreaNotTold):
    key = "error.reports.area.all"
