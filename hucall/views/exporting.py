"""Exports of the lists: at once where they are short, else by a worker, with progress."""

from __future__ import annotations

import tempfile
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from hucall import exports
from hucall.registers import REGISTERS
from hucall.views.lists import allowed_county

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_GET
def export(request, name: str):
    """Exactly what is filtered, all rows."""
    register = REGISTERS[name]
    county = allowed_county(request.user, register)
    rows = exports.selection(register, request.user, county, request.GET)
    total = len(rows.values_list("pk")[: exports.AT_ONCE + 1])
    if total <= exports.AT_ONCE:
        target = tempfile.SpooledTemporaryFile(max_size=4 << 20)
        exports.write(target, register, rows, request.user, county)
        target.seek(0)
        return file_answer(target, exports.file_name(register))
    number = min(rows.order_by().count(), exports.MOST)
    token = exports.begin(register, request.user, county, request.GET, number)
    try:
        exports.write_export.delay(token)
    except exports.write_export.OperationalError:
        words = "后台服务暂时连不上,请稍后重新导出,或缩小筛选范围。"
        exports.JOBS.note(token, state="failed", message=words)
    return redirect("hucall:export", token)


def file_answer(target, name: str) -> FileResponse:
    """A workbook under a Chinese name (RFC 6266)."""
    answer = FileResponse(target, content_type=XLSX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"export.xlsx\"; filename*=UTF-8''{quote(name)}"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def job_or_404(request, token: str) -> dict:
    """An export of this person; another's does not exist."""
    job = exports.JOBS.read(token)
    if job is None or (job and job.get("user") != request.user.pk):
        raise Http404
    return job


def job_context(token: str, job: dict) -> dict:
    """What ui/progress.html wants."""
    return {
        "job": {"title": "导出", "state": "running", "done": 0, "total": 0} | job,
        "url": reverse("hucall:export_progress", args=[token]),
        "result_url": reverse("hucall:export_file", args=[token])
        if job.get("state") == "done"
        else None,
    }


@login_required
@require_GET
def export_page(request, token: str):
    """How far a long export is; can be left and opened again."""
    job = job_or_404(request, token)
    register = REGISTERS.get(job.get("register", ""))
    context = job_context(token, job) | {"back": register.url if register else ""}
    return render(request, "hucall/export.html", context)


@login_required
@require_GET
def export_progress(request, token: str):
    """The progress alone, asked for every two seconds."""
    return render(request, "ui/progress.html", job_context(token, job_or_404(request, token)))


@login_required
@require_GET
def export_file(request, token: str):
    """The finished file."""
    job = job_or_404(request, token)
    if job.get("state") != "done":
        raise Http404
    return file_answer(default_storage.open(exports.JOBS.place(token, "xlsx")), job["name"])
