"""What a request would cost is told without a trace in the ledger: so it may tell nothing of the answers.

The attacker asks for previews of groups of his choice, as many as he likes. He knows everybody's answers but
one tenant's, and whether she answered is what he is after.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from forms.answers import Answers
from reports.breakdowns.asking import parse
from reports.waves import Estate, Wave
from survey.campaigns import breakdowns
from survey.database.pool import Database
from tests import offices
from tests.attack.test_ledger import FORM, _tell
from tests.samples.waves import wave_of

ESTATES = [Estate("a", "A", "Nord", 60), Estate("b", "B", "Sør", 60)]
ASKS = [
    parse(FORM, "hjem", by, "all", "standard")
    for by in (["alder"], ["alder=1"], ["alder=1+2,3"], ["alder", "bo"])
]


def _town(*, she_answered: bool) -> Wave:
    """Ten of age 1 with her, nine without."""
    others: list[Answers] = [{"hjem": 1 + k % 5, "alder": 1 if k < 5 else 2, "bo": 1} for k in range(40)]
    less: list[Answers] = [{"hjem": 1 + k % 5, "alder": 1 if k < 4 else 2, "bo": 1} for k in range(40)]
    she: list[Answers] = [{"hjem": 5, "alder": 1, "bo": 1}]
    return wave_of(FORM, ESTATES, {"a": others, "b": less + she if she_answered else less})


def test_a_preview_that_counted_what_would_be_shown_would_tell_whether_she_answered() -> None:
    """Why ours does not: this is the number of cells told of one band, and no ledger need know of it."""
    shown = [
        sum(int(found.told.sum()) for found in _tell(_town(she_answered=answered), [ASKS[1]]))
        for answered in (True, False)
    ]
    assert shown[0] > shown[1] == 0


async def test_a_preview_is_the_same_whether_she_answered_or_not_and_leaves_no_trace(
    database: Database,
) -> None:
    office = await offices.found(database, "Vår kommune")
    waves = [
        replace(_town(she_answered=answered), organisation_id=office.organisation_id, campaign_id=uuid4())
        for answered in (True, False)
    ]
    for ask in ASKS:
        with_her, without = [await breakdowns.cost(database, wave, ask) for wave in waves]
        assert with_her == without
        assert not with_her.again, "no preview before it was written down"
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from answers.told") == 0
        assert not await connection.fetchval(
            "select count(*) from registry.audit_log where action like 'numbers.%'"
        )
