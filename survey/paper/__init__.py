"""A questionnaire on paper: for tenants without a phone, filled in by hand and typed in afterwards.

`forms.exchange.paper` says what stands on it and in which order; `looks` how each question is answered by
hand; `form` makes the whole of it, HTML for print. No door of its own: the office's console and the command
line hand it out.
"""

from __future__ import annotations

from pathlib import Path

ROOM = Path(__file__).parent
TEMPLATES = ROOM / "templates"
MESSAGES = ROOM / "messages"
