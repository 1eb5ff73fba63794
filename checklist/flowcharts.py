"""Run flows 运行流程("施工图"): drawn from their rows, compared row by row (GX-清单-01, TA-04).

Plain SVG, built here from text alone: every word is escaped, colours and sizes are attributes of
the drawing (no style, no script), so that page, paper and PDF show the same picture. The page
takes a wide drawing with one lane per unit, the phone a narrow one with the unit over each box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from governance.papers import clean

COLUMNS = ("办理单位", "办理内容", "时限", "材料")
FONT = "Noto Sans CJK SC, Microsoft YaHei, WenQuanYi Micro Hei, SimHei, sans-serif"
WIDE, NARROW = 720, 340
MOST_LANES = 5
"""More lanes would leave no room for words; the units then stand in the boxes."""
SIZE, SMALL = 14, 12
LINE, SMALL_LINE = 20, 17
PAD, GAP = 9, 30
SHEET = 880
"""Height of a drawing that fits on A4 under its title, at the width of the line."""
INK, SOFT, EDGE, WASH, LANE = "#18212e", "#435063", "#1b4f92", "#eaf1fb", "#f3f5f8"


class Row(NamedTuple):
    """One step of a run flow, as it is shown and compared."""

    unit: str
    action: str
    limit: str = ""
    material: str = ""


@dataclass(frozen=True)
class Box:
    """One step placed: lines of text under the column that is its lane."""

    place: int
    lane: int
    head: tuple[str, ...]
    words: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def height(self) -> int:
        """What the lines need."""
        lines = LINE * (len(self.words) + len(self.head)) + SMALL_LINE * len(self.notes)
        return lines + 2 * PAD


def rows_of(chart) -> list[Row]:
    """The rows of a stored flowchart (None: no rows); its steps may have been fetched before."""
    if chart is None:
        return []
    return [Row(one.unit, one.action, one.limit, one.material) for one in chart.steps.all()]


def rows_from(flow: Iterable[dict]) -> list[Row]:
    """The rows of a flow that an application brings."""
    return [Row(*(str(one.get(name, "")) for name in Row._fields)) for one in flow or ()]


def units_of(rows: Sequence[Row]) -> list[str]:
    """The units that take part, in the order in which they come in."""
    return list(dict.fromkeys(row.unit for row in rows))


# ------------------------------------------------------------------ words into lines


def width_of(sign: str, size: int) -> float:
    """How wide a sign is about to be: Latin letters take little more than half."""
    return size * (0.56 if ord(sign) < 0x2E80 else 1.0)


def wrap(text: str, room: float, size: int) -> tuple[str, ...]:
    """Lines that fit into some pixels; breaks that were typed stay."""
    lines = []
    for part in clean(text).split("\n"):
        line, used = "", 0.0
        for sign in part.strip():
            wide = width_of(sign, size)
            if line and used + wide > room:
                lines.append(line)
                line, used = "", 0.0
            line, used = line + sign, used + wide
        if line:
            lines.append(line)
    return tuple(lines)


def notes_of(row: Row, room: float) -> tuple[str, ...]:
    """Limit and material, small, under what is done."""
    told = [("时限:", row.limit), ("材料:", row.material)]
    return tuple(line for label, text in told if text for line in wrap(label + text, room, SMALL))


# ------------------------------------------------------------------ drawings


def drawings(rows: Sequence[Row], name: str) -> dict[str, SafeString] | None:
    """Both drawings of a flow ({"wide", "narrow"}); None without rows."""
    if not rows:
        return None
    return {"wide": drawing(rows, name), "narrow": drawing(rows, name, NARROW)}


def pages(rows: Sequence[Row], name: str) -> list[SafeString]:
    """A flow as drawings that each fit on a sheet; the numbers and lanes run through."""
    units, made, part, first, used = units_of(rows), [], [], 1, 0
    lanes = len(units) if 1 < len(units) <= MOST_LANES else 1
    for place, row in enumerate(rows, start=1):
        tall = boxed(place, row, units, lanes, WIDE / lanes).height + GAP
        if part and used + tall > SHEET:
            made.append(drawing(part, name, first=first, units=units))
            part, first, used = [], place, 0
        part.append(row)
        used += tall
    if part:
        made.append(drawing(part, name, first=first, units=units))
    return made


def drawing(
    rows: Sequence[Row], name: str, width: int = WIDE, first: int = 1, units: list[str] = ()
) -> SafeString:
    """One flow as SVG: lanes where there is room for them, else one column.

    Args:
        rows: the steps in order, at least one; name: the item, for those who cannot see;
        width: pixels of the drawing's own measure; it fills whatever place it is given;
        first: number of the first step; units: the lanes, where the rows are part of a flow.
    """
    units = units or units_of(rows)
    lanes = len(units) if width >= WIDE and 1 < len(units) <= MOST_LANES else 1
    room = width / lanes
    boxes = [boxed(place, row, units, lanes, room) for place, row in enumerate(rows, start=first)]
    heads = [wrap(unit, room - 2 * PAD, SIZE) for unit in units] if lanes > 1 else []
    head = max((len(lines) * LINE + 2 * PAD for lines in heads), default=0)
    tops, y = [], head + 12
    for box in boxes:
        tops.append(y)
        y += box.height + GAP
    height = y - GAP + 12
    parts = [
        lanes_drawn(heads, room, head, height),
        *(arrow(boxes, tops, nth, room) for nth in range(len(boxes) - 1)),
        *(box_drawn(box, top, room) for box, top in zip(boxes, tops, strict=True)),
    ]
    title = clean(f"{name}运行流程图,共{len(rows)}步")
    return format_html(
        '<svg class="flow" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}" '
        'font-family="{}" xmlns="http://www.w3.org/2000/svg"><title>{}</title>{}</svg>',
        *(width, height, width, height, title, FONT, title),
        format_html_join("", "{}", [(part,) for part in parts]),
    )


def boxed(place: int, row: Row, units: list[str], lanes: int, room: float) -> Box:
    """The lines of one step."""
    inner = room - 2 * (PAD + margin(room))
    head = wrap(row.unit, inner, SIZE) if lanes == 1 else ()
    lane = units.index(row.unit) if lanes > 1 else 0
    words = wrap(f"{place}. {row.action}", inner, SIZE)
    return Box(place, lane, head, words, notes_of(row, inner))


def margin(room: float) -> float:
    """The blank at both sides of a box."""
    return min(60.0, max(8.0, room * 0.05))


def lanes_drawn(heads: list, room: float, head: float, height: float) -> SafeString:
    """The lanes with their units on top."""
    drawn = []
    for place, lines in enumerate(heads):
        x = round(place * room, 1)
        fill = LANE if place % 2 == 0 else "#ffffff"
        drawn.append(
            format_html(
                '<rect x="{}" y="0" width="{}" height="{}" fill="{}" stroke="#dde3ea"/>'
                '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#dde3ea"/>{}',
                *(x, round(room, 1), height, fill, x, head, round(x + room, 1), head),
                lines_drawn(lines, x + room / 2, PAD, SIZE, LINE, INK, middle=True, bold=True),
            )
        )
    return format_html_join("", "{}", [(one,) for one in drawn])


def lines_drawn(lines, x, top, size, step, colour, middle=False, bold=False) -> SafeString:
    """Lines of text one below another, from the top edge of the first."""
    return format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="{}" font-weight="{}">{}</text>',
        [
            (round(x, 1), round(top + step * place + size, 1), size, colour,
             "middle" if middle else "start", "bold" if bold else "normal", line)
            for place, line in enumerate(lines)
        ],
    )  # fmt: skip


def box_drawn(box: Box, top: float, room: float) -> SafeString:
    """One step: unit (where there are no lanes), what is done, limit and material."""
    side = margin(room)
    x = box.lane * room + side
    text, y = x + PAD, top + PAD
    words = y + LINE * len(box.head)
    notes = words + LINE * len(box.words)
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" rx="5" fill="{}" stroke="{}"/>{}{}{}',
        *(round(x, 1), top, round(room - 2 * side, 1), box.height, WASH, EDGE),
        lines_drawn(box.head, text, y, SIZE, LINE, EDGE, bold=True),
        lines_drawn(box.words, text, words, SIZE, LINE, INK),
        lines_drawn(box.notes, text, notes, SMALL, SMALL_LINE, SOFT),
    )


def arrow(boxes: list[Box], tops: list[int], nth: int, room: float) -> SafeString:
    """From one box to the next: straight down, or over into the next unit's lane."""
    here, there = boxes[nth], boxes[nth + 1]
    x1, y1 = round(here.lane * room + room / 2, 1), tops[nth] + here.height
    x2, y2 = round(there.lane * room + room / 2, 1), tops[nth + 1]
    middle = y1 + GAP / 2
    return format_html(
        '<path d="M{} {}V{}H{}V{}" fill="none" stroke="{}" stroke-width="1.5"/>'
        '<path d="M{} {}l-5 -8h10z" fill="{}"/>',
        *(x1, y1, middle, x2, y2 - 7, EDGE, x2, y2, EDGE),
    )


# ------------------------------------------------------------------ differences


def differences(old: Sequence[Row], new: Sequence[Row]) -> list[dict]:
    """Two flows row by row: {"mark": same | gone | new, "place", "row"}, gone before new."""
    found = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, list(old), list(new), False).get_opcodes():
        if tag == "equal":
            found += [marked("same", place, new[place]) for place in range(b1, b2)]
            continue
        found += [marked("gone", place, old[place]) for place in range(a1, a2)]
        found += [marked("new", place, new[place]) for place in range(b1, b2)]
    return found


def marked(mark: str, place: int, row: Row) -> dict:
    """One row of a comparison."""
    return {"mark": mark, "place": place + 1, "row": row}
