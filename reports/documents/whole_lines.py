"""Words from the right inside drawings, in a PDF.

WeasyPrint sets the text of an SVG letter by letter, from the left: Arabic would come out as single letters in
the wrong order. A line with such letters is given to it as one letter, so that Pango sets it as a whole,
as it does everywhere else on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from reports.figures.letters import from_the_right


class _Whole(str):
    """A line that is one letter to who goes through it."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


@cache
def set_lines_whole() -> None:
    """Once a process; of WeasyPrint 70, which the lock pins. `svg.text` is what draws `text` and `tspan`."""
    from weasyprint import svg  # type: ignore[import-untyped]

    letter_by_letter = svg.text

    def whole(drawing: Any, node: Any, font_size: float) -> None:
        if node.text and from_the_right(node.text):
            node._etree_node.text = _Whole(node.text)
        letter_by_letter(drawing, node, font_size)

    svg.TAGS.update({tag: whole for tag, draw in svg.TAGS.items() if draw is letter_by_letter})
    svg.text = whole
