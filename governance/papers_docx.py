"""A paper as an editable .docx: the office's fonts, A4, forms with merged cells."""

from __future__ import annotations

import io

from governance.papers import Cell, Line, Paper, Picture, Table, Text, clean, row

SONG, TITLE, HEI, KAI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"


def written(paper: Paper) -> bytes:
    """The paper as an editable Word document."""
    from docx import Document
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    lay_page(section, paper.landscape)
    if paper.form:
        section.top_margin = section.bottom_margin = Mm(18)
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
        elif isinstance(block, Line):
            lay_ends(document, block)
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


FONTS = {"h1": HEI, "h2": KAI, "annex": HEI}


def lay_text(document, block: Text) -> None:
    """A paragraph, indented by two characters unless it stands for itself."""
    indent = 0 if block.kind in ("to", "note", "annex", "right") else 32
    size = 10 if block.kind == "note" else 0
    font = FONTS.get(block.kind, SONG)
    align = "right" if block.kind == "right" else "left"
    line = lay_line(document, block.text, align, font, size, indent)
    line.paragraph_format.page_break_before = block.kind == "annex"


def lay_ends(document, block: Line) -> None:
    """Words at both ends of one line."""
    from docx.enum.text import WD_TAB_ALIGNMENT

    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    line = lay_line(document, f"{clean(block.left)}\t{clean(block.right)}")
    line.paragraph_format.tab_stops.add_tab_stop(room, WD_TAB_ALIGNMENT.RIGHT)


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
    taken: set[tuple[int, int]] = set()  # places into which a cell above reaches down
    for place, (line, cells) in enumerate(zip(table.rows, block.rows, strict=True)):
        found, column = line.cells, 0
        keep_together(line, block.repeat_head and place == 0)
        for cell in cells:
            while (place, column) in taken:
                column += 1
            last = min(column + cell.span, columns) - 1
            foot = place + cell.down - 1
            taken |= {(y, x) for y in range(place, foot + 1) for x in range(column, last + 1)}
            whole_cell = (last, foot) == (column, place)
            target = found[column] if whole_cell else found[column].merge(table.cell(foot, last))
            target.width = Emu(room * sum(block.widths[column : last + 1]) // whole)
            fill(target, cell, size)
            column = last + 1
        if any(cell.tall for cell in cells):
            line.height = Mm(18 if size == 12 else 26)


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
    if cell.sign:
        closing = target.add_paragraph()
        closing.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        closing.paragraph_format.line_spacing = Pt(size * 1.5)
        closing.add_run(clean(cell.sign)).font.size = Pt(size)


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
