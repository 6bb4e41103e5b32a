"""Words inside drawings, in a PDF, are set a line at a time.

WeasyPrint sets the text of an SVG letter by letter, from the left, as it must where each letter has a place
of its own. None of ours has. So a line is given to it as one letter, and Pango sets it as it does everywhere
else on the page: Arabic would else come out as single letters in the wrong order, and a report of fourteen
pages as four thousand lines of one letter, a twentieth of its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

BY_LETTER = ("letter-spacing", "textLength", "rotate")
PLACES = ("x", "y", "dx", "dy")


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
        if node.text and _has_one_place(node):
            node._etree_node.text = _Whole(node.text)
        letter_by_letter(drawing, node, font_size)

    svg.TAGS.update({tag: whole for tag, draw in svg.TAGS.items() if draw is letter_by_letter})
    svg.text = whole


def _has_one_place(node: Any) -> bool:
    if any(node.get(name) for name in BY_LETTER):
        return False
    return all(len(node.attrib.get(name, "").replace(",", " ").split()) < 2 for name in PLACES)
