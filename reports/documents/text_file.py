"""A document put into words (`blocks`) as a text file for a word processor (DOCX), the same bytes each time.

Headings, captions, lists and tables are the word processor's own, so that a planner can paste them into a
plan and its table of contents finds them. The language is set on every style; tables say which row is their
heading. Fields: the table of contents, the numbers of captions, the page numbers, and no others; each but the
page numbers holds its result already, for whoever reads the file where fields are never filled.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from forms.catalogue import Translate
from reports.documents import tongues
from reports.documents.blocks import (
    Became,
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
from reports.livery import Livery, Logo

ACCENT, MUTED = RGBColor(0x08, 0x48, 0x50), RGBColor(0x55, 0x63, 0x6B)
LOCALES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}
NEVER_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
WIDTH = 170.0
"""Of the text on A4, in millimetres."""
LOGO = 70.0, 24.0
"""Millimetres that a logo has."""
CONTENTS = (1, 2)
"""Levels of headings in the table of contents."""
TABLE_STYLE = f"""<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="BostemmeTable">
  <w:name w:val="Bostemme Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/><w:qFormat/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="8" w:space="0" w:color="084850"/>
      <w:bottom w:val="single" w:sz="8" w:space="0" w:color="084850"/>
      <w:insideH w:val="single" w:sz="4" w:space="0" w:color="D9D2C7"/>
    </w:tblBorders>
    <w:tblCellMar>
      <w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>
      <w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>
    </w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow">
    <w:rPr><w:b/><w:color w:val="084850"/></w:rPr>
    <w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="DCECEC"/></w:tcPr>
  </w:tblStylePr>
