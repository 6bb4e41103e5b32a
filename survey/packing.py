"""ZIPs that are handed on while they are written, so that none is ever held whole."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterable, AsyncIterator
from datetime import date


class _Sink:
    """What a ZIP is written to: handed on as soon as it is there."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def close(self) -> None:
        """Nothing to do either."""

    def flush(self) -> None:
        """Nothing to do: `take` does it."""

    def take(self) -> bytes:
        taken, self._parts = b"".join(self._parts), []
        return taken


async def packed(day: date, files: AsyncIterable[tuple[str, bytes]]) -> AsyncIterator[bytes]:
    """A ZIP of files, by name, one after the other; the same bytes for the same files. All of `day`."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        async for name, body in files:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr = 0o644 << 16
            archive.writestr(info, body)
            yield sink.take()
    yield sink.take()
