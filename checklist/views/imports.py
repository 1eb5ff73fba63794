"""Importing in the browser: upload → check → preview → confirm → progress → result."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from checklist import access, resources, uploads
from checklist.forms import UploadForm
from checklist.models import Import
from checklist.views.common import draft_county, send_file

SHOWN = 300
"""Errors and differences on the page; the download holds all of them."""
State = Import.State

STAGES = {
    State.WAITING: ("waiting", "检查表格"),
    State.CHECKING: ("running", "检查表格"),
    State.CONFIRMED: ("waiting", "写入草稿"),
    State.WRITING: ("running", "写入草稿"),
    State.FAILED: ("failed", "处理"),
}


def _import(request, pk: int) -> Import:
    """An import of a county where the user may draft; to others it does not exist."""
    if not access.drafting_counties(request.user):
        raise PermissionDenied("只有编办和系统管理员可以导入清单草稿。")
    rows = Import.objects.visible_to(request.user).select_related("county", "edition")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def upload(request):
    """Choose a sheet; earlier imports stand below."""
    county = draft_county(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            record = uploads.receive(
                data["file"], county=county, actor=request.user, sheet=data["sheet"],
                title=data["title"], replace=data["replace"],
            )  # fmt: skip
            return redirect("checklist:import", pk=record.pk)
    earlier = Import.objects.visible_to(request.user).filter(county=county)
    context = {
        "form": form,
        "county": county,
        "earlier": earlier.select_related("uploaded_by").defer("faults", "changes")[:20],
    }
    return render(request, "checklist/upload.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def show(request, pk: int):
    """Where an import stands: progress, errors, preview or result."""
    record = _import(request, pk)
    return render(request, "checklist/import.html", _context(record))


@login_required
@require_GET
def progress(request, pk: int):
    """The progress bar alone; once the work is over, the page is loaded anew."""
    record = _import(request, pk)
    if record.working:
        return render(request, "ui/progress.html", _context(record))
    answer = render(request, "ui/progress.html", _context(record))
    answer["HX-Redirect"] = reverse("checklist:import", args=[pk])
    return answer


def _context(record: Import) -> dict:
    stage, title = STAGES.get(record.state, ("done", "处理"))
    return {
        "record": record,
        "job": {
            "title": f"{title}:{record.name}",
            "state": stage,
            "done": record.progress,
            "total": 100,
            "message": record.message,
            "errors": len(record.faults),
        },
        "url": reverse("checklist:import_progress", args=[record.pk]),
        "stuck": uploads.is_stuck(record) or (record.working and record.message),
        "faults": record.faults[:SHOWN],
        "more_faults": max(0, len(record.faults) - SHOWN),
        "changes": record.changes,
        "shown": SHOWN,
    }


@login_required
@require_GET
def faults(request, pk: int):
    """All errors as a workbook."""
    record = _import(request, pk)
    if not record.faults:
        raise Http404
    return send_file(
        lambda target: resources.write_faults(target, record.faults), f"导入错误-{record.pk}.xlsx"
    )


@login_required
@require_POST
def confirm(request, pk: int):
    """Write a checked import."""
    record = _import(request, pk)
    if not uploads.confirm(record):
        return _too_late(request, record)
    return redirect("checklist:import", pk=pk)


@login_required
@require_POST
def cancel(request, pk: int):
    """Give an import up."""
    record = _import(request, pk)
    if not uploads.cancel(record):
        return _too_late(request, record)
    return redirect("checklist:upload")


@login_required
@require_POST
def restart(request, pk: int):
    """Send an import again that nobody works on."""
    record = _import(request, pk)
    if not record.working:
        return _too_late(request, record)
    uploads.restart(record)
    return redirect("checklist:import", pk=pk)


def _too_late(request, record: Import):
    context = {
        "message": f"这次导入的状态是“{record.get_state_display()}”,不能再这样操作。",
        "url": reverse("checklist:import", args=[record.pk]),
    }
    return render(request, "409.html", context, status=409)
