"""How a worker process ends when the server that started it was killed and could not tell it to."""

from __future__ import annotations

import asyncio
import os
import signal

SERVER_PID = "BOSTEMME_SERVER_PID"
PATIENCE_SECONDS = 10


async def end_with_server() -> None:
    """A worker without its server would go on holding the port: it ends itself in a second."""
    # Told by the server: a worker may be slower to start than its server to die.
    server = os.environ.get(SERVER_PID)
    while server is None or os.getppid() == int(server):  # noqa: ASYNC110 - nobody is left to tell us
        await asyncio.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(PATIENCE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)
