"""Typefaces of the scripts that few machines have, so that no page depends on whose machine sets it.

A stylesheet names them, after the one of the house, as 'Bostemme Arabic' and 'Bostemme Ethiopic'. They come
with the code (`typefaces/`, with their licence) and are handed to the layout where a document needs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("typefaces")
WEIGHTS = {"Regular": 400, "Bold": 700}


@dataclass(frozen=True)
class Script:
    """`file`: how the names of its files begin. `letters`: finds one of its letters."""

    family: str
    file: str
    letters: re.Pattern[str]


SCRIPTS = (
    Script("Bostemme Arabic", "NotoSansArabic", re.compile("[\u0600-\u06ff]")),
    Script("Bostemme Ethiopic", "NotoSansEthiopic", re.compile("[\u1200-\u139f]")),
)


def rules(html: str) -> str:
    """The `@font-face` rules of the scripts that stand in a document; '' for most."""
    return "\n".join(
        f'@font-face {{ font-family: "{script.family}"; font-weight: {weight}; '
        f'src: url("{(FOLDER / f"{script.file}-{name}.ttf").as_uri()}"); }}'
        for script in SCRIPTS
        if script.letters.search(html)
        for name, weight in WEIGHTS.items()
    )
