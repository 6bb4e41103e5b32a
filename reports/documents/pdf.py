"""HTML to a tagged PDF (PDF/UA-1): WeasyPrint lays out, pikepdf adds what it leaves out.

WeasyPrint ties header cells to data cells by id; readers that go by `/Scope` need that as well, so every
TH gets one: `Row` in a row that also has data cells, else `Column`. It also marks running heads and page
numbers as content that belongs nowhere in the tree; they are turned into artifacts, so that no reader meets
them in the middle of a sentence.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf

from reports.documents import typefaces
from reports.documents.whole_lines import set_lines_whole
from reports.errors import PdfUnavailable

VARIANT = "pdf/ua-1"
PRINTED = 4
MARK = re.compile(rb"/\w+\s*<<\s*/MCID (\d+)\s*>>\s*BDC")


def write(html: str, title: str, language: str) -> bytes:
    """The PDF of a whole HTML document with inline stylesheets.

    Raises PdfUnavailable when Pango, which lays out the text, is not on this machine.
    """
    try:
        from weasyprint import CSS, HTML  # type: ignore[import-untyped]
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
    except OSError as error:
        raise PdfUnavailable(str(error)) from error
    set_lines_whole()
    # A document is whole in itself: pictures lie inside it, nothing is fetched from the network or the disk.
    inside_only = URLFetcher(allowed_protocols={"data"})
    fonts, faces = FontConfiguration(), []
    if rules := typefaces.rules(html):  # ours, and the only thing that is read from the disk
        own = URLFetcher(allowed_protocols={"file"})
        faces.append(CSS(string=rules, url_fetcher=own, font_config=fonts))
    with _rubbish_left_lying():
        document = HTML(string=html, url_fetcher=inside_only)
        laid_out = document.write_pdf(stylesheets=faces, font_config=fonts, pdf_variant=VARIANT)
    return _finish(laid_out, title, language)


@contextmanager
def _rubbish_left_lying() -> Iterator[None]:
    """Layout makes a million objects that live to its end: to look through them again and again for some that
    do not takes a seventh of the time. What is left over is found once it is done."""
    looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looking:
            gc.enable()


def _finish(laid_out: bytes, title: str, language: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(laid_out)) as document:
        document.Root.Lang = pikepdf.String(language)
        with document.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = [language]
        tree = document.Root.StructTreeRoot
        reachable = set()
        for element in _elements(tree):
            reachable.add(element.objgen)
            if element.S == "/TR":
                _scope_row(element)
        _loose_content_to_artifacts(document, reachable)
        _links_print(document)
        document.save(out, linearize=False, deterministic_id=True)
    return out.getvalue()


def _children(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
    kids = element.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid


def _elements(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    waiting = list(_children(root))
    while waiting:
        element = waiting.pop()
        yield element
        waiting.extend(_children(element))


def _loose_content_to_artifacts(document: pikepdf.Pdf, reachable: set[tuple[int, int]]) -> None:
    """Marked content whose element hangs nowhere in the tree becomes `/Artifact`."""
    numbers = document.Root.StructTreeRoot.ParentTree.Nums
    parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for page in document.pages:
        owners = parents.get(int(page.obj.get("/StructParents", -1)))
        if not isinstance(owners, pikepdf.Array):
            continue
        loose = {
            mcid for mcid, owner in enumerate(owners) if owner is not None and owner.objgen not in reachable
        }
        if not loose:
            continue

        def mark(match: re.Match[bytes], loose: set[int] = loose) -> bytes:
            return b"/Artifact BMC" if int(match.group(1)) in loose else match.group(0)

        page.contents_coalesce()
        page.Contents = document.make_stream(MARK.sub(mark, page.Contents.read_bytes()))
        for mcid in loose:
            owners[mcid] = None


def _links_print(document: pikepdf.Pdf) -> None:
    """Links are marked as printed too, so that paper and screen do not differ."""
    for page in document.pages:
        for annotation in page.obj.get("/Annots", []):
            annotation.F = int(annotation.get("/F", 0)) | PRINTED


def _scope_row(row: pikepdf.Object) -> None:
    cells = list(_children(row))
    has_data = any(cell.S == "/TD" for cell in cells)
    for cell in cells:
        if cell.S != "/TH":
            continue
        attributes = cell.get("/A") or pikepdf.Dictionary(O=pikepdf.Name.Table)
        attributes.Scope = pikepdf.Name.Row if has_data else pikepdf.Name.Column
        cell.A = attributes
