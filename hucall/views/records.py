"""The pages of what hangs on a call: rating, callback, 督办, 通报, 整改, ruling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from governance import calendars, presentation
from governance.context import safe_reverse
from governance.models import Clock, Event
from governance.perform import perform
from governance.presentation import clock_dict, steps_for
from governance.presenting import name_of, tag
from governance.roles import Role
from governance.steps import Refused
from governance.wording import cn_date, cn_datetime
from hucall import selectors
from hucall.models import Bulletin, Call, Callback, Rating, Rectification, Supervision
from hucall.presenting import LEVEL, item_words, state_tag
from hucall.views.common import county_of, found_or_404, units_held


@dataclass(frozen=True)
class Kind:
    """What the page of one kind of record shows."""

    model: type
    title: Callable
    rows: Callable
    related: tuple[str, ...]
    back: str
    paper: str = ""
    note: str = ""
    text: str = ""
    """A long text shown under the rows, as it will be published."""


def of_call(record) -> dict:
    """The call to which a record belongs."""
    call = record.call
    words = f"{call.number} {call.title}"
    return {"label": "呼叫", "value": words, "url": call.get_absolute_url()}


def rating_rows(record) -> list[dict]:
    """What was rated, and how."""
    word = record.get_level_display() if record.level else "尚未评价"
    rows = [
        of_call(record),
        {"label": "承办单位", "value": str(record.response.unit)},
        {"label": "办理结果", "value": record.response.result, "pre": True},
        {"label": "评价", "value": word, "clause": record.cited("GX-呼应-15")},
        {"label": "理由", "value": record.reason},
    ]
    if record.rated_at:
        rows.append({"label": "评价时间", "value": cn_datetime(record.rated_at)})
    return rows


def callback_rows(record) -> list[dict]:
    """Whom to call, and what they said."""
    call = record.call
    rows = [
        of_call(record),
        {"label": "呼叫单位", "value": str(call.owner)},
        {"label": "呼叫联系人", "value": f"{call.caller_name} {call.caller_phone}".strip()},
        {"label": "承办单位", "value": str(record.response.unit)},
        {"label": "办理结果", "value": record.response.result, "pre": True},
    ]
    for one in record.answers.order_by("id"):
        value = one.get_level_display() if one.reached else "未联系上"
        rows.append({"label": one.get_who_display(), "value": value, "note": one.words})
    if record.done_at:
        rows.append({"label": "回访时间", "value": cn_datetime(record.done_at)})
    rows.append({"label": "回访记录", "value": record.note, "pre": True})
    return rows


def supervision_rows(record) -> list[dict]:
    """Who is told off for what."""
    return [
        of_call(record),
        {"label": "被督办单位", "value": str(record.unit)},
        {"label": "督办事由", "value": record.ground, "pre": True},
        {"label": "督办要求", "value": record.demand, "pre": True},
        {"label": "发出时间", "value": record.raised_at and cn_datetime(record.raised_at)},
        {"label": "反馈", "value": record.reply, "pre": True},
    ]


def bulletin_rows(record) -> list[dict]:
    """The month and the state of a bulletin."""
    published = record.published_at and cn_datetime(record.published_at)
    return [
        {"label": "月份", "value": f"{record.month.year}年{record.month.month}月"},
        {"label": "发布时间", "value": published, "clause": record.cited("GX-呼应-18")},
    ]


def rectification_rows(record) -> list[dict]:
    """Who must put what right."""
    bulletin = record.bulletin
    return [
        {"label": "通报", "value": bulletin.title, "url": bulletin.get_absolute_url()},
        {"label": "整改单位", "value": str(record.unit)},
        {"label": "通报事由", "value": record.ground, "pre": True},
        {"label": "整改情况", "value": record.report, "pre": True},
    ]


KEPT_BACK = "评价与回访不向承办部门公开。"
CALL = ("call", "call__owner", "response", "response__unit", "owner", "county", "rulebook")
KINDS = {
    "rating": Kind(
        Rating, lambda r: f"评价 · {name_of(r.response.unit)}", rating_rows, CALL, "ratings",
        note=KEPT_BACK,
    ),
    "callback": Kind(
        Callback, lambda r: f"回访 · {name_of(r.response.unit)}", callback_rows, CALL, "callbacks",
        note=KEPT_BACK,
    ),
    "supervision": Kind(
        Supervision, lambda r: f"督办 · {name_of(r.unit)}", supervision_rows, (*CALL, "unit"),
        "supervisions", paper="hucall:supervision_paper",
    ),
    "bulletin": Kind(
        Bulletin, lambda r: r.title or "通报", bulletin_rows, ("owner", "county", "rulebook"),
        "bulletins", paper="hucall:bulletin_paper", text="text",
    ),
    "rectification": Kind(
        Rectification, lambda r: f"限期整改 · {name_of(r.unit)}", rectification_rows,
        ("bulletin", "unit", "owner", "county", "rulebook"), "bulletins",
    ),
}  # fmt: skip


@login_required
@require_GET
def record_page(request, pk: int, kind: str):
    """One record with its steps, clocks and trail."""
    shape = KINDS[kind]
    record = found_or_404(shape.model.objects.select_related(*shape.related), request.user, pk)
    steps = steps_for(record, request.user)
    paper = shape.paper and safe_reverse(shape.paper, record.pk)
    context = {
        "record": record,
        "title": shape.title(record),
        "tags": tags(record),
        "crumbs": [
            {"label": "乡呼县应", "url": reverse("hucall:calls")},
            {"label": shape.model._meta.verbose_name, "url": reverse(f"hucall:{shape.back}")},
            {"label": record.number or shape.title(record)},
        ],
        "rows": [row for row in shape.rows(record) if row["value"]],
        "text": getattr(record, shape.text) if shape.text else "",
        "note": shape.note,
        "steps": steps,
        "clocks": own_clocks(record, request.user),
        "events": own_trail(record, request.user),
        "rectifications": rectifications(record, request.user),
        "actions": [{"label": "打印", "url": paper, "icon": "print"}] if paper else [],
    }
    return render(request, "hucall/record.html", context)


def tags(record) -> list[dict]:
    """State, round, level."""
    found = [state_tag(record)]
    if getattr(record, "round", 1) > 1:
        found.append(tag(f"第 {record.round} 轮", "line", "refresh"))
    if getattr(record, "level", ""):
        found.append(tag(record.get_level_display(), *LEVEL[record.level]))
    return found


def own_clocks(record, user) -> list[dict]:
    """The promises of this record alone."""
    rows = Clock.objects.of(record).promises().readable_by(user).select_related("owed_by")
    calendar = calendars.for_county(record.county_id)
    now = timezone.now()
    return [clock_dict(row, calendar, now) for row in rows.order_by("-id")[:10]]


def own_trail(record, user) -> list[dict]:
    """What happened to this record alone, newest first."""
    rows = Event.objects.of(record).readable_by(user).select_related("unit")
    files = presentation.files_of(record.root(), user)
    return presentation.event_dicts(rows.order_by("-id")[:50], files)


def rectifications(record, user) -> list[dict]:
    """The units that a bulletin told to put things right."""
    if not isinstance(record, Bulletin):
        return []
    rows = record.rectifications.visible_to(user).select_related("unit").order_by("id")
    return [
        {"unit": row.unit, "url": row.get_absolute_url(), "state": state_tag(row)} for row in rows
    ]


# ------------------------------------------------------------------ rulings


@login_required
@require_GET
def ruling_page(request, pk: int):
    """One precedent; its call is linked only for those who may see the call."""
    ruling = selectors.rulings(request.user).filter(pk=pk).first()
    if ruling is None:
        raise Http404
    call = Call.objects.visible_to(request.user).filter(pk=ruling.response.call_id).first()
    verdict = "支持退回,改由下列单位承办" if ruling.upheld else "由原单位承办"
    context = {
        "ruling": ruling,
        "rows": [
            {"label": "清单事项", "value": item_words(ruling)},
            {"label": "裁定", "value": verdict, "clause": ruling.response.cited("GX-呼应-09")},
            {"label": "承办单位", "value": str(ruling.unit)},
            {"label": "裁定时间", "value": cn_date(ruling.ruled_at)},
            {"label": "裁定人", "value": str(ruling.ruled_by)},
        ],
        "call": call,
    }
    return render(request, "hucall/ruling.html", context)


# ------------------------------------------------------------------ a new bulletin


class MonthForm(forms.Form):
    """Which month is told of."""

    month = forms.RegexField(
        r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        label="月份",
        widget=forms.TextInput({"type": "month"}),
        error_messages={"invalid": "请选择月份,如 2026-11。"},
    )

    def clean_month(self) -> date:
        """The first day of the month; not one that has not begun."""
        month = date.fromisoformat(self.cleaned_data["month"] + "-01")
        if month > timezone.localdate():
            raise forms.ValidationError("这个月还没有开始。")
        return month


@login_required
@require_http_methods(["GET", "POST"])
def bulletin_new(request):
    """Have the month's bulletin drafted from the records."""
    desks = units_held(request.user, Role.PLATFORM, Role.DUCHA)
    if not desks:
        raise PermissionDenied("通报由督查机构或平台管理员生成。")
    last = timezone.localdate().replace(day=1)
    form = MonthForm(request.POST or None, initial={"month": f"{last:%Y-%m}"})
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        county = county_of(request.user)
        month = form.cleaned_data["month"]
        found = Bulletin.objects.visible_to(request.user).filter(county=county, month=month).first()
        try:
            record = found or perform(
                Bulletin(county=county, owner=desks[0], month=month),
                "generate",
                actor=request.user,
            )
        except Refused as reason:
            refusal, status = reason.message, reason.status
        else:
            return redirect(record)
    elif request.method == "POST":
        status = 400
    context = {"form": form, "refusal": refusal}
    return render(request, "hucall/bulletin_new.html", context, status=status)
