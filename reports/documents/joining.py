"""Several tagged PDFs made one (PDF/UA-1), with one tree of tags over all pages.

Long documents are laid out in parts, so that memory stays bounded. Pages alone, put behind each other, lose
what a screen reader follows: the tree of tags belongs to the document and not to its pages. Here the trees
are joined, too. Each part numbers what its pages say from 0; in the whole the numbers go on.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
from pikepdf import Array, Name, OutlineItem, Pdf


class Joined:
    """A document that grows by parts, each made by `pdf.write`. The first gives title and language."""

    def __init__(self) -> None:
        self._parts: list[Pdf] = []
        self._numbered = 0
        """Entries of the parent tree so far."""

    @property
    def pages(self) -> int:
        return len(self._parts[0].pages) if self._parts else 0

    def add(self, part: bytes) -> int:
        """Put a part behind the others; how many pages it has. Raises pikepdf.PdfError."""
        opened = pikepdf.open(io.BytesIO(part))
        count = len(opened.pages)
        if self._parts:
            self._append(opened)
        self._parts.append(opened)  # kept: pages are copied when the whole is written
        self._numbered = _next_number(self._parts[0])
        return count

    def write(self, bookmarks: Sequence[tuple[str, int]], *, both_sides: bool = False) -> bytes:
        """The whole. `bookmarks`: (words, page from 0). `both_sides`: what the printer is asked for. Raises
        pikepdf.PdfError."""
        whole = self._parts[0]
        if "/Outlines" in whole.Root:  # those of the first part alone
            del whole.Root.Outlines
        with whole.open_outline() as outline:
            outline.root.extend(OutlineItem(words, page) for words, page in bookmarks)
        wishes = whole.Root.get(Name.ViewerPreferences, pikepdf.Dictionary())
        wishes.Duplex = Name.DuplexFlipLongEdge if both_sides else Name.Simplex
        whole.Root.ViewerPreferences = wishes
        out = io.BytesIO()
        whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()

    def _append(self, part: Pdf) -> None:
        whole, before = self._parts[0], self.pages
        whole.pages.extend(part.pages)
        for page in list(whole.pages)[before:]:
            for numbered, key in [(page.obj, Name.StructParents), *_notes(page.obj)]:
                if key in numbered:
                    numbered[key] = int(numbered[key]) + self._numbered
        # After the pages: what points to them in the tree then points to their copies.
        tree = whole.copy_foreign(part.make_indirect(part.Root.StructTreeRoot))
        own = whole.Root.StructTreeRoot.K[0]
        for document in tree.K:
            for element in document.K:
                element.P = own
                own.K.append(element)
        numbers = whole.Root.StructTreeRoot.ParentTree.Nums
        theirs = tree.ParentTree.Nums
        for place in range(0, len(theirs), 2):
            numbers.append(int(theirs[place]) + self._numbered)
            numbers.append(theirs[place + 1])


def _notes(page: pikepdf.Object) -> list[tuple[pikepdf.Object, Name]]:
    return [(note, Name.StructParent) for note in page.get(Name.Annots, Array())]


def _next_number(whole: Pdf) -> int:
    numbers = whole.Root.StructTreeRoot.ParentTree.Nums
    return 1 + max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1)
