"""A spreadsheet of contacts, checked row by row. Knows files and addresses, not the database.

No mailbox for many homes, and none of the office's own: an office that gets the tenants' messages itself
would learn from the reminders who has not answered (docs/anonymity-annex.md).

Columns, in any order: leiegard, bolig, epost, telefon, sprak, enhet. `bolig` is the number of the dwelling
within the estate, as in the list of links. A row needs an e-mail address or a telephone number; with both
the e-mail is tried first. `enhet`: 'husstand' (one row a dwelling; the default) or 'person' (any number of
rows, each with a link of its own).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from survey.delivery.sealing import Contact
from survey.responses.errors import BadCell, Complaint, FileUnreadable
from survey.responses.reading import Table, read_bytes

COLUMNS = ("leiegard", "bolig", "epost", "telefon", "sprak", "enhet")
NEEDED = ("leiegard", "bolig")
LARGEST_FILE = 2 * 1024 * 1024
"""Bytes: some 20,000 rows."""
MOST_HOMES = 3
"""That may share a mailbox or a telephone: a grown child who helps her parents, and some to spare. Whoever
gets the messages of many homes gets their reminders, too, and so learns which of them have not answered.
"""
PUBLIC_DOMAINS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.no", "msn.com"),
        *("icloud.com", "me.com", "yahoo.com", "yahoo.no", "proton.me", "protonmail.com"),
        *("online.no", "broadpark.no", "getmail.no", "lyse.net"),
    )
)
"""Where everybody can have a mailbox: never an organisation's own, also when its staff have theirs there."""
UNITS = {"": "household", "husstand": "household", "person": "person"}

_EMAIL = re.compile(r"[^\s@,;:<>()\"\[\]\\]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,63}")
_LETTERS = str.maketrans({"å": "a", "ø": "o", "æ": "ae", "-": None, "_": None, " ": None})


@dataclass(frozen=True)
class Place:
    """An estate of the round: dwellings 1 to `dwellings`."""

    id: UUID
    name: str
    dwellings: int


@dataclass(frozen=True)
class Row:
    line: int
    estate_id: UUID
    dwelling: int
    person: bool
    contact: Contact


@dataclass(frozen=True)
class Checked:
    good: tuple[Row, ...]
    bad: tuple[BadCell, ...]
    notices: tuple[Complaint, ...]

    def without(self, bad: Iterable[BadCell]) -> Checked:
        """The same, with these rows among the bad ones."""
        bad = tuple(bad)
        lines = {cell.line for cell in bad}
        return Checked(
            tuple(row for row in self.good if row.line not in lines),
            tuple(sorted([*self.bad, *bad], key=lambda cell: cell.line)),
            self.notices,
        )

    @property
    def total(self) -> int:
        return len({row.line for row in self.good} | {cell.line for cell in self.bad})


def check(
    data: bytes, places: Sequence[Place], languages: Sequence[str], own_domains: Collection[str] = ()
) -> Checked:
    """Every row, good or bad with its reasons. `languages`: of the round, the first where a row says none.
    `own_domains`: where the organisation's own staff have their e-mail; no tenant is written to there.

    Raises FileUnreadable when it is no such file at all.
    """
    own = frozenset(own_domains) - PUBLIC_DOMAINS
    table = _table(data)
    columns = [_plain(column) for column in table.columns]
    unknown = [column for column, plain in zip(table.columns, columns, strict=True) if plain not in COLUMNS]
    missing = [column for column in NEEDED if column not in columns]
    if not {"epost", "telefon"} & set(columns):
        missing.append("epost / telefon")
    if unknown or missing or len(set(columns)) < len(columns):
        raise FileUnreadable(
            Complaint.of(
                "contacts.columns",
                found=", ".join(table.columns[:12]),
                expected=", ".join(COLUMNS),
            )
        )
    by_name: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_name[_name(place.name)].append(place)
    good: list[Row] = []
    bad: list[BadCell] = list(table.bad)
    for line, cells in table.rows:
        row = _row(line, dict(zip(columns, cells, strict=True)), by_name, languages, own)
        if isinstance(row, Row):
            good.append(row)
        else:
            bad.extend(row)
    checked = Checked(tuple(good), tuple(bad), table.notices)
    return checked.without(_crowded(good)).without(_shared(good))


def read_email(written: str) -> str | None:
    """The address without blanks around it, its domain in small letters; None when it is none."""
    written = written.strip().removeprefix("mailto:")
    if len(written) > 254 or not written.isascii() or not _EMAIL.fullmatch(written):
        return None
    local, _, domain = written.rpartition("@")
    return f"{local}@{domain.lower()}"


