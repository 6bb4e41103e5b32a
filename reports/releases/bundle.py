"""One zip with everything a researcher needs; the same wave gives the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from reports.releases import formats, pages
from reports.releases.dataset import Dataset, protect
from reports.releases.linked import protect_linked
from reports.waves import LinkedWave, Wave

FIXED_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest a zip can say."""


@dataclass(frozen=True)
class Bundle:
    file_name: str
    content: bytes
    dataset: Dataset


def make(wave: Wave, language: str = "nb") -> Bundle:
    """Protect a sealed wave and pack it. Raises NothingToRelease, UnknownKeys."""
    return pack(protect(wave, language))


def make_linked(waves: Sequence[LinkedWave], language: str = "nb") -> Bundle:
    """Protect the persons of a panel and pack them. Raises NothingToRelease, UnknownKeys, BrokenSeal."""
    return pack(protect_linked(waves, language))


def pack(dataset: Dataset) -> Bundle:
    stem = dataset.name
    files = {
        f"{stem}/{stem}.csv": formats.csv(dataset),
        f"{stem}/{stem}.parquet": formats.parquet(dataset),
        f"{stem}/{stem}.sav": formats.sav(dataset),
        f"{stem}/codebook.html": pages.codebook(dataset).encode(),
        f"{stem}/risk.html": pages.risk(dataset).encode(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return Bundle(f"{stem}.zip", buffer.getvalue(), dataset)
