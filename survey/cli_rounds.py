"""A closed round by its name, for commands; what is wrong is said as a refusal of numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from reports.breakdowns.errors import NoSuchThing, NumbersRefused
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted, NearlyTheSame, ResultsNotReady, StillMixing
from survey.database.opening import opened
from survey.database.pool import Database
from survey.register import organisations
from survey.register.errors import NoSuchOrganisation
from survey.settings import Settings


@asynccontextmanager
async def round_named(organisation: str, round_name: str) -> AsyncIterator[tuple[Database, UUID, UUID]]:
    """The open database, and the ids of the organisation and of its round.

    NumbersRefused when there is none, and for what the block finds: that it is not closed, its answers are
    deleted, or nearly the same ones were told of another round.
    """
    async with opened(Settings.from_environment()) as database:
        try:
            organisation_id = await organisations.named(database, organisation)
        except NoSuchOrganisation as missing:
            raise NoSuchThing("numbers.no_organisation", organisation=organisation) from missing
        async with database.registry(organisation_id) as connection:
            known = await rounds.rounds(connection)
        found = next((one for one in known if one.name == round_name), None)
        if found is None:
            names = ", ".join(one.name for one in known) or "–"
            raise NoSuchThing("numbers.no_round", round=round_name, rounds=names)
        try:
            yield database, organisation_id, found.id
        except (ResultsNotReady, StillMixing) as early:
            raise NumbersRefused("numbers.not_closed", round=round_name) from early
        except NearlyTheSame as twin:
            raise NumbersRefused("numbers.nearly_the_same", other=twin.values["round"]) from twin
        except AnswersDeleted as gone:
            raise NumbersRefused("numbers.deleted", round=round_name) from gone
