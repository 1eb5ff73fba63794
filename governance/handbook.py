"""使用手册: the chapters of docs/handbook that belong to a reader's posts, as blocks for a page.

A chapter is docs/handbook/<role>.md, and docs/handbook/all.md is for everybody. Only a little of
Markdown is read (headings, paragraphs, lists), and all of it as plain text: nothing is marked
safe, so that a handbook can never bring markup of its own into a page.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from governance.roles import Role

FOLDER = Path(settings.BASE_DIR) / "docs" / "handbook"
EVERYBODY = "all"
LIST_ITEM = re.compile(r"\s*(?:[-*]|\d+[.、])\s+(.*)")
MARKS = re.compile(r"\*\*|`|\[([^\]]*)\]\([^)]*\)")


def chapters(roles: Iterable[str]) -> list[dict]:
    """The chapters for some roles, everybody's first: [{title, blocks}]; empty where none is.

    Each block is {kind: "title" | "text" | "list", text, items}.
    """
    wanted = [EVERYBODY, *(role for role in Role.values if role in set(roles))]
    found = []
    for name in wanted:
        path = FOLDER / f"{name}.md"
        if path.is_file():
            blocks = list(parsed(path, path.stat().st_mtime_ns))
            first = blocks[0] if blocks and blocks[0]["kind"] == "title" else None
            title = first["text"] if first else "通用" if name == EVERYBODY else Role(name).label
            found.append({"title": title, "blocks": blocks[1:] if first else blocks})
    return found


@lru_cache(maxsize=64)
def parsed(path: Path, stamp: int) -> tuple[dict, ...]:
    """The blocks of one file; read again when the file has changed (`stamp`)."""
    blocks: list[dict] = []
    for part in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        lines = [line for line in part.splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            blocks.append({"kind": "title", "text": plain(lines.pop(0).lstrip("#"))})
        if lines and all(LIST_ITEM.match(line) for line in lines):
            items = [plain(LIST_ITEM.match(line)[1]) for line in lines]
            blocks.append({"kind": "list", "items": items})
        elif lines:
            blocks.append({"kind": "text", "text": plain("".join(map(str.strip, lines)))})
    return tuple(blocks)


def plain(text: str) -> str:
    """Text without Markdown's signs; of a link its words."""
    return MARKS.sub(lambda found: found[1] or "", text).strip()
