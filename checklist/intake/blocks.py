"""From the rows of a sheet to the rows of each item: continuations, sections, notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from checklist.intake.layouts import Header, fold
from governance.sheets import Filled

_NOTE = re.compile(
    r"^[((【\[]?(?:备\s*注|说\s*明|注|填表|填报|制表|审核|联系|合\s*计|共计|打印|单位负责人|第\s*\d+\s*页)"
)
_SECTION = re.compile(r"^[((]?(?:第)?[一二三四五六七八九十百]+(?:部分|类)?[、..))]\s*(\S.*)$")
_COUNTED = re.compile(r"[((]\s*(?:共)?\s*\d+\s*[项件个条]\s*[))]\s*$")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")
FEW = 4  # with more cells than these a row is never a note or a section, unless all are merged
_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r"[ \t\u00a0\u3000]+\n|[ \t\u00a0\u3000]+$")


@dataclass(slots=True)
class Block:
    """The rows of one item: (Excel row number, field → cell)."""

    lines: list[tuple[int, dict[str, str]]]
    section: str


def is_clean(cells: Iterable[str]) -> bool:
    """Whether `clean` would leave every one of these cells as it is; in doubt, no."""
    joined = f"¦{'¦'.join(cells)}¦"
    if not joined.replace("\n", "").isprintable():
        return False
    return not (
        " ¦" in joined or "¦ " in joined or " \n" in joined or "\n¦" in joined or "¦\n" in joined
    )


def clean(text: str) -> str:
    """Return a cell's text without invisible signs and trailing blanks; lines are kept."""
    if not text or (text.isprintable() and text[0] != " " and text[-1] != " "):
        return str(text)
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANKS.sub(lambda hit: "\n" if "\n" in hit[0] else "", text).strip("\n \t\u3000\u00a0")


def clean_line(text: str) -> str:
    """Return a cell's text in one line: Chinese without the breaks that a narrow column forced."""
    text = clean(text)
    if not _SPACE.search(text):
        return text
    return " ".join(text.split()) if text.isascii() else _SPACE.sub("", text)


def group(
    rows: Iterator[tuple[int, list[str]]], header: Header, count: Callable[[], None]
) -> Iterator[Block]:
    """Group rows into items; leave out blank rows, sections, notes and repeated headers."""
    block: Block | None = None
    section = ""
    noted = False
    names = tuple(header.columns)
    places = tuple(header.columns.values())
    pick, needed = itemgetter(*places), max(places) + 1
    initial = header.label("name")[:1]
    for number, cells in rows:
        if len(cells) < needed:
            cells = cells + [""] * (needed - len(cells))
        line = dict(zip(names, pick(cells), strict=True))
        filled = [cell for cell in cells if cell]
        if len(filled) <= FEW or type(filled[-1]) is Filled or filled[0].isspace():
            texts = {cell for cell in filled if not cell.isspace()}
            if not texts:
                continue
            if len(texts) <= 2:
                kind, words = _lonely(cells, noted, line)
                noted = noted or kind == "note"
                section = words if kind == "section" else section
                if kind:
                    continue
        if line["name"][:1] == initial and _is_header(line, header):
            continue
        count()
        if block and _continues(line, header):
            block.lines.append((number, line))
            continue
        if block:
            yield block
        block = Block([(number, line)], section)
    if block:
        yield block


def _lonely(cells: list[str], noted: bool, line: dict[str, str]) -> tuple[str, str]:
    """Say whether a row with hardly any text is a note, a section, or neither."""
    texts = [(at, cell) for at, cell in enumerate(cells) if cell and not cell.isspace()]
    first = texts[0][1].strip()
    if _NOTE.match(first):
        return "note", ""
    alone = all(cell == texts[0][1] for _, cell in texts)
    if not alone or (len(texts) == 1 and _is_duty(texts[0][1], line)):
        return "", ""
    if noted:
        return "note", ""
    hit = _SECTION.match(first)
    if hit or (len(texts) >= 3 and len(first) <= 40):
        return "section", _COUNTED.sub("", hit[1] if hit else first).strip()
    return "", ""


def _is_duty(text: str, line: dict[str, str]) -> bool:
    """Whether a lone text stands in a column of duties, and so goes on with the item above."""
    return any(line.get(name) == text for name in ("county_duty", "township_duty", "basis"))


def _is_header(line: dict[str, str], header: Header) -> bool:
    """Whether the row repeats the header (a title printed on each page)."""
    same = sum(1 for name, text in line.items() if text and fold(text) == fold(header.label(name)))
    return same >= 3


def _continues(line: dict[str, str], header: Header) -> bool:
    """Whether the row belongs to the item above it.

    Either its name is merged with the row above, or it has no name, number and category of its
    own and none of what every item says once (a row that says it has lost its name: an error).
    """
    name = line["name"]
    if name:
        return type(name) is Filled
    once = ("township_duty",) if header.layout == "D" else ("main", "coop")
    return not any(own(line.get(one, "")) for one in ("no", "category", *once))


def own(cell: str) -> str:
    """The text of a cell unless a merged range lends it."""
    return "" if isinstance(cell, Filled) else cell
