"""A logo from the bytes of a file, whatever its name says that it is."""

from __future__ import annotations

from hashlib import sha256

from reports.livery import Logo, LogoType
from survey.register.logos import drawing, raster
from survey.register.logos.errors import LogoRefused

MOST_BYTES = 1_000_000
RASTERS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def read(file: bytes, alt: str) -> Logo:
    """A PNG, JPEG or SVG, written anew; the same bytes for the same file. Raises LogoRefused."""
    if not file:
        raise LogoRefused("none")
    if len(file) > MOST_BYTES:
        raise LogoRefused("bytes", most=MOST_BYTES // 1_000_000)
    media_type: LogoType
    if file.startswith(RASTERS):
        content, media_type, width, height = raster.redrawn(file)
    elif drawing.looks_like_one(file):
        content, width, height = drawing.redrawn(file)
        media_type = "image/svg+xml"
    else:
        raise LogoRefused("kind")
    return Logo(content, media_type, width, height, alt, sha256(content).hexdigest())
