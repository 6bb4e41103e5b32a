"""What `bostemme questionnaire export|import|codebook|paper` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from forms.errors import Fault, QuestionnaireFault
from forms.exchange.paper import MOST_QUESTIONS, TooMuchForPaper
from forms.exchange.workbook import MOST_BYTES
from forms.lint import check as lint
from forms.loading import content_hash, load
from forms.questionnaire import Questionnaire
from reports.errors import PdfUnavailable
from survey import codebook
from survey import questionnaire_files as files
from survey.paper import form as paper
from survey.wording import words


def export_file(file: Path, target: Path, language: str) -> None:
    """See `survey.cli_exchange`."""
    read = _loaded(file, language)
    _write(read, target, language)


def import_file(file: Path, target: Path, language: str) -> None:
    """See `survey.cli_exchange`."""
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)  # no more than what is refused for being too much
    except OSError as problem:
        said = words(language)("cli.exchange.closed", file=file)
        raise click.ClickException(said) from problem
    carried = files.read_questionnaire(data, file.name)
    _tell(carried.faults, language)
    if carried.questionnaire is None:
        click.echo(words(language)("cli.exchange.nothing", file=file))
        raise SystemExit(1)
    _write(carried.questionnaire, target, language)
    found = lint(carried.questionnaire)
    # What a text hides is told where it comes in; the check tells of the rest.
    _tell(tuple(fault for fault in found if fault.kind in ("text_hidden", "text_markup")), language)
    errors = sum(fault.severity == "error" for fault in found)
    if errors:
        click.echo(words(language)("cli.exchange.check", errors=errors, file=target))


def codebook_file(file: Path, target: Path, language: str) -> None:
    """See `survey.cli_exchange`."""
    read = _loaded(file, language)
    ending = target.suffix.lower()
    if ending not in (".html", ".pdf"):
        said = words(language)("cli.exchange.ending", file=target, endings=".html, .pdf")
        raise click.ClickException(said)
    try:
        made = codebook.as_pdf(read, language) if ending == ".pdf" else codebook.html(read, language).encode()
    except PdfUnavailable as missing:
        raise click.ClickException(words(language)("cli.exchange.no_pdf")) from missing
    _put(made, target, language)
    click.echo(target)


def paper_file(file: Path, target: Path, spoken: str | None, language: str) -> None:
    """See `survey.cli_exchange`."""
    read, t = _loaded(file, language), words(language)
    if target.suffix.lower() != ".pdf":
        raise click.ClickException(t("cli.exchange.ending", file=target, endings=".pdf"))
    spoken = spoken or (language if language in read.languages else read.languages[0])
    if spoken not in read.languages:
        told = t("cli.exchange.no_language", language=spoken, languages=", ".join(read.languages))
        raise click.ClickException(told)
    try:
        made = paper.as_pdf(read, spoken)
    except TooMuchForPaper as too_much:
        said = t("cli.exchange.paper_long", questions=too_much.questions, most=MOST_QUESTIONS)
        raise click.ClickException(said) from too_much
    except PdfUnavailable as missing:
        raise click.ClickException(t("cli.exchange.no_printer")) from missing
    _put(made, target, language)
    click.echo(target)


def _loaded(file: Path, language: str) -> Questionnaire:
    try:
        return load(file)
    except QuestionnaireFault as fault:
        _tell(fault.faults, language)
        click.echo(words(language)("cli.questionnaire.unusable", file=file))
        raise SystemExit(1) from fault


def _write(read: Questionnaire, target: Path, language: str) -> None:
    t = words(language)
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise click.ClickException(t("cli.exchange.ending", file=target, endings=", ".join(_WRITERS)))
    data, faults = write(read)
    _tell(faults, language)
    items = sum(1 for _ in read.questions())
    identity = {"id": read.id, "version": read.version, "items": items}
    said = t("cli.exchange.written", file=target, hash=content_hash(read).hex()[:12], **identity)
    _put(data, target, language)
    click.echo(said)


def _put(data: bytes, target: Path, language: str) -> None:
    """Never over a file that is there: it may be the only copy of what somebody wrote."""
    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError as there:
        raise click.ClickException(words(language)("cli.exchange.there", file=target)) from there


def _tell(faults: tuple[Fault, ...], language: str) -> None:
    for fault in faults:
        severity = words(language)(f"cli.questionnaire.{fault.severity}")
        click.echo(f"{severity:8} {fault.sentence(language)}")


_WRITERS: dict[str, Callable[[Questionnaire], tuple[bytes, tuple[Fault, ...]]]] = {
    ".xlsx": files.as_xlsform,
    ".yaml": lambda read: (files.as_yaml(read).encode(), ()),
    ".yml": lambda read: (files.as_yaml(read).encode(), ()),
    ".json": lambda read: (files.as_json(read).encode(), ()),
}
