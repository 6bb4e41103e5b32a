"""The page of a house: a frozen report speaks of days to come, and its reader is told which are over."""

from __future__ import annotations

from datetime import date

import pytest

from forms.languages import SPOKEN
from reports.documents import residents
from reports.loop import Edition, Loop
from survey.phone.routes_houses import passed_days
from tests.samples import tenants


@pytest.mark.parametrize("language", SPOKEN)
def test_days_that_were_to_come_when_a_report_was_frozen_are_found_once_they_are_over(language: str) -> None:
    own = tenants.estate()
    found = tenants.usual(own)
    agreed = tenants.measure(1, found.findings[0].id)
    loop = Loop(measures=(agreed,), edition=Edition(1, date(2025, 10, 1)))
    web = residents.web(own, found, loop, language)
    assert passed_days(web, date(2025, 10, 20)) == [], "a day is not over before the next"
    assert passed_days(web, date(2025, 10, 21)) == [date(2025, 10, 20)]
    assert passed_days(web, date(2026, 11, 23)) == [date(2025, 10, 20), date(2026, 3, 1)]
