"""A document put into words (`blocks`) as a text file for a word processor (DOCX), the same bytes each time.

Headings, captions, lists and tables are the word processor's own, so that a planner can paste them into a
plan and its table of contents finds them. The language is set on every style; tables say which row is their
heading. Fields: the table of contents, the numbers of captions, the page numbers, and no others.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from forms.catalogue import Translate
from reports.documents.blocks import (
    Block,
    Chapter,
    Claim,
    Dots,
    Drawing,
    Facts,
    Pair,
    Points,
    Quoted,
    Said,
    Seen,
    Sub,
    Table,
    Text,
)

ACCENT, MUTED = RGBColor(0x08, 0x48, 0x50), RGBColor(0x55, 0x63, 0x6B)
LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
NEVER_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
WIDTH = 170.0
"""Of the text on A4, in millimetres."""
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def write(said: Said, language: str, author: str, made_on: date, t: Translate) -> bytes:
    """`made_on`: the day the file says it was made on, of the round and not of the clock."""
    paper = _Paper(language, t)
    paper.cover(said)
    for chapter in said.chapters:
        paper.chapter(chapter)
    core = paper.document.core_properties
    noon = datetime(made_on.year, made_on.month, made_on.day, 12)
    core.title, core.author, core.last_modified_by = _clean(said.title)[:250], _clean(author)[:250], ""
    core.language, core.created, core.modified, core.revision = LOCALES[language], noon, noon, 1
    core.subject, core.comments = _clean(said.kind), ""
    out = io.BytesIO()
    paper.document.save(out)
    return _same_every_time(out.getvalue())


def _same_every_time(content: bytes) -> bytes:
    """The parts in one order, none with the day of the clock."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            file.writestr(zipfile.ZipInfo(name, ZIP_DAY), made.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _clean(text: str) -> str:
    """Without what a file of XML cannot hold."""
    return NEVER_IN_XML.sub("", text)


