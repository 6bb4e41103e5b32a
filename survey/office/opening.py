"""Opening the room of numbers when somebody first asks for them, while tenants go on answering."""

from __future__ import annotations

import asyncio
import gc
from importlib import import_module

from survey.office.pages import AnyRequest

_opened = asyncio.Event()


async def open_numbers(_request: AnyRequest) -> None:
    """Before any page with numbers: load `survey.office.numbers` in a thread; nothing the second time."""
    if not _opened.is_set():
        await asyncio.to_thread(import_module, "survey.office.numbers")
        gc.freeze()  # libraries stay as they are: nothing to look through for rubbish
        _opened.set()
