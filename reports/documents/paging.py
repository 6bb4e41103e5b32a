"""Chart tables dealt out over the pages of the print, so that none breaks over two.

Millimetres of A4 as print.css sets it: 260 between head and foot. Lines are guessed from numbers of letters.
"""

from __future__ import annotations

import textwrap

from reports.documents.rows import Group, Row
from reports.figures import chart_height

UNDER_A_HEADING = 203.0
"""Room for groups under a chapter's title, lead and the head of the table, whatever these are."""
UNDER_A_TITLE = 231.0
"""The same under a title of one line and a lead of none."""
SCORE = 8.7
"""As much of a lead stands beside the score without making the head higher."""
TITLE_LINE, TITLE_LETTERS = 10.4, 24
LEAD_LINE, LEAD_LETTERS = 6.2, 52
WHOLE_PAGE = 248.0
"""Room on a page that holds nothing but the table."""
GROUP_HEAD = 8.6
FEW_ROWS = 2
PADDING = 1.5
QUESTION_LINE, QUESTION_LETTERS = 4.2, 33
NOTE_LINE, NOTE_LETTERS = 3.7, 38
VALUE, CHANGE = 9.3, 4.3
UNIT = 0.327
"""Of a chart."""


def pages_of(groups: tuple[Group, ...], first: float = UNDER_A_HEADING) -> tuple[tuple[Group, ...], ...]:
    """Groups dealt out to tables that each fit their page; the first has `first` mm, the others a page."""
    tables: list[list[Group]] = [[]]
    room = first
    for group in groups:
        taken: list[Row] = []
        room -= GROUP_HEAD if group.title else 0
        for number, row in enumerate(group.rows):
            # A heading is never left alone with one row of several at the foot of a page.
            needed = height(row) + (height(group.rows[1]) if number == 0 and len(group.rows) > 1 else 0)
            if needed > room and (taken or tables[-1]):
                if taken:
                    tables[-1].append(Group(group.title, tuple(taken)))
                tables.append([])
                taken, room = [], WHOLE_PAGE - GROUP_HEAD
            taken.append(row)
            room -= height(row)
        if taken:
            tables[-1].append(Group(group.title, tuple(taken)))
    return tuple(tuple(table) for table in _balanced([table for table in tables if table]))


def under(title: str, lead: str) -> float:
    """Room for the groups of a chapter of its own: more where less is said above them. A question or two that
    would have a page of their own then stand with the others."""
    titles = max(1, len(textwrap.wrap(title, TITLE_LETTERS)))
    taken = TITLE_LINE * (titles - 1) + LEAD_LINE * len(textwrap.wrap(lead, LEAD_LETTERS))
    return max(UNDER_A_HEADING, UNDER_A_TITLE - max(SCORE, taken))


def _balanced(tables: list[list[Group]]) -> list[list[Group]]:
    """The last page not with a row or two alone: the whole of its group, where the page before has others."""
    if len(tables) < 2 or sum(len(group.rows) for group in tables[-1]) > FEW_ROWS:
        return tables
    tail, before = tables[-1][0], tables[-2]
    if len(before) < 2 or before[-1].title != tail.title:
        return tables
    whole = Group(tail.title, (*before[-1].rows, *tail.rows))
    return [*tables[:-2], before[:-1], [whole, *tables[-1][1:]]]


def height(row: Row) -> float:
    """How high a row is at most, in mm."""
    question = QUESTION_LINE * len(textwrap.wrap(row.text, QUESTION_LETTERS))
    question += NOTE_LINE * len(textwrap.wrap(row.note, NOTE_LETTERS))
    return PADDING + max(question, VALUE + CHANGE * bool(row.change), UNIT * chart_height(row.lines))
