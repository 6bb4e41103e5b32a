"""Files that commands write: whole or not at all."""

from __future__ import annotations

from pathlib import Path


def write(path: Path, content: str | bytes) -> None:
    """Put it in the file's place when it is whole; a disk that fills up leaves what was there before.

    Raises OSError with the file's name."""
    half = path.with_name(f".{path.name}.half")
    try:
        half.write_bytes(content.encode() if isinstance(content, str) else content)
        half.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        half.unlink(missing_ok=True)
