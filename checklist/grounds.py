"""The enumerated cases on which a list may be changed (GX-清单-06…21, JQ-清单-06…16, TA-05, 06).

Clauses are named in their generic form; the county's rulebook says which of its own stands for
each (`Rulebook.clause_for`).
"""

from typing import NamedTuple

LAW = "law"
GRASSROOTS = "grassroots"
FUNCTIONS = "functions"
SUPERIOR = "superior"
SUITED = "suited"
OTHER = "other"


class Ground(NamedTuple):
    """One case of an article: its key, wording and clause. `{levels}` are the county's."""

    key: str
    words: str
    clause: str


GROUNDS = {
    "add": (
        Ground(LAW, "法律、法规、规章新立或修订,涉及县乡共同承担的事项", "GX-清单-06"),
        Ground(GRASSROOTS, "未列入清单,基层反映县乡职责不清", "GX-清单-07"),
        Ground(FUNCTIONS, "机构职能调整,需要相应增加", "GX-清单-08"),
        Ground(OTHER, "其他应当增加的情形", "GX-清单-09"),
    ),
    "remove": (
        Ground(LAW, "法律、法规、规章新立、修订或废止,原依据失效", "GX-清单-10"),
        Ground(SUPERIOR, "{levels}决定取消", "GX-清单-11"),
        Ground(FUNCTIONS, "机构职能调整,不宜继续列入", "GX-清单-12"),
        Ground(OTHER, "其他应当减少的情形", "GX-清单-13"),
    ),
    "to_township": (
        Ground(LAW, "法律、法规、规章新立或修订", "GX-清单-14"),
        Ground(SUPERIOR, "{levels}决定调整", "GX-清单-15"),
        Ground(SUITED, "直接面向群众、量大面广,由乡镇(街道)管理更方便有效", "GX-清单-16"),
        Ground(OTHER, "其他应当调整的情形", "GX-清单-17"),
    ),
    "to_county": (
        Ground(LAW, "法律、法规、规章新立或修订", "GX-清单-18"),
        Ground(SUPERIOR, "{levels}决定调整", "GX-清单-19"),
        Ground(SUITED, "乡镇(街道)主体资格受限、专业技术要求高,由部门管理更顺畅", "GX-清单-20"),
        Ground(OTHER, "其他应当调整的情形", "GX-清单-21"),
    ),
    "content": (
        Ground(LAW, "法律、法规、规章新立或修订", "JQ-清单-14"),
        Ground(SUPERIOR, "{levels}决定调整", "JQ-清单-15"),
        Ground(OTHER, "其他应当调整内容的情形", "JQ-清单-16"),
    ),
}
"""Kind of change → its cases, in the order of the article."""

LEVELS = {"state": "国务院", "province": "省政府", "city": "市政府", "county": "县(区)政府"}


def levels(rulebook) -> list[tuple[str, str]]:
    """The levels whose decision counts in this county, as (key, name)."""
    return [(key, LEVELS[key]) for key in rulebook.value("adjust.authority_levels")]


def of(rulebook, kind: str) -> list[Ground]:
    """The cases of one kind of change, in this county's words and with its own clauses."""
    names = "、".join(name for _, name in levels(rulebook))
    return [
        Ground(one.key, one.words.format(levels=names), clause(rulebook, one.clause))
        for one in GROUNDS.get(kind, ())
    ]


def find(rulebook, kind: str, key: str) -> Ground | None:
    """One case, or None where the article has none of that name."""
    return next((one for one in of(rulebook, kind) if one.key == key), None)


def clause(rulebook, generic: str) -> str:
    """The county's own clause for a generic one."""
    return rulebook.cited(generic)
