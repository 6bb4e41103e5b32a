"""Contacts go in, sealed, and never come out where they are not needed."""

from __future__ import annotations

import io
from datetime import date
from uuid import uuid4

import asyncpg
import pytest
import xlsxwriter

from survey.ballots import tokens
from survey.ballots.keys import KeyFolder
from survey.campaigns import changes, links, rounds
from survey.database.pool import Database
from survey.delivery import contact_file, contacts, plans, safe, sealing
from survey.delivery.contact_file import Place, read_email, read_phone
from survey.delivery.errors import LinksNotSealed, NoContactKey, PersonsTooLate
from survey.delivery.plans import Plan
from survey.delivery.sealing import UnreadableContact, open_contact, open_token
from survey.people.roles import Role
from survey.responses.errors import FileUnreadable, RowsRefused
from survey.settings import Settings
from tests import offices
from tests.deliveries import csv_file, first_dwellings, mailbox, mailed, sender, upload

PLACES = (Place(uuid4(), "Nordlysgata 4-18", 40), Place(uuid4(), "Bakkegata 2", 7))
LANGUAGES = ("nb", "nn", "en")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (("Nordlysgata 5", "1", "a@b.no", "", "", ""), "leiegard", "contacts.estate_unknown"),
        (("Nordlysgata 4-18", "41", "a@b.no", "", "", ""), "bolig", "contacts.dwelling"),
        (("Nordlysgata 4-18", "H0101", "a@b.no", "", "", ""), "bolig", "contacts.dwelling"),
        (("Nordlysgata 4-18", "1", "", "", "", ""), "", "contacts.no_address"),
        (("Nordlysgata 4-18", "1", "a@b", "", "", ""), "epost", "contacts.email"),
        (("Nordlysgata 4-18", "1", "a b@c.no", "", "", ""), "epost", "contacts.email"),
        (("Nordlysgata 4-18", "1", "", "1234", "", ""), "telefon", "contacts.phone"),
        (("Nordlysgata 4-18", "1", "a@b.no", "", "de", ""), "sprak", "contacts.language"),
        (("Nordlysgata 4-18", "1", "a@b.no", "", "", "familie"), "enhet", "contacts.unit"),
        (("Nordlysgata 4-18", "2", "a@b.no", "", "", ""), "bolig", "contacts.again"),
    ],
)
def test_a_bad_row_is_named_by_its_line_column_and_reason(
    row: tuple[str, ...], column: str, reason: str
) -> None:
    good = ("Nordlysgata 4-18", "2", "b@c.no", "", "", "")
    checked = contact_file.check(csv_file(good, row), PLACES, LANGUAGES)
    (bad,) = checked.bad
    assert (bad.line, bad.column, bad.complaint.key) == (3, column, reason)
    assert "a@b" not in bad.value and "1234" not in bad.value
    assert len(checked.good) == 1 and checked.total == 2


def test_headings_are_read_however_an_office_writes_them_and_addresses_are_tidied() -> None:
    data = csv_file(
        (" Bakkegata 2 ", "1", "Kari@Eksempel.NO", "912 34 567", "NN", "Husstand"),
        ("bakkegata 2", "2", "", "0046 70 123 45 67", "", ""),
        header="Leiegård;Bolig;E-post;Telefon;Språk;Enhet",
    )
    first, second = contact_file.check(data, PLACES, LANGUAGES).good
    assert first.contact == sealing.Contact("Kari@eksempel.no", "+4791234567", "nn")
    assert second.contact == sealing.Contact("", "+46701234567", "nb")


def test_a_spreadsheet_with_numbers_as_numbers_is_read() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["leiegard", "bolig", "telefon"])
        sheet.write_row(1, 0, ["Bakkegata 2", 3, 91234567])
    (row,) = contact_file.check(buffer.getvalue(), PLACES, LANGUAGES).good
    assert (row.dwelling, row.contact.phone) == (3, "+4791234567")


