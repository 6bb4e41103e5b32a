"""How questions look and speak, on a tenant's phone and wherever they are tried before: no door of its own.

`questions` turns an item into what a page shows; `templates/fields.html` sets it; `messages` words it.
"""

from __future__ import annotations

from pathlib import Path

ROOM = Path(__file__).parent
TEMPLATES = ROOM / "templates"
MESSAGES = ROOM / "messages"
