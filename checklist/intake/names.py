"""The names in a responsibility cell: 县交通运输局(县道)、清泉、崇文、烟庄街道;各乡镇(街道).

A cell is cut at separators outside brackets. Each name is looked up as a whole, then without its
last bracket, which stays with the name as its qualifier. Names of an enumeration may share the
ending of the name that closes it. What is neither a unit nor a collective term is an error.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

NOBODY = {"", "无", "/", "-", "—", "——", "暂无"}
ENDINGS = (
    "街道办事处",
    "街道",
    "镇",
    "乡",
    "委员会",
    "管理局",
    "局",
    "办公室",
    "办",
    "部",
    "委",
    "大队",
    "所",
)
SUGGESTED = 200  # unknown names of one file for which near ones are looked up
_LABEL = re.compile(
    r"^(?:\d{1,2}[.、)]|[((]\d{1,2}[))]|[①-⑳])?\s*"
    r"(?:(?:主体|配合|牵头|共同|责任|协同|主责)(?:责任)?(?:部门|单位)?:)?\s*"
)
_BRACKETS = {"(": ")", "〔": "〕", "[": "]", "【": "】"}


@lru_cache(maxsize=8192)
def fold_name(text: str) -> str:
    """Return a unit's name as it is compared: width and blanks folded away."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True)
class Named:
    """One name of a cell, resolved: a unit or a collective term, with its qualifier."""

    kind: str  # "unit" or "term"
    id: int
    label: str
    qualifier: str = ""
    township: bool = False


@dataclass(frozen=True)
class Entry:
    """What the directory knows under one name."""

    kind: str
    id: int
    label: str
    township: bool = False


class Directory:
    """The names a county knows: full and short names of its units, and collective terms.

    Args:
        entries: (name, Entry) pairs; a name given for two different entries is ambiguous.
    """

    def __init__(self, entries: Iterable[tuple[str, Entry]]):
        self.entries: dict[str, Entry] = {}
        self.ambiguous: set[str] = set()
        self._suggested = 0
        self._cells: dict[str, tuple[tuple[Named, ...], tuple[str, ...]]] = {}
        for name, entry in entries:
            key = fold_name(name)
            known = self.entries.get(key)
            if known and (known.kind, known.id) != (entry.kind, entry.id):
                self.ambiguous.add(key)
            self.entries[key] = entry

    def look_up(self, name: str) -> Entry | None:
        """The entry that bears exactly this name (already folded)."""
        return None if name in self.ambiguous else self.entries.get(name)

    def near(self, name: str, limit: int = 3) -> list[str]:
        """Known names that look like `name`, the likeliest first."""
        bare = re.sub(r"^(?:冠县|县|区|市)", "", name)
        close = difflib.get_close_matches(name, self.entries, limit, 0.6)
        inside = [known for known in self.entries if len(bare) > 1 and _subsequence(bare, known)]
        ending = next((one for one in ENDINGS if bare.endswith(one)), "")
        stem = bare.removesuffix(ending)
        same = [known for known in self.entries if len(stem) > 1 and stem in known]
        found = [*close, *sorted(inside, key=len), *sorted(same, key=len)]
        return list(dict.fromkeys(found))[:limit]

    def resolve(self, text: str) -> tuple[tuple[Named, ...], tuple[str, ...]]:
        """Return (names, faults) of one cell; the same text is resolved once."""
        if text not in self._cells:
            self._cells[text] = self._resolve(text)
        return self._cells[text]

    def _resolve(self, text: str) -> tuple[tuple[Named, ...], tuple[str, ...]]:
        found: list[Named] = []
        faults: list[str] = []
        for group in _groups(text, self.entries.__contains__):
            index = 0
            while index < len(group):
                named, used = self._one(group, index)
                if named is None:
                    faults.append(self._unknown(group[index]))
                elif named not in found:
                    found.append(named)
                index += used
        return tuple(found), tuple(faults)

    def _one(self, group: list[str], index: int) -> tuple[Named | None, int]:
        """Resolve the name at `index`, trying terms of two names, its own, a shared ending."""
        if index + 1 < len(group):
            joined = self._with_qualifier(group[index] + "、" + group[index + 1])
            if joined:
                return joined, 2
        named = self._with_qualifier(group[index])
        if named is None:
            named = self._by_enumeration(group, index)
        return named, 1

    def _with_qualifier(self, name: str) -> Named | None:
        qualifiers: list[str] = []
        while name:
            entry = self.look_up(name)
            if entry:
                joined = "、".join(reversed(qualifiers))
                return Named(entry.kind, entry.id, entry.label, joined, entry.township)
            if not name.endswith(tuple(_BRACKETS.values())):
                return None
            opening = _opening(name)
            if opening <= 0:
                return None
            qualifiers.append(name[opening + 1 : -1])
            name = name[:opening]
        return None

    def _by_enumeration(self, group: list[str], index: int) -> Named | None:
        """清泉、崇文、烟庄街道 → 清泉街道; 县公安、民政局 → 县公安局, 县民政局.

        The ending comes from a later name of the same enumeration, the 县 in front from its first.
        """
        bare = group[index].partition("(")[0]
        endings = [
            ending
            for later in group[index + 1 :]
            for ending in ENDINGS
            if later.partition("(")[0].endswith(ending) and not bare.endswith(ending)
        ]
        prefixes = ["", group[0][0]] if index and group[0][0] in "县区市" else [""]
        for ending in ["", *endings]:
            for prefix in prefixes:
                entry = self.look_up(prefix + bare + ending)
                if entry and (prefix or ending):
                    return Named(entry.kind, entry.id, entry.label, "", entry.township)
        return None

    def _unknown(self, name: str) -> str:
        if name.partition("(")[0] in self.ambiguous or name in self.ambiguous:
            return f"“{name}”对应多个单位,请写全称"
        self._suggested += 1
        near = self.near(name.partition("(")[0] or name) if self._suggested <= SUGGESTED else []
        hint = f",是不是“{'”“'.join(near)}”?" if near else ",请用单位全称或规范简称"
        return f"不认识的单位“{name}”{hint}"


def _subsequence(bare: str, known: str) -> bool:
    """Whether all signs of `bare` occur in `known` in this order (县市场监管局 in …监督管理局)."""
    signs = iter(known)
    return all(sign in signs for sign in bare)


def _opening(name: str) -> int:
    """Index of the bracket that the last sign of `name` closes, or -1."""
    depth = 0
    for index in range(len(name) - 1, -1, -1):
        if name[index] in _BRACKETS.values():
            depth += 1
        elif name[index] in _BRACKETS:
            depth -= 1
            if depth == 0:
                return index
    return -1


def _groups(text: str, known: Callable[[str], bool]) -> list[list[str]]:
    """Cut a cell into names; names in one inner list stand in one enumeration.

    A blank inside a name parts two names unless the whole is known (党政机关合署 have one).
    """
    groups: list[list[str]] = [[]]
    depth = 0
    name = ""
    signs = unicodedata.normalize("NFKC", text)
    for index, sign in enumerate(signs + "\n"):
        if sign in _BRACKETS:
            depth += 1
        elif sign in _BRACKETS.values():
            depth = max(0, depth - 1)
        last = index == len(signs)
        if not last and (depth or sign not in "、,;\n。|"):
            name += sign
            continue
        words = _LABEL.sub("", name.strip())
        parts = words.split() if " " in words and not known(fold_name(words)) else [words]
        groups[-1] += [part for part in map(fold_name, parts) if part not in NOBODY]
        name = ""
        if sign in ";\n。|":
            groups.append([])
    return [group for group in groups if group]
