"""Making very many figures at once without looking for rings among them."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collecting() -> Iterator[None]:
    """Hundreds of thousands of figures are made, none of which holds another that holds it: to look for such
    rings again and again while they are made takes a quarter of the time. Of a whole process, and put back
    at the end."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
