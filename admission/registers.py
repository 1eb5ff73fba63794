"""The lists of requests and exits as data: page and sheet are drawn from the same columns."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Prefetch
from django.urls import reverse

from admission import gates
from admission.filters import ENDED, ExitFilter, RequestFilter
from admission.models import AdmissionRequest, ExitRequest
from admission.presenting import covered_words, names_of, state_tag, term_words
from checklist import registers
from checklist.registers import Column, day
from governance.models import Clock, Stage
from governance.presenting import clock_view, name_of
from governance.wording import cn_date

__all__ = ["EXITS", "REQUESTS", "AdmissionRegister"]


@dataclass
class Look(registers.Look):
    """What all cells of a page share: names of the townships, first promise of each file."""

    names: dict[int, str]
    clocks: dict[int, Clock]


@dataclass(frozen=True)
class AdmissionRegister(registers.Register):
    """A list of files of admission."""

    @property
    def url(self) -> str:
        """The address of the list."""
        return reverse(f"admission:{self.name}")

    @property
    def ended(self) -> tuple[str, ...]:
        """States in which nothing more is decided."""
        return ENDED[self.name]

    def rows(self, user):
        """What the user may see; of an exit the department stands on its admission."""
        rows = self.model.objects.visible_to(user)
        return rows.annotate(department=F("request__department")) if self.name == "exits" else rows

    def look(self, rows: list) -> Look:
        """Two queries for the whole page: names, clocks."""
        shared = super().look(rows)
        names = names_of(pk for row in rows for pk in row.covers)
        clocks: dict[int, Clock] = {}
        running = Clock.objects.running().promises().filter(paused_at=None)
        running = running.filter(
            root_type=self.model.type(), root_id__in=[row.pk for row in rows]
        ).select_related("owed_by")
        for clock in running.order_by("due_at", "id"):
            clocks.setdefault(clock.root_id, clock)
        return Look(shared.now, shared.calendar, names, clocks)


def where(one, look) -> dict:
    """The state, and in whose hands it is."""
    desks = "、".join(dict.fromkeys(name_of(stage.unit) for stage in one.pending))
    return {"tag": state_tag(one), "note": desks and f"待{desks}"}


def stages_told(one, look) -> str:
    """Where it lies, for the sheet."""
    return "、".join(f"{stage.label}({name_of(stage.unit)})" for stage in one.pending)


def limit(one, look) -> dict | str:
    """The promise that is due first."""
    clock = look.clocks.get(one.pk)
    return {"clock": clock_view(clock, look.calendar, look.now)} if clock else "—"


def limit_told(one, look) -> str:
    """The same in words, for the sheet."""
    clock = look.clocks.get(one.pk)
    if clock is None:
        return ""
    view = clock_view(clock, look.calendar, look.now)
    return f"{view['label']} {view['remaining']},{registers.moment(view['due'])}"


def how_long(one) -> dict | str:
    """阶段性 or 常规性, with the days below."""
    if not one.term:
        return "—"
    days = [f"{when:%Y-%m-%d}" for when in (one.starts_on, one.ends_on) if when]
    return {"text": one.get_term_display(), "note": " 至 ".join(days)}


def where_to(one, look) -> str:
    """The townships in words."""
    return covered_words(one, look.names) or "—"


PENDING = Prefetch(
    "stages",
    Stage.objects.filter(state="open").select_related("unit").order_by("order", "id"),
    to_attr="pending",
)


NUMBER = Column(
    "文号", lambda one, look: one.number or "—", lambda one, look: one.number, tight=True
)


# ------------------------------------------------------------------ requests


def support_told(one, look) -> str:
    """What was promised, for the sheet."""
    kinds = gates.schema().fields["admission.support"].choices
    return "\n".join(f"{kinds.get(kind, kind)}:{words}" for kind, words in one.support.items())


def elements_told(one, look) -> str:
    """The 专项说明, for the sheet."""
    return "\n".join(f"{name}:{words}" for name, words in one.elements.items() if words)


def money(value) -> str:
    """An amount for a sheet."""
    return "" if value is None else f"{value:.2f}"


REQUESTS = AdmissionRegister(
    name="requests",
    title="准入申请",
    model=AdmissionRequest,
    filter=RequestFilter,
    fetch=(("department",), (PENDING,)),
    heavy=("terms", "put", "elements", "content", "reason", "target"),
    empty="没有符合条件的准入申请",
    columns=(
        Column(
            "事项",
            lambda one, look: {
                "text": one.name or "(未填事项)",
                "url": one.get_absolute_url(),
                "note": one.get_kind_display() if one.kind == "grid" else "",
            },
            lambda one, look: one.name,
            main=True,
            width=30,
        ),
        NUMBER,
        Column("申请单位", lambda one, look: name_of(one.owner), lambda one, look: str(one.owner)),
        Column("交办部门", None, lambda one, look: str(one.department or "")),
        Column("覆盖乡镇", where_to, lambda one, look: covered_words(one, look.names), width=30),
        Column("时限", lambda one, look: how_long(one), lambda one, look: term_words(one),
               tight=True, width=34),
        Column("状态", where, lambda one, look: one.get_state_display()),
        Column("当前环节", None, stages_told, width=30),
        Column("限期", limit, limit_told, width=30),
        Column("申请时间", None, lambda one, look: day(one.applied_on)),
        Column("准入理由", None, lambda one, look: one.reason, width=40),
        Column("工作内容", None, lambda one, look: one.content, width=50),
        Column("目标任务", None, lambda one, look: one.target, width=40),
        Column("划拨经费(元)", None, lambda one, look: money(one.funds)),
        Column("经费来源", None, lambda one, look: one.funds_source, width=24),
        Column("专项说明", None, elements_told, width=50),
        Column("保障措施", None, support_told, width=40),
        Column("协商意见", None, lambda one, look: one.agreement, width=40),
        Column("退回或不予准入理由", None, lambda one, look: one.answer, width=40),
        Column("批准日期", None, lambda one, look: day(one.approved_on)),
        Column("批准文号", None, lambda one, look: one.approval_document, width=24),
        Column("准入生效日", None, lambda one, look: day(one.in_force_on)),
    ),
)  # fmt: skip


# ------------------------------------------------------------------ exits

EXITS = AdmissionRegister(
    name="exits",
    title="退出申请",
    model=ExitRequest,
    filter=ExitFilter,
    fetch=(("request__department",), (PENDING,)),
    heavy=("terms", "reason"),
    empty="没有符合条件的退出申请",
    columns=(
        Column(
            "事项",
            lambda one, look: {
                "text": one.request.name,
                "url": one.get_absolute_url(),
                "note": one.get_origin_display() if one.origin != "applied" else "",
            },
            lambda one, look: one.request.name,
            main=True,
            width=30,
        ),
        NUMBER,
        Column("批准表号", None, lambda one, look: one.request.number),
        Column("申请单位", lambda one, look: name_of(one.owner), lambda one, look: str(one.owner)),
        Column("退出乡镇", where_to, lambda one, look: covered_words(one, look.names), width=30),
        Column("原定时限", lambda one, look: how_long(one.request),
               lambda one, look: term_words(one.request), tight=True, width=34),
        Column("状态", where, lambda one, look: one.get_state_display()),
        Column("当前环节", None, stages_told, width=30),
        Column("限期", limit, limit_told, width=30),
        Column("退出日", lambda one, look: cn_date(one.effective_on) if one.effective_on else "—",
               lambda one, look: day(one.effective_on)),
        Column("来源", None, lambda one, look: one.get_origin_display()),
        Column("申请时间", None, lambda one, look: day(one.applied_on)),
        Column("退出情形", None, lambda one, look: one.ground, width=24),
        Column("退出理由", None, lambda one, look: one.reason, width=50),
        Column("退回或不予退出理由", None, lambda one, look: one.answer, width=40),
        Column("批准日期", None, lambda one, look: day(one.approved_on)),
        Column("告知日期", None, lambda one, look: day(one.notified_on)),
    ),
)  # fmt: skip
