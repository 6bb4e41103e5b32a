"""Bad input and bad days: a clear page for the tenant, one clear event for the operator, and nothing lost
that was confirmed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from forms.languages import SPOKEN
from survey import mixer
from survey.ballots import drafts, keyring, tokens
from survey.ballots.drafts import Draft
from survey.ballots.keys import KeyFolder
from survey.ballots.mixing import keep_stock
from survey.ballots.tokens import new_token
from survey.database.embedded import embedded_postgres
from survey.database.migrate import migrate
from survey.database.pool import Database
from survey.phone.rendering import messages
from survey.settings import Settings
from survey.written import write
from tests.ballots import SEED, with_code
from tests.servers import Server, serving
from tests.tenants import Invited, invite, send_form, stored_answers

FIELDS = {"_vist": "bolig_hjem,bolig_fred", "bolig_hjem": "4"}
AWAY = {
    "nb": "Tjenesten er ikke tilgjengelig akkurat nå",
    "nn": "Tenesta er ikkje tilgjengeleg akkurat no",
    "en": "The service is not available right now",
}


@pytest.fixture
async def tenant(database: Database, settings: Settings) -> Invited:
    return await invite(database, settings.secret_key, tenants=2)


# ---------------------------------------------------------------- links and receipts


async def test_a_replayed_submission_shows_the_same_receipt_and_counts_nothing_more(
    client: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    form = await send_form(client, tenant.link)
    assert (await client.post(f"{tenant.link}/send", data=form)).status_code == 200
    receipt = tokens.receipt(b"k" * 32, tenant.token, form["fro"])
    for language, words in (
        ("nb", "lagret én gang"),
        ("nn", "lagra éin gong"),
        ("en", "saved once"),
    ):
        page = await client.post(f"{tenant.link}/send?sprak={language}", data=form)
        assert page.status_code == 409 and receipt in page.text and words in page.text
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]


async def test_forged_truncated_and_swapped_links_lead_nowhere_and_change_nothing(
    client: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    token = tenant.token
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    swapped = next(
        token[:n] + token[n + 1] + token[n] + token[n + 2 :] for n in range(19) if token[n] != token[n + 1]
    )
    joined = token[:10] + tenant.tokens[1][10:]
    forged = [new_token(), token[:-1], token + "0", token[::-1] + "x", swapped, joined, tokens.ALPHABET[:20]]
    for written in forged:
        for send in (client.get(f"/s/{written}"), client.post(f"/s/{written}/send", data={"fro": SEED})):
            page = await send
            assert page.status_code == 404 and 'name="kode"' in page.text, written
        for language, words in (
            ("nb", ("Lenken er ikke hel", "Vi finner ikke denne lenken")),
            ("nn", ("Lenkja er ikkje heil", "Vi finn ikkje denne lenkja")),
            ("en", ("The link is not complete", "We cannot find this link")),
        ):
            page = await client.get(f"/s/{written}", params={"sprak": language})
            assert any(word in page.text for word in words), written
    assert await stored_answers(database, tenant) == []
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200


async def test_a_receipt_that_was_made_up_or_mistyped_is_not_confirmed(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    await client.post(f"{tenant.link}/send", data={"fro": SEED})
    real = tokens.receipt(b"k" * 32, tenant.token, SEED)
    other = tokens.receipt(b"k" * 32, tenant.tokens[1], SEED)
    for written in (
        other,
        real[:-1],
        real[:-1] + ("2" if real[-1] != "2" else "3"),
        real[::-1],
        tenant.token,
    ):
        page = await client.post("/kvittering", data={"kvittering": written})
        assert page.status_code == 422 and "Svaret venter" not in page.text
        page = await client.post("/kvittering/trekk", data=with_code(written))
        assert "trukket tilbake" not in page.text
    assert "Svaret venter" in (await client.post("/kvittering", data={"kvittering": real})).text


async def test_the_same_link_on_two_devices_is_a_draft_each_and_one_answer(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    """Neither sees what the other wrote. When one has sent, the other is told so when it sends, in its own
    language, and nothing of its draft is counted."""
    for device, fields in ((client, FIELDS), (elsewhere, {"_vist": "bedre", "bedre": "Mer lys"})):
        await device.post(tenant.link, data={"sprak": "nb"})
        assert len(device.cookies) == 1, "a device of its own"
        side = "viktig" if "bedre" in fields else "hjem"
        assert (await device.post(f"{tenant.link}/side/{side}", data=fields)).status_code == 303
    telephone, computer = [
        (await device.get(f"{tenant.link}/se-over")).text for device in (client, elsewhere)
    ]
    assert "Litt enig" in telephone and "Mer lys" not in telephone
    assert "Mer lys" in computer and "Litt enig" not in computer
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200
    assert "Mer lys" in (await elsewhere.get(f"{tenant.link}/se-over")).text, "a look tells nothing"
    for language, told in (
        ("nb", "Det er svart med denne lenken"),
        ("nn", "Det er svart med denne lenkja"),
        ("en", "This link has been answered"),
    ):
        late = await elsewhere.post(f"{tenant.link}/send?sprak={language}", data={"fro": "1" * 32})
        assert late.status_code == 409 and told in late.text
        await elsewhere.post(f"{tenant.link}/side/viktig", data={"_vist": "bedre", "bedre": "Igjen"})
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]


async def test_two_pages_of_one_device_are_one_draft_and_the_late_one_is_told(
    client: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    """Both go on with what the other wrote; when one has sent, the other is told, on whatever page it is."""
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    more = {"_vist": "bedre", "bedre": "Mer lys"}
    await client.post(f"{tenant.link}/side/viktig", data=more)
    both = (await client.get(f"{tenant.link}/se-over")).text
    assert "Mer lys" in both and "Litt enig" in both
    other = await send_form(client, tenant.link)
    assert 'name="_utkast" value="1"' in (await client.get(f"{tenant.link}/side/viktig")).text
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200
    for language, gone, told in (
        ("nb", "Det du hadde lagret, er borte", "Det er svart med denne lenken"),
        ("nn", "Det du hadde lagra, er borte", "Det er svart med denne lenkja"),
        ("en", "What you had saved is gone", "This link has been answered"),
    ):
        fields = more | {"bedre": "Noe annet", "_utkast": "1", "_sprak": language}
        late = await client.post(f"{tenant.link}/side/viktig", data=fields)
        assert late.status_code == 409 and gone in late.text
        late = await client.post(f"{tenant.link}/send?sprak={language}", data=other)
        assert late.status_code == 409 and told in late.text
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4, "bedre": "Mer lys"}]


# ---------------------------------------------------------------- drafts


async def test_a_draft_of_another_version_keeps_what_fits_and_says_so(
    client: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    before = Draft(
        "nb",
        {"bolig_hjem": 4, "bolig_fred": 77, "borte": 2, "bedre": 5, "tema": "ord", "mott": [1]},
        "en_side_som_er_borte",
        version="another",
    )
    async with database.phone() as connection:
        await drafts.save(connection, b"k" * 32, tenant.token, before)
    for place in ("/se-over", "/side/hjem", "/side/viktig", "/pause"):
        assert (await client.get(tenant.link + place)).status_code == 200
    for language, words in (
        ("nb", "Spørsmålene er endret siden sist"),
        ("nn", "Spørsmåla er endra sidan sist"),
        ("en", "The questions have changed since last time"),
    ):
        page = await client.get(tenant.link, params={"sprak": language})
        assert page.status_code == 200 and words in page.text
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]


async def test_a_draft_of_this_version_is_not_said_to_have_changed(
    client: httpx.AsyncClient, tenant: Invited
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    assert "endret siden sist" not in (await client.get(tenant.link)).text


async def test_a_draft_that_another_link_wrote_or_that_is_damaged_is_not_shown_and_can_be_begun_anew(
    client: httpx.AsyncClient, database: Database, tenant: Invited
) -> None:
    mine, other = tenant.tokens
    await client.post(f"/s/{other}/side/viktig", data={"_vist": "bedre", "bedre": "Hemmelig"})
    async with database.owner() as connection:
        await connection.execute(
            "update ballots.drafts set draft_key = $1", tokens.draft_key(b"k" * 32, mine)
        )
    for language, words in (
        ("nb", "Vi kan ikke lese det du hadde lagret"),
        ("nn", "Vi kan ikkje lese det du hadde lagra"),
        ("en", "We cannot read what you had saved"),
    ):
        page = await client.get(f"/s/{mine}?sprak={language}")
        assert page.status_code == 200 and words in page.text
    assert "Hemmelig" not in (await client.get(f"/s/{mine}/se-over")).text
    assert (await client.post(f"/s/{mine}/send", data={"fro": SEED})).status_code == 422, (
        "there is nothing to send"
    )
    await client.post(f"/s/{mine}/side/hjem", data=FIELDS)
    assert "Vi kan ikke lese" not in (await client.get(f"/s/{mine}")).text
    assert (await client.post(f"/s/{mine}/send", data={"fro": SEED})).status_code == 200
    assert await stored_answers(database, tenant) == [{"bolig_hjem": 4}]


# ---------------------------------------------------------------- clocks

CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long shift(void) { const char *s = getenv("WRONG_BY"); return s ? atol(s) : 0; }
int clock_gettime(clockid_t id, struct timespec *t) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(id, t);
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) t->tv_sec += shift();
  return done;
}
int gettimeofday(struct timeval *t, void *zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  t->tv_sec = now.tv_sec; t->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *t) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (t) *t = now.tv_sec;
  return now.tv_sec;
}
"""


