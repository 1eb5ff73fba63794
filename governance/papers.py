"""Papers 公文: one description, drawn as HTML, as PDF and as an editable .docx.

A paper is plain data (title, number, paragraphs, tables, signature), so that no template language
ever sees what people typed. Layout follows Chinese office habit (GB/T 9704): A4, title in 小标宋,
body in 仿宋 三号, headings in 黑体 and 楷体; the .docx names the office's fonts, the PDF falls back
to those of the server. Knows nothing of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"

# What XML cannot hold: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Invisible marks that turn the direction of what follows.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class PdfMissing(RuntimeError):
    """This machine cannot make PDF; the message says what a person can do."""


# ------------------------------------------------------------------ the description


@dataclass(frozen=True)
class Text:
    """A paragraph; `kind` is body, to (the addressee), h1 (一、), h2 ((一)), note (small, below a
    form), right (signer and day before an annex) or annex (heading of an 附页, on its own page).
    """

    text: str
    kind: str = "body"
    name = "text"


@dataclass(frozen=True)
class Line:
    """The line above a form: who at the left, when at the right."""

    left: str
    right: str
    name = "line"


@dataclass(frozen=True)
class Cell:
    """A cell of a form: a heading or a value, over one or more columns, down one or more rows;
    `sign` closes it at the right (signer and day).
    """

    text: str
    head: bool = False
    span: int = 1
    tall: bool = False
    down: int = 1
    sign: str = ""


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
    form: bool = False
    """A form that fills one page as its original does: narrower margins, lower boxes."""

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
    from governance import papers_docx  # it knows the shapes that stand here

    return papers_docx.written(paper)


def texts(paper: Paper) -> Iterable[str]:
    """Every text of a paper, for tests and for search."""
    yield from (paper.title, paper.number)
    for block in paper.blocks:
        if isinstance(block, Table):
            yield from (f"{c.text}\n{c.sign}".strip() for line in block.rows for c in line)
        elif isinstance(block, Picture):
            yield from block.boxes
        elif isinstance(block, Line):
            yield from (block.left, block.right)
        else:
            yield block.text
    yield from (paper.signer, paper.date, paper.foot)
