"""Residents read a draft by a link, say what they think of each question, and see what came of it."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from uuid import UUID

import httpx
import lxml.html
import pymupdf
import pytest

from forms.loading import dump
from forms.operations import Change, Part
from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts, readers
from survey.retention import steps
from tests import offices
from tests.waiting import until

SENT = ("clear", "unclear", "uncomfortable", "missing")


async def _draft(database: Database, office: offices.Office) -> UUID:
    async with database.registry(office.organisation_id) as connection:
        return await drafts.create(connection, office.staff[Role.OFFICER], dump(offices.short_form()))


def _marks(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(sett-\w+)" value="(\w+)"', page))


def _printed(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf) as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


async def _link(client: httpx.AsyncClient, draft_id: UUID, token: str, day: str) -> httpx.Response:
    form = {"csrf": token, "gjor": "vis", "ends_on": day}
    return await client.post(f"/kontor/skjemaer/{draft_id}/beboere", data=form)


async def test_what_residents_say_stands_beside_the_question_and_comes_back_to_them(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, database: Database
) -> None:
    office = await offices.found(database, "Vår kommune")
    await offices.sign_in(client, office)
    draft_id = await _draft(database, office)
    home, token = f"/kontor/skjemaer/{draft_id}", await offices.token_for(client)
    for wrong in ("", "2020-01-01", "2999-01-01"):
        answer = await _link(client, draft_id, token, wrong)
        assert answer.status_code == 422 and 'href="#ends_on"' in answer.text
    assert (await _link(client, draft_id, token, date.today().isoformat())).status_code == 303
    shown = (await client.get(f"{home}/beboere")).text
    slug = re.findall(r"/les/(\w{16})", shown)[0]
    begun = (await elsewhere.get(f"/les/{slug}?sprak=nb")).text
    assert "Vår kommune" in begun and "lagres uten navn" in begun and "slettes 180 dager" in begun

    page = (await elsewhere.get(f"/les/{slug}/1?sprak=nb")).text
    marks = _marks(page)
    entry = next(iter(marks)).removeprefix("sett-")
    assert "Ikke skriv navn" in page and 'form="lest"' in page
    assert not re.search(r"<form[^>]*>(?:(?!</form>).)*<(?:select|textarea|fieldset)", page, re.S), (
        "fields of the questions belong to no form"
    )
    for verdict in SENT:
        form = {**marks, "sprak": "nb", f"dom-{entry}": verdict, f"{entry}": "3", "navn": "Kari"}
        sent = await elsewhere.post(f"/les/{slug}/1", data=form)
        assert sent.status_code == 303 and "sendt=1" in sent.headers["location"]
    long = {**marks, "sprak": "nb", f"forslag-{entry}": "x" * 501}
    refused = await elsewhere.post(f"/les/{slug}/1", data=long)
    assert refused.status_code == 422 and "x" * 501 in refused.text
    words = {**marks, "sprak": "nb", f"forslag-{entry}": " Si <hvor> mye\x00 "}
    await elsewhere.post(f"/les/{slug}/1", data=words)
    await elsewhere.post(f"/les/{slug}/1", data={**marks, "sprak": "nb"})  # nothing said, nothing kept
    gone = {"sett-borte": "0", "dom-borte": "clear", "sprak": "nb"}
    lost = await elsewhere.post(f"/les/{slug}/1", data=gone)
    assert "borte=1" in lost.headers["location"]

    async with database.owner() as connection:
        rows = await connection.fetch("select * from registry.remarks")
    assert len(rows) == 5, "an empty page leaves nothing"
    assert not {"said_on", "said_at", "language"} & {*rows[0].keys()}, "nor what ties those of one reader"
    assert not any("Kari" in str(value) for row in rows for value in row.values())

    item = (await client.get(f"{home}/sporsmal/{entry}")).text
    for word in ("Klart", "Uklart", "Ubehagelig", "Mangler noe"):
        assert f"<dt>{word}</dt><dd>1</dd>" in item
    assert "Si &lt;hvor&gt; mye" in item and "endret siden" not in item
    for where in (home, f"{home}/sporsmal/{entry}"):
        beside = " ".join(lxml.html.fromstring((await client.get(where)).text).text_content().split())
        for mark in ("Klart", "Uklart", "Ubehagelig", "Mangler noe"):
            assert re.search(rf"{mark}\s*1", beside), f"{mark} with its number beside the question on {where}"
    outline = lxml.html.fromstring((await client.get(home)).text)
    (listed,) = outline.xpath("//ul[starts-with(@aria-label, 'Dette sier beboerne om')]")
    assert len(listed.findall("li")) == 4 and "1 forslag, 1 venter" in outline.text_content()

    async with database.registry(office.organisation_id) as connection:
        draft = await drafts.find(connection, draft_id)
        text = {"text": {draft.language: "Noe helt annet?"}}
        await drafts.do(
            connection,
            office.staff[Role.OFFICER],
            draft_id,
            Change(Part("entry", entry), text),
            action="changed_entry",
        )
    assert "5 av 5 er sagt om en annen ordlyd" in (await client.get(f"{home}/sporsmal/{entry}")).text
    await elsewhere.post(f"/les/{slug}/1", data={**marks, "sprak": "nb", f"dom-{entry}": "clear"})
    assert "6 av 6" in (await client.get(f"{home}/sporsmal/{entry}")).text, "read before the change"

    remark = next(row["id"] for row in rows if row["suggestion"])
    done = {"csrf": token, "remark": str(remark), "outcome": "done", "answer": "Vi spør om beløpet nå."}
    empty = await client.post(f"{home}/beboere/svar", data=done | {"answer": " "})
    assert empty.status_code == 422
    shown_again = await client.post(f"{home}/beboere/svar", data=done | {"bare_vis": "1"})
    assert 'value="Vi spør om beløpet nå."' in shown_again.text and shown_again.status_code == 200
    ended = await elsewhere.post(f"{home}/beboere/svar", data=done)
    assert 'name="skrevet.answer" value="Vi spør om beløpet nå."' in ended.text, "the session has ended"
    back = await client.get(f"{home}/beboere/svar")
    assert back.headers["location"] == f"{home}/beboere"
    assert "Vi spør om beløpet nå." not in (await elsewhere.get(f"/les/{slug}/1")).text, "shown, not done"
    assert (await client.post(f"{home}/beboere/svar", data=done)).status_code == 303
    again = (await elsewhere.get(f"/les/{slug}/1?sprak=nb")).text
    assert "Vi spør om beløpet nå." in again and "Tatt med" in again and "hvor&gt;" not in again

    printed = _printed((await client.get(f"{home}/beboere/merknader.pdf")).content)
    for word in ("Noe helt annet?", "6 av 6 er sagt om en annen ordlyd", "Tatt med: Vi spør om beløpet nå."):
        assert word in printed
    assert "Klart Uklart Ubehagelig Mangler noe Forslag" in printed and "2 1 1 1 1" in printed
    assert "hvor> mye" not in printed, "a suggestion may name somebody"
    poster = await client.get(f"{home}/beboere/plakat.pdf")
    assert poster.content.startswith(b"%PDF-")
    await client.post(f"{home}/beboere", data={"csrf": token, "gjor": "stopp"})
    closed = await elsewhere.get(f"/les/{slug}/1")
    assert closed.status_code == 410 and "_" not in _marks(closed.text)
    late = {**marks, f"dom-{entry}": "clear"}
    assert (await elsewhere.post(f"/les/{slug}/1", data=late)).status_code == 410
    await _link(client, draft_id, token, date.today().isoformat())
    assert slug not in (await client.get(f"{home}/beboere")).text, "a closed address never opens again"
    log = (await client.get("/kontor/logg")).text
    assert "Viste et utkast for beboere" in log and "Svarte på et forslag" in log


@pytest.mark.parametrize("written", ["x", "0" * 16, "A" * 17, "%00", "0" * 15 + "'"])
async def test_a_link_nobody_made_shows_nothing(client: httpx.AsyncClient, written: str) -> None:
    for address in (f"/les/{written}", f"/les/{written}/1", f"/les/{written}/takk"):
        assert (await client.get(address)).status_code in (400, 404)


async def test_whoever_sends_or_answers_at_the_same_moment_loses_nothing_and_it_goes_when_its_day_has_come(
    database: Database,
) -> None:
    office = await offices.found(database, "Vår kommune")
    staff = office.staff[Role.OFFICER]
    draft_id = await _draft(database, office)
    async with database.registry(office.organisation_id) as connection:
        draft = await drafts.find(connection, draft_id)
        await readers.show_until(connection, staff, draft, date.today())
        link = await readers.link(connection, draft_id)
    assert link is not None and link.deleted_on == date.today() + timedelta(days=180)
    async with database.phone() as connection:
        reading = await readers.read(connection, link.slug)
    assert reading is not None
    first, second = (readers.entries(page)[0] for page in draft.questionnaire.pages[:2])

    async def send() -> None:
        sent = [readers.said(entry.id, "clear", "Bedre", "") for entry in (first, second)]
        async with database.phone() as connection:
            assert await readers.keep(connection, reading, "nb", sent) == 0

    async def answer(id: UUID) -> None:
        async with database.registry(office.organisation_id) as connection:
            await readers.answer(connection, staff, draft, id, "done", "Gjort.")

    await send()
    async with database.registry(office.organisation_id) as connection:
        said = (await readers.tallies(connection, draft))[first.id].suggestions
    async with database.owner() as connection:  # somebody is sending while the office answers
        await connection.fetchval(
            "select ballots.remark($1, $2, array['{}', '{}'], array['clear', 'clear'], array[null, null])",
            link.slug,
            [first.id, second.id],
        )
        answering = asyncio.create_task(answer(said[0].id))
        waiting = "select exists (select from pg_locks where not granted)"
        await until(lambda: connection.fetchval(waiting), "the office waits", does=answering)
    await asyncio.gather(answering, send(), send())
    async with database.registry(office.organisation_id) as connection:
        tallies = await readers.tallies(connection, draft)
        again = await readers.tallies(connection, draft)
    assert [tallies[entry.id].readers for entry in (first, second)] == [4, 4]
    assert [one.answer for one in tallies[first.id].suggestions if one.id == said[0].id] == ["Gjort."]
    assert tallies == again, "in an order that stays"

    for days, left in ((179, 8), (180, 0)):
        async with database.owner() as connection:
            ended = date.today() - timedelta(days=days)
            await connection.execute("update registry.reading_links set ends_on = $1", ended)
        await steps.run(database, [])
        async with database.owner() as connection:
            assert await connection.fetchval("select count(*) from registry.remarks") == left
            told = await connection.fetch(
                "select details::text as n from registry.audit_log"
                " where action = 'questionnaire.remarks_deleted'"
            )
        assert [row["n"] for row in told] == ([] if left else ['{"remarks": 8}'])
