"""The register's margins of a round: a small file, checked row by row, kept beside the round.

Columns, in any order: variabel (the id of a question of background), kode (an answer by its code, word or
label; `2+3` for a band that the register does not part), antall (how many the register has), and, if wanted,
svar (words for people, not read). All variables count the same, dwellings or people: their sums may differ
by no more than MARGINS_APART, for registers round. May be replaced until numbers of the round are told.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import RestrictViolationError

from forms.questionnaire import Item, Questionnaire
from reports.inference.settings import MARGINS_APART
from reports.waves import RegisterMargin, queries
from survey.campaigns import rounds
from survey.campaigns.errors import AnswersDeleted, MarginsOfDraft, MarginsStand
from survey.campaigns.rounds import Round
from survey.campaigns.telling import margins_of
from survey.database.pool import Connection, Database
from survey.people import audit
from survey.responses.cells import CellReader, key
from survey.responses.errors import BadCell, Complaint, FileUnreadable, ImportRefused, RowsRefused
from survey.responses.reading import Table, read_bytes

LARGEST_FILE = 512 * 1024
MOST_VARIABLES = 8
MOST = 100_000_000
"""People in one group: nobody has a larger register."""
COLUMNS = {
    "variabel": "item", "variable": "item", "kode": "code", "code": "code",
    "antall": "number", "antal": "number", "tal": "number", "number": "number",
    "svar": "words", "answer": "words",
}  # fmt: skip
NEEDED = ("item", "code", "number")


@dataclass(frozen=True)
class Kept:
    """What is stored of a round. `stands`: numbers were told, and it can no more be replaced."""

    round: Round
    questionnaire: Questionnaire
    margins: tuple[RegisterMargin, ...]
    stands: bool


def choices_of(questionnaire: Questionnaire) -> dict[str, Item]:
    """Questions of background that a register can know: one answer, and not sensitive."""
    return {
        item.id: item
        for item in questionnaire.items()
        if item.background and item.kind == "choice" and not item.sensitive
    }


def check(data: bytes, questionnaire: Questionnaire) -> tuple[RegisterMargin, ...]:
    """The margins of a file. Raises FileUnreadable, RowsRefused with every bad row, and ImportRefused when
    the variables do not count the same."""
    table = _table(data)
    reader = _Reader(questionnaire, len(table.rows) + len(table.bad), list(table.bad))
    places = [COLUMNS[key(column)] for column in table.columns]
    for line, cells in table.rows:
        reader.read(line, dict(zip(places, cells, strict=True)))
    return reader.finish()


def _table(data: bytes) -> Table:
    if len(data) > LARGEST_FILE:
        raise FileUnreadable(
            Complaint.of("file.too_big_small", size=-(-len(data) // 1024), limit=LARGEST_FILE // 1024)
        )
    table = read_bytes(data, lambda column: key(column) in COLUMNS)
    meant = [COLUMNS.get(key(column)) for column in table.columns]
    if None in meant or len(set(meant)) < len(meant) or not set(NEEDED) <= set(meant):
        raise FileUnreadable(Complaint.of("margins.columns", found=", ".join(table.columns[:12])))
    return table


@dataclass
class _Reader:
    questionnaire: Questionnaire
    total: int
    bad: list[BadCell]
    groups: dict[str, dict[tuple[int, ...], int]] = field(default_factory=lambda: defaultdict(dict))
    first_line: dict[str, int] = field(default_factory=dict)

    def read(self, line: int, cells: dict[str, str]) -> None:
        known = choices_of(self.questionnaire)
        name = cells["item"].strip()
        item = known.get(name)
        if item is None:
            return self._refuse(line, "variabel", name, self._unknown(name))
        self.first_line.setdefault(name, line)
        codes = self._codes(item, cells["code"])
        number = _whole(cells["number"])
        if isinstance(codes, Complaint):
            self._refuse(line, "kode", cells["code"], codes)
        elif taken := {code for own in self.groups[name] for code in own} & set(codes):
            self._refuse(line, "kode", cells["code"], Complaint.of("margins.twice", code=min(taken)))
        if number is None or not 1 <= number <= MOST:
            self._refuse(line, "antall", cells["number"], Complaint.of("margins.number"))
        elif not isinstance(codes, Complaint) and not taken:
            self.groups[name][codes] = number
        return None

    def finish(self) -> tuple[RegisterMargin, ...]:
        for name, line in self.first_line.items():
            if not self.bad and len(self.groups[name]) < 2:
                self._refuse(line, "variabel", name, Complaint.of("margins.one_group"))
        if self.bad:
            raise RowsRefused(tuple(sorted(self.bad, key=lambda cell: cell.line)), self.total)
        if len(self.groups) > MOST_VARIABLES:
            raise ImportRefused(Complaint.of("margins.too_many", found=len(self.groups), most=MOST_VARIABLES))
        sums = {name: sum(own.values()) for name, own in self.groups.items()}
        if max(sums.values()) - min(sums.values()) > MARGINS_APART * max(sums.values()):
            told = ", ".join(f"{name} {whole}" for name, whole in sums.items())
            raise ImportRefused(Complaint.of("margins.sums", sums=told))
        return tuple(
            RegisterMargin(name, tuple(sorted(own.items()))) for name, own in sorted(self.groups.items())
        )

    def _refuse(self, line: int, column: str, value: str, why: Complaint) -> None:
        self.bad.append(BadCell(line, column, value, why))

    def _unknown(self, name: str) -> Complaint:
        known = ", ".join(choices_of(self.questionnaire))
        if not known:
            return Complaint.of("margins.no_background")
        asked = {item.id: item for item in self.questionnaire.items()}
        if name in asked and asked[name].sensitive:
            return Complaint.of("margins.sensitive", known=known)
        return Complaint.of("margins.not_background" if name in asked else "margins.no_item", known=known)

    def _codes(self, item: Item, cell: str) -> tuple[int, ...] | Complaint:
        """The answers of a group: one, or several that the register does not part."""
        words = CellReader.of(self.questionnaire, item)
        steps = [choice.code for choice in self.questionnaire.steps(item)]
        found = words.read(cell)
        parts = [found] if isinstance(found, int) else [words.read(part.strip()) for part in cell.split("+")]
        codes = sorted({code for code in parts if isinstance(code, int) and code in steps})
        if not codes or len(codes) < len(parts):
            told = ", ".join(f"{choice.code} {choice.value}" for choice in self.questionnaire.steps(item))
            return Complaint.of("margins.no_code", known=told)
        return tuple(codes)


def _whole(cell: str) -> int | None:
    """'1 234', '1234' or a spreadsheet's '1234.0'; None for anything else."""
    digits = "".join(cell.split())
    whole, _, zeros = digits.partition(".")
    if zeros.strip("0") or not (whole.isascii() and whole.isdigit()) or len(whole) > 9:
        return None
    return int(whole)


