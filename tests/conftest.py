"""What tests stand on: one PostgreSQL a session, one migrated template, a fresh copy for every test."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from litestar import Litestar

from survey import logs
from survey.ballots import codes
from survey.ballots.folders import claim
from survey.ballots.keys import KeyFolder
from survey.ballots.mixing import keep_stock
from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate
from survey.database.pool import Database
from survey.delivery.channels import Channels
from survey.delivery.sending import Sender
from survey.office import reckoning
from survey.settings import Settings
from tests.ballots import CONTACT_STOCK, STOCK, copied_contact_keys, copied_keys
from tests.databases import copied_database, named, run
from tests.mornings import NOON
from tests.waiting import closed, ends_within, past_the_hour

# PostgreSQL goes by the tenants' clock. Just before midnight in UTC another clock would lay rounds a day off.
os.environ["TZ"] = "Europe/Oslo"
time.tzset()
# Neither a busy machine nor bad luck is a fault of the code under test: what is drawn is the same each
# time. `--hypothesis-profile explore` draws anew.
PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("house", derandomize=True, **PATIENT)
hypothesis.settings.register_profile("explore", **PATIENT)
hypothesis.settings.load_profile("house")

AS_SOLD = dict(codes.COST)
# A code costs 20 to 40 ms of processor by design, and a round of 227 homes takes as many codes. What they are
# made with in earnest is told by tests/unit/test_codes.py.
codes.COST["n"] = 2**4

# A page that says to wait is what its own tests ask for; all others wait, on however busy a machine.
reckoning.AT_ONCE = 600.0

TEMPLATE = "bostemme_template"
BASE_URL = "http://testserver.local"


def _limit(item: pytest.Item) -> float:
    """Seconds, before pytest ends the whole worker: the tests after this one go on in it."""
    return float(item.config.getini("faulthandler_timeout")) * 2 / 3


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    past_the_hour()
    with ends_within(_limit(item), f"what {item.name} stands on"):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    with ends_within(_limit(item), item.name):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    with ends_within(_limit(item), f"tidying up after {item.name}"):
        return (yield)


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """DATABASE_URL when given (its user may create databases), else an embedded server of our own."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with embedded_postgres(tmp_path_factory.mktemp("pg"), durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """Name of a migrated, empty database to copy."""
    name = f"{TEMPLATE}_{secrets.token_hex(4)}"
    asyncio.run(run(server_url, f"create database {name}"))
    asyncio.run(migrate(named(server_url, name)))
    asyncio.run(_stock(named(server_url, name)))
    yield name
    asyncio.run(run(server_url, f"drop database {name} with (force)"))


async def _stock(url: str) -> None:
    """Keys for rounds to open with; their private halves are where `keys` copies them from."""
    database = await Database.connect(url)
    try:
        await claim(database, KeyFolder(STOCK))
        await keep_stock(database, KeyFolder(STOCK))
        await Sender(database, KeyFolder(CONTACT_STOCK), Channels(None, None), "").keep_stock()
        async with database.owner() as connection:  # the first mixer of a test is the one
            await connection.execute("delete from registry.key_folder")
            await connection.execute(NOON)
    finally:
        await database.close()


@pytest.fixture
def codes_as_sold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes as slow as those of the product."""
    monkeypatch.setitem(codes.COST, "n", AS_SOLD["n"])


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    """The private keys of the rounds of this test, for the mixer."""
    return copied_keys(tmp_path / "keys")


@pytest.fixture
def contact_keys(tmp_path: Path) -> KeyFolder:
    """The private contact keys of the rounds of this test, for the sender."""
    return copied_contact_keys(tmp_path / "contact-keys")


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """A fresh, migrated database for this test alone."""
    with copied_database(server_url, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await Database.connect(database_url)
    yield opened
    await closed(opened)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url, secret=b"k" * 32, base_url=BASE_URL, home=tmp_path
    )  # its keys: tmp_path / "keys", filled by the fixture `keys`


@pytest.fixture(autouse=True)
def own_log() -> None:
    """Every test writes where it is looked at, and is told of each trouble anew.

    The one before may have run a command whose output is closed since, and the same trouble is told once an
    hour.
    """
    logs.configure()
    logs._told.clear()
    logs._since.clear()


@pytest.fixture(scope="session")
def application() -> Litestar:
    """The whole application without a database: to put it together takes a third of a second."""
    from survey.app import create_app

    return create_app(Settings(database_url=None, secret=b"k" * 32, base_url=BASE_URL, home=Path()))


@pytest.fixture
def app(application: Litestar, database: Database, settings: Settings) -> Litestar:
    """The whole application on `database`, with nothing that an earlier test left in it."""
    for name in list(application.state):
        del application.state[name]
    application.state.update({"database": database, "settings": settings})
    logs.configure()  # again: what reads the output may have been asked for after `own_log`
    return application


@pytest.fixture
async def client(app: Litestar, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Talks to the application without a network, in the event loop of the test."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as opened:
        yield opened


@pytest.fixture
async def elsewhere(app: Litestar, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The same application, on another device: with cookies of its own."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as opened:
        yield opened
