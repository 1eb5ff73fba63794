"""The list of calls and the list of the departments' parts."""

from governance.models import Unit
from governance.roles import ADMINISTRATORS
from hucall import access, filters, selectors
from hucall.models import Call, Response
from hucall.presenting import item_name, kind_word

from .base import (
    BUSINESS,
    CLOCK,
    STATE,
    TOWNSHIP_COLUMN,
    UNIT_COLUMN,
    Column,
    Register,
    call_cell,
    moment_cell,
    of_call,
    units_cell,
    units_text,
    when,
)


def call_rows(user):
    """Every call that the user may see."""
    rows = Call.objects.visible_to(user).filter(county__in=selectors.counties_of(user))
    rows = rows.select_related("owner", "revision", "item", "raised_by", "rulebook")
    return rows.defer("rulebook__data")


CALLS = Register(
    name="calls",
    title="呼叫",
    rows=call_rows,
    filter=filters.CallFilter,
    roles=BUSINESS,
    model=Call,
    has_clocks=True,
    has_parts=True,
    shown=(
        *("number", "title", "kind", "state", "raised_at"),
        *("owner", "revision", "item", "rulebook"),
    ),
    names=(
        ("owner", ("name", "short_name")),
        ("revision", ("name",)),
        ("item", ("code", "key")),
    ),
    columns=(
        Column("事项", call_cell, lambda row, look: row.title, main=True, width=36),
        Column(
            "文号",
            lambda row, look: row.number or "—",
            lambda row, look: row.number,
            tight=True,
        ),
        Column("类别", None, lambda row, look: kind_word(row)),
        Column("清单事项", None, lambda row, look: item_name(row), width=28),
        TOWNSHIP_COLUMN,
        Column("承办单位", units_cell, units_text, width=40),
        STATE,
        CLOCK,
        Column("发起时间", *moment_cell("raised_at"), tight=True),
        Column("发起人", None, lambda row, look: str(row.raised_by or "")),
        Column("渠道", None, lambda row, look: row.get_channel_display(), width=10),
        Column("地点", None, lambda row, look: row.place, width=28),
        Column("具体情况", None, lambda row, look: row.text, width=60),
        Column("派发时间", None, lambda row, look: when(row.dispatched_at)),
        Column("办结时间", None, lambda row, look: when(row.finished_at)),
        Column("归档时间", None, lambda row, look: when(row.archived_at)),
        Column("办理结果", None, lambda row, look: row.summary, width=60),
    ),
)


# ------------------------------------------------------------------ parts


def response_rows(user):
    """Own parts for a department, all of them for those who see the whole county."""
    units = [] if user.holds(*access.COUNTY_WIDE) else answering_units(user)
    if units:
        # Whose part it is takes part in its file: asking who does, part by part, would join a
        # department's whole history.
        rows = Response.objects.filter(unit__in=units)
    else:
        rows = Response.objects.visible_to(user).filter(county__in=selectors.counties_of(user))
    return rows.exclude(state__in=["new", "void"]).select_related("unit", "owner", "call")


def answering_units(user) -> list[int]:
    """The departments and agencies for which the user works, a department with its agencies."""
    posts = [p for p in user.posts_held() if p.role not in ADMINISTRATORS]
    own = [p.unit_id for p in posts if p.unit.kind in ("department", "agency")]
    stationed = Unit.objects.filter(parent__in=own, kind="agency") if own else Unit.objects.none()
    return [*own, *stationed.values_list("pk", flat=True)]


RESPONSES = Register(
    name="responses",
    title="部门响应",
    rows=response_rows,
    filter=filters.ResponseFilter,
    roles=BUSINESS,
    model=Response,
    has_clocks=True,
    heavy=("terms", "plan", "call__text", "call__terms", "call__summary"),
    advice="派发到本单位的呼叫会出现在这里;换一个筛选条件再看看。",
    columns=(
        Column("事项", of_call, lambda row, look: row.call.title, main=True, width=36),
        Column("文号", None, lambda row, look: row.call.number),
        UNIT_COLUMN,
        Column(
            "分工",
            lambda row, look: row.get_duty_display(),
            lambda row, look: row.get_duty_display(),
            tight=True,
            width=8,
        ),
        TOWNSHIP_COLUMN,
        STATE,
        CLOCK,
        Column("派发时间", *moment_cell("opened_at"), tight=True),
        Column("职责任务", None, lambda row, look: row.task, width=40),
        Column("报到时间", None, lambda row, look: when(row.signed_in_at)),
        Column("到场时间", None, lambda row, look: when(row.arrived_at)),
        Column("办结时间", None, lambda row, look: when(row.finished_at)),
        Column("办理轮次", None, lambda row, look: row.round, width=8),
        Column("办理结果", None, lambda row, look: row.result, width=60),
        Column("退回或改派理由", None, lambda row, look: row.reason, width=40),
        Column("不计入考核", None, lambda row, look: "是" if row.excluded else "", width=10),
    ),
)