def sheet(questionnaire: Questionnaire, margins: tuple[RegisterMargin, ...], language: str) -> str:
    """A CSV with every group that can be filled in, and the numbers that are stored."""
    stored = {(margin.item, codes): number for margin in margins for codes, number in margin.groups}
    buffer = io.StringIO()
    rows = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    rows.writerow(["variabel", "kode", "svar", "antall"])
    for item in choices_of(questionnaire).values():
        names = {choice.code: choice.text.get(language) for choice in questionnaire.steps(item)}
        bands = [codes for name, codes in stored if name == item.id and len(codes) > 1]
        banded = {code for band in bands for code in band}
        for codes in sorted([*bands, *((code,) for code in names if code not in banded)]):
            words = " / ".join(names.get(code, "") for code in codes)
            number = stored.get((item.id, codes), "")
            rows.writerow([item.id, "+".join(map(str, codes)), words, number])
    return "\ufeff" + buffer.getvalue()


async def kept(database: Database, organisation_id: UUID, round_id: UUID) -> Kept:
    """Raises NoSuchRound."""
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        questionnaire = await rounds.questionnaire_of(connection, round)
    async with database.answers(organisation_id) as connection:
        told = {row["campaign_id"] async for row in queries.told_rounds(connection)}
        margins = await margins_of(connection, round_id)
    return Kept(round, questionnaire, margins, round_id in told)


async def keep(
    database: Database,
    organisation_id: UUID,
    round_id: UUID,
    margins: tuple[RegisterMargin, ...],
    staff_id: UUID | None = None,
) -> None:
    """In place of what was stored; no margins: nothing is stored any more. `staff_id` None: a command.

    Raises NoSuchRound, MarginsOfDraft, AnswersDeleted, and MarginsStand when numbers of the round are told.
    """
    async with database.registry(organisation_id) as connection:
        round = await rounds.find(connection, round_id)
        check_may_change(round)
        details = {"variables": {margin.item: len(margin.groups) for margin in margins}}
        action = "margins.kept" if margins else "margins.removed"
        await audit.record(connection, action, "campaign", round_id, staff_id, details)
        try:
            async with database.answers(organisation_id) as answers:
                await _replace(answers, organisation_id, round_id, margins)
        except RestrictViolationError as stands:
            raise MarginsStand() from stands


def check_may_change(round: Round) -> None:
    """Raises MarginsOfDraft, AnswersDeleted."""
    if round.status == "draft":
        raise MarginsOfDraft()
    if round.answers_deleted_on is not None:
        raise AnswersDeleted(day=round.answers_deleted_on)


async def _replace(
    connection: Connection, organisation_id: UUID, round_id: UUID, margins: tuple[RegisterMargin, ...]
) -> None:
    await queries.hold_organisation(connection, organisation_id=organisation_id)
    told = {row["campaign_id"] async for row in queries.told_rounds(connection)}
    if round_id in told:
        raise MarginsStand()
    await queries.drop_margins(connection, campaign_id=round_id)
    for margin in margins:
        for codes, number in margin.groups:
            await queries.add_margin(
                connection,
                organisation_id=organisation_id,
                campaign_id=round_id,
                item=margin.item,
                codes=list(codes),
                number=number,
            )
