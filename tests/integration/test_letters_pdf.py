"""Promises about the letters as one file: everybody can read it, also somebody who listens to it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pikepdf
import pytest

from reports.documents import pdf
from reports.documents.joining import Joined
from survey.office.letters import BATCH, FILE
from survey.settings import PROJECT

TOOLS = Path(sys.executable).parent

PART = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Brev</title>
<style>article {{ break-after: page }}</style></head><body>{letters}</body></html>"""
LETTER = """<article><h1>Brev {n}</h1><p>Kjære {n}. <a href="https://svar.example.no/s/{n}">Svar her</a></p>
<table><tr><th>Frist</th><td>12. desember</td></tr></table></article>"""


def _part(*numbers: int) -> bytes:
    letters = "".join(LETTER.format(n=n) for n in numbers)
    return pdf.write(PART.format(letters=letters), "Brev til boligene", "nb")


@pytest.fixture(scope="module")
def whole() -> bytes:
    """Seven letters in parts of three, three and one."""
    joined = Joined()
    assert [joined.add(_part(*numbers)) for numbers in ((1, 2, 3), (4, 5, 6), (7,))] == [3, 3, 1]
    return joined.write([(f"Bolig {n}", n - 1) for n in range(1, 8)])


def _headings(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [letter for letter in pdf._elements(document.Root.StructTreeRoot) if letter.S == pikepdf.Name.H1]


def test_letters_joined_from_parts_are_tagged_as_one_document(whole: bytes) -> None:
    with pikepdf.open(io.BytesIO(whole)) as document:
        assert document.Root.MarkInfo.Marked and document.Root.Lang == "nb"
        assert str(document.docinfo["/Title"]) == "Brev til boligene"
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1" and metadata["dc:title"] == "Brev til boligene"
        kinds = Counter(str(element.S) for element in pdf._elements(document.Root.StructTreeRoot))
        assert (kinds["/Document"], kinds["/H1"], kinds["/Link"], kinds["/TH"]) == (1, 7, 7, 7)
        with document.open_outline() as outline:
            assert [entry.title for entry in outline.root] == [f"Bolig {n}" for n in range(1, 8)]


def test_what_stands_on_each_page_is_read_from_that_page(whole: bytes) -> None:
    with pikepdf.open(io.BytesIO(whole)) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        parents = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
        assert len(parents) * 2 == len(numbers)
        reachable = {element.objgen for element in pdf._elements(document.Root.StructTreeRoot)}
        for page in document.pages:
            owners = [owner for owner in parents[int(page.obj.StructParents)] if owner is not None]
            assert owners and {owner.Pg.objgen for owner in owners} == {page.obj.objgen}
            assert {owner.objgen for owner in owners} <= reachable
            (note,) = page.obj.Annots
            assert pikepdf.Name.Link == parents[int(note.StructParent)].S
        assert {heading.Pg.objgen for heading in _headings(document)} == {
            page.obj.objgen for page in document.pages
        }


def test_the_checkers_find_no_error_in_letters_joined_from_parts(whole: bytes, tmp_path: Path) -> None:
    file = tmp_path / "letters.pdf"
    file.write_bytes(whole)
    for command in (["pdfua", "check"], ["outloud", "--json", "-", "--quiet"]):
        done = subprocess.run(
            [TOOLS / command[0], *command[1:], str(file)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


MEMORY = """
import re, sys
from pathlib import Path
from reports.documents.joining import Joined
from survey.office.letters import BATCH, FILE
part = Path(sys.argv[1]).read_bytes()
for _ in range(int(sys.argv[2])):
    whole = Joined()
    for _ in range(FILE // BATCH):
        whole.add(part)
    whole.write([(f"Bolig {n}", n) for n in range(FILE)])
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_letters_for_three_thousand_homes_take_no_more_memory_than_those_for_five_hundred(
    tmp_path: Path,
) -> None:
    """They are made file by file; what one file took is free for the next."""
    part = tmp_path / "part.pdf"
    part.write_bytes(_part(*range(BATCH)))

    def most(files: int) -> int:
        """MB."""
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(part), str(files)],
            capture_output=True, text=True, check=True, timeout=240, cwd=PROJECT,
        )  # fmt: skip
        return int(done.stdout)

    one, six = most(1), most(3000 // FILE)
    assert six < 1.25 * one and six < 400, (one, six)
