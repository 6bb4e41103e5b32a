"""The smallest HTTP client that will do: on two cores a comfortable one would be measured, not the server."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

PATIENCE = 60.0
"""Seconds after which an answer does not come any more."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    kind: str = "application/x-www-form-urlencoded"
    accept_encoding: str = ""

    def __bytes__(self) -> bytes:
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            "Host: localhost",
            "Accept-Language: nb",
            *([f"Accept-Encoding: {self.accept_encoding}"] if self.accept_encoding else []),
            *([f"Content-Type: {self.kind}"] if self.method == "POST" else []),
            f"Content-Length: {len(self.body)}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True)
class Load:
    """`statuses` and `latencies` (seconds) in no order; `wall` seconds for all."""

    wall: float
    statuses: list[int]
    latencies: list[float]


async def once(port: int, request: Request) -> tuple[int, bytes]:
    """Status and everything that came over the wire, head and body. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await _ask(reader, writer, request)
        finally:
            writer.close()


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request
) -> tuple[int, bytes]:
    writer.write(bytes(request))
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return int(head.split(b" ", 2)[1]), head + await reader.readexactly(length)


class Held(asyncio.Protocol):
    """A lasting connection, one request at a time. It reads no more than it must: what it takes of the
    processor, the server lacks."""

    _came = b""
    _answered: asyncio.Future[int] | None = None

    @classmethod
    async def to(cls, port: int) -> Held:
        _, held = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return held

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """The status, once everything has come."""
        if self._transport.is_closing():
            raise ConnectionResetError("the server closed the connection")
        self._came = b""
        self._answered = answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return answered

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, there, body = self._came.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head) if there else None
        if self._answered and there and len(body) >= (int(length[1]) if length else 0):
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def close(self) -> None:
        self._transport.close()


async def load(port: int, requests: Sequence[Request], clients: int) -> Load:
    """All requests from `clients` lasting connections at once."""
    left = iter(requests)
    statuses: list[int] = []
    latencies: list[float] = []

    async def one_client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in left:
            start = time.perf_counter()
            async with asyncio.timeout(PATIENCE):
                status, _ = await _ask(reader, writer, request)
            latencies.append(time.perf_counter() - start)
            statuses.append(status)
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one_client() for _ in range(clients)))
    return Load(time.perf_counter() - start, statuses, latencies)
