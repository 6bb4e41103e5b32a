"""From a file to a table of text cells with line numbers. Knows files, not questionnaires.

Accepted: CSV or TSV (UTF-8 with or without BOM, UTF-16 with BOM, Windows-1252 with a notice), XLSX (first
sheet), Parquet. At most `MAX_BYTES` and `MAX_ROWS`. The kind is told by the content, not by the name.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from survey.responses.errors import BadCell, Complaint, FileUnreadable

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
MAX_UNPACKED_BYTES = 500 * 1024 * 1024
"""A spreadsheet is a zip file; more than this unpacked is refused before it is unpacked."""
MAX_COLUMNS = 2_000
MAX_CELLS = 20_000_000
"""Rows times columns of a sheet, up to the last cell that has something in it: room is made for all of them,
so that one cell far away would fill the memory."""
CHUNK = 2**20
_FILLED = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"'][^>]*(?<!/)>")
"""A cell that is not empty, with its place. Of those without a place there is one for every few bytes."""
DELIMITERS = (";", ",", "\t")
OTHER_DELIMITERS = ("|", ":", "^", "~", "§")
"""Never read, only recognised, so that the refusal can name the mistake. '|' separates several answers."""


@dataclass(frozen=True)
class Table:
    """Rows as text. `rows`: (line as the user sees it, one cell per column). `bad`: rows of wrong length."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    bad: tuple[BadCell, ...]
    notices: tuple[Complaint, ...]


