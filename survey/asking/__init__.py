"""How questions look and speak, on a tenant's phone and wherever they are tried before: no door of its own.

`questions` turns an item into what a page shows; `templates/fields.html` sets it; `messages` words it;
`static` has the drawings of the house (EUPL-1.2 like all of it), which both rooms serve.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ROOM = Path(__file__).parent
TEMPLATES = ROOM / "templates"
MESSAGES = ROOM / "messages"
STATIC = ROOM / "static"


@cache
def picture_address(name: str) -> str:
    """Where a drawing is served, with its content in it so that a browser never keeps an old one."""
    digest = hashlib.blake2b((STATIC / "pictures" / f"{name}.svg").read_bytes(), digest_size=4).hexdigest()
    return f"/static/asking/pictures/{name}.svg?v={digest}"
