"""Headings of a PDF as a screen reader lists them.

`pdfua` has a rule for empty ones (UA-14-001) and skips it: it asks an array of the tree for what only an
object has, and gives up. So they are looked for here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf

HEADING = re.compile(r"/H[1-6]?")


def headings(content: bytes) -> list[tuple[str, bool]]:
    """In their order, as '/H2', and whether anything on a page belongs to each."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return [
            (str(one.S), any(_marked(one.get("/K"))))
            for one in _elements(document.Root.StructTreeRoot.get("/K"))
            if HEADING.fullmatch(str(one.S))
        ]


def _kids(node: object) -> Iterator[object]:
    if isinstance(node, pikepdf.Array):
        yield from node
    elif node is not None:
        yield node


def _elements(node: object) -> Iterator[pikepdf.Object]:
    for kid in _kids(node):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid.get("/K"))


def _marked(node: object) -> Iterator[bool]:
    """True for everything on a page that hangs on the node."""
    for kid in _kids(node):
        if isinstance(kid, pikepdf.Dictionary):
            yield "/MCID" in kid
            yield from _marked(kid.get("/K"))
        else:
            yield True  # the number of what is marked
