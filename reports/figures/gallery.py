"""The gallery: every figure with easy, extreme and empty data, as a web page and as a PDF.

    python -m reports.figures.gallery FOLDER

writes FOLDER/gallery.html and FOLDER/gallery.pdf. The page shows each figure as a telephone has it, in
colour, in greyscale and as somebody sees it who does not tell red from green, and as paper has it, with its
table. In the PDF the second drawing is grey in itself.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from forms import languages
from reports.errors import PdfUnavailable
from reports.figures.canvas import PAPER, PHONE
from reports.figures.drawing import environment
from reports.figures.gallery_cases import Case, cases
from reports.figures.values import Table

SHOWN = ("nb", "en", "ar")
TITLE = {"nb": "Figurene", "en": "The figures", "ar": "الأشكال"}
KINDS = {
    "nb": {"easy": "Enkle data", "extreme": "Ytterpunkter", "empty": "Uten data"},
    "en": {"easy": "Easy data", "extreme": "Extremes", "empty": "No data"},
    "ar": {"easy": "بيانات سهلة", "extreme": "حالات قصوى", "empty": "بلا بيانات"},
}
NAMES = {
    "nb": {
        "stack": "Stablede svar",
        "intervals": "Prikk og intervall",
        "heat": "Matrise",
        "trend": "Utvikling over runder",
        "funnel": "Trakt",
        "radar": "Radar for steder",
        "quadrants": "Betydning og resultat",
        "coverage": "Hvem har svart",
        "tiles": "Rutekart",
    },
    "en": {
        "stack": "Stacked answers",
        "intervals": "Dot and interval",
        "heat": "Matrix",
        "trend": "Trend over rounds",
        "funnel": "Funnel",
        "radar": "Radar for places",
        "quadrants": "Importance and result",
        "coverage": "Who has answered",
        "tiles": "Tile map",
    },
    "ar": {
        "stack": "إجابات متراكمة",
        "intervals": "نقطة ومجال",
        "heat": "مصفوفة",
        "trend": "التطور عبر الجولات",
        "funnel": "القمع",
        "radar": "رادار المكان",
        "quadrants": "الأهمية والنتيجة",
        "coverage": "من أجابوا",
        "tiles": "خريطة المربعات",
    },
}
VIEWS = {
    "nb": ("I farger", "I gråtoner", "Med svekket rød-grønt-syn", "På papir"),
    "en": ("In colour", "In greyscale", "With red-green blindness", "On paper"),
    "ar": ("بالألوان", "بالرمادي", "مع عمى الأحمر والأخضر", "على الورق"),
}
PAGE_WIDTH, PAGE_HEIGHT = 170.0, 205.0
"""Of a figure on A4, at most, in mm."""
TALLEST = 520.0
"""Of one that stands on a page as high as it needs: shrunk to A4 nobody could look at its letters."""
PRINTED_ROWS = 12
"""Of a table in the PDF; the page has them all."""
BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
COLOUR = re.compile(r'"#([0-9a-f]{6})"')


@dataclass(frozen=True)
class Shown:
    """One figure with one kind of data. `phone`: in colour, greyscale and red-green blindness. `paper`: in
    colour and grey in itself, each `width` mm wide and, where it is `tall`, on a page that is no A4."""

    case: Case
    heading: str
    phone: tuple[Markup, Markup, Markup]
    paper: tuple[Markup, Markup]
    width: float
    tall: bool
    table: Table

    @classmethod
    def of(cls, case: Case) -> Shown:
        paper = case.drawing(PAPER, f"{case.key}-p")
        return cls(
            case,
            case.data.heading,
            tuple(case.drawing(PHONE, f"{case.key}-{view}") for view in "abc"),  # type: ignore[arg-type]
            (paper, greyed(case.drawing(PAPER, f"{case.key}-g"))),
            *_measured(paper),
            case.table(),
        )


def greyed(drawing: Markup) -> Markup:
    """The same drawing with every colour as grey as it is light (Rec. 709)."""

    def grey(match: re.Match[str]) -> str:
        red, green, blue = (int(match[1][at : at + 2], 16) for at in (0, 2, 4))
        level = round(0.2126 * red + 0.7152 * green + 0.0722 * blue)
        return f'"#{level:02x}{level:02x}{level:02x}"'

    return Markup(COLOUR.sub(grey, drawing))  # colours for colours: markup it was, markup it stays


def _measured(drawing: Markup) -> tuple[float, bool]:
    """How wide it is in mm, and whether a page of A4 is too low for it. As wide as the page, or as much
    narrower as leaves it whole on the highest there is."""
    found = BOX.search(drawing)
    width, height = map(float, found.groups()) if found else (1.0, 1.0)
    wide = min(PAGE_WIDTH, TALLEST * width / height)
    return round(wide, 2), wide * height / width > PAGE_HEIGHT


@dataclass(frozen=True)
class Part:
    """The figures in one language."""

    language: str
    title: str
    figures: tuple[tuple[str, tuple[tuple[str, Shown], ...]], ...]

    @property
    def direction(self) -> str:
        return languages.direction(self.language)

    @property
    def views(self) -> tuple[str, ...]:
        return VIEWS[self.language]


def _part(language: str) -> Part:
    figures: dict[str, list[tuple[str, Shown]]] = {}
    for case in cases(language):
        shown = KINDS[language][case.kind], Shown.of(case)
        figures.setdefault(NAMES[language][case.figure], []).append(shown)
    return Part(language, TITLE[language], tuple((name, tuple(own)) for name, own in figures.items()))


def page(*, paper: bool, shown: tuple[str, ...] = SHOWN) -> str:
    """The gallery as a whole document: for a screen, or for print."""
    parts = map(_part, shown)
    template = environment().get_template("gallery.html")
    return template.render(parts=parts, paper=paper, printed_rows=PRINTED_ROWS)


def write(folder: Path, shown: tuple[str, ...] = SHOWN) -> list[Path]:
    """Both files; the page alone where there is nothing to lay a PDF out with."""
    folder.mkdir(parents=True, exist_ok=True)
    web = folder / "gallery.html"
    web.write_text(page(paper=False, shown=shown), encoding="utf-8")
    from reports.documents import pdf

    try:
        printed = pdf.write(page(paper=True, shown=shown), TITLE["nb"], "nb")
    except PdfUnavailable:
        return [web]
    (folder / "gallery.pdf").write_bytes(printed)
    return [web, folder / "gallery.pdf"]


if __name__ == "__main__":
    for path in write(Path(sys.argv[1] if len(sys.argv) > 1 else "demo/gallery")):
        print(path)
