"""The ledgers of what follows an approval as data: page and sheet are drawn from the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from admission.ledger_filters import DutyFilter, HandDownFilter, HelpFilter, SlipFilter
from admission.models import AdmittedDuty, HandDown, Slip, Support, TemporaryHelp
from admission.posts import APPLICANTS, DEPARTMENT, REVIEWERS, TAKING_PART, TOWNSHIP
from admission.presenting import state_tag, yuan
from checklist.registers import Column, Register, day, look_of, moment
from governance.models import Clock
from governance.presenting import clock_view, name_of
from governance.roles import Role
from governance.wording import cn_date

SOON = 30
"""Days before its end from which a duty is marked."""


@dataclass(frozen=True)
class Ledger(Register):
    """One ledger of admission, and who may open it."""

    readers: tuple[str, ...] = TAKING_PART
    lead: str = ""
    clause: str = ""

    @property
    def url(self) -> str:
        """The address of the ledger."""
        return reverse(f"admission:{self.name}")


def lines(ledger: Ledger, rows: list) -> list[dict]:
    """The rows of the page, those near or past their day marked."""
    look = look_of(rows)
    columns = [one for one in ledger.columns if one.cell]
    return [
        {"cells": [one.cell(row, look) for one in columns], "state": urgency(row)} for row in rows
    ]


def urgency(row) -> str:
    """How urgent a duty is: it has lapsed, or will soon."""
    if not isinstance(row, AdmittedDuty):
        return ""
    if row.state == "lapsed":
        return "late"
    left = days_left(row, timezone.localdate())
    return "soon" if left is not None and left <= SOON else ""


# ------------------------------------------------------------------ duties


def days_left(duty, today: date) -> int | None:
    """Days to the last one of a duty that binds; None where there is no end to wait for."""
    if duty.ends_on is None or duty.state not in ("pending", "active"):
        return None
    return (duty.ends_on - today).days


def rest(duty, today: date) -> str:
    """The same in words."""
    left = days_left(duty, today)
    if duty.state == "lapsed":
        return "已期满"
    if duty.state == "ended":
        return f"{cn_date(duty.ended_on)}退出"
    if duty.starts_on > today:
        return f"{(duty.starts_on - today).days} 天后开始"
    if left is None:
        return "长期"
    return "今天到期" if left == 0 else f"剩 {left} 天"


def dates(duty) -> str:
    """From when to when."""
    last = f"{duty.ends_on:%Y-%m-%d}" if duty.ends_on else "长期"
    return f"{duty.starts_on:%Y-%m-%d} 至 {last}"


def arrived(duty) -> tuple[int, int, int]:
    """(arrived, promised, overdue) supports of a duty that was read with `SUPPORTS`."""
    today = timezone.localdate()
    rows = duty.promises
    late = sum(one.state == "promised" and one.due_on < today for one in rows)
    return sum(one.state in ("delivered", "confirmed") for one in rows), len(rows), late


def support_cell(duty, look) -> dict | str:
    """How much of what was promised has arrived."""
    done, total, late = arrived(duty)
    if not total:
        return "—"
    words = f"已落实 {done} / {total}"
    return {"text": words, "note": f"逾期 {late} 项"} if late else words


def money_cell(duty, look) -> dict | str:
    """What was given, spent, and is left."""
    if not duty.allotted and not duty.spent:
        return "未拨付"
    note = f"支出 {yuan(duty.spent)} · 余额 {yuan(duty.balance)}"
    return {"text": f"拨付 {yuan(duty.allotted)}", "note": note}


SUPPORTS = Prefetch("supports", Support.objects.order_by("id"), to_attr="promises")

DUTIES = Ledger(
    name="duties",
    title="准入事项",
    model=AdmittedDuty,
    filter=DutyFilter,
    fetch=(("unit", "department", "request"), (SUPPORTS,)),
    heavy=("terms",),
    empty="没有符合条件的准入事项",
    lead="经批准、有表号、有期限、有保障的交办,按乡镇逐件列账",
    clause="GX-准入-12",
    columns=(
        Column(
            "事项",
            lambda one, look: {
                "text": one.name,
                "url": one.get_absolute_url(),
                "note": one.approval_number,
            },
            lambda one, look: one.name,
            main=True,
            width=30,
        ),
        Column("批准表号", None, lambda one, look: one.approval_number, width=24),
        Column(
            "承接乡镇", lambda one, look: name_of(one.unit), lambda one, look: str(one.unit),
            tight=True,
        ),
        Column(
            "交办部门", lambda one, look: name_of(one.department),
            lambda one, look: str(one.department),
        ),
        Column(
            "状态", lambda one, look: {"tag": state_tag(one)},
            lambda one, look: one.get_state_display(), tight=True,
        ),
        Column(
            "时限",
            lambda one, look: {
                "text": rest(one, timezone.localdate(look.now)),
                "note": dates(one),
            },
            lambda one, look: one.get_term_display(),
            tight=True,
        ),
        Column("起始日", None, lambda one, look: day(one.starts_on)),
        Column("截止日", None, lambda one, look: day(one.ends_on) or "长期"),
        Column("距到期", None, lambda one, look: rest(one, timezone.localdate(look.now))),
        Column("保障", support_cell, None, tight=True),
        Column("应落实保障", None, lambda one, look: str(arrived(one)[1])),
        Column("已落实保障", None, lambda one, look: str(arrived(one)[0])),
        Column("逾期未落实保障", None, lambda one, look: str(arrived(one)[2])),
        Column("经费", money_cell, None),
        Column("已拨付(元)", None, lambda one, look: f"{one.allotted:.2f}"),
        Column("已支出(元)", None, lambda one, look: f"{one.spent:.2f}"),
        Column("余额(元)", None, lambda one, look: f"{one.balance:.2f}"),
        Column("退出日", None, lambda one, look: day(one.ended_on)),
        Column("退出情形", None, lambda one, look: one.end_reason, width=30),
    ),
)  # fmt: skip


# ------------------------------------------------------------------ slips


def number_cell(slip, look) -> dict | str:
    """The number on the slip, and whether it stands for an approval."""
    if not slip.stated_number:
        return "未载表号"
    known = "" if slip.duty_id else "查无此准入"
    return {"text": slip.stated_number, "note": known}


SLIPS = Ledger(
    name="slips",
    title="交办单",
    model=Slip,
    filter=SlipFilter,
    fetch=(("unit", "department"), ()),
    heavy=("terms", "reason"),
    empty="没有符合条件的交办单",
    readers=(*APPLICANTS, *REVIEWERS),
    lead="凭批准表号交办;没有有效表号的,乡镇可以拒收",
    clause="GX-准入-12",
    columns=(
        Column(
            "交办事项",
            lambda one, look: {
                "text": one.name,
                "url": one.get_absolute_url(),
                "note": one.get_channel_display(),
            },
            lambda one, look: one.name,
            main=True,
            width=30,
        ),
        Column("文号", lambda one, look: one.number, lambda one, look: one.number, tight=True),
        Column("批准表号", number_cell, lambda one, look: one.stated_number, width=24),
        Column("交办部门", lambda one, look: name_of(one.department),
               lambda one, look: str(one.department)),
        Column("承接乡镇", lambda one, look: name_of(one.unit), lambda one, look: str(one.unit),
               tight=True),
        Column("状态", lambda one, look: {"tag": state_tag(one)},
               lambda one, look: one.get_state_display(), tight=True),
        Column("交办时间", lambda one, look: cn_date(one.raised_at),
               lambda one, look: moment(one.raised_at), tight=True),
        Column("方式", None, lambda one, look: one.get_channel_display()),
        Column("交办内容", None, lambda one, look: one.content, width=50),
    ),
)  # fmt: skip


# ------------------------------------------------------------------ temporary help


def running(name: str):
    """The promise that runs, read with the rows."""
    rows = Clock.objects.filter(met_at=None, name=name, kind=Clock.Kind.PROMISE)
    return Prefetch("clocks", rows.order_by("due_at", "id"), to_attr="running")


def limit(one, look) -> dict | str:
    """The promise that runs."""
    return {"clock": clock_view(one.running[0], look.calendar, look.now)} if one.running else "—"


HELPS = Ledger(
    name="helps",
    title="临时协助",
    model=TemporaryHelp,
    filter=HelpFilter,
    fetch=(("unit",), (running("pay"),)),
    heavy=("terms", "content"),
    empty="没有符合条件的临时协助",
    readers=(*APPLICANTS, *REVIEWERS),
    lead="培训、调查等临时性事项:双方商定,支付必要费用",
    clause="GX-准入-16",
    columns=(
        Column(
            "协助事项",
            lambda one, look: {
                "text": one.name,
                "url": one.get_absolute_url(),
                "note": one.get_kind_display(),
            },
            lambda one, look: one.name,
            main=True,
            width=30,
        ),
        Column("文号", lambda one, look: one.number, lambda one, look: one.number, tight=True),
        Column("种类", None, lambda one, look: one.get_kind_display()),
        Column("提出部门", lambda one, look: name_of(one.owner), lambda one, look: str(one.owner)),
        Column("协助乡镇", lambda one, look: name_of(one.unit), lambda one, look: str(one.unit),
               tight=True),
        Column("起止", lambda one, look: dates(one), None, tight=True),
        Column("起始日", None, lambda one, look: day(one.starts_on)),
        Column("截止日", None, lambda one, look: day(one.ends_on)),
        Column(
            "费用",
            lambda one, look: {
                "text": yuan(one.fee), "note": f"已付 {yuan(one.paid)}" if one.paid else "未付",
            },
            None,
            tight=True,
        ),
        Column("状态", lambda one, look: {"tag": state_tag(one)},
               lambda one, look: one.get_state_display(), tight=True),
        Column("限期", limit, None),
        Column("商定费用(元)", None, lambda one, look: f"{one.fee:.2f}"),
        Column("已付费用(元)", None, lambda one, look: f"{one.paid:.2f}"),
        Column("付费期限", None, lambda one, look: day(one.pay_by)),
        Column("付费日期", None, lambda one, look: day(one.paid_on)),
    ),
)  # fmt: skip


# ------------------------------------------------------------------ without admission

HANDDOWNS = Ledger(
    name="handdowns",
    title="擅自交办",
    model=HandDown,
    filter=HandDownFilter,
    fetch=(("department",), (running("correct"),)),
    heavy=("terms", "text"),
    empty="没有符合条件的擅自交办报告",
    lead="未经准入的交办:乡镇报告,编办责令收回或补办,逾期移送问责线索",
    clause="GX-准入-02",
    readers=(*DEPARTMENT, *TOWNSHIP, Role.BIANBAN, Role.COUNTY, Role.JIWEI),
    columns=(
        Column(
            "被交办事项",
            lambda one, look: {
                "text": one.name,
                "url": one.get_absolute_url(),
                "note": one.get_manner_display(),
            },
            lambda one, look: one.name,
            main=True,
            width=30,
        ),
        Column("文号", lambda one, look: one.number, lambda one, look: one.number, tight=True),
        Column("方式", None, lambda one, look: one.get_manner_display(), width=24),
        Column("报告乡镇", lambda one, look: name_of(one.owner), lambda one, look: str(one.owner),
               tight=True),
        Column("交办部门", lambda one, look: name_of(one.department),
               lambda one, look: str(one.department)),
        Column("状态", lambda one, look: {"tag": state_tag(one)},
               lambda one, look: one.get_state_display(), tight=True),
        Column("交办日期", lambda one, look: cn_date(one.happened_on),
               lambda one, look: day(one.happened_on), tight=True),
        Column("纠正期限", limit, None),
        Column("处理要求", None, lambda one, look: one.get_demand_display()),
        Column("责令日期", None, lambda one, look: day(one.ordered_on)),
        Column("纠正情况", None, lambda one, look: one.correction, width=50),
    ),
)  # fmt: skip

LOAD_READERS = (*DEPARTMENT, *TOWNSHIP, *REVIEWERS, Role.CAIZHENG)
