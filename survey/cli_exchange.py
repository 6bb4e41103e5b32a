"""`bostemme questionnaire export|import|codebook|paper`: other programs' files, a book for people, and the
form on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from survey.cli_help import Spoken
from survey.cli_language import LANGUAGE

TO = click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The file to write; its ending says which kind: .xlsx, .yaml or .json.",
)  # fmt: skip


@click.command("export", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@TO
@LANGUAGE
def export_file(**asked: Any) -> None:
    """Write the questionnaire in FILE as an XLSForm workbook, YAML or JSON."""
    from survey.commands import exchange as work

    work.export_file(**asked)


@click.command("import", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@TO
@LANGUAGE
def import_file(**asked: Any) -> None:
    """Read a questionnaire from XLSForm, SurveyJS, YAML or JSON, and say part by part what was left behind.
    Nothing is written when anything in FILE cannot be read. Exit code 1 then."""
    from survey.commands import exchange as work

    work.import_file(**asked)


@click.command("codebook", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The file to write; its ending says which kind: .html or .pdf.",
)  # fmt: skip
@LANGUAGE
def codebook_file(**asked: Any) -> None:
    """Write the codebook of the questionnaire in FILE: what is asked, of whom, and what the codes mean."""
    from survey.commands import exchange as work

    work.codebook_file(**asked)


@click.command("paper", cls=Spoken)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--to", "target", type=click.Path(path_type=Path, dir_okay=False), required=True,
    help="The file to write; its ending is .pdf.",
)  # fmt: skip
@click.option("--in", "spoken", help="The language of the form, of those the questionnaire has.")
@LANGUAGE
def paper_file(**asked: Any) -> None:
    """Write the questionnaire in FILE as a form for print, to be filled in by hand."""
    from survey.commands import exchange as work

    work.paper_file(**asked)
