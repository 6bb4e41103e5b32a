"""The drawings that the figures are held to. After a change that is meant, and looked at in the gallery:

    python -m tests.golden_figures

writes them anew; what has changed is then read as any other change is.
"""

from __future__ import annotations

from pathlib import Path

from reports.figures.canvas import PAPER, PHONE
from reports.figures.gallery_cases import Case, cases

FOLDER = Path(__file__).parent / "unit" / "golden"


def drawings() -> dict[str, tuple[Case, float]]:
    """File name -> what is drawn in it, and how wide: all in bokmål, the easy ones in each language, and on
    paper."""
    found: dict[str, tuple[Case, float]] = {}
    for language in ("nb", "en", "ar"):
        for case in cases(language):
            if language == "nb" or case.kind == "easy":
                found[f"{case.key}.svg"] = case, PHONE
            if language == "nb" and case.kind == "easy":
                found[f"{case.key}-paper.svg"] = case, PAPER
    return found


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.svg"):
        old.unlink()
    for name, (case, width) in drawings().items():
        (FOLDER / name).write_text(f"{case.drawing(width)}\n", encoding="utf-8")


if __name__ == "__main__":
    write()
