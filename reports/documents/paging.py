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
SPARSE = WHOLE_PAGE / 3
"""Less than this on the last page looks forgotten there."""
PADDING = 1.5
QUESTION_LINE, QUESTION_LETTERS = 4.2, 33
NOTE_LINE, NOTE_LETTERS = 3.7, 38
VALUE, CHANGE, CHANGE_LETTERS = 9.3, 4.3, 17
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
    return tuple(tuple(table) for table in _balanced([table for table in tables if table], first))


def under(title: str, lead: str) -> float:
    """Room for the groups of a chapter of its own: more where less is said above them. A question or two that
    would have a page of their own then stand with the others."""
    titles = max(1, len(textwrap.wrap(title, TITLE_LETTERS)))
    taken = TITLE_LINE * (titles - 1) + LEAD_LINE * len(textwrap.wrap(lead, LEAD_LETTERS))
    return max(UNDER_A_HEADING, UNDER_A_TITLE - max(SCORE, taken))


def _balanced(tables: list[list[Group]], first: float) -> list[list[Group]]:
    """The last page never with hardly anything: what it has and what the page before has is dealt out again,
    between groups where that leaves no page nearly empty, else within one."""
    if len(tables) < 2 or _high(tables[-1]) >= SPARSE:
        return tables
    above = WHOLE_PAGE - first if len(tables) == 2 else 0
    before, last = tables[-2], tables[-1]
    if before[-1].title == last[0].title:
        whole = Group(last[0].title, (*before[-1].rows, *last[0].rows))
        before, last = before[:-1], [whole, *last[1:]]
    both = [*before, *last]

    def least(halves: tuple[list[Group], list[Group]]) -> float:
        return min(above + _high(halves[0]), _high(halves[1]))

    between = [(both[:at], both[at:]) for at in range(1, len(both))]
    within = [
        (
            [*both[:at], Group(group.title, group.rows[:row])],
            [Group(group.title, group.rows[row:]), *both[at + 1 :]],
        )
        for at, group in enumerate(both)
        for row in range(2, len(group.rows) - 1)
    ]
    for ways in (between, between + within):
        fitting = [way for way in ways if above + _high(way[0]) <= WHOLE_PAGE and _high(way[1]) <= WHOLE_PAGE]
        best = max(fitting, key=least, default=(tables[-2], tables[-1]))
        if least(best) >= SPARSE:
            break
    return [*tables[:-2], *best] if least(best) > least((tables[-2], tables[-1])) else tables


def _high(table: list[Group]) -> float:
    return sum((GROUP_HEAD if group.title else 0) + sum(map(height, group.rows)) for group in table)


def height(row: Row) -> float:
    """How high a row is at most, in mm."""
    question = QUESTION_LINE * len(textwrap.wrap(row.text, QUESTION_LETTERS))
    question += NOTE_LINE * len(textwrap.wrap(row.note, NOTE_LETTERS))
    return PADDING + max(
        question,
        VALUE + CHANGE * len(textwrap.wrap(row.change, CHANGE_LETTERS)),
        UNIT * chart_height(row.lines),
    )
