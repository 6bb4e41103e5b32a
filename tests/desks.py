"""An officer at the desk with a questionnaire in the making, through the pages of the console."""

from __future__ import annotations

import re
from uuid import UUID

import httpx
import lxml.html

from survey.database.pool import Database
from survey.people.roles import Role
from survey.questionnaires import drafts
from survey.questionnaires.drafts import Draft
from tests import offices
from tests.offices import Office

HERE = "/kontor/skjemaer"


class Desk:
    """One officer at the desk with one draft."""

    def __init__(self, client: httpx.AsyncClient, token: str, id: UUID, database: Database, office: Office):
        self.client, self.token, self.id = client, token, id
        self._database, self._office = database, office

    @property
    def home(self) -> str:
        return f"{HERE}/{self.id}"

    async def draft(self) -> Draft:
        async with self._database.registry(self._office.organisation_id) as connection:
            return await drafts.find(connection, self.id)

    async def do(self, gjor: str, **fields: str) -> httpx.Response:
        return await self.client.post(f"{self.home}/gjor", data={"csrf": self.token, "gjor": gjor, **fields})

    async def form(self, path: str) -> dict[str, list[str]]:
        """The fields of the form of a part, as a browser would send them."""
        page = await self.client.get(f"{self.home}/{path}")
        assert page.status_code == 200, page.text[:300]
        return fields_of(page.text)

    async def save(self, path: str, **changed: str | list[str]) -> httpx.Response:
        fields = await self.form(path)
        return await self.send(path, fields, **changed)

    async def send(
        self, path: str, fields: dict[str, list[str]], **changed: str | list[str]
    ) -> httpx.Response:
        return await self.client.post(f"{self.home}/{path}", data={**fields, "knapp": "lagre", **changed})

    async def undo(self) -> httpx.Response:
        page = (await self.client.get(self.home)).text
        number = re.search(r'name="number" value="(\d+)"><button', page)
        assert number
        return await self.client.post(f"{self.home}/angre", data={"csrf": self.token, "number": number[1]})


def fields_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of the form of a part."""
    form = next(one for one in lxml.html.fromstring(page).forms if one.get("class") == "editing")
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


async def begin(
    client: httpx.AsyncClient,
    database: Database,
    office: Office,
    role: Role = Role.OFFICER,
    **chosen: str,
) -> Desk:
    await offices.sign_in(client, office, role)
    token = await offices.token_for(client)
    form = {"csrf": token, "start": "blank", "name": "Trivsel i gården", **chosen}
    made = await client.post(f"{HERE}/ny", data=form)
    assert made.status_code == 303, made.text[:500]
    id = re.search(r"skjemaer/([0-9a-f-]{36})", made.headers["location"])
    assert id
    return Desk(client, token, UUID(id[1]), database, office)
