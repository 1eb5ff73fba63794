"""Papers 公文: one description, drawn as HTML, as PDF and as an editable .docx.

A paper is plain data (title, number, paragraphs, tables, signature), so that no template language
ever sees what people typed. Layout follows Chinese office habit (GB/T 9704): A4, title in 小标宋,
body in 仿宋 三号, headings in 黑体 and 楷体; the .docx names the office's fonts, the PDF falls back
to those of the server. Knows nothing of the rest.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

SONG, TITLE, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"

# What XML cannot hold: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Invisible marks that turn the direction of what follows.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class PdfMissing(RuntimeError):
    """This machine cannot make PDF; the message says what a person can do."""


# ------------------------------------------------------------------ the description


@dataclass(frozen=True)
class Text:
    """A paragraph; `kind` is body, to (the addressee), h1 (一、) or h2 ((一))."""

    text: str
    kind: str = "body"
    name = "text"


@dataclass(frozen=True)
class Cell:
    """A cell of a form: a heading or a value, over one or more columns."""

    text: str
    head: bool = False
    span: int = 1
    tall: bool = False


@dataclass(frozen=True)
class Table:
    """A form or a list; all rows together fill `columns` columns."""

    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    repeat_head: bool = False
    name = "table"


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG that is safe to print as it stands); Word gets its `boxes`, one by one."""

    drawing: str
    boxes: tuple[str, ...] = ()
    name = "picture"


@dataclass(frozen=True)
class Paper:
    """A document: what it is called, its number, its blocks, and who signs when."""

    title: str
    number: str = ""
    blocks: tuple = ()
    signer: str = ""
    date: str = ""
    seal: bool = True
    foot: str = ""
    mark: str = ""
    small: bool = field(default=False)
    landscape: bool = False

    @property
    def file_name(self) -> str:
        """What a download is called."""
        name = re.sub(r'[\\/:*?"<>|\s]+', "", clean(f"{self.number}{self.title}"))
        return name[:80] or "公文"


def clean(text: Any) -> str:
    """Text that any of the three forms can hold."""
    return _TURNING.sub("", _UNPRINTABLE.sub("", "" if text is None else str(text)))


def row(*cells: Cell | str) -> tuple[Cell, ...]:
    """A row of a form: plain words are values."""
    return tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in cells)


def head(text: str, span: int = 1) -> Cell:
    """A heading cell."""
    return Cell(text, head=True, span=span)


H1 = re.compile(r"[一二三四五六七八九十]+、")
H2 = re.compile(r"[(（][一二三四五六七八九十]+[)）]")


def body(text: str) -> tuple[Text, ...]:
    """Paragraphs of a running text; 一、 and (一) are recognised as headings, the first line that
    ends in a colon as the addressee.
    """
    found = []
    for place, line in enumerate(filter(None, (one.strip() for one in clean(text).split("\n")))):
        kind = "body"
        if H1.match(line) and len(line) < 40:
            kind = "h1"
        elif H2.match(line) and len(line) < 40:
            kind = "h2"
        elif place == 0 and line.endswith((":", "：")):
            kind = "to"
        found.append(Text(line, kind))
    return tuple(found)


# ------------------------------------------------------------------ HTML and PDF


def html(paper: Paper) -> str:
    """The whole document for the PDF writer, with its own style and nothing from elsewhere."""
    return clean(render_to_string("papers/pdf.html", {"paper": paper}))


def pdf_ready() -> bool:
    """Whether this machine can make PDF."""
    try:
        weasyprint()
    except PdfMissing:
        return False
    return True


def weasyprint():
    """The library, loaded when it is wanted.

    Raises:
        PdfMissing: libpango is not installed.
    """
    try:
        import weasyprint as library
    except OSError as error:
        raise PdfMissing(
            "本机未安装 PDF 组件(libpango),请下载 .docx,或请系统管理员安装后重试。"
        ) from error
    return library


def refuse(url: str, *args, **kwargs):
    """Nothing is ever loaded for a paper, neither from the network nor from the disk."""
    raise ValueError("公文不加载外部资源")


def pdf(paper: Paper) -> bytes:
    """The paper as PDF with embedded fonts.

    Raises:
        PdfMissing: see `weasyprint`.
    """
    library = weasyprint()
    return library.HTML(string=html(paper), url_fetcher=refuse).write_pdf(presentational_hints=True)


# ------------------------------------------------------------------ docx