</w:style>"""
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def write(
    said: Said,
    language: str,
    author: str,
    made_on: date,
    t: Translate,
    marks: Sequence[str] = (),
    livery: Livery | None = None,
) -> bytes:
    """`made_on`: the day the file says it was made on, of the round and not of the clock. `marks`: what
    stands at the top of every page: that it is a draft, that it is made up. `livery`: of whose it is; a logo
    that is drawn (SVG) is left out, since word processors of some years ago show nothing for one."""
    paper = _Paper(language, t)
    paper.head(marks, said)
    if livery is not None:
        paper.wear(livery, author)
    paper.cover(said)
    for chapter in said.chapters:
        paper.chapter(chapter)
    for part in (paper.document.element, paper.document.sections[0].header._element):
        tongues.in_runs(part, LOCALES)
    core = paper.document.core_properties
    noon = datetime(made_on.year, made_on.month, made_on.day, 12)
    core.title, core.author, core.last_modified_by = _bare(said.title)[:250], _bare(author)[:250], ""
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


def _bare(text: str) -> str:
    """For what cannot bear a language of its own."""
    return tongues.without(_clean(text))


class _Paper:
    def __init__(self, language: str, t: Translate) -> None:
        self.document: Any = Document()
        self.t = t
        self._language = LOCALES[language]
        self._tables = self._headings = 0
        self._styles()
        self._page()
        _without_picture_of_the_template(self.document)

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
        for level in CONTENTS:
            style = styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.paragraph_format.space_after = normal, Pt(2)
            style.paragraph_format.left_indent = Mm(6 * (level - 1))
        styles.element.append(parse_xml(TABLE_STYLE))

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

    def head(self, marks: Sequence[str], said: Said) -> None:
        own = self.document.sections[0].header.paragraphs[0]
        own.add_run(_clean(" · ".join(marks))).bold = True
        own.add_run(_clean(" · ".join(("", said.heading)) if marks else said.heading))
        for run in own.runs:
            run.font.size, run.font.color.rgb = Pt(8.5), MUTED

    def wear(self, livery: Livery, whose: str) -> None:
        """The landlord's name on their colour, and the logo over it, or on it where it was made so."""
        logo = livery.logo if livery.logo and livery.logo.media_type != "image/svg+xml" else None
        if logo and livery.plate:
            self._logo(self.document.add_paragraph(), logo)
        own = self.document.add_paragraph()
        properties = own._p.get_or_add_pPr()
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", livery.colour[1:].upper())):
            shade.set(qn(f"w:{name}"), value)
        properties.append(shade)
        if logo and not livery.plate:
            self._logo(own, logo)
            own.add_run().add_break()
        run = own.add_run(_clean(whose))
        run.bold, run.font.size = True, Pt(14)
        run.font.color.rgb = RGBColor.from_string(livery.ink[1:].upper())

    def _logo(self, paragraph: Any, logo: Logo) -> None:
        wide, high = logo.within(*LOGO)
        shape = paragraph.add_run().add_picture(io.BytesIO(logo.content), Mm(wide), Mm(high))
        shape._inline.docPr.set("descr", _clean(logo.alt))

    def cover(self, said: Said) -> None:
        self._paragraph(said.kind, "Bostemme Lead")
        self._paragraph(said.heading, "Title")
        self._paragraph(said.sub, "Bostemme Lead")
        self._facts(self.t("cover.facts"), said.cover)
        # A heading that the table of contents does not list itself under.
        own = self._paragraph("", "Normal")
        own.add_run(self.t("plan.contents")).bold = True
        self._contents(said)

    def _contents(self, said: Said) -> None:
        """The headings as links, as the field will find them; the pages are the word processor's to tell."""
        listed = list(_listed(said))
        for number, (level, title) in enumerate(listed, 1):
            entry = self.document.add_paragraph(style=f"toc {level}")
            if number == 1:
                _field_begins(entry, r'TOC \o "1-2" \h \z \u', dirty=True)
            link = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), f"_Toc{number:08}")
            link.set(qn("w:history"), "1")
            link.append(entry.add_run(_clean(title))._r)
            entry._p.append(link)
            if number == len(listed):
                _mark(entry, "end")

    def _heading(self, title: str, level: int) -> None:
        """With the bookmark that the table of contents leads to."""
        own = self.document.add_heading(_clean(title), level)
        if level not in CONTENTS:
            return
        self._headings += 1
        for name in ("bookmarkStart", "bookmarkEnd"):
            mark = OxmlElement(f"w:{name}")
            mark.set(qn("w:id"), str(self._headings))
            if name == "bookmarkStart":
                mark.set(qn("w:name"), f"_Toc{self._headings:08}")
                own._p.insert(1, mark)
            else:
                own._p.append(mark)

    def chapter(self, chapter: Chapter) -> None:
        self._heading(chapter.title, 1)
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
                paragraph.paragraph_format.keep_with_next = True if style == "opens" else None
            case Sub(title=title, level=level):
                self._heading(title, level - 1)
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
            case Became(pairs=pairs):
                self._pairs(pairs)
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
        self._tables += 1
        _field(above, r"SEQ Tabell \* ARABIC", str(self._tables))
        above.add_run(f". {_clean(caption)}")
        table = self.document.add_table(rows=0, cols=len(head), style="Bostemme Table")
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
            own.set(qn("w:val"), _bare(caption))
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


def _listed(said: Said) -> Iterator[tuple[int, str]]:
    """(level, title) of what the table of contents lists, in the order of the document."""
    for chapter in said.chapters:
        yield 1, chapter.title
        for block in chapter.blocks:
            if isinstance(block, Sub) and block.level - 1 in CONTENTS:
                yield block.level - 1, block.title


def _without_picture_of_the_template(document: Any) -> None:
    """The library's template has a small picture of itself, which file managers would show for ours."""
    links = document.part.package.rels
    for id in [id for id, link in links.items() if link.reltype.endswith("/thumbnail")]:
        del links[id]


def _field(paragraph: Any, code: str, shown: str) -> None:
    """A field that the word processor fills anew when it is asked to. `shown`: its result until then."""
    _field_begins(paragraph, code)
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _field_begins(paragraph: Any, code: str, *, dirty: bool = False) -> None:
    """`dirty`: to be filled when the file is opened."""
    _mark(paragraph, "begin", dirty=dirty)
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = f" {code} "
    paragraph.add_run()._r.append(instruction)
    _mark(paragraph, "separate")


def _mark(paragraph: Any, kind: str, *, dirty: bool = False) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if dirty:
        mark.set(qn("w:dirty"), "true")
    paragraph.add_run()._r.append(mark)
