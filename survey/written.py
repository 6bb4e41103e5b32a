"""Files that commands write: whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Put it in the file's place when it is whole; a disk that fills up leaves what was there before. A link
    stays one, and what is no file (`/dev/stdout`) is written to as it is.

    Raises OSError with the file's name."""
    written = content.encode() if isinstance(content, str) else content
    place = path.resolve()
    half = place.with_name(f".{place.name}.half")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(written)
        else:
            half.write_bytes(written)
            half.replace(place)
    except OSError as error:
        with suppress(OSError):
            half.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error