def read_table(path: Path, known: Callable[[str], bool]) -> Table:
    """Read the file. `known` says whether a column name means something; it settles what the delimiter is.

    Raises FileUnreadable with one sentence for the user.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileUnreadable(
                Complaint.of("file.too_big", size=-(-size // 2**20), limit=MAX_BYTES // 2**20)
            )
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(Complaint.of("file.missing", file=str(path))) from error
    return read_bytes(data, known)


def read_bytes(data: bytes, known: Callable[[str], bool]) -> Table:
    """As `read_table`, for content already in hand (an upload)."""
    if len(data) > MAX_BYTES:
        raise FileUnreadable(
            Complaint.of("file.too_big", size=-(-len(data) // 2**20), limit=MAX_BYTES // 2**20)
        )
    if not data.strip():
        raise FileUnreadable(Complaint.of("file.empty"))
    if data[:4] == b"PK\x03\x04":
        columns, rows = _spreadsheet(data)
        notices: tuple[Complaint, ...] = ()
    elif data[:4] == b"PAR1":
        columns, rows = _parquet(data)
        notices = ()
    elif data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileUnreadable(Complaint.of("file.old_excel"))
    else:
        columns, rows, notices = _text(data, known)
    return _checked(columns, rows, notices)


def tidy(cell: str) -> str:
    """A cell without surrounding blanks (no-break space included), composed so that 'å' is one character."""
    return unicodedata.normalize("NFC", cell).strip().strip("\u00a0\ufeff").strip()


def _checked(columns: list[str], rows: list[tuple[int, list[str]]], notices: tuple[Complaint, ...]) -> Table:
    columns = [tidy(column) for column in columns]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise FileUnreadable(Complaint.of("file.empty"))
    if len(columns) > MAX_COLUMNS:
        raise FileUnreadable(Complaint.of("file.too_many_columns", found=len(columns), limit=MAX_COLUMNS))
    doubles = sorted({column for column in columns if columns.count(column) > 1})
    if doubles:
        raise FileUnreadable(Complaint.of("header.double", columns=", ".join(doubles)))
    good: list[tuple[int, tuple[str, ...]]] = []
    bad: list[BadCell] = []
    width = len(columns)
    for line, cells in rows:
        tidied = [tidy(cell) for cell in cells]
        while len(tidied) > width and not tidied[-1]:
            tidied.pop()
        if not any(tidied):
            continue
        if len(tidied) != width:
            key = "row.too_long" if len(tidied) > width else "row.too_short"
            bad.append(BadCell(line, "", "", Complaint.of(key, found=len(tidied), expected=width)))
        else:
            good.append((line, tuple(tidied)))
    if len(good) + len(bad) > MAX_ROWS:
        raise FileUnreadable(Complaint.of("file.too_many_rows", found=len(good) + len(bad), limit=MAX_ROWS))
    if not good and not bad:
        raise FileUnreadable(Complaint.of("file.only_header"))
    return Table(tuple(columns), tuple(good), tuple(bad), notices)


# ---------------------------------------------------------------- text: CSV and TSV


def decode(data: bytes) -> tuple[str, tuple[Complaint, ...]]:
    """The text of a CSV file and what to say about its encoding.

    Windows-1252 (which holds Latin-1's letters) is what Norwegian spreadsheets write when they do not write
    UTF-8. It is read with a notice that shows a sample, since no program can be sure.
    """
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    elif data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), ()
        except UnicodeDecodeError as error:
            raise FileUnreadable(Complaint.of("file.encoding")) from error
    if b"\x00" in data:
        raise FileUnreadable(Complaint.of("file.binary"))
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileUnreadable(Complaint.of("file.encoding_line", line=line)) from error
    words = "".join(ch if ch.isalpha() else " " for ch in text.split("\n")[line - 1]).split()
    sample = next((word for word in words if not word.isascii()), "")
    return text, (Complaint.of("notice.latin1", line=line, sample=sample),)


def _text(
    data: bytes, known: Callable[[str], bool]
) -> tuple[list[str], list[tuple[int, list[str]]], tuple[Complaint, ...]]:
    text, notices = decode(data)
    delimiter = _delimiter(text, known)
    csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    columns: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if columns is None:
                if any(cell.strip() for cell in cells):
                    columns = cells
                continue
            rows.append((line, cells))
    except csv.Error as error:
        raise FileUnreadable(Complaint.of("file.quoting", line=before + 1)) from error
    return columns or [], rows, notices


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The delimiter under which most of the header's columns mean something."""
    header = next((line for line in text.splitlines() if line.strip()), "")

    def recognised(delimiter: str) -> int:
        return sum(known(tidy(cell)) for cell in next(csv.reader([header], delimiter=delimiter), []))

    best = max(DELIMITERS, key=recognised)
    if recognised(best) >= 2 or (recognised(best) == 1 and header.count(best)):
        return best
    for other in OTHER_DELIMITERS:
        if recognised(other) >= 2:
            raise FileUnreadable(Complaint.of("header.other_delimiter", delimiter=other))
    by_count = max(DELIMITERS, key=header.count)
    if not header.count(by_count):
        raise FileUnreadable(Complaint.of("header.no_delimiter", header=header[:80]))
    return by_count


# ---------------------------------------------------------------- spreadsheets and Parquet


def _spreadsheet(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileUnreadable(Complaint.of("file.broken")) from error
    if "xl/workbook.xml" not in names:
        raise FileUnreadable(Complaint.of("file.zip_not_excel"))
    if unpacked > MAX_UNPACKED_BYTES:
        raise FileUnreadable(
            Complaint.of("file.too_big", size=unpacked // 2**20, limit=MAX_UNPACKED_BYTES // 2**20)
        )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in names:
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                _bounded(archive, name)
    try:
        sheet = fastexcel.read_excel(data).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise FileUnreadable(Complaint.of("file.broken")) from error
    rows = [(line, _plain(row)) for line, row in enumerate(frame.iter_rows(), start=1)]
    filled = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not filled:
        raise FileUnreadable(Complaint.of("file.empty"))
    header = [cell.strip() for cell in filled[0][1]]
    while header and not header[-1]:
        header.pop()
    return header, filled[1:]


def _bounded(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet that reaches further than `MAX_CELLS`, before room is made for it."""
    row, column, rest = 0, 0, b""
    try:
        with archive.open(name) as file:
            while chunk := file.read(CHUNK):
                if not rest and not row and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    raise FileUnreadable(Complaint.of("file.broken"))
                chunk = rest + chunk
                found = _FILLED.findall(chunk)
                row = max(row, max((int(digits) for _, digits in found), default=0))
                column = max(
                    column, max((_number(letters) for letters in {one for one, _ in found}), default=0)
                )
                rest = chunk[max(0, chunk.rfind(b"<")) :][-1000:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileUnreadable(Complaint.of("file.broken")) from error
    if row * column > MAX_CELLS:
        raise FileUnreadable(Complaint.of("file.far_cell", row=row, column=column, limit=MAX_CELLS // 10**6))


def _number(letters: bytes) -> int:
    """1 for 'A', 27 for 'AA'."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _parquet(data: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    try:
        found = int(pl.scan_parquet(io.BytesIO(data)).select(pl.len()).collect().item())
        if found > MAX_ROWS:
            raise FileUnreadable(Complaint.of("file.too_many_rows", found=found, limit=MAX_ROWS))
        frame = pl.read_parquet(io.BytesIO(data))
        frame = frame.with_columns(
            pl.col(name).list.eval(pl.element().cast(pl.String)).list.join("|")
            if isinstance(kind, pl.List)
            else pl.col(name).cast(pl.String)
            for name, kind in frame.schema.items()
        )
    except pl.exceptions.PolarsError as error:
        raise FileUnreadable(Complaint.of("file.broken")) from error
    # A Parquet file has no lines; the first record is called line 2 as in a file with a header.
    return frame.columns, [(line, _plain(row)) for line, row in enumerate(frame.iter_rows(), start=2)]


def _plain(row: tuple[str | None, ...]) -> list[str]:
    return ["" if cell is None else cell for cell in row]
