"""The registers that only the township and the platform may open: ratings and callbacks."""

from governance.presenting import name_of, tag
from governance.roles import Role
from hucall import filters
from hucall.models import Callback, Rating
from hucall.presenting import LEVEL

from .base import (
    CLOCK,
    STATE,
    TOWNSHIP,
    TOWNSHIP_COLUMN,
    Column,
    Register,
    Seen,
    moment_cell,
    of_call,
)


def level_cell(rating, look: Seen) -> dict | str:
    """The rating as a tag."""
    if not rating.level:
        return "—"
    return {
        "tag": tag(rating.get_level_display(), *LEVEL[rating.level]),
        "note": rating.reason,
    }


def judged(model):
    """Ratings or callbacks that the user may see, with call and unit."""

    def rows(user):
        found = model.objects.visible_to(user)
        return found.select_related("call", "owner", "response__unit", "response__call")

    return rows


JUDGED_UNIT = Column(
    "承办单位",
    lambda row, look: name_of(row.response.unit),
    lambda row, look: str(row.response.unit),
)
ROUND = Column("轮次", None, lambda row, look: row.round, width=8)

RATINGS = Register(
    name="ratings",
    title="评价",
    rows=judged(Rating),
    filter=filters.RatingFilter,
    roles=TOWNSHIP | {Role.PLATFORM},
    model=Rating,
    has_clocks=True,
    heavy=("terms", "call__text", "call__terms", "response__terms", "response__plan"),
    empty="没有评价",
    advice="部门办结后,评价会出现在这里;评价只有发起乡镇和平台能看到。",
    columns=(
        Column("事项", of_call, lambda row, look: row.call.title, main=True, width=36),
        Column("文号", None, lambda row, look: row.call.number),
        TOWNSHIP_COLUMN,
        JUDGED_UNIT,
        STATE,
        Column("评价", level_cell, lambda row, look: row.get_level_display() if row.level else ""),
        Column("理由", None, lambda row, look: row.reason, width=40),
        CLOCK,
        Column("评价时间", *moment_cell("rated_at"), tight=True),
        ROUND,
    ),
)

CALLBACKS = Register(
    name="callbacks",
    title="回访",
    rows=judged(Callback),
    filter=filters.CallbackFilter,
    roles=frozenset({Role.PLATFORM}),
    model=Callback,
    has_clocks=True,
    heavy=("terms", "call__text", "call__terms", "response__terms", "response__plan"),
    empty="没有回访",
    advice="不满意的评价全部回访,其余按比例抽取;待回访的会出现在这里。",
    columns=(
        Column("事项", of_call, lambda row, look: row.call.title, main=True, width=36),
        Column("文号", None, lambda row, look: row.call.number),
        Column("乡镇", *[lambda row, look: name_of(row.call.owner)] * 2, tight=True),
        JUDGED_UNIT,
        STATE,
        CLOCK,
        Column("回访时间", *moment_cell("done_at"), tight=True),
        Column("回访记录", None, lambda row, look: row.note, width=40),
        ROUND,
    ),
)
