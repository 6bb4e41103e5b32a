"""Rounds that no statistician would wish for, through the commands and the console: a stated result or a
stated refusal, and never a number that is none."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner, Result

from forms.answers import Answers, Layout
from forms.questionnaire import Questionnaire
from reports.breakdowns.asking import MOST_ASKED
from reports.documents.findings_page import within
from reports.findings.model import FindingsList
from survey.ballots import mixing
from survey.ballots.keys import KeyFolder
from survey.campaigns import rounds
from survey.cli import main
from survey.database.pool import Database
from survey.people.roles import Role
from tests import offices
from tests.ballots import STOCK
from tests.offices import Office
from tests.samples.tiny import item, questionnaire, scored

NAME = "Vår kommune"


def _background(name: str, levels: int) -> dict[str, Any]:
    choices = [
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"{name} {c}")}
        for c in range(1, levels + 1)
    ]
    return item(name, scale=None, background=True, specials=[], choices=choices)


def _form(**more: Any) -> Questionnaire:
    return questionnaire(
        item("helhet", role="overall"),
        *(scored(f"bolig{n}") for n in range(3)),
        *(scored(f"leie{n}", "utleier") for n in range(3)),
        _background("alder", 3),
        _background("gate", 250),
        _background("etasje", 20),
        _background("inngang", 20),
    ).model_copy(update=more)


FORM = _form()
SCORED = [item.id for item in FORM.items() if not item.background]


def _person(k: int) -> Answers:
    """Answers that spread; every hundredth lives where nobody else does."""
    return {name: 1 + (3 * k + n * k // 4) % 5 for n, name in enumerate(SCORED)} | {
        "alder": 1 + k % 3, "gate": 1 + k % 250, "etasje": 1 + k % 20, "inngang": 1 + k % 19,
    }  # fmt: skip


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    monkeypatch.setenv("BOSTEMME_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("BOSTEMME_HOME", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
async def office(database: Database) -> Office:
    return await offices.found(database, NAME)


async def _closed(
    database: Database,
    office: Office,
    people: Iterable[list[Answers]],
    form: Questionnaire = FORM,
    days_ago: int = 0,
) -> str:
    """Name of a closed round with these answers, estate by estate (of 7, 40 and 180 dwellings)."""
    begun = date.today() - timedelta(days=days_ago)
    new = replace(offices.new_round(office, opens_on=begun, days=14 - days_ago), questionnaire=form)
    round_id = await offices.open_round(database, office, new)
    async with database.registry(office.organisation_id) as connection:
        version = (await rounds.find(connection, round_id)).questionnaire_version_id
    layout = Layout.of(form)
    rows = [
        (office.organisation_id, uuid4(), round_id, estate_id, version, layout.pack(answers))
        for (estate_id, _), own in zip(office.estates, people, strict=True)
        for answers in own
    ]
    async with database.owner() as connection:
        await connection.executemany(
            "insert into answers.responses (organisation_id, id, campaign_id, estate_id,"
            " questionnaire_version_id, language, mode, answers, codes)"
            " values ($1, $2, $3, $4, $5, 'nb', 'web', '{}', $6)",
            rows,
        )
    await rounds.close_round(database, office.staff[Role.OFFICER], round_id)
    await mixing.mix_and_tell(database, KeyFolder(STOCK))
    return new.name


class Told:
    """What the commands say of a round. Every number in it is one."""

    def __init__(self, run: Callable[..., Result], round_name: str) -> None:
        self._run, self._asked = run, ("--organisation", NAME, "--round", round_name)

    async def __call__(self, command: str, *more: str, code: int = 0) -> str:
        said: Result = await asyncio.to_thread(self._run, command, *self._asked, *more)
        assert said.exit_code == code, (said.output, said.exception)
        assert said.exception is None or isinstance(said.exception, SystemExit)
        words = said.output.casefold().replace("(", " ").split()
        assert not {"nan", "inf", "-inf", "infinity"} & {word.strip(".,;:%)«»") for word in words}
        return said.output

    async def findings(self) -> FindingsList:
        """After seeing that the words, the machine form and the figures of others can all be told."""
        words = await self("findings")
        made = FindingsList.model_validate_json(await self("findings", "--format", "json"))
        assert all(within(f, "nb") in words for f in made.findings)
        for found in made.findings:
            assert all(map(math.isfinite, (found.estimate, found.low, found.high)))
        await self("benchmarks")
        _finite(json.loads(await self("benchmarks", "--format", "json"), parse_constant=_never))
        return made

    async def numbers(self, by: str = "alder", *more: str) -> list[dict[str, Any]]:
        await self("numbers", "--item", "bolig0", "--by", by, *more)
        text = await self("numbers", "--item", "bolig0", "--by", by, *more, "--format", "json")
        document = json.loads(text, parse_constant=_never)
        _finite(document)
        rows: list[dict[str, Any]] = document["numbers"]
        return rows


def _never(constant: str) -> None:
    raise AssertionError(f"{constant} was told")


def _finite(value: Any) -> None:
    if isinstance(value, float):
        assert math.isfinite(value)
    elif isinstance(value, dict):
        for held in value.values():
            _finite(held)
    elif isinstance(value, list):
        for held in value:
            _finite(held)


@pytest.mark.parametrize("answered", [0, 1, 4])
async def test_a_round_that_hardly_anybody_answered_is_told_to_be_one(
    database: Database, office: Office, run: Callable[..., Result], answered: int
) -> None:
    told = Told(run, await _closed(database, office, [[], [], [_person(k) for k in range(answered)]]))
    made = await told.findings()
    assert not made.findings
    assert {place.reason for place in made.places} == {"hidden.few"}
    assert all(place.n is None for place in made.places)
    refused = await told("numbers", "--item", "bolig0", "--by", "alder", code=1)
    assert "Ingenting om «bolig0» kan vises" in refused


async def test_answers_that_are_all_skipped_are_no_answers_to_any_question(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    empty: list[Answers] = [{} for _ in range(30)]
    told = Told(run, await _closed(database, office, [[], empty, empty]))
    assert not (await told.findings()).findings
    assert "Ingenting om" in await told("numbers", "--item", "bolig0", "--by", "alder", code=1)


async def test_answers_that_are_all_the_same_are_hidden_and_nothing_is_found_in_them(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    alike: list[Answers] = [{**dict.fromkeys(SCORED, 5), "alder": 1 + k % 3} for k in range(30)]
    told = Told(run, await _closed(database, office, [[], alike, alike]))
    assert not (await told.findings()).findings
    assert "Ingenting om" in await told("numbers", "--item", "bolig0", "--by", "alder", code=1)


async def test_more_answers_than_dwellings_are_all_who_could_answer(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    """Two answers from a home, or a register that is behind: nobody is left to be unsure of."""
    many = [_person(k) for k in range(60)]
    told = Told(run, await _closed(database, office, [[_person(k) for k in range(12)], many, many]))
    made = await told.findings()
    assert {place.place.level for place in made.places} == {"all", "area", "estate"}
    assert all(place.n for place in made.places)
    assert any(row["n"] for row in await told.numbers())


async def test_an_unknown_number_of_dwellings_is_taken_to_be_endless(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    good: list[Answers] = [{**_person(k), "bolig1": 5 if k % 12 else 1} for k in range(60)]
    name = await _closed(database, office, [[], good[:36], good])
    known = await Told(run, name).findings()
    second = await _closed(database, office, [[], good[:36], good])
    async with database.owner() as connection:
        await connection.execute(
            "update registry.campaign_estates e set invited = null"
            " from registry.campaigns c where c.id = e.campaign_id and c.name = $1",
            second,
        )
    unknown = Told(run, second)
    told = {(f.place.id, f.variant, f.items): f for f in known.findings}
    narrower = 0
    for found in (await unknown.findings()).findings:
        if (before := told.get((found.place.id, found.variant, found.items))) and found.measure == "share":
            assert found.low <= before.low and before.high <= found.high
            narrower += found.high - found.low > before.high - before.low
    assert narrower


async def test_numbers_are_told_where_the_number_of_dwellings_is_unknown(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    name = await _closed(database, office, [[], [], [_person(k) for k in range(100)]])
    async with database.owner() as connection:
        await connection.execute("update registry.campaign_estates set invited = null")
    assert any(row["n"] for row in await Told(run, name).numbers())


async def test_a_question_whose_scale_has_changed_is_not_compared_with_the_round_before(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    people = [_person(k) for k in range(100)]
    worse: list[Answers] = [
        {**person, "bolig1": 1 + k % 2, "bolig2": 1 + k % 2} for k, person in enumerate(people)
    ]
    await _closed(database, office, [[], people[:30], people], days_ago=7)
    scale = FORM.scale("e5")
    turned = tuple(choice.model_copy(update={"code": 6 - choice.code}) for choice in reversed(scale.choices))
    other = scale.model_copy(update={"id": "e5_snudd", "choices": turned, "favourable": (1, 2)})
    document = FORM.model_dump(mode="json")
    document["scales"].append(other.model_dump(mode="json"))
    for question in document["pages"][0]["items"]:
        if question["id"] == "bolig1":
            question["scale"] = "e5_snudd"
    changed = Questionnaire.model_validate(document | {"version": "1.1"})
    told = Told(run, await _closed(database, office, [[], worse[:30], worse], changed))
    made = await told.findings()
    assert made.wave_before
    assert [one.item for one in made.not_compared] == ["bolig1"]
    words = await told("findings")
    assert all(one.sentences["nb"] in words for one in made.not_compared)
    compared = {f.items for f in made.findings if f.kind == "changed"}
    assert ("bolig2",) in compared and ("bolig1",) not in compared
    assert "bolig" not in {f.object for f in made.findings if f.kind == "changed"}, "made of other items"


async def test_a_background_with_hundreds_of_levels_is_refused_with_a_way_out(
    database: Database, office: Office, run: Callable[..., Result]
) -> None:
    people = [_person(k) for k in range(180)]
    told = Told(run, await _closed(database, office, [[], people[:40], people]))
    many = await told("numbers", "--item", "bolig0", "--by", "gate", code=1)
    assert "er for mange" in many and str(MOST_ASKED) in many
    crossed = await told("numbers", "--item", "bolig0", "--by", "etasje", "--by", "inngang", code=1)
    assert str(MOST_ASKED) in crossed
    assert not [f for f in (await told.findings()).findings if "gate" in f.items]


def test_a_question_with_four_hundred_answers_is_refused_with_its_name(tmp_path: Path) -> None:
    document = FORM.model_dump(mode="json", exclude_none=True)
    (gate,) = [item for item in document["pages"][0]["items"] if item["id"] == "gate"]
    gate["choices"] = [
        {"code": c, "value": f"v{c}", "text": dict.fromkeys(("nb", "nn", "en"), f"gate {c}")}
        for c in range(1, 401)
    ]
    file = tmp_path / "skjema.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    said = CliRunner().invoke(main, ["questionnaire", "check", str(file), "--language", "nb"])
    assert said.exit_code == 1
    (line,) = [line for line in said.output.splitlines() if line.startswith("FEIL")]
    assert "«gate»" in line and "400" in line and "250" in line and "slå svar sammen" in line


def _spread() -> list[Answers]:
    return [_person(k) for k in range(60)]


def _turned() -> list[Answers]:
    """One mind a person, but one question answered as if its codes ran the other way."""
    people: list[Answers] = []
    for k in range(90):
        mood = 1 + k % 5
        people.append({**dict.fromkeys(SCORED, mood), "bolig1": 6 - mood, "alder": 1 + k % 3, "gate": 1})
    return people


NOT_WISHED_FOR: dict[str, Callable[[], list[list[Answers]]]] = {
    "nobody": lambda: [[], [], []],
    "one answer": lambda: [[], [], [_person(1)]],
    "four answers": lambda: [[], [], [_person(k) for k in range(4)]],
    "all skipped": lambda: [[], [{}] * 30, [{}] * 30],
    "all the same": lambda: [[], [dict.fromkeys(SCORED, 5)] * 30, [dict.fromkeys(SCORED, 5)] * 30],
    "more answers than homes": lambda: [[_person(k) for k in range(12)], _spread(), _spread()],
    "codes turned round": lambda: [[], _turned()[:36], _turned()],
    "hundreds of levels": lambda: [[], _spread()[:36], [_person(k) for k in range(180)]],
}
FEW = ("nobody", "one answer", "four answers")


@pytest.mark.parametrize("case", NOT_WISHED_FOR)
@pytest.mark.parametrize("known", [True, False], ids=["homes known", "homes not known"])
async def test_the_console_shows_no_number_that_is_none_and_says_where_there_are_too_few(
    client: httpx.AsyncClient, database: Database, office: Office, case: str, known: bool
) -> None:
    name = await _closed(database, office, NOT_WISHED_FOR[case]())
    async with database.owner() as connection:
        round_id = await connection.fetchval("select id from registry.campaigns where name = $1", name)
        if not known:
            await connection.execute("update registry.campaign_estates set invited = null")
    await offices.sign_in(client, office)
    pages = []
    for path in ("funn", "rapport", f"rapport?leiegard={office.estates[2][0]}"):
        page = await client.get(f"/kontor/runder/{round_id}/{path}")
        assert page.status_code == 200, (path, page.text[:300])
        words = re.sub(r"<[^>]*>", " ", page.text).casefold().split()
        assert not {"nan", "inf", "-inf", "none"} & {word.strip(".,;:%)(«»") for word in words}
        # The whole value or a number of a list: a form's token may begin with these letters by chance.
        value = r'="(?:[^"]*[\s,:])?-?(?:nan|inf(?:inity)?)(?:[\s,;%][^"]*)?"'
        assert not re.search(value, page.text, re.IGNORECASE)
        pages.append(page.text)
    findings, *reports = pages
    assert ("Da sier vi ingenting." in findings) == (case in FEW)
    for report in reports:
        assert ("Derfor viser vi ingen tall." in report) == (case in FEW)


async def test_more_answers_than_homes_is_said_on_every_page_and_nobody_has_answered_over_100_per_cent(
    client: httpx.AsyncClient, database: Database, office: Office
) -> None:
    """Twelve answers of seven homes. (Rounded shares may add up to 101 %; intervals may widen by more.)"""
    name = await _closed(database, office, NOT_WISHED_FOR["more answers than homes"]())
    async with database.owner() as connection:
        round_id = await connection.fetchval("select id from registry.campaigns where name = $1", name)
    await offices.sign_in(client, office)
    small = office.estates[0][0]
    for path in ("", "/funn", "/rapport", f"/rapport?leiegard={small}"):
        page = (await client.get(f"/kontor/runder/{round_id}{path}")).text
        words = " ".join(re.sub(r"<[^>]*>", " ", page).split())
        assert "flere svar enn husstander som ble spurt" in words, path
        assert not [rate for rate in re.findall(r"(\d+)\s?%(?! bredere)", words) if int(rate) > 101], path
        assert "Alle husstandene har svart" not in words


@pytest.mark.parametrize("asked", [(), ("--item", "bolig0"), ("--item", "bolig0", "--by", "alder")])
async def test_numbers_of_a_round_or_a_landlord_that_is_not_there_are_refused_in_words(
    database: Database, office: Office, run: Callable[..., Result], asked: tuple[str, ...]
) -> None:
    name = await _closed(database, office, [[], [], [_person(k) for k in range(20)]])
    for organisation, round_name, told in (
        (NAME, "finnesikke", ("finnesikke", name)),
        ("Ingen kommune", name, ("Ingen kommune",)),
    ):
        named = ("--organisation", organisation, "--round", round_name)
        said = await asyncio.to_thread(run, "numbers", *named, *asked)
        assert said.exit_code == 1 and isinstance(said.exception, SystemExit), said.exception
        assert "Traceback" not in said.output
        assert all(word in said.output for word in told), said.output
