"""The floor of everything served: bare handlers of the same framework on the same server, two workers.

python -m bench.floor --port PORT --url DATABASE_URL [--page FILE]; FILE is a page sent as it is.
"""

from __future__ import annotations

import contextlib
import json
import os
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State

from bench.world import queries


@post("/insert", status_code=200)
async def insert(request: Request[object, object, State]) -> Response[None]:
    """One insert, no question asked: the answers as JSON and the bytes that a real answer would have."""
    body = await request.json()
    async with request.app.state["pool"].acquire() as connection:
        await queries.floor_insert(connection, answers=json.dumps(body), codes=bytes(60))
    return Response(None, status_code=200)


@get("/page", media_type=MediaType.HTML)
async def page(state: State) -> str:
    content: str = state["page"]
    return content


@contextlib.asynccontextmanager
async def _pool(app: Litestar) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["FLOOR_URL"], min_size=1, max_size=12) as pool:
        app.state["pool"] = pool
        yield


def create() -> Litestar:
    file = os.environ.get("FLOOR_PAGE")
    content = Path(file).read_text(encoding="utf-8") if file else ""
    return Litestar([insert, page], lifespan=[_pool], state=State({"page": content}), openapi_config=None)


def main() -> None:
    read = ArgumentParser()
    for name in ("--port", "--url", "--page"):
        read.add_argument(name, default="")
    given = read.parse_args()
    os.environ |= {"FLOOR_URL": given.url, "FLOOR_PAGE": given.page}
    Granian(
        "bench.floor:create",
        address="127.0.0.1",
        port=int(given.port),
        interface=Interfaces.ASGI,
        workers=2,
        factory=True,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()


if __name__ == "__main__":
    main()
