"""通知: the inbox of the person signed in; nobody reads another one's."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from governance import notices, opaque
from governance.views.workbench import notice_row

PAGE = 50


def shown(text: str | None) -> int | None:
    """The row number behind its shown form; None for anything else."""
    if not text or not re.fullmatch(opaque.Converter.regex, text):
        return None
    return min(opaque.reveal(text), 2**63 - 1)


@login_required
@require_safe
def inbox(request):
    """Newest first; `show=unread` leaves out what has been read."""
    user = request.user
    unread_only = request.GET.get("show") == "unread"
    rows = notices.inbox(user)
    if unread_only:
        rows = rows.filter(read_at=None)
    before = shown(request.GET.get("before"))
    if before:
        rows = rows.filter(id__lt=before)
    page = list(rows[: PAGE + 1])
    more = opaque.hide(page[PAGE - 1].pk) if len(page) > PAGE else None
    unread = notices.unread(user)
    show = "show=unread&" if unread_only else ""
    context = {
        "rows": [notice_row(row) for row in page[:PAGE]],
        "unread": unread,
        "unread_only": unread_only,
        "next_url": f"?{show}before={more}" if more else None,
        "first_url": f"?{show}".rstrip("?&") or request.path if before else None,
        "tabs": [
            {"label": "全部", "url": reverse("notices"), "active": not unread_only},
            {
                "label": "未读",
                "url": f"{reverse('notices')}?show=unread",
                "active": unread_only,
                "count": unread,
            },
        ],
    }
    return render(request, "governance/inbox.html", context)


@login_required
@require_safe
def notice(request, pk: int):
    """Open one notice: it counts as read, and its matter's page opens."""
    row = notices.inbox(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404("没有这条通知。")
    notices.mark_read(request.user, [pk])
    local = row.url.startswith("/") and url_has_allowed_host_and_scheme(row.url, set())
    return redirect(row.url if local else "notices")


@login_required
@require_POST
def mark_read(request):
    """Mark the ticked notices as read, or all of them (`all`)."""
    picked = {shown(text) for text in request.POST.getlist("pick")} - {None}
    if "all" not in request.POST and not picked:
        messages.warning(request, "请先选择通知。")
    else:
        count = notices.mark_read(request.user, None if "all" in request.POST else picked)
        messages.success(request, f"{count} 条通知已标为已读。")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return redirect(back if safe else "notices")
