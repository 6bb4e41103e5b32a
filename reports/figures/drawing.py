"""From coordinates to markup: one environment of templates for all figures, and the frame they share."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.figures.palette import ACCENT, INK, LINE, MUTED, TRACK

FONT_SIZE = 9.2
"""Of the small charts in the rows of tables; figures that stand alone say their sizes themselves."""


@cache
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def draw(template: str, width: float | str, **values: object) -> Markup:
    colours = {"ink": INK, "muted": MUTED, "line": LINE, "accent": ACCENT, "track": TRACK}
    template_ = environment().get_template(template)
    # The template escapes every value itself; the result is markup by construction.
    return Markup(template_.render(width=width, font_size=FONT_SIZE, **colours, **values).strip())
