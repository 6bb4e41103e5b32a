"""The same records as CSV, Parquet and SAV, each the same bytes every time."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import polars as pl
import pyreadstat
from pyreadstat.pyclasses import MissingRange

from forms.questionnaire import SPECIAL_CODES
from reports.releases.dataset import HIDDEN, Dataset

MISSING_CODES: MissingRange = {"lo": HIDDEN, "hi": max(SPECIAL_CODES.values())}
SAV_DATE_AT, SAV_TIME_AT = 92, 101
"""Places in the header of a system file: creation_date (9 bytes, 'dd mmm yy') and creation_time (8 bytes)."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def csv(dataset: Dataset) -> bytes:
    """UTF-8, comma, codes; an empty cell means unanswered."""
    return dataset.frame.write_csv().encode()


def parquet(dataset: Dataset) -> bytes:
    buffer = io.BytesIO()
    dataset.frame.write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def sav(dataset: Dataset) -> bytes:
    """SPSS system file with labels; codes 252 to 255 are declared missing.

    The format stores when it was written; that is set to the day the round closed.
    """
    frame = dataset.frame.with_columns(pl.all().cast(pl.Float64))
    variables = dataset.variables
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            frame,
            path,
            file_label=dataset.name[:60],
            column_labels={v.name: v.label[:250] for v in variables},
            variable_value_labels={
                v.name: {float(code): label[:115] for code, label in v.values.items()} for v in variables
            },
            missing_ranges={v.name: [MISSING_CODES] for v in variables if v.role in ("key", "item")},
            variable_measure={v.name: "ordinal" if v.ordinal else "nominal" for v in variables},
            variable_format={v.name: "F8.0" if v.role == "person" else "F4.0" for v in variables},
        )
        content = bytearray(path.read_bytes())
    closed = dataset.wave.last_day
    day = f"{closed.day:02d} {MONTHS[closed.month - 1]} {closed.year % 100:02d}".encode("ascii")
    content[SAV_DATE_AT : SAV_DATE_AT + 9] = day
    content[SAV_TIME_AT : SAV_TIME_AT + 8] = b"00:00:00"
    return bytes(content)
