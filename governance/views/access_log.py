"""The access log as the audit administrator reads it: filtered, read-only, exported as filtered."""

import tempfile
from datetime import datetime, time, timedelta
from functools import wraps

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from governance import access_log, sheets
from governance.models import AccessLog
from governance.roles import Role
from governance.wording import cn_datetime

SIZE = 50
COUNTED = 10_000
"""Counting stops here: what is more is not counted but said."""
LARGEST_EXPORT = 200_000
COLUMNS = ["时间", "类型", "结果", "账号", "姓名", "对象", "说明", "来源地址", "方法", "路径"]


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LogFilter(forms.Form):
    """What an auditor looks for."""

    q = forms.CharField(label="账号、姓名或对象", required=False, max_length=60)
    kind = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部"), *AccessLog.Kind.choices]
    )
    success = forms.ChoiceField(
        label="结果", required=False, choices=[("", "全部"), ("1", "成功"), ("0", "失败或被拒")]
    )
    address = forms.CharField(label="来源地址", required=False, max_length=45)
    since = forms.DateField(label="自", required=False, widget=DAY)
    until = forms.DateField(label="至", required=False, widget=DAY)

    def apply(self, entries):
        """The entries that match what is filled in validly."""
        given = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        if given.get("q"):
            entries = (
                entries.filter(username__icontains=given["q"])
                | entries.filter(name__icontains=given["q"])
                | entries.filter(subject__icontains=given["q"])
            )
        if given.get("kind"):
            entries = entries.filter(kind=given["kind"])
        if given.get("success"):
            entries = entries.filter(success=given["success"] == "1")
        if given.get("address"):
            entries = entries.filter(address=given["address"].strip())
        if given.get("since"):
            entries = entries.filter(at__gte=_midnight(given["since"]))
        if given.get("until"):
            entries = entries.filter(at__lt=_midnight(given["until"] + timedelta(days=1)))
        return entries


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def auditors_only(view):
    """The log is the audit administrator's alone, not even its subjects' administrators'."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.holds(Role.AUDITOR):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _filtered(request):
    form = LogFilter(request.GET or None)
    entries = access_log.visible_to(request.user)
    return form, form.apply(entries) if form.is_bound else entries


@require_safe
@auditors_only
def entries(request):
    """/audit/: newest first, by cursor."""
    form, found = _filtered(request)
    count = found.order_by()[: COUNTED + 1].count()
    cursor = request.GET.get("before", "")
    page = found.order_by("-id")
    if cursor.isascii() and cursor.isdecimal() and len(cursor) < 19:
        page = page.filter(id__lt=int(cursor))
    page = list(page[: SIZE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    export = f"export/?{query.urlencode()}"
    next_url = None
    if len(page) > SIZE:
        page = page[:SIZE]
        query["before"] = page[-1].pk
        next_url = f"?{query.urlencode()}"
    context = {
        "form": form,
        "active": _active(form, request),
        "columns": [{"label": label, "main": label == "时间"} for label in COLUMNS],
        "rows": [{"cells": _cells(one), "state": "" if one.success else "soon"} for one in page],
        "count": f"{COUNTED} 以上" if count > COUNTED else count,
        "shown": len(page),
        "next_url": next_url,
        "export_url": export,
    }
    return render(request, "governance/account_log.html", context)


def _active(form, request) -> list[dict]:
    """The filters in use, each with the list's address without it."""
    lines = []
    for field in form:
        value = request.GET.get(field.name)
        if not value:
            continue
        rest = request.GET.copy()
        rest.pop(field.name)
        rest.pop("before", None)
        shown = dict(getattr(field.field, "choices", ())).get(value, value)
        lines.append({"label": f"{field.label}:{shown}", "url": f"?{rest.urlencode()}"})
    return lines


def _words(entry: AccessLog) -> list[str]:
    return [
        cn_datetime(entry.at),
        entry.get_kind_display(),
        "成功" if entry.success else "失败或被拒",
        entry.username,
        entry.name,
        entry.subject,
        entry.detail,
        entry.address,
        entry.method,
        entry.path,
    ]


def _cells(entry: AccessLog) -> list:
    cells = _words(entry)
    tone, icon = ("green", "ok") if entry.success else ("amber", "warn")
    cells[2] = {"text": "", "tag": {"text": cells[2], "tone": tone, "icon": icon}}
    return cells


@require_safe
@auditors_only
def export(request):
    """Exactly what is filtered, all pages of it; the export itself is logged (middleware)."""
    _, found = _filtered(request)
    found = found.order_by("-id")[:LARGEST_EXPORT]
    target = tempfile.TemporaryFile()
    sheets.write_xlsx(
        target,
        [("访问日志", COLUMNS, (_words(entry) for entry in found.iterator(chunk_size=2000)))],
        widths={"时间": 28, "对象": 24, "说明": 40, "路径": 40},
    )
    target.seek(0)
    name = f"访问日志-{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(target, as_attachment=True, filename=name)