@pytest.mark.parametrize(
    "header", ["leiegard;bolig", "leiegard;epost", "bolig;epost", "gard;bolig;epost", ""]
)
def test_a_file_without_the_columns_it_needs_is_refused_as_a_whole(header: str) -> None:
    with pytest.raises(FileUnreadable):
        contact_file.check(csv_file(("a", "1", "b@c.no"), header=header), PLACES, LANGUAGES)


def test_several_persons_of_a_home_get_a_row_each_but_never_beside_a_household() -> None:
    person = ("Bakkegata 2", "1", "a@b.no", "", "", "person")
    other = ("Bakkegata 2", "1", "c@d.no", "", "", "person")
    household = ("Bakkegata 2", "1", "e@f.no", "", "", "husstand")
    checked = contact_file.check(csv_file(person, other, household, person), PLACES, LANGUAGES)
    assert [row.line for row in checked.good] == [2, 3]
    assert [(cell.line, cell.complaint.key) for cell in checked.bad] == [
        (4, "contacts.again"),
        (5, "contacts.same_person"),
    ]


@pytest.mark.parametrize(
    "written", ["", "x", "a@b@c.no", "a@-", "å@b.no", "a@b.no\r\nBcc: x@y.no", "<a@b.no>"]
)
def test_what_is_no_address_is_not_taken_for_one(written: str) -> None:
    assert read_email(written) is None and read_phone(written) is None


async def test_nothing_is_kept_of_a_file_with_bad_rows_unless_told_otherwise(
    database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.make_round(database, office)
    data = csv_file(("Bakkegata 2", "1", "a@b.no", "", "", ""), ("Bakkegata 2", "9", "c@d.no", "", "", ""))
    with pytest.raises(RowsRefused) as refused:
        await upload(database, settings, office, round_id, data)
    assert [cell.line for cell in refused.value.bad] == [3]
    async with database.registry(office.organisation_id) as connection:
        assert not await links.issued(connection, round_id)
    assert await upload(database, settings, office, round_id, data, keep_good=True) == 1
    async with database.registry(office.organisation_id) as connection:
        assert (await contacts.reached(connection, round_id)) == contacts.Reached(1, 0, 226)


MANY = (Place(uuid4(), "Lia 1-20", 20), Place(uuid4(), "Bakkegata 2", 7))


@pytest.mark.parametrize(
    "address",
    ["kari@b.no", "Kari@B.no", "kari+{n}@b.no", "KARI+bolig{n}@b.no"],
)
def test_one_mailbox_for_four_homes_is_refused_with_its_lines_and_three_may_share_one(address: str) -> None:
    rows = [("Lia 1-20", str(n), address.format(n=n), "", "", "") for n in (1, 2, 3)]
    other = ("Bakkegata 2", "1", address.format(n=4), "", "", "")
    own = ("Lia 1-20", "9", "k.ari@b.no", "", "", "")
    assert not contact_file.check(csv_file(*rows, own), MANY, LANGUAGES).bad
    checked = contact_file.check(csv_file(*rows, other, own), MANY, LANGUAGES)
    assert {(cell.line, cell.complaint.key) for cell in checked.bad} == {
        (line, "contacts.shared") for line in (2, 3, 4, 5)
    }
    assert dict(checked.bad[0].complaint.values)["lines"] == "2, 3, 4, 5"
    assert [row.line for row in checked.good] == [6], "dots are kept: another mailbox"


def test_one_telephone_for_four_homes_is_refused_also_where_the_emails_differ() -> None:
    written = ("91234567", "+47 912 34 567", "0047 91234567", "912-34-567")
    rows = [("Lia 1-20", str(n), f"b{n}@b.no", phone, "", "") for n, phone in enumerate(written, start=1)]
    checked = contact_file.check(csv_file(*rows), MANY, LANGUAGES)
    assert not checked.good and {cell.column for cell in checked.bad} == {"telefon"}


def test_persons_of_one_home_share_as_they_like() -> None:
    rows = [("Lia 1-20", "1", f"fam+{n}@b.no", "", "", "person") for n in range(6)]
    assert not contact_file.check(csv_file(*rows), MANY, LANGUAGES).bad


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("ola@kommune.example", False),
        ("OLA@Post.Kommune.Example", False),
        ("ola@ikkekommune.example", True),
        ("ola@gmail.com", True),
    ],
)
def test_no_tenant_is_written_to_where_the_office_has_its_own_mail(address: str, taken: bool) -> None:
    data = csv_file(("Lia 1-20", "1", address, "", "", ""))
    checked = contact_file.check(data, MANY, LANGUAGES, ["kommune.example", "gmail.com"])
    assert [cell.complaint.key for cell in checked.bad] == ([] if taken else ["contacts.own_domain"])


