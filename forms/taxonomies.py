"""Tags of items, and what they are called: Marmot's principles, the UN's goals, themes of a plan."""

from __future__ import annotations

import re

from forms.phrases import data

_PLAN = re.compile(r"plan:[a-z][a-z0-9_]{0,63}")


def known(tag: str) -> bool:
    """Whether it is a tag of one of the schemes, or a theme of a landlord's own plan."""
    return _names(tag) is not None or bool(_PLAN.fullmatch(tag))


def name(tag: str, language: str) -> str:
    """What people read: 'God utdanning' for 'sdg:4'; the tag itself when it has no name."""
    names = _names(tag)
    return tag if names is None else names[language]


def _names(tag: str) -> dict[str, str] | None:
    scheme, _, code = tag.rpartition(":")
    names: dict[str, str] | None = data("taxonomies").get(scheme or "own", {}).get(code)
    return names