def docx(paper: Paper) -> bytes:
    """The paper as an editable Word document."""
    from docx import Document

    document = Document()
    section = document.sections[0]
    lay_page(section, paper.landscape)
    document.core_properties.title = clean(paper.title)[:250]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    lay_style(document, 12 if paper.small else 16)
    lay_line(document, paper.title, "center", font=TITLE, size=22)
    if paper.mark:
        lay_line(document, paper.mark, "center")
    if paper.number:
        lay_line(document, paper.number, "center")
    for block in paper.blocks:
        if isinstance(block, Table):
            lay_table(document, block, 9 if paper.landscape else 12)
        elif isinstance(block, Picture):
            lay_boxes(document, block)
        else:
            lay_text(document, block)
    lay_signature(document, paper)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def lay_page(section, landscape: bool) -> None:
    """A4 upright or across, with the number of the page at its foot."""
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin = section.right_margin = Mm(15)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    foot._p.append(number)


def lay_style(document, size: int) -> None:
    """The body's font, for Chinese and for Latin letters, and its lines."""
    from docx.shared import Pt

    style = document.styles["Normal"]
    name_font(style.font, style.element.get_or_add_rPr(), SONG)
    style.font.size = Pt(size)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(28 if size == 16 else 20)


def name_font(font, properties, name: str) -> None:
    """Word wants the East Asian font in an attribute of its own."""
    from docx.oxml.ns import qn

    font.name = LATIN
    fonts = properties.get_or_add_rFonts()
    for place in ("w:eastAsia", "w:hAnsi" if name != SONG else "w:eastAsia"):
        fonts.set(qn(place), name if place == "w:eastAsia" else LATIN)


def lay_line(document, text: str, align: str = "left", font: str = SONG, size: int = 0, indent=0):
    """One paragraph; line breaks inside the text stay."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(indent)
    if size > 16:
        paragraph.paragraph_format.line_spacing = Pt(36)
        paragraph.paragraph_format.space_after = Pt(6)
    run = paragraph.add_run(clean(text))
    if font != SONG:
        name_font(run.font, run._element.get_or_add_rPr(), font)
    if size:
        run.font.size = Pt(size)
    return paragraph


FONTS = {"h1": HEI, "h2": KAI}


def lay_text(document, block: Text) -> None:
    """A paragraph, indented by two characters unless it is the addressee."""
    indent = 0 if block.kind == "to" else 32
    lay_line(document, block.text, font=FONTS.get(block.kind, SONG), indent=indent)


def lay_table(document, block: Table, size: int = 12) -> None:
    """A form with merged cells, in the widths that it asks for (shares of the line)."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Emu, Mm

    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    columns, whole = len(block.widths), sum(block.widths)
    table = document.add_table(rows=len(block.rows), cols=columns)
    table.style, table.autofit = "Table Grid", False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for place, (line, cells) in enumerate(zip(table.rows, block.rows, strict=True)):
        found, column = line.cells, 0
        keep_together(line, block.repeat_head and place == 0)
        for cell in cells:
            last = min(column + cell.span, columns) - 1
            target = found[column] if last == column else found[column].merge(found[last])
            target.width = Emu(room * sum(block.widths[column : last + 1]) // whole)
            fill(target, cell, size)
            column = last + 1
        if any(cell.tall for cell in cells):
            line.height = Mm(26)


def lay_boxes(document, block: Picture) -> None:
    """A drawing as Word can edit it: one box a step, an arrow between two."""
    for place, words in enumerate(block.boxes):
        if place:
            lay_line(document, "↓", "center", size=12)
        lay_table(document, Table((row(Cell(words)),), (100,)))


def keep_together(line, repeat: bool) -> None:
    """A row never breaks across pages; the first one is repeated on each."""
    from docx.oxml import OxmlElement

    properties = line._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeat:
        properties.append(OxmlElement("w:tblHeader"))


def fill(target, cell: Cell, size: int = 12) -> None:
    """Words of a cell; its lines become lines."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = target.paragraphs[0]
    paragraph.paragraph_format.line_spacing = Pt(size * 1.5)
    if cell.head:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not cell.tall:
        target.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    run = paragraph.add_run(clean(cell.text))
    run.font.size = Pt(size)


def lay_signature(document, paper: Paper) -> None:
    """Who signs and when, at the right, with room for the seal above the names."""
    if paper.signer or paper.date:
        for _ in range(3 if paper.seal else 1):
            lay_line(document, "")
        if paper.signer:
            lay_line(document, f"{paper.signer}(印章)" if paper.seal else paper.signer, "right")
        lay_line(document, paper.date or "    年    月    日", "right")
    if paper.foot:
        lay_line(document, paper.foot, size=10)


def texts(paper: Paper) -> Iterable[str]:
    """Every text of a paper, for tests and for search."""
    yield from (paper.title, paper.number)
    for block in paper.blocks:
        if isinstance(block, Table):
            yield from (cell.text for line in block.rows for cell in line)
        elif isinstance(block, Picture):
            yield from block.boxes
        else:
            yield block.text
    yield from (paper.signer, paper.date, paper.foot)
