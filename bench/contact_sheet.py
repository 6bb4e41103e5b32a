"""Every page of PDFs as small pictures, side by side on sheets: the whole of many documents at a glance.

    python -m bench.contact_sheet [--out FOLDER] [FILE.pdf ...]

Without files: all PDFs in demo/. Writes contact-sheet.pdf and contact-sheet-01.png, -02.png ... to FOLDER
(demo/contact-sheet). Pages keep the order of the files, each with its name and number under it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pymupdf

DEMO = Path("demo")
SHEET = (1190.0, 842.0)
"""A3 on its side, in points."""
ACROSS, DOWN = 7, 3
MARGIN, CAPTION, APART = 24.0, 16.0, 8.0
DOTS_PER_INCH = 130
MOST_LETTERS = 34
LETTERS = 7.0
INK, EDGE = (0.33, 0.39, 0.42), (0.78, 0.75, 0.7)

Rect = tuple[float, float, float, float]
"""Left, top, right, foot, in points."""


def fields() -> Iterator[Rect]:
    """Where the pictures of a sheet stand, row by row."""
    wide = (SHEET[0] - 2 * MARGIN - APART * (ACROSS - 1)) / ACROSS
    high = (SHEET[1] - 2 * MARGIN - APART * (DOWN - 1)) / DOWN
    for row in range(DOWN):
        for column in range(ACROSS):
            x, y = MARGIN + column * (wide + APART), MARGIN + row * (high + APART)
            yield x, y, x + wide, y + high


def fitted(field: Rect, width: float, height: float) -> Rect:
    """As large as the field over its caption lets a page be, in the middle of its width."""
    left, top, right, foot = field
    scale = min((right - left) / width, (foot - CAPTION - top) / height)
    x = (left + right - width * scale) / 2
    y = foot - CAPTION - height * scale
    return x, y, x + width * scale, y + height * scale


def sheets(files: Sequence[Path]) -> pymupdf.Document:
    """All pages of all files. A file that is no PDF raises pymupdf.FileDataError."""
    out = pymupdf.Document()  # type: ignore[no-untyped-call]
    places: Iterator[Rect] = iter(())
    sheet: Any = None
    for path in files:
        with pymupdf.Document(path) as document:  # type: ignore[no-untyped-call]
            for number in range(document.page_count):
                field = next(places, None)
                if field is None:
                    sheet, places = out.new_page(width=SHEET[0], height=SHEET[1]), fields()
                    field = next(places)
                page = document[number]
                at = fitted(field, page.rect.width, page.rect.height)
                # As a picture: to take over a page as it is costs a second for each, with all its fonts.
                dots = round(DOTS_PER_INCH * (at[2] - at[0]) / page.rect.width)
                sheet.insert_image(at, pixmap=page.get_pixmap(dpi=max(dots, 1)))
                sheet.draw_rect(at, color=EDGE, width=0.6)
                said = f"{path.stem[:MOST_LETTERS]} {number + 1}/{document.page_count}"
                wide = pymupdf.get_text_length(said, fontsize=LETTERS)
                middle = (at[0] + at[2] - wide) / 2
                sheet.insert_text((middle, at[3] + 10), said, fontsize=LETTERS, color=INK)
    return out


def write(files: Sequence[Path], folder: Path) -> list[Path]:
    """The sheets as one PDF and as pictures; sheets of an earlier time are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("contact-sheet-*.png"):
        old.unlink()
    written = []
    with sheets(files) as document:
        for number, sheet in enumerate(document, 1):
            path = folder / f"contact-sheet-{number:02}.png"
            sheet.get_pixmap(dpi=DOTS_PER_INCH).save(path)
            written.append(path)
        whole = folder / "contact-sheet.pdf"
        document.save(whole, garbage=1, deflate=True)
    return [whole, *written]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.contact_sheet", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--out", type=Path, default=DEMO / "contact-sheet")
    asked = parser.parse_args(arguments)
    files = asked.files or sorted(DEMO.glob("**/*.pdf"))
    files = [path for path in files if asked.out not in path.parents]
    if missing := [str(path) for path in files if not path.is_file()]:
        print(f"There is no {', '.join(missing)}.", file=sys.stderr)
        return 1
    if not files:
        print(f"There are no PDFs in {DEMO}/; make demo writes some.", file=sys.stderr)
        return 1
    try:
        written = write(files, asked.out)
    except pymupdf.FileDataError as fault:
        print(f"One of the files is no PDF that can be read: {fault}", file=sys.stderr)
        return 1
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
