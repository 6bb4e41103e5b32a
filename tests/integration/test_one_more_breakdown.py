"""One breakdown more, after others: the ledger answers, in words and with what may be had instead."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from forms.answers import Answers, Layout
from survey.campaigns import rounds
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.attack.test_ledger import _form as form_of
from tests.offices import Office

LANGUAGES = ("nb", "nn", "en")


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, "Vår kommune")


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


def person(k: int, rare: bool) -> Answers:
    """Twelve of age 3, the others of ages 1 and 2. Of the second kind of dwelling one, or half of all."""
    dwelling = 2 if k == 20 or (not rare and k // 3 % 2) else 1
    age = 3 if k < 12 else 1 + k // 5 % 2
    return {"hjem": 1 + k % 5, "rus": 1 + k // 5 % 5, "alder": age, "bo": dwelling}


async def closed(database: Database, office: Office, *, rare: bool = True, days_ago: int = 0) -> UUID:
    """A closed round of one large estate, whose research data hold ages 1 and 2 as one."""
    form = form_of(release_keys=("alder",), release_bands={"alder": ((1, 2),)})
    begun = date.today() - timedelta(days=days_ago)
    new = replace(offices.new_round(office, opens_on=begun, days=14 - days_ago), questionnaire=form)
    round_id = await offices.open_round(database, office, new)
    async with database.registry(office.organisation_id) as connection:
        version = (await rounds.find(connection, round_id)).questionnaire_version_id
    layout = Layout.of(form)
    estate_id = office.estates[-1][0]
    async with database.owner() as connection:
        await connection.executemany(
            "insert into answers.responses (organisation_id, id, campaign_id, estate_id,"
            " questionnaire_version_id, language, mode, answers, codes)"
            " values ($1, $2, $3, $4, $5, 'nb', 'web', '{}', $6)",
            [
                (office.organisation_id, uuid4(), round_id, estate_id, version, layout.pack(person(k, rare)))
                for k in range(120)
            ],
        )
    await offices.close(database, office.staff[Role.OFFICER], round_id)
    return round_id


class Asking:
    """`bostemme numbers` about one round."""

    def __init__(
        self, run: Callable[..., Result], database: Database, office: Office, round_id: UUID
    ) -> None:
        self._run, self._database, self._office, self._round_id = run, database, office, round_id

    async def _said(self, command: str, *more: str) -> Result:
        async with self._database.registry(self._office.organisation_id) as connection:
            name = (await rounds.find(connection, self._round_id)).name
        of = ("--organisation", self._office.name, "--round", name)
        return await asyncio.to_thread(self._run, command, *of, *more)

    async def told(self, command: str, *more: str) -> str:
        said = await self._said(command, *more)
        assert said.exit_code == 0, (said.output, said.exception)
        return said.output

    async def refused(self, *more: str) -> dict[str, str]:
        """By language. A refusal tells no number and writes nothing into the ledger."""
        before = await self._ledger()
        words = {}
        for language in LANGUAGES:
            said = await self._said("numbers", *more, "--language", language)
            assert said.exit_code == 1, said.output
            assert isinstance(said.exception, SystemExit)
            assert not re.search(r"\d+ ?%|\bn=\d", said.output)
            words[language] = said.output
        assert await self._ledger() == before
        assert len(set(words.values())) == len(LANGUAGES)
        return words

    async def _ledger(self) -> int:
        async with self._database.owner() as connection:
            return int(await connection.fetchval("select count(*) from answers.told"))


def asked_in(said: str) -> list[tuple[str, ...]]:
    """The requests that a refusal says may be made instead."""
    return [tuple(line.split()) for line in said.splitlines() if line.startswith("  --item")]


async def _all_that_is_offered_is_told(asking: Asking, words: dict[str, str]) -> None:
    offers = {language: asked_in(said) for language, said in words.items()}
    assert offers["nb"] == offers["nn"] == offers["en"] != []
    for offer in offers["nb"][:1]:
        text = await asking.told("numbers", *offer, "--yes", "--format", "json")
        assert any(row["n"] is not None and row["group"] for row in json.loads(text)["numbers"])


CROSSED = ("--item", "hjem", "--by", "alder=1", "--by", "bo=1", "--level", "all", "--yes")


async def test_after_an_earlier_breakdown_the_one_that_would_give_single_people_away_is_refused(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    """Those of age 1, then those of them in the common dwelling: who lives otherwise would be the rest."""
    elsewhere = await offices.found(database, "Nabokommunen")
    unasked = Asking(run, database, elsewhere, await closed(database, elsewhere))
    alone = json.loads(await unasked.told("numbers", *CROSSED, "--format", "json"))["numbers"]
    assert any(row["n"] and row["group"] for row in alone), "by itself it may be told"
    asking = Asking(run, database, office, await closed(database, office))
    await asking.told("numbers", "--item", "hjem", "--by", "alder", "--level", "all", "--yes")
    words = await asking.refused(*CROSSED)
    for language, part in (
        ("nb", "sammen med det som er vist før"),
        ("nn", "saman med det som er vist før"),
        ("en", "together with what was shown before"),
    ):
        assert part in words[language]
    assert asked_in(words["nb"])[0] == ("--item", "hjem", "--by", "alder=1,2,3", "--level", "all")
    await _all_that_is_offered_is_told(asking, words)


async def test_a_careless_request_is_told_its_cost_first_and_the_simple_tables_can_be_entered_before_it(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    asking = Asking(run, database, office, await closed(database, office, rare=False))
    crossed = ("--item", "hjem", "--by", "alder", "--by", "bo", "--level", "estate")
    words = await asking.refused(*crossed)
    assert {"--item hjem --by alder=1,2,3 --level all", "--item hjem --by bo=1,2 --level estate"} <= {
        " ".join(simple) for simple in asked_in(words["nb"])
    }
    for language, key in (("nb", "ikke deles ut fra denne runden"), ("en", "cannot be handed out")):
        assert all(part in words[language] for part in (key, "--usual-first", "--yes"))
    nb = ("--language", "nb")
    preview = await asking.told("numbers", *crossed, "--preview", *nb)
    assert all(line in words["nb"] for line in preview.splitlines())
    late = await asking._said("numbers", *crossed[:-1], "all", "--usual-first", *nb)
    assert "sammen med det som er vist før" in late.output, "what the simple tables leave no room for"
    for background in ("alder", "bo"):
        simple = ("--item", "hjem", "--by", background, "--level", "all", *nb)
        assert "vist før" in await asking.told("numbers", *simple, "--preview"), "entered first"
        assert "%" in await asking.told("numbers", *simple)


async def test_after_research_data_the_groups_that_they_hold_together_are_not_told_apart(
    database: Database, office: Office, run: Callable[..., Result], tmp_path: Path
) -> None:
    asking = Asking(run, database, office, await closed(database, office, rare=False))
    made = await asking.told("release", "--output", str(tmp_path / "data.zip"))
    assert made
    words = await asking.refused("--item", "hjem", "--by", "alder", "--level", "all")
    for language, part in (
        ("nb", "Forskningsdata med alder er delt ut"),
        ("nn", "Forskingsdata med alder er delte ut"),
        ("en", "Research data with alder were handed out"),
    ):
        assert part in words[language]
    offered = asked_in(words["nb"])
    assert [by for offer in offered for by in offer if by.startswith("bo=")], offered
    await _all_that_is_offered_is_told(asking, words)


async def test_after_a_report_what_its_bars_would_complete_is_refused(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    """The report tells how everybody answered; the one who lives otherwise would be the difference."""
    asking = Asking(run, database, office, await closed(database, office))
    await asking.told("findings")
    words = await asking.refused("--item", "hjem", "--by", "bo", "--level", "all")
    await _all_that_is_offered_is_told(asking, words)


async def test_after_the_same_people_answered_another_round_nothing_by_group_is_told(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    first = Asking(run, database, office, await closed(database, office, days_ago=7))
    await first.told("findings")
    asking = Asking(run, database, office, await closed(database, office))
    words = await asking.refused("--item", "hjem", "--by", "bo", "--level", "all")
    for language, part in (("nb", "bostemme findings"), ("nn", "funna"), ("en", "findings")):
        assert part in words[language]


async def test_a_refusal_has_a_line_in_the_log_and_can_be_asked_as_often_as_one_likes(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    round_id = await closed(database, office)
    asking = Asking(run, database, office, round_id)
    first = await asking.refused("--item", "hjem", "--by", "bo", "--level", "all")
    assert await asking.refused("--item", "hjem", "--by", "bo", "--level", "all") == first
    async with database.registry(office.organisation_id) as connection:
        rows = await connection.fetch(
            "select details from registry.audit_log where action = 'numbers.refused' and entity_id = $1",
            round_id,
        )
    assert len(rows) == 2 * len(LANGUAGES)
    assert {json.loads(row["details"])["reason"] for row in rows} == {"numbers.nothing"}
