"""Earlier answers in the texts of others, as `{heis|…}`: see `forms/piping.py`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from forms.errors import Fault, Place
from forms.exchange.tables import slug

SOMEBODY = "…"
"""Stands in a text for an answer that cannot stand there, and for whoever did not give it."""


def piped(
    text: str, pattern: re.Pattern[str], earlier: Collection[str], place: Place
) -> tuple[str, Iterator[Fault]]:
    """The text, and what is to be told of it.

    `pattern`: what an answer looks like in it, the name of its question as the first group. `earlier`: ids of
    the questions whose answers may stand there.
    """
    names = dict.fromkeys(pattern.findall(text))

    def said(found: re.Match[str]) -> str:
        item = slug(found[1])
        return f"{{{item}|{SOMEBODY}}}" if item in earlier else SOMEBODY

    told = (
        Fault.warning(place, "xls_piped" if slug(name) in earlier else "xls_pipe_left", name=name)
        for name in names
    )
    return (pattern.sub(said, text) if names else text), told
