"""HTML to a tagged PDF (PDF/UA-1): WeasyPrint lays out, pikepdf adds what it leaves out.

WeasyPrint ties header cells to data cells by id; readers that go by `/Scope` need that as well, so every TH gets
one: `Row` where the HTML said so (a TH in a row that also has data cells), else `Column`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf

from reports.errors import PdfUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIANT = "pdf/ua-1"


def write(html: str, title: str, language: str) -> bytes:
    """The PDF of a whole HTML document with inline stylesheets.

    Raises PdfUnavailable when Pango, which lays out the text, is not on this machine.
    """
    try:
        from weasyprint import HTML
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    laid_out = HTML(string=html, url_fetcher=_refuse).write_pdf(pdf_variant=VARIANT)
    return _finish(laid_out, title, language)


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    """A report is whole in itself: nothing is fetched, from the network or from the disk."""
    raise PdfUnavailable(f"a report must not load anything, but asks for {url}")


def _finish(laid_out: bytes, title: str, language: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(laid_out)) as document:
        document.Root.Lang = pikepdf.String(language)
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = [language]
        for row in _elements(document.Root.StructTreeRoot, "/TR"):
            _scope_row(row)
        document.save(out, linearize=False, deterministic_id=True)
    return out.getvalue()


def _children(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = element.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid


def _elements(root: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    waiting = list(_children(root))
    while waiting:
        element = waiting.pop()
        if element.S == kind:
            yield element
        waiting.extend(_children(element))


def _scope_row(row: pikepdf.Object) -> None:
    cells = list(_children(row))
    has_data = any(cell.S == "/TD" for cell in cells)
    for cell in cells:
        if cell.S != "/TH":
            continue
        attributes = cell.get("/A") or pikepdf.Dictionary(O=pikepdf.Name.Table)
        attributes.Scope = pikepdf.Name.Row if has_data else pikepdf.Name.Column
        cell.A = attributes
