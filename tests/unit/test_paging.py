"""How chart tables are dealt out: the less is said above them, the more stands on a page."""

from __future__ import annotations

from reports.documents import paging


def test_a_chapter_with_a_short_head_has_room_for_more_and_never_more_than_its_page() -> None:
    one, four, many = "Et ord.", "Best svar får denne. " * 10, "Best svar får denne. " * 40
    assert paging.under("Boligen", one) > paging.under("Boligen", four) > paging.UNDER_A_HEADING
    assert paging.under("Boligen", many) == paging.UNDER_A_HEADING
    assert paging.under("Boligen", one) < paging.WHOLE_PAGE
    assert paging.under("Forholdet til alle som bor i nabolaget", one) < paging.under("Boligen", one)