async def test_a_mailbox_of_a_locked_estate_counts_for_the_other_estates_as_well(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.make_round(database, office)
    first = [("Bakkegata 2", str(n), f"felles+{n}@b.no", "", "", "") for n in (1, 2, 3)]
    await upload(database, settings, office, round_id, csv_file(*first))
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, office.staff[Role.OFFICER], round_id, Plan(date.today()))
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    async with mailbox() as box:
        await sender(database, contact_keys, box.channel()).look(0.0, pauses=False)
    fourth = ("Nordlysgata 4-18", "1", "felles@b.no", "", "", "")
    with pytest.raises(RowsRefused) as refused:
        await upload(database, settings, office, round_id, csv_file(fourth))
    assert [cell.complaint.key for cell in refused.value.bad] == ["contacts.shared_before"]
    other = ("Nordlysgata 4-18", "1", "egen@b.no", "", "", "")
    assert await upload(database, settings, office, round_id, csv_file(other)) == 1


async def test_what_is_locked_is_named_once_an_estate_and_the_rest_of_the_file_can_be_taken(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    """Nothing is lost: what the locked estate had stays, the rows for the other one are kept."""
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.make_round(database, office)
    first = [("Bakkegata 2", str(n), f"b{n}@b.no", "", "", "") for n in (1, 2)]
    await upload(database, settings, office, round_id, csv_file(*first))
    async with database.registry(office.organisation_id) as connection:
        await plans.keep(connection, office.staff[Role.OFFICER], round_id, Plan(date.today()))
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
        assert not await contacts.locked_estates(connection, round_id)
    async with mailbox() as box:
        working = sender(database, contact_keys, box.channel())
        await working.look(0.0, pauses=False)
        changed = [("Bakkegata 2", str(n), f"ny{n}@b.no", "", "", "") for n in (1, 2)]
        late = ("Nordlysgata 4-18", "1", "egen@b.no", "", "", "")
        with pytest.raises(RowsRefused) as refused:
            await upload(database, settings, office, round_id, csv_file(*changed, late))
        assert {(cell.line, cell.complaint.key) for cell in refused.value.bad} == {
            (2, "contacts.locked"),
            (3, "contacts.locked"),
        }
        assert dict(refused.value.bad[0].complaint.values) == {"estate": "Bakkegata 2", "lines": "2, 3"}
        data = csv_file(*changed, late)
        assert await upload(database, settings, office, round_id, data, keep_good=True) == 1
        async with database.registry(office.organisation_id) as connection:
            assert (await contacts.reached(connection, round_id)).email == 3
        await working.look(10.0, pauses=False)
        assert box.to == ["b1@b.no", "b2@b.no", "egen@b.no"]


async def test_the_database_alone_knows_no_address_and_no_link_and_the_key_gives_both(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(3))
    async with database.owner() as connection:
        tables = await connection.fetch(
            "select schemaname || '.' || relname as name from pg_stat_user_tables"
        )
        for table in tables:
            rows = await connection.fetch(f"select t::text as all from {table['name']} t")  # noqa: S608
            whole = " ".join(row["all"] for row in rows)
            assert "beboer.example" not in whole and b"beboer.example".hex() not in whole
        kept = await connection.fetch(
            "select k.sealed as contact, l.sealed as link, i.token_hash from delivery.contacts k"
            " join delivery.links l using (invitation_id) join registry.invitations i on i.id = invitation_id"
        )
        key = await connection.fetchval(
            "select public_key from delivery.contact_keys where campaign_id = $1", held.round_id
        )
    private = contact_keys.load(key)
    assert {open_contact(private, row["contact"]).email for row in kept} == {
        f"bolig{n}@beboer.example" for n in (1, 2, 3)
    }
    for row in kept:
        token = open_token(private, row["link"])
        assert tokens.token_hash(settings.secret_key, token) == row["token_hash"]
    assert len({len(row["contact"]) for row in kept}) == 1
    contact_keys.destroy(key)
    with pytest.raises(UnreadableContact):
        open_contact(contact_keys.load(contact_keys.make()), kept[0]["contact"])


async def test_the_console_cannot_take_out_what_it_put_in(database: Database, settings: Settings) -> None:
    held = await mailed(database, settings, first_dwellings(3))
    for forbidden in (
        "select sealed from delivery.contacts",
        "select sealed from delivery.links",
        "select * from delivery.queue",
        "select * from delivery.counts",
        "select used from ballots.rights",
        "select * from delivery.due(gen_random_uuid())",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.registry(held.office.organisation_id) as connection:
                await connection.fetch(forbidden)


async def test_the_sender_reads_no_table_and_no_answer(database: Database) -> None:
    for table in ("registry.invitations", "answers.responses", "ballots.box", "delivery.contacts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with database.sender() as connection:
                await connection.fetch(f"select * from {table}")  # noqa: S608, the names stand above


async def test_persons_of_one_home_get_a_link_each_and_are_each_counted_as_asked(
    database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.make_round(database, office)
    persons = [("Bakkegata 2", "1", f"p{n}@b.no", "", "", "person") for n in range(3)]
    await upload(database, settings, office, round_id, csv_file(*persons))
    async with database.registry(office.organisation_id) as connection:
        assert [place.invited for place in (await rounds.find(connection, round_id)).estates] == [9, 40, 180]
    await upload(database, settings, office, round_id, csv_file(*persons[:2]))
    async with database.registry(office.organisation_id) as connection:
        assert [place.invited for place in (await rounds.find(connection, round_id)).estates] == [8, 40, 180]
        assert (await contacts.reached(connection, round_id)).email == 2
        await rounds.open_round(connection, office.staff[Role.OFFICER], round_id)
    with pytest.raises(PersonsTooLate):
        await upload(database, settings, office, round_id, csv_file(*persons))


async def test_a_draft_that_is_deleted_takes_its_contact_key_along(
    database: Database, settings: Settings, contact_keys: KeyFolder
) -> None:
    held = await mailed(database, settings, first_dwellings(3), opened=False)
    async with database.owner() as connection:
        key = await connection.fetchval(
            "select public_key from delivery.contact_keys where campaign_id = $1", held.round_id
        )
    working = sender(database, contact_keys)
    assert contact_keys.has(key) and await working.destroy_discarded_keys() == 0
    officer = held.office.staff[Role.OFFICER]
    async with database.registry(held.office.organisation_id) as connection:
        await changes.delete_draft(connection, officer, held.round_id)
    later = await offices.make_round(database, held.office)
    async with database.registry(held.office.organisation_id) as connection:
        taken = await safe.contact_key(connection, later)
    assert taken not in (None, key), "what was one draft's is never another's"
    assert await working.destroy_discarded_keys() == 1
    assert not contact_keys.has(key) and contact_keys.has(taken)
    assert await working.destroy_discarded_keys() == 0


async def test_without_a_sender_links_are_made_and_contacts_are_not_taken(
    database: Database, settings: Settings
) -> None:
    office = await offices.found(database, "Eksempelvik kommune")
    round_id = await offices.make_round(database, office)
    async with database.owner() as connection:
        await connection.execute("update delivery.contact_keys set destroyed_on = current_date")
    async with database.registry(office.organisation_id) as connection:
        made = await links.issue_links(connection, settings, office.staff[Role.OFFICER], round_id)
    assert len(made) == 227
    with pytest.raises(NoContactKey):
        await upload(database, settings, office, round_id, first_dwellings(2))
    async with database.owner() as connection:
        await connection.execute("update delivery.contact_keys set destroyed_on = null")
    with pytest.raises(LinksNotSealed):
        await upload(database, settings, office, round_id, first_dwellings(2))