def read_phone(written: str) -> str | None:
    """'912 34 567', '0047 91234567' -> '+4791234567'; None when it is none."""
    digits = re.sub(r"[\s.\-()]", "", written)
    digits = "+" + digits[2:] if digits.startswith("00") else digits
    if re.fullmatch(r"[2-9]\d{7}", digits, re.ASCII):
        digits = "+47" + digits
    return digits if re.fullmatch(r"\+[1-9]\d{6,14}", digits, re.ASCII) else None


def _table(data: bytes) -> Table:
    if len(data) > LARGEST_FILE:
        raise FileUnreadable(
            Complaint.of("file.too_big", size=-(-len(data) // 2**20), limit=LARGEST_FILE // 2**20)
        )
    return read_bytes(data, lambda column: _plain(column) in COLUMNS)


def _row(
    line: int,
    cells: Mapping[str, str],
    places: Mapping[str, list[Place]],
    languages: Sequence[str],
    own_domains: Collection[str],
) -> Row | list[BadCell]:
    bad: list[BadCell] = []

    def wrong(column: str, key: str, **values: object) -> None:
        # An address that cannot be read is said by its line: it is not repeated where others may see it.
        shown = "" if column in ("epost", "telefon") else cells.get(column, "")
        bad.append(BadCell(line, column, shown, Complaint.of(key, **values)))

    found = places.get(_name(cells["leiegard"]), [])
    if len(found) != 1:
        wrong("leiegard", "contacts.estate_unclear" if found else "contacts.estate_unknown")
    written = cells["bolig"].removesuffix(".0")
    dwelling = int(written) if re.fullmatch(r"\d{1,6}", written, re.ASCII) else 0
    if found and not 1 <= dwelling <= found[0].dwellings:
        wrong("bolig", "contacts.dwelling", most=found[0].dwellings)
    email, phone = cells.get("epost", ""), cells.get("telefon", "").removesuffix(".0")
    if not email and not phone:
        bad.append(BadCell(line, "", "", Complaint.of("contacts.no_address")))
    address = read_email(email)
    if email and address is None:
        wrong("epost", "contacts.email")
    if address and _within(address.rpartition("@")[2], own_domains):
        wrong("epost", "contacts.own_domain", domain=address.rpartition("@")[2])
    if phone and read_phone(phone) is None:
        wrong("telefon", "contacts.phone")
    language = cells.get("sprak", "").lower() or languages[0]
    if language not in languages:
        wrong("sprak", "contacts.language", allowed=", ".join(languages))
    unit = UNITS.get(_plain(cells.get("enhet", "")))
    if unit is None:
        wrong("enhet", "contacts.unit")
    if bad:
        return bad
    contact = Contact(address or "", read_phone(phone) or "", language)
    return Row(line, found[0].id, dwelling, unit == "person", contact)


def _crowded(rows: Iterable[Row]) -> list[BadCell]:
    """Dwellings with two households, with a household beside persons, or with one person twice."""
    bad: list[BadCell] = []
    first: dict[tuple[UUID, int], Row] = {}
    persons: dict[tuple[UUID, int, Contact], Row] = {}
    for row in rows:
        before = first.setdefault((row.estate_id, row.dwelling), row)
        if before is not row and not (before.person and row.person):
            bad.append(
                BadCell(
                    row.line, "bolig", str(row.dwelling), Complaint.of("contacts.again", line=before.line)
                )
            )
            continue
        same = persons.setdefault((row.estate_id, row.dwelling, row.contact), row)
        if same is not row:
            bad.append(BadCell(row.line, "", "", Complaint.of("contacts.same_person", line=same.line)))
    return bad


def _shared(rows: Iterable[Row]) -> list[BadCell]:
    """Every row whose mailbox or telephone stands for more than `MOST_HOMES` homes, in one estate or many."""
    sharing: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for mailbox in row.contact.mailboxes:
            sharing[mailbox].append(row)
    bad: list[BadCell] = []
    for mailbox, found in sharing.items():
        homes = len({(row.estate_id, row.dwelling) for row in found})
        if homes > MOST_HOMES:
            column = "epost" if "@" in mailbox else "telefon"
            lines = written_lines([row.line for row in found])
            bad.extend(
                BadCell(
                    row.line,
                    column,
                    "",
                    Complaint.of("contacts.shared", homes=homes, most=MOST_HOMES, lines=lines),
                )
                for row in found
            )
    return bad


def written_lines(lines: Sequence[int], most: int = 8) -> str:
    """'2, 3, 4 …': which lines are meant, not a page of numbers."""
    return ", ".join(str(line) for line in lines[:most]) + (" …" if len(lines) > most else "")


def _within(domain: str, own_domains: Collection[str]) -> bool:
    return any(domain == own or domain.endswith(f".{own}") for own in own_domains)


def _plain(column: str) -> str:
    return column.strip().lower().translate(_LETTERS)


def _name(written: str) -> str:
    return " ".join(written.replace("–", "-").split()).casefold()
