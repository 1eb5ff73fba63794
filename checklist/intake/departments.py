"""The 责任部门 of an item: who leads, who shares, which duties are whose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from checklist.intake.blocks import clean
from checklist.intake.layouts import Header
from checklist.intake.names import Directory, Named, fold_name
from governance.sheets import Filled

LEADS = {"lead", "joint", "lead_joint"}
_TOLD = re.compile(r"^\s*(?:\d{1,2}[.、])?\s*([^::\n]{2,30})[::]\s*(.*)$")
_LEAD_JOINT = re.compile(r"(牵头|共同|配合)(?:责任)?(?:部门|单位)?[::]")


@dataclass(frozen=True)
class Fault:
    """One thing to put right. `row` is the row as Excel numbers it, `column` the heading."""

    sheet: str
    row: int | None
    column: str
    message: str

    def as_dict(self) -> dict:
        """As the command prints it and the import record keeps it (a database keeps no NUL)."""
        texts = {"sheet": self.sheet, "column": self.column, "message": self.message}
        return {"row": self.row} | {name: text.replace("\0", "") for name, text in texts.items()}


class Places(NamedTuple):
    """The rows of one item, and where its faults go."""

    lines: list[tuple[int, dict[str, str]]]
    header: Header
    sheet: str
    directory: Directory
    faults: list[Fault]

    def resolve(self, column: str, text: str) -> Sequence[Named]:
        """The names of a column over all rows; a merged cell counts in its first row only.

        Args:
            text: the column's text, joined and cleaned: all there is to an item of one row.
        """
        if len(self.lines) == 1:
            return self.names(self.lines[0][0], column, text)
        found: dict[Named, None] = {}
        first = self.lines[0][0]
        for number, line in self.lines:
            cell = line.get(column, "")
            if cell and (number == first or not isinstance(cell, Filled)):
                found |= dict.fromkeys(self.names(number, column, clean(cell)))
        return list(found)

    def names(self, number: int, column: str, cell: str) -> tuple[Named, ...]:
        """The names of one cell; what is wrong with them goes to the faults."""
        if not cell:
            return ()
        names, faults = self.directory.resolve(cell)
        if faults:
            label = self.header.label(column)
            self.faults.extend([Fault(self.sheet, number, label, text) for text in faults])
        return names


@dataclass
class Leads:
    lead: str
    joint: str
    named: dict[str, list[Named]]
    by_row: list[list[Named]]


def leads_of(places: Places) -> Leads:
    """The 责任部门 of an item: who leads, who shares, and who stands in which row."""
    named: dict[str, list[Named]] = {"lead": [], "joint": []}
    if not LEADS & places.header.columns.keys():
        return Leads("", "", named, [[] for _ in places.lines])
    by_row: list[list[Named]] = []
    for number, line in places.lines:
        here: list[Named] = []
        for role, column, cell in _lead_cells(line, first=not named["lead"]):
            for one in places.names(number, column, clean(cell)):
                if role == "lead" and column == "lead_joint" and named["lead"]:
                    role = "joint"
                if one not in named["lead"] and one not in named["joint"]:
                    named[role].append(one)
                here.append(one)
        by_row.append(here)
    lead, joint = ("、".join(_shown(one) for one in named[role]) for role in ("lead", "joint"))
    return Leads(lead, joint, named, by_row)


def _lead_cells(line: dict[str, str], first: bool) -> list[tuple[str, str, str]]:
    """(role, column, names) of one row; 牵头:…共同:… in one cell is taken apart."""
    cells = [
        ("lead", "lead", line.get("lead", "")),
        ("joint", "joint", line.get("joint", "")),
    ]
    both = line.get("lead_joint", "")
    if both:
        pieces = _LEAD_JOINT.split(both)
        if len(pieces) > 1:
            for label, names in zip(pieces[1::2], pieces[2::2], strict=False):
                cells.append(("lead" if label == "牵头" else "joint", "lead_joint", names))
        else:
            cells.append(("lead" if first else "joint", "lead_joint", both))
    return cells


def _shown(named: Named) -> str:
    return f"{named.label}({named.qualifier})" if named.qualifier else named.label


def duties_of(
    lines: list, by_row: list[list[Named]], texts: dict[str, str]
) -> tuple[str, dict[tuple[str, int], str]]:
    """The county's duties, each under its department where several rows name several; and by unit.

    A row whose 责任部门 is a township (or all of them) holds the township's duties.
    """
    several = len({tuple(names) for names in by_row if names}) > 1
    county: list[str] = []
    township: list[str] = []
    duties: dict[tuple[str, int], str] = {}
    for (number, line), names in zip(lines, by_row, strict=False):
        text = clean(line.get("county_duty", ""))
        if not text or (isinstance(line.get("county_duty"), Filled) and number != lines[0][0]):
            continue
        for named in names:
            duties.setdefault((named.kind, named.id), text)
        if names and all(named.township for named in names) and several:
            township.append(text)
            continue
        shown = "、".join(_shown(named) for named in names)
        entry = f"{shown}:{text}" if several and names and not text.startswith(shown) else text
        if entry not in county:
            county.append(entry)
    if township and not texts["township_duty"]:
        texts["township_duty"] = "\n".join(township)
    return "\n".join(county), duties


def told_duties(text: str, directory: Directory) -> dict[tuple[str, int], str]:
    """Duties that one cell tells by department: 县公安局:…, each up to the next name."""
    duties: dict[tuple[str, int], str] = {}
    if ":" not in text and ":" not in text:
        return duties
    whose: tuple[str, int] | None = None
    for line in text.split("\n"):
        hit = _TOLD.match(line)
        entry = directory.look_up(fold_name(hit[1])) if hit else None
        if entry:
            whose, line = (entry.kind, entry.id), hit[2]
        if whose:
            duties[whose] = f"{duties[whose]}\n{line}" if whose in duties else line
    return duties
