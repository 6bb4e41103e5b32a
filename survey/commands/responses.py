"""What `bostemme responses import` does."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from uuid import UUID

import click

from forms import lint, loading
from forms.errors import FormsError, QuestionnaireFault
from forms.modules import MODULES, joined
from forms.questionnaire import Questionnaire
from survey.campaigns.rounds import LONGEST_NAME
from survey.database.opening import opened
from survey.database.pool import Database
from survey.register import organisations
from survey.register.errors import NoSuchOrganisation
from survey.responses.errors import (
    Complaint,
    FileUnreadable,
    ImportRefused,
    QuestionnaireFaulty,
    RoundConflict,
    RowsRefused,
    wording,
)
from survey.responses.reading import read_table
from survey.responses.rows import Checked, check_rows, column_names
from survey.responses.storing import ClosedRound, Stored, store
from survey.settings import Settings

SHIPPED = ("boindeks", "copenhagen")


def import_(
    file: Path,
    questionnaire_name: str,
    organisation: str,
    round_name: str,
    estate_column: str,
    answer_language: str,
    opens_on: date | None,
    closes_on: date | None,
    series: str | None,
    asked: tuple[str, ...],
    create_organisation: str | None,
    accept_partial: bool,
    dry_run: bool,
    language: str,
) -> None:
    """See `survey.cli_responses`."""
    translate = wording(language)
    try:
        if not 0 < len(round_name.strip()) <= LONGEST_NAME:
            raise FileUnreadable(
                Complaint.of("import.bad_name", n=len(round_name.strip()), most=LONGEST_NAME)
            )
        questionnaire = find_questionnaire(questionnaire_name)
        names = column_names(questionnaire, estate_column)
        table = read_table(file, names.__contains__)
        check = partial(check_rows, table, questionnaire, estate_column, answer_language)
        if dry_run:
            checked = check()
            _tell(checked, language)
            click.echo(translate("import.dry_run", good=len(checked.good), bad=checked.bad_lines))
            raise SystemExit(1 if checked.bad else 0)
        invited, drawn_from = read_asked(asked)
        last = closes_on or date.today()
        round = ClosedRound(
            name=round_name,
            organisation=organisation,
            questionnaire=questionnaire,
            opens_on=opens_on or last,
            closes_on=last,
            results_on=last,
            series=series or questionnaire.id,
            invited=invited,
            drawn_from=drawn_from,
        )

        def good_rows() -> Checked:
            checked = check()
            _tell(checked, language)
            refuse_bad_rows(checked, accept_partial)
            if unknown := invited.keys() - {row.estate for row in checked.good}:
                raise FileUnreadable(Complaint.of("import.asked_unknown", names=", ".join(sorted(unknown))))
            answers = Counter(row.estate for row in checked.good)
            for name, homes in invited.items():
                if answers[name] > homes:
                    said = translate("import.overfull", name=name, n=answers[name], homes=homes)
                    click.echo(said, err=True)
            return checked

        stored, left_out = asyncio.run(_store(round, good_rows, create_organisation))
    except ImportRefused as refusal:
        for sentence in refusal.sentences(language):
            click.echo(sentence, err=True)
        raise SystemExit(1) from refusal
    click.echo(
        translate(
            "import.done",
            good=stored.responses,
            estates=stored.estates,
            round=round_name,
            hash=stored.content_hash[:12],
        )
    )
    if left_out:
        click.echo(translate("import.left_out", bad=left_out))


def read_asked(written: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """How many were asked by name of the estate, and of how many where they were drawn by lot: 'Havneveien
    1-9=60/180'. Raises FileUnreadable."""
    invited: dict[str, int] = {}
    drawn_from: dict[str, int] = {}
    for one in written:
        found = re.fullmatch(r"(.+)=(\d{1,5})(?:/(\d{1,5}))?", one, re.ASCII)
        if found is None or not int(found[2]) or (found[3] and int(found[2]) >= int(found[3])):
            raise FileUnreadable(Complaint.of("import.bad_asked", written=one))
        name = found[1].strip()
        invited[name] = int(found[2])
        if found[3]:
            drawn_from[name] = int(found[3])
    return invited, drawn_from


def find_questionnaire(name: str) -> Questionnaire:
    """A file, or an instrument that comes with Bostemme, alone or with modules ('boindeks+puls+sted').

    Raises FileUnreadable with what is wrong with it; QuestionnaireFaulty with all that the check finds wrong,
    for a round made of it could not have been opened here either.
    """
    path = Path(name)
    core, *modules = name.split("+")
    try:
        if path.suffix or path.exists():
            return _sound(loading.load(path), name)
        if core in SHIPPED and set(modules) <= set(MODULES):
            return joined(loading.shipped(core), modules)
    except QuestionnaireFault as fault:
        raise QuestionnaireFaulty(name, fault.faults) from fault
    except FormsError as fault:
        raise FileUnreadable(Complaint.of("questionnaire.faulty", name=name)) from fault
    except OSError as error:
        raise FileUnreadable(Complaint.of("file.missing", file=name)) from error
    raise FileUnreadable(Complaint.of("questionnaire.unknown", name=name, shipped=", ".join(SHIPPED)))


def _sound(read: Questionnaire, name: str) -> Questionnaire:
    if errors := [fault for fault in lint.check(read) if fault.severity == "error"]:
        raise QuestionnaireFaulty(name, errors)
    return read


def refuse_bad_rows(checked: Checked, accept_partial: bool) -> None:
    """Raises RowsRefused unless all rows are good, or the good ones are wanted and there are some."""
    if checked.bad and not accept_partial:
        raise RowsRefused(checked.bad, len(checked.good) + checked.bad_lines)
    if not checked.good:
        raise FileUnreadable(Complaint.of("rows.none_good"))


def _tell(checked: Checked, language: str) -> None:
    translate = wording(language)
    sentences = [said.sentence(translate) for said in checked.notices]
    sentences += [cell.sentence(translate) for cell in checked.bad]
    for sentence in sentences:
        click.echo(sentence, err=True)


async def _store(
    round: ClosedRound, good_rows: Callable[[], Checked], kind: str | None
) -> tuple[Stored, int]:
    """What was stored, and how many lines were left out. Whose the round is, is settled before the rows are
    looked at: nobody shall mend a hundred of them and then be told of a name."""
    async with opened(Settings.from_environment()) as database:
        owner = await _owner(database, round.organisation, kind)
        checked = good_rows()
        organisation_id = owner or await organisations.add(database, round.organisation, str(kind))
        return await store(database, organisation_id, round, checked.good), checked.bad_lines


async def _owner(database: Database, name: str, kind: str | None) -> UUID | None:
    """None: there is none of this name, and one of this kind shall be made."""
    try:
        return await organisations.named(database, name)
    except NoSuchOrganisation as missing:
        if kind is not None:
            return None
        raise RoundConflict(Complaint.of("round.no_organisation", organisation=name)) from missing
