"""Ten people, so many of them full: a share that can be seen without reading a number."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.figures.drawing import draw
from reports.figures.palette import ACCENT, WHITE

OF = 10
STEP, HEIGHT = 26.0, 58.0


@dataclass(frozen=True)
class People:
    """Of ten: so many surely, and so many more perhaps."""

    full: int
    perhaps: int = 0

    def __post_init__(self) -> None:
        if self.full < 0 or self.perhaps < 0 or self.full + self.perhaps > OF:
            raise ValueError(f"{self.full} and perhaps {self.perhaps} of {OF}")


def people(row: People, *, key: str, title: str, from_right: bool = False) -> Markup:
    """Full, striped and empty figures. They differ by what is inside their outline, not by colour alone.

    `title`: the numbers in words. `from_right`: the full ones stand to the right, where reading begins.
    """
    kinds = ["full"] * row.full + ["perhaps"] * row.perhaps
    kinds += ["empty"] * (OF - len(kinds))
    return draw(
        "people.svg",
        STEP * OF,
        height=HEIGHT,
        key=key,
        title=title,
        fill=ACCENT,
        paper=WHITE,
        people=[
            {"kind": kind, "x": round(place * STEP, 1)}
            for place, kind in enumerate(reversed(kinds) if from_right else kinds)
        ],
    )