class _Paper:
    def __init__(self, language: str, t: Translate) -> None:
        self.document: Any = Document()
        self.t = t
        self._language = LOCALES[language]
        self._styles()
        self._page()

    def _styles(self) -> None:
        styles = self.document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = "Open Sans", Pt(10)
        normal.paragraph_format.space_after = Pt(6)
        for style in styles:  # one language throughout; no theme's own typeface for headings
            if style.type in (WD_STYLE_TYPE.PARAGRAPH, WD_STYLE_TYPE.CHARACTER):
                _language_of(style.element.get_or_add_rPr(), self._language)
        defaults = styles.element.find(qn("w:docDefaults"))
        if defaults is not None:
            for own in defaults.iter(qn("w:lang")):
                own.set(qn("w:val"), self._language)
        for name, size in (("Title", 28), ("Heading 1", 18), ("Heading 2", 13), ("Heading 3", 11)):
            style = styles[name]
            style.font.name, style.font.size, style.font.bold = "Open Sans", Pt(size), True
            style.font.color.rgb = ACCENT
            fonts = style.element.rPr.rFonts
            for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{kind}"), None)
            style.paragraph_format.keep_with_next = True
        caption = styles["Caption"]
        caption.font.size, caption.font.bold, caption.font.color.rgb = Pt(9.5), True, ACCENT
        caption.paragraph_format.keep_with_next = True
        for name, points, colour in (("Bostemme Note", 8.5, MUTED), ("Bostemme Lead", 12.0, None)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.font.size = normal, Pt(points)
            if colour is not None:
                style.font.color.rgb = colour

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _field(foot, "PAGE", "1")
        foot.add_run(" / ")
        _field(foot, "NUMPAGES", "1")

    def cover(self, said: Said) -> None:
        self._paragraph(said.kind, "Bostemme Lead")
        self._paragraph(said.heading, "Title")
        self._paragraph(said.sub, "Bostemme Lead")
        self._facts(self.t("cover.facts"), said.cover)
        # A heading that the table of contents does not list itself under.
        own = self._paragraph("", "Normal")
        own.add_run(self.t("plan.contents")).bold = True
        _field(self.document.add_paragraph(), r'TOC \o "1-2" \h \z \u', self.t("plan.toc_hint"), dirty=True)

    def chapter(self, chapter: Chapter) -> None:
        self.document.add_heading(_clean(chapter.title), 1)
        for block in chapter.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Text(text=text, style=style):
                named = {"lead": "Bostemme Lead", "note": "Bostemme Note"}.get(style, "Normal")
                paragraph = self._paragraph("", named)
                if style == "warn":
                    paragraph.add_run(f"{self.t('plan.note')} ").bold = True
                paragraph.add_run(_clean(text))
            case Sub(title=title, level=level):
                self.document.add_heading(_clean(title), level - 1)
            case Points(items=items):
                for item in items:
                    self._paragraph(item, "List Bullet")
            case Facts(caption=caption, rows=rows):
                self._facts(caption, rows)
            case Table():
                self._table(block.caption, block.head, block.rows, block.shares)
            case Dots():
                head = (block.first, block.unit, self.t("table.interval"), self.t("table.n"))
                cells = [(row.text, row.value or "–", row.interval, row.n or "–") for row in block.rows]
                self._table(block.caption, head, cells, (50, 14, 24, 12))
            case Drawing():
                pass  # the table after it tells the same
            case Claim():
                self._claim(block)
            case Seen():
                self._paragraph(f"{block.title}: {block.sentence} {self.t('plan.seen')}", "Normal")
                self._pairs(block.before)
            case Quoted(text=text, source=source):
                self._paragraph(text, "Quote")
                self._paragraph(source, "Bostemme Note")

    def _claim(self, claim: Claim) -> None:
        self.document.add_heading(_clean(f"{claim.title}. {claim.kind_name}"), 3)
        self._paragraph(claim.sentence, "Bostemme Lead")
        tags = f" {self.t('plan.tags', tags=claim.tags)}" if claim.tags else ""
        self._paragraph(f"{claim.base}{tags}", "Bostemme Note")
        self._pairs(claim.before)
        if claim.equals:
            caption = self.t("plan.know.caption", finding=claim.title)
            head, texts = (tuple(getattr(pair, of) for pair in claim.equals) for of in ("title", "text"))
            self._table(caption, head, [texts], (33, 33, 34))
        self._pairs(claim.after)

    def _pairs(self, pairs: Sequence[Pair]) -> None:
        for pair in pairs:
            paragraph = self._paragraph("", "Normal")
            paragraph.add_run(f"{_clean(pair.title)}: ").bold = True
            paragraph.add_run(_clean(pair.text))
            for point in pair.points:
                self._paragraph(point, "List Bullet")

    def _facts(self, caption: str, rows: Sequence[tuple[str, str]]) -> None:
        self._table(caption, (self.t("plan.fact"), self.t("plan.fact_said")), rows, (30, 70))

    def _paragraph(self, text: str, style: str) -> Any:
        return self.document.add_paragraph(_clean(text), style)

    def _table(
        self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[int]
    ) -> None:
        above = self.document.add_paragraph(style="Caption")
        above.add_run(f"{self.t('plan.table')} ")
        _field(above, r"SEQ Tabell \* ARABIC", "1", dirty=True)
        above.add_run(f". {_clean(caption)}")
        table = self.document.add_table(rows=0, cols=len(head), style="Table Grid")
        table.autofit = False
        for number, cells in enumerate((head, *rows)):
            row = table.add_row()
            _keep_whole(row, head=number == 0)
            for cell, text, share in zip(row.cells, cells, shares, strict=True):
                cell.width = Mm(WIDTH * share / 100)
                own = cell.paragraphs[0]
                own.paragraph_format.space_after = Pt(1)
                run = own.add_run(_clean(text))
                run.font.size, run.bold = Pt(8.5), number == 0
        properties = table._tbl.tblPr
        for name in ("tblCaption", "tblDescription"):
            own = OxmlElement(f"w:{name}")
            own.set(qn("w:val"), _clean(caption))
            properties.append(own)
        self.document.add_paragraph().paragraph_format.space_after = Pt(2)


def _keep_whole(row: Any, *, head: bool) -> None:
    """A row does not part over pages; the first is the heading, and is said again on each."""
    properties = row._tr.get_or_add_trPr()
    for name in ("cantSplit", *(("tblHeader",) if head else ())):
        properties.append(OxmlElement(f"w:{name}"))


def _language_of(properties: Any, language: str) -> None:
    for own in properties.findall(qn("w:lang")):
        properties.remove(own)
    own = OxmlElement("w:lang")
    own.set(qn("w:val"), language)
    properties.append(own)


def _field(paragraph: Any, code: str, shown: str, *, dirty: bool = False) -> None:
    """A field that the word processor fills; `dirty`: when the file is opened."""
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "begin" and dirty:
            mark.set(qn("w:dirty"), "true")
        paragraph.add_run()._r.append(mark)
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {code} "
            paragraph.add_run()._r.append(instruction)
        if kind == "separate":
            paragraph.add_run(shown)