@pytest.fixture(params=[1, -1], ids=["a_day_ahead", "a_day_behind"])
def wrong_clock(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes started from here on believe that it is another day."""
    if sys.platform != "linux" or not shutil.which("cc"):
        pytest.skip("needs a C compiler on Linux")
    source, library = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("WRONG_BY", str(request.param * 86400))
    command = [sys.executable, "-c", "import datetime; print(datetime.date.today())"]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert seen.stdout.strip() != str(date.today())


@pytest.mark.usefixtures("wrong_clock")
async def test_a_servers_clock_that_is_wrong_by_a_day_opens_nothing_early_and_closes_nothing_early(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, "--no-mixer", "--no-sender") as server:
        secret = server.settings.secret_key
        last_day = await invite(database, secret, closes_on=date.today())
        first_day = await _another_round(database, secret, opens=0)
        over = await _another_round(database, secret, opens=-9, closes=-1)
        not_yet = await _another_round(database, secret, opens=1)
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            for open_round in (last_day, first_day):
                saved = await client.post(f"{open_round.link}/side/hjem", data=FIELDS)
                assert saved.status_code == 303
                assert (await client.post(f"{open_round.link}/send", data={"fro": SEED})).status_code == 200
            assert (await client.get(over.link)).status_code == 410
            assert (await client.post(f"{over.link}/send", data={"fro": SEED})).status_code == 410
            assert (await client.get(not_yet.link)).status_code == 403
            assert (await client.post(f"{not_yet.link}/send", data={"fro": SEED})).status_code == 403


@pytest.mark.usefixtures("wrong_clock")
async def test_clocks_that_differ_are_one_event_for_the_operator(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    event = "the clocks of this machine and of the database differ"
    with serving(database_url, tmp_path, "--no-sender") as server:
        await _until(lambda: _events(server, event))
        for _ in range(3):  # it looks again, and does not say it again
            async with database.owner() as connection:
                await connection.execute("select pg_notify('bostemme_mixer', '')")
            await asyncio.sleep(0.3)
        (told,) = _events(server, event)
    assert "24 hours" in told["why"]


async def test_clocks_that_agree_are_not_told_of(database: Database, keys: KeyFolder) -> None:
    with capture_logs() as told:
        await mixer.work_once(database, keys)
    assert not [event for event in told if "clock" in event["event"]]


async def _another_round(database: Database, secret: bytes, *, opens: int, closes: int = 20) -> Invited:
    return await invite(
        database,
        secret,
        opens_on=date.today() + timedelta(days=opens),
        closes_on=date.today() + timedelta(days=closes),
    )


@pytest.mark.parametrize(
    ("language", "over", "early"),
    [
        ("nb", "Undersøkelsen er over", "Undersøkelsen har ikke startet ennå"),
        ("nn", "Undersøkinga er over", "Undersøkinga har ikkje starta enno"),
        ("en", "The survey has ended", "The survey has not started yet"),
    ],
)
async def test_who_comes_a_day_late_or_early_is_told_so_in_their_language(
    client: httpx.AsyncClient, database: Database, language: str, over: str, early: str
) -> None:
    late = await _another_round(database, b"k" * 32, opens=-9, closes=-1)
    soon = await _another_round(database, b"k" * 32, opens=1)
    for invited, status, words in ((late, 410, over), (soon, 403, early)):
        for send in (
            client.get(f"{invited.link}?sprak={language}"),
            client.post(f"{invited.link}/send?sprak={language}", data={"fro": SEED}),
        ):
            page = await send
            assert page.status_code == status and words in page.text.replace("\u00ad", "")


# ---------------------------------------------------------------- a lost key


@pytest.mark.parametrize(
    ("language", "words", "kept"),
    [
        ("nb", "Vi kan ikke ta imot svaret akkurat nå", "er i behold"),
        ("nn", "Vi kan ikkje ta imot svaret akkurat no", "er i behald"),
        ("en", "We cannot take your answer just now", "are safe"),
    ],
)
async def test_a_round_without_a_key_takes_no_answer_loses_none_and_tells_the_operator(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Invited,
    language: str,
    words: str,
    kept: str,
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    async with database.owner() as connection:
        key = await connection.fetchval(
            "with before as (select id, ballot_key from registry.campaigns)"
            " update registry.campaigns c set ballot_key = null from before where before.id = c.id"
            " returning before.ballot_key"
        )
        await connection.execute("update registry.campaigns set name = $1", f"Nøkkelløs {language}")
    with capture_logs() as told:
        page = await client.post(f"{tenant.link}/send?sprak={language}", data={"fro": SEED})
    assert page.status_code == 503 and words in page.text and kept in page.text
    assert [event["event"] for event in told] == ["a round has no key to seal with"]
    async with database.owner() as connection:
        await connection.execute("update registry.campaigns set ballot_key = $1", key)
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200


@pytest.mark.parametrize(
    ("language", "words", "no_more"),
    [
        ("nb", "Svaret kunne ikke telles", "Du kan ikke svare på nytt med lenken"),
        ("nn", "Svaret kunne ikkje teljast", "Du kan ikkje svare på nytt med lenkja"),
        ("en", "The answer could not be counted", "You cannot answer again with the link"),
    ],
)
async def test_who_holds_the_receipt_of_an_answer_whose_key_is_lost_is_told_and_that_the_link_is_used(
    client: httpx.AsyncClient,
    database: Database,
    tenant: Invited,
    tmp_path: Path,
    language: str,
    words: str,
    no_more: str,
) -> None:
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    assert (await client.post(f"{tenant.link}/send", data={"fro": SEED})).status_code == 200
    empty = KeyFolder(tmp_path / "empty")
    (used,) = [key for key in await keyring.listed(database, empty) if key.waiting]
    assert await keyring.give_up(database, await keyring.to_give_up(database, empty, used.name)) == 1
    receipt = tokens.receipt(b"k" * 32, tenant.token, SEED)
    page = await client.post("/kvittering", data={"kvittering": receipt, "sprak": language})
    assert page.status_code == 200 and words in page.text and no_more in page.text
    await client.post(f"{tenant.link}/side/hjem", data=FIELDS)
    assert (await client.post(f"{tenant.link}/send", data={"fro": "1" * 32})).status_code == 409


async def test_a_lost_key_is_one_event_for_the_operator_and_nothing_to_the_tenants(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, "--no-sender") as server:
        invited = await invite(database, server.settings.secret_key, tenants=16)
        async with database.owner() as connection:
            key = await connection.fetchval(
                "select ballot_key from registry.campaigns where id = $1", invited.campaign_id
            )
        file = server.settings.keys / f"{key.hex()}.key"
        await asyncio.to_thread(file.rename, tmp_path / "lost")
        async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
            for token in invited.tokens:
                await client.post(f"/s/{token}/side/hjem", data=FIELDS)
                assert (await client.post(f"/s/{token}/send", data={"fro": SEED})).status_code == 200
            await _until(lambda: _events(server, "a key is missing"))  # while it is open already
            async with database.owner() as connection:
                await connection.execute("update registry.campaigns set status = 'closed'")
                await connection.execute("select pg_notify('bostemme_mixer', '')")
            await _until(lambda: _events(server, "ballots cannot be opened"))
            for _ in range(3):  # it looks again, and does not say it again
                async with database.owner() as connection:
                    await connection.execute("select pg_notify('bostemme_mixer', '')")
                await asyncio.sleep(0.5)
            (told,) = _events(server, "ballots cannot be opened")
            assert key.hex() in told["why"] and str(tmp_path) in told["why"]
            receipt = tokens.receipt(server.settings.secret_key, invited.token, SEED)
            page = await client.post("/kvittering", data={"kvittering": receipt})
            assert "Svaret venter på å bli telt" in page.text
        await asyncio.to_thread((tmp_path / "lost").rename, file)
        async with database.owner() as connection:
            await connection.execute("select pg_notify('bostemme_mixer', '')")
        for _ in range(1200):
            async with database.owner() as connection:
                if await connection.fetchval("select count(*) from answers.responses") == 16:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError("the ballots were not counted when the key was there again")


def _events(server: Server, name: str) -> list[dict[str, str]]:
    lines = [line for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [event for line in lines if (event := json.loads(line))["event"] == name]


async def _until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if there():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not happen")


# ---------------------------------------------------------------- a full disk


@contextlib.contextmanager
def _small_disk(folder: Path, size: str = "160m") -> Iterator[Path]:
    """A disk of so many bytes, which only root may have."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(command, capture_output=True).returncode == 0
    if not mounted:
        pytest.skip("may not mount a small disk here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as opened, contextlib.suppress(OSError):
        while True:
            opened.write(bytes(1 << 16))
    with filler.open("ab", buffering=0) as opened, contextlib.suppress(OSError):
        while True:
            opened.write(bytes(512))
    return filler


async def test_a_full_disk_of_keys_leaves_no_half_key_and_those_that_had_room_are_in_stock(
    database: Database, tmp_path: Path
) -> None:
    """Empty files with the names of keys stayed, and no backup of the folder could be made any more."""
    with _small_disk(tmp_path / "disk", "16k") as disk:
        keys = KeyFolder(disk / "keys")
        with pytest.raises(OSError, match=r"No space left on device: '.*\.key'"):
            await keep_stock(database, keys)
        whole = keys.here()
        assert 0 < len(whole) < 20 and {keys.state(public) for public in whole} == {"good"}
        assert len(list(keys.path.iterdir())) == len(whole)
        async with database.owner() as connection:
            known = await connection.fetch("select public_key from ballots.keys() where destroyed_on is null")
        assert {row["public_key"] for row in known} == set(whole)
        for written in (
            lambda: keyring.backup(keys, disk / "kopi", "en ganske lang frase"),
            lambda: write(disk / "funn.txt", "x" * 1000),
        ):
            with pytest.raises(OSError, match="No space left on device: '/"):
                written()
        assert [path.name for path in disk.iterdir()] == ["keys"]
        await asyncio.to_thread(subprocess.run, ["mount", "-o", "remount,size=1m", str(disk)], check=True)
        assert await keep_stock(database, keys) == 20 - len(whole)
        assert {keys.state(public) for public in keys.here()} == {"good"}


async def test_a_full_disk_is_a_clear_page_one_event_and_no_confirmed_answer_is_lost(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk, embedded_postgres(disk / "postgres", durable=True) as url:
        await migrate(url)
        database = await Database.connect(url)
        try:
            await keep_stock(database, KeyFolder(tmp_path / "own-keys"))
            with serving(url, tmp_path, "--no-mixer", "--no-sender") as server:
                await _sent_until_full(database, server, disk)
        finally:
            await database.close()


async def _sent_until_full(database: Database, server: Server, disk: Path) -> None:
    invited = await invite(database, server.settings.secret_key, tenants=400)
    confirmed: list[str] = []
    async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
        waiting = iter(invited.tokens)
        for token in (next(waiting) for _ in range(5)):
            assert await _answer(client, token) == 200
            confirmed.append(token)
        async with database.owner() as connection:
            backend: int = await connection.fetchval("select pg_backend_pid()")
        filler = await asyncio.to_thread(_fill, disk)
        for token in waiting:
            status = await _answer(client, token)
            if status != 200:
                break
            confirmed.append(token)
        else:
            raise AssertionError("the disk was never full")
        assert status == 503
        for language, words in AWAY.items():
            headers = {"Accept-Language": language}
            page = await client.post(f"/s/{token}/side/viktig", data=_long(), headers=headers)
            assert page.status_code == 503 and words in page.text and f'lang="{language}"' in page.text
        assert (await client.get(f"/s/{confirmed[0]}")).status_code == 200, "what is there can be read"
        await _started_again_on_a_full_disk(client, backend, token)
        await asyncio.to_thread(filler.unlink)
        for _ in range(600):  # PostgreSQL may have had to recover
            if (last := await _answer(client, token)) != 503:
                break
            await asyncio.sleep(0.2)
        assert last == 200
        confirmed.append(token)
        for sent in confirmed:
            receipt = tokens.receipt(server.settings.secret_key, sent, SEED)
            page = await client.post("/kvittering", data={"kvittering": receipt})
            assert "Svaret venter på å bli telt" in page.text
    async with database.owner() as connection:
        assert await connection.fetchval("select count(*) from ballots.box") == len(confirmed)
        assert await connection.fetchval("select count(*) from ballots.rights where used") == len(confirmed)
    assert len(_events(server, "the disk of the database is full")) == 1
    assert invited.token not in server.log.read_text()


async def _started_again_on_a_full_disk(client: httpx.AsyncClient, backend: int, token: str) -> None:
    """PostgreSQL comes up without room and ends each new connection: what she wrote stays on the page."""
    os.kill(backend, signal.SIGKILL)
    await asyncio.sleep(2)
    for language in AWAY:
        headers = {"Accept-Language": language, "Sec-Fetch-Site": "same-origin"}
        page = await client.post(f"/s/{token}/side/viktig", data=_long(), headers=headers)
        assert page.status_code == 503 and 'value="Lys. Lys. ' in page.text and "<button" in page.text


def _long() -> dict[str, str]:
    return {"_vist": "bedre", "bedre": "Lys. " * 300}


async def _answer(client: httpx.AsyncClient, token: str) -> int:
    """The status of the first page that did not go well, else of the sending."""
    page = await client.post(f"/s/{token}/side/viktig", data=_long())
    if page.status_code == 303:
        page = await client.post(f"/s/{token}/send", data={"fro": SEED})
    return page.status_code


async def test_a_database_that_is_away_is_a_clear_page_in_every_language_and_one_event(
    tmp_path: Path,
) -> None:
    with contextlib.ExitStack() as postgres:
        url = postgres.enter_context(embedded_postgres(tmp_path / "pg", durable=False))
        await migrate(url)
        with serving(url, tmp_path, "--no-mixer", "--no-sender") as server:
            await asyncio.to_thread(postgres.close)
            async with httpx.AsyncClient(base_url=server.url, timeout=120) as client:
                for language, words in AWAY.items():
                    page = await client.get(f"/s/{new_token()}", params={"sprak": language})
                    assert page.status_code == 503 and words in page.text
                for language in SPOKEN:
                    sent = f"/s/{new_token()}"
                    page = await client.post(f"{sent}/send", params={"sprak": language}, data={"fro": SEED})
                    t = messages(language)
                    assert page.status_code == 503 and t("error.no_page.text") in page.text
                    assert f'<a href="{sent}/se-over?sprak={language}">{t("start.review")}</a>' in page.text
            assert len(_events(server, "the database is away")) == 1
