"""Joint approval 联合审批: a chain of stages that a county's rulebook names (decision 2).

Three apps need it (list changes, admission and exit, meetings), so it stands once. The records
and their steps are in `models/stage.py`; a `Staged` matter's own steps use what stands here.
"""

from governance import rulebooks
from governance.chains import CLERICAL, office

__all__ = [
    "CLERICAL",
    "line",
    "manned",
    "office",
    "unmanned",
    "unmanned_words",
]


def unmanned(matter) -> list[str]:
    """The stages for which nobody holds the post, in words."""
    return [row["label"] for row in matter.chain() if office(matter.county, row["role"]) is None]


def manned(matter, at) -> bool:
    """Whether somebody holds the post of every stage."""
    return not unmanned(matter)


def unmanned_words(matter, at) -> str:
    """Which posts the system administrator has to fill first."""
    return f"{'、'.join(unmanned(matter))}尚无人任职,请系统管理员先设置岗位。"


def line(matter) -> list[dict]:
    """The chain as pages draw it: groups of stages side by side, those to come as well.

    Returns:
        [{"order", "stages": [{"label", "limit", "clause", "role", "record"}]}]; `record` is None
        for a stage whose turn has not come.
    """
    book = matter.rulebook or rulebooks.latest(matter.county)
    records = {one.name: one for one in matter.current().select_related("unit", "decided_by")}
    groups: dict[int, list[dict]] = {}
    for row in book.value(matter.chain_key):
        groups.setdefault(row["order"], []).append(row | {"record": records.get(row["stage"])})
    return [{"order": order, "stages": rows} for order, rows in groups.items()]
