"""The engine of the browser comes to what the engine of the server comes to, in Chromium, under our CSP."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

import survey
from forms.errors import ConditionFault
from forms.expressions import normal, parse
from forms.logic import compile_condition
from tests.conditions import VECTORS, Chooser, for_the_browser
from tests.servers import Server

pytestmark = pytest.mark.browser
STATIC = Path(survey.__file__).parent / "office" / "static"
TREES = 1_000
TRY_ALL = """async conditions => {
    const {outcome} = await import('/static/office/conditions.js')
    return conditions.map(([condition, seen]) => {
        try { return outcome(condition, seen) } catch (problem) { return 'BROKE: ' + problem.message }
    })
}"""


async def _signing_in(browser: Browser, server: Server) -> tuple[Page, list[str]]:
    """A page of the console, and all it complains of."""
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = await page.goto(f"{server.url}/kontor/runder")
    assert answer is not None and "script-src 'self'" in answer.headers["content-security-policy"]
    return page, complaints


@pytest.mark.asyncio(loop_scope="session")
async def test_every_written_condition_comes_to_the_same_in_the_browser_and_others_break_loudly(
    server: Server, browser: Browser
) -> None:
    page, complaints = await _signing_in(browser, server)
    vectors = VECTORS["outcomes"]
    asked = [for_the_browser(parse(vector["expression"]), vector["seen"]) for vector in vectors]
    found = await page.evaluate(TRY_ALL, asked)
    told = {vector["name"]: outcome for vector, outcome in zip(vectors, found, strict=True)}
    assert told == {vector["name"]: vector["outcome"] for vector in vectors}
    assert [name for name, outcome in told.items() if type(outcome) is bool] == [
        vector["name"] for vector in vectors if type(vector["outcome"]) is bool
    ]
    wrong = [
        ["answers.heis +", {}],
        ["answers.heis > 2.0", {"heis": "a"}],
        ["answers.mangler", {"mangler": []}],
    ]
    assert all(str(one).startswith("BROKE") for one in await page.evaluate(TRY_ALL, wrong))
    assert complaints == [], "the engine must need nothing that our CSP forbids"


@pytest.mark.asyncio(loop_scope="session")
async def test_random_conditions_come_to_the_same_in_both_engines(server: Server, browser: Browser) -> None:
    page, complaints = await _signing_in(browser, server)
    choose = Chooser(random.Random(3).choice)
    ours: list[Any] = []
    asked: list[list[Any]] = []
    while len(asked) < TREES:
        node, seen = choose.of(choose.truth(4), choose.truth(4), choose.number(4)), choose.seen()
        try:
            ours.append(compile_condition(normal(node)).outcome(seen))
        except ConditionFault as fault:
            assert fault.reason.key in ("reason.too_long", "reason.reckoned")
            continue
        asked.append(for_the_browser(node, seen))
    found = await page.evaluate(TRY_ALL, asked)
    # JSON knows one kind of number: 2.0 is 2 there.
    apart = [
        (*one, here, there)
        for one, here, there in zip(asked, ours, found, strict=True)
        if here != there or (here is True or here is False) is not isinstance(there, bool)
    ]
    assert apart == []
    assert {*map(type, ours)} == {bool, float, type(None)} and complaints == []


def test_the_engine_of_the_browser_is_the_one_that_was_published() -> None:
    folder = STATIC / "cel"
    listed = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    there = {path.name for path in folder.iterdir()} - {"README.md", "SHA256SUMS"}
    assert listed.keys() == there
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


def test_no_page_loads_the_engine_before_there_is_an_editor() -> None:
    for template in Path(survey.__file__).parent.rglob("*.html"):
        assert "conditions.js" not in template.read_text(), template
