"""How chart tables are dealt out: the less is said above them, the more stands on a page."""

from __future__ import annotations

from itertools import pairwise

import pytest
from markupsafe import Markup

from reports.documents import paging
from reports.documents.rows import Group, Row


def test_a_chapter_with_a_short_head_has_room_for_more_and_never_more_than_its_page() -> None:
    one, four, many = "Et ord.", "Best svar får denne. " * 10, "Best svar får denne. " * 40
    assert paging.under("Boligen", one) > paging.under("Boligen", four) > paging.UNDER_A_HEADING
    assert paging.under("Boligen", many) == paging.UNDER_A_HEADING
    assert paging.under("Boligen", one) < paging.WHOLE_PAGE
    assert paging.under("Forholdet til alle som bor i nabolaget", one) < paging.under("Boligen", one)


def _group(title: str, rows: int) -> Group:
    return Group(
        title, tuple(Row(f"{title} {n}", Markup(), "9", "50 %", "mellom 40 og 60") for n in range(rows))
    )


@pytest.mark.parametrize(
    "sizes", [(6, 7, 7, 4), (5, 13, 6), (24,), (22, 1), (11, 13), (7, 7, 7, 7, 7, 7, 3), (3, 21)]
)
def test_the_last_page_of_a_table_is_never_nearly_empty_and_no_row_is_lost(sizes: tuple[int, ...]) -> None:
    groups = tuple(_group("ABCDEFG"[n], size) for n, size in enumerate(sizes))
    pages = paging.pages_of(groups, paging.WHOLE_PAGE)
    high = [sum(paging.GROUP_HEAD + sum(map(paging.height, g.rows)) for g in page) for page in pages]
    assert len(pages) > 1 and max(high) <= paging.WHOLE_PAGE
    assert high[-1] >= paging.SPARSE and high[-2] >= paging.SPARSE
    told = [row.text for page in pages for group in page for row in group.rows]
    assert told == [row.text for group in groups for row in group.rows]
    assert all(a.title != b.title for page in pages for a, b in pairwise(page))


def test_a_change_that_takes_two_lines_is_reckoned_with() -> None:
    row = Row("Kort", Markup(), "9", "50 %", "40 to 60")
    one, two = (
        paging.height(Row(**{**vars(row), "change": told}))
        for told in ("Opp 12 siden sist", "Down 12 since last time")
    )
    assert two - one == pytest.approx(paging.CHANGE)
