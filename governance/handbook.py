"""使用手册: the chapters of docs/handbook that belong to a reader's posts, as blocks for a page.

Only a little of Markdown is read (headings, paragraphs, lists, tables), and all of it as plain
text: nothing is marked safe, so that a handbook can never bring markup of its own into a page.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from governance.roles import ADMINISTRATORS, Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "handbook"
CHAPTERS = {
    # file: the roles it is for; None: everybody
    "README": None,
    "township": {Role.TOWNSHIP_CLERK, Role.TOWNSHIP_LEADER, Role.VILLAGE_CLERK},
    "department": {
        Role.DEPARTMENT_CLERK,
        Role.DEPARTMENT_LEADER,
        Role.AGENCY_HEAD,
        Role.AGENCY_MEMBER,
    },
    "platform": {Role.PLATFORM},
    "oversight": {Role.DUCHA, Role.JIWEI, Role.KAOHE, Role.COUNTY},
    "bianban": {Role.BIANBAN},
    "review": {
        Role.BIANBAN,
        Role.SIFA,
        Role.COUNTY,
        Role.MEETING_OFFICE,
        Role.CITY_BIANBAN,
        Role.CITY_SIFA,
    },
    "finance": {Role.CAIZHENG},
    "administrators": ADMINISTRATORS,
}
ITEM = re.compile(r"\s*(?:[-*]|\d+[.、])\s+(.*)")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
RULE = re.compile(r"[|\s:-]+")


def chapters(roles: Iterable[str]) -> list[dict]:
    """The chapters for some roles, everybody's first: [{title, blocks}]; empty where none is.

    Each block is {kind: "title" | "text" | "list" | "table", text, items, rows}.
    """
    held, found = set(roles), []
    for name, readers in CHAPTERS.items():
        path = FOLDER / f"{name}.md"
        if (readers is None or held & readers) and path.is_file():
            title, *blocks = parsed(path, path.stat().st_mtime_ns) or [{"text": ""}]
            found.append({"title": title.get("text", ""), "blocks": blocks})
    return found


@lru_cache(maxsize=64)
def parsed(path: Path, stamp: int) -> list[dict]:
    """The blocks of one file; read again when the file has changed (`stamp`)."""
    blocks: list[dict] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        add(blocks, line)
    return [one for one in blocks if one["kind"] != "gap" and not leads_elsewhere(one)]


def add(blocks: list[dict], line: str) -> None:
    """Take one more line: it begins a block or goes on with the last one."""
    last = blocks[-1]["kind"] if blocks else "gap"
    item = ITEM.fullmatch(line)
    if not line.strip():
        blocks.append({"kind": "gap"})
    elif line.startswith("#"):
        blocks.append({"kind": "title", "text": plain(line.lstrip("#"))})
    elif line.startswith("|"):
        if last != "table":
            blocks.append({"kind": "table", "rows": [], "links": False})
        blocks[-1]["links"] |= bool(LINK.search(line))
        if not RULE.fullmatch(line):
            blocks[-1]["rows"].append([plain(cell) for cell in line.strip().strip("|").split("|")])
    elif item and last == "list":
        blocks[-1]["items"].append(plain(item[1]))
    elif item:
        blocks.append({"kind": "list", "items": [plain(item[1])]})
    elif last == "list":
        blocks[-1]["items"][-1] += plain(line)
    elif last == "text":
        blocks[-1]["text"] += plain(line)
    else:
        blocks.append({"kind": "text", "text": plain(line)})


def leads_elsewhere(block: dict) -> bool:
    """A table of links to other chapters means nothing here: the reader's own stand below."""
    return block.get("links", False)


def plain(text: str) -> str:
    """Text without Markdown's signs; of a link its words."""
    return LINK.sub(r"\1", text).replace("**", "").replace("`", "").strip()
